// covers: Ims.CreateUser Ims.CreateAccessKey Ims.TagResources Ram.CreateUser Ram.CreateAccessKey Ram.AttachPolicyToUser
// covers: Ram.DetachPolicyFromUser Ram.DeleteUser Ram.SetAccountAlias
//
// Calls that race: whatever the order, quotas hold, names stay unique, and every other call is refused with its own code.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { checkCovers, clientsOf } from './support/clients.mjs';
import { checkErrorBody } from './support/refused.mjs';
import { Server, keyOf } from './support/server.mjs';

const AT_ONCE = 12;
const POLICY = { PolicyName: 'AliyunRAMReadOnlyAccess', PolicyType: 'System' };
let server, Ims, Ram, other, domain;
const upn = (name) => `${name}@${domain}`;

before(async () => {
  server = await Server.start();
  ({ Ims, Ram } = clientsOf(server, server.key));
  other = clientsOf(server, keyOf(server.createAccount()));
  domain = (await Ims.GetDefaultDomain()).DefaultDomainName;
});
after(() => server.stop());

/** Runs the calls at once: `wins` of them succeed, the others fail with the code. The answers of those that did. */
async function race(calls, wins, code) {
  const outcomes = await Promise.allSettled(calls);
  const failed = outcomes.filter((outcome) => outcome.status === 'rejected').map((outcome) => outcome.reason);
  for (const { statusCode, data } of failed) checkErrorBody(statusCode, data);
  assert.deepEqual(
    failed.map((error) => error.code),
    Array(calls.length - wins).fill(code),
  );
  return outcomes.filter((outcome) => outcome.status === 'fulfilled').map((outcome) => outcome.value);
}

const times = (make) => Array.from({ length: AT_ONCE }, (_, i) => make(i));

test('one name, made by both faces', async () => {
  for (let round = 0; round < 5; round++) {
    const name = `same-${round}`;
    const one = (i) =>
      i % 2
        ? Ram.CreateUser({ UserName: name })
        : Ims.CreateUser({ UserPrincipalName: upn(name.toUpperCase()), DisplayName: 'x' });
    const [made] = await race(times(one), 1, 'EntityAlreadyExists.User');
    assert.equal((await Ram.GetUser({ UserName: name })).User.UserId, made.User.UserId);
  }
});

test('many names, made at once, are all there', async () => {
  await race(
    times((i) => Ram.CreateUser({ UserName: `many-${i}` })),
    AT_ONCE,
  );
  const names = (await Ram.ListUsers({ MaxItems: 1000 })).Users.User.map((user) => user.UserName);
  for (let i = 0; i < AT_ONCE; i++) assert.ok(names.includes(`many-${i}`));
});

test('one new name for many users', async () => {
  const [winner] = await race(
    times((i) => Ram.UpdateUser({ UserName: `many-${i}`, NewUserName: 'crowned' })),
    1,
    'EntityAlreadyExists.User',
  );
  assert.equal((await Ram.GetUser({ UserName: 'crowned' })).User.UserId, winner.User.UserId);
});

test('AccessKeys beyond the quota', async () => {
  for (let round = 0; round < 5; round++) {
    const UserName = `keys-${round}`;
    await Ram.CreateUser({ UserName });
    const one = (i) => (i % 2 ? Ram.CreateAccessKey({ UserName }) : Ims.CreateAccessKey({ UserPrincipalName: upn(UserName) }));
    const made = await race(times(one), 2, 'LimitExceeded.User.AccessKey');
    made.forEach(({ AccessKey }) => server.hideSecret(AccessKey.AccessKeySecret));
    const listed = (await Ram.ListAccessKeys({ UserName })).AccessKeys.AccessKey.map((key) => key.AccessKeyId);
    assert.deepEqual(listed.sort(), made.map(({ AccessKey }) => AccessKey.AccessKeyId).sort());
  }
});

test('one policy, attached and detached', async () => {
  await Ram.CreateUser({ UserName: 'policy' });
  for (let round = 0; round < 5; round++) {
    await race(
      times(() => Ram.AttachPolicyToUser({ UserName: 'policy', ...POLICY })),
      1,
      'EntityAlreadyExists.User.Policy',
    );
    await race(
      times(() => Ram.DetachPolicyFromUser({ UserName: 'policy', ...POLICY })),
      1,
      'EntityNotExist.User.Policy',
    );
  }
});

test('tags of one user, up to the limit', async () => {
  const { User } = await Ram.CreateUser({ UserName: 'tagged' });
  const put = (i) =>
    Ims.TagResources({
      ResourceType: 'user',
      ResourceId: [User.UserId],
      Tag: Array.from({ length: 5 }, (_, k) => ({ Key: `k${i}-${k}`, Value: 'v' })),
    });
  await race(times(put), 4, 'LimitExceeded.User.Tag');
  assert.equal((await Ims.GetUser({ UserId: User.UserId })).User.Tags.Tag.length, 20);
});

test('a user is deleted once, and gets nothing while it goes', async () => {
  for (let round = 0; round < 10; round++) {
    const UserName = `going-${round}`;
    await Ram.CreateUser({ UserName });
    const [gone, attached] = await Promise.allSettled([
      Ram.DeleteUser({ UserName }),
      Ram.AttachPolicyToUser({ UserName, ...POLICY }),
    ]);
    if (gone.status === 'fulfilled') assert.equal(attached.reason?.code, 'EntityNotExist.User');
    else assert.equal(gone.reason.code, 'DeleteConflict.User.Policy');
    if (gone.status === 'rejected') await Ram.DetachPolicyFromUser({ UserName, ...POLICY });
    const left = times(() => Ram.DeleteUser({ UserName }));
    await race(left, gone.status === 'rejected' ? 1 : 0, 'EntityNotExist.User');
  }
  assert.deepEqual((await Ram.ListEntitiesForPolicy(POLICY)).Users, { User: [] });
});

test('one alias for two accounts', async () => {
  for (let round = 0; round < 10; round++) {
    const AccountAlias = `wanted-${round}`;
    await race(
      [Ram.SetAccountAlias({ AccountAlias }), other.Ram.SetAccountAlias({ AccountAlias })],
      1,
      'EntityAlreadyExists.AccountAlias',
    );
    const aliases = [(await Ram.GetAccountAlias()).AccountAlias, (await other.Ram.GetAccountAlias()).AccountAlias];
    assert.equal(aliases.filter((alias) => alias === AccountAlias).length, 1);
  }
});

test('every action that this file claims was called', () => checkCovers(import.meta.url));
