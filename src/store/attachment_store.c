/* attachment_store.c - policies attached to principals. See records.h. */
#include "store/query.h"

static void attachment_of_row(query *q, arena *a, void *ret_item)
{
    attachment_record *r = ret_item;
    r->kind = (principal_kind)query_u64(q);
    r->principal = query_u64(q);
    r->policy_type = query_str(q, a);
    r->policy_name = query_str(q, a);
    r->attached_s = query_i64(q);
}

status store_attachment_insert(store_tx *tx, const attachment_record *r, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ATTACHMENT_INSERT);
    query_bind_u64(&q, r->kind);
    query_bind_u64(&q, r->principal);
    query_bind_str(&q, r->policy_type);
    query_bind_str(&q, r->policy_name);
    query_bind_i64(&q, r->attached_s);
    return query_run(&q, e);
}

status store_attachment_delete(store_tx *tx, uint64_t principal, str type, str name, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ATTACHMENT_DELETE);
    query_bind_u64(&q, principal);
    query_bind_str(&q, type);
    query_bind_str(&q, name);
    return query_run_one(&q, e);
}

status store_attachment_list(store_tx *tx, arena *a, uint64_t principal, attachment_record **ret, size_t *ret_n, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ATTACHMENT_LIST);
    query_bind_u64(&q, principal);
    void *items = NULL;
    TRY(query_list(&q, a, sizeof(attachment_record), attachment_of_row, &items, ret_n, e));
    *ret = items;
    return ST_OK;
}

status store_attachment_list_of_policy(store_tx *tx, arena *a, str type, str name, attachment_record **ret, size_t *ret_n,
                                       err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ATTACHMENT_LIST_OF_POLICY);
    query_bind_str(&q, type);
    query_bind_str(&q, name);
    void *items = NULL;
    TRY(query_list(&q, a, sizeof(attachment_record), attachment_of_row, &items, ret_n, e));
    *ret = items;
    return ST_OK;
}

status store_attachment_count_of_policy(store_tx *tx, str type, str name, uint32_t *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ATTACHMENT_COUNT_OF_POLICY);
    query_bind_str(&q, type);
    query_bind_str(&q, name);
    TRY(query_row(&q, e));
    *ret = (uint32_t)query_u64(&q);
    return ST_OK;
}

status store_attachment_delete_all(store_tx *tx, uint64_t principal, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ATTACHMENT_DELETE_ALL);
    query_bind_u64(&q, principal);
    return query_run(&q, e);
}
