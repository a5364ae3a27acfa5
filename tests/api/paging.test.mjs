// covers: Ims.ListUsers Ims.ListUserBasicInfos Ims.ListTagResources Ram.ListUsers Ram.ListPolicies
//
// Markers: every list that is cut goes on exactly where it stopped, and a marker is good for nothing else (threat T55).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { checkCovers, clientsOf } from './support/clients.mjs';
import { refused } from './support/refused.mjs';
import { Server, keyOf } from './support/server.mjs';

const USERS = 250,
  TAG = { Key: 'all', Value: 'of them' };
let server, admin, other, domain;
const name = (i) => `user-${String(i).padStart(3, '0')}`;

/** The lists of users: the call, and what identifies an item. */
const lists = [
  ['Ims.ListUsers', (clients, params) => clients.Ims.ListUsers(params), 'Users', 'User'],
  ['Ims.ListUserBasicInfos', (clients, params) => clients.Ims.ListUserBasicInfos(params), 'UserBasicInfos', 'UserBasicInfo'],
  ['Ram.ListUsers', (clients, params) => clients.Ram.ListUsers(params), 'Users', 'User'],
];

before(async () => {
  server = await Server.start();
  admin = clientsOf(server, server.key);
  domain = (await admin.Ims.GetDefaultDomain()).DefaultDomainName;
  other = clientsOf(server, keyOf(server.createAccount()));
  const create = (i) =>
    admin.Ims.CreateUser({ UserPrincipalName: `${name(i)}@${domain}`, DisplayName: name(i), Tag: i % 2 ? [TAG] : [] });
  for (let i = 0; i < USERS; i += 25) await Promise.all(Array.from({ length: 25 }, (_, k) => create(i + k)));
  await other.Ram.CreateUser({ UserName: 'one' });
  await other.Ram.CreateUser({ UserName: 'two' });
});
after(() => server.stop());

async function walk(call, wrapper, member, size, more = {}) {
  const items = [];
  let Marker,
    pages = 0;
  do {
    const page = await call({ MaxItems: size, Marker, ...more });
    const got = page[wrapper][member];
    assert.equal(page.IsTruncated, page.Marker !== undefined);
    if (page.IsTruncated) assert.equal(got.length, size);
    items.push(...got);
    ({ Marker } = page);
    pages++;
  } while (Marker);
  return { items, pages };
}

for (const [what, list, wrapper, member] of lists) {
  for (const size of [100, 7, 1000]) {
    test(`${what} by ${size}: every user once, in one order`, async () => {
      const { items, pages } = await walk((params) => list(admin, params), wrapper, member, size);
      assert.equal(pages, Math.ceil((USERS + 1) / size));
      const ids = items.map((user) => user.UserId);
      assert.equal(new Set(ids).size, USERS + 1);
      const names = items.map((user) => user.UserName ?? user.UserPrincipalName.split('@')[0]);
      assert.deepEqual(names, ['admin', ...Array.from({ length: USERS }, (_, i) => name(i))]);
    });
  }

  test(`${what}: a page that ends with the list is the last`, async () => {
    const whole = await list(admin, { MaxItems: USERS + 1 });
    assert.equal(whole[wrapper][member].length, USERS + 1);
    assert.ok(!whole.IsTruncated && whole.Marker === undefined);
    const cut = await list(admin, { MaxItems: USERS });
    const rest = await list(admin, { MaxItems: USERS, Marker: cut.Marker });
    assert.equal(rest[wrapper][member].length, 1);
    assert.equal(rest.IsTruncated, false);
  });

  test(`${what}: an empty marker asks for the first page`, async () => {
    const first = await list(admin, { MaxItems: 3, Marker: '' });
    assert.deepEqual(first[wrapper], (await list(admin, { MaxItems: 3 }))[wrapper]);
  });

  test(`${what}: a marker that was changed in any character, cut or made up is refused`, async () => {
    const { Marker } = await list(admin, { MaxItems: 100 });
    const bad = [
      'x',
      'AAAA',
      `${Marker}A`,
      Marker.slice(0, -1),
      ` ${Marker}`,
      Buffer.from(name(9)).toString('base64'),
      name(9),
      "' OR 1=1 --",
    ];
    for (let i = 0; i < Marker.length; i++) {
      const changed = Marker[i] === 'A' ? 'B' : 'A';
      bad.push(Marker.slice(0, i) + changed + Marker.slice(i + 1));
    }
    for (const marker of bad) await refused(list(admin, { Marker: marker }), 400, 'InvalidParameter.Marker');
  });

  test(`${what}: a marker of another account is refused`, async () => {
    const { Marker } = await list(admin, { MaxItems: 100 });
    await refused(list(other, { Marker }), 400, 'InvalidParameter.Marker');
    const theirs = (await list(other, { MaxItems: 1 })).Marker;
    await refused(list(admin, { Marker: theirs }), 400, 'InvalidParameter.Marker');
  });

  test(`${what}: the range of MaxItems`, async () => {
    await refused(list(admin, { MaxItems: 0 }), 400, 'InvalidParameter.MaxItems.Range');
    await refused(list(admin, { MaxItems: -1 }), 400, 'InvalidParameter.MaxItems.Range');
    await refused(list(admin, { MaxItems: 1001 }), 400, 'InvalidParameter.MaxItems.Range');
  });
}

test('without MaxItems the documented default holds', async () => {
  assert.equal((await admin.Ims.ListUsers()).Users.User.length, USERS + 1);
  assert.equal((await admin.Ims.ListUserBasicInfos()).UserBasicInfos.UserBasicInfo.length, 100);
  assert.equal((await admin.Ram.ListUsers()).Users.User.length, 100);
  const tags = await admin.Ims.ListTagResources({ ResourceType: 'user' });
  assert.equal(tags.TagResources.TagResource.length, 100);
  assert.equal(tags.IsTruncated, true);
});

test('a marker of one kind of list is refused by another kind', async () => {
  const { Marker: users } = await admin.Ram.ListUsers({ MaxItems: 1 });
  const { Marker: infos } = await admin.Ims.ListUserBasicInfos({ MaxItems: 1 });
  const { Marker: policies } = await admin.Ram.ListPolicies({ MaxItems: 1 });
  const { NextToken: tags } = await admin.Ims.ListTagResources({ ResourceType: 'user', PageSize: 1 });
  for (const Marker of [infos, policies, tags]) await refused(admin.Ram.ListUsers({ Marker }), 400, 'InvalidParameter.Marker');
  for (const Marker of [users, infos, tags]) await refused(admin.Ram.ListPolicies({ Marker }), 400, 'InvalidParameter.Marker');
  for (const NextToken of [users, infos, policies])
    await refused(admin.Ims.ListTagResources({ ResourceType: 'user', NextToken }), 400, 'InvalidParameter.NextToken');
  await refused(other.Ims.ListTagResources({ ResourceType: 'user', NextToken: tags }), 400, 'InvalidParameter.NextToken');
  await refused(other.Ram.ListPolicies({ Marker: policies }), 400, 'InvalidParameter.Marker');
});

test('a filter by tags goes through all users, page by page', async () => {
  for (const [, list, wrapper, member] of lists.slice(0, 2)) {
    const { items, pages } = await walk((params) => list(admin, params), wrapper, member, 10, { Tag: [TAG] });
    assert.equal(items.length, USERS / 2);
    assert.equal(pages, Math.ceil(USERS / 2 / 10));
  }
});

test('a list goes on after its marker when users come and go in between', async () => {
  const { Users, Marker } = await other.Ram.ListUsers({ MaxItems: 2 });
  assert.deepEqual(
    Users.User.map((user) => user.UserName),
    ['admin', 'one'],
  );
  await other.Ram.DeleteUser({ UserName: 'one' });
  await other.Ram.CreateUser({ UserName: 'aaron' });
  await other.Ram.CreateUser({ UserName: 'zoe' });
  const rest = await other.Ram.ListUsers({ MaxItems: 100, Marker });
  assert.deepEqual(
    rest.Users.User.map((user) => user.UserName),
    ['two', 'zoe'],
  );
});

test('markers survive a restart', async () => {
  const { Marker } = await admin.Ram.ListUsers({ MaxItems: 200 });
  await server.restart();
  const { Ram } = clientsOf(server, server.key);
  assert.equal((await Ram.ListUsers({ MaxItems: 200, Marker })).Users.User.length, USERS + 1 - 200);
});

test('every action that this file claims was called', () => checkCovers(import.meta.url));
