/* role.c - see role.h. */
#include "role/role.h"

#include "account/random_text.h"
#include "policy/document.h"

enum { ROLE_ID_DIGITS = 18, ROLE_ID_FIRST = 3 };

static status no_such_role(status s, err *e)
{
    return s == ST_NOT_FOUND ? err_set(e, s, "EntityNotExist.Role", "no such role") : s;
}

static status check_trust_policy(str text, err *e)
{
    policy_document *d = NULL;
    TRY(policy_document_parse(text, POLICY_TRUST, &d, e));
    policy_document_release(d);
    return ST_OK;
}

status role_create(store_tx *tx, arena *a, const world *w, const quotas *q, int64_t now_s, const role_spec *spec,
                   role_record *ret, err *e)
{
    uint32_t owned = 0;
    TRY(tag_list_check(TAGGED_ROLE, spec->tags, e));
    TRY(check_trust_policy(spec->trust_policy, e));
    TRY(store_role_count(tx, &owned, e));
    if (owned >= q->roles_per_account)
        return err_set(e, ST_LIMIT, "LimitExceeded.Role", "the account has %u roles", owned);
    role_record r = {
        .name = spec->name,
        .description = spec->description.p != NULL ? spec->description : STR(""),
        .trust_policy = spec->trust_policy,
        .max_session_s = spec->max_session_s > 0 ? spec->max_session_s : ROLE_SESSION_MIN_S,
        .created_s = now_s,
        .updated_s = now_s,
    };
    TRY(random_digits(w, ROLE_ID_DIGITS, ROLE_ID_FIRST, &r.id));
    status s = store_role_insert(tx, &r, e);
    if (s == ST_CONFLICT)
        return err_set(e, s, "EntityAlreadyExists.Role", "a role of this name stands");
    TRY(s);
    TRY(tag_put_all(tx, a, q, TAGGED_ROLE, r.id, spec->tags, e));
    store_touch(tx, epoch_of_principal(r.id));
    *ret = r;
    return ST_OK;
}

status role_get(store_tx *tx, arena *a, str name, role_record *ret, err *e)
{
    return no_such_role(store_role_get_by_name(tx, a, name, ret, e), e);
}

static status put(store_tx *tx, const role_record *r, err *e)
{
    TRY(no_such_role(store_role_update(tx, r, e), e));
    store_touch(tx, epoch_of_principal(r->id));
    return ST_OK;
}

status role_update(store_tx *tx, int64_t now_s, const role_record *old, const role_change *by, role_record *ret, err *e)
{
    role_record r = *old;
    if (by->description.p != NULL)
        r.description = by->description;
    if (by->trust_policy.p != NULL) {
        TRY(check_trust_policy(by->trust_policy, e));
        r.trust_policy = by->trust_policy;
    }
    if (by->max_session_s > 0)
        r.max_session_s = by->max_session_s;
    r.updated_s = now_s;
    TRY(put(tx, &r, e));
    *ret = r;
    return ST_OK;
}

status role_delete(store_tx *tx, arena *a, const role_record *role, err *e)
{
    attachment_record *attached = NULL;
    size_t n = 0;
    TRY(store_attachment_list(tx, a, role->id, &attached, &n, e));
    if (n > 0)
        return err_set(e, ST_CONFLICT, "DeleteConflict.Role.Policy", "%zu policies are attached to the role", n);
    TRY(no_such_role(store_role_delete(tx, role->id, e), e));
    store_touch(tx, epoch_of_principal(role->id));
    return ST_OK;
}

/* Never backwards, and past the last time: sessions issued after an earlier revocation bear its time and one more, should the
 * clock have been set back since (assume_role_api.c). */
status role_revoke_sessions(store_tx *tx, int64_t now_ms, const role_record *role, int64_t *ret_ms, err *e)
{
    role_record r = *role;
    r.sessions_revoked_ms = now_ms > role->sessions_revoked_ms ? now_ms : role->sessions_revoked_ms + 1;
    TRY(put(tx, &r, e));
    *ret_ms = r.sessions_revoked_ms;
    return ST_OK;
}
