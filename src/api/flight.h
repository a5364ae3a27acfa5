/* flight.h - one call on its way through the dispatcher. Internal to src/api.
 *
 * Lives in the request's arena, belongs to one thread at a time: the event loop, then the thread of the row's function,
 * which also writes the answer.
 */
#ifndef ARGALI_API_FLIGHT_H
#define ARGALI_API_FLIGHT_H

#include <stdatomic.h>

#include "api/actions.h"
#include "api/api.h"
#include "api/caller_cache.h"
#include "api/failure_limit.h"
#include "api/request.h"
#include "base/pool.h"

struct api {
    api_options o;
    caller_cache *callers;
    failure_limit failures;
    pool *blocking;
    struct {
        _Atomic uint64_t ok, client_error, server_error, acs3, v1, wrong, nonce_used, denied, throttled, hit, miss;
    } n;
    _Atomic unsigned uses_under_way; /* last-used writes submitted and not done */
};

/* What a request says about who sent it and when. */
typedef struct {
    str access_key_id, nonce, security_token;
    int64_t dated_s;
    acs3_authorization acs3;
    v1_parameters v1;
} proof;

typedef struct flight {
    struct api *api;
    http_exchange *x;
    const http_request *http;
    arena *arena;
    api_request rq;
    proof proof;
    key_holder holder;
    uint64_t mark; /* of the caller cache, when the holder had to be read */
    call call;
    reply reply;
    store_job job;
    pool_job pool_job;
    str string_to_sign, canonical; /* of a signature that did not match */
    int64_t retry_ms;              /* x-acs-retry-after; 0: none */
    bool needs_sync;               /* the nonce has to reach the disk before the answer */
    bool is_denied;                /* refused by authorize(): AccessDeniedDetail is due */
} flight;

static inline void count_one(_Atomic uint64_t *n)
{
    atomic_fetch_add_explicit(n, 1, memory_order_relaxed);
}

/* authenticate.c */
MUST_USE status proof_parse(flight *f, err *e);  /* what the request claims; memory only */
MUST_USE status proof_verify(flight *f, err *e); /* the signature, the key's status, the nonce; memory only */

/* answer.c: each ends the flight */
void answer_ok(flight *f);
void answer_failure(flight *f, status s, const err *e);

#endif
