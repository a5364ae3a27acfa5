/* cost_test.c - tries to make matching explode. What is counted are the characters and words that were looked at, pattern_steps(). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/document.h"

enum { TEXT_MAX = 8192 };

static arena *a;
static char as[TEXT_MAX]; /* nothing but a */

static int setup(void **state)
{
    (void)state;
    memset(as, 'a', sizeof as);
    a = arena_new(1024 * 1024, 64 * 1024 * 1024);
    return a != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

/* `unit` over and over, then `end`: n characters at the most. */
static str repeated(const char *unit, const char *end, size_t n, char *ret)
{
    const size_t unit_n = strlen(unit), end_n = strlen(end);
    size_t at = 0;
    while (at + unit_n + end_n <= n) {
        memcpy(ret + at, unit, unit_n);
        at += unit_n;
    }
    memcpy(ret + at, end, end_n);
    return (str){ ret, at + end_n };
}

/* The steps of one match of a pattern of about n characters against a text of n. */
static uint64_t steps_of(const char *unit, const char *end, size_t n, size_t *ret_pattern_n)
{
    char text[TEXT_MAX];
    const str written = repeated(unit, end, n, text);
    const pattern *p = NULL;
    const char *why = NULL;
    bool failed = false;
    arena_reset(a);
    assert_int_equal(pattern_compile(written, 0, a, &p, &why), ST_OK);
    const uint64_t before = pattern_steps();
    (void)pattern_match(p, (str){ as, n }, NULL, a, &failed);
    assert_false(failed);
    *ret_pattern_n = written.n;
    return pattern_steps() - before;
}

/* Stars alone: a fixed number of looks at each character of both, whatever their length. */
static void stars_are_linear(void **state)
{
    (void)state;
    static const struct {
        const char *unit, *end;
    } shapes[] = {
        { "*a", "b" },         { "*a", "*b" },       { "*a", "*b*" }, { "*aa", "*" },       { "a*", "b" },
        { "*aaaaaaaa", "b*" }, { "*aaaaaaaab", "" }, { "a", "*b" },   { "*", "b" },         { "*ab", "*" },
        { "a", "b*" },         { "aaaaaaab", "*" },  { "*b", "" },    { "**a**", "**b**" }, { "*aaaaaaaaaaaaaaaaaaaa", "*ab*" },
    };
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        for (size_t n = 64; n <= 6144; n *= 2) {
            size_t pattern_n;
            const uint64_t steps = steps_of(shapes[i].unit, shapes[i].end, n, &pattern_n);
            if (steps > 6 * (uint64_t)(pattern_n + n))
                fail_msg("%s...%s at %zu: %llu steps", shapes[i].unit, shapes[i].end, n, (unsigned long long)steps);
        }
    }
}

/* One long part in between, which almost stands everywhere: a^k b, b a^k, a^k b a^k, and Fibonacci's word. */
static void long_literals_are_linear(void **state)
{
    (void)state;
    for (size_t n = 64; n <= 4096; n *= 2) {
        for (size_t shape = 0; shape < 4; shape++) {
            char part[TEXT_MAX], text[TEXT_MAX], other[TEXT_MAX];
            size_t x = 1, y = 1;
            memset(part, 'a', n);
            memset(text, 'a', sizeof text);
            if (shape < 3)
                part[shape == 0 ? n - 1 : shape == 1 ? 0 : n / 2] = 'b';
            if (shape == 3) {
                memcpy(text, "a", 1);
                memcpy(other, "b", 1);
                while (x + y <= sizeof text) { /* text, other = text + other, text */
                    memcpy(text + x, other, y);
                    memcpy(other, text, x);
                    x += y;
                    y = x - y;
                }
                memcpy(part, text, n);
                part[n - 1] = part[n - 1] == 'a' ? 'b' : 'a';
            }
            char written[TEXT_MAX + 2] = "*";
            memcpy(written + 1, part, n);
            written[n + 1] = '*';
            const pattern *p = NULL;
            const char *why = NULL;
            bool failed = false;
            arena_reset(a);
            assert_int_equal(pattern_compile((str){ written, n + 2 }, 0, a, &p, &why), ST_OK);
            const uint64_t before = pattern_steps();
            (void)pattern_match(p, (str){ text, shape == 3 ? x : sizeof text }, NULL, a, &failed);
            assert_true(pattern_steps() - before <= 6 * (uint64_t)(n + sizeof text));
        }
    }
}

/* With '?': a look at each character of the text for each 64 of the pattern. */
static void gaps_are_bit_parallel(void **state)
{
    (void)state;
    static const struct {
        const char *unit, *end;
    } shapes[] = {
        { "a?", "*" },       { "a?", "b" },    { "?*", "" },     { "?*", "b" },        { "*a?", "b" },
        { "*?a", "*" },      { "*?b", "*" },   { "?", "*b" },    { "?", "*?" },        { "a?a*", "" },
        { "*a?a?a?", "b*" }, { "*??", "*b*" }, { "a?a", "?*b" }, { "*a??????", "*b" },
    };
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        for (size_t n = 64; n <= 6144; n *= 2) {
            size_t pattern_n;
            const uint64_t steps = steps_of(shapes[i].unit, shapes[i].end, n, &pattern_n);
            if (steps > n * (uint64_t)(pattern_n / 64 + 2) + 2 * (uint64_t)(pattern_n + n))
                fail_msg("%s...%s at %zu: %llu steps", shapes[i].unit, shapes[i].end, n, (unsigned long long)steps);
        }
    }
}

/* One part "*a?a?a?...b*" as long as the pattern: the most words at once. */
static void one_long_part_with_gaps(void **state)
{
    (void)state;
    for (size_t n = 64; n <= 3072; n *= 2) {
        char inner[TEXT_MAX], written[TEXT_MAX];
        const str part = repeated("a?", "b", n, inner);
        written[0] = '*';
        memcpy(written + 1, part.p, part.n);
        written[part.n + 1] = '*';
        const pattern *p = NULL;
        const char *why = NULL;
        bool failed = false;
        arena_reset(a);
        assert_int_equal(pattern_compile((str){ written, part.n + 2 }, 0, a, &p, &why), ST_OK);
        assert_true(arena_used(a) < 4096 + 40 * n); /* and little memory */
        const uint64_t before = pattern_steps();
        assert_false(pattern_match(p, (str){ as, 6144 }, NULL, a, &failed));
        const uint64_t steps = pattern_steps() - before;
        assert_true(steps >= 6144 * (uint64_t)(n / 64)); /* it was counted */
        assert_true(steps <= 6144 * (uint64_t)(n / 64 + 2));
    }
}

/* --- whole documents ----------------------------------------------------------------------------- */

/* `entry` over and over in "%s", separated by commas, until the document has 6,144 characters. */
static policy_document *filled(const char *before, const char *entry, const char *after, size_t *ret_n)
{
    static char text[POLICY_DOCUMENT_MAX + 1];
    size_t n = strlen(before);
    const size_t entry_n = strlen(entry), after_n = strlen(after);
    memcpy(text, before, n);
    for (bool is_first = true; n + entry_n + 1 + after_n <= POLICY_DOCUMENT_MAX; is_first = false) {
        if (!is_first)
            text[n++] = ',';
        memcpy(text + n, entry, entry_n);
        n += entry_n;
    }
    memcpy(text + n, after, after_n);
    n += after_n;
    for (size_t i = 0; i < n; i++)
        text[i] = text[i] == '\'' ? '"' : text[i];
    policy_document *d = NULL;
    err e = { .code = "" };
    if (policy_document_parse((str){ text, n }, POLICY_IDENTITY, &d, &e) != ST_OK)
        fail_msg("%s", e.message);
    *ret_n = n;
    return d;
}

#define START "{'Version':'1','Statement':["
#define ACT   "'Effect':'Allow','Action':'oss:Get'"
#define MATCH ACT ",'Resource':'*','Condition':{'StringLike':{'x:a':["

static const struct {
    const char *before, *entry, *after;
} fillings[] = {
    { START "{" ACT ",'Resource':[", "'acs:oss:::*a*a*a*a*a*a*a*a*b'", "]}]}" },
    { START "{" ACT ",'Resource':[", "'acs:oss:::*a?a?a?a?a?a?b*'", "]}]}" },
    { START "{" ACT ",'Resource':[", "'acs:oss:::?*?*?*?*b'", "]}]}" },
    { START "{" ACT ",'Resource':[", "'acs:*:::?*b'", "]}]}" },
    { START "{" ACT ",'NotResource':[", "'acs:oss:::${x:a}${x:a}*${x:a}b*'", "]}]}" },
    { START "{" ACT ",'NotResource':[", "'acs:oss:::*${x:c}?b*'", "]}]}" },
    { START "{" ACT ",'NotResource':[", "'acs:oss:::*${x:c}b*'", "]}]}" },
    { START "{'Effect':'Deny','Resource':'*','Action':[", "'*:*?a*b'", "]}]}" },
    { START "{'Effect':'Deny','Resource':'*','Action':[", "'*:*b'", "]}]}" },
    { START "{" MATCH, "'*b'", "]}}}]}" },
    { START "{" MATCH, "'*a?b*'", "]}}}]}" },
    { START "{" MATCH, "'*aaaaaaaaaaaaaaaaaaaaaaaaaaaaaab*'", "]}}}]}" },
    { START "{" MATCH, "'${x:a}b'", "]}}}]}" },
    { START, "{" MATCH "'*a?b*']}}}", "]}" },
    { START, "{" ACT ",'Resource':'acs:oss:::*a*a?b*'}", "]}" },
};

/* A document of L characters against a text of T, V values of the key: no pattern has more characters than stand in the document,
 * and none takes fewer than 4 of them, its quotes and the comma among them. So with P characters of patterns, N = L/4 patterns and
 * V + 1 texts for each of them at most:
 *     steps <= (V + 1) * (T * (P/64 + 2 * N) + 3 * P)  <=  (V + 1) * (T * (L/64 + L/2) + 3 * L)
 * A variable adds its value to the pattern, but never more than the text has room for: T for each of N. */
static uint64_t steps_for_a_document(size_t document_n, size_t text_n, size_t value_n)
{
    const uint64_t l = document_n, t = text_n;
    return (value_n + 1) * (t * (l / 64 + l / 2) + t * (l / 4) * 3 + 3 * l);
}

static void whole_documents(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fillings / sizeof fillings[0]; i++) {
        for (size_t n = 64; n <= 1024; n *= 4) {
            char resource[2048], action[2048];
            (void)snprintf(resource, sizeof resource, "acs:oss:::%.*s", (int)n, as);
            (void)snprintf(action, sizeof action, "oss:Get");
            if (strstr(fillings[i].before, "Deny") != NULL)
                (void)snprintf(action, sizeof action, "oss:%.*s", (int)n, as);
            const str all[] = { { as, n }, { as, n }, { as, n } }, half[] = { { as, n / 2 } };
            const context_entry entries[] = { { STR("x:a"), all, 3 }, { STR("x:c"), half, 1 } };
            const context_entry single[] = { { STR("x:a"), half, 1 }, { STR("x:c"), half, 1 } };
            const context several = { entries, 2 }, one = { single, 2 };
            size_t document_n, by;
            policy_document *d = filled(fillings[i].before, fillings[i].entry, fillings[i].after, &document_n);
            arena_reset(a);
            policy_question q = {
                .action = str_from_c(action), .resource = str_from_c(resource), .context = &several, .scratch = a
            };
            uint64_t before = pattern_steps();
            (void)policy_document_evaluate(d, &q, &by, NULL);
            assert_true(pattern_steps() - before <= steps_for_a_document(document_n, n + 16, 3));
            q.context = &one;
            before = pattern_steps();
            (void)policy_document_evaluate(d, &q, &by, NULL);
            assert_true(pattern_steps() > before);
            assert_true(pattern_steps() - before <= steps_for_a_document(document_n, n + 16, 1));
            assert_true(policy_document_bytes(d) <= 64 * document_n);
            policy_document_release(d);
        }
    }
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(stars_are_linear),        TEST(long_literals_are_linear), TEST(gaps_are_bit_parallel),
        TEST(one_long_part_with_gaps), TEST(whole_documents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
