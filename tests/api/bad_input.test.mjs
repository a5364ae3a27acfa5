// covers: Ims.ListUsers Ims.ListAccessKeys Ims.GetDefaultDomain Ram.ListPoliciesForUser Ram.GetAccountAlias
//
// Bad input: every parameter of every action that is implemented, in every way that documents forbid. It gets its documented
// code, and nothing is written. What they allow (an optional parameter left out, an empty one) works.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { checkCovers, clientsOf } from './support/clients.mjs';
import { leaveOut, mutationsOf, optionalFields, sendEmpty } from './support/mutations.mjs';
import { refused } from './support/refused.mjs';
import { Server, keyOf } from './support/server.mjs';
import { checkConforms, fieldsOf, implemented, shapeOf } from './support/shapes.mjs';
import { signAcs3, signV1 } from './support/sign.mjs';
import { stateOf } from './support/state.mjs';
import { Wire } from './support/wire.mjs';

let server, admin, other, wire, domain, theirs, powerless;
let count = 0;
const fresh = () => `u${++count}`;
const upn = (name) => `${name}@${domain}`;
const SYSTEM = { PolicyType: 'System', PolicyName: 'AliyunRAMReadOnlyAccess' };
const FIELDS = { DisplayName: 'A name', Comments: 'Comments', Email: 'a@example.org', MobilePhone: '86-139' };
const NEW_FIELDS = Object.fromEntries(Object.entries(FIELDS).map(([name, value]) => [`New${name}`, value]));
const DOCUMENT = JSON.stringify({ Version: '1', Statement: [{ Effect: 'Allow', Action: 'oss:*', Resource: '*' }] });
const TAG = { 'Tag.1.Key': 'k', 'Tag.1.Value': 'v' };

before(async () => {
  server = await Server.start();
  admin = clientsOf(server, server.key);
  wire = new Wire(server.host);
  domain = (await admin.Ims.GetDefaultDomain()).DefaultDomainName;
  while ((await admin.Ims.GenerateCredentialReport()).State !== 'COMPLETED') await sleep(200);
  const account = server.createAccount({ 'account-alias': 'other-account' });
  other = clientsOf(server, keyOf(account));
  const { User } = await other.Ims.CreateUser({
    UserPrincipalName: 'theirs@other-account',
    DisplayName: 'Theirs',
    Tag: [{ Key: 'k', Value: 'v' }],
  });
  await other.Ram.CreateGroup({ GroupName: 'theirs' });
  await other.Ram.CreatePolicy({ PolicyName: 'theirs', PolicyDocument: DOCUMENT });
  await other.Ram.CreateRole({ RoleName: 'theirs', AssumeRolePolicyDocument: trust() });
  const { Marker } = await other.Ram.ListUsers({ MaxItems: 1 });
  const nobody = await newUser();
  const { AccessKey } = await admin.Ram.CreateAccessKey({ UserName: nobody.name });
  powerless = clientsOf(server, { id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret });
  theirs = { User, key: account.AccessKeyId, Marker, alias: 'other-account', account };
});
after(() => {
  wire.close();
  return server.stop();
});

async function newUser() {
  const { User } = await admin.Ims.CreateUser({
    UserPrincipalName: upn(fresh()),
    ...FIELDS,
    Tag: [{ Key: 'k', Value: 'v' }],
  });
  return { id: User.UserId, name: User.UserPrincipalName.split('@')[0], upn: User.UserPrincipalName };
}

async function newUserWithKey() {
  const user = await newUser();
  const { AccessKey } = await admin.Ram.CreateAccessKey({ UserName: user.name });
  server.hideSecret(AccessKey.AccessKeySecret);
  return { ...user, key: AccessKey.AccessKeyId };
}

async function newGroup(...members) {
  const { Group } = await admin.Ims.CreateGroup({ GroupName: fresh(), DisplayName: 'A name', Comments: 'Comments' });
  for (const { name: UserName } of members) await admin.Ram.AddUserToGroup({ GroupName: Group.GroupName, UserName });
  return Group.GroupName;
}

const roleArn = (name, { AccountId } = server.account) => `acs:ram::${AccountId}:role/${name}`;

/** A policy that trusts every identity of this account. */
function trust() {
  const Principal = { RAM: [`acs:ram::${server.account.AccountId}:root`] };
  return JSON.stringify({ Version: '1', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }] });
}

async function newRole() {
  const RoleName = fresh();
  await admin.Ram.CreateRole({ RoleName, AssumeRolePolicyDocument: trust(), Tag: [{ Key: 'k', Value: 'v' }] });
  return RoleName;
}
const withRole = (name, more = {}) => [name, async () => ({ RoleName: await newRole(), ...more })];
const taggedRole = async () => ({ ResourceType: 'role', 'ResourceNames.1': await newRole() });

/** A custom policy of two versions, the first of which is the default. */
async function newPolicy() {
  const PolicyName = fresh();
  await admin.Ram.CreatePolicy({ PolicyName, PolicyDocument: DOCUMENT, Description: 'A policy' });
  await admin.Ram.CreatePolicyVersion({ PolicyName, PolicyDocument: DOCUMENT });
  return { PolicyName };
}
const newPolicyOfOne = async () => {
  const policy = await newPolicy();
  await admin.Ram.DeletePolicyVersion({ ...policy, VersionId: 'v2' });
  return policy;
};
const newCustom = async () => ({ PolicyType: 'Custom', ...(await newPolicy()) });

const both = (make, as) =>
  [
    ['Ims', (user) => ({ UserPrincipalName: user.upn })],
    ['Ram', (user) => ({ UserName: user.name })],
  ].map(([face, who]) => [`${face}.${as}`, async () => make(who)]);
const withUser = (as, more = {}) => both(async (who) => ({ ...who(await newUser()), ...more }), as);
const withKey = (as, more = {}) =>
  both(async (who) => {
    const user = await newUserWithKey();
    return { ...who(user), UserAccessKeyId: user.key, ...more };
  }, as);

const AccessKeyPolicy = JSON.stringify({ Status: 'Inactive', Statements: [] });
const inBin = (...actions) =>
  actions.map((action) => [
    `Ims.${action}`,
    async () => {
      const { id } = await newUser();
      await admin.Ims.DeleteUser({ UserId: id });
      return { UserId: id };
    },
  ]);
/** Of the caller itself, so that UserId may be left out. */
async function deletedKey() {
  const { UserId } = await admin.Sts.GetCallerIdentity();
  const remove = (UserAccessKeyId) => admin.Ram.DeleteAccessKey({ UserAccessKeyId });
  for (const { AccessKeyId } of (await admin.Ram.ListAccessKeys()).AccessKeys.AccessKey)
    if (AccessKeyId !== admin.key.id) await remove(AccessKeyId);
  const { AccessKey } = await admin.Ram.CreateAccessKey();
  server.hideSecret(AccessKey.AccessKeySecret);
  await remove(AccessKey.AccessKeyId);
  return { UserId, UserAccessKeyId: AccessKey.AccessKeyId };
}

const [PASSWORD, OTHER_PASSWORD] = ['Tr0ub4dor&3x', 'c0rrectHorse!'];
const PROFILE = { Password: PASSWORD, PasswordResetRequired: 'false', MFABindRequired: 'false' };

async function newUserWithProfile() {
  const user = await newUser();
  await admin.Ram.CreateLoginProfile({ UserName: user.name, Password: PASSWORD });
  return user;
}
const withProfile = (as, more = {}) => both(async (who) => ({ ...who(await newUserWithProfile()), ...more }), as);

/** Of the caller, who is the user admin. */
async function ownPassword() {
  await admin.Ram.UpdateLoginProfile({ UserName: 'admin', Password: PASSWORD });
  return { OldPassword: PASSWORD, NewPassword: OTHER_PASSWORD };
}

const RAM_POLICY = {
  MinimumPasswordLength: '8',
  RequireLowercaseCharacters: 'false',
  RequireUppercaseCharacters: 'false',
  RequireNumbers: 'false',
  RequireSymbols: 'false',
  MaxPasswordAge: '0',
  PasswordReusePrevention: '0',
  MaxLoginAttemps: '0',
};
const IMS_POLICY = {
  ...RAM_POLICY,
  HardExpire: 'false',
  InitialPasswordAge: '14',
  InterceptRiskPasswordOnApi: 'false',
  MinimumPasswordDifferentCharacter: '0',
  PasswordNotContainUserName: 'false',
};
const RAM_PREFERENCE = {
  AllowUserToChangePassword: 'true',
  AllowUserToManageAccessKeys: 'false',
  AllowUserToManageMFADevices: 'true',
  EnableSaveMFATicket: 'false',
  LoginNetworkMasks: '10.0.0.0/8',
  LoginSessionDuration: '6',
};
const IMS_PREFERENCE = {
  ...RAM_PREFERENCE,
  AllowUserToLoginWithPasskey: 'true',
  AllowUserToManagePersonalDingTalk: 'true',
  AllowUserToManageServiceCredentials: 'false',
  EnforceMFAForLogin: 'true',
  MFAOperationForLogin: 'mandatory',
  MaxIdleDaysForAccessKeys: '730',
  MaxIdleDaysForUsers: '730',
  OperationForRiskLogin: 'autonomous',
  'VerificationTypes.1': 'email',
};
const withGroup = (as, more = {}) =>
  ['Ims', 'Ram'].map((face) => [`${face}.${as}`, async () => ({ GroupName: await newGroup(), ...more })]);

/** For every action, how a request that succeeds is made, with every parameter that can stand beside the others. */
const good = Object.fromEntries([
  ['Ims.CreateUser', () => ({ UserPrincipalName: upn(fresh()), ...FIELDS, ...TAG })],
  ['Ram.CreateUser', () => ({ UserName: fresh(), ...FIELDS })],
  ...withUser('GetUser'),
  [
    'Ims.UpdateUser',
    async () => ({ UserPrincipalName: (await newUser()).upn, NewUserPrincipalName: upn(fresh()), ...NEW_FIELDS }),
  ],
  ['Ram.UpdateUser', async () => ({ UserName: (await newUser()).name, NewUserName: fresh(), ...NEW_FIELDS })],
  ...withUser('DeleteUser'),
  ['Ims.ListUsers', () => ({ MaxItems: '2', Marker: '', Status: 'active', ...TAG })],
  ['Ims.ListUserBasicInfos', () => ({ MaxItems: '2', Marker: '', Status: 'active', ...TAG })],
  ['Ram.ListUsers', () => ({ MaxItems: '2', Marker: '' })],
  ...withUser('ListGroupsForUser'),
  ['Ims.CreateGroup', () => ({ GroupName: fresh(), DisplayName: 'A name', Comments: 'Comments' })],
  ['Ram.CreateGroup', () => ({ GroupName: fresh(), Comments: 'Comments' })],
  ...withGroup('GetGroup'),
  [
    'Ims.UpdateGroup',
    async () => ({ GroupName: await newGroup(), NewGroupName: fresh(), NewDisplayName: 'Other', NewComments: 'Other' }),
  ],
  ['Ram.UpdateGroup', async () => ({ GroupName: await newGroup(), NewGroupName: fresh(), NewComments: 'Other' })],
  ...withGroup('DeleteGroup'),
  ['Ims.ListGroups', () => ({ MaxItems: '2', Marker: '' })],
  ['Ram.ListGroups', () => ({ MaxItems: '2', Marker: '' })],
  ...withGroup('ListUsersForGroup', { MaxItems: '2', Marker: '' }),
  ...both(async (who) => ({ GroupName: await newGroup(), ...who(await newUser()) }), 'AddUserToGroup'),
  ...both(async (who) => {
    const user = await newUser();
    return { GroupName: await newGroup(user), ...who(user) };
  }, 'RemoveUserFromGroup'),
  ['Ims.TagResources', async () => ({ ResourceType: 'user', 'ResourceId.1': (await newUser()).id, ...TAG })],
  ['Ims.UntagResources', async () => ({ ResourceType: 'user', 'ResourceId.1': (await newUser()).id, 'TagKey.1': 'k' })],
  [
    'Ims.ListTagResources',
    async () => ({ ResourceType: 'user', 'ResourceId.1': (await newUser()).id, PageSize: '5', NextToken: '', ...TAG }),
  ],
  ...withUser('CreateAccessKey'),
  ...withUser('ListAccessKeys'),
  ...withKey('UpdateAccessKey', { Status: 'Inactive' }),
  ...withKey('DeleteAccessKey'),
  ...withKey('GetAccessKeyLastUsed'),
  ['Ims.ListUsersInRecycleBin', () => ({ MaxItems: '2', Marker: '', Filter: `UserPrincipalName eq ${upn('nobody')}` })],
  ...inBin('GetUserInRecycleBin', 'RestoreUserFromRecycleBin', 'DeleteUserInRecycleBin'),
  ['Ims.ListAccessKeysInRecycleBin', async () => ({ UserId: (await newUser()).id })],
  ['Ims.GetAccessKeyInfoInRecycleBin', async () => ({ UserAccessKeyId: (await deletedKey()).UserAccessKeyId })],
  ['Ims.RestoreAccessKeyFromRecycleBin', deletedKey],
  ['Ims.DeleteAccessKeyInRecycleBin', deletedKey],
  withKey('SetAccessKeyPolicy', { AccessKeyPolicy })[0],
  withKey('GetAccessKeyPolicy')[0],
  ['Ims.SetAccessKeyPolicyForAccount', () => ({ AccessKeyPolicy })],
  ['Ims.GetAccessKeyPolicyForAccount', () => ({})],
  ['Ims.CreateLoginProfile', async () => ({ UserPrincipalName: (await newUser()).upn, ...PROFILE, Status: 'Active' })],
  ['Ram.CreateLoginProfile', async () => ({ UserName: (await newUser()).name, ...PROFILE })],
  ['Ims.UpdateLoginProfile', async () => ({ UserPrincipalName: (await newUserWithProfile()).upn, ...PROFILE, Status: 'Active' })],
  ['Ram.UpdateLoginProfile', async () => ({ UserName: (await newUserWithProfile()).name, ...PROFILE })],
  ...withProfile('GetLoginProfile'),
  ...withProfile('DeleteLoginProfile'),
  ['Ims.ChangePassword', ownPassword],
  ['Ram.ChangePassword', ownPassword],
  ['Ims.SetPasswordPolicy', () => IMS_POLICY],
  ['Ims.GetPasswordPolicy', () => ({})],
  ['Ram.SetPasswordPolicy', () => ({ ...RAM_POLICY, HardExpiry: 'false' })],
  ['Ram.GetPasswordPolicy', () => ({})],
  ['Ims.SetSecurityPreference', () => IMS_PREFERENCE],
  ['Ims.GetSecurityPreference', () => ({})],
  ['Ram.SetSecurityPreference', () => ({ ...RAM_PREFERENCE, AllowUserToManagePublicKeys: 'false' })],
  ['Ram.GetSecurityPreference', () => ({})],
  ['Argali.CreateSignInLink', async () => ({ UserName: (await newUserWithProfile()).name })],
  ['Ims.SetDefaultDomain', () => ({ DefaultDomainName: domain })],
  ['Ims.GetDefaultDomain', () => ({})],
  ['Ims.GetAccountSummary', () => ({})],
  ['Ims.GenerateCredentialReport', () => ({})],
  ['Ims.GetCredentialReport', () => ({ MaxItems: '2', NextToken: '' })],
  ['Ram.SetAccountAlias', () => ({ AccountAlias: domain.split('.')[0] })],
  ['Ram.GetAccountAlias', () => ({})],
  ['Ram.ClearAccountAlias', () => ({})],
  ['Ram.AttachPolicyToUser', async () => ({ UserName: (await newUser()).name, ...SYSTEM, ResourceGroupId: '' })],
  [
    'Ram.DetachPolicyFromUser',
    async () => {
      const { name: UserName } = await newUser();
      await admin.Ram.AttachPolicyToUser({ UserName, ...SYSTEM });
      return { UserName, ...SYSTEM, ResourceGroupId: '' };
    },
  ],
  ...withUser('ListPoliciesForUser').slice(1),
  ['Ram.AttachPolicyToGroup', async () => ({ GroupName: await newGroup(), ...(await newCustom()), ResourceGroupId: '' })],
  [
    'Ram.DetachPolicyFromGroup',
    async () => {
      const GroupName = await newGroup();
      await admin.Ram.AttachPolicyToGroup({ GroupName, ...SYSTEM });
      return { GroupName, ...SYSTEM, ResourceGroupId: '' };
    },
  ],
  ['Ram.ListPoliciesForGroup', async () => ({ GroupName: await newGroup() })],
  ['Ram.AttachPolicyToRole', async () => ({ RoleName: await newRole(), ...(await newCustom()), ResourceGroupId: '' })],
  [
    'Ram.DetachPolicyFromRole',
    async () => {
      const RoleName = await newRole();
      await admin.Ram.AttachPolicyToRole({ RoleName, ...SYSTEM });
      return { RoleName, ...SYSTEM, ResourceGroupId: '' };
    },
  ],
  ['Ram.ListPoliciesForRole', async () => ({ RoleName: await newRole() })],
  ['Ram.ListEntitiesForPolicy', () => SYSTEM],
  ['Ram.GetPolicy', () => SYSTEM],
  ['Ram.CreatePolicy', () => ({ PolicyName: fresh(), PolicyDocument: DOCUMENT, Description: 'A policy', ...TAG })],
  ['Ram.UpdatePolicyDescription', async () => ({ ...(await newPolicy()), NewDescription: 'Other' })],
  ['Ram.DeletePolicy', async () => ({ ...(await newPolicyOfOne()), CascadingDelete: 'true' })],
  [
    'Ram.CreatePolicyVersion',
    async () => ({ ...(await newPolicy()), PolicyDocument: DOCUMENT, SetAsDefault: 'true', RotateStrategy: 'None' }),
  ],
  ['Ram.GetPolicyVersion', async () => ({ ...(await newCustom()), VersionId: 'v2' })],
  ['Ram.ListPolicyVersions', newCustom],
  ['Ram.SetDefaultPolicyVersion', async () => ({ ...(await newPolicy()), VersionId: 'v2' })],
  ['Ram.DeletePolicyVersion', async () => ({ ...(await newPolicy()), VersionId: 'v2' })],
  ['Ram.ListPolicies', () => ({ MaxItems: '2', Marker: '', PolicyType: 'System', ...TAG })],
  [
    'Ram.CreateRole',
    () => ({
      RoleName: fresh(),
      AssumeRolePolicyDocument: trust(),
      Description: 'A role',
      MaxSessionDuration: '7200',
      ...TAG,
    }),
  ],
  withRole('Ram.GetRole'),
  [
    'Ram.UpdateRole',
    async () => ({
      RoleName: await newRole(),
      NewAssumeRolePolicyDocument: trust(),
      NewDescription: 'Other',
      NewMaxSessionDuration: '7200',
    }),
  ],
  withRole('Ram.DeleteRole'),
  ['Ram.ListRoles', () => ({ MaxItems: '2', Marker: '', ...TAG })],
  ['Ram.TagResources', async () => ({ ...(await taggedRole()), ...TAG })],
  ['Ram.UntagResources', async () => ({ ...(await taggedRole()), 'TagKeys.1': 'k' })],
  ['Ram.ListTagResources', async () => ({ ...(await taggedRole()), PageSize: '5', NextToken: '', ...TAG })],
  [
    'Ram.DecodeDiagnosticMessage',
    async () => {
      const { AccessDeniedDetail } = await refused(powerless.Ram.ListUsers(), 403, 'NoPermission');
      return { EncodedDiagnosticMessage: AccessDeniedDetail.EncodedDiagnosticMessage };
    },
  ],
  withRole('Argali.RevokeRoleSessions'),
  withRole('Argali.ExplainDecision', {
    ActionName: 'ram:GetUser',
    Resource: 'acs:ram::1234567890123456:user/someone',
    SessionPolicy: DOCUMENT,
    Context: '{"acs:SourceIp":["10.0.0.1"]}',
  }),
  [
    'Sts.AssumeRole',
    async () => ({
      RoleArn: roleArn(await newRole()),
      RoleSessionName: 'session',
      DurationSeconds: '900',
      Policy: DOCUMENT,
      ExternalId: 'external',
      SourceIdentity: 'someone',
    }),
  ],
  ['Argali.CreateVerifier', () => ({ VerifierName: fresh(), 'Hosts.1': 'files.example.com', 'Hosts.2': 'localhost:8088' })],
  ['Argali.ListVerifiers', () => ({})],
  [
    'Argali.DeleteVerifier',
    async () => {
      const VerifierName = fresh();
      const { VerifierToken } = await admin.Argali.CreateVerifier({ VerifierName, Hosts: ['files.example.com'] });
      server.hideSecret(VerifierToken);
      return { VerifierName };
    },
  ],
  ['Sts.GetCallerIdentity', () => ({})],
]);

test('every action that is implemented is here', () => assert.deepEqual(Object.keys(good).sort(), implemented().sort()));

async function send(name, pairs, sign = signAcs3) {
  const { action, version } = shapeOf(name);
  const inForm = sign === signV1; // so that forms get their share too
  return wire.send(sign(server.host, server.key, { action, version, [inForm ? 'form' : 'query']: pairs }));
}

async function succeeds(name, pairs, what) {
  const { status, body, text } = await send(name, pairs);
  assert.equal(status, 200, `${name}, ${what}: ${text}`);
  checkConforms(name, body);
  server.hideSecret(body.Url);
  server.hideSecret(body.Credentials?.AccessKeySecret);
  if (body.AccessKey?.AccessKeySecret) {
    server.hideSecret(body.AccessKey.AccessKeySecret);
    if (!pairs.some(([field, value]) => /^User(Principal)?Name$/.test(field) && value))
      await admin.Ram.DeleteAccessKey({ UserAccessKeyId: body.AccessKey.AccessKeyId });
  }
  return body;
}

/** Where the documents give a parameter more than one code, or none. */
function codeOf(field, what, code) {
  if (/^(Marker|NextToken)$/.test(field) && !/InvalidChars$/.test(code))
    return /^InvalidParameter\.(Marker|NextToken)(\.Length)?$/;
  if (/^(RoleArn|RoleSessionName|DurationSeconds|SourceIdentity)$/.test(field) && !/InvalidChars$/.test(code))
    return new RegExp(`^(Missing|InvalidParameter\\.)${field}(\\.|$)`);
  if (field === 'Policy' && /too long/.test(what)) return /^InvalidParameter\.Policy(Size|\.Length)$/;
  if (field === 'AccountAlias' && /too (long|short)/.test(what)) return /^InvalidParameter\.AccountAlias\.Length$/;
  return new RegExp(`^${code.replaceAll('.', '\\.')}$`);
}

for (const [name, make] of Object.entries(good)) {
  const fields = fieldsOf(name);
  if (fields.length === 0) continue;

  test(`${name}: what is forbidden of each parameter`, async (t) => {
    const pairs = Object.entries(await make());
    const mine = await stateOf(admin),
      others = await stateOf(other);
    for (const { name: field } of fields) {
      await t.test(field, async () => {
        for (const [what, change, code] of mutationsOf(name, field, pairs)) {
          for (const sign of [signAcs3, signV1]) {
            const { status, body, text } = await send(name, change(pairs), sign);
            assert.equal(status, 400, `${what}: ${text}`);
            assert.match(body.Code, codeOf(field, what, code), what);
          }
        }
        assert.deepEqual(await stateOf(admin), mine, 'a refused call wrote something');
      });
    }
    assert.deepEqual(await stateOf(other), others);
    await succeeds(name, pairs, 'the request that the bad ones were made of');
  });

  test(`${name}: what may be left out, or sent empty`, async () => {
    for (const { name: field } of optionalFields(name)) {
      for (const [what, change] of [
        ['left out', leaveOut(field)],
        ['sent empty', sendEmpty(field)],
      ]) {
        const pairs = change(Object.entries(await make()));
        if (field === 'UserPrincipalName' || field === 'UserName') {
          // Then it is the caller: its own key has to be named, and goes through unharmed.
          const { AccessKey } = name.endsWith('CreateAccessKey') ? { AccessKey: {} } : await admin.Ram.CreateAccessKey();
          server.hideSecret(AccessKey.AccessKeySecret);
          const own = pairs.map(([n, value]) => [n, n === 'UserAccessKeyId' ? AccessKey.AccessKeyId : value]);
          await succeeds(name, own, `${field} ${what}`);
          if (AccessKey.AccessKeyId && !name.endsWith('DeleteAccessKey'))
            await admin.Ram.DeleteAccessKey({ UserAccessKeyId: AccessKey.AccessKeyId });
        } else {
          await succeeds(name, pairs, `${field} ${what}`);
        }
      }
    }
  });
}

test('lists in either spelling, and bools in any case', async () => {
  const [one, two] = [await newUser(), await newUser()];
  const tagsOf = async ({ id }) => (await admin.Ims.GetUser({ UserId: id })).User.Tags.Tag.map((tag) => tag.TagKey).sort();
  const user = { ResourceType: 'user', ResourceId: JSON.stringify([one.id, two.id]) };
  await succeeds(
    'Ims.TagResources',
    Object.entries({ ...user, Tag: '[{"Key":"a","Value":"1"},{"Key":"b"},{"Key":"c","Value":null}]' }),
    'JSON',
  );
  for (const each of [one, two]) assert.deepEqual(await tagsOf(each), ['a', 'b', 'c', 'k']);
  await succeeds('Ims.UntagResources', Object.entries({ ...user, TagKey: '["a","k"]' }), 'JSON');
  assert.deepEqual(await tagsOf(one), ['b', 'c']);
  await succeeds('Ims.UntagResources', Object.entries({ ...user, All: 'TRUE' }), 'TRUE');
  assert.deepEqual(await tagsOf(two), []);
  await succeeds('Ram.ListPolicies', Object.entries({ 'Tag.1.Key': 'k', 'Tag.1.Value': 'v' }), 'numbered');
  for (const [name, value] of [
    ['ResourceId', ''],
    ['Tag', '[]'],
    ['Tag', ''],
  ])
    await succeeds('Ims.ListTagResources', Object.entries({ ResourceType: 'user', [name]: value }), `${name}=${value}`);
});

/** Someone else's object in each parameter that names one. */
const foreign = () => ({
  UserName: ['theirs', 404, 'EntityNotExist.User'],
  UserPrincipalName: [theirs.User.UserPrincipalName, 404, 'EntityNotExist.User'],
  UserId: [theirs.User.UserId, 404, 'EntityNotExist.User'],
  'ResourceId.1': [theirs.User.UserId, 404, 'EntityNotExist.User'],
  'ResourcePrincipalName.1': [theirs.User.UserPrincipalName, 404, 'EntityNotExist.User'],
  GroupName: ['theirs', 404, 'EntityNotExist.Group'],
  PolicyName: ['theirs', 404, 'EntityNotExist.Policy'],
  RoleName: ['theirs', 404, 'EntityNotExist.Role'],
  'ResourceNames.1': ['theirs', 404, 'EntityNotExist.Role'],
  UserAccessKeyId: [theirs.key, 404, 'EntityNotExist.User.AccessKey'],
  Marker: [theirs.Marker, 400, 'InvalidParameter.Marker'],
  NextToken: [theirs.Marker, 400, 'InvalidParameter.NextToken'],
  NewUserPrincipalName: ['mine@other-account', 400, 'InvalidParameter.NewUserPrincipalName.Format'],
  AccountAlias: [theirs.alias, 409, 'EntityAlreadyExists.AccountAlias'],
  DefaultDomainName: [`${theirs.alias}.onaliyun.com`, 409, 'EntityAlreadyExists.AccountAlias'],
});

test("someone else's object, in every parameter that names one", async () => {
  const others = await stateOf(other);
  for (const [name, make] of Object.entries(good)) {
    for (const { name: field, list, oneOf = ['ResourceId', 'ResourcePrincipalName'] } of fieldsOf(name)) {
      const wireName = list ? `${field}.1` : field;
      if (!(wireName in foreign()) || /^Ram\.Create(User|Group|Policy|Role)$|^Ims\.CreateGroup$/.test(name)) continue;
      let [value, status, code] = foreign()[wireName];
      if (name === 'Ims.CreateUser') [status, code] = [400, 'InvalidParameter.UserPrincipalName.Format'];
      if (/^Ims\.GetUser(InRecycleBin)?$/.test(name) && field === 'UserAccessKeyId') code = 'EntityNotExist.User';
      const rest = Object.entries(await make()).filter(
        ([n]) => n !== wireName && !oneOf.some((member) => n === member || n === `${member}.1`),
      );
      const mine = await stateOf(admin);
      const answer = await send(name, [...rest, [wireName, value]]);
      assert.equal(`${answer.status} ${answer.body.Code}`, `${status} ${code}`, `${name} ${wireName}`);
      assert.deepEqual(await stateOf(admin), mine);
    }
  }
  assert.deepEqual(await stateOf(other), others);
});

test("someone else's key with one's own user", async () => {
  const user = await newUserWithKey();
  for (const face of ['Ims', 'Ram']) {
    for (const action of ['UpdateAccessKey', 'DeleteAccessKey', 'GetAccessKeyLastUsed']) {
      const who = face === 'Ims' ? { UserPrincipalName: user.upn } : { UserName: user.name };
      const params = {
        ...who,
        UserAccessKeyId: theirs.key,
        ...(action === 'UpdateAccessKey' ? { Status: 'Inactive' } : {}),
      };
      const { status, body } = await send(`${face}.${action}`, Object.entries(params));
      assert.equal(`${status} ${body.Code}`, '404 EntityNotExist.User.AccessKey');
    }
  }
});

test('texts that break naive programs are kept as they are', async () => {
  for (const text of [
    "Robert'); DROP TABLE user;--",
    '%s%n%x',
    '${7*7}',
    '<script>alert(1)</script>',
    '"}],"Code":"x',
    '\\u0000\\',
    '../../etc/passwd',
    'ﷺ\u{1F468}\u200D\u{1F469}',
    '\u202eabc',
    'NULL',
    '0',
    ' leading and trailing ',
    'İıſK',
    'é',
    'é',
    '\ufeffbom',
    '\uffff',
  ]) {
    const body = await succeeds(
      'Ram.CreateUser',
      Object.entries({ UserName: fresh(), DisplayName: text, Comments: text }),
      text,
    );
    assert.deepEqual([body.User.DisplayName, body.User.Comments], [text, text]);
    const { User } = await admin.Ims.GetUser({ UserId: body.User.UserId });
    assert.deepEqual([User.DisplayName, User.Comments], [text, text]);
  }
});

test('every action that this file claims was called', () => checkCovers(import.meta.url));
