/* attachment_api.c - see attachment_api.h. Parameters and answers: RAM 2015-05-01, "policy attachments". ListEntitiesForPolicy:
 * entity_list.c. */
#include "policy/attachment_api.h"

#include "audit/audit.h"
#include "catalogue/catalogue.gen.h"
#include "policy/attachment.h"
#include "policy/policy_reply.h"

/* --- attach and detach -------------------------------------------------------------------------------------------- */

/* What a request names: one policy, one principal, the scope. */
typedef struct {
    str policy_type, policy_name, bearer_name, resource_group_id;
    principal_kind kind;
} named;

static status find_ends(const call *c, const named *n, policy *ret_policy, bearer *ret_bearer, err *e)
{
    TRY(policy_get(c->tx, c->arena, n->policy_type, n->policy_name, ret_policy, e));
    TRY(bearer_get(c->tx, c->arena, n->kind, n->bearer_name, ret_bearer, e));
    if (n->resource_group_id.n > 0)
        return err_set_message(e, ST_NOT_FOUND, "EntityNotExist.ResourceGroup",
                               "There are no resource groups: leave ResourceGroupId out to mean the whole account.");
    return ST_OK;
}

static status audit(call *c, const policy *p, const bearer *b, err *e)
{
    static const str names[] = {
        [PRINCIPAL_USER] = STR_INIT("UserName"),
        [PRINCIPAL_GROUP] = STR_INIT("GroupName"),
        [PRINCIPAL_ROLE] = STR_INIT("RoleName"),
    };
    const audit_parameter parameters[] = { { names[b->kind], b->name }, { STR("PolicyType"), p->type } };
    return audit_write(c, STR("ACS::RAM::Policy"), p->name, parameters, 2, e);
}

static status attach(call *c, named n, err *e)
{
    policy p;
    bearer b;
    TRY(find_ends(c, &n, &p, &b, e));
    TRY(policy_attach(c->tx, c->arena, c->quota, &b, &p, c->context.now_s, e));
    return audit(c, &p, &b, e);
}

static status detach(call *c, named n, err *e)
{
    policy p;
    bearer b;
    TRY(find_ends(c, &n, &p, &b, e));
    TRY(policy_detach(c->tx, &b, &p, e));
    return audit(c, &p, &b, e);
}

status ram_attach_policy_to_user_apply(call *c, err *e)
{
    const ram_attach_policy_to_user_request *rq = c->request;
    return attach(c, (named){ rq->policy_type, rq->policy_name, rq->user_name, rq->resource_group_id, PRINCIPAL_USER }, e);
}

status ram_attach_policy_to_group_apply(call *c, err *e)
{
    const ram_attach_policy_to_group_request *rq = c->request;
    return attach(c, (named){ rq->policy_type, rq->policy_name, rq->group_name, rq->resource_group_id, PRINCIPAL_GROUP }, e);
}

status ram_attach_policy_to_role_apply(call *c, err *e)
{
    const ram_attach_policy_to_role_request *rq = c->request;
    return attach(c, (named){ rq->policy_type, rq->policy_name, rq->role_name, rq->resource_group_id, PRINCIPAL_ROLE }, e);
}

status ram_detach_policy_from_user_apply(call *c, err *e)
{
    const ram_detach_policy_from_user_request *rq = c->request;
    return detach(c, (named){ rq->policy_type, rq->policy_name, rq->user_name, rq->resource_group_id, PRINCIPAL_USER }, e);
}

status ram_detach_policy_from_group_apply(call *c, err *e)
{
    const ram_detach_policy_from_group_request *rq = c->request;
    return detach(c, (named){ rq->policy_type, rq->policy_name, rq->group_name, rq->resource_group_id, PRINCIPAL_GROUP }, e);
}

status ram_detach_policy_from_role_apply(call *c, err *e)
{
    const ram_detach_policy_from_role_request *rq = c->request;
    return detach(c, (named){ rq->policy_type, rq->policy_name, rq->role_name, rq->resource_group_id, PRINCIPAL_ROLE }, e);
}

/* --- what is attached to one principal ---------------------------------------------------------------------------- */

static status list_policies_for(call *c, principal_kind kind, str name, err *e)
{
    bearer b;
    attachment_record *have = NULL;
    size_t n = 0;
    TRY(bearer_get(c->tx, c->arena, kind, name, &b, e));
    TRY(store_attachment_list(c->tx, c->arena, b.id, &have, &n, e));
    reply_open_list(c->reply, "Policies", "Policy");
    for (size_t i = 0; i < n; i++) {
        policy p;
        TRY(policy_get(c->tx, c->arena, have[i].policy_type, have[i].policy_name, &p, e));
        reply_open_item(c->reply);
        policy_reply(c->reply, &p);
        reply_time(c->reply, "AttachDate", have[i].attached_s);
        reply_close(c->reply);
    }
    reply_close_list(c->reply);
    return ST_OK;
}

status ram_list_policies_for_user_read(call *c, err *e)
{
    const ram_list_policies_for_user_request *rq = c->request;
    return list_policies_for(c, PRINCIPAL_USER, rq->user_name, e);
}

status ram_list_policies_for_group_read(call *c, err *e)
{
    const ram_list_policies_for_group_request *rq = c->request;
    return list_policies_for(c, PRINCIPAL_GROUP, rq->group_name, e);
}

status ram_list_policies_for_role_read(call *c, err *e)
{
    const ram_list_policies_for_role_request *rq = c->request;
    return list_policies_for(c, PRINCIPAL_ROLE, rq->role_name, e);
}
