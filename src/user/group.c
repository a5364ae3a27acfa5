/* group.c - see group.h. Rules: RAM 2015-05-01, errors of the actions on groups. */
#include "user/group.h"

#include "account/random_text.h"

enum { GROUP_ID_DIGITS = 18, GROUP_ID_FIRST = 4 };

static status no_such_group(status s, err *e)
{
    return s == ST_NOT_FOUND ? err_set(e, s, "EntityNotExist.Group", "no such group") : s;
}

static status name_stands(status s, err *e)
{
    return s == ST_CONFLICT ? err_set(e, s, "EntityAlreadyExists.Group", "a group of this name stands") : s;
}

static str or_empty(str s)
{
    return s.p != NULL ? s : STR("");
}

status group_create(store_tx *tx, const world *w, const quotas *q, int64_t now_s, const group_spec *spec, group_record *ret,
                    err *e)
{
    uint32_t n = 0;
    TRY(store_group_count(tx, &n, e));
    if (n >= q->groups_per_account)
        return err_set(e, ST_LIMIT, "LimitExceeded.Group", "the account has %u groups", n);
    group_record g = {
        .name = spec->name,
        .display_name = or_empty(spec->display_name),
        .comments = or_empty(spec->comments),
        .created_s = now_s,
        .updated_s = now_s,
    };
    TRY(random_digits(w, GROUP_ID_DIGITS, GROUP_ID_FIRST, &g.id));
    TRY(name_stands(store_group_insert(tx, &g, e), e));
    store_touch(tx, epoch_of_principal(g.id));
    *ret = g;
    return ST_OK;
}

status group_get(store_tx *tx, arena *a, str name, group_record *ret, err *e)
{
    return no_such_group(store_group_get_by_name(tx, a, name, ret, e), e);
}

static void change(str *field, str to)
{
    if (to.p != NULL)
        *field = to;
}

status group_update(store_tx *tx, int64_t now_s, const group_record *old, const group_change *by, group_record *ret, err *e)
{
    group_record g = *old;
    if (by->name.n > 0)
        g.name = by->name;
    change(&g.display_name, by->display_name);
    change(&g.comments, by->comments);
    g.updated_s = now_s;
    TRY(name_stands(no_such_group(store_group_update(tx, &g, e), e), e));
    store_touch(tx, epoch_of_principal(g.id));
    *ret = g;
    return ST_OK;
}

static status check_unused(store_tx *tx, arena *a, uint64_t group, err *e)
{
    uint32_t members = 0;
    TRY(store_member_count(tx, group, &members, e));
    if (members > 0)
        return err_set(e, ST_CONFLICT, "DeleteConflict.Group.User", "the group has %u members", members);
    attachment_record *attached = NULL;
    size_t n = 0;
    TRY(store_attachment_list(tx, a, group, &attached, &n, e));
    if (n > 0)
        return err_set(e, ST_CONFLICT, "DeleteConflict.Group.Policy", "%zu policies are attached to the group", n);
    return ST_OK;
}

status group_delete(store_tx *tx, arena *a, uint64_t group, err *e)
{
    TRY(check_unused(tx, a, group, e));
    TRY(no_such_group(store_group_delete(tx, group, e), e));
    store_touch(tx, epoch_of_principal(group));
    return ST_OK;
}

static void touch_membership(store_tx *tx, uint64_t group, uint64_t user)
{
    store_touch(tx, epoch_of_principal(group));
    store_touch(tx, epoch_of_principal(user));
}

status group_add_user(store_tx *tx, arena *a, const quotas *q, int64_t now_s, uint64_t group, uint64_t user, err *e)
{
    user_group_record *have = NULL;
    size_t n = 0;
    TRY(store_user_group_list(tx, a, user, &have, &n, e));
    for (size_t i = 0; i < n; i++) {
        if (have[i].group.id == group)
            return err_set(e, ST_CONFLICT, "EntityAlreadyExists.User.Group", "a member already");
    }
    if (n >= q->groups_per_user)
        return err_set(e, ST_LIMIT, "LimitExceeded.User.Group", "the user is in %zu groups", n);
    TRY(store_member_insert(tx, group, user, now_s, e));
    touch_membership(tx, group, user);
    return ST_OK;
}

status group_remove_user(store_tx *tx, uint64_t group, uint64_t user, err *e)
{
    status s = store_member_delete(tx, group, user, e);
    if (s == ST_NOT_FOUND)
        return err_set(e, s, "EntityNotExist.User.Group", "no member of the group");
    TRY(s);
    touch_membership(tx, group, user);
    return ST_OK;
}
