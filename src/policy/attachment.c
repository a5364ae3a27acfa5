/* attachment.c - see attachment.h. */
#include "policy/attachment.h"

status policy_get(str type, str name, const system_policy **ret, err *e)
{
    const bool is_system = str_eq(type, SYSTEM_POLICY_TYPE);
    if (!is_system && !str_eq(type, STR("Custom")))
        return err_set(e, ST_INVALID, "InvalidParameter.PolicyType", "neither System nor Custom");
    const system_policy *p = is_system ? system_policy_find(name) : NULL;
    if (p == NULL)
        return err_set(e, ST_NOT_FOUND, "EntityNotExist.Policy", "no such policy");
    *ret = p;
    return ST_OK;
}

status policy_attach(store_tx *tx, arena *a, const quotas *q, uint64_t user, const system_policy *p, int64_t now_s, err *e)
{
    attachment_record *have = NULL;
    size_t n = 0;
    TRY(store_attachment_list(tx, a, user, &have, &n, e));
    for (size_t i = 0; i < n; i++) {
        if (str_eq(have[i].policy_type, SYSTEM_POLICY_TYPE) && str_eq(have[i].policy_name, p->name))
            return err_set(e, ST_CONFLICT, "EntityAlreadyExists.User.Policy", "attached already");
    }
    if (n >= q->system_policies_per_user)
        return err_set(e, ST_LIMIT, "LimitExceeded.User.Policy", "%zu system policies are attached", n);
    const attachment_record r = { user, SYSTEM_POLICY_TYPE, p->name, now_s };
    TRY(store_attachment_insert(tx, &r, e));
    store_touch(tx, epoch_of_principal(user));
    return ST_OK;
}

status policy_detach(store_tx *tx, uint64_t user, const system_policy *p, err *e)
{
    status s = store_attachment_delete(tx, user, SYSTEM_POLICY_TYPE, p->name, e);
    if (s == ST_NOT_FOUND)
        return err_set(e, s, "EntityNotExist.User.Policy", "not attached");
    TRY(s);
    store_touch(tx, epoch_of_principal(user));
    return ST_OK;
}
