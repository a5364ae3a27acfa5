/* verifier_store.c - verifiers. See records.h. */
#include "store/query.h"

static void verifier_of_row(query *q, arena *a, void *ret_item)
{
    verifier_record *r = ret_item;
    size_t digest_n = 0;
    r->id = query_u64(q);
    r->name = query_str(q, a);
    r->hosts = query_str(q, a);
    query_fixed(q, r->digest, sizeof r->digest, &digest_n);
    r->created_s = query_i64(q);
}

status store_verifier_insert(store_tx *tx, const verifier_record *r, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_VERIFIER_INSERT);
    query_bind_u64(&q, r->id);
    query_bind_str(&q, r->name);
    query_bind_str(&q, r->hosts);
    query_bind_bytes(&q, (bytes){ r->digest, sizeof r->digest });
    query_bind_i64(&q, r->created_s);
    return query_run(&q, e);
}

static status get_verifier(query *q, arena *a, verifier_record *ret, err *e)
{
    verifier_record r = { 0 };
    TRY(query_row(q, e));
    verifier_of_row(q, a, &r);
    TRY(query_end(q, e));
    *ret = r;
    return ST_OK;
}

status store_verifier_get(store_tx *tx, arena *a, uint64_t id, verifier_record *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_VERIFIER_GET);
    query_bind_u64(&q, id);
    return get_verifier(&q, a, ret, e);
}

status store_verifier_get_by_name(store_tx *tx, arena *a, str name, verifier_record *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_VERIFIER_GET_BY_NAME);
    query_bind_str(&q, name);
    return get_verifier(&q, a, ret, e);
}

status store_verifier_delete(store_tx *tx, uint64_t id, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_VERIFIER_DELETE);
    query_bind_u64(&q, id);
    return query_run_one(&q, e);
}

status store_verifier_list(store_tx *tx, arena *a, verifier_record **ret, size_t *ret_n, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_VERIFIER_LIST);
    void *items = NULL;
    TRY(query_list(&q, a, sizeof(verifier_record), verifier_of_row, &items, ret_n, e));
    *ret = items;
    return ST_OK;
}
