// covers: Ims.CreateUser Ims.GetUser Ims.UpdateUser Ims.DeleteUser Ims.ListUsers Ims.ListUserBasicInfos Ims.ListGroupsForUser
// covers: Ims.CreateGroup Ims.GetGroup Ims.ListGroups Ims.UpdateGroup Ims.DeleteGroup Ims.AddUserToGroup
// covers: Ims.RemoveUserFromGroup Ims.ListUsersForGroup Ram.RemoveUserFromGroup Ram.ListUsersForGroup
// covers: Ram.CreateGroup Ram.GetGroup Ram.ListGroups Ram.UpdateGroup Ram.DeleteGroup Ram.AddUserToGroup
// covers: Ims.TagResources Ims.UntagResources Ims.ListTagResources Ims.GetDefaultDomain Ims.SetDefaultDomain
// covers: Ims.ListUsersInRecycleBin Ims.GetUserInRecycleBin Ims.RestoreUserFromRecycleBin Ims.DeleteUserInRecycleBin
// covers: Ims.ListAccessKeysInRecycleBin Ims.GetAccessKeyInfoInRecycleBin Ims.RestoreAccessKeyFromRecycleBin
// covers: Ims.DeleteAccessKeyInRecycleBin
// covers: Ims.CreateAccessKey Ims.ListAccessKeys Ims.UpdateAccessKey Ims.DeleteAccessKey Ims.GetAccessKeyLastUsed
// covers: Ram.CreateUser Ram.GetUser Ram.UpdateUser Ram.DeleteUser Ram.ListUsers Ram.ListGroupsForUser
// covers: Ram.CreateAccessKey Ram.ListAccessKeys Ram.UpdateAccessKey Ram.DeleteAccessKey Ram.GetAccessKeyLastUsed
// covers: Ram.SetAccountAlias Ram.GetAccountAlias Ram.ClearAccountAlias Ram.GetPolicy Ram.ListPolicies
// covers: Ram.AttachPolicyToUser Ram.DetachPolicyFromUser Ram.ListPoliciesForUser Ram.ListEntitiesForPolicy
// covers: Ims.CreateLoginProfile Ims.GetLoginProfile Ims.UpdateLoginProfile Ims.DeleteLoginProfile
// covers: Ims.SetPasswordPolicy Ims.GetPasswordPolicy Ims.SetSecurityPreference Ims.GetSecurityPreference
// covers: Ram.CreateLoginProfile Ram.GetLoginProfile Ram.UpdateLoginProfile Ram.DeleteLoginProfile
// covers: Ram.SetPasswordPolicy Ram.GetPasswordPolicy Ram.SetSecurityPreference Ram.GetSecurityPreference
// covers: Argali.CreateSignInLink
// covers: Ram.AttachPolicyToGroup Ram.DetachPolicyFromGroup Ram.ListPoliciesForGroup
// covers: Ram.AttachPolicyToRole Ram.DetachPolicyFromRole Ram.ListPoliciesForRole
// covers: Ram.CreatePolicy Ram.UpdatePolicyDescription Ram.DeletePolicy Ram.CreatePolicyVersion Ram.GetPolicyVersion
// covers: Ram.ListPolicyVersions Ram.SetDefaultPolicyVersion Ram.DeletePolicyVersion
// covers: Ram.CreateRole Ram.GetRole Ram.ListRoles Ram.UpdateRole Ram.DeleteRole Ram.TagResources Ram.UntagResources
// covers: Ram.ListTagResources Argali.RevokeRoleSessions Argali.ExplainDecision
// covers: Argali.CreateVerifier Argali.ListVerifiers Argali.DeleteVerifier
// covers: Ram.DecodeDiagnosticMessage Sts.GetCallerIdentity
//
// Who may do what: every action that is implemented, called by each kind of caller.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { checkCovers, clientsOf, popCore } from './support/clients.mjs';
import { refused } from './support/refused.mjs';
import { Server, keyOf } from './support/server.mjs';
import { implemented, products } from './support/shapes.mjs';
import { signAcs3 } from './support/sign.mjs';
import { stateOf } from './support/state.mjs';
import { Wire } from './support/wire.mjs';

let server, admin, root, domain, account, victim, message;
const upn = (name) => `${name}@${domain}`;
const system = (PolicyName) => ({ PolicyType: 'System', PolicyName });
const custom = (PolicyName) => ({ PolicyType: 'Custom', PolicyName });
const PolicyDocument = JSON.stringify({ Version: '1', Statement: [{ Effect: 'Allow', Action: 'oss:*', Resource: '*' }] });

/** A policy that trusts every identity of the account. */
function trust() {
  const Principal = { RAM: [`acs:ram::${account.AccountId}:root`] };
  return JSON.stringify({ Version: '1', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }] });
}

before(async () => {
  server = await Server.start();
  account = server.createAccount({ 'root-access-key': true });
  root = clientsOf(server, keyOf(account));
  domain = (await root.Ims.GetDefaultDomain()).DefaultDomainName;
  while ((await root.Ims.GenerateCredentialReport()).State !== 'COMPLETED') await sleep(200);
  admin = await newCaller('boss', 'AdministratorAccess');
  const { User } = await root.Ims.CreateUser({
    UserPrincipalName: upn('victim'),
    DisplayName: 'Victim',
    Tag: [{ Key: 'k', Value: 'v' }],
  });
  await root.Ram.CreateLoginProfile({ UserName: 'victim', Password });
  await root.Ram.CreateUser({ UserName: 'bare' });
  const { AccessKey } = await root.Ram.CreateAccessKey({ UserName: 'victim' });
  server.hideSecret(AccessKey.AccessKeySecret);
  victim = { id: User.UserId, key: AccessKey.AccessKeyId };
  const { User: gone } = await root.Ram.CreateUser({ UserName: 'gone' });
  const { AccessKey: goneKey } = await root.Ram.CreateAccessKey({ UserName: 'gone' });
  server.hideSecret(goneKey.AccessKeySecret);
  await root.Ims.DeleteUser({ UserId: gone.UserId });
  Object.assign(victim, { gone: gone.UserId, goneKey: goneKey.AccessKeyId });
  await root.Ram.CreateGroup({ GroupName: 'victims' });
  await root.Ram.CreatePolicy({ PolicyName: 'victim-policy', PolicyDocument });
  await root.Ram.CreateRole({ RoleName: 'victim-role', AssumeRolePolicyDocument: trust() });
  const { AccessDeniedDetail } = await refused((await newCaller('denied')).Ram.ListUsers(), 403, 'NoPermission');
  message = AccessDeniedDetail.EncodedDiagnosticMessage;
});
after(() => server.stop());

/** A user with one AccessKey and at most one policy; its clients. */
async function newCaller(UserName, policy) {
  await root.Ram.CreateUser({ UserName });
  if (policy) await root.Ram.AttachPolicyToUser({ UserName, ...system(policy) });
  const { AccessKey } = await root.Ram.CreateAccessKey({ UserName });
  return { name: UserName, ...clientsOf(server, { id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret }) };
}

const Password = 'Tr0ub4dor&3x';
const MADE = 'the AccessKey that the table made last';
const GONE = 'the user that the table deleted last';
const AccessKeyPolicy = JSON.stringify({ Status: 'Inactive', Statements: [] });

/** For every action, parameters with which it succeeds for root; what writes puts things back in the order of the list. */
const calls = () => [
  ['Ims.CreateUser', { UserPrincipalName: upn('made-ims'), DisplayName: 'x' }],
  ['Ims.GetUser', { UserPrincipalName: upn('victim') }],
  ['Ims.UpdateUser', { UserId: victim.id, NewComments: 'changed' }],
  ['Ims.DeleteUser', { UserPrincipalName: upn('made-ims') }],
  ['Ims.ListUsersInRecycleBin', {}],
  ['Ims.GetUserInRecycleBin', { UserId: victim.gone }],
  ['Ims.RestoreUserFromRecycleBin', { UserId: GONE }],
  ['Ims.ListUsers', {}],
  ['Ims.ListUserBasicInfos', {}],
  ['Ims.TagResources', { ResourceType: 'user', ResourceId: [victim.id], Tag: [{ Key: 'new', Value: 'v' }] }],
  ['Ims.UntagResources', { ResourceType: 'user', ResourceId: [victim.id], TagKey: ['new'] }],
  ['Ims.ListTagResources', { ResourceType: 'user' }],
  ['Ims.ListGroupsForUser', { UserPrincipalName: upn('victim') }],
  ['Ims.CreateGroup', { GroupName: 'made-ims', DisplayName: 'x' }],
  ['Ims.GetGroup', { GroupName: 'victims' }],
  ['Ims.UpdateGroup', { GroupName: 'victims', NewComments: 'made-ims' }],
  ['Ims.ListGroups', {}],
  ['Ims.AddUserToGroup', { GroupName: 'victims', UserPrincipalName: upn('victim') }],
  ['Ims.ListUsersForGroup', { GroupName: 'victims' }],
  ['Ims.RemoveUserFromGroup', { GroupName: 'victims', UserPrincipalName: upn('victim') }],
  ['Ims.DeleteGroup', { GroupName: 'made-ims' }],
  ['Ims.CreateAccessKey', { UserPrincipalName: upn('victim') }],
  ['Ims.ListAccessKeys', { UserPrincipalName: upn('victim') }],
  ['Ims.UpdateAccessKey', { UserPrincipalName: upn('victim'), UserAccessKeyId: victim.key, Status: 'Inactive' }],
  ['Ims.GetAccessKeyLastUsed', { UserPrincipalName: upn('victim'), UserAccessKeyId: victim.key }],
  ['Ims.DeleteAccessKey', { UserPrincipalName: upn('victim'), UserAccessKeyId: MADE }],
  ['Ims.ListAccessKeysInRecycleBin', { UserId: victim.id }],
  ['Ims.GetAccessKeyInfoInRecycleBin', { UserAccessKeyId: victim.goneKey }],
  ['Ims.RestoreAccessKeyFromRecycleBin', { UserId: victim.id, UserAccessKeyId: MADE }],
  ['Ims.SetAccessKeyPolicy', { UserPrincipalName: upn('victim'), UserAccessKeyId: victim.key, AccessKeyPolicy }],
  ['Ims.GetAccessKeyPolicy', { UserPrincipalName: upn('victim'), UserAccessKeyId: victim.key }],
  ['Ims.SetAccessKeyPolicyForAccount', { AccessKeyPolicy }],
  ['Ims.GetAccessKeyPolicyForAccount', {}],
  ['Ims.CreateLoginProfile', { UserPrincipalName: upn('bare') }],
  ['Ims.GetLoginProfile', { UserPrincipalName: upn('victim') }],
  ['Ims.UpdateLoginProfile', { UserPrincipalName: upn('victim'), Password }],
  ['Ims.DeleteLoginProfile', { UserPrincipalName: upn('bare') }],
  ['Ims.SetPasswordPolicy', { MinimumPasswordLength: 8 }],
  ['Ims.GetPasswordPolicy', {}],
  ['Ims.SetSecurityPreference', { LoginSessionDuration: 6 }],
  ['Ims.GetSecurityPreference', {}],
  ['Ram.CreateLoginProfile', { UserName: 'bare', Password }],
  ['Ram.GetLoginProfile', { UserName: 'victim' }],
  ['Ram.UpdateLoginProfile', { UserName: 'victim', MFABindRequired: false }],
  ['Ram.DeleteLoginProfile', { UserName: 'bare' }],
  ['Ram.SetPasswordPolicy', { MinimumPasswordLength: 8 }],
  ['Ram.GetPasswordPolicy', {}],
  ['Ram.SetSecurityPreference', { LoginSessionDuration: 6 }],
  ['Ram.GetSecurityPreference', {}],
  ['Argali.CreateSignInLink', { UserName: 'victim' }],
  ['Ims.SetDefaultDomain', { DefaultDomainName: domain }],
  ['Ims.GetDefaultDomain', {}],
  ['Ims.GetAccountSummary', {}],
  ['Ims.GenerateCredentialReport', {}],
  ['Ims.GetCredentialReport', {}],
  ['Ram.CreateUser', { UserName: 'made-ram' }],
  ['Ram.GetUser', { UserName: 'victim' }],
  ['Ram.UpdateUser', { UserName: 'victim', NewComments: 'again' }],
  ['Ram.DeleteUser', { UserName: 'made-ims' }],
  ['Ims.DeleteUserInRecycleBin', { UserId: GONE }],
  ['Ram.ListUsers', {}],
  ['Ram.ListGroupsForUser', { UserName: 'victim' }],
  ['Ram.CreateGroup', { GroupName: 'made-ram' }],
  ['Ram.GetGroup', { GroupName: 'victims' }],
  ['Ram.UpdateGroup', { GroupName: 'victims', NewComments: 'made-ram' }],
  ['Ram.ListGroups', {}],
  ['Ram.AddUserToGroup', { GroupName: 'victims', UserName: 'victim' }],
  ['Ram.ListUsersForGroup', { GroupName: 'victims' }],
  ['Ram.RemoveUserFromGroup', { GroupName: 'victims', UserName: 'victim' }],
  ['Ram.DeleteGroup', { GroupName: 'made-ram' }],
  ['Ram.ListAccessKeys', { UserName: 'victim' }],
  ['Ram.UpdateAccessKey', { UserName: 'victim', UserAccessKeyId: victim.key, Status: 'Active' }],
  ['Ram.GetAccessKeyLastUsed', { UserName: 'victim', UserAccessKeyId: victim.key }],
  ['Ram.DeleteAccessKey', { UserName: 'victim', UserAccessKeyId: MADE }],
  ['Ims.DeleteAccessKeyInRecycleBin', { UserId: victim.id, UserAccessKeyId: MADE }],
  ['Ram.CreateAccessKey', { UserName: 'victim' }],
  ['Ram.SetAccountAlias', { AccountAlias: domain.split('.')[0] }],
  ['Ram.GetAccountAlias', {}],
  ['Ram.ClearAccountAlias', {}],
  ['Ram.AttachPolicyToUser', { UserName: 'victim', ...system('AliyunRAMReadOnlyAccess') }],
  ['Ram.ListPoliciesForUser', { UserName: 'victim' }],
  ['Ram.DetachPolicyFromUser', { UserName: 'victim', ...system('AliyunRAMReadOnlyAccess') }],
  ['Ram.AttachPolicyToGroup', { GroupName: 'victims', ...custom('victim-policy') }],
  ['Ram.ListPoliciesForGroup', { GroupName: 'victims' }],
  ['Ram.DetachPolicyFromGroup', { GroupName: 'victims', ...custom('victim-policy') }],
  ['Ram.AttachPolicyToRole', { RoleName: 'victim-role', ...system('AliyunRAMReadOnlyAccess') }],
  ['Ram.ListPoliciesForRole', { RoleName: 'victim-role' }],
  ['Ram.DetachPolicyFromRole', { RoleName: 'victim-role', ...system('AliyunRAMReadOnlyAccess') }],
  ['Ram.ListEntitiesForPolicy', system('AdministratorAccess')],
  ['Ram.GetPolicy', system('AdministratorAccess')],
  ['Ram.ListPolicies', {}],
  ['Ram.CreatePolicy', { PolicyName: 'made-policy', PolicyDocument }],
  ['Ram.UpdatePolicyDescription', { PolicyName: 'made-policy', NewDescription: 'x' }],
  ['Ram.CreatePolicyVersion', { PolicyName: 'made-policy', PolicyDocument }],
  ['Ram.GetPolicyVersion', { ...custom('victim-policy'), VersionId: 'v1' }],
  ['Ram.ListPolicyVersions', custom('victim-policy')],
  ['Ram.SetDefaultPolicyVersion', { PolicyName: 'made-policy', VersionId: 'v2' }],
  ['Ram.DeletePolicyVersion', { PolicyName: 'made-policy', VersionId: 'v1' }],
  ['Ram.DeletePolicy', { PolicyName: 'made-policy' }],
  ['Ram.CreateRole', { RoleName: 'made-role', AssumeRolePolicyDocument: trust() }],
  ['Ram.GetRole', { RoleName: 'victim-role' }],
  ['Ram.UpdateRole', { RoleName: 'victim-role', NewDescription: 'made-role' }],
  ['Ram.ListRoles', {}],
  ['Ram.TagResources', { ResourceType: 'role', ResourceNames: ['victim-role'], Tag: [{ Key: 'new', Value: 'v' }] }],
  ['Ram.ListTagResources', { ResourceType: 'role' }],
  ['Ram.UntagResources', { ResourceType: 'role', ResourceNames: ['victim-role'], TagKeys: ['new'] }],
  ['Ram.DecodeDiagnosticMessage', { EncodedDiagnosticMessage: message }],
  ['Argali.RevokeRoleSessions', { RoleName: 'victim-role' }],
  [
    'Argali.ExplainDecision',
    { UserName: 'victim', ActionName: 'ram:GetUser', Resource: `acs:ram::${account.AccountId}:user/victim` },
  ],
  ['Argali.CreateVerifier', { VerifierName: 'made-verifier', Hosts: ['files.example.com'] }],
  ['Argali.ListVerifiers', {}],
  ['Argali.DeleteVerifier', { VerifierName: 'made-verifier' }],
  ['Ram.DeleteRole', { RoleName: 'made-role' }],
];

function filled(params) {
  const { UserAccessKeyId: key, UserId: user } = params;
  if (key === MADE) return { ...params, UserAccessKeyId: victim.made ?? victim.key };
  return user === GONE ? { ...params, UserId: victim.madeUser ?? victim.gone } : params;
}

/** No package knows the actions on network policies yet. */
const caller = (clients, product, action) =>
  /^[SG]etAccessKeyPolicy/.test(action)
    ? (params) => popCore(server, clients.key, product, { method: 'POST' })(action, params)
    : clients[product][action];

async function run(clients, [name, params]) {
  const [product, action] = name.split('.');
  const answer = await caller(clients, product, action)(filled(params));
  if (answer.AccessKey?.AccessKeySecret) {
    server.hideSecret(answer.AccessKey.AccessKeySecret);
    victim.made = answer.AccessKey.AccessKeyId;
  }
  if (name === 'Ims.CreateUser') victim.madeUser = answer.User.UserId;
  if (name === 'Ram.CreateUser') await root.Ram.DeleteUser(params); // the one that IMS made is restored and deleted in its place
  if (name === 'Ram.CreateAccessKey') await root.Ram.DeleteAccessKey({ ...params, UserAccessKeyId: victim.made });
  server.hideSecret(answer.VerifierToken);
  if (answer.Url) server.hideSecret(answer.Url);
  return answer;
}

async function refusedAll(clients, name, which) {
  const before = await stateOf(root);
  for (const call of calls().filter(([action]) => which(action))) {
    const { AccessDeniedDetail: detail, ...error } = await refused(run(clients, call), 403, 'NoPermission');
    const { EncodedDiagnosticMessage: sealed, ...told } = detail;
    assert.match(sealed, /^[A-Za-z0-9_-]{64,}$/);
    assert.deepEqual(
      told,
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

/** What RAM's own list says that each action is authorized on; every one of them has to be allowed. */
function resourcesOf([name, params]) {
  const action = name.split('.')[1];
  const own = (kind) => (thing) => `acs:ram:*:${account.AccountId}:${kind}/${thing}`;
  const [user, group, role] = [own('user'), own('group'), own('role')];
  const policy = (thing) => (params.PolicyType === 'System' ? `acs:ram:*:system:policy/${thing}` : own('policy')(thing));
  const userName = params.UserName ?? params.UserPrincipalName?.split('@')[0] ?? (params.UserId && 'victim');
  if (/^(CreateUser|ListUsers|ListUserBasicInfos)$/.test(action)) return [user('*')];
  if (/^(CreateGroup|ListGroups)$/.test(action)) return [group('*')];
  if (/^(CreateRole|ListRoles)$/.test(action)) return [role('*')];
  if (/^(CreatePolicy|ListPolicies)$/.test(action)) return [policy('*')];
  if (/^(Untag|Tag|ListTag)Resources$/.test(action))
    return [name.startsWith('Ims') ? user(params.ResourceId ? 'victim' : '*') : role(params.ResourceNames?.[0] ?? '*')];
  if (/InRecycleBin$/.test(action) && !/AccessKeys?InRecycleBin$|AccessKeyFrom/.test(action)) return [user('*')];
  if (/RestoreUserFromRecycleBin|GetAccessKeyInfoInRecycleBin/.test(action)) return [user('*')];
  if (/PasswordPolicy|SecurityPreference|AccountSummary|CredentialReport|PolicyForAccount/.test(action))
    return [`acs:ram:*:${account.AccountId}:*`];
  if (/AccountAlias|DefaultDomain|Verifier|DecodeDiagnosticMessage/.test(action)) return [`acs:ram:*:${account.AccountId}:*`];
  return [
    ...(userName ? [user(userName)] : []),
    ...(params.GroupName ? [group(params.GroupName)] : []),
    ...(params.RoleName ? [role(params.RoleName)] : []),
    ...(params.PolicyName ? [policy(params.PolicyName)] : []),
  ];
}

const document = (...Statement) => JSON.stringify({ Version: '1', Statement });
const rightOf = (call, Effect = 'Allow') => ({
  Effect,
  Action: `ram:${call[0].split('.')[1]}`,
  Resource: resourcesOf(call),
});

/** A user whose one policy is changed for every call. */
async function newCallerWithPolicy(UserName) {
  const caller = await newCaller(UserName);
  const PolicyName = `of-${UserName}`;
  await root.Ram.CreatePolicy({ PolicyName, PolicyDocument });
  await root.Ram.AttachPolicyToUser({ UserName, ...custom(PolicyName) });
  const may = (text) =>
    root.Ram.CreatePolicyVersion({
      PolicyName,
      PolicyDocument: text,
      SetAsDefault: true,
      RotateStrategy: 'DeleteOldestNonDefaultVersionWhenLimitExceeded',
    });
  return { ...caller, may };
}

const reads = (name) => /\.(Get|List|Decode|Explain)/.test(name);
const all = () => true;

test('the table has every action but those of STS and the change of one\'s own password', () => {
  const others = ['Ims.ChangePassword', 'Ram.ChangePassword', 'Sts.AssumeRole', 'Sts.GetCallerIdentity'];
  assert.deepEqual([...calls().map(([name]) => name), ...others].sort(), implemented().sort());
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

test('a user with exactly the right may do that, and with any part of it missing may not', async () => {
  const exact = await newCallerWithPolicy('exact');
  for (const call of calls()) {
    const right = rightOf(call);
    const others = calls().filter(([name]) => name.split('.')[1] !== call[0].split('.')[1]);
    await exact.may(document({ ...right, Action: others.map(([name]) => `ram:${name.split('.')[1]}`).slice(0, 80) }));
    await refused(run(exact, call), 403, 'NoPermission');
    for (let i = 0; i < right.Resource.length; i++) {
      const rest = right.Resource.filter((_, k) => k !== i);
      await exact.may(document({ ...right, Resource: [...rest, right.Resource[i].replace(/\*?$/, 'x')] }));
      await refused(run(exact, call), 403, 'NoPermission');
    }
    await exact.may(document(right));
    await run(exact, call);
  }
});

test('a deny of exactly that stands above every allow, and its message says which policy it was', async () => {
  const bound = await newCallerWithPolicy('bound');
  await root.Ram.AttachPolicyToUser({ UserName: 'bound', ...system('AdministratorAccess') });
  const before = await stateOf(root);
  for (const call of calls()) {
    await bound.may(document(rightOf(call, 'Deny')));
    const { AccessDeniedDetail: detail } = await refused(run(bound, call), 403, 'NoPermission');
    assert.equal(detail.NoPermissionType, 'ExplicitDeny');
    const { DecodedDiagnosticMessage: why } = await root.Ram.DecodeDiagnosticMessage({
      EncodedDiagnosticMessage: detail.EncodedDiagnosticMessage,
    });
    assert.equal(why.AuthAction, `ram:${call[0].split('.')[1]}`);
    assert.equal(why.ExplicitDeny, true);
    assert.equal(why.AuthPrincipal.AuthPrincipalDisplayName, 'bound');
    const [matched] = why.MatchedPolicies;
    assert.deepEqual([matched.PolicyIdentifier, matched.PolicyType, matched.Effect], ['of-bound', 'Custom', 'Deny']);
    assert.equal(matched.AttachedEntityType, 'RamUser');
  }
  await bound.may(PolicyDocument);
  const after = await stateOf(root);
  for (const state of [before, after])
    for (const of of [state, ...state.users]) of.policies = of.policies.filter((policy) => policy.PolicyName !== 'of-bound');
  assert.deepEqual(after, before, 'a denied call wrote something');
});

test('only the account that it is about reads a diagnostic message', async () => {
  const stranger = clientsOf(server, server.key);
  const code = 'InvalidParameter.EncodedDiagnosticMessage';
  await refused(stranger.Ram.DecodeDiagnosticMessage({ EncodedDiagnosticMessage: message }), 400, code);
  const flipped = (message[40] === 'A' ? 'B' : 'A') + message.slice(41);
  const EncodedDiagnosticMessage = message.slice(0, 40) + flipped;
  await refused(root.Ram.DecodeDiagnosticMessage({ EncodedDiagnosticMessage }), 400, code);
});

test('every action of the catalogue refuses whom nothing proves, and a user without rights', async () => {
  const wire = new Wire(server.host);
  const nobody = await newCaller('powerless');
  const anonymous = ['AssumeRoleWithSAML', 'AssumeRoleWithOIDC'];
  const done = new Set(implemented());
  const before = await stateOf(root);
  let count = 0;
  for (const [product, { version, actions }] of Object.entries(products)) {
    for (const action of Object.keys(actions)) {
      const query = `Action=${action}&Version=${version}&Format=JSON`;
      const unsigned = await wire.send({ method: 'POST', target: `/?${query}`, headers: [['Host', server.host]] });
      const want = anonymous.includes(action) ? 'NotImplemented' : 'MissingAccessKeyId';
      assert.equal(`${unsigned.status} ${unsigned.body.Code}`, `400 ${want}`, action);
      const plain = Object.fromEntries(
        Object.entries(filled(calls().find(([name]) => name === `${product}.${action}`)?.[1] ?? {})).filter(
          ([, value]) => typeof value === 'string',
        ),
      );
      const signed = signAcs3(server.host, nobody.key, { action, version, query: plain });
      const { status, body } = await wire.send(signed);
      if (action === 'GetCallerIdentity') assert.equal(status, 200);
      else if (!done.has(`${product}.${action}`)) assert.equal(`${status} ${body.Code}`, '400 NotImplemented', action);
      else assert.ok(['NoPermission', 'MissingRoleArn'].includes(body.Code) || /^Missing/.test(body.Code), `${action}: ${body.Code}`);
      count++;
    }
  }
  assert.ok(count > 175);
  assert.deepEqual(await stateOf(root), before, 'a refused call wrote something');
  wire.close();
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

/** What a parameter names; where an action has more than one, the first of these is looked for first. */
const NAMED = {
  PolicyName: 'Policy',
  GroupName: 'Group',
  UserName: 'User',
  UserPrincipalName: 'User',
  UserId: 'User',
  ResourceId: 'User',
  RoleName: 'Role',
  ResourceNames: 'Role',
};

test('every action times another account is out of reach (T56)', async () => {
  const stranger = clientsOf(server, server.key); // administrator of the server's first account
  const theirs = await stateOf(root);
  for (const [name, params] of calls()) {
    const isCustom = 'PolicyName' in params && params.PolicyType !== 'System'; // a policy is looked for before all else
    const named = isCustom ? 'PolicyName' : Object.keys(NAMED).find((field) => field in params && field !== 'PolicyName');
    if (!named || /^Ram\.Create(User|Group|Policy|Role)$|^Ims\.CreateGroup$/.test(name)) continue;
    const [product, action] = name.split('.');
    const [status, code] =
      name === 'Ims.CreateUser' ? [400, 'InvalidParameter.UserPrincipalName.Format'] : [404, `EntityNotExist.${NAMED[named]}`];
    await refused(caller(stranger, product, action)(filled(params)), status, code);
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
