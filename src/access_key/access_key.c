/* access_key.c - see access_key.h. */
#include "access_key/access_key.h"

#include <string.h>

#include "account/random_text.h"

#define ACCESS_KEY_ID_PREFIX "LTAI"

enum { PREFIX_LEN = sizeof ACCESS_KEY_ID_PREFIX - 1 };

void access_key_shown_done(access_key_shown *k)
{
    if (k == NULL)
        return;
    secret_done(&k->secret.s);
    *k = (access_key_shown){ 0 };
}

status access_key_generate(const world *w, access_key_shown *ret)
{
    CLEANUP(access_key_shown_done) access_key_shown k = { .id = ACCESS_KEY_ID_PREFIX };
    TRY(random_text(w, ALPHANUMERIC, k.id + PREFIX_LEN, ACCESS_KEY_ID_LEN - PREFIX_LEN));
    TRY(secret_new(ACCESS_KEY_SECRET_LEN, &k.secret.s));
    TRY(random_text(w, ALPHANUMERIC, (char *)k.secret.s.p, k.secret.s.n));
    *ret = k;                    /* the caller owns it now, */
    k = (access_key_shown){ 0 }; /* so nothing is left here to wipe */
    return ST_OK;
}

seal_place access_key_place(uint64_t account, uint64_t row)
{
    return (seal_place){ SEAL_ACCESS_KEY, account, row };
}

status access_key_insert(store_tx *tx, vault *v, const world *w, const access_key_spec *spec, const access_key_shown *key,
                         err *e)
{
    uint32_t owned = 0;
    TRY(store_access_key_count(tx, spec->owner, &owned, e));
    if (owned >= spec->quota)
        return err_set(e, ST_LIMIT, "LimitExceeded.User.AccessKey", "the owner has %u AccessKey pairs", owned);
    access_key_record r = {
        .id = str_from_c(key->id),
        .owner = spec->owner,
        .is_active = true,
        .created_s = spec->now_s,
        .updated_s = spec->now_s,
        .last_used_service = STR(""),
    };
    TRY(random_row(w, &r.row));
    const bytes plain = { key->secret.s.p, key->secret.s.n };
    TRY(vault_seal_new(v, access_key_place(store_tx_account(tx), r.row), plain, &r.secret, e));
    TRY(store_access_key_insert(tx, &r, e));
    store_touch(tx, epoch_of_access_key(r.id));
    return ST_OK;
}

status access_key_get_owned(store_tx *tx, arena *a, str id, uint64_t owner, access_key_record *ret, err *e)
{
    access_key_record r;
    status s = store_access_key_get(tx, a, id, &r, e);
    if (s == ST_NOT_FOUND || (s == ST_OK && r.owner != owner))
        return err_set(e, ST_NOT_FOUND, "EntityNotExist.User.AccessKey", "the owner has no such AccessKey");
    if (s == ST_OK)
        *ret = r;
    return s;
}

status access_key_set_status(store_tx *tx, arena *a, str id, uint64_t owner, bool is_active, int64_t now_s, err *e)
{
    access_key_record r;
    TRY(access_key_get_owned(tx, a, id, owner, &r, e));
    TRY(store_access_key_set_status(tx, r.id, is_active, now_s, e));
    store_touch(tx, epoch_of_access_key(r.id));
    return ST_OK;
}
