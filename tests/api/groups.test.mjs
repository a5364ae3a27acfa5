// covers: Ims.CreateGroup Ims.GetGroup Ims.ListGroups Ims.UpdateGroup Ims.DeleteGroup Ims.AddUserToGroup
// covers: Ims.RemoveUserFromGroup Ims.ListGroupsForUser Ims.ListUsersForGroup
// covers: Ram.CreateGroup Ram.GetGroup Ram.ListGroups Ram.UpdateGroup Ram.DeleteGroup Ram.AddUserToGroup
// covers: Ram.RemoveUserFromGroup Ram.ListGroupsForUser Ram.ListUsersForGroup
//
// Groups and their members on both faces: every field of every answer, one state behind two spellings, paging, and the errors
// of the reference.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { checkCovers, clientsOf } from './support/clients.mjs';
import { refused } from './support/refused.mjs';
import { Server, keyOf } from './support/server.mjs';
import { checkComplete } from './support/shapes.mjs';

let server, admin, Ims, Ram, domain;
const upn = (name) => `${name}@${domain}`;
const close = (time) => Math.abs(Date.parse(time) - Date.now()) < 300_000;
const groupNames = (page) => page.Groups.Group.map((group) => group.GroupName);
const memberNames = (page) => page.Users.User.map((user) => user.UserName ?? user.UserPrincipalName.split('@')[0]);

before(async () => {
  server = await Server.start();
  admin = clientsOf(server, server.key);
  ({ Ims, Ram } = admin);
  domain = (await Ims.GetDefaultDomain()).DefaultDomainName;
});
after(() => server.stop());

/** How a face names a user. */
const who = (face, name) => (face === 'Ims' ? { UserPrincipalName: upn(name) } : { UserName: name });

test('IMS: every field of every answer on groups', async () => {
  const GroupName = 'Dev.Team_1-x',
    DisplayName = 'Entwickler 开发',
    Comments = 'line 1\nline 2 <&">';
  const made = await Ims.CreateGroup({ GroupName, DisplayName, Comments });
  checkComplete('Ims.CreateGroup', made);
  const { GroupId, CreateDate } = made.Group;
  assert.match(GroupId, /^g-4\d{17}$/);
  assert.ok(close(CreateDate));
  const whole = { GroupId, GroupName, DisplayName, Comments, CreateDate, UpdateDate: CreateDate };
  assert.deepEqual(made.Group, whole);

  const got = await Ims.GetGroup({ GroupName });
  checkComplete('Ims.GetGroup', got);
  assert.deepEqual(got.Group, whole);

  const list = await Ims.ListGroups();
  checkComplete('Ims.ListGroups', list, ['Marker']);
  assert.equal(list.IsTruncated, false);
  assert.deepEqual(
    list.Groups.Group.find((group) => group.GroupId === GroupId),
    whole,
  );

  const changed = await Ims.UpdateGroup({ GroupName, NewComments: 'new' });
  checkComplete('Ims.UpdateGroup', changed);
  assert.deepEqual(changed.Group, { ...whole, Comments: 'new', UpdateDate: changed.Group.UpdateDate });

  const { User } = await Ims.CreateUser({ UserPrincipalName: upn('ims-member'), DisplayName: 'Member' });
  const added = await Ims.AddUserToGroup({ GroupName, UserPrincipalName: upn('ims-member') });
  checkComplete('Ims.AddUserToGroup', added);
  const members = await Ims.ListUsersForGroup({ GroupName });
  checkComplete('Ims.ListUsersForGroup', members, ['Marker']);
  const [{ JoinDate, ...member }] = members.Users.User;
  assert.ok(close(JoinDate));
  assert.deepEqual(member, { UserId: User.UserId, UserPrincipalName: upn('ims-member'), DisplayName: 'Member' });
  const groups = await Ims.ListGroupsForUser({ UserPrincipalName: upn('ims-member') });
  checkComplete('Ims.ListGroupsForUser', groups);
  assert.deepEqual(groups.Groups.Group, [{ GroupId, GroupName, DisplayName, Comments: 'new', JoinDate }]);

  checkComplete('Ims.RemoveUserFromGroup', await Ims.RemoveUserFromGroup({ GroupName, UserPrincipalName: upn('ims-member') }));
  checkComplete('Ims.DeleteGroup', await Ims.DeleteGroup({ GroupName }));
  await refused(Ims.GetGroup({ GroupName }), 404, 'EntityNotExist.Group');
});

test('RAM: every field of every answer on groups', async () => {
  const GroupName = 'ops',
    Comments = 'operators';
  const made = await Ram.CreateGroup({ GroupName, Comments });
  checkComplete('Ram.CreateGroup', made);
  const { GroupId, CreateDate } = made.Group;
  assert.match(GroupId, /^g-4\d{17}$/);
  assert.deepEqual(made.Group, { GroupId, GroupName, Comments, CreateDate });
  const whole = { ...made.Group, UpdateDate: CreateDate };

  const got = await Ram.GetGroup({ GroupName });
  checkComplete('Ram.GetGroup', got);
  assert.deepEqual(got.Group, whole);

  const list = await Ram.ListGroups();
  checkComplete('Ram.ListGroups', list, ['Marker']);
  assert.deepEqual(
    list.Groups.Group.find((group) => group.GroupId === GroupId),
    whole,
  );

  const changed = await Ram.UpdateGroup({ GroupName, NewGroupName: 'operators', NewComments: 'new' });
  checkComplete('Ram.UpdateGroup', changed);
  const { UpdateDate } = changed.Group;
  assert.deepEqual(changed.Group, { ...whole, GroupName: 'operators', Comments: 'new', UpdateDate });

  await Ram.CreateUser({ UserName: 'ram-member', DisplayName: 'Member' });
  const member = { GroupName: 'operators', UserName: 'ram-member' };
  checkComplete('Ram.AddUserToGroup', await Ram.AddUserToGroup(member));
  const members = await Ram.ListUsersForGroup({ GroupName: 'operators' });
  checkComplete('Ram.ListUsersForGroup', members, ['Marker']);
  const [{ JoinDate, ...rest }] = members.Users.User;
  assert.ok(close(JoinDate));
  assert.deepEqual(rest, { UserName: 'ram-member', DisplayName: 'Member' });
  const groups = await Ram.ListGroupsForUser({ UserName: 'ram-member' });
  checkComplete('Ram.ListGroupsForUser', groups);
  assert.deepEqual(groups.Groups.Group, [{ GroupId, GroupName: 'operators', Comments: 'new', JoinDate }]);

  checkComplete('Ram.RemoveUserFromGroup', await Ram.RemoveUserFromGroup(member));
  checkComplete('Ram.DeleteGroup', await Ram.DeleteGroup({ GroupName: 'operators' }));
  await refused(Ram.GetGroup({ GroupName: 'operators' }), 404, 'EntityNotExist.Group');
});

test('what was not given is left out of answers', async () => {
  const { Group } = await Ims.CreateGroup({ GroupName: 'bare' });
  assert.deepEqual(Object.keys(Group).sort(), ['CreateDate', 'GroupId', 'GroupName', 'UpdateDate']);
  await Ram.DeleteGroup({ GroupName: 'bare' });
});

test('the two faces are one state', async () => {
  const { Group: ims } = await Ims.CreateGroup({ GroupName: 'one', DisplayName: 'One', Comments: 'c' });
  const { Group: ram } = await Ram.GetGroup({ GroupName: 'one' });
  for (const field of ['GroupId', 'GroupName', 'Comments', 'CreateDate', 'UpdateDate']) assert.equal(ram[field], ims[field]);
  await Ram.UpdateGroup({ GroupName: 'one', NewGroupName: 'two', NewComments: '' });
  const { Group: after } = await Ims.GetGroup({ GroupName: 'two' });
  assert.deepEqual([after.GroupId, after.DisplayName, after.Comments], [ims.GroupId, 'One', undefined]);
  await Ram.CreateUser({ UserName: 'both' });
  await Ims.AddUserToGroup({ GroupName: 'two', ...who('Ims', 'both') });
  assert.deepEqual(memberNames(await Ram.ListUsersForGroup({ GroupName: 'two' })), ['both']);
  await refused(Ram.AddUserToGroup({ GroupName: 'two', UserName: 'both' }), 409, 'EntityAlreadyExists.User.Group');
  await Ram.RemoveUserFromGroup({ GroupName: 'two', UserName: 'both' });
  assert.deepEqual((await Ims.ListGroupsForUser(who('Ims', 'both'))).Groups, { Group: [] });
  await Ims.DeleteGroup({ GroupName: 'two' });
  await refused(Ram.GetGroup({ GroupName: 'two' }), 404, 'EntityNotExist.Group');
});

test('UpdateGroup keeps what is not sent and clears what is sent empty', async () => {
  const fields = async () => {
    const { GroupName, DisplayName, Comments } = (await Ims.GetGroup({ GroupName: 'keep' })).Group;
    return [GroupName, DisplayName, Comments];
  };
  await Ims.CreateGroup({ GroupName: 'keep', DisplayName: 'D', Comments: 'c' });
  await Ram.UpdateGroup({ GroupName: 'keep' });
  assert.deepEqual(await fields(), ['keep', 'D', 'c']);
  await Ram.UpdateGroup({ GroupName: 'keep', NewGroupName: '', NewComments: '' });
  assert.deepEqual(await fields(), ['keep', 'D', undefined]);
  await Ims.UpdateGroup({ GroupName: 'keep', NewComments: 'again' });
  assert.deepEqual(await fields(), ['keep', 'D', 'again']);
  await Ims.UpdateGroup({ GroupName: 'keep', NewDisplayName: '' });
  assert.deepEqual(await fields(), ['keep', undefined, 'again']);
  await Ims.UpdateGroup({ GroupName: 'keep', NewDisplayName: 'New', NewComments: '' });
  assert.deepEqual(await fields(), ['keep', 'New', undefined]);
});

test('names are kept as given, and compared in any case', async () => {
  const { Group } = await Ram.CreateGroup({ GroupName: 'CaSe.Name_1-x' });
  assert.equal((await Ims.GetGroup({ GroupName: 'case.name_1-X' })).Group.GroupName, 'CaSe.Name_1-x');
  for (const face of ['Ims', 'Ram'])
    await refused(admin[face].CreateGroup({ GroupName: 'CASE.NAME_1-X' }), 409, 'EntityAlreadyExists.Group');
  await Ram.CreateGroup({ GroupName: 'second' });
  for (const face of ['Ims', 'Ram'])
    await refused(
      admin[face].UpdateGroup({ GroupName: 'second', NewGroupName: 'case.NAME_1-x' }),
      409,
      'EntityAlreadyExists.Group',
    );
  const { Group: same } = await Ram.UpdateGroup({ GroupName: 'case.name_1-x', NewGroupName: 'case.name_1-X' });
  assert.deepEqual([same.GroupId, same.GroupName], [Group.GroupId, 'case.name_1-X']);
  await Ram.DeleteGroup({ GroupName: 'CASE.NAME_1-X' });
  const { Group: again } = await Ram.CreateGroup({ GroupName: 'case.name_1-x' });
  assert.notEqual(again.GroupId, Group.GroupId);
});

for (const face of ['Ims', 'Ram']) {
  test(`${face}: a renamed group keeps its members, a renamed member its groups`, async () => {
    const GroupName = `moved-${face.toLowerCase()}`,
      name = `mover-${face.toLowerCase()}`;
    const { Group } = await admin[face].CreateGroup({ GroupName });
    await Ram.CreateUser({ UserName: name });
    await admin[face].AddUserToGroup({ GroupName, ...who(face, name) });
    await admin[face].UpdateGroup({ GroupName, NewGroupName: `${GroupName}-2` });
    await Ram.UpdateUser({ UserName: name, NewUserName: `${name}-2` });
    assert.deepEqual(memberNames(await admin[face].ListUsersForGroup({ GroupName: `${GroupName}-2` })), [`${name}-2`]);
    const [found] = (await admin[face].ListGroupsForUser(who(face, `${name}-2`))).Groups.Group;
    assert.deepEqual([found.GroupId, found.GroupName], [Group.GroupId, `${GroupName}-2`]);
    await refused(admin[face].ListUsersForGroup({ GroupName }), 404, 'EntityNotExist.Group');
  });

  test(`${face}: the documented conflicts`, async () => {
    const GroupName = `busy-${face.toLowerCase()}`,
      name = `busy-user-${face.toLowerCase()}`;
    const member = { GroupName, ...who(face, name) };
    await admin[face].CreateGroup({ GroupName });
    await Ram.CreateUser({ UserName: name });
    await refused(admin[face].RemoveUserFromGroup(member), 404, 'EntityNotExist.User.Group');
    await admin[face].AddUserToGroup(member);
    await refused(admin[face].AddUserToGroup(member), 409, 'EntityAlreadyExists.User.Group');
    await refused(admin[face].DeleteGroup({ GroupName }), 409, 'DeleteConflict.Group.User');
    await refused(admin.Ram.DeleteUser({ UserName: name }), 409, 'DeleteConflict.User.Group'); // IMS has the recycle bin
    await admin[face].RemoveUserFromGroup(member);
    await refused(admin[face].RemoveUserFromGroup(member), 404, 'EntityNotExist.User.Group');
    await admin[face].DeleteGroup({ GroupName });
    await refused(admin[face].DeleteGroup({ GroupName }), 404, 'EntityNotExist.Group');
    await admin[face].DeleteUser(who(face, name));
  });

  test(`${face}: the documented errors of names`, async () => {
    const name = `named-${face.toLowerCase()}`,
      long = 'x'.repeat(65);
    await Ram.CreateUser({ UserName: name });
    await admin[face].CreateGroup({ GroupName: name });
    const user = who(face, name),
      [parameter] = Object.keys(user);
    for (const [action, params] of [
      ['CreateGroup', {}],
      ['GetGroup', {}],
      ['UpdateGroup', { NewComments: 'x' }],
      ['DeleteGroup', {}],
      ['AddUserToGroup', user],
      ['RemoveUserFromGroup', user],
      ['ListUsersForGroup', {}],
    ]) {
      const call = (GroupName) => admin[face][action]({ GroupName, ...params });
      for (const bad of ['a b', 'jürgen', 'a/b', 'a@b', '组'])
        await refused(call(bad), 400, 'InvalidParameter.GroupName.InvalidChars');
      await refused(call(long), 400, 'InvalidParameter.GroupName.Length');
      await refused(call(''), 400, 'MissingGroupName');
      await refused(call(undefined), 400, 'MissingGroupName');
      if (action !== 'CreateGroup') await refused(call('nothing'), 404, 'EntityNotExist.Group');
    }
    for (const action of ['AddUserToGroup', 'RemoveUserFromGroup']) {
      const call = (params) => admin[face][action]({ GroupName: name, ...params });
      await refused(call({}), 400, `Missing${parameter}`);
      await refused(call(who(face, 'a b')), 400, `InvalidParameter.${parameter}.InvalidChars`);
      await refused(call(who(face, long)), 400, `InvalidParameter.${parameter}.Length`);
      await refused(call(who(face, 'nobody')), 404, 'EntityNotExist.User');
    }
    const update = (change) => admin[face].UpdateGroup({ GroupName: name, ...change });
    await refused(update({ NewGroupName: 'a b' }), 400, 'InvalidParameter.NewGroupName.InvalidChars');
    await refused(update({ NewGroupName: long }), 400, 'InvalidParameter.NewGroupName.Length');
    await refused(update({ NewComments: 'x'.repeat(129) }), 400, 'InvalidParameter.NewComments.Length');
    await refused(
      admin[face].CreateGroup({ GroupName: 'unborn', Comments: 'x'.repeat(129) }),
      400,
      'InvalidParameter.Comments.Length',
    );
  });
}

test('the longest values are taken, and one character more is not', async () => {
  const GroupName = 'n'.repeat(64),
    DisplayName = '\u{1F40F}'.repeat(24),
    Comments = '\u{1F40F}'.repeat(128);
  await Ims.CreateGroup({ GroupName, DisplayName, Comments });
  const { Group } = await Ims.GetGroup({ GroupName });
  assert.deepEqual([Group.GroupName, Group.DisplayName, Group.Comments], [GroupName, DisplayName, Comments]);
  const long = `${DisplayName}x`;
  await refused(Ims.CreateGroup({ GroupName: 'unborn', DisplayName: long }), 400, 'InvalidParameter.DisplayName.Length');
  await refused(Ims.UpdateGroup({ GroupName, NewDisplayName: long }), 400, 'InvalidParameter.NewDisplayName.Length');
  await refused(
    Ims.CreateGroup({ GroupName: 'unborn', DisplayName: 'bell\u0007' }),
    400,
    'InvalidParameter.DisplayName.InvalidChars',
  );
  await refused(Ims.GetGroup({ GroupName: 'unborn' }), 404, 'EntityNotExist.Group');
  await Ims.DeleteGroup({ GroupName });
});

test('a user of another domain, and another account, are out of reach', async () => {
  const other = clientsOf(server, keyOf(server.createAccount()));
  await Ram.CreateGroup({ GroupName: 'ours' });
  await Ram.CreateUser({ UserName: 'ours' });
  await Ram.AddUserToGroup({ GroupName: 'ours', UserName: 'ours' });
  await refused(
    Ims.AddUserToGroup({ GroupName: 'ours', UserPrincipalName: 'ours@example.com' }),
    404,
    'EntityNotExist.User',
  );
  assert.deepEqual(groupNames(await other.Ram.ListGroups()), []);
  await refused(other.Ram.GetGroup({ GroupName: 'ours' }), 404, 'EntityNotExist.Group');
  await refused(other.Ram.DeleteGroup({ GroupName: 'ours' }), 404, 'EntityNotExist.Group');
  await other.Ram.CreateGroup({ GroupName: 'ours' });
  assert.deepEqual(memberNames(await other.Ram.ListUsersForGroup({ GroupName: 'ours' })), []);
  await refused(other.Ram.AddUserToGroup({ GroupName: 'ours', UserName: 'ours' }), 404, 'EntityNotExist.User');
  await refused(other.Ims.AddUserToGroup({ GroupName: 'ours', ...who('Ims', 'ours') }), 404, 'EntityNotExist.User');
  await other.Ram.DeleteGroup({ GroupName: 'ours' });
  assert.deepEqual(memberNames(await Ram.ListUsersForGroup({ GroupName: 'ours' })), ['ours']);
});

/** Every page of a list; the items in order. */
async function walk(call, wrapper, member, size) {
  const items = [];
  let Marker;
  do {
    const page = await call({ MaxItems: size, Marker });
    assert.equal(page.IsTruncated, page.Marker !== undefined);
    if (page.IsTruncated) assert.equal(page[wrapper][member].length, size);
    items.push(...page[wrapper][member]);
    ({ Marker } = page);
  } while (Marker);
  return items;
}

test('groups, and members, page by page', async () => {
  const paged = await Server.start();
  try {
    const { Ims: ims, Ram: ram } = clientsOf(paged, paged.key);
    const name = (i) => `n-${String(i).padStart(3, '0')}`,
      all = Array.from({ length: 120 }, (_, i) => name(i));
    const others = clientsOf(paged, keyOf(paged.createAccount()));
    assert.deepEqual((await ram.ListGroups()).Groups, { Group: [] });
    await others.Ram.CreateGroup({ GroupName: name(0) });
    for (const GroupName of all) await ram.CreateGroup({ GroupName });
    for (const UserName of all) {
      await ram.CreateUser({ UserName });
      for (const GroupName of all.slice(0, 2)) await ram.AddUserToGroup({ GroupName, UserName });
    }
    const [GroupName, second] = all;
    const lists = [
      ['Ims groups', (params) => ims.ListGroups(params), 'Groups', 'Group', 100],
      ['Ram groups', (params) => ram.ListGroups(params), 'Groups', 'Group', 100],
      ['Ims members', (params) => ims.ListUsersForGroup({ GroupName, ...params }), 'Users', 'User', 100],
      ['Ram members', (params) => ram.ListUsersForGroup({ GroupName, ...params }), 'Users', 'User', 1000],
    ];
    const nameOf = (item) => item.GroupName ?? item.UserName ?? item.UserPrincipalName.split('@')[0];
    const markers = {};
    for (const [what, list, wrapper, member, most] of lists) {
      for (const size of [7, 40, 100])
        assert.deepEqual((await walk(list, wrapper, member, size)).map(nameOf), all, `${what} by ${size}`);
      assert.equal((await list({}))[wrapper][member].length, 100, `${what}: the documented default`);
      assert.equal((await list({ MaxItems: 5, Marker: '' }))[wrapper][member].length, 5);
      await refused(list({ MaxItems: 0 }), 400, 'InvalidParameter.MaxItems.Range');
      await refused(list({ MaxItems: most + 1 }), 400, 'InvalidParameter.MaxItems.Range');
      const { Marker } = await list({ MaxItems: 5 });
      markers[what] = Marker;
      const changed = Marker.slice(0, 9) + (Marker[9] === 'A' ? 'B' : 'A') + Marker.slice(10);
      for (const bad of ['x', `${Marker}A`, Marker.slice(0, -1), name(5), changed])
        await refused(list({ Marker: bad }), 400, 'InvalidParameter.Marker');
    }
    // One list behind two faces; another list, another group and another account have other markers.
    assert.equal(nameOf((await ims.ListGroups({ Marker: markers['Ram groups'] })).Groups.Group[0]), name(5));
    const users = (await ram.ListUsers({ MaxItems: 1 })).Marker;
    for (const Marker of [users, markers['Ram members']])
      await refused(ram.ListGroups({ Marker }), 400, 'InvalidParameter.Marker');
    for (const Marker of [users, markers['Ram groups']])
      await refused(ram.ListUsersForGroup({ GroupName, Marker }), 400, 'InvalidParameter.Marker');
    for (const face of [ims, ram])
      await refused(
        face.ListUsersForGroup({ GroupName: second, Marker: markers['Ram members'] }),
        400,
        'InvalidParameter.Marker',
      );
    await refused(others.Ram.ListGroups({ Marker: markers['Ram groups'] }), 400, 'InvalidParameter.Marker');
    await refused(
      others.Ram.ListUsersForGroup({ GroupName, Marker: markers['Ram members'] }),
      400,
      'InvalidParameter.Marker',
    );
    // Who leaves in between is missed by nobody else.
    await ram.RemoveUserFromGroup({ GroupName, UserName: name(4) });
    assert.equal((await ram.ListUsersForGroup({ GroupName, Marker: markers['Ram members'] })).Users.User[0].UserName, name(5));
  } finally {
    await paged.stop();
  }
});

test('a write is seen by the next read, on every list', async () => {
  await Ram.CreateUser({ UserName: 'raw' });
  for (let i = 0; i < 10; i++) {
    const GroupName = `raw-${i}`;
    await Ram.CreateGroup({ GroupName });
    assert.ok(groupNames(await Ims.ListGroups()).includes(GroupName));
    await Ims.AddUserToGroup({ GroupName, ...who('Ims', 'raw') });
    assert.deepEqual(groupNames(await Ram.ListGroupsForUser({ UserName: 'raw' })), [GroupName]);
    await Ram.RemoveUserFromGroup({ GroupName, UserName: 'raw' });
    assert.deepEqual(groupNames(await Ims.ListGroupsForUser(who('Ims', 'raw'))), []);
    await Ims.DeleteGroup({ GroupName });
    assert.ok(!groupNames(await Ram.ListGroups()).includes(GroupName));
  }
});

/** A user with an AccessKey; its clients. */
async function newCaller(UserName) {
  await Ram.CreateUser({ UserName });
  const { AccessKey } = await Ram.CreateAccessKey({ UserName });
  return clientsOf(server, { id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret });
}

test('joining and leaving a group counts from the next call: 25 times', async () => {
  const caller = await newCaller('joiner');
  const GroupName = 'readers',
    member = { GroupName, UserName: 'joiner' };
  const read = () => caller.Ram.ListUsers({ MaxItems: 1 });
  await Ram.CreateGroup({ GroupName });
  await Ram.AttachPolicyToGroup({ GroupName, PolicyType: 'System', PolicyName: 'AliyunRAMReadOnlyAccess' });
  for (let i = 0; i < 25; i++) {
    await refused(read(), 403, 'NoPermission');
    await Ram.AddUserToGroup(member);
    await read();
    await Ram.RemoveUserFromGroup(member);
  }
  await refused(read(), 403, 'NoPermission');
  await Ram.AddUserToGroup(member);
  await Ram.UpdateGroup({ GroupName, NewGroupName: 'readers-2' });
  await read(); // the policies of a renamed group stay its members'
  await refused(caller.Ram.UpdateUser({ UserName: 'joiner', NewComments: 'x' }), 403, 'NoPermission');
});

test('who adds and removes needs the right on the group and on the user', async () => {
  const caller = await newCaller('steward');
  for (const GroupName of ['granted', 'closed']) await Ram.CreateGroup({ GroupName });
  for (const UserName of ['open', 'shut']) await Ram.CreateUser({ UserName });
  const arn = (what) => `acs:ram::${server.account.AccountId}:${what}`;
  const PolicyDocument = JSON.stringify({
    Version: '1',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['ram:AddUserToGroup', 'ram:RemoveUserFromGroup'],
        Resource: [arn('group/granted'), arn('user/open')],
      },
    ],
  });
  await Ram.CreatePolicy({ PolicyName: 'Steward', PolicyDocument });
  await Ram.AttachPolicyToUser({ UserName: 'steward', PolicyType: 'Custom', PolicyName: 'Steward' });
  for (const face of ['Ims', 'Ram']) {
    for (const action of ['AddUserToGroup', 'RemoveUserFromGroup']) {
      const call = (GroupName, name) => caller[face][action]({ GroupName, ...who(face, name) });
      await refused(call('closed', 'open'), 403, 'NoPermission');
      await refused(call('granted', 'shut'), 403, 'NoPermission');
      await call('granted', 'open');
    }
    await refused(caller[face].DeleteGroup({ GroupName: 'granted' }), 403, 'NoPermission');
    await refused(caller[face].ListGroups(), 403, 'NoPermission');
  }
});

test('the quotas of groups hold', async () => {
  const small = await Server.start({ settings: { 'groups-per-account': 3, 'groups-per-user': 2 } });
  try {
    const { Ims: ims, Ram: ram } = clientsOf(small, small.key);
    for (const GroupName of ['one', 'two', 'three']) await ram.CreateGroup({ GroupName });
    for (const face of [ims, ram]) await refused(face.CreateGroup({ GroupName: 'four' }), 409, 'LimitExceeded.Group');
    await ram.CreateUser({ UserName: 'alice' });
    const { DefaultDomainName } = await ims.GetDefaultDomain();
    for (const GroupName of ['one', 'two']) await ram.AddUserToGroup({ GroupName, UserName: 'alice' });
    await refused(ram.AddUserToGroup({ GroupName: 'three', UserName: 'alice' }), 409, 'LimitExceeded.User.Group');
    await refused(
      ims.AddUserToGroup({ GroupName: 'three', UserPrincipalName: `alice@${DefaultDomainName}` }),
      409,
      'LimitExceeded.User.Group',
    );
    await refused(ram.AddUserToGroup({ GroupName: 'two', UserName: 'alice' }), 409, 'EntityAlreadyExists.User.Group');
    await ram.RemoveUserFromGroup({ GroupName: 'one', UserName: 'alice' });
    await ram.AddUserToGroup({ GroupName: 'three', UserName: 'alice' });
    await ram.DeleteGroup({ GroupName: 'one' });
    await ram.CreateGroup({ GroupName: 'four' });
  } finally {
    await small.stop();
  }
});

test('every action that this file claims was called', () => checkCovers(import.meta.url));
