/* recycled_key_store.c - the recycle bin of AccessKey pairs. A row moves whole, its secret sealed where it was. See records.h. */
#include "store/access_key_row.h"

static void recycled_key_of_row(query *q, arena *a, void *ret_item)
{
    recycled_key_record *r = ret_item;
    access_key_of_row(q, a, &r->key);
    r->with_user = query_bool(q);
    r->recycled_s = query_i64(q);
    r->purge_s = query_i64(q);
}

static status run_on(store_tx *tx, statement_id which, str id, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, which);
    query_bind_str(&q, id);
    return query_run_one(&q, e);
}

static status copy_to_bin(store_tx *tx, str id, bool with_user, int64_t recycled_s, int64_t purge_s, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ACCESS_KEY_RECYCLE);
    query_bind_str(&q, id);
    query_bind_bool(&q, with_user);
    query_bind_i64(&q, recycled_s);
    query_bind_i64(&q, purge_s);
    return query_run_one(&q, e);
}

status store_access_key_recycle(store_tx *tx, str id, bool with_user, int64_t recycled_s, int64_t purge_s, err *e)
{
    TRY(copy_to_bin(tx, id, with_user, recycled_s, purge_s, e));
    return store_access_key_delete(tx, id, e);
}

status store_access_key_restore(store_tx *tx, str id, err *e)
{
    TRY(run_on(tx, Q_ACCESS_KEY_RESTORE, id, e));
    return store_recycled_key_purge(tx, id, e);
}

status store_recycled_key_get(store_tx *tx, arena *a, str id, recycled_key_record *ret, err *e)
{
    recycled_key_record r = { 0 };
    CLEANUP(query_done) query q = query_begin(tx, Q_RECYCLED_KEY_GET);
    query_bind_str(&q, id);
    TRY(query_row(&q, e));
    recycled_key_of_row(&q, a, &r);
    TRY(query_end(&q, e));
    *ret = r;
    return ST_OK;
}

static status list_recycled(query *q, arena *a, recycled_key_record **ret, size_t *ret_n, err *e)
{
    void *items = NULL;
    TRY(query_list(q, a, sizeof(recycled_key_record), recycled_key_of_row, &items, ret_n, e));
    *ret = items;
    return ST_OK;
}

status store_recycled_key_list(store_tx *tx, arena *a, uint64_t owner, recycled_key_record **ret, size_t *ret_n, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_RECYCLED_KEY_LIST);
    query_bind_u64(&q, owner);
    return list_recycled(&q, a, ret, ret_n, e);
}

status store_recycled_key_purge(store_tx *tx, str id, err *e)
{
    return run_on(tx, Q_RECYCLED_KEY_DELETE, id, e);
}

status store_recycled_key_list_due(store_tx *tx, arena *a, int64_t now_s, uint32_t max, recycled_key_record **ret,
                                   size_t *ret_n, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_RECYCLED_KEY_LIST_DUE);
    query_bind_i64(&q, now_s);
    query_bind_u64(&q, max);
    return list_recycled(&q, a, ret, ret_n, e);
}
