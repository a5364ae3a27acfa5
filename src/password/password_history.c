/* password_history.c - see password_history.h. */
#include "password/password_history.h"

#include <string.h>

typedef struct {
    hash_recipe recipe;
    uint8_t digest[HASH_DIGEST_MAX];
} computed;

/* What has been computed for one password: at most one for each that is remembered. */
typedef struct {
    computed of[PASSWORD_HISTORY_MAX];
    size_t n;
} digests;

static void digests_done(digests *d)
{
    secret_wipe(d, sizeof *d);
}

typedef struct {
    uint64_t row;
    str scheme, parameters;
    bytes salt, sealed;
} remembered_password;

static remembered_password of_current(const login_profile_record *r)
{
    return (remembered_password){ r->row, r->scheme, r->parameters, { r->salt, r->salt_n }, { r->digest.b, r->digest.n } };
}

static remembered_password of_old(const password_history_record *r)
{
    return (remembered_password){ r->row, r->scheme, r->parameters, { r->salt, r->salt_n }, { r->digest.b, r->digest.n } };
}

static status digest_for(digests *all, const hash_recipe *r, const password *p, const computed **ret, err *e)
{
    for (size_t i = 0; i < all->n; i++) {
        if (hash_recipe_equal(&all->of[i].recipe, r)) {
            *ret = &all->of[i];
            return ST_OK;
        }
    }
    computed *c = &all->of[all->n];
    TRY(hash_compute(r, p, c->digest, e));
    c->recipe = *r;
    all->n++;
    *ret = c;
    return ST_OK;
}

/* A remembered password that cannot be computed any more (over the bound, unknown) is no reason to refuse a new one. */
static status compare(const password_checker *c, digests *all, const remembered_password *r, const password *p, err *e)
{
    hash_recipe recipe;
    if (r->sealed.n <= SEALED_OVERHEAD ||
        hash_recipe_parse(r->scheme, r->parameters, r->salt, r->sealed.n - SEALED_OVERHEAD, &recipe, e) != ST_OK)
        return ST_OK;
    const computed *d = NULL;
    status s = digest_for(all, &recipe, p, &d, e);
    if (s == ST_LIMIT || s == ST_DENIED)
        return ST_OK;
    if (s != ST_OK)
        return s;
    const seal_place at = { SEAL_PASSWORD, c->account, r->row };
    s = vault_digest_check(c->vault, at, r->sealed, (bytes){ d->digest, d->recipe.digest_n }, e);
    if (s == ST_DENIED)
        return ST_OK;
    return s == ST_OK ? err_set(e, ST_CONFLICT, NULL, "a password that was used before") : s;
}

status password_past_load(store_tx *tx, arena *a, uint64_t principal, uint32_t remembered, password_past *ret, err *e)
{
    password_past past = { 0 };
    login_profile_record *current = arena_alloc(a, sizeof *current);
    if (current == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "password history");
    status s = store_login_profile_get(tx, a, principal, current, e);
    if (s != ST_OK && s != ST_NOT_FOUND)
        return s;
    if (s == ST_OK)
        past.current = current;
    password_history_record *old = NULL;
    const uint32_t max = remembered > PASSWORD_HISTORY_MAX ? PASSWORD_HISTORY_MAX : remembered;
    TRY(store_password_history_list(tx, a, principal, max > 0 ? max : 1, &old, &past.old_n, e));
    past.old = old;
    *ret = past;
    return ST_OK;
}

status password_past_check(const password_checker *c, const attempt *at, const password_past *past, uint32_t remembered,
                           const password *p, err *e)
{
    if (!attempt_was_right(at))
        return err_set(e, ST_BUG, NULL, "earlier passwords are told to who knows the current one only");
    CLEANUP(digests_done) digests all = { .n = 0 };
    uint32_t left = remembered > PASSWORD_HISTORY_MAX ? PASSWORD_HISTORY_MAX : remembered;
    if (left > 0 && past->current != NULL && past->current->scheme.n > 0) {
        const remembered_password r = of_current(past->current);
        TRY(compare(c, &all, &r, p, e));
        left--;
    }
    for (size_t i = 0; i < past->old_n && left > 0; i++, left--) {
        const remembered_password r = of_old(&past->old[i]);
        TRY(compare(c, &all, &r, p, e));
    }
    return ST_OK;
}

static bool is_ours(str scheme, uint8_t salt_n)
{
    return str_eq(scheme, STR("argon2id")) && salt_n == PASSWORD_SALT_BYTES;
}

static const uint8_t *salt_of(const password_past *past)
{
    if (past->current != NULL && is_ours(past->current->scheme, past->current->salt_n))
        return past->current->salt;
    for (size_t i = 0; i < past->old_n; i++) {
        if (is_ours(past->old[i].scheme, past->old[i].salt_n))
            return past->old[i].salt;
    }
    return NULL;
}

status password_digest_next(const password *p, const argon2_parameters *how, const password_past *past, const world *w,
                            password_digest *ret, err *e)
{
    const uint8_t *salt = salt_of(past);
    if (salt == NULL)
        return password_digest_new(p, how, w, ret, e);
    CLEANUP(password_digest_done) password_digest d = { .how = *how };
    memcpy(d.salt, salt, sizeof d.salt);
    TRY(password_hash(p, how, (bytes){ d.salt, sizeof d.salt }, d.digest, e));
    *ret = d;
    return ST_OK;
}
