/* audit_store.c - audit events, numbered without gaps per account, and facts about the store itself. See records.h. */
#include "store/query.h"

static void audit_of_row(query *q, arena *a, void *ret_item)
{
    audit_record *r = ret_item;
    r->account = query_u64(q);
    r->number = query_u64(q);
    r->at_s = query_i64(q);
    r->body = query_str(q, a);
    size_t mac_n = 0;
    query_fixed(q, r->mac, sizeof r->mac, &mac_n);
    r->is_sealed = mac_n == sizeof r->mac;
}

status store_audit_insert(store_tx *tx, int64_t at_s, str body, uint64_t *ret_number, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_AUDIT_INSERT);
    query_bind_i64(&q, at_s);
    query_bind_str(&q, body);
    TRY(query_row(&q, e));
    uint64_t number = query_u64(&q);
    TRY(query_end(&q, e));
    *ret_number = number;
    return ST_OK;
}

status store_audit_list(store_tx *tx, arena *a, uint64_t after_number, uint32_t max, audit_record **ret, size_t *ret_n, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_AUDIT_LIST);
    query_bind_u64(&q, after_number);
    query_bind_u64(&q, max);
    void *items = NULL;
    TRY(query_list(&q, a, sizeof(audit_record), audit_of_row, &items, ret_n, e));
    *ret = items;
    return ST_OK;
}

status store_audit_last_sealed(store_tx *tx, arena *a, audit_record *ret, err *e)
{
    audit_record r = { 0 };
    CLEANUP(query_done) query q = query_begin(tx, Q_AUDIT_LAST_SEALED);
    TRY(query_row(&q, e));
    audit_of_row(&q, a, &r);
    TRY(query_end(&q, e));
    *ret = r;
    return ST_OK;
}

status store_audit_set_mac(store_tx *tx, uint64_t number, const uint8_t mac[VAULT_TAG_BYTES], err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_AUDIT_SET_MAC);
    query_bind_u64(&q, number);
    query_bind_bytes(&q, (bytes){ mac, VAULT_TAG_BYTES });
    return query_run_one(&q, e);
}

status store_fact_put(store_tx *tx, str name, bytes value, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_FACT_PUT);
    query_bind_str(&q, name);
    query_bind_bytes(&q, value);
    return query_run(&q, e);
}

status store_fact_get(store_tx *tx, arena *a, str name, bytes *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_FACT_GET);
    query_bind_str(&q, name);
    TRY(query_row(&q, e));
    bytes b = query_bytes(&q, a);
    TRY(query_end(&q, e));
    *ret = b;
    return ST_OK;
}
