/* password.h - passwords: making them, and the form they are stored in.
 *
 * A password is hashed (Argon2id) outside any transaction; what is stored is scheme, parameters and salt in clear and the
 * digest sealed by the vault (DESIGN: "Secrets"), so that a copied database alone cannot be attacked. Checking one is
 * password_check.h's.
 * Time: password_hash takes as long as its parameters say (tens of milliseconds): never on the event loop, never in a
 * transaction.
 */
#ifndef ARGALI_PASSWORD_PASSWORD_H
#define ARGALI_PASSWORD_PASSWORD_H

#include "base/arena.h"
#include "base/secret.h"
#include "base/world.h"
#include "password/encoded_hash.h"
#include "password/hash_recipe.h"
#include "store/records.h"

enum { PASSWORD_GENERATED_LENGTH = 20, PASSWORD_DIGEST_BYTES = 32, PASSWORD_SALT_BYTES = 16 };

/* 20 characters, uniform over the texts that hold letters of both cases, a digit and a symbol. No look-alikes: 0 O o,
 * 1 l I. */
MUST_USE status password_generate(const world *w, password *ret);

/* Argon2id v1.3. Salt of 8 to 32 bytes. ST_NO_MEMORY: the memory is not to be had. ST_INVALID: parameters out of range. */
MUST_USE status password_hash(const password *p, const argon2_parameters *how, bytes salt, uint8_t ret[PASSWORD_DIGEST_BYTES],
                              err *e);

typedef struct {
    argon2_parameters how;
    uint8_t salt[PASSWORD_SALT_BYTES];
    uint8_t digest[PASSWORD_DIGEST_BYTES];
} password_digest; /* on its way from the hash to the vault */

void password_digest_done(password_digest *d); /* wipes; NULL is fine */

/* With a fresh salt. */
MUST_USE status password_digest_new(const password *p, const argon2_parameters *how, const world *w, password_digest *ret,
                                    err *e);

typedef struct {
    uint64_t principal; /* user id; the account's own id for root */
    bool is_disabled;   /* console logon is off */
    bool is_reset_required;
    bool mfa_bind_required;
    bool is_initial; /* an administrator chose it */
    int64_t now_s;
} login_profile_spec;

/* Seals and stores: creates the login profile or replaces it. A password that is replaced goes into the history. d NULL: a
 * profile without a password, or the password stays as it is. */
MUST_USE status login_profile_put(store_tx *tx, arena *a, vault *v, const world *w, const login_profile_spec *spec,
                                  const password_digest *d, err *e);

/* The same with a hash from another system. */
MUST_USE status login_profile_put_encoded(store_tx *tx, arena *a, vault *v, const world *w, const login_profile_spec *spec,
                                          const encoded_hash *h, err *e);

/* The same password hashed anew: nothing else about the profile changes. `checked`: what the password was found right against;
 * ST_CONFLICT: it was replaced since. */
MUST_USE status login_profile_upgrade(store_tx *tx, arena *a, vault *v, const world *w, const login_profile_record *checked,
                                      const password_digest *d, err *e);

#endif
