// covers: Sts.AssumeRole Sts.GetCallerIdentity Argali.RevokeRoleSessions
//
// Temporary credentials with the official clients: who gets them, what they may do, and how they end (threats T44 to T50).
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { checkCovers, clientsOf, popCore } from './support/clients.mjs';
import { wrongSecrets } from './support/flips.mjs';
import { refused } from './support/refused.mjs';
import { Server, keyOf } from './support/server.mjs';
import { checkComplete } from './support/shapes.mjs';
import { signAcs3, signV1 } from './support/sign.mjs';
import { Wire } from './support/wire.mjs';

let server, wire, admin, alice, accountId;
const IDENTITY = { action: 'GetCallerIdentity', version: '2015-04-01' };
const ASSUME = { PolicyType: 'System', PolicyName: 'AliyunSTSAssumeRoleAccess' };
const document = (...Statement) => JSON.stringify({ Version: '1', Statement });
const allow = (Action, Resource = '*') => ({ Effect: 'Allow', Action, Resource });
const deny = (Action, Resource = '*') => ({ Effect: 'Deny', Action, Resource });
const trust = (...ids) =>
  document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { RAM: ids.map((id) => `acs:ram::${id}:root`) } });
const arnOf = (RoleName, account = accountId) => `acs:ram::${account}:role/${RoleName}`;

before(async () => {
  server = await Server.start();
  wire = new Wire(server.host);
  admin = clientsOf(server, server.key);
  accountId = server.account.AccountId;
  alice = await newUser('alice', ASSUME);
  await newRole('reader', 'AliyunRAMReadOnlyAccess');
});
after(() => {
  wire.close();
  return server.stop();
});

async function newUser(UserName, policy, by = admin) {
  await by.Ram.CreateUser({ UserName });
  if (policy) await by.Ram.AttachPolicyToUser({ UserName, ...policy });
  const { AccessKey } = await by.Ram.CreateAccessKey({ UserName });
  return { name: UserName, ...clientsOf(server, { id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret }) };
}

async function newRole(RoleName, policy, { by = admin, trusts = [accountId] } = {}) {
  await by.Ram.CreateRole({ RoleName, AssumeRolePolicyDocument: trust(...trusts) });
  if (policy) await by.Ram.AttachPolicyToRole({ RoleName, PolicyType: 'System', PolicyName: policy });
}

const assume = (who, RoleName, more = {}) =>
  who.Sts.AssumeRole({ RoleArn: arnOf(RoleName), RoleSessionName: 'session', ...more });

/** The key and token in an answer; the secret is watched for in the log. */
function credentialsOf({ Credentials: { AccessKeyId: id, AccessKeySecret: secret, SecurityToken: token } }) {
  server.hideSecret(secret);
  server.hideSecret(token);
  return { id, secret, token };
}

/** Clients of a new session. */
async function sessionOf(who, RoleName, { options, ...more } = {}) {
  const key = credentialsOf(await assume(who, RoleName, more));
  return { ...clientsOf(server, key, { securityToken: key.token, ...options }), token: key.token };
}

const revoked = (who) => refused(who.Sts.GetCallerIdentity(), 400, 'InvalidSecurityToken.Revoked');

test('AssumeRole answers every field, and the session is what GetCallerIdentity says', async () => {
  const { Role } = await admin.Ram.GetRole({ RoleName: 'reader' });
  const answer = await assume(alice, 'READER', { RoleSessionName: 'deploy@ci', SourceIdentity: 'alice', DurationSeconds: 900 });
  checkComplete('Sts.AssumeRole', answer);
  const { Credentials, AssumedRoleUser, SourceIdentity } = answer;
  assert.match(Credentials.AccessKeyId, /^STS\.[A-Za-z0-9]{24}$/);
  assert.match(Credentials.AccessKeySecret, /^[A-Za-z0-9]{30}$/);
  const left = (Date.parse(Credentials.Expiration) - Date.now()) / 1000;
  assert.ok(left > 800 && left <= 901, Credentials.Expiration);
  assert.deepEqual(AssumedRoleUser, { Arn: `${Role.Arn}/deploy@ci`, AssumedRoleId: `${Role.RoleId}:deploy@ci` });
  assert.equal(SourceIdentity, 'alice');
  const key = credentialsOf(answer);
  for (const secure of [false, true]) {
    for (const algorithm of [undefined, 'ACS3-HMAC-SM3', 'v2']) {
      const who = await clientsOf(server, key, { securityToken: key.token, secure, algorithm }).Sts.GetCallerIdentity();
      const { RequestId, ...identity } = who;
      assert.deepEqual(identity, {
        IdentityType: 'AssumedRoleUser',
        AccountId: accountId,
        PrincipalId: AssumedRoleUser.AssumedRoleId,
        RoleId: Role.RoleId,
        Arn: AssumedRoleUser.Arn,
      });
    }
    for (const method of ['GET', 'POST']) {
      const call = popCore(server, key, 'Sts', { securityToken: key.token, secure, method });
      assert.equal((await call('GetCallerIdentity')).Arn, AssumedRoleUser.Arn);
    }
  }
});

test('the legacy client assumes a role over https, as Terraform does', async () => {
  for (const method of ['GET', 'POST']) {
    const call = popCore(server, alice.key, 'Sts', { secure: true, method });
    const params = { RoleArn: arnOf('reader'), RoleSessionName: 'terraform', DurationSeconds: 3600 };
    const key = credentialsOf(await call('AssumeRole', { ...params, Policy: document(allow('ram:ListUsers')) }));
    const session = clientsOf(server, key, { securityToken: key.token });
    await session.Ram.ListUsers({ MaxItems: 1 });
    await refused(session.Ram.ListRoles(), 403, 'NoPermission');
  }
});

/** The official provider's answer for these options. */
async function provided(options) {
  const ca = path.join(server.dir, 'ca.pem');
  fs.writeFileSync(ca, server.certificate);
  const script = fileURLToPath(new URL('support/assume_role.mjs', import.meta.url));
  const argument = JSON.stringify({ host: server.tlsHost, ...options });
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: ca };
  const { stdout } = await promisify(execFile)(process.execPath, [script, argument], { env });
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

test('the official credential provider assumes roles over https, in a chain too', async () => {
  const own = { accessKeyId: alice.key.id, accessKeySecret: alice.key.secret };
  const first = await provided({ ...own, roleArn: arnOf('reader'), roleSessionName: 'provider', externalId: 'x-1' });
  server.hideSecret(first.accessKeySecret);
  assert.equal(first.identity?.Arn, `${arnOf('reader')}/provider`, first.error);
  await newRole('second', 'AliyunRAMReadOnlyAccess');
  await admin.Ram.AttachPolicyToRole({ RoleName: 'reader', ...ASSUME });
  const { identity, ...credentials } = first;
  const policy = document(allow('*'));
  const then = await provided({ ...credentials, roleArn: arnOf('second'), roleSessionName: 'then', policy });
  server.hideSecret(then.accessKeySecret);
  assert.equal(then.identity?.Arn, `${arnOf('second')}/then`, then.error);
  await admin.Ram.DetachPolicyFromRole({ RoleName: 'reader', ...ASSUME });
  assert.match((await provided({ ...own, roleArn: arnOf('ghost'), roleSessionName: 'none' })).error, /EntityNotExist\.Role/);
});

test('both sides have to allow it: the policies of who asks, and the trust policy of the role', async () => {
  const nobody = await newUser('nobody');
  const { AccessDeniedDetail: detail } = await refused(assume(nobody, 'reader'), 403, 'NoPermission');
  assert.deepEqual([detail.AuthAction, detail.PolicyType], ['sts:AssumeRole', 'AccountLevelIdentityBasedPolicy']);
  await refused(assume(nobody, 'ghost'), 403, 'NoPermission'); // and learns nothing of what there is

  const exactly = { PolicyType: 'Custom', PolicyName: 'one-role' };
  await admin.Ram.CreatePolicy({
    PolicyName: 'one-role',
    PolicyDocument: document(allow('sts:AssumeRole', arnOf('reader'))),
  });
  await admin.Ram.AttachPolicyToUser({ UserName: 'nobody', ...exactly });
  await assume(nobody, 'reader').then(credentialsOf);
  await newRole('unnamed');
  await refused(assume(nobody, 'unnamed'), 403, 'NoPermission');

  const principals = { RAM: [`acs:ram::${accountId}:user/nobody`] };
  const AssumeRolePolicyDocument = document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principals });
  await admin.Ram.UpdateRole({ RoleName: 'unnamed', NewAssumeRolePolicyDocument: AssumeRolePolicyDocument });
  const { AccessDeniedDetail: trusted } = await refused(assume(alice, 'unnamed'), 403, 'NoPermission');
  assert.deepEqual(
    [trusted.AuthAction, trusted.PolicyType, trusted.AuthPrincipalDisplayName],
    ['sts:AssumeRole', 'AssumeRolePolicy', 'alice'],
  );
  await refused(assume(alice, 'ghost'), 404, 'EntityNotExist.Role');
  const { status, body } = await wire.send({
    method: 'GET',
    target: `/?Action=AssumeRole&Version=2015-04-01&RoleArn=${encodeURIComponent(arnOf('reader'))}&RoleSessionName=anonymous`,
    headers: [['Host', server.host]],
  });
  assert.equal(`${status} ${body.Code}`, '400 MissingAccessKeyId');
});

test('root may not, and a service role is for services', async () => {
  const account = server.createAccount({ 'root-access-key': true });
  const root = clientsOf(server, keyOf(account));
  await newRole('own', undefined, { by: root, trusts: [account.AccountId] });
  const RoleArn = arnOf('own', account.AccountId);
  const saying = 'Roles may not be assumed by root accounts.';
  await refused(root.Sts.AssumeRole({ RoleArn, RoleSessionName: 'root' }), 403, 'NoPermission', saying);
  const Principal = { Service: ['ecs.aliyuncs.com'] };
  const AssumeRolePolicyDocument = document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal });
  await admin.Ram.CreateRole({ RoleName: 'for-ecs', AssumeRolePolicyDocument });
  await refused(assume(admin, 'for-ecs'), 403, 'NoPermission');
});

test('roles of another account: trusted users of it get in, and names are not told (T56)', async () => {
  const account = server.createAccount();
  const other = clientsOf(server, keyOf(account));
  await newRole('shared', 'AliyunRAMReadOnlyAccess', { by: other, trusts: [accountId] });
  await newRole('closed', 'AliyunRAMReadOnlyAccess', { by: other, trusts: [account.AccountId] });
  const ask = (name, id) => alice.Sts.AssumeRole({ RoleArn: arnOf(name, id), RoleSessionName: 'guest' });
  const key = credentialsOf(await ask('shared', account.AccountId));
  const guest = clientsOf(server, key, { securityToken: key.token });
  const who = await guest.Sts.GetCallerIdentity();
  assert.deepEqual([who.AccountId, who.Arn], [account.AccountId, `${arnOf('shared', account.AccountId)}/guest`]);
  const names = (await guest.Ram.ListUsers()).Users.User.map((user) => user.UserName);
  assert.deepEqual(names, ['admin']);
  const RoleArn = arnOf('shared', account.AccountId);
  await refused(other.Sts.AssumeRole({ RoleArn, RoleSessionName: 'own' }), 403, 'NoPermission');
  const answers = [];
  for (const [name, id] of [
    ['closed', account.AccountId],
    ['ghost', account.AccountId],
    ['closed', '1111111111111111'],
  ]) {
    const { RequestId, AccessDeniedDetail, ...rest } = await refused(ask(name, id), 403, 'NoPermission');
    const { EncodedDiagnosticMessage, ...detail } = AccessDeniedDetail;
    answers.push({ ...rest, detail });
  }
  assert.deepEqual(answers[1], answers[0]);
  assert.deepEqual(answers[2], answers[0]);
});

test('conditions of a trust policy see the external id and the names of the session', async () => {
  const condition = { StringEquals: { 'sts:ExternalId': 'id-7' }, StringLike: { 'sts:RoleSessionName': 'ci-*' } };
  const Principal = { RAM: [`acs:ram::${accountId}:root`] };
  await admin.Ram.CreateRole({
    RoleName: 'conditional',
    AssumeRolePolicyDocument: document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal, Condition: condition }),
  });
  const good = { ExternalId: 'id-7', RoleSessionName: 'ci-1' };
  await assume(alice, 'conditional', good).then(credentialsOf);
  for (const wrong of [{ ExternalId: 'id-8' }, { ExternalId: undefined }, { RoleSessionName: 'cd-1' }])
    await refused(assume(alice, 'conditional', { ...good, ...wrong }), 403, 'NoPermission');
});

test('durations', async () => {
  for (const DurationSeconds of [899, 0, -1, 3601, 43201])
    await refused(assume(alice, 'reader', { DurationSeconds }), 400, 'InvalidParameter.DurationSeconds');
  await admin.Ram.UpdateRole({ RoleName: 'reader', NewMaxSessionDuration: 43200 });
  const { Credentials } = await assume(alice, 'reader', { DurationSeconds: 43200 });
  server.hideSecret(Credentials.AccessKeySecret);
  assert.ok(Date.parse(Credentials.Expiration) - Date.now() > 43000e3);
});

test('a session may what its role and its session policy allow, no more (T44)', async () => {
  await newRole('boss', 'AdministratorAccess');
  const cases = [
    ['boss', undefined, true, true],
    ['boss', document(allow('*')), true, true],
    ['boss', document(allow('ram:List*')), true, false],
    ['boss', document(allow('*'), deny('ram:CreateGroup')), true, false],
    ['boss', document(allow('oss:*')), false, false],
    ['reader', undefined, true, false],
    ['reader', document(allow('*')), true, false],
    ['reader', document(allow('ram:CreateGroup')), false, false],
  ];
  for (const [i, [role, Policy, mayList, mayCreate]] of cases.entries()) {
    const session = await sessionOf(alice, role, { Policy });
    for (const [call, params, may] of [
      [session.Ram.ListUsers, { MaxItems: 1 }, mayList],
      [session.Ram.CreateGroup, { GroupName: `made-${i}` }, mayCreate],
    ]) {
      if (may) await call(params);
      else await refused(call(params), 403, 'NoPermission');
    }
  }
});

test('what was denied to a session names it', async () => {
  const session = await sessionOf(alice, 'reader', { Policy: document(allow('*'), deny('ram:ListUsers')) });
  const { AccessDeniedDetail: detail } = await refused(session.Ram.ListUsers(), 403, 'NoPermission');
  assert.deepEqual(
    [detail.AuthPrincipalType, detail.AuthPrincipalDisplayName, detail.AuthPrincipalOwnerId],
    ['AssumedRoleUser', 'reader:session', accountId],
  );
  assert.deepEqual([detail.NoPermissionType, detail.PolicyType], ['ExplicitDeny', 'SessionPolicy']);
});

test('no session makes a stronger one (T44)', async () => {
  const weak = await sessionOf(alice, 'boss', { Policy: document(allow('ram:List*'), allow('sts:*')) });
  await refused(weak.Ram.CreateGroup({ GroupName: 'stronger' }), 403, 'NoPermission');
  const bound = 'A session with a policy of its own may not assume another role.';
  await newRole('detour', 'AliyunSTSAssumeRoleAccess');
  for (const role of ['boss', 'detour']) await refused(assume(weak, role), 403, 'NoPermission', bound);
  const again = 'A session may not assume a role that it went through.';
  const around = await sessionOf(await sessionOf(alice, 'boss'), 'detour');
  await refused(assume(around, 'boss'), 403, 'NoPermission', again);
  const mute = await sessionOf(alice, 'boss', { Policy: document(allow('ram:List*')) });
  await refused(assume(mute, 'detour'), 403, 'NoPermission');
  await refused(mute.Ram.AttachPolicyToRole({ RoleName: 'reader', ...ASSUME }), 403, 'NoPermission');
});

test('a session has no AccessKeys, and makes them for others only where it may (T45)', async () => {
  await newUser('bob');
  const boss = await sessionOf(alice, 'boss');
  for (const call of [boss.Ram.CreateAccessKey, boss.Ims.ListAccessKeys, boss.Ims.CreateAccessKey])
    await refused(call(), 404, 'EntityNotExist.User');
  const limited = await sessionOf(alice, 'boss', {
    Policy: document(allow('ram:*AccessKey*', `acs:ram:*:${accountId}:user/alice`)),
  });
  await refused(limited.Ram.CreateAccessKey({ UserName: 'bob' }), 403, 'NoPermission');
  await refused(limited.Ram.CreateAccessKey(), 403, 'NoPermission');
  const { AccessKey } = await limited.Ram.CreateAccessKey({ UserName: 'alice' });
  server.hideSecret(AccessKey.AccessKeySecret);
  await admin.Ram.DeleteAccessKey({ UserName: 'alice', UserAccessKeyId: AccessKey.AccessKeyId });
});

/** The answer to a GetCallerIdentity signed with ACS3 or v1, with any token. */
async function ask(key, token, scheme = 'acs3') {
  const request =
    scheme === 'acs3'
      ? signAcs3(server.host, key, {
          ...IDENTITY,
          headers: [
            ['x-acs-accesskey-id', key.id],
            ...(token === undefined ? [] : [['x-acs-security-token', token]]),
          ],
        })
      : signV1(server.host, key, { ...IDENTITY, parameters: { SecurityToken: token } });
  const { status, body } = await wire.send(request);
  return status === 200 ? '200' : `${status} ${body.Code}`;
}

test('key, secret and token belong together, and the token alone is nothing (T46)', async () => {
  const one = credentialsOf(await assume(alice, 'reader')),
    two = credentialsOf(await assume(alice, 'reader'));
  for (const scheme of ['acs3', 'v1']) {
    assert.equal(await ask(one, one.token, scheme), '200');
    assert.equal(await ask(one, undefined, scheme), '400 MissingSecurityToken');
    assert.equal(await ask(one, '', scheme), '400 MissingSecurityToken');
    assert.equal(await ask(one, two.token, scheme), '400 InvalidSecurityToken.MismatchWithAccessKey');
    assert.equal(await ask({ ...one, id: two.id }, two.token, scheme), '400 SignatureDoesNotMatch');
    assert.equal(await ask(alice.key, one.token, scheme), '400 InvalidSecurityToken.MismatchWithAccessKey');
    assert.equal(await ask({ ...alice.key, id: one.id }, one.token, scheme), '400 SignatureDoesNotMatch');
    assert.equal(await ask({ ...one, secret: one.token }, one.token, scheme), '400 SignatureDoesNotMatch');
    assert.equal(await ask({ ...one, secret: one.id }, one.token, scheme), '400 SignatureDoesNotMatch');
  }
  const bearer = { method: 'GET', target: '/?Action=GetCallerIdentity&Version=2015-04-01' };
  for (const headers of [
    [['x-acs-security-token', one.token]],
    [['Authorization', `Bearer ${one.token}`]],
    [
      ['x-acs-accesskey-id', one.id],
      ['x-acs-security-token', one.token],
    ],
  ]) {
    const { status } = await wire.send({ ...bearer, headers: [['Host', server.host], ...headers] });
    assert.equal(status, 400);
  }
});

test('every character of a token counts (T48)', async () => {
  const key = credentialsOf(await assume(alice, 'reader'));
  const other = (c) => (c === 'A' ? 'B' : 'A');
  for (let i = 0; i < key.token.length; i++) {
    const changed = key.token.slice(0, i) + other(key.token[i]) + key.token.slice(i + 1);
    assert.equal(await ask(key, changed, i % 2 ? 'v1' : 'acs3'), '400 InvalidSecurityToken.Malformed', `at ${i}`);
  }
  for (const changed of [key.token.slice(0, -1), `${key.token}A`, `${key.token}=`, key.token.slice(1), 'A', 'x'.repeat(16385)])
    assert.equal(await ask(key, changed), '400 InvalidSecurityToken.Malformed');
  assert.equal(await ask(key, key.token), '200');
});

test('neither the token nor the key chooses how it is verified (T49)', async () => {
  const key = credentialsOf(await assume(alice, 'reader'));
  const headers = [['x-acs-security-token', key.token]];
  for (const algorithm of ['none', 'ACS3-NONE', 'ACS3-HMAC-MD5', 'ACS3-RSA-SHA256', 'ACS4-HMAC-SHA256']) {
    const { status } = await wire.send(signAcs3(server.host, key, { ...IDENTITY, algorithm, headers }));
    assert.equal(status, 400, algorithm);
  }
  for (const SignatureMethod of ['none', 'NONE', 'HMAC-MD5', 'BEARERTOKEN', 'PRIVATEKEY']) {
    const { status, body } = await wire.send(
      signV1(server.host, key, { ...IDENTITY, parameters: { SignatureMethod, SecurityToken: key.token } }),
    );
    assert.equal(`${status} ${body.Code}`, '400 InvalidSignatureMethod');
  }
});

test('every character of a secret counts (T50)', async () => {
  const key = credentialsOf(await assume(alice, 'reader'));
  for (const scheme of ['acs3', 'v1'])
    for (const wrong of wrongSecrets(key, 'all'))
      assert.equal(await ask(wrong, key.token, scheme), '400 SignatureDoesNotMatch');
  assert.equal(await ask(key, key.token), '200');
});

test('a token that is used on gets no string to sign back', async () => {
  const key = credentialsOf(await assume(alice, 'reader'));
  for (const request of [
    signAcs3(server.host, { ...key, secret: 'x' }, { ...IDENTITY, headers: [['x-acs-security-token', key.token]] }),
    signV1(server.host, { ...key, secret: 'x' }, { ...IDENTITY, parameters: { SecurityToken: key.token } }),
  ]) {
    const { body, text } = await wire.send(request);
    assert.equal(body.Code, 'SignatureDoesNotMatch');
    assert.ok(!text.includes(key.token) && !text.includes(encodeURIComponent(key.token)));
  }
});

test('a session ends with the key, the user or the role, at the next call', async () => {
  const carol = await newUser('carol', ASSUME);
  await newRole('mortal', 'AliyunRAMReadOnlyAccess');
  let session = await sessionOf(carol, 'mortal');
  const key = { UserName: 'carol', UserAccessKeyId: carol.key.id };
  for (let i = 0; i < 5; i++) {
    await session.Sts.GetCallerIdentity();
    await admin.Ram.UpdateAccessKey({ ...key, Status: 'Inactive' });
    await revoked(session);
    await admin.Ram.UpdateAccessKey({ ...key, Status: 'Active' });
  }
  await admin.Ram.DetachPolicyFromRole({ RoleName: 'mortal', PolicyType: 'System', PolicyName: 'AliyunRAMReadOnlyAccess' });
  await refused(session.Ram.ListUsers(), 403, 'NoPermission'); // what the role lost
  await admin.Ram.DeleteRole({ RoleName: 'mortal' });
  await revoked(session);
  await newRole('mortal', 'AliyunRAMReadOnlyAccess'); // another role of that name
  await revoked(session);

  session = await sessionOf(carol, 'mortal');
  await session.Ram.ListUsers({ MaxItems: 1 });
  await admin.Ram.DetachPolicyFromUser({ UserName: 'carol', ...ASSUME }); // it may not ask again, and goes on with what it has
  await session.Ram.ListUsers({ MaxItems: 1 });
  await admin.Ram.DeleteAccessKey(key);
  await revoked(session);
  await admin.Ram.DeleteUser({ UserName: 'carol' });
  await revoked(session);
});

test('RevokeRoleSessions ends the sessions issued before it, and what they assumed, and no others', async () => {
  await newRole('revocable', 'AliyunSTSAssumeRoleAccess');
  await newRole('behind', 'AliyunRAMReadOnlyAccess');
  for (let i = 0; i < 10; i++) {
    const before = await sessionOf(alice, 'revocable'),
      chained = await sessionOf(before, 'behind'),
      aside = await sessionOf(alice, 'behind');
    await chained.Sts.GetCallerIdentity();
    await admin.Argali.RevokeRoleSessions({ RoleName: 'revocable' });
    const later = await sessionOf(alice, 'revocable'); // perhaps within the same millisecond
    await revoked(before);
    await revoked(chained);
    await later.Sts.GetCallerIdentity();
    await aside.Sts.GetCallerIdentity();
  }
});

test('a revoked session gets no last write, though its call was under way', async () => {
  await newRole('racing', 'AdministratorAccess');
  const groups = async () => (await admin.Ram.ListGroups()).Groups.Group.map((group) => group.GroupName);
  const wires = Array.from({ length: 10 }, () => new Wire(server.host));
  const [revoker, ...writers] = wires;
  const ram = { version: '2015-05-01' };
  for (let round = 0; round < 20; round++) {
    const key = credentialsOf(await assume(alice, 'racing'));
    const headers = [['x-acs-security-token', key.token]];
    const requests = writers.map((_, i) =>
      signAcs3(server.host, key, { ...ram, action: 'CreateGroup', query: { GroupName: `late-${round}-${i}` }, headers }),
    );
    const revoke = signAcs3(server.host, server.key, {
      action: 'RevokeRoleSessions',
      version: '2026-11-23',
      query: { RoleName: 'racing' },
    });
    const then = revoker.send(revoke).then(async ({ status }) => {
      assert.equal(status, 200);
      return groups();
    });
    const answers = await Promise.all(writers.map((writer, i) => writer.send(requests[i])));
    const seen = await then,
      now = await groups();
    assert.deepEqual(now, seen, 'something was written after the call that revoked the session was answered');
    answers.forEach(({ status, body }, i) => {
      if (status !== 200) assert.equal(body.Code, 'InvalidSecurityToken.Revoked');
      assert.equal(now.includes(`late-${round}-${i}`), status === 200);
    });
    await Promise.all(now.filter((name) => name.startsWith('late-')).map((GroupName) => admin.Ram.DeleteGroup({ GroupName })));
  }
  wires.forEach((one) => one.close());
});

test('chains: five roles, an hour, one source identity', async () => {
  let who = alice;
  for (let i = 1; i <= 5; i++) {
    await newRole(`chain-${i}`, 'AliyunSTSAssumeRoleAccess');
    await admin.Ram.UpdateRole({ RoleName: `chain-${i}`, NewMaxSessionDuration: 43200 });
    const more = i === 1 ? { SourceIdentity: 'alice' } : {};
    if (i > 1) {
      const long = { DurationSeconds: 3601 };
      await refused(assume(who, `chain-${i}`, long), 400, 'InvalidParameter.DurationSeconds');
      const saying = 'The source identity of a session cannot be changed.';
      await refused(assume(who, `chain-${i}`, { SourceIdentity: 'mallory' }), 403, 'NoPermission', saying);
    }
    const answer = await assume(who, `chain-${i}`, more);
    assert.equal(answer.SourceIdentity, 'alice');
    const key = credentialsOf(answer);
    who = clientsOf(server, key, { securityToken: key.token });
  }
  await newRole('chain-6');
  await refused(assume(who, 'chain-6'), 403, 'NoPermission', 'A session may go through 5 roles at most.');
  await admin.Ram.DetachPolicyFromRole({ RoleName: 'chain-2', ...ASSUME });
  await admin.Ram.DeleteRole({ RoleName: 'chain-2' });
  await revoked(who);
});

test('sessions live through a restart', async () => {
  const key = credentialsOf(await assume(alice, 'reader'));
  await server.restart();
  wire.close();
  wire = new Wire(server.host);
  admin = clientsOf(server, server.key);
  await clientsOf(server, key, { securityToken: key.token }).Ram.ListUsers({ MaxItems: 1 });
});

test('every action that this file claims was called', () => checkCovers(import.meta.url));
