/* user_api.c - see user_api.h. Parameters and answers: IMS 2019-08-15 and RAM 2015-05-01, section "users".
 *
 * Both faces delete into the recycle bin; RAM's refuses while anything hangs on the user, IMS's takes it along or ends it.
 */
#include "user/user_api.h"

#include <stdio.h>

#include "audit/audit.h"
#include "catalogue/catalogue.gen.h"
#include "user/recycled_user.h"
#include "user/tag.h"
#include "user/user.h"
#include "user/user_reply.h"

static status audit_user(call *c, const user_record *u, str changed, err *e)
{
    char id[U64_TEXT_MAX];
    const audit_parameter p[] = { { STR("UserId"), { id, u64_format(u->id, id) } }, { STR("Changed"), changed } };
    return audit_write(c, STR("ACS::RAM::User"), u->name, p, changed.n > 0 ? 2 : 1, e);
}

static status upn_of(const call *c, const user_record *u, str *ret, err *e)
{
    default_domain d;
    TRY(user_domain(c->tx, c->arena, c->domain_suffix, &d, e));
    return upn_compose(c->arena, u->name, d, ret);
}

static status reply_ims_user(call *c, const user_record *u, bool has_tags, err *e)
{
    str upn;
    TRY(upn_of(c, u, &upn, e));
    tag_record *tags = NULL;
    size_t n = 0;
    if (has_tags)
        TRY(store_tag_list(c->tx, c->arena, TAGGED_USER, u->id, &tags, &n, e));
    reply_open(c->reply, "User");
    user_reply(c->reply, u, upn);
    if (has_tags)
        user_reply_tags(c->reply, tags, n);
    reply_close(c->reply);
    return ST_OK;
}

static status reply_ram_user(call *c, const user_record *u)
{
    reply_open(c->reply, "User");
    user_reply(c->reply, u, (str){ NULL, 0 });
    reply_close(c->reply);
    return ST_OK;
}

static status bad_parameter(err *e, const char *parameter, const char *rule, const char *why)
{
    char code[ERR_CODE_MAX];
    (void)snprintf(code, sizeof code, "InvalidParameter.%s.%s", parameter, rule);
    return err_set(e, ST_INVALID, code, "%s", why);
}

static status check_name(str name, const char *parameter, err *e)
{
    if (name.n == 0 || name.n > USER_NAME_MAX)
        return bad_parameter(e, parameter, "Length", "a user name has 1 to 64 characters");
    if (!user_name_is_valid(name))
        return bad_parameter(e, parameter, "InvalidChars", "a user name is of A-Z a-z 0-9 . - _");
    return ST_OK;
}

/* The user name in a UPN that is to be given to a user: it has to be of this account. */
static status name_of_new_upn(const call *c, str upn, const char *parameter, str *ret, err *e)
{
    default_domain d;
    TRY(user_domain(c->tx, c->arena, c->domain_suffix, &d, e));
    if (!upn_is_of(upn, d))
        return bad_parameter(e, parameter, "Format", "not of the account's default domain");
    TRY(check_name(upn_name(upn), parameter, e));
    *ret = upn_name(upn);
    return ST_OK;
}

static status create(call *c, const user_spec *spec, user_record *ret, err *e)
{
    TRY(tag_list_check(TAGGED_USER, spec->tags, e));
    TRY(user_create(c->tx, c->arena, c->world, c->quota, c->context.now_s, spec, ret, e));
    return audit_user(c, ret, STR(""), e);
}

status ims_create_user_apply(call *c, err *e)
{
    const ims_create_user_request *rq = c->request;
    user_spec spec = {
        .display_name = rq->display_name,
        .comments = rq->comments,
        .email = rq->email,
        .mobile_phone = rq->mobile_phone,
        .tags = rq->tag,
    };
    TRY(name_of_new_upn(c, rq->user_principal_name, "UserPrincipalName", &spec.name, e));
    user_record u;
    TRY(create(c, &spec, &u, e));
    return reply_ims_user(c, &u, true, e);
}

status ram_create_user_apply(call *c, err *e)
{
    const ram_create_user_request *rq = c->request;
    const user_spec spec = {
        .name = rq->user_name,
        .display_name = rq->display_name,
        .comments = rq->comments,
        .email = rq->email,
        .mobile_phone = rq->mobile_phone,
    };
    TRY(check_name(spec.name, "UserName", e));
    user_record u;
    TRY(create(c, &spec, &u, e));
    return reply_ram_user(c, &u);
}

/* IMS names a user by exactly one of two or three parameters; the decoder has seen to that. */
static status ims_user(const call *c, str upn, str id, str access_key_id, user_record *ret, err *e)
{
    if (upn.n > 0)
        return user_get_by_upn(c->tx, c->arena, upn, c->domain_suffix, ret, e);
    if (id.n > 0)
        return user_get_by_id(c->tx, c->arena, id, ret, e);
    if (access_key_id.n == 0)
        return err_set(e, ST_INVALID, "MissingUserPrincipalName", "no user is named");
    access_key_record key;
    status s = store_access_key_get(c->tx, c->arena, access_key_id, &key, e);
    if (s == ST_OK)
        s = store_user_get(c->tx, c->arena, key.owner, ret, e); /* root's keys belong to no user */
    return s == ST_NOT_FOUND ? err_set(e, s, "EntityNotExist.User", "no user owns this AccessKey") : s;
}

status ims_get_user_read(call *c, err *e)
{
    const ims_get_user_request *rq = c->request;
    user_record u;
    TRY(ims_user(c, rq->user_principal_name, rq->user_id, rq->user_access_key_id, &u, e));
    return reply_ims_user(c, &u, true, e);
}

status ram_get_user_read(call *c, err *e)
{
    const ram_get_user_request *rq = c->request;
    user_record u;
    TRY(user_get_by_name(c->tx, c->arena, rq->user_name, &u, e));
    return reply_ram_user(c, &u);
}

static status update(call *c, const user_record *old, const user_change *by, user_record *ret, err *e)
{
    const struct {
        const char *name;
        str to;
    } fields[] = {
        { "UserName", by->name }, { "DisplayName", by->display_name }, { "Comments", by->comments },
        { "Email", by->email },   { "MobilePhone", by->mobile_phone },
    };
    char changed[80] = "";
    size_t n = 0;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (fields[i].to.p != NULL)
            n += (size_t)snprintf(changed + n, sizeof changed - n, "%s%s", n > 0 ? "," : "", fields[i].name);
    }
    TRY(user_update(c->tx, c->context.now_s, old, by, ret, e));
    return audit_user(c, ret, (str){ changed, n }, e);
}

status ims_update_user_apply(call *c, err *e)
{
    const ims_update_user_request *rq = c->request;
    user_record old, u;
    TRY(ims_user(c, rq->user_principal_name, rq->user_id, (str){ NULL, 0 }, &old, e));
    user_change by = {
        .display_name = rq->new_display_name,
        .comments = rq->new_comments,
        .email = rq->new_email,
        .mobile_phone = rq->new_mobile_phone,
    };
    if (rq->new_user_principal_name.p != NULL)
        TRY(name_of_new_upn(c, rq->new_user_principal_name, "NewUserPrincipalName", &by.name, e));
    TRY(update(c, &old, &by, &u, e));
    return reply_ims_user(c, &u, false, e);
}

status ram_update_user_apply(call *c, err *e)
{
    const ram_update_user_request *rq = c->request;
    user_record old, u;
    TRY(user_get_by_name(c->tx, c->arena, rq->user_name, &old, e));
    const user_change by = {
        .name = rq->new_user_name,
        .display_name = rq->new_display_name,
        .comments = rq->new_comments,
        .email = rq->new_email,
        .mobile_phone = rq->new_mobile_phone,
    };
    if (by.name.p != NULL)
        TRY(check_name(by.name, "NewUserName", e));
    TRY(update(c, &old, &by, &u, e));
    return reply_ram_user(c, &u);
}

/* What ended with the user stands in the event, as it is nowhere else. */
static status delete_user(call *c, const user_record *u, err *e)
{
    char id[U64_TEXT_MAX], purged[U64_TEXT_MAX];
    user_recycling r;
    TRY(user_recycle(c->tx, c->arena, c->quota, c->context.now_s, u, &r, e));
    audit_parameter p[6] = { { STR("UserId"), { id, u64_format(u->id, id) } } };
    size_t n = 1;
    if (r.access_keys.n > 0)
        p[n++] = (audit_parameter){ STR("AccessKeys"), r.access_keys };
    if (r.groups.n > 0)
        p[n++] = (audit_parameter){ STR("Groups"), r.groups };
    if (r.policies.n > 0)
        p[n++] = (audit_parameter){ STR("Policies"), r.policies };
    if (r.had_login_profile)
        p[n++] = (audit_parameter){ STR("LoginProfile"), STR("true") };
    if (r.purged.user.id != 0)
        p[n++] = (audit_parameter){ STR("PurgedUserId"), { purged, u64_format(r.purged.user.id, purged) } };
    return audit_write(c, STR("ACS::RAM::User"), u->name, p, n, e);
}

status ims_delete_user_apply(call *c, err *e)
{
    const ims_delete_user_request *rq = c->request;
    user_record u;
    TRY(ims_user(c, rq->user_principal_name, rq->user_id, (str){ NULL, 0 }, &u, e));
    return delete_user(c, &u, e);
}

status ram_delete_user_apply(call *c, err *e)
{
    const ram_delete_user_request *rq = c->request;
    user_record u;
    TRY(user_get_by_name(c->tx, c->arena, rq->user_name, &u, e));
    TRY(user_check_unused(c->tx, c->arena, u.id, e));
    return delete_user(c, &u, e);
}
