/* policy_api.c - see policy_api.h. Parameters and answers: RAM 2015-05-01, "policy". ListPolicies: policy_list.c. */
#include "policy/policy_api.h"

#include "audit/audit.h"
#include "catalogue/catalogue.gen.h"
#include "policy/custom_policy.h"
#include "policy/policy_reply.h"

static void reply_record(call *c, const policy_record *r)
{
    const policy p = policy_of_record(r);
    reply_open(c->reply, "Policy");
    policy_reply(c->reply, &p);
    reply_close(c->reply);
}

static status audit(call *c, const policy_record *p, err *e)
{
    return audit_write(c, STR("ACS::RAM::Policy"), p->name, NULL, 0, e);
}

status ram_create_policy_apply(call *c, err *e)
{
    const ram_create_policy_request *rq = c->request;
    const custom_policy_spec spec = { rq->policy_name, rq->description, rq->policy_document, rq->tag };
    policy_record p;
    TRY(custom_policy_create(c->tx, c->arena, c->world, c->quota, c->context.now_s, &spec, &p, e));
    reply_record(c, &p);
    return audit(c, &p, e);
}

status ram_get_policy_read(call *c, err *e)
{
    const ram_get_policy_request *rq = c->request;
    policy p;
    policy_version v;
    TRY(policy_get(c->tx, c->arena, rq->policy_type, rq->policy_name, &p, e));
    TRY(policy_version_get(c->tx, c->arena, &p, p.default_version, &v, e));
    reply_open(c->reply, "Policy");
    policy_reply(c->reply, &p);
    reply_str(c->reply, "PolicyDocument", v.document);
    TRY(policy_reply_attachment_count(c->reply, c->tx, &p, e));
    reply_close(c->reply);
    reply_open(c->reply, "DefaultPolicyVersion");
    policy_version_reply(c->reply, &v);
    reply_close(c->reply);
    return ST_OK;
}

status ram_update_policy_description_apply(call *c, err *e)
{
    const ram_update_policy_description_request *rq = c->request;
    policy_record p;
    TRY(custom_policy_get(c->tx, c->arena, rq->policy_name, &p, e));
    TRY(custom_policy_describe(c->tx, c->context.now_s, &p, rq->new_description, e));
    reply_record(c, &p);
    return audit(c, &p, e);
}

status ram_delete_policy_apply(call *c, err *e)
{
    const ram_delete_policy_request *rq = c->request;
    policy_record p;
    TRY(custom_policy_get(c->tx, c->arena, rq->policy_name, &p, e));
    TRY(custom_policy_delete(c->tx, c->arena, &p, rq->cascading_delete.v, e));
    return audit(c, &p, e);
}
