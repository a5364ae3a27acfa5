/* policy_reply.c - see policy_reply.h. */
#include "policy/policy_reply.h"

static void reply_version_id(reply *r, const char *name, uint32_t number)
{
    char text[VERSION_ID_MAX];
    reply_str(r, name, version_id_format(number, text));
}

void policy_reply(reply *r, const policy *p)
{
    reply_str(r, "PolicyName", p->name);
    reply_str(r, "PolicyType", p->type);
    reply_str(r, "Description", p->description);
    reply_version_id(r, "DefaultVersion", p->default_version);
    reply_time(r, "CreateDate", p->created_s);
    reply_time(r, "UpdateDate", p->updated_s);
}

status policy_reply_attachment_count(reply *r, store_tx *tx, const policy *p, err *e)
{
    uint32_t n = 0;
    TRY(store_attachment_count_of_policy(tx, p->type, p->name, &n, e));
    reply_i64(r, "AttachmentCount", n);
    return ST_OK;
}

void policy_version_reply(reply *r, const policy_version *v)
{
    reply_version_id(r, "VersionId", v->number);
    reply_bool(r, "IsDefaultVersion", v->is_default);
    reply_str(r, "PolicyDocument", v->document);
    reply_time(r, "CreateDate", v->created_s);
}
