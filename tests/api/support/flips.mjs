// flips.mjs - one signed request in every scheme and body mode, and everything in it that can be changed by one step (threat
// T40).
import { signAcs3, signV1 } from './sign.mjs';

/** Scheme and mode to a signer: (host, key, { action, version, params, ... }) to a request for the wire. */
export const modes = {};
for (const algorithm of ['ACS3-HMAC-SHA256', 'ACS3-HMAC-SM3']) {
  const acs3 =
    (place) =>
    (host, key, { params, ...o }) =>
      signAcs3(host, key, { algorithm, ...o, ...place(params) });
  modes[`${algorithm}, GET`] = acs3((query) => ({ method: 'GET', query }));
  modes[`${algorithm}, POST with a query`] = acs3((query) => ({ query }));
  modes[`${algorithm}, POST with a form`] = acs3((form) => ({ form }));
  modes[`${algorithm}, POST with a form in chunks`] = acs3((form) => ({ form, chunked: true }));
}
const v1 =
  (place) =>
  (host, key, { params, ...o }) =>
    signV1(host, key, { ...o, ...place(params) });
modes['RPC v1, GET'] = v1((query) => ({ method: 'GET', query }));
modes['RPC v1, POST with a query'] = v1((query) => ({ query }));
modes['RPC v1, POST with a form'] = v1((form) => ({ form, common: 'form' }));
modes['RPC v1, POST with query and form'] = v1((form) => ({ form }));
modes['RPC v1, POST with a form in chunks'] = v1((form) => ({ form, common: 'form', chunked: true }));

/** Another character of the same kind, so that what is changed stays well-formed. */
function other(c) {
  if (/[0-9]/.test(c)) return c === '9' ? '8' : '9';
  if (/[a-f]/.test(c)) return c === 'f' ? 'e' : 'f';
  if (/[a-z]/.test(c)) return c === 'z' ? 'y' : 'z';
  return c === 'Z' ? 'Y' : 'Z';
}

const changeAt = (text, i) => text.slice(0, i) + other(text[i]) + text.slice(i + 1);

/** Every position of the text, or its first, middle and last. */
function positions(text, step) {
  const all = [...text].flatMap((c, i) => (/[A-Za-z0-9]/.test(c) ? [i] : []));
  return step === 'all' ? all : [...new Set([all[0], all[all.length >> 1], all.at(-1)])];
}

export function* wrongSecrets(key, step) {
  for (const i of positions(key.secret, step)) yield { ...key, secret: changeAt(key.secret, i) };
  yield { ...key, secret: key.secret.slice(0, -1) };
  yield { ...key, secret: `${key.secret}A` };
  yield { ...key, secret: '' };
}

function replaceHeader(request, name, to) {
  return { ...request, headers: request.headers.map(([n, v]) => (n.toLowerCase() === name ? [n, to(v)] : [n, v])) };
}

function* changedText(request, field, step, pattern) {
  const text = request[field].toString();
  const match = pattern ? text.match(pattern) : { index: 0, 0: text };
  if (!match || match[0].length === 0) return;
  for (const i of positions(match[0], step)) {
    const changed = changeAt(text, match.index + i);
    yield [`${field} at ${match.index + i}`, { ...request, [field]: field === 'body' ? Buffer.from(changed) : changed }];
  }
}

function* acs3Flips(request, step) {
  const authorization = request.headers.find(([name]) => name === 'Authorization')[1];
  const set = (to) => replaceHeader(request, 'authorization', () => to);
  const at = authorization.length - request.signature.length;
  for (const i of positions(request.signature, step)) yield [`signature at ${i}`, set(changeAt(authorization, at + i))];
  yield ['signature in upper case', set(authorization.slice(0, at) + request.signature.toUpperCase())];
  yield ['signature cut', set(authorization.slice(0, -2))];
  yield ['signature longer', set(`${authorization}00`)];
  const names = request.signedHeaders.split(';');
  const list = (changed) =>
    set(authorization.replace(`SignedHeaders=${request.signedHeaders}`, `SignedHeaders=${changed.join(';')}`));
  for (const name of names) yield [`${name} not signed`, list(names.filter((n) => n !== name))];
  yield ['signed headers in another order', list([names[1], names[0], ...names.slice(2)])];
  for (const name of ['x-acs-date', 'x-acs-signature-nonce', 'x-acs-content-sha256'])
    for (const i of positions(request.headers.find(([n]) => n === name)[1], step))
      yield [`${name} at ${i}`, replaceHeader(request, name, (v) => changeAt(v, i))];
  yield [
    'another action',
    replaceHeader(request, 'x-acs-action', (action) => (action === 'ListUsers' ? 'ListAccessKeys' : 'ListUsers')),
  ];
  yield [
    'another algorithm',
    set(authorization.replace(/^ACS3-HMAC-\w+/, (a) => (a.endsWith('SM3') ? 'ACS3-HMAC-SHA256' : 'ACS3-HMAC-SM3'))),
  ];
  yield ['another host', replaceHeader(request, 'host', () => 'ims.example.com')];
}

/**
 * [what, request] for changes to a signed request, none of which its signature covers: each byte (step 'all') or the first,
 * middle and last (step 'few') of signature, date, nonce and body hash, of the parameters wherever they are, the list of signed
 * headers, the method.
 */
export function* flips(request, step) {
  if (request.signedHeaders) yield* acs3Flips(request, step);
  yield* changedText(request, 'target', step, /(?<=\?).*/);
  yield* changedText(request, 'body', step);
  if (!request.body.length) yield ['another method', { ...request, method: request.method === 'GET' ? 'POST' : 'GET' }];
}
