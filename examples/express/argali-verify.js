// argali-verify.js - an Express middleware: a request goes on only if its signature is right and its sender may do what it asks for.
//
// It asks Argali with the official SDK (npm install @alicloud/openapi-core), under an AccessKey that needs ram:Verify and nothing else.
// The body has to be there as it was received, so put express.raw({ type: () => true }) before it.
'use strict';
const { createHash } = require('node:crypto');
const { default: Client, $OpenApiUtil } = require('@alicloud/openapi-core');

const VERIFY = { action: 'Verify', version: '2026-11-23', pathname: '/verify', method: 'POST', authType: 'AK', style: 'ROA' };

/**
 * config: of the SDK, with Argali's endpoint and the AccessKey of this service. host: the name of this service, as its callers sign it.
 * question: what a request does, { Action, Resource } in the words of policies. Who sent it is in req.argali afterwards.
 */
module.exports = function argaliVerify({ config, host, question }) {
  const client = new Client(new $OpenApiUtil.Config(config));
  const ask = { ...VERIFY, protocol: config.protocol, reqBodyType: 'json', bodyType: 'json' };
  return async (req, res, next) => {
    const hash = /^ACS3-HMAC-SM3 /.test(req.headers.authorization) ? 'sm3' : 'sha256';
    const body = {
      Host: host,
      Method: req.method,
      Uri: req.originalUrl,
      Headers: req.rawHeaders.flatMap((name, i, raw) => (i % 2 ? [] : [[name, raw[i + 1]]])),
      BodySha256: createHash(hash).update(Buffer.isBuffer(req.body) ? req.body : '').digest('hex'),
      SourceIp: req.ip,
      Scheme: req.protocol,
      ...question(req),
    };
    try {
      req.argali = (await client.callApi(ask, new $OpenApiUtil.OpenApiRequest({ body }), {})).body.Identity;
    } catch (error) {
      const isVerdict = error.statusCode === 401 || error.statusCode === 403;
      const Code = isVerdict ? error.data.Reason : 'ServiceUnavailable'; // Argali did not answer, or this service may not ask
      return res.status(isVerdict ? error.statusCode : 503).json({ Code });
    }
    return next();
  };
};
