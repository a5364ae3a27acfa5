#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/status.h"

static void fills_code_and_log(void **state)
{
    (void)state;
    err e;
    assert_int_equal(err_set(&e, ST_LIMIT, "LimitExceeded.User", "user owns %u keys", 2u), ST_LIMIT);
    assert_string_equal(e.code, "LimitExceeded.User");
    assert_string_equal(e.log, "user owns 2 keys");
}

static void no_code_leaves_it_empty(void **state)
{
    (void)state;
    err e = { .code = "Old", .log = "old" };
    assert_int_equal(err_set(&e, ST_UNAVAILABLE, NULL, "disk"), ST_UNAVAILABLE);
    assert_string_equal(e.code, "");
    assert_string_equal(e.log, "disk");
}

static void both_texts_are_cut_at_their_size(void **state)
{
    (void)state;
    char most[400];
    memset(most, 'x', sizeof most - 1);
    most[sizeof most - 1] = '\0';
    err e;
    assert_int_equal(err_set(&e, ST_INVALID, most, "%s", most), ST_INVALID);
    assert_int_equal(strlen(e.code), ERR_CODE_MAX - 1);
    assert_int_equal(strlen(e.log), ERR_LOG_MAX - 1);
}

static void an_err_may_be_built_from_itself(void **state)
{
    (void)state;
    err e;
    assert_int_equal(err_set(&e, ST_INVALID, "A.B", "inner"), ST_INVALID);
    assert_int_equal(err_set(&e, ST_INVALID, e.code, "outer: %s", e.log), ST_INVALID);
    assert_string_equal(e.code, "A.B");
    assert_string_equal(e.log, "outer: inner");
}

static status leaves(status s, int *ret_reached)
{
    TRY(s);
    *ret_reached = 1;
    return ST_OK;
}

static void try_leaves_with_the_failure(void **state)
{
    (void)state;
    int reached = 0;
    assert_int_equal(leaves(ST_CONFLICT, &reached), ST_CONFLICT);
    assert_int_equal(reached, 0);
    assert_int_equal(leaves(ST_OK, &reached), ST_OK);
    assert_int_equal(reached, 1);
}

static void every_status_has_its_own_name(void **state)
{
    (void)state;
    for (int s = ST_OK; s <= ST_BUG; s++) {
        assert_memory_equal(status_name((status)s), "ST_", 3);
        for (int other = ST_OK; other < s; other++)
            assert_string_not_equal(status_name((status)s), status_name((status)other));
    }
    assert_string_equal(status_name(ST_NOT_FOUND), "ST_NOT_FOUND");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_code_and_log),
        cmocka_unit_test(no_code_leaves_it_empty),
        cmocka_unit_test(both_texts_are_cut_at_their_size),
        cmocka_unit_test(an_err_may_be_built_from_itself),
        cmocka_unit_test(try_leaves_with_the_failure),
        cmocka_unit_test(every_status_has_its_own_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
