// covers: Ram.CreatePolicy Ram.GetPolicy Ram.ListPolicies Ram.UpdatePolicyDescription Ram.DeletePolicy
// covers: Ram.CreatePolicyVersion Ram.GetPolicyVersion Ram.ListPolicyVersions Ram.SetDefaultPolicyVersion
// covers: Ram.DeletePolicyVersion Ram.ListEntitiesForPolicy
// covers: Ram.AttachPolicyToUser Ram.DetachPolicyFromUser Ram.ListPoliciesForUser
// covers: Ram.AttachPolicyToGroup Ram.DetachPolicyFromGroup Ram.ListPoliciesForGroup
// covers: Ram.AttachPolicyToRole Ram.DetachPolicyFromRole Ram.ListPoliciesForRole
//
// System and custom policies, versions, and attachments to users, groups and roles.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';

import { checkCovers, clientsOf } from './support/clients.mjs';
import { refused } from './support/refused.mjs';
import { Server } from './support/server.mjs';
import { checkComplete } from './support/shapes.mjs';

let server, Ram;
const ROTATE = 'DeleteOldestNonDefaultVersionWhenLimitExceeded';
const system = (PolicyName) => ({ PolicyType: 'System', PolicyName });
const custom = (PolicyName) => ({ PolicyType: 'Custom', PolicyName });
const statement = (more) => ({ Effect: 'Allow', Action: 'oss:*', Resource: '*', ...more });
const document = (more) => JSON.stringify({ Version: '1', Statement: [statement(more)] });
const KINDS = [
  { kind: 'User', attach: 'AttachPolicyToUser', detach: 'DetachPolicyFromUser', list: 'ListPoliciesForUser' },
  { kind: 'Group', attach: 'AttachPolicyToGroup', detach: 'DetachPolicyFromGroup', list: 'ListPoliciesForGroup' },
  { kind: 'Role', attach: 'AttachPolicyToRole', detach: 'DetachPolicyFromRole', list: 'ListPoliciesForRole' },
];
const NO_TAGS = ['Policies.Policy[].Tags.Tag[].TagKey', 'Policies.Policy[].Tags.Tag[].TagValue'];
const file = fs.readFileSync(new URL('../../src/policy/system_policies.json', import.meta.url), 'utf8');
const POLICIES = JSON.parse(file)
  .map(({ Name }) => Name)
  .sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));

before(async () => {
  server = await Server.start();
  ({ Ram } = clientsOf(server, server.key));
});
after(() => server.stop());

async function createRole(ram, RoleName) {
  const Principal = { RAM: [`acs:ram::${server.account.AccountId}:root`] };
  const trust = { Version: '1', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }] };
  return (await ram.CreateRole({ RoleName, Description: 'A role', AssumeRolePolicyDocument: JSON.stringify(trust) })).Role;
}

const names = (list) => list.Policies.Policy.map((policy) => policy.PolicyName);
const versionsOf = async (PolicyName) =>
  (await Ram.ListPolicyVersions(custom(PolicyName))).PolicyVersions.PolicyVersion.map(
    ({ VersionId, IsDefaultVersion }) => VersionId + (IsDefaultVersion ? '*' : ''),
  ).join(' ');

test('the system policies are listed, in pages too', async () => {
  const list = await Ram.ListPolicies({ PolicyType: 'System' });
  checkComplete('Ram.ListPolicies', list, ['Marker', ...NO_TAGS]);
  assert.deepEqual(names(list), POLICIES);
  for (const name of ['AdministratorAccess', 'AliyunRAMFullAccess', 'AliyunRAMReadOnlyAccess', 'AliyunSTSAssumeRoleAccess'])
    assert.ok(POLICIES.includes(name));
  assert.ok(list.Policies.Policy.every((p) => p.PolicyType === 'System' && p.DefaultVersion === 'v1' && p.Description));
  assert.deepEqual(
    list.Policies.Policy.filter((p) => p.AttachmentCount).map((p) => [p.PolicyName, p.AttachmentCount]),
    [['AdministratorAccess', 1]],
  );
  assert.equal(list.IsTruncated, false);

  const first = await Ram.ListPolicies({ PolicyType: 'System', MaxItems: 2 });
  checkComplete('Ram.ListPolicies', first, NO_TAGS);
  assert.equal(first.IsTruncated, true);
  const second = await Ram.ListPolicies({ PolicyType: 'System', MaxItems: 1000, Marker: first.Marker });
  assert.deepEqual([...first.Policies.Policy, ...second.Policies.Policy], list.Policies.Policy);
  assert.ok(!second.IsTruncated && second.Marker === undefined);
});

test('GetPolicy answers every field, with a document that says what the policy allows', async () => {
  const actions = {
    AdministratorAccess: ['*'],
    AliyunRAMFullAccess: ['ims:*', 'ram:*'],
    AliyunRAMReadOnlyAccess: ['ram:DecodeDiagnosticMessage', 'ram:ExplainDecision', 'ram:Get*', 'ram:List*'],
    AliyunSTSAssumeRoleAccess: ['sts:AssumeRole'],
    AliyunOSSFullAccess: ['oss:*'],
  };
  for (const [name, wanted] of Object.entries(actions)) {
    const got = await Ram.GetPolicy(system(name.toLowerCase()));
    checkComplete('Ram.GetPolicy', got);
    const { Policy, DefaultPolicyVersion: version } = got;
    assert.deepEqual([Policy.PolicyName, Policy.PolicyType, Policy.DefaultVersion], [name, 'System', version.VersionId]);
    assert.equal(version.IsDefaultVersion, true);
    assert.equal(version.PolicyDocument, Policy.PolicyDocument);
    const { Version, Statement } = JSON.parse(version.PolicyDocument);
    assert.equal(Version, '1');
    assert.deepEqual(
      Statement.map((s) => [s.Effect, s.Resource]),
      [['Allow', '*']],
    );
    assert.deepEqual([Statement[0].Action].flat().sort(), wanted);
  }
});

test('the reads of versions know system policies too, and the writes do not', async () => {
  const policy = system('AliyunRAMFullAccess');
  const list = await Ram.ListPolicyVersions(policy);
  checkComplete('Ram.ListPolicyVersions', list);
  assert.equal(list.PolicyVersions.PolicyVersion.length, 1);
  const { PolicyVersion } = await Ram.GetPolicyVersion({ ...policy, VersionId: 'v1' });
  assert.deepEqual(PolicyVersion, list.PolicyVersions.PolicyVersion[0]);
  await refused(Ram.GetPolicyVersion({ ...policy, VersionId: 'v2' }), 404, 'EntityNotExist.Policy.Version');

  const { PolicyName } = policy;
  const PolicyDocument = document();
  await refused(Ram.UpdatePolicyDescription({ PolicyName, NewDescription: 'x' }), 404, 'EntityNotExist.Policy');
  await refused(Ram.DeletePolicy({ PolicyName, CascadingDelete: true }), 404, 'EntityNotExist.Policy');
  await refused(Ram.CreatePolicyVersion({ PolicyName, PolicyDocument, SetAsDefault: true }), 404, 'EntityNotExist.Policy');
  await refused(Ram.SetDefaultPolicyVersion({ PolicyName, VersionId: 'v1' }), 404, 'EntityNotExist.Policy');
  await refused(Ram.DeletePolicyVersion({ PolicyName, VersionId: 'v1' }), 404, 'EntityNotExist.Policy');
});

test('the whole life of a custom policy', async () => {
  // Layout, escapes and letters come back as they were sent.
  const escaped = JSON.stringify(statement({ Sid: 'é' })).replace('é', '\\u00e9');
  const PolicyDocument = `\n { "Version" : "1",\t"Statement":[ ${escaped} ] } \n`;
  const made = await Ram.CreatePolicy({
    PolicyName: 'My-Policy',
    PolicyDocument,
    Description: 'For tests: ü',
    Tag: [
      { Key: 'env', Value: 'test' },
      { Key: 'team', Value: 'a' },
    ],
  });
  checkComplete('Ram.CreatePolicy', made);
  assert.deepEqual([made.Policy.PolicyName, made.Policy.PolicyType, made.Policy.DefaultVersion], ['My-Policy', 'Custom', 'v1']);

  const got = await Ram.GetPolicy(custom('my-policy'));
  checkComplete('Ram.GetPolicy', got);
  assert.equal(got.Policy.Description, 'For tests: ü');
  assert.equal(got.Policy.CreateDate, made.Policy.CreateDate);
  assert.equal(got.Policy.AttachmentCount, 0);
  assert.equal(got.Policy.PolicyDocument, PolicyDocument);
  assert.equal(got.DefaultPolicyVersion.PolicyDocument, PolicyDocument);

  const [listed] = (await Ram.ListPolicies({ PolicyType: 'Custom' })).Policies.Policy;
  assert.equal(listed.PolicyName, 'My-Policy');
  assert.deepEqual(
    listed.Tags.Tag.map(({ TagKey, TagValue }) => [TagKey, TagValue]),
    [
      ['env', 'test'],
      ['team', 'a'],
    ],
  );

  const updated = await Ram.UpdatePolicyDescription({ PolicyName: 'MY-POLICY', NewDescription: 'Changed' });
  checkComplete('Ram.UpdatePolicyDescription', updated);
  assert.deepEqual([updated.Policy.PolicyName, updated.Policy.Description], ['My-Policy', 'Changed']);
  assert.equal((await Ram.GetPolicy(custom('My-Policy'))).Policy.Description, 'Changed');

  checkComplete('Ram.DeletePolicy', await Ram.DeletePolicy({ PolicyName: 'my-policy' }));
  await refused(Ram.GetPolicy(custom('My-Policy')), 404, 'EntityNotExist.Policy');
  await refused(Ram.DeletePolicy({ PolicyName: 'My-Policy' }), 404, 'EntityNotExist.Policy');
  assert.deepEqual((await Ram.ListPolicies({ PolicyType: 'Custom' })).Policies, { Policy: [] });
});

test('versions come, become the default, rotate and go', async () => {
  const PolicyName = 'versions',
    text = (n) => document({ Action: `oss:V${n}` });
  await Ram.CreatePolicy({ PolicyName, PolicyDocument: text(1) });
  const second = await Ram.CreatePolicyVersion({ PolicyName, PolicyDocument: text(2) });
  checkComplete('Ram.CreatePolicyVersion', second);
  assert.deepEqual([second.PolicyVersion.VersionId, second.PolicyVersion.IsDefaultVersion], ['v2', false]);
  assert.equal(second.PolicyVersion.PolicyDocument, text(2));
  assert.equal(await versionsOf(PolicyName), 'v1* v2');
  const third = await Ram.CreatePolicyVersion({ PolicyName, PolicyDocument: text(3), SetAsDefault: true });
  assert.equal(third.PolicyVersion.IsDefaultVersion, true);
  assert.equal(await versionsOf(PolicyName), 'v1 v2 v3*');
  const got = await Ram.GetPolicy(custom(PolicyName));
  assert.deepEqual([got.Policy.DefaultVersion, got.DefaultPolicyVersion.VersionId], ['v3', 'v3']);
  assert.equal(got.DefaultPolicyVersion.PolicyDocument, text(3));
  const one = await Ram.GetPolicyVersion({ ...custom(PolicyName), VersionId: 'v2' });
  checkComplete('Ram.GetPolicyVersion', one);
  assert.deepEqual(one.PolicyVersion, { ...second.PolicyVersion, IsDefaultVersion: false });

  checkComplete('Ram.SetDefaultPolicyVersion', await Ram.SetDefaultPolicyVersion({ PolicyName, VersionId: 'v1' }));
  assert.equal(await versionsOf(PolicyName), 'v1* v2 v3');
  await refused(Ram.DeletePolicyVersion({ PolicyName, VersionId: 'v1' }), 409, 'DeleteConflict.Policy.Version.Default');
  checkComplete('Ram.DeletePolicyVersion', await Ram.DeletePolicyVersion({ PolicyName, VersionId: 'v3' }));
  await refused(Ram.DeletePolicyVersion({ PolicyName, VersionId: 'v3' }), 404, 'EntityNotExist.Policy.Version');
  for (const n of [4, 5, 6]) await Ram.CreatePolicyVersion({ PolicyName, PolicyDocument: text(n) });
  assert.equal(await versionsOf(PolicyName), 'v1* v2 v4 v5 v6');
  for (const RotateStrategy of [undefined, 'None'])
    await refused(
      Ram.CreatePolicyVersion({ PolicyName, PolicyDocument: text(7), RotateStrategy }),
      409,
      'LimitExceeded.Policy.Version',
    );
  await Ram.CreatePolicyVersion({ PolicyName, PolicyDocument: text(7), SetAsDefault: true, RotateStrategy: ROTATE });
  assert.equal(await versionsOf(PolicyName), 'v1 v4 v5 v6 v7*');

  await refused(Ram.DeletePolicy({ PolicyName }), 409, 'DeleteConflict.Policy.Version');
  await refused(Ram.DeletePolicy({ PolicyName, CascadingDelete: false }), 409, 'DeleteConflict.Policy.Version');
  await Ram.DeletePolicy({ PolicyName, CascadingDelete: true });
  await refused(Ram.ListPolicyVersions(custom(PolicyName)), 404, 'EntityNotExist.Policy');
});

test('a policy is attached to users, groups and roles, listed on both sides, and detached', async () => {
  const { User } = await Ram.CreateUser({ UserName: 'Alice', DisplayName: 'Alice A.' });
  await Ram.CreateGroup({ GroupName: 'Crew', Comments: 'The crew' });
  const Role = await createRole(Ram, 'Deploy');
  await Ram.CreatePolicy({ PolicyName: 'Shared', PolicyDocument: document() });
  const given = { User: 'alice', Group: 'crew', Role: 'deploy' };
  let count = 0;
  for (const { kind, attach, list } of KINDS) {
    const who = { [`${kind}Name`]: given[kind] };
    assert.deepEqual((await Ram[list](who)).Policies, { Policy: [] });
    for (const policy of [system('AliyunOSSReadOnlyAccess'), custom('shared')]) {
      checkComplete(`Ram.${attach}`, await Ram[attach]({ ...who, ...policy }));
      await refused(Ram[attach]({ ...who, ...policy }), 409, `EntityAlreadyExists.${kind}.Policy`);
    }
    const mine = await Ram[list](who);
    checkComplete(`Ram.${list}`, mine);
    assert.deepEqual(
      mine.Policies.Policy.map(({ PolicyName, PolicyType, DefaultVersion }) => [PolicyName, PolicyType, DefaultVersion]).sort(),
      [
        ['AliyunOSSReadOnlyAccess', 'System', 'v1'],
        ['Shared', 'Custom', 'v1'],
      ],
    );
    for (const { AttachDate } of mine.Policies.Policy) assert.ok(Math.abs(Date.parse(AttachDate) - Date.now()) < 300_000);
    assert.equal((await Ram.GetPolicy(custom('Shared'))).Policy.AttachmentCount, ++count);
  }

  const theirs = await Ram.ListEntitiesForPolicy(custom('Shared'));
  checkComplete('Ram.ListEntitiesForPolicy', theirs);
  const [user, group, role] = [theirs.Users.User[0], theirs.Groups.Group[0], theirs.Roles.Role[0]];
  assert.deepEqual([theirs.Users.User.length, theirs.Groups.Group.length, theirs.Roles.Role.length], [1, 1, 1]);
  assert.deepEqual([user.UserId, user.UserName, user.DisplayName], [User.UserId, 'Alice', 'Alice A.']);
  assert.deepEqual([group.GroupName, group.Comments], ['Crew', 'The crew']);
  assert.deepEqual([role.RoleId, role.RoleName, role.Arn, role.Description], [Role.RoleId, 'Deploy', Role.Arn, 'A role']);

  for (const { kind, attach, detach, list } of KINDS) {
    const who = { [`${kind}Name`]: given[kind] };
    const code = kind === 'Role' ? 'DeleteConflict.Role.Policy' : `DeleteConflict.Policy.${kind}`; // as Terraform knows it
    await refused(Ram.DeletePolicy({ PolicyName: 'Shared', CascadingDelete: true }), 409, code);
    checkComplete(`Ram.${detach}`, await Ram[detach]({ ...who, ...custom('SHARED') }));
    await refused(Ram[detach]({ ...who, ...custom('Shared') }), 404, `EntityNotExist.${kind}.Policy`);
    assert.deepEqual(names(await Ram[list](who)), ['AliyunOSSReadOnlyAccess']);
  }
  const nobody = await Ram.ListEntitiesForPolicy(custom('Shared'));
  assert.deepEqual([nobody.Users, nobody.Groups, nobody.Roles], [{ User: [] }, { Group: [] }, { Role: [] }]);
  await Ram.DeletePolicy({ PolicyName: 'Shared' });
});

test('one list of both types, by name, in pages of every size', async () => {
  const made = ['-first', 'AliyunOSSFullAccess', 'aliyunvpcfullaccess-of-mine', 'Zz-last'];
  for (const PolicyName of made)
    await Ram.CreatePolicy({ PolicyName, PolicyDocument: document(), Tag: [{ Key: 'list', Value: PolicyName[0] }] });
  const all = await Ram.ListPolicies({ MaxItems: 1000 });
  checkComplete('Ram.ListPolicies', all, ['Marker']);
  const key = ({ PolicyName, PolicyType }) => `${PolicyName.toLowerCase()} ${PolicyType}`;
  assert.deepEqual(all.Policies.Policy.map(key), all.Policies.Policy.map(key).sort());
  assert.equal(all.Policies.Policy.length, POLICIES.length + made.length);
  for (const MaxItems of [1, 7, 50]) {
    const items = [];
    let Marker;
    do {
      const page = await Ram.ListPolicies(Marker ? { MaxItems, Marker } : { MaxItems });
      items.push(...page.Policies.Policy);
      assert.equal(page.IsTruncated, page.Marker !== undefined);
      ({ Marker } = page);
    } while (Marker);
    assert.deepEqual(items, all.Policies.Policy);
  }
  const tagged = async (Tag) => names(await Ram.ListPolicies({ Tag }));
  assert.deepEqual(await tagged([{ Key: 'list', Value: 'Z' }]), ['Zz-last']);
  assert.deepEqual(await tagged([{ Key: 'list' }]), made);
  assert.deepEqual(await tagged([{ Key: 'list', Value: 'x' }]), []);
  assert.deepEqual((await Ram.ListPolicies({ PolicyType: 'System', Tag: [{ Key: 'list' }] })).Policies, { Policy: [] });
  for (const PolicyName of made) await Ram.DeletePolicy({ PolicyName });
});

test('a change of the default version counts from the next call: 30 times', async () => {
  const PolicyName = 'moving',
    UserName = 'mover';
  await Ram.CreatePolicy({ PolicyName, PolicyDocument: document({ Action: 'ram:ListUsers' }) });
  await Ram.CreatePolicyVersion({ PolicyName, PolicyDocument: document({ Action: 'ram:ListGroups' }) });
  await Ram.CreateUser({ UserName });
  await Ram.AttachPolicyToUser({ UserName, ...custom(PolicyName) });
  const { AccessKey } = await Ram.CreateAccessKey({ UserName });
  const mover = clientsOf(server, { id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret });
  for (let i = 0; i < 30; i++) {
    await mover.Ram.ListUsers({ MaxItems: 1 });
    await refused(mover.Ram.ListGroups({ MaxItems: 1 }), 403, 'NoPermission');
    await Ram.SetDefaultPolicyVersion({ PolicyName, VersionId: 'v2' });
    await refused(mover.Ram.ListUsers({ MaxItems: 1 }), 403, 'NoPermission');
    await mover.Ram.ListGroups({ MaxItems: 1 });
    await Ram.SetDefaultPolicyVersion({ PolicyName, VersionId: 'v1' });
  }
});

test('rights over one policy and one user reach no other (T57)', async () => {
  for (const UserName of ['limited', 'bystander']) await Ram.CreateUser({ UserName });
  const PolicyName = 'only-this';
  await Ram.CreatePolicy({ PolicyName, PolicyDocument: document() });
  await Ram.CreatePolicy({ PolicyName: 'not-this', PolicyDocument: document() });
  const account = server.account.AccountId;
  await Ram.CreatePolicy({
    PolicyName: 'limits',
    PolicyDocument: document({
      Action: ['ram:AttachPolicyToUser', 'ram:CreatePolicyVersion', 'ram:UpdatePolicyDescription'],
      Resource: [`acs:ram::${account}:user/bystander`, `acs:ram::${account}:policy/${PolicyName}`],
    }),
  });
  await Ram.AttachPolicyToUser({ UserName: 'limited', ...custom('limits') });
  const { AccessKey } = await Ram.CreateAccessKey({ UserName: 'limited' });
  const { Ram: limited } = clientsOf(server, { id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret });
  await limited.AttachPolicyToUser({ UserName: 'bystander', ...custom(PolicyName) });
  await limited.UpdatePolicyDescription({ PolicyName, NewDescription: 'x' });
  for (const params of [
    { UserName: 'limited', ...custom(PolicyName) },
    { UserName: 'bystander', ...custom('not-this') },
    { UserName: 'bystander', ...custom('limits') },
    { UserName: 'bystander', ...system('AdministratorAccess') },
    { UserName: 'limited', ...system('AdministratorAccess') },
  ])
    await refused(limited.AttachPolicyToUser(params), 403, 'NoPermission');
  const PolicyDocument = document({ Action: '*' });
  await refused(limited.CreatePolicyVersion({ PolicyName: 'limits', PolicyDocument, SetAsDefault: true }), 403, 'NoPermission');
  await refused(limited.UpdatePolicyDescription({ PolicyName: 'limits', NewDescription: 'x' }), 403, 'NoPermission');
  await refused(limited.SetDefaultPolicyVersion({ PolicyName, VersionId: 'v1' }), 403, 'NoPermission');
  await refused(limited.DetachPolicyFromUser({ UserName: 'bystander', ...custom(PolicyName) }), 403, 'NoPermission');
});

test('the scope of the account may be spelt out, and no resource group is taken for it', async () => {
  const UserName = 'scoped',
    policy = system('AliyunRAMFullAccess'),
    ResourceGroupId = 'rg-aek2abcdefghijk';
  await Ram.CreateUser({ UserName });
  await refused(Ram.AttachPolicyToUser({ UserName, ResourceGroupId, ...policy }), 404, 'EntityNotExist.ResourceGroup');
  assert.deepEqual((await Ram.ListPoliciesForUser({ UserName })).Policies, { Policy: [] });
  await Ram.AttachPolicyToUser({ UserName, ResourceGroupId: '', ...policy });
  await refused(Ram.DetachPolicyFromUser({ UserName, ResourceGroupId, ...policy }), 404, 'EntityNotExist.ResourceGroup');
  await Ram.DetachPolicyFromUser({ UserName, ResourceGroupId: '', ...policy });
});

test('a document that is no policy is refused, and told what is wrong where', async () => {
  const padded = (n, pad) => {
    const text = document({ Sid: '' });
    return text.replace('"Sid":""', `"Sid":"${pad}${'a'.repeat(n - text.length - pad.length)}"`);
  };
  const bad = [
    ['{"Version":"1",\n"Statement":[}', /line 2/],
    ['[]', /./],
    [JSON.stringify({ Version: '2', Statement: [statement()] }), /Version/],
    [document({ Effect: 'allow' }), /Statement\[0\]\.Effect/],
    [document({ Action: undefined }), /Statement\[0\]/],
    [document({ NotAction: 'oss:Get*' }), /Statement\[0\]/],
    [document({ Resource: [] }), /Statement\[0\]\.Resource/],
    [document({ Principal: { RAM: ['*'] } }), /Principal/],
    [document({ Condition: { Sounds: { 'acs:SourceIp': 'x' } } }), /Sounds/],
    [document({ Condition: { IpAddress: { 'acs:SourceIp': ['10.0.0.0/8', 'x'] } } }), /acs:SourceIp\[1\]/],
  ];
  await Ram.CreatePolicy({ PolicyName: 'checked', PolicyDocument: document() });
  for (const [PolicyDocument, message] of bad) {
    for (const call of [
      () => Ram.CreatePolicy({ PolicyName: 'malformed', PolicyDocument }),
      () => Ram.CreatePolicyVersion({ PolicyName: 'checked', PolicyDocument, SetAsDefault: true }),
    ]) {
      const error = await refused(call(), 400, 'MalformedPolicyDocument');
      assert.match(error.Message, message, PolicyDocument);
    }
  }
  assert.equal(await versionsOf('checked'), 'v1*');
  // Characters count, not bytes; and the client puts them into the URL, where a slash takes three bytes and an umlaut six.
  for (const [PolicyName, pad] of [
    ['long-u', 'ü'.repeat(500)],
    ['long-s', '/'.repeat(6000)],
  ]) {
    const full = padded(6144, pad);
    assert.equal(full.length, 6144);
    const length = 'InvalidParameter.PolicyDocument.Length';
    await refused(Ram.CreatePolicy({ PolicyName, PolicyDocument: `${full} ` }), 400, length);
    await refused(Ram.CreatePolicyVersion({ PolicyName: 'checked', PolicyDocument: `${full} ` }), 400, length);
    await Ram.CreatePolicy({ PolicyName, PolicyDocument: full });
    assert.equal((await Ram.GetPolicy(custom(PolicyName))).DefaultPolicyVersion.PolicyDocument, full);
  }
});

test('the documented errors of policies and versions', async () => {
  const PolicyName = 'errors-policy',
    PolicyDocument = document();
  await Ram.CreatePolicy({ PolicyName, PolicyDocument });
  await refused(Ram.CreatePolicy({ PolicyName: 'ERRORS-policy', PolicyDocument }), 409, 'EntityAlreadyExists.Policy');
  const policy = custom(PolicyName);
  const all = {
    CreatePolicy: { PolicyDocument },
    GetPolicy: policy,
    UpdatePolicyDescription: { NewDescription: 'x' },
    DeletePolicy: {},
    CreatePolicyVersion: { PolicyDocument },
    GetPolicyVersion: { ...policy, VersionId: 'v1' },
    ListPolicyVersions: policy,
    SetDefaultPolicyVersion: { VersionId: 'v1' },
    DeletePolicyVersion: { VersionId: 'v1' },
    ListEntitiesForPolicy: policy,
  };
  for (const [action, params] of Object.entries(all)) {
    const call = (change) => Ram[action]({ PolicyName, ...params, ...change });
    for (const wrong of ['a b', 'a_b', 'a.b', 'ü'])
      await refused(call({ PolicyName: wrong }), 400, 'InvalidParameter.PolicyName.InvalidChars');
    await refused(call({ PolicyName: 'p'.repeat(129) }), 400, 'InvalidParameter.PolicyName.Length');
    await refused(call({ PolicyName: '' }), 400, 'MissingPolicyName');
    if (action !== 'CreatePolicy') await refused(call({ PolicyName: 'NoSuchPolicy' }), 404, 'EntityNotExist.Policy');
    if (params.PolicyType) {
      await refused(call({ PolicyType: 'custom' }), 400, 'InvalidParameter.PolicyType');
      await refused(call({ PolicyType: '' }), 400, 'MissingPolicyType');
      await refused(call({ PolicyType: 'System' }), 404, 'EntityNotExist.Policy');
    }
    if (params.VersionId) {
      for (const VersionId of ['1', 'V1', 'v', 'v0', 'v01', 'v-1', 'v1 ', 'latest'])
        await refused(call({ VersionId }), 400, 'InvalidParameter.VersionId.Format');
      await refused(call({ VersionId: 'v2' }), 404, 'EntityNotExist.Policy.Version');
      await refused(call({ VersionId: '' }), 400, 'MissingVersionId');
    }
  }
  const long = 'd'.repeat(1025);
  await refused(
    Ram.CreatePolicy({ PolicyName: 'long', PolicyDocument, Description: long }),
    400,
    'InvalidParameter.Description.Length',
  );
  await refused(
    Ram.UpdatePolicyDescription({ PolicyName, NewDescription: long }),
    400,
    'InvalidParameter.NewDescription.Length',
  );
  await refused(Ram.UpdatePolicyDescription({ PolicyName, NewDescription: '' }), 400, 'MissingNewDescription');
  await refused(
    Ram.CreatePolicyVersion({ PolicyName, PolicyDocument, RotateStrategy: 'Other' }),
    400,
    'InvalidParameter.RotateStrategy',
  );
  await refused(Ram.ListPolicies({ PolicyType: 'Other' }), 400, 'InvalidParameter.PolicyType');
  await refused(Ram.ListPolicies({ MaxItems: 0 }), 400, 'InvalidParameter.MaxItems.Range');
  await refused(Ram.ListPolicies({ MaxItems: 1001 }), 400, 'InvalidParameter.MaxItems.Range');
  await refused(Ram.ListPolicies({ Marker: 'forged' }), 400, 'InvalidParameter.Marker');
});

test('the documented errors of attachments', async () => {
  await Ram.CreateUser({ UserName: 'errors' });
  await Ram.CreateGroup({ GroupName: 'errors' });
  await createRole(Ram, 'errors');
  const policy = system('AliyunRAMFullAccess');
  for (const { kind, attach, detach, list } of KINDS) {
    const field = `${kind}Name`,
      who = { [field]: 'errors' };
    for (const action of [attach, detach]) {
      const call = (params) => Ram[action]({ ...who, ...policy, ...params });
      await refused(call({ PolicyName: 'a b' }), 400, 'InvalidParameter.PolicyName.InvalidChars');
      await refused(call({ PolicyName: 'p'.repeat(129) }), 400, 'InvalidParameter.PolicyName.Length');
      await refused(call({ PolicyName: '' }), 400, 'MissingPolicyName');
      await refused(call({ PolicyType: '' }), 400, 'MissingPolicyType');
      await refused(call({ PolicyType: 'system' }), 400, 'InvalidParameter.PolicyType');
      await refused(call({ PolicyName: 'NoSuchPolicy' }), 404, 'EntityNotExist.Policy');
      await refused(call({ PolicyType: 'Custom' }), 404, 'EntityNotExist.Policy');
      await refused(call({ [field]: 'nobody', PolicyName: 'NoSuchPolicy' }), 404, 'EntityNotExist.Policy');
    }
    for (const action of [attach, detach, list]) {
      const what = action.startsWith('List') ? {} : policy;
      await refused(Ram[action]({ ...what, [field]: 'nobody' }), 404, `EntityNotExist.${kind}`);
      await refused(Ram[action]({ ...what, [field]: 'no body' }), 400, `InvalidParameter.${field}.InvalidChars`);
      await refused(Ram[action]({ ...what, [field]: 'n'.repeat(65) }), 400, `InvalidParameter.${field}.Length`);
      await refused(Ram[action](what), 400, `Missing${field}`);
    }
    await refused(Ram[detach]({ ...who, ...policy }), 404, `EntityNotExist.${kind}.Policy`);
    await Ram[attach]({ ...who, ...policy });
    const again = { [field]: 'ERRORS', ...policy };
    await refused(Ram[attach](again), 409, `EntityAlreadyExists.${kind}.Policy`);
    await Ram[detach]({ ...who, ...policy });
    await refused(Ram[detach]({ ...who, ...policy }), 404, `EntityNotExist.${kind}.Policy`);
  }
});

test('the quotas hold: policies, versions, policies per principal, tags', async () => {
  const settings = {
    'policies-per-user': 2,
    'custom-policies-per-user': 1,
    'policies-per-account': 2,
    'versions-per-policy': 2,
    'tags-per-user': 1,
  };
  const small = await Server.start({ settings });
  try {
    const { Ram: ram } = clientsOf(small, small.key);
    const PolicyDocument = document();
    const Tag = [
      { Key: 'a', Value: '' },
      { Key: 'b', Value: '' },
    ];
    await refused(ram.CreatePolicy({ PolicyName: 'a', PolicyDocument, Tag }), 409, 'LimitExceeded.Policy.Tag');
    for (const PolicyName of ['a', 'b']) await ram.CreatePolicy({ PolicyName, PolicyDocument, Tag: Tag.slice(1) });
    await refused(ram.CreatePolicy({ PolicyName: 'c', PolicyDocument }), 409, 'LimitExceeded.Policy');
    await ram.CreatePolicyVersion({ PolicyName: 'a', PolicyDocument });
    await refused(ram.CreatePolicyVersion({ PolicyName: 'a', PolicyDocument }), 409, 'LimitExceeded.Policy.Version');
    await ram.CreateUser({ UserName: 'full' });
    await ram.CreateGroup({ GroupName: 'full' });
    await createRole(ram, 'full');
    for (const { kind, attach: action, list } of KINDS) {
      const attach = (policy) => ram[action]({ [`${kind}Name`]: 'full', ...policy });
      for (const name of POLICIES.slice(0, 2)) await attach(system(name));
      await refused(attach(system(POLICIES[2])), 409, `LimitExceeded.${kind}.Policy`);
      await attach(custom('a'));
      await refused(attach(custom('b')), 409, `LimitExceeded.${kind}.Policy`);
      assert.equal((await ram[list]({ [`${kind}Name`]: 'full' })).Policies.Policy.length, 3);
    }
  } finally {
    await small.stop();
  }
});

test('every action that this file claims was called', () => checkCovers(import.meta.url));
