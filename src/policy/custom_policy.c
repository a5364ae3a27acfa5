/* custom_policy.c - see custom_policy.h. Rules: RAM CreatePolicy to DeletePolicyVersion. */
#include "policy/custom_policy.h"

#include "account/random_text.h"
#include "user/tag.h"

enum { POLICY_ID_DIGITS = 18, POLICY_ID_FIRST = 5 };

status custom_policy_get(store_tx *tx, arena *a, str name, policy_record *ret, err *e)
{
    const status s = store_policy_get_by_name(tx, a, name, ret, e);
    return s == ST_NOT_FOUND ? err_set(e, s, "EntityNotExist.Policy", "no such custom policy") : s;
}

static status check_document(str text, err *e)
{
    policy_document *d = NULL;
    TRY(policy_document_parse(text, POLICY_IDENTITY, &d, e));
    policy_document_release(d);
    return ST_OK;
}

static status check_policy_quota(store_tx *tx, const quotas *q, err *e)
{
    uint32_t n = 0;
    TRY(store_policy_count(tx, &n, e));
    if (n >= q->policies_per_account)
        return err_set(e, ST_LIMIT, "LimitExceeded.Policy", "the account has %u custom policies", n);
    return ST_OK;
}

status custom_policy_create(store_tx *tx, arena *a, const world *w, const quotas *q, int64_t now_s,
                            const custom_policy_spec *spec, policy_record *ret, err *e)
{
    TRY(check_document(spec->document, e));
    TRY(tag_list_check(TAGGED_POLICY, spec->tags, e));
    TRY(check_policy_quota(tx, q, e));
    policy_record p = {
        .name = spec->name,
        .description = spec->description.p != NULL ? spec->description : STR(""),
        .default_version = 1,
        .last_version = 1,
        .created_s = now_s,
        .updated_s = now_s,
    };
    TRY(random_digits(w, POLICY_ID_DIGITS, POLICY_ID_FIRST, &p.id));
    const status s = store_policy_insert(tx, &p, e);
    if (s == ST_CONFLICT)
        return err_set(e, s, "EntityAlreadyExists.Policy", "a policy of this name stands");
    TRY(s);
    TRY(store_policy_version_insert(tx, &(policy_version_record){ p.id, 1, spec->document, now_s }, e));
    TRY(tag_put_all(tx, a, q, TAGGED_POLICY, p.id, spec->tags, e));
    store_touch(tx, epoch_of_principal(p.id));
    *ret = p;
    return ST_OK;
}

static status update(store_tx *tx, int64_t now_s, policy_record *p, err *e)
{
    p->updated_s = now_s;
    return store_policy_update(tx, p, e);
}

status custom_policy_describe(store_tx *tx, int64_t now_s, policy_record *p, str description, err *e)
{
    p->description = description;
    return update(tx, now_s, p, e);
}

/* --- deletion ----------------------------------------------------------------------------------------------------- */

/* The first kind of principal in the order of the documented codes that it is attached to. */
static status check_unattached(store_tx *tx, arena *a, const policy_record *p, err *e)
{
    static const struct {
        principal_kind kind;
        const char *code;
    } codes[] = {
        { PRINCIPAL_USER, "DeleteConflict.Policy.User" },
        { PRINCIPAL_GROUP, "DeleteConflict.Policy.Group" },
        { PRINCIPAL_ROLE, "DeleteConflict.Role.Policy" },
    };
    attachment_record *list = NULL;
    size_t n = 0;
    TRY(store_attachment_list_of_policy(tx, a, CUSTOM_POLICY_TYPE, p->name, &list, &n, e));
    for (size_t c = 0; c < sizeof codes / sizeof codes[0]; c++) {
        for (size_t i = 0; i < n; i++) {
            if (list[i].kind == codes[c].kind)
                return err_set(e, ST_CONFLICT, codes[c].code, "attached in %zu places", n);
        }
    }
    return ST_OK;
}

status custom_policy_delete(store_tx *tx, arena *a, const policy_record *p, bool is_cascading, err *e)
{
    TRY(check_unattached(tx, a, p, e));
    policy_version_record *versions = NULL;
    size_t n = 0;
    if (!is_cascading)
        TRY(store_policy_version_list(tx, a, p->id, &versions, &n, e));
    if (n > 1)
        return err_set(e, ST_CONFLICT, "DeleteConflict.Policy.Version", "%zu versions stand", n);
    TRY(store_policy_delete(tx, p->id, e));
    store_touch(tx, epoch_of_principal(p->id));
    return ST_OK;
}

/* --- versions ----------------------------------------------------------------------------------------------------- */

/* Leaves room for one more version: one is dropped at a time, as the quota may have been lowered since. */
static status make_room(store_tx *tx, arena *a, const quotas *q, const policy_record *p, bool is_rotating, err *e)
{
    policy_version_record *list = NULL;
    size_t n = 0;
    TRY(store_policy_version_list(tx, a, p->id, &list, &n, e));
    size_t left = n;
    for (size_t i = 0; i < n && is_rotating && left >= q->versions_per_policy; i++) {
        if (list[i].number == p->default_version)
            continue;
        TRY(store_policy_version_delete(tx, p->id, list[i].number, e));
        left--;
    }
    if (left >= q->versions_per_policy)
        return err_set(e, ST_LIMIT, "LimitExceeded.Policy.Version", "the policy has %zu versions", n);
    return ST_OK;
}

status custom_version_create(store_tx *tx, arena *a, const quotas *q, int64_t now_s, policy_record *p,
                             const custom_version_spec *spec, policy_version *ret, err *e)
{
    TRY(check_document(spec->document, e));
    TRY(make_room(tx, a, q, p, spec->is_rotating, e));
    if (p->last_version == UINT32_MAX)
        return err_set(e, ST_LIMIT, "LimitExceeded.Policy.Version", "every version number was used");
    const policy_version_record v = { p->id, p->last_version + 1, spec->document, now_s };
    TRY(store_policy_version_insert(tx, &v, e));
    p->last_version = v.number;
    if (spec->is_default) {
        p->default_version = v.number;
        store_touch(tx, epoch_of_principal(p->id));
    }
    TRY(update(tx, now_s, p, e));
    *ret = (policy_version){ v.number, spec->is_default, spec->document, now_s };
    return ST_OK;
}

static status check_version(store_tx *tx, arena *a, const policy_record *p, uint32_t number, err *e)
{
    policy_version v;
    const policy found = policy_of_record(p);
    return policy_version_get(tx, a, &found, number, &v, e);
}

status custom_version_set_default(store_tx *tx, arena *a, int64_t now_s, policy_record *p, uint32_t number, err *e)
{
    TRY(check_version(tx, a, p, number, e));
    p->default_version = number;
    TRY(update(tx, now_s, p, e));
    store_touch(tx, epoch_of_principal(p->id));
    return ST_OK;
}

status custom_version_delete(store_tx *tx, arena *a, const policy_record *p, uint32_t number, err *e)
{
    TRY(check_version(tx, a, p, number, e));
    if (number == p->default_version)
        return err_set(e, ST_CONFLICT, "DeleteConflict.Policy.Version.Default", "v%u is the default version", number);
    return store_policy_version_delete(tx, p->id, number, e);
}
