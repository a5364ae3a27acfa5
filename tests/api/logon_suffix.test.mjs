// covers: Ram.SetAccountAlias Ram.GetAccountAlias Ram.ClearAccountAlias Ims.SetDefaultDomain Ims.GetDefaultDomain
//
// The account alias and the default domain: one state, from which every UPN is composed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { checkCovers, clientsOf } from './support/clients.mjs';
import { refused } from './support/refused.mjs';
import { Server, keyOf } from './support/server.mjs';
import { checkComplete } from './support/shapes.mjs';

let server, other, id, Ims, Ram;
const SUFFIX = 'onaliyun.com';

before(async () => {
  server = await Server.start();
  id = server.account.AccountId;
  ({ Ims, Ram } = clientsOf(server, server.key));
  other = server.createAccount({ 'account-alias': 'somebody-else' });
});
after(() => server.stop());

test('a new account has its id for an alias', async () => {
  assert.match(id, /^\d{16}$/);
  assert.equal(server.account.AccountAlias, id);
  const alias = await Ram.GetAccountAlias();
  checkComplete('Ram.GetAccountAlias', alias);
  assert.equal(alias.AccountAlias, id);
  const domain = await Ims.GetDefaultDomain();
  checkComplete('Ims.GetDefaultDomain', domain);
  assert.equal(domain.DefaultDomainName, `${id}.${SUFFIX}`);
});

test('the alias given to `account create` holds', async () => {
  const { Ims: ims, Ram: ram } = clientsOf(server, keyOf(other));
  assert.equal(other.AccountAlias, 'somebody-else');
  assert.equal((await ram.GetAccountAlias()).AccountAlias, 'somebody-else');
  assert.equal((await ims.GetDefaultDomain()).DefaultDomainName, `somebody-else.${SUFFIX}`);
});

test('alias and default domain are one state; UPNs follow it', async () => {
  const { User } = await Ims.CreateUser({ UserPrincipalName: `alice@${id}.${SUFFIX}`, DisplayName: 'Alice' });
  const upn = async () => (await Ims.GetUser({ UserId: User.UserId })).User.UserPrincipalName;

  checkComplete('Ram.SetAccountAlias', await Ram.SetAccountAlias({ AccountAlias: 'example-1' }));
  assert.equal((await Ram.GetAccountAlias()).AccountAlias, 'example-1');
  assert.equal((await Ims.GetDefaultDomain()).DefaultDomainName, `example-1.${SUFFIX}`);
  assert.equal(await upn(), `alice@example-1.${SUFFIX}`);
  assert.equal((await Ims.GetUser({ UserPrincipalName: 'alice@example-1' })).User.UserId, User.UserId);
  await refused(Ims.GetUser({ UserPrincipalName: `alice@${id}.${SUFFIX}` }), 404, 'EntityNotExist.User');

  const set = await Ims.SetDefaultDomain({ DefaultDomainName: `example-2.${SUFFIX}` });
  checkComplete('Ims.SetDefaultDomain', set);
  assert.equal(set.DefaultDomainName, `example-2.${SUFFIX}`);
  assert.equal((await Ram.GetAccountAlias()).AccountAlias, 'example-2');
  assert.equal(await upn(), `alice@example-2.${SUFFIX}`);

  checkComplete('Ram.ClearAccountAlias', await Ram.ClearAccountAlias());
  assert.equal((await Ram.GetAccountAlias()).AccountAlias, id);
  assert.equal((await Ims.GetDefaultDomain()).DefaultDomainName, `${id}.${SUFFIX}`);
  assert.equal(await upn(), `alice@${id}.${SUFFIX}`);
  await Ram.ClearAccountAlias();
});

test('an account may set what it has, and its own id', async () => {
  for (const AccountAlias of ['same', 'same', id]) {
    await Ram.SetAccountAlias({ AccountAlias });
    assert.equal((await Ram.GetAccountAlias()).AccountAlias, AccountAlias);
  }
  await Ims.SetDefaultDomain({ DefaultDomainName: `${id}.${SUFFIX}` });
});

test('the shortest and the longest', async () => {
  const longest = 'a'.repeat(64 - SUFFIX.length - 1);
  for (const AccountAlias of ['abc', '0-0', 'a'.repeat(32)]) await Ram.SetAccountAlias({ AccountAlias });
  const { DefaultDomainName } = await Ims.SetDefaultDomain({ DefaultDomainName: `${longest}.${SUFFIX}` });
  assert.equal(DefaultDomainName.length, 64);
  await Ram.ClearAccountAlias();
});

test('the documented errors', async () => {
  const alias = (AccountAlias) => Ram.SetAccountAlias({ AccountAlias });
  const domain = (DefaultDomainName) => Ims.SetDefaultDomain({ DefaultDomainName });
  for (const text of ['ab', 'a'.repeat(33)]) await refused(alias(text), 400, 'InvalidParameter.AccountAlias.Length');
  for (const text of ['-abc', 'abc-', 'a--b', 'Abc', 'a.b.c', 'a_b', 'a b', 'ümlaut', '1234567890123456'])
    await refused(alias(text), 400, 'InvalidParameter.AccountAlias.Format');
  await refused(alias(''), 400, 'MissingAccountAlias');
  await refused(Ram.SetAccountAlias(), 400, 'MissingAccountAlias');
  await refused(alias('somebody-else'), 409, 'EntityAlreadyExists.AccountAlias');
  await refused(alias(other.AccountId), 400, 'InvalidParameter.AccountAlias.Format');

  await refused(domain(`${'a'.repeat(64 - SUFFIX.length)}.${SUFFIX}`), 400, 'InvalidParameter.DefaultDomainName.Length');
  for (const text of [
    'example.com',
    SUFFIX,
    `.${SUFFIX}`,
    `-abc.${SUFFIX}`,
    `abc-.${SUFFIX}`,
    `a--b.${SUFFIX}`,
    `1234567890123456.${SUFFIX}`,
  ])
    await refused(domain(text), 400, 'InvalidParameter.DefaultDomainName.Format');
  await refused(domain(`a b.${SUFFIX}`), 400, 'InvalidParameter.DefaultDomainName.InvalidChars');
  await refused(domain(''), 400, 'MissingDefaultDomainName');
  await refused(domain(`SOMEBODY-else.${SUFFIX}`), 409, 'EntityAlreadyExists.AccountAlias');
  assert.equal((await Ram.GetAccountAlias()).AccountAlias, id);
});

test('an alias that was given up may be taken by another account', async () => {
  await Ram.SetAccountAlias({ AccountAlias: 'handed-on' });
  const { Ram: ram } = clientsOf(server, keyOf(other));
  await refused(ram.SetAccountAlias({ AccountAlias: 'handed-on' }), 409, 'EntityAlreadyExists.AccountAlias');
  await Ram.ClearAccountAlias();
  await ram.SetAccountAlias({ AccountAlias: 'handed-on' });
  await refused(Ram.SetAccountAlias({ AccountAlias: 'handed-on' }), 409, 'EntityAlreadyExists.AccountAlias');
});

test('another suffix may be configured', async () => {
  const own = await Server.start({
    settings: { 'domain-suffix': 'ram.example.org' },
    init: { 'domain-suffix': 'ram.example.org' },
  });
  try {
    const { Ims: ims } = clientsOf(own, own.key);
    assert.equal((await ims.GetDefaultDomain()).DefaultDomainName, `${own.account.AccountId}.ram.example.org`);
    assert.equal(own.account.AdminLogonName, `admin@${own.account.AccountId}.ram.example.org`);
    await ims.SetDefaultDomain({ DefaultDomainName: 'acme.ram.example.org' });
    await refused(
      ims.SetDefaultDomain({ DefaultDomainName: `acme.${SUFFIX}` }),
      400,
      'InvalidParameter.DefaultDomainName.Format',
    );
  } finally {
    await own.stop();
  }
});

test('every action that this file claims was called', () => checkCovers(import.meta.url));
