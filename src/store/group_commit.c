/* group_commit.c - see group_commit.h. */
#include "store/group_commit.h"

#include <string.h>

static void count(atomic_uint_fast64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static status begin(store_tx *tx, err *e)
{
    err ignored = { 0 };
    if (engine_in_transaction(tx->engine)) /* an undo failed before: the file is as it was, the memory is not */
        (void)!engine_run(tx->engine, Q_ROLLBACK, &ignored);
    memset(tx->touched, 0, sizeof tx->touched);
    tx->is_lost = false;
    tx->is_failing = false;
    return engine_run(tx->engine, Q_BEGIN_WRITE, e);
}

static void undo(store_tx *tx)
{
    err ignored = { 0 };
    if (engine_in_transaction(tx->engine))
        (void)!engine_run(tx->engine, Q_ROLLBACK, &ignored);
    memset(tx->touched, 0, sizeof tx->touched);
}

/* ST_OK: the transaction stands, with or without the job's writes; the job's own outcome is in *ret. */
static status run_in_savepoint(store_tx *tx, store_job *j, status *ret, err *e)
{
    TRY(engine_run(tx->engine, Q_SAVEPOINT, e));
    memcpy(tx->touched_before, tx->touched, sizeof tx->touched);
    tx->account = j->account;
    j->failure = (err){ 0 };
    *ret = j->run(tx, j->self, &j->failure);
    if (tx->is_lost) {
        *e = j->failure;
        return ST_UNAVAILABLE;
    }
    if (*ret != ST_OK) {
        memcpy(tx->touched, tx->touched_before, sizeof tx->touched);
        TRY(engine_run(tx->engine, Q_SAVEPOINT_UNDO, e));
    }
    return engine_run(tx->engine, Q_SAVEPOINT_RELEASE, e);
}

/* On failure nothing of the batch is stored. */
static status commit_together(group_commit *g, store_job *jobs, err *e)
{
    uint64_t changes_before = engine_all_changes(g->tx.engine);
    status s = begin(&g->tx, e);
    size_t i = 0;
    for (store_job *j = jobs; j != NULL && s == ST_OK; j = j->next)
        s = run_in_savepoint(&g->tx, j, &g->outcomes[i++], e);
    if (s == ST_OK)
        s = engine_run(g->tx.engine, Q_COMMIT, e);
    if (s != ST_OK) {
        undo(&g->tx);
        return s;
    }
    count(&g->commits);
    if (engine_all_changes(g->tx.engine) != changes_before) /* a commit of nothing proves nothing */
        atomic_store_explicit(g->is_healthy, true, memory_order_relaxed);
    return ST_OK;
}

static void raise_touched(const store_tx *tx)
{
    for (size_t word = 0; word < TOUCHED_WORDS; word++)
        for (uint64_t bits = tx->touched[word]; bits != 0; bits &= bits - 1)
            epoch_raise(tx->epochs, (epoch_key){ (uint16_t)(word * 64 + (size_t)__builtin_ctzll(bits)) });
}

static void answer_all(group_commit *g, store_job *jobs)
{
    raise_touched(&g->tx);
    size_t i = 0;
    for (store_job *j = jobs, *next; j != NULL; j = next) {
        next = j->next; /* done may free the job, or queue it again */
        status outcome = g->outcomes[i++];
        count(outcome == ST_OK ? &g->applied : &g->refused);
        j->done(j->self, outcome, &j->failure);
    }
}

static void serve_alone(group_commit *g, store_job *j)
{
    err e = { 0 };
    j->next = NULL;
    status s = commit_together(g, j, &e);
    if (s == ST_OK) {
        answer_all(g, j);
        return;
    }
    atomic_store_explicit(g->is_healthy, false, memory_order_relaxed);
    count(&g->refused);
    j->failure = e;
    j->failure.code[0] = '\0';
    j->done(j->self, s, &j->failure);
}

void group_commit_serve(group_commit *g, store_job *jobs)
{
    if (jobs->next == NULL) {
        serve_alone(g, jobs);
        return;
    }
    err e = { 0 };
    if (commit_together(g, jobs, &e) == ST_OK) {
        answer_all(g, jobs);
        return;
    }
    for (store_job *j = jobs, *next; j != NULL; j = next) {
        next = j->next;
        count(&g->retried_alone);
        serve_alone(g, j);
    }
}
