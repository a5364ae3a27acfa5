#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "policy/condition.h"

static arena *a;

static int setup(void **state)
{
    (void)state;
    a = arena_new(16 * 1024, 1024 * 1024);
    return a != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

/* The texts of "a|b|c"; "-": absent, of which there are none. */
static size_t split(const char *list, str ret[8])
{
    str rest = str_from_c(list);
    size_t n = 0;
    if (strcmp(list, "-") == 0)
        return 0;
    while (n < 8 && str_next(&rest, '|', &ret[n]))
        n++;
    return n;
}

static bool holds(const char *operator_name, const char *written, const char *present)
{
    str values[8], there[8];
    const size_t n = split(written, values), there_n = split(present, there);
    const str me[] = { STR("alice") };
    const context_entry entries[] = { { STR("acs:PrincipalName"), me, 1 }, { STR("TEST:key"), there, there_n } };
    const context c = { entries, there_n > 0 ? 2 : 1 };
    const condition *k = NULL;
    const char *why = "?";
    size_t at;
    bool failed = false;
    if (condition_compile(str_from_c(operator_name), STR("test:Key"), values, n, a, &k, &at, &why) != ST_OK)
        fail_msg("%s %s: %s", operator_name, written, why);
    assert_true(str_eq(condition_operator(k), str_from_c(operator_name)));
    assert_true(str_eq(condition_key(k), STR("test:Key")));
    const bool is = condition_holds(k, &c, a, &failed);
    assert_false(failed);
    return is;
}

/* RAM, "Condition operators": several values written are an OR. */
static const struct {
    const char *name, *written, *present;
    bool want;
} cases[] = {
    { "StringEquals", "a", "a", true },
    { "StringEquals", "a", "A", false },
    { "StringEquals", "a", "ab", false },
    { "StringEquals", "a|b", "b", true },
    { "StringEquals", "a*", "ab", false },
    { "StringEquals", "a*", "a*", true },
    { "StringEquals", "a", "-", false },
    { "StringEquals", "${acs:PrincipalName}", "alice", true },
    { "StringEquals", "${acs:PrincipalName}", "bob", false },
    { "StringEquals", "${acs:Absent}", "", false },
    { "StringNotEquals", "a", "b", true },
    { "StringNotEquals", "a", "a", false },
    { "StringNotEquals", "a|b", "b", false }, /* none of them may match */
    { "StringNotEquals", "a|b", "c", true },
    { "StringNotEquals", "a", "-", true },
    { "StringEqualsIgnoreCase", "Ab", "aB", true },
    { "StringEqualsIgnoreCase", "Ab", "aC", false },
    { "StringNotEqualsIgnoreCase", "Ab", "aB", false },
    { "StringNotEqualsIgnoreCase", "Ab", "aC", true },
    { "StringLike", "a*c", "abbc", true },
    { "StringLike", "a?c", "abbc", false },
    { "StringLike", "A*", "abc", false },
    { "StringLike", "x|a*", "abc", true },
    { "StringLike", "${acs:PrincipalName}*", "alice-2", true },
    { "StringNotLike", "a*", "abc", false },
    { "StringNotLike", "a*", "xbc", true },
    { "NumericEquals", "10", "10.0", true },
    { "NumericEquals", "10", "11", false },
    { "NumericEquals", "10", "ten", false },
    { "NumericNotEquals", "10", "11", true },
    { "NumericNotEquals", "10", "10.00", false },
    { "NumericNotEquals", "10", "ten", true }, /* no number matches nothing */
    { "NumericLessThan", "10", "9.999", true },
    { "NumericLessThan", "10", "10", false },
    { "NumericLessThanEquals", "10", "10", true },
    { "NumericLessThanEquals", "10", "10.001", false },
    { "NumericLessThan", "1|20", "10", true },
    { "NumericGreaterThan", "-10", "-9", true },
    { "NumericGreaterThan", "10", "10", false },
    { "NumericGreaterThan", "10", "", false },
    { "NumericGreaterThanEquals", "10", "10", true },
    { "NumericGreaterThanEquals", "10", "9", false },
    { "DateEquals", "2026-11-24T08:00:00+08:00", "2026-11-24T00:00:00Z", true },
    { "DateEquals", "2026-11-24", "2026-11-24T00:00:01Z", false },
    { "DateNotEquals", "2026-11-24", "2026-11-24T00:00:00Z", false },
    { "DateNotEquals", "2026-11-24", "2026-11-25T00:00:00Z", true },
    { "DateNotEquals", "2026-11-24", "soon", true },
    { "DateLessThan", "2026-11-24T08:00:00+08:00", "2026-11-23T23:59:59Z", true },
    { "DateLessThan", "2026-11-24T08:00:00+08:00", "2026-11-24T00:00:00Z", false },
    { "DateLessThan", "2026-11-24", "soon", false },
    { "DateLessThanEquals", "2026-11-24", "2026-11-24T00:00:00Z", true },
    { "DateGreaterThan", "1795478400", "2026-11-24T00:00:01Z", true },
    { "DateGreaterThan", "1795478400", "2026-11-24T00:00:00Z", false },
    { "DateGreaterThanEquals", "2026-11-24T00:00:00Z", "1795478400", true },
    { "DateGreaterThanEquals", "2026-11-24T00:00:00Z", "1795478399", false },
    { "Bool", "true", "true", true },
    { "Bool", "true", "false", false },
    { "Bool", "False", "false", true },
    { "Bool", "true", "yes", false },
    { "Bool", "false", "-", false }, /* a key that is absent is not false */
    { "IpAddress", "10.0.0.0/8", "10.1.2.3", true },
    { "IpAddress", "10.0.0.0/8", "11.1.2.3", false },
    { "IpAddress", "192.0.2.1|2001:db8::/32", "2001:db8::5", true },
    { "IpAddress", "0.0.0.0/0", "unknown", false },
    { "NotIpAddress", "10.0.0.0/8|11.0.0.0/8", "11.1.2.3", false },
    { "NotIpAddress", "10.0.0.0/8|11.0.0.0/8", "12.1.2.3", true },
    { "NotIpAddress", "10.0.0.0/8", "unknown", true },
    { "NotIpAddress", "10.0.0.0/8", "-", true },
    { "Null", "true", "-", true },
    { "Null", "true", "a", false },
    { "Null", "true", "", false }, /* empty is not absent */
    { "Null", "false", "-", false },
    { "Null", "false", "a", true },
    { "Null", "true|false", "-", true },
    /* several values in the context */
    { "StringEquals", "a", "x|a", true },
    { "StringEquals", "a", "x|y", false },
    { "StringNotEquals", "a", "x|a", false },
    { "StringNotEquals", "a", "x|y", true },
    { "ForAnyValue:StringEquals", "a|b", "x|b", true },
    { "ForAnyValue:StringEquals", "a|b", "x|y", false },
    { "ForAnyValue:StringEquals", "a", "-", false },
    { "ForAnyValue:StringNotEquals", "a", "x|a", true },
    { "ForAnyValue:StringNotEquals", "a|b", "b|a", false },
    { "ForAnyValue:IpAddress", "10.0.0.0/8", "192.0.2.1|10.0.0.1", true },
    { "ForAllValues:StringEquals", "a|b", "a|b", true },
    { "ForAllValues:StringEquals", "a|b", "a|x", false },
    { "ForAllValues:StringLike", "a*|b*", "ax|bx|ay", true },
    { "ForAllValues:StringNotEquals", "a|b", "x|y", true },
    { "ForAllValues:StringNotEquals", "a|b", "x|a", false },
    { "ForAllValues:NumericLessThan", "10", "1|2|10", false },
    { "ForAllValues:StringEquals", "a", "-", true },
    /* IfExists */
    { "StringEqualsIfExists", "a", "-", true },
    { "StringEqualsIfExists", "a", "a", true },
    { "StringEqualsIfExists", "a", "b", false },
    { "StringNotEqualsIfExists", "a", "-", true },
    { "StringNotEqualsIfExists", "a", "a", false },
    { "BoolIfExists", "true", "-", true },
    { "BoolIfExists", "true", "false", false },
    { "IpAddressIfExists", "10.0.0.0/8", "-", true },
    { "NumericLessThanIfExists", "5", "-", true },
    { "NumericLessThanIfExists", "5", "6", false },
    { "DateLessThanIfExists", "2026-11-24", "-", true },
    { "ForAnyValue:StringEqualsIfExists", "a", "-", true },
    { "ForAnyValue:StringEqualsIfExists", "a", "b|c", false },
    { "ForAllValues:StringLikeIfExists", "a*", "-", true },
};

static void operators_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (holds(cases[i].name, cases[i].written, cases[i].present) != cases[i].want)
            fail_msg("%s %s on %s", cases[i].name, cases[i].written, cases[i].present);
    }
}

/* RAM, "Condition operators", all of them. */
static const char *const known[] = {
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "IpAddress",
    "NotIpAddress",
};

static void names_of_operators(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        static const char *const forms[] = {
            "%s", "%sIfExists", "ForAnyValue:%s", "ForAllValues:%s", "ForAnyValue:%sIfExists", "ForAllValues:%sIfExists"
        };
        for (size_t k = 0; k < sizeof forms / sizeof forms[0]; k++) {
            const str form = str_from_c(forms[k]);
            str name, before, after;
            assert_true(str_split(form, '%', &before, &after));
            assert_int_equal(arena_printf(a, &name, STR_FMT "%s%s", STR_ARG(before), known[i], after.p + 1), ST_OK);
            if (!condition_operator_is_known(name))
                fail_msg(STR_FMT, STR_ARG(name));
        }
    }
    assert_true(condition_operator_is_known(STR("Null")));
    static const char *const unknown[] = {
        "",
        "stringequals",
        "StringEqual",
        "ForAnyValue:",
        "IfExists",
        "NullIfExists",
        "ForAnyValue:Null",
        "ForAllValues:Null",
        "IfExistsBool",
        "BoolIfExistsIfExists",
        "ArnLike",
        "BinaryEquals",
        "foranyvalue:Bool",
        "ForAnyValue:ForAllValues:Bool",
        "StringEquals ",
        "BoolNotEquals",
        "ForAllValues:StringEqualsifexists",
    };
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        if (condition_operator_is_known(str_from_c(unknown[i])))
            fail_msg("%s", unknown[i]);
    }
}

static const struct {
    const char *name, *key, *written;
    size_t at;
} malformed[] = {
    { "NumericEquals", "a:b", "1|x", 1 },
    { "NumericEquals", "a:b", "1e3", 0 },
    { "NumericLessThan", "a:b", "${acs:x}", 0 },
    { "DateEquals", "a:b", "2026-11-24|2026-11-24|yesterday", 2 },
    { "DateLessThan", "a:b", "2026-11-24T00:00:00", 0 },
    { "Bool", "a:b", "yes", 0 },
    { "Bool", "a:b", "", 0 },
    { "Null", "a:b", "0", 0 },
    { "IpAddress", "a:b", "10.0.0.0/8|10.0.0.0/40", 1 },
    { "NotIpAddress", "a:b", "10.0.0.*", 0 },
    { "StringEquals", "a:b", "x|${a", 1 },
    { "StringLike", "a:b", "${a}", 0 },
    { "StringLike", "a:b", "-", SIZE_MAX },
    { "StringLike", "SourceIp", "x", SIZE_MAX },
    { "StringLike", "", "x", SIZE_MAX },
    { "StringLike", "acs:", "x", SIZE_MAX },
    { "StringLike", ":x", "x", SIZE_MAX },
    { "StringLike", "acs:\x01", "x", SIZE_MAX },
    { "StringAlike", "a:b", "x", SIZE_MAX },
};

static void what_is_no_condition(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        str values[8];
        const condition *k = NULL;
        const char *why = NULL;
        size_t at = 99;
        const size_t n = split(malformed[i].written, values);
        if (condition_compile(str_from_c(malformed[i].name), str_from_c(malformed[i].key), values, n, a, &k, &at, &why) !=
                ST_INVALID ||
            at != malformed[i].at || why == NULL || k != NULL)
            fail_msg("%s %s %s: %zu", malformed[i].name, malformed[i].key, malformed[i].written, at);
    }
}

/* Who may choose a value may not widen what it is compared with. */
static void injected_wildcards_mean_nothing(void **state)
{
    (void)state;
    const str star[] = { STR("*") }, bucket[] = { STR("secret") };
    const context_entry entries[] = { { STR("acs:RequestTag/team"), star, 1 }, { STR("oss:Prefix"), bucket, 1 } };
    const context c = { entries, 2 };
    const str written[] = { STR("${acs:RequestTag/team}") };
    const condition *k = NULL;
    const char *why;
    size_t at;
    bool failed = false;
    assert_int_equal(condition_compile(STR("StringLike"), STR("oss:Prefix"), written, 1, a, &k, &at, &why), ST_OK);
    assert_false(condition_holds(k, &c, a, &failed));
    assert_false(failed);
    assert_true(condition_uses(k, STR("oss:prefix")));
    assert_true(condition_uses(k, STR("acs:RequestTag/")));
    assert_false(condition_uses(k, STR("acs:ResourceTag/")));
}

static void keys_of_a_context(void **state)
{
    (void)state;
    const str one[] = { STR("") };
    const context_entry entries[] = { { STR("acs:SourceIp"), one, 1 } };
    const context c = { entries, 1 };
    assert_ptr_equal(context_find(&c, STR("ACS:sourceip")), &entries[0]);
    assert_null(context_find(&c, STR("acs:SourceIp2")));
    assert_null(context_find(&c, STR("acs:Source")));
    assert_null(context_find(NULL, STR("acs:SourceIp")));
    assert_true(context_key_is_of(STR("acs:resourcetag/x"), STR("acs:ResourceTag/")));
    assert_false(context_key_is_of(STR("acs:ResourceTag/"), STR("acs:ResourceTag/")));
    assert_false(context_key_is_of(STR("acs:ResourceTag/x"), STR("acs:ResourceTag")));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(operators_hold),    TEST(names_of_operators), TEST(what_is_no_condition), TEST(injected_wildcards_mean_nothing),
        TEST(keys_of_a_context),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
