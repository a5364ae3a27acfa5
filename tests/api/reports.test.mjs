// covers: Ims.GetAccountSummary Ims.GenerateCredentialReport Ims.GetCredentialReport
//
// Counts, quotas, and the credential report: CSV with the documented columns, made in the background, read by pages.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { checkCovers, clientsOf } from './support/clients.mjs';
import { refused } from './support/refused.mjs';
import { Server, keyOf } from './support/server.mjs';
import { checkComplete } from './support/shapes.mjs';

const COLUMNS = [
  ...['user', 'user_creation_time', 'user_last_logon', 'password_exist', 'password_active', 'password_last_changed'],
  ...['password_next_rotation', 'mfa_active'],
  ...['access_key_1', 'access_key_2', 'additional_access_key_1', 'additional_access_key_2', 'additional_access_key_3'].flatMap(
    (key) => ['exist', 'active', 'last_rotated', 'last_used'].map((what) => `${key}_${what}`),
  ),
];
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

let server, domain, Ims;

before(async () => {
  server = await Server.start();
  ({ Ims } = clientsOf(server, server.key));
  domain = (await Ims.GetDefaultDomain()).DefaultDomainName;
  for (let i = 0; i < 120; i++)
    await Ims.CreateUser({ UserPrincipalName: `user-${String(i).padStart(3, '0')}@${domain}`, DisplayName: 'x' });
});
after(() => server.stop());

async function generated(ims) {
  for (;;) {
    const { State } = await ims.GenerateCredentialReport();
    if (State === 'COMPLETED') return;
    assert.ok(['STARTED', 'INPROGRESS'].includes(State), State);
    await sleep(200);
  }
}

async function wholeReport(ims, MaxItems) {
  let text = '',
    NextToken,
    pages = 0;
  do {
    const page = await ims.GetCredentialReport({ ...(MaxItems && { MaxItems: String(MaxItems) }), NextToken });
    assert.match(page.GeneratedTime, TIME);
    assert.equal(page.IsTruncated, page.NextToken ? 'true' : 'false');
    text += Buffer.from(page.Content, 'base64').toString();
    NextToken = page.NextToken;
    pages++;
  } while (NextToken);
  return { text, pages };
}

test('the summary has counts and quotas', async () => {
  const summary = await Ims.GetAccountSummary();
  checkComplete('Ims.GetAccountSummary', summary);
  const map = summary.SummaryMap;
  assert.equal(map.Users, 121);
  assert.equal(map.UsersQuota, 5000);
  assert.equal(map.PolicySizeQuota, 6144);
  assert.equal(map.AccessKeysPerUserQuota, 2);
  assert.equal(map.MFADevices, 0);
  await Ims.CreateGroup({ GroupName: 'readers' });
  assert.equal((await Ims.GetAccountSummary()).SummaryMap.Groups, 1);
});

test('no report before one was generated', async () => {
  await refused(Ims.GetCredentialReport({}), 404, 'EntityNotExist.CredentialReport');
});

test('the report is CSV with the documented columns', async () => {
  const started = await Ims.GenerateCredentialReport();
  checkComplete('Ims.GenerateCredentialReport', started);
  assert.equal(started.State, 'STARTED');
  await generated(Ims);
  const { text, pages } = await wholeReport(Ims);
  assert.equal(pages, 1);
  const rows = text.trimEnd().split('\n').map((line) => line.split(','));
  assert.deepEqual(rows[0], COLUMNS);
  assert.equal(rows.length, 1 + 1 + 121);
  assert.ok(rows.every((row) => row.length === COLUMNS.length));
  const cell = (row, column) => row[COLUMNS.indexOf(column)];
  assert.equal(rows[1][0], '<root>');
  assert.equal(cell(rows[1], 'password_exist'), 'TRUE');
  const admin = rows.find((row) => row[0] === `admin@${domain}`);
  assert.equal(cell(admin, 'access_key_1_exist'), 'TRUE');
  assert.equal(cell(admin, 'access_key_1_active'), 'TRUE');
  assert.match(cell(admin, 'access_key_1_last_rotated'), TIME);
  assert.equal(cell(admin, 'access_key_2_exist'), 'FALSE');
  assert.equal(cell(admin, 'access_key_2_active'), '-');
  const user = rows.find((row) => row[0] === `user-007@${domain}`);
  assert.match(cell(user, 'user_creation_time'), TIME);
  assert.equal(cell(user, 'user_last_logon'), '-');
  assert.equal(cell(user, 'password_exist'), 'FALSE');
  assert.equal(cell(user, 'password_active'), 'N/A');
  assert.equal(cell(user, 'mfa_active'), 'FALSE');
});

test('pages of any size add up to it', async () => {
  const { text } = await wholeReport(Ims);
  for (const size of [1, 50, 122, 3501]) {
    const paged = await wholeReport(Ims, size);
    assert.equal(paged.text, text);
    assert.equal(paged.pages, Math.ceil(122 / size));
  }
});

test('within four hours the same report is returned', async () => {
  const { GeneratedTime } = await Ims.GetCredentialReport({});
  await Ims.CreateUser({ UserPrincipalName: `late@${domain}`, DisplayName: 'x' });
  assert.equal((await Ims.GenerateCredentialReport()).State, 'COMPLETED');
  const page = await Ims.GetCredentialReport({});
  checkComplete('Ims.GetCredentialReport', { ...page, NextToken: '' });
  assert.equal(page.GeneratedTime, GeneratedTime);
});

test('a token is of one account and one report', async () => {
  const other = clientsOf(server, keyOf(server.createAccount())).Ims;
  const { NextToken } = await Ims.GetCredentialReport({ MaxItems: '1' });
  await generated(other);
  await refused(other.GetCredentialReport({ NextToken }), 400, 'InvalidParameter.NextToken');
  await refused(Ims.GetCredentialReport({ NextToken: 'mine' }), 400, 'InvalidParameter.NextToken');
});

test('what was claimed was called', () => checkCovers(import.meta.url));
