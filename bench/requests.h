/* requests.h - signed requests, made in advance: what an official client would send, with a nonce of its own each.
 *
 * Signed with ACS3-HMAC-SHA256 by the library's own canonical request, so the generator measures the server and not whether
 * the two agree; that they do is told by the first answer. Requests are good for 15 minutes from when they were made.
 * Threads: one at a time.
 */
#ifndef ARGALI_BENCH_REQUESTS_H
#define ARGALI_BENCH_REQUESTS_H

#include "base/buf.h"
#include "base/world.h"

typedef enum {
    LOAD_GET_CALLER_IDENTITY,
    LOAD_CREATE_USER,
    LOAD_GET_USER,
    LOAD_LIST_USERS,
    LOAD_VERIFY, /* POST /verify as nginx asks it: about a signed GET of another service, LOAD_VERIFY_HOST */
    LOAD_ACTION_COUNT
} load_action;

#define LOAD_VERIFY_HOST "files.example.com"

MUST_USE status load_action_parse(str name, load_action *ret);

typedef struct {
    str access_key_id, access_key_secret;
    str domain;         /* what user principal names end in */
    str verifier_token; /* of LOAD_VERIFY */
    load_action action;
    uint64_t count; /* of requests */
    uint64_t first_user,
        users; /* CreateUser makes first_user, first_user + 1, ...; GetUser asks for any of `users` from first_user */
    const world *world;
} request_plan;

typedef struct {
    buf bytes;
    size_t *start; /* count + 1 of them */
    uint64_t count;
} requests;

/* ST_NO_MEMORY, or what signing said. */
MUST_USE status requests_sign(const request_plan *plan, requests *ret, err *e);
void requests_done(requests *r);
str requests_get(const requests *r, uint64_t i);

#endif
