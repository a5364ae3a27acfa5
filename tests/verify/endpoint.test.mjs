// POST /verify itself, in both of its forms: who may ask, what is judged, what is told.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';

import { clientsOf } from '../api/support/clients.mjs';
import { checkErrorBody } from '../api/support/refused.mjs';
import { Server, keyOf } from '../api/support/server.mjs';
import { isoTime, signAcs3, signV1 } from '../api/support/sign.mjs';
import { Wire, bytesOf } from '../api/support/wire.mjs';
import { People, statement } from './support/people.mjs';

const HOST = 'files.example.com:8443';
const REQUEST_ID = /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;
const hex = (data, hash = 'sha256') => createHash(hash).update(data).digest('hex');

let server, account, admin, people, reader, asker, token, wire, stranger, strangers;
const secrets = new Set();

async function newVerifier(VerifierName, Hosts = [HOST], clients = admin) {
  const { VerifierToken } = await clients.Argali.CreateVerifier({ VerifierName, Hosts });
  server.hideSecret(VerifierToken);
  secrets.add(VerifierToken);
  return VerifierToken;
}

before(async () => {
  server = await Server.start();
  account = server.account.AccountId;
  admin = clientsOf(server, server.key);
  people = new People(server, admin);
  reader = await people.user(
    'reader',
    statement('Allow', 'files:Get*', `acs:files:*:${account}:reports/*`),
    statement('Deny', '*', `acs:files:*:${account}:reports/secret`),
  );
  asker = await people.user('asker', statement('Allow', 'ram:Verify', `acs:ram::${account}:*`));
  stranger = keyOf(server.createAccount());
  strangers = clientsOf(server, stranger);
  token = await newVerifier('files');
  wire = new Wire(server.host);
  for (const key of [server.key, reader, asker, stranger]) secrets.add(key.secret);
});
after(() => {
  wire.close();
  return server.stop();
});

const OBJECT = { Action: 'files:GetObject', Resource: () => `acs:files::${account}:reports/a` };
const question = (more) => ({ Action: OBJECT.Action, Resource: OBJECT.Resource(), ...more });

/** A request to the service, signed by `key`. */
function signed(key, more = {}) {
  const headers = [...(more.headers ?? []), ...(key.token ? [['x-acs-security-token', key.token]] : [])];
  return signAcs3(more.host ?? HOST, key, { method: 'GET', path: '/files/reports/a', action: 'Get', version: '2025-01-01', ...more, headers });
}

const NAMES = {
  Action: 'X-Argali-Action',
  Resource: 'X-Argali-Resource',
  BodySha256: 'X-Argali-Body-Sha256',
  SourceIp: 'X-Original-Source-Ip',
  Scheme: 'X-Original-Scheme',
  Method: 'X-Original-Method',
  Uri: 'X-Original-URI',
  Host: 'X-Original-Host',
};

function stated(request, more) {
  const host = request.headers.find(([name]) => name === 'host')?.[1];
  return { Method: request.method, Uri: request.target, Host: host, ...more };
}

/** The question in headers, as nginx asks it. */
function byToken(request, more = {}, by = token) {
  const ours = Object.entries(stated(request, more)).filter(([, value]) => value !== undefined);
  const headers = [
    ['Host', server.host],
    ...(by === null ? [] : [['X-Argali-Verifier', by]]),
    ...ours.map(([name, value]) => [NAMES[name], value]),
    ...request.headers.filter(([name]) => name !== 'host'),
  ];
  return { method: 'POST', target: '/verify', headers };
}

/** The question in the body, signed; of the service that is called HOST. */
function bySignature(request, more = {}, key = asker, how = {}) {
  const body = JSON.stringify({ ...stated(request), Host: HOST, Headers: request.headers, ...more });
  const call = { path: '/verify', action: 'Verify', version: '2026-11-23', contentType: 'application/json', body, ...how };
  return signAcs3(server.host, key, call);
}

const FORMS = { token: byToken, signature: bySignature };

async function post(request) {
  const answer = await wire.sendBytes(bytesOf(request));
  assert.equal(answer.headers['cache-control'], 'no-store', answer.text);
  assert.match(answer.headers['content-type'], /^application\/json\b/);
  answer.body = JSON.parse(answer.text);
  for (const secret of secrets) assert.ok(!answer.text.includes(secret), 'a secret is told');
  return answer;
}

/** A verdict: its shape in body and headers is checked here. */
async function verdict(request) {
  const { status, headers, body, text } = await post(request);
  assert.ok([200, 401, 403].includes(status), `${status} ${text}`);
  const { RequestId, Verdict, Reason, BodyVerified, Identity, ...rest } = body;
  assert.match(RequestId, REQUEST_ID);
  assert.deepEqual(rest, {});
  assert.equal(Verdict, status === 200 ? 'Allow' : 'Deny');
  assert.equal(headers['x-argali-reason'], Reason);
  assert.equal(typeof BodyVerified, 'boolean');
  assert.equal(Identity === undefined, status === 401);
  assert.equal(headers['x-argali-identity'], Identity?.Arn);
  assert.equal(headers['x-argali-account'], Identity?.AccountId);
  assert.equal(headers['x-argali-principal'], Identity?.PrincipalId);
  assert.equal(headers['x-argali-content-sha256'] !== undefined, status !== 401);
  assert.equal(headers['www-authenticate'] !== undefined, status === 401);
  assert.doesNotMatch(text, /string to sign|canonical|Signature=|"SecurityToken"/i);
  return { status, Reason, BodyVerified, Identity, digest: headers['x-argali-content-sha256'] };
}

async function is(request, status, reason) {
  const found = await verdict(request);
  assert.equal(`${found.status} ${found.Reason}`, `${status} ${reason}`);
  return found;
}

/** The question itself is refused: never with 401 or 403, which are verdicts. */
async function wrong(request, code, status = 400) {
  const answer = await post(request);
  assert.equal(`${answer.status} ${answer.body.Code}`, `${status} ${code}`, answer.text);
  assert.equal(answer.headers['x-argali-reason'], code);
  if (code !== 'SignatureDoesNotMatch') assert.ok(!('Verdict' in answer.body));
  return answer;
}

/** One test per form. */
function each(what, run) {
  for (const [name, form] of Object.entries(FORMS)) test(`by ${name}: ${what}`, () => run(form, name));
}

const READER = () => ({
  IdentityType: 'RAMUser',
  AccountId: account,
  PrincipalId: reader.UserId,
  Arn: `acs:ram::${account}:user/reader`,
  UserName: 'reader',
});

// --- what is told ------------------------------------------------------------------------------------------------------

each('a user that may', async (form) => {
  const found = await is(form(signed(reader), question()), 200, 'Allowed');
  assert.deepEqual(found, { status: 200, Reason: 'Allowed', BodyVerified: false, Identity: READER(), digest: hex('') });
});

each('a user that may not', async (form) => {
  const other = question({ Resource: `acs:files::${account}:other` });
  assert.deepEqual((await is(form(signed(reader), other), 403, 'ImplicitDeny')).Identity, READER());
  const secret = question({ Resource: `acs:files::${account}:reports/secret` });
  assert.deepEqual((await is(form(signed(reader), secret), 403, 'ExplicitDeny')).Identity, READER());
  await is(form(signed(reader), question({ Action: 'files:PutObject' })), 403, 'ImplicitDeny');
});

each('who it is, and no more', async (form) => {
  assert.deepEqual((await is(form(signed(reader)), 200, 'Authenticated')).Identity, READER());
});

each('an administrator, and root', async (form, name) => {
  const { Identity } = await is(form(signed(server.key), question()), 200, 'Allowed');
  assert.equal(Identity.Arn, `acs:ram::${account}:user/admin`);
  const own = server.createAccount({ 'root-access-key': true });
  const root = clientsOf(server, keyOf(own));
  const may = await newVerifier(`of-root-${name}`, [HOST], root);
  const request = signed(keyOf(own));
  const asked = { Action: OBJECT.Action, Resource: `acs:files::${own.AccountId}:x` };
  const found = await is(form === byToken ? byToken(request, asked, may) : bySignature(request, asked, keyOf(own)), 200, 'Allowed');
  assert.deepEqual(found.Identity, {
    IdentityType: 'Account',
    AccountId: own.AccountId,
    PrincipalId: own.AccountId,
    Arn: `acs:ram::${own.AccountId}:root`,
  });
});

each('a session of a role, which dies with it', async (form, name) => {
  const session = await people.session(`Role-${name}`, 'nightly', server.key, statement('Allow', 'files:*', '*'));
  secrets.add(session.secret).add(session.token);
  const found = await is(form(signed(session), question()), 200, 'Allowed');
  assert.deepEqual(found.Identity, {
    IdentityType: 'AssumedRoleUser',
    AccountId: account,
    PrincipalId: `${session.RoleId}:nightly`,
    Arn: `acs:ram::${account}:role/role-${name}/nightly`,
    RoleName: `Role-${name}`,
    SessionName: 'nightly',
  });
  await is(form(signed({ ...session, token: undefined }), question()), 401, 'MissingSecurityToken');
  await is(form(signed({ ...session, token: `${session.token.slice(0, -1)}!` }), question()), 401, 'InvalidSecurityToken.Malformed');
  await is(form(signed({ ...reader, token: session.token }), question()), 401, 'InvalidSecurityToken.MismatchWithAccessKey');
  await admin.Argali.RevokeRoleSessions({ RoleName: session.RoleName });
  await is(form(signed(session), question()), 401, 'InvalidSecurityToken.Revoked');
});

each('the same as GetCallerIdentity tells', async (form) => {
  const { IdentityType, AccountId, PrincipalId, Arn } = await clientsOf(server, reader).Sts.GetCallerIdentity();
  const { Identity } = await is(form(signed(reader)), 200, 'Authenticated');
  assert.deepEqual(Identity, { IdentityType, AccountId, PrincipalId, Arn, UserName: 'reader' });
});

// --- what is judged ----------------------------------------------------------------------------------------------------

each('everything that was signed counts', async (form) => {
  const good = () => signed(reader, { query: { b: 'x y', a: '中' }, body: 'text', contentType: 'text/plain', method: 'PUT' });
  await is(form(good(), question()), 200, 'Allowed');
  const request = good();
  const bad = [
    { ...request, method: 'POST' },
    { ...request, target: request.target.replace('a=', 'a=1') },
    { ...request, target: request.target.replace('reports', 'Reports') },
    { ...request, target: `${request.target}&c` },
    ...request.headers
      .filter(([name]) => name !== 'host' && name !== 'Authorization' && !name.endsWith('date'))
      .map(([changed]) => ({
        ...request,
        headers: request.headers.map(([name, value]) => [name, name === changed ? value.replace(/.$/, (c) => (c === '1' ? '2' : '1')) : value]),
      })),
  ];
  assert.ok(bad.length > 7);
  for (const one of bad) await is(form(one, question()), 401, 'SignatureDoesNotMatch');
  await is(form(request, question()), 200, 'Allowed'); // none of them used it up
});

each('no character of the signature may differ', async (form) => {
  const request = signed(reader);
  for (let i = 0; i < 64; i++) {
    const headers = request.headers.map(([name, value]) => {
      if (name !== 'Authorization') return [name, value];
      const at = value.length - 64 + i;
      return [name, value.slice(0, at) + (value[at] === 'a' ? 'b' : 'a') + value.slice(at + 1)];
    });
    await is(form({ ...request, headers }, question()), 401, 'SignatureDoesNotMatch');
  }
  await is(form(request, question()), 200, 'Allowed');
});

each('what is no ACS3 signature', async (form) => {
  const plain = { method: 'GET', target: '/', headers: [['host', HOST]] };
  await is(form(plain, question()), 401, 'MissingAccessKeyId');
  await is(form(signV1(HOST, reader, { action: 'Get', version: '2025-01-01' }), question()), 401, 'InvalidSignatureMethod');
  const roa = [...plain.headers, ['Authorization', `acs ${reader.id}:c2ln`]];
  await is(form({ ...plain, headers: roa }, question()), 401, 'InvalidSignatureMethod');
  const bearer = [...plain.headers, ['x-acs-bearer-token', 't']];
  await is(form({ ...plain, headers: bearer }, question()), 401, 'InvalidSignatureMethod');
  const request = signed(reader);
  const twice = [...request.headers, request.headers.find(([name]) => name === 'Authorization')];
  await is(form({ ...request, headers: twice }, question()), 401, 'IncompleteSignature');
});

each('an old request, one of the future, and one without a date', async (form) => {
  const minutes = (n) => ({ date: isoTime(Date.now() + n * 60_000) });
  await is(form(signed(reader, minutes(-16)), question()), 401, 'InvalidTimeStamp.Expired');
  await is(form(signed(reader, minutes(16)), question()), 401, 'InvalidTimeStamp.Expired');
  await is(form(signed(reader, minutes(-14)), question()), 200, 'Allowed');
  const early = signed(reader, minutes(14)); // its nonce has to be on the disk before the answer
  await is(form(early, question()), 200, 'Allowed');
  await is(form(early, question()), 401, 'SignatureNonceUsed');
  await is(form(signed(reader, { date: 'yesterday' }), question()), 401, 'InvalidTimeStamp.Format');
});

each('a request is good once, in either form', async (form) => {
  const request = signed(reader);
  await is(form(request, question()), 200, 'Allowed');
  for (const again of Object.values(FORMS)) await is(again(request, question()), 401, 'SignatureNonceUsed');
  await is(form(request), 401, 'SignatureNonceUsed');
  const refused = signed(reader);
  await is(form(refused, question({ Action: 'files:Other' })), 403, 'ImplicitDeny');
  await is(form(refused, question()), 401, 'SignatureNonceUsed');
});

test('of the same request many times at once, one is good', async () => {
  const request = signed(reader);
  const wires = Array.from({ length: 16 }, () => new Wire(server.host));
  const answers = await Promise.all(
    wires.map((one, i) => one.sendBytes(bytesOf(i % 2 ? byToken(request, question()) : bySignature(request, question())))),
  );
  wires.forEach((one) => one.close());
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(15).fill(401)]);
});

test('a request to Argali cannot be judged for a service, nor the other way round (T43)', async () => {
  const call = signAcs3(server.host, server.key, { action: 'GetCallerIdentity', version: '2015-04-01' });
  await is(byToken(call), 401, 'MisdirectedRequest');
  await is(bySignature(call), 401, 'MisdirectedRequest');
  assert.equal((await wire.send(call)).status, 200); // and was not used up by that
  const misused = signed(server.key, { path: '/', action: 'GetCallerIdentity', version: '2015-04-01', method: 'POST' });
  const headers = misused.headers.map(([name, value]) => [name, name === 'host' ? server.host : value]);
  assert.equal((await wire.send({ ...misused, headers })).body.Code, 'SignatureDoesNotMatch');
});

test('by token: a host that is not the verifier’s is refused (T43)', async () => {
  for (const host of ['files.example.com', 'files.example.com:443', 'x.files.example.com:8443', 'other.example.com', server.host]) {
    await is(byToken(signed(reader, { host }), question()), 401, 'MisdirectedRequest');
    await is(byToken(signed(reader, { host }), question({ Host: HOST })), 401, 'SignatureDoesNotMatch');
    await is(byToken(signed(reader), question({ Host: host })), 401, 'MisdirectedRequest');
  }
  const upper = HOST.toUpperCase(); // as it was signed, whatever the case
  await is(byToken(signed(reader, { host: upper }), question()), 200, 'Allowed');
  const two = await newVerifier('two-hosts', ['a.example.com', HOST]);
  await is(byToken(signed(reader), question(), two), 200, 'Allowed');
  await is(byToken(signed(reader, { host: 'a.example.com' }), question(), two), 200, 'Allowed');
  await is(byToken(signed(reader, { host: 'b.example.com' }), question(), two), 401, 'MisdirectedRequest');
});

test('by signature: a host that is not the asking service is refused (T43)', async () => {
  await is(bySignature(signed(reader, { host: 'other.example.com' }), question()), 401, 'MisdirectedRequest');
  await is(bySignature(signed(reader), question({ Host: 'other.example.com' })), 401, 'MisdirectedRequest');
  const request = signed(reader);
  const none = { ...request, headers: request.headers.filter(([name]) => name !== 'host') };
  await is(bySignature(none, question()), 401, 'MisdirectedRequest');
  const rewritten = { ...request, headers: request.headers.map(([name, value]) => [name, name === 'host' ? 'b' : value]) };
  await is(bySignature(rewritten, question({ Host: 'b' })), 401, 'SignatureDoesNotMatch');
  const twice = { ...request, headers: [...request.headers, ['Host', HOST]] };
  await is(bySignature(twice, question()), 401, 'IncompleteSignature');
});

each('a body', async (form) => {
  const body = '{"a":1}';
  const put = (more) => signed(reader, { method: 'PUT', body, contentType: 'application/json', ...more });
  const seen = await is(form(put(), question({ BodySha256: hex(body) })), 200, 'Allowed');
  assert.deepEqual([seen.BodyVerified, seen.digest], [true, hex(body)]);
  const unseen = await is(form(put(), question()), 200, 'Allowed');
  assert.deepEqual([unseen.BodyVerified, unseen.digest], [false, hex(body)]);
  await is(form(put(), question({ BodySha256: hex('{"a":2}') })), 401, 'SignatureDoesNotMatch');
  await is(form(put(), question({ BodySha256: hex('') })), 401, 'SignatureDoesNotMatch');
  await is(form(put({ contentSha256: 'UNSIGNED-PAYLOAD' }), question()), 401, 'IncompleteSignature');
  await is(form(put({ contentSha256: hex('') }), question()), 401, 'SignatureDoesNotMatch');
  const denied = await is(form(put(), question({ Action: 'files:Other', BodySha256: hex(body) })), 403, 'ImplicitDeny');
  assert.equal(denied.BodyVerified, true);
});

each('SM3', async (form) => {
  const put = () => signed(reader, { method: 'PUT', body: 'text', algorithm: 'ACS3-HMAC-SM3' });
  await is(form(put(), question()), 200, 'Allowed');
  assert.equal((await is(form(put(), question({ BodySha256: hex('text', 'sm3') })), 200, 'Allowed')).BodyVerified, true);
  await is(form(put(), question({ BodySha256: hex('text') })), 401, 'SignatureDoesNotMatch');
});

each('the circumstances that the service tells', async (form, name) => {
  const condition = { IpAddress: { 'acs:SourceIp': '192.0.2.0/24' }, Bool: { 'acs:SecureTransport': 'true' } };
  const key = await people.user(`near-${name}`, statement('Allow', 'files:*', '*', condition));
  const near = { SourceIp: '192.0.2.7', Scheme: 'https' };
  await is(form(signed(key), question(near)), 200, 'Allowed');
  await is(form(signed(key), question({ ...near, SourceIp: '198.51.100.7' })), 403, 'ImplicitDeny');
  await is(form(signed(key), question({ ...near, SourceIp: undefined })), 403, 'ImplicitDeny');
  await is(form(signed(key), question({ ...near, Scheme: 'http' })), 403, 'ImplicitDeny');
  await is(form(signed(key), question({ ...near, Scheme: undefined })), 403, 'ImplicitDeny');
});

each('a change counts from the next question on', async (form, name) => {
  const user = `changing-${name}`;
  const key = await people.user(user, statement('Allow', 'files:*', '*'));
  const of = { UserName: user, UserAccessKeyId: key.id };
  const policy = { PolicyType: 'Custom', PolicyName: `of-${user}`, UserName: user };
  for (let i = 0; i < 10; i++) {
    await is(form(signed(key), question()), 200, 'Allowed');
    await admin.Ram.DetachPolicyFromUser(policy);
    await is(form(signed(key), question()), 403, 'ImplicitDeny');
    await admin.Ram.AttachPolicyToUser(policy);
    await is(form(signed(key), question()), 200, 'Allowed');
    await admin.Ram.UpdateAccessKey({ ...of, Status: 'Inactive' });
    await is(form(signed(key), question()), 401, 'InvalidAccessKeyId.Inactive');
    await admin.Ram.UpdateAccessKey({ ...of, Status: 'Active' });
  }
  await admin.Ram.DeleteAccessKey(of);
  await is(form(signed(key), question()), 401, 'InvalidAccessKeyId.NotFound');
});

each('callers of another account are nobody', async (form) => {
  await is(form(signed(stranger), question()), 401, 'InvalidAccessKeyId.NotFound');
  await is(form(signed({ ...stranger, secret: 'x' }), question()), 401, 'InvalidAccessKeyId.NotFound');
  await is(form(signed({ id: 'LTAInobodyhasthisoneever', secret: 'x' }), question()), 401, 'InvalidAccessKeyId.NotFound');
  await is(form(signed({ id: 'no.such-form', secret: 'x' }), question()), 401, 'InvalidAccessKeyId.NotFound');
});

each('what no HTTP server should have accepted', async (form, name) => {
  const request = signed(reader);
  for (const more of [{ Method: 'get' }, { Method: 'GET /' }, { Uri: 'files' }, { Uri: '/a b' }, { Uri: '/a#b' }])
    await is(form(request, question(more)), 401, 'InvalidRequest');
  await is(form(request, question({ Uri: '/a?b=1&b=2' })), 401, 'InvalidParameter.b');
  if (name === 'signature') {
    const smuggled = { ...request, headers: [...request.headers, ['x', 'a\nx-acs-b:c']] };
    await is(form(smuggled, question()), 401, 'InvalidRequest');
  }
});

// --- who may ask -------------------------------------------------------------------------------------------------------

test('a wrong token is the question’s fault', async () => {
  const request = signed(reader);
  const flipped = (i) => token.slice(0, i) + (token[i] === 'A' ? 'B' : 'A') + token.slice(i + 1);
  const tokens = ['', 'x', token.slice(0, -1), `${token}A`, token.slice(16), token.toUpperCase(), reader.secret, `argali-verifier-${'A'.repeat(43)}`];
  for (const one of [...tokens, ...Array.from(token, (_, i) => flipped(i))]) {
    const { body, status } = await wrong(byToken(request, question(), one), 'InvalidVerifierToken');
    checkErrorBody(status, body, server.host);
  }
  await is(byToken(request, question()), 200, 'Allowed'); // none of them used it up
});

test('a token that comes twice, or any header of ours', async () => {
  const request = signed(reader);
  const good = byToken(request, question({ SourceIp: '192.0.2.1', Scheme: 'https', BodySha256: hex('') }));
  for (const [name, value] of good.headers.filter(([one]) => /^x-(argali|original)-/i.test(one))) {
    const twice = { ...good, headers: [...good.headers, [name.toLowerCase(), value]] };
    await wrong(twice, 'InvalidParameter.Headers');
  }
  await is(good, 200, 'Allowed');
});

test('a token is good for its own account alone, and at /verify alone', async () => {
  const theirs = await newVerifier('files', [HOST], strangers);
  await is(byToken(signed(reader), question(), theirs), 401, 'InvalidAccessKeyId.NotFound');
  await is(byToken(signed(stranger), undefined, theirs), 200, 'Authenticated');
  const call = { method: 'POST', target: '/?Action=ListUsers&Version=2015-05-01', headers: [['Host', server.host], ['X-Argali-Verifier', token]] };
  assert.equal((await wire.send(call)).body.Code, 'MissingAccessKeyId');
  const bearer = { ...call, headers: [['Host', server.host], ['Authorization', `Bearer ${token}`]] };
  assert.equal((await wire.send(bearer)).body.Code, 'MissingAccessKeyId');
});

test('a deleted verifier is refused at once', async () => {
  for (let i = 0; i < 10; i++) {
    const own = await newVerifier('short-lived');
    await is(byToken(signed(reader), question(), own), 200, 'Allowed');
    await is(byToken(signed(reader), question(), own), 200, 'Allowed');
    await admin.Argali.DeleteVerifier({ VerifierName: 'short-lived' });
    await wrong(byToken(signed(reader), question(), own), 'InvalidVerifierToken');
  }
});

test('who asks by a signature needs ram:Verify, and a right signature', async () => {
  const request = signed(reader);
  await wrong(bySignature(request, question(), reader), 'NoPermission');
  await wrong(bySignature(request, question(), { ...asker, secret: 'x' }), 'SignatureDoesNotMatch');
  await wrong(bySignature(request, question(), { id: 'LTAInobodyhasthisoneever', secret: 'x' }), 'InvalidAccessKeyId.NotFound');
  await wrong(bySignature(request, question(), asker, { date: isoTime(Date.now() - 16 * 60_000) }), 'InvalidTimeStamp.Expired');
  await wrong(bySignature(request, question(), asker, { action: 'GetUser' }), 'InvalidApi.NotFound');
  await wrong(bySignature(request, question(), asker, { version: '2015-05-01' }), 'InvalidVersion');
  await wrong(bySignature(request, question(), asker, { query: { Action: 'Verify' } }), 'InvalidRequest');
  await wrong(byToken(request, question(), null), 'InvalidVersion'); // the judged request's own signature is none of the asker's
  const plain = { method: 'GET', target: '/', headers: [['host', HOST]] };
  await wrong(byToken(plain, question(), null), 'MissingAccessKeyId');
  const tampered = bySignature(request, question());
  await wrong({ ...tampered, body: Buffer.from(tampered.body.toString().replace('GetObject', 'PutObject')) }, 'SignatureDoesNotMatch');
  const asked = bySignature(request, question());
  await is(asked, 200, 'Allowed'); // none of them used the request up
  await wrong(asked, 'SignatureNonceUsed');
  await admin.Ram.UpdateAccessKey({ UserName: 'asker', UserAccessKeyId: asker.id, Status: 'Inactive' });
  await wrong(bySignature(signed(reader), question()), 'InvalidAccessKeyId.Inactive');
  await admin.Ram.UpdateAccessKey({ UserName: 'asker', UserAccessKeyId: asker.id, Status: 'Active' });
});

each('a question that is wrong', async (form, name) => {
  const request = signed(reader);
  const bad = [
    [{ Method: undefined }, 'MissingMethod'],
    [{ Uri: undefined }, 'MissingUri'],
    [{ Host: name === 'token' ? undefined : '' }, 'MissingHost'],
    [{ Action: undefined }, 'MissingAction'],
    [{ Resource: undefined }, 'MissingResource'],
    [{ Action: 'GetObject' }, 'InvalidParameter.Action'],
    [{ Action: 'files:*' }, 'InvalidParameter.Action'],
    [{ Resource: 'reports/a' }, 'InvalidParameter.Resource'],
    [{ BodySha256: 'x' }, 'InvalidParameter.BodySha256'],
    [{ BodySha256: hex('').toUpperCase() }, 'InvalidParameter.BodySha256'],
    [{ SourceIp: 'somewhere' }, 'InvalidParameter.SourceIp'],
    [{ Scheme: 'ftp' }, 'InvalidParameter.Scheme'],
  ];
  for (const [more, code] of bad) await wrong(form(request, question(more)), code);
  await is(form(request, question()), 200, 'Allowed');
});

test('by signature: a body that is no question', async () => {
  const request = signed(reader);
  for (const body of ['', '[]', 'x', '{"Host":"a"', '{"Headers":[]}{}'])
    await wrong(bySignature(request, {}, asker, { body }), 'InvalidRequest');
  await wrong(bySignature(request, question({ Headers: undefined })), 'MissingHeaders');
  await wrong(bySignature(request, question({ Headers: { host: HOST } })), 'InvalidParameter.Headers');
  await wrong(bySignature(request, question({ Actions: 'files:GetObject' })), 'InvalidRequest');
  await is(bySignature(request, question()), 200, 'Allowed');
});

test('only POST, and only /verify', async () => {
  const good = byToken(signed(reader), question());
  for (const method of ['GET', 'HEAD']) assert.notEqual((await wire.sendBytes(bytesOf({ ...good, method }), method === 'HEAD')).status, 200);
  for (const target of ['/verify/', '/Verify', '/verify/x', '/%76erify'])
    assert.equal((await wire.sendBytes(bytesOf({ ...good, target }))).status, 404);
  await is(good, 200, 'Allowed');
});

test('a question of the future', async () => {
  const date = isoTime(Date.now() + 14 * 60_000);
  const asked = bySignature(signed(reader), question(), asker, { date });
  await is(asked, 200, 'Allowed');
  await wrong(asked, 'SignatureNonceUsed');
  const refused = bySignature(signed({ ...reader, secret: 'x' }), question(), asker, { date });
  await is(refused, 401, 'SignatureDoesNotMatch');
  await wrong(refused, 'SignatureNonceUsed');
});

// --- limits ------------------------------------------------------------------------------------------------------------

test('guesses count against the network that the service names, wrong tokens against the asker’s', async () => {
  const limited = await Server.start({ settings: { 'failures-per-minute': 5 } });
  const own = new Wire(limited.host);
  try {
    const clients = clientsOf(limited, limited.key);
    const { VerifierToken } = await clients.Argali.CreateVerifier({ VerifierName: 'v', Hosts: [HOST] });
    limited.hideSecret(VerifierToken);
    const ask = async (key, SourceIp, by = VerifierToken) => {
      const { headers, ...rest } = byToken(signed(key), { SourceIp }, by);
      const to = headers.map(([name, value]) => [name, name === 'Host' ? limited.host : value]);
      const { status, text } = await own.sendBytes(bytesOf({ ...rest, headers: to }));
      const { Reason, Code } = JSON.parse(text);
      return `${status} ${Reason ?? Code}`;
    };
    const guess = { ...limited.key, secret: 'x' };
    // A minute may end in between, and the count begins again: look for the change, not for its place.
    const until = async (want, one) => {
      for (let i = 0; i < 20; i++) if ((await one()) === want) return;
      assert.fail(`${want} never came`);
    };
    for (let i = 0; i < 10; i++) assert.equal(await ask(guess), '401 SignatureDoesNotMatch'); // of a network that nobody names
    await until('401 Throttling', () => ask(guess, '192.0.2.1'));
    assert.equal(await ask(limited.key, '192.0.2.1'), '200 Authenticated');
    assert.equal(await ask(guess, '198.51.100.1'), '401 SignatureDoesNotMatch');
    await until('429 Throttling', () => ask(limited.key, '203.0.113.1', `argali-verifier-${'A'.repeat(43)}`));
    assert.equal(await ask(limited.key, '203.0.113.1'), '200 Authenticated');
  } finally {
    own.close();
    await limited.stop();
  }
});

test('a caller who holds more than its share of nonces is no verdict, and the others go on', async () => {
  const small = await Server.start({ settings: { 'calls-per-second': 1 } });
  const wires = Array.from({ length: 8 }, () => new Wire(small.host));
  try {
    const metrics = await (await fetch(`http://${small.adminHost}/metrics`)).text();
    const capacity = Number(metrics.match(/^argali_nonces_capacity (\d+)$/m)[1]);
    const clients = clientsOf(small, small.key);
    const { VerifierToken } = await clients.Argali.CreateVerifier({ VerifierName: 'v', Hosts: [HOST] });
    const { AccessKey } = await clients.Ram.CreateAccessKey({ UserName: 'admin' });
    for (const secret of [VerifierToken, AccessKey.AccessKeySecret]) small.hideSecret(secret);
    const ask = (key, own = wires[0]) => {
      const { headers, ...rest } = byToken(signed(key), {}, VerifierToken);
      return own.sendBytes(bytesOf({ ...rest, headers: headers.map(([name, value]) => [name, name === 'Host' ? small.host : value]) }));
    };
    let answer;
    for (let i = 0; i < capacity && answer?.status !== 429; i += wires.length)
      [answer] = await Promise.all(wires.map((own) => ask(small.key, own)));
    assert.equal(`${answer.status} ${JSON.parse(answer.text).Code}`, '429 Throttling.User');
    assert.match(answer.headers['x-acs-retry-after'], /^[1-9]\d*$/);
    assert.equal((await ask({ id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret })).status, 200);
  } finally {
    wires.forEach((own) => own.close());
    await small.stop();
  }
});

test('after a restart a used request stays used, and the token is good', async () => {
  const own = await Server.start();
  const clients = clientsOf(own, own.key);
  const { VerifierToken } = await clients.Argali.CreateVerifier({ VerifierName: 'v', Hosts: [HOST] });
  own.hideSecret(VerifierToken);
  const request = byToken(signed(own.key), {}, VerifierToken);
  const ask = async (question_) => {
    const one = new Wire(own.host);
    const headers = question_.headers.map(([name, value]) => [name, name === 'Host' ? own.host : value]);
    const { status } = await one.sendBytes(bytesOf({ ...question_, headers }));
    one.close();
    return status;
  };
  try {
    assert.equal(await ask(request), 200);
    await own.restart();
    assert.equal(await ask(request), 401);
    assert.equal(await ask(byToken(signed(own.key), {}, VerifierToken)), 200);
  } finally {
    await own.stop();
  }
});
