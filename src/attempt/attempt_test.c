/* attempt_test.c - limits and times: RAM's password policy (MaxLoginAttemps, locked for one hour). */
#include "account/fixture_test.h"
#include "attempt/attempt_abandon.h"

/* --- the rules ---------------------------------------------------------------------------------------------------- */

enum { T0 = FIXTURE_NOW_S };

static attempt_answer reserve_at(attempt_record *r, uint32_t limit, int64_t now_s)
{
    return attempt_rule_reserve(r, limit, now_s);
}

static void failures_and_flights_together_stay_below_the_limit(void **state)
{
    (void)state;
    attempt_record r = { 0 };
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(reserve_at(&r, 5, T0), ATTEMPT_GO);
    assert_int_equal(reserve_at(&r, 5, T0), ATTEMPT_WAIT);
    attempt_rule_settle(&r, ATTEMPT_WRONG, 5, T0);
    assert_int_equal(reserve_at(&r, 5, T0), ATTEMPT_WAIT); /* one in flight less, one failure more */
    attempt_rule_settle(&r, ATTEMPT_UNCHECKED, 5, T0);
    assert_int_equal(reserve_at(&r, 5, T0), ATTEMPT_GO); /* released */
    assert_int_equal(r.failures, 1);
    assert_int_equal(r.in_flight, 4);
}

static void the_last_failure_locks_for_one_hour(void **state)
{
    (void)state;
    attempt_record r = { 0 };
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(reserve_at(&r, 3, T0 + i), ATTEMPT_GO);
        attempt_rule_settle(&r, ATTEMPT_WRONG, 3, T0 + i);
    }
    assert_int_equal(r.locked_until_s, T0 + 2 + 3600);
    assert_int_equal(reserve_at(&r, 3, T0 + 2 + 3599), ATTEMPT_LOCKED);
    assert_int_equal(reserve_at(&r, 3, T0 + 2 + 3600), ATTEMPT_GO);
    assert_int_equal(r.failures, 0);
}

static void failures_in_a_row_have_no_end_in_time(void **state)
{
    (void)state;
    attempt_record r = { 0 };
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(reserve_at(&r, 3, T0 + i * 86400), ATTEMPT_GO);
        attempt_rule_settle(&r, ATTEMPT_WRONG, 3, T0 + i * 86400);
    }
    assert_int_equal(reserve_at(&r, 3, T0 + 2 * 86400 + 1), ATTEMPT_LOCKED);
}

static void a_right_answer_clears_the_failures(void **state)
{
    (void)state;
    attempt_record r = { 0 };
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(reserve_at(&r, 3, T0), ATTEMPT_GO);
        attempt_rule_settle(&r, ATTEMPT_WRONG, 3, T0);
    }
    assert_int_equal(reserve_at(&r, 3, T0), ATTEMPT_GO);
    attempt_rule_settle(&r, ATTEMPT_RIGHT, 3, T0);
    assert_int_equal(r.failures, 0);
    assert_int_equal(r.in_flight, 0);
    assert_int_equal(r.first_s, 0);
}

static void a_lost_attempt_counts_as_failed(void **state)
{
    (void)state;
    attempt_record r = { 0 };
    assert_int_equal(reserve_at(&r, 2, T0), ATTEMPT_GO);
    assert_int_equal(reserve_at(&r, 2, T0), ATTEMPT_GO);
    assert_int_equal(reserve_at(&r, 2, T0 + ATTEMPT_LOST_S - 1), ATTEMPT_WAIT);
    assert_int_equal(reserve_at(&r, 2, T0 + ATTEMPT_LOST_S), ATTEMPT_LOCKED);
    attempt_rule_settle(&r, ATTEMPT_WRONG, 2, T0 + ATTEMPT_LOST_S); /* comes back after all: nothing goes below zero */
    assert_int_equal(r.in_flight, 0);
    assert_int_equal(r.failures, 3);
}

static void a_limit_that_was_lowered_locks(void **state)
{
    (void)state;
    attempt_record r = { .failures = 5, .first_s = T0, .last_s = T0 };
    assert_int_equal(reserve_at(&r, 3, T0 + 60), ATTEMPT_LOCKED);
    assert_int_equal(r.locked_until_s, T0 + 3600);
    r = (attempt_record){ .failures = 5, .first_s = T0, .last_s = T0 };
    assert_int_equal(reserve_at(&r, 3, T0 + 3600), ATTEMPT_GO); /* that lock would be over */
    assert_int_equal(r.failures, 0);
}

/* T14: somebody who guesses as fast as the ledger lets, and somebody who guesses just slowly enough, for a day. */
static void without_a_policy_no_hour_has_more_than_the_built_in_failures(void **state)
{
    (void)state;
    static const int64_t pauses[] = { 1, 30, 100, 113, 1000, 3599, 3600 };
    for (size_t k = 0; k < sizeof pauses / sizeof pauses[0]; k++) {
        attempt_record r = { 0 };
        int64_t times[86400];
        size_t n = 0, from = 0;
        for (int64_t t = T0; t < T0 + 86400; t += pauses[k]) {
            if (reserve_at(&r, 0, t) != ATTEMPT_GO)
                continue;
            attempt_rule_settle(&r, ATTEMPT_WRONG, 0, t);
            times[n++] = t;
            while (times[from] <= t - 3600)
                from++;
            assert_true(n - from <= ATTEMPT_BUILT_IN_LIMIT);
        }
        assert_true(n > 0);
    }
}

/* --- the store ---------------------------------------------------------------------------------------------------- */

static fixture f;
static const uint64_t ALICE = 200000000000000001;

typedef struct {
    attempt_request q;
    arena *arena;
    attempt *at;
    bool must_wait, is_locked;
    status want;
    attempt_record r;
} job;

static status run_reserve(store_tx *tx, void *self, err *e)
{
    job *j = self;
    return attempt_reserve(tx, j->arena, &j->q, &j->at, &j->must_wait, e);
}

static status run_settle(store_tx *tx, void *self, err *e)
{
    const job *j = self;
    return attempt_settle(tx, j->at, f.now_s, e);
}

static status run_get(store_tx *tx, void *self, err *e)
{
    job *j = self;
    TRY(attempt_is_locked(tx, ALICE, j->q.budget, f.now_s, &j->is_locked, e));
    return store_attempt_get(tx, ALICE, j->q.budget, &j->r, e);
}

static status run_forget(store_tx *tx, void *self, err *e)
{
    (void)self;
    return attempt_forget(tx, ALICE, e);
}

static status run_settle_lost(store_tx *tx, void *self, err *e)
{
    (void)self;
    return attempt_settle_lost(tx, e);
}

static status apply(status (*run)(store_tx *tx, void *self, err *e), job *j)
{
    err e = { 0 };
    return store_apply_now(f.store, FIXTURE_ACCOUNT, run, j, &e);
}

static void one_guess(job *j, bool is_right)
{
    assert_int_equal(apply(run_reserve, j), ST_OK);
    assert_int_equal(attempt_judge(j->at, is_right), is_right && !attempt_is_decoy(j->at) ? ST_OK : ST_DENIED);
    assert_int_equal(apply(run_settle, j), ST_OK);
}

static void setup(job *j)
{
    fixture_init(&f);
    *j = (job){ .q = { .principal = ALICE, .limit = 2, .now_s = f.now_s }, .arena = arena_new(4096, 65536) };
}

static void done(const job *j)
{
    arena_free(j->arena);
    fixture_done(&f);
}

static void a_locked_principal_gets_a_decoy_that_never_succeeds(void **state)
{
    (void)state;
    job j;
    setup(&j);
    one_guess(&j, false);
    one_guess(&j, false);
    assert_int_equal(apply(run_get, &j), ST_OK);
    assert_true(j.is_locked);
    one_guess(&j, true); /* the right secret */
    assert_true(attempt_is_decoy(j.at));
    assert_false(attempt_was_right(j.at));
    assert_int_equal(apply(run_get, &j), ST_OK);
    assert_int_equal(j.r.failures, 2); /* a decoy is not counted */
    j.q.budget = 7;                    /* a known browser has a budget of its own (T16) */
    one_guess(&j, true);
    assert_true(attempt_was_right(j.at));
    j.q.budget = ATTEMPT_SHARED;
    assert_int_equal(apply(run_forget, &j), ST_OK);
    one_guess(&j, true);
    assert_true(attempt_was_right(j.at));
    done(&j);
}

static void nobody_gets_a_decoy_and_leaves_nothing(void **state)
{
    (void)state;
    job j;
    setup(&j);
    j.q.principal = 0;
    one_guess(&j, true);
    assert_true(attempt_is_decoy(j.at));
    assert_int_equal(attempt_principal(j.at), 0);
    assert_int_equal(apply(run_get, &j), ST_NOT_FOUND);
    done(&j);
}

static void one_attempt_is_one_guess(void **state)
{
    (void)state;
    job j;
    setup(&j);
    assert_int_equal(apply(run_reserve, &j), ST_OK);
    assert_int_equal(attempt_judge(j.at, false), ST_DENIED);
    assert_int_equal(attempt_judge(j.at, true), ST_DENIED);
    assert_false(attempt_was_right(j.at));
    done(&j);
}

static void at_the_limit_one_has_to_wait_and_a_crash_counts(void **state)
{
    (void)state;
    job j;
    setup(&j);
    assert_int_equal(apply(run_reserve, &j), ST_OK);
    assert_int_equal(apply(run_reserve, &j), ST_OK);
    assert_false(j.must_wait);
    assert_int_equal(apply(run_reserve, &j), ST_UNAVAILABLE);
    assert_true(j.must_wait);
    err e = { 0 };
    assert_int_equal(store_apply_now(f.store, 0, run_settle_lost, NULL, &e), ST_OK);
    assert_int_equal(apply(run_reserve, &j), ST_OK);
    assert_false(j.must_wait);
    assert_true(attempt_is_decoy(j.at)); /* two failures: locked */
    done(&j);
}

/* --- calls that end early ----------------------------------------------------------------------------------------- */

static void never(attempt_waiter *w, bool is_late)
{
    *(int *)w->self += is_late ? 1 : 100;
}

static void an_abandoned_attempt_is_released_and_wakes_who_waits(void **state)
{
    (void)state;
    job j;
    setup(&j);
    err e = { 0 };
    attempt_waiters *l = NULL;
    int woken = 0;
    assert_int_equal(attempt_waiters_new(world_system(), 4, &l, &e), ST_OK);
    assert_int_equal(apply(run_reserve, &j), ST_OK);
    attempt *first = j.at;
    assert_int_equal(apply(run_reserve, &j), ST_OK);
    attempt_waiter w = {
        .principal = ALICE, .seen = attempt_waiters_seen(l, ALICE), .deadline_ms = INT64_MAX, .wake = never, .self = &woken
    };
    assert_int_equal(attempt_waiters_add(l, &w), ST_OK);
    attempt_abandon(f.store, l, FIXTURE_ACCOUNT, first, f.now_s);
    assert_int_equal(apply(run_get, &j), ST_OK); /* behind it in the queue */
    assert_int_equal(j.r.in_flight, 1);
    assert_int_equal(j.r.failures, 0);
    assert_int_equal(attempt_judge(j.at, false), ST_DENIED);
    attempt_abandon(f.store, l, FIXTURE_ACCOUNT, j.at, f.now_s); /* checked: counts as it was found */
    assert_int_equal(apply(run_get, &j), ST_OK);
    assert_int_equal(j.r.in_flight, 0);
    assert_int_equal(j.r.failures, 1);
    assert_int_equal(woken, 100);
    attempt_waiters_free(l);
    done(&j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_and_flights_together_stay_below_the_limit),
        cmocka_unit_test(the_last_failure_locks_for_one_hour),
        cmocka_unit_test(failures_in_a_row_have_no_end_in_time),
        cmocka_unit_test(a_right_answer_clears_the_failures),
        cmocka_unit_test(a_lost_attempt_counts_as_failed),
        cmocka_unit_test(a_limit_that_was_lowered_locks),
        cmocka_unit_test(without_a_policy_no_hour_has_more_than_the_built_in_failures),
        cmocka_unit_test(a_locked_principal_gets_a_decoy_that_never_succeeds),
        cmocka_unit_test(nobody_gets_a_decoy_and_leaves_nothing),
        cmocka_unit_test(one_attempt_is_one_guess),
        cmocka_unit_test(at_the_limit_one_has_to_wait_and_a_crash_counts),
        cmocka_unit_test(an_abandoned_attempt_is_released_and_wakes_who_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
