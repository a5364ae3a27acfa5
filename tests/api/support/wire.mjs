// wire.mjs - bytes out, bytes in: the little HTTP/1.1 that tests need to send what no HTTP library would send.
import assert from 'node:assert/strict';
import net from 'node:net';

import { checkErrorBody } from './refused.mjs';

const TIMEOUT_MS = 30_000;

export function bytesOf({ method, target, headers, body = Buffer.alloc(0), chunked = false }) {
  const lines = [`${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  if (chunked) lines.push('Transfer-Encoding: chunked');
  else if (body.length || method === 'POST') lines.push(`Content-Length: ${body.length}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), chunked ? inChunks(body) : body]);
}

/** Chunks of 7 bytes: more than one for nearly every body. */
function inChunks(body) {
  const parts = [];
  for (let i = 0; i < body.length; i += 7) {
    const piece = body.subarray(i, i + 7);
    parts.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

function parse(data, isHead) {
  const end = data.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first, ...lines] = data.subarray(0, end).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const size = isHead ? 0 : Number(headers['content-length'] ?? 0);
  if (data.length < end + 4 + size) return undefined;
  return { status: Number(first.split(' ')[1]), headers, text: data.subarray(end + 4, end + 4 + size).toString('utf8') };
}

function checkError({ status, headers, body }, host) {
  checkErrorBody(status, body, host);
  const later = headers['x-acs-retry-after'];
  if (status !== 429 && status !== 503) assert.equal(later, undefined, `x-acs-retry-after on ${status}`);
  else assert.match(later, /^[1-9]\d*$/);
}

/** One connection at a time, kept alive while the server keeps it. Requests go one after the other. */
export class Wire {
  #socket;

  constructor(host) {
    const at = host.lastIndexOf(':');
    this.address = { host: host.slice(0, at), port: Number(host.slice(at + 1)) };
  }

  /** { status, headers, text, body (where it is JSON), closed }; errors are checked to be in the documented envelope. */
  async send(request) {
    const answer = await this.sendBytes(bytesOf(request), request.method === 'HEAD');
    assert.ok(answer.status, 'the connection was closed without an answer');
    if (/^application\/json\b/.test(answer.headers['content-type'] ?? '') && answer.text) {
      answer.body = JSON.parse(answer.text);
      if (answer.status >= 400) checkError(answer, request.headers.find(([name]) => name.toLowerCase() === 'host')?.[1]);
    }
    return answer;
  }

  async sendBytes(data, isHead = false) {
    const socket = this.#socket ?? (await this.#connect());
    this.#socket = undefined;
    return new Promise((resolve, reject) => {
      let got = Buffer.alloc(0);
      const done = (answer, isOpen) => {
        socket.removeAllListeners();
        socket.on('error', () => {});
        if (isOpen) this.#socket = socket;
        else socket.destroy();
        resolve(answer);
      };
      socket.setTimeout(TIMEOUT_MS, () => reject(new Error('no answer in time')));
      socket.on('data', (more) => {
        got = Buffer.concat([got, more]);
        const answer = parse(got, isHead);
        if (answer)
          done(
            { ...answer, closed: /close/i.test(answer.headers.connection ?? '') },
            !/close/i.test(answer.headers.connection ?? ''),
          );
      });
      socket.on('error', () => done({ closed: true }, false));
      socket.on('close', () => done({ closed: true }, false));
      socket.write(data);
    });
  }

  #connect() {
    return new Promise((resolve, reject) => {
      const socket = net.connect(this.address);
      socket.setNoDelay(true);
      socket.once('connect', () => resolve(socket));
      socket.once('error', reject);
    });
  }

  close() {
    this.#socket?.destroy();
    this.#socket = undefined;
  }
}
