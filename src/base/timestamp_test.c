#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/timestamp.h"

/* Values of GNU date -u -d TEXT +%s. */
static const struct {
    str text;
    int64_t unix_s;
} both_ways[] = {
    { STR_INIT("1970-01-01T00:00:00Z"), 0 },
    { STR_INIT("1970-12-31T23:59:59Z"), 31535999 },
    { STR_INIT("1972-02-29T12:00:00Z"), 68212800 },
    { STR_INIT("2000-02-29T00:00:00Z"), 951782400 },
    { STR_INIT("2000-03-01T00:00:00Z"), 951868800 },
    { STR_INIT("2001-09-09T01:46:40Z"), 1000000000 },
    { STR_INIT("2026-01-02T03:04:05Z"), 1767323045 },
    { STR_INIT("2038-01-19T03:14:08Z"), INT64_C(2147483648) },
    { STR_INIT("2100-02-28T23:59:59Z"), INT64_C(4107542399) },
    { STR_INIT("2100-03-01T00:00:00Z"), INT64_C(4107542400) },
    { STR_INIT("2400-02-29T00:00:00Z"), INT64_C(13574563200) },
    { STR_INIT("9999-12-31T23:59:59Z"), INT64_C(253402300799) },
};

static void known_times(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof both_ways / sizeof both_ways[0]; i++) {
        char text[TIMESTAMP_LEN + 1];
        int64_t s = -1;
        timestamp_format(both_ways[i].unix_s, text);
        assert_string_equal(text, both_ways[i].text.p);
        assert_int_equal(timestamp_parse(both_ways[i].text, &s), ST_OK);
        assert_true(s == both_ways[i].unix_s);
    }
}

static void parse_undoes_format(void **state)
{
    (void)state;
    for (int64_t s = 0; s <= INT64_C(253402300799); s += 86399 * 11) {
        char text[TIMESTAMP_LEN + 1];
        int64_t back = -1;
        timestamp_format(s, text);
        assert_int_equal(timestamp_parse(str_from_c(text), &back), ST_OK);
        assert_true(back == s);
    }
}

static void what_has_no_text_is_the_nearest_that_has(void **state)
{
    (void)state;
    char text[TIMESTAMP_LEN + 1];
    timestamp_format(-1, text);
    assert_string_equal(text, "1970-01-01T00:00:00Z");
    timestamp_format(INT64_MAX, text);
    assert_string_equal(text, "9999-12-31T23:59:59Z");
    timestamp_format(INT64_MIN, text);
    assert_string_equal(text, "1970-01-01T00:00:00Z");
}

static void fractions_are_dropped(void **state)
{
    (void)state;
    int64_t s = 0;
    assert_int_equal(timestamp_parse(STR("2026-01-02T03:04:05.9Z"), &s), ST_OK);
    assert_true(s == 1767323045);
    assert_int_equal(timestamp_parse(STR("2026-01-02T03:04:05.999999999Z"), &s), ST_OK);
    assert_true(s == 1767323045);
}

static const struct {
    const char *what;
    str in;
} refused[] = {
    { "empty", STR_INIT("") },
    { "absent", { NULL, 0 } },
    { "no Z", STR_INIT("2026-01-02T03:04:05") },
    { "no Z, long enough", STR_INIT("2026-01-02T03:04:056") },
    { "lower case z", STR_INIT("2026-01-02T03:04:05z") },
    { "lower case t", STR_INIT("2026-01-02t03:04:05Z") },
    { "blank for T", STR_INIT("2026-01-02 03:04:05Z") },
    { "offset", STR_INIT("2026-01-02T03:04:05+00:00") },
    { "trailing text", STR_INIT("2026-01-02T03:04:05Z ") },
    { "trailing NUL", STR_INIT("2026-01-02T03:04:05Z\0") },
    { "leading blank", STR_INIT(" 2026-01-02T03:04:05Z") },
    { "year 1969", STR_INIT("1969-12-31T23:59:59Z") },
    { "year of five digits", STR_INIT("12026-01-02T03:04:05Z") },
    { "month 0", STR_INIT("2026-00-02T03:04:05Z") },
    { "month 13", STR_INIT("2026-13-02T03:04:05Z") },
    { "day 0", STR_INIT("2026-01-00T03:04:05Z") },
    { "31 April", STR_INIT("2026-04-31T03:04:05Z") },
    { "29 February, no leap year", STR_INIT("2026-02-29T03:04:05Z") },
    { "29 February 2100", STR_INIT("2100-02-29T03:04:05Z") },
    { "30 February", STR_INIT("2000-02-30T03:04:05Z") },
    { "hour 24", STR_INIT("2026-01-02T24:00:00Z") },
    { "minute 60", STR_INIT("2026-01-02T03:60:05Z") },
    { "leap second", STR_INIT("2016-12-31T23:59:60Z") },
    { "a letter in the year", STR_INIT("20a6-01-02T03:04:05Z") },
    { "a letter in the seconds", STR_INIT("2026-01-02T03:04:0xZ") },
    { "sign in the day", STR_INIT("2026-01-+2T03:04:05Z") },
    { "slash", STR_INIT("2026/01-02T03:04:05Z") },
    { "fraction without digits", STR_INIT("2026-01-02T03:04:05.Z") },
    { "fraction of ten digits", STR_INIT("2026-01-02T03:04:05.0123456789Z") },
    { "comma", STR_INIT("2026-01-02T03:04:05,5Z") },
    { "letter in the fraction", STR_INIT("2026-01-02T03:04:05.5xZ") },
};

static void malformed_times(void **state)
{
    (void)state;
    int64_t s = 77;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        if (timestamp_parse(refused[i].in, &s) != ST_INVALID || s != 77)
            fail_msg("%s", refused[i].what);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_times),
        cmocka_unit_test(parse_undoes_format),
        cmocka_unit_test(what_has_no_text_is_the_nearest_that_has),
        cmocka_unit_test(fractions_are_dropped),
        cmocka_unit_test(malformed_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
