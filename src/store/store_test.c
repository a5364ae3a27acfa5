/* The store's threads: group commit, savepoints, the epoch rule, queues, opening and closing. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store_fixture.h"

#define OK(call) assert_int_equal((call), ST_OK)

enum { FOLDER_BATCH = 64 };
static const uint64_t USER = 200000000000000000;

static int set_up(void **state)
{
    fixture *f = fixture_new();
    fixture_open(f, FOLDER_BATCH, 256);
    OK(store_apply_now(f->s, ACCOUNT_A, insert_account_a, NULL, &f->e));
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture_free(*state);
    return 0;
}

/* --- jobs of the tests -------------------------------------------------------------------------------------------- */

/* Holds the store thread until it is let go, so that what is submitted meanwhile becomes one batch. */
typedef struct {
    store_job job;
    sem_t is_running, may_go;
} gate;

static status gate_run(store_tx *tx, void *self, err *e)
{
    (void)tx;
    (void)e;
    gate *g = self;
    (void)sem_post(&g->is_running);
    while (sem_wait(&g->may_go) != 0)
        continue;
    return ST_OK;
}

static void gate_done(void *self, status s, const err *e)
{
    (void)self;
    (void)s;
    (void)e;
}

static void gate_close(gate *g, store *s)
{
    (void)sem_init(&g->is_running, 0, 0);
    (void)sem_init(&g->may_go, 0, 0);
    g->job = fixture_job(0, gate_run, gate_done, g);
    OK(store_apply(s, &g->job));
    while (sem_wait(&g->is_running) != 0)
        continue;
}

static void gate_open(gate *g)
{
    (void)sem_post(&g->may_go);
}

/* Inserts a user, touches it, and ends as it is told. */
typedef struct {
    store_job job;
    uint64_t id;
    status ends;
    bool sees_touch_of_other; /* of `other`, when it ran */
    uint64_t other, epoch_in_done;
    epochs *epochs;
    status outcome;
    unsigned place; /* in the order of `done` */
    unsigned runs;
    char log[ERR_CODE_MAX + ERR_LOG_MAX];
    sem_t is_done;
} insertion;

static atomic_uint done_so_far;

static status insertion_run(store_tx *tx, void *self, err *e)
{
    insertion *i = self;
    char name[32];
    int n = snprintf(name, sizeof name, "user-%llu", (unsigned long long)i->id);
    user_record u = fixture_user(i->id, (str){ name, (size_t)n });
    i->runs++;
    TRY(store_user_insert(tx, &u, e));
    store_touch(tx, epoch_of_principal(i->id));
    i->sees_touch_of_other = store_was_touched(tx, epoch_of_principal(i->other));
    return i->ends == ST_OK ? ST_OK : err_set(e, i->ends, "Some.Code", "as told");
}

static void insertion_done(void *self, status s, const err *e)
{
    insertion *i = self;
    i->outcome = s;
    i->place = atomic_fetch_add(&done_so_far, 1);
    i->epoch_in_done = epoch_read(i->epochs, epoch_of_principal(i->id));
    (void)snprintf(i->log, sizeof i->log, "%s|%s", e->code, e->log);
    (void)sem_post(&i->is_done);
}

static void insertion_init(insertion *i, store *s, uint64_t id, status ends)
{
    *i = (insertion){ .id = id, .ends = ends, .epochs = store_epochs(s), .outcome = ST_UNCERTAIN };
    (void)sem_init(&i->is_done, 0, 0);
    i->job = fixture_job(ACCOUNT_A, insertion_run, insertion_done, i);
}

static void wait_done(insertion *i)
{
    while (sem_wait(&i->is_done) != 0)
        continue;
}

typedef struct {
    uint64_t id;
    bool is_there;
    uint32_t user_n;
} lookup;

static status lookup_run(store_tx *tx, void *self, err *e)
{
    lookup *l = self;
    user_record u;
    account_record account = { 0 };
    arena *a = arena_new(1024, 64 * 1024);
    if (a == NULL)
        return ST_NO_MEMORY;
    status s = store_user_get(tx, a, l->id, &u, e);
    l->is_there = s == ST_OK;
    if (s == ST_OK || s == ST_NOT_FOUND)
        s = store_account_get(tx, a, &account, e);
    if (s == ST_OK)
        l->user_n = account.user_n;
    arena_free(a);
    return s;
}

static bool is_stored(fixture *f, uint64_t id)
{
    lookup l = { .id = id };
    OK(store_read_now(f->s, ACCOUNT_A, lookup_run, &l, &f->e));
    return l.is_there;
}

static uint32_t stored_n(fixture *f)
{
    lookup l = { .id = 0 };
    OK(store_read_now(f->s, ACCOUNT_A, lookup_run, &l, &f->e));
    return l.user_n;
}

/* --- group commit ------------------------------------------------------------------------------------------------- */

static void what_waits_is_committed_together(void **state)
{
    fixture *f = *state;
    gate g;
    insertion in[10];
    gate_close(&g, f->s);
    store_counts before = store_count(f->s);
    for (size_t i = 0; i < 10; i++) {
        insertion_init(&in[i], f->s, USER + i, ST_OK);
        OK(store_apply(f->s, &in[i].job));
    }
    assert_int_equal(store_count(f->s).waiting_writes, 10);
    gate_open(&g);
    for (size_t i = 0; i < 10; i++)
        wait_done(&in[i]);
    store_counts after = store_count(f->s);
    assert_int_equal(after.commits - before.commits, 2); /* the gate's and the batch's */
    assert_int_equal(after.applied - before.applied, 11);
    assert_int_equal(after.waiting_writes, 0);
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(in[i].outcome, ST_OK);
        assert_int_equal(in[i].runs, 1);
        assert_int_equal(in[i].place - in[0].place, i);
    }
    assert_int_equal(stored_n(f), 10);
}

static void a_batch_has_a_largest_size(void **state)
{
    fixture *f = *state;
    gate g;
    static insertion in[FOLDER_BATCH + 1];
    gate_close(&g, f->s);
    store_counts before = store_count(f->s);
    for (size_t i = 0; i <= FOLDER_BATCH; i++) {
        insertion_init(&in[i], f->s, USER + i, ST_OK);
        OK(store_apply(f->s, &in[i].job));
    }
    gate_open(&g);
    for (size_t i = 0; i <= FOLDER_BATCH; i++)
        wait_done(&in[i]);
    assert_int_equal(store_count(f->s).commits - before.commits, 3);
}

static void a_refused_job_leaves_nothing_and_hurts_no_other(void **state)
{
    fixture *f = *state;
    gate g;
    insertion in[4];
    gate_close(&g, f->s);
    store_counts before = store_count(f->s);
    insertion_init(&in[0], f->s, USER, ST_OK);
    insertion_init(&in[1], f->s, USER + 1, ST_LIMIT); /* wrote, touched, then refused */
    insertion_init(&in[2], f->s, USER, ST_OK);        /* stands already, in this very batch */
    insertion_init(&in[3], f->s, USER + 3, ST_OK);
    in[0].other = in[0].id;
    in[3].other = in[1].id;
    for (size_t i = 0; i < 4; i++)
        OK(store_apply(f->s, &in[i].job));
    gate_open(&g);
    for (size_t i = 0; i < 4; i++)
        wait_done(&in[i]);
    assert_int_equal(in[0].outcome, ST_OK);
    assert_int_equal(in[1].outcome, ST_LIMIT);
    assert_string_equal(in[1].log, "Some.Code|as told");
    assert_int_equal(in[2].outcome, ST_CONFLICT);
    assert_int_equal(in[3].outcome, ST_OK);
    assert_true(in[0].sees_touch_of_other);  /* its own */
    assert_false(in[3].sees_touch_of_other); /* undone with its savepoint */
    assert_int_equal(store_count(f->s).refused - before.refused, 2);
    assert_true(is_stored(f, USER) && is_stored(f, USER + 3));
    assert_false(is_stored(f, USER + 1));
    assert_int_equal(stored_n(f), 2);
}

static void epochs_rise_after_the_commit_and_before_the_answer(void **state)
{
    fixture *f = *state;
    gate g;
    insertion in[3];
    epochs *all = store_epochs(f->s);
    gate_close(&g, f->s);
    for (size_t i = 0; i < 3; i++) {
        insertion_init(&in[i], f->s, USER + i, i == 1 ? ST_DENIED : ST_OK);
        OK(store_apply(f->s, &in[i].job));
    }
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(epoch_read(all, epoch_of_principal(in[i].id)), 0);
    gate_open(&g);
    for (size_t i = 0; i < 3; i++)
        wait_done(&in[i]);
    assert_int_equal(in[0].epoch_in_done, 1);
    assert_int_equal(in[1].epoch_in_done, 0); /* nothing changed, nothing to forget */
    assert_int_equal(in[2].epoch_in_done, 1);
}

static status touch_run(store_tx *tx, void *self, err *e)
{
    (void)e;
    bool *ret = self;
    ret[0] = store_was_touched(tx, epoch_of_account(5));
    store_touch(tx, epoch_of_account(5));
    ret[1] = store_was_touched(tx, epoch_of_account(5));
    ret[2] = store_tx_may_write(tx);
    ret[3] = store_tx_account(tx) == 5;
    ret[4] = store_tx_epochs(tx) != NULL;
    return ST_OK;
}

static void a_touch_lasts_until_the_end_of_its_batch(void **state)
{
    fixture *f = *state;
    for (int round = 0; round < 2; round++) {
        bool saw[5] = { 0 };
        OK(store_apply_now(f->s, 5, touch_run, saw, &f->e));
        assert_false(saw[0]);
        assert_true(saw[1] && saw[2] && saw[3] && saw[4]);
    }
    assert_int_equal(epoch_read(store_epochs(f->s), epoch_of_account(5)), 2);
}

/* --- readers ------------------------------------------------------------------------------------------------------ */

typedef struct {
    fixture *f;
    uint32_t first, second;
    bool may_write;
} snapshot;

static status snapshot_run(store_tx *tx, void *self, err *e)
{
    snapshot *s = self;
    lookup l = { 0 };
    err of_write = { 0 };
    insertion in;
    s->may_write = store_tx_may_write(tx);
    TRY(lookup_run(tx, &l, e));
    s->first = l.user_n;
    insertion_init(&in, s->f->s, USER, ST_OK);
    in.job.account = ACCOUNT_A;
    TRY(store_apply_now(s->f->s, ACCOUNT_A, insertion_run, &in, &of_write));
    TRY(lookup_run(tx, &l, e));
    s->second = l.user_n;
    return ST_OK;
}

static void a_read_sees_one_snapshot(void **state)
{
    fixture *f = *state;
    snapshot s = { .f = f };
    OK(store_read_now(f->s, ACCOUNT_A, snapshot_run, &s, &f->e));
    assert_false(s.may_write);
    assert_int_equal(s.first, 0);
    assert_int_equal(s.second, 0);
    assert_int_equal(stored_n(f), 1);
    assert_true(store_count(f->s).reads >= 2);
}

static status write_in_read_run(store_tx *tx, void *self, err *e)
{
    (void)self;
    user_record u = fixture_user(USER, STR("alice"));
    return store_user_insert(tx, &u, e);
}

static void a_reader_cannot_write(void **state)
{
    fixture *f = *state;
    assert_int_equal(store_read_now(f->s, ACCOUNT_A, write_in_read_run, NULL, &f->e), ST_BUG);
    assert_int_equal(stored_n(f), 0);
    assert_true(store_is_healthy(f->s)); /* a mistake of ours is no fault of the disk */
}

/* --- queues ------------------------------------------------------------------------------------------------------- */

static void a_full_queue_refuses_at_once(void **state)
{
    fixture *f = *state;
    gate g;
    fixture_close(f);
    fixture_open(f, 4, 2);
    insertion in[3];
    gate_close(&g, f->s);
    for (size_t i = 0; i < 3; i++)
        insertion_init(&in[i], f->s, USER + i, ST_OK);
    OK(store_apply(f->s, &in[0].job));
    OK(store_apply(f->s, &in[1].job));
    assert_int_equal(store_apply(f->s, &in[2].job), ST_LIMIT);
    assert_int_equal(store_apply_now(f->s, ACCOUNT_A, insertion_run, &in[2], &f->e), ST_LIMIT);
    gate_open(&g);
    wait_done(&in[0]);
    wait_done(&in[1]);
    OK(store_apply(f->s, &in[2].job));
    wait_done(&in[2]);
    assert_int_equal(in[2].outcome, ST_OK);
    assert_int_equal(in[2].runs, 1);
}

static void closing_serves_what_waits(void **state)
{
    fixture *f = *state;
    static insertion in[200];
    for (size_t i = 0; i < 200; i++) {
        insertion_init(&in[i], f->s, USER + i, ST_OK);
        OK(store_apply(f->s, &in[i].job));
    }
    fixture_close(f);
    for (size_t i = 0; i < 200; i++)
        assert_int_equal(in[i].outcome, ST_OK);
    fixture_open(f, 1, 16);
    assert_int_equal(stored_n(f), 200);
}

typedef struct {
    store_job job;
    store *s;
    status last;
} chain;

static status nothing_run(store_tx *tx, void *self, err *e)
{
    (void)tx;
    (void)self;
    (void)e;
    return ST_OK;
}

static void again_done(void *self, status s, const err *e)
{
    (void)e;
    chain *c = self;
    c->last = s;
    if (s == ST_OK)
        c->last = store_apply(c->s, &c->job);
}

static void a_done_may_submit_again_until_the_store_closes(void **state)
{
    fixture *f = *state;
    chain c = { .s = f->s };
    c.job = fixture_job(0, nothing_run, again_done, &c);
    OK(store_apply(f->s, &c.job));
    fixture_close(f);
    assert_int_equal(c.last, ST_UNAVAILABLE);
}

enum { WRITERS = 3, WRITES_EACH = 150 };

typedef struct {
    fixture *f;
    uint64_t first;
    unsigned failures;
} worker;

static void *work(void *self)
{
    worker *w = self;
    for (uint64_t i = 0; i < WRITES_EACH; i++) {
        err e = { 0 };
        insertion in;
        lookup l = { .id = w->first + i };
        insertion_init(&in, w->f->s, w->first + i, i % 10 == 9 ? ST_DENIED : ST_OK);
        status s = store_apply_now(w->f->s, ACCOUNT_A, insertion_run, &in, &e);
        w->failures += s != in.ends;
        w->failures += store_read_now(w->f->s, ACCOUNT_A, lookup_run, &l, &e) != ST_OK;
        w->failures += l.is_there != (s == ST_OK); /* an answered write is seen by every later read */
    }
    return NULL;
}

static void many_threads_may_submit(void **state)
{
    fixture *f = *state;
    pthread_t threads[WRITERS];
    worker workers[WRITERS];
    for (size_t i = 0; i < WRITERS; i++) {
        workers[i] = (worker){ f, USER + i * 1000, 0 };
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < WRITERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(workers[i].failures, 0);
    }
    assert_int_equal(stored_n(f), WRITERS * WRITES_EACH * 9 / 10);
}

/* --- opening and closing ------------------------------------------------------------------------------------------ */

static void a_store_is_created_once(void **state)
{
    fixture *f = *state;
    assert_int_equal(store_create(f->dir, &f->e), ST_CONFLICT); /* served */
    fixture_close(f);
    assert_int_equal(store_create(f->dir, &f->e), ST_CONFLICT); /* stands */
    assert_int_equal(store_create("/nonexistent/folder", &f->e), ST_UNAVAILABLE);
}

static void a_served_folder_is_not_opened_twice(void **state)
{
    fixture *f = *state;
    store *second = NULL;
    store_options o = { .dir = f->dir, .readers = 1, .queue_max = 8, .batch_max = 8 };
    assert_int_equal(store_open(&o, &second, &f->e), ST_CONFLICT);
    assert_null(second);
    fixture_close(f);
    OK(store_open(&o, &second, &f->e));
    store_close(second);
}

static void without_a_store_the_folder_stays_empty(void **state)
{
    (void)state;
    char path[128];
    fixture *f = fixture_new();
    store_options o = { .dir = f->dir, .readers = 1, .queue_max = 8, .batch_max = 8 };
    assert_int_equal(store_open(&o, &f->s, &f->e), ST_NOT_FOUND);
    fixture_path(f, "lock", path);
    assert_int_not_equal(access(path, F_OK), 0);
    o.dir = "/nonexistent/folder";
    assert_int_equal(store_open(&o, &f->s, &f->e), ST_NOT_FOUND);
    fixture_free(f);
}

static void options_out_of_range_are_refused(void **state)
{
    fixture *f = *state;
    store *s = NULL;
    const store_options bad[] = {
        { f->dir, 0, 8, 8 }, { f->dir, STORE_READERS_MAX + 1, 8, 8 }, { f->dir, 1, 0, 8 },
        { f->dir, 1, 8, 0 }, { f->dir, 1, 8, STORE_BATCH_MAX + 1 },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(store_open(&bad[i], &s, &f->e), ST_INVALID);
}

static void what_was_stored_is_there_after_a_reopen(void **state)
{
    fixture *f = *state;
    insertion in;
    char wal[128];
    insertion_init(&in, f->s, USER, ST_OK);
    OK(store_apply_now(f->s, ACCOUNT_A, insertion_run, &in, &f->e));
    fixture_close(f);
    fixture_path(f, "argali.db-wal", wal);
    assert_int_not_equal(access(wal, F_OK), 0); /* all of it is in the one file */
    fixture_open(f, 1, 8);
    assert_true(is_stored(f, USER));
    OK(store_verify(f->s, &f->e));
}

static void files_are_the_owner_s_alone(void **state)
{
    static const char *const names[] = { "argali.db", "argali.db-wal", "argali.db-shm", "lock" };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[128];
        fixture_path(f, names[i], path);
        struct stat st;
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
    }
}

/* --- kill -9 ------------------------------------------------------------------------------------------------------ */

static void acknowledge_until_killed(const char *dir, int to)
{
    store *s = NULL;
    err e = { 0 };
    store_options o = { .dir = dir, .readers = 1, .queue_max = 64, .batch_max = 8 };
    if (store_open(&o, &s, &e) != ST_OK)
        _exit(1);
    for (uint64_t id = USER;; id++) {
        insertion in;
        insertion_init(&in, s, id, ST_OK);
        if (store_apply_now(s, ACCOUNT_A, insertion_run, &in, &e) != ST_OK || write(to, &id, sizeof id) != sizeof id)
            _exit(1);
    }
}

static void a_killed_store_has_every_acknowledged_write(void **state)
{
    fixture *f = *state;
    fixture_close(f); /* no threads while forking */
    int pipe_fd[2];
    assert_int_equal(pipe(pipe_fd), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        acknowledge_until_killed(f->dir, pipe_fd[1]);
    (void)close(pipe_fd[1]);
    uint64_t id = 0, acknowledged = 0;
    while (acknowledged < 40 && read(pipe_fd[0], &id, sizeof id) == sizeof id)
        acknowledged++;
    assert_int_equal(kill(child, SIGKILL), 0);
    while (read(pipe_fd[0], &id, sizeof id) == sizeof id)
        acknowledged++;
    (void)waitpid(child, NULL, 0);
    (void)close(pipe_fd[0]);
    assert_true(acknowledged >= 40);
    fixture_open(f, 8, 64);
    for (uint64_t i = 0; i < acknowledged; i++)
        assert_true(is_stored(f, USER + i));
    assert_true(stored_n(f) - acknowledged <= 1); /* one more may have been on its way; its count goes with it */
    assert_int_equal(is_stored(f, USER + acknowledged), stored_n(f) == acknowledged + 1);
    OK(store_verify(f->s, &f->e));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_waits_is_committed_together),
        TEST(a_batch_has_a_largest_size),
        TEST(a_refused_job_leaves_nothing_and_hurts_no_other),
        TEST(epochs_rise_after_the_commit_and_before_the_answer),
        TEST(a_touch_lasts_until_the_end_of_its_batch),
        TEST(a_read_sees_one_snapshot),
        TEST(a_reader_cannot_write),
        TEST(a_full_queue_refuses_at_once),
        TEST(closing_serves_what_waits),
        TEST(a_done_may_submit_again_until_the_store_closes),
        TEST(many_threads_may_submit),
        TEST(a_store_is_created_once),
        TEST(a_served_folder_is_not_opened_twice),
        cmocka_unit_test(without_a_store_the_folder_stays_empty),
        TEST(options_out_of_range_are_refused),
        TEST(what_was_stored_is_there_after_a_reopen),
        TEST(files_are_the_owner_s_alone),
        TEST(a_killed_store_has_every_acknowledged_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
