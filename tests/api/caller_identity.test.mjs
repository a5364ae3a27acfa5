// covers: Sts.GetCallerIdentity Ims.ListUsers Ram.ListUsers Ims.TagResources Ram.ListPolicies
//
// Who calls, with every official client and every way it signs, over http and https.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { checkCovers, clientsOf, popCore } from './support/clients.mjs';
import { refused } from './support/refused.mjs';
import { Server, keyOf } from './support/server.mjs';
import { checkComplete } from './support/shapes.mjs';

let server, admin, adminId, account;

before(async () => {
  server = await Server.start();
  account = server.account.AccountId;
  admin = clientsOf(server, server.key);
  adminId = (await admin.Ram.GetUser({ UserName: 'admin' })).User.UserId;
});
after(() => server.stop());

test('a RAM user', async () => {
  const who = await admin.Sts.GetCallerIdentity();
  checkComplete('Sts.GetCallerIdentity', who, ['RoleId']);
  const { RequestId, ...rest } = who;
  assert.deepEqual(rest, {
    IdentityType: 'RAMUser',
    AccountId: account,
    PrincipalId: adminId,
    UserId: adminId,
    Arn: `acs:ram::${account}:user/admin`,
  });
});

test('root', async () => {
  const other = server.createAccount({ 'root-access-key': true });
  const who = await clientsOf(server, keyOf(other)).Sts.GetCallerIdentity();
  checkComplete('Sts.GetCallerIdentity', who, ['RoleId']);
  const id = other.AccountId;
  const { RequestId, ...rest } = who;
  assert.deepEqual(rest, { IdentityType: 'Account', AccountId: id, PrincipalId: id, UserId: id, Arn: `acs:ram::${id}:root` });
});

for (const secure of [false, true]) {
  for (const algorithm of [undefined, 'ACS3-HMAC-SM3', 'v2']) {
    test(`the current SDKs over ${secure ? 'https' : 'http'} with ${algorithm ?? 'ACS3-HMAC-SHA256'}`, async () => {
      const { Ims, Ram, Sts } = clientsOf(server, server.key, { secure, algorithm });
      assert.equal((await Sts.GetCallerIdentity()).UserId, adminId);
      assert.equal((await Ims.ListUsers({ Tag: [{ Key: "a b+c*d~e'f(g)!h", Value: '' }] })).Users.User.length, 0);
      assert.equal((await Ram.ListPolicies({ Tag: [{ Key: 'k', Value: 'ü&=' }] })).Policies.Policy.length, 0);
      await Ims.TagResources({ ResourceType: 'user', ResourceId: [adminId], Tag: [{ Key: 'k%2B+', Value: 'v/?#' }] });
    });
  }
  for (const method of ['GET', 'POST']) {
    test(`pop-core over ${secure ? 'https' : 'http'} with ${method}`, async () => {
      const sts = popCore(server, server.key, 'Sts', { secure, method });
      assert.equal((await sts('GetCallerIdentity')).UserId, adminId);
      const ims = popCore(server, server.key, 'Ims', { secure, method });
      await ims('tagResources', {
        resourceType: 'user',
        resourceId: [adminId],
        tag: [{ Key: "a b+c*d~e'f(g)!h", Value: '中' }],
      });
      const { Users } = await ims('ListUsers', { 'Tag.1.Key': "a b+c*d~e'f(g)!h" });
      assert.deepEqual(
        Users.User.map((user) => user.UserId),
        [adminId],
      );
      const ram = popCore(server, server.key, 'Ram', { secure, method });
      assert.equal((await ram('ListUsers', { MaxItems: 1 })).Users.User.length, 1);
      await refused(ram('GetUser', { UserName: 'nobody' }), 404, 'EntityNotExist.User');
    });
  }
}

test('a certificate that is not trusted ends the call before anything is sent', async () => {
  const distrustful = { ...server, tlsHost: server.tlsHost, certificate: undefined, hideSecret: () => {} };
  const { Sts } = clientsOf(distrustful, server.key, { secure: true });
  await assert.rejects(Sts.GetCallerIdentity(), /self.signed|unable to verify/i);
});

test('a key of another account names that account', async () => {
  const other = server.createAccount();
  const { Sts, Ram } = clientsOf(server, keyOf(other));
  const who = await Sts.GetCallerIdentity();
  assert.equal(who.AccountId, other.AccountId);
  assert.equal(who.UserId, (await Ram.GetUser({ UserName: 'admin' })).User.UserId);
  assert.notEqual(who.UserId, adminId);
});

test('temporary credentials are refused with the documented codes until there are roles', async () => {
  const sts = (id, securityToken) =>
    clientsOf(server, { id, secret: server.key.secret }, { securityToken }).Sts.GetCallerIdentity();
  await refused(sts('STS.NUxxxxxxxxxxxxxxxxxxxxxx', undefined), 400, 'MissingSecurityToken');
  await refused(sts('STS.NUxxxxxxxxxxxxxxxxxxxxxx', 'testSecurityToken/+==value'), 400, 'InvalidSecurityToken.Malformed');
  await refused(sts(server.key.id, 'testSecurityToken/+==value'), 400, 'InvalidSecurityToken.MismatchWithAccessKey');
  for (const method of ['GET', 'POST']) {
    const call = (id, more) => popCore(server, { id, secret: server.key.secret }, 'Sts', { method })('GetCallerIdentity', more);
    await refused(call('STS.NUxxxxxxxxxxxxxxxxxxxxxx'), 400, 'MissingSecurityToken');
    await refused(call('STS.NUxxxxxxxxxxxxxxxxxxxxxx', { SecurityToken: 'a/+==b' }), 400, 'InvalidSecurityToken.Malformed');
    await refused(call(server.key.id, { SecurityToken: 'a/+==b' }), 400, 'InvalidSecurityToken.MismatchWithAccessKey');
  }
});

test('every action that this file claims was called', () => checkCovers(import.meta.url));
