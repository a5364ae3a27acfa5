/* recycled_key.c - see recycled_key.h. RAM, "Delete an AccessKey pair". */
#include "access_key/recycled_key.h"

#include "access_key/access_key.h"
#include "user/recycled_user.h"

static status no_such_key(status s, err *e)
{
    return s == ST_NOT_FOUND ? err_set(e, s, "EntityNotExist.User.AccessKey", "no such AccessKey in the recycle bin") : s;
}

/* But not the one that has just come: several of one second have no order. */
static status make_room(store_tx *tx, arena *a, uint64_t owner, uint32_t most, str just_came, str *ret_purged, err *e)
{
    recycled_key_record *keys = NULL;
    size_t n = 0, counted = 0;
    const recycled_key_record *oldest = NULL;
    TRY(store_recycled_key_list(tx, a, owner, &keys, &n, e));
    for (size_t i = 0; i < n; i++) {
        if (keys[i].with_user)
            continue;
        counted++;
        if (oldest == NULL && !str_eq(keys[i].key.id, just_came))
            oldest = &keys[i];
    }
    if (counted <= most || oldest == NULL)
        return ST_OK;
    TRY(store_recycled_key_purge(tx, oldest->key.id, e));
    *ret_purged = oldest->key.id;
    return ST_OK;
}

status access_key_recycle(store_tx *tx, arena *a, const quotas *q, int64_t now_s, str id, uint64_t owner, str *ret_purged,
                          err *e)
{
    access_key_record key;
    str purged = STR("");
    TRY(access_key_get_owned(tx, a, id, owner, &key, e));
    TRY(store_access_key_recycle(tx, key.id, false, now_s, now_s + RECYCLE_BIN_S, e));
    store_touch(tx, epoch_of_access_key(key.id));
    TRY(make_room(tx, a, owner, q->access_keys_in_recycle_bin, id, &purged, e));
    *ret_purged = purged;
    return ST_OK;
}

status recycled_key_get(store_tx *tx, arena *a, int64_t now_s, str id, recycled_key_record *ret, err *e)
{
    recycled_key_record r;
    TRY(no_such_key(store_recycled_key_get(tx, a, id, &r, e), e));
    if (r.purge_s <= now_s)
        return no_such_key(ST_NOT_FOUND, e);
    *ret = r;
    return ST_OK;
}

status recycled_key_get_owned(store_tx *tx, arena *a, int64_t now_s, str id, uint64_t owner, recycled_key_record *ret, err *e)
{
    recycled_key_record r;
    TRY(recycled_key_get(tx, a, now_s, id, &r, e));
    if (r.key.owner != owner)
        return no_such_key(ST_NOT_FOUND, e);
    *ret = r;
    return ST_OK;
}

status access_key_restore(store_tx *tx, const recycled_key_record *key, uint32_t most, err *e)
{
    uint32_t owned = 0;
    TRY(store_access_key_count(tx, key->key.owner, &owned, e));
    if (owned >= most)
        return err_set(e, ST_LIMIT, "LimitExceeded.User.AccessKey", "the owner has %u AccessKey pairs", owned);
    TRY(no_such_key(store_access_key_restore(tx, key->key.id, e), e));
    store_touch(tx, epoch_of_access_key(key->key.id));
    return ST_OK;
}
