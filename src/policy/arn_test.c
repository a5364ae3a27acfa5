#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "policy/arn.h"

/* RAM, "ARN": acs:<ram-code>:<region>:<account-id>:<relative-id>. */
static void arns_are_split(void **state)
{
    (void)state;
    arn x;
    assert_int_equal(arn_split(STR("acs:oss:cn-hangzhou:1234567890123456:bucket/a:b"), &x), ST_OK);
    assert_true(str_eq(x.partition, STR("acs")));
    assert_true(str_eq(x.service, STR("oss")));
    assert_true(str_eq(x.region, STR("cn-hangzhou")));
    assert_true(str_eq(x.account, STR("1234567890123456")));
    assert_true(str_eq(x.relative, STR("bucket/a:b")));
    assert_int_equal(arn_split(STR("acs:ram::1234567890123456:root"), &x), ST_OK);
    assert_true(x.region.p != NULL && x.region.n == 0);
    assert_int_equal(arn_split(STR("acs:oss:::*"), &x), ST_OK);
}

static void what_is_no_arn(void **state)
{
    (void)state;
    static const str bad[] = {
        STR_INIT(""),           STR_INIT("*"),          STR_INIT("acs"),         STR_INIT("acs:ram"),
        STR_INIT("acs:ram::"),  STR_INIT("acs:ram::1"), STR_INIT("acs::::x"),    STR_INIT("aws:ram::1:x"),
        STR_INIT("ACS:r::1:x"), STR_INIT(":ram::1:x"),  STR_INIT("acs:ram::1:"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        arn x = { .service = STR("kept") };
        if (arn_split(bad[i], &x) != ST_INVALID || !str_eq(x.service, STR("kept")))
            fail_msg("%s", bad[i].p);
    }
    arn x;
    assert_int_equal(arn_split((str){ NULL, 0 }, &x), ST_INVALID);
}

static const struct {
    str text;
    uint64_t account;
    str name;
} roles[] = {
    { STR_INIT("acs:ram::1234567890123456:role/ops"), 1234567890123456, STR_INIT("ops") },
    { STR_INIT("acs:ram:*:1234567890123456:role/ops"), 1234567890123456, STR_INIT("ops") },
    { STR_INIT("acs:ram:cn-hangzhou:1:role/Ops.a-b"), 1, STR_INIT("Ops.a-b") },
    { STR_INIT("acs:ram::18446744073709551615:role/x"), UINT64_MAX, STR_INIT("x") },
};

static void roles_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        uint64_t account = 0;
        str name = { NULL, 0 };
        assert_int_equal(arn_role(roles[i].text, &account, &name), ST_OK);
        assert_true(account == roles[i].account);
        assert_true(str_eq(name, roles[i].name));
    }
}

static void what_is_no_role(void **state)
{
    (void)state;
    static const str bad[] = {
        STR_INIT("acs:ram::1:user/ops"),
        STR_INIT("acs:ram::1:role/"),
        STR_INIT("acs:ram::1:role"),
        STR_INIT("acs:ram::1:role/a/b"),
        STR_INIT("acs:ram::1:Role/a"),
        STR_INIT("acs:ram::1:root"),
        STR_INIT("acs:ram:::role/a"),
        STR_INIT("acs:ram::0:role/a"),
        STR_INIT("acs:ram::01:role/a"),
        STR_INIT("acs:ram::*:role/a"),
        STR_INIT("acs:ram::18446744073709551616:role/a"),
        STR_INIT("acs:ecs::1:role/a"),
        STR_INIT(""),
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint64_t account = 7;
        str name = STR("kept");
        if (arn_role(bad[i], &account, &name) != ST_INVALID || account != 7 || !str_eq(name, STR("kept")))
            fail_msg("%s", bad[i].p);
    }
}

static void roles_are_written_in_lower_case(void **state)
{
    (void)state;
    CLEANUP(arena_free_at) arena *a = arena_new(1024, 16 * 1024);
    str text, name;
    uint64_t account = 0;
    assert_int_equal(arn_of_role(a, 1234567890123456, STR("Deploy.R-2"), &text), ST_OK);
    assert_true(str_eq(text, STR("acs:ram::1234567890123456:role/deploy.r-2")));
    assert_int_equal(arn_role(text, &account, &name), ST_OK);
    assert_true(account == 1234567890123456 && str_eq(name, STR("deploy.r-2")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arns_are_split),
        cmocka_unit_test(what_is_no_arn),
        cmocka_unit_test(roles_are_read),
        cmocka_unit_test(what_is_no_role),
        cmocka_unit_test(roles_are_written_in_lower_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
