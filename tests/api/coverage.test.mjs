// covers: Sts.GetCallerIdentity
//
// Every action with a handler is claimed by a test file, which itself checks that it called what it claims.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';

import { checkCovers, clientsOf } from './support/clients.mjs';
import { Server } from './support/server.mjs';
import { implemented } from './support/shapes.mjs';

test('every implemented action is covered by a client', () => {
  const here = new URL('./', import.meta.url);
  const claimed = new Set();
  for (const file of fs.readdirSync(here).filter((name) => name.endsWith('.test.mjs'))) {
    const text = fs.readFileSync(new URL(file, here), 'utf8');
    const claims = [...text.matchAll(/^\/\/ covers: (.+)$/gm)].flatMap(([, names]) => names.split(' '));
    assert.ok(claims.length > 0, `${file} claims nothing`);
    assert.ok(text.includes('checkCovers(import.meta.url)'), `${file} does not check its claims`);
    claims.forEach((name) => claimed.add(name));
  }
  const rows = implemented();
  assert.ok(rows.length > 0);
  assert.deepEqual(
    rows.filter((name) => !claimed.has(name)),
    [],
  );
  assert.deepEqual(
    [...claimed].filter((name) => !rows.includes(name)),
    [],
  );
});

test('the server is reached, and its admin listener says that it is well', async () => {
  const server = await Server.start();
  try {
    await clientsOf(server, server.key).Sts.GetCallerIdentity();
    for (const path of ['healthz', 'readyz']) assert.equal((await fetch(`http://${server.adminHost}/${path}`)).status, 200);
    const metrics = await (await fetch(`http://${server.adminHost}/metrics`)).text();
    assert.match(metrics, /^# TYPE argali_/m);
    assert.ok(!metrics.includes(server.key.id));
  } finally {
    await server.stop();
  }
  checkCovers(import.meta.url);
});
