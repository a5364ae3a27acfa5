/* preference_store.c - the security preference of an account. See records.h. */
#include "store/query.h"

status store_preference_put(store_tx *tx, const preference_record *r, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_PREFERENCE_PUT);
    query_bind_bool(&q, r->allow_user_to_change_password);
    query_bind_bool(&q, r->allow_user_to_manage_mfa_devices);
    query_bind_bool(&q, r->allow_user_to_manage_access_keys);
    query_bind_bool(&q, r->allow_user_to_login_with_passkey);
    query_bind_bool(&q, r->allow_user_to_manage_personal_ding_talk);
    query_bind_bool(&q, r->allow_user_to_manage_service_credentials);
    query_bind_bool(&q, r->allow_user_to_manage_public_keys);
    query_bind_bool(&q, r->enable_save_mfa_ticket);
    query_bind_u64(&q, r->login_session_duration_hours);
    query_bind_u64(&q, r->max_idle_days_for_users);
    query_bind_u64(&q, r->max_idle_days_for_access_keys);
    query_bind_str(&q, r->login_network_masks);
    query_bind_str(&q, r->mfa_operation_for_login);
    query_bind_str(&q, r->operation_for_risk_login);
    query_bind_str(&q, r->verification_types);
    query_bind_str(&q, r->access_key_network_policy);
    return query_run(&q, e);
}

status store_preference_get(store_tx *tx, arena *a, preference_record *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_PREFERENCE_GET);
    TRY(query_row(&q, e));
    preference_record r = { 0 };
    r.allow_user_to_change_password = query_bool(&q);
    r.allow_user_to_manage_mfa_devices = query_bool(&q);
    r.allow_user_to_manage_access_keys = query_bool(&q);
    r.allow_user_to_login_with_passkey = query_bool(&q);
    r.allow_user_to_manage_personal_ding_talk = query_bool(&q);
    r.allow_user_to_manage_service_credentials = query_bool(&q);
    r.allow_user_to_manage_public_keys = query_bool(&q);
    r.enable_save_mfa_ticket = query_bool(&q);
    r.login_session_duration_hours = (uint32_t)query_u64(&q);
    r.max_idle_days_for_users = (uint32_t)query_u64(&q);
    r.max_idle_days_for_access_keys = (uint32_t)query_u64(&q);
    r.login_network_masks = query_str(&q, a);
    r.mfa_operation_for_login = query_str(&q, a);
    r.operation_for_risk_login = query_str(&q, a);
    r.verification_types = query_str(&q, a);
    r.access_key_network_policy = query_str(&q, a);
    TRY(query_end(&q, e));
    *ret = r;
    return ST_OK;
}
