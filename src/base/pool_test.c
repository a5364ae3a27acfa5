#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "base/pool.h"

typedef struct {
    pool_job job; /* first: a job is what it is embedded in */
    atomic_int *counter;
    int *order, *ordered;
    sem_t *started, *may_end;
    void *seen_state;
    int number;
    bool are_signals_blocked;
    char thread_name[16];
} work_item;

static void count(pool_job *job, void *thread_state)
{
    work_item *w = (work_item *)job;
    w->seen_state = thread_state;
    atomic_fetch_add(w->counter, 1);
}

static void hold(pool_job *job, void *thread_state)
{
    (void)thread_state;
    work_item *w = (work_item *)job;
    assert_int_equal(sem_post(w->started), 0);
    assert_int_equal(sem_wait(w->may_end), 0);
}

static void note_order(pool_job *job, void *thread_state)
{
    (void)thread_state;
    work_item *w = (work_item *)job;
    w->order[(*w->ordered)++] = w->number;
}

static pool *new_pool(const pool_options *o)
{
    pool *p = NULL;
    err e;
    if (pool_new(o, &p, &e) != ST_OK)
        fail_msg("%s", e.log);
    return p;
}

static void every_job_runs_once_before_the_end(void **state)
{
    (void)state;
    enum { JOBS = 2000 };
    static work_item items[JOBS];
    atomic_int counter = 0;
    pool *p = new_pool(&(pool_options){ .name = "count", .threads = 4, .queue_max = JOBS });
    for (int i = 0; i < JOBS; i++) {
        items[i] = (work_item){ .job.run = count, .counter = &counter };
        assert_int_equal(pool_submit(p, &items[i].job), ST_OK);
    }
    pool_free(p);
    assert_int_equal(counter, JOBS);
}

static void a_full_queue_says_so_at_once_and_order_is_kept(void **state)
{
    (void)state;
    enum { QUEUE = 5 };
    sem_t started, may_end;
    assert_int_equal(sem_init(&started, 0, 0) | sem_init(&may_end, 0, 0), 0);
    int order[QUEUE] = { 0 }, ordered = 0;
    work_item holding = { .job.run = hold, .started = &started, .may_end = &may_end }, items[QUEUE + 1];
    pool *p = new_pool(&(pool_options){ .name = "order", .threads = 1, .queue_max = QUEUE });
    assert_int_equal(pool_submit(p, &holding.job), ST_OK);
    assert_int_equal(sem_wait(&started), 0); /* it runs, so it does not wait in the queue */
    assert_int_equal(pool_waiting(p), 0);
    for (int i = 0; i <= QUEUE; i++) {
        items[i] = (work_item){ .job.run = note_order, .number = i, .order = order, .ordered = &ordered };
        assert_int_equal(pool_submit(p, &items[i].job), i < QUEUE ? ST_OK : ST_LIMIT);
    }
    assert_int_equal(pool_waiting(p), QUEUE);
    assert_int_equal(sem_post(&may_end), 0);
    pool_free(p);
    assert_int_equal(ordered, QUEUE);
    for (int i = 0; i < QUEUE; i++)
        assert_int_equal(order[i], i);
    (void)sem_destroy(&started);
    (void)sem_destroy(&may_end);
}

static void submit_again(pool_job *job, void *thread_state);

typedef struct {
    pool_job job;
    pool *p;
    int left;
    sem_t done;
} repeating;

static void submit_again(pool_job *job, void *thread_state)
{
    (void)thread_state;
    repeating *r = (repeating *)job;
    if (--r->left == 0 || pool_submit(r->p, job) != ST_OK)
        (void)sem_post(&r->done);
}

static void a_running_job_may_submit_itself(void **state)
{
    (void)state;
    repeating r = { .job.run = submit_again, .left = 500 };
    assert_int_equal(sem_init(&r.done, 0, 0), 0);
    r.p = new_pool(&(pool_options){ .name = "again", .threads = 2, .queue_max = 1 });
    assert_int_equal(pool_submit(r.p, &r.job), ST_OK);
    assert_int_equal(sem_wait(&r.done), 0);
    pool_free(r.p);
    assert_int_equal(r.left, 0);
    (void)sem_destroy(&r.done);
}

enum { STATES = 3 };

typedef struct {
    int states[STATES];
    atomic_int started, stopped;
} lifecycle;

static void *start(void *self, unsigned index)
{
    lifecycle *l = self;
    atomic_fetch_add(&l->started, 1);
    l->states[index] = 1;
    return &l->states[index];
}

static void stop(void *self, void *thread_state)
{
    lifecycle *l = self;
    *(int *)thread_state = 2;
    atomic_fetch_add(&l->stopped, 1);
}

static void each_thread_has_a_state(void **state)
{
    (void)state;
    lifecycle l = { 0 };
    atomic_int counter = 0;
    work_item item = { .job.run = count, .counter = &counter };
    pool *p = new_pool(&(pool_options){ "state", STATES, 1, start, stop, &l });
    assert_int_equal(pool_submit(p, &item.job), ST_OK);
    pool_free(p);
    assert_int_equal(l.started, STATES);
    assert_int_equal(l.stopped, STATES);
    assert_true(item.seen_state == &l.states[0] || item.seen_state == &l.states[1] || item.seen_state == &l.states[2]);
    for (int i = 0; i < STATES; i++)
        assert_int_equal(l.states[i], 2);
}

static void look_around(pool_job *job, void *thread_state)
{
    (void)thread_state;
    work_item *w = (work_item *)job;
    sigset_t blocked;
    (void)pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    w->are_signals_blocked = sigismember(&blocked, SIGTERM) == 1 && sigismember(&blocked, SIGHUP) == 1;
    (void)pthread_getname_np(pthread_self(), w->thread_name, sizeof w->thread_name);
}

static void threads_are_named_and_leave_signals_alone(void **state)
{
    (void)state;
    work_item item = { .job.run = look_around };
    pool *p = new_pool(&(pool_options){ .name = "fifteen-letters", .threads = 1, .queue_max = 1 });
    assert_int_equal(pool_submit(p, &item.job), ST_OK);
    pool_free(p);
    assert_true(item.are_signals_blocked);
    assert_string_equal(item.thread_name, "fifteen-letters");
    sigset_t here;
    assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &here), 0);
    assert_int_equal(sigismember(&here, SIGTERM), 0);
}

static void bad_options_are_refused(void **state)
{
    (void)state;
    static const pool_options bad[] = {
        { .name = "x", .threads = 0, .queue_max = 1 },
        { .name = "x", .threads = 257, .queue_max = 1 },
        { .name = "x", .threads = 1, .queue_max = 0 },
        { .name = "sixteen-letters!", .threads = 1, .queue_max = 1 },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        pool *p = NULL;
        err e;
        assert_int_equal(pool_new(&bad[i], &p, &e), ST_INVALID);
        assert_null(p);
        assert_true(strlen(e.log) > 0);
    }
    pool_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_job_runs_once_before_the_end),
        cmocka_unit_test(a_full_queue_says_so_at_once_and_order_is_kept),
        cmocka_unit_test(a_running_job_may_submit_itself),
        cmocka_unit_test(each_thread_has_a_state),
        cmocka_unit_test(threads_are_named_and_leave_signals_alone),
        cmocka_unit_test(bad_options_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
