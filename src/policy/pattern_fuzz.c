/* pattern_fuzz.c - the matcher and a slow one that is plainly right agree, in no more steps than promised.
 *
 * A byte of flags, then lines: the pattern, the text, and the value of the variable ${v:v}. */
#include "policy/pattern_reference_test.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LINE_MAX = 120 };

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* What stands at `at` and is read as a variable: its length, else 0. Writes its tokens; *ret_is_valid: it has a value. */
static size_t add_variable(reference *r, str written, size_t at, str value, unsigned flags, bool *ret_has_value)
{
    static const struct {
        str text;
        char c;
    } escapes[] = { { STR_INIT("${*}"), '*' }, { STR_INIT("${?}"), '?' }, { STR_INIT("${$}"), '$' } };
    const str rest = str_slice(written, at, written.n);
    size_t n;
    if ((flags & PATTERN_VARIABLES) == 0 || !str_starts(rest, STR("${")) || !str_find(rest, '}', &n))
        return 0;
    for (size_t i = 0; i < 3; i++) {
        if (str_starts(rest, escapes[i].text)) {
            reference_add_token(r, escapes[i].c);
            return n + 1;
        }
    }
    if (str_eq_nocase(str_slice(rest, 0, n + 1), STR("${v:v}")))
        reference_add(r, value, flags);
    else
        *ret_has_value = false;
    return n + 1;
}

/* false: it matches nothing, as a variable has no value. */
static bool add_pattern(reference *r, str written, str value, unsigned flags)
{
    bool has_value = true;
    for (size_t i = 0; i < written.n;) {
        size_t n = add_variable(r, written, i, value, flags, &has_value);
        const char c = written.p[i];
        if (n == 0 && (flags & PATTERN_LITERAL) == 0 && (c == '*' || c == '?')) {
            reference_add_token(r, c == '*' ? REFERENCE_STAR : REFERENCE_ANY);
            n = 1;
        } else if (n == 0) {
            for (n = 1; i + n < written.n && ((uint8_t)written.p[i + n] & 0xC0) == 0x80;)
                n++;
            reference_add(r, str_slice(written, i, i + n), flags);
        }
        i += n;
    }
    return has_value;
}

static void compare(const pattern *p, str written, str text, str value, unsigned flags, arena *a)
{
    static const str key = STR_INIT("V:v");
    const context_entry e = { key, &value, 1 };
    const context c = { &e, 1 };
    reference rp = { .n = 0 }, rt = { .n = 0 };
    bool failed = false;
    const uint64_t before = pattern_steps();
    const bool is = pattern_match(p, text, &c, a, &failed);
    require(!failed);
    require(pattern_steps() - before <= steps_allowed(written.n * (1 + value.n), text.n));
    if (!utf8_is_valid(text) || !utf8_is_valid(value))
        return;
    const bool has_value = add_pattern(&rp, written, value, flags);
    reference_add(&rt, text, flags);
    if (rp.n < REFERENCE_MAX) /* else it was cut */
        require(is == (has_value && reference_match(&rp, &rt)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static arena *a;
    if (a == NULL)
        a = arena_new(256 * 1024, 4 * 1024 * 1024);
    if (a == NULL || size == 0)
        return 0;
    arena_reset(a);
    const unsigned flags = data[0] & 7u;
    str rest = { (const char *)data + 1, size - 1 }, lines[3] = { { "", 0 }, { "", 0 }, { "", 0 } };
    for (size_t i = 0; i < 3 && str_next(&rest, '\n', &lines[i]); i++) {
        if (lines[i].n > LINE_MAX)
            return 0;
    }
    const pattern *p = NULL;
    const char *why = NULL;
    const status s = pattern_compile(lines[0], flags, a, &p, &why);
    require(s == ST_OK || (s == ST_INVALID && why != NULL && p == NULL));
    if (s == ST_OK)
        compare(p, lines[0], lines[1], lines[2], flags, a);
    else
        require(!utf8_is_valid(lines[0]) || ((flags & PATTERN_VARIABLES) != 0 && str_contains(lines[0], STR("${"))));
    return 0;
}
