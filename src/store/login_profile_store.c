/* login_profile_store.c - passwords of principals: parameters in clear, the digest sealed. See records.h. */
#include "store/query.h"

status store_login_profile_put(store_tx *tx, const login_profile_record *r, err *e)
{
    if (r->salt_n > sizeof r->salt)
        return err_set(e, ST_BUG, NULL, "store: a salt of %u bytes", r->salt_n);
    CLEANUP(query_done) query q = query_begin(tx, Q_LOGIN_PROFILE_PUT);
    query_bind_u64(&q, r->principal);
    query_bind_u64(&q, r->row);
    query_bind_str(&q, r->scheme);
    query_bind_str(&q, r->parameters);
    query_bind_bytes(&q, (bytes){ r->salt, r->salt_n });
    query_bind_bytes(&q, (bytes){ r->digest.b, r->digest.n });
    query_bind_bool(&q, r->is_active);
    query_bind_bool(&q, r->is_reset_required);
    query_bind_bool(&q, r->mfa_bind_required);
    query_bind_bool(&q, r->is_initial);
    query_bind_i64(&q, r->created_s);
    query_bind_i64(&q, r->updated_s);
    query_bind_i64(&q, r->password_set_s);
    return query_run(&q, e);
}

status store_login_profile_get(store_tx *tx, arena *a, uint64_t principal, login_profile_record *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_LOGIN_PROFILE_GET);
    query_bind_u64(&q, principal);
    TRY(query_row(&q, e));
    size_t salt_n = 0;
    login_profile_record r = { .principal = query_u64(&q) };
    r.row = query_u64(&q);
    r.scheme = query_str(&q, a);
    r.parameters = query_str(&q, a);
    query_fixed(&q, r.salt, sizeof r.salt, &salt_n);
    r.salt_n = (uint8_t)salt_n;
    query_sealed(&q, &r.digest);
    r.is_active = query_bool(&q);
    r.is_reset_required = query_bool(&q);
    r.mfa_bind_required = query_bool(&q);
    r.is_initial = query_bool(&q);
    r.created_s = query_i64(&q);
    r.updated_s = query_i64(&q);
    r.password_set_s = query_i64(&q);
    TRY(query_end(&q, e));
    *ret = r;
    return ST_OK;
}

static status delete_history(store_tx *tx, uint64_t principal, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_PASSWORD_HISTORY_DELETE_ALL);
    query_bind_u64(&q, principal);
    return query_run(&q, e);
}

status store_login_profile_delete(store_tx *tx, uint64_t principal, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_LOGIN_PROFILE_DELETE);
    query_bind_u64(&q, principal);
    TRY(query_run_one(&q, e));
    return delete_history(tx, principal, e);
}
