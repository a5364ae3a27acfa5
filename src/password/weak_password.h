/* weak_password.h - passwords that guessers try first (RAM: the library of threatened passwords).
 *
 * Two sources: zxcvbn's word lists and patterns, with the account's own words among them, and, where it is configured, a sorted
 * file of SHA-1 hashes of breached passwords, searched in place (the format of Have I Been Pwned: 40 upper-case hex digits a
 * line, with or without ":count", sorted by hash).
 * When: always for passwords that people choose in the console; on the API where InterceptRiskPasswordOnApi is set. Generated
 * passwords are not checked.
 * Time: some milliseconds, and a few reads of the file: in `prepare`. Threads: any.
 */
#ifndef ARGALI_PASSWORD_WEAK_PASSWORD_H
#define ARGALI_PASSWORD_WEAK_PASSWORD_H

#include "base/secret.h"

typedef struct breached_passwords breached_passwords;

/* The first and last line are read as a test. ST_NOT_FOUND, ST_INVALID: not such a file. */
MUST_USE status breached_passwords_open(const char *path, breached_passwords **ret, err *e);
void breached_passwords_close(breached_passwords *b); /* NULL is fine */
/* ST_OK with *ret; ST_UNAVAILABLE: the file could not be read, or is not sorted. */
MUST_USE status breached_passwords_find(const breached_passwords *b, const password *p, bool *ret, err *e);

enum { OWN_WORDS_MAX = 16 };

/* words: alias, domains, user name, display name ...; empty ones are fine, and what is in one between blanks and punctuation
 * counts too. */
bool password_is_guessable(const password *p, const str *words, size_t words_n);

/* Both; file: NULL: none. ST_INVALID: weak, with err.message and `code`. A file that cannot be read is logged and does not stop
 * anyone. */
MUST_USE status weak_password_check(const breached_passwords *file, const password *p, const str *words, size_t words_n,
                                    const char *code, err *e);

#endif
