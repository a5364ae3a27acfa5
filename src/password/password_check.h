/* password_check.h - is this the password? The only function that answers, and it takes an attempt.
 *
 * The digest is computed here, outside the vault, and compared in it. A decoy (attempt.h), a principal without a password and a
 * stored hash that cannot be computed cost what a wrong password costs, and are one.
 * Time: hash_compute's: on the hash pool.
 */
#ifndef ARGALI_PASSWORD_PASSWORD_CHECK_H
#define ARGALI_PASSWORD_PASSWORD_CHECK_H

#include "attempt/attempt.h"
#include "password/hash_recipe.h"
#include "vault/vault.h"

typedef struct {
    vault *vault;
    uint64_t account;
    argon2_parameters usual; /* how new passwords are hashed, and what a decoy costs where nothing is stored */
} password_checker;

/* stored: the login profile as `look` read it; NULL: there is none. given: NULL: what was sent can be no password
 * (password_from_text refused it). ST_OK: it is the password. ST_DENIED: it is not. Others leave the attempt unchecked and are
 * the operator's to know (err.log): a damaged seal, no memory. A stored hash that cannot be computed is logged here. */
MUST_USE status password_check(const password_checker *c, attempt *at, const login_profile_record *stored,
                               const password *given, err *e);

/* After a success: is the stored hash of another scheme, or with other parameters than `usual`? Then password_digest_next and
 * login_profile_upgrade. */
bool password_is_outdated(const login_profile_record *stored, const argon2_parameters *usual);

#endif
