/* recycled_user_store.c - the recycle bin of users. A row moves whole; its tags stay where they are. See records.h. */
#include "store/user_row.h"

static void recycled_user_of_row(query *q, arena *a, void *ret_item)
{
    recycled_user_record *r = ret_item;
    user_of_row(q, a, &r->user);
    r->recycled_s = query_i64(q);
    r->purge_s = query_i64(q);
}

static status run_on(store_tx *tx, statement_id id, uint64_t user, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, id);
    query_bind_u64(&q, user);
    return query_run_one(&q, e);
}

static status copy_to_bin(store_tx *tx, uint64_t id, int64_t recycled_s, int64_t purge_s, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_USER_RECYCLE);
    query_bind_u64(&q, id);
    query_bind_i64(&q, recycled_s);
    query_bind_i64(&q, purge_s);
    return query_run_one(&q, e);
}

status store_user_recycle(store_tx *tx, uint64_t id, int64_t recycled_s, int64_t purge_s, err *e)
{
    TRY(copy_to_bin(tx, id, recycled_s, purge_s, e));
    TRY(run_on(tx, Q_USER_DELETE, id, e));
    return user_count(tx, Q_ACCOUNT_COUNT_USER_DOWN, e);
}

status store_user_restore(store_tx *tx, uint64_t id, err *e)
{
    TRY(run_on(tx, Q_USER_RESTORE, id, e));
    TRY(run_on(tx, Q_RECYCLED_USER_DELETE, id, e));
    return user_count(tx, Q_ACCOUNT_COUNT_USER_UP, e);
}

static status get_recycled(query *q, arena *a, recycled_user_record *ret, err *e)
{
    recycled_user_record r = { 0 };
    TRY(query_row(q, e));
    recycled_user_of_row(q, a, &r);
    TRY(query_end(q, e));
    *ret = r;
    return ST_OK;
}

status store_recycled_user_get(store_tx *tx, arena *a, uint64_t id, recycled_user_record *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_RECYCLED_USER_GET);
    query_bind_u64(&q, id);
    return get_recycled(&q, a, ret, e);
}

status store_recycled_user_get_by_name(store_tx *tx, arena *a, str name, recycled_user_record *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_RECYCLED_USER_GET_BY_NAME);
    query_bind_str(&q, name);
    return get_recycled(&q, a, ret, e);
}

status store_recycled_user_purge(store_tx *tx, uint64_t id, err *e)
{
    TRY(run_on(tx, Q_RECYCLED_USER_DELETE, id, e));
    return store_tag_delete_all(tx, TAGGED_USER, id, e);
}

status store_recycled_user_count(store_tx *tx, uint32_t *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_RECYCLED_USER_COUNT);
    TRY(query_row(&q, e));
    *ret = (uint32_t)query_u64(&q);
    return ST_OK;
}

static status list_recycled(query *q, arena *a, recycled_user_record **ret, size_t *ret_n, err *e)
{
    void *items = NULL;
    TRY(query_list(q, a, sizeof(recycled_user_record), recycled_user_of_row, &items, ret_n, e));
    *ret = items;
    return ST_OK;
}

status store_recycled_user_list(store_tx *tx, arena *a, int64_t before_s, uint64_t before_id, uint32_t max,
                                recycled_user_record **ret, size_t *ret_n, err *e)
{
    const bool is_start = before_s == 0;
    CLEANUP(query_done) query q = query_begin(tx, Q_RECYCLED_USER_LIST);
    query_bind_i64(&q, is_start ? INT64_MAX : before_s);
    query_bind_u64(&q, is_start ? INT64_MAX : before_id);
    query_bind_u64(&q, max);
    return list_recycled(&q, a, ret, ret_n, e);
}

status store_recycled_user_list_due(store_tx *tx, arena *a, int64_t now_s, uint32_t max, recycled_user_record **ret,
                                    size_t *ret_n, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_RECYCLED_USER_LIST_DUE);
    query_bind_i64(&q, now_s);
    query_bind_u64(&q, max);
    return list_recycled(&q, a, ret, ret_n, e);
}
