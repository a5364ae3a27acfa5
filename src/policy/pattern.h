/* pattern.h - texts with wildcards: '*' is any run of characters, also none, '?' is one character.
 *
 * Compiled once, matched without backtracking: the literal parts between the stars are found from left to right, each at its
 * first place, so a match reads text and pattern once. A part with '?' is matched 64 of its characters at a time
 * (bit-parallel), whatever the text holds. pattern_steps() counts the work, for the test that tries to make it explode.
 * Variables: ${key} stands for the one value of a condition key when the pattern is matched; ${*}, ${?} and ${$} are the
 * characters themselves. What a variable brings is literal: its own wildcards mean nothing. A variable without a value, or with
 * several, makes the pattern match nothing.
 * A character is a code point of UTF-8. Pure; threads: an immutable pattern may be matched by any number of them.
 */
#ifndef ARGALI_POLICY_PATTERN_H
#define ARGALI_POLICY_PATTERN_H

#include "base/arena.h"
#include "policy/context.h"

typedef enum {
    PATTERN_NOCASE = 1u << 0,    /* ASCII letters without regard to case */
    PATTERN_LITERAL = 1u << 1,   /* wildcards are characters (StringEquals); variables still count */
    PATTERN_VARIABLES = 1u << 2, /* ${...} is understood */
} pattern_flags;

typedef struct pattern pattern;

/* Lives in the arena. ST_INVALID: a variable that does not end, or an unknown escape; *ret_why (a literal) says it for the
 * author of the policy. */
MUST_USE status pattern_compile(str text, unsigned flags, arena *a, const pattern **ret, const char **ret_why);

/* `scratch` is used for variables only; no room there: no match, and *ret_failed is set (the caller must refuse). */
bool pattern_match(const pattern *p, str text, const context *c, arena *scratch, bool *ret_failed);

bool pattern_is_known(const pattern *p, const context *c); /* has each of its variables one value? */
bool pattern_has_variables(const pattern *p);
bool pattern_uses(const pattern *p, str key); /* does a variable name it? context_key_is_of */
uint64_t pattern_steps(void);                 /* characters and words looked at by this thread so far; for tests and benches */

#endif
