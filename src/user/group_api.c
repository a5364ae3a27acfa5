/* group_api.c - see group_api.h. Parameters and answers: IMS 2019-08-15 and RAM 2015-05-01, sections "groups". The faces differ
 * in how a user is named (IMS: UserPrincipalName), and in that RAM knows no DisplayName of a group.
 */
#include "user/group_api.h"

#include "audit/audit.h"
#include "catalogue/catalogue.gen.h"
#include "user/group.h"
#include "user/group_reply.h"
#include "user/user.h"

static status audit_group(call *c, const group_record *g, const audit_parameter *more, size_t more_n, err *e)
{
    char id[GROUP_ID_TEXT_MAX];
    audit_parameter p[3] = { { STR("GroupId"), { id, group_id_format(g->id, id) } } };
    for (size_t i = 0; i < more_n; i++)
        p[1 + i] = more[i];
    return audit_write(c, STR("ACS::RAM::Group"), g->name, p, 1 + more_n, e);
}

static status reply_group(call *c, const group_record *g)
{
    reply_open(c->reply, "Group");
    group_reply(c->reply, g);
    reply_close(c->reply);
    return ST_OK;
}

/* --- the group itself --------------------------------------------------------------------------------------------- */

static status create(call *c, const group_spec *spec, err *e)
{
    group_record g;
    TRY(group_create(c->tx, c->world, c->quota, c->context.now_s, spec, &g, e));
    TRY(audit_group(c, &g, NULL, 0, e));
    return reply_group(c, &g);
}

status ims_create_group_apply(call *c, err *e)
{
    const ims_create_group_request *rq = c->request;
    return create(c, &(group_spec){ rq->group_name, rq->display_name, rq->comments }, e);
}

status ram_create_group_apply(call *c, err *e)
{
    const ram_create_group_request *rq = c->request;
    return create(c, &(group_spec){ .name = rq->group_name, .comments = rq->comments }, e);
}

static status get(call *c, str name, err *e)
{
    group_record g;
    TRY(group_get(c->tx, c->arena, name, &g, e));
    return reply_group(c, &g);
}

status ims_get_group_read(call *c, err *e)
{
    const ims_get_group_request *rq = c->request;
    return get(c, rq->group_name, e);
}

status ram_get_group_read(call *c, err *e)
{
    const ram_get_group_request *rq = c->request;
    return get(c, rq->group_name, e);
}

static status update(call *c, str name, const group_change *by, err *e)
{
    group_record old, g;
    TRY(group_get(c->tx, c->arena, name, &old, e));
    TRY(group_update(c->tx, c->context.now_s, &old, by, &g, e));
    str changed;
    TRY(arena_printf(c->arena, &changed, "%s%s%s", by->name.n > 0 ? "GroupName," : "",
                     by->display_name.p != NULL ? "DisplayName," : "", by->comments.p != NULL ? "Comments," : ""));
    if (changed.n > 0)
        changed.n--;
    TRY(audit_group(c, &g, &(audit_parameter){ STR("Changed"), changed }, changed.n > 0 ? 1 : 0, e));
    return reply_group(c, &g);
}

status ims_update_group_apply(call *c, err *e)
{
    const ims_update_group_request *rq = c->request;
    return update(c, rq->group_name, &(group_change){ rq->new_group_name, rq->new_display_name, rq->new_comments }, e);
}

status ram_update_group_apply(call *c, err *e)
{
    const ram_update_group_request *rq = c->request;
    return update(c, rq->group_name, &(group_change){ .name = rq->new_group_name, .comments = rq->new_comments }, e);
}

static status delete_group(call *c, str name, err *e)
{
    group_record g;
    TRY(group_get(c->tx, c->arena, name, &g, e));
    TRY(group_delete(c->tx, c->arena, g.id, e));
    return audit_group(c, &g, NULL, 0, e);
}

status ims_delete_group_apply(call *c, err *e)
{
    const ims_delete_group_request *rq = c->request;
    return delete_group(c, rq->group_name, e);
}

status ram_delete_group_apply(call *c, err *e)
{
    const ram_delete_group_request *rq = c->request;
    return delete_group(c, rq->group_name, e);
}

/* --- members: the group is looked up first, as the documents list its error first ---------------------------------- */

static status audit_member(call *c, const group_record *g, const user_record *u, err *e)
{
    char id[U64_TEXT_MAX];
    const audit_parameter p[] = { { STR("UserName"), u->name }, { STR("UserId"), { id, u64_format(u->id, id) } } };
    return audit_group(c, g, p, 2, e);
}

static status add(call *c, const group_record *g, const user_record *u, err *e)
{
    TRY(group_add_user(c->tx, c->arena, c->quota, c->context.now_s, g->id, u->id, e));
    return audit_member(c, g, u, e);
}

status ims_add_user_to_group_apply(call *c, err *e)
{
    const ims_add_user_to_group_request *rq = c->request;
    group_record g;
    user_record u;
    TRY(group_get(c->tx, c->arena, rq->group_name, &g, e));
    TRY(user_get_by_upn(c->tx, c->arena, rq->user_principal_name, c->domain_suffix, &u, e));
    return add(c, &g, &u, e);
}

status ram_add_user_to_group_apply(call *c, err *e)
{
    const ram_add_user_to_group_request *rq = c->request;
    group_record g;
    user_record u;
    TRY(group_get(c->tx, c->arena, rq->group_name, &g, e));
    TRY(user_get_by_name(c->tx, c->arena, rq->user_name, &u, e));
    return add(c, &g, &u, e);
}

static status remove_user(call *c, const group_record *g, const user_record *u, err *e)
{
    TRY(group_remove_user(c->tx, g->id, u->id, e));
    return audit_member(c, g, u, e);
}

status ims_remove_user_from_group_apply(call *c, err *e)
{
    const ims_remove_user_from_group_request *rq = c->request;
    group_record g;
    user_record u;
    TRY(group_get(c->tx, c->arena, rq->group_name, &g, e));
    TRY(user_get_by_upn(c->tx, c->arena, rq->user_principal_name, c->domain_suffix, &u, e));
    return remove_user(c, &g, &u, e);
}

status ram_remove_user_from_group_apply(call *c, err *e)
{
    const ram_remove_user_from_group_request *rq = c->request;
    group_record g;
    user_record u;
    TRY(group_get(c->tx, c->arena, rq->group_name, &g, e));
    TRY(user_get_by_name(c->tx, c->arena, rq->user_name, &u, e));
    return remove_user(c, &g, &u, e);
}
