// covers: Ims.CreateUser Ims.GetUser Ims.UpdateUser Ims.DeleteUser Ims.ListUsers Ims.ListUserBasicInfos Ims.ListGroupsForUser
// covers: Ram.CreateUser Ram.GetUser Ram.UpdateUser Ram.DeleteUser Ram.ListUsers Ram.ListGroupsForUser
//
// Users on both faces: every field of every answer, one state behind two spellings, and the errors of the reference.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { checkCovers, clientsOf } from './support/clients.mjs';
import { refused } from './support/refused.mjs';
import { Server, keyOf } from './support/server.mjs';
import { checkComplete } from './support/shapes.mjs';

let server, admin, Ims, Ram, domain;
const upn = (name) => `${name}@${domain}`;
const names = (page) => page.Users.User.map((user) => user.UserName ?? user.UserPrincipalName.split('@')[0]);
const close = (time) => Math.abs(Date.parse(time) - Date.now()) < 300_000;

before(async () => {
  server = await Server.start();
  admin = clientsOf(server, server.key);
  ({ Ims, Ram } = admin);
  domain = (await Ims.GetDefaultDomain()).DefaultDomainName;
});
after(() => server.stop());

const full = {
  DisplayName: 'Alice Müller 爱丽丝',
  Comments: 'line 1\nline 2 <&">',
  Email: 'alice@example.org',
  MobilePhone: '86-13900001234',
};

test('IMS CreateUser, GetUser, UpdateUser and ListUsers answer every field', async () => {
  const Tag = [
    { Key: 'team', Value: 'blue' },
    { Key: 'empty', Value: '' },
  ];
  const Tags = {
    Tag: [
      { TagKey: 'empty', TagValue: '' },
      { TagKey: 'team', TagValue: 'blue' },
    ],
  };
  const sorted = (user) => ({ ...user, Tags: { Tag: [...user.Tags.Tag].sort((a, b) => (a.TagKey < b.TagKey ? -1 : 1)) } });

  const made = await Ims.CreateUser({ UserPrincipalName: upn('alice'), ...full, Tag });
  checkComplete('Ims.CreateUser', made, ['User.LastLoginDate']);
  const { UserId, CreateDate, UpdateDate } = made.User;
  assert.match(UserId, /^\d{18}$/);
  assert.ok(close(CreateDate) && CreateDate === UpdateDate);
  assert.deepEqual(sorted(made.User), {
    UserId,
    UserPrincipalName: upn('alice'),
    ...full,
    CreateDate,
    UpdateDate,
    ProvisionType: 'Manual',
    Tags,
  });

  const got = await Ims.GetUser({ UserId });
  checkComplete('Ims.GetUser', got, ['User.LastLoginDate']);
  assert.deepEqual(sorted(got.User), { ...sorted(made.User), UserName: 'alice' });

  const list = await Ims.ListUsers();
  checkComplete('Ims.ListUsers', list, ['Marker', 'Users.User[].LastLoginDate']);
  assert.equal(list.IsTruncated, false);
  const listed = list.Users.User.find((user) => user.UserId === UserId);
  assert.deepEqual(sorted(listed), { ...sorted(made.User), Status: 'active' });

  const infos = await Ims.ListUserBasicInfos();
  checkComplete('Ims.ListUserBasicInfos', infos, ['Marker']);
  assert.equal(infos.IsTruncated, false);
  assert.deepEqual(
    infos.UserBasicInfos.UserBasicInfo.find((user) => user.UserId === UserId),
    { UserId, UserPrincipalName: upn('alice'), DisplayName: full.DisplayName, Status: 'active' },
  );

  const changed = await Ims.UpdateUser({ UserId, NewDisplayName: 'Alice' });
  checkComplete('Ims.UpdateUser', changed, ['User.LastLoginDate']);
  const { Tags: _, ...rest } = made.User;
  assert.deepEqual(changed.User, { ...rest, DisplayName: 'Alice', UpdateDate: changed.User.UpdateDate });
});

test('RAM CreateUser, GetUser, UpdateUser and ListUsers answer every field', async () => {
  const made = await Ram.CreateUser({ UserName: 'bob', ...full });
  checkComplete('Ram.CreateUser', made);
  const { UserId, CreateDate } = made.User;
  assert.ok(close(CreateDate));
  assert.deepEqual(made.User, { UserId, UserName: 'bob', ...full, CreateDate });

  const got = await Ram.GetUser({ UserName: 'bob' });
  checkComplete('Ram.GetUser', got, ['User.LastLoginDate']);
  assert.deepEqual(got.User, { ...made.User, UpdateDate: CreateDate });

  const list = await Ram.ListUsers();
  checkComplete('Ram.ListUsers', list, ['Marker']);
  assert.deepEqual(
    list.Users.User.find((user) => user.UserId === UserId),
    got.User,
  );

  const changed = await Ram.UpdateUser({ UserName: 'bob', NewComments: 'new' });
  checkComplete('Ram.UpdateUser', changed);
  assert.deepEqual(changed.User, { ...got.User, Comments: 'new', UpdateDate: changed.User.UpdateDate });
});

test('what was not given at creation is left out of answers', async () => {
  const made = await Ram.CreateUser({ UserName: 'bare' });
  assert.deepEqual(Object.keys(made.User).sort(), ['CreateDate', 'UserId', 'UserName']);
  const got = await Ims.GetUser({ UserPrincipalName: upn('bare') });
  assert.deepEqual(Object.keys(got.User).sort(), [
    'CreateDate',
    'ProvisionType',
    'Tags',
    'UpdateDate',
    'UserId',
    'UserName',
    'UserPrincipalName',
  ]);
  assert.deepEqual(got.User.Tags, { Tag: [] });
});

test('the two faces are one state', async () => {
  const { User: ims } = await Ims.CreateUser({ UserPrincipalName: upn('one'), ...full });
  const { User: ram } = await Ram.GetUser({ UserName: 'one' });
  for (const field of ['UserId', 'DisplayName', 'Comments', 'Email', 'MobilePhone', 'CreateDate', 'UpdateDate'])
    assert.equal(ram[field], ims[field]);
  await Ram.UpdateUser({ UserName: 'one', NewUserName: 'two', NewEmail: 'two@example.org' });
  const { User: after } = await Ims.GetUser({ UserId: ims.UserId });
  assert.equal(after.UserPrincipalName, upn('two'));
  assert.equal(after.Email, 'two@example.org');
  await Ims.DeleteUser({ UserPrincipalName: upn('two') });
  await refused(Ram.GetUser({ UserName: 'two' }), 404, 'EntityNotExist.User');
});

for (const face of ['Ims', 'Ram']) {
  test(`${face} UpdateUser keeps what is not sent and clears what is sent empty`, async () => {
    const name = `keep-${face.toLowerCase()}`;
    await Ram.CreateUser({ UserName: name, ...full });
    const who = face === 'Ims' ? { UserPrincipalName: upn(name) } : { UserName: name };
    const update = (change) => admin[face].UpdateUser({ ...who, ...change });
    const now = async () => (await Ram.GetUser({ UserName: name })).User;
    const fields = (user) => ({
      DisplayName: user.DisplayName,
      Comments: user.Comments,
      Email: user.Email,
      MobilePhone: user.MobilePhone,
    });

    const changes = { DisplayName: 'New', Comments: 'new', Email: 'new@example.org', MobilePhone: '1-2025550100' };
    let expected = { ...full };
    for (const [field, value] of Object.entries(changes)) {
      await update({ [`New${field}`]: value });
      expected = { ...expected, [field]: value };
      assert.deepEqual(fields(await now()), expected);
    }
    for (const field of Object.keys(changes)) {
      await update({ [`New${field}`]: '' });
      expected = { ...expected, [field]: undefined };
      assert.deepEqual(fields(await now()), expected);
    }
    await update({});
    assert.deepEqual(fields(await now()), expected);
  });
}

test('a write is seen by the next read, on every list', async () => {
  for (let i = 0; i < 10; i++) {
    const UserName = `raw-${i}`;
    await Ram.CreateUser({ UserName });
    assert.ok(names(await Ram.ListUsers({ MaxItems: 1000 })).includes(UserName));
    assert.ok(names(await Ims.ListUsers()).includes(UserName));
    await Ram.DeleteUser({ UserName });
    assert.ok(!names(await Ram.ListUsers({ MaxItems: 1000 })).includes(UserName));
    assert.ok(!names(await Ims.ListUsers()).includes(UserName));
  }
});

test('a user is named by its UPN, by the short UPN, by id or by AccessKey id', async () => {
  const { User } = await Ims.CreateUser({ UserPrincipalName: `short@${domain.split('.')[0]}`, DisplayName: 'Short' });
  assert.equal(User.UserPrincipalName, upn('short'));
  const { AccessKey } = await Ram.CreateAccessKey({ UserName: 'short' });
  server.hideSecret(AccessKey.AccessKeySecret);
  for (const by of [
    { UserPrincipalName: upn('short') },
    { UserPrincipalName: `short@${domain.split('.')[0]}` },
    { UserPrincipalName: upn('SHORT').toUpperCase() },
    { UserId: User.UserId },
    { UserAccessKeyId: AccessKey.AccessKeyId },
  ])
    assert.equal((await Ims.GetUser(by)).User.UserId, User.UserId);
  const elsewhere = 'short@example.com';
  await refused(Ims.GetUser({ UserPrincipalName: elsewhere }), 404, 'EntityNotExist.User');
  await refused(
    Ims.CreateUser({ UserPrincipalName: elsewhere, DisplayName: 'x' }),
    400,
    'InvalidParameter.UserPrincipalName.Format',
  );
  await refused(
    Ims.CreateUser({ UserPrincipalName: 'short', DisplayName: 'x' }),
    400,
    'InvalidParameter.UserPrincipalName.Format',
  );
  await refused(
    Ims.UpdateUser({ UserId: User.UserId, NewUserPrincipalName: elsewhere }),
    400,
    'InvalidParameter.NewUserPrincipalName.Format',
  );
});

test('names are kept as given, and compared in any case', async () => {
  await Ram.CreateUser({ UserName: 'CaSe.Name_1-x' });
  assert.equal((await Ram.GetUser({ UserName: 'case.name_1-X' })).User.UserName, 'CaSe.Name_1-x');
  await refused(Ram.CreateUser({ UserName: 'CASE.NAME_1-X' }), 409, 'EntityAlreadyExists.User');
  await refused(Ims.CreateUser({ UserPrincipalName: upn('case.name_1-x'), DisplayName: 'x' }), 409, 'EntityAlreadyExists.User');
  await Ram.UpdateUser({ UserName: 'case.name_1-x', NewUserName: 'case.name_1-X' });
  assert.equal((await Ram.GetUser({ UserName: 'CASE.NAME_1-X' })).User.UserName, 'case.name_1-X');
});

test('a name that was deleted may be given again, to another id', async () => {
  const { User: first } = await Ram.CreateUser({ UserName: 'again' });
  await Ims.DeleteUser({ UserId: first.UserId });
  const { User: second } = await Ram.CreateUser({ UserName: 'again' });
  assert.notEqual(second.UserId, first.UserId);
  await refused(Ims.GetUser({ UserId: first.UserId }), 404, 'EntityNotExist.User');
});

test('the longest values are taken, and one character more is not', async () => {
  const name = 'n'.repeat(64),
    text = '\u{1F40F}'.repeat(128);
  await Ram.CreateUser({ UserName: name, DisplayName: text, Comments: text });
  const { User } = await Ims.GetUser({ UserPrincipalName: upn(name) });
  assert.deepEqual([User.UserName, User.DisplayName, User.Comments], [name, text, text]);
  const who = { UserName: name };
  await refused(Ram.CreateUser({ UserName: `${name}n` }), 400, 'InvalidParameter.UserName.Length');
  await refused(
    Ims.CreateUser({ UserPrincipalName: upn(`${name}n`), DisplayName: 'x' }),
    400,
    'InvalidParameter.UserPrincipalName.Length',
  );
  await refused(Ram.UpdateUser({ ...who, NewUserName: `${name}n` }), 400, 'InvalidParameter.NewUserName.Length');
  await refused(Ram.UpdateUser({ ...who, NewDisplayName: `${text}x` }), 400, 'InvalidParameter.NewDisplayName.Length');
  await refused(Ram.UpdateUser({ ...who, NewComments: `${text}x` }), 400, 'InvalidParameter.NewComments.Length');
});

test('ListUsers and ListUserBasicInfos filter by status', async () => {
  for (const [action, wrapper, member] of [
    ['ListUsers', 'Users', 'User'],
    ['ListUserBasicInfos', 'UserBasicInfos', 'UserBasicInfo'],
  ]) {
    const count = async (Status) => (await Ims[action]({ Status }))[wrapper][member].length;
    assert.ok((await count('active')) > 1);
    assert.equal(await count('freeze'), 0);
    assert.equal(await count('active,freeze'), await count('active'));
    await refused(Ims[action]({ Status: 'frozen' }), 400, 'InvalidParameter.Status');
  }
});

test('ListGroupsForUser of a user in no group is an empty list', async () => {
  await Ram.CreateUser({ UserName: 'lonely' });
  assert.deepEqual((await Ram.ListGroupsForUser({ UserName: 'lonely' })).Groups, { Group: [] });
  assert.deepEqual((await Ims.ListGroupsForUser({ UserPrincipalName: upn('lonely') })).Groups, { Group: [] });
  await refused(Ram.ListGroupsForUser({ UserName: 'nobody' }), 404, 'EntityNotExist.User');
  await refused(Ims.ListGroupsForUser({ UserPrincipalName: upn('nobody') }), 404, 'EntityNotExist.User');
  await refused(Ram.ListGroupsForUser({ UserName: 'no body' }), 400, 'InvalidParameter.UserName.InvalidChars');
  await refused(Ram.ListGroupsForUser({ UserName: 'n'.repeat(65) }), 400, 'InvalidParameter.UserName.Length');
});

test('the documented errors of a name', async () => {
  await Ram.CreateUser({ UserName: 'taken' });
  await Ram.CreateUser({ UserName: 'mover' });
  const long = 'x'.repeat(65);
  for (const [action, params] of [
    ['CreateUser', {}],
    ['GetUser', {}],
    ['UpdateUser', { NewComments: 'x' }],
    ['DeleteUser', {}],
  ]) {
    await refused(Ram[action]({ UserName: 'a b', ...params }), 400, 'InvalidParameter.UserName.InvalidChars');
    await refused(Ram[action]({ UserName: 'jürgen', ...params }), 400, 'InvalidParameter.UserName.InvalidChars');
    await refused(Ram[action]({ UserName: long, ...params }), 400, 'InvalidParameter.UserName.Length');
    await refused(Ram[action](params), 400, 'MissingUserName');
    await refused(Ram[action]({ UserName: '', ...params }), 400, 'MissingUserName');
    if (action !== 'CreateUser') await refused(Ram[action]({ UserName: 'nobody', ...params }), 404, 'EntityNotExist.User');
  }
  for (const action of ['GetUser', 'UpdateUser', 'DeleteUser']) {
    await refused(Ims[action]({ UserPrincipalName: upn('nobody') }), 404, 'EntityNotExist.User');
    await refused(Ims[action]({ UserId: '299999999999999999' }), 404, 'EntityNotExist.User');
    await refused(Ims[action]({ UserId: 'not-a-number' }), 404, 'EntityNotExist.User');
    await refused(Ims[action]({ UserPrincipalName: upn('a b') }), 400, 'InvalidParameter.UserPrincipalName.InvalidChars');
    await refused(Ims[action]({}), 400, 'MissingUserPrincipalName');
    await refused(Ims[action]({ UserPrincipalName: upn('taken'), UserId: '1' }), 400, 'InvalidParameter.UserId');
  }
  await refused(Ims.GetUser({ UserAccessKeyId: 'LTAI00000000000000000000' }), 404, 'EntityNotExist.User');
  const mover = { UserPrincipalName: upn('mover') };
  await refused(Ram.UpdateUser({ UserName: 'mover', NewUserName: 'a b' }), 400, 'InvalidParameter.NewUserName.InvalidChars');
  await refused(Ram.UpdateUser({ UserName: 'mover', NewUserName: long }), 400, 'InvalidParameter.NewUserName.Length');
  for (const [name, kind] of [
    ['a b', 'InvalidChars'],
    [long, 'Length'],
  ]) {
    await refused(
      Ims.UpdateUser({ ...mover, NewUserPrincipalName: upn(name) }),
      400,
      `InvalidParameter.NewUserPrincipalName.${kind}`,
    );
    for (const call of [
      Ims.CreateUser({ UserPrincipalName: upn(name), DisplayName: 'x' }),
      Ims.GetUser({ UserPrincipalName: upn(name) }),
      Ims.DeleteUser({ UserPrincipalName: upn(name) }),
      Ims.ListGroupsForUser({ UserPrincipalName: upn(name) }),
    ])
      await refused(call, 400, `InvalidParameter.UserPrincipalName.${kind}`);
  }
  await refused(Ram.UpdateUser({ UserName: 'mover', NewUserName: 'taken' }), 409, 'EntityAlreadyExists.User');
  await refused(Ram.UpdateUser({ UserName: 'mover', NewUserName: 'TAKEN' }), 409, 'EntityAlreadyExists.User');
  await refused(
    Ims.UpdateUser({ UserPrincipalName: upn('mover'), NewUserPrincipalName: upn('taken') }),
    409,
    'EntityAlreadyExists.User',
  );
  await refused(Ims.CreateUser({ UserPrincipalName: upn('taken'), DisplayName: 'x' }), 409, 'EntityAlreadyExists.User');
});

test('the documented errors of the other fields', async () => {
  await Ram.CreateUser({ UserName: 'fields' });
  const long = 'x'.repeat(129);
  const cases = [
    ['DisplayName', long, 'Length'],
    ['DisplayName', 'bell\u0007', 'InvalidChars'],
    ['Comments', long, 'Length'],
    ['Email', 'nobody', 'Format'],
    ['Email', 'a b@example.org', 'Format'],
    ['Email', '@example.org', 'Format'],
    ['MobilePhone', '13900001234', 'Format'],
    ['MobilePhone', '86-139x', 'Format'],
    ['MobilePhone', '+86-139', 'Format'],
  ];
  for (const [field, value, kind] of cases) {
    await refused(Ram.CreateUser({ UserName: 'unborn', [field]: value }), 400, `InvalidParameter.${field}.${kind}`);
    await refused(
      Ims.CreateUser({ UserPrincipalName: upn('unborn'), DisplayName: 'x', [field]: value }),
      400,
      `InvalidParameter.${field}.${kind}`,
    );
    await refused(Ram.UpdateUser({ UserName: 'fields', [`New${field}`]: value }), 400, `InvalidParameter.New${field}.${kind}`);
    await refused(
      Ims.UpdateUser({ UserPrincipalName: upn('fields'), [`New${field}`]: value }),
      400,
      `InvalidParameter.New${field}.${kind}`,
    );
  }
  await refused(Ims.CreateUser({ UserPrincipalName: upn('unborn') }), 400, 'MissingDisplayName');
  await refused(Ims.CreateUser({ DisplayName: 'x' }), 400, 'MissingUserPrincipalName');
  await refused(Ram.GetUser({ UserName: 'unborn' }), 404, 'EntityNotExist.User');
});

test("a user with an AccessKey, a policy or a login profile is not deleted by RAM's DeleteUser", async () => {
  const { User } = await Ram.CreateUser({ UserName: 'busy' });
  const remove = () => Ram.DeleteUser({ UserName: 'busy' });
  const { AccessKey } = await Ram.CreateAccessKey({ UserName: 'busy' });
  server.hideSecret(AccessKey.AccessKeySecret);
  await refused(remove(), 409, 'DeleteConflict.User.AccessKey');
  await Ram.CreateGroup({ GroupName: 'busy' });
  await Ram.AddUserToGroup({ GroupName: 'busy', UserName: 'busy' });
  await Ram.AttachPolicyToUser({ UserName: 'busy', PolicyName: 'AliyunRAMReadOnlyAccess', PolicyType: 'System' });
  await refused(remove(), 409, 'DeleteConflict.User.AccessKey');
  await Ram.DeleteAccessKey({ UserName: 'busy', UserAccessKeyId: AccessKey.AccessKeyId });
  await refused(remove(), 409, 'DeleteConflict.User.Group');
  await Ram.RemoveUserFromGroup({ GroupName: 'busy', UserName: 'busy' });
  await refused(remove(), 409, 'DeleteConflict.User.Policy');
  await Ram.DetachPolicyFromUser({ UserName: 'busy', PolicyName: 'AliyunRAMReadOnlyAccess', PolicyType: 'System' });
  await remove();
  for (const gone of [remove(), Ims.DeleteUser({ UserId: User.UserId })]) await refused(gone, 404, 'EntityNotExist.User');
});

test('the login profile of user admin keeps it from being deleted', async () => {
  const other = server.createAccount({ 'root-access-key': true });
  const root = clientsOf(server, keyOf(other));
  await root.Ram.DetachPolicyFromUser({ UserName: 'admin', PolicyName: 'AdministratorAccess', PolicyType: 'System' });
  for (const { AccessKeyId } of (await root.Ram.ListAccessKeys({ UserName: 'admin' })).AccessKeys.AccessKey)
    await root.Ram.DeleteAccessKey({ UserName: 'admin', UserAccessKeyId: AccessKeyId });
  await refused(root.Ram.DeleteUser({ UserName: 'admin' }), 409, 'DeleteConflict.User.LoginProfile');
});

test('the quota of users holds', async () => {
  const small = await Server.start({ settings: { 'users-per-account': 3 } });
  try {
    const { Ims: ims, Ram: ram } = clientsOf(small, small.key);
    await ram.CreateUser({ UserName: 'second' });
    await ram.CreateUser({ UserName: 'third' });
    const { DefaultDomainName } = await ims.GetDefaultDomain();
    await refused(ram.CreateUser({ UserName: 'fourth' }), 409, 'LimitExceeded.User');
    await refused(
      ims.CreateUser({ UserPrincipalName: `fourth@${DefaultDomainName}`, DisplayName: 'x' }),
      409,
      'LimitExceeded.User',
    );
    await ram.DeleteUser({ UserName: 'third' });
    await ram.CreateUser({ UserName: 'fourth' });
  } finally {
    await small.stop();
  }
});

test('every action that this file claims was called', () => checkCovers(import.meta.url));
