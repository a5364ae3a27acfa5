/* encoded_hash.h - password hashes as other systems write them, for import.
 *
 *   $argon2id$v=19$m=65536,t=2,p=1$SALT$DIGEST      PHC string, Base64 without padding
 *   $2a$12$..., $2b$, $2y$                           bcrypt, its own Base64
 *   $7$...                                           scrypt as crypt(3) and libsodium write it
 *   $scrypt$ln=16,r=8,p=1$SALT$DIGEST                scrypt, PHC string
 *   $pbkdf2-sha256$29000$SALT$DIGEST, -sha512        passlib, Base64 with '.' for '+'
 * Every number has a bound (hash_recipe.h), every length one; exactly what an encoder writes is taken, and nothing else.
 * Pure. Threads: reentrant.
 */
#ifndef ARGALI_PASSWORD_ENCODED_HASH_H
#define ARGALI_PASSWORD_ENCODED_HASH_H

#include "password/hash_recipe.h"

enum { ENCODED_HASH_MAX = 512 };

typedef struct {
    hash_recipe recipe;
    uint8_t digest[HASH_DIGEST_MAX]; /* recipe.digest_n bytes */
} encoded_hash;

void encoded_hash_done(encoded_hash *h); /* wipes */

/* ST_INVALID: none of these, malformed, or out of bounds; err.message says which, never the text itself. */
MUST_USE status encoded_hash_parse(str text, encoded_hash *ret, err *e);

#endif
