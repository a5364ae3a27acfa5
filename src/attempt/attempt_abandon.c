/* attempt_abandon.c - see attempt_abandon.h. */
#include "attempt/attempt_abandon.h"

#include <stdlib.h>

#include "base/log.h"

typedef struct {
    store_job job;
    attempt_waiters *waiters;
    attempt *at; /* a copy of its own */
    int64_t now_s;
} abandoned;

static void forget(abandoned *x)
{
    free(x->at);
    free(x);
}

static status settle(store_tx *tx, void *self, err *e)
{
    const abandoned *x = self;
    return attempt_settle(tx, x->at, x->now_s, e);
}

static void settled(void *self, status s, const err *e)
{
    abandoned *x = self;
    if (s != ST_OK)
        log_event(LOG_WARNING, "attempt_lost", LOG_N("principal", attempt_principal(x->at)), LOG_Z("reason", e->log));
    attempt_waiters_settled(x->waiters, attempt_principal(x->at));
    forget(x);
}

void attempt_abandon(store *s, attempt_waiters *l, uint64_t account, const attempt *at, int64_t now_s)
{
    if (attempt_is_decoy(at))
        return;
    abandoned *x = calloc(1, sizeof *x);
    if (x == NULL)
        return;
    x->waiters = l;
    x->now_s = now_s;
    x->job = (store_job){ .account = account, .run = settle, .done = settled, .self = x };
    x->at = attempt_copy(at);
    if (x->at == NULL || store_apply(s, &x->job) != ST_OK)
        forget(x);
}
