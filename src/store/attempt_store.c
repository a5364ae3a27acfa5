/* attempt_store.c - the attempt ledger. See records.h. */
#include "store/query.h"

status store_attempt_put(store_tx *tx, const attempt_record *r, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ATTEMPT_PUT);
    query_bind_u64(&q, r->principal);
    query_bind_u64(&q, r->budget);
    query_bind_u64(&q, r->failures);
    query_bind_u64(&q, r->in_flight);
    query_bind_i64(&q, r->first_s);
    query_bind_i64(&q, r->last_s);
    query_bind_i64(&q, r->locked_until_s);
    return query_run(&q, e);
}

status store_attempt_get(store_tx *tx, uint64_t principal, uint32_t budget, attempt_record *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ATTEMPT_GET);
    query_bind_u64(&q, principal);
    query_bind_u64(&q, budget);
    TRY(query_row(&q, e));
    attempt_record r = { .principal = query_u64(&q) };
    r.budget = (uint32_t)query_u64(&q);
    r.failures = (uint32_t)query_u64(&q);
    r.in_flight = (uint32_t)query_u64(&q);
    r.first_s = query_i64(&q);
    r.last_s = query_i64(&q);
    r.locked_until_s = query_i64(&q);
    *ret = r;
    return ST_OK;
}

status store_attempt_delete_all(store_tx *tx, uint64_t principal, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ATTEMPT_DELETE_ALL);
    query_bind_u64(&q, principal);
    return query_run(&q, e);
}

status store_attempt_settle_all(store_tx *tx, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ATTEMPT_SETTLE_ALL);
    return query_run(&q, e);
}
