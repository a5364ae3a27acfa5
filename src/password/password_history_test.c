/* password_history_test.c - RAM's PasswordReusePrevention, 0 to 24. */
#include "account/fixture_test.h"
#include "password/password_history.h"

static fixture f;
static arena *memory;
static const uint64_t ALICE = 200000000000000001;
static const argon2_parameters USUAL = { 64, 1, 1 };

typedef struct {
    str text;
    const encoded_hash *encoded;
    password_past past;
    uint32_t remembered;
    argon2_parameters how;
    attempt *at;
} job;

static status run_load(store_tx *tx, void *self, err *e)
{
    job *j = self;
    return password_past_load(tx, memory, ALICE, j->remembered, &j->past, e);
}

static status run_set(store_tx *tx, void *self, err *e)
{
    job *j = self;
    CLEANUP(password_digest_done) password_digest d = { 0 };
    CLEANUP(secret_done) secret text = { NULL, 0 };
    const login_profile_spec spec = { .principal = ALICE, .now_s = f.now_s++ };
    TRY(password_past_load(tx, memory, ALICE, 0, &j->past, e));
    if (j->encoded != NULL)
        return login_profile_put_encoded(tx, memory, f.vault, &f.world, &spec, j->encoded, e);
    TRY(secret_copy(bytes_of(j->text), &text));
    TRY(password_digest_next(&(password){ text }, &j->how, &j->past, &f.world, &d, e));
    return login_profile_put(tx, memory, f.vault, &f.world, &spec, &d, e);
}

static status run_reserve(store_tx *tx, void *self, err *e)
{
    job *j = self;
    bool must_wait;
    return attempt_reserve(tx, memory, &(attempt_request){ .principal = ALICE, .budget = 1, .now_s = f.now_s }, &j->at,
                           &must_wait, e);
}

static status run_settle(store_tx *tx, void *self, err *e)
{
    const job *j = self;
    return attempt_settle(tx, j->at, f.now_s, e);
}

static status apply(status (*run)(store_tx *tx, void *self, err *e), job *j)
{
    err e = { 0 };
    return store_apply_now(f.store, FIXTURE_ACCOUNT, run, j, &e);
}

static void set(str text, argon2_parameters how)
{
    job j = { .text = text, .how = how };
    assert_int_equal(apply(run_set, &j), ST_OK);
}

static void set_number(unsigned i, argon2_parameters how)
{
    char text[32];
    const int n = snprintf(text, sizeof text, "password-%u", i);
    set((str){ text, (size_t)n }, how);
}

static status check(str text, uint32_t remembered)
{
    job j = { .remembered = remembered };
    const password_checker c = { f.vault, FIXTURE_ACCOUNT, USUAL };
    password p;
    err e = { 0 };
    assert_int_equal(apply(run_load, &j), ST_OK);
    assert_int_equal(apply(run_reserve, &j), ST_OK);
    assert_int_equal(attempt_judge(j.at, true), ST_OK);
    assert_int_equal(secret_copy(bytes_of(text), &p.s), ST_OK);
    const status s = password_past_check(&c, j.at, &j.past, remembered, &p, &e);
    secret_done(&p.s);
    assert_int_equal(apply(run_settle, &j), ST_OK);
    return s;
}

static status check_number(unsigned i, uint32_t remembered)
{
    char text[32];
    const int n = snprintf(text, sizeof text, "password-%u", i);
    return check((str){ text, (size_t)n }, remembered);
}

static int setup(void **state)
{
    (void)state;
    fixture_init(&f);
    memory = arena_new(65536, 64 * 1024 * 1024);
    return memory != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(memory);
    fixture_done(&f);
    return 0;
}

static void the_last_n_passwords_are_refused(void **state)
{
    (void)state;
    for (unsigned i = 1; i <= 30; i++)
        set_number(i, USUAL);
    static const uint32_t counts[] = { 0, 1, 2, 5, 23, 24 };
    for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++) {
        for (unsigned i = 1; i <= 31; i++) /* 30 is the current one, 31 was never used */
            assert_int_equal(check_number(i, counts[k]), i <= 30 && i + counts[k] > 30 ? ST_CONFLICT : ST_OK);
    }
}

static void one_salt_for_all(void **state)
{
    (void)state;
    for (unsigned i = 1; i <= 5; i++)
        set_number(i, USUAL);
    job j = { .remembered = 24 };
    assert_int_equal(apply(run_load, &j), ST_OK);
    assert_int_equal(j.past.old_n, 4);
    for (size_t i = 0; i < j.past.old_n; i++)
        assert_memory_equal(j.past.old[i].salt, j.past.current->salt, PASSWORD_SALT_BYTES);
    assert_true(j.past.old[0].set_s > j.past.old[3].set_s); /* newest first */
}

static void other_parameters_and_schemes_are_remembered_too(void **state)
{
    (void)state;
    encoded_hash h;
    err e = { 0 };
    assert_int_equal(encoded_hash_parse(STR("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"), &h, &e), ST_OK);
    job j = { .encoded = &h };
    assert_int_equal(apply(run_set, &j), ST_OK);
    set_number(1, USUAL);
    set_number(2, (argon2_parameters){ 128, 1, 1 });
    set_number(3, (argon2_parameters){ 128, 2, 1 });
    assert_int_equal(check(STR("U*U"), 24), ST_CONFLICT);
    assert_int_equal(check_number(1, 24), ST_CONFLICT);
    assert_int_equal(check_number(2, 24), ST_CONFLICT);
    assert_int_equal(check_number(3, 24), ST_CONFLICT);
    assert_int_equal(check_number(4, 24), ST_OK);
    char longer[80]; /* bcrypt cannot tell it, and it is no reason to refuse it */
    memset(longer, 'x', sizeof longer);
    assert_int_equal(check((str){ longer, sizeof longer }, 24), ST_OK);
}

static void the_same_password_again_is_no_earlier_one(void **state)
{
    (void)state;
    set_number(1, USUAL);
    for (unsigned i = 0; i < 30; i++)
        set_number(2, USUAL);
    job j = { .remembered = 24 };
    assert_int_equal(apply(run_load, &j), ST_OK);
    assert_int_equal(j.past.old_n, 1);
    assert_int_equal(check_number(1, 2), ST_CONFLICT);
}

static void only_who_knows_the_password_is_told(void **state)
{
    (void)state;
    set_number(1, USUAL);
    job j = { .remembered = 24 };
    const password_checker c = { f.vault, FIXTURE_ACCOUNT, USUAL };
    password p;
    err e = { 0 };
    assert_int_equal(apply(run_load, &j), ST_OK);
    assert_int_equal(apply(run_reserve, &j), ST_OK);
    assert_int_equal(secret_copy(bytes_of(STR("password-1")), &p.s), ST_OK);
    assert_int_equal(password_past_check(&c, j.at, &j.past, 24, &p, &e), ST_BUG); /* not checked */
    assert_int_equal(attempt_judge(j.at, false), ST_DENIED);
    assert_int_equal(password_past_check(&c, j.at, &j.past, 24, &p, &e), ST_BUG); /* wrong */
    secret_done(&p.s);
}

static status run_flags(store_tx *tx, void *self, err *e)
{
    login_profile_record *r = self;
    const login_profile_spec spec = { .principal = ALICE, .is_disabled = true, .mfa_bind_required = true, .now_s = f.now_s };
    TRY(login_profile_put(tx, memory, f.vault, &f.world, &spec, NULL, e));
    return store_login_profile_get(tx, memory, ALICE, r, e);
}

static void a_profile_may_have_no_password_and_keeps_the_one_it_has(void **state)
{
    (void)state;
    login_profile_record r;
    err e = { 0 };
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, run_flags, &r, &e), ST_OK);
    assert_int_equal(r.scheme.n, 0);
    assert_int_equal(r.password_set_s, 0);
    assert_false(r.is_active);
    set_number(1, USUAL); /* the first: nothing goes into the history */
    f.now_s += 50;
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, run_flags, &r, &e), ST_OK);
    assert_true(str_eq(r.scheme, STR("argon2id")));
    assert_int_equal(r.password_set_s, FIXTURE_NOW_S);
    assert_int_equal(r.updated_s, f.now_s);
    assert_true(r.mfa_bind_required);
    assert_int_equal(check_number(1, 1), ST_CONFLICT);
    job j = { .remembered = 24 };
    assert_int_equal(apply(run_load, &j), ST_OK);
    assert_int_equal(j.past.old_n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_last_n_passwords_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(one_salt_for_all, setup, teardown),
        cmocka_unit_test_setup_teardown(other_parameters_and_schemes_are_remembered_too, setup, teardown),
        cmocka_unit_test_setup_teardown(the_same_password_again_is_no_earlier_one, setup, teardown),
        cmocka_unit_test_setup_teardown(only_who_knows_the_password_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(a_profile_may_have_no_password_and_keeps_the_one_it_has, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
