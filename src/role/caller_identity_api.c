/* caller_identity_api.c - see caller_identity_api.h. Answer: STS 2015-04-01 GetCallerIdentity. */
#include "role/caller_identity_api.h"

#include <stdio.h>

static void reply_root(reply *r, const char *account)
{
    char arn[64];
    (void)snprintf(arn, sizeof arn, "acs:ram::%s:root", account);
    reply_str(r, "IdentityType", STR("Account"));
    reply_str(r, "AccountId", str_from_c(account));
    reply_str(r, "PrincipalId", str_from_c(account));
    reply_str(r, "UserId", str_from_c(account));
    reply_str(r, "Arn", str_from_c(arn));
}

static void reply_user(reply *r, const char *account, const caller *who)
{
    char id[24], arn[64 + USER_NAME_MAX];
    (void)snprintf(id, sizeof id, "%llu", (unsigned long long)who->id);
    (void)snprintf(arn, sizeof arn, "acs:ram::%s:user/%s", account, who->name);
    reply_str(r, "IdentityType", STR("RAMUser"));
    reply_str(r, "AccountId", str_from_c(account));
    reply_str(r, "PrincipalId", str_from_c(id));
    reply_str(r, "UserId", str_from_c(id));
    reply_str(r, "Arn", str_from_c(arn));
}

status sts_get_caller_identity_answer(call *c, err *e)
{
    char account[24];
    (void)snprintf(account, sizeof account, "%llu", (unsigned long long)c->who->account);
    switch (c->who->kind) {
    case CALLER_NONE:
        return err_set(e, ST_BUG, NULL, "GetCallerIdentity without a caller");
    case CALLER_ROOT:
        reply_root(c->reply, account);
        break;
    case CALLER_USER:
        reply_user(c->reply, account, c->who);
        break;
    }
    return ST_OK;
}
