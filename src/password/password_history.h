/* password_history.h - passwords that may not come back (RAM: PasswordReusePrevention).
 *
 * All passwords of a principal share one salt, so one hash per distinct scheme, parameters and salt is compared with up to 24
 * sealed digests. The current password counts as one of the remembered ones.
 * Order: password_past_load in `look`, password_past_check and password_digest_next in `prepare` on the hash pool,
 *        login_profile_put in `apply`, which moves what it replaces into the history.
 */
#ifndef ARGALI_PASSWORD_PASSWORD_HISTORY_H
#define ARGALI_PASSWORD_PASSWORD_HISTORY_H

#include "password/password.h"
#include "password/password_check.h"

enum { PASSWORD_HISTORY_MAX = 24 };

typedef struct {
    const login_profile_record *current; /* NULL: none */
    const password_history_record *old;  /* newest first */
    size_t old_n;
} password_past;

/* `remembered`: PasswordReusePrevention, the current password included; 0: the current one is loaded for its salt alone. */
MUST_USE status password_past_load(store_tx *tx, arena *a, uint64_t principal, uint32_t remembered, password_past *ret, err *e);

/* Only for who has just proven to know the password (`at` was right), as the answer tells earlier passwords. ST_CONFLICT: it
 * was one of the last `remembered`. */
MUST_USE status password_past_check(const password_checker *c, const attempt *at, const password_past *past,
                                    uint32_t remembered, const password *p, err *e);

/* As password_digest_new, with the salt that the past has. */
MUST_USE status password_digest_next(const password *p, const argon2_parameters *how, const password_past *past, const world *w,
                                     password_digest *ret, err *e);

#endif
