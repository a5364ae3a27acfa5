#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/str.h"

static const str absent = { 0 };

static int sign(int v)
{
    return (v > 0) - (v < 0);
}

static void equality(void **state)
{
    (void)state;
    assert_true(str_eq(STR("ab"), STR("ab")));
    assert_false(str_eq(STR("ab"), STR("aB")));
    assert_false(str_eq(STR("ab"), STR("abc")));
    assert_true(str_eq(absent, absent));
    assert_false(str_eq(absent, STR("")));
    assert_true(str_eq(STR("a\0b"), STR("a\0b")));
    assert_false(str_eq(STR("a\0b"), STR("a\0c")));
    assert_true(str_eq_nocase(STR("x-ACS-Date"), STR("X-acs-dATE")));
    assert_false(str_eq_nocase(STR("@"), STR("`")));       /* 0x40 and 0x60: only letters fold */
    assert_false(str_eq_nocase(STR("\xC4"), STR("\xE4"))); /* nothing beyond ASCII folds */
    assert_false(str_eq_nocase(absent, STR("")));
    assert_true(str_eq(str_from_c("abc"), STR("abc")));
    assert_true(str_eq(str_from_c(NULL), absent));
    assert_true(str_eq(str_of(bytes_of(STR("abc"))), STR("abc")));
}

static void order(void **state)
{
    (void)state;
    assert_int_equal(sign(str_cmp(STR("a"), STR("b"))), -1);
    assert_int_equal(sign(str_cmp(STR("a"), STR("ab"))), -1);
    assert_int_equal(sign(str_cmp(STR("ab"), STR("a"))), 1);
    assert_int_equal(sign(str_cmp(STR("a"), STR("a"))), 0);
    assert_int_equal(sign(str_cmp(absent, STR("a"))), -1);
    assert_int_equal(sign(str_cmp(STR("\x7f"), STR("\x80"))), -1); /* bytes, not signed characters */
    assert_int_equal(sign(str_cmp(STR("B"), STR("a"))), -1);
}

static void parts_one_by_one(void **state)
{
    (void)state;
    static const str want[] = { STR_INIT("a"), STR_INIT(""), STR_INIT("bc"), STR_INIT("") };
    str rest = STR("a,,bc,"), part;
    size_t n = 0;
    for (; str_next(&rest, ',', &part); n++)
        assert_true(n < sizeof want / sizeof want[0] && str_eq(part, want[n]));
    assert_int_equal(n, 4);
    rest = STR("");
    assert_true(str_next(&rest, ',', &part) && str_eq(part, STR(""))); /* an empty text is one empty part */
    assert_false(str_next(&rest, ',', &part));
    rest = absent;
    assert_false(str_next(&rest, ',', &part)); /* and an absent one has none */
}

static void finding(void **state)
{
    (void)state;
    size_t at = 99;
    assert_true(str_starts(STR("LTAI5t"), STR("LTAI")));
    assert_false(str_starts(STR("LTA"), STR("LTAI")));
    assert_true(str_starts(absent, STR("")));
    assert_true(str_ends(STR("a.onaliyun.com"), STR(".onaliyun.com")));
    assert_false(str_ends(STR("com"), STR(".com")));
    assert_true(str_contains(STR("abcabd"), STR("abd")));
    assert_false(str_contains(STR("abcab"), STR("abd")));
    assert_false(str_contains(STR("ab"), STR("abc")));
    assert_true(str_contains(STR("ab"), STR("")));
    assert_true(str_contains_nocase(STR("abcABD"), STR("abd")));
    assert_false(str_contains_nocase(STR("abcABD"), STR("abe")));
    assert_true(str_contains_nocase(absent, STR("")));
    assert_true(str_find(STR("a=b=c"), '=', &at));
    assert_int_equal(at, 1);
    assert_true(str_find_last(STR("a=b=c"), '=', &at));
    assert_int_equal(at, 3);
    assert_false(str_find(STR("abc"), '=', &at));
    assert_false(str_find_last(absent, '=', &at));
    assert_int_equal(at, 3);
}

static void slicing(void **state)
{
    (void)state;
    str head = STR("kept"), tail = STR("kept");
    assert_true(str_eq(str_slice(STR("abcdef"), 2, 4), STR("cd")));
    assert_true(str_eq(str_slice(STR("abc"), 1, 99), STR("bc")));
    assert_true(str_eq(str_slice(STR("abc"), 9, 99), STR("")));
    assert_true(str_eq(str_slice(STR("abc"), 2, 1), STR("")));
    assert_true(str_eq(str_slice(absent, 0, 4), absent));
    assert_true(str_eq(str_trim(STR(" \ta b\t ")), STR("a b")));
    assert_true(str_eq(str_trim(STR(" \t ")), STR("")));
    assert_true(str_eq(str_trim(STR("\na\n")), STR("\na\n")));
    assert_false(str_split(STR("abc"), '=', &head, &tail));
    assert_true(str_eq(head, STR("kept")) && str_eq(tail, STR("kept")));
    assert_true(str_split(STR("a=b=c"), '=', &head, &tail));
    assert_true(str_eq(head, STR("a")) && str_eq(tail, STR("b=c")));
    assert_true(str_split(STR("="), '=', &head, &tail));
    assert_true(str_eq(head, STR("")) && str_eq(tail, STR("")));
}

static const struct {
    const char *what;
    str in;
    status want;
    uint32_t value;
} u32_cases[] = {
    { "empty", STR_INIT(""), ST_INVALID, 0 },
    { "absent", { NULL, 0 }, ST_INVALID, 0 },
    { "zero", STR_INIT("0"), ST_OK, 0 },
    { "leading zero", STR_INIT("07"), ST_INVALID, 0 },
    { "plus", STR_INIT("+5"), ST_INVALID, 0 },
    { "minus", STR_INIT("-5"), ST_INVALID, 0 },
    { "leading blank", STR_INIT(" 5"), ST_INVALID, 0 },
    { "trailing text", STR_INIT("5x"), ST_INVALID, 0 },
    { "trailing NUL", STR_INIT("5\0"), ST_INVALID, 0 },
    { "hexadecimal", STR_INIT("0x5"), ST_INVALID, 0 },
    { "largest value", STR_INIT("4294967295"), ST_OK, UINT32_MAX },
    { "one past largest", STR_INIT("4294967296"), ST_INVALID, 0 },
    { "past 64 bits", STR_INIT("99999999999999999999999"), ST_INVALID, 0 },
};

static void u32(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof u32_cases / sizeof u32_cases[0]; i++) {
        uint32_t v = 77;
        status got = str_to_u32(u32_cases[i].in, 0, UINT32_MAX, &v);
        if (got != u32_cases[i].want || v != (got == ST_OK ? u32_cases[i].value : 77))
            fail_msg("%s: %s, %u", u32_cases[i].what, status_name(got), v);
    }
    uint32_t v = 77;
    assert_int_equal(str_to_u32(STR("9"), 10, 20, &v), ST_INVALID);
    assert_int_equal(str_to_u32(STR("21"), 10, 20, &v), ST_INVALID);
    assert_int_equal(v, 77);
    assert_int_equal(str_to_u32(STR("10"), 10, 20, &v), ST_OK);
    assert_int_equal(str_to_u32(STR("20"), 10, 20, &v), ST_OK);
}

static void wide_numbers(void **state)
{
    (void)state;
    uint64_t u = 0;
    int64_t i = 0;
    assert_int_equal(str_to_u64(STR("18446744073709551615"), 0, UINT64_MAX, &u), ST_OK);
    assert_true(u == UINT64_MAX);
    assert_int_equal(str_to_u64(STR("18446744073709551616"), 0, UINT64_MAX, &u), ST_INVALID);
    assert_int_equal(str_to_u64(STR("18446744073709551620"), 0, UINT64_MAX, &u), ST_INVALID);
    assert_int_equal(str_to_i64(STR("-9223372036854775808"), INT64_MIN, INT64_MAX, &i), ST_OK);
    assert_true(i == INT64_MIN);
    assert_int_equal(str_to_i64(STR("-9223372036854775809"), INT64_MIN, INT64_MAX, &i), ST_INVALID);
    assert_int_equal(str_to_i64(STR("9223372036854775807"), INT64_MIN, INT64_MAX, &i), ST_OK);
    assert_true(i == INT64_MAX);
    assert_int_equal(str_to_i64(STR("9223372036854775808"), INT64_MIN, INT64_MAX, &i), ST_INVALID);
    assert_int_equal(str_to_i64(STR("--1"), INT64_MIN, INT64_MAX, &i), ST_INVALID);
    assert_int_equal(str_to_i64(STR("-"), INT64_MIN, INT64_MAX, &i), ST_INVALID);
    assert_int_equal(str_to_i64(STR("-0"), INT64_MIN, INT64_MAX, &i), ST_INVALID);
    assert_int_equal(str_to_i64(STR("-3"), -2, 2, &i), ST_INVALID);
    assert_int_equal(str_to_i64(STR("-2"), -2, 2, &i), ST_OK);
    assert_true(i == -2);
}

static void booleans(void **state)
{
    (void)state;
    bool b = false;
    assert_int_equal(str_to_bool(STR("True"), &b), ST_OK);
    assert_true(b);
    assert_int_equal(str_to_bool(STR("FALSE"), &b), ST_OK);
    assert_false(b);
    assert_int_equal(str_to_bool(STR("1"), &b), ST_INVALID);
    assert_int_equal(str_to_bool(STR(""), &b), ST_INVALID);
    assert_int_equal(str_to_bool(STR("true "), &b), ST_INVALID);
}

/* RFC 3629 sections 3, 4 and 10; each also behind eight ASCII characters, where the fast path has been. */
static const struct {
    const char *what;
    str in;
    bool is_valid;
} utf8_cases[] = {
    { "empty", STR_INIT(""), true },
    { "ASCII with NUL", STR_INIT("a\0b"), true },
    { "RFC 3629 7: A, not identical to, Alpha, .", STR_INIT("\x41\xE2\x89\xA2\xCE\x91\x2E"), true },
    { "RFC 3629 7: Korean", STR_INIT("\xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4"), true },
    { "first of two bytes, U+0080", STR_INIT("\xC2\x80"), true },
    { "first of three bytes, U+0800", STR_INIT("\xE0\xA0\x80"), true },
    { "first of four bytes, U+10000", STR_INIT("\xF0\x90\x80\x80"), true },
    { "last, U+10FFFF", STR_INIT("\xF4\x8F\xBF\xBF"), true },
    { "before the surrogates, U+D7FF", STR_INIT("\xED\x9F\xBF"), true },
    { "after the surrogates, U+E000", STR_INIT("\xEE\x80\x80"), true },
    { "past the last, U+110000", STR_INIT("\xF4\x90\x80\x80"), false },
    { "surrogate U+D800", STR_INIT("\xED\xA0\x80"), false },
    { "surrogate U+DFFF", STR_INIT("\xED\xBF\xBF"), false },
    { "overlong NUL in two", STR_INIT("\xC0\x80"), false },
    { "overlong slash in two", STR_INIT("\xC0\xAF"), false },
    { "overlong U+007F in two", STR_INIT("\xC1\xBF"), false },
    { "overlong in three", STR_INIT("\xE0\x9F\xBF"), false },
    { "overlong in four", STR_INIT("\xF0\x8F\xBF\xBF"), false },
    { "continuation alone", STR_INIT("\x80"), false },
    { "cut after one of two", STR_INIT("\xC2"), false },
    { "cut after two of three", STR_INIT("\xE2\x89"), false },
    { "cut after three of four", STR_INIT("\xF0\x90\x80"), false },
    { "bad third byte", STR_INIT("\xE2\x89\x41"), false },
    { "bad fourth byte", STR_INIT("\xF0\x90\x80\xC0"), false },
    { "five bytes", STR_INIT("\xF8\x88\x80\x80\x80"), false },
    { "FF", STR_INIT("\xFF"), false },
};

static void utf8(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof utf8_cases / sizeof utf8_cases[0]; i++) {
        char padded[32] = "12345678";
        str in = utf8_cases[i].in;
        memcpy(padded + 8, in.p, in.n);
        if (utf8_is_valid(in) != utf8_cases[i].is_valid || utf8_is_valid((str){ padded, 8 + in.n }) != utf8_cases[i].is_valid)
            fail_msg("%s", utf8_cases[i].what);
    }
    assert_true(utf8_is_valid(absent));
    assert_int_equal(utf8_count(STR("\x41\xE2\x89\xA2\xCE\x91\x2E")), 4);
    assert_int_equal(utf8_count(STR("\xF0\x90\x80\x80")), 1);
    assert_int_equal(utf8_count(absent), 0);
}

static void controls(void **state)
{
    (void)state;
    assert_false(utf8_has_control(STR("plain ~ \xC2\xA0 \xE2\x82\x80"))); /* U+00A0; 80 as a later byte */
    assert_true(utf8_has_control(STR("a\0b")));
    assert_true(utf8_has_control(STR("a\x1f")));
    assert_true(utf8_has_control(STR("a\x7f")));
    assert_true(utf8_has_control(STR("a\xC2\x80")));
    assert_true(utf8_has_control(STR("a\xC2\x9F")));
}

static void ascii_sets(void **state)
{
    (void)state;
    int alpha = 0, digit = 0, alnum = 0;
    for (int c = 0; c < 256; c++) {
        alpha += ascii_is_alpha((char)c) ? 1 : 0;
        digit += ascii_is_digit((char)c) ? 1 : 0;
        alnum += ascii_is_alnum((char)c) ? 1 : 0;
    }
    assert_int_equal(alpha, 52);
    assert_int_equal(digit, 10);
    assert_int_equal(alnum, 62);
    assert_false(ascii_is_alpha('@') || ascii_is_alpha('[') || ascii_is_alpha('`') || ascii_is_alpha('{'));
    assert_int_equal(ascii_lower('Z'), 'z');
    assert_int_equal(ascii_lower('['), '[');
    assert_true(str_is_of(STR("abc123"), ascii_is_alnum));
    assert_false(str_is_of(STR("abc-123"), ascii_is_alnum));
    assert_true(str_is_of(STR(""), ascii_is_alnum));
}

/* Aumasson and Bernstein, SipHash: a fast short-input PRF, appendix A: key 00..0f, input 00..0e. */
static void siphash(void **state)
{
    (void)state;
    uint8_t key[16];
    char in[15];
    for (int i = 0; i < 16; i++)
        key[i] = (uint8_t)i;
    for (int i = 0; i < 15; i++)
        in[i] = (char)i;
    assert_true(str_hash((str){ in, sizeof in }, key) == UINT64_C(0xa129ca6149be45e5));
    assert_true(str_hash(absent, key) == str_hash(STR(""), key));
    uint64_t before = str_hash(STR("a"), key);
    key[0] ^= 1;
    assert_true(str_hash(STR("a"), key) != before);
}

static void test_u64_format(void **state)
{
    (void)state;
    static const struct {
        uint64_t v;
        const char *want;
    } cases[] = {
        { 0, "0" }, { 9, "9" }, { 10, "10" }, { 1234567890123456, "1234567890123456" }, { UINT64_MAX, "18446744073709551615" }
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[U64_TEXT_MAX];
        assert_true(str_eq((str){ text, u64_format(cases[i].v, text) }, str_from_c(cases[i].want)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_u64_format),
        cmocka_unit_test(parts_one_by_one),
        cmocka_unit_test(equality),
        cmocka_unit_test(order),
        cmocka_unit_test(finding),
        cmocka_unit_test(slicing),
        cmocka_unit_test(u32),
        cmocka_unit_test(wide_numbers),
        cmocka_unit_test(booleans),
        cmocka_unit_test(utf8),
        cmocka_unit_test(controls),
        cmocka_unit_test(ascii_sets),
        cmocka_unit_test(siphash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
