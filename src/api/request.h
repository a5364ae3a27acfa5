/* request.h - the ONE parse of a request: what the signature check reads is what the handler reads (threat T41).
 *
 * Query and form are split, decoded ('+' is a space in both), checked and sorted once; nothing later looks at the raw
 * text again but the signature's body hash.
 * Refused with 400: a name that comes twice (in one part or once in each), a name or value that is not UTF-8 or holds a
 * NUL, a '%' without two hex digits, more than PARAMS_MAX parameters, more than one Authorization. A body counts as parameters only when its Content-Type is
 * application/x-www-form-urlencoded; any other body is hashed and nothing else.
 * Pure; threads: reentrant; everything is borrowed from the request or lies in the arena.
 */
#ifndef ARGALI_API_REQUEST_H
#define ARGALI_API_REQUEST_H

#include "access_key/signature.h"
#include "base/arena.h"
#include "catalogue/reply.h"
#include "http/http.h"

enum { PARAMS_MAX = 512 };

typedef enum {
    SCHEME_ANONYMOUS = 0,
    SCHEME_ACS3, /* Authorization: ACS3-... ; action and version from signed headers */
    SCHEME_V1,   /* a Signature parameter; action and version from signed parameters */
} scheme;

typedef struct {
    scheme scheme;
    signed_request covered; /* method, path, query, query and form together, headers, body */
    str authorization;      /* of ACS3 */
    str action, version;    /* absent where not sent */
    str host;               /* the Host header */
    reply_format format;    /* JSON unless Format says XML; ACS3 gets JSON unless it asks otherwise */
} api_request;

/* ret->format is valid whatever the outcome, so that the refusal can be written. */
MUST_USE status api_request_parse(const http_request *rq, arena *a, api_request *ret, err *e);

str api_request_param(const api_request *rq, str name); /* absent: .p == NULL */

/* Splits, decodes, checks and sorts one part: for api_request_parse and its fuzz target. */
MUST_USE status api_params_parse(str text, arena *a, const param **ret, size_t *ret_n, err *e);

#endif
