// covers: Ims.SetSecurityPreference Ims.GetSecurityPreference Ram.SetSecurityPreference Ram.GetSecurityPreference
//
// The security preference: one state behind both faces, and what Terraform makes of it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { checkCovers, clientsOf, popCore } from './support/clients.mjs';
import { refused } from './support/refused.mjs';
import { Server, keyOf } from './support/server.mjs';
import { checkComplete } from './support/shapes.mjs';

let server, root, Ims, Ram, legacy;

before(async () => {
  server = await Server.start();
  root = clientsOf(server, server.key);
  ({ Ims, Ram } = root);
  const pop = popCore(server, server.key, 'Ims', { method: 'POST' });
  legacy = async (action, params) => structuredClone(await pop(action, params)); // into plain objects
});
after(() => server.stop());

const get = async (clients = root) => (await clients.Ims.GetSecurityPreference()).SecurityPreference;
/** Some settings are newer than the package: those go through the older client, which takes any. */
const NEWER = ['AllowUserToManageServiceCredentials', 'MaxIdleDaysForUsers', 'MaxIdleDaysForAccessKeys'];
const isNewer = (params) => NEWER.some((name) => name in params);
const asTexts = ({ VerificationTypes: types, ...rest }) => (types ? { VerificationTypes: JSON.stringify(types), ...rest } : rest);
const set = async (params) =>
  (await (isNewer(params) ? legacy('SetSecurityPreference', asTexts(params)) : Ims.SetSecurityPreference(params))).SecurityPreference;

const DEFAULTS = {
  AccessKeyPreference: { AllowUserToManageAccessKeys: false, AllowUserToManageServiceCredentials: false },
  LoginProfilePreference: {
    AllowUserToChangePassword: true,
    AllowUserToLoginWithPasskey: true,
    EnableSaveMFATicket: false,
    EnforceMFAForLogin: true,
    LoginNetworkMasks: '',
    LoginSessionDuration: 6,
    MFAOperationForLogin: 'mandatory',
    OperationForRiskLogin: 'autonomous',
  },
  MFAPreference: { AllowUserToManageMFADevices: true },
  MaxIdleDays: { MaxIdleDaysForAccessKeys: 730, MaxIdleDaysForUsers: 730 },
  PersonalInfoPreference: { AllowUserToManagePersonalDingTalk: true },
  VerificationPreference: { VerificationTypes: [] },
};
const BACK = {
  AllowUserToChangePassword: true,
  AllowUserToLoginWithPasskey: true,
  AllowUserToManageAccessKeys: false,
  AllowUserToManageMFADevices: true,
  AllowUserToManagePersonalDingTalk: true,
  AllowUserToManageServiceCredentials: false,
  EnableSaveMFATicket: false,
  LoginNetworkMasks: '',
  LoginSessionDuration: 6,
  MFAOperationForLogin: 'mandatory',
  MaxIdleDaysForAccessKeys: 730,
  MaxIdleDaysForUsers: 730,
  OperationForRiskLogin: 'autonomous',
  VerificationTypes: [],
};

test('a new account has the documented defaults, and asks for a second factor', async () => {
  const answer = await Ims.GetSecurityPreference();
  checkComplete('Ims.GetSecurityPreference', answer, ['SecurityPreference.VerificationPreference.VerificationTypes[]']);
  assert.deepEqual(answer.SecurityPreference, DEFAULTS);
  const ram = await Ram.GetSecurityPreference();
  checkComplete('Ram.GetSecurityPreference', ram);
  assert.equal(ram.SecurityPreference.PublicKeyPreference.AllowUserToManagePublicKeys, false);
});

test('`--mfa independent` is another beginning', async () => {
  const other = clientsOf(server, keyOf(server.createAccount({ mfa: 'independent' })));
  const { LoginProfilePreference: login } = await get(other);
  assert.deepEqual([login.MFAOperationForLogin, login.EnforceMFAForLogin], ['independent', false]);
});

test('every setting is kept, shown, and kept again when it is not sent', async () => {
  const changes = {
    AllowUserToChangePassword: false,
    AllowUserToLoginWithPasskey: false,
    AllowUserToManageAccessKeys: true,
    AllowUserToManageMFADevices: false,
    AllowUserToManagePersonalDingTalk: false,
    AllowUserToManageServiceCredentials: true,
    EnableSaveMFATicket: true,
    LoginNetworkMasks: '42.120.66.0/24;2001:db8::/32',
    LoginSessionDuration: 24,
    MFAOperationForLogin: 'adaptive',
    MaxIdleDaysForAccessKeys: 90,
    MaxIdleDaysForUsers: 365,
    OperationForRiskLogin: 'enforceVerify',
    VerificationTypes: ['sms', 'email'],
  };
  const where = (preference) => {
    const { VerificationTypes } = preference.VerificationPreference;
    return Object.assign({ VerificationTypes }, ...Object.values(preference).filter((group) => !group.VerificationTypes));
  };
  let expected = where(DEFAULTS);
  for (const [name, value] of Object.entries(changes)) {
    expected = { ...expected, [name]: value };
    if (name === 'MFAOperationForLogin') expected.EnforceMFAForLogin = false;
    assert.deepEqual(where(await set({ [name]: value })), expected, name);
    assert.deepEqual(where(await get()), expected, name);
  }
  assert.deepEqual(where(await set({})), expected);

  const { SecurityPreference: ram } = await Ram.SetSecurityPreference({ LoginSessionDuration: 1, AllowUserToManagePublicKeys: true });
  assert.equal(ram.PublicKeyPreference.AllowUserToManagePublicKeys, true);
  assert.deepEqual(where(await get()), { ...expected, LoginSessionDuration: 1 });
  await Ram.SetSecurityPreference({ AllowUserToManagePublicKeys: false });
  assert.deepEqual(await set(BACK), DEFAULTS);
});

test('a switch counts from the next call on', async () => {
  await Ram.CreateUser({ UserName: 'self' });
  const { AccessKey } = await Ram.CreateAccessKey({ UserName: 'self' });
  const self = clientsOf(server, { id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret });
  for (let i = 0; i < 10; i++) {
    await refused(self.Ram.ListAccessKeys(), 403, 'NoPermission');
    await set({ AllowUserToManageAccessKeys: true });
    assert.equal((await self.Ram.ListAccessKeys()).AccessKeys.AccessKey.length, 1);
    await Ram.SetSecurityPreference({ AllowUserToManageAccessKeys: false });
  }
});

test('what may not be said', async () => {
  const before = await get();
  for (const masks of ['10.0.0.1/8', '10.0.0.0/8,11.0.0.0/8', 'anywhere', '10.0.0.0/8;', ' 10.0.0.0/8', '10.0.0.0/255.0.0.0'])
    for (const face of [Ims, Ram])
      await refused(face.SetSecurityPreference({ LoginNetworkMasks: masks }), 400, 'InvalidParameter.LoginNetworkMasks.Format');
  const networks = (n) => Array.from({ length: n }, (_, i) => `10.0.${i}.0/24`).join(';');
  await set({ LoginNetworkMasks: networks(40) });
  await refused(set({ LoginNetworkMasks: networks(41).slice(0, 600) }), 400, 'InvalidParameter.LoginNetworkMasks.Length');
  const short = Array.from({ length: 41 }, (_, i) => `1.0.0.${i}`).join(';'); // fewer than 512 characters
  await refused(set({ LoginNetworkMasks: short }), 400, 'InvalidParameter.LoginNetworkMasks.Length');
  await set({ LoginNetworkMasks: '' });
  for (const LoginSessionDuration of [0, 25])
    await refused(set({ LoginSessionDuration }), 400, 'InvalidParameter.LoginSessionDuration.Range');
  await refused(set({ MaxIdleDaysForUsers: 91 }), 400, 'InvalidParameter.MaxIdleDaysForUsers');
  await refused(set({ MFAOperationForLogin: 'never' }), 400, 'InvalidParameter.MFAOperationForLogin');
  await refused(set({ OperationForRiskLogin: 'never' }), 400, 'InvalidParameter.OperationForRiskLogin');
  await refused(set({ VerificationTypes: ['email', 'email'] }), 400, 'InvalidParameter.VerificationTypes');
  await refused(set({ VerificationTypes: ['fax'] }), 400, 'InvalidParameter.VerificationTypes');
  assert.deepEqual(await get(), before);
});

test('EnforceMFAForLogin, the older spelling that Terraform still sends', async () => {
  const send = async (params) => {
    const { LoginProfilePreference: login } = (await legacy('SetSecurityPreference', params)).SecurityPreference;
    return [login.MFAOperationForLogin, login.EnforceMFAForLogin];
  };
  assert.deepEqual(await send({ EnforceMFAForLogin: false }), ['independent', false]);
  assert.deepEqual(await send({ EnforceMFAForLogin: true }), ['mandatory', true]);
  for (const [EnforceMFAForLogin, MFAOperationForLogin] of [
    [true, 'independent'],
    [true, 'adaptive'],
    [false, 'mandatory'],
  ])
    await refused(send({ EnforceMFAForLogin, MFAOperationForLogin }), 400, 'InvalidParameter.EnforceMFAForLogin');
  assert.deepEqual(await send({ EnforceMFAForLogin: false, MFAOperationForLogin: 'adaptive' }), ['adaptive', false]);
  assert.deepEqual(await send({ EnforceMFAForLogin: true, MFAOperationForLogin: 'mandatory' }), ['mandatory', true]);
});

test('a policy may keep the second factor from being switched off (ram:MFAOperationForLogin), in either spelling', async () => {
  const statement = (Effect, more) => ({ Effect, Action: 'ram:SetSecurityPreference', Resource: '*', ...more });
  const PolicyDocument = JSON.stringify({
    Version: '1',
    Statement: [
      statement('Allow'),
      statement('Deny', { Condition: { StringEquals: { 'ram:MFAOperationForLogin': ['independent', 'adaptive'] } } }),
    ],
  });
  await Ram.CreatePolicy({ PolicyName: 'mfa-stays', PolicyDocument });
  await Ram.CreateUser({ UserName: 'settings' });
  await Ram.AttachPolicyToUser({ UserName: 'settings', PolicyName: 'mfa-stays', PolicyType: 'Custom' });
  const { AccessKey } = await Ram.CreateAccessKey({ UserName: 'settings' });
  const key = { id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret };
  const clerk = clientsOf(server, key);
  const pop = popCore(server, key, 'Ims', { method: 'POST' });
  await clerk.Ims.SetSecurityPreference({ LoginSessionDuration: 6, MFAOperationForLogin: 'mandatory' });
  await pop('SetSecurityPreference', { EnforceMFAForLogin: true });
  for (const MFAOperationForLogin of ['independent', 'adaptive'])
    await refused(clerk.Ims.SetSecurityPreference({ MFAOperationForLogin }), 403, 'NoPermission');
  await refused(pop('SetSecurityPreference', { EnforceMFAForLogin: false }), 403, 'NoPermission');
  assert.equal((await get()).LoginProfilePreference.MFAOperationForLogin, 'mandatory');
});

test('alicloud_ram_security_preference: create, read, update; always with the masks, which may be empty', async () => {
  await legacy('SetSecurityPreference', { EnableSaveMFATicket: true, VerificationTypes: '["email"]' });
  let now = (await legacy('GetSecurityPreference')).SecurityPreference;
  assert.equal(now.LoginProfilePreference.EnableSaveMFATicket, true);
  assert.deepEqual(now.VerificationPreference.VerificationTypes, ['email']);
  await legacy('SetSecurityPreference', { LoginSessionDuration: 8, LoginNetworkMasks: '', MaxIdleDaysForUsers: 180 });
  now = (await legacy('GetSecurityPreference')).SecurityPreference;
  assert.equal(now.LoginProfilePreference.LoginSessionDuration, 8);
  assert.equal(now.LoginProfilePreference.LoginNetworkMasks, '');
  assert.equal(now.LoginProfilePreference.EnableSaveMFATicket, true);
  assert.deepEqual(now.MaxIdleDays, { MaxIdleDaysForAccessKeys: 730, MaxIdleDaysForUsers: 180 });
  assert.deepEqual(now.VerificationPreference.VerificationTypes, ['email']);
  assert.deepEqual(await set(BACK), DEFAULTS);
});

test('accounts are apart', async () => {
  const other = clientsOf(server, keyOf(server.createAccount()));
  await set({ LoginSessionDuration: 3 });
  assert.deepEqual(await get(other), DEFAULTS);
});

test('every action that this file claims was called', () => checkCovers(import.meta.url));
