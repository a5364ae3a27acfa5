/* preference.c - see preference.h. Defaults: IMS SetSecurityPreference. MFA at logon is mandatory platform-wide since
 * 2025-03. */
#include "preference/preference.h"

bool preference_is_mfa_operation(str s)
{
    return str_eq(s, STR("mandatory")) || str_eq(s, STR("independent")) || str_eq(s, STR("adaptive"));
}

preference_record preference_default(str mfa_operation_for_login)
{
    return (preference_record){
        .allow_user_to_change_password = true,
        .allow_user_to_manage_mfa_devices = true,
        .allow_user_to_manage_access_keys = false,
        .mfa_operation_for_login = mfa_operation_for_login.n > 0 ? mfa_operation_for_login : STR("mandatory"),
    };
}

uint32_t preference_switches(const preference_record *r)
{
    return (r->allow_user_to_change_password ? (uint32_t)SELF_CHANGE_PASSWORD : 0) |
           (r->allow_user_to_manage_mfa_devices ? (uint32_t)SELF_MFA_DEVICES : 0) |
           (r->allow_user_to_manage_access_keys ? (uint32_t)SELF_ACCESS_KEYS : 0);
}
