/* search.h - the first place of a part of a pattern in a text, in linear time whatever the two hold.
 *
 * A character is one code point of UTF-8; a byte that belongs to none is a character of its own. With is_nocase ASCII letters
 * are the same in either case. Each function adds to *steps the characters and words that it looked at. Pure.
 */
#ifndef ARGALI_POLICY_SEARCH_H
#define ARGALI_POLICY_SEARCH_H

#include "base/arena.h"

size_t character_size(str s, size_t at);              /* bytes of the character there; at < s.n */
uint32_t character_at(str s, size_t at, size_t size); /* its bytes as one number, never CHARACTER_ANY */
size_t character_count(str s);

#define CHARACTER_ANY UINT32_MAX

/* Constant memory, at most three looks at each byte of the text and five at each of the part. */
bool search_literal(str text, str part, bool is_nocase, size_t *ret_at, uint64_t *steps);

/* A part in which some characters are CHARACTER_ANY: one look at each character of the text, and one at each 64 of the part. */
typedef struct gapped gapped;
enum { GAPPED_MAX = 65536 }; /* characters */

/* Lives in the arena, 18 bytes for each character at the most. ST_LIMIT: too long; n is at least 1. */
MUST_USE status gapped_compile(const uint32_t *characters, size_t n, bool is_nocase, arena *a, const gapped **ret);
bool gapped_search(const gapped *g, str text, size_t *ret_end, uint64_t *steps); /* *ret_end: behind its first place */

#endif
