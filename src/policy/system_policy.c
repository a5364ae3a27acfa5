/* system_policy.c - see system_policy.h. What each one means: RAM's list of system policies. Their published texts are
 * unknown; these are ours. */
#include "policy/system_policy.h"

#include "base/buf.h"

enum { WRITTEN_S = 1795392000 }; /* 2026-11-23T00:00:00Z */

/* By name. */
static const system_policy policies[] = {
    {
        SYSTEM_POLICY_ADMINISTRATOR_ACCESS,
        STR_INIT("AdministratorAccess"),
        STR_INIT("Every action on every resource of the account"),
        { STR_INIT("*") },
        WRITTEN_S,
    },
    {
        SYSTEM_POLICY_RAM_FULL_ACCESS,
        STR_INIT("AliyunRAMFullAccess"),
        STR_INIT("Every action of RAM: users, AccessKey pairs, policies and security settings"),
        { STR_INIT("ram:*"), STR_INIT("ims:*") },
        WRITTEN_S,
    },
    {
        SYSTEM_POLICY_RAM_READ_ONLY_ACCESS,
        STR_INIT("AliyunRAMReadOnlyAccess"),
        STR_INIT("Every action of RAM that only reads"),
        { STR_INIT("ram:Get*"), STR_INIT("ram:List*"), STR_INIT("ims:Get*"), STR_INIT("ims:List*") },
        WRITTEN_S,
    },
};

const system_policy *system_policy_at(size_t i)
{
    return i < sizeof policies / sizeof policies[0] ? &policies[i] : NULL;
}

const system_policy *system_policy_find(str name)
{
    const system_policy *p;
    for (size_t i = 0; (p = system_policy_at(i)) != NULL; i++) {
        if (str_eq(p->name, name))
            return p;
    }
    return NULL;
}

static bool pattern_matches(str pattern, str action)
{
    if (pattern.n > 0 && pattern.p[pattern.n - 1] == '*')
        return action.n >= pattern.n - 1 &&
               str_eq_nocase(str_slice(action, 0, pattern.n - 1), str_slice(pattern, 0, pattern.n - 1));
    return str_eq_nocase(action, pattern);
}

bool system_policy_allows(const system_policy *p, str action)
{
    for (size_t i = 0; i < SYSTEM_POLICY_ACTIONS_MAX && p->actions[i].p != NULL; i++) {
        if (pattern_matches(p->actions[i], action))
            return true;
    }
    return false;
}

status system_policy_document(const system_policy *p, arena *a, str *ret)
{
    buf b;
    buf_init(&b, 1024);
    buf_add(&b, STR("{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":["));
    for (size_t i = 0; i < SYSTEM_POLICY_ACTIONS_MAX && p->actions[i].p != NULL; i++)
        buf_addf(&b, "%s\"" STR_FMT "\"", i > 0 ? "," : "", STR_ARG(p->actions[i]));
    buf_add(&b, STR("],\"Resource\":\"*\"}]}"));
    status s = buf_ok(&b) ? arena_copy(a, buf_str(&b), ret) : ST_NO_MEMORY;
    buf_done(&b);
    return s;
}
