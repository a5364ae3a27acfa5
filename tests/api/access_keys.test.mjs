// covers: Ims.CreateAccessKey Ims.ListAccessKeys Ims.UpdateAccessKey Ims.DeleteAccessKey Ims.GetAccessKeyLastUsed
// covers: Ram.CreateAccessKey Ram.ListAccessKeys Ram.UpdateAccessKey Ram.DeleteAccessKey Ram.GetAccessKeyLastUsed
//
// AccessKey pairs: of users and of root, on both faces; a pair that was disabled or deleted is dead before the call that did it
// was answered.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { checkCovers, clientsOf } from './support/clients.mjs';
import { refused } from './support/refused.mjs';
import { Server, keyOf } from './support/server.mjs';
import { checkComplete } from './support/shapes.mjs';

let server, admin, Ims, Ram, domain;
const upn = (name) => `${name}@${domain}`;
const SYSTEM = { PolicyType: 'System', PolicyName: 'AdministratorAccess' };
const UNKNOWN = 'LTAI00000000000000000000';

/** Both faces under one signature: how a call names the user, and the face. */
const faces = [
  ['Ims', (name) => ({ UserPrincipalName: upn(name) })],
  ['Ram', (name) => ({ UserName: name })],
];

before(async () => {
  server = await Server.start();
  admin = clientsOf(server, server.key);
  ({ Ims, Ram } = admin);
  domain = (await Ims.GetDefaultDomain()).DefaultDomainName;
});
after(() => server.stop());

async function newKey(UserName) {
  const { AccessKey } = await Ram.CreateAccessKey({ UserName });
  server.hideSecret(AccessKey.AccessKeySecret);
  return { id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret };
}

const works = (key) => clientsOf(server, key).Sts.GetCallerIdentity();

for (const [face, of] of faces) {
  test(`${face}: the life of a pair, and every field of every answer`, async () => {
    const calls = admin[face],
      name = `life-${face.toLowerCase()}`,
      who = of(name);
    const { User } = await Ram.CreateUser({ UserName: name });
    const empty = await calls.ListAccessKeys(who);
    assert.deepEqual(empty.AccessKeys, { AccessKey: [] });

    const made = await calls.CreateAccessKey(who);
    checkComplete(`${face}.CreateAccessKey`, made);
    const { AccessKeyId, AccessKeySecret, Status, CreateDate } = made.AccessKey;
    server.hideSecret(AccessKeySecret);
    assert.match(AccessKeyId, /^LTAI[A-Za-z0-9]{20}$/);
    assert.match(AccessKeySecret, /^[A-Za-z0-9]{30}$/);
    assert.equal(Status, 'Active');
    assert.equal((await works({ id: AccessKeyId, secret: AccessKeySecret })).UserId, User.UserId);

    const list = await calls.ListAccessKeys(who);
    checkComplete(`${face}.ListAccessKeys`, list);
    const { UpdateDate, ...listed } = list.AccessKeys.AccessKey[0];
    assert.deepEqual(listed, { AccessKeyId, Status: 'Active', CreateDate });
    if (face === 'Ims') assert.equal(UpdateDate, CreateDate);
    assert.ok(!JSON.stringify(list).includes(AccessKeySecret));

    const key = { ...who, UserAccessKeyId: AccessKeyId };
    const status = async () => (await calls.ListAccessKeys(who)).AccessKeys.AccessKey[0].Status;
    checkComplete(`${face}.UpdateAccessKey`, await calls.UpdateAccessKey({ ...key, Status: 'Inactive' }));
    assert.equal(await status(), 'Inactive');
    await calls.UpdateAccessKey({ ...key, Status: 'Inactive' });
    await calls.UpdateAccessKey({ ...key, Status: 'Active' });
    assert.equal(await status(), 'Active');
    checkComplete(`${face}.DeleteAccessKey`, await calls.DeleteAccessKey(key));
    await refused(calls.DeleteAccessKey(key), 404, 'EntityNotExist.User.AccessKey');
    assert.deepEqual((await calls.ListAccessKeys(who)).AccessKeys, { AccessKey: [] });
  });

  test(`${face}: the documented errors`, async () => {
    const calls = admin[face],
      name = `errors-${face.toLowerCase()}`,
      other = `${name}-2`,
      who = of(name);
    await Ram.CreateUser({ UserName: name });
    await Ram.CreateUser({ UserName: other });
    const { id } = await newKey(other);
    const parameter = Object.keys(who)[0];
    const actions = [
      ['CreateAccessKey', {}],
      ['ListAccessKeys', {}],
      ['UpdateAccessKey', { UserAccessKeyId: id, Status: 'Inactive' }],
      ['DeleteAccessKey', { UserAccessKeyId: id }],
      ['GetAccessKeyLastUsed', { UserAccessKeyId: id }],
    ];
    for (const [action, params] of actions) {
      await refused(calls[action]({ ...of('nobody'), ...params }), 404, 'EntityNotExist.User');
      await refused(calls[action]({ ...of('no body'), ...params }), 400, `InvalidParameter.${parameter}.InvalidChars`);
      await refused(calls[action]({ ...of('n'.repeat(65)), ...params }), 400, `InvalidParameter.${parameter}.Length`);
      if (!params.UserAccessKeyId) continue;
      await refused(calls[action]({ ...who, ...params }), 404, 'EntityNotExist.User.AccessKey');
      await refused(calls[action]({ ...params }), 404, 'EntityNotExist.User.AccessKey');
      await refused(calls[action]({ ...who, ...params, UserAccessKeyId: UNKNOWN }), 404, 'EntityNotExist.User.AccessKey');
      await refused(calls[action]({ ...who, ...params, UserAccessKeyId: '' }), 400, 'MissingUserAccessKeyId');
    }
    await refused(calls.UpdateAccessKey({ ...of(other), UserAccessKeyId: id }), 400, 'MissingStatus');
    await refused(
      calls.UpdateAccessKey({ ...of(other), UserAccessKeyId: id, Status: 'active' }),
      400,
      'InvalidParameter.Status',
    );
    assert.deepEqual(
      (await Ram.ListAccessKeys({ UserName: other })).AccessKeys.AccessKey.map((k) => [k.AccessKeyId, k.Status]),
      [[id, 'Active']],
    );
  });

  test(`${face}: without a user it is the caller`, async () => {
    const name = `self-${face.toLowerCase()}`,
      parameter = Object.keys(of(''))[0];
    await Ram.CreateUser({ UserName: name });
    await Ram.AttachPolicyToUser({ UserName: name, ...SYSTEM });
    const key = await newKey(name);
    const calls = clientsOf(server, key)[face];
    for (const self of [{}, { [parameter]: '' }]) {
      const ids = async () => (await calls.ListAccessKeys(self)).AccessKeys.AccessKey.map((k) => k.AccessKeyId);
      assert.deepEqual(await ids(), [key.id]);
      const { AccessKey } = await calls.CreateAccessKey(self);
      server.hideSecret(AccessKey.AccessKeySecret);
      const second = { ...self, UserAccessKeyId: AccessKey.AccessKeyId };
      assert.deepEqual((await ids()).sort(), [key.id, AccessKey.AccessKeyId].sort());
      assert.equal((await calls.GetAccessKeyLastUsed(second)).AccessKeyLastUsed.LastUsedDate, '');
      await calls.UpdateAccessKey({ ...second, Status: 'Inactive' });
      await calls.DeleteAccessKey(second);
    }
  });

  test(`${face}: root owns pairs of its own, at most two`, async () => {
    const root = clientsOf(server, keyOf(server.createAccount({ 'root-access-key': true })));
    const calls = root[face];
    const { AccessKey } = await calls.CreateAccessKey();
    server.hideSecret(AccessKey.AccessKeySecret);
    const ids = (await calls.ListAccessKeys()).AccessKeys.AccessKey.map((k) => k.AccessKeyId).sort();
    assert.deepEqual(ids, [root.key.id, AccessKey.AccessKeyId].sort());
    const second = { id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret };
    assert.equal((await works(second)).IdentityType, 'Account');
    await refused(calls.CreateAccessKey(), 409, 'LimitExceeded.User.AccessKey');
    await refused(root.Ims.GetUser({ UserAccessKeyId: second.id }), 404, 'EntityNotExist.User');
    await calls.DeleteAccessKey({ UserAccessKeyId: second.id });
    await refused(works(second), 400, 'InvalidAccessKeyId.NotFound');
  });
}

test('a user owns at most two pairs', async () => {
  await Ram.CreateUser({ UserName: 'quota' });
  const first = await newKey('quota');
  await newKey('quota');
  await refused(Ram.CreateAccessKey({ UserName: 'quota' }), 409, 'LimitExceeded.User.AccessKey');
  await refused(Ims.CreateAccessKey({ UserPrincipalName: upn('quota') }), 409, 'LimitExceeded.User.AccessKey');
  await Ram.UpdateAccessKey({ UserName: 'quota', UserAccessKeyId: first.id, Status: 'Inactive' });
  await refused(Ram.CreateAccessKey({ UserName: 'quota' }), 409, 'LimitExceeded.User.AccessKey');
  await Ram.DeleteAccessKey({ UserName: 'quota', UserAccessKeyId: first.id });
  await newKey('quota');
});

test('the two faces are one state', async () => {
  await Ram.CreateUser({ UserName: 'both' });
  const { AccessKey } = await Ims.CreateAccessKey({ UserPrincipalName: upn('both') });
  server.hideSecret(AccessKey.AccessKeySecret);
  await Ram.UpdateAccessKey({ UserName: 'BOTH', UserAccessKeyId: AccessKey.AccessKeyId, Status: 'Inactive' });
  const [seen] = (await Ims.ListAccessKeys({ UserPrincipalName: upn('both') })).AccessKeys.AccessKey;
  assert.deepEqual([seen.AccessKeyId, seen.Status], [AccessKey.AccessKeyId, 'Inactive']);
});

test('a pair that is disabled is refused by the next call, and one that is enabled works on the next: 100 times', async () => {
  await Ram.CreateUser({ UserName: 'switch' });
  const key = await newKey('switch');
  const one = { UserName: 'switch', UserAccessKeyId: key.id };
  for (let i = 0; i < 100; i++) {
    await works(key);
    await Ram.UpdateAccessKey({ ...one, Status: 'Inactive' });
    await refused(works(key), 400, 'InvalidAccessKeyId.Inactive');
    await Ram.UpdateAccessKey({ ...one, Status: 'Active' });
  }
  await works(key);
});

test('a pair that is deleted is unknown to the next call: 50 times', async () => {
  await Ram.CreateUser({ UserName: 'gone' });
  for (let i = 0; i < 50; i++) {
    const key = await newKey('gone');
    await works(key);
    await Ram.DeleteAccessKey({ UserName: 'gone', UserAccessKeyId: key.id });
    await refused(works(key), 400, 'InvalidAccessKeyId.NotFound');
  }
});

test('a pair follows its user through a new name', async () => {
  await Ram.CreateUser({ UserName: 'before' });
  const key = await newKey('before');
  assert.match((await works(key)).Arn, /:user\/before$/);
  await Ram.UpdateUser({ UserName: 'before', NewUserName: 'afterwards' });
  assert.match((await works(key)).Arn, /:user\/afterwards$/);
  assert.equal((await Ram.ListAccessKeys({ UserName: 'afterwards' })).AccessKeys.AccessKey[0].AccessKeyId, key.id);
});

test('the last use of a pair is told with the service, and survives a restart', async () => {
  await Ram.CreateUser({ UserName: 'used' });
  await Ram.AttachPolicyToUser({ UserName: 'used', ...SYSTEM });
  const key = await newKey('used'),
    idle = await newKey('used');
  const began = Date.now() - 1000;
  await clientsOf(server, key).Ram.ListUsers();
  await server.restart();
  const { Ims: ims, Ram: ram } = clientsOf(server, server.key);
  const seen = await ims.GetAccessKeyLastUsed({ UserPrincipalName: upn('used'), UserAccessKeyId: key.id });
  checkComplete('Ims.GetAccessKeyLastUsed', seen);
  assert.equal(seen.AccessKeyLastUsed.ServiceName, 'Ram');
  const { LastUsedDate } = seen.AccessKeyLastUsed;
  assert.ok(Date.parse(LastUsedDate) >= began - 1000 && Date.parse(LastUsedDate) <= Date.now());
  const same = await ram.GetAccessKeyLastUsed({ UserName: 'used', UserAccessKeyId: key.id });
  checkComplete('Ram.GetAccessKeyLastUsed', same);
  assert.deepEqual(same.AccessKeyLastUsed, { LastUsedDate });
  assert.deepEqual(
    (await ims.GetAccessKeyLastUsed({ UserPrincipalName: upn('used'), UserAccessKeyId: idle.id })).AccessKeyLastUsed,
    { LastUsedDate: '', ServiceName: '' },
  );
});

test('every action that this file claims was called', () => checkCovers(import.meta.url));
