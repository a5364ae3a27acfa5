/* store.c - see store.h: the folder, the queues and the threads. What a commit is stands in group_commit.c.
 *
 * One lock guards both queues and is_closing; nothing is run under it. The folder holds argali.db with its -wal and
 * -shm, `lock`, and for moments argali.db.new (a store being created) and argali.db.rehearsal (a migration being tried).
 */
#include "store/store.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "store/group_commit.h"
#include "store/migrations.h"
#include "store/records.h"

typedef struct {
    store_job *first, *last;
    size_t n;
    pthread_cond_t arrived;
} queue;

typedef struct {
    store *store;
    store_tx tx;
    pthread_t thread;
    bool is_started;
} reader;

struct store {
    pthread_mutex_t lock;
    queue writes, reads;
    bool is_closing;
    size_t queue_max;
    int folder_lock;
    char db_path[FILE_PATH_MAX];
    epochs *epochs;
    group_commit commit;
    pthread_t writer;
    bool is_writer_started;
    reader *readers;
    unsigned reader_n;
    atomic_bool is_healthy, is_probing;
    atomic_uint_fast64_t reads_done;
    store_job probe;
    uint64_t probes; /* the store thread's */
};

/* --- the folder --------------------------------------------------------------------------------------------------- */

static bool exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

static status lock_folder(const char *dir, int *ret_fd, err *e)
{
    char path[FILE_PATH_MAX];
    TRY(file_path(dir, "lock", path, e));
    status s = file_lock(path, ret_fd, e);
    if (s == ST_CONFLICT)
        return err_set(e, ST_CONFLICT, NULL, "store: another process serves %.120s", dir);
    return s == ST_NOT_FOUND ? ST_UNAVAILABLE : s;
}

static status create_at(const char *path, err *e)
{
    CLEANUP(engine_close_at) engine *en = NULL;
    TRY(engine_create(path, e));
    TRY(engine_open(path, ENGINE_WRITER, &en, e));
    TRY(migrations_apply(en, migrations, migration_count, e));
    return engine_checkpoint(en, e);
}

status store_create(const char *dir, err *e)
{
    char path[FILE_PATH_MAX], unfinished[FILE_PATH_MAX];
    CLEANUP(file_close_at) int lock = -1;
    TRY(file_path(dir, "argali.db", path, e));
    TRY(file_path(dir, "argali.db.new", unfinished, e));
    TRY(lock_folder(dir, &lock, e));
    if (exists(path))
        return err_set(e, ST_CONFLICT, NULL, "store: %.150s exists", path);
    engine_remove(unfinished); /* of a creation that was cut short */
    status s = create_at(unfinished, e);
    if (s == ST_OK && rename(unfinished, path) != 0) /* closed, so all of it is in this one file, and synced */
        s = err_set(e, ST_UNAVAILABLE, NULL, "store: %.100s: %s", path, strerrordesc_np(errno));
    if (s != ST_OK) {
        engine_remove(unfinished);
        return s;
    }
    return file_sync_folder(dir, e);
}

/* --- the transaction ---------------------------------------------------------------------------------------------- */

uint64_t store_tx_account(const store_tx *tx)
{
    return tx->account;
}

bool store_tx_may_write(const store_tx *tx)
{
    return tx->may_write;
}

epochs *store_tx_epochs(const store_tx *tx)
{
    return tx->epochs;
}

void store_touch(store_tx *tx, epoch_key k)
{
    tx->touched[k.slot / 64] |= (uint64_t)1 << k.slot % 64;
}

bool store_was_touched(const store_tx *tx, epoch_key k)
{
    return (tx->touched[k.slot / 64] >> k.slot % 64 & 1) != 0;
}

/* --- queues ------------------------------------------------------------------------------------------------------- */

static status submit(store *s, queue *q, store_job *j)
{
    status outcome = ST_OK;
    j->next = NULL;
    (void)pthread_mutex_lock(&s->lock);
    if (s->is_closing) {
        outcome = ST_UNAVAILABLE;
    } else if (q->n >= s->queue_max) {
        outcome = ST_LIMIT;
    } else {
        if (q->n == 0)
            q->first = j;
        else
            q->last->next = j;
        q->last = j;
        q->n++;
        (void)pthread_cond_signal(&q->arrived);
    }
    (void)pthread_mutex_unlock(&s->lock);
    return outcome;
}

/* Waits for jobs and takes up to max of them, without waiting for more to come. NULL: the store is closing and nothing
 * waits. */
static store_job *take(store *s, queue *q, size_t max)
{
    (void)pthread_mutex_lock(&s->lock);
    while (q->n == 0 && !s->is_closing)
        (void)pthread_cond_wait(&q->arrived, &s->lock);
    store_job *first = q->n > 0 ? q->first : NULL;
    if (first != NULL) {
        store_job *last = first;
        size_t n = 1;
        for (; n < max && last->next != NULL; n++)
            last = last->next;
        q->first = last->next;
        q->n -= n;
        last->next = NULL;
    }
    (void)pthread_mutex_unlock(&s->lock);
    return first;
}

status store_apply(store *s, store_job *j)
{
    return submit(s, &s->writes, j);
}

status store_read(store *s, store_job *j)
{
    return submit(s, &s->reads, j);
}

typedef struct {
    store_job job;
    status (*run)(store_tx *tx, void *self, err *e);
    void *self;
    pthread_mutex_t lock;
    pthread_cond_t finished;
    bool is_finished;
    status outcome;
    err *e;
} waiter;

static status run_of_waiter(store_tx *tx, void *self, err *e)
{
    waiter *w = self;
    return w->run(tx, w->self, e);
}

static void wake_waiter(void *self, status outcome, const err *e)
{
    waiter *w = self;
    (void)pthread_mutex_lock(&w->lock);
    w->outcome = outcome;
    if (outcome != ST_OK)
        *w->e = *e;
    w->is_finished = true;
    (void)pthread_cond_signal(&w->finished);
    (void)pthread_mutex_unlock(&w->lock);
}

static status wait_for(store *s, queue *q, uint64_t account, status (*run)(store_tx *tx, void *self, err *e), void *self,
                       err *e)
{
    waiter w = { .run = run, .self = self, .e = e };
    w.job = (store_job){ .account = account, .run = run_of_waiter, .done = wake_waiter, .self = &w };
    (void)pthread_mutex_init(&w.lock, NULL);
    (void)pthread_cond_init(&w.finished, NULL);
    status outcome = submit(s, q, &w.job);
    if (outcome == ST_OK) {
        (void)pthread_mutex_lock(&w.lock);
        while (!w.is_finished)
            (void)pthread_cond_wait(&w.finished, &w.lock);
        outcome = w.outcome;
        (void)pthread_mutex_unlock(&w.lock);
    } else {
        outcome = err_set(e, outcome, NULL, "store: %s", outcome == ST_LIMIT ? "too many jobs wait" : "being closed");
    }
    (void)pthread_cond_destroy(&w.finished);
    (void)pthread_mutex_destroy(&w.lock);
    return outcome;
}

status store_apply_now(store *s, uint64_t account, status (*run)(store_tx *tx, void *self, err *e), void *self, err *e)
{
    return wait_for(s, &s->writes, account, run, self, e);
}

status store_read_now(store *s, uint64_t account, status (*run)(store_tx *tx, void *self, err *e), void *self, err *e)
{
    return wait_for(s, &s->reads, account, run, self, e);
}

/* --- threads ------------------------------------------------------------------------------------------------------ */

static void *write_loop(void *self)
{
    store *s = self;
    (void)pthread_setname_np(pthread_self(), "store"); /* of another thread it would need a file that the sandbox keeps */
    for (store_job *jobs; (jobs = take(s, &s->writes, s->commit.batch_max)) != NULL;)
        group_commit_serve(&s->commit, jobs);
    return NULL;
}

static void serve_read(reader *r, store_job *j)
{
    store_tx *tx = &r->tx;
    err ignored = { 0 };
    tx->account = j->account;
    tx->is_failing = false;
    tx->is_lost = false;
    j->failure = (err){ 0 };
    status outcome = engine_run(tx->engine, Q_BEGIN_READ, &j->failure);
    bool began = outcome == ST_OK;
    if (began)
        outcome = j->run(tx, j->self, &j->failure);
    if (engine_in_transaction(tx->engine) && engine_run(tx->engine, Q_COMMIT, &ignored) != ST_OK)
        (void)!engine_run(tx->engine, Q_ROLLBACK, &ignored);
    if (!began || tx->is_failing)
        atomic_store_explicit(&r->store->is_healthy, false, memory_order_relaxed);
    atomic_fetch_add_explicit(&r->store->reads_done, 1, memory_order_relaxed);
    j->done(j->self, outcome, &j->failure);
}

static void *read_loop(void *self)
{
    reader *r = self;
    (void)pthread_setname_np(pthread_self(), "reader");
    for (store_job *j; (j = take(r->store, &r->store->reads, 1)) != NULL;)
        serve_read(r, j);
    return NULL;
}

static status start_thread(pthread_t *ret, const char *name, void *(*loop)(void *), void *self, err *e)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the main thread's */
    int error = pthread_create(ret, NULL, loop, self);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0)
        return err_set(e, ST_UNAVAILABLE, NULL, "store: thread %s: %s", name, strerrordesc_np(error));
    return ST_OK;
}

static status start_threads(store *s, err *e)
{
    TRY(start_thread(&s->writer, "store", write_loop, s, e));
    s->is_writer_started = true;
    for (unsigned i = 0; i < s->reader_n; i++) {
        TRY(start_thread(&s->readers[i].thread, "reader", read_loop, &s->readers[i], e));
        s->readers[i].is_started = true;
    }
    return ST_OK;
}

/* --- health ------------------------------------------------------------------------------------------------------- */

static status probe_run(store_tx *tx, void *self, err *e)
{
    store *s = self;
    s->probes++; /* another value each time, so that the commit writes */
    uint8_t value[sizeof s->probes];
    memcpy(value, &s->probes, sizeof value);
    return store_fact_put(tx, STR("probe"), (bytes){ value, sizeof value }, e);
}

static void probe_done(void *self, status outcome, const err *e)
{
    store *s = self;
    if (outcome == ST_OK)
        log_event(LOG_INFO, "store_healthy_again");
    else
        log_event(LOG_WARNING, "store_still_failing", LOG_Z("reason", e->log));
    atomic_store(&s->is_probing, false);
}

bool store_is_healthy(store *s)
{
    if (atomic_load_explicit(&s->is_healthy, memory_order_relaxed))
        return true;
    if (!atomic_exchange(&s->is_probing, true)) {
        s->probe = (store_job){ .run = probe_run, .done = probe_done, .self = s };
        if (store_apply(s, &s->probe) != ST_OK)
            atomic_store(&s->is_probing, false);
    }
    return false;
}

store_counts store_count(store *s)
{
    store_counts c = {
        .commits = atomic_load_explicit(&s->commit.commits, memory_order_relaxed),
        .applied = atomic_load_explicit(&s->commit.applied, memory_order_relaxed),
        .refused = atomic_load_explicit(&s->commit.refused, memory_order_relaxed),
        .retried_alone = atomic_load_explicit(&s->commit.retried_alone, memory_order_relaxed),
        .reads = atomic_load_explicit(&s->reads_done, memory_order_relaxed),
    };
    (void)pthread_mutex_lock(&s->lock);
    c.waiting_writes = s->writes.n;
    c.waiting_reads = s->reads.n;
    (void)pthread_mutex_unlock(&s->lock);
    return c;
}

static status verify_run(store_tx *tx, void *self, err *e)
{
    (void)self;
    return engine_verify(tx->engine, e);
}

status store_verify(store *s, err *e)
{
    return store_read_now(s, 0, verify_run, NULL, e);
}

/* --- opening and closing ------------------------------------------------------------------------------------------ */

static status check_options(const store_options *o, err *e)
{
    if (o->readers < 1 || o->readers > STORE_READERS_MAX)
        return err_set(e, ST_INVALID, NULL, "store: %u reader threads; 1 to %d", o->readers, STORE_READERS_MAX);
    if (o->batch_max < 1 || o->batch_max > STORE_BATCH_MAX)
        return err_set(e, ST_INVALID, NULL, "store: %u jobs per commit; 1 to %d", o->batch_max, STORE_BATCH_MAX);
    if (o->queue_max < 1)
        return err_set(e, ST_INVALID, NULL, "store: no room for a waiting job");
    return ST_OK;
}

static store *store_new(const store_options *o)
{
    store *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    (void)pthread_mutex_init(&s->lock, NULL);
    (void)pthread_cond_init(&s->writes.arrived, NULL);
    (void)pthread_cond_init(&s->reads.arrived, NULL);
    s->folder_lock = -1;
    s->queue_max = o->queue_max;
    s->reader_n = o->readers;
    s->commit.batch_max = o->batch_max;
    s->commit.is_healthy = &s->is_healthy;
    atomic_init(&s->is_healthy, true);
    s->epochs = epochs_new();
    s->readers = calloc(o->readers, sizeof *s->readers);
    s->commit.outcomes = calloc(o->batch_max, sizeof *s->commit.outcomes);
    if (s->epochs != NULL && s->readers != NULL && s->commit.outcomes != NULL)
        return s;
    store_close(s);
    return NULL;
}

/* The writer's connection, the migrations, then the readers' connections, which see the finished schema. */
static status open_engines(store *s, const char *dir, err *e)
{
    char copy[FILE_PATH_MAX];
    engine **writer = &s->commit.tx.engine;
    TRY(file_path(dir, "argali.db.rehearsal", copy, e));
    TRY(engine_check_header(s->db_path, e));
    TRY(engine_open(s->db_path, ENGINE_WRITER, writer, e));
    TRY(engine_verify_if_small(*writer, e));
    TRY(migrations_apply_rehearsed(*writer, copy, migrations, migration_count, e));
    TRY(engine_prepare(*writer, e));
    s->commit.tx.epochs = s->epochs;
    s->commit.tx.may_write = true;
    for (unsigned i = 0; i < s->reader_n; i++) {
        reader *r = &s->readers[i];
        r->store = s;
        r->tx.epochs = s->epochs;
        TRY(engine_open(s->db_path, ENGINE_READER, &r->tx.engine, e));
        TRY(engine_prepare(r->tx.engine, e));
    }
    return ST_OK;
}

static void close_at(store **s)
{
    store_close(*s);
}

status store_open(const store_options *o, store **ret, err *e)
{
    TRY(check_options(o, e));
    CLEANUP(close_at) store *s = store_new(o);
    if (s == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "store: out of memory");
    TRY(file_path(o->dir, "argali.db", s->db_path, e));
    if (!exists(s->db_path)) /* before the lock, so that a folder without a store stays as it is */
        return err_set(e, ST_NOT_FOUND, NULL, "store: no %.160s", s->db_path);
    TRY(lock_folder(o->dir, &s->folder_lock, e));
    TRY(open_engines(s, o->dir, e));
    TRY(start_threads(s, e));
    *ret = s;
    s = NULL;
    return ST_OK;
}

static void stop_threads(store *s)
{
    (void)pthread_mutex_lock(&s->lock);
    s->is_closing = true;
    (void)pthread_cond_broadcast(&s->reads.arrived);
    (void)pthread_cond_broadcast(&s->writes.arrived);
    (void)pthread_mutex_unlock(&s->lock);
    for (unsigned i = 0; s->readers != NULL && i < s->reader_n; i++)
        if (s->readers[i].is_started)
            (void)pthread_join(s->readers[i].thread, NULL);
    if (s->is_writer_started)
        (void)pthread_join(s->writer, NULL);
}

void store_close(store *s)
{
    err e = { 0 };
    if (s == NULL)
        return;
    stop_threads(s);
    for (unsigned i = 0; s->readers != NULL && i < s->reader_n; i++)
        engine_close(s->readers[i].tx.engine);
    if (s->is_writer_started && engine_checkpoint(s->commit.tx.engine, &e) != ST_OK)
        log_event(LOG_WARNING, "store_checkpoint_failed", LOG_Z("reason", e.log)); /* the log beside the file holds all */
    engine_close(s->commit.tx.engine);
    file_close_at(&s->folder_lock);
    free(s->commit.outcomes);
    free(s->readers);
    epochs_free(s->epochs);
    (void)pthread_cond_destroy(&s->reads.arrived);
    (void)pthread_cond_destroy(&s->writes.arrived);
    (void)pthread_mutex_destroy(&s->lock);
    free(s);
}

epochs *store_epochs(store *s)
{
    return s->epochs;
}
