// The examples, with the real programs: what is rightly signed and allowed reaches the service behind, and the service knows who it is;
// nothing else does.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';

import { clientsOf } from '../api/support/clients.mjs';
import { Server, keyOf } from '../api/support/server.mjs';
import { isoTime, signAcs3, signV1 } from '../api/support/sign.mjs';
import { Wire, bytesOf } from '../api/support/wire.mjs';
import { expressFront, nginxFront, pythonFront } from './support/fronts.mjs';
import { People, statement } from './support/people.mjs';

const require = createRequire(new URL('../api/package.json', import.meta.url));
const { default: Core, $OpenApiUtil } = require('@alicloud/openapi-core');

let server, account, admin, people, reader, stranger;
const fronts = [];

before(async () => {
  server = await Server.start();
  account = server.account.AccountId;
  admin = clientsOf(server, server.key);
  people = new People(server, admin);
  reader = await people.user(
    'reader',
    statement('Allow', ['files:Get*', 'files:Put*'], `acs:files:*:${account}:reports/*`),
    statement('Deny', '*', `acs:files:*:${account}:reports/secret*`),
  );
  stranger = keyOf(server.createAccount());
  const asker = await people.user('files-service', statement('Allow', 'ram:Verify', '*'));
  let n = 0;
  const verifier = async (host) => {
    const { VerifierToken } = await admin.Argali.CreateVerifier({ VerifierName: `front-${++n}`, Hosts: [host] });
    server.hideSecret(VerifierToken);
    return VerifierToken;
  };
  const about = { argali: server, account, folder: server.dir, verifier, key: asker };
  for (const front of [nginxFront, expressFront, pythonFront]) fronts.push(await front(about));
});
after(async () => {
  for (const front of fronts) await front.stop();
  await server.stop();
});

/** One test per front. */
function each(what, run) {
  for (const [i, name] of ['nginx', 'Express', 'Python'].entries()) test(`${name}: ${what}`, () => run(fronts[i]));
}

/** A call through the official SDK to the service: { status, body }. */
async function sdk(front, key, { method = 'GET', pathname = '/files/reports/a.txt', body, query, algorithm } = {}) {
  const config = { endpoint: front.host, protocol: 'http', signatureAlgorithm: algorithm };
  const client = new Core(
    new $OpenApiUtil.Config({ ...config, accessKeyId: key.id, accessKeySecret: key.secret, securityToken: key.token }),
  );
  const params = { action: 'Object', version: '2025-01-01', protocol: 'HTTP', pathname, method, authType: 'AK', style: 'ROA' };
  const request = new $OpenApiUtil.OpenApiRequest({ body, query });
  try {
    const answer = await client.callApi({ ...params, reqBodyType: 'json', bodyType: 'json' }, request, {});
    return { status: answer.statusCode, body: answer.body };
  } catch (error) {
    if (!error.statusCode) throw error;
    return { status: error.statusCode, body: { Code: error.data.Code } };
  }
}

const signed = (front, key, more = {}) =>
  signAcs3(more.host ?? front.host, key, { method: 'GET', path: '/files/reports/a.txt', action: 'Object', version: '2025-01-01', ...more });

/** The bytes of a request to a front: { status, body }. */
async function send(front, request) {
  const wire = new Wire(front.host);
  const { status, headers, text } = await wire.sendBytes(bytesOf(request));
  wire.close();
  return { status, body: /json/.test(headers['content-type']) ? JSON.parse(text) : undefined };
}

function passed(answer, identity, size = 0) {
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  for (const [name, value] of Object.entries(identity)) assert.equal(answer.body.identity[name], value);
  assert.equal(answer.body.size, size);
  assert.deepEqual(answer.body.passedOn ?? [], []);
}

function refused(answer, status, code) {
  assert.deepEqual(answer, { status, body: { Code: code } });
}

const READER = () => ({ Arn: `acs:ram::${account}:user/reader`, AccountId: account, PrincipalId: reader.UserId });

each('a request of the official SDK passes, and the service knows who it is', async (front) => {
  passed(await sdk(front, reader), READER());
  passed(await sdk(front, reader, { query: { b: 'x y+z', a: '中', c: '' } }), READER());
  passed(await sdk(front, reader, { algorithm: 'ACS3-HMAC-SM3' }), READER());
  passed(await sdk(front, server.key), { Arn: `acs:ram::${account}:user/admin` });
});

each('a body passes', async (front) => {
  const body = { text: 'A b+c*d~e%中', list: [1, 2] };
  passed(await sdk(front, reader, { method: 'PUT', body }), READER(), Buffer.byteLength(JSON.stringify(body)));
});

each('a session of a role passes, and is known as one', async (front) => {
  const role = `files-${front.name}`;
  const session = await people.session(role, 'nightly', server.key, statement('Allow', 'files:*', '*'));
  const identity = {
    Arn: `acs:ram::${account}:role/${role.toLowerCase()}/nightly`,
    AccountId: account,
    PrincipalId: `${session.RoleId}:nightly`,
  };
  passed(await sdk(front, session), identity);
  await admin.Argali.RevokeRoleSessions({ RoleName: role });
  refused(await sdk(front, session), 401, 'InvalidSecurityToken.Revoked');
});

each('what the policies do not allow is refused', async (front) => {
  refused(await sdk(front, reader, { pathname: '/files/other.txt' }), 403, 'ImplicitDeny');
  refused(await sdk(front, reader, { pathname: '/files/reports/secret.txt' }), 403, 'ExplicitDeny');
  refused(await sdk(front, await people.user(`nobody-${front.name}`)), 403, 'ImplicitDeny');
});

each('what is not signed is refused', async (front) => {
  const request = { method: 'GET', target: '/files/reports/a.txt', headers: [['Host', front.host]] };
  refused(await send(front, request), 401, 'MissingAccessKeyId');
  const basic = [...request.headers, ['Authorization', 'Basic eDp5']];
  refused(await send(front, { ...request, headers: basic }), 401, 'MissingAccessKeyId');
});

each('the older signatures, which cover neither host nor body, are refused', async (front) => {
  const request = signV1(front.host, reader, { method: 'GET', path: '/files/reports/a.txt', action: 'Object', version: '2025-01-01' });
  refused(await send(front, request), 401, 'InvalidSignatureMethod');
  refused(await sdk(front, reader, { algorithm: 'v2' }), 401, 'InvalidSignatureMethod');
});

each('whatever is changed on the way is refused', async (front) => {
  const good = () => signed(front, reader, { query: { a: '1' }, headers: [['x-acs-extra', 'x']] });
  const swap = (request, name, value) => ({
    ...request,
    headers: request.headers.map(([n, v]) => [n, n.toLowerCase() === name ? value(v) : v]),
  });
  const changes = {
    target: (r) => ({ ...r, target: r.target.replace('a.txt', 'b.txt') }),
    query: (r) => ({ ...r, target: r.target.replace('a=1', 'a=2') }),
    'another parameter': (r) => ({ ...r, target: `${r.target}&b=1` }),
    method: (r) => ({ ...r, method: 'PUT' }),
    'a signed header': (r) => swap(r, 'x-acs-extra', () => 'y'),
    action: (r) => swap(r, 'x-acs-action', () => 'Other'),
    signature: (r) => swap(r, 'authorization', (v) => v.replace(/.$/, (c) => (c === '0' ? '1' : '0'))),
  };
  for (const [what, change] of Object.entries(changes)) {
    const { status, body } = await send(front, change(good()));
    assert.deepEqual([what, status, body], [what, 401, { Code: 'SignatureDoesNotMatch' }]);
  }
  passed(await send(front, good()), READER());
  refused(await send(front, signed(front, { ...reader, secret: stranger.secret })), 401, 'SignatureDoesNotMatch');
  const late = { date: isoTime(Date.now() - 16 * 60_000) };
  refused(await send(front, signed(front, reader, late)), 401, 'InvalidTimeStamp.Expired');
  const added = good();
  added.headers.push(['x-acs-more', 'unsigned']);
  refused(await send(front, added), 401, 'IncompleteSignature');
});

each('a body that was changed does not reach the service, or is known there', async (front) => {
  const request = signed(front, reader, { method: 'PUT', body: '{"to":"alice"}', contentType: 'application/json' });
  const changed = { ...request, body: Buffer.from('{"to":"mallo"}') };
  if (front.checksBody) refused(await send(front, changed), 401, 'SignatureDoesNotMatch');
  else refused(await send(front, changed), 400, 'BodyChanged');
});

each('a request is good once, also when it comes twenty times at once', async (front) => {
  const request = signed(front, reader);
  passed(await send(front, request), READER());
  refused(await send(front, request), 401, 'SignatureNonceUsed');
  const again = signed(front, reader);
  const answers = await Promise.all(Array.from({ length: 20 }, () => send(front, again)));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  answers.filter(({ status }) => status !== 200).forEach((answer) => refused(answer, 401, 'SignatureNonceUsed'));
});

each('a signature for another host is refused (T43)', async (front) => {
  const other = fronts.find((one) => one !== front);
  for (const host of [other.host, server.host, 'files.example.com', `x${front.host}`])
    refused(await send(front, signed(front, reader, { host })), 401, 'MisdirectedRequest');
  const rewritten = signed(front, reader, { host: other.host });
  rewritten.headers = rewritten.headers.map(([name, value]) => [name, name === 'host' ? front.host : value]);
  refused(await send(front, rewritten), 401, 'SignatureDoesNotMatch');
});

each('a request is used up for every service at once', async (front) => {
  const other = fronts.find((one) => one !== front);
  const nonce = `shared-${front.name}`;
  passed(await send(front, signed(front, reader, { nonce })), READER());
  refused(await send(other, signed(other, reader, { nonce })), 401, 'SignatureNonceUsed');
});

each('a disabled AccessKey is refused at once, and an enabled one passes at once', async (front) => {
  const key = { UserName: 'reader', UserAccessKeyId: reader.id };
  for (let i = 0; i < 5; i++) {
    await admin.Ram.UpdateAccessKey({ ...key, Status: 'Inactive' });
    refused(await send(front, signed(front, reader)), 401, 'InvalidAccessKeyId.Inactive');
    await admin.Ram.UpdateAccessKey({ ...key, Status: 'Active' });
    passed(await send(front, signed(front, reader)), READER());
  }
});

each('keys of another account and of nobody look the same', async (front) => {
  refused(await sdk(front, stranger), 401, 'InvalidAccessKeyId.NotFound');
  refused(await sdk(front, { ...reader, id: 'LTAInobodyhasthisoneever' }), 401, 'InvalidAccessKeyId.NotFound');
});

each('what a caller says of itself counts for nothing', async (front) => {
  const claims = [
    ['X-Argali-Identity', `acs:ram::${account}:root`],
    ['X-Argali-Account', account],
    ['X-Argali-Verifier', 'argali-verifier-x'],
    ['X-Argali-Action', 'files:GetObject'],
    ['X-Argali-Resource', `acs:files::${account}:reports/a.txt`],
    ['X-Argali-Body-Sha256', '0'.repeat(64)],
    ['X-Original-URI', '/files/reports/a.txt'],
    ['X-Original-Host', front.host],
    ['X-Original-Method', 'GET'],
    ['X-Original-Source-Ip', '192.0.2.1'],
  ];
  const add = (request) => ({ ...request, headers: [...request.headers, ...claims] });
  passed(await send(front, add(signed(front, reader))), READER());
  refused(await send(front, add(signed(front, reader, { path: '/files/other.txt' }))), 403, 'ImplicitDeny');
  const wrong = add(signed(front, reader, { host: 'elsewhere.example.com' }));
  refused(await send(front, wrong), 401, 'MisdirectedRequest');
  refused(await send(front, add({ method: 'GET', target: '/files/reports/a.txt', headers: [['Host', front.host]] })), 401, 'MissingAccessKeyId');
});

test('nginx: no spelling of a path is judged as another one', async () => {
  const [front] = fronts;
  for (const path of ['/files/reports/../other', '/files/reports/%2e%2e/other', '/files/reports%2Fa.txt', '/files//reports/a', '/files/'])
    assert.equal((await send(front, signed(front, reader, { path }))).status, 404, path);
  assert.equal((await send(front, signed(front, reader, { method: 'POST' }))).status, 405);
});

test('nothing passes while Argali cannot be asked', async () => {
  const folder = `${server.dir}/alone`;
  const { default: fs } = await import('node:fs');
  fs.mkdirSync(folder);
  const nowhere = { argali: { host: '127.0.0.1:1' }, account, folder, verifier: async () => 'argali-verifier-x', key: reader };
  for (const make of [nginxFront, expressFront, pythonFront]) {
    const front = await make(nowhere);
    try {
      refused(await send(front, signed(front, reader)), 503, 'ServiceUnavailable');
    } finally {
      await front.stop();
    }
  }
});

test('nothing passes when the service itself may not ask', async () => {
  const folder = `${server.dir}/wrong`;
  const { default: fs } = await import('node:fs');
  fs.mkdirSync(folder);
  const verifier = async () => `argali-verifier-${'A'.repeat(43)}`;
  for (const make of [nginxFront, expressFront, pythonFront]) {
    const front = await make({ argali: server, account, folder, verifier, key: reader });
    try {
      refused(await send(front, signed(front, reader)), 503, 'ServiceUnavailable');
    } finally {
      await front.stop();
    }
  }
});
