/* self_service.c - see self_service.h. RAM, "Security settings of RAM users". */
#include "policy/self_service.h"

static const struct {
    str action;
    self_switch by;
} opened[] = {
    { STR_INIT("ram:ChangePassword"), SELF_CHANGE_PASSWORD },
    { STR_INIT("ram:CreateAccessKey"), SELF_ACCESS_KEYS },
    { STR_INIT("ram:ListAccessKeys"), SELF_ACCESS_KEYS },
    { STR_INIT("ram:UpdateAccessKey"), SELF_ACCESS_KEYS },
    { STR_INIT("ram:DeleteAccessKey"), SELF_ACCESS_KEYS },
    { STR_INIT("ram:GetAccessKeyLastUsed"), SELF_ACCESS_KEYS },
    { STR_INIT("ram:GetAccessKeyPolicy"), SELF_ACCESS_KEYS },
    { STR_INIT("ram:ListAccessKeysInRecycleBin"), SELF_ACCESS_KEYS },
    { STR_INIT("ram:RestoreAccessKeyFromRecycleBin"), SELF_ACCESS_KEYS },
    { STR_INIT("ram:DeleteAccessKeyInRecycleBin"), SELF_ACCESS_KEYS },
};

self_switch self_service_of(str action)
{
    for (size_t i = 0; i < sizeof opened / sizeof opened[0]; i++)
        if (str_eq_nocase(opened[i].action, action))
            return opened[i].by;
    return SELF_NONE;
}
