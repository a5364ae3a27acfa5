/* role_store.c - roles. See records.h. */
#include "store/query.h"

static void role_of_row(query *q, arena *a, void *ret_item)
{
    role_record *r = ret_item;
    r->id = query_u64(q);
    r->name = query_str(q, a);
    r->description = query_str(q, a);
    r->trust_policy = query_str(q, a);
    r->max_session_s = (uint32_t)query_u64(q);
    r->created_s = query_i64(q);
    r->updated_s = query_i64(q);
    r->sessions_revoked_ms = query_i64(q);
}

status store_role_insert(store_tx *tx, const role_record *r, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ROLE_INSERT);
    query_bind_u64(&q, r->id);
    query_bind_str(&q, r->name);
    query_bind_str(&q, r->description);
    query_bind_str(&q, r->trust_policy);
    query_bind_u64(&q, r->max_session_s);
    query_bind_i64(&q, r->created_s);
    query_bind_i64(&q, r->updated_s);
    query_bind_i64(&q, r->sessions_revoked_ms);
    return query_run(&q, e);
}

static status get_role(query *q, arena *a, role_record *ret, err *e)
{
    role_record r = { 0 };
    TRY(query_row(q, e));
    role_of_row(q, a, &r);
    TRY(query_end(q, e));
    *ret = r;
    return ST_OK;
}

status store_role_get(store_tx *tx, arena *a, uint64_t id, role_record *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ROLE_GET);
    query_bind_u64(&q, id);
    return get_role(&q, a, ret, e);
}

status store_role_get_by_name(store_tx *tx, arena *a, str name, role_record *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ROLE_GET_BY_NAME);
    query_bind_str(&q, name);
    return get_role(&q, a, ret, e);
}

status store_role_update(store_tx *tx, const role_record *r, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ROLE_UPDATE);
    query_bind_u64(&q, r->id);
    query_bind_str(&q, r->description);
    query_bind_str(&q, r->trust_policy);
    query_bind_u64(&q, r->max_session_s);
    query_bind_i64(&q, r->updated_s);
    query_bind_i64(&q, r->sessions_revoked_ms);
    return query_run_one(&q, e);
}

status store_role_delete(store_tx *tx, uint64_t id, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ROLE_DELETE);
    query_bind_u64(&q, id);
    TRY(query_run_one(&q, e));
    return store_tag_delete_all(tx, TAGGED_ROLE, id, e);
}

status store_role_count(store_tx *tx, uint32_t *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ROLE_COUNT);
    TRY(query_row(&q, e));
    *ret = (uint32_t)query_u64(&q);
    return ST_OK;
}

status store_role_list(store_tx *tx, arena *a, str after, uint32_t max, role_record **ret, size_t *ret_n, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ROLE_LIST);
    query_bind_str(&q, after); /* no name is empty, so absent is before all */
    query_bind_u64(&q, max);
    void *items = NULL;
    TRY(query_list(&q, a, sizeof(role_record), role_of_row, &items, ret_n, e));
    *ret = items;
    return ST_OK;
}
