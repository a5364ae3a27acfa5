/* api.c - the life of the dispatcher, its counts, and the writing of last-used times. See api.h. */
#include <stdlib.h>

#include "api/flight.h"
#include "base/log.h"
#include "store/records.h"

enum { BLOCKING_QUEUE_MAX = 1024, USES_A_TICK = 256, POLICY_CACHE_BYTES = 16 * 1024 * 1024, DOCUMENT_BYTES = 64 * 1024 * 1024 };

status api_new(const api_options *o, api **ret, err *e)
{
    api *a = calloc(1, sizeof *a);
    if (a == NULL)
        return ST_NO_MEMORY;
    a->o = *o;
    pool_options blocking = { .name = "blocking", .threads = o->blocking_threads, .queue_max = BLOCKING_QUEUE_MAX };
    status s = failure_limit_init(&a->failures, o->failures_per_minute, o->world);
    if (s == ST_OK) {
        a->callers = caller_cache_new(o->cached_callers, DOCUMENT_BYTES, store_epochs(o->store), o->world);
        a->policies = policy_cache_new(o->cached_policy_bytes > 0 ? o->cached_policy_bytes : POLICY_CACHE_BYTES, o->world);
        a->verifiers = verifier_cache_new(store_epochs(o->store));
        s = a->callers == NULL || a->policies == NULL || a->verifiers == NULL ? ST_NO_MEMORY
                                                                              : pool_new(&blocking, &a->blocking, e);
    }
    if (s != ST_OK) {
        api_free(a);
        return s;
    }
    *ret = a;
    return ST_OK;
}

void api_free(api *a)
{
    if (a == NULL)
        return;
    pool_free(a->blocking);
    caller_cache_free(a->callers);
    policy_cache_free(a->policies);
    verifier_cache_free(a->verifiers);
    free(a);
}

/* --- last use ----------------------------------------------------------------------------------------------------- */

typedef struct {
    store_job job;
    api *api;
    last_use use;
} use_job;

static status use_run(store_tx *tx, void *self, err *e)
{
    use_job *j = self;
    status s =
        store_access_key_set_last_used(tx, str_from_c(j->use.access_key_id), j->use.at_s, product_name(j->use.service), e);
    return s == ST_NOT_FOUND ? ST_OK : s; /* the key was deleted since */
}

static void use_done(void *self, status s, const err *e)
{
    use_job *j = self;
    if (s != ST_OK)
        log_event(LOG_WARNING, "last_used_lost", LOG_Z("access_key_id", j->use.access_key_id), LOG_Z("why", e->log));
    atomic_fetch_sub(&j->api->uses_under_way, 1);
    free(j);
}

static void submit_use(api *a, const last_use *use)
{
    use_job *j = calloc(1, sizeof *j);
    if (j == NULL)
        return;
    j->api = a;
    j->use = *use;
    j->job = (store_job){ .account = use->account, .run = use_run, .done = use_done, .self = j };
    atomic_fetch_add(&a->uses_under_way, 1);
    if (store_apply(a->o.store, &j->job) != ST_OK) {
        err full = { 0 };
        status s = err_set(&full, ST_LIMIT, NULL, "the store's queue is full");
        use_done(j, s, &full);
    }
}

static size_t write_uses(api *a, bool is_all)
{
    last_use uses[USES_A_TICK];
    size_t n = caller_cache_take_uses(a->callers, is_all, world_now_s(a->o.world), uses, USES_A_TICK);
    for (size_t i = 0; i < n; i++)
        submit_use(a, &uses[i]);
    return n;
}

void api_tick(api *a)
{
    if (atomic_load(&a->uses_under_way) == 0)
        (void)write_uses(a, false);
}

static status nothing(store_tx *tx, void *self, err *e)
{
    (void)tx, (void)self, (void)e;
    return ST_OK;
}

/* The store applies in order: when an empty job is done, every use submitted before it is. */
status api_flush(api *a, err *e)
{
    while (write_uses(a, true) > 0)
        TRY(store_apply_now(a->o.store, 0, nothing, NULL, e));
    return store_apply_now(a->o.store, 0, nothing, NULL, e);
}

api_counts api_count(const api *a)
{
    return (api_counts){
        .calls_ok = atomic_load(&a->n.ok),
        .calls_client_error = atomic_load(&a->n.client_error),
        .calls_server_error = atomic_load(&a->n.server_error),
        .signatures_acs3 = atomic_load(&a->n.acs3),
        .signatures_v1 = atomic_load(&a->n.v1),
        .signatures_wrong = atomic_load(&a->n.wrong),
        .nonces_used = atomic_load(&a->n.nonce_used),
        .denied = atomic_load(&a->n.denied),
        .throttled = atomic_load(&a->n.throttled),
        .cache_hits = atomic_load(&a->n.hit),
        .cache_misses = atomic_load(&a->n.miss),
    };
}
