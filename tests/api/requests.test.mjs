// covers: Ram.CreateUser Ram.GetUser Ram.UpdateUser Ram.DeleteUser Ram.ListUsers Sts.GetCallerIdentity
//
// The front door: one parse that signature and handler share (threat T41), methods, formats, versions, actions, and what a
// network may do wrong.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';

import { checkCovers, clientsOf, popCore } from './support/clients.mjs';
import { checkErrorBody, refused } from './support/refused.mjs';
import { Server } from './support/server.mjs';
import { checkConforms, implemented, products } from './support/shapes.mjs';
import { signAcs3, signV1 } from './support/sign.mjs';
import { Wire } from './support/wire.mjs';

const { parseStringPromise } = createRequire(import.meta.url)('xml2js');

const IMS = '2019-08-15',
  RAM = '2015-05-01',
  STS = '2015-04-01';
const IDENTITY = { action: 'GetCallerIdentity', version: STS };
let server, admin, wire, key, host;

before(async () => {
  server = await Server.start();
  admin = clientsOf(server, server.key);
  key = server.key;
  host = server.host;
  wire = new Wire(host);
  await admin.Ram.CreateUser({ UserName: 'alice', Comments: 'a b+c' });
});
after(() => {
  wire.close();
  return server.stop();
});

async function answers(request, status, code) {
  const answer = await wire.send(request);
  assert.equal(`${answer.status} ${answer.body?.Code}`, `${status} ${code}`, answer.text);
  return answer;
}

const get = (query, o = {}) => ({ action: 'GetUser', version: RAM, query, ...o });
const both = (o) => [signAcs3(host, key, o), signV1(host, key, o)];

/** The same parameters, written differently on the wire than they were signed. */
const rewritten = (request, from, to) => {
  const changed = { ...request, target: request.target.replace(from, to) };
  assert.notEqual(changed.target, request.target);
  return changed;
};

test('T41: names and values are decoded once, for the signature and for the handler', async () => {
  for (const [from, to] of [
    ['UserName=alice', '%55serName=alice'],
    ['UserName=alice', 'UserName=%61lic%65'],
    ['UserName=alice', '&&UserName=alice&'],
    ['UserName=alice', '%55%73%65%72%4e%61%6d%65=%61%6c%69%63%65'],
  ])
    for (const request of both(get({ UserName: 'alice' }))) {
      const { body } = await answers(rewritten(request, from, to), 200, undefined);
      assert.equal(body.User.UserName, 'alice');
    }
  for (const to of [
    'UserName=%2561lice',
    'UserName=alice;x=1',
    'UserName=alice%26x%3D1',
    'UserName=alice%00',
    'UserName%00=alice',
  ])
    for (const request of both(get({ UserName: 'alice' }))) {
      const { status } = await wire.send(rewritten(request, 'UserName=alice', to));
      assert.equal(status, 400);
    }
});

test('T41: plus and %20 are one blank, %2B is a plus', async () => {
  const update = (Comments) => ({ action: 'UpdateUser', version: RAM, query: { UserName: 'alice', NewComments: Comments } });
  for (const request of both(update('x y+z'))) {
    const { body } = await answers(rewritten(request, 'x%20y%2Bz', 'x+y%2bz'), 200, undefined);
    assert.equal(body.User.Comments, 'x y+z');
  }
  for (const request of both(update('x y'))) await answers(rewritten(request, 'x%20y', 'x%2By'), 400, 'SignatureDoesNotMatch');
});

test('T41: a name in another case is another parameter', async () => {
  for (const name of ['username', 'USERNAME', 'userName', ' UserName', 'UserName ', 'UserName[]', 'UserName.1'])
    for (const request of both(get({ [name]: 'alice' }))) await answers(request, 400, 'MissingUserName');
});

test('T41: a name without = has an empty value', async () => {
  for (const request of both(get({ UserName: '' })))
    await answers(rewritten(request, 'UserName=', 'UserName'), 400, 'MissingUserName');
  for (const request of both(get({ UserName: 'alice', Extra: '' })))
    await answers(rewritten(request, 'Extra=', 'Extra'), 200, undefined);
  for (const request of both(get({ UserName: 'alice' })))
    await answers({ ...request, target: `${request.target}&=x` }, 400, 'InvalidParameter');
});

test('T41: a name that comes twice is refused, wherever and however it is written', async () => {
  const twice = [
    [
      ['UserName', 'alice'],
      ['UserName', 'alice'],
    ],
    [
      ['UserName', 'alice'],
      ['UserName', 'bob'],
    ],
  ];
  for (const query of twice) for (const request of both(get(query))) await answers(request, 400, 'InvalidParameter.UserName');
  for (const request of both(get({ UserName: 'alice' }, { form: { UserName: 'alice' } })))
    await answers(request, 400, 'InvalidParameter.UserName');
  for (const request of both(get({ UserName: 'alice', X: '1' }))) {
    await answers(rewritten(request, 'X=1', '%55serName=bob'), 400, 'InvalidParameter.UserName');
    await answers({ ...request, target: `${request.target}&UserName=alice` }, 400, 'InvalidParameter.UserName');
  }
  const v1 = signV1(host, key, IDENTITY);
  for (const name of ['Action', 'Version', 'Signature', 'AccessKeyId', 'SignatureNonce', 'Timestamp'])
    await answers({ ...v1, target: `${v1.target}&${name}=x` }, 400, `InvalidParameter.${name}`);
});

test('T41: the signed name of the action decides', async () => {
  const acs3 = signAcs3(host, key, get({ UserName: 'alice', Action: 'DeleteUser', Version: IMS }));
  assert.equal((await answers(acs3, 200, undefined)).body.User.UserName, 'alice');
  const v1 = signV1(
    host,
    key,
    get(
      { UserName: 'alice' },
      {
        headers: [
          ['x-acs-action', 'DeleteUser'],
          ['x-acs-version', IMS],
        ],
      },
    ),
  );
  assert.equal((await answers(v1, 200, undefined)).body.User.UserName, 'alice');
});

test('T41: parameters are sorted by name alone, and Tag.1.Key comes after Tag', async () => {
  const query = { 'Tag.1.Key': 'k', 'Tag.1.Value': 'v', Tag: '', TagX: '', 'Tag-': '', Status: 'active' };
  for (const request of both({ action: 'ListUsers', version: IMS, query })) await answers(request, 200, undefined);
});

test('parameters travel in the query, in the form, or in both', async () => {
  const UserName = 'alice';
  const ways = [
    { query: { UserName } },
    { form: { UserName } },
    { query: { X: '1' }, form: { UserName } },
    { query: { UserName }, form: { X: '1' } },
    { form: { UserName }, chunked: true },
    { query: { UserName }, method: 'GET' },
  ];
  for (const way of ways)
    for (const request of both({ action: 'GetUser', version: RAM, ...way }))
      assert.equal((await answers(request, 200, undefined)).body.User.UserName, UserName);
  for (const way of [
    { form: { UserName }, common: 'form' },
    { form: { UserName }, common: 'form', chunked: true },
  ])
    await answers(signV1(host, key, { action: 'GetUser', version: RAM, ...way }), 200, undefined);
});

test('header names come in any case', async () => {
  for (const change of [(name) => name.toUpperCase(), (name) => name.replace(/(^|-)[a-z]/g, (c) => c.toUpperCase())])
    for (const request of both(get({}, { form: { UserName: 'alice' } })))
      await answers({ ...request, headers: request.headers.map(([name, value]) => [change(name), value]) }, 200, undefined);
});

test('a body that is no form carries no parameters, and ACS3 covers it all the same', async () => {
  for (const contentType of [
    'application/json; charset=utf-8',
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/octet-stream',
  ]) {
    const o = { action: 'GetUser', version: RAM, body: 'UserName=alice', contentType };
    await answers(signAcs3(host, key, o), 400, 'MissingUserName');
    await answers(signAcs3(host, key, { ...o, query: { UserName: 'alice' }, body: '{"UserName":"bob"}' }), 200, undefined);
    await answers(
      { ...signAcs3(host, key, { ...o, query: { UserName: 'alice' } }), body: Buffer.from('UserName=alicf') },
      400,
      'SignatureDoesNotMatch',
    );
  }
  const form = { action: 'GetUser', version: RAM, body: 'UserName=alice' };
  for (const contentType of ['application/x-www-form-urlencoded; charset=utf-8', 'Application/X-WWW-Form-URLencoded'])
    await answers(signAcs3(host, key, { ...form, contentType }), 200, undefined);
});

test('bytes that are not text are refused before they reach anything', async () => {
  for (const value of ['%ff', '%c0%af', '%ed%a0%80', '%f4%90%80%80', '%e4%b8', 'a%00b'])
    for (const request of both(get({ UserName: 'alice' })))
      await answers(rewritten(request, 'UserName=alice', `UserName=${value}`), 400, 'InvalidParameter.UserName.InvalidChars');
  for (const value of ['%', '%4', '%zz', '%u0041'])
    for (const request of both(get({ UserName: 'alice' })))
      await answers(rewritten(request, 'UserName=alice', `UserName=${value}`), 400, 'InvalidParameter.UserName');
  for (const request of both(get({ UserName: 'alice' })))
    await answers(rewritten(request, 'UserName=alice', '%ff=alice'), 400, 'InvalidParameter');
});

test('unknown parameters are ignored, and signed', async () => {
  const extra = {
    UserName: 'alice',
    RegionId: 'cn-hangzhou',
    AcceptLanguage: 'zh-CN',
    SourceIp: '1.2.3.4',
    SecureTransport: 'true',
    SignatureType: '',
    'TagKey.1': 'x',
  };
  for (const request of both(get(extra))) {
    await answers(request, 200, undefined);
    await answers(rewritten(request, 'cn-hangzhou', 'cn-hangzhot'), 400, 'SignatureDoesNotMatch');
  }
  const many = Array.from({ length: 600 }, (_, i) => [`P${i}`, '']);
  for (const request of both(get({}, { form: many }))) await answers(request, 400, 'InvalidParameter');
});

test('GET and POST are the methods', async () => {
  const head = await wire.send(signAcs3(host, key, { ...IDENTITY, method: 'HEAD' }));
  assert.deepEqual([head.status, head.text], [400, '']);
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'CONNECT']) {
    const answer = await wire.sendBytes(
      Buffer.from(`${method} /?Action=ListUsers HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\n\r\n`),
    );
    assert.deepEqual([answer.status, answer.closed], [400, true], method);
  }
  const post = signV1(host, key, { ...IDENTITY, method: 'HEAD' });
  await answers({ ...post, method: 'GET' }, 400, 'SignatureDoesNotMatch');
});

test('actions, versions and formats that are not there', async () => {
  const cases = [
    [{ action: 'NoSuchAction', version: RAM }, 404, 'InvalidApi.NotFound'],
    [{ action: 'getUser', version: RAM }, 404, 'InvalidApi.NotFound'],
    [{ action: 'GetPolicy', version: IMS }, 404, 'InvalidApi.NotFound'],
    [{ action: 'GetCallerIdentity', version: RAM }, 404, 'InvalidApi.NotFound'],
    [{ action: 'GetUser', version: '2015-05-02' }, 404, 'InvalidVersion'],
    [{ action: 'GetUser', version: 'x' }, 404, 'InvalidVersion'],
    [{ action: '', version: RAM }, 400, 'MissingAction'],
    [{ action: 'GetUser', version: '' }, 400, 'MissingVersion'],
  ];
  for (const [what, status, code] of cases) for (const request of both(what)) await answers(request, status, code);
  await answers(signV1(host, key, { ...IDENTITY, parameters: { Action: undefined } }), 400, 'MissingAction');
  await answers(signV1(host, key, { ...IDENTITY, parameters: { Version: undefined } }), 400, 'MissingVersion');
  for (const Format of ['YAML', 'JSON ', 'text/json', 'null'])
    await answers(signV1(host, key, { ...IDENTITY, parameters: { Format } }), 400, 'InvalidParameter.Format');
  for (const Format of ['json', 'JSON', 'Json', '', undefined])
    await answers(signV1(host, key, { ...IDENTITY, parameters: { Format } }), 200, undefined);
});

test('a known action without a handler is NotImplemented, after its signature was checked', async () => {
  const built = new Set(implemented());
  let n = 0;
  for (const [product, { version, actions }] of Object.entries(products)) {
    for (const action of Object.keys(actions)) {
      if (built.has(`${product}.${action}`)) continue;
      for (const request of both({ action, version })) await answers(request, 400, 'NotImplemented');
      await answers(signAcs3(host, { ...key, secret: 'x' }, { action, version }), 400, 'SignatureDoesNotMatch');
      n++;
    }
  }
  const known = Object.values(products).flatMap(({ actions }) => Object.keys(actions));
  assert.equal(n + built.size, known.length);
  await refused(admin.Ram.ListVirtualMFADevices(), 400, 'NotImplemented');
  await refused(popCore(server, key, 'Ims')('GetAccountMFAInfo'), 400, 'NotImplemented');
});

const xml = (o, k = key) => signV1(host, k, { ...o, parameters: { Format: 'XML', ...o.parameters } });

async function xmlAnswer(request, status) {
  const answer = await wire.send(request);
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers['content-type'], 'text/xml;charset=utf-8');
  return parseStringPromise(answer.text, { explicitArray: false });
}

test('XML: the same members under <ActionResponse>', async () => {
  const { GetCallerIdentityResponse: who } = await xmlAnswer(xml(IDENTITY), 200);
  const json = await admin.Sts.GetCallerIdentity();
  assert.deepEqual({ ...who, RequestId: '' }, { ...json, RequestId: '' });
  checkConforms('Sts.GetCallerIdentity', who);

  const awkward = { UserName: 'xml', DisplayName: '<&>"\' ]]> 中', Comments: 'two\nlines' };
  const { CreateUserResponse: made } = await xmlAnswer(xml({ action: 'CreateUser', version: RAM, query: awkward }), 200);
  const { User } = await admin.Ram.GetUser({ UserName: 'xml' });
  assert.deepEqual({ ...made.User }, { ...awkward, UserId: User.UserId, CreateDate: User.CreateDate });

  const { ListUsersResponse: list } = await xmlAnswer(xml({ action: 'ListUsers', version: RAM }), 200);
  assert.equal(list.IsTruncated, 'false');
  assert.deepEqual(
    list.Users.User.map((user) => user.UserName),
    ['admin', 'alice', 'xml'],
  );
  const { ListGroupsForUserResponse: none } = await xmlAnswer(
    xml({ action: 'ListGroupsForUser', version: RAM, query: { UserName: 'xml' } }),
    200,
  );
  assert.equal(none.Groups, '');
  await admin.Ram.DeleteUser({ UserName: 'xml' });
});

test('XML: errors under <Error>', async () => {
  const { Error: gone } = await xmlAnswer(xml(get({ UserName: 'nobody' })), 404);
  checkErrorBody(404, gone, host);
  assert.equal(gone.Code, 'EntityNotExist.User');
  const wrong = xml(get({ UserName: 'a&b<c>' }), { ...key, secret: 'x' });
  const { Error: mismatch } = await xmlAnswer(wrong, 400);
  assert.equal(
    mismatch.Message,
    `Specified signature is not matched with our calculation. server string to sign is:${wrong.stringToSign}`,
  );
  const { Error: unknown } = await xmlAnswer(xml({ action: 'NoSuchAction', version: RAM }), 404);
  assert.equal(unknown.Code, 'InvalidApi.NotFound');
  const { UserName } = (await admin.Ram.CreateUser({ UserName: 'plain' })).User;
  const { AccessKey } = await admin.Ram.CreateAccessKey({ UserName });
  server.hideSecret(AccessKey.AccessKeySecret);
  const { Error: denied } = await xmlAnswer(
    xml({ action: 'ListUsers', version: RAM }, { id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret }),
    403,
  );
  checkErrorBody(403, denied, host);
  assert.equal(denied.AccessDeniedDetail.AuthAction, 'ram:ListUsers');
});

test('every answer names its type, and says nothing of the server behind it', async () => {
  const ok = await wire.send(signAcs3(host, key, IDENTITY)),
    bad = await wire.send(signAcs3(host, { ...key, secret: 'x' }, IDENTITY));
  for (const { headers, text } of [ok, bad]) {
    assert.equal(headers['content-type'], 'application/json;charset=utf-8');
    assert.equal(Number(headers['content-length']), Buffer.byteLength(text));
    assert.equal(headers.server, undefined);
  }
  const ids = new Set();
  for (let i = 0; i < 100; i++) ids.add((await wire.send(signAcs3(host, key, IDENTITY))).body.RequestId);
  assert.equal(ids.size, 100);
});

test('a policy of 6,144 characters fits into the URL', async () => {
  for (const PolicyDocument of ['"{}:*'.repeat(1228), 'x'.repeat(6144)])
    for (const request of both({ action: 'CreatePolicy', version: RAM, query: { PolicyName: 'p', PolicyDocument } }))
      await answers(request, 400, 'MalformedPolicyDocument');
});

test('RPC v1 can be switched off', async () => {
  const modern = await Server.start({ settings: { 'signature-v1': 'off' } });
  try {
    for (const method of ['GET', 'POST'])
      await refused(popCore(modern, modern.key, 'Sts', { method })('GetCallerIdentity'), 400, 'InvalidSignatureMethod');
    await refused(clientsOf(modern, modern.key, { algorithm: 'v2' }).Sts.GetCallerIdentity(), 400, 'InvalidSignatureMethod');
    await clientsOf(modern, modern.key).Sts.GetCallerIdentity();
  } finally {
    await modern.stop();
  }
});

test('a network that fails too often is throttled, but not its right signatures, and no key is locked', async () => {
  const strict = await Server.start({ settings: { 'failures-per-minute': 10 } });
  const line = new Wire(strict.host);
  try {
    const call = (k) => line.send(signAcs3(strict.host, k, IDENTITY));
    const wrong = { ...strict.key, secret: 'wrong' };
    const untilThrottled = async () => {
      // again before each check, as a minute may end in between
      for (let i = 0; i < 100; i++) {
        const answer = await call(wrong);
        if (answer.status === 429) return answer;
        assert.equal(answer.body.Code, 'SignatureDoesNotMatch');
      }
      return assert.fail('never throttled');
    };
    assert.equal((await call(wrong)).body.Code, 'SignatureDoesNotMatch');
    const { AccessKey } = await clientsOf(strict, strict.key).Ram.CreateAccessKey({ UserName: 'admin' });
    const unseen = { id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret };
    const { body, headers } = await untilThrottled();
    assert.equal(body.Code, 'Throttling');
    assert.match(headers['x-acs-retry-after'], /^[1-9]\d*$/);
    assert.equal((await call({ id: 'LTAI00000000000000000000', secret: 'x' })).body.Code, 'Throttling');
    await untilThrottled();
    assert.equal((await call(strict.key)).status, 200);
    await untilThrottled();
    assert.equal((await call(unseen)).status, 200); // nobody's right signature is in the way of somebody's guesses
    await untilThrottled();
    await refused(clientsOf(strict, wrong).Sts.GetCallerIdentity(), 429, 'Throttling');
  } finally {
    line.close();
    await strict.stop();
  }
});

test('only the hosts that are listed are served', async () => {
  const picky = await Server.start({ settings: { 'api-hosts': 'ram.example.org,ims.example.org:8080' } });
  const line = new Wire(picky.host);
  try {
    for (const name of ['ram.example.org', 'RAM.example.org', 'ims.example.org:8080'])
      assert.equal((await line.send(signAcs3(name, picky.key, IDENTITY))).status, 200);
    for (const name of [picky.host, 'example.org', 'ram.example.org:80', 'ram.example.org.']) {
      const { status, body } = await line.send(signAcs3(name, picky.key, IDENTITY));
      assert.equal(`${status} ${body.Code}`, '400 InvalidParameter.Host');
    }
  } finally {
    line.close();
    await picky.stop();
  }
});

test('every action that this file claims was called', async () => {
  await admin.Ram.UpdateUser({ UserName: 'alice', NewComments: '' });
  await admin.Ram.ListUsers();
  checkCovers(import.meta.url);
});
