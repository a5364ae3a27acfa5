/* tag_store.c - tags of users, roles and custom policies. See records.h. */
#include "store/query.h"

static void tag_of_row(query *q, arena *a, void *ret_item)
{
    tag_record *r = ret_item;
    r->resource = query_u64(q);
    r->key = query_str(q, a);
    r->value = query_str(q, a);
}

static query begin(store_tx *tx, statement_id id, tagged_kind kind, uint64_t resource)
{
    query q = query_begin(tx, id);
    query_bind_u64(&q, kind);
    query_bind_u64(&q, resource);
    return q;
}

status store_tag_put(store_tx *tx, tagged_kind kind, uint64_t resource, str key, str value, err *e)
{
    CLEANUP(query_done) query q = begin(tx, Q_TAG_PUT, kind, resource);
    query_bind_str(&q, key);
    query_bind_str(&q, value);
    return query_run(&q, e);
}

status store_tag_delete(store_tx *tx, tagged_kind kind, uint64_t resource, str key, err *e)
{
    CLEANUP(query_done) query q = begin(tx, Q_TAG_DELETE, kind, resource);
    query_bind_str(&q, key);
    return query_run_one(&q, e);
}

status store_tag_delete_all(store_tx *tx, tagged_kind kind, uint64_t resource, err *e)
{
    CLEANUP(query_done) query q = begin(tx, Q_TAG_DELETE_ALL, kind, resource);
    return query_run(&q, e);
}

status store_tag_list(store_tx *tx, arena *a, tagged_kind kind, uint64_t resource, tag_record **ret, size_t *ret_n, err *e)
{
    CLEANUP(query_done) query q = begin(tx, Q_TAG_LIST, kind, resource);
    void *items = NULL;
    TRY(query_list(&q, a, sizeof(tag_record), tag_of_row, &items, ret_n, e));
    *ret = items;
    return ST_OK;
}

status store_tag_list_all(store_tx *tx, arena *a, tagged_kind kind, uint64_t after_resource, str after_key, uint32_t max,
                          tag_record **ret, size_t *ret_n, err *e)
{
    CLEANUP(query_done) query q = begin(tx, Q_TAG_LIST_ALL, kind, after_resource);
    query_bind_str(&q, after_key);
    query_bind_u64(&q, max);
    void *items = NULL;
    TRY(query_list(&q, a, sizeof(tag_record), tag_of_row, &items, ret_n, e));
    *ret = items;
    return ST_OK;
}
