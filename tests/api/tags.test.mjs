// covers: Ims.TagResources Ims.UntagResources Ims.ListTagResources
//
// Tags of users: written with the user or afterwards, listed by page, and used as a filter.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { checkCovers, clientsOf } from './support/clients.mjs';
import { refused } from './support/refused.mjs';
import { Server } from './support/server.mjs';
import { checkComplete } from './support/shapes.mjs';

let server, Ims, domain;
const upn = (name) => `${name}@${domain}`;
const tag = (pairs) => Object.entries(pairs).map(([Key, Value]) => ({ Key, Value }));

before(async () => {
  server = await Server.start();
  ({ Ims } = clientsOf(server, server.key));
  domain = (await Ims.GetDefaultDomain()).DefaultDomainName;
});
after(() => server.stop());

async function newUser(name, tags = {}) {
  const { User } = await Ims.CreateUser({ UserPrincipalName: upn(name), DisplayName: name, Tag: tag(tags) });
  return User.UserId;
}

async function tagsOf(UserId) {
  const { User } = await Ims.GetUser({ UserId });
  return Object.fromEntries(User.Tags.Tag.map(({ TagKey, TagValue }) => [TagKey, TagValue]));
}

test('tags are set, overwritten and taken away', async () => {
  const id = await newUser('alice', { team: 'blue' });
  const user = { ResourceType: 'user', ResourceId: [id] };
  assert.deepEqual(await tagsOf(id), { team: 'blue' });
  checkComplete('Ims.TagResources', await Ims.TagResources({ ...user, Tag: tag({ team: 'red', site: '杭州', none: '' }) }));
  assert.deepEqual(await tagsOf(id), { team: 'red', site: '杭州', none: '' });
  checkComplete('Ims.UntagResources', await Ims.UntagResources({ ...user, TagKey: ['team', 'never-there'] }));
  assert.deepEqual(await tagsOf(id), { site: '杭州', none: '' });
  await Ims.UntagResources({ ...user, All: true });
  assert.deepEqual(await tagsOf(id), {});
});

test('All counts only where no key is given', async () => {
  const id = await newUser('all', { a: '1', b: '2' });
  const user = { ResourceType: 'user', ResourceId: [id] };
  await Ims.UntagResources({ ...user, TagKey: ['a'], All: false });
  assert.deepEqual(await tagsOf(id), { b: '2' });
});

test('many users at once, by id or by UPN', async () => {
  const ids = [await newUser('many-1'), await newUser('many-2'), await newUser('many-3')];
  await Ims.TagResources({ ResourceType: 'user', ResourceId: ids, Tag: tag({ by: 'id' }) });
  await Ims.TagResources({
    ResourceType: 'user',
    ResourcePrincipalName: [upn('many-1'), upn('MANY-2')],
    Tag: tag({ also: 'upn' }),
  });
  assert.deepEqual(await tagsOf(ids[0]), { by: 'id', also: 'upn' });
  assert.deepEqual(await tagsOf(ids[1]), { by: 'id', also: 'upn' });
  assert.deepEqual(await tagsOf(ids[2]), { by: 'id' });
  await Ims.UntagResources({ ResourceType: 'user', ResourcePrincipalName: [upn('many-1'), upn('many-3')], TagKey: ['by'] });
  assert.deepEqual(await tagsOf(ids[0]), { also: 'upn' });
  assert.deepEqual(await tagsOf(ids[2]), {});
});

test('ListTagResources answers every field, page by page', async () => {
  const ids = [];
  for (let i = 0; i < 7; i++) ids.push(await newUser(`page-${i}`, { set: 'page', one: `${i}`, two: 'x' }));
  const first = await Ims.ListTagResources({ ResourceType: 'user', PageSize: 5, ResourceId: ids });
  checkComplete('Ims.ListTagResources', first);
  assert.equal(first.IsTruncated, true);

  const seen = [];
  let NextToken,
    pages = 0;
  do {
    const page = await Ims.ListTagResources({ ResourceType: 'user', PageSize: 5, ResourceId: ids, NextToken });
    assert.equal(page.IsTruncated, page.NextToken !== undefined);
    seen.push(...page.TagResources.TagResource);
    ({ NextToken } = page);
    pages++;
  } while (NextToken);
  assert.equal(pages, 5);
  assert.equal(new Set(seen.map((t) => `${t.ResourceId} ${t.TagKey}`)).size, 21);
  assert.ok(seen.every((t) => t.ResourceType === 'user' && ids.includes(t.ResourceId)));

  const byName = await Ims.ListTagResources({ ResourceType: 'user', ResourcePrincipalName: [upn('page-3')] });
  assert.deepEqual(
    byName.TagResources.TagResource.map((t) => [t.ResourceId, t.TagKey, t.TagValue]),
    [
      [ids[3], 'one', '3'],
      [ids[3], 'set', 'page'],
      [ids[3], 'two', 'x'],
    ],
  );
  assert.equal(byName.IsTruncated, false);

  const whole = await Ims.ListTagResources({ ResourceType: 'user', Tag: tag({ set: 'page', one: '4' }) });
  assert.deepEqual([...new Set(whole.TagResources.TagResource.map((t) => t.ResourceId))], [ids[4]]);
});

test('a list of tags that is empty keeps its wrapper', async () => {
  const id = await newUser('untagged');
  const list = await Ims.ListTagResources({ ResourceType: 'user', ResourceId: [id] });
  assert.deepEqual(list.TagResources, { TagResource: [] });
  assert.equal(list.IsTruncated, false);
});

test('users are filtered by tags: each given one, or any value of a key', async () => {
  const a = await newUser('filter-a', { colour: 'green', size: 's' });
  const b = await newUser('filter-b', { colour: 'green', size: 'l' });
  for (const [action, wrapper, member] of [
    ['ListUsers', 'Users', 'User'],
    ['ListUserBasicInfos', 'UserBasicInfos', 'UserBasicInfo'],
  ]) {
    const ids = async (Tag) => (await Ims[action]({ Tag }))[wrapper][member].map((user) => user.UserId).sort();
    assert.deepEqual(await ids(tag({ colour: 'green' })), [a, b].sort());
    assert.deepEqual(await ids([{ Key: 'colour' }]), [a, b].sort());
    assert.deepEqual(await ids(tag({ colour: 'green', size: 'l' })), [b]);
    assert.deepEqual(await ids(tag({ colour: 'red' })), []);
  }
});

test('the limits of keys and values', async () => {
  const id = await newUser('limits');
  const user = { ResourceType: 'user', ResourceId: [id] };
  const key = '钥'.repeat(128),
    value = '值'.repeat(128);
  await Ims.TagResources({ ...user, Tag: tag({ [key]: value }) });
  assert.deepEqual(await tagsOf(id), { [key]: value });
  const put = (pairs) => Ims.TagResources({ ...user, Tag: tag(pairs) });
  await refused(put({ [`${key}x`]: '1' }), 400, 'InvalidParameter.Tag.Key.Length');
  await refused(put({ '': '1' }), 400, 'InvalidParameter.Tag.Key.Length');
  await refused(put({ k: `${value}x` }), 400, 'InvalidParameter.Tag.Value.Length');
  for (const reserved of ['aliyun', 'aliyun-x', 'acs:x', 'ACS:x', 'Aliyun', 'see http://x', 'https://x'])
    await refused(put({ [reserved]: '1' }), 400, 'InvalidParameter.Tag.Key.Format');
  await refused(
    Ims.TagResources({
      ...user,
      Tag: [
        { Key: 'k', Value: '1' },
        { Key: 'k', Value: '2' },
      ],
    }),
    400,
    'InvalidParameter.Tag.Key',
  );
  await refused(
    Ims.CreateUser({ UserPrincipalName: upn('unborn'), DisplayName: 'x', Tag: tag({ 'aliyun-x': '1' }) }),
    400,
    'InvalidParameter.Tag.Key.Format',
  );
  await refused(Ims.GetUser({ UserPrincipalName: upn('unborn') }), 404, 'EntityNotExist.User');
});

test('a user carries at most 20 tags, and a refused call leaves none of its own', async () => {
  const twenty = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, 'v']));
  const id = await newUser('twenty', twenty),
    free = await newUser('free');
  const both = { ResourceType: 'user', ResourceId: [free, id] };
  await Ims.TagResources({ ...both, Tag: tag({ k0: 'changed' }) });
  await refused(Ims.TagResources({ ...both, Tag: tag({ k20: 'v' }) }), 409, 'LimitExceeded.User.Tag');
  assert.deepEqual(await tagsOf(free), { k0: 'changed' });
  assert.equal(Object.keys(await tagsOf(id)).length, 20);
  await refused(
    Ims.TagResources({ ResourceType: 'user', ResourceId: [free], Tag: tag({ ...twenty, k20: 'v' }) }),
    400,
    'InvalidParameter.Tag.Length',
  );
});

test('the errors of whom and what', async () => {
  const id = await newUser('errors');
  const calls = [
    ['TagResources', { Tag: tag({ k: 'v' }) }],
    ['UntagResources', { TagKey: ['k'] }],
    ['ListTagResources', {}],
  ];
  for (const [action, params] of calls) {
    const call = (who) => Ims[action]({ ...params, ...who });
    await refused(call({ ResourceId: [id] }), 400, 'MissingResourceType');
    await refused(call({ ResourceType: 'role', ResourceId: [id] }), 400, 'InvalidParameter.ResourceType');
    await refused(call({ ResourceType: 'user', ResourceId: [id, '299999999999999999'] }), 404, 'EntityNotExist.User');
    await refused(call({ ResourceType: 'user', ResourcePrincipalName: [upn('nobody')] }), 404, 'EntityNotExist.User');
    await refused(
      call({ ResourceType: 'user', ResourceId: Array.from({ length: 51 }, () => id) }),
      400,
      'InvalidParameter.ResourceId.Length',
    );
  }
  for (const [action, params] of calls.slice(0, 2)) {
    await refused(Ims[action]({ ResourceType: 'user', ...params }), 400, 'MissingResourceId');
    await refused(
      Ims[action]({ ResourceType: 'user', ResourceId: [id], ResourcePrincipalName: [upn('errors')], ...params }),
      400,
      'InvalidParameter.ResourcePrincipalName',
    );
  }
  const user = { ResourceType: 'user', ResourceId: [id] };
  await refused(Ims.TagResources(user), 400, 'MissingTag');
  await refused(Ims.UntagResources(user), 400, 'MissingTagKey');
  await refused(Ims.UntagResources({ ...user, All: false }), 400, 'MissingTagKey');
  await refused(Ims.ListTagResources({ ...user, PageSize: 101 }), 400, 'InvalidParameter.PageSize.Range');
  await refused(Ims.ListTagResources({ ...user, PageSize: 0 }), 400, 'InvalidParameter.PageSize.Range');
  await refused(Ims.ListTagResources({ ...user, NextToken: 'forged' }), 400, 'InvalidParameter.NextToken');
  assert.deepEqual(await tagsOf(id), {});
});

test('every action that this file claims was called', () => checkCovers(import.meta.url));
