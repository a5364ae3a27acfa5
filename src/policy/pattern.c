/* pattern.c - see pattern.h.
 *
 * A pattern is a row of parts with stars between them, and a part a row of tokens. The first part stands at the start of the
 * text, the last one at its end, and each between them is taken at its first place behind the one before: a later place could
 * only leave less text for the rest, so nothing ever has to be taken back. Every part has a fixed number of characters once its
 * variables are known. Only the parts in between have to be searched for (search.h).
 */
#include "policy/pattern.h"

#include <stdlib.h>
#include <string.h>

#include "policy/search.h"

enum { PATTERN_MAX = 65536, VARIABLES_ON_STACK = 8 };

typedef enum { TOKEN_LITERAL, TOKEN_ANY, TOKEN_VARIABLE, TOKEN_STAR } token_kind;

typedef struct {
    token_kind kind;
    uint32_t at, n;    /* in the text of the pattern: the literal, the name of the variable, so many '?' */
    uint32_t variable; /* which one, counted from the start of the pattern */
} token;

/* What is searched for: a literal, or a part with gaps. */
typedef struct {
    str literal;
    const gapped *gaps; /* NULL: the literal */
} needle;

typedef struct {
    uint32_t first, n;    /* tokens */
    const needle *needle; /* NULL: none is needed, or its variables are not known yet */
} part;

struct pattern {
    str text;
    const token *tokens;
    const part *parts;
    uint32_t part_n, token_n, variable_n;
    uint32_t least; /* bytes that it takes at least, variables not counted */
    bool is_nocase;
};

typedef struct {
    const pattern *p;
    str text;
    const str *values; /* of the variables */
    arena *scratch;
    bool failed;
} matching;

static _Thread_local uint64_t steps;

uint64_t pattern_steps(void)
{
    return steps;
}

/* --- compiling ----------------------------------------------------------------------------------- */

static status read_variable(str text, size_t at, token *ret, size_t *ret_end, const char **ret_why)
{
    enum { OPENING = 2 }; /* "${" */
    const str rest = str_slice(text, at + OPENING, text.n);
    size_t n;
    if (!str_find(rest, '}', &n)) {
        *ret_why = "a variable ${ without its closing }";
        return ST_INVALID;
    }
    const str name = str_slice(rest, 0, n);
    *ret = (token){ TOKEN_VARIABLE, (uint32_t)(at + OPENING), (uint32_t)n, 0 };
    *ret_end = at + OPENING + n + 1;
    if (str_eq(name, STR("*")) || str_eq(name, STR("?")) || str_eq(name, STR("$"))) {
        ret->kind = TOKEN_LITERAL;
        return ST_OK;
    }
    if (str_contains(name, STR("${"))) {
        *ret_why = "a variable within a variable";
        return ST_INVALID;
    }
    if (!str_contains(name, STR(":"))) {
        *ret_why = "a variable is ${service:key}, like ${acs:PrincipalName}, or one of ${*}, ${?} and ${$}";
        return ST_INVALID;
    }
    return ST_OK;
}

static bool is_variable(str text, size_t at, unsigned flags)
{
    return (flags & PATTERN_VARIABLES) != 0 && text.n - at >= 2 && text.p[at] == '$' && text.p[at + 1] == '{';
}

static bool is_wildcard(char c, unsigned flags)
{
    return (flags & PATTERN_LITERAL) == 0 && (c == '*' || c == '?');
}

static status next_token(str text, unsigned flags, size_t *at, token *ret, const char **ret_why)
{
    const size_t start = *at;
    if (is_variable(text, start, flags))
        return read_variable(text, start, ret, at, ret_why);
    size_t end = start + 1;
    const char c = text.p[start];
    const bool is_wild = is_wildcard(c, flags);
    if (is_wild) {
        while (end < text.n && text.p[end] == c)
            end++;
    } else {
        while (end < text.n && !is_wildcard(text.p[end], flags) && !is_variable(text, end, flags))
            end++;
    }
    *ret = (token){ !is_wild ? TOKEN_LITERAL : c == '*' ? TOKEN_STAR : TOKEN_ANY, (uint32_t)start, (uint32_t)(end - start), 0 };
    *at = end;
    return ST_OK;
}

/* Counts tokens (without stars), parts and variables. */
static status measure(pattern *p, unsigned flags, const char **ret_why)
{
    p->part_n = 1;
    for (size_t at = 0; at < p->text.n;) {
        token t;
        TRY(next_token(p->text, flags, &at, &t, ret_why));
        p->part_n += t.kind == TOKEN_STAR ? 1 : 0;
        p->token_n += t.kind != TOKEN_STAR ? 1 : 0;
        p->variable_n += t.kind == TOKEN_VARIABLE ? 1 : 0;
        p->least += t.kind == TOKEN_LITERAL || t.kind == TOKEN_ANY ? t.n : 0;
    }
    return ST_OK;
}

static void fill(const pattern *p, unsigned flags, token *tokens, part *parts)
{
    uint32_t token_n = 0, part_n = 0, variable_n = 0;
    const char *why;
    for (size_t at = 0; at < p->text.n;) {
        token t;
        if (next_token(p->text, flags, &at, &t, &why) != ST_OK)
            return; /* measure() came through */
        if (t.kind == TOKEN_STAR) {
            parts[++part_n].first = token_n;
            continue;
        }
        if (t.kind == TOKEN_VARIABLE)
            t.variable = variable_n++;
        tokens[token_n++] = t;
        parts[part_n].n++;
    }
}

static bool part_has(const pattern *p, const part *x, token_kind kind)
{
    for (uint32_t i = 0; i < x->n; i++) {
        if (p->tokens[x->first + i].kind == kind)
            return true;
    }
    return false;
}

static bool is_only_any(const pattern *p, const part *x)
{
    return x->n == 0 || (x->n == 1 && p->tokens[x->first].kind == TOKEN_ANY);
}

static str literal_of(const pattern *p, const str *values, const token *t)
{
    return t->kind == TOKEN_VARIABLE ? values[t->variable] : str_slice(p->text, t->at, (size_t)t->at + t->n);
}

static status join(const pattern *p, const str *values, const part *x, arena *a, str *ret)
{
    if (x->n == 1) {
        *ret = literal_of(p, values, &p->tokens[x->first]);
        return ST_OK;
    }
    size_t n = 0, at = 0;
    for (uint32_t i = 0; i < x->n; i++)
        n += literal_of(p, values, &p->tokens[x->first + i]).n;
    char *joined = arena_alloc(a, n);
    if (joined == NULL)
        return ST_NO_MEMORY;
    for (uint32_t i = 0; i < x->n; i++) {
        const str s = literal_of(p, values, &p->tokens[x->first + i]);
        if (s.n > 0)
            memcpy(joined + at, s.p, s.n);
        at += s.n;
    }
    *ret = (str){ joined, n };
    return ST_OK;
}

static size_t part_characters(const pattern *p, const str *values, const part *x)
{
    size_t n = 0;
    for (uint32_t i = 0; i < x->n; i++) {
        const token *t = &p->tokens[x->first + i];
        n += t->kind == TOKEN_ANY ? t->n : character_count(literal_of(p, values, t));
    }
    return n;
}

static void write_characters(const pattern *p, const str *values, const part *x, uint32_t *ret)
{
    for (uint32_t i = 0; i < x->n; i++) {
        const token *t = &p->tokens[x->first + i];
        if (t->kind == TOKEN_ANY) {
            for (uint32_t k = 0; k < t->n; k++)
                *ret++ = CHARACTER_ANY;
            continue;
        }
        const str s = literal_of(p, values, t);
        for (size_t at = 0, size; at < s.n; at += size) {
            size = character_size(s, at);
            *ret++ = character_at(s, at, size);
        }
    }
}

static status gaps_of(const pattern *p, const str *values, const part *x, arena *a, const gapped **ret)
{
    const size_t n = part_characters(p, values, x);
    uint32_t *characters = malloc(n * sizeof *characters);
    if (characters == NULL)
        return ST_NO_MEMORY;
    write_characters(p, values, x, characters);
    const status s = gapped_compile(characters, n, p->is_nocase, a, ret);
    free(characters);
    return s;
}

static status needle_of(const pattern *p, const str *values, const part *x, arena *a, needle *ret)
{
    *ret = (needle){ .gaps = NULL };
    return part_has(p, x, TOKEN_ANY) ? gaps_of(p, values, x, a, &ret->gaps) : join(p, values, x, a, &ret->literal);
}

/* Of the parts between the first and the last, where no variable stands in the way. */
static status prepare_needles(const pattern *p, part *parts, arena *a)
{
    for (uint32_t i = 1; i + 1 < p->part_n; i++) {
        if (is_only_any(p, &parts[i]) || part_has(p, &parts[i], TOKEN_VARIABLE))
            continue;
        needle *x = arena_alloc(a, sizeof *x);
        if (x == NULL)
            return ST_NO_MEMORY;
        TRY(needle_of(p, NULL, &parts[i], a, x));
        parts[i].needle = x;
    }
    return ST_OK;
}

status pattern_compile(str text, unsigned flags, arena *a, const pattern **ret, const char **ret_why)
{
    if (text.n > PATTERN_MAX || !utf8_is_valid(text)) {
        *ret_why = text.n > PATTERN_MAX ? "longer than 65,536 bytes" : "not UTF-8";
        return ST_INVALID;
    }
    pattern *p = arena_alloc(a, sizeof *p);
    if (p == NULL)
        return ST_NO_MEMORY;
    *p = (pattern){ .is_nocase = (flags & PATTERN_NOCASE) != 0 };
    TRY(arena_copy(a, text, &p->text));
    TRY(measure(p, flags, ret_why));
    token *tokens = arena_alloc_n(a, p->token_n, sizeof *tokens);
    part *parts = arena_alloc_n(a, p->part_n, sizeof *parts);
    if (tokens == NULL || parts == NULL)
        return ST_NO_MEMORY;
    fill(p, flags, tokens, parts);
    p->tokens = tokens;
    p->parts = parts;
    TRY(prepare_needles(p, parts, a));
    *ret = p;
    return ST_OK;
}

/* --- matching ------------------------------------------------------------------------------------ */

/* The length of what was equal comes to the count of steps. */
static bool stands_at(const matching *m, str literal, size_t at)
{
    if (literal.n > m->text.n - at)
        return false;
    size_t i = 0;
    if (m->p->is_nocase) {
        while (i < literal.n && ascii_lower(literal.p[i]) == ascii_lower(m->text.p[at + i]))
            i++;
    } else if (literal.n == 0 || memcmp(literal.p, m->text.p + at, literal.n) == 0) {
        i = literal.n;
    }
    steps += literal.n > 0 ? literal.n : 1;
    return i == literal.n;
}

static bool skip_characters(const matching *m, size_t n, size_t *at)
{
    for (size_t i = 0; i < n; i++) {
        if (*at >= m->text.n)
            return false;
        *at += character_size(m->text, *at);
        steps++;
    }
    return true;
}

static bool part_stands_at(const matching *m, const part *x, size_t *at)
{
    for (uint32_t i = 0; i < x->n; i++) {
        const token *t = &m->p->tokens[x->first + i];
        if (t->kind == TOKEN_ANY) {
            if (!skip_characters(m, t->n, at))
                return false;
            continue;
        }
        const str literal = literal_of(m->p, m->values, t);
        if (!stands_at(m, literal, *at))
            return false;
        *at += literal.n;
    }
    return true;
}

static size_t part_least(const matching *m, const part *x)
{
    size_t n = 0;
    for (uint32_t i = 0; i < x->n; i++) {
        const token *t = &m->p->tokens[x->first + i];
        n += t->kind == TOKEN_ANY ? t->n : literal_of(m->p, m->values, t).n;
    }
    return n;
}

static bool search(matching *m, const part *x, size_t *at)
{
    if (is_only_any(m->p, x))
        return part_stands_at(m, x, at);
    const size_t least = part_least(m, x);
    const str rest = str_slice(m->text, *at, m->text.n);
    if (least > rest.n)
        return false;
    needle built;
    if (x->needle == NULL) {
        if (m->scratch == NULL || needle_of(m->p, m->values, x, m->scratch, &built) != ST_OK) {
            m->failed = true;
            return false;
        }
        steps += least;
    }
    const needle *n = x->needle != NULL ? x->needle : &built;
    size_t found;
    if (n->gaps != NULL) {
        if (!gapped_search(n->gaps, rest, &found, &steps))
            return false;
        *at += found;
        return true;
    }
    if (!search_literal(rest, n->literal, m->p->is_nocase, &found, &steps))
        return false;
    *at += found + n->literal.n;
    return true;
}

static bool stands_at_end(const matching *m, const part *x, size_t at)
{
    const str rest = str_slice(m->text, at, m->text.n);
    if (!part_has(m->p, x, TOKEN_ANY)) {
        const size_t n = part_least(m, x);
        if (n > rest.n)
            return false;
        at = m->text.n - n;
        return part_stands_at(m, x, &at);
    }
    const size_t n = part_characters(m->p, m->values, x), there = character_count(rest);
    steps += n + rest.n;
    return n <= there && skip_characters(m, there - n, &at) && part_stands_at(m, x, &at) && at == m->text.n;
}

static bool parts_match(matching *m)
{
    const pattern *p = m->p;
    size_t at = 0;
    if (!part_stands_at(m, &p->parts[0], &at))
        return false;
    if (p->part_n == 1)
        return at == m->text.n;
    for (uint32_t i = 1; i + 1 < p->part_n; i++) {
        if (!search(m, &p->parts[i], &at))
            return false;
    }
    return stands_at_end(m, &p->parts[p->part_n - 1], at);
}

/* The value of each variable; false: one has none, or several. *ret_n: the bytes of all. */
static bool resolve(const pattern *p, const context *c, str *ret, size_t *ret_n)
{
    *ret_n = 0;
    for (uint32_t i = 0; i < p->token_n; i++) {
        const token *t = &p->tokens[i];
        if (t->kind != TOKEN_VARIABLE)
            continue;
        const context_entry *e = context_find(c, str_slice(p->text, t->at, (size_t)t->at + t->n));
        steps++;
        if (e == NULL || e->n != 1)
            return false;
        ret[t->variable] = e->values[0];
        *ret_n += e->values[0].n;
    }
    return true;
}

bool pattern_is_known(const pattern *p, const context *c)
{
    for (uint32_t i = 0; i < p->token_n; i++) {
        const token *t = &p->tokens[i];
        if (t->kind != TOKEN_VARIABLE)
            continue;
        const context_entry *e = context_find(c, str_slice(p->text, t->at, (size_t)t->at + t->n));
        if (e == NULL || e->n != 1)
            return false;
    }
    return true;
}

bool pattern_match(const pattern *p, str text, const context *c, arena *scratch, bool *ret_failed)
{
    str on_stack[VARIABLES_ON_STACK] = { { NULL, 0 } };
    matching m = { p, text, on_stack, scratch, false };
    size_t n = 0;
    if (p->least > text.n)
        return false;
    if (p->variable_n > 0) {
        str *values = on_stack;
        if (p->variable_n > VARIABLES_ON_STACK)
            values = scratch != NULL ? arena_alloc_n(scratch, p->variable_n, sizeof *values) : NULL;
        if (values == NULL) {
            *ret_failed = true;
            return false;
        }
        if (!resolve(p, c, values, &n))
            return false;
        m.values = values;
    }
    if (n > text.n - p->least)
        return false;
    const bool is_match = parts_match(&m);
    if (m.failed)
        *ret_failed = true;
    return is_match;
}

bool pattern_has_variables(const pattern *p)
{
    return p->variable_n > 0;
}

bool pattern_uses(const pattern *p, str key)
{
    for (uint32_t i = 0; p->variable_n > 0 && i < p->token_n; i++) {
        const token *t = &p->tokens[i];
        if (t->kind == TOKEN_VARIABLE && context_key_is_of(str_slice(p->text, t->at, (size_t)t->at + t->n), key))
            return true;
    }
    return false;
}
