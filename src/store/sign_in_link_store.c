/* sign_in_link_store.c - sign-in links of users, one each, known by the digest alone. See records.h. */
#include "store/query.h"

status store_sign_in_link_put(store_tx *tx, const sign_in_link_record *r, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_SIGN_IN_LINK_PUT);
    query_bind_u64(&q, r->user);
    query_bind_bytes(&q, (bytes){ r->digest, sizeof r->digest });
    query_bind_i64(&q, r->created_s);
    query_bind_i64(&q, r->expires_s);
    return query_run(&q, e);
}

status store_sign_in_link_get(store_tx *tx, const uint8_t digest[32], sign_in_link_record *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_SIGN_IN_LINK_GET);
    query_bind_bytes(&q, (bytes){ digest, SIGN_IN_LINK_DIGEST_BYTES });
    TRY(query_row(&q, e));
    size_t digest_n = 0;
    sign_in_link_record r = { .user = query_u64(&q) };
    query_fixed(&q, r.digest, sizeof r.digest, &digest_n);
    r.created_s = query_i64(&q);
    r.expires_s = query_i64(&q);
    TRY(query_end(&q, e));
    *ret = r;
    return ST_OK;
}

status store_sign_in_link_consume(store_tx *tx, const uint8_t digest[32], err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_SIGN_IN_LINK_CONSUME);
    query_bind_bytes(&q, (bytes){ digest, SIGN_IN_LINK_DIGEST_BYTES });
    return query_run_one(&q, e);
}

status store_sign_in_link_delete(store_tx *tx, uint64_t user, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_SIGN_IN_LINK_DELETE);
    query_bind_u64(&q, user);
    return query_run_one(&q, e);
}
