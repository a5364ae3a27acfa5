/* policy_api.c - see policy_api.h. Parameters and answers: RAM 2015-05-01, sections "policies" and "policy attachments". */
#include "policy/policy_api.h"

#include "account/marker.h"
#include "audit/audit.h"
#include "catalogue/catalogue.gen.h"
#include "policy/attachment.h"
#include "user/user.h"
#include "user/user_reply.h"

/* Whom and what an attachment is between. The policy is looked up first: a name that cannot exist says so whatever
 * the user. */
static status ends_of(const call *c, str type, str policy_name, str user_name, const system_policy **ret_policy,
                      user_record *ret_user, err *e)
{
    TRY(policy_get(type, policy_name, ret_policy, e));
    return user_get_by_name(c->tx, c->arena, user_name, ret_user, e);
}

static status audit_attachment(call *c, const system_policy *p, const user_record *u, err *e)
{
    const audit_parameter parameters[] = {
        { STR("UserName"), u->name },
        { STR("PolicyType"), SYSTEM_POLICY_TYPE },
    };
    return audit_write(c, STR("ACS::RAM::Policy"), p->name, parameters, 2, e);
}

status ram_attach_policy_to_user_apply(call *c, err *e)
{
    const ram_attach_policy_to_user_request *rq = c->request;
    const system_policy *p = NULL;
    user_record u;
    TRY(ends_of(c, rq->policy_type, rq->policy_name, rq->user_name, &p, &u, e));
    TRY(policy_attach(c->tx, c->arena, c->quota, u.id, p, c->context.now_s, e));
    return audit_attachment(c, p, &u, e);
}

status ram_detach_policy_from_user_apply(call *c, err *e)
{
    const ram_detach_policy_from_user_request *rq = c->request;
    const system_policy *p = NULL;
    user_record u;
    TRY(ends_of(c, rq->policy_type, rq->policy_name, rq->user_name, &p, &u, e));
    TRY(policy_detach(c->tx, u.id, p, e));
    return audit_attachment(c, p, &u, e);
}

static void reply_policy(reply *r, const system_policy *p)
{
    reply_str(r, "PolicyName", p->name);
    reply_str(r, "PolicyType", SYSTEM_POLICY_TYPE);
    reply_str(r, "Description", p->description);
    reply_str(r, "DefaultVersion", SYSTEM_POLICY_VERSION);
    reply_time(r, "CreateDate", p->written_s);
    reply_time(r, "UpdateDate", p->written_s);
}

status ram_list_policies_for_user_read(call *c, err *e)
{
    const ram_list_policies_for_user_request *rq = c->request;
    user_record u;
    attachment_record *have = NULL;
    size_t n = 0;
    TRY(user_get_by_name(c->tx, c->arena, rq->user_name, &u, e));
    TRY(store_attachment_list(c->tx, c->arena, u.id, &have, &n, e));
    reply_open_list(c->reply, "Policies", "Policy");
    for (size_t i = 0; i < n; i++) {
        const system_policy *p = NULL;
        TRY(policy_get(have[i].policy_type, have[i].policy_name, &p, e));
        reply_open_item(c->reply);
        reply_policy(c->reply, p);
        reply_time(c->reply, "AttachDate", have[i].attached_s);
        reply_close(c->reply);
    }
    reply_close_list(c->reply);
    return ST_OK;
}

static status attachments_of(const call *c, const system_policy *p, attachment_record **ret, size_t *ret_n, err *e)
{
    return store_attachment_list_of_policy(c->tx, c->arena, SYSTEM_POLICY_TYPE, p->name, ret, ret_n, e);
}

status ram_list_entities_for_policy_read(call *c, err *e)
{
    const ram_list_entities_for_policy_request *rq = c->request;
    const system_policy *p = NULL;
    attachment_record *have = NULL;
    size_t n = 0;
    TRY(policy_get(rq->policy_type, rq->policy_name, &p, e));
    TRY(attachments_of(c, p, &have, &n, e));
    reply_open_list(c->reply, "Users", "User");
    for (size_t i = 0; i < n; i++) {
        user_record u;
        TRY(store_user_get(c->tx, c->arena, have[i].principal, &u, e));
        reply_open_item(c->reply);
        user_reply(c->reply, &u, (str){ NULL, 0 });
        reply_time(c->reply, "AttachDate", have[i].attached_s);
        reply_close(c->reply);
    }
    reply_close_list(c->reply);
    reply_open_list(c->reply, "Groups", "Group");
    reply_close_list(c->reply);
    reply_open_list(c->reply, "Roles", "Role");
    reply_close_list(c->reply);
    return ST_OK;
}

static status reply_attachment_count(call *c, const system_policy *p, err *e)
{
    attachment_record *have = NULL;
    size_t n = 0;
    TRY(attachments_of(c, p, &have, &n, e));
    reply_i64(c->reply, "AttachmentCount", (int64_t)n);
    return ST_OK;
}

status ram_get_policy_read(call *c, err *e)
{
    const ram_get_policy_request *rq = c->request;
    const system_policy *p = NULL;
    str document;
    TRY(policy_get(rq->policy_type, rq->policy_name, &p, e));
    TRY(system_policy_document(p, c->arena, &document));
    reply_open(c->reply, "Policy");
    reply_policy(c->reply, p);
    reply_str(c->reply, "PolicyDocument", document);
    TRY(reply_attachment_count(c, p, e));
    reply_close(c->reply);
    reply_open(c->reply, "DefaultPolicyVersion");
    reply_str(c->reply, "VersionId", SYSTEM_POLICY_VERSION);
    reply_bool(c->reply, "IsDefaultVersion", true);
    reply_str(c->reply, "PolicyDocument", document);
    reply_time(c->reply, "CreateDate", p->written_s);
    reply_close(c->reply);
    return ST_OK;
}

/* *ret_next: the name that the next page begins after; absent on the last page. */
static status reply_policies(call *c, str after, uint32_t max, str *ret_next, err *e)
{
    const system_policy *p;
    str last = { NULL, 0 };
    uint32_t written = 0;
    for (size_t i = 0; (p = system_policy_at(i)) != NULL; i++) {
        if (after.p != NULL && str_cmp(p->name, after) <= 0)
            continue;
        if (written == max) {
            *ret_next = last;
            return ST_OK;
        }
        reply_open_item(c->reply);
        reply_policy(c->reply, p);
        TRY(reply_attachment_count(c, p, e));
        reply_close(c->reply);
        last = p->name;
        written++;
    }
    *ret_next = (str){ NULL, 0 };
    return ST_OK;
}

status ram_list_policies_read(call *c, err *e)
{
    const ram_list_policies_request *rq = c->request;
    const uint32_t max = rq->max_items.is_set && rq->max_items.v > 0 ? (uint32_t)rq->max_items.v : 100;
    const bool has_any = !str_eq(rq->policy_type, STR("Custom")) && rq->tag.n == 0; /* system policies carry no tags */
    str after, next = { NULL, 0 };
    TRY(marker_read(c->vault, c->who->account, MARKER_POLICIES, rq->marker, "Marker", c->arena, &after, e));
    reply_open_list(c->reply, "Policies", "Policy");
    if (has_any)
        TRY(reply_policies(c, after, max, &next, e));
    reply_close_list(c->reply);
    reply_bool(c->reply, "IsTruncated", next.p != NULL);
    if (next.p == NULL)
        return ST_OK;
    str marker;
    TRY(marker_issue(c->vault, c->who->account, MARKER_POLICIES, next, c->arena, &marker));
    reply_str(c->reply, "Marker", marker);
    return ST_OK;
}
