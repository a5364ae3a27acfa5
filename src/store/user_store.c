/* user_store.c - users. See records.h. */
#include "store/user_row.h"

void user_of_row(query *q, arena *a, void *ret_item)
{
    user_record *r = ret_item;
    r->id = query_u64(q);
    r->name = query_str(q, a);
    r->display_name = query_str(q, a);
    r->comments = query_str(q, a);
    r->email = query_str(q, a);
    r->mobile_phone = query_str(q, a);
    r->created_s = query_i64(q);
    r->updated_s = query_i64(q);
    r->last_login_s = query_i64(q);
    r->is_frozen = query_bool(q);
}

/* What an insert and an update begin with. */
static void bind_texts(query *q, const user_record *r)
{
    query_bind_u64(q, r->id);
    query_bind_str(q, r->name);
    query_bind_str(q, r->display_name);
    query_bind_str(q, r->comments);
    query_bind_str(q, r->email);
    query_bind_str(q, r->mobile_phone);
}

status user_count(store_tx *tx, statement_id up_or_down, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, up_or_down);
    return query_run_one(&q, e);
}

status store_user_insert(store_tx *tx, const user_record *r, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_USER_INSERT);
    bind_texts(&q, r);
    query_bind_i64(&q, r->created_s);
    query_bind_i64(&q, r->updated_s);
    query_bind_i64(&q, r->last_login_s);
    query_bind_bool(&q, r->is_frozen);
    TRY(query_run(&q, e));
    return user_count(tx, Q_ACCOUNT_COUNT_USER_UP, e);
}

static status get_user(query *q, arena *a, user_record *ret, err *e)
{
    user_record r = { 0 };
    TRY(query_row(q, e));
    user_of_row(q, a, &r);
    TRY(query_end(q, e));
    *ret = r;
    return ST_OK;
}

status store_user_get(store_tx *tx, arena *a, uint64_t id, user_record *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_USER_GET);
    query_bind_u64(&q, id);
    return get_user(&q, a, ret, e);
}

status store_user_get_by_name(store_tx *tx, arena *a, str name, user_record *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_USER_GET_BY_NAME);
    query_bind_str(&q, name);
    return get_user(&q, a, ret, e);
}

/* The groups it is in list it by its name. */
static status rename_member(store_tx *tx, const user_record *r, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_MEMBER_RENAME);
    query_bind_u64(&q, r->id);
    query_bind_str(&q, r->name);
    return query_run(&q, e);
}

status store_user_update(store_tx *tx, const user_record *r, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_USER_UPDATE);
    bind_texts(&q, r);
    query_bind_i64(&q, r->updated_s);
    query_bind_i64(&q, r->last_login_s);
    query_bind_bool(&q, r->is_frozen);
    TRY(query_run_one(&q, e));
    return rename_member(tx, r, e);
}

status store_user_delete(store_tx *tx, uint64_t id, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_USER_DELETE);
    query_bind_u64(&q, id);
    TRY(query_run_one(&q, e));
    TRY(store_tag_delete_all(tx, TAGGED_USER, id, e));
    return user_count(tx, Q_ACCOUNT_COUNT_USER_DOWN, e);
}

status store_user_list(store_tx *tx, arena *a, str after, uint32_t max, user_filter f, user_record **ret, size_t *ret_n, err *e)
{
    bool is_all = f.active == f.frozen;
    CLEANUP(query_done) query q = query_begin(tx, Q_USER_LIST);
    query_bind_str(&q, after);                /* no name is empty, so absent is before all */
    query_bind_bool(&q, !is_all && f.frozen); /* is_frozen from */
    query_bind_bool(&q, is_all || f.frozen);  /* to */
    query_bind_u64(&q, max);
    void *items = NULL;
    TRY(query_list(&q, a, sizeof(user_record), user_of_row, &items, ret_n, e));
    *ret = items;
    return ST_OK;
}
