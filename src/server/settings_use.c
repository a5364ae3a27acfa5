/* settings_use.c - see settings_use.h. */
#include "server/settings_use.h"

void settings_public_url(const settings *s, uint16_t port, buf *to)
{
    str url = settings_text(s, SET_PUBLIC_URL);
    if (url.p != NULL) {
        buf_add(to, url);
        return;
    }
    if (port == 0)
        port = settings_address(s, SET_LISTEN).port;
    buf_add(to, STR("http://localhost"));
    if (port != 0 && port != 80)
        buf_addf(to, ":%u", (unsigned)port);
}

void settings_sign_in_url(const settings *s, const char *public_url, buf *to)
{
    if (public_url != NULL)
        buf_add(to, str_from_c(public_url));
    else
        settings_public_url(s, 0, to);
    buf_add(to, STR("/signin/"));
}

quotas settings_quotas(const settings *s)
{
    return (quotas){
        .users_per_account = settings_number(s, SET_USERS_PER_ACCOUNT),
        .access_keys_per_user = settings_number(s, SET_ACCESS_KEYS_PER_USER),
        .access_keys_per_root = settings_number(s, SET_ACCESS_KEYS_PER_ROOT),
        .tags_per_user = settings_number(s, SET_TAGS_PER_USER),
        .system_policies_per_user = settings_number(s, SET_POLICIES_PER_USER),
        .custom_policies_per_user = settings_number(s, SET_CUSTOM_POLICIES_PER_USER),
        .groups_per_account = settings_number(s, SET_GROUPS_PER_ACCOUNT),
        .groups_per_user = settings_number(s, SET_GROUPS_PER_USER),
        .roles_per_account = settings_number(s, SET_ROLES_PER_ACCOUNT),
        .policies_per_account = settings_number(s, SET_POLICIES_PER_ACCOUNT),
        .versions_per_policy = settings_number(s, SET_VERSIONS_PER_POLICY),
        .users_in_recycle_bin = settings_number(s, SET_USERS_IN_RECYCLE_BIN),
        .access_keys_in_recycle_bin = settings_number(s, SET_ACCESS_KEYS_IN_RECYCLE_BIN),
    };
}

log_level settings_log_level(const settings *s)
{
    return (log_level)settings_number(s, SET_LOG_LEVEL); /* the choices stand in the order of the enum */
}

bool settings_wants_json(const settings *s)
{
    return str_eq(settings_text(s, SET_FORMAT), STR("json"));
}

argon2_parameters settings_hashing(const settings *s)
{
    return (argon2_parameters){
        .memory_kib = settings_number(s, SET_PASSWORD_HASH_MEMORY),
        .passes = settings_number(s, SET_PASSWORD_HASH_PASSES),
        .lanes = settings_number(s, SET_PASSWORD_HASH_LANES),
    };
}

bootstrap_options settings_bootstrap(const settings *s)
{
    return (bootstrap_options){
        .alias = settings_text(s, SET_ACCOUNT_ALIAS),
        .owner_email = settings_text(s, SET_OWNER_EMAIL),
        .mfa_operation_for_login = settings_text(s, SET_MFA),
        .has_root_access_key = settings_is_on(s, SET_ROOT_ACCESS_KEY),
        .domain_suffix = settings_text(s, SET_DOMAIN_SUFFIX),
        .hashing = settings_hashing(s),
        .quota = settings_quotas(s),
    };
}

recovery_options settings_recovery(const settings *s, uint64_t account)
{
    return (recovery_options){
        .account = account,
        .has_admin = settings_is_on(s, SET_ADMIN),
        .domain_suffix = settings_text(s, SET_DOMAIN_SUFFIX),
        .hashing = settings_hashing(s),
        .quota = settings_quotas(s),
    };
}
