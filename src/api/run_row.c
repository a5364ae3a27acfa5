/* run_row.c - a call whose caller is known and may: the functions of its row, each on its thread, one after the other. The
 * order and what each may do: catalogue/call.h.
 */
#include "api/flight.h"

#include <stddef.h>

#include "attempt/attempt_abandon.h"

/* --- the end ------------------------------------------------------------------------------------------------------ */

static void finish(flight *f, status s, const err *e)
{
    if (f->call.attempt != NULL)
        attempt_abandon(f->api->o.store, f->api->o.waiters, f->holder.who.account, f->call.attempt, f->call.context.now_s);
    f->call.attempt = NULL;
    if (s == ST_OK && f->call.refusal != ST_OK) {
        s = f->call.refusal;
        e = &f->call.refusal_why;
    }
    if (s == ST_OK) {
        answer_ok(f);
        return;
    }
    if (s == ST_DENIED && f->call.denied_layer != LAYER_NONE) {
        f->is_denied = true;
        f->authorization.by = (decision){ .layer = (policy_layer)f->call.denied_layer,
                                          .effect = f->call.is_denied_explicitly ? EFFECT_DENY : EFFECT_NONE,
                                          .by = STR(""),
                                          .resource = f->authorization.by.resource };
        count_one(&f->api->n.denied);
    }
    answer_failure(f, s, e);
}

static void refuse_full(flight *f, const char *which)
{
    err e = { 0 };
    status s = err_set(&e, ST_LIMIT, "Throttling", "%s", which);
    finish(f, s, &e);
}

/* Without a transaction it may end undecided: f->needs_store. */
status authorize_call(flight *f, err *e)
{
    authorization *x = &f->authorization;
    bool needs_store = false;
    const status s = authorize(&f->call, x, &needs_store, e);
    f->is_denied |= s == ST_DENIED;
    TRY(s);
    f->needs_store |= needs_store;
    if (needs_store)
        return ST_OK;
    f->call.allowed_by = x->by.by;
    if (x->by.is_allowed)
        return ST_OK;
    f->is_denied = true;
    count_one(&f->api->n.denied);
    if (x->by.is_too_costly)
        return err_set_message(e, ST_DENIED, "NoPermission",
                               "The policies of the caller take too long to decide on: they hold too many wildcards.");
    return err_set(e, ST_DENIED, "NoPermission", STR_FMT " on " STR_FMT ": %s", STR_ARG(x->action), STR_ARG(x->by.resource),
                   x->by.effect == EFFECT_DENY ? "ExplicitDeny" : "ImplicitDeny");
}

/* The caller was read before this transaction: what has happened since must not be overlooked, however long the call has
 * waited. */
static status caller_again(flight *f, store_tx *tx, err *e)
{
    bool was_read = false;
    f->is_denied = false; /* what a first run of this transaction came to counts no more */
    f->call.denied_layer = LAYER_NONE;
    f->call.is_denied_explicitly = false;
    TRY(holder_again(f, tx, &was_read, e));
    return was_read || f->needs_store ? authorize_call(f, e) : ST_OK;
}

/* --- transactions ------------------------------------------------------------------------------------------------- */

static status run_in(flight *f, store_tx *tx, call_fn fn, err *e)
{
    f->call.tx = tx;
    status s = caller_again(f, tx, e);
    if (s == ST_OK && fn != NULL)
        s = fn(&f->call, e);
    f->call.tx = NULL;
    return s;
}

static status job_read(store_tx *tx, void *self, err *e)
{
    flight *f = self;
    return run_in(f, tx, f->call.row->read, e);
}

static status job_apply(store_tx *tx, void *self, err *e)
{
    flight *f = self;
    f->call.refusal = ST_OK;
    reply_restart(&f->reply, str_from_c(f->call.context.request_id));
    return run_in(f, tx, f->call.row->apply, e);
}

/* The store's word on what the request names, and what prepare has to know. */
static status job_look(store_tx *tx, void *self, err *e)
{
    flight *f = self;
    return run_in(f, tx, f->call.row->look, e);
}

static status job_reserve(store_tx *tx, void *self, err *e)
{
    flight *f = self;
    f->call.must_wait = false;
    return run_in(f, tx, f->call.row->reserve, e);
}

static void job_done(void *self, status s, const err *e)
{
    finish(self, s, e);
}

static void submit(flight *f, status (*run)(store_tx *tx, void *self, err *e), bool is_write,
                   void (*done)(void *self, status s, const err *e))
{
    f->job = (store_job){ .account = f->holder.who.account, .run = run, .done = done, .self = f };
    status s = is_write ? store_apply(f->api->o.store, &f->job) : store_read(f->api->o.store, &f->job);
    if (s != ST_OK)
        refuse_full(f, "the store's queue is full");
}

/* --- the stages --------------------------------------------------------------------------------------------------- */

static void stage_done(void *self, status s, const err *e)
{
    flight *f = self;
    if (s == ST_OK)
        run_row(f);
    else
        finish(f, s, e);
}

/* Other attempts of the same principal may go on once this one is settled, whatever became of it. */
static void applied(void *self, status s, const err *e)
{
    flight *f = self;
    const uint64_t principal = f->call.attempt_principal;
    attempt_waiters *waiters = f->api->o.waiters;
    if (s == ST_OK)
        f->call.attempt = NULL; /* settled by what was committed */
    finish(f, s, e);
    if (principal != 0)
        attempt_waiters_settled(waiters, principal);
}

static void woken(attempt_waiter *w, bool is_late)
{
    flight *f = (flight *)(void *)((char *)w - offsetof(flight, waiter));
    if (is_late)
        refuse_full(f, "other attempts did not end in time");
    else
        run_row(f);
}

/* At the limit of the ledger: again when another attempt was settled. */
static void reserve_done(void *self, status s, const err *e)
{
    flight *f = self;
    if (s != ST_OK)
        f->call.attempt = NULL; /* nothing was reserved, whatever the function left */
    if (s != ST_UNAVAILABLE || !f->call.must_wait) {
        stage_done(f, s, e);
        return;
    }
    f->stage = STAGE_RESERVE;
    f->waiter = (attempt_waiter){ .principal = f->call.attempt_principal,
                                  .seen = f->call.attempt_seen,
                                  .deadline_ms = f->arrived_ms + ATTEMPT_WAIT_MAX_MS,
                                  .wake = woken };
    if (attempt_waiters_add(f->api->o.waiters, &f->waiter) != ST_OK)
        refuse_full(f, "too many attempts wait");
}

static flight *flight_of(pool_job *job)
{
    return (flight *)(void *)((char *)job - offsetof(flight, pool_job));
}

static void job_sync(pool_job *job, void *thread_state)
{
    flight *f = flight_of(job);
    err e = { 0 };
    (void)thread_state;
    const status s = nonces_sync(f->api->o.nonces, &e);
    stage_done(f, s, &e);
}

static int64_t now_ms(const flight *f)
{
    const world *w = f->api->o.world;
    return w->monotonic_ms(w->self);
}

/* One principal has HASH_SHARE_MAX jobs on the hash pool at a time, queued or running: what one user asks for does not keep the others
 * from theirs. Principals that share a slot share its room. */
static bool take_share(flight *f)
{
    _Atomic uint16_t *share = &f->api->hashing[f->holder.who.id % HASH_SHARES];
    if (atomic_fetch_add(share, 1) >= HASH_SHARE_MAX) {
        atomic_fetch_sub(share, 1);
        return false;
    }
    f->hash_share = share;
    return true;
}

static void give_share_back(flight *f)
{
    if (f->hash_share != NULL)
        atomic_fetch_sub(f->hash_share, 1);
    f->hash_share = NULL;
}

static void job_prepare(pool_job *job, void *thread_state)
{
    flight *f = flight_of(job);
    err e = { 0 };
    (void)thread_state;
    if (f->call.row->pool == POOL_HASH && now_ms(f) - f->arrived_ms > ATTEMPT_WAIT_MAX_MS) {
        give_share_back(f);
        refuse_full(f, "no hash thread was free in time");
        return;
    }
    const status s = f->call.row->prepare(&f->call, &e);
    give_share_back(f);
    stage_done(f, s, &e);
}

static void submit_to_pool(flight *f, work_pool which, void (*run)(pool_job *job, void *thread_state))
{
    f->pool_job.run = run;
    if (which == POOL_HASH && !take_share(f)) {
        refuse_full(f, "the principal has as many hashes under way as one may have");
        return;
    }
    const status s =
        which == POOL_HASH ? hash_pool_submit(f->api->o.hashing, &f->pool_job) : pool_submit(f->api->blocking, &f->pool_job);
    if (s != ST_OK) {
        give_share_back(f);
        refuse_full(f, "the queue of the pool is full");
    }
}

/* What the request names only the store can tell, and the row has no transaction before something that matters. */
static bool must_ask_first(const flight *f)
{
    const action_row *row = f->call.row;
    return f->needs_store && f->authorization.by.by.n == 0 && row->look == NULL && row->reserve == NULL &&
           (row->prepare != NULL || (row->read == NULL && row->apply == NULL));
}

static void run_last(flight *f)
{
    const action_row *row = f->call.row;
    err e = { 0 };
    if (row->answer != NULL && (!f->needs_store || row->read == NULL)) {
        const status s = row->answer(&f->call, &e);
        if (!f->call.is_miss || row->read == NULL) {
            finish(f, s, &e);
            return;
        }
        reply_restart(&f->reply, str_from_c(f->call.context.request_id));
    }
    if (row->apply != NULL)
        submit(f, job_apply, true, applied);
    else
        submit(f, job_read, false, job_done);
}

/* One stage after the other; each that leaves this thread comes back here when it is done. */
void run_row(flight *f)
{
    const action_row *row = f->call.row;
    for (;;) {
        switch (f->stage++) {
        case STAGE_ASK:
            if (row->pool == POOL_HASH && hash_pool_is_full(f->api->o.hashing)) {
                refuse_full(f, "the queue of the hash pool is full"); /* before a name is looked up or an attempt reserved */
                return;
            }
            if (row->pool == POOL_HASH)
                f->arrived_ms = now_ms(f);
            if (must_ask_first(f)) {
                submit(f, job_look, false, stage_done); /* without a look of its own it only authorizes */
                return;
            }
            break;
        case STAGE_SYNC:
            if (f->needs_sync) {
                submit_to_pool(f, POOL_BLOCKING, job_sync);
                return;
            }
            break;
        case STAGE_LOOK:
            if (row->look != NULL) {
                submit(f, job_look, false, stage_done);
                return;
            }
            break;
        case STAGE_RESERVE:
            if (row->reserve != NULL) {
                submit(f, job_reserve, true, reserve_done);
                return;
            }
            break;
        case STAGE_PREPARE:
            if (row->prepare != NULL) {
                submit_to_pool(f, row->pool, job_prepare);
                return;
            }
            break;
        case STAGE_LAST:
            run_last(f);
            return;
        }
    }
}
