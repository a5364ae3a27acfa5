/* access_key_store.c - AccessKey pairs. See records.h. */
#include "store/access_key_row.h"

void access_key_of_row(query *q, arena *a, void *ret_item)
{
    access_key_record *r = ret_item;
    r->id = query_str(q, a);
    r->owner = query_u64(q);
    r->row = query_u64(q);
    query_sealed(q, &r->secret);
    r->is_active = query_bool(q);
    r->created_s = query_i64(q);
    r->updated_s = query_i64(q);
    r->last_used_s = query_i64(q);
    r->last_used_service = query_str(q, a);
    r->network_policy = query_str(q, a);
}

status store_access_key_insert(store_tx *tx, const access_key_record *r, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ACCESS_KEY_INSERT);
    query_bind_str(&q, r->id);
    query_bind_u64(&q, r->owner);
    query_bind_u64(&q, r->row);
    query_bind_bytes(&q, (bytes){ r->secret.b, r->secret.n });
    query_bind_bool(&q, r->is_active);
    query_bind_i64(&q, r->created_s);
    query_bind_i64(&q, r->updated_s);
    query_bind_i64(&q, r->last_used_s);
    query_bind_str(&q, r->last_used_service);
    query_bind_str(&q, r->network_policy);
    return query_run(&q, e);
}

status store_access_key_get(store_tx *tx, arena *a, str id, access_key_record *ret, err *e)
{
    access_key_record r = { 0 };
    CLEANUP(query_done) query q = query_begin(tx, Q_ACCESS_KEY_GET);
    query_bind_str(&q, id);
    TRY(query_row(&q, e));
    access_key_of_row(&q, a, &r);
    TRY(query_end(&q, e));
    *ret = r;
    return ST_OK;
}

status store_access_key_count(store_tx *tx, uint64_t owner, uint32_t *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ACCESS_KEY_COUNT);
    query_bind_u64(&q, owner);
    TRY(query_row(&q, e));
    *ret = (uint32_t)query_u64(&q);
    return ST_OK;
}

status store_access_key_list(store_tx *tx, arena *a, uint64_t owner, access_key_record **ret, size_t *ret_n, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ACCESS_KEY_LIST);
    query_bind_u64(&q, owner);
    void *items = NULL;
    TRY(query_list(&q, a, sizeof(access_key_record), access_key_of_row, &items, ret_n, e));
    *ret = items;
    return ST_OK;
}

status store_access_key_set_status(store_tx *tx, str id, bool is_active, int64_t now_s, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ACCESS_KEY_SET_STATUS);
    query_bind_str(&q, id);
    query_bind_bool(&q, is_active);
    query_bind_i64(&q, now_s);
    return query_run_one(&q, e);
}

status store_access_key_delete(store_tx *tx, str id, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ACCESS_KEY_DELETE);
    query_bind_str(&q, id);
    return query_run_one(&q, e);
}

status store_access_key_set_network_policy(store_tx *tx, str id, str policy, int64_t now_s, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ACCESS_KEY_SET_NETWORK_POLICY);
    query_bind_str(&q, id);
    query_bind_str(&q, policy);
    query_bind_i64(&q, now_s);
    return query_run_one(&q, e);
}

status store_access_key_list_idle(store_tx *tx, arena *a, int64_t at_s, str after, uint32_t max, access_key_record **ret,
                                  size_t *ret_n, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ACCESS_KEY_LIST_IDLE);
    query_bind_i64(&q, at_s);
    query_bind_str(&q, after);
    query_bind_u64(&q, max);
    void *items = NULL;
    TRY(query_list(&q, a, sizeof(access_key_record), access_key_of_row, &items, ret_n, e));
    *ret = items;
    return ST_OK;
}

status store_access_key_set_last_used(store_tx *tx, str id, int64_t at_s, str service, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ACCESS_KEY_SET_LAST_USED);
    query_bind_str(&q, id);
    query_bind_i64(&q, at_s);
    query_bind_str(&q, service);
    return query_run_one(&q, e);
}
