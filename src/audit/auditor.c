/* auditor.c - the rounds of the sealer (audit.h).
 *
 * A round is a chain of small store jobs, one after the other, so that writes of callers come in between: first the
 * refusals that are due, then account by account the events without a seal. Who holds is_running owns everything of the
 * round.
 */
#include <pthread.h>
#include <stdlib.h>

#include "audit/audit.h"
#include "audit/chain.h"
#include "audit/refusals.h"
#include "base/encoding.h"
#include "base/log.h"
#include "store/directory.h"

enum {
    EVENTS_PER_JOB = 200, /* about a millisecond of the store thread */
    REFUSALS_PER_JOB = 100,
};

/* What one job did; written anew each time it runs. */
typedef struct {
    bool is_last; /* nothing was left to do */
    size_t refusals;
    bool has_written_dropped;
    uint64_t account;
    chain_progress sealed;
} step;

struct auditor {
    store *store;
    vault *vault;
    const world *world;
    refusals *refusals;
    pthread_mutex_t lock; /* guards is_running */
    pthread_cond_t stopped;
    bool is_running;
    store_job job;    /* from here on: the round's */
    refusal *pending; /* being written; kept until they are */
    size_t pending_n, pending_at;
    uint64_t dropped;
    uint64_t from_account;
    bool logs_every_end; /* a checkpoint for each account, not only every AUDIT_CHECKPOINT_EVERY */
    step step;
};

auditor *auditor_new(store *s, vault *v, const world *w)
{
    auditor *a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    a->store = s;
    a->vault = v;
    a->world = w;
    (void)pthread_mutex_init(&a->lock, NULL);
    (void)pthread_cond_init(&a->stopped, NULL);
    a->refusals = refusals_new(w);
    if (a->refusals != NULL)
        return a;
    auditor_free(a);
    return NULL;
}

static void wait_for_round(auditor *a, bool then_runs)
{
    (void)pthread_mutex_lock(&a->lock);
    while (a->is_running)
        (void)pthread_cond_wait(&a->stopped, &a->lock);
    a->is_running = then_runs;
    (void)pthread_mutex_unlock(&a->lock);
}

static void end_round(auditor *a)
{
    (void)pthread_mutex_lock(&a->lock);
    a->is_running = false;
    (void)pthread_cond_broadcast(&a->stopped);
    (void)pthread_mutex_unlock(&a->lock);
}

void auditor_free(auditor *a)
{
    if (a == NULL)
        return;
    wait_for_round(a, false);
    refusals_free(a->refusals);
    free(a->pending);
    (void)pthread_cond_destroy(&a->stopped);
    (void)pthread_mutex_destroy(&a->lock);
    free(a);
}

void audit_refusal(auditor *a, uint64_t account, const ip_addr *source, str action, str code, str access_key_id, int64_t now_s)
{
    refusals_add(a->refusals, account, source, action, code, access_key_id, now_s);
}

/* --- one step, on the store thread -------------------------------------------------------------------------------- */

static bool has_pending(const auditor *a)
{
    return a->pending_at < a->pending_n || a->dropped > 0;
}

static status write_pending(auditor *a, store_tx *tx, err *e)
{
    for (size_t i = a->pending_at; i < a->pending_n && a->step.refusals < REFUSALS_PER_JOB; i++) {
        directory_enter(tx, a->pending[i].account);
        TRY(refusal_write(tx, a->world, &a->pending[i], e));
        a->step.refusals++;
    }
    if (a->dropped == 0)
        return ST_OK;
    directory_enter(tx, 0);
    TRY(refusals_write_dropped(tx, a->world, a->dropped, e));
    a->step.has_written_dropped = true;
    return ST_OK;
}

static status run_step(store_tx *tx, void *self, err *e)
{
    auditor *a = self;
    size_t n = 0;
    a->step = (step){ 0 };
    if (has_pending(a))
        return write_pending(a, tx, e);
    TRY(directory_list_unsealed(tx, a->from_account, &a->step.account, 1, &n, e));
    a->step.is_last = n == 0;
    if (n == 0)
        return ST_OK;
    directory_enter(tx, a->step.account);
    return chain_seal(tx, a->vault, EVENTS_PER_JOB, &a->step.sealed, e);
}

/* --- after its commit --------------------------------------------------------------------------------------------- */

static void log_checkpoint(uint64_t account, const chain_link *at)
{
    char mac[2 * VAULT_TAG_BYTES];
    hex_encode((bytes){ at->mac, sizeof at->mac }, mac);
    log_event(LOG_INFO, "audit_checkpoint", LOG_N("account", account), LOG_N("number", at->number),
              LOG_S("mac", ((str){ mac, sizeof mac })));
}

static void advance(auditor *a)
{
    const step *did = &a->step;
    a->pending_at += did->refusals;
    if (did->has_written_dropped)
        a->dropped = 0;
    if (did->refusals > 0 || did->has_written_dropped || did->is_last)
        return;
    bool is_whole = did->sealed.sealed < EVENTS_PER_JOB;
    if (did->sealed.checkpoint.number != 0)
        log_checkpoint(did->account, &did->sealed.checkpoint);
    else if (a->logs_every_end && is_whole && did->sealed.sealed > 0)
        log_checkpoint(did->account, &did->sealed.last);
    a->from_account = is_whole ? did->account + 1 : did->account; /* past an account whose seals are out of order, too */
}

static void collect(auditor *a, bool all)
{
    a->from_account = 0;
    a->logs_every_end = all;
    if (has_pending(a)) /* the last round failed: what is new waits in its own bounds */
        return;
    free(a->pending);
    a->pending = NULL;
    a->pending_n = a->pending_at = 0;
    if (refusals_take(a->refusals, world_now_s(a->world), all, &a->pending, &a->pending_n, &a->dropped) != ST_OK)
        a->pending_n = 0; /* nothing moved; the next round tries again */
}

/* --- rounds ------------------------------------------------------------------------------------------------------- */

static void step_done(void *self, status outcome, const err *e)
{
    auditor *a = self;
    if (outcome != ST_OK) {
        log_event(LOG_ERROR, "audit_round_failed", LOG_Z("status", status_name(outcome)), LOG_Z("reason", e->log));
        end_round(a);
        return;
    }
    advance(a);
    if (a->step.is_last || store_apply(a->store, &a->job) != ST_OK) /* too busy, or closing: the next round goes on */
        end_round(a);
}

void auditor_round(auditor *a)
{
    (void)pthread_mutex_lock(&a->lock);
    bool was_running = a->is_running;
    a->is_running = true;
    (void)pthread_mutex_unlock(&a->lock);
    if (was_running)
        return;
    collect(a, false);
    a->job = (store_job){ .run = run_step, .done = step_done, .self = a };
    if (store_apply(a->store, &a->job) != ST_OK)
        end_round(a);
}

static status run_all_steps(auditor *a, err *e)
{
    do {
        TRY(store_apply_now(a->store, 0, run_step, a, e));
        advance(a);
    } while (!a->step.is_last);
    return ST_OK;
}

status auditor_seal_now(auditor *a, err *e)
{
    wait_for_round(a, true);
    status s = ST_OK;
    do { /* twice where an earlier round left something behind */
        bool had_pending = has_pending(a);
        collect(a, true);
        s = run_all_steps(a, e);
        if (!had_pending)
            break;
    } while (s == ST_OK);
    end_round(a);
    return s;
}
