/* password.c - see password.h. */
#include "password/password.h"

#include <string.h>

#include "account/random_text.h"
#include "password/password_policy.h"

enum { HISTORY_KEPT = 24 /* RAM: PasswordReusePrevention 0 to 24 */ };

status password_generate(const world *w, password *ret)
{
    return password_generate_for(w, &PASSWORD_POLICY_DEFAULT, STR(""), ret);
}

status password_hash(const password *p, const argon2_parameters *how, bytes salt, uint8_t ret[PASSWORD_DIGEST_BYTES], err *e)
{
    if (!argon2_parameters_are_valid(how) || salt.n < 8 || salt.n > 32)
        return err_set(e, ST_INVALID, NULL, "Argon2id parameters m=%u,t=%u,p=%u are out of range", how->memory_kib, how->passes,
                       how->lanes);
    hash_recipe r = { .scheme = HASH_ARGON2ID, .u.argon2 = *how, .salt_n = (uint8_t)salt.n, .digest_n = PASSWORD_DIGEST_BYTES };
    memcpy(r.salt, salt.p, salt.n);
    uint8_t digest[HASH_DIGEST_MAX];
    status s = hash_compute(&r, p, digest, e);
    if (s == ST_OK)
        memcpy(ret, digest, PASSWORD_DIGEST_BYTES);
    secret_wipe(digest, sizeof digest);
    return s;
}

void password_digest_done(password_digest *d)
{
    if (d != NULL)
        secret_wipe(d, sizeof *d);
}

status password_digest_new(const password *p, const argon2_parameters *how, const world *w, password_digest *ret, err *e)
{
    CLEANUP(password_digest_done) password_digest d = { .how = *how };
    TRY(world_random(w, d.salt, sizeof d.salt));
    TRY(password_hash(p, how, (bytes){ d.salt, sizeof d.salt }, d.digest, e));
    *ret = d;
    return ST_OK;
}

/* --- storing ------------------------------------------------------------------------------------------------------ */

/* The replaced password moves as it is: its digest stays sealed at its row. */
static status keep_in_history(store_tx *tx, const login_profile_record *old, err *e)
{
    if (old->scheme.n == 0)
        return ST_OK;
    password_history_record h = {
        .principal = old->principal,
        .row = old->row,
        .scheme = old->scheme,
        .parameters = old->parameters,
        .salt_n = old->salt_n,
        .digest = old->digest,
        .set_s = old->password_set_s,
    };
    memcpy(h.salt, old->salt, sizeof h.salt);
    TRY(store_password_history_insert(tx, &h, e));
    return store_password_history_trim(tx, old->principal, HISTORY_KEPT, e);
}

/* The same password again (configuration tools send it every time) is no earlier one. Told by the digest alone, which the
 * shared salt makes the same; nobody is answered. */
static bool is_unchanged(store_tx *tx, vault *v, const login_profile_record *old, const hash_recipe *recipe,
                         const uint8_t *digest)
{
    err ignored;
    hash_recipe r;
    const bytes sealed_digest = { old->digest.b, old->digest.n };
    const seal_place at = { SEAL_PASSWORD, store_tx_account(tx), old->row };
    return old->scheme.n > 0 &&
           hash_recipe_parse(old->scheme, old->parameters, (bytes){ old->salt, old->salt_n }, recipe->digest_n, &r, &ignored) ==
               ST_OK &&
           hash_recipe_equal(&r, recipe) &&
           vault_digest_check(v, at, sealed_digest, (bytes){ digest, recipe->digest_n }, &ignored) == ST_OK;
}

/* A new row with each new digest. */
static status set_digest(store_tx *tx, arena *a, vault *v, const world *w, const hash_recipe *recipe, const uint8_t *digest,
                         login_profile_record *r, err *e)
{
    r->scheme = hash_scheme_name(recipe->scheme);
    TRY(hash_recipe_format(recipe, a, &r->parameters));
    memcpy(r->salt, recipe->salt, sizeof r->salt);
    r->salt_n = recipe->salt_n;
    TRY(random_row(w, &r->row));
    const seal_place at = { SEAL_PASSWORD, store_tx_account(tx), r->row };
    return vault_seal_new(v, at, (bytes){ digest, recipe->digest_n }, &r->digest, e);
}

/* digest NULL: what is there stays. */
static status put(store_tx *tx, arena *a, vault *v, const world *w, const login_profile_spec *spec, const hash_recipe *recipe,
                  const uint8_t *digest, err *e)
{
    login_profile_record r = { 0 };
    status found = store_login_profile_get(tx, a, spec->principal, &r, e);
    if (found != ST_OK && found != ST_NOT_FOUND)
        return found;
    if (found == ST_NOT_FOUND) {
        r = (login_profile_record){ .principal = spec->principal, .created_s = spec->now_s };
        TRY(random_row(w, &r.row));
    }
    r.is_active = !spec->is_disabled;
    r.is_reset_required = spec->is_reset_required;
    r.mfa_bind_required = spec->mfa_bind_required;
    r.is_initial = spec->is_initial;
    r.updated_s = spec->now_s;
    if (digest != NULL) {
        if (found == ST_OK && !is_unchanged(tx, v, &r, recipe, digest))
            TRY(keep_in_history(tx, &r, e));
        TRY(set_digest(tx, a, v, w, recipe, digest, &r, e));
        r.password_set_s = spec->now_s;
    }
    return store_login_profile_put(tx, &r, e);
}

static hash_recipe recipe_of(const password_digest *d)
{
    hash_recipe r = { .scheme = HASH_ARGON2ID, .u.argon2 = d->how, .salt_n = sizeof d->salt, .digest_n = sizeof d->digest };
    memcpy(r.salt, d->salt, sizeof d->salt);
    return r;
}

status login_profile_put(store_tx *tx, arena *a, vault *v, const world *w, const login_profile_spec *spec,
                         const password_digest *d, err *e)
{
    if (d == NULL)
        return put(tx, a, v, w, spec, NULL, NULL, e);
    const hash_recipe recipe = recipe_of(d);
    return put(tx, a, v, w, spec, &recipe, d->digest, e);
}

status login_profile_put_encoded(store_tx *tx, arena *a, vault *v, const world *w, const login_profile_spec *spec,
                                 const encoded_hash *h, err *e)
{
    TRY(hash_recipe_check(&h->recipe, e));
    return put(tx, a, v, w, spec, &h->recipe, h->digest, e);
}

status login_profile_upgrade(store_tx *tx, arena *a, vault *v, const world *w, const login_profile_record *checked,
                             const password_digest *d, err *e)
{
    login_profile_record r;
    TRY(store_login_profile_get(tx, a, checked->principal, &r, e));
    if (r.row != checked->row)
        return err_set(e, ST_CONFLICT, NULL, "the password was replaced while it was hashed anew");
    const hash_recipe recipe = recipe_of(d);
    TRY(set_digest(tx, a, v, w, &recipe, d->digest, &r, e));
    return store_login_profile_put(tx, &r, e);
}
