/* hashing.c - see hashing.h. */
#include "server/hashing.h"

#include "attempt/attempt.h"
#include "base/log.h"
#include "server/settings_use.h"

static status settle_lost(store_tx *tx, void *self, err *e)
{
    (void)self;
    return attempt_settle_lost(tx, e);
}

static status open_pool(const settings *s, hashing *h, err *e)
{
    const uint32_t memory_kib = h->means.usual.memory_kib;
    const hash_pool_options o = {
        .threads = settings_number(s, SET_PASSWORD_HASH_THREADS),
        .queue_max = HASH_QUEUE_DEFAULT,
        .memory_max_kib = memory_kib > HASH_MEMORY_MAX_DEFAULT_KIB ? memory_kib : HASH_MEMORY_MAX_DEFAULT_KIB,
        .usual = h->means.usual,
    };
    return hash_pool_new(&o, &h->pool, e);
}

status hashing_open(const settings *s, const world *w, store *st, hashing *ret, err *e)
{
    hashing *h = ret;
    const char *breached = settings_path(s, SET_BREACHED_PASSWORDS);
    *h = (hashing){ .means = { .usual = settings_hashing(s) } };
    err why = { 0 };
    if (store_apply_now(st, 0, settle_lost, NULL, &why) !=
        ST_OK) /* a disk that takes nothing: the ledger counts them in a minute */
        log_event(LOG_WARNING, "attempts_not_settled", LOG_Z("why", why.log));
    if (breached != NULL)
        TRY(breached_passwords_open(breached, &h->breached, e));
    h->means.breached = h->breached;
    TRY(attempt_waiters_new(w, ATTEMPTS_WAITING_MAX, &h->waiters, e));
    return open_pool(s, h, e);
}

void hashing_close(hashing *h)
{
    hash_pool_free(h->pool);
    attempt_waiters_free(h->waiters);
    breached_passwords_close(h->breached);
    *h = (hashing){ 0 };
}
