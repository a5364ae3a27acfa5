/* policy_version_api.c - see policy_version_api.h. Parameters and answers: RAM 2015-05-01, "policy versions". */
#include "policy/policy_version_api.h"

#include "audit/audit.h"
#include "catalogue/catalogue.gen.h"
#include "policy/custom_policy.h"
#include "policy/policy_reply.h"

static status audit(call *c, const policy_record *p, uint32_t number, err *e)
{
    char text[VERSION_ID_MAX];
    const audit_parameter version = { STR("VersionId"), version_id_format(number, text) };
    return audit_write(c, STR("ACS::RAM::Policy"), p->name, &version, 1, e);
}

static void reply_version(call *c, const policy_version *v)
{
    reply_open(c->reply, "PolicyVersion");
    policy_version_reply(c->reply, v);
    reply_close(c->reply);
}

status ram_create_policy_version_apply(call *c, err *e)
{
    const ram_create_policy_version_request *rq = c->request;
    const custom_version_spec spec = {
        .document = rq->policy_document,
        .is_default = rq->set_as_default.v,
        .is_rotating = str_eq(rq->rotate_strategy, STR("DeleteOldestNonDefaultVersionWhenLimitExceeded")),
    };
    policy_record p;
    policy_version v;
    TRY(custom_policy_get(c->tx, c->arena, rq->policy_name, &p, e));
    TRY(custom_version_create(c->tx, c->arena, c->quota, c->context.now_s, &p, &spec, &v, e));
    reply_version(c, &v);
    return audit(c, &p, v.number, e);
}

status ram_get_policy_version_read(call *c, err *e)
{
    const ram_get_policy_version_request *rq = c->request;
    uint32_t number = 0;
    policy p;
    policy_version v;
    TRY(version_id_parse(rq->version_id, &number, e));
    TRY(policy_get(c->tx, c->arena, rq->policy_type, rq->policy_name, &p, e));
    TRY(policy_version_get(c->tx, c->arena, &p, number, &v, e));
    reply_version(c, &v);
    return ST_OK;
}

status ram_list_policy_versions_read(call *c, err *e)
{
    const ram_list_policy_versions_request *rq = c->request;
    policy p;
    policy_version *list = NULL;
    size_t n = 0;
    TRY(policy_get(c->tx, c->arena, rq->policy_type, rq->policy_name, &p, e));
    TRY(policy_version_list(c->tx, c->arena, &p, &list, &n, e));
    reply_open_list(c->reply, "PolicyVersions", "PolicyVersion");
    for (size_t i = 0; i < n; i++) {
        reply_open_item(c->reply);
        policy_version_reply(c->reply, &list[i]);
        reply_close(c->reply);
    }
    reply_close_list(c->reply);
    return ST_OK;
}

status ram_set_default_policy_version_apply(call *c, err *e)
{
    const ram_set_default_policy_version_request *rq = c->request;
    uint32_t number = 0;
    policy_record p;
    TRY(version_id_parse(rq->version_id, &number, e));
    TRY(custom_policy_get(c->tx, c->arena, rq->policy_name, &p, e));
    TRY(custom_version_set_default(c->tx, c->arena, c->context.now_s, &p, number, e));
    return audit(c, &p, number, e);
}

status ram_delete_policy_version_apply(call *c, err *e)
{
    const ram_delete_policy_version_request *rq = c->request;
    uint32_t number = 0;
    policy_record p;
    TRY(version_id_parse(rq->version_id, &number, e));
    TRY(custom_policy_get(c->tx, c->arena, rq->policy_name, &p, e));
    TRY(custom_version_delete(c->tx, c->arena, &p, number, e));
    return audit(c, &p, number, e);
}
