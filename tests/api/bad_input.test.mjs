// covers: Ims.ListUsers Ims.ListAccessKeys Ims.GetDefaultDomain Ram.ListPoliciesForUser Ram.GetAccountAlias
//
// Bad input: every parameter of every action that is implemented, in every way that documents forbid. It gets its documented
// code, and nothing is written. What they allow (an optional parameter left out, an empty one) works.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { checkCovers, clientsOf } from './support/clients.mjs';
import { leaveOut, mutationsOf, optionalFields, sendEmpty } from './support/mutations.mjs';
import { Server, keyOf } from './support/server.mjs';
import { checkConforms, fieldsOf, implemented, shapeOf } from './support/shapes.mjs';
import { signAcs3, signV1 } from './support/sign.mjs';
import { stateOf } from './support/state.mjs';
import { Wire } from './support/wire.mjs';

let server, admin, other, wire, domain, theirs;
let count = 0;
const fresh = () => `u${++count}`;
const upn = (name) => `${name}@${domain}`;
const SYSTEM = { PolicyType: 'System', PolicyName: 'AliyunRAMReadOnlyAccess' };
const FIELDS = { DisplayName: 'A name', Comments: 'Comments', Email: 'a@example.org', MobilePhone: '86-139' };
const NEW_FIELDS = Object.fromEntries(Object.entries(FIELDS).map(([name, value]) => [`New${name}`, value]));
const TAG = { 'Tag.1.Key': 'k', 'Tag.1.Value': 'v' };

before(async () => {
  server = await Server.start();
  admin = clientsOf(server, server.key);
  wire = new Wire(server.host);
  domain = (await admin.Ims.GetDefaultDomain()).DefaultDomainName;
  const account = server.createAccount({ 'account-alias': 'other-account' });
  other = clientsOf(server, keyOf(account));
  const { User } = await other.Ims.CreateUser({
    UserPrincipalName: 'theirs@other-account',
    DisplayName: 'Theirs',
    Tag: [{ Key: 'k', Value: 'v' }],
  });
  const { Marker } = await other.Ram.ListUsers({ MaxItems: 1 });
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
  ['Ims.SetDefaultDomain', () => ({ DefaultDomainName: domain })],
  ['Ims.GetDefaultDomain', () => ({})],
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
  ['Ram.ListEntitiesForPolicy', () => SYSTEM],
  ['Ram.GetPolicy', () => SYSTEM],
  ['Ram.ListPolicies', () => ({ MaxItems: '2', Marker: '', PolicyType: 'System', ...TAG })],
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
      if (!(wireName in foreign()) || name === 'Ram.CreateUser') continue;
      let [value, status, code] = foreign()[wireName];
      if (name === 'Ims.CreateUser') [status, code] = [400, 'InvalidParameter.UserPrincipalName.Format'];
      if (name === 'Ims.GetUser' && field === 'UserAccessKeyId') code = 'EntityNotExist.User';
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
