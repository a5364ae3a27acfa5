// covers: Ims.CreateUser Ims.GetUser Ims.UpdateUser Ims.DeleteUser Ims.ListUsers Ims.ListUserBasicInfos Ims.ListGroupsForUser
// covers: Ims.TagResources Ims.UntagResources Ims.ListTagResources Ims.GetDefaultDomain Ims.SetDefaultDomain
// covers: Ims.CreateAccessKey Ims.ListAccessKeys Ims.UpdateAccessKey Ims.DeleteAccessKey Ims.GetAccessKeyLastUsed
// covers: Ram.CreateUser Ram.GetUser Ram.UpdateUser Ram.DeleteUser Ram.ListUsers Ram.ListGroupsForUser
// covers: Ram.CreateAccessKey Ram.ListAccessKeys Ram.UpdateAccessKey Ram.DeleteAccessKey Ram.GetAccessKeyLastUsed
// covers: Ram.SetAccountAlias Ram.GetAccountAlias Ram.ClearAccountAlias Ram.GetPolicy Ram.ListPolicies
// covers: Ram.AttachPolicyToUser Ram.DetachPolicyFromUser Ram.ListPoliciesForUser Ram.ListEntitiesForPolicy
// covers: Sts.GetCallerIdentity
//
// Who may do what: every action that is implemented, called by each kind of caller.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { checkCovers, clientsOf } from './support/clients.mjs';
import { refused } from './support/refused.mjs';
import { Server, keyOf } from './support/server.mjs';
import { implemented } from './support/shapes.mjs';
import { signAcs3 } from './support/sign.mjs';
import { stateOf } from './support/state.mjs';
import { Wire } from './support/wire.mjs';

let server, admin, root, domain, account, victim;
const upn = (name) => `${name}@${domain}`;
const system = (PolicyName) => ({ PolicyType: 'System', PolicyName });

before(async () => {
  server = await Server.start();
  account = server.createAccount({ 'root-access-key': true });
  root = clientsOf(server, keyOf(account));
  domain = (await root.Ims.GetDefaultDomain()).DefaultDomainName;
  admin = await newCaller('boss', 'AdministratorAccess');
  const { User } = await root.Ims.CreateUser({
    UserPrincipalName: upn('victim'),
    DisplayName: 'Victim',
    Tag: [{ Key: 'k', Value: 'v' }],
  });
  const { AccessKey } = await root.Ram.CreateAccessKey({ UserName: 'victim' });
  server.hideSecret(AccessKey.AccessKeySecret);
  victim = { id: User.UserId, key: AccessKey.AccessKeyId };
});
after(() => server.stop());

/** A user with one AccessKey and at most one policy; its clients. */
async function newCaller(UserName, policy) {
  await root.Ram.CreateUser({ UserName });
  if (policy) await root.Ram.AttachPolicyToUser({ UserName, ...system(policy) });
  const { AccessKey } = await root.Ram.CreateAccessKey({ UserName });
  return { name: UserName, ...clientsOf(server, { id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret }) };
}

const MADE = 'the AccessKey that the table made last';

/** For every action, parameters with which it succeeds for root; what writes puts things back in the order of the list. */
const calls = () => [
  ['Ims.CreateUser', { UserPrincipalName: upn('made-ims'), DisplayName: 'x' }],
  ['Ims.GetUser', { UserPrincipalName: upn('victim') }],
  ['Ims.UpdateUser', { UserId: victim.id, NewComments: 'changed' }],
  ['Ims.DeleteUser', { UserPrincipalName: upn('made-ims') }],
  ['Ims.ListUsers', {}],
  ['Ims.ListUserBasicInfos', {}],
  ['Ims.TagResources', { ResourceType: 'user', ResourceId: [victim.id], Tag: [{ Key: 'new', Value: 'v' }] }],
  ['Ims.UntagResources', { ResourceType: 'user', ResourceId: [victim.id], TagKey: ['new'] }],
  ['Ims.ListTagResources', { ResourceType: 'user' }],
  ['Ims.ListGroupsForUser', { UserPrincipalName: upn('victim') }],
  ['Ims.CreateAccessKey', { UserPrincipalName: upn('victim') }],
  ['Ims.ListAccessKeys', { UserPrincipalName: upn('victim') }],
  ['Ims.UpdateAccessKey', { UserPrincipalName: upn('victim'), UserAccessKeyId: victim.key, Status: 'Inactive' }],
  ['Ims.GetAccessKeyLastUsed', { UserPrincipalName: upn('victim'), UserAccessKeyId: victim.key }],
  ['Ims.DeleteAccessKey', { UserPrincipalName: upn('victim'), UserAccessKeyId: MADE }],
  ['Ims.SetDefaultDomain', { DefaultDomainName: domain }],
  ['Ims.GetDefaultDomain', {}],
  ['Ram.CreateUser', { UserName: 'made-ram' }],
  ['Ram.GetUser', { UserName: 'victim' }],
  ['Ram.UpdateUser', { UserName: 'victim', NewComments: 'again' }],
  ['Ram.DeleteUser', { UserName: 'made-ram' }],
  ['Ram.ListUsers', {}],
  ['Ram.ListGroupsForUser', { UserName: 'victim' }],
  ['Ram.CreateAccessKey', { UserName: 'victim' }],
  ['Ram.ListAccessKeys', { UserName: 'victim' }],
  ['Ram.UpdateAccessKey', { UserName: 'victim', UserAccessKeyId: victim.key, Status: 'Active' }],
  ['Ram.GetAccessKeyLastUsed', { UserName: 'victim', UserAccessKeyId: victim.key }],
  ['Ram.DeleteAccessKey', { UserName: 'victim', UserAccessKeyId: MADE }],
  ['Ram.SetAccountAlias', { AccountAlias: domain.split('.')[0] }],
  ['Ram.GetAccountAlias', {}],
  ['Ram.ClearAccountAlias', {}],
  ['Ram.AttachPolicyToUser', { UserName: 'victim', ...system('AliyunRAMReadOnlyAccess') }],
  ['Ram.ListPoliciesForUser', { UserName: 'victim' }],
  ['Ram.DetachPolicyFromUser', { UserName: 'victim', ...system('AliyunRAMReadOnlyAccess') }],
  ['Ram.ListEntitiesForPolicy', system('AdministratorAccess')],
  ['Ram.GetPolicy', system('AdministratorAccess')],
  ['Ram.ListPolicies', {}],
];

const filled = (params) =>
  params.UserAccessKeyId === MADE ? { ...params, UserAccessKeyId: victim.made ?? victim.key } : params;

async function run(clients, [name, params]) {
  const [product, action] = name.split('.');
  const answer = await clients[product][action](filled(params));
  if (answer.AccessKey?.AccessKeySecret) {
    server.hideSecret(answer.AccessKey.AccessKeySecret);
    victim.made = answer.AccessKey.AccessKeyId;
  }
  return answer;
}

async function refusedAll(clients, name, which) {
  const before = await stateOf(root);
  for (const call of calls().filter(([action]) => which(action))) {
    const { AccessDeniedDetail: detail, ...error } = await refused(run(clients, call), 403, 'NoPermission');
    assert.deepEqual(
      detail,
      {
        AuthAction: `ram:${call[0].split('.')[1]}`,
        AuthPrincipalDisplayName: name,
        AuthPrincipalOwnerId: account.AccountId,
        AuthPrincipalType: 'SubUser',
        NoPermissionType: 'ImplicitDeny',
        PolicyType: 'AccountLevelIdentityBasedPolicy',
      },
      JSON.stringify(error),
    );
  }
  assert.deepEqual(await stateOf(root), before, 'a refused call wrote something');
}

async function allowedAll(clients, which) {
  for (const call of calls().filter(([action]) => which(action))) await run(clients, call);
}

const reads = (name) => /\.(Get|List)/.test(name);
const all = () => true;

test('the table has every action but GetCallerIdentity', () => {
  assert.deepEqual([...calls().map(([name]) => name), 'Sts.GetCallerIdentity'].sort(), implemented().sort());
});

test('root may do everything', () => allowedAll(root, all));
test('AdministratorAccess may do everything', () => allowedAll(admin, all));

test('AliyunRAMFullAccess may do everything', async () => allowedAll(await newCaller('full', 'AliyunRAMFullAccess'), all));

test('AliyunRAMReadOnlyAccess may read and not write', async () => {
  const reader = await newCaller('reader', 'AliyunRAMReadOnlyAccess');
  await allowedAll(reader, reads);
  await refusedAll(reader, 'reader', (name) => !reads(name));
});

test('a user without a policy may only ask who it is', async () => {
  const nobody = await newCaller('nobody');
  assert.equal((await nobody.Sts.GetCallerIdentity()).IdentityType, 'RAMUser');
  await refusedAll(nobody, 'nobody', all);
});

test('no user manages its own AccessKeys while the switch is off, as it is from the start', async () => {
  const self = await newCaller('selfish');
  const key = self.key.id;
  for (const [product, own] of [
    ['Ims', { UserPrincipalName: upn('selfish') }],
    ['Ram', { UserName: 'selfish' }],
  ]) {
    for (const who of [{}, own]) {
      await refused(self[product].CreateAccessKey(who), 403, 'NoPermission');
      await refused(self[product].ListAccessKeys(who), 403, 'NoPermission');
      await refused(self[product].UpdateAccessKey({ ...who, UserAccessKeyId: key, Status: 'Inactive' }), 403, 'NoPermission');
      await refused(self[product].DeleteAccessKey({ ...who, UserAccessKeyId: key }), 403, 'NoPermission');
      await refused(self[product].GetAccessKeyLastUsed({ ...who, UserAccessKeyId: key }), 403, 'NoPermission');
    }
    await refused(self[product].GetUser(own), 403, 'NoPermission');
    await refused(self[product].UpdateUser({ ...own, NewComments: 'mine' }), 403, 'NoPermission');
  }
  assert.deepEqual(
    (await root.Ram.ListAccessKeys({ UserName: 'selfish' })).AccessKeys.AccessKey.map((k) => k.AccessKeyId),
    [key],
  );
});

test('whoever may not do it learns nothing of whether the other exists (T01)', async () => {
  const nobody = await newCaller('curious');
  for (const UserName of ['victim', 'no-such-user']) await refused(nobody.Ram.GetUser({ UserName }), 403, 'NoPermission');
  await refused(nobody.Ram.GetPolicy(system('NoSuchPolicy')), 403, 'NoPermission');
  await refused(nobody.Ram.CreateUser({ UserName: 'victim' }), 403, 'NoPermission');
});

test('attach and detach count from the next call: 50 times', async () => {
  const caller = await newCaller('toggled');
  const policy = { UserName: 'toggled', ...system('AliyunRAMReadOnlyAccess') };
  for (let i = 0; i < 50; i++) {
    await refused(caller.Ram.ListUsers({ MaxItems: 1 }), 403, 'NoPermission');
    await root.Ram.AttachPolicyToUser(policy);
    await caller.Ram.ListUsers({ MaxItems: 1 });
    await root.Ram.DetachPolicyFromUser(policy);
  }
  await refused(caller.Ram.ListUsers({ MaxItems: 1 }), 403, 'NoPermission');
});

test('an administrator may take its own rights and its own key away, and is bound by that at once', async () => {
  const caller = await newCaller('resigning', 'AdministratorAccess');
  await caller.Ram.DetachPolicyFromUser({ UserName: 'resigning', ...system('AdministratorAccess') });
  await refused(
    caller.Ram.AttachPolicyToUser({ UserName: 'resigning', ...system('AdministratorAccess') }),
    403,
    'NoPermission',
  );
  const other = await newCaller('leaving', 'AdministratorAccess');
  await other.Ram.DeleteAccessKey({ UserAccessKeyId: other.key.id });
  await refused(other.Sts.GetCallerIdentity(), 400, 'InvalidAccessKeyId.NotFound');
});

test('a caller whose key is disabled gets no last write, though its call was under way', async () => {
  const caller = await newCaller('racing', 'AdministratorAccess');
  const users = async () => (await root.Ram.ListUsers({ MaxItems: 1000 })).Users.User.map((user) => user.UserName);
  const wires = Array.from({ length: 16 }, () => new Wire(server.host));
  const [disabler, reader, ...writers] = wires;
  const signed = (key, action, query) => signAcs3(server.host, key, { action, version: '2015-05-01', query });
  for (let round = 0; round < 40; round++) {
    const off = { UserName: 'racing', UserAccessKeyId: caller.key.id, Status: 'Inactive' };
    const disable = signed(root.key, 'UpdateAccessKey', off);
    const read = signed(root.key, 'ListUsers', { MaxItems: '1000' });
    const requests = writers.map((_, i) => signed(caller.key, 'CreateUser', { UserName: `late-${round}-${i}` }));

    const disabled = disabler.send(disable).then(() => reader.send(read));
    const answers = await Promise.all(writers.map((writer, i) => writer.send(requests[i])));
    const then = (await disabled).body.Users.User.map((user) => user.UserName);
    const now = await users();
    assert.deepEqual(now, then, 'something was written after the call that disabled the key was answered');
    answers.forEach(({ status, body }, i) => {
      if (status !== 200) assert.equal(body.Code, 'InvalidAccessKeyId.Inactive');
      assert.equal(now.includes(`late-${round}-${i}`), status === 200);
    });
    await root.Ram.UpdateAccessKey({ ...off, Status: 'Active' });
    await Promise.all(now.filter((name) => name.startsWith('late-')).map((UserName) => root.Ram.DeleteUser({ UserName })));
  }
  wires.forEach((wire) => wire.close());
});

test('every action times another account is out of reach (T56)', async () => {
  const stranger = clientsOf(server, server.key); // administrator of the server's first account
  const theirs = await stateOf(root);
  for (const [name, params] of calls()) {
    const named = 'UserName' in params || 'UserPrincipalName' in params || 'UserId' in params || 'ResourceId' in params;
    if (!named || name === 'Ram.CreateUser') continue;
    const [product, action] = name.split('.');
    const [status, code] =
      name === 'Ims.CreateUser' ? [400, 'InvalidParameter.UserPrincipalName.Format'] : [404, 'EntityNotExist.User'];
    await refused(stranger[product][action](filled(params)), status, code);
  }
  for (const action of ['UpdateAccessKey', 'DeleteAccessKey', 'GetAccessKeyLastUsed'])
    for (const product of ['Ims', 'Ram']) {
      const status = action === 'UpdateAccessKey' ? { Status: 'Inactive' } : {};
      await refused(
        stranger[product][action]({ UserAccessKeyId: victim.key, ...status }),
        404,
        'EntityNotExist.User.AccessKey',
      );
    }
  await refused(stranger.Ims.GetUser({ UserAccessKeyId: victim.key }), 404, 'EntityNotExist.User');
  const seen = JSON.stringify(await stateOf(stranger));
  assert.ok(!seen.includes(victim.id) && !seen.includes('victim'));
  assert.deepEqual(await stateOf(root), theirs);
});

test('names may be the same in two accounts', async () => {
  const stranger = clientsOf(server, server.key);
  const { User } = await stranger.Ram.CreateUser({ UserName: 'victim' });
  assert.notEqual(User.UserId, victim.id);
  await stranger.Ram.DeleteUser({ UserName: 'victim' });
  assert.equal((await root.Ram.GetUser({ UserName: 'victim' })).User.UserId, victim.id);
});

test('every action that this file claims was called', () => checkCovers(import.meta.url));
