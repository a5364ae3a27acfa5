/* password_check_test.c - right and wrong passwords in every scheme, through the ledger. Vectors: encoded_hash_test.c. */
#include "account/fixture_test.h"
#include "attempt/attempt_waiters.h"

#include <pthread.h>
#include <semaphore.h>

#include "password/hash_pool.h"
#include "password/password.h"
#include "password/password_check.h"
#include "password/password_text.h"

static fixture f;
static arena *memory;
static const uint64_t ALICE = 200000000000000001;
static const argon2_parameters USUAL = { 64, 1, 1 };

typedef struct {
    const encoded_hash *encoded;
    const password_digest *d;
    login_profile_record profile;
    attempt_request q;
    attempt *at;
    bool must_wait;
    attempt_record ledger;
} job;

static status run_put(store_tx *tx, void *self, err *e)
{
    job *j = self;
    const login_profile_spec spec = { .principal = ALICE, .now_s = f.now_s };
    TRY(j->encoded != NULL ? login_profile_put_encoded(tx, memory, f.vault, &f.world, &spec, j->encoded, e)
                           : login_profile_put(tx, memory, f.vault, &f.world, &spec, j->d, e));
    return store_login_profile_get(tx, memory, ALICE, &j->profile, e);
}

static status run_reserve(store_tx *tx, void *self, err *e)
{
    job *j = self;
    return attempt_reserve(tx, memory, &j->q, &j->at, &j->must_wait, e);
}

static status run_settle(store_tx *tx, void *self, err *e)
{
    job *j = self;
    TRY(attempt_settle(tx, j->at, f.now_s, e));
    return store_attempt_get(tx, ALICE, 0, &j->ledger, e);
}

static status apply(status (*run)(store_tx *tx, void *self, err *e), job *j)
{
    err e = { 0 };
    const status s = store_apply_now(f.store, FIXTURE_ACCOUNT, run, j, &e);
    if (s != ST_OK && s != ST_NOT_FOUND)
        print_error("%s\n", e.log);
    return s;
}

static password_checker checker(void)
{
    return (password_checker){ f.vault, FIXTURE_ACCOUNT, USUAL };
}

static password password_of(str text)
{
    password p = { { NULL, 0 } };
    if (text.n > 0)
        assert_int_equal(secret_copy(bytes_of(text), &p.s), ST_OK);
    return p;
}

static status guess(job *j, const login_profile_record *stored, str text)
{
    err e = { 0 };
    const password_checker c = checker();
    password p = password_of(text);
    assert_int_equal(apply(run_reserve, j), ST_OK);
    const status s = password_check(&c, j->at, stored, text.p != NULL ? &p : NULL, &e);
    assert_true(attempt_was_right(j->at) == (s == ST_OK));
    const status settled = apply(run_settle, j);
    assert_true(settled == ST_OK || attempt_is_decoy(j->at));
    secret_done(&p.s);
    return s;
}

static int setup(void **state)
{
    (void)state;
    fixture_init(&f);
    memory = arena_new(65536, 16 * 1024 * 1024);
    return memory != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(memory);
    fixture_done(&f);
    return 0;
}

static const struct {
    str text, encoded;
    bool is_outdated;
} scheme_cases[] = {
    { STR_INIT("password"), STR_INIT("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"),
      true },
    { STR_INIT("U*U"), STR_INIT("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"), true },
    { STR_INIT("pleaseletmein"), STR_INIT("$7$C6..../....SodiumChloride$kBGj9fHznVYFQMEn/qDCfrDevf9YDtcDdKvEqHJLV8D"), true },
    { STR_INIT("password"), STR_INIT("$pbkdf2-sha256$6400$.6UI/S.nXIk8jcbdHx3Fhg$98jZicV16ODfEsEZeYPGHU3kbrUrvUEXOPimVSQDD44"),
      true },
    { STR_INIT("password"),
      STR_INIT("$pbkdf2-sha512$25000$MDEyMzQ1Njc4OWFiY2RlZg$uxdHU.JH8vyHyz/DeXpgS7H6Tjz9A.lBWgSoOvvbH2iwTOWkhoRi"
               "p9yMdB0AZCvZtIdBg46qUM3yPQkKDTKUSg"),
      true },
};

static void imported_hashes_are_checked_in_their_own_scheme(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scheme_cases / sizeof scheme_cases[0]; i++) {
        encoded_hash h;
        err e = { 0 };
        assert_int_equal(encoded_hash_parse(scheme_cases[i].encoded, &h, &e), ST_OK);
        job j = { .encoded = &h, .q = { .principal = ALICE, .now_s = f.now_s } };
        assert_int_equal(apply(run_put, &j), ST_OK);
        assert_int_equal(guess(&j, &j.profile, scheme_cases[i].text), ST_OK);
        assert_int_equal(guess(&j, &j.profile, STR("Password")), ST_DENIED);
        assert_int_equal(j.ledger.failures, 1);
        assert_int_equal(j.ledger.in_flight, 0);
        assert_int_equal(password_is_outdated(&j.profile, &USUAL), scheme_cases[i].is_outdated);
    }
}

/* T50: changing any character at any length changes the verdict. */
static void every_character_counts(void **state)
{
    (void)state;
    char text[PASSWORD_CHARACTERS_MAX];
    err e = { 0 };
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + i % 26);
    password p = password_of((str){ text, sizeof text });
    password_digest d;
    assert_int_equal(password_digest_new(&p, &USUAL, &f.world, &d, &e), ST_OK);
    job j = { .d = &d, .q = { .principal = ALICE, .now_s = f.now_s } };
    assert_int_equal(apply(run_put, &j), ST_OK);
    assert_false(password_is_outdated(&j.profile, &USUAL));
    assert_true(password_is_outdated(&j.profile, &ARGON2_DEFAULT));
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] ^= 1;
        assert_int_equal(guess(&j, &j.profile, (str){ text, sizeof text }), ST_DENIED);
        text[i] ^= 1;
        assert_int_equal(guess(&j, &j.profile, (str){ text, i }), ST_DENIED);
        assert_int_equal(guess(&j, &j.profile, (str){ text, sizeof text }), ST_OK); /* and clears the ledger */
    }
    secret_done(&p.s);
    password_digest_done(&d);
}

static void decoys_are_wrong_passwords(void **state)
{
    (void)state;
    err e = { 0 };
    password p = password_of(STR("right"));
    password_digest d;
    assert_int_equal(password_digest_new(&p, &USUAL, &f.world, &d, &e), ST_OK);
    job j = { .d = &d, .q = { .principal = ALICE, .limit = 2, .now_s = f.now_s } };
    assert_int_equal(apply(run_put, &j), ST_OK);
    assert_int_equal(guess(&j, NULL, STR("right")), ST_DENIED); /* no profile */
    login_profile_record other = j.profile;
    other.scheme = STR("");
    assert_int_equal(guess(&j, &other, STR("right")), ST_DENIED); /* no password: and now it is locked */
    assert_int_equal(guess(&j, &j.profile, STR("right")), ST_DENIED);
    assert_true(attempt_is_decoy(j.at));
    j.q.now_s += 3600;
    assert_int_equal(guess(&j, &j.profile, (str){ NULL, 0 }), ST_DENIED); /* no text that a password could be */
    assert_int_equal(guess(&j, &j.profile, STR("right")), ST_OK);
    other = j.profile;
    other.parameters = STR("m=1");
    assert_int_equal(guess(&j, &other, STR("right")), ST_DENIED); /* damaged */
    j.q.principal = 0;
    assert_int_equal(guess(&j, &j.profile, STR("right")), ST_DENIED); /* nobody */
    secret_done(&p.s);
    password_digest_done(&d);
}

static void a_damaged_seal_is_the_operators_and_not_counted(void **state)
{
    (void)state;
    err e = { 0 };
    password p = password_of(STR("right"));
    password_digest d;
    assert_int_equal(password_digest_new(&p, &USUAL, &f.world, &d, &e), ST_OK);
    job j = { .d = &d, .q = { .principal = ALICE, .limit = 2, .now_s = f.now_s } };
    assert_int_equal(apply(run_put, &j), ST_OK);
    j.profile.digest.b[j.profile.digest.n - 1] ^= 1;
    assert_int_equal(guess(&j, &j.profile, STR("right")), ST_INVALID);
    assert_int_equal(j.ledger.failures, 0);
    assert_int_equal(j.ledger.in_flight, 0);
    j.profile.digest.b[j.profile.digest.n - 1] ^= 1;
    j.profile.row++; /* somebody else's row */
    assert_int_equal(guess(&j, &j.profile, STR("right")), ST_INVALID);
    secret_done(&p.s);
    password_digest_done(&d);
}

static status run_upgrade(store_tx *tx, void *self, err *e)
{
    job *j = self;
    TRY(login_profile_upgrade(tx, memory, f.vault, &f.world, &j->profile, j->d, e));
    return store_login_profile_get(tx, memory, ALICE, &j->profile, e);
}

static void an_upgrade_changes_the_hash_alone(void **state)
{
    (void)state;
    encoded_hash h;
    err e = { 0 };
    assert_int_equal(encoded_hash_parse(scheme_cases[1].encoded, &h, &e), ST_OK);
    job j = { .encoded = &h, .q = { .principal = ALICE, .now_s = f.now_s } };
    assert_int_equal(apply(run_put, &j), ST_OK);
    const login_profile_record old = j.profile;
    password p = password_of(STR("U*U"));
    password_digest d;
    assert_int_equal(password_digest_new(&p, &USUAL, &f.world, &d, &e), ST_OK);
    j.d = &d;
    f.now_s += 100;
    assert_int_equal(apply(run_upgrade, &j), ST_OK);
    assert_true(str_eq(j.profile.scheme, STR("argon2id")));
    assert_int_equal(j.profile.password_set_s, old.password_set_s);
    assert_int_equal(j.profile.updated_s, old.updated_s);
    assert_false(password_is_outdated(&j.profile, &USUAL));
    assert_int_equal(guess(&j, &j.profile, STR("U*U")), ST_OK);
    j.profile = old; /* was replaced since it was checked */
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, run_upgrade, &j, &e), ST_CONFLICT);
    secret_done(&p.s);
    password_digest_done(&d);
}

/* --- on the hash pool ------------------------------------------------------------------------------------------------ */

typedef struct {
    pool_job job; /* first: a job is what it is embedded in */
    job *j;
    const password *given;
    status status;
    sem_t done;
} pooled;

static void check_pooled(pool_job *job_, void *thread_state)
{
    (void)thread_state;
    pooled *x = (pooled *)job_;
    const password_checker c = checker();
    err e = { 0 };
    x->status = password_check(&c, x->j->at, &x->j->profile, x->given, &e);
    (void)sem_post(&x->done);
}

/* A copied hash that asks for more than a thread has is refused, and is a wrong password to whoever asks. */
static void a_hash_over_the_bound_is_not_computed(void **state)
{
    (void)state;
    hash_pool *h = NULL;
    err e = { 0 };
    const hash_pool_options o = { .threads = 1, .queue_max = 4, .memory_max_kib = 1024, .usual = USUAL };
    assert_int_equal(hash_pool_new(&o, &h, &e), ST_OK);
    password p = password_of(STR("right"));
    static const argon2_parameters sizes[] = { { 1024, 1, 1 }, { 1025, 1, 1 } };
    for (size_t i = 0; i < 2; i++) {
        password_digest d;
        assert_int_equal(password_digest_new(&p, &sizes[i], &f.world, &d, &e), ST_OK);
        job j = { .d = &d, .q = { .principal = ALICE, .now_s = f.now_s } };
        assert_int_equal(apply(run_put, &j), ST_OK);
        assert_int_equal(apply(run_reserve, &j), ST_OK);
        pooled x = { .job.run = check_pooled, .j = &j, .given = &p };
        assert_int_equal(sem_init(&x.done, 0, 0), 0);
        assert_int_equal(hash_pool_submit(h, &x.job), ST_OK);
        assert_int_equal(sem_wait(&x.done), 0);
        assert_int_equal(x.status, i == 0 ? ST_OK : ST_DENIED);
        (void)sem_destroy(&x.done);
        password_digest_done(&d);
    }
    secret_done(&p.s);
    hash_pool_free(h);
}

/* --- T07 and T08: many at once ---------------------------------------------------------------------------------------- */

enum { CALLERS = 8 };

typedef struct {
    pthread_t thread;
    job j;
    attempt_waiters *waiters;
    unsigned calls;
    str text;
    unsigned right, real, decoys;
    sem_t woken;
} caller_thread;

static void wake_caller(attempt_waiter *w, bool is_late)
{
    (void)is_late;
    caller_thread *t = w->self;
    (void)sem_post(&t->woken);
}

/* As the dispatcher does it: reserve, wait where one has to, check, settle, wake the others. */
static void *call_repeatedly(void *arg)
{
    caller_thread *t = arg;
    const password_checker c = checker();
    password p;
    err e = { 0 };
    CLEANUP(arena_free_at) arena *a = arena_new(4096, 1024 * 1024);
    if (a == NULL || secret_copy(bytes_of(t->text), &p.s) != ST_OK)
        return NULL;
    for (unsigned i = 0; i < t->calls;) {
        attempt_waiter w = { .principal = ALICE,
                             .seen = attempt_waiters_seen(t->waiters, ALICE),
                             .deadline_ms = INT64_MAX,
                             .wake = wake_caller,
                             .self = t };
        if (store_apply_now(f.store, FIXTURE_ACCOUNT, run_reserve, &t->j, &e) == ST_UNAVAILABLE && t->j.must_wait) {
            if (attempt_waiters_add(t->waiters, &w) == ST_OK)
                (void)sem_wait(&t->woken);
            continue;
        }
        t->right += password_check(&c, t->j.at, &t->j.profile, &p, &e) == ST_OK;
        t->decoys += attempt_is_decoy(t->j.at);
        t->real += !attempt_is_decoy(t->j.at);
        const status s = store_apply_now(f.store, FIXTURE_ACCOUNT, run_settle, &t->j, &e);
        if (s != ST_OK && s != ST_NOT_FOUND)
            break;
        attempt_waiters_settled(t->waiters, ALICE);
        i++;
    }
    secret_done(&p.s);
    return NULL;
}

static void all_at_once(str text, unsigned calls, uint32_t limit, unsigned *ret_right, unsigned *ret_real)
{
    static caller_thread threads[CALLERS];
    attempt_waiters *l = NULL;
    err e = { 0 };
    password p = password_of(STR("right"));
    password_digest d;
    assert_int_equal(password_digest_new(&p, &USUAL, &f.world, &d, &e), ST_OK);
    job j = { .d = &d, .q = { .principal = ALICE, .limit = limit, .now_s = f.now_s } };
    assert_int_equal(apply(run_put, &j), ST_OK);
    assert_int_equal(attempt_waiters_new(world_system(), CALLERS, &l, &e), ST_OK);
    *ret_right = *ret_real = 0;
    for (unsigned i = 0; i < CALLERS; i++) {
        threads[i] = (caller_thread){ .j = j, .waiters = l, .calls = calls, .text = text };
        assert_int_equal(sem_init(&threads[i].woken, 0, 0), 0);
        assert_int_equal(pthread_create(&threads[i].thread, NULL, call_repeatedly, &threads[i]), 0);
    }
    for (unsigned i = 0; i < CALLERS; i++) {
        assert_int_equal(pthread_join(threads[i].thread, NULL), 0);
        assert_int_equal(threads[i].real + threads[i].decoys, calls);
        *ret_right += threads[i].right;
        *ret_real += threads[i].real;
        (void)sem_destroy(&threads[i].woken);
    }
    attempt_waiters_free(l);
    secret_done(&p.s);
    password_digest_done(&d);
}

static void parallel_wrong_guesses_get_no_more_comparisons_than_the_limit(void **state)
{
    (void)state;
    unsigned right, real;
    all_at_once(STR("wrong"), 125, 5, &right, &real); /* 1,000 guesses */
    assert_int_equal(right, 0);
    assert_int_equal(real, 5);
}

static void parallel_right_sign_ins_all_succeed(void **state)
{
    (void)state;
    unsigned right, real;
    all_at_once(STR("right"), 7, 2, &right, &real);
    assert_int_equal(right, 7 * CALLERS);
    assert_int_equal(real, 7 * CALLERS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(imported_hashes_are_checked_in_their_own_scheme, setup, teardown),
        cmocka_unit_test_setup_teardown(every_character_counts, setup, teardown),
        cmocka_unit_test_setup_teardown(decoys_are_wrong_passwords, setup, teardown),
        cmocka_unit_test_setup_teardown(a_damaged_seal_is_the_operators_and_not_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(an_upgrade_changes_the_hash_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hash_over_the_bound_is_not_computed, setup, teardown),
        cmocka_unit_test_setup_teardown(parallel_wrong_guesses_get_no_more_comparisons_than_the_limit, setup, teardown),
        cmocka_unit_test_setup_teardown(parallel_right_sign_ins_all_succeed, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
