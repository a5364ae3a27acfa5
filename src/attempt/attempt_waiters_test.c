#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "attempt/attempt_waiters.h"

/* A clock that stands until a test moves it; the timer thread of the list reads it too. */
static atomic_int_fast64_t clock_ms;

static int64_t stopped_clock(void *self)
{
    (void)self;
    return atomic_load(&clock_ms);
}

static const world stopped = { .monotonic_ms = stopped_clock };

typedef struct {
    attempt_waiter w;
    atomic_int early, late;
} waiting;

static void woken(attempt_waiter *w, bool is_late)
{
    waiting *me = w->self;
    atomic_fetch_add(is_late ? &me->late : &me->early, 1);
}

static void prepare(waiting *me, attempt_waiters *l, uint64_t principal, int64_t deadline_ms)
{
    *me = (waiting){ .w = { .principal = principal, .deadline_ms = deadline_ms, .wake = woken, .self = me } };
    me->w.seen = attempt_waiters_seen(l, principal);
}

static attempt_waiters *new_list(const world *w, size_t max)
{
    attempt_waiters *l = NULL;
    err e = { 0 };
    assert_int_equal(attempt_waiters_new(w, max, &l, &e), ST_OK);
    return l;
}

static void a_settlement_wakes_those_of_its_principal(void **state)
{
    (void)state;
    atomic_store(&clock_ms, 1000);
    attempt_waiters *l = new_list(&stopped, 8);
    waiting a, b, other;
    prepare(&a, l, 1, 3000);
    prepare(&b, l, 1, 3000);
    prepare(&other, l, 2, 3000);
    assert_int_equal(attempt_waiters_add(l, &a.w), ST_OK);
    assert_int_equal(attempt_waiters_add(l, &other.w), ST_OK);
    assert_int_equal(attempt_waiters_add(l, &b.w), ST_OK);
    assert_int_equal(attempt_waiters_count(l), 3);
    attempt_waiters_settled(l, 1);
    assert_int_equal(a.early, 1);
    assert_int_equal(b.early, 1);
    assert_int_equal(other.early, 0);
    assert_int_equal(attempt_waiters_count(l), 1);
    attempt_waiters_free(l); /* whoever is left is late */
    assert_int_equal(other.late, 1);
    assert_int_equal(a.early + a.late, 1);
}

static void news_between_the_refusal_and_the_wait_is_not_lost(void **state)
{
    (void)state;
    atomic_store(&clock_ms, 1000);
    attempt_waiters *l = new_list(&stopped, 8);
    waiting a;
    prepare(&a, l, 1, 3000);
    attempt_waiters_settled(l, 1);
    assert_int_equal(attempt_waiters_add(l, &a.w), ST_OK);
    assert_int_equal(a.early, 1);
    assert_int_equal(attempt_waiters_count(l), 0);
    attempt_waiters_free(l);
}

static void nobody_waits_past_the_deadline(void **state)
{
    (void)state;
    atomic_store(&clock_ms, 1000);
    attempt_waiters *l = new_list(&stopped, 8);
    waiting a, b;
    prepare(&a, l, 1, 3000);
    prepare(&b, l, 1, 3500);
    assert_int_equal(attempt_waiters_add(l, &b.w), ST_OK);
    assert_int_equal(attempt_waiters_add(l, &a.w), ST_OK);
    assert_int_equal(attempt_waiters_expire(l, 2999), 1);
    assert_int_equal(a.late, 0);
    assert_int_equal(attempt_waiters_expire(l, 3000), 500);
    assert_int_equal(a.late, 1);
    assert_int_equal(b.late, 0);
    assert_int_equal(attempt_waiters_expire(l, 9000), -1);
    assert_int_equal(b.late, 1);
    attempt_waiters_free(l);
}

static void a_full_list_refuses(void **state)
{
    (void)state;
    atomic_store(&clock_ms, 1000);
    attempt_waiters *l = new_list(&stopped, 1);
    waiting a, b;
    prepare(&a, l, 1, 3000);
    prepare(&b, l, 1, 3000);
    assert_int_equal(attempt_waiters_add(l, &a.w), ST_OK);
    assert_int_equal(attempt_waiters_add(l, &b.w), ST_LIMIT);
    attempt_waiters_free(l);
    assert_int_equal(a.late, 1);
    assert_int_equal(b.early + b.late, 0);
}

static void post(attempt_waiter *w, bool is_late)
{
    if (is_late)
        (void)sem_post(w->self);
}

static void the_timer_wakes_by_itself(void **state)
{
    (void)state;
    attempt_waiters *l = new_list(world_system(), 8);
    sem_t late;
    assert_int_equal(sem_init(&late, 0, 0), 0);
    const world *w = world_system();
    attempt_waiter a = { .principal = 1,
                         .seen = attempt_waiters_seen(l, 1),
                         .deadline_ms = w->monotonic_ms(w->self) + 5,
                         .wake = post,
                         .self = &late };
    assert_int_equal(attempt_waiters_add(l, &a), ST_OK);
    assert_int_equal(sem_wait(&late), 0);
    attempt_waiters_free(l);
    (void)sem_destroy(&late);
}

/* --- many threads: everybody is woken exactly once ------------------------------------------------------------------ */

enum { THREADS = 4, ROUNDS = 500 };
static waiting many[THREADS][ROUNDS];

typedef struct {
    attempt_waiters *l;
    unsigned number;
} racer;

static void *race(void *arg)
{
    const racer *me = arg;
    const world *w = world_system();
    for (unsigned i = 0; i < ROUNDS; i++) {
        waiting *x = &many[me->number][i];
        prepare(x, me->l, i % 3, w->monotonic_ms(w->self) + (i % 2 == 0 ? 1 : 60000));
        if (attempt_waiters_add(me->l, &x->w) != ST_OK)
            atomic_fetch_add(&x->early, 1);
        if (i % 5 == 0)
            attempt_waiters_settled(me->l, i % 3);
    }
    return NULL;
}

static void everybody_is_woken_once(void **state)
{
    (void)state;
    attempt_waiters *l = new_list(world_system(), THREADS * ROUNDS);
    pthread_t threads[THREADS];
    racer racers[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        racers[i] = (racer){ l, i };
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    attempt_waiters_free(l);
    for (unsigned i = 0; i < THREADS; i++) {
        for (unsigned k = 0; k < ROUNDS; k++)
            assert_int_equal(many[i][k].early + many[i][k].late, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_settlement_wakes_those_of_its_principal),
        cmocka_unit_test(news_between_the_refusal_and_the_wait_is_not_lost),
        cmocka_unit_test(nobody_waits_past_the_deadline),
        cmocka_unit_test(a_full_list_refuses),
        cmocka_unit_test(the_timer_wakes_by_itself),
        cmocka_unit_test(everybody_is_woken_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
