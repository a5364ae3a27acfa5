#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/arena.h"

static void memory_is_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    arena *a = arena_new(64, 100000);
    assert_non_null(a);
    uint8_t *before = NULL;
    for (size_t n = 1; n < 200; n++) {
        uint8_t *p = arena_alloc(a, n);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
        memset(p, (int)n, n);
        if (before != NULL)
            assert_int_equal(before[n - 2], n - 1);
        before = p;
    }
    arena_free(a);
}

static void memory_is_zeroed_again_after_a_reset(void **state)
{
    (void)state;
    arena *a = arena_new(256, 10000);
    assert_non_null(a);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 10; i++) {
            uint8_t *p = arena_alloc(a, 100);
            assert_non_null(p);
            for (size_t at = 0; at < 100; at++)
                assert_int_equal(p[at], 0);
            memset(p, 0xAA, 100);
        }
        assert_true(arena_used(a) >= 1000);
        arena_reset(a);
        assert_int_equal(arena_used(a), 0);
    }
    arena_free(a);
}

static void a_reset_keeps_the_first_block(void **state)
{
    (void)state;
    arena *a = arena_new(256, 10000);
    assert_non_null(a);
    void *first = arena_alloc(a, 16);
    assert_non_null(arena_alloc(a, 5000));
    arena_reset(a);
    assert_ptr_equal(arena_alloc(a, 16), first);
    arena_free(a);
}

static void the_cap_is_exact(void **state)
{
    (void)state;
    arena *a = arena_new(64, 1000);
    assert_non_null(a);
    assert_null(arena_alloc(a, 1001));
    assert_null(arena_alloc(a, SIZE_MAX));
    assert_int_equal(arena_used(a), 0);
    assert_non_null(arena_alloc(a, 1000));
    assert_int_equal(arena_used(a), 1000);
    assert_null(arena_alloc(a, 1));
    str s = STR("kept");
    assert_int_equal(arena_copy(a, STR("x"), &s), ST_NO_MEMORY);
    assert_int_equal(arena_printf(a, &s, "%d", 5), ST_NO_MEMORY);
    assert_string_equal(s.p, "kept");
    arena_reset(a);
    assert_non_null(arena_alloc(a, 1000));
    arena_free(a);
}

static void a_cap_below_the_first_block_holds(void **state)
{
    (void)state;
    arena *a = arena_new(4096, 100);
    assert_non_null(a);
    assert_non_null(arena_alloc(a, 90));
    assert_null(arena_alloc(a, 90));
    arena_free(a);
}

static void products_are_checked(void **state)
{
    (void)state;
    arena *a = arena_new(0, 1000);
    assert_non_null(a);
    assert_null(arena_alloc_n(a, SIZE_MAX / 2, 4));
    assert_null(arena_alloc_n(a, 4, SIZE_MAX / 2));
    assert_non_null(arena_alloc_n(a, 10, 10));
    assert_non_null(arena_alloc_n(a, 0, 10));
    assert_null(arena_new(SIZE_MAX, SIZE_MAX));
    arena_free(a);
    arena_free(NULL);
}

static void texts(void **state)
{
    (void)state;
    arena *a = arena_new(8, 10000);
    assert_non_null(a);
    str s;
    assert_int_equal(arena_copy(a, STR("a\0b"), &s), ST_OK);
    assert_true(str_eq(s, STR("a\0b")));
    assert_int_equal(s.p[3], '\0');
    assert_int_equal(arena_copy(a, STR(""), &s), ST_OK);
    assert_true(s.p != NULL && s.n == 0 && s.p[0] == '\0');
    assert_int_equal(arena_copy(a, (str){ 0 }, &s), ST_OK);
    assert_null(s.p);
    assert_int_equal(arena_printf(a, &s, "%s:%05d", "acs", 42), ST_OK);
    assert_true(str_eq(s, STR("acs:00042")));
    assert_int_equal(s.p[s.n], '\0');
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(memory_is_zeroed_again_after_a_reset),
        cmocka_unit_test(a_reset_keeps_the_first_block),
        cmocka_unit_test(the_cap_is_exact),
        cmocka_unit_test(a_cap_below_the_first_block_holds),
        cmocka_unit_test(products_are_checked),
        cmocka_unit_test(texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
