// covers: Ims.SetPasswordPolicy Ims.GetPasswordPolicy Ram.SetPasswordPolicy Ram.GetPasswordPolicy
// covers: Ims.CreateLoginProfile Ims.GetLoginProfile Ims.UpdateLoginProfile Ims.DeleteLoginProfile Ims.ChangePassword
// covers: Ram.CreateLoginProfile Ram.GetLoginProfile Ram.UpdateLoginProfile Ram.DeleteLoginProfile Ram.ChangePassword
// covers: Argali.CreateSignInLink
//
// Passwords: the policy, console logon of a user, the change of one's own, and the link by which a first one is set.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { checkCovers, clientsOf, popCore } from './support/clients.mjs';
import { refused } from './support/refused.mjs';
import { Server } from './support/server.mjs';
import { checkComplete } from './support/shapes.mjs';

let server, root, Ims, Ram, Argali, domain, policy;
let count = 0;
const HASH = { 'password-hash-memory': 7168 }; // how slow a hash is, is not tested here

before(async () => {
  server = await Server.start({ settings: HASH });
  root = clientsOf(server, server.key);
  ({ Ims, Ram, Argali } = root);
  domain = (await Ims.GetDefaultDomain()).DefaultDomainName;
  policy = (await Ims.GetPasswordPolicy()).PasswordPolicy;
});
beforeEach(() => setPolicy(policy));
after(() => server.stop());

/** Two fields are newer than the package: with them it goes through the older client, which takes any. */
const setPolicy = (params) =>
  'InitialPasswordAge' in params || 'InterceptRiskPasswordOnApi' in params
    ? popCore(server, server.key, 'Ims', { method: 'POST' })('SetPasswordPolicy', params)
    : Ims.SetPasswordPolicy(params);

const upn = (name) => `${name}@${domain}`;
const secret = (text) => {
  server.hideSecret(text);
  return text;
};
const [FIRST, SECOND, THIRD, WRONG] = ['Tr0ub4dor&3x', 'c0rrectHorse!', 'battery-Stap1e', 'not-the-0ne'];

/** A user with a login profile (Password null: without) and a client of its own. */
async function newUser(Password = FIRST, more = {}) {
  const UserName = `p${++count}`;
  [FIRST, SECOND, THIRD, WRONG].forEach(secret);
  await Ram.CreateUser({ UserName });
  if (Password !== null) await Ram.CreateLoginProfile({ UserName, Password: secret(Password), ...more });
  const { AccessKey } = await Ram.CreateAccessKey({ UserName });
  const self = clientsOf(server, { id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret });
  return { UserName, UserPrincipalName: upn(UserName), self };
}

const change = (user, OldPassword, NewPassword, face = 'Ram') => user.self[face].ChangePassword({ OldPassword, NewPassword });

test('the password policy: defaults, and one state behind both faces', async () => {
  assert.deepEqual(policy, {
    HardExpire: false,
    InitialPasswordAge: 14,
    InterceptRiskPasswordOnApi: false,
    MaxLoginAttemps: 0,
    MaxPasswordAge: 0,
    MinimumPasswordDifferentCharacter: 0,
    MinimumPasswordLength: 8,
    PasswordNotContainUserName: false,
    PasswordReusePrevention: 0,
    RequireLowercaseCharacters: false,
    RequireNumbers: false,
    RequireSymbols: false,
    RequireUppercaseCharacters: false,
  });
  const changes = {
    HardExpire: true,
    InitialPasswordAge: 90,
    InterceptRiskPasswordOnApi: true,
    MaxLoginAttemps: 32,
    MaxPasswordAge: 1095,
    MinimumPasswordDifferentCharacter: 8,
    MinimumPasswordLength: 32,
    PasswordNotContainUserName: true,
    PasswordReusePrevention: 24,
    RequireLowercaseCharacters: true,
    RequireNumbers: true,
    RequireSymbols: true,
    RequireUppercaseCharacters: true,
  };
  let expected = policy;
  for (const [name, value] of Object.entries(changes)) {
    expected = { ...expected, [name]: value };
    const answer = await setPolicy({ [name]: value });
    checkComplete('Ims.SetPasswordPolicy', answer);
    assert.deepEqual({ ...answer.PasswordPolicy }, expected);
  }
  const ram = await Ram.SetPasswordPolicy({ HardExpiry: false, MinimumPasswordLength: 12 });
  checkComplete('Ram.SetPasswordPolicy', ram);
  assert.equal(ram.PasswordPolicy.HardExpiry, false);
  const now = await Ims.GetPasswordPolicy();
  checkComplete('Ims.GetPasswordPolicy', now);
  assert.deepEqual(now.PasswordPolicy, { ...expected, HardExpire: false, MinimumPasswordLength: 12 });
  checkComplete('Ram.GetPasswordPolicy', await Ram.GetPasswordPolicy());
});

test('ranges of the password policy', async () => {
  for (const [name, least, most] of [
    ['MinimumPasswordLength', 8, 32],
    ['MaxPasswordAge', 0, 1095],
    ['PasswordReusePrevention', 0, 24],
    ['MaxLoginAttemps', 0, 32],
  ])
    for (const face of [Ims, Ram]) {
      for (const value of [least - 1, most + 1])
        await refused(face.SetPasswordPolicy({ [name]: value }), 400, `InvalidParameter.${name}.Range`);
      for (const value of [least, most])
        assert.equal((await face.SetPasswordPolicy({ [name]: value })).PasswordPolicy[name], value);
    }
  await refused(setPolicy({ InitialPasswordAge: 91 }), 400, 'InvalidParameter.InitialPasswordAge.Range');
  await refused(
    Ims.SetPasswordPolicy({ MinimumPasswordDifferentCharacter: 9 }),
    400,
    'InvalidParameter.MinimumPasswordDifferentCharacter.Range',
  );
});

test('a login profile in IMS form', async () => {
  const { UserPrincipalName } = await newUser(null);
  const made = await Ims.CreateLoginProfile({ UserPrincipalName, Password: FIRST });
  checkComplete('Ims.CreateLoginProfile', made);
  const { UpdateDate, ...rest } = made.LoginProfile;
  assert.deepEqual(rest, {
    MFABindRequired: false,
    PasswordResetRequired: false,
    PasswordStatus: 'InitialValid',
    Status: 'Active',
    UserPrincipalName,
  });
  assert.ok(UpdateDate);
  const got = await Ims.GetLoginProfile({ UserPrincipalName });
  checkComplete('Ims.GetLoginProfile', got, ['LoginProfile.LastLoginTime']);
  assert.equal(got.LoginProfile.AutoDisableLoginStatus, 'true');

  const changed = await Ims.UpdateLoginProfile({ UserPrincipalName, Status: 'Inactive', MFABindRequired: true });
  checkComplete('Ims.UpdateLoginProfile', changed);
  assert.deepEqual(
    [changed.LoginProfile.Status, changed.LoginProfile.MFABindRequired, changed.LoginProfile.PasswordResetRequired],
    ['Inactive', true, false],
  );
  const again = (await Ims.UpdateLoginProfile({ UserPrincipalName, PasswordResetRequired: true })).LoginProfile;
  assert.deepEqual([again.Status, again.MFABindRequired, again.PasswordResetRequired], ['Inactive', true, true]);
  checkComplete('Ims.DeleteLoginProfile', await Ims.DeleteLoginProfile({ UserPrincipalName }));
  await refused(Ims.GetLoginProfile({ UserPrincipalName }), 404, 'EntityNotExist.User.LoginProfile');
});

test('a login profile in RAM form, and the same in IMS form', async () => {
  const { UserName, UserPrincipalName } = await newUser(null);
  const made = await Ram.CreateLoginProfile({ UserName, Password: FIRST, PasswordResetRequired: true, MFABindRequired: true });
  checkComplete('Ram.CreateLoginProfile', made);
  checkComplete('Ram.GetLoginProfile', await Ram.GetLoginProfile({ UserName }));
  assert.deepEqual((await Ram.GetLoginProfile({ UserName })).LoginProfile, made.LoginProfile);
  const { LoginProfile } = await Ims.GetLoginProfile({ UserPrincipalName });
  assert.deepEqual([LoginProfile.PasswordResetRequired, LoginProfile.MFABindRequired], [true, true]);
  checkComplete('Ram.UpdateLoginProfile', await Ram.UpdateLoginProfile({ UserName, PasswordResetRequired: false }));
  assert.equal((await Ram.GetLoginProfile({ UserName })).LoginProfile.MFABindRequired, true);
  await refused(Ram.DeleteUser({ UserName }), 409, 'DeleteConflict.User.AccessKey');
  checkComplete('Ram.DeleteLoginProfile', await Ram.DeleteLoginProfile({ UserName }));
});

test('the documented errors of login profiles', async () => {
  const { UserName, UserPrincipalName } = await newUser();
  const calls = (action, more) => [
    [Ims, { UserPrincipalName, ...more }, { UserPrincipalName: upn('ghost'), ...more }],
    [Ram, { UserName, ...more }, { UserName: 'ghost', ...more }],
  ];
  for (const [face, own, ghost] of calls('CreateLoginProfile', { Password: FIRST })) {
    await refused(face.CreateLoginProfile(own), 409, 'EntityAlreadyExists.User.LoginProfile');
    await refused(face.CreateLoginProfile(ghost), 404, 'EntityNotExist.User');
  }
  await Ram.DeleteLoginProfile({ UserName });
  for (const action of ['GetLoginProfile', 'UpdateLoginProfile', 'DeleteLoginProfile'])
    for (const [face, own, ghost] of calls(action, {})) {
      await refused(face[action](own), 404, 'EntityNotExist.User.LoginProfile');
      await refused(face[action](ghost), 404, 'EntityNotExist.User');
    }
  await refused(Ram.CreateLoginProfile({ UserName }), 400, 'MissingPassword');
  await refused(Ims.CreateLoginProfile({ UserPrincipalName, Status: 'active' }), 400, 'InvalidParameter.Status');
  await refused(Ram.CreateLoginProfile({ UserName, Password: 'x'.repeat(129) }), 400, 'InvalidParameter.Password.Length');
  await refused(Ram.CreateLoginProfile({ UserName, Password: 'bell\u0007 rings' }), 400, 'InvalidParameter.Password.InvalidChars');
  await refused(Ram.CreateLoginProfile({ UserName, Password: 'x\u200djoiner-y' }), 400, 'InvalidParameter.Password.InvalidChars');
});

test('a password is measured by the policy, with a sentence on what it lacks', async () => {
  const user = await newUser();
  for (const [by, Password, says] of [
    [{ MinimumPasswordLength: 12 }, 'elevenchars', /12 characters/],
    [{ RequireLowercaseCharacters: true }, 'ABCDEFGH1!', /lowercase/],
    [{ RequireUppercaseCharacters: true }, 'abcdefgh1!', /uppercase/],
    [{ RequireNumbers: true }, 'abcdefghi!', /number/],
    [{ RequireSymbols: true }, 'abcdefgh1A', /symbol/],
    [{ MinimumPasswordDifferentCharacter: 3 }, 'abbbbbbbbb', /3 different/],
    [{ PasswordNotContainUserName: true }, `xx-${user.UserName.toUpperCase()}-xx`, /user name/],
    [{ InterceptRiskPasswordOnApi: true }, 'password123', /./],
  ]) {
    await setPolicy({ ...policy, ...by });
    for (const [call, name] of [
      [() => Ram.UpdateLoginProfile({ UserName: user.UserName, Password }), 'Password'],
      [() => Ims.UpdateLoginProfile({ UserPrincipalName: user.UserPrincipalName, Password }), 'Password'],
      [() => change(user, FIRST, Password), 'NewPassword'],
      [() => change(user, FIRST, Password, 'Ims'), 'NewPassword'],
    ]) {
      const { Message } = await refused(call(), 400, `InvalidParameter.${name}.TooWeak`);
      assert.match(Message, says);
      assert.ok(!Message.includes(Password));
    }
  }
  await setPolicy(policy);
  await change(user, FIRST, SECOND);
});

test('up to 128 characters of any script, never cut, compared after normalisation', async () => {
  const long = 'x'.repeat(127);
  const user = await newUser(`${long}1`);
  await refused(change(user, `${long}2`, SECOND), 400, 'InvalidParameter.OldPassword.Incorrect');
  await refused(change(user, long, SECOND), 400, 'InvalidParameter.OldPassword.Incorrect');
  await change(user, `${long}1`, secret(' Zürich 東京 🐏 '));
  await refused(change(user, 'Zürich 東京 🐏', SECOND), 400, 'InvalidParameter.OldPassword.Incorrect');
  await change(user, ' Zu\u0308rich 東京 🐏 ', SECOND); // the same, decomposed
});

test('ChangePassword', async () => {
  const user = await newUser(FIRST, { PasswordResetRequired: true, MFABindRequired: true });
  for (const face of ['Ims', 'Ram'])
    await refused(change(user, WRONG, SECOND, face), 400, 'InvalidParameter.OldPassword.Incorrect');
  checkComplete('Ims.ChangePassword', await change(user, FIRST, SECOND, 'Ims'));
  const { LoginProfile } = await Ims.GetLoginProfile({ UserPrincipalName: user.UserPrincipalName });
  assert.deepEqual(
    [LoginProfile.PasswordStatus, LoginProfile.PasswordResetRequired, LoginProfile.MFABindRequired],
    ['NotInitial', false, true],
  );
  await refused(change(user, FIRST, THIRD), 400, 'InvalidParameter.OldPassword.Incorrect');
  await refused(change(user, SECOND, SECOND), 400, 'InvalidParameter.NewPassword.ReusePrevention');
  checkComplete('Ram.ChangePassword', await change(user, SECOND, THIRD));
  await Ims.SetPasswordPolicy({ PasswordReusePrevention: 3 });
  for (const old of [FIRST, SECOND])
    await refused(change(user, THIRD, old), 400, 'InvalidParameter.NewPassword.ReusePrevention');
  await Ram.UpdateLoginProfile({ UserName: user.UserName, Password: FIRST }); // an administrator's is not compared
});

test('who cannot change a password', async () => {
  const rootServer = await Server.start({ settings: HASH, init: { 'root-access-key': true } });
  try {
    const owner = clientsOf(rootServer, rootServer.key);
    const params = { OldPassword: FIRST, NewPassword: SECOND };
    await refused(owner.Ram.ChangePassword(params), 400, 'NotSupport.Account');
    await refused(owner.Ims.ChangePassword(params), 400, 'NotSupport.Account');
  } finally {
    await rootServer.stop();
  }
  const none = await newUser(null);
  await refused(change(none, FIRST, SECOND), 404, 'EntityNotExist.User.LoginProfile');
  await Ims.CreateLoginProfile({ UserPrincipalName: none.UserPrincipalName }); // without a password
  await refused(change(none, FIRST, SECOND), 400, 'InvalidParameter.OldPassword.Incorrect');
  await Ims.SetSecurityPreference({ AllowUserToChangePassword: false });
  const user = await newUser();
  await refused(change(user, FIRST, SECOND), 403, 'NoPermission');
  await Ims.SetSecurityPreference({ AllowUserToChangePassword: true });
  await change(user, FIRST, SECOND);
});

test('a lock: the answer of a wrong password, ended by an administrator', async () => {
  await Ims.SetPasswordPolicy({ MaxLoginAttemps: 3 });
  const user = await newUser();
  const answers = [];
  for (let i = 0; i < 3; i++) answers.push(await refused(change(user, WRONG, SECOND), 400, 'InvalidParameter.OldPassword.Incorrect'));
  const locked = await refused(change(user, FIRST, SECOND), 400, 'InvalidParameter.OldPassword.Incorrect');
  assert.equal(locked.Message, answers[0].Message);
  await Ram.UpdateLoginProfile({ UserName: user.UserName, MFABindRequired: true }); // no new password, no end
  await refused(change(user, FIRST, SECOND), 400, 'InvalidParameter.OldPassword.Incorrect');
  await Ram.UpdateLoginProfile({ UserName: user.UserName, Password: THIRD });
  await change(user, THIRD, SECOND);
});

test('parallel guesses get no more tries than guesses one by one, whatever the answer is (T07)', async () => {
  await Ims.SetPasswordPolicy({ MaxLoginAttemps: 5 });
  const user = await newUser();
  const outcomes = await Promise.all(
    Array.from({ length: 30 }, () =>
      change(user, WRONG, SECOND).then(
        () => 'changed',
        (e) => e.data?.Code ?? String(e),
      ),
    ),
  );
  for (const outcome of outcomes) assert.match(outcome, /^(InvalidParameter\.OldPassword\.Incorrect|Throttling)$/);
  await refused(change(user, FIRST, SECOND), 400, 'InvalidParameter.OldPassword.Incorrect'); // locked
});

test('a sign-in link: for whoever has console logon, replaced by the next, shown once', async () => {
  const user = await newUser(null);
  const ask = (UserName) => Argali.CreateSignInLink({ UserName });
  await refused(ask('ghost'), 404, 'EntityNotExist.User');
  await refused(ask(user.UserName), 404, 'EntityNotExist.User.LoginProfile');
  await Ims.CreateLoginProfile({ UserPrincipalName: user.UserPrincipalName });
  const link = await ask(user.UserName);
  checkComplete('Argali.CreateSignInLink', link);
  secret(link.Url);
  secret(link.Url.split('#')[1]);
  assert.match(link.Url, /^http:\/\/localhost:\d+\/signin\/link#[\w-]{43}$/);
  const hours = (Date.parse(link.ExpirationTime) - Date.now()) / 3_600_000;
  assert.ok(hours > 23.9 && hours <= 24.1, `${hours}`);
  assert.notEqual(secret((await ask(user.UserName)).Url), link.Url);
  await refused(user.self.Argali.CreateSignInLink({ UserName: user.UserName }), 403, 'NoPermission');
});

test('alicloud_ram_login_profile, alicloud_ram_password_policy, alicloud_ram_account_password_policy', async () => {
  const ram = popCore(server, server.key, 'Ram', { method: 'POST' });
  const ims = popCore(server, server.key, 'Ims', { method: 'POST' });
  const { UserName } = await newUser(null);
  await ims('SetPasswordPolicy', { PasswordReusePrevention: 24 });
  const made = await ram('CreateLoginProfile', { UserName, Password: FIRST, MFABindRequired: false, PasswordResetRequired: false });
  assert.equal(made.LoginProfile.UserName, UserName);
  assert.ok(made.LoginProfile.CreateDate);
  for (const MFABindRequired of [true, false]) {
    await ram('UpdateLoginProfile', { UserName, Password: FIRST, MFABindRequired }); // it always sends the password
    assert.equal((await ram('GetLoginProfile', { UserName })).LoginProfile.MFABindRequired, MFABindRequired);
  }
  await ram('DeleteLoginProfile', { UserName });
  await refused(ram('GetLoginProfile', { UserName }), 404, 'EntityNotExist.User.LoginProfile');
  await refused(ram('DeleteLoginProfile', { UserName }), 404, 'EntityNotExist.User.LoginProfile');

  await ims('SetPasswordPolicy', { MinimumPasswordLength: 14, HardExpire: true });
  await ims('SetPasswordPolicy', { MaxPasswordAge: 90 });
  const now = (await ims('GetPasswordPolicy')).PasswordPolicy;
  assert.deepEqual([now.MinimumPasswordLength, now.HardExpire, now.MaxPasswordAge, now.PasswordReusePrevention], [14, true, 90, 24]);

  const nine = {
    HardExpiry: false,
    MaxLoginAttemps: 5,
    MaxPasswordAge: 0,
    MinimumPasswordLength: 12,
    PasswordReusePrevention: 0,
    RequireLowercaseCharacters: true,
    RequireNumbers: true,
    RequireSymbols: true,
    RequireUppercaseCharacters: true,
  };
  await ram('SetPasswordPolicy', nine);
  assert.deepEqual({ ...(await ram('GetPasswordPolicy')).PasswordPolicy }, nine);
});

test('every action that this file claims was called', () => checkCovers(import.meta.url));
