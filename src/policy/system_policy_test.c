/* system_policy_test.c */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "policy/system_policy.h"

static const struct {
    str policy, action;
    bool want;
} cases[] = {
    { STR_INIT("AdministratorAccess"), STR_INIT("anything:AtAll"), true },
    { STR_INIT("AliyunRAMFullAccess"), STR_INIT("ram:DeleteUser"), true },
    { STR_INIT("AliyunRAMFullAccess"), STR_INIT("RAM:deleteuser"), true },
    { STR_INIT("AliyunRAMFullAccess"), STR_INIT("ims:GetUser"), true },
    { STR_INIT("AliyunRAMFullAccess"), STR_INIT("sts:AssumeRole"), false },
    { STR_INIT("AliyunRAMFullAccess"), STR_INIT("ram"), false },
    { STR_INIT("AliyunRAMReadOnlyAccess"), STR_INIT("ram:GetUser"), true },
    { STR_INIT("AliyunRAMReadOnlyAccess"), STR_INIT("ram:ListUsers"), true },
    { STR_INIT("AliyunRAMReadOnlyAccess"), STR_INIT("ram:CreateUser"), false },
    { STR_INIT("AliyunRAMReadOnlyAccess"), STR_INIT("ram:Ge"), false },
    { STR_INIT("AliyunRAMReadOnlyAccess"), STR_INIT(""), false },
};

static void what_they_allow(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const system_policy *p = system_policy_find(cases[i].policy);
        assert_non_null(p);
        if (system_policy_allows(p, cases[i].action) != cases[i].want)
            fail_msg(STR_FMT " on " STR_FMT, STR_ARG(cases[i].policy), STR_ARG(cases[i].action));
    }
}

static void they_are_found_by_their_exact_name(void **state)
{
    (void)state;
    assert_null(system_policy_find(STR("administratoraccess")));
    assert_null(system_policy_find(STR("")));
    assert_null(system_policy_find((str){ NULL, 0 }));
    uint32_t bits = 0;
    size_t n = 0;
    const system_policy *before = NULL;
    for (const system_policy *p; (p = system_policy_at(n)) != NULL; n++) {
        assert_true(before == NULL || str_cmp(before->name, p->name) < 0); /* listed by name */
        assert_true((bits & (uint32_t)p->bit) == 0);
        bits |= (uint32_t)p->bit;
        before = p;
    }
    assert_int_equal(n, 3);
}

static void documents(void **state)
{
    (void)state;
    arena *a = arena_new(4096, 65536);
    str text;
    assert_int_equal(system_policy_document(system_policy_find(STR("AdministratorAccess")), a, &text), ST_OK);
    assert_true(
        str_eq(text, STR("{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"*\"],\"Resource\":\"*\"}]}")));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_they_allow),
        cmocka_unit_test(they_are_found_by_their_exact_name),
        cmocka_unit_test(documents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
