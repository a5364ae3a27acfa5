/* account_store.c - accounts and their security preference. See records.h. */
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

status store_preference_put(store_tx *tx, const preference_record *r, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_PREFERENCE_PUT);
    query_bind_bool(&q, r->allow_user_to_change_password);
    query_bind_bool(&q, r->allow_user_to_manage_mfa_devices);
    query_bind_bool(&q, r->allow_user_to_manage_access_keys);
    query_bind_str(&q, r->mfa_operation_for_login);
    return query_run(&q, e);
}

status store_preference_get(store_tx *tx, arena *a, preference_record *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_PREFERENCE_GET);
    TRY(query_row(&q, e));
    preference_record r = { .allow_user_to_change_password = query_bool(&q) };
    r.allow_user_to_manage_mfa_devices = query_bool(&q);
    r.allow_user_to_manage_access_keys = query_bool(&q);
    r.mfa_operation_for_login = query_str(&q, a);
    TRY(query_end(&q, e));
    *ret = r;
    return ST_OK;
}
