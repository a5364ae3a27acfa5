/* caller_identity_api.c - see caller_identity_api.h. Answer: STS 2015-04-01 GetCallerIdentity.
 *
 * The one action that every client calls to try its key, and the one that is measured: nothing is formatted by printf here.
 */
#include "role/caller_identity_api.h"

#include <string.h>

enum { ARN_MAX = 32 + U64_TEXT_MAX + USER_NAME_MAX };

typedef struct {
    char p[ARN_MAX];
    size_t n;
} arn;

static void add(arn *to, str s)
{
    memcpy(to->p + to->n, s.p, s.n);
    to->n += s.n;
}

static void reply_identity(reply *r, str type, str account, str id, str arn_rest, str name)
{
    arn whole = { .n = 0 };
    add(&whole, STR("acs:ram::"));
    add(&whole, account);
    add(&whole, arn_rest);
    add(&whole, name);
    reply_str(r, "IdentityType", type);
    reply_str(r, "AccountId", account);
    reply_str(r, "PrincipalId", id);
    reply_str(r, "UserId", id);
    reply_str(r, "Arn", (str){ whole.p, whole.n });
}

status sts_get_caller_identity_answer(call *c, err *e)
{
    char account_text[U64_TEXT_MAX], id_text[U64_TEXT_MAX];
    str account = { account_text, u64_format(c->who->account, account_text) },
        id = { id_text, u64_format(c->who->id, id_text) };
    switch (c->who->kind) {
    case CALLER_NONE:
        return err_set(e, ST_BUG, NULL, "GetCallerIdentity without a caller");
    case CALLER_ROOT:
        reply_identity(c->reply, STR("Account"), account, account, STR(":root"), STR(""));
        break;
    case CALLER_USER:
        reply_identity(c->reply, STR("RAMUser"), account, id, STR(":user/"), str_from_c(c->who->name));
        break;
    }
    return ST_OK;
}
