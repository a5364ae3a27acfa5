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
#include "policy/authorize.h"
#include "verifier/verifier_cache.h"

enum { USER_AGENT_MAX = 256 };

enum { HASH_SHARES = 256, HASH_SHARE_MAX = 8 };

struct api {
    api_options o;
    caller_cache *callers;
    policy_cache *policies;
    verifier_cache *verifiers;
    failure_limit failures;
    _Atomic uint16_t hashing[HASH_SHARES]; /* jobs on the hash pool, by their principal's slot: nobody takes all of it */
    pool *blocking;
    struct {
        _Atomic uint64_t ok, client_error, server_error, acs3, v1, wrong, nonce_used, denied, throttled, hit, miss;
    } n;
    _Atomic unsigned uses_under_way; /* last-used writes submitted and not done */
};

/* What a request says about who sent it and when. */
typedef struct {
    str access_key_id, nonce, security_token;
    uint8_t token_digest[32]; /* SHA-256 of security_token, of a temporary AccessKey */
    bool is_temporary;
    int64_t dated_s;
    acs3_authorization acs3;
    v1_parameters v1;
} proof;

/* Where a call stands on its way through the functions of its row. */
typedef enum { STAGE_ASK = 0, STAGE_SYNC, STAGE_LOOK, STAGE_RESERVE, STAGE_PREPARE, STAGE_LAST } stage;

typedef struct flight {
    struct api *api;
    http_exchange *x;
    const http_request *http;
    arena *arena;
    api_request rq;
    proof proof;
    key_holder holder;
    session_token *token; /* opened when a temporary AccessKey's holder had to be read; else NULL */
    uint64_t mark;        /* of the caller cache, when the holder had to be read */
    authorization authorization;
    call call;
    reply reply;
    store_job job;
    pool_job pool_job;
    attempt_waiter waiter;
    _Atomic uint16_t *hash_share; /* held while a job of this call is on the hash pool */
    stage stage;
    int64_t arrived_ms;                                     /* monotonic; of a call that hashes */
    str string_to_sign, canonical;                          /* of a signature that did not match */
    int64_t retry_ms;                                       /* x-acs-retry-after; 0: none */
    void (*then)(struct flight *f, status s, const err *e); /* find_holder's */
    bool needs_sync;                                        /* the nonce has to reach the disk before the answer */
    bool is_denied;                                         /* refused by authorize(): AccessDeniedDetail is due */
    bool is_question; /* POST /verify itself: it is refused with 400, 429 or 5xx, and its code in a header */
    bool needs_store; /* what the request names only the store can tell: authorized in the row's own transaction */
} flight;

static inline void count_one(_Atomic uint64_t *n)
{
    atomic_fetch_add_explicit(n, 1, memory_order_relaxed);
}

/* authenticate.c */
MUST_USE status proof_parse(flight *f, err *e);  /* what the request claims; memory only */
MUST_USE status proof_verify(flight *f, err *e); /* the signature, the key's status, the nonce; memory only */

/* find_holder.c: into f->holder, from memory, or by a read job that ends in `then` on a reader's thread. */
MUST_USE status find_holder(flight *f, void (*then)(flight *f, status s, const err *e), bool *ret_is_here, err *e);
MUST_USE status holder_again(flight *f, store_tx *tx, bool *ret_was_read,
                             err *e); /* in a transaction: is it still what it was? */

/* dispatch.c */
void flight_init(flight *f, api *a, http_exchange *x, const http_request *rq); /* f is all zero */
bool is_served_host(const api *a, str host);                                   /* by api-hosts */

/* run_row.c: the functions of the row, from the stage that the flight has reached; ends the flight */
void run_row(flight *f);
MUST_USE status authorize_call(flight *f, err *e);

/* answer.c: each but the last two ends the flight */
void answer_ok(flight *f);
void answer_failure(flight *f, status s, const err *e);
void answer_no_memory(http_exchange *x); /* where there is no flight yet */
bool is_guess(str code);                 /* at a key: what counts against the network that it came from */
void count_answer(api *a, unsigned http_status);

#endif
