/* password_text_test.c - OpaqueString: RFC 8265 section 4.3 has the examples; composition pairs: UAX 15. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "password/password_text.h"

static const struct {
    const char *what;
    str in, want; /* absent: refused */
} text_cases[] = {
    { "RFC 8265: spaces inside stay", STR_INIT("correct horse battery staple"), STR_INIT("correct horse battery staple") },
    { "RFC 8265: case stays", STR_INIT("Correct Horse Battery Staple"), STR_INIT("Correct Horse Battery Staple") },
    { "RFC 8265: Greek", STR_INIT("\u03c0\u00df\u00e5"), STR_INIT("\u03c0\u00df\u00e5") },
    { "RFC 8265: a symbol", STR_INIT("Jack of \u2666s"), STR_INIT("Jack of \u2666s") },
    { "RFC 8265: OGHAM SPACE MARK is a space", STR_INIT("foo\u1680bar"), STR_INIT("foo bar") },
    { "RFC 8265: empty", STR_INIT(""), { NULL, 0 } },
    { "RFC 8265: a tab is a control", STR_INIT("my cat is a \x09 by"), { NULL, 0 } },
    { "nothing is trimmed", STR_INIT("  a  "), STR_INIT("  a  ") },
    { "ideographic and no-break spaces are spaces", STR_INIT("a\u3000b\u00a0c"), STR_INIT("a b c") },
    { "decomposed is composed", STR_INIT("e\u0301"), STR_INIT("\u00e9") },
    { "ANGSTROM SIGN is A with ring", STR_INIT("\u212b"), STR_INIT("\u00c5") },
    { "compatibility forms stay", STR_INIT("\ufb01 \uff21"), STR_INIT("\ufb01 \uff21") },
    { "decomposed Hangul is composed", STR_INIT("\u1112\u1161\u11ab"), STR_INIT("\ud55c") },
    { "old Hangul that nothing composes", STR_INIT("\u1140"), { NULL, 0 } },
    { "emoji", STR_INIT("\U0001f511\U0001f40f"), STR_INIT("\U0001f511\U0001f40f") },
    { "zero width joiner", STR_INIT("a\u200db"), { NULL, 0 } },
    { "soft hyphen", STR_INIT("a\u00adb"), { NULL, 0 } },
    { "bidirectional override", STR_INIT("a\u202eb"), { NULL, 0 } },
    { "line separator", STR_INIT("a\u2028b"), { NULL, 0 } },
    { "private use", STR_INIT("a\ue000b"), { NULL, 0 } },
    { "noncharacter", STR_INIT("a\uffffb"), { NULL, 0 } },
    { "unassigned", STR_INIT("a\u0378b"), { NULL, 0 } },
    { "NUL", STR_INIT("ab\0cd"), { NULL, 0 } },
    { "DEL", STR_INIT("ab\x7f"), { NULL, 0 } },
    { "C1 control", STR_INIT("ab\xc2\x85"), { NULL, 0 } },
    { "not UTF-8", STR_INIT("ab\xff"), { NULL, 0 } },
    { "overlong", STR_INIT("ab\xc0\xaf"), { NULL, 0 } },
    { "surrogate", STR_INIT("ab\xed\xa0\x80"), { NULL, 0 } },
};

static void texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof text_cases / sizeof text_cases[0]; i++) {
        password p = { { NULL, 0 } };
        err e = { 0 };
        const status s = password_from_text(text_cases[i].in, &p, &e);
        if (s != (text_cases[i].want.p != NULL ? ST_OK : ST_INVALID))
            fail_msg("%s: %s", text_cases[i].what, status_name(s));
        if (s == ST_OK && !str_eq(str_of((bytes){ p.s.p, p.s.n }), text_cases[i].want))
            fail_msg("%s: another text", text_cases[i].what);
        secret_done(&p.s);
    }
}

static void the_length_is_counted_in_characters_after_normalisation(void **state)
{
    (void)state;
    static const struct {
        const char *unit;
        unsigned n;
        status want;
    } cases[] = {
        { "a", 128, ST_OK },           { "a", 129, ST_INVALID },          { "\u00e9", 128, ST_OK },
        { "\u00e9", 129, ST_INVALID }, { "e\u0301", 128, ST_OK },         { "e\u0301", 129, ST_INVALID },
        { "\U0001f511", 128, ST_OK },  { "\U0001f511", 129, ST_INVALID }, { "a", 2049, ST_INVALID },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[4096];
        const size_t n = strlen(cases[i].unit);
        for (unsigned k = 0; k < cases[i].n; k++)
            memcpy(text + k * n, cases[i].unit, n);
        password p = { { NULL, 0 } };
        err e = { 0 };
        assert_int_equal(password_from_text((str){ text, n * cases[i].n }, &p, &e), cases[i].want);
        if (cases[i].want == ST_OK) {
            password_characters c;
            password_count_characters(&p, &c);
            assert_int_equal(c.characters, 128);
            assert_int_equal(c.different, 1);
        }
        secret_done(&p.s);
    }
}

static const struct {
    str in;
    password_characters want;
} count_cases[] = {
    { STR_INIT("abc"), { 3, 3, true, false, false, false } },
    { STR_INIT("aabbccdef"), { 9, 6, true, false, false, false } },
    { STR_INIT("abb"), { 3, 2, true, false, false, false } },
    { STR_INIT("ABC"), { 3, 3, false, true, false, false } },
    { STR_INIT("123"), { 3, 3, false, false, true, false } },
    { STR_INIT(" "), { 1, 1, false, false, false, true } },
    { STR_INIT("a-A-1"), { 5, 4, true, true, true, true } },
    { STR_INIT("\u00fc\u00dc"), { 2, 2, true, true, false, false } },   /* letters beyond ASCII have case */
    { STR_INIT("\u5bc6\u7801"), { 2, 2, false, false, false, false } }, /* and some have none, and are no symbols */
    { STR_INIT("\u0663"), { 1, 1, false, false, true, false } },        /* ARABIC-INDIC DIGIT THREE */
    { STR_INIT("\U0001f511\u20ac"), { 2, 2, false, false, false, true } },
};

static void characters(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof count_cases / sizeof count_cases[0]; i++) {
        password p;
        password_characters n, w = count_cases[i].want;
        err e = { 0 };
        assert_int_equal(password_from_text(count_cases[i].in, &p, &e), ST_OK);
        password_count_characters(&p, &n);
        assert_int_equal(n.characters, w.characters);
        assert_int_equal(n.different, w.different);
        assert_int_equal(n.has_lowercase, w.has_lowercase);
        assert_int_equal(n.has_uppercase, w.has_uppercase);
        assert_int_equal(n.has_number, w.has_number);
        assert_int_equal(n.has_symbol, w.has_symbol);
        secret_done(&p.s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(the_length_is_counted_in_characters_after_normalisation),
        cmocka_unit_test(characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
