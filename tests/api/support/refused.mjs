// refused.mjs - what holds for every error, whatever the client: the envelope of the signing rules and what Terraform and the
// Go core make of it.
import assert from 'node:assert/strict';

const REQUEST_ID = /^[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}$/;
const GONE = /^(EntityNotExist\..+|InvalidApi\.NotFound|InvalidAction\.NotFound|InvalidVersion)$/;
const A_CODE = new RegExp(
  '\\b(InvalidParameter|EntityNotExist|EntityAlreadyExists|LimitExceeded|DeleteConflict|Missing[A-Z]\\w+|NoPermission|' +
    'NotImplemented|InvalidAccessKeyId|Throttling|InternalError|ServiceUnavailable|SignatureDoesNotMatch|SignatureNonceUsed|' +
    'IncompleteSignature|InvalidTimeStamp)\\b',
);
const MESSAGES = [
  [/^InvalidParameter\.(.+)\.InvalidChars$/, (name) => `The parameter - "${name}" contains invalid chars.`],
  [/^InvalidParameter\.(.+)\.Length$/, (name) => `The parameter - "${name}" beyond the length limit.`],
  [/^EntityNotExist\.User$/, () => 'The user does not exist.'],
  [/^EntityAlreadyExists\.User$/, () => 'The user does already EXIST.'],
  [/^NoPermission$/, () => 'You are not authorized to do this action.'],
];
const DETAIL = [
  'AuthAction',
  'AuthPrincipalDisplayName',
  'AuthPrincipalOwnerId',
  'AuthPrincipalType',
  'NoPermissionType',
  'PolicyType',
];

/** clients.md section 2 and signing.md section 7, for a JSON error body. saying: a message that stands for the usual one. */
export function checkErrorBody(status, body, host, saying) {
  const { AccessDeniedDetail: detail, ...texts } = body;
  for (const [name, value] of Object.entries(texts)) assert.equal(typeof value, 'string', `${name} is no text`);
  assert.ok(body.Code.length > 0 && body.Message.length > 0);
  assert.match(body.RequestId, REQUEST_ID);
  if (host) assert.equal(body.HostId, host);
  assert.ok(status >= 400 && status < 600);
  assert.equal(
    status === 404,
    GONE.test(body.Code),
    `${status} ${body.Code}: 404 means that the thing is gone, and nothing else`,
  );
  if (status !== 404) assert.doesNotMatch(body.Message, /NotFound|is not found/i);
  assert.doesNotMatch(body.Message, /^code: 5/);
  if (body.Code !== 'SignatureDoesNotMatch') assert.doesNotMatch(body.Message, A_CODE, 'a message quotes an error code');
  for (const [code, message] of MESSAGES) {
    const match = body.Code.match(code);
    if (match || saying) assert.equal(body.Message, saying ?? message(match[1]));
  }
  assert.equal(detail !== undefined, body.Code === 'NoPermission');
  if (detail) {
    for (const value of Object.values(detail)) assert.equal(typeof value, 'string');
    for (const name of DETAIL) assert.ok(detail[name], `AccessDeniedDetail has no ${name}`);
  }
}

/** The call of an official client fails with this status and code (and message); the error's body is returned. */
export async function refused(call, status, code, saying) {
  const error = await call.then(
    (body) => assert.fail(`${code} was expected, and it succeeded: ${JSON.stringify(body)}`),
    (e) => e,
  );
  if (!error.data) throw error;
  const seen = error.statusCode ?? error.entry.response.statusCode;
  assert.equal(`${seen} ${error.data.Code}`, `${status} ${code}`, error.data.Message);
  checkErrorBody(seen, error.data, undefined, saying);
  return error.data;
}
