/* attachment.c - see attachment.h. */
#include "policy/attachment.h"

/* Codes of one kind of principal. */
static const struct {
    const char *absent, *attached, *detached, *full;
} codes[] = {
    [PRINCIPAL_USER] = { "EntityNotExist.User", "EntityAlreadyExists.User.Policy", "EntityNotExist.User.Policy",
                         "LimitExceeded.User.Policy" },
    [PRINCIPAL_GROUP] = { "EntityNotExist.Group", "EntityAlreadyExists.Group.Policy", "EntityNotExist.Group.Policy",
                          "LimitExceeded.Group.Policy" },
    [PRINCIPAL_ROLE] = { "EntityNotExist.Role", "EntityAlreadyExists.Role.Policy", "EntityNotExist.Role.Policy",
                         "LimitExceeded.Role.Policy" },
};

static status find(store_tx *tx, arena *a, principal_kind kind, str name, bearer *ret, err *e)
{
    user_record user;
    group_record group;
    role_record role;
    switch (kind) {
    case PRINCIPAL_USER:
        TRY(store_user_get_by_name(tx, a, name, &user, e));
        *ret = (bearer){ kind, user.id, user.name };
        return ST_OK;
    case PRINCIPAL_GROUP:
        TRY(store_group_get_by_name(tx, a, name, &group, e));
        *ret = (bearer){ kind, group.id, group.name };
        return ST_OK;
    case PRINCIPAL_ROLE:
        TRY(store_role_get_by_name(tx, a, name, &role, e));
        *ret = (bearer){ kind, role.id, role.name };
        return ST_OK;
    }
    return ST_BUG;
}

status bearer_get(store_tx *tx, arena *a, principal_kind kind, str name, bearer *ret, err *e)
{
    const status s = find(tx, a, kind, name, ret, e);
    return s == ST_NOT_FOUND ? err_set(e, s, codes[kind].absent, "no such principal") : s;
}

status policy_attach(store_tx *tx, arena *a, const quotas *q, const bearer *to, const policy *p, int64_t now_s, err *e)
{
    const uint32_t most = p->system != NULL ? q->system_policies_per_user : q->custom_policies_per_user;
    attachment_record *have = NULL;
    size_t n = 0, of_type = 0;
    TRY(store_attachment_list(tx, a, to->id, &have, &n, e));
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(have[i].policy_type, p->type))
            continue;
        if (str_eq(have[i].policy_name, p->name))
            return err_set(e, ST_CONFLICT, codes[to->kind].attached, "attached already");
        of_type++;
    }
    if (of_type >= most)
        return err_set(e, ST_LIMIT, codes[to->kind].full, "%zu policies of this type are attached", of_type);
    const attachment_record r = { to->kind, to->id, p->type, p->name, now_s };
    TRY(store_attachment_insert(tx, &r, e));
    store_touch(tx, epoch_of_principal(to->id));
    return ST_OK;
}

status policy_detach(store_tx *tx, const bearer *from, const policy *p, err *e)
{
    const status s = store_attachment_delete(tx, from->id, p->type, p->name, e);
    if (s == ST_NOT_FOUND)
        return err_set(e, s, codes[from->kind].detached, "not attached");
    TRY(s);
    store_touch(tx, epoch_of_principal(from->id));
    return ST_OK;
}
