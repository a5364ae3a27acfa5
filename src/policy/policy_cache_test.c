/* policy_cache_test.c */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>

#include "policy/policy_cache.h"

static policy_document *one(void)
{
    policy_document *d = NULL;
    err e = { 0 };
    const str text =
        STR("{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"ram:GetUser\",\"Resource\":\"*\"}]}");
    assert_int_equal(policy_document_parse(text, POLICY_IDENTITY, &d, &e), ST_OK);
    return d;
}

static bool holds(policy_cache *c, uint64_t id, uint32_t version)
{
    policy_document *d = policy_cache_find(c, id, version);
    policy_document_release(d);
    return d != NULL;
}

static void what_is_put_is_found(void **state)
{
    (void)state;
    policy_cache *c = policy_cache_new(1 << 20, world_system());
    policy_document *a = one(), *b = one();
    assert_null(policy_cache_find(c, 500000000000000001, 1));
    policy_cache_put(c, 500000000000000001, 1, a);
    policy_cache_put(c, 500000000000000001, 2, b);
    policy_document *found = policy_cache_find(c, 500000000000000001, 1);
    assert_ptr_equal(found, a);
    policy_document_release(found);
    found = policy_cache_find(c, 500000000000000001, 2);
    assert_ptr_equal(found, b);
    policy_document_release(found);
    assert_false(holds(c, 500000000000000001, 3));
    assert_false(holds(c, 500000000000000002, 1));
    policy_document_release(a);
    policy_document_release(b);
    assert_true(holds(c, 500000000000000001, 1)); /* it holds references of its own */
    policy_cache_free(c);
}

/* The same policy and version mean the same document: a second one changes nothing. */
static void the_first_stays(void **state)
{
    (void)state;
    policy_cache *c = policy_cache_new(1 << 20, world_system());
    policy_document *a = one(), *b = one();
    policy_cache_put(c, 1, 1, a);
    policy_cache_put(c, 1, 1, b);
    policy_document *found = policy_cache_find(c, 1, 1);
    assert_ptr_equal(found, a);
    policy_document_release(found);
    policy_document_release(a);
    policy_document_release(b);
    policy_cache_free(c);
}

/* Held by the cache alone. */
static void put_one(policy_cache *c, uint64_t id)
{
    policy_document *d = one();
    policy_cache_put(c, id, 1, d);
    policy_document_release(d);
}

static void the_least_recently_found_goes_first(void **state)
{
    (void)state;
    policy_document *d = one();
    const size_t room = 4 * (policy_document_bytes(d) + 128); /* three to four of them, whatever an entry costs */
    policy_cache *c = policy_cache_new(room, world_system());
    for (uint64_t id = 1; id <= 3; id++)
        put_one(c, id);
    assert_true(holds(c, 1, 1) && holds(c, 2, 1) && holds(c, 3, 1));
    for (uint64_t id = 4; id <= 40; id++) {
        assert_true(holds(c, 1, 1)); /* kept alive by being found */
        put_one(c, id);
        assert_true(holds(c, id, 1));
    }
    assert_false(holds(c, 2, 1));
    assert_false(holds(c, 3, 1));
    unsigned n = 0;
    for (uint64_t id = 1; id <= 40; id++)
        n += holds(c, id, 1) ? 1 : 0;
    assert_true(n >= 3 && n <= 4);
    policy_document_release(d);
    policy_cache_free(c);
}

/* What somebody holds is in memory all the same: it stays findable, so that the next caller shares it. */
static void a_document_that_is_held_stays(void **state)
{
    (void)state;
    policy_document *a = one(), *b = one();
    policy_cache *c = policy_cache_new(policy_document_bytes(a) + 128, world_system());
    policy_cache_put(c, 1, 1, a);
    policy_document *held = policy_cache_find(c, 1, 1);
    policy_document_release(a);
    policy_cache_put(c, 2, 1, b); /* room for one */
    policy_document_release(b);
    assert_true(holds(c, 1, 1));
    assert_int_equal(policy_document_statement_count(held), 1);
    policy_document_release(held);
    for (uint64_t id = 3; id < 10; id++)
        put_one(c, id);
    assert_false(holds(c, 1, 1));
    assert_false(holds(c, 2, 1));
    policy_cache_free(c);
}

static void what_does_not_fit_is_not_kept(void **state)
{
    (void)state;
    policy_document *d = one();
    policy_cache *none = policy_cache_new(0, world_system()),
                 *small = policy_cache_new(policy_document_bytes(d), world_system());
    policy_cache_put(none, 1, 1, d);
    assert_false(holds(none, 1, 1));
    policy_cache_put(small, 1, 1, d);
    assert_false(holds(small, 1, 1));
    policy_document_release(d);
    policy_cache_free(none);
    policy_cache_free(small);
    policy_cache_free(NULL);
}

static status no_chance(void *self, uint8_t *ret, size_t n)
{
    (void)self;
    (void)ret;
    (void)n;
    return ST_UNAVAILABLE;
}

static void without_chance_there_is_none(void **state)
{
    (void)state;
    const world w = { .random = no_chance };
    assert_null(policy_cache_new(1 << 20, &w));
}

enum { THREADS = 4, ROUNDS = 2000, POLICIES = 64 };

static void *work(void *self)
{
    policy_cache *c = self;
    for (unsigned i = 0; i < ROUNDS; i++) {
        const uint64_t id = i * 7919u % POLICIES;
        policy_document *d = policy_cache_find(c, id, 1);
        if (d == NULL) {
            d = one();
            policy_cache_put(c, id, 1, d);
        }
        if (policy_document_statement_count(d) != 1)
            return c;
        policy_document_release(d);
    }
    return NULL;
}

static void many_threads(void **state)
{
    (void)state;
    policy_document *d = one();
    policy_cache *c = policy_cache_new(POLICIES / 2 * policy_document_bytes(d), world_system());
    policy_document_release(d);
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, c), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *failed = NULL;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    policy_cache_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_is_found),
        cmocka_unit_test(the_first_stays),
        cmocka_unit_test(the_least_recently_found_goes_first),
        cmocka_unit_test(a_document_that_is_held_stays),
        cmocka_unit_test(what_does_not_fit_is_not_kept),
        cmocka_unit_test(without_chance_there_is_none),
        cmocka_unit_test(many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
