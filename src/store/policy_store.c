/* policy_store.c - custom policies and their versions. See records.h. */
#include "store/query.h"

static void policy_of_row(query *q, arena *a, void *ret_item)
{
    policy_record *r = ret_item;
    r->id = query_u64(q);
    r->name = query_str(q, a);
    r->description = query_str(q, a);
    r->default_version = (uint32_t)query_u64(q);
    r->last_version = (uint32_t)query_u64(q);
    r->created_s = query_i64(q);
    r->updated_s = query_i64(q);
}

status store_policy_insert(store_tx *tx, const policy_record *r, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_POLICY_INSERT);
    query_bind_u64(&q, r->id);
    query_bind_str(&q, r->name);
    query_bind_str(&q, r->description);
    query_bind_u64(&q, r->default_version);
    query_bind_u64(&q, r->last_version);
    query_bind_i64(&q, r->created_s);
    query_bind_i64(&q, r->updated_s);
    return query_run(&q, e);
}

static status get_policy(query *q, arena *a, policy_record *ret, err *e)
{
    policy_record r = { 0 };
    TRY(query_row(q, e));
    policy_of_row(q, a, &r);
    TRY(query_end(q, e));
    *ret = r;
    return ST_OK;
}

status store_policy_get(store_tx *tx, arena *a, uint64_t id, policy_record *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_POLICY_GET);
    query_bind_u64(&q, id);
    return get_policy(&q, a, ret, e);
}

status store_policy_get_by_name(store_tx *tx, arena *a, str name, policy_record *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_POLICY_GET_BY_NAME);
    query_bind_str(&q, name);
    return get_policy(&q, a, ret, e);
}

status store_policy_update(store_tx *tx, const policy_record *r, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_POLICY_UPDATE);
    query_bind_u64(&q, r->id);
    query_bind_str(&q, r->description);
    query_bind_u64(&q, r->default_version);
    query_bind_u64(&q, r->last_version);
    query_bind_i64(&q, r->updated_s);
    return query_run_one(&q, e);
}

static status delete_versions(store_tx *tx, uint64_t policy, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_POLICY_VERSION_DELETE_ALL);
    query_bind_u64(&q, policy);
    return query_run(&q, e);
}

status store_policy_delete(store_tx *tx, uint64_t id, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_POLICY_DELETE);
    query_bind_u64(&q, id);
    TRY(query_run_one(&q, e));
    TRY(delete_versions(tx, id, e));
    return store_tag_delete_all(tx, TAGGED_POLICY, id, e);
}

status store_policy_count(store_tx *tx, uint32_t *ret, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_POLICY_COUNT);
    TRY(query_row(&q, e));
    *ret = (uint32_t)query_u64(&q);
    return ST_OK;
}

status store_policy_list(store_tx *tx, arena *a, str after, uint32_t max, policy_record **ret, size_t *ret_n, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_POLICY_LIST);
    query_bind_str(&q, after); /* no name is empty, so absent is before all */
    query_bind_u64(&q, max);
    void *items = NULL;
    TRY(query_list(&q, a, sizeof(policy_record), policy_of_row, &items, ret_n, e));
    *ret = items;
    return ST_OK;
}

/* --- versions ----------------------------------------------------------------------------------------------------- */

static void version_of_row(query *q, arena *a, void *ret_item)
{
    policy_version_record *r = ret_item;
    r->policy = query_u64(q);
    r->number = (uint32_t)query_u64(q);
    r->document = query_str(q, a);
    r->created_s = query_i64(q);
}

status store_policy_version_insert(store_tx *tx, const policy_version_record *r, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_POLICY_VERSION_INSERT);
    query_bind_u64(&q, r->policy);
    query_bind_u64(&q, r->number);
    query_bind_str(&q, r->document);
    query_bind_i64(&q, r->created_s);
    return query_run(&q, e);
}

status store_policy_version_get(store_tx *tx, arena *a, uint64_t policy, uint32_t number, policy_version_record *ret, err *e)
{
    policy_version_record r = { 0 };
    CLEANUP(query_done) query q = query_begin(tx, Q_POLICY_VERSION_GET);
    query_bind_u64(&q, policy);
    query_bind_u64(&q, number);
    TRY(query_row(&q, e));
    version_of_row(&q, a, &r);
    TRY(query_end(&q, e));
    *ret = r;
    return ST_OK;
}

status store_policy_version_delete(store_tx *tx, uint64_t policy, uint32_t number, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_POLICY_VERSION_DELETE);
    query_bind_u64(&q, policy);
    query_bind_u64(&q, number);
    return query_run_one(&q, e);
}

status store_policy_version_list(store_tx *tx, arena *a, uint64_t policy, policy_version_record **ret, size_t *ret_n, err *e)
{
    CLEANUP(query_done) query q = query_begin(tx, Q_POLICY_VERSION_LIST);
    query_bind_u64(&q, policy);
    void *items = NULL;
    TRY(query_list(&q, a, sizeof(policy_version_record), version_of_row, &items, ret_n, e));
    *ret = items;
    return ST_OK;
}
