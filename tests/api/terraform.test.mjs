// covers: Ram.CreateUser Ram.CreateAccessKey
//
// What Terraform and the older Go core send and expect, call by call: RPC v1, either everything in the query of a POST
// ("legacy"), or business parameters in a form ("tea"). Each resource lives through create, read, update, delete as its
// provider walks it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { checkCovers, clientsOf } from './support/clients.mjs';
import { Server } from './support/server.mjs';
import { checkConforms } from './support/shapes.mjs';
import { signV1 } from './support/sign.mjs';
import { Wire } from './support/wire.mjs';

const versions = { Ram: '2015-05-01', Sts: '2015-04-01', Ims: '2019-08-15' };
let server, wire, admin;

before(async () => {
  server = await Server.start();
  wire = new Wire(server.host);
  admin = clientsOf(server, server.key);
});
after(() => {
  wire.close();
  return server.stop();
});

/** What the provider makes of an answer: { gone } for any 404, the body where it is a success, else an error with its code. */
async function ask(name, params, place) {
  const [product, action] = name.split('.');
  const extra = place === 'query' ? { RegionId: 'cn-hangzhou', SignatureType: '' } : {};
  const { status, body } = await wire.send(
    signV1(server.host, server.key, {
      action,
      version: versions[product],
      [place]: params,
      parameters: extra,
      headers: [
        ['x-acs-action', action],
        ['x-acs-version', versions[product]],
      ],
    }),
  );
  if (status === 404) return { gone: body.Code };
  if (status >= 400) return { error: body.Code, status };
  assert.ok(!('Code' in body) && !('code' in body) && !('Success' in body));
  checkConforms(name, body);
  return body;
}

const legacy = (name, params = {}) => ask(name, params, 'query');
const tea = (name, params = {}) => ask(name, params, 'form');

/** alicloud_ram_user reads by walking ListUsers until its id turns up, then asks GetUser by name. */
async function readUser(id) {
  let Marker;
  do {
    const page = await legacy('Ram.ListUsers', { MaxItems: 100, ...(Marker ? { Marker } : {}) });
    const found = page.Users.User.find((user) => user.UserId === id);
    if (found) return (await legacy('Ram.GetUser', { UserName: found.UserName })).User;
    Marker = page.IsTruncated ? page.Marker : undefined;
  } while (Marker);
  return undefined;
}

test('alicloud_ram_user', async () => {
  const made = await legacy('Ram.CreateUser', {
    UserName: 'tf',
    DisplayName: 'TF',
    MobilePhone: '86-18688888888',
    Email: 'hello.uuu@aaa.com',
    Comments: 'yoyoyo',
  });
  const id = made.User.UserId;
  const { UserName, DisplayName, MobilePhone, Email, Comments } = await readUser(id);
  assert.deepEqual(
    [UserName, DisplayName, MobilePhone, Email, Comments],
    ['tf', 'TF', '86-18688888888', 'hello.uuu@aaa.com', 'yoyoyo'],
  );

  await tea('Ram.UpdateUser', {
    UserName: 'tf',
    NewUserName: 'tf-2',
    NewDisplayName: '',
    NewMobilePhone: '',
    NewEmail: '',
    NewComments: '',
  });
  const renamed = await readUser(id);
  assert.deepEqual(
    [renamed.UserName, renamed.DisplayName, renamed.MobilePhone, renamed.Email, renamed.Comments],
    ['tf-2', undefined, undefined, undefined, undefined],
  );

  assert.deepEqual(Object.keys(await legacy('Ram.DeleteUser', { UserName: 'tf-2' })), ['RequestId']);
  assert.equal(await readUser(id), undefined);
  assert.deepEqual(await legacy('Ram.DeleteUser', { UserName: 'tf-2' }), { gone: 'EntityNotExist.User' });
});

test('alicloud_ram_user among more users than a page holds', async () => {
  const ids = [];
  for (let i = 0; i < 130; i++) ids.push((await legacy('Ram.CreateUser', { UserName: `crowd-${i}` })).User.UserId);
  for (const id of [ids[0], ids[64], ids[129]]) assert.equal((await readUser(id)).UserId, id);
  for (let i = 0; i < 130; i++) await legacy('Ram.DeleteUser', { UserName: `crowd-${i}` });
});

test('alicloud_ram_user with force takes everything off a user first', async () => {
  const UserName = 'forced',
    policy = { PolicyName: 'AliyunRAMReadOnlyAccess', PolicyType: 'System' };
  await legacy('Ram.CreateUser', { UserName });
  const { AccessKey } = await tea('Ram.CreateAccessKey', { UserName });
  server.hideSecret(AccessKey.AccessKeySecret);
  await tea('Ram.AttachPolicyToUser', { UserName, ...policy });
  await tea('Ram.CreateGroup', { GroupName: 'forced' });
  await tea('Ram.AddUserToGroup', { GroupName: 'forced', UserName });
  assert.deepEqual(await legacy('Ram.DeleteUser', { UserName }), { error: 'DeleteConflict.User.AccessKey', status: 409 });

  const keys = (await legacy('Ram.ListAccessKeys', { UserName })).AccessKeys.AccessKey;
  for (const { AccessKeyId } of keys) await legacy('Ram.DeleteAccessKey', { UserName, UserAccessKeyId: AccessKeyId });
  const policies = (await legacy('Ram.ListPoliciesForUser', { UserName })).Policies.Policy;
  for (const { PolicyName, PolicyType } of policies)
    await legacy('Ram.DetachPolicyFromUser', { UserName, PolicyName, PolicyType });
  assert.deepEqual(await legacy('Ram.DeleteUser', { UserName }), { error: 'DeleteConflict.User.Group', status: 409 });
  const groups = (await legacy('Ram.ListGroupsForUser', { UserName })).Groups.Group;
  for (const { GroupName } of groups) await legacy('Ram.RemoveUserFromGroup', { UserName, GroupName });
  assert.deepEqual((await legacy('Ram.ListGroupsForUser', { UserName })).Groups.Group, []);
  await legacy('Ram.DeleteUser', { UserName });
  assert.deepEqual(await legacy('Ram.GetUser', { UserName }), { gone: 'EntityNotExist.User' });
});

test('alicloud_ram_access_key, of a user and of the caller', async () => {
  await legacy('Ram.CreateUser', { UserName: 'keys' });
  for (const UserName of ['keys', '']) {
    const { AccessKey } = await tea('Ram.CreateAccessKey', UserName ? { UserName } : {});
    server.hideSecret(AccessKey.AccessKeySecret);
    const id = AccessKey.AccessKeyId;
    const read = async () =>
      (await tea('Ram.ListAccessKeys', { UserName })).AccessKeys.AccessKey.find((key) => key.AccessKeyId === id);
    assert.deepEqual(await read(), { AccessKeyId: id, Status: 'Active', CreateDate: AccessKey.CreateDate });
    await tea('Ram.UpdateAccessKey', { UserName, UserAccessKeyId: id, Status: 'Inactive' });
    assert.equal((await read()).Status, 'Inactive');
    await tea('Ram.DeleteAccessKey', { UserName, UserAccessKeyId: id });
    assert.equal(await read(), undefined);
    assert.deepEqual(await tea('Ram.DeleteAccessKey', { UserName, UserAccessKeyId: id }), {
      gone: 'EntityNotExist.User.AccessKey',
    });
  }
  await legacy('Ram.DeleteUser', { UserName: 'keys' });
  assert.deepEqual(await tea('Ram.ListAccessKeys', { UserName: 'keys' }), { gone: 'EntityNotExist.User' });
});

test('alicloud_ram_account_alias', async () => {
  await tea('Ram.SetAccountAlias', { AccountAlias: 'tf-alias' });
  assert.equal((await tea('Ram.GetAccountAlias')).AccountAlias, 'tf-alias');
  await tea('Ram.SetAccountAlias', { AccountAlias: 'tf-alias-2' });
  assert.equal((await tea('Ram.GetAccountAlias')).AccountAlias, 'tf-alias-2');
});

test('alicloud_ram_user_policy_attachment', async () => {
  const UserName = 'attached',
    policy = { PolicyName: 'AliyunRAMFullAccess', PolicyType: 'System' };
  await legacy('Ram.CreateUser', { UserName });
  const read = async () =>
    (await tea('Ram.ListPoliciesForUser', { UserName })).Policies.Policy.map(({ PolicyName, PolicyType }) => ({
      PolicyName,
      PolicyType,
    }));
  assert.deepEqual(await read(), []);
  await tea('Ram.AttachPolicyToUser', { UserName, ...policy });
  assert.deepEqual(await read(), [policy]);
  const { Users, Groups, Roles } = await legacy('Ram.ListEntitiesForPolicy', policy);
  assert.deepEqual([Users.User.map((user) => user.UserName), Groups.Group, Roles.Role], [[UserName], [], []]);
  await tea('Ram.DetachPolicyFromUser', { UserName, ...policy });
  assert.deepEqual(await read(), []);
  assert.deepEqual(await tea('Ram.DetachPolicyFromUser', { UserName, ...policy }), { gone: 'EntityNotExist.User.Policy' });
  await legacy('Ram.DeleteUser', { UserName });
  assert.deepEqual(await tea('Ram.ListPoliciesForUser', { UserName }), { gone: 'EntityNotExist.User' });
});

test('alicloud_ram_group', async () => {
  const read = async (GroupName) => {
    const { Group, ...gone } = await tea('Ram.GetGroup', { GroupName });
    return Group ? [Group.GroupName, Group.Comments, Group.CreateDate] : gone;
  };
  const { Group } = await tea('Ram.CreateGroup', { GroupName: 'tf-group', Comments: 'yoyoyo' });
  assert.equal(Group.GroupName, 'tf-group');
  assert.deepEqual(await read('tf-group'), ['tf-group', 'yoyoyo', Group.CreateDate]);
  await tea('Ram.UpdateGroup', { GroupName: 'tf-group', NewComments: 'changed' });
  assert.deepEqual(await read('tf-group'), ['tf-group', 'changed', Group.CreateDate]);
  await tea('Ram.UpdateGroup', { GroupName: 'tf-group', NewGroupName: 'tf-group-2', NewComments: '' });
  assert.deepEqual(await read('tf-group-2'), ['tf-group-2', undefined, Group.CreateDate]);
  assert.deepEqual(await read('tf-group'), { gone: 'EntityNotExist.Group' });
  assert.deepEqual(Object.keys(await tea('Ram.DeleteGroup', { GroupName: 'tf-group-2' })), ['RequestId']);
  assert.deepEqual(await read('tf-group-2'), { gone: 'EntityNotExist.Group' });
  assert.deepEqual(await tea('Ram.DeleteGroup', { GroupName: 'tf-group-2' }), { gone: 'EntityNotExist.Group' });
});

test('alicloud_ram_group with force takes everything off a group first', async () => {
  const GroupName = 'forced-group';
  await tea('Ram.CreateGroup', { GroupName });
  for (const UserName of ['forced-1', 'forced-2']) {
    await legacy('Ram.CreateUser', { UserName });
    await tea('Ram.AddUserToGroup', { GroupName, UserName });
  }
  await tea('Ram.AttachPolicyToGroup', { GroupName, PolicyName: 'AliyunRAMReadOnlyAccess', PolicyType: 'System' });
  assert.deepEqual(await tea('Ram.DeleteGroup', { GroupName }), { error: 'DeleteConflict.Group.User', status: 409 });
  for (const { UserName } of (await tea('Ram.ListUsersForGroup', { GroupName })).Users.User)
    await tea('Ram.RemoveUserFromGroup', { GroupName, UserName });
  assert.deepEqual(await tea('Ram.DeleteGroup', { GroupName }), { error: 'DeleteConflict.Group.Policy', status: 409 });
  for (const { PolicyName, PolicyType } of (await tea('Ram.ListPoliciesForGroup', { GroupName })).Policies.Policy)
    await tea('Ram.DetachPolicyFromGroup', { GroupName, PolicyName, PolicyType });
  await tea('Ram.DeleteGroup', { GroupName });
  assert.deepEqual(await tea('Ram.GetGroup', { GroupName }), { gone: 'EntityNotExist.Group' });
  for (const UserName of ['forced-1', 'forced-2']) await legacy('Ram.DeleteUser', { UserName });
});

test('alicloud_ram_group_membership', async () => {
  const GroupName = 'tf-members',
    users = ['m-1', 'm-2', 'm-3'];
  const read = async () =>
    (await legacy('Ram.ListUsersForGroup', { GroupName })).Users.User.map((user) => user.UserName).sort();
  await tea('Ram.CreateGroup', { GroupName });
  for (const UserName of users) await legacy('Ram.CreateUser', { UserName });
  for (const UserName of users.slice(0, 2)) await legacy('Ram.AddUserToGroup', { GroupName, UserName });
  assert.deepEqual(await read(), users.slice(0, 2));
  // A change of the set removes and adds; who is in it already counts as added.
  await legacy('Ram.RemoveUserFromGroup', { GroupName, UserName: 'm-1' });
  assert.deepEqual(await legacy('Ram.AddUserToGroup', { GroupName, UserName: 'm-2' }), {
    error: 'EntityAlreadyExists.User.Group',
    status: 409,
  });
  await legacy('Ram.AddUserToGroup', { GroupName, UserName: 'm-3' });
  assert.deepEqual(await read(), ['m-2', 'm-3']);
  for (const UserName of await read()) await legacy('Ram.RemoveUserFromGroup', { GroupName, UserName });
  assert.deepEqual(await read(), []);
  assert.deepEqual(await legacy('Ram.RemoveUserFromGroup', { GroupName, UserName: 'm-2' }), {
    gone: 'EntityNotExist.User.Group',
  });
  for (const UserName of users) await legacy('Ram.DeleteUser', { UserName });
  assert.deepEqual(await legacy('Ram.RemoveUserFromGroup', { GroupName, UserName: 'm-2' }), { gone: 'EntityNotExist.User' });
  await tea('Ram.DeleteGroup', { GroupName });
  assert.deepEqual(await legacy('Ram.RemoveUserFromGroup', { GroupName, UserName: 'm-2' }), { gone: 'EntityNotExist.Group' });
  assert.deepEqual(await legacy('Ram.ListUsersForGroup', { GroupName }), { gone: 'EntityNotExist.Group' });
});

test('alicloud_ram_user_group_attachment among more members than a page holds', async () => {
  const GroupName = 'tf-crowd',
    users = Array.from({ length: 105 }, (_, i) => `in-crowd-${String(i).padStart(3, '0')}`);
  const read = async (UserName) => {
    let Marker;
    do {
      const page = await tea('Ram.ListUsersForGroup', { GroupName, MaxItems: 100, ...(Marker ? { Marker } : {}) });
      const found = page.Users.User.find((user) => user.UserName === UserName);
      if (found) return found.UserName;
      Marker = page.IsTruncated ? page.Marker : undefined;
    } while (Marker);
    return undefined;
  };
  await tea('Ram.CreateGroup', { GroupName });
  for (const UserName of users) {
    await legacy('Ram.CreateUser', { UserName });
    await tea('Ram.AddUserToGroup', { GroupName, UserName });
  }
  for (const UserName of [users[0], users[104]]) {
    assert.equal(await read(UserName), UserName);
    await tea('Ram.RemoveUserFromGroup', { GroupName, UserName });
    assert.equal(await read(UserName), undefined);
    assert.deepEqual(await tea('Ram.RemoveUserFromGroup', { GroupName, UserName }), { gone: 'EntityNotExist.User.Group' });
  }
  for (const UserName of users.slice(1, 104)) await tea('Ram.RemoveUserFromGroup', { GroupName, UserName });
  for (const UserName of users) await legacy('Ram.DeleteUser', { UserName });
  await tea('Ram.DeleteGroup', { GroupName });
});

const tfDocument = (action) => ({
  Statement: [{ Action: [action], Effect: 'Allow', Resource: ['acs:oss:*:*:mybucket'] }],
  Version: '1',
});

/** What the provider makes of GetPolicy, and compares with its configuration. */
async function readPolicy(PolicyName) {
  const { Policy, DefaultPolicyVersion, ...gone } = await tea('Ram.GetPolicy', { PolicyName, PolicyType: 'Custom' });
  if (!Policy) return gone;
  const { PolicyDocument, VersionId } = DefaultPolicyVersion;
  delete Policy.UpdateDate;
  delete Policy.PolicyDocument;
  const { TagResources } = await tea('Ram.ListTagResources', { ResourceType: 'policy', 'ResourceNames.1': PolicyName });
  const tags = Object.fromEntries(TagResources.map(({ TagKey, TagValue }) => [TagKey, TagValue]));
  return { ...Policy, PolicyDocument, VersionId, tags };
}

test('alicloud_ram_policy', async () => {
  const PolicyName = 'tf-policy',
    rotate = { SetAsDefault: true, RotateStrategy: 'DeleteOldestNonDefaultVersionWhenLimitExceeded' };
  // Documents are texts of some layout, and have to come back as they were sent: else every plan shows a difference.
  let PolicyDocument = JSON.stringify(tfDocument('oss:ListObjects'), null, 2);
  const { Policy } = await tea('Ram.CreatePolicy', {
    PolicyName,
    PolicyDocument,
    Description: 'this is a policy test',
    Tag: '[{"Key":"Created","Value":"TF"}]',
  });
  assert.equal(Policy.PolicyName, PolicyName);
  const wanted = {
    PolicyName,
    PolicyDocument,
    VersionId: 'v1',
    DefaultVersion: 'v1',
    Description: 'this is a policy test',
    AttachmentCount: 0,
    PolicyType: 'Custom',
    CreateDate: Policy.CreateDate,
    tags: { Created: 'TF' },
  };
  assert.deepEqual(await readPolicy(PolicyName), wanted);

  for (let n = 2; n <= 8; n++) {
    PolicyDocument = JSON.stringify(tfDocument(`oss:Get${n}`));
    await tea('Ram.CreatePolicyVersion', { PolicyName, PolicyDocument, ...rotate });
    Object.assign(wanted, { PolicyDocument, VersionId: `v${n}`, DefaultVersion: `v${n}` });
    assert.deepEqual(await readPolicy(PolicyName), wanted);
  }
  await tea('Ram.UpdatePolicyDescription', { PolicyName, NewDescription: 'changed' });
  const tagged = { ResourceType: 'policy', 'ResourceNames.1': PolicyName };
  await tea('Ram.TagResources', { ...tagged, 'Tag.1.Key': 'For', 'Tag.1.Value': 'Test' });
  await tea('Ram.UntagResources', { ...tagged, 'TagKeys.1': 'Created' });
  Object.assign(wanted, { Description: 'changed', tags: { For: 'Test' } });
  assert.deepEqual(await readPolicy(PolicyName), wanted);

  assert.deepEqual(Object.keys(await tea('Ram.DeletePolicy', { PolicyName, CascadingDelete: true })), ['RequestId']);
  assert.deepEqual(await readPolicy(PolicyName), { gone: 'EntityNotExist.Policy' });
  assert.deepEqual(await tea('Ram.DeletePolicy', { PolicyName, CascadingDelete: true }), { gone: 'EntityNotExist.Policy' });
});

async function createTrusted(RoleName) {
  const Principal = { RAM: [`acs:ram::${server.account.AccountId}:root`] };
  const trust = { Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal }], Version: '1' };
  await tea('Ram.CreateRole', { RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) });
}

test('alicloud_ram_policy with force takes it off everyone and drops its versions first', async () => {
  const PolicyName = 'forced-policy',
    policy = { PolicyName, PolicyType: 'Custom' },
    PolicyDocument = JSON.stringify(tfDocument('oss:*'));
  await tea('Ram.CreatePolicy', { PolicyName, PolicyDocument });
  for (let n = 0; n < 3; n++) await tea('Ram.CreatePolicyVersion', { PolicyName, PolicyDocument });
  await legacy('Ram.CreateUser', { UserName: 'bears-policy' });
  await tea('Ram.CreateGroup', { GroupName: 'bears-policy' });
  await createTrusted('bears-policy');
  for (const kind of ['User', 'Group', 'Role'])
    await tea(`Ram.AttachPolicyTo${kind}`, { ...policy, [`${kind}Name`]: 'bears-policy' });
  assert.deepEqual(await legacy('Ram.DeletePolicy', { PolicyName }), { error: 'DeleteConflict.Policy.User', status: 409 });

  const { Users, Groups, Roles } = await legacy('Ram.ListEntitiesForPolicy', policy);
  for (const { UserName } of Users.User) await legacy('Ram.DetachPolicyFromUser', { ...policy, UserName });
  for (const { GroupName } of Groups.Group) await legacy('Ram.DetachPolicyFromGroup', { ...policy, GroupName });
  for (const { RoleName } of Roles.Role) await legacy('Ram.DetachPolicyFromRole', { ...policy, RoleName });
  assert.deepEqual(await legacy('Ram.DeletePolicy', { PolicyName }), { error: 'DeleteConflict.Policy.Version', status: 409 });
  const { PolicyVersions } = await legacy('Ram.ListPolicyVersions', policy);
  for (const { VersionId, IsDefaultVersion } of PolicyVersions.PolicyVersion)
    if (!IsDefaultVersion) await legacy('Ram.DeletePolicyVersion', { PolicyName, VersionId });
  await legacy('Ram.DeletePolicy', { PolicyName });
  assert.deepEqual(await legacy('Ram.GetPolicy', policy), { gone: 'EntityNotExist.Policy' });
  await legacy('Ram.DeleteUser', { UserName: 'bears-policy' });
  await tea('Ram.DeleteGroup', { GroupName: 'bears-policy' });
  await tea('Ram.DeleteRole', { RoleName: 'bears-policy' });
});

test('alicloud_ram_group_policy_attachment and alicloud_ram_role_policy_attachment', async () => {
  const PolicyName = 'tf-attached',
    name = 'tf-bearer';
  await tea('Ram.CreatePolicy', { PolicyName, PolicyDocument: JSON.stringify(tfDocument('oss:*')) });
  await tea('Ram.CreateGroup', { GroupName: name });
  await createTrusted(name);
  for (const kind of ['Group', 'Role']) {
    const who = { [`${kind}Name`]: name };
    const read = async () =>
      (await tea(`Ram.ListPoliciesFor${kind}`, who)).Policies.Policy.map((p) => `${p.PolicyType}:${p.PolicyName}`).sort();
    const policies = [
      { PolicyName, PolicyType: 'Custom' },
      { PolicyName: 'AliyunOSSReadOnlyAccess', PolicyType: 'System' },
    ];
    for (const policy of policies) await tea(`Ram.AttachPolicyTo${kind}`, { ...who, ...policy });
    assert.deepEqual(await read(), ['Custom:tf-attached', 'System:AliyunOSSReadOnlyAccess']);
    for (const policy of policies) {
      await tea(`Ram.DetachPolicyFrom${kind}`, { ...who, ...policy });
      const again = await tea(`Ram.DetachPolicyFrom${kind}`, { ...who, ...policy });
      assert.deepEqual(again, { gone: `EntityNotExist.${kind}.Policy` });
    }
    assert.deepEqual(await read(), []);
    await tea(`Ram.Delete${kind}`, who);
    assert.deepEqual(await tea(`Ram.ListPoliciesFor${kind}`, who), { gone: `EntityNotExist.${kind}` });
  }
  await tea('Ram.DeletePolicy', { PolicyName, CascadingDelete: true });
});

test('alicloud_caller_identity', async () => {
  const who = await legacy('Sts.GetCallerIdentity');
  assert.equal(who.AccountId, server.account.AccountId);
  assert.ok(who.Arn && who.IdentityType && who.PrincipalId && who.UserId);
});

test('identifiers are texts, never numbers, in the bytes of the answer', async () => {
  for (const [name, params] of [
    ['Ram.ListUsers', {}],
    ['Ims.ListUsers', {}],
    ['Sts.GetCallerIdentity', {}],
    ['Ims.ListUserBasicInfos', {}],
    ['Ram.ListGroups', {}],
  ]) {
    const [product, action] = name.split('.');
    const { text } = await wire.send(signV1(server.host, server.key, { action, version: versions[product], query: params }));
    assert.doesNotMatch(text, /"\w*Id":\s*\d/);
  }
});

test('nothing but what is gone is answered with 404: neither a bad key nor a missing right', async () => {
  const call = (key, o = {}) =>
    wire.send(signV1(server.host, key, { action: 'GetUser', version: versions.Ram, query: { UserName: 'admin' }, ...o }));
  assert.equal((await call({ id: 'LTAI00000000000000000000', secret: 'x' })).status, 400);
  assert.equal((await call({ ...server.key, secret: 'x' })).status, 400);
  assert.equal((await call(server.key, { action: 'ListVirtualMFADevices' })).status, 400);
  await admin.Ram.CreateUser({ UserName: 'plain' });
  const { AccessKey } = await admin.Ram.CreateAccessKey({ UserName: 'plain' });
  server.hideSecret(AccessKey.AccessKeySecret);
  assert.equal((await call({ id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret })).status, 403);
});

test('every action that this file claims was called', () => checkCovers(import.meta.url));
