// covers: Ims.ListUsersInRecycleBin Ims.GetUserInRecycleBin Ims.RestoreUserFromRecycleBin Ims.DeleteUserInRecycleBin
// covers: Ims.ListAccessKeysInRecycleBin Ims.GetAccessKeyInfoInRecycleBin Ims.RestoreAccessKeyFromRecycleBin
// covers: Ims.DeleteAccessKeyInRecycleBin Ims.DeleteUser Ims.DeleteAccessKey Ram.DeleteUser
//
// The recycle bins: what is deleted opens nothing from the next call on, can be restored without its rights, and goes for good.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { checkCovers, clientsOf } from './support/clients.mjs';
import { refused } from './support/refused.mjs';
import { Server, keyOf } from './support/server.mjs';
import { checkComplete } from './support/shapes.mjs';

let server, admin, Ims, Ram, domain;
const upn = (name) => `${name}@${domain}`;
const SYSTEM = { PolicyType: 'System', PolicyName: 'AliyunRAMReadOnlyAccess' };
const DAY_MS = 86_400_000;

before(async () => {
  server = await Server.start();
  admin = clientsOf(server, server.key);
  ({ Ims, Ram } = admin);
  domain = (await Ims.GetDefaultDomain()).DefaultDomainName;
});
after(() => server.stop());

const newUser = async (UserName, more = {}) => (await Ram.CreateUser({ UserName, ...more })).User.UserId;

async function newKey(params, calls = Ram) {
  const { AccessKey } = await calls.CreateAccessKey(params);
  server.hideSecret(AccessKey.AccessKeySecret);
  return { id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret };
}

const works = (key) => clientsOf(server, key).Sts.GetCallerIdentity();
const keysOf = async (UserName) =>
  (await Ram.ListAccessKeys({ UserName })).AccessKeys.AccessKey.map((key) => [key.AccessKeyId, key.Status]);
const binOf = async (UserId, calls = Ims) =>
  (await calls.ListAccessKeysInRecycleBin({ UserId })).AccessKeys.AccessKey.map((key) => key.AccessKeyId);

test('a user goes with its keys, ends its rights, and comes back without them', async () => {
  const UserId = await newUser('Alice', { DisplayName: 'Alice A.' });
  const key = await newKey({ UserName: 'Alice' });
  await Ram.AttachPolicyToUser({ UserName: 'Alice', ...SYSTEM });
  await Ram.CreateGroup({ GroupName: 'crew' });
  await Ram.AddUserToGroup({ GroupName: 'crew', UserName: 'Alice' });
  await works(key);
  await refused(Ram.DeleteUser({ UserName: 'Alice' }), 409, 'DeleteConflict.User.AccessKey');

  assert.deepEqual(Object.keys(await Ims.DeleteUser({ UserId })), ['RequestId']);
  await refused(works(key), 400, 'InvalidAccessKeyId.NotFound');
  await refused(Ims.GetUser({ UserId }), 404, 'EntityNotExist.User');
  assert.deepEqual((await Ram.ListUsersForGroup({ GroupName: 'crew' })).Users.User, []);
  assert.deepEqual((await Ram.ListEntitiesForPolicy(SYSTEM)).Users.User, []);

  const list = await Ims.ListUsersInRecycleBin();
  checkComplete('Ims.ListUsersInRecycleBin', list, ['Marker']);
  const [gone] = list.Users.User;
  assert.deepEqual([gone.UserId, gone.UserPrincipalName, gone.DisplayName], [UserId, upn('Alice'), 'Alice A.']);
  assert.equal(Date.parse(gone.DeleteDate) - Date.parse(gone.RecycleDate), 30 * DAY_MS);
  const one = await Ims.GetUserInRecycleBin({ UserId });
  checkComplete('Ims.GetUserInRecycleBin', one);
  assert.deepEqual(one.User, gone);
  assert.deepEqual((await Ims.GetUserInRecycleBin({ UserAccessKeyId: key.id })).User, gone);

  checkComplete('Ims.RestoreUserFromRecycleBin', await Ims.RestoreUserFromRecycleBin({ UserId }));
  assert.equal((await Ram.GetUser({ UserName: 'alice' })).User.UserId, UserId);
  assert.deepEqual(await keysOf('alice'), [[key.id, 'Inactive']]);
  await refused(works(key), 400, 'InvalidAccessKeyId.Inactive');
  await Ram.UpdateAccessKey({ UserName: 'alice', UserAccessKeyId: key.id, Status: 'Active' });
  assert.equal((await works(key)).UserId, UserId);
  assert.deepEqual((await Ram.ListPoliciesForUser({ UserName: 'alice' })).Policies.Policy, []);
  assert.deepEqual((await Ram.ListGroupsForUser({ UserName: 'alice' })).Groups.Group, []);
  await refused(Ims.RestoreUserFromRecycleBin({ UserId }), 404, 'EntityNotExist.User');

  await Ims.DeleteUser({ UserPrincipalName: upn('alice') });
  checkComplete('Ims.DeleteUserInRecycleBin', await Ims.DeleteUserInRecycleBin({ UserId }));
  for (const call of [Ims.GetUserInRecycleBin, Ims.RestoreUserFromRecycleBin, Ims.DeleteUserInRecycleBin])
    await refused(call({ UserId }), 404, 'EntityNotExist.User');
  await refused(Ims.GetAccessKeyInfoInRecycleBin({ UserAccessKeyId: key.id }), 404, 'EntityNotExist.User.AccessKey');
});

test('the name is free at once, and in the way of the one who had it', async () => {
  const old = await newUser('name');
  await Ram.DeleteUser({ UserName: 'name' });
  const other = await newUser('NAME');
  await refused(Ims.RestoreUserFromRecycleBin({ UserId: old }), 409, 'EntityAlreadyExists.User');
  await Ram.DeleteUser({ UserName: 'name' });
  const filtered = await Ims.ListUsersInRecycleBin({ Filter: `UserPrincipalName eq ${upn('name')}` });
  assert.deepEqual(filtered.Users.User.map((user) => user.UserId).sort(), [old, other].sort());
  assert.deepEqual((await Ims.ListUsersInRecycleBin({ Filter: `UserPrincipalName eq ${upn('nobody')}` })).Users.User, []);
  await refused(Ims.ListUsersInRecycleBin({ Filter: 'name' }), 400, 'InvalidParameter.Filter');
  await Ims.RestoreUserFromRecycleBin({ UserId: old });
  assert.equal((await Ram.GetUser({ UserName: 'name' })).User.UserId, old);
});

test('pages, from the newest on', async () => {
  const ids = [];
  for (let i = 0; i < 5; i++) ids.push(await newUser(`page-${i}`));
  for (const UserId of ids) await Ims.DeleteUser({ UserId });
  const seen = [];
  let Marker;
  do {
    const page = await Ims.ListUsersInRecycleBin({ MaxItems: 2, ...(Marker ? { Marker } : {}) });
    assert.equal(page.IsTruncated, page.Marker !== undefined);
    seen.push(...page.Users.User.map((user) => user.UserId));
    ({ Marker } = page);
  } while (Marker);
  assert.equal(new Set(seen).size, seen.length);
  for (const id of ids) assert.ok(seen.includes(id));
  for (const UserId of ids) await Ims.DeleteUserInRecycleBin({ UserId });
});

test('a pair is deleted, restored disabled, and still has its secret', async () => {
  const UserId = await newUser('keys');
  const key = await newKey({ UserName: 'keys' });
  await works(key);
  await Ims.DeleteAccessKey({ UserPrincipalName: upn('keys'), UserAccessKeyId: key.id });
  await refused(works(key), 400, 'InvalidAccessKeyId.NotFound');

  const list = await Ims.ListAccessKeysInRecycleBin({ UserId });
  checkComplete('Ims.ListAccessKeysInRecycleBin', list);
  const [gone] = list.AccessKeys.AccessKey;
  assert.equal(gone.AccessKeyId, key.id);
  assert.equal(Date.parse(gone.DeleteDate) - Date.parse(gone.RecycleDate), 30 * DAY_MS);
  const info = await Ims.GetAccessKeyInfoInRecycleBin({ UserAccessKeyId: key.id });
  checkComplete('Ims.GetAccessKeyInfoInRecycleBin', info);
  assert.deepEqual(info.AccessKey, { ...gone, UserId, UserPrincipalName: upn('keys'), UserRecycled: false });

  const one = { UserId, UserAccessKeyId: key.id };
  checkComplete('Ims.RestoreAccessKeyFromRecycleBin', await Ims.RestoreAccessKeyFromRecycleBin(one));
  assert.deepEqual(await keysOf('keys'), [[key.id, 'Inactive']]);
  await Ram.UpdateAccessKey({ UserName: 'keys', UserAccessKeyId: key.id, Status: 'Active' });
  assert.equal((await works(key)).UserId, UserId);

  await Ram.DeleteAccessKey({ UserName: 'keys', UserAccessKeyId: key.id });
  checkComplete('Ims.DeleteAccessKeyInRecycleBin', await Ims.DeleteAccessKeyInRecycleBin(one));
  for (const call of [Ims.RestoreAccessKeyFromRecycleBin, Ims.DeleteAccessKeyInRecycleBin])
    await refused(call(one), 404, 'EntityNotExist.User.AccessKey');
});

test('three pairs of a user, and no more than two of them back', async () => {
  const UserId = await newUser('three');
  const keys = [];
  for (let i = 0; i < 4; i++) {
    keys.push(await newKey({ UserName: 'three' }));
    await Ram.DeleteAccessKey({ UserName: 'three', UserAccessKeyId: keys[i].id });
  }
  const bin = await binOf(UserId);
  assert.equal(bin.length, 3);
  for (const id of bin.slice(0, 2)) await Ims.RestoreAccessKeyFromRecycleBin({ UserId, UserAccessKeyId: id });
  await refused(
    Ims.RestoreAccessKeyFromRecycleBin({ UserId, UserAccessKeyId: bin[2] }),
    409,
    'LimitExceeded.User.AccessKey',
  );
});

test('of a user that lies there itself', async () => {
  const UserId = await newUser('both');
  const key = await newKey({ UserName: 'both' });
  await Ims.DeleteUser({ UserId });
  assert.deepEqual(await binOf(UserId), [key.id]);
  const { AccessKey } = await Ims.GetAccessKeyInfoInRecycleBin({ UserAccessKeyId: key.id });
  assert.deepEqual([AccessKey.UserRecycled, AccessKey.UserPrincipalName], [true, upn('both')]);
  await refused(Ims.RestoreAccessKeyFromRecycleBin({ UserId, UserAccessKeyId: key.id }), 404, 'EntityNotExist.User');
});

test('a user means itself, root has to say whom, and its own pairs are its own', async () => {
  const account = server.createAccount({ 'root-access-key': true });
  const root = clientsOf(server, keyOf(account));
  await root.Ram.CreateUser({ UserName: 'self' });
  await root.Ram.AttachPolicyToUser({ UserName: 'self', PolicyType: 'System', PolicyName: 'AdministratorAccess' });
  const self = clientsOf(server, await newKey({ UserName: 'self' }, root.Ram));
  const hers = await newKey({}, self.Ram);
  await self.Ram.DeleteAccessKey({ UserAccessKeyId: hers.id });
  assert.deepEqual(await binOf(undefined, self.Ims), [hers.id]);
  await self.Ims.RestoreAccessKeyFromRecycleBin({ UserAccessKeyId: hers.id });

  const roots = await newKey({}, root.Ram);
  await root.Ram.DeleteAccessKey({ UserAccessKeyId: roots.id });
  const own = { UserId: account.AccountId, UserAccessKeyId: roots.id };
  await refused(root.Ims.ListAccessKeysInRecycleBin(), 400, 'MissingUserId');
  await refused(self.Ims.ListAccessKeysInRecycleBin({ UserId: account.AccountId }), 404, 'EntityNotExist.User');
  await refused(self.Ims.RestoreAccessKeyFromRecycleBin(own), 404, 'EntityNotExist.User');
  assert.deepEqual(await binOf(account.AccountId, root.Ims), [roots.id]);
  await root.Ims.RestoreAccessKeyFromRecycleBin(own);
  await refused(works(roots), 400, 'InvalidAccessKeyId.Inactive');
});

test('without a policy nobody looks into the bins', async () => {
  const UserId = await newUser('nobody');
  const nobody = clientsOf(server, await newKey({ UserName: 'nobody' }));
  for (const [action, params] of [
    ['ListUsersInRecycleBin', {}],
    ['GetUserInRecycleBin', { UserId }],
    ['RestoreUserFromRecycleBin', { UserId }],
    ['DeleteUserInRecycleBin', { UserId }],
    ['ListAccessKeysInRecycleBin', {}],
    ['GetAccessKeyInfoInRecycleBin', { UserAccessKeyId: nobody.key.id }],
    ['RestoreAccessKeyFromRecycleBin', { UserAccessKeyId: nobody.key.id }],
    ['DeleteAccessKeyInRecycleBin', { UserAccessKeyId: nobody.key.id }],
  ])
    await refused(nobody.Ims[action](params), 403, 'NoPermission');
});

test('every action that this file claims was called', () => checkCovers(import.meta.url));
