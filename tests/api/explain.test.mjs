// covers: Argali.ExplainDecision
//
// What ExplainDecision says of a call is what the call then gets, for users with their groups and for sessions of roles; and every
// statement that was considered is there.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { checkCovers, clientsOf } from './support/clients.mjs';
import { refused } from './support/refused.mjs';
import { Server, keyOf } from './support/server.mjs';
import { checkComplete } from './support/shapes.mjs';

let server, admin, account;
const LOCAL = { 'acs:SourceIp': '127.0.0.1' }; // where the calls of these tests come from
const document = (...Statement) => JSON.stringify({ Version: '1', Statement });
const statement = (Effect, Action, Resource = '*', more = {}) => ({ Effect, Action, Resource, ...more });
const from = (network) => ({ Condition: { IpAddress: { 'acs:SourceIp': network } } });
const arn = (relative) => `acs:ram::${account}:${relative}`;

before(async () => {
  server = await Server.start();
  admin = clientsOf(server, server.key);
  account = server.account.AccountId;
});
after(() => server.stop());

let count = 0;

/** A custom policy attached to a user, group or role, as { UserName } or the like says. */
async function give(whom, ...statements) {
  const PolicyName = `p${++count}`;
  await admin.Ram.CreatePolicy({ PolicyName, PolicyDocument: document(...statements) });
  const kind = Object.keys(whom)[0].replace('Name', '');
  await admin.Ram[`AttachPolicyTo${kind}`]({ PolicyType: 'Custom', PolicyName, ...whom });
  return PolicyName;
}

async function newUser() {
  const UserName = `user${++count}`;
  await admin.Ram.CreateUser({ UserName });
  const { AccessKey } = await admin.Ram.CreateAccessKey({ UserName });
  return { UserName, ...clientsOf(server, { id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret }) };
}

const explain = (whom, ActionName, Resource, { Context = LOCAL, ...more } = {}) =>
  admin.Argali.ExplainDecision({ ...whom, ActionName, Resource, Context: JSON.stringify(Context), ...more });

/** What a call really gets: "Allowed", or the type and the layer of its refusal. */
async function really(call) {
  const error = await call.then(
    () => undefined,
    (e) => e,
  );
  if (error && error.data?.Code !== 'NoPermission') {
    assert.match(error.data?.Code ?? String(error), /^EntityNotExist\./); // it was let through, and found nothing
    return ['Allowed'];
  }
  const { NoPermissionType, PolicyType } = error?.data.AccessDeniedDetail ?? {};
  return error ? [NoPermissionType, PolicyType] : ['Allowed'];
}

const told = ({ Decision, DecidedBy }) => (Decision === 'Allowed' ? [Decision] : [Decision, DecidedBy.Layer]);

/** What the statements come to by RAM's rule of evaluation, in one layer after the other. */
function verdictOf({ Statements: { Statement: all } }) {
  for (const Layer of ['SessionPolicy', 'AccountLevelIdentityBasedPolicy']) {
    const here = all.filter((s) => s.Layer === Layer);
    const applies = (Effect) => here.some((s) => s.Applies && s.Effect === Effect);
    if (applies('Deny')) return ['ExplicitDeny', Layer];
    if (!applies('Allow') && (Layer !== 'SessionPolicy' || here.length > 0)) return ['ImplicitDeny', Layer];
  }
  return ['Allowed'];
}

/** Calls by wire names, with the action and the resources that they are authorized on. */
const calls = (own) => [
  ['GetUser', { UserName: own }, [`user/${own}`]],
  ['GetUser', { UserName: 'no-such-user' }, ['user/no-such-user']],
  ['ListUsers', {}, ['user/*']],
  ['DeleteUser', { UserName: 'no-such-user' }, ['user/no-such-user']],
  ['ListPoliciesForUser', { UserName: own }, [`user/${own}`]],
  ['CreateAccessKey', { UserName: 'no-such-user' }, ['user/no-such-user']],
  ['ListAccessKeys', { UserName: own }, [`user/${own}`]],
  ['ListGroups', {}, ['group/*']],
  ['GetGroup', { GroupName: 'no-such-group' }, ['group/no-such-group']],
  ['RemoveUserFromGroup', { UserName: own, GroupName: 'no-such-group' }, [`user/${own}`, 'group/no-such-group']],
  ['GetPolicy', { PolicyType: 'Custom', PolicyName: 'no-such-policy' }, ['policy/no-such-policy']],
  ['GetAccountAlias', {}, ['*']],
];

async function agree(whom, clients, own, more) {
  const seen = new Set();
  for (const [action, params, resources] of calls(own)) {
    const answers = [];
    for (const resource of resources) answers.push(await explain(whom, `ram:${action}`, arn(resource), more));
    for (const one of answers) {
      assert.deepEqual(told(one), verdictOf(one), one.Summary);
      assert.equal(one.StatementCount, one.Statements.Statement.length);
    }
    const decisive = answers.find((one) => one.Decision !== 'Allowed') ?? answers[0]; // every resource has to be allowed
    assert.deepEqual(await really(clients.Ram[action](params)), told(decisive), `${action}: ${decisive.Summary}`);
    seen.add(decisive.Decision);
  }
  return seen;
}

test('the answer has every member, and names the statement that decided', async () => {
  const { UserName } = await newUser();
  const GroupName = `crew${++count}`;
  await admin.Ram.CreateGroup({ GroupName });
  await admin.Ram.AddUserToGroup({ GroupName, UserName });
  const PolicyName = await give(
    { GroupName },
    statement('Allow', 'oss:*'),
    statement('Allow', 'ram:Get*', '*', { Sid: 'Office', ...from('10.0.0.0/8') }),
    statement('Deny', ['ram:Delete*', 'ram:Create*']),
  );
  const got = await explain({ UserName }, 'ram:GetUser', arn('user/bob'), { Context: { 'acs:SourceIp': ['10.1.2.3'] } });
  checkComplete('Argali.ExplainDecision', got);
  assert.equal(got.Decision, 'Allowed');
  assert.deepEqual(got.DecidedBy, {
    PolicyName,
    PolicyType: 'Custom',
    PolicyVersion: 'v1',
    AttachedEntityType: 'RamGroup',
    AttachedEntityName: GroupName,
    StatementIndex: 1,
    Layer: 'AccountLevelIdentityBasedPolicy',
  });
  assert.deepEqual(
    got.Statements.Statement.map((s) => [s.StatementIndex, s.Sid, s.Effect, s.Applies, s.Reason]),
    [
      [0, undefined, 'Allow', false, 'Action does not match'],
      [1, 'Office', 'Allow', true, 'Applies'],
      [2, undefined, 'Deny', false, 'Action does not match'],
    ],
  );
  assert.equal(
    got.Summary,
    `Allowed: Statement[1] of the custom policy ${PolicyName} (v1), attached to the group ${GroupName}, allows ram:GetUser on ` +
      `${arn('user/bob')}, and no statement denies it.`,
  );
  const outside = await explain({ UserName }, 'ram:GetUser', arn('user/bob'));
  assert.deepEqual([outside.Decision, outside.DecidedBy], ['ImplicitDeny', { Layer: 'AccountLevelIdentityBasedPolicy' }]);
  assert.equal(outside.Statements.Statement[1].Reason, 'Condition IpAddress acs:SourceIp does not hold');
  const unknown = await explain({ UserName }, 'ram:GetUser', arn('user/bob'), { Context: {} });
  assert.equal(unknown.Statements.Statement[1].Reason, 'Condition IpAddress acs:SourceIp does not hold: the key is absent');
  assert.match(unknown.Summary, /^Refused: no statement attached to .* Closest to it comes Statement\[1\] of the custom policy/);
  const denied = await explain({ UserName }, 'ram:DeleteUser', arn('user/bob'));
  assert.deepEqual([denied.Decision, denied.DecidedBy.StatementIndex], ['ExplicitDeny', 2]);
});

test('it is what the calls of a user then get', async () => {
  const user = await newUser();
  const { UserName } = user;
  const GroupName = `team${++count}`;
  await admin.Ram.CreateGroup({ GroupName });
  const seen = new Set();
  const look = async () => (await agree({ UserName }, user, UserName)).forEach((decision) => seen.add(decision));
  await look();
  await give({ UserName }, statement('Allow', 'ram:Get*', '*', from('127.0.0.0/8')), statement('Allow', 'ram:List*', arn('user/*')));
  await look();
  await admin.Ram.AddUserToGroup({ GroupName, UserName });
  await give({ GroupName }, statement('Allow', 'ram:RemoveUserFromGroup', [arn(`user/${UserName}`), arn('group/no*')]));
  await give({ GroupName }, statement('Deny', '*', arn('group/*'), from(['192.0.2.0/24', '127.0.0.1'])));
  await look();
  await give({ UserName }, { Effect: 'Deny', NotAction: 'ram:*AccessKey*', NotResource: arn('user/${acs:PrincipalName}') });
  await look();
  await admin.Ram.AttachPolicyToUser({ UserName, PolicyType: 'System', PolicyName: 'AdministratorAccess' });
  await look();
  assert.deepEqual([...seen].sort(), ['Allowed', 'ExplicitDeny', 'ImplicitDeny']);
});

test('root may ask, and nobody is asked about who belongs to another account', async () => {
  const { UserName } = await newUser();
  const mine = arn(`user/${UserName}`);
  const root = clientsOf(server, keyOf(server.createAccount({ 'root-access-key': true })));
  await refused(
    root.Argali.ExplainDecision({ UserName, ActionName: 'ram:GetUser', Resource: mine }),
    404,
    'EntityNotExist.User',
  );
  await root.Ram.CreateUser({ UserName: 'lonely' });
  const own = await root.Argali.ExplainDecision({ UserName: 'lonely', ActionName: 'ram:GetUser', Resource: mine });
  assert.equal(own.Summary, 'Refused: no policy is attached to the user lonely or to a group that it is in.');
});

test('it is what the sessions of a role then get, with a session policy and without', async () => {
  const RoleName = `Ops${++count}`;
  const trusting = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { RAM: [arn('root')] } };
  await admin.Ram.CreateRole({ RoleName, AssumeRolePolicyDocument: document(trusting) });
  await give({ RoleName }, statement('Allow', ['ram:Get*', 'ram:List*']), statement('Deny', 'ram:GetGroup', '*', from('127.0.0.1')));
  const policies = [
    undefined,
    document(statement('Allow', 'ram:*', arn('user/*'))),
    document(statement('Allow', '*'), statement('Deny', 'ram:List*', '*', from('127.0.0.1'))),
  ];
  const seen = new Set();
  for (const Policy of policies) {
    const { Credentials: key } = await admin.Sts.AssumeRole({
      RoleArn: arn(`role/${RoleName}`),
      RoleSessionName: 'explained',
      ...(Policy && { Policy }),
    });
    const options = { securityToken: key.SecurityToken };
    const session = clientsOf(server, { id: key.AccessKeyId, secret: key.AccessKeySecret }, options);
    const Context = { ...LOCAL, 'sts:RoleSessionName': 'explained' };
    (await agree({ RoleName }, session, 'no-such-user', { Context, ...(Policy && { SessionPolicy: Policy }) })).forEach((decision) =>
      seen.add(decision),
    );
  }
  assert.deepEqual([...seen].sort(), ['Allowed', 'ExplicitDeny', 'ImplicitDeny']);
  const inSession = { SessionPolicy: policies[1] };
  const refusal = await explain({ RoleName }, 'ram:ListGroups', arn('group/*'), inSession);
  assert.match(refusal.Summary, /^Refused: the session policy does not allow ram:ListGroups on /);
  assert.deepEqual(refusal.DecidedBy, { Layer: 'SessionPolicy' });
  const allowed = await explain({ RoleName }, 'ram:GetUser', arn('user/bob'), inSession);
  assert.match(allowed.Summary, /^Allowed: Statement\[0\] of the custom policy p\d+ \(v1\), attached to the role Ops\d+, allows /);
});

test('who may ask: whoever is allowed it on that very user or role', async () => {
  const asker = await newUser();
  const { UserName } = await newUser();
  const ask = (client, whom) => client.Argali.ExplainDecision({ ...whom, ActionName: 'ram:GetUser', Resource: arn('user/x') });
  await refused(ask(asker, { UserName }), 403, 'NoPermission');
  await refused(ask(asker, { UserName: asker.UserName }), 403, 'NoPermission');
  await give({ UserName: asker.UserName }, statement('Allow', 'ram:ExplainDecision', arn(`user/${UserName}`)));
  assert.equal((await ask(asker, { UserName })).Decision, 'ImplicitDeny');
  await refused(ask(asker, { UserName: asker.UserName }), 403, 'NoPermission');
  await refused(ask(asker, { RoleName: UserName }), 403, 'NoPermission');
  await refused(ask(admin, { UserName: 'nobody' }), 404, 'EntityNotExist.User');
  await refused(ask(admin, { RoleName: 'nobody' }), 404, 'EntityNotExist.Role');
});

test('what is no question is refused, with a word on why', async () => {
  const { UserName } = await newUser();
  const whole = { UserName, ActionName: 'ram:GetUser', Resource: arn('user/x') };
  for (const [change, code, says] of [
    [{ ActionName: 'ram:Get*' }, 'InvalidParameter.ActionName', /without wildcards/],
    [{ Resource: 'user/x' }, 'InvalidParameter.Resource', /resource name/],
    [{ Context: '["acs:SourceIp"]' }, 'InvalidParameter.Context', /JSON object/],
    [{ Context: '{"acs:SourceIp":1}' }, 'InvalidParameter.Context', /texts/],
    [{ Context: '{"a":"1","A":"2"}' }, 'InvalidParameter.Context', /twice/],
    [{ SessionPolicy: '{}' }, 'InvalidParameter.SessionPolicy', /session/],
  ]) {
    const { Message } = await refused(admin.Argali.ExplainDecision({ ...whole, ...change }), 400, code);
    assert.match(Message, says);
  }
  const RoleName = `Bad${++count}`;
  const trusting = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { RAM: [arn('root')] } };
  await admin.Ram.CreateRole({ RoleName, AssumeRolePolicyDocument: document(trusting) });
  const inRole = { RoleName, ActionName: 'ram:GetUser', Resource: arn('user/x'), SessionPolicy: '{"Version":"1"}' };
  const { Message } = await refused(admin.Argali.ExplainDecision(inRole), 400, 'MalformedPolicyDocument');
  assert.match(Message, /Statement/);
});

test('what this file claims to cover was called', () => checkCovers(import.meta.url));
