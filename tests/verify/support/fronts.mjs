// fronts.mjs - the three examples, each as it is in examples/, before a service of the tests.
//
// A front: { name, host, checksBody, stop() }. host is where it listens and what its callers sign. The service behind answers
// { identity: { Arn, AccountId, PrincipalId, ... }, size }.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const examples = fileURLToPath(new URL('../../../examples/', import.meta.url));
const require = createRequire(new URL('../../api/package.json', import.meta.url));
const NGINX = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/bin/nginx'].find((name) => fs.existsSync(name));
const READY_MS = 30_000;

async function freePort() {
  const socket = net.createServer().listen(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise((resolve) => socket.close(resolve));
  return port;
}

const children = new Set();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));

function start(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  child.log = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (child.log += text));
  child.ended = once(child, 'exit').then(() => children.delete(child));
  return child;
}

async function stop(child) {
  child.kill('SIGTERM');
  await child.ended;
}

async function listens(port, child) {
  for (const until = Date.now() + READY_MS; Date.now() < until && child.exitCode === null; ) {
    const socket = net.connect(port, '127.0.0.1');
    const isOpen = await new Promise((resolve) => socket.once('connect', () => resolve(true)).once('error', () => resolve(false)));
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`it did not start: ${child.log}`);
}

async function httpServer(handler) {
  const server = http.createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${server.address().port}`,
    server,
    stop: () => new Promise((resolve) => server.close(resolve) && server.closeAllConnections()),
  };
}

const hex = (hash, data) => createHash(hash).update(data).digest('hex');

/** What an nginx front passes on to: it believes nginx alone, and compares the body with what was signed. */
function behindNginx(req, res) {
  const parts = [];
  req.on('data', (part) => parts.push(part)).on('end', () => {
    const body = Buffer.concat(parts);
    const { headers } = req;
    const isWhole = ['sha256', 'sm3'].map((hash) => hex(hash, body)).includes(headers['x-argali-content-sha256']);
    const identity = {
      Arn: headers['x-argali-identity'],
      AccountId: headers['x-argali-account'],
      PrincipalId: headers['x-argali-principal'],
    };
    const secrets = { authorization: headers.authorization, token: headers['x-argali-verifier']?.match(/.{40}/) };
    const passedOn = Object.keys(secrets).filter((name) => secrets[name]);
    const answer = JSON.stringify(isWhole ? { identity, size: body.length, passedOn } : { Code: 'BodyChanged' });
    res.writeHead(isWhole ? 200 : 400, { 'content-type': 'application/json', 'content-length': answer.length });
    res.end(answer);
  });
}

/** verifier(host): a token for it. */
export async function nginxFront({ argali, account, folder, verifier }) {
  assert.ok(NGINX, 'nginx is not installed');
  const service = await httpServer(behindNginx);
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const changes = {
    'server 127.0.0.1:8080;': `server ${argali.host};`,
    'server 127.0.0.1:9001;': `server ${service.host};`,
    'listen 127.0.0.1:8088;': `listen ${host};`,
    'FILES.EXAMPLE.COM': '127.0.0.1',
    'ARGALI-VERIFIER-TOKEN': await verifier(host),
    ACCOUNT: account,
  };
  let text = fs.readFileSync(path.join(examples, 'nginx/argali.conf'), 'utf8');
  for (const [from, to] of Object.entries(changes)) {
    assert.equal(text.split(from).length, 2, `${from} stands once in the example`);
    text = text.replace(from, to);
  }
  const own = path.join(folder, 'nginx');
  fs.mkdirSync(own);
  fs.writeFileSync(path.join(own, 'argali.conf'), text);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${own}/${kind};`);
  fs.writeFileSync(
    path.join(own, 'nginx.conf'),
    `daemon off; master_process off; pid ${own}/pid; error_log ${own}/error.log info; events {}
     http { access_log off; ${temporary.join(' ')} include ${own}/argali.conf; }\n`,
  );
  const child = start(NGINX, ['-p', own, '-c', path.join(own, 'nginx.conf')]);
  await listens(port, child);
  return {
    name: 'nginx',
    host,
    checksBody: false,
    stop: async () => {
      await stop(child);
      await service.stop();
    },
  };
}

const ACTIONS = { GET: 'files:GetObject', PUT: 'files:PutObject' };

/** key: of an AccessKey that may ram:Verify. */
export async function expressFront({ argali, account, key }) {
  const express = require('express');
  const argaliVerify = require(path.join(examples, 'express/argali-verify.js'));
  const app = express();
  const front = await httpServer(app);
  const question = (req) => ({
    Action: ACTIONS[req.method] ?? 'files:Unknown',
    Resource: `acs:files::${account}:${req.path.replace(/^\/files\//, '')}`,
  });
  const config = { endpoint: argali.host, protocol: 'http', accessKeyId: key.id, accessKeySecret: key.secret };
  app.use(express.raw({ type: () => true }));
  app.use(argaliVerify({ config, host: front.host, question }));
  app.use((req, res) => res.json({ identity: req.argali, size: Buffer.isBuffer(req.body) ? req.body.length : 0 }));
  return { name: 'Express', host: front.host, checksBody: true, stop: front.stop };
}

export async function pythonFront({ argali, account, verifier }) {
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const config = { port, argali: `http://${argali.host}`, token: await verifier(host), account };
  const program = fileURLToPath(new URL('wsgi_service.py', import.meta.url));
  const child = start('python3', [program, JSON.stringify(config)]);
  await listens(port, child);
  return { name: 'Python', host, checksBody: true, stop: () => stop(child) };
}
