/* upn_test.c */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "user/upn.h"

static const default_domain domain = { STR_INIT("example"), STR_INIT("onaliyun.com") };

static const struct {
    const char *what;
    str upn;
    bool want;
} of_cases[] = {
    { "the whole domain", STR_INIT("alice@example.onaliyun.com"), true },
    { "the alias alone", STR_INIT("alice@example"), true },
    { "any case", STR_INIT("alice@EXAMPLE.OnAliyun.COM"), true },
    { "alias in any case", STR_INIT("alice@Example"), true },
    { "no @", STR_INIT("alice"), false },
    { "empty domain", STR_INIT("alice@"), false },
    { "another alias", STR_INIT("alice@example2.onaliyun.com"), false },
    { "another suffix", STR_INIT("alice@example.onaliyun.org"), false },
    { "suffix alone", STR_INIT("alice@onaliyun.com"), false },
    { "cut short", STR_INIT("alice@example.onaliyun.co"), false },
    { "one longer", STR_INIT("alice@example.onaliyun.comm"), false },
    { "no dot", STR_INIT("alice@example-onaliyun.com"), false },
    { "a second @", STR_INIT("alice@x@example.onaliyun.com"), false },
    { "final dot", STR_INIT("alice@example."), false },
};

static void is_of_the_account(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof of_cases / sizeof of_cases[0]; i++) {
        if (upn_is_of(of_cases[i].upn, domain) != of_cases[i].want)
            fail_msg("%s", of_cases[i].what);
    }
}

static void parts_and_whole(void **state)
{
    (void)state;
    arena *a = arena_new(1024, 4096);
    str upn;
    assert_int_equal(upn_compose(a, STR("Alice.B"), domain, &upn), ST_OK);
    assert_true(str_eq(upn, STR("Alice.B@example.onaliyun.com")));
    assert_true(str_eq(upn_name(upn), STR("Alice.B")));
    assert_true(str_eq(upn_name(STR("alice")), STR("alice")));
    assert_true(str_eq(upn_name(STR("a@b@c")), STR("a")));
    arena_free(a);
}

#define SIXTY "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff"

static const struct {
    const char *what;
    str name;
    bool want;
} name_cases[] = {
    { "empty", STR_INIT(""), false },
    { "one", STR_INIT("a"), true },
    { "all kinds", STR_INIT("Az09.-_"), true },
    { "longest", STR_INIT(SIXTY "1234"), true },
    { "one past longest", STR_INIT(SIXTY "12345"), false },
    { "blank", STR_INIT("a b"), false },
    { "@", STR_INIT("a@b"), false },
    { "slash", STR_INIT("a/b"), false },
    { "NUL", STR_INIT("a\0b"), false },
    { "not ASCII", STR_INIT("\xC3\xA4"), false },
};

static void names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof name_cases / sizeof name_cases[0]; i++) {
        if (user_name_is_valid(name_cases[i].name) != name_cases[i].want)
            fail_msg("%s", name_cases[i].what);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_of_the_account),
        cmocka_unit_test(parts_and_whole),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
