/* password.c - see password.h. Argon2id: RFC 9106, through libargon2. */
#include "password/password.h"

#include <string.h>
#include <argon2.h>

#include "account/random_text.h"

/* Four classes without look-alikes; the symbols need no quoting in shells and no escaping in JSON. */
#define LOWER  "abcdefghijkmnpqrstuvwxyz"
#define UPPER  "ABCDEFGHJKLMNPQRSTUVWXYZ"
#define DIGITS "23456789"
#define SYMBOL "#%+-=@_"

bool argon2_parameters_are_valid(const argon2_parameters *p)
{
    return p->lanes >= 1 && p->lanes <= 16 && p->passes >= 1 && p->passes <= 64 && p->memory_kib >= 8 * p->lanes &&
           p->memory_kib <= 4u * 1024 * 1024;
}

static bool holds_one_of(const secret *s, str set)
{
    size_t at;
    for (size_t i = 0; i < s->n; i++) {
        if (str_find(set, (char)s->p[i], &at))
            return true;
    }
    return false;
}

/* Drawing again until every class is there keeps the texts that qualify equally likely. Nine of ten draws do. */
status password_generate(const world *w, password *ret)
{
    password p = { { NULL, 0 } };
    TRY(secret_new(PASSWORD_GENERATED_LENGTH, &p.s));
    status s;
    do
        s = random_text(w, STR(LOWER UPPER DIGITS SYMBOL), (char *)p.s.p, p.s.n);
    while (s == ST_OK && !(holds_one_of(&p.s, STR(LOWER)) && holds_one_of(&p.s, STR(UPPER)) &&
                           holds_one_of(&p.s, STR(DIGITS)) && holds_one_of(&p.s, STR(SYMBOL))));
    if (s != ST_OK) {
        secret_done(&p.s);
        return s;
    }
    *ret = p;
    return ST_OK;
}

status password_hash(const password *p, const argon2_parameters *how, bytes salt, uint8_t ret[PASSWORD_DIGEST_BYTES], err *e)
{
    if (!argon2_parameters_are_valid(how) || salt.n < 8 || salt.n > 32)
        return err_set(e, ST_INVALID, NULL, "Argon2id parameters m=%u,t=%u,p=%u are out of range", how->memory_kib, how->passes,
                       how->lanes);
    uint8_t digest[PASSWORD_DIGEST_BYTES];
    int r = argon2id_hash_raw(how->passes, how->memory_kib, how->lanes, p->s.p, p->s.n, salt.p, salt.n, digest, sizeof digest);
    if (r != ARGON2_OK)
        return err_set(e, r == ARGON2_MEMORY_ALLOCATION_ERROR ? ST_NO_MEMORY : ST_UNAVAILABLE, NULL, "Argon2id: %s",
                       argon2_error_message(r));
    memcpy(ret, digest, sizeof digest);
    secret_wipe(digest, sizeof digest);
    return ST_OK;
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

status login_profile_put(store_tx *tx, arena *a, vault *v, const world *w, const login_profile_spec *spec,
                         const password_digest *d, err *e)
{
    login_profile_record r = {
        .principal = spec->principal,
        .scheme = STR("argon2id"),
        .salt_n = sizeof d->salt,
        .is_reset_required = spec->is_reset_required,
        .created_s = spec->now_s,
        .updated_s = spec->now_s,
    };
    login_profile_record old;
    status found = store_login_profile_get(tx, a, spec->principal, &old, e);
    if (found == ST_OK)
        r.created_s = old.created_s;
    else if (found != ST_NOT_FOUND)
        return found;

    TRY(random_row(w, &r.row));
    memcpy(r.salt, d->salt, sizeof d->salt);
    TRY(arena_printf(a, &r.parameters, "m=%u,t=%u,p=%u", d->how.memory_kib, d->how.passes, d->how.lanes));
    const seal_place at = { SEAL_PASSWORD, store_tx_account(tx), r.row };
    TRY(vault_seal_new(v, at, (bytes){ d->digest, sizeof d->digest }, &r.digest, e));
    return store_login_profile_put(tx, &r, e);
}
