// clients.mjs - the official Node clients, unmodified, called by wire names: admin.Ims.CreateUser({ UserPrincipalName: ... }).
//
// A call returns the body as it came over the wire, after it was compared with the action's shape and with what the client's
// own model kept of it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { checkConforms, products, withoutUnknown } from './shapes.mjs';

const require = createRequire(import.meta.url);
const sdk = {
  Ims: require('@alicloud/ims20190815'),
  Ram: require('@alicloud/ram20150501'),
  Sts: require('@alicloud/sts20150401'),
};
const { default: OpenApiClient, $OpenApiUtil, OpenApiUtil } = require('@alicloud/openapi-core');
const { RuntimeOptions } = require('@darabonba/typescript');
const { RPCClient } = require('@alicloud/pop-core');

const TIMEOUT_MS = 30_000; // the clients' own 3 to 10 s are for networks, not for a machine that runs sanitizer builds

const called = new Set();

/** The test file called every action that its `// covers:` lines name, and each succeeded at least once. */
export function checkCovers(url) {
  const claims = [...fs.readFileSync(fileURLToPath(url), 'utf8').matchAll(/^\/\/ covers: (.+)$/gm)].flatMap(([, names]) =>
    names.split(' '),
  );
  assert.ok(claims.length > 0);
  assert.deepEqual(
    claims.filter((name) => !called.has(name)),
    [],
    'claimed to be covered, but never called with success',
  );
}

const camel = (action) => action[0].toLowerCase() + action.slice(1);

/** The model of a request, filled by wire names. */
function modelOf(Model, params) {
  const names = Object.fromEntries(Object.entries(Model.names()).map(([own, wire]) => [wire, own]));
  const types = Model.types();
  const map = {};
  for (const [wire, value] of Object.entries(params)) {
    const own = names[wire] ?? assert.fail(`${Model.name} has no ${wire}`);
    const item = types[own]?.itemType;
    map[own] = Array.isArray(value) && typeof item === 'function' ? value.map((one) => modelOf(item, one)) : value;
  }
  return new Model(map);
}

/** The official client, noting the body before its model drops what it does not know. */
function noting(Client) {
  return class extends Client {
    async callApi(params, request, runtime) {
      const answer = await super.callApi(params, request, runtime);
      this.lastAnswer = structuredClone(answer.body);
      return answer;
    }
  };
}

const perAction = (call) =>
  new Proxy(
    {},
    {
      get:
        (_, action) =>
        (params = {}) =>
          call(action, params),
    },
  );

function product(name, config) {
  const Client = noting(sdk[name].default);
  const call = async (action, params) => {
    const client = new Client(new $OpenApiUtil.Config(config));
    const Model = sdk[name][`${action}Request`];
    const runtime = new RuntimeOptions({ readTimeout: TIMEOUT_MS, connectTimeout: TIMEOUT_MS });
    const args = Model ? [modelOf(Model, params), runtime] : [runtime];
    const answer = await client[`${camel(action)}WithOptions`](...args);
    assert.equal(answer.statusCode, 200);
    const known = withoutUnknown(`${name}.${action}`, client.lastAnswer);
    assert.deepEqual(answer.body.toMap(), known, 'the client dropped or changed a part of the answer');
    checkConforms(`${name}.${action}`, client.lastAnswer);
    called.add(`${name}.${action}`);
    return client.lastAnswer;
  };
  return perAction(call);
}

/** Argali's own actions, which no package knows, through the client that is the ground of the others. */
function extension(config) {
  const { version } = products.Argali;
  return perAction(async (action, params) => {
    const client = new OpenApiClient(new $OpenApiUtil.Config(config));
    const runtime = new RuntimeOptions({ readTimeout: TIMEOUT_MS, connectTimeout: TIMEOUT_MS });
    const request = new $OpenApiUtil.OpenApiRequest({ query: OpenApiUtil.query(params) });
    const how = { protocol: 'HTTPS', pathname: '/', method: 'POST', authType: 'AK', style: 'RPC' };
    const types = { reqBodyType: 'formData', bodyType: 'json' };
    const { statusCode, body } = await client.callApi(
      new $OpenApiUtil.Params({ action, version, ...how, ...types }),
      request,
      runtime,
    );
    assert.equal(statusCode, 200);
    checkConforms(`Argali.${action}`, body);
    called.add(`Argali.${action}`);
    return body;
  });
}

/**
 * The clients of one AccessKey. secure: over https, with the server's certificate as the anchor; algorithm: ACS3-HMAC-SHA256
 * unless told ("v2" is RPC v1, "ACS3-HMAC-SM3"); securityToken: beside the AccessKey.
 */
export function clientsOf(server, key, { secure = false, algorithm, securityToken } = {}) {
  const config = {
    accessKeyId: key.id,
    accessKeySecret: key.secret,
    securityToken,
    endpoint: secure ? server.tlsHost : server.host,
    protocol: secure ? 'https' : 'http',
    ca: secure ? server.certificate : undefined,
    signatureAlgorithm: algorithm,
  };
  server.hideSecret(key.secret);
  return {
    key,
    Ims: product('Ims', config),
    Ram: product('Ram', config),
    Sts: product('Sts', config),
    Argali: extension(config),
  };
}

/**
 * The legacy client: RPC v1, everything in the URL with GET, in a form with POST. Its answers are compared with the shapes too.
 */
export function popCore(server, key, name, { secure = false, method = 'GET', securityToken } = {}) {
  const client = new RPCClient({
    accessKeyId: key.id,
    accessKeySecret: key.secret,
    securityToken,
    endpoint: secure ? `https://${server.tlsHost}` : `http://${server.host}`,
    apiVersion: products[name].version,
    opts: { timeout: TIMEOUT_MS },
  });
  if (secure) client.keepAliveAgent.options.ca = server.certificate;
  return async (action, params = {}) => {
    const body = await client.request(action, params, { method });
    const full = `${name}.${action[0].toUpperCase()}${action.slice(1)}`; /* as the client sends it */
    checkConforms(full, body);
    called.add(full);
    return body;
  };
}
