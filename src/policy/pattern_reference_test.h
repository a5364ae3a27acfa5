/* pattern_reference_test.h - a slow matcher of wildcards that is plainly right, for the tests and the fuzz target: a table over
 * every length of the pattern and of the text. */
#ifndef ARGALI_POLICY_PATTERN_REFERENCE_TEST_H
#define ARGALI_POLICY_PATTERN_REFERENCE_TEST_H

#include <stdlib.h>
#include <string.h>

#include "policy/context.h"
#include "policy/pattern.h"

enum { REFERENCE_MAX = 256, REFERENCE_ANY = -1, REFERENCE_STAR = -2 };

typedef struct {
    int32_t c[REFERENCE_MAX]; /* code points, REFERENCE_ANY, REFERENCE_STAR */
    size_t n;
} reference;

static inline int32_t reference_fold(int32_t c, unsigned flags)
{
    return (flags & PATTERN_NOCASE) != 0 && c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

/* s must be UTF-8. */
static inline void reference_add(reference *r, str s, unsigned flags)
{
    for (size_t i = 0; i < s.n && r->n < REFERENCE_MAX;) {
        const uint8_t b = (uint8_t)s.p[i++];
        int32_t c = b < 0x80 ? b : b < 0xE0 ? b & 0x1F : b < 0xF0 ? b & 0x0F : b & 0x07;
        for (; i < s.n && ((uint8_t)s.p[i] & 0xC0) == 0x80; i++)
            c = c << 6 | ((uint8_t)s.p[i] & 0x3F);
        r->c[r->n++] = reference_fold(c, flags);
    }
}

static inline void reference_add_token(reference *r, int32_t c)
{
    if (r->n < REFERENCE_MAX)
        r->c[r->n++] = c;
}

static inline bool reference_match(const reference *p, const reference *t)
{
    static bool is[REFERENCE_MAX + 1][REFERENCE_MAX + 1]; /* the first i of the pattern match the first k of the text */
    for (size_t i = 0; i <= p->n; i++) {
        for (size_t k = 0; k <= t->n; k++) {
            if (i == 0)
                is[i][k] = k == 0;
            else if (p->c[i - 1] == REFERENCE_STAR)
                is[i][k] = is[i - 1][k] || (k > 0 && is[i][k - 1]);
            else
                is[i][k] = k > 0 && is[i - 1][k - 1] && (p->c[i - 1] == REFERENCE_ANY || p->c[i - 1] == t->c[k - 1]);
        }
    }
    return is[p->n][t->n];
}

/* The bound that pattern.h promises: a look at each character of the text for each 64 of the pattern, and some at the pattern. */
static inline uint64_t steps_allowed(size_t pattern_n, size_t text_n)
{
    return (uint64_t)text_n * (pattern_n / 64 + 3) + 8 * (uint64_t)pattern_n + 8;
}

#endif
