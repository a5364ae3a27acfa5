/* identity.c - see identity.h. */
#include "role/identity.h"

#include <string.h>

/* The parts, one behind the other, into the text. */
static str add(identity *to, const str *parts, size_t n)
{
    const size_t start = to->n;
    for (size_t i = 0; i < n; i++) {
        memcpy(to->text + to->n, parts[i].p, parts[i].n);
        to->n += parts[i].n;
    }
    return (str){ to->text + start, to->n - start };
}

#define ADD(to, ...) add((to), (const str[]){ __VA_ARGS__ }, sizeof((const str[]){ __VA_ARGS__ }) / sizeof(str))

static str add_number(identity *to, uint64_t v)
{
    char digits[U64_TEXT_MAX];
    const size_t n = u64_format(v, digits);
    return ADD(to, { digits, n });
}

static void session_of(const caller *who, identity *to)
{
    const str session = str_from_c(who->session->name);
    char name[USER_NAME_MAX + 1];
    size_t n = 0;
    for (; who->name[n] != '\0'; n++)
        name[n] = ascii_lower(who->name[n]);
    to->type = STR("AssumedRoleUser");
    to->principal_id = ADD(to, to->id, STR(":"), session);
    to->arn = ADD(to, STR("acs:ram::"), to->account, STR(":role/"), { name, n }, STR("/"), session);
}

status identity_of(const caller *who, identity *ret)
{
    ret->n = 0;
    ret->account = add_number(ret, who->account);
    ret->id = ret->account;
    if (who->id != who->account)
        ret->id = add_number(ret, who->id);
    ret->principal_id = ret->id;
    switch (who->kind) {
    case CALLER_NONE:
        return ST_BUG;
    case CALLER_ROOT:
        ret->type = STR("Account");
        ret->arn = ADD(ret, STR("acs:ram::"), ret->account, STR(":root"));
        return ST_OK;
    case CALLER_USER:
        ret->type = STR("RAMUser");
        ret->arn = ADD(ret, STR("acs:ram::"), ret->account, STR(":user/"), str_from_c(who->name));
        return ST_OK;
    case CALLER_ROLE:
        if (who->session == NULL)
            return ST_BUG;
        session_of(who, ret);
        return ST_OK;
    }
    return ST_BUG;
}
