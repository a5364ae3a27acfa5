/* random_text.h - text drawn uniformly from an alphabet: ids, AccessKey secrets, passwords.
 *
 * By rejection, so that no character is likelier than another. What was drawn is wiped here; ret is the caller's to wipe.
 */
#ifndef ARGALI_ACCOUNT_RANDOM_TEXT_H
#define ARGALI_ACCOUNT_RANDOM_TEXT_H

#include "base/world.h"

enum { RANDOM_TEXT_MAX = 64 };

/* n characters, 1 to RANDOM_TEXT_MAX, without a NUL; the alphabet has 2 to 256 characters. */
MUST_USE status random_text(const world *w, str alphabet, char *ret, size_t n);

#define ALPHANUMERIC STR("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")

/* Uniform over the numbers of 2 to 18 decimal digits that begin with the given one (1 to 9; 0: any of them). */
MUST_USE status random_digits(const world *w, unsigned digits, unsigned first, uint64_t *ret);

MUST_USE status random_row(const world *w, uint64_t *ret); /* an immutable row id: 1 to 2^63 - 1 */

#endif
