/* password_policy_store.c - the password policy of an account. See records.h. */
#include "store/query.h"

status store_password_policy_put(store_tx *tx, const password_policy_record *r, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_PASSWORD_POLICY_PUT);
    query_bind_u64(&q, r->minimum_password_length);
    query_bind_u64(&q, r->minimum_password_different_character);
    query_bind_bool(&q, r->require_lowercase_characters);
    query_bind_bool(&q, r->require_uppercase_characters);
    query_bind_bool(&q, r->require_numbers);
    query_bind_bool(&q, r->require_symbols);
    query_bind_bool(&q, r->password_not_contain_user_name);
    query_bind_bool(&q, r->hard_expire);
    query_bind_bool(&q, r->intercept_risk_password_on_api);
    query_bind_u64(&q, r->max_password_age_days);
    query_bind_u64(&q, r->password_reuse_prevention);
    query_bind_u64(&q, r->max_login_attempts);
    query_bind_u64(&q, r->initial_password_age_days);
    return query_run(&q, e);
}

status store_password_policy_get(store_tx *tx, password_policy_record *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_PASSWORD_POLICY_GET);
    TRY(query_row(&q, e));
    password_policy_record r = { 0 };
    r.minimum_password_length = (uint32_t)query_u64(&q);
    r.minimum_password_different_character = (uint32_t)query_u64(&q);
    r.require_lowercase_characters = query_bool(&q);
    r.require_uppercase_characters = query_bool(&q);
    r.require_numbers = query_bool(&q);
    r.require_symbols = query_bool(&q);
    r.password_not_contain_user_name = query_bool(&q);
    r.hard_expire = query_bool(&q);
    r.intercept_risk_password_on_api = query_bool(&q);
    r.max_password_age_days = (uint32_t)query_u64(&q);
    r.password_reuse_prevention = (uint32_t)query_u64(&q);
    r.max_login_attempts = (uint32_t)query_u64(&q);
    r.initial_password_age_days = (uint32_t)query_u64(&q);
    TRY(query_end(&q, e));
    *ret = r;
    return ST_OK;
}
