/* password_history_store.c - earlier passwords of principals, in the order they came in. See records.h. */
#include "store/query.h"

status store_password_history_insert(store_tx *tx, const password_history_record *r, err *e)
{
    if (r->salt_n > sizeof r->salt)
        return err_set(e, ST_BUG, NULL, "store: a salt of %u bytes", r->salt_n);
    CLEANUP(query_done) query q = query_begin(tx, Q_PASSWORD_HISTORY_INSERT);
    query_bind_u64(&q, r->principal);
    query_bind_u64(&q, r->row);
    query_bind_str(&q, r->scheme);
    query_bind_str(&q, r->parameters);
    query_bind_bytes(&q, (bytes){ r->salt, r->salt_n });
    query_bind_bytes(&q, (bytes){ r->digest.b, r->digest.n });
    query_bind_i64(&q, r->set_s);
    return query_run(&q, e);
}

static void history_of_row(query *q, arena *a, void *ret_item)
{
    password_history_record *r = ret_item;
    size_t salt_n = 0;
    r->principal = query_u64(q);
    r->row = query_u64(q);
    r->scheme = query_str(q, a);
    r->parameters = query_str(q, a);
    query_fixed(q, r->salt, sizeof r->salt, &salt_n);
    r->salt_n = (uint8_t)salt_n;
    query_sealed(q, &r->digest);
    r->set_s = query_i64(q);
}

status store_password_history_list(store_tx *tx, arena *a, uint64_t principal, uint32_t max, password_history_record **ret,
                                   size_t *ret_n, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_PASSWORD_HISTORY_LIST);
    query_bind_u64(&q, principal);
    query_bind_u64(&q, max);
    void *items = NULL;
    TRY(query_list(&q, a, sizeof(password_history_record), history_of_row, &items, ret_n, e));
    *ret = items;
    return ST_OK;
}

status store_password_history_trim(store_tx *tx, uint64_t principal, uint32_t keep, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_PASSWORD_HISTORY_TRIM);
    query_bind_u64(&q, principal);
    query_bind_u64(&q, keep);
    return query_run(&q, e);
}
