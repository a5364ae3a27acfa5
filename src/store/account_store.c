/* account_store.c - accounts, and what they hold. See records.h. */
#include "store/query.h"

status store_account_insert(store_tx *tx, const account_record *r, err *e)
{
    if (r->id != tx->account)
        return err_set(e, ST_BUG, NULL, "store: an account inserts itself");
    CLEANUP(query_done) query q = query_begin(tx, Q_ACCOUNT_INSERT);
    query_bind_str(&q, r->alias);
    query_bind_str(&q, r->owner_email);
    query_bind_i64(&q, r->created_s);
    query_bind_u64(&q, r->user_n);
    return query_run(&q, e);
}

status store_account_get(store_tx *tx, arena *a, account_record *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ACCOUNT_GET);
    TRY(query_row(&q, e));
    account_record r = { .id = query_u64(&q) };
    r.alias = query_str(&q, a);
    r.owner_email = query_str(&q, a);
    r.created_s = query_i64(&q);
    r.user_n = (uint32_t)query_u64(&q);
    TRY(query_end(&q, e));
    *ret = r;
    return ST_OK;
}

status store_account_set_alias(store_tx *tx, str alias, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ACCOUNT_SET_ALIAS);
    query_bind_str(&q, alias);
    return query_run_one(&q, e);
}

status store_account_counts(store_tx *tx, account_counts *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_ACCOUNT_COUNTS);
    TRY(query_row(&q, e));
    account_counts r = { .users = (uint32_t)query_u64(&q) };
    r.groups = (uint32_t)query_u64(&q);
    r.roles = (uint32_t)query_u64(&q);
    r.policies = (uint32_t)query_u64(&q);
    r.access_keys = (uint32_t)query_u64(&q);
    r.login_profiles = (uint32_t)query_u64(&q);
    *ret = r;
    return ST_OK;
}
