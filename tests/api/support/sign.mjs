// sign.mjs - requests signed by hand, after the signing rules and without any SDK, so that tests can bend every part of them.
//
// A request: { method, query, form, body, contentType, headers, chunked }. Parameters are [name, value] pairs, values texts or
// bytes.
import { createHash, createHmac, randomUUID } from 'node:crypto';

const bytes = (value) => (Buffer.isBuffer(value) ? value : Buffer.from(String(value), 'utf8'));

/** Unreserved characters stay; every other byte becomes % and two upper-case digits. */
export function encode(value) {
  let out = '';
  for (const byte of bytes(value)) {
    const c = String.fromCharCode(byte);
    out += /[A-Za-z0-9\-_.~]/.test(c) ? c : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

const byName = ([a], [b]) => Buffer.compare(bytes(a), bytes(b));

export function encodePairs(pairs) {
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
}

export const canonicalPairs = (pairs) => encodePairs([...pairs].sort(byName));

export function isoTime(ms = Date.now()) {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

export const pairs = (params) => (Array.isArray(params) ? params : Object.entries(params));

const hashes = { 'ACS3-HMAC-SHA256': 'sha256', 'ACS3-HMAC-SM3': 'sm3' };

function bodyOf(request) {
  if (request.body !== undefined) return bytes(request.body);
  return request.form ? Buffer.from(encodePairs(pairs(request.form))) : Buffer.alloc(0);
}

/** What goes onto the wire: { method, target, headers, body, chunked }. */
function wire(request, query, headers, body) {
  const text = encodePairs(query);
  const path = request.path ?? '/';
  return { method: request.method, target: text ? `${path}?${text}` : path, headers, body, chunked: request.chunked === true };
}

/**
 * ACS3. options: action, version, method, path, query, form, body, contentType, chunked, algorithm, date, nonce, contentSha256 (the
 * header alone), headers (more, signed), unsigned (more, not signed). The result also has canonical, stringToSign, signature
 * and signedHeaders.
 */
export function signAcs3(host, key, options) {
  const o = {
    method: 'POST',
    query: [],
    algorithm: 'ACS3-HMAC-SHA256',
    date: isoTime(),
    nonce: randomUUID(),
    headers: [],
    unsigned: [],
    ...options,
  };
  const hash = hashes[o.algorithm] ?? 'sha256';
  const hex = (data) => createHash(hash).update(data).digest('hex');
  const body = bodyOf(o);
  const query = pairs(o.query);
  const headers = [
    ['host', host],
    ['x-acs-action', o.action],
    ['x-acs-version', o.version],
    ['x-acs-date', o.date],
    ['x-acs-signature-nonce', o.nonce],
    ['x-acs-content-sha256', o.contentSha256 ?? hex(body)],
    ...o.headers,
  ];
  const contentType = o.contentType ?? (o.form ? 'application/x-www-form-urlencoded' : undefined);
  if (contentType) headers.push(['content-type', contentType]);
  const signed = headers.map(([name, value]) => [name.toLowerCase(), value]).sort(byName);
  const signedHeaders = signed.map(([name]) => name).join(';');
  const lines = signed.map(([name, value]) => `${name}:${String(value).trim()}\n`).join('');
  const canonical = [o.method, o.path ?? '/', canonicalPairs(query), lines, signedHeaders, hex(body)].join('\n');
  const stringToSign = `${o.algorithm}\n${hex(canonical)}`;
  const signature = createHmac(hash, key.secret).update(stringToSign).digest('hex');
  headers.push(...o.unsigned, [
    'Authorization',
    `${o.algorithm} Credential=${key.id},SignedHeaders=${signedHeaders},Signature=${signature}`,
  ]);
  return { ...wire(o, query, headers, body), canonical, stringToSign, signature, signedHeaders };
}

/**
 * RPC v1. options: action, version, method, path, query, form, chunked, common (in 'query' or 'form'), parameters (of the common
 * ones, to change or, with undefined, to leave out), headers. The result also has stringToSign and signature.
 */
export function signV1(host, key, options) {
  const o = { method: 'POST', query: [], common: 'query', headers: [], parameters: {}, ...options };
  const common = Object.entries({
    Action: o.action,
    Version: o.version,
    Format: 'JSON',
    Timestamp: isoTime(),
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: randomUUID(),
    AccessKeyId: key.id,
    ...o.parameters,
  }).filter(([, value]) => value !== undefined);
  const query = [...pairs(o.query)],
    form = [...pairs(o.form ?? [])];
  const place = o.common === 'form' ? form : query;
  place.push(...common);
  const stringToSign = `${o.method}&%2F&${encode(canonicalPairs([...query, ...form]))}`;
  const signature = createHmac('sha1', `${key.secret}&`).update(stringToSign).digest('base64');
  place.push(['Signature', signature]);
  const headers = [['host', host], ...o.headers];
  if (form.length) headers.push(['content-type', 'application/x-www-form-urlencoded']);
  return { ...wire(o, query, headers, Buffer.from(encodePairs(form))), stringToSign, signature };
}
