/* password_text.h - which texts are passwords, and what their characters are.
 *
 * The rule is OpaqueString of PRECIS (RFC 8265 section 4.2, on the FreeformClass of RFC 8264): spaces other than U+0020 become
 * U+0020, then Unicode normalisation form C; nothing is trimmed, cut or folded. Refused are controls, unassigned and private
 * characters, surrogates, noncharacters, ignorable characters (joiners too) and old Hangul jamo. 1 to PASSWORD_CHARACTERS_MAX
 * characters (code points, after normalisation).
 * Secrets: a password lies in locked memory; what is passed in stays the caller's to wipe.
 */
#ifndef ARGALI_PASSWORD_PASSWORD_TEXT_H
#define ARGALI_PASSWORD_PASSWORD_TEXT_H

#include "base/secret.h"

enum { PASSWORD_CHARACTERS_MAX = 128, PASSWORD_INPUT_MAX = 2048 /* bytes, before normalisation */ };

/* ST_INVALID: no password. A text that is to be compared with a stored password and breaks the rule is simply wrong. */
MUST_USE status password_from_text(str text, password *ret, err *e);

typedef struct {
    uint32_t characters, different;
    bool has_lowercase, has_uppercase, has_number, has_symbol; /* symbol: every character that is neither letter nor number */
} password_characters;

void password_count_characters(const password *p, password_characters *ret);

/* ASCII letters without regard to case; false for an empty part. */
bool password_contains(const password *p, str part);

#endif
