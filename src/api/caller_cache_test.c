#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "api/caller_cache.h"

static epochs *clocks;
static caller_cache *cache;

static int setup(void **state)
{
    (void)state;
    clocks = epochs_new();
    cache = clocks != NULL ? caller_cache_new(64, SIZE_MAX, clocks, world_system()) : NULL;
    return cache == NULL ? -1 : 0;
}

static int teardown(void **state)
{
    (void)state;
    caller_cache_free(cache);
    epochs_free(clocks);
    return 0;
}

static key_holder holder(const char *id, uint64_t user)
{
    key_holder k = { .who = { .kind = CALLER_USER, .account = 1000, .id = user, .is_key_active = true } };
    snprintf(k.who.access_key_id, sizeof k.who.access_key_id, "%s", id);
    k.secret.n = 72;
    memset(k.secret.b, 7, k.secret.n);
    k.who.epoch_sum = caller_epoch_sum(clocks, &k.who);
    return k;
}

static void put(const key_holder *k)
{
    caller_cache_put(cache, k, caller_cache_mark(cache));
}

static void test_what_was_put_is_found(void **state)
{
    (void)state;
    key_holder k = holder("LTAIa", 1), got = { 0 };
    assert_false(caller_cache_find(cache, STR("LTAIa"), NULL, &got));
    put(&k);
    assert_true(caller_cache_find(cache, STR("LTAIa"), NULL, &got));
    assert_int_equal(got.who.id, 1);
    assert_int_equal(got.secret.n, 72);
    assert_memory_equal(got.secret.b, k.secret.b, 72);
    assert_false(caller_cache_find(cache, STR("LTAIb"), NULL, &got));
}

static void test_the_network_policy_comes_along(void **state)
{
    (void)state;
    const ip_addr from = { .b = { 192, 0, 2, 1 }, .family = 4 };
    err e = { 0 };
    key_holder k = holder("LTAIn", 3), got = { 0 };
    assert_int_equal(network_policy_compile(STR("{\"Status\":\"Active\"}"), &k.network, &e), ST_OK);
    put(&k);
    key_holder_done(&k);
    assert_true(caller_cache_find(cache, STR("LTAIn"), NULL, &got));
    assert_int_equal(network_policy_check(got.network, &from, &e), ST_DENIED);
    k = holder("LTAIn", 3);
    put(&k); /* has none now; what was found keeps its own */
    assert_int_equal(network_policy_check(got.network, &from, &e), ST_DENIED);
    key_holder_done(&got);
    assert_true(caller_cache_find(cache, STR("LTAIn"), NULL, &got));
    assert_null(got.network);
    key_holder_done(&got);
}

static void test_any_of_its_epochs_ends_it(void **state)
{
    (void)state;
    key_holder k = holder("LTAIa", 1), got;
    const epoch_key moved[] = { epoch_of_access_key(STR("LTAIa")), epoch_of_principal(1), epoch_of_account(1000) };
    for (size_t i = 0; i < 3; i++) {
        k.who.epoch_sum = caller_epoch_sum(clocks, &k.who);
        put(&k);
        assert_true(caller_cache_find(cache, STR("LTAIa"), NULL, &got));
        epoch_raise(clocks, moved[i]);
        assert_false(caller_cache_find(cache, STR("LTAIa"), NULL, &got));
    }
}

static void test_a_fill_that_an_epoch_overtook_is_dropped(void **state)
{
    (void)state;
    key_holder got;
    uint64_t mark = caller_cache_mark(cache);
    epoch_raise(clocks, epoch_of_principal(1));
    key_holder k = holder("LTAIa", 1); /* notes the epochs after they moved, as a late reader with an old snapshot would */
    caller_cache_put(cache, &k, mark);
    assert_false(caller_cache_find(cache, STR("LTAIa"), NULL, &got));
}

static void test_the_cache_is_bounded(void **state)
{
    (void)state;
    char id[32];
    key_holder got;
    unsigned found = 0;
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(id, sizeof id, "LTAI%u", i);
        key_holder k = holder(id, i);
        put(&k);
    }
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(id, sizeof id, "LTAI%u", i);
        found += caller_cache_find(cache, str_from_c(id), NULL, &got);
    }
    assert_true(found > 0 && found <= 64);
}

static void test_uses_are_coalesced(void **state)
{
    (void)state;
    last_use u[4];
    key_holder k = holder("LTAIa", 1);
    put(&k);
    assert_int_equal(caller_cache_take_uses(cache, true, 1000, u, 4), 0);
    caller_cache_used(cache, &k.who, PRODUCT_RAM, 1000);
    caller_cache_used(cache, &k.who, PRODUCT_STS, 1001);
    assert_int_equal(caller_cache_take_uses(cache, false, 1002, u, 4), 1);
    assert_int_equal(u[0].at_s, 1001);
    assert_int_equal(u[0].service, PRODUCT_STS);
    assert_string_equal(u[0].access_key_id, "LTAIa");
    caller_cache_used(cache, &k.who, PRODUCT_IMS, 1003);
    assert_int_equal(caller_cache_take_uses(cache, false, 1004, u, 4), 0);
    assert_int_equal(caller_cache_take_uses(cache, false, 1001 + LAST_USED_LATE_S, u, 4), 1);
    assert_int_equal(u[0].at_s, 1003);
    assert_int_equal(caller_cache_take_uses(cache, true, 9000, u, 4), 0);
}

/* A caller's policies are its account's text: however large, they do not fill the memory of all. */
static void test_memory_is_bounded(void **state)
{
    (void)state;
    enum { DOCUMENTS_MAX = 1024 * 1024 };
    caller_cache *small = caller_cache_new(4096, DOCUMENTS_MAX, clocks, world_system());
    assert_non_null(small);
    const size_t before = policy_documents_bytes();
    for (unsigned i = 0; i < 2000; i++) {
        char id[32];
        err e;
        policy_document *d = NULL;
        const str text = STR(
            "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"a:b\",\"c:d*\",\"e:*f*\"],\"Resource\":\"*\"}]}");
        assert_int_equal(policy_document_parse(text, POLICY_IDENTITY, &d, &e), ST_OK);
        snprintf(id, sizeof id, "LTAI%u", i);
        key_holder k = holder(id, i);
        k.authority = authority_of_session_policy(d);
        policy_document_release(d);
        k.who.authority = k.authority;
        k.who.epoch_sum = caller_epoch_sum(clocks, &k.who);
        caller_cache_put(small, &k, caller_cache_mark(small));
        key_holder_done(&k);
        assert_true(policy_documents_bytes() <= before + DOCUMENTS_MAX + 64 * 1024);
    }
    caller_cache_free(small);
    assert_int_equal(policy_documents_bytes(), before);
}

/* A session answers for the very token it was loaded with, and nothing of a session is written. */
static void test_a_session_is_found_by_its_token_only(void **state)
{
    (void)state;
    caller_session session = { .name = "s", .chain_n = 1 };
    memset(session.token_digest, 1, sizeof session.token_digest);
    key_holder k = holder("STS.a", 1), got;
    k.who.kind = CALLER_ROLE;
    k.who.session = &session;
    put(&k);
    uint8_t other[32];
    memcpy(other, session.token_digest, sizeof other);
    assert_true(caller_cache_find(cache, STR("STS.a"), other, &got));
    for (size_t i = 0; i < sizeof other; i++) {
        other[i] ^= 0x80;
        assert_false(caller_cache_find(cache, STR("STS.a"), other, &got));
        other[i] ^= 0x80;
    }
    assert_false(caller_cache_find(cache, STR("STS.a"), NULL, &got));
    key_holder permanent = holder("LTAIa", 1);
    put(&permanent);
    assert_false(caller_cache_find(cache, STR("LTAIa"), other, &got));
    last_use u[4];
    caller_cache_used(cache, &k.who, PRODUCT_RAM, 1000);
    assert_int_equal(caller_cache_take_uses(cache, true, 2000, u, 4), 0);
}

static void test_a_use_outlives_its_entry(void **state)
{
    (void)state;
    char id[32];
    static last_use u[2048];
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(id, sizeof id, "LTAI%u", i);
        key_holder k = holder(id, i);
        put(&k);
        caller_cache_used(cache, &k.who, PRODUCT_RAM, 1000);
    }
    assert_int_equal(caller_cache_take_uses(cache, true, 1000, u, 2048), 1000);
    key_holder uncached = holder("LTAInever", 5000);
    caller_cache_used(cache, &uncached.who, PRODUCT_RAM, 1000);
    assert_int_equal(caller_cache_take_uses(cache, true, 1000, u, 2048), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_was_put_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_network_policy_comes_along, setup, teardown),
        cmocka_unit_test_setup_teardown(test_any_of_its_epochs_ends_it, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_fill_that_an_epoch_overtook_is_dropped, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_cache_is_bounded, setup, teardown),
        cmocka_unit_test_setup_teardown(test_uses_are_coalesced, setup, teardown),
        cmocka_unit_test_setup_teardown(test_memory_is_bounded, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_session_is_found_by_its_token_only, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_use_outlives_its_entry, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
