// covers: Ram.ListUsers Ram.DeleteUser Ram.CreateAccessKey Ram.UpdateAccessKey Ram.DeleteAccessKey
//
// Signatures: what a changed request is worth, and what each way of being wrong is called. Threats T40 and T42.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { after, before, test } from 'node:test';

import { checkCovers, clientsOf } from './support/clients.mjs';
import { flips, modes, wrongSecrets } from './support/flips.mjs';
import { Server, keyOf } from './support/server.mjs';
import { implemented, shapeOf } from './support/shapes.mjs';
import { encode, isoTime, signAcs3, signV1 } from './support/sign.mjs';
import { Wire } from './support/wire.mjs';

const STS = { action: 'GetCallerIdentity', version: '2015-04-01' };
const CREATE = { action: 'CreateUser', version: '2015-05-01' };
const WRONG = new RegExp(
  '^(SignatureDoesNotMatch|IncompleteSignature|InvalidTimeStamp\\.(Expired|Format)|InvalidAccessKeyId\\.NotFound|Missing\\w+|' +
    'InvalidSignature\\w+|InvalidParameter\\b.*|InvalidApi\\.NotFound|InvalidVersion)$',
);
let server, admin, wire, key, host;

before(async () => {
  server = await Server.start();
  admin = clientsOf(server, server.key);
  key = server.key;
  host = server.host;
  wire = new Wire(host);
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

const names = async () => (await admin.Ram.ListUsers({ MaxItems: 1000 })).Users.User.map((user) => user.UserName);

test('the signer of these tests agrees with the published vectors', () => {
  const { vectors } = JSON.parse(fs.readFileSync(new URL('../vectors/signing-vectors.json', import.meta.url), 'utf8'));
  const decode = (text) =>
    text
      .split('&')
      .filter(Boolean)
      .map((pair) => pair.split('=').map((part) => decodeURIComponent(part.replaceAll('+', ' '))));
  for (const v of vectors) {
    const query = decode(v.target.split('?')[1] ?? '').filter(([name]) => name !== 'Signature');
    const header = (name) => v.headers.find(([n]) => n.toLowerCase() === name)?.[1];
    if (v.scheme === 'acs3') {
      const listed = v.authorization.match(/SignedHeaders=([^,]+)/)[1].split(';');
      const own = ['host', 'x-acs-action', 'x-acs-version', 'x-acs-date', 'x-acs-signature-nonce', 'x-acs-content-sha256'];
      const { signature, canonical } = signAcs3(
        header('host'),
        { id: 'testAccessKeyId', secret: v.secret },
        {
          method: v.method,
          query,
          body: v.body ?? '',
          action: header('x-acs-action'),
          version: header('x-acs-version'),
          date: header('x-acs-date'),
          nonce: header('x-acs-signature-nonce'),
          algorithm: v.authorization.split(' ')[0],
          headers: listed.filter((name) => !own.includes(name)).map((name) => [name, header(name)]),
        },
      );
      assert.equal(canonical, v.canonical, v.id);
      assert.equal(signature, v.signature, v.id);
    } else {
      const common = [
        'Action',
        'Version',
        'Format',
        'Timestamp',
        'SignatureMethod',
        'SignatureVersion',
        'SignatureNonce',
        'AccessKeyId',
      ];
      const parameters = Object.fromEntries(common.map((name) => [name, undefined]));
      const { signature } = signV1(
        '',
        { id: '', secret: v.secret },
        {
          method: v.method,
          query,
          form: decode(v.body ?? '').filter(([name]) => name !== 'Signature'),
          parameters,
        },
      );
      assert.equal(signature, v.signature, v.id);
    }
  }
});

for (const [mode, sign] of Object.entries(modes)) {
  test(`T40: ${mode}: each byte that is changed makes it worthless, and spends nothing`, async () => {
    const UserName = `flip-${randomUUID()}`;
    const request = sign(host, key, { ...CREATE, params: { UserName, Comments: 'body byte' } });
    for (const wrong of wrongSecrets(key, 'all')) {
      const answer = await wire.send(sign(host, wrong, { ...CREATE, params: { UserName } }));
      assert.equal(answer.body.Code, 'SignatureDoesNotMatch');
    }
    let n = 0;
    for (const [what, changed] of flips(request, 'all')) {
      const answer = await wire.send(changed);
      assert.ok(
        answer.status >= 400 && answer.status < 500 && WRONG.test(answer.body.Code),
        `${what}: ${answer.status} ${answer.text}`,
      );
      n++;
    }
    assert.ok(n > 100);
    assert.ok(!(await names()).some((name) => name.startsWith('flip-')));
    const { status, body } = await wire.send(request);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.User.UserName, UserName);
    await admin.Ram.DeleteUser({ UserName });
  });
}

test('T40: every action in every scheme and body mode, changed here and there', async () => {
  for (const name of implemented()) {
    const { action, version } = shapeOf(name);
    for (const [mode, sign] of Object.entries(modes)) {
      const what = { action, version, params: { UserName: 'x', UserId: '1', PolicyType: 'System' } };
      for (const wrong of wrongSecrets(key, 'few')) {
        const { body } = await wire.send(sign(host, wrong, what));
        assert.equal(body.Code, 'SignatureDoesNotMatch', `${name}, ${mode}`);
      }
      for (const [change, request] of flips(sign(host, key, what), 'few')) {
        const { status, body } = await wire.send(request);
        assert.ok(status < 500 && WRONG.test(body?.Code), `${name}, ${mode}, ${change}: ${status} ${body?.Code}`);
      }
    }
  }
});

const schemes = [
  ['ACS3', (o = {}, k = key) => signAcs3(host, k, { ...STS, ...o }), (date) => ({ date }), (nonce) => ({ nonce })],
  [
    'RPC v1',
    (o = {}, k = key) => signV1(host, k, { ...STS, ...o }),
    (Timestamp) => ({ parameters: { Timestamp } }),
    (SignatureNonce) => ({ parameters: { SignatureNonce } }),
  ],
];

for (const [scheme, sign, dated, nonced] of schemes) {
  const minutes = (m) => isoTime(Date.now() + m * 60_000);

  test(`T42: ${scheme}: dates`, async () => {
    for (const m of [-14, 0, 14]) await answers(sign(dated(minutes(m))), 200, undefined);
    for (const m of [-16, 16, -60 * 24 * 365, 60 * 24 * 365])
      await answers(sign(dated(minutes(m))), 400, 'InvalidTimeStamp.Expired');
    await answers(sign(dated(new Date().toISOString())), 200, undefined);
    for (const bad of [
      'now',
      '0',
      '2026-01-02',
      minutes(0).replace('T', ' '),
      minutes(0).replace('Z', ''),
      minutes(0).replace('Z', '+00:00'),
      '2026-13-01T00:00:00Z',
      '2026-02-30T00:00:00Z',
      '2026-01-02T24:00:00Z',
      String(Date.now()),
    ])
      await answers(sign(dated(bad)), 400, 'InvalidTimeStamp.Format');
    await answers(sign(dated('')), 400, 'MissingTimestamp');
  });

  test(`T42: ${scheme}: a request works once, and a retry with a new nonce works`, async () => {
    const request = sign();
    await answers(request, 200, undefined);
    for (let i = 0; i < 3; i++) await answers(request, 400, 'SignatureNonceUsed');
    const nonce = randomUUID();
    await answers(sign(nonced(nonce)), 200, undefined);
    await answers(sign(nonced(nonce)), 400, 'SignatureNonceUsed');
    const other = keyOf(server.createAccount());
    await answers(sign(nonced(nonce), other), 200, undefined);
    await answers(sign(nonced(nonce.toUpperCase())), 200, undefined);
  });

  test(`T42: ${scheme}: of one request sent many times at once, one works`, async () => {
    for (let round = 0; round < 5; round++) {
      const request = sign(),
        wires = Array.from({ length: 16 }, () => new Wire(host));
      const codes = await Promise.all(wires.map(async (w) => (await w.send(request)).body.Code ?? 'ok'));
      wires.forEach((w) => w.close());
      assert.deepEqual(codes.sort(), [...Array(15).fill('SignatureNonceUsed'), 'ok'].sort());
    }
  });

  test(`T42: ${scheme}: a replay of a write writes nothing`, async () => {
    const UserName = `replay-${randomUUID().slice(0, 8)}`;
    const request = sign({ ...CREATE, query: { UserName } });
    await answers(request, 200, undefined);
    await admin.Ram.DeleteUser({ UserName });
    await answers(request, 400, 'SignatureNonceUsed');
    assert.ok(!(await names()).includes(UserName));
  });

  test(`${scheme}: nonces are opaque texts of up to 256 bytes`, async () => {
    const own = randomUUID().replaceAll('-', '');
    for (const nonce of [`0.${Date.now()}`, own, own.toUpperCase(), own + own, own.padEnd(256, 'x'), ' !"#$%&/()=?ü'])
      await answers(sign(nonced(scheme === 'ACS3' ? nonce.replace(/ !.*/, own.slice(1)) : nonce)), 200, undefined);
    await answers(sign(nonced('x'.repeat(257))), 400, 'InvalidParameter.SignatureNonce');
    await answers(sign(nonced('')), 400, 'MissingSignatureNonce');
  });

  test(`${scheme}: keys that are not there, or not active`, async () => {
    for (const id of [
      'LTAI00000000000000000000',
      key.id.toLowerCase(),
      `${key.id}A`,
      key.id.slice(0, -1),
      'a',
      "x'OR'1'='1",
      '*',
    ])
      await answers(sign({}, { id, secret: key.secret }), 400, 'InvalidAccessKeyId.NotFound');
    const { AccessKey } = await admin.Ram.CreateAccessKey();
    server.hideSecret(AccessKey.AccessKeySecret);
    const second = { id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret };
    await admin.Ram.UpdateAccessKey({ UserAccessKeyId: second.id, Status: 'Inactive' });
    await answers(sign({}, second), 400, 'InvalidAccessKeyId.Inactive');
    await answers(sign({}, { ...second, secret: key.secret }), 400, 'SignatureDoesNotMatch');
    await admin.Ram.DeleteAccessKey({ UserAccessKeyId: second.id });
    await answers(sign({}, second), 400, 'InvalidAccessKeyId.NotFound');
  });

  test(`${scheme}: a used nonce, like a disabled key, is told to the owner of the secret only`, async () => {
    const nonce = randomUUID();
    await answers(sign(nonced(nonce)), 200, undefined);
    await answers(sign(nonced(nonce), { ...key, secret: 'wrong' }), 400, 'SignatureDoesNotMatch');
  });
}

const PREFIX = 'Specified signature is not matched with our calculation.';
const wrong = () => ({ ...key, secret: 'not-the-secret' });

test('a wrong signature is answered with the string to sign of the server, which is the one of the client', async () => {
  const query = { UserName: "a b+c*d~e'f(g)!h&i=j%k/中" };
  const v1 = signV1(host, wrong(), { action: 'GetUser', version: '2015-05-01', query });
  const { body } = await answers(v1, 400, 'SignatureDoesNotMatch');
  assert.equal(body.Message, `${PREFIX} server string to sign is:${v1.stringToSign}`);
  const acs3 = signAcs3(host, wrong(), { action: 'GetUser', version: '2015-05-01', query });
  const { body: other } = await answers(acs3, 400, 'SignatureDoesNotMatch');
  assert.ok(other.Message.startsWith(`${PREFIX} server string to sign is:${acs3.stringToSign}`));
  assert.ok(other.Message.includes(acs3.canonical));
});

test('it is told to nobody where it would hold a secret, or more than 8 KiB', async () => {
  const secrets = [
    [
      { action: 'CreateLoginProfile', version: '2015-05-01' },
      { UserName: 'x', Password: 'Canary-1' },
    ],
    [
      { action: 'ChangePassword', version: '2019-08-15' },
      { OldPassword: 'Canary-1', NewPassword: 'Canary-2' },
    ],
    [
      { action: 'BindMFADevice', version: '2015-05-01' },
      { AuthenticationCode1: 'Canary', SerialNumber: 'x' },
    ],
    [
      { action: 'GetUser', version: '2015-05-01' },
      { UserName: 'x', Password: 'Canary-1' },
    ],
    [
      { action: 'GetUser', version: '2015-05-01' },
      { UserName: 'x', mySecretThing: 'Canary-1' },
    ],
  ];
  const long = { action: 'GetUser', version: '2015-05-01', query: { Comments: 'Canary'.repeat(1500) } };
  for (const request of [signV1(host, wrong(), long), signAcs3(host, wrong(), long)]) {
    const { body } = await answers(request, 400, 'SignatureDoesNotMatch');
    assert.equal(body.Message, PREFIX);
  }
  for (const [what, query] of secrets) {
    for (const request of [
      signV1(host, wrong(), { ...what, query }),
      signAcs3(host, wrong(), { ...what, query }),
      signV1(host, wrong(), { ...what, form: query }),
      signAcs3(host, wrong(), { ...what, form: query }),
    ]) {
      const { body } = await answers(request, 400, 'SignatureDoesNotMatch');
      assert.equal(body.Message, PREFIX);
    }
  }
  assert.ok(!server.log.includes('Canary'));
});

test('what has to be signed', async () => {
  const bad = [
    { unsigned: [['x-acs-anything', 'x']] },
    { unsigned: [['X-Acs-Extra', '']] },
    { unsigned: [['content-type', 'text/plain']] },
  ];
  for (const o of bad) await answers(signAcs3(host, key, { ...STS, ...o }), 400, 'IncompleteSignature');
  await answers(
    signAcs3(host, key, { ...STS, unsigned: [['x-acs-security-token', 'x']] }),
    400,
    'InvalidSecurityToken.MismatchWithAccessKey',
  );
  await answers(
    signAcs3(host, key, {
      ...STS,
      headers: [
        ['x-acs-anything', ' x '],
        ['accept', '*/*'],
      ],
    }),
    200,
    undefined,
  );
  await answers(
    signAcs3(host, key, {
      ...STS,
      unsigned: [
        ['accept', '*/*'],
        ['user-agent', 'x'],
        ['cookie', 'a=b'],
      ],
    }),
    200,
    undefined,
  );
});

test('the hash in the header is that of the body, even where both are signed', async () => {
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  const form = { UserName: 'x' };
  for (const contentSha256 of [empty, '0'.repeat(64), '', 'UNSIGNED-PAYLOAD'])
    await answers(signAcs3(host, key, { ...STS, form, contentSha256 }), 400, 'SignatureDoesNotMatch');
  await answers(signAcs3(host, key, { ...STS, contentSha256: empty.toUpperCase() }), 400, 'SignatureDoesNotMatch');
  await answers(signAcs3(host, key, { ...STS, contentSha256: empty }), 200, undefined);
});

test('a header that is read comes once; another may come twice, and is signed sorted', async () => {
  const twice = signAcs3(host, key, STS);
  for (const name of ['x-acs-action', 'x-acs-version', 'x-acs-date', 'x-acs-signature-nonce', 'x-acs-content-sha256']) {
    const value = twice.headers.find(([n]) => n === name)[1];
    await answers({ ...twice, headers: [...twice.headers, [name, value]] }, 400, 'IncompleteSignature');
  }
  const joined = signAcs3(host, key, { ...STS, headers: [['x-acs-more', 'a,b']] });
  const apart = joined.headers.flatMap(([n, v]) =>
    n === 'x-acs-more'
      ? [
          [n, ' b'],
          [n, 'a '],
        ]
      : [[n, v]],
  );
  await answers({ ...joined, headers: apart }, 200, undefined);
});

test('the Authorization header has one form', async () => {
  const good = signAcs3(host, key, STS);
  const authorization = good.headers.at(-1)[1];
  const [algorithm, rest] = authorization.split(' ');
  const [credential, list, signature] = rest.split(',');
  const send = (text, code) =>
    answers({ ...good, headers: [...good.headers.slice(0, -1), ['Authorization', text]] }, 400, code);
  for (const parts of [
    [list, signature],
    [credential, signature],
    [credential, list],
    [credential, credential, list, signature],
    [credential, list, signature, signature],
    [credential, list, signature, 'More=x'],
    ['Credential=', list, signature],
    [credential, 'SignedHeaders=', signature],
    [credential, list, 'Signature='],
    [credential, list.toUpperCase().replace('SIGNEDHEADERS', 'SignedHeaders'), signature],
    [credential, `${list};`, signature],
    [credential, list.replace(';', ';;'), signature],
    [credential, `${list};host`, signature],
    [credential, `${list};authorization`, signature],
    [credential, `${list};x-acs-not-there`, signature],
    [` ${credential}`, list, signature],
    [credential, ` ${list}`, signature],
  ])
    await send(`${algorithm} ${parts.join(',')}`, 'IncompleteSignature');
  await send('ACS3-HMAC-SHA256', 'IncompleteSignature');
  for (const unknown of ['ACS3-RSA-SHA256', 'ACS3-HMAC-SHA1', 'ACS3-HMAC-MD5', 'ACS3-', 'ACS3-none', 'ACS3-hmac-sha256'])
    await send(`${unknown} ${rest}`, 'InvalidSignatureMethod');
  const target = `/?Action=${STS.action}&Version=${STS.version}`;
  for (const foreign of ['Bearer abc', 'Basic YTpi', `ACS4-HMAC-SHA256 ${rest}`, `acs ${key.id}:abc`])
    await answers(
      {
        method: 'GET',
        target,
        headers: [
          ['host', host],
          ['Authorization', foreign],
        ],
      },
      400,
      'MissingAccessKeyId',
    );
  await answers({ ...good, headers: [...good.headers, ['x-acs-bearer-token', 'abc']] }, 400, 'InvalidSignatureMethod');
});

test('the parameters of RPC v1 that make the signature', async () => {
  const send = (parameters, code) => answers(signV1(host, key, { ...STS, parameters }), 400, code);
  for (const name of ['SignatureMethod', 'SignatureVersion', 'SignatureNonce', 'Timestamp', 'AccessKeyId']) {
    await send({ [name]: undefined }, `Missing${name}`);
    await send({ [name]: '' }, `Missing${name}`);
  }
  for (const method of ['HMAC-SHA256', 'hmac-sha1', 'none', 'RSA'])
    await send({ SignatureMethod: method }, 'InvalidSignatureMethod');
  for (const version of ['1', '2.0', '1.0 ']) await send({ SignatureVersion: version }, 'InvalidSignatureVersion');
  const good = signV1(host, key, STS);
  for (const value of [
    '',
    '%20',
    '%3D',
    encode(`${good.signature} `),
    encode(`${good.signature}=`),
    encode(good.signature.replace('=', '')),
    encode(Buffer.alloc(20).toString('base64')),
  ]) {
    const { status, body } = await wire.send({
      ...good,
      target: good.target.replace(/Signature=[^&]*$/, `Signature=${value}`),
    });
    assert.equal(status, 400);
    assert.match(body.Code, value ? /^SignatureDoesNotMatch$/ : /^MissingSignature$/);
  }
});

test('what is not signed is refused', async () => {
  const bare = (target, headers = []) => ({
    method: 'GET',
    target,
    headers: [['host', host], ...headers],
    body: Buffer.alloc(0),
  });
  await answers(bare('/?Action=GetCallerIdentity&Version=2015-04-01'), 400, 'MissingAccessKeyId');
  await answers(bare(`/?Action=ListUsers&Version=2015-05-01&AccessKeyId=${key.id}`), 400, 'MissingAccessKeyId');
  await answers(
    bare('/?Action=CreateUser&Version=2015-05-01&UserName=unsigned', [['x-acs-action', 'CreateUser']]),
    400,
    'MissingAccessKeyId',
  );
  assert.ok(!(await names()).includes('unsigned'));
});

test('exactly one proof per request', async () => {
  const acs3 = signAcs3(host, key, { ...STS, query: { Signature: 'x' } });
  await answers(acs3, 400, 'InvalidParameter.Signature');
  const v1 = signV1(host, key, STS),
    header = signAcs3(host, key, STS).headers.slice(1);
  await answers({ ...v1, headers: [...v1.headers, ...header] }, 400, 'InvalidParameter.Signature');
  await answers({ ...signAcs3(host, key, { ...STS, form: { Signature: '' } }) }, 400, 'InvalidParameter.Signature');
});

test('no nonce works twice across a restart', async () => {
  const requests = schemes.map(([, sign]) => sign());
  for (const request of requests) await answers(request, 200, undefined);
  await server.restart();
  wire.close();
  wire = new Wire(server.host);
  for (const request of requests) await answers(request, 400, 'SignatureNonceUsed');
  host = server.host; // what was signed before names the old port, and that still stands
  admin = clientsOf(server, key);
  for (const [, sign] of schemes) await answers(sign(), 200, undefined);
});

test('every action that this file claims was called', () => checkCovers(import.meta.url));
