/* user.c - see user.h. */
#include "user/user.h"

#include "account/random_text.h"
#include "user/tag.h"

enum { USER_ID_DIGITS = 18, USER_ID_FIRST = 2 };

static status no_such_user(status s, err *e)
{
    return s == ST_NOT_FOUND ? err_set(e, s, "EntityNotExist.User", "no such user") : s;
}

static status name_stands(status s, err *e)
{
    return s == ST_CONFLICT ? err_set(e, s, "EntityAlreadyExists.User", "a user of this name stands") : s;
}

static str or_empty(str s)
{
    return s.p != NULL ? s : STR("");
}

status user_create(store_tx *tx, arena *a, const world *w, const quotas *q, int64_t now_s, const user_spec *spec,
                   user_record *ret, err *e)
{
    account_record account;
    TRY(store_account_get(tx, a, &account, e));
    if (account.user_n >= q->users_per_account)
        return err_set(e, ST_LIMIT, "LimitExceeded.User", "the account has %u users", account.user_n);
    user_record u = {
        .name = spec->name,
        .display_name = or_empty(spec->display_name),
        .comments = or_empty(spec->comments),
        .email = or_empty(spec->email),
        .mobile_phone = or_empty(spec->mobile_phone),
        .created_s = now_s,
        .updated_s = now_s,
    };
    TRY(random_digits(w, USER_ID_DIGITS, USER_ID_FIRST, &u.id));
    TRY(name_stands(store_user_insert(tx, &u, e), e));
    TRY(tag_put_all(tx, a, q, TAGGED_USER, u.id, spec->tags, e));
    store_touch(tx, epoch_of_principal(u.id));
    *ret = u;
    return ST_OK;
}

status user_get_by_name(store_tx *tx, arena *a, str name, user_record *ret, err *e)
{
    return no_such_user(store_user_get_by_name(tx, a, name, ret, e), e);
}

status user_get_by_id(store_tx *tx, arena *a, str id, user_record *ret, err *e)
{
    uint64_t number;
    if (str_to_u64(id, 1, INT64_MAX, &number) != ST_OK)
        return no_such_user(ST_NOT_FOUND, e);
    return no_such_user(store_user_get(tx, a, number, ret, e), e);
}

status user_domain(store_tx *tx, arena *a, str domain_suffix, default_domain *ret, err *e)
{
    account_record account;
    TRY(store_account_get(tx, a, &account, e));
    *ret = (default_domain){ account.alias, domain_suffix };
    return ST_OK;
}

status user_get_by_upn(store_tx *tx, arena *a, str upn, str domain_suffix, user_record *ret, err *e)
{
    default_domain d;
    TRY(user_domain(tx, a, domain_suffix, &d, e));
    if (!upn_is_of(upn, d))
        return no_such_user(ST_NOT_FOUND, e);
    return user_get_by_name(tx, a, upn_name(upn), ret, e);
}

/* Read again in this transaction: the caller may have been deleted since its signature was verified. */
static status principal_of_caller(const call *c, principal_ref *ret, err *e)
{
    if (c->who->kind == CALLER_ROOT) {
        *ret = (principal_ref){ .id = c->who->account, .name = STR(""), .is_root = true };
        return ST_OK;
    }
    if (c->who->kind != CALLER_USER) /* the session of a role is no user */
        return no_such_user(ST_NOT_FOUND, e);
    user_record u;
    TRY(no_such_user(store_user_get(c->tx, c->arena, c->who->id, &u, e), e));
    *ret = (principal_ref){ .id = u.id, .name = u.name };
    return ST_OK;
}

status principal_of_name(const call *c, str name, principal_ref *ret, err *e)
{
    if (name.n == 0)
        return principal_of_caller(c, ret, e);
    user_record u;
    TRY(user_get_by_name(c->tx, c->arena, name, &u, e));
    *ret = (principal_ref){ .id = u.id, .name = u.name };
    return ST_OK;
}

status principal_of_upn(const call *c, str upn, principal_ref *ret, err *e)
{
    if (upn.n == 0)
        return principal_of_caller(c, ret, e);
    user_record u;
    TRY(user_get_by_upn(c->tx, c->arena, upn, c->domain_suffix, &u, e));
    *ret = (principal_ref){ .id = u.id, .name = u.name };
    return ST_OK;
}

static void change(str *field, str to)
{
    if (to.p != NULL)
        *field = to;
}

status user_update(store_tx *tx, int64_t now_s, const user_record *old, const user_change *by, user_record *ret, err *e)
{
    user_record u = *old;
    change(&u.name, by->name);
    change(&u.display_name, by->display_name);
    change(&u.comments, by->comments);
    change(&u.email, by->email);
    change(&u.mobile_phone, by->mobile_phone);
    u.updated_s = now_s;
    TRY(name_stands(no_such_user(store_user_update(tx, &u, e), e), e));
    store_touch(tx, epoch_of_principal(u.id));
    *ret = u;
    return ST_OK;
}

/* RAM DeleteUser: refused while anything hangs on the user, in the order of its documented codes. */
status user_check_unused(store_tx *tx, arena *a, uint64_t user, err *e)
{
    uint32_t keys = 0;
    TRY(store_access_key_count(tx, user, &keys, e));
    if (keys > 0)
        return err_set(e, ST_CONFLICT, "DeleteConflict.User.AccessKey", "the user owns %u AccessKey pairs", keys);
    user_group_record *groups = NULL;
    size_t n = 0;
    TRY(store_user_group_list(tx, a, user, &groups, &n, e));
    if (n > 0)
        return err_set(e, ST_CONFLICT, "DeleteConflict.User.Group", "the user is in %zu groups", n);
    login_profile_record profile;
    status s = store_login_profile_get(tx, a, user, &profile, e);
    if (s == ST_OK)
        return err_set(e, ST_CONFLICT, "DeleteConflict.User.LoginProfile", "the user has a login profile");
    if (s != ST_NOT_FOUND)
        return s;
    attachment_record *attached = NULL;
    TRY(store_attachment_list(tx, a, user, &attached, &n, e));
    if (n > 0)
        return err_set(e, ST_CONFLICT, "DeleteConflict.User.Policy", "%zu policies are attached to the user", n);
    return ST_OK;
}
