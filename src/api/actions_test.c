#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "api/actions.h"
#include "policy/authorize.h"

/* A forgotten cell refuses at run time; here it fails the build's tests, with the action's name. */
static void test_no_row_has_an_empty_cell(void **state)
{
    (void)state;
    size_t n;
    const action_row *row = action_rows(&n);
    for (size_t i = 0; i < n; i++) {
        const action_shape *shape = catalogue_get(row[i].action);
        int functions = (row[i].answer != NULL) + (row[i].read != NULL) + (row[i].apply != NULL);
        bool is_open = row[i].authorized_as != NULL && strcmp(row[i].authorized_as, NO_PERMISSION_NEEDED) == 0;
        if (row[i].authorized_as == NULL || row[i].on == RES_NONE || row[i].class == CLASS_NONE || functions == 0 ||
            (row[i].read != NULL && row[i].apply != NULL) || is_open != (row[i].on == RES_NOTHING))
            fail_msg(STR_FMT, STR_ARG(shape->name));
        assert_ptr_equal(action_row_get(row[i].action), &row[i]);
    }
}

/* RAM's rule: IMS and RAM actions are authorized as ram:<Action>; so are Argali's own. */
static void test_rows_are_authorized_under_their_own_name(void **state)
{
    (void)state;
    size_t n;
    const action_row *row = action_rows(&n);
    for (size_t i = 0; i < n; i++) {
        const action_shape *shape = catalogue_get(row[i].action);
        str name = shape->name, as = str_from_c(row[i].authorized_as);
        str prefix = shape->product == PRODUCT_STS ? STR("sts:") : STR("ram:");
        if (!str_eq(as, STR(NO_PERMISSION_NEEDED)) && !(str_starts(as, prefix) && str_eq(str_slice(as, 4, as.n), name)))
            fail_msg(STR_FMT, STR_ARG(name));
    }
}

/* A write is never a read: what has apply is no Get, List, Decode or Explain, and the other way round. */
static void test_names_tell_reads_from_writes(void **state)
{
    (void)state;
    size_t n;
    const action_row *row = action_rows(&n);
    for (size_t i = 0; i < n; i++) {
        str name = catalogue_get(row[i].action)->name;
        bool is_read = str_starts(name, STR("Get")) || str_starts(name, STR("List")) || str_starts(name, STR("Decode")) ||
                       str_starts(name, STR("Explain"));
        if (is_read == (row[i].apply != NULL))
            fail_msg(STR_FMT, STR_ARG(name));
    }
}

static void test_every_row_refuses_who_is_not_proven(void **state)
{
    (void)state;
    size_t n;
    const action_row *row = action_rows(&n);
    for (size_t i = 0; i < n; i++) {
        const caller nobody = { 0 };
        const call c = { .row = &row[i], .shape = catalogue_get(row[i].action), .who = &nobody };
        authorization x;
        bool needs_store = true;
        err e;
        assert_int_equal(authorize(&c, &x, &needs_store, &e), ST_OK);
        assert_false(x.by.is_allowed || needs_store);
    }
}

static void test_an_action_without_a_row(void **state)
{
    (void)state;
    assert_null(action_row_get(0));
    assert_null(action_row_get(65535));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_row_has_an_empty_cell),     cmocka_unit_test(test_rows_are_authorized_under_their_own_name),
        cmocka_unit_test(test_names_tell_reads_from_writes), cmocka_unit_test(test_every_row_refuses_who_is_not_proven),
        cmocka_unit_test(test_an_action_without_a_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
