/* verify_question.h - what POST /verify is asked: a request that another service received, and what its sender wants to do.
 *
 * Two forms, one question. In the headers, for who cannot sign (nginx): X-Original-Method, -URI, -Host, -Scheme and -Source-Ip
 * describe the request, X-Argali-Action, -Resource and -Body-Sha256 ask; every other header is the request's own, as it stands,
 * and those that are this hop's (Host, Connection, Content-Length, Transfer-Encoding) were not signed by anyone. In the body, for
 * who signs: one JSON object with Method, Uri, Host, Headers ([["name","value"],...]), BodySha256, Action, Resource, SourceIp and
 * Scheme.
 * What the asking service states is refused here with a code of its own; what its caller made is carried as it is, and judged.
 * A header of ours that comes twice is refused: one of the two may be the caller's. Pure; everything is borrowed from the request
 * or lies in the arena; threads: reentrant.
 */
#ifndef ARGALI_API_VERIFY_QUESTION_H
#define ARGALI_API_VERIFY_QUESTION_H

#include "api/request.h"

enum { VERIFY_HEADERS_MAX = 256, VERIFY_ACTION_MAX = 128, VERIFY_RESOURCE_MAX = 1024 };

typedef struct {
    str method, uri; /* as received; uri is the raw target */
    str host;        /* the request's Host in the one form, the service's own name in the other */
    const http_header *headers;
    size_t header_n;
    bool are_headers_checked; /* they came in headers of our own, which the shell looked at */
    str body_hash;            /* lower-case hex, of the body as the service saw it; empty: it did not look */
    str action, resource;     /* both or none: absent asks who it is, and no more */
    ip_addr source;           /* family 0: not told */
    bool is_secure;           /* the request came over TLS */
} verify_question;

str verify_token(const http_request *rq); /* X-Argali-Verifier; absent: the other form */

/* ST_INVALID: Missing<Name>, InvalidParameter.<Name>. */
MUST_USE status verify_question_of_headers(const http_request *rq, arena *a, verify_question *ret, err *e);
MUST_USE status verify_question_of_json(bytes body, arena *a, verify_question *ret, err *e);

/* The one parse of the request that is described, as api_request_parse does it for our own: ST_INVALID with the caller's fault.
 * Only ACS3 is judged: an RPC v1 signature, which covers neither host nor body, is InvalidSignatureMethod. */
MUST_USE status verify_request_parse(const verify_question *q, arena *a, api_request *ret, err *e);

#endif
