/* caller_identity_api.c - see caller_identity_api.h. Answer: STS 2015-04-01 GetCallerIdentity. */
#include "role/caller_identity_api.h"

#include "role/identity.h"

status sts_get_caller_identity_answer(call *c, err *e)
{
    identity id;
    if (identity_of(c->who, &id) != ST_OK)
        return err_set(e, ST_BUG, NULL, "GetCallerIdentity without a caller, or of a role without a session");
    reply_str(c->reply, "IdentityType", id.type);
    reply_str(c->reply, "AccountId", id.account);
    reply_str(c->reply, "PrincipalId", id.principal_id);
    /* a session has a role, and no user */
    reply_str(c->reply, c->who->kind == CALLER_ROLE ? "RoleId" : "UserId", id.id);
    reply_str(c->reply, "Arn", id.arn);
    return ST_OK;
}
