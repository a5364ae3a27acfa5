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
  assert.deepEqual(await legacy('Ram.DeleteUser', { UserName }), { error: 'DeleteConflict.User.AccessKey', status: 409 });

  const keys = (await legacy('Ram.ListAccessKeys', { UserName })).AccessKeys.AccessKey;
  for (const { AccessKeyId } of keys) await legacy('Ram.DeleteAccessKey', { UserName, UserAccessKeyId: AccessKeyId });
  const policies = (await legacy('Ram.ListPoliciesForUser', { UserName })).Policies.Policy;
  for (const { PolicyName, PolicyType } of policies)
    await legacy('Ram.DetachPolicyFromUser', { UserName, PolicyName, PolicyType });
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
  assert.equal((await call(server.key, { action: 'ListGroups' })).status, 400);
  await admin.Ram.CreateUser({ UserName: 'plain' });
  const { AccessKey } = await admin.Ram.CreateAccessKey({ UserName: 'plain' });
  server.hideSecret(AccessKey.AccessKeySecret);
  assert.equal((await call({ id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret })).status, 403);
});

test('every action that this file claims was called', () => checkCovers(import.meta.url));
