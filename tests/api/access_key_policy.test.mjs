// covers: Ims.SetAccessKeyPolicy Ims.GetAccessKeyPolicy Ims.SetAccessKeyPolicyForAccount Ims.GetAccessKeyPolicyForAccount
//
// Network policies of AccessKey pairs and of the account: from the next call on a key works from the listed addresses alone.
// The newest released packages do not know these actions yet, so they are sent by the client that takes any.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { checkCovers, clientsOf, popCore } from './support/clients.mjs';
import { refused } from './support/refused.mjs';
import { Server } from './support/server.mjs';
import { checkComplete } from './support/shapes.mjs';
import { signAcs3, signV1 } from './support/sign.mjs';
import { Wire } from './support/wire.mjs';

let server, admin, ims, domain;
const upn = (name) => `${name}@${domain}`;
const active = (...IPList) => JSON.stringify({ Status: 'Active', Statements: [{ Type: 'ClassicWhiteList', IPList }] });
const NONE = JSON.stringify({ Status: 'Inactive', Statements: [] });
const ELSEWHERE = active('192.0.2.0/24', '2001:db8::/32');
const HERE = active('127.0.0.0/8');

before(async () => {
  server = await Server.start();
  admin = clientsOf(server, server.key);
  ims = popCore(server, server.key, 'Ims', { method: 'POST' });
  domain = (await admin.Ims.GetDefaultDomain()).DefaultDomainName;
});
after(() => server.stop());

async function newUser(UserName) {
  await admin.Ram.CreateUser({ UserName });
  const { AccessKey } = await admin.Ram.CreateAccessKey({ UserName });
  server.hideSecret(AccessKey.AccessKeySecret);
  const key = { id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret };
  const one = { UserPrincipalName: upn(UserName), UserAccessKeyId: key.id };
  return {
    key,
    one,
    set: (AccessKeyPolicy) => ims('SetAccessKeyPolicy', { ...one, AccessKeyPolicy }),
    works: () => clientsOf(server, key).Sts.GetCallerIdentity(),
    isRefused: () => refused(clientsOf(server, key).Sts.GetCallerIdentity(), 403, 'Forbidden.AccessKeyPolicy'),
  };
}

test('a policy of a pair: from the next call on, 30 times', async () => {
  const user = await newUser('one');
  const none = await ims('GetAccessKeyPolicy', user.one);
  checkComplete('Ims.GetAccessKeyPolicy', none);
  assert.deepEqual([none.AccessKeyId, none.AccessKeyPolicy], [user.key.id, '{}']);
  for (let i = 0; i < 30; i++) {
    const { AccessKeyPolicy } = await user.set(ELSEWHERE);
    assert.deepEqual(JSON.parse(AccessKeyPolicy), { Version: 1, ...JSON.parse(ELSEWHERE) });
    await user.isRefused();
    await user.set(i % 2 === 0 ? HERE : NONE);
    await user.works();
  }
  const set = await user.set(HERE);
  checkComplete('Ims.SetAccessKeyPolicy', set);
  assert.deepEqual((await ims('GetAccessKeyPolicy', user.one)).AccessKeyPolicy, set.AccessKeyPolicy);
});

test('both signatures and a wrong one: the policy is told to the holder of the secret alone', async () => {
  const user = await newUser('told');
  await user.set(ELSEWHERE);
  const wire = new Wire(server.host);
  const ask = async (sign, key) => {
    const { status, body } = await wire.send(sign(server.host, key, { action: 'GetCallerIdentity', version: '2015-04-01' }));
    return `${status} ${body.Code}`;
  };
  for (const sign of [signAcs3, signV1]) {
    assert.equal(await ask(sign, user.key), '403 Forbidden.AccessKeyPolicy');
    assert.equal(await ask(sign, { ...user.key, secret: 'x' }), '400 SignatureDoesNotMatch');
  }
  wire.close();
});

test('a policy of the account counts where a pair has none of its own', async () => {
  const [plain, own] = [await newUser('plain'), await newUser('own')];
  const before = await ims('GetAccessKeyPolicyForAccount');
  checkComplete('Ims.GetAccessKeyPolicyForAccount', before);
  assert.equal(before.AccessKeyPolicy, '{}');
  await own.set(HERE);
  await ims('SetAccessKeyPolicy', { UserAccessKeyId: server.key.id, AccessKeyPolicy: HERE }); // or nobody could take it back
  const set = await ims('SetAccessKeyPolicyForAccount', { AccessKeyPolicy: ELSEWHERE });
  checkComplete('Ims.SetAccessKeyPolicyForAccount', set);
  await plain.isRefused();
  await own.works();
  await own.set(NONE);
  await own.isRefused();
  await own.set(ELSEWHERE);
  await ims('SetAccessKeyPolicyForAccount', { AccessKeyPolicy: HERE });
  await plain.works();
  await own.isRefused();
  await ims('SetAccessKeyPolicyForAccount', { AccessKeyPolicy: NONE });
  await plain.works();
  assert.deepEqual(JSON.parse((await ims('GetAccessKeyPolicyForAccount')).AccessKeyPolicy), {
    Version: 1,
    ...JSON.parse(NONE),
  });
});

test('temporary credentials are not bound by it', async () => {
  const user = await newUser('assuming');
  const { AccountId } = server.account;
  const trust = { Version: '1', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: {} }] };
  trust.Statement[0].Principal.RAM = [`acs:ram::${AccountId}:root`];
  await admin.Ram.CreateRole({ RoleName: 'role', AssumeRolePolicyDocument: JSON.stringify(trust) });
  await admin.Ram.AttachPolicyToUser({ UserName: 'assuming', PolicyType: 'System', PolicyName: 'AdministratorAccess' });
  const assume = { RoleArn: `acs:ram::${AccountId}:role/role`, RoleSessionName: 'session' };
  const { Credentials } = await clientsOf(server, user.key).Sts.AssumeRole(assume);
  server.hideSecret(Credentials.AccessKeySecret);
  await user.set(ELSEWHERE);
  await user.isRefused();
  const session = { id: Credentials.AccessKeyId, secret: Credentials.AccessKeySecret };
  const calls = clientsOf(server, session, { securityToken: Credentials.SecurityToken });
  assert.equal((await calls.Sts.GetCallerIdentity()).IdentityType, 'AssumedRoleUser');
});

test('a forwarded address counts from a listed proxy alone', async () => {
  for (const [settings, here, there] of [
    [{}, 200, 200],
    [{ 'trusted-proxies': '127.0.0.0/8' }, 200, 403],
  ]) {
    const own = await Server.start({ settings });
    const wire = new Wire(own.host);
    const call = popCore(own, own.key, 'Ims', { method: 'POST' });
    await call('SetAccessKeyPolicy', { UserAccessKeyId: own.key.id, AccessKeyPolicy: active('127.0.0.1', '198.51.100.7') });
    const ask = async (from) => {
      const headers = [['X-Forwarded-For', from]];
      return (await wire.send(signAcs3(own.host, own.key, { action: 'GetCallerIdentity', version: '2015-04-01', headers })))
        .status;
    };
    assert.equal(await ask('198.51.100.7'), here);
    assert.equal(await ask('198.51.100.8'), there);
    wire.close();
    await own.stop();
  }
});

test('what is refused, and that it changes nothing', async () => {
  const user = await newUser('errors');
  await user.set(HERE);
  const many = Array.from({ length: 51 }, (_, i) => `10.0.0.${i}`);
  const statements = (n) => Array.from({ length: n }, () => ({ Type: 'ClassicWhiteList', IPList: ['10.0.0.1'] }));
  for (const policy of [
    '{}',
    'x',
    '[]',
    '{"Status":"Active","Statements":null}',
    '{"Status":"active"}',
    '{"Status":"Active","Version":2}',
    active(),
    active('10.0.0.1/8'),
    active('10.0.0'),
    active(...many),
    JSON.stringify({ Status: 'Active', Statements: statements(9) }),
    JSON.stringify({ Status: 'Active', Statements: [{ Type: 'VPCWhiteList', IPList: ['10.0.0.0/8'] }] }),
  ]) {
    await refused(user.set(policy), 400, 'InvalidParameter.AccessKeyPolicy');
    await refused(
      ims('SetAccessKeyPolicyForAccount', { AccessKeyPolicy: policy }),
      400,
      'InvalidParameter.AccessKeyPolicy',
    );
  }
  const { Message } = await refused(user.set(active('10.0.0.1/8')), 400, 'InvalidParameter.AccessKeyPolicy');
  assert.match(Message, /Statements\[0\]\.IPList\[0\]/);
  await user.works();
  const nobody = { UserPrincipalName: upn('nobody'), UserAccessKeyId: user.key.id };
  await refused(ims('GetAccessKeyPolicy', nobody), 404, 'EntityNotExist.User');
  await refused(ims('GetAccessKeyPolicy', { UserAccessKeyId: user.key.id }), 404, 'EntityNotExist.User.AccessKey');
  await refused(ims('SetAccessKeyPolicy', { ...user.one, AccessKeyPolicy: '' }), 400, 'MissingAccessKeyPolicy');
  const self = popCore(server, user.key, 'Ims', { method: 'POST' });
  await refused(self('SetAccessKeyPolicy', { ...user.one, AccessKeyPolicy: NONE }), 403, 'NoPermission');
  await refused(self('SetAccessKeyPolicyForAccount', { AccessKeyPolicy: NONE }), 403, 'NoPermission');
});

test('alicloud_ram_access_key_policy: set, read back, changed, taken back by one that is not active', async () => {
  const user = await newUser('tf');
  const same = (a, b) => {
    const [{ Version: _a, ...x }, { Version: _b, ...y }] = [JSON.parse(a), JSON.parse(b)];
    assert.deepEqual(x, y);
  };
  const vpc = { Type: 'VPCWhiteList', Value: 'AllowAllVPC', IPList: ['0.0.0.0/0', '::/0'] };
  const first = JSON.parse(HERE);
  for (const policy of [HERE, JSON.stringify({ ...first, Statements: [...first.Statements, vpc] }), NONE]) {
    await user.set(policy);
    same((await ims('GetAccessKeyPolicy', user.one)).AccessKeyPolicy, policy);
    await user.works();
  }
});

test('every action that this file claims was called', () => checkCovers(import.meta.url));
