// covers: Ram.AttachPolicyToUser Ram.DetachPolicyFromUser Ram.ListPoliciesForUser Ram.ListEntitiesForPolicy Ram.GetPolicy
// covers: Ram.ListPolicies
//
// System policies and their attachments to users.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { checkCovers, clientsOf } from './support/clients.mjs';
import { refused } from './support/refused.mjs';
import { Server } from './support/server.mjs';
import { checkComplete } from './support/shapes.mjs';

let server, Ram;
const POLICIES = ['AdministratorAccess', 'AliyunRAMFullAccess', 'AliyunRAMReadOnlyAccess'];
const system = (PolicyName) => ({ PolicyType: 'System', PolicyName });
const NO_TAGS = ['Policies.Policy[].Tags.Tag[].TagKey', 'Policies.Policy[].Tags.Tag[].TagValue'];

before(async () => {
  server = await Server.start();
  ({ Ram } = clientsOf(server, server.key));
});
after(() => server.stop());

test('the system policies are listed, in pages too', async () => {
  const list = await Ram.ListPolicies();
  checkComplete('Ram.ListPolicies', list, ['Marker', ...NO_TAGS]);
  assert.deepEqual(
    list.Policies.Policy.map((p) => p.PolicyName),
    POLICIES,
  );
  assert.ok(list.Policies.Policy.every((p) => p.PolicyType === 'System' && p.DefaultVersion === 'v1' && p.Description));
  assert.deepEqual(
    list.Policies.Policy.map((p) => p.AttachmentCount),
    [1, 0, 0],
  );
  assert.equal(list.IsTruncated, false);
  assert.deepEqual((await Ram.ListPolicies({ PolicyType: 'System' })).Policies, list.Policies);

  const first = await Ram.ListPolicies({ MaxItems: 2 });
  checkComplete('Ram.ListPolicies', first, NO_TAGS);
  assert.equal(first.IsTruncated, true);
  const second = await Ram.ListPolicies({ MaxItems: 2, Marker: first.Marker });
  assert.deepEqual([...first.Policies.Policy, ...second.Policies.Policy], list.Policies.Policy);
  assert.ok(!second.IsTruncated && second.Marker === undefined);
});

test('there are no custom policies, and none with tags', async () => {
  for (const params of [{ PolicyType: 'Custom' }, { Tag: [{ Key: 'k', Value: 'v' }] }]) {
    const list = await Ram.ListPolicies(params);
    assert.deepEqual(list.Policies, { Policy: [] });
    assert.equal(list.IsTruncated, false);
  }
});

test('GetPolicy answers every field, with a document that says what the policy allows', async () => {
  const actions = {
    AdministratorAccess: ['*'],
    AliyunRAMFullAccess: ['ims:*', 'ram:*'],
    AliyunRAMReadOnlyAccess: ['ims:Get*', 'ims:List*', 'ram:Get*', 'ram:List*'],
  };
  for (const name of POLICIES) {
    const got = await Ram.GetPolicy(system(name));
    checkComplete('Ram.GetPolicy', got);
    const { Policy, DefaultPolicyVersion: version } = got;
    assert.deepEqual([Policy.PolicyName, Policy.PolicyType, Policy.DefaultVersion], [name, 'System', version.VersionId]);
    assert.equal(version.IsDefaultVersion, true);
    assert.equal(version.PolicyDocument, Policy.PolicyDocument);
    const document = JSON.parse(version.PolicyDocument);
    assert.equal(document.Version, '1');
    assert.deepEqual(
      document.Statement.map((s) => [s.Effect, s.Resource]),
      [['Allow', '*']],
    );
    assert.deepEqual([document.Statement[0].Action].flat().sort(), actions[name]);
  }
});

test('a policy is attached, listed on both sides, and detached', async () => {
  const { User } = await Ram.CreateUser({ UserName: 'Alice', DisplayName: 'Alice A.' });
  assert.deepEqual((await Ram.ListPoliciesForUser({ UserName: 'alice' })).Policies, { Policy: [] });
  checkComplete(
    'Ram.AttachPolicyToUser',
    await Ram.AttachPolicyToUser({ UserName: 'alice', ...system('AliyunRAMReadOnlyAccess') }),
  );

  const mine = await Ram.ListPoliciesForUser({ UserName: 'ALICE' });
  checkComplete('Ram.ListPoliciesForUser', mine);
  const [policy] = mine.Policies.Policy;
  assert.deepEqual([policy.PolicyName, policy.PolicyType, policy.DefaultVersion], ['AliyunRAMReadOnlyAccess', 'System', 'v1']);
  assert.ok(Math.abs(Date.parse(policy.AttachDate) - Date.now()) < 300_000);

  const theirs = await Ram.ListEntitiesForPolicy(system('AliyunRAMReadOnlyAccess'));
  checkComplete(
    'Ram.ListEntitiesForPolicy',
    theirs,
    ['AttachDate', 'Comments', 'GroupName']
      .map((m) => `Groups.Group[].${m}`)
      .concat(['Arn', 'AttachDate', 'Description', 'RoleId', 'RoleName'].map((m) => `Roles.Role[].${m}`)),
  );
  assert.deepEqual(theirs.Users.User, [
    { UserId: User.UserId, UserName: 'Alice', DisplayName: 'Alice A.', AttachDate: policy.AttachDate },
  ]);
  assert.deepEqual([theirs.Groups, theirs.Roles], [{ Group: [] }, { Role: [] }]);
  assert.equal((await Ram.GetPolicy(system('AliyunRAMReadOnlyAccess'))).Policy.AttachmentCount, 1);

  checkComplete(
    'Ram.DetachPolicyFromUser',
    await Ram.DetachPolicyFromUser({ UserName: 'Alice', ...system('AliyunRAMReadOnlyAccess') }),
  );
  assert.deepEqual((await Ram.ListPoliciesForUser({ UserName: 'Alice' })).Policies, { Policy: [] });
  assert.deepEqual((await Ram.ListEntitiesForPolicy(system('AliyunRAMReadOnlyAccess'))).Users, { User: [] });
});

test('the scope of the account may be spelt out', async () => {
  await Ram.CreateUser({ UserName: 'scoped' });
  await Ram.AttachPolicyToUser({ UserName: 'scoped', ResourceGroupId: '', ...system('AliyunRAMFullAccess') });
  await Ram.DetachPolicyFromUser({ UserName: 'scoped', ResourceGroupId: '', ...system('AliyunRAMFullAccess') });
});

test('the documented errors', async () => {
  await Ram.CreateUser({ UserName: 'errors' });
  const UserName = 'errors',
    policy = system('AliyunRAMFullAccess');
  for (const action of ['AttachPolicyToUser', 'DetachPolicyFromUser', 'ListEntitiesForPolicy', 'GetPolicy']) {
    const who = action.endsWith('User') ? { UserName } : {};
    const call = (params) => Ram[action]({ ...who, ...policy, ...params });
    await refused(call({ PolicyName: 'a b' }), 400, 'InvalidParameter.PolicyName.InvalidChars');
    await refused(call({ PolicyName: 'a_b' }), 400, 'InvalidParameter.PolicyName.InvalidChars');
    await refused(call({ PolicyName: 'p'.repeat(129) }), 400, 'InvalidParameter.PolicyName.Length');
    await refused(call({ PolicyName: '' }), 400, 'MissingPolicyName');
    await refused(call({ PolicyType: '' }), 400, 'MissingPolicyType');
    await refused(call({ PolicyType: 'system' }), 400, 'InvalidParameter.PolicyType');
    await refused(call({ PolicyName: 'NoSuchPolicy' }), 404, 'EntityNotExist.Policy');
    await refused(call({ PolicyType: 'Custom' }), 404, 'EntityNotExist.Policy');
    await refused(call({ PolicyType: 'Custom', PolicyName: 'mine' }), 404, 'EntityNotExist.Policy');
  }
  for (const action of ['AttachPolicyToUser', 'DetachPolicyFromUser', 'ListPoliciesForUser']) {
    const what = action.startsWith('List') ? {} : policy;
    await refused(Ram[action]({ ...what, UserName: 'nobody' }), 404, 'EntityNotExist.User');
    await refused(Ram[action]({ ...what, UserName: 'no body' }), 400, 'InvalidParameter.UserName.InvalidChars');
    await refused(Ram[action]({ ...what, UserName: 'n'.repeat(65) }), 400, 'InvalidParameter.UserName.Length');
    await refused(Ram[action](what), 400, 'MissingUserName');
  }
  await refused(Ram.ListPolicies({ PolicyType: 'Other' }), 400, 'InvalidParameter.PolicyType');
  await refused(Ram.ListPolicies({ MaxItems: 0 }), 400, 'InvalidParameter.MaxItems.Range');
  await refused(Ram.ListPolicies({ MaxItems: 1001 }), 400, 'InvalidParameter.MaxItems.Range');
  await refused(Ram.ListPolicies({ Marker: 'forged' }), 400, 'InvalidParameter.Marker');

  await refused(Ram.DetachPolicyFromUser({ UserName, ...policy }), 404, 'EntityNotExist.User.Policy');
  await Ram.AttachPolicyToUser({ UserName, ...policy });
  await refused(Ram.AttachPolicyToUser({ UserName: 'ERRORS', ...policy }), 409, 'EntityAlreadyExists.User.Policy');
  await Ram.DetachPolicyFromUser({ UserName, ...policy });
  await refused(Ram.DetachPolicyFromUser({ UserName, ...policy }), 404, 'EntityNotExist.User.Policy');
});

test('the quota of policies per user holds', async () => {
  const small = await Server.start({ settings: { 'policies-per-user': 2 } });
  try {
    const { Ram: ram } = clientsOf(small, small.key);
    await ram.CreateUser({ UserName: 'full' });
    for (const name of POLICIES.slice(0, 2)) await ram.AttachPolicyToUser({ UserName: 'full', ...system(name) });
    await refused(ram.AttachPolicyToUser({ UserName: 'full', ...system(POLICIES[2]) }), 409, 'LimitExceeded.User.Policy');
    assert.equal((await ram.ListPoliciesForUser({ UserName: 'full' })).Policies.Policy.length, 2);
  } finally {
    await small.stop();
  }
});

test('every action that this file claims was called', () => checkCovers(import.meta.url));
