// covers: Ram.CreateRole Ram.GetRole Ram.ListRoles Ram.UpdateRole Ram.DeleteRole
// covers: Ram.TagResources Ram.UntagResources Ram.ListTagResources Ram.AttachPolicyToRole Ram.DetachPolicyFromRole
// covers: Argali.RevokeRoleSessions
//
// Roles and the tags of roles and custom policies, with the official client; and the calls that Terraform makes of a role.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { checkCovers, clientsOf, popCore } from './support/clients.mjs';
import { refused } from './support/refused.mjs';
import { Server } from './support/server.mjs';
import { checkComplete, checkConforms } from './support/shapes.mjs';
import { signV1 } from './support/sign.mjs';
import { Wire } from './support/wire.mjs';

let server, wire, admin, Ram;
const trusting = (Principal) =>
  JSON.stringify({ Version: '1', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }] }, null, 1);
const trust = () => trusting({ RAM: [`acs:ram::${server.account.AccountId}:root`] });

before(async () => {
  server = await Server.start();
  wire = new Wire(server.host);
  admin = clientsOf(server, server.key);
  ({ Ram } = admin);
});
after(() => {
  wire.close();
  return server.stop();
});

test('the whole life of a role', async () => {
  const RoleName = 'Whole.Life-1',
    AssumeRolePolicyDocument = trust();
  const made = await Ram.CreateRole({
    RoleName,
    AssumeRolePolicyDocument,
    Description: 'first',
    MaxSessionDuration: 7200,
    Tag: [{ Key: 'k', Value: 'v' }],
  });
  checkComplete('Ram.CreateRole', made);
  assert.match(made.Role.RoleId, /^3\d{17}$/);
  assert.equal(made.Role.Arn, `acs:ram::${server.account.AccountId}:role/whole.life-1`);
  assert.deepEqual(
    [made.Role.RoleName, made.Role.AssumeRolePolicyDocument, made.Role.Description, made.Role.MaxSessionDuration],
    [RoleName, AssumeRolePolicyDocument, 'first', 7200],
  );
  const read = await Ram.GetRole({ RoleName: 'WHOLE.life-1' });
  checkComplete('Ram.GetRole', read);
  assert.deepEqual({ ...read.Role, UpdateDate: undefined }, { ...made.Role, UpdateDate: undefined });
  await refused(Ram.CreateRole({ RoleName: 'whole.LIFE-1', AssumeRolePolicyDocument }), 409, 'EntityAlreadyExists.Role');

  const other = trusting({ Service: ['ecs.aliyuncs.com'] });
  const changed = await Ram.UpdateRole({
    RoleName,
    NewAssumeRolePolicyDocument: other,
    NewDescription: 'second',
    NewMaxSessionDuration: 3600,
  });
  checkComplete('Ram.UpdateRole', changed);
  assert.deepEqual((await Ram.GetRole({ RoleName })).Role, changed.Role);
  assert.deepEqual(
    [changed.Role.RoleId, changed.Role.AssumeRolePolicyDocument, changed.Role.Description, changed.Role.MaxSessionDuration],
    [made.Role.RoleId, other, 'second', 3600],
  );

  const policy = { RoleName, PolicyType: 'System', PolicyName: 'AliyunRAMReadOnlyAccess' };
  await Ram.AttachPolicyToRole(policy);
  await refused(Ram.DeleteRole({ RoleName }), 409, 'DeleteConflict.Role.Policy');
  await Ram.DetachPolicyFromRole(policy);
  await Ram.DeleteRole({ RoleName });
  for (const call of [Ram.GetRole, Ram.DeleteRole, Ram.UpdateRole, admin.Argali.RevokeRoleSessions])
    await refused(call({ RoleName }), 404, 'EntityNotExist.Role');
});

test('a trust policy that means nothing is refused with the place', async () => {
  const create = (AssumeRolePolicyDocument) => Ram.CreateRole({ RoleName: 'malformed', AssumeRolePolicyDocument });
  const { Message: syntax } = await refused(create('{\n"Version":"1",\n"Statement":[}'), 400, 'MalformedPolicyDocument');
  assert.match(syntax, /line 3/);
  const { Message: meaning } = await refused(create(trusting({ RAM: [] })), 400, 'MalformedPolicyDocument');
  assert.match(meaning, /Principal/);
  await refused(create(trust().padEnd(6145)), 400, 'InvalidParameter.AssumeRolePolicyDocument.Length');
  await refused(Ram.GetRole({ RoleName: 'malformed' }), 404, 'EntityNotExist.Role');
});

test('lists of roles, in pages and by tags', async () => {
  const names = ['Alpha', 'beta', 'Delta', 'gamma'];
  for (const RoleName of ['gamma', 'Alpha', 'Delta', 'beta'])
    await Ram.CreateRole({
      RoleName,
      AssumeRolePolicyDocument: trust(),
      Description: 'listed',
      Tag: [{ Key: 'greek', Value: RoleName[0] }],
    });
  const all = await Ram.ListRoles();
  checkComplete('Ram.ListRoles', all, ['Marker']);
  assert.deepEqual(
    all.Roles.Role.map((role) => role.RoleName),
    names,
  );
  assert.deepEqual(all.Roles.Role[0].Tags, { Tag: [{ TagKey: 'greek', TagValue: 'A' }] });
  const seen = [];
  let Marker;
  do {
    const page = await Ram.ListRoles({ MaxItems: 3, Marker });
    seen.push(...page.Roles.Role);
    assert.equal(page.IsTruncated, page.Marker !== undefined);
    ({ Marker } = page);
  } while (Marker);
  assert.deepEqual(seen, all.Roles.Role);
  for (const [Tag, expected] of [
    [[{ Key: 'greek', Value: 'D' }], ['Delta']],
    [[{ Key: 'greek' }], names],
    [[{ Key: 'latin' }], []],
  ]) {
    const { Roles, IsTruncated } = await Ram.ListRoles({ Tag });
    assert.deepEqual(
      [IsTruncated, Roles.Role.map((role) => role.RoleName)],
      [false, expected],
    );
  }
  for (const RoleName of names) await Ram.DeleteRole({ RoleName });
  assert.deepEqual((await Ram.ListRoles()).Roles, { Role: [] });
});

test('tags of roles and custom policies', async () => {
  const PolicyDocument = JSON.stringify({ Version: '1', Statement: [{ Effect: 'Allow', Action: 'oss:*', Resource: '*' }] });
  await Ram.CreateRole({ RoleName: 'Tagged', AssumeRolePolicyDocument: trust() });
  await Ram.CreatePolicy({ PolicyName: 'Tagged', PolicyDocument });
  for (const ResourceType of ['role', 'policy']) {
    const them = { ResourceType, ResourceNames: ['tagged'] };
    const tags = async (more = {}) => {
      const page = await Ram.ListTagResources({ ...them, ...more });
      for (const one of page.TagResources)
        assert.deepEqual([one.ResourceType, one.ResourceName], [ResourceType, 'Tagged']);
      return Object.fromEntries(page.TagResources.map(({ TagKey, TagValue }) => [TagKey, TagValue]));
    };
    assert.deepEqual(await tags(), {});
    await Ram.TagResources({ ...them, Tag: [{ Key: 'a', Value: '1' }, { Key: 'b', Value: 'x'.repeat(256) }, { Key: 'c' }] });
    await Ram.TagResources({ ...them, Tag: [{ Key: 'a', Value: '2' }] });
    assert.deepEqual(await tags(), { a: '2', b: 'x'.repeat(256), c: '' });
    assert.deepEqual(await tags({ Tag: [{ Key: 'a', Value: '1' }] }), {});
    const first = await Ram.ListTagResources({ ResourceType, PageSize: 2 });
    checkComplete('Ram.ListTagResources', first);
    const rest = await Ram.ListTagResources({ ResourceType, PageSize: 2, NextToken: first.NextToken });
    checkComplete('Ram.ListTagResources', rest, ['NextToken']);
    assert.deepEqual(
      [...first.TagResources, ...rest.TagResources].map(({ TagKey }) => TagKey),
      ['a', 'b', 'c'],
    );
    await Ram.UntagResources({ ...them, TagKeys: ['a', 'never'] });
    assert.deepEqual(Object.keys(await tags()), ['b', 'c']);
    await Ram.UntagResources({ ...them, All: true });
    assert.deepEqual(await tags(), {});
    const many = Array.from({ length: 11 }, (_, i) => ({ Key: `k${i}`, Value: 'v' }));
    await Ram.TagResources({ ...them, Tag: many });
    const Entity = ResourceType === 'role' ? 'Role' : 'Policy';
    const more = many.map(({ Key }) => ({ Key: `more-${Key}`, Value: 'v' }));
    await refused(Ram.TagResources({ ...them, Tag: more }), 409, `LimitExceeded.${Entity}.Tag`);
    await refused(Ram.TagResources({ ...them, ResourceNames: ['x'], Tag: many }), 404, `EntityNotExist.${Entity}`);
  }
  await Ram.DeletePolicy({ PolicyName: 'Tagged', CascadingDelete: true });
  await Ram.DeleteRole({ RoleName: 'Tagged' });
  await Ram.CreateRole({ RoleName: 'Tagged', AssumeRolePolicyDocument: trust() }); // of that name, without its tags
  assert.deepEqual((await Ram.ListTagResources({ ResourceType: 'role', ResourceNames: ['Tagged'] })).TagResources, []);
  await Ram.DeleteRole({ RoleName: 'Tagged' });
});

test('the legacy client', async () => {
  for (const method of ['GET', 'POST']) {
    const call = popCore(server, server.key, 'Ram', { method });
    const RoleName = `legacy-${method}`;
    await call('CreateRole', { RoleName, AssumeRolePolicyDocument: trust() });
    assert.equal((await call('GetRole', { RoleName })).Role.AssumeRolePolicyDocument, trust());
    await call('DeleteRole', { RoleName });
  }
});

/** As the provider's current path sends it: RPC v1, parameters in a form, lists of RAM as JSON texts. */
async function tea(action, form = {}) {
  const version = '2015-05-01';
  const headers = [
    ['x-acs-action', action],
    ['x-acs-version', version],
  ];
  const { status, body } = await wire.send(signV1(server.host, server.key, { action, version, form, headers }));
  if (status === 404) return { gone: body.Code };
  if (status >= 400) return { error: body.Code, status };
  checkConforms(`Ram.${action}`, body);
  return body;
}

test('alicloud_ram_role', async () => {
  const RoleName = 'tf-role',
    read = async () => {
      const { Role, gone } = await tea('GetRole', { RoleName });
      if (gone) return { gone };
      const { TagResources } = await tea('ListTagResources', { ResourceType: 'role', ResourceNames: `["${RoleName}"]` });
      return { ...Role, tags: Object.fromEntries(TagResources.map(({ TagKey, TagValue }) => [TagKey, TagValue])) };
    };
  const made = await tea('CreateRole', {
    RoleName,
    AssumeRolePolicyDocument: trust(),
    Description: 'this is a role test.',
    MaxSessionDuration: '3600',
    Tag: '[{"Key":"Created","Value":"TF"},{"Key":"For","Value":"Role"}]',
  });
  assert.equal(made.Role.RoleName, RoleName);
  const first = await read();
  assert.deepEqual(
    [first.AssumeRolePolicyDocument, first.Description, first.MaxSessionDuration, first.RoleName, first.tags],
    [trust(), 'this is a role test.', 3600, RoleName, { Created: 'TF', For: 'Role' }],
  );
  assert.deepEqual(
    [first.Arn, first.CreateDate, first.RoleId],
    [made.Role.Arn, made.Role.CreateDate, made.Role.RoleId],
  );
  await tea('UpdateRole', {
    RoleName,
    NewAssumeRolePolicyDocument: trusting({ Service: ['ecs.aliyuncs.com'] }),
    NewDescription: '',
    NewMaxSessionDuration: '43200',
  });
  const tagged = { ResourceType: 'role', ResourceNames: `["${RoleName}"]` };
  await tea('UntagResources', { ...tagged, TagKeys: '["For"]' });
  await tea('TagResources', { ...tagged, Tag: '[{"Key":"Created","Value":"TF2"}]' });
  const second = await read();
  assert.deepEqual(
    [second.AssumeRolePolicyDocument, second.Description, second.MaxSessionDuration, second.tags],
    [trusting({ Service: ['ecs.aliyuncs.com'] }), undefined, 43200, { Created: 'TF2' }],
  );
  assert.deepEqual(Object.keys(await tea('DeleteRole', { RoleName })), ['RequestId']);
  assert.deepEqual(await read(), { gone: 'EntityNotExist.Role' });
  assert.deepEqual(await tea('DeleteRole', { RoleName }), { gone: 'EntityNotExist.Role' });
});

test('alicloud_ram_role with force takes the policies off first', async () => {
  const RoleName = 'tf-forced',
    policy = { RoleName, PolicyName: 'AliyunRAMReadOnlyAccess', PolicyType: 'System' };
  await tea('CreateRole', { RoleName, AssumeRolePolicyDocument: trust() });
  await tea('AttachPolicyToRole', policy);
  assert.deepEqual(await tea('DeleteRole', { RoleName }), { error: 'DeleteConflict.Role.Policy', status: 409 });
  for (const { PolicyName, PolicyType } of (await tea('ListPoliciesForRole', { RoleName })).Policies.Policy)
    await tea('DetachPolicyFromRole', { RoleName, PolicyName, PolicyType });
  await tea('DeleteRole', { RoleName });
  assert.deepEqual(await tea('GetRole', { RoleName }), { gone: 'EntityNotExist.Role' });
});

test("the data source alicloud_ram_roles reads the roles that carry a policy, and each one's document", async () => {
  await tea('CreateRole', { RoleName: 'tf-data', AssumeRolePolicyDocument: trust() });
  await tea('AttachPolicyToRole', { RoleName: 'tf-data', PolicyName: 'AliyunRAMReadOnlyAccess', PolicyType: 'System' });
  const page = await tea('ListRoles', { MaxItems: '100' });
  assert.equal(page.IsTruncated, false);
  const { Roles } = await tea('ListEntitiesForPolicy', { PolicyName: 'AliyunRAMReadOnlyAccess', PolicyType: 'System' });
  const mine = page.Roles.Role.find((role) => role.RoleName === 'tf-data');
  assert.deepEqual(
    Roles.Role.map(({ RoleName, RoleId, Arn }) => [RoleName, RoleId, Arn]),
    [[mine.RoleName, mine.RoleId, mine.Arn]],
  );
  assert.equal((await tea('GetRole', { RoleName: 'tf-data' })).Role.AssumeRolePolicyDocument, trust());
});

test('sessions of a role can be revoked, again and again', async () => {
  const RoleName = 'revoked';
  await Ram.CreateRole({ RoleName, AssumeRolePolicyDocument: trust() });
  for (let i = 0; i < 2; i++) {
    const before = Date.now();
    const { RevokedBefore } = await admin.Argali.RevokeRoleSessions({ RoleName });
    assert.ok(Date.parse(RevokedBefore) >= before - 1000 && Date.parse(RevokedBefore) <= Date.now() + 1000, RevokedBefore);
  }
});

test('every action that this file claims was called', () => checkCovers(import.meta.url));
