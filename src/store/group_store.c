/* group_store.c - groups and their members. See records.h. */
#include "store/user_row.h"

static void group_of_row(query *q, arena *a, void *ret_item)
{
    group_record *r = ret_item;
    r->id = query_u64(q);
    r->name = query_str(q, a);
    r->display_name = query_str(q, a);
    r->comments = query_str(q, a);
    r->created_s = query_i64(q);
    r->updated_s = query_i64(q);
}

/* What an insert and an update begin with. */
static void bind_texts(query *q, const group_record *r)
{
    query_bind_u64(q, r->id);
    query_bind_str(q, r->name);
    query_bind_str(q, r->display_name);
    query_bind_str(q, r->comments);
}

status store_group_insert(store_tx *tx, const group_record *r, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_GROUP_INSERT);
    bind_texts(&q, r);
    query_bind_i64(&q, r->created_s);
    query_bind_i64(&q, r->updated_s);
    return query_run(&q, e);
}

static status get_group(query *q, arena *a, group_record *ret, err *e)
{
    group_record r = { 0 };
    TRY(query_row(q, e));
    group_of_row(q, a, &r);
    TRY(query_end(q, e));
    *ret = r;
    return ST_OK;
}

status store_group_get(store_tx *tx, arena *a, uint64_t id, group_record *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_GROUP_GET);
    query_bind_u64(&q, id);
    return get_group(&q, a, ret, e);
}

status store_group_get_by_name(store_tx *tx, arena *a, str name, group_record *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_GROUP_GET_BY_NAME);
    query_bind_str(&q, name);
    return get_group(&q, a, ret, e);
}

status store_group_update(store_tx *tx, const group_record *r, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_GROUP_UPDATE);
    bind_texts(&q, r);
    query_bind_i64(&q, r->updated_s);
    return query_run_one(&q, e);
}

status store_group_delete(store_tx *tx, uint64_t id, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_GROUP_DELETE);
    query_bind_u64(&q, id);
    return query_run_one(&q, e);
}

status store_group_count(store_tx *tx, uint32_t *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_GROUP_COUNT);
    TRY(query_row(&q, e));
    *ret = (uint32_t)query_u64(&q);
    return ST_OK;
}

status store_group_list(store_tx *tx, arena *a, str after, uint32_t max, group_record **ret, size_t *ret_n, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_GROUP_LIST);
    query_bind_str(&q, after); /* no name is empty, so absent is before all */
    query_bind_u64(&q, max);
    void *items = NULL;
    TRY(query_list(&q, a, sizeof(group_record), group_of_row, &items, ret_n, e));
    *ret = items;
    return ST_OK;
}

/* --- members ------------------------------------------------------------------------------------------------------ */

static void user_group_of_row(query *q, arena *a, void *ret_item)
{
    user_group_record *r = ret_item;
    group_of_row(q, a, &r->group);
    r->joined_s = query_i64(q);
}

static void member_of_row(query *q, arena *a, void *ret_item)
{
    member_record *r = ret_item;
    user_of_row(q, a, &r->user);
    r->joined_s = query_i64(q);
}

status store_member_insert(store_tx *tx, uint64_t group, uint64_t user, int64_t joined_s, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_MEMBER_INSERT);
    query_bind_u64(&q, group);
    query_bind_u64(&q, user);
    query_bind_i64(&q, joined_s);
    return query_run_one(&q, e);
}

status store_member_delete(store_tx *tx, uint64_t group, uint64_t user, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_MEMBER_DELETE);
    query_bind_u64(&q, group);
    query_bind_u64(&q, user);
    return query_run_one(&q, e);
}

status store_member_count(store_tx *tx, uint64_t group, uint32_t *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_MEMBER_COUNT);
    query_bind_u64(&q, group);
    TRY(query_row(&q, e));
    *ret = (uint32_t)query_u64(&q);
    return ST_OK;
}

status store_user_group_list(store_tx *tx, arena *a, uint64_t user, user_group_record **ret, size_t *ret_n, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_USER_GROUP_LIST);
    query_bind_u64(&q, user);
    void *items = NULL;
    TRY(query_list(&q, a, sizeof(user_group_record), user_group_of_row, &items, ret_n, e));
    *ret = items;
    return ST_OK;
}

status store_member_list(store_tx *tx, arena *a, uint64_t group, str after, uint32_t max, member_record **ret, size_t *ret_n,
                         err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_MEMBER_LIST);
    query_bind_u64(&q, group);
    query_bind_str(&q, after); /* no name is empty, so absent is before all */
    query_bind_u64(&q, max);
    void *items = NULL;
    TRY(query_list(&q, a, sizeof(member_record), member_of_row, &items, ret_n, e));
    *ret = items;
    return ST_OK;
}
