/* password_check.c - see password_check.h. */
#include "password/password_check.h"

#include <string.h>

#include "base/log.h"

enum { USUAL_SALT_BYTES = 16, USUAL_DIGEST_BYTES = 32 };

/* What a decoy computes: never stored, so its salt is nobody's. */
static hash_recipe decoy_of(const argon2_parameters *usual)
{
    return (
        hash_recipe){ .scheme = HASH_ARGON2ID, .u.argon2 = *usual, .salt_n = USUAL_SALT_BYTES, .digest_n = USUAL_DIGEST_BYTES };
}

static bool recipe_of(const login_profile_record *stored, hash_recipe *ret)
{
    err e;
    return stored != NULL && stored->scheme.n > 0 && stored->digest.n > SEALED_OVERHEAD &&
           hash_recipe_parse(stored->scheme, stored->parameters, (bytes){ stored->salt, stored->salt_n },
                             stored->digest.n - SEALED_OVERHEAD, ret, &e) == ST_OK;
}

static status compute(const hash_recipe *r, const password *given, uint8_t ret[HASH_DIGEST_MAX], err *e)
{
    static const char nothing[] = "no password";
    if (given != NULL)
        return hash_compute(r, given, ret, e);
    CLEANUP(secret_done) secret stand_in = { NULL, 0 };
    TRY(secret_copy(bytes_of(str_from_c(nothing)), &stand_in));
    return hash_compute(r, &(password){ stand_in }, ret, e);
}

/* ST_DENIED and ST_OK are judgements; all else leaves the attempt unchecked. */
static status compare(const password_checker *c, attempt *at, const login_profile_record *stored, const password *given, err *e)
{
    uint8_t digest[HASH_DIGEST_MAX];
    hash_recipe decoy = decoy_of(&c->usual), recipe;
    bool is_real = recipe_of(stored, &recipe);
    if (!is_real && stored != NULL && stored->scheme.n > 0)
        log_event(LOG_ERROR, "stored_password_malformed", LOG_N("principal", stored->principal));
    status s = compute(is_real ? &recipe : &decoy, given, digest, e);
    if (s == ST_LIMIT && is_real) {
        log_event(LOG_ERROR, "stored_password_over_bound", LOG_N("principal", stored->principal), LOG_Z("reason", e->log));
        is_real = false;
        s = compute(&decoy, given, digest, e);
    }
    if (s == ST_OK) {
        if (is_real && given != NULL && !attempt_is_decoy(at)) {
            const seal_place place = { SEAL_PASSWORD, c->account, stored->row };
            s = vault_digest_check(c->vault, place, (bytes){ stored->digest.b, stored->digest.n },
                                   (bytes){ digest, recipe.digest_n }, e);
        } else
            s = err_set(e, ST_DENIED, NULL, "a decoy");
    }
    secret_wipe(digest, sizeof digest);
    return s;
}

status password_check(const password_checker *c, attempt *at, const login_profile_record *stored, const password *given, err *e)
{
    status s = compare(c, at, stored, given, e);
    return s == ST_OK || s == ST_DENIED ? attempt_judge(at, s == ST_OK) : s;
}

bool password_is_outdated(const login_profile_record *stored, const argon2_parameters *usual)
{
    hash_recipe r;
    return !recipe_of(stored, &r) || r.scheme != HASH_ARGON2ID || r.u.argon2.memory_kib != usual->memory_kib ||
           r.u.argon2.passes != usual->passes || r.u.argon2.lanes != usual->lanes || r.salt_n < USUAL_SALT_BYTES ||
           r.digest_n != USUAL_DIGEST_BYTES;
}
