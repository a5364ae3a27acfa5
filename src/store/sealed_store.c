/* sealed_store.c - see sealed_rows.h. */
#include "store/sealed_rows.h"

#include "store/query.h"

static const struct {
    statement_id list, replace;
    seal_purpose purpose;
    bool has_id, has_number; /* the table's key: id; principal; principal and number */
} kinds[SEALED_KIND_COUNT] = {
    [SEALED_KEY] = { Q_SEALED_KEY_LIST, Q_SEALED_KEY_REPLACE, SEAL_ACCESS_KEY, true, false },
    [SEALED_RECYCLED_KEY] = { Q_SEALED_RECYCLED_KEY_LIST, Q_SEALED_RECYCLED_KEY_REPLACE, SEAL_ACCESS_KEY, true, false },
    [SEALED_PROFILE] = { Q_SEALED_PROFILE_LIST, Q_SEALED_PROFILE_REPLACE, SEAL_PASSWORD, false, false },
    [SEALED_HISTORY] = { Q_SEALED_HISTORY_LIST, Q_SEALED_HISTORY_REPLACE, SEAL_PASSWORD, false, true },
};

static void bind_key(query *q, sealed_kind kind, const sealed_row *r)
{
    if (kinds[kind].has_id)
        query_bind_str(q, r->id);
    else
        query_bind_u64(q, r->principal);
    if (kinds[kind].has_number)
        query_bind_u64(q, r->number);
}

static void read_row(query *q, sealed_kind kind, arena *a, sealed_row *r)
{
    *r = (sealed_row){ .place = { kinds[kind].purpose, store_tx_account(q->tx), 0 } };
    if (kinds[kind].has_id)
        r->id = query_str(q, a);
    else
        r->principal = query_u64(q);
    if (kinds[kind].has_number)
        r->number = query_u64(q);
    r->place.row = query_u64(q);
    query_sealed(q, &r->value);
}

static void read_key(query *q, arena *a, void *ret_item)
{
    read_row(q, SEALED_KEY, a, ret_item); /* the same columns as a recycled one */
}

static void read_profile(query *q, arena *a, void *ret_item)
{
    read_row(q, SEALED_PROFILE, a, ret_item);
}

static void read_history(query *q, arena *a, void *ret_item)
{
    read_row(q, SEALED_HISTORY, a, ret_item);
}

status store_sealed_list(store_tx *tx, arena *a, sealed_kind kind, const sealed_row *after, uint32_t max, sealed_row **ret,
                         size_t *ret_n, err *e)
{
    static const sealed_row start = { .id = STR_INIT("") };
    const query_reader read = kinds[kind].has_id ? read_key : kinds[kind].has_number ? read_history : read_profile;
    void *items;
    CLEANUP(query_done) query q = query_begin(tx, kinds[kind].list);
    bind_key(&q, kind, after != NULL ? after : &start);
    query_bind_u64(&q, max);
    TRY(query_list(&q, a, sizeof **ret, read, &items, ret_n, e));
    *ret = items;
    return ST_OK;
}

status store_sealed_replace(store_tx *tx, sealed_kind kind, const sealed_row *r, const sealed *value, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, kinds[kind].replace);
    bind_key(&q, kind, r);
    query_bind_u64(&q, r->place.row);
    query_bind_bytes(&q, (bytes){ value->b, value->n });
    TRY(query_run_one(&q, e));
    if (kind == SEALED_KEY)
        store_touch(tx, epoch_of_access_key(r->id));
    return ST_OK;
}

status store_user_count_rows(store_tx *tx, uint64_t *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_USER_COUNT_ROWS);
    TRY(query_row(&q, e));
    *ret = query_u64(&q);
    return query_end(&q, e);
}
