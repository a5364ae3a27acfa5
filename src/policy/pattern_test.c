#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "policy/pattern_reference_test.h"

static arena *a;

static int setup(void **state)
{
    (void)state;
    a = arena_new(64 * 1024, 64 * 1024 * 1024);
    return a != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static const pattern *compiled(str text, unsigned flags)
{
    const pattern *p = NULL;
    const char *why = NULL;
    if (pattern_compile(text, flags, a, &p, &why) != ST_OK)
        fail_msg("%.80s: %s", text.p, why);
    return p;
}

static bool matches(str text, unsigned flags, str in, const context *c)
{
    bool failed = false;
    const bool is = pattern_match(compiled(text, flags), in, c, a, &failed);
    assert_false(failed);
    return is;
}

static const struct {
    str pattern, text;
    bool want;
} wildcards[] = {
    { STR_INIT("*"), STR_INIT(""), true },
    { STR_INIT("*"), STR_INIT("anything:at/all"), true },
    { STR_INIT("**"), STR_INIT("x"), true },
    { STR_INIT(""), STR_INIT(""), true },
    { STR_INIT(""), STR_INIT("x"), false },
    { STR_INIT("?"), STR_INIT(""), false },
    { STR_INIT("?"), STR_INIT("x"), true },
    { STR_INIT("?"), STR_INIT("xy"), false },
    { STR_INIT("??"), STR_INIT("x"), false },
    { STR_INIT("?*"), STR_INIT("x"), true },
    { STR_INIT("?*?"), STR_INIT("x"), false },
    { STR_INIT("*?*?*"), STR_INIT("xy"), true },
    { STR_INIT("ram:Get*"), STR_INIT("ram:GetUser"), true },
    { STR_INIT("ram:Get*"), STR_INIT("ram:Get"), true },
    { STR_INIT("ram:Get*"), STR_INIT("ram:ListUsers"), false },
    { STR_INIT("*User"), STR_INIT("ram:GetUser"), true },
    { STR_INIT("*User"), STR_INIT("ram:GetUsers"), false },
    { STR_INIT("ram:*User*"), STR_INIT("ram:ListUsersForGroup"), true },
    { STR_INIT("a*b*c"), STR_INIT("abc"), true },
    { STR_INIT("a*b*c"), STR_INIT("acb"), false },
    { STR_INIT("ab*ba"), STR_INIT("aba"), false }, /* the two ends may not share a character */
    { STR_INIT("ab*ba"), STR_INIT("abba"), true },
    { STR_INIT("*ab*"), STR_INIT("aab"), true },
    { STR_INIT("*aab*b"), STR_INIT("aaabb"), true },
    { STR_INIT("*abab*"), STR_INIT("aabaabab"), true },
    { STR_INIT("*a?c*"), STR_INIT("aabaxc"), true },
    { STR_INIT("*a?c*"), STR_INIT("aabacx"), false },
    { STR_INIT("*a?"), STR_INIT("aaa"), true },
    { STR_INIT("*a?"), STR_INIT("ba"), false },
    { STR_INIT("x?z"), STR_INIT("xyz"), true },
    { STR_INIT("x?z"), STR_INIT("xz"), false },
    { STR_INIT("A*"), STR_INIT("abc"), false },
    /* a character is a code point, whatever it takes in bytes */
    { STR_INIT("?"), STR_INIT("\xC3\xA9"), true },
    { STR_INIT("?"), STR_INIT("\xE4\xB8\xAD"), true },
    { STR_INIT("?"), STR_INIT("\xF0\x9F\x90\x8F"), true },
    { STR_INIT("??"), STR_INIT("\xC3\xA9"), false },
    { STR_INIT("*?\xE4\xB8\xAD?*"), STR_INIT("a\xE5\x9B\xBD\xE4\xB8\xAD\xE5\x9B\xBDz"), true },
    { STR_INIT("*?\xE4\xB8\xAD"), STR_INIT("\xE4\xB8\xAD"), false },
    { STR_INIT("*\xC3\xA9*"), STR_INIT("caf\xC3\xA9s"), true },
    { STR_INIT("\xC3\xA9*"), STR_INIT("\xC3\xA8"), false },
};

static void wildcards_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wildcards / sizeof wildcards[0]; i++) {
        if (matches(wildcards[i].pattern, 0, wildcards[i].text, NULL) != wildcards[i].want)
            fail_msg("'%s' on '%s'", wildcards[i].pattern.p, wildcards[i].text.p);
    }
}

static void case_and_literals(void **state)
{
    (void)state;
    assert_true(matches(STR("RAM:get*"), PATTERN_NOCASE, STR("ram:GetUser"), NULL));
    assert_true(matches(STR("*GET?SER*"), PATTERN_NOCASE, STR("ram:getUser"), NULL));
    assert_true(matches(STR("*ETUS*"), PATTERN_NOCASE, STR("ram:getUser"), NULL));
    assert_false(matches(STR("[*"), PATTERN_NOCASE, STR("{"), NULL)); /* letters only */
    assert_false(matches(STR("\xC3\x89*"), PATTERN_NOCASE, STR("\xC3\xA9"), NULL));
    assert_false(matches(STR("a*"), PATTERN_LITERAL, STR("ab"), NULL));
    assert_true(matches(STR("a*"), PATTERN_LITERAL, STR("a*"), NULL));
    assert_true(matches(STR("a?"), PATTERN_LITERAL, STR("a?"), NULL));
    assert_false(matches(STR("a?"), PATTERN_LITERAL, STR("ab"), NULL));
    assert_true(matches(STR("A?"), PATTERN_LITERAL | PATTERN_NOCASE, STR("a?"), NULL));
    assert_true(matches(STR("${acs:x}"), 0, STR("${acs:x}"), NULL)); /* not understood without the flag */
    assert_true(matches(STR("$"), PATTERN_VARIABLES, STR("$"), NULL));
    assert_true(matches(STR("$x"), PATTERN_VARIABLES, STR("$x"), NULL));
}

/* A context of one user: a name, a department of several values, and what an attacker may choose. */
static const str names[] = { STR_INIT("alice") }, several[] = { STR_INIT("a"), STR_INIT("b") };
static const str stars[] = { STR_INIT("*") }, questions[] = { STR_INIT("?") }, nested[] = { STR_INIT("${acs:PrincipalName}") };
static const str empties[] = { STR_INIT("") };
static const context_entry entries[] = {
    { STR_INIT("acs:PrincipalName"), names, 1 }, { STR_INIT("acs:Several"), several, 2 }, { STR_INIT("x:star"), stars, 1 },
    { STR_INIT("x:question"), questions, 1 },    { STR_INIT("x:nested"), nested, 1 },     { STR_INIT("x:empty"), empties, 1 },
};
static const context known = { entries, sizeof entries / sizeof entries[0] };

static const struct {
    str pattern, text;
    bool want;
} variables[] = {
    { STR_INIT("user/${acs:PrincipalName}"), STR_INIT("user/alice"), true },
    { STR_INIT("user/${ACS:principalname}"), STR_INIT("user/alice"), true },
    { STR_INIT("user/${acs:PrincipalName}"), STR_INIT("user/bob"), false },
    { STR_INIT("${acs:PrincipalName}/*"), STR_INIT("alice/x"), true },
    { STR_INIT("*${acs:PrincipalName}*"), STR_INIT("/base/alice/x"), true },
    { STR_INIT("*/${acs:PrincipalName}/*"), STR_INIT("/base/alice/x"), true },
    { STR_INIT("*/${acs:PrincipalName}?x*"), STR_INIT("/base/alice/x"), true },
    { STR_INIT("*e?${acs:PrincipalName}?x*"), STR_INIT("/base/bob/x"), false },
    { STR_INIT("${acs:PrincipalName}${acs:PrincipalName}"), STR_INIT("alicealice"), true },
    { STR_INIT("${x:unknown}"), STR_INIT(""), false },
    { STR_INIT("${x:unknown}"), STR_INIT("${x:unknown}"), false },
    { STR_INIT("*${x:unknown}*"), STR_INIT("x"), false },
    { STR_INIT("${acs:Several}"), STR_INIT("a"), false },
    { STR_INIT("${x:empty}"), STR_INIT(""), true },
    { STR_INIT("*${x:empty}*"), STR_INIT("a"), true },
    /* what a variable brings is literal */
    { STR_INIT("user/${x:star}"), STR_INIT("user/alice"), false },
    { STR_INIT("user/${x:star}"), STR_INIT("user/*"), true },
    { STR_INIT("*r/${x:star}*"), STR_INIT("user/alice"), false },
    { STR_INIT("user/${x:question}"), STR_INIT("user/a"), false },
    { STR_INIT("*${x:question}"), STR_INIT("user/a"), false },
    { STR_INIT("*?${x:question}?*"), STR_INIT("user/a"), false },
    { STR_INIT("*?${x:question}?*"), STR_INIT("user?a"), true },
    { STR_INIT("${x:nested}"), STR_INIT("alice"), false },
    { STR_INIT("${x:nested}"), STR_INIT("${acs:PrincipalName}"), true },
    /* the characters themselves */
    { STR_INIT("a${*}"), STR_INIT("a*"), true },
    { STR_INIT("a${*}"), STR_INIT("ab"), false },
    { STR_INIT("a${?}*"), STR_INIT("a?b"), true },
    { STR_INIT("a${?}*"), STR_INIT("abb"), false },
    { STR_INIT("${$}{acs:PrincipalName}"), STR_INIT("${acs:PrincipalName}"), true },
    { STR_INIT("*a${*}b${?}*"), STR_INIT("xa*b?x"), true },
};

static void variables_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        if (matches(variables[i].pattern, PATTERN_VARIABLES, variables[i].text, &known) != variables[i].want)
            fail_msg("'%s' on '%s'", variables[i].pattern.p, variables[i].text.p);
    }
    assert_true(matches(STR("${acs:PrincipalName}*"), PATTERN_VARIABLES | PATTERN_LITERAL, STR("alice*"), &known));
    assert_false(matches(STR("${acs:PrincipalName}*"), PATTERN_VARIABLES | PATTERN_LITERAL, STR("alicex"), &known));
    assert_true(matches(STR("*${acs:PrincipalName}*"), PATTERN_VARIABLES | PATTERN_NOCASE, STR("xALICEx"), &known));
    assert_false(matches(STR("${acs:PrincipalName}"), PATTERN_VARIABLES, STR("alice"), NULL));
}

static void malformed_variables(void **state)
{
    (void)state;
    static const str bad[] = {
        STR_INIT("${"),    STR_INIT("a${acs:x"),    STR_INIT("${}"),        STR_INIT("${x}"),         STR_INIT("${!}"),
        STR_INIT("${**}"), STR_INIT("${a:${b:c}}"), STR_INIT("${acs:x}${"), STR_INIT("\xC3\xA9\xC3"), STR_INIT("\xFF"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const pattern *p = NULL;
        const char *why = NULL;
        if (pattern_compile(bad[i], PATTERN_VARIABLES, a, &p, &why) != ST_INVALID || why == NULL || p != NULL)
            fail_msg("%s", bad[i].p);
    }
}

static void what_a_pattern_says_of_itself(void **state)
{
    (void)state;
    const pattern *p = compiled(STR("x/${acs:ResourceTag/team}*${*}"), PATTERN_VARIABLES);
    assert_true(pattern_has_variables(p));
    assert_true(pattern_uses(p, STR("acs:resourcetag/TEAM")));
    assert_true(pattern_uses(p, STR("acs:ResourceTag/")));
    assert_false(pattern_uses(p, STR("acs:ResourceTag")));
    assert_false(pattern_uses(p, STR("acs:RequestTag/")));
    assert_false(pattern_has_variables(compiled(STR("${*}"), PATTERN_VARIABLES)));
}

static void no_room_is_no_match(void **state)
{
    (void)state;
    CLEANUP(arena_free_at) arena *tiny = arena_new(1, 1);
    bool failed = false;
    assert_false(
        pattern_match(compiled(STR("*x${acs:PrincipalName}*"), PATTERN_VARIABLES), STR("xxalice"), &known, tiny, &failed));
    assert_true(failed);
    failed = false;
    assert_false(
        pattern_match(compiled(STR("*x${acs:PrincipalName}?*"), PATTERN_VARIABLES), STR("xxalice?"), &known, tiny, &failed));
    assert_true(failed);
    failed = false;
    assert_false(
        pattern_match(compiled(STR("*x${acs:PrincipalName}*"), PATTERN_VARIABLES), STR("xxalice"), &known, NULL, &failed));
    assert_true(failed);
    failed = false; /* more variables than stand on the stack */
    const str many = STR("${x:empty}${x:empty}${x:empty}${x:empty}${x:empty}${x:empty}${x:empty}${x:empty}${x:empty}");
    assert_false(pattern_match(compiled(many, PATTERN_VARIABLES), STR(""), &known, tiny, &failed));
    assert_true(failed);
    failed = false;
    assert_true(pattern_match(compiled(many, PATTERN_VARIABLES), STR(""), &known, a, &failed));
    assert_false(failed);
}

/* --- against the slow matcher -------------------------------------------------------------------- */

static size_t write_number(size_t number, const char *alphabet, size_t base, size_t n, char *ret)
{
    for (size_t i = 0; i < n; i++, number /= base)
        ret[i] = alphabet[number % base];
    return n;
}

static size_t power(size_t base, size_t n)
{
    size_t v = 1;
    while (n-- > 0)
        v *= base;
    return v;
}

static reference reference_of(str written)
{
    reference r = { .n = 0 };
    for (size_t i = 0; i < written.n; i++)
        reference_add_token(&r, written.p[i] == '*' ? REFERENCE_STAR : written.p[i] == '?' ? REFERENCE_ANY : written.p[i]);
    return r;
}

static void check_all_texts(str written, size_t text_max)
{
    const reference wanted = reference_of(written);
    const uint64_t before = pattern_steps();
    arena_reset(a);
    const pattern *p = compiled(written, 0);
    uint64_t allowed = 0;
    for (size_t n = 0; n <= text_max; n++) {
        for (size_t k = 0; k < power(2, n); k++) {
            char text[16];
            const str in = { text, write_number(k, "ab", 2, n, text) };
            reference r = { .n = 0 };
            reference_add(&r, in, 0);
            bool failed = false;
            if (pattern_match(p, in, NULL, NULL, &failed) != reference_match(&wanted, &r) || failed)
                fail_msg(STR_FMT " on " STR_FMT, STR_ARG(written), STR_ARG(in));
            allowed += steps_allowed(written.n, n);
        }
    }
    assert_true(pattern_steps() - before <= allowed);
}

static void every_short_pattern(void **state)
{
    (void)state;
    for (size_t n = 0; n <= 5; n++) {
        for (size_t k = 0; k < power(4, n); k++) {
            char text[16];
            check_all_texts((str){ text, write_number(k, "ab*?", 4, n, text) }, 6);
        }
    }
}

static void every_short_part(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 7; n++) {
        for (size_t k = 0; k < power(2, n); k++) {
            char text[16] = "*";
            const size_t end = 1 + write_number(k, "ab", 2, n, text + 1);
            text[end] = '*';
            check_all_texts((str){ text, end + 1 }, 10);
        }
    }
}

/* Parts of more than one word, whose only match lies at the end of the text. */
static void long_parts_with_gaps(void **state)
{
    (void)state;
    for (size_t n = 60; n <= 200; n += 7) {
        char p[256], t[512];
        memset(t, 'a', sizeof t);
        memset(p, 'a', sizeof p);
        p[0] = p[n + 1] = '*';
        p[3] = p[n / 2] = p[n - 1] = '?';
        p[n] = 'z';
        const str in = { t, 400 };
        assert_false(matches((str){ p, n + 2 }, 0, in, NULL));
        t[399] = 'z';
        assert_true(matches((str){ p, n + 2 }, 0, in, NULL));
        t[399 - n + 5] = 'b'; /* under no gap */
        assert_false(matches((str){ p, n + 2 }, 0, in, NULL));
        t[399 - n + 5] = 'a';
        t[399 - n + 3] = 'b'; /* under the first one */
        assert_true(matches((str){ p, n + 2 }, 0, in, NULL));
    }
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(wildcards_match),     TEST(case_and_literals),   TEST(variables_match),
        TEST(malformed_variables), TEST(no_room_is_no_match), TEST(what_a_pattern_says_of_itself),
        TEST(every_short_pattern), TEST(every_short_part),    TEST(long_parts_with_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
