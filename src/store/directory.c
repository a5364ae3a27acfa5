/* directory.c - see directory.h. */
#include "store/directory.h"

#include "store/query.h"

status directory_find_access_key(store_tx *tx, str access_key_id, uint64_t *ret_account, uint64_t *ret_owner, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_DIRECTORY_FIND_ACCESS_KEY);
    query_bind_str(&q, access_key_id);
    TRY(query_row(&q, e));
    *ret_account = query_u64(&q);
    *ret_owner = query_u64(&q);
    return ST_OK;
}

status directory_find_alias(store_tx *tx, str alias, uint64_t *ret_account, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_DIRECTORY_FIND_ALIAS);
    query_bind_str(&q, alias);
    TRY(query_row(&q, e));
    *ret_account = query_u64(&q);
    return ST_OK;
}

status directory_has_account(store_tx *tx, uint64_t account, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_DIRECTORY_HAS_ACCOUNT);
    query_bind_u64(&q, account);
    return query_row(&q, e);
}

status directory_find_verifier(store_tx *tx, const uint8_t digest[32], uint64_t *ret_account, uint64_t *ret_id, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_DIRECTORY_FIND_VERIFIER);
    query_bind_bytes(&q, (bytes){ digest, VERIFIER_DIGEST_BYTES });
    TRY(query_row(&q, e));
    *ret_account = query_u64(&q);
    *ret_id = query_u64(&q);
    return ST_OK;
}

status directory_find_sign_in_link(store_tx *tx, const uint8_t digest[32], uint64_t *ret_account, uint64_t *ret_user, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_DIRECTORY_FIND_SIGN_IN_LINK);
    query_bind_bytes(&q, (bytes){ digest, SIGN_IN_LINK_DIGEST_BYTES });
    TRY(query_row(&q, e));
    *ret_account = query_u64(&q);
    *ret_user = query_u64(&q);
    return ST_OK;
}

static status list_ids(query *q, uint64_t *ret, size_t max, size_t *ret_n, err *e)
{
    size_t n = 0;
    status s = ST_OK;
    err end = { 0 }; /* running out of rows is no failure of this call */
    while (n < max && (s = query_row(q, &end)) == ST_OK)
        ret[n++] = query_u64(q);
    if (s != ST_OK && s != ST_NOT_FOUND) {
        *e = end;
        return s;
    }
    *ret_n = n;
    return ST_OK;
}

status directory_list_accounts(store_tx *tx, uint64_t after, uint64_t *ret, size_t max, size_t *ret_n, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_DIRECTORY_LIST_ACCOUNTS);
    query_bind_u64(&q, after);
    query_bind_u64(&q, max);
    return list_ids(&q, ret, max, ret_n, e);
}

enum { PAGE_ACCOUNTS = 256 };

typedef struct {
    uint64_t after, ids[PAGE_ACCOUNTS];
    size_t n;
} account_page;

static status read_page(store_tx *tx, void *self, err *e)
{
    account_page *p = self;
    return directory_list_accounts(tx, p->after, p->ids, PAGE_ACCOUNTS, &p->n, e);
}

status directory_each_account(store *s, status (*visit)(void *self, uint64_t account, err *e), void *self, err *e)
{
    account_page p = { 0 };
    do {
        TRY(store_read_now(s, 0, read_page, &p, e));
        for (size_t i = 0; i < p.n; i++)
            TRY(visit(self, p.ids[i], e));
        p.after = p.n > 0 ? p.ids[p.n - 1] : p.after;
    } while (p.n == PAGE_ACCOUNTS);
    return ST_OK;
}

status directory_list_unsealed(store_tx *tx, uint64_t from, uint64_t *ret, size_t max, size_t *ret_n, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_DIRECTORY_LIST_UNSEALED);
    query_bind_u64(&q, from);
    query_bind_u64(&q, max);
    return list_ids(&q, ret, max, ret_n, e);
}

void directory_enter(store_tx *tx, uint64_t account)
{
    tx->account = account;
}
