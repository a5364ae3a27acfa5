/* recycled_user.c - see recycled_user.h. RAM, "Delete a RAM user". */
#include "user/recycled_user.h"

static status no_such_user(status s, err *e)
{
    return s == ST_NOT_FOUND ? err_set(e, s, "EntityNotExist.User", "no such user in the recycle bin") : s;
}

static status if_there(status s)
{
    return s == ST_NOT_FOUND ? ST_OK : s;
}

static status join(arena *a, str *to, str more)
{
    return arena_printf(a, to, STR_FMT "%s" STR_FMT, STR_ARG(*to), to->n > 0 ? "," : "", STR_ARG(more));
}

/* --- into the bin ------------------------------------------------------------------------------------------------- */

static status recycle_keys(store_tx *tx, arena *a, int64_t now_s, uint64_t user, user_recycling *r, err *e)
{
    access_key_record *keys = NULL;
    size_t n = 0;
    TRY(store_access_key_list(tx, a, user, &keys, &n, e));
    for (size_t i = 0; i < n; i++) {
        TRY(store_access_key_recycle(tx, keys[i].id, true, now_s, now_s + RECYCLE_BIN_S, e));
        store_touch(tx, epoch_of_access_key(keys[i].id));
        TRY(join(a, &r->access_keys, keys[i].id));
    }
    return ST_OK;
}

static status leave_groups(store_tx *tx, arena *a, uint64_t user, user_recycling *r, err *e)
{
    user_group_record *groups = NULL;
    size_t n = 0;
    TRY(store_user_group_list(tx, a, user, &groups, &n, e));
    for (size_t i = 0; i < n; i++) {
        TRY(store_member_delete(tx, groups[i].group.id, user, e));
        store_touch(tx, epoch_of_principal(groups[i].group.id));
        TRY(join(a, &r->groups, groups[i].group.name));
    }
    return ST_OK;
}

static status detach_policies(store_tx *tx, arena *a, uint64_t user, user_recycling *r, err *e)
{
    attachment_record *attached = NULL;
    size_t n = 0;
    TRY(store_attachment_list(tx, a, user, &attached, &n, e));
    for (size_t i = 0; i < n; i++) {
        str one;
        TRY(arena_printf(a, &one, STR_FMT ":" STR_FMT, STR_ARG(attached[i].policy_type), STR_ARG(attached[i].policy_name)));
        TRY(join(a, &r->policies, one));
    }
    return n > 0 ? store_attachment_delete_all(tx, user, e) : ST_OK;
}

static status end_logon(store_tx *tx, arena *a, uint64_t user, user_recycling *r, err *e)
{
    login_profile_record profile;
    status s = store_login_profile_get(tx, a, user, &profile, e);
    r->had_login_profile = s == ST_OK;
    TRY(if_there(s));
    TRY(if_there(store_login_profile_delete(tx, user, e)));
    TRY(if_there(store_sign_in_link_delete(tx, user, e)));
    return if_there(store_attempt_delete_all(tx, user, e));
}

static status make_room(store_tx *tx, arena *a, uint32_t most, user_recycling *r, err *e)
{
    uint32_t have = 0;
    recycled_user_record *oldest = NULL;
    size_t n = 0;
    TRY(store_recycled_user_count(tx, &have, e));
    if (have <= most)
        return ST_OK;
    TRY(store_recycled_user_list_due(tx, a, INT64_MAX, 1, &oldest, &n, e));
    if (n == 0)
        return err_set(e, ST_BUG, NULL, "the recycle bin counts %u users and lists none", have);
    r->purged = oldest[0];
    return recycled_user_purge(tx, a, oldest[0].user.id, e);
}

status user_recycle(store_tx *tx, arena *a, const quotas *q, int64_t now_s, const user_record *user, user_recycling *ret,
                    err *e)
{
    user_recycling r = { .access_keys = STR(""), .groups = STR(""), .policies = STR("") };
    TRY(recycle_keys(tx, a, now_s, user->id, &r, e));
    TRY(leave_groups(tx, a, user->id, &r, e));
    TRY(detach_policies(tx, a, user->id, &r, e));
    TRY(end_logon(tx, a, user->id, &r, e));
    TRY(no_such_user(store_user_recycle(tx, user->id, now_s, now_s + RECYCLE_BIN_S, e), e));
    store_touch(tx, epoch_of_principal(user->id));
    TRY(make_room(tx, a, q->users_in_recycle_bin, &r, e));
    *ret = r;
    return ST_OK;
}

/* --- and out of it ------------------------------------------------------------------------------------------------ */

status recycled_user_get(store_tx *tx, arena *a, int64_t now_s, str id, recycled_user_record *ret, err *e)
{
    uint64_t number;
    recycled_user_record r;
    if (str_to_u64(id, 1, INT64_MAX, &number) != ST_OK)
        return no_such_user(ST_NOT_FOUND, e);
    TRY(no_such_user(store_recycled_user_get(tx, a, number, &r, e), e));
    if (r.purge_s <= now_s)
        return no_such_user(ST_NOT_FOUND, e);
    *ret = r;
    return ST_OK;
}

/* Those that came here with their user: the others were deleted before it was, and stay deleted. */
static status restore_keys(store_tx *tx, arena *a, uint64_t user, err *e)
{
    recycled_key_record *keys = NULL;
    size_t n = 0;
    TRY(store_recycled_key_list(tx, a, user, &keys, &n, e));
    for (size_t i = 0; i < n; i++) {
        if (!keys[i].with_user)
            continue;
        TRY(store_access_key_restore(tx, keys[i].key.id, e));
        store_touch(tx, epoch_of_access_key(keys[i].key.id));
    }
    return ST_OK;
}

status user_restore(store_tx *tx, arena *a, const quotas *q, const recycled_user_record *user, err *e)
{
    account_record account;
    TRY(store_account_get(tx, a, &account, e));
    if (account.user_n >= q->users_per_account)
        return err_set(e, ST_LIMIT, "LimitExceeded.User", "the account has %u users", account.user_n);
    status s = store_user_restore(tx, user->user.id, e);
    if (s == ST_CONFLICT)
        return err_set(e, s, "EntityAlreadyExists.User", "another user has taken the name");
    TRY(no_such_user(s, e));
    TRY(restore_keys(tx, a, user->user.id, e));
    store_touch(tx, epoch_of_principal(user->user.id));
    return ST_OK;
}

status recycled_user_purge(store_tx *tx, arena *a, uint64_t id, err *e)
{
    recycled_key_record *keys = NULL;
    size_t n = 0;
    TRY(store_recycled_key_list(tx, a, id, &keys, &n, e));
    for (size_t i = 0; i < n; i++)
        TRY(store_recycled_key_purge(tx, keys[i].key.id, e));
    return no_such_user(store_recycled_user_purge(tx, id, e), e);
}
