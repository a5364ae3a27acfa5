/* preference.c - see preference.h. Defaults and bounds: IMS SetSecurityPreference. MFA at logon is mandatory platform-wide
 * since 2025-03. */
#include "preference/preference.h"

#include "base/ip.h"

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
        .allow_user_to_login_with_passkey = true,
        .allow_user_to_manage_personal_ding_talk = true,
        .allow_user_to_manage_service_credentials = false,
        .allow_user_to_manage_public_keys = false,
        .enable_save_mfa_ticket = false,
        .login_session_duration_hours = 6,
        .max_idle_days_for_users = 730,
        .max_idle_days_for_access_keys = 730,
        .login_network_masks = STR(""),
        .mfa_operation_for_login = mfa_operation_for_login.n > 0 ? mfa_operation_for_login : STR("mandatory"),
        .operation_for_risk_login = STR("autonomous"),
        .verification_types = STR(""),
        .access_key_network_policy = STR(""),
    };
}

str preference_mfa_operation_asked(str mfa_operation_for_login, opt_bool enforce_mfa_for_login)
{
    if (mfa_operation_for_login.n > 0 || !enforce_mfa_for_login.is_set)
        return mfa_operation_for_login;
    return enforce_mfa_for_login.v ? STR("mandatory") : STR("independent");
}

status preference_check_enforced(str mfa_operation_for_login, opt_bool enforce_mfa_for_login, err *e)
{
    if (mfa_operation_for_login.n == 0 || !enforce_mfa_for_login.is_set ||
        enforce_mfa_for_login.v == str_eq(mfa_operation_for_login, STR("mandatory")))
        return ST_OK;
    return err_set_message(e, ST_INVALID, "InvalidParameter.EnforceMFAForLogin",
                           "EnforceMFAForLogin=%s contradicts MFAOperationForLogin=" STR_FMT ".",
                           enforce_mfa_for_login.v ? "true" : "false", STR_ARG(mfa_operation_for_login));
}

status preference_check_masks(str login_network_masks, err *e)
{
    unsigned n = 0;
    if (login_network_masks.n == 0)
        return ST_OK;
    for (str rest = login_network_masks, one; str_next(&rest, ';', &one);) {
        cidr network;
        n++;
        if (cidr_parse(one, &network) != ST_OK)
            return err_set_message(e, ST_INVALID, "InvalidParameter.LoginNetworkMasks.Format",
                                   "Entry %u of LoginNetworkMasks is no address and no network such as 192.0.2.0/24.", n);
    }
    if (n > LOGIN_NETWORK_MASKS_MAX)
        return err_set(e, ST_INVALID, "InvalidParameter.LoginNetworkMasks.Length", "%u networks", n);
    return ST_OK;
}

uint32_t preference_switches(const preference_record *r)
{
    return (r->allow_user_to_change_password ? (uint32_t)SELF_CHANGE_PASSWORD : 0) |
           (r->allow_user_to_manage_mfa_devices ? (uint32_t)SELF_MFA_DEVICES : 0) |
           (r->allow_user_to_manage_access_keys ? (uint32_t)SELF_ACCESS_KEYS : 0);
}
