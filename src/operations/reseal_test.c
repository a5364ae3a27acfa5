/* reseal_test.c - a new key, and every sealed value under it; a value that was moved is counted, named and left alone. */
#include "account/fixture_test.h"

#include "access_key/access_key.h"
#include "operations/reseal.h"

static fixture f;
static char key[96];

static int setup(void **state)
{
    (void)state;
    fixture_init(&f);
    (void)snprintf(key, sizeof key, "%s/master.key", f.dir);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_done(&f);
    return 0;
}

enum { KEYS = RESEAL_ROWS_PER_JOB * 2 + 3 };

static status insert(store_tx *tx, uint64_t number, uint64_t sealed_at, err *e)
{
    char id[32];
    access_key_record r = { .owner = FIXTURE_ACCOUNT, .row = number, .is_active = true };
    (void)snprintf(id, sizeof id, "LTAI%020llu", (unsigned long long)number);
    r.id = str_from_c(id);
    TRY(vault_seal_new(f.vault, access_key_place(FIXTURE_ACCOUNT, sealed_at), bytes_of(STR("secret")), &r.secret, e));
    return store_access_key_insert(tx, &r, e);
}

static status fill(store_tx *tx, void *self, err *e)
{
    (void)self;
    for (uint64_t i = 1; i <= KEYS; i++)
        TRY(insert(tx, i, i, e));
    login_profile_record p = { .principal = FIXTURE_ACCOUNT, .row = 1, .scheme = STR("argon2id") };
    TRY(vault_seal_new(f.vault, (seal_place){ SEAL_PASSWORD, FIXTURE_ACCOUNT, 1 }, bytes_of(STR("digest")), &p.digest, e));
    TRY(store_login_profile_put(tx, &p, e));
    return store_login_profile_put(tx, &(login_profile_record){ .principal = 77, .row = 2 },
                                   e); /* no password: nothing sealed */
}

static status insert_moved(store_tx *tx, void *self, err *e)
{
    (void)self;
    return insert(tx, KEYS + 1, 1, e); /* sealed at another's place */
}

static reseal_counts run(bool writes)
{
    reseal_counts c = { 0 };
    const reseal_options o = { .store = f.store, .vault = f.vault, .writes = writes };
    assert_int_equal(reseal_all(&o, &c, &f.err), ST_OK);
    return c;
}

static void add_key(void)
{
    assert_int_equal(vault_key_file_add(key, &f.world, &f.err), ST_OK);
    assert_int_equal(vault_reload(f.vault, key, &f.err), ST_OK);
}

static void every_value_moves_to_the_new_key(void **state)
{
    (void)state;
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, fill, NULL, &f.err), ST_OK);
    assert_int_equal(run(true).resealed, 0); /* there is one key */
    add_key();
    assert_int_equal(run(false).old, KEYS + 1);
    const reseal_counts c = run(true);
    assert_int_equal(c.values, KEYS + 1);
    assert_int_equal(c.resealed, KEYS + 1);
    assert_int_equal(c.broken, 0);
    assert_int_equal(run(true).resealed, 0); /* again is fine */
    assert_int_equal(vault_key_file_drop_old(key, &f.err), ST_OK);
    assert_int_equal(vault_reload(f.vault, key, &f.err), ST_OK);
    assert_int_equal(run(false).old + run(false).broken, 0);
}

static void a_stop_leaves_both_keys_good_and_the_next_run_ends_it(void **state)
{
    (void)state;
    atomic_bool stops = true;
    reseal_counts c = { 0 };
    const reseal_options o = { .store = f.store, .vault = f.vault, .writes = true, .is_stopping = &stops };
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, fill, NULL, &f.err), ST_OK);
    add_key();
    assert_int_equal(reseal_all(&o, &c, &f.err), ST_UNAVAILABLE);
    assert_int_equal(run(false).broken, 0);
    assert_int_equal(run(true).resealed, KEYS + 1);
}

static str broken_id;
static char broken_text[64];

static void note(void *self, uint64_t account, sealed_kind kind, const sealed_row *r)
{
    (void)self;
    assert_int_equal(account, FIXTURE_ACCOUNT);
    assert_int_equal(kind, SEALED_KEY);
    memcpy(broken_text, r->id.p, r->id.n);
    broken_id = (str){ broken_text, r->id.n };
}

static void a_value_at_another_place_is_named_and_left(void **state)
{
    (void)state;
    reseal_counts c = { 0 };
    const reseal_options o = { .store = f.store, .vault = f.vault, .broken = note };
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, fill, NULL, &f.err), ST_OK);
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, insert_moved, NULL, &f.err), ST_OK);
    add_key();
    assert_int_equal(run(true).broken, 1);
    assert_int_equal(reseal_all(&o, &c, &f.err), ST_OK);
    assert_int_equal(c.broken, 1);
    assert_int_equal(c.old, 0);
    assert_true(str_ends(broken_id, STR("0204"))); /* 203 and one */
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_value_moves_to_the_new_key),
        TEST(a_stop_leaves_both_keys_good_and_the_next_run_ends_it),
        TEST(a_value_at_another_place_is_named_and_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
