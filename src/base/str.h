/* str.h - borrowed text and bytes: a pointer and a length that travel together.
 *
 * A str is not NUL-terminated and owns nothing; it lives as long as what it points into. p == NULL means "absent" where an
 * optional value is meant; p != NULL with n == 0 is an empty text. Threads: reentrant, no state.
 */
#ifndef ARGALI_BASE_STR_H
#define ARGALI_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct {
    const char *p;
    size_t n;
} str; /* borrowed text, not NUL-terminated */

typedef struct {
    const uint8_t *p;
    size_t n;
} bytes; /* borrowed bytes */

#define STR(lit) ((str){ "" lit, sizeof(lit) - 1 })
#define STR_INIT(lit)           \
    {                           \
        "" lit, sizeof(lit) - 1 \
    } /* for static tables */
#define STR_FMT    "%.*s"
#define STR_ARG(s) ((int)(s).n), ((s).p != NULL ? (s).p : "")

str str_from_c(const char *z); /* NULL gives the absent str */
bytes bytes_of(str s);
str str_of(bytes b);

bool str_eq(str a, str b);        /* byte for byte; an absent str equals only an absent one */
bool str_eq_nocase(str a, str b); /* ASCII letters without regard to case */
int str_cmp(str a, str b);        /* byte order, shorter first when one begins the other */
bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
bool str_contains(str s, str part);
bool str_contains_nocase(str s, str part);
bool str_find(str s, char c, size_t *ret_at); /* first occurrence */
bool str_find_last(str s, char c, size_t *ret_at);
str str_slice(str s, size_t from, size_t to);                /* [from, to), both cut to the length */
str str_trim(str s);                                         /* without leading and trailing blanks and tabs */
bool str_split(str s, char c, str *ret_head, str *ret_tail); /* at the first c; false: no c, nothing written */
bool str_next(str *rest, char c, str *ret_part); /* the parts between c, one by one, empty ones too; false: that was all */

/* Whole of s, plain decimal without sign or leading zeros (but "0"), within [min, max]; else ST_INVALID. */
MUST_USE status str_to_u32(str s, uint32_t min, uint32_t max, uint32_t *ret);
MUST_USE status str_to_u64(str s, uint64_t min, uint64_t max, uint64_t *ret);
MUST_USE status str_to_i64(str s, int64_t min, int64_t max, int64_t *ret); /* one leading '-' allowed */

enum { U64_TEXT_MAX = 20 };
size_t u64_format(uint64_t v, char ret[U64_TEXT_MAX]); /* plain decimal, no NUL; the number of digits */

MUST_USE status str_to_bool(str s, bool *ret); /* true or false, any case (wire rule of the official clients) */

/* RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF. */
bool utf8_is_valid(str s);
size_t utf8_count(str s);     /* code points; s must be valid */
bool utf8_has_control(str s); /* U+0000-001F, U+007F-009F; s must be valid */

/* A set of ASCII characters, tested without locale. */
bool str_is_of(str s, bool (*is_allowed)(char c));
bool ascii_is_alpha(char c);
bool ascii_is_digit(char c);
bool ascii_is_alnum(char c);
char ascii_lower(char c);

uint64_t str_hash(str s, const uint8_t key[16]); /* SipHash-2-4, keyed: safe for attacker-chosen text */

#endif
