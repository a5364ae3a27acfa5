#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "policy/condition_value.h"

/* Each is above the one before it, but where `is_same`. */
static const struct {
    str text;
    bool is_same;
} numbers[] = {
    { STR_INIT("-100000000000000000000000000000000"), false },
    { STR_INIT("-10.5"), false },
    { STR_INIT("-10.25"), false },
    { STR_INIT("-10"), false },
    { STR_INIT("-9.999999999999999999999"), false },
    { STR_INIT("-0.1"), false },
    { STR_INIT("-0"), false },
    { STR_INIT("0"), true },
    { STR_INIT("0.000"), true },
    { STR_INIT("000"), true },
    { STR_INIT("0.00000000000000000001"), false },
    { STR_INIT("0.1"), false },
    { STR_INIT("0.10"), true },
    { STR_INIT("0.12"), false },
    { STR_INIT("9"), false },
    { STR_INIT("10"), false },
    { STR_INIT("010.0"), true },
    { STR_INIT("9007199254740992"), false },
    { STR_INIT("9007199254740993"), false }, /* the same as a double */
    { STR_INIT("9007199254740993.5"), false },
    { STR_INIT("18446744073709551616"), false },
};

static void numbers_are_compared_exactly(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        size_t first = i; /* of those that are the same */
        decimal x, y;
        assert_int_equal(decimal_parse(numbers[i].text, &x), ST_OK);
        while (numbers[first].is_same)
            first--;
        for (size_t k = 0; k <= i; k++) {
            assert_int_equal(decimal_parse(numbers[k].text, &y), ST_OK);
            const int want = k >= first ? 0 : 1, got = decimal_compare(&x, &y), back = decimal_compare(&y, &x);
            if ((got > 0) != (want > 0) || (got < 0) || (back < 0) != (want > 0) || back > 0)
                fail_msg("%s and %s: %d, %d", numbers[i].text.p, numbers[k].text.p, got, back);
        }
    }
}

static void what_is_no_number(void **state)
{
    (void)state;
    static const str bad[] = {
        STR_INIT(""),
        STR_INIT("-"),
        STR_INIT("."),
        STR_INIT("1."),
        STR_INIT(".5"),
        STR_INIT("+1"),
        STR_INIT("1e3"),
        STR_INIT("0x1"),
        STR_INIT("1.2.3"),
        STR_INIT("--1"),
        STR_INIT(" 1"),
        STR_INIT("1 "),
        STR_INIT("1,5"),
        STR_INIT("NaN"),
        STR_INIT("-.5"),
        STR_INIT("1-"),
        STR_INIT("1\0"
                 "2"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        decimal x;
        if (decimal_parse(bad[i], &x) != ST_INVALID)
            fail_msg("%s", bad[i].p);
    }
}

/* From `date -u -d TEXT +%s`. */
static const struct {
    str text;
    int64_t s;
    uint32_t ns;
} times[] = {
    { STR_INIT("2026-11-24T00:00:00Z"), 1795478400, 0 },
    { STR_INIT("2026-11-24T08:00:00+08:00"), 1795478400, 0 },
    { STR_INIT("2026-11-23T18:30:00-05:30"), 1795478400, 0 },
    { STR_INIT("2026-11-24"), 1795478400, 0 },
    { STR_INIT("2026-11-24T00:00Z"), 1795478400, 0 },
    { STR_INIT("2026-11-24T08:00+08:00"), 1795478400, 0 },
    { STR_INIT("1795478400"), 1795478400, 0 },
    { STR_INIT("2026-11-24T00:00:00.25Z"), 1795478400, 250000000 },
    { STR_INIT("2026-11-24T08:00:00.000000001+08:00"), 1795478400, 1 },
    { STR_INIT("0"), 0, 0 },
    { STR_INIT("1970-01-01T00:00:00+01:00"), -3600, 0 },
    { STR_INIT("2024-02-29"), 1709164800, 0 },
    { STR_INIT("9999-12-31T23:59:59Z"), 253402300799, 0 },
    { STR_INIT("253402300799"), 253402300799, 0 },
};

static void times_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        instant t = { 0, 0 };
        if (instant_parse(times[i].text, &t) != ST_OK || t.s != times[i].s || t.ns != times[i].ns)
            fail_msg("%s: %lld", times[i].text.p, (long long)t.s);
    }
    const instant a = { 5, 1 }, b = { 5, 2 }, c = { 6, 0 };
    assert_true(instant_compare(&a, &b) < 0 && instant_compare(&b, &c) < 0 && instant_compare(&c, &a) > 0);
    assert_int_equal(instant_compare(&a, &a), 0);
}

static void what_is_no_time(void **state)
{
    (void)state;
    static const str bad[] = {
        STR_INIT(""),
        STR_INIT("2026-11-24T00:00:00"),
        STR_INIT("2026-11-24 00:00:00Z"),
        STR_INIT("2026-11-24T00:00:00z"),
        STR_INIT("2026-11-24T24:00:00Z"),
        STR_INIT("2026-11-24T00:60:00Z"),
        STR_INIT("2026-11-24T23:59:60Z"),
        STR_INIT("2026-13-01"),
        STR_INIT("2026-02-29"),
        STR_INIT("2026-1-1"),
        STR_INIT("2026-11-24T00Z"),
        STR_INIT("2026-11-24T00:00:00+0800"),
        STR_INIT("2026-11-24T00:00:00+24:00"),
        STR_INIT("2026-11-24T00:00:00+08:60"),
        STR_INIT("2026-11-24T00:00:00+08:00Z"),
        STR_INIT("2026-11-24T00:00:00.Z"),
        STR_INIT("2026-11-24T00:00:00.1234567890Z"),
        STR_INIT("2026-11-24T00:00:00.5"),
        STR_INIT("2026-11-24T00:00.5Z"),
        STR_INIT("2026-11-24Z"),
        STR_INIT("2026-11-24T"),
        STR_INIT("1969-12-31"),
        STR_INIT("10000-01-01"),
        STR_INIT("-1"),
        STR_INIT("1.5"),
        STR_INIT("253402300800"),
        STR_INIT("01795478400"),
        STR_INIT("18446744073709551616"),
        STR_INIT("2026-11-24T00:0\0:00Z"),
        STR_INIT("now"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        instant t;
        if (instant_parse(bad[i], &t) != ST_INVALID)
            fail_msg("%s", bad[i].p);
    }
}

static const struct {
    str network, address;
    bool want;
} networks[] = {
    { STR_INIT("10.1.2.3/8"), STR_INIT("10.255.0.1"), true }, /* host bits are ignored */
    { STR_INIT("10.1.2.3/8"), STR_INIT("11.0.0.1"), false },
    { STR_INIT("192.0.2.77/26"), STR_INIT("192.0.2.64"), true },
    { STR_INIT("192.0.2.77/26"), STR_INIT("192.0.2.128"), false },
    { STR_INIT("192.0.2.1"), STR_INIT("192.0.2.1"), true },
    { STR_INIT("192.0.2.1"), STR_INIT("192.0.2.2"), false },
    { STR_INIT("192.0.2.1/32"), STR_INIT("192.0.2.2"), false },
    { STR_INIT("1.2.3.4/0"), STR_INIT("255.255.255.255"), true },
    { STR_INIT("0.0.0.0/0"), STR_INIT("::1"), false },
    { STR_INIT("2001:db8::1/33"), STR_INIT("2001:db8:7fff::"), true },
    { STR_INIT("2001:db8::1/33"), STR_INIT("2001:db8:8000::"), false },
    { STR_INIT("2001:db8::1"), STR_INIT("2001:db8::1"), true },
    { STR_INIT("::/0"), STR_INIT("2001:db8::1"), true },
    { STR_INIT("::ffff:10.9.9.9/104"), STR_INIT("10.1.1.1"), true }, /* IPv4, written as mapped */
    { STR_INIT("10.0.0.0/8"), STR_INIT("::ffff:10.1.1.1"), true },
};

static void networks_hold_addresses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof networks / sizeof networks[0]; i++) {
        cidr c;
        ip_addr address;
        assert_int_equal(network_parse(networks[i].network, &c), ST_OK);
        assert_int_equal(ip_parse(networks[i].address, &address), ST_OK);
        if (cidr_contains(&c, &address) != networks[i].want)
            fail_msg("%s in %s", networks[i].address.p, networks[i].network.p);
    }
    static const str bad[] = {
        STR_INIT(""),
        STR_INIT("10/8"),
        STR_INIT("10.0.0.0/33"),
        STR_INIT("10.0.0.0/"),
        STR_INIT("10.0.0.0/8/8"),
        STR_INIT("::/129"),
        STR_INIT("10.0.0.*"),
        STR_INIT("10.0.0.0/08"),
        STR_INIT("10.0.0.0/-1"),
        STR_INIT("::1%eth0"),
        STR_INIT("::ffff:10.0.0.0/95"),
        STR_INIT("localhost"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cidr c;
        if (network_parse(bad[i], &c) != ST_INVALID)
            fail_msg("%s", bad[i].p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_compared_exactly),
        cmocka_unit_test(what_is_no_number),
        cmocka_unit_test(times_are_read),
        cmocka_unit_test(what_is_no_time),
        cmocka_unit_test(networks_hold_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
