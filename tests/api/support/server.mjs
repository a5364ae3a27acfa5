// server.mjs - a real server on real sockets, on a data folder of its own, for one test file.
//
// The folder is made by `argali init`, the server is `argali serve` on ports that the system picks. Both go away when the test
// file ends, however it ends. Every secret that a test learns is given to hideSecret(): stop() fails if one of them is found in
// the server's log.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const BIN = process.env.ARGALI_BIN;
const READY_MS = 60_000; // a sanitizer build on a busy machine
const HASH = ['--password-hash-memory', '7168']; // accounts are made in every file; their passwords are not what is tested here

/* Every ARGALI_ variable is a setting to the server, or refused by it. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ARGALI_')));

const running = new Set();

function end(server) {
  if (!running.delete(server)) return;
  server.child?.kill('SIGKILL');
  fs.rmSync(server.dir, { recursive: true, force: true });
}

process.on('exit', () => [...running].forEach(end));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

function flags(settings) {
  return Object.entries(settings).flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, String(value)]));
}

function run(args) {
  return JSON.parse(execFileSync(BIN, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'inherit'] }));
}

/** The AccessKey in the credentials of `init` or `account create`. */
export function keyOf(credentials) {
  return { id: credentials.AccessKeyId, secret: credentials.AccessKeySecret };
}

export class Server {
  #log = '';
  #secrets = new Set();

  /** settings: of serve; init: of init, both as { 'flag-name': value }. */
  static async start({ settings = {}, init = {} } = {}) {
    assert.ok(BIN, 'ARGALI_BIN names no server');
    const server = new Server();
    server.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'argali-api-'));
    running.add(server);
    server.data = path.join(server.dir, 'data');
    server.account = run(['init', '--data', server.data, '--format', 'json', ...HASH, ...flags(init)]);
    server.key = keyOf(server.account);
    server.#hideAccount(server.account);
    server.settings = { 'failures-per-minute': 0, ...settings };
    await server.#serve();
    return server;
  }

  async #serve() {
    const args = ['serve', '--data', this.data, '--format', 'json'];
    for (const listener of ['listen', 'listen-tls', 'listen-admin']) args.push(`--${listener}`, '127.0.0.1:0');
    this.child = spawn(BIN, [...args, ...flags(this.settings)], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.exited = new Promise((resolve) => this.child.once('exit', (code, signal) => resolve({ code, signal })));
    this.child.stderr.setEncoding('utf8').on('data', (text) => (this.#log += text));
    const ready = await this.#readyLine();
    this.host = ready.Listen;
    this.tlsHost = ready.ListenTls;
    this.adminHost = ready.ListenAdmin;
    this.certificate = fs.readFileSync(ready.Certificate, 'utf8');
  }

  async #readyLine() {
    let timer,
      text = '';
    const line = new Promise((resolve) => {
      this.child.stdout.setEncoding('utf8').on('data', (more) => {
        text += more;
        if (text.includes('\n')) resolve(JSON.parse(text.slice(0, text.indexOf('\n'))));
      });
    });
    const late = new Promise((resolve) => (timer = setTimeout(resolve, READY_MS)));
    const ready = await Promise.race([line, late, this.exited.then(() => undefined)]);
    clearTimeout(timer);
    assert.ok(ready, `the server did not become ready:\n${this.#log.slice(-4000)}`);
    return ready;
  }

  /** One more account on this server; its credentials. */
  createAccount(options = {}) {
    const account = run(['account', 'create', '--data', this.data, '--format', 'json', ...HASH, ...flags(options)]);
    this.#hideAccount(account);
    return account;
  }

  #hideAccount(account) {
    for (const secret of [account.RootPassword, account.AdminPassword, account.AccessKeySecret]) this.hideSecret(secret);
  }

  hideSecret(secret) {
    if (secret) this.#secrets.add(secret);
  }

  get log() {
    return this.#log;
  }

  /** Ends and starts again on the same folder, on new ports: clients have to be made anew. */
  async restart() {
    await this.#end();
    await this.#serve();
  }

  /** Ends as an operator would end it. The process stayed up until now, reported no fault, and wrote no secret to its log. */
  async stop() {
    if (!running.has(this)) return;
    try {
      await this.#end();
      const faults = this.#log.split('\n').filter((line) => line.includes('"level":"error"'));
      assert.deepEqual(faults, []);
      for (const secret of this.#secrets) assert.ok(!this.#log.includes(secret), 'a secret is in the log');
    } finally {
      end(this);
    }
  }
  async #end() {
    assert.equal(this.child.exitCode, null, `the server was gone:\n${this.#log.slice(-4000)}`);
    this.child.kill('SIGTERM');
    const { code, signal } = await this.exited;
    assert.deepEqual({ code, signal }, { code: 0, signal: null }, this.#log.slice(-4000));
  }
}
