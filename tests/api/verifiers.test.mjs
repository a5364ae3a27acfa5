// covers: Argali.CreateVerifier Argali.ListVerifiers Argali.DeleteVerifier
//
// Verifiers: services that may ask whether a request was rightly signed. What they may ask is held in tests/verify.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { checkCovers, clientsOf } from './support/clients.mjs';
import { refused } from './support/refused.mjs';
import { Server, keyOf } from './support/server.mjs';
import { checkComplete } from './support/shapes.mjs';

let server, Argali, others;

before(async () => {
  server = await Server.start();
  ({ Argali } = clientsOf(server, server.key));
  others = clientsOf(server, keyOf(server.createAccount())).Argali;
});
after(() => server.stop());

async function create(VerifierName, Hosts = ['files.example.com'], clients = Argali) {
  const answer = await clients.CreateVerifier({ VerifierName, Hosts });
  server.hideSecret(answer.VerifierToken);
  return answer;
}

const listed = async (clients = Argali) => (await clients.ListVerifiers()).Verifiers.Verifier;

test('a verifier is made, its token shown once, listed and deleted', async () => {
  const answer = await create('Files', ['Files.Example.com:8443', '[2001:DB8::1]', 'files.example.com:8443']);
  checkComplete('Argali.CreateVerifier', answer);
  assert.match(answer.VerifierToken, /^argali-verifier-[\w-]{43}$/);
  const { Verifier } = answer;
  assert.match(Verifier.VerifierId, /^6\d{17}$/);
  assert.equal(Verifier.VerifierName, 'Files');
  assert.deepEqual(Verifier.Hosts.Host, ['files.example.com:8443', '[2001:db8::1]']);

  const list = await Argali.ListVerifiers();
  checkComplete('Argali.ListVerifiers', list);
  assert.deepEqual(list.Verifiers.Verifier, [Verifier]);
  assert.ok(!JSON.stringify(list).includes(answer.VerifierToken));

  checkComplete('Argali.DeleteVerifier', await Argali.DeleteVerifier({ VerifierName: 'fILES' }));
  assert.deepEqual(await listed(), []);
  await refused(Argali.DeleteVerifier({ VerifierName: 'Files' }), 404, 'EntityNotExist.Verifier');
});

test('tokens differ, names are unique in any case', async () => {
  const tokens = new Set();
  for (const name of ['b', 'A', 'c']) tokens.add((await create(name)).VerifierToken);
  assert.equal(tokens.size, 3);
  await refused(create('a'), 409, 'EntityAlreadyExists.Verifier');
  assert.deepEqual(
    (await listed()).map(({ VerifierName }) => VerifierName),
    ['A', 'b', 'c'],
  );
  for (const VerifierName of ['a', 'b', 'c']) await Argali.DeleteVerifier({ VerifierName });
});

test('hosts are names or addresses, with a port or without', async () => {
  for (const host of ['*', 'http://a', 'a/b', 'a b', 'a:', 'a:0', 'a:65536', '::1', 'a,b', '-a', 'a..b'])
    await refused(create('x', [host]), 400, 'InvalidParameter.Hosts.Format');
  const many = (n, length) => Array.from({ length: n }, (_, i) => `h${i}.${'a.'.repeat((length - 6) / 2)}aa`);
  await refused(create('x', many(16, 250)), 400, 'InvalidParameter.Hosts.Length');
  assert.deepEqual(await listed(), []);
  await create('x', many(16, 20));
  await Argali.DeleteVerifier({ VerifierName: 'x' });
});

test('an account has a hundred verifiers at most', async () => {
  for (let i = 0; i < 100; i++) await create(`v${i}`, undefined, others);
  await refused(create('one-more', undefined, others), 409, 'LimitExceeded.Verifier');
  assert.equal((await listed(others)).length, 100);
});

test('another account’s verifiers are out of reach (T56)', async () => {
  const mine = await create('v1');
  assert.deepEqual(await listed(), [mine.Verifier]);
  await others.DeleteVerifier({ VerifierName: 'v1' });
  assert.deepEqual(await listed(), [mine.Verifier]);
  await refused(others.DeleteVerifier({ VerifierName: 'v1' }), 404, 'EntityNotExist.Verifier');
});

test('every claimed action was called', () => checkCovers(import.meta.url));
