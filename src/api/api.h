/* api.h - dispatch: from a request of the shell to the answer of an action.
 *
 * bytes -> ONE parse -> caller (ACS3 header | v1 Signature | none; more than one is refused) -> row -> decode ->
 * authorize -> answer, prepare, read or apply -> reply.
 * Owns nothing that it is given. Threads: api_handle runs on the event loops of the shell; the rest of a call on the
 * thread of its function (call.h).
 */
#ifndef ARGALI_API_API_H
#define ARGALI_API_API_H

#include "access_key/nonce.h"
#include "account/quotas.h"
#include "attempt/attempt_waiters.h"
#include "audit/audit.h"
#include "http/http.h"
#include "password/hash_pool.h"
#include "password/password_means.h"
#include "store/store.h"
#include "vault/vault.h"

typedef struct api api;

typedef struct {
    store *store;
    vault *vault;
    nonces *nonces;
    auditor *auditor;
    hash_pool *hashing;
    const password_means *passwords;
    attempt_waiters *waiters;
    const world *world;
    quotas quota;
    str domain_suffix;      /* "onaliyun.com" */
    const char *public_url; /* what links begin with */
    const str *hosts;       /* api-hosts: Host values that are served; n == 0: any */
    size_t host_n;
    const cidr *proxies; /* trusted-proxies: peers whose X-Forwarded-For counts; client_address.h */
    size_t proxy_n;
    bool accepts_v1;              /* RPC v1 (HMAC-SHA1) signatures */
    unsigned failures_per_minute; /* failed signatures per network and minute before Throttling; 0: no limit */
    unsigned blocking_threads;    /* for prepare and for nonces that have to reach the disk */
    size_t cached_callers;        /* entries, 64 to 1,000,000 */
    size_t cached_policy_bytes;   /* of compiled custom policies that no cached caller holds; 0: 16 MiB */
} api_options;

MUST_USE status api_new(const api_options *o, api **ret, err *e);
void api_free(api *a); /* after the listeners stopped and the store closed; NULL is fine */
void api_handle(void *self, http_exchange *x, const http_request *rq); /* an http_handler; self is the api */
void api_verify(void *self, http_exchange *x, const http_request *rq); /* the same for POST /verify: verify.c */
void api_tick(api *a); /* once a second, off the loops: writes last-used times that are due (at most a minute late) */
MUST_USE status api_flush(api *a, err *e); /* at stop: writes every last-used time; waits */

typedef struct {
    uint64_t calls_ok, calls_client_error, calls_server_error;
    uint64_t signatures_acs3, signatures_v1, signatures_wrong, nonces_used, denied, throttled, cache_hits, cache_misses;
} api_counts;
api_counts api_count(const api *a);

#endif
