/* verifier_cache_test.c - what is remembered of a verifier, and that nothing is once it was deleted. */
#include "account/fixture_test.h"
#include "verifier/verifier_cache.h"

enum { MANY = 600 };

static fixture f;
static arena *memory;

static int setup(void **state)
{
    (void)state;
    fixture_init(&f);
    memory = arena_new(65536, 1 << 20);
    return memory == NULL ? -1 : 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(memory);
    fixture_done(&f);
    return 0;
}

typedef struct {
    const char *name;
    uint8_t digest[VERIFIER_DIGEST_BYTES];
    verifier_entry entry;
} job;

static status create(store_tx *tx, void *self, err *e)
{
    job *j = self;
    CLEANUP(verifier_token_done) verifier_token token = { 0 };
    const str hosts[] = { STR("a.example"), STR("b.example:80") };
    verifier_record r;
    TRY(verifier_create(tx, memory, &f.world, f.now_s, str_from_c(j->name), hosts, 2, &r, &token, e));
    memcpy(j->digest, r.digest, sizeof j->digest);
    return ST_OK;
}

static status load(store_tx *tx, void *self, err *e)
{
    job *j = self;
    return verifier_load(tx, memory, j->digest, &j->entry, e);
}

static status delete_it(store_tx *tx, void *self, err *e)
{
    job *j = self;
    verifier_record r;
    return verifier_delete(tx, memory, str_from_c(j->name), &r, e);
}

static void found_until_it_is_deleted(void **state)
{
    (void)state;
    verifier_cache *c = verifier_cache_new(store_epochs(f.store));
    assert_non_null(c);
    job j = { .name = "Files" };
    verifier_found found;
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, create, &j, &f.err), ST_OK);
    assert_false(verifier_cache_find(c, j.digest, STR("a.example"), &found));
    assert_int_equal(store_read_now(f.store, 0, load, &j, &f.err), ST_OK);
    verifier_cache_put(c, j.digest, &j.entry);
    assert_true(verifier_cache_find(c, j.digest, STR("A.example"), &found));
    assert_true(found.may_judge);
    assert_int_equal(found.account, FIXTURE_ACCOUNT);
    assert_true(verifier_cache_find(c, j.digest, STR("b.example"), &found));
    assert_false(found.may_judge);

    uint8_t other[VERIFIER_DIGEST_BYTES];
    for (size_t i = 0; i < sizeof other; i++) {
        memcpy(other, j.digest, sizeof other);
        other[i] ^= 1;
        assert_false(verifier_cache_find(c, other, STR("a.example"), &found));
    }

    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, delete_it, &j, &f.err), ST_OK);
    assert_false(verifier_cache_find(c, j.digest, STR("a.example"), &found));
    assert_int_equal(store_read_now(f.store, 0, load, &j, &f.err), ST_NOT_FOUND);

    /* What a reader found before the deletion and brings after it */
    verifier_cache_put(c, j.digest, &j.entry);
    assert_false(verifier_cache_find(c, j.digest, STR("a.example"), &found));
    verifier_cache_free(c);
}

static void it_is_bounded(void **state)
{
    (void)state;
    verifier_cache *c = verifier_cache_new(store_epochs(f.store));
    assert_non_null(c);
    unsigned kept = 0;
    verifier_found found;
    for (unsigned i = 0; i < MANY; i++) {
        const uint8_t digest[VERIFIER_DIGEST_BYTES] = { (uint8_t)i, (uint8_t)(i >> 8) };
        const verifier_entry x = { .account = FIXTURE_ACCOUNT,
                                   .id = 600000000000000000 + i,
                                   .hosts = STR("a.example"),
                                   .epoch = epoch_read(store_epochs(f.store), epoch_of_principal(600000000000000000 + i)) };
        verifier_cache_put(c, digest, &x);
        assert_true(verifier_cache_find(c, digest, STR("a.example"), &found));
        assert_int_equal(found.id, x.id);
    }
    for (unsigned i = 0; i < MANY; i++) {
        const uint8_t digest[VERIFIER_DIGEST_BYTES] = { (uint8_t)i, (uint8_t)(i >> 8) };
        kept += verifier_cache_find(c, digest, STR("a.example"), &found);
    }
    assert_in_range(kept, 64, 256);
    verifier_cache_free(c);
    verifier_cache_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(found_until_it_is_deleted, setup, teardown),
        cmocka_unit_test_setup_teardown(it_is_bounded, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
