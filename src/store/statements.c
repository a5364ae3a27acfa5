/* statements.c - see statements.h. lower() folds ASCII only: names and aliases are ASCII.
 *
 * INDEXED BY and CROSS JOIN stand where the engine, which keeps no statistics here, would rather read all rows of an account
 * in key order than those of one owner through an index.
 */
#include "store/statements.h"

/* clang-format off */
#define USER_COLUMNS \
    "id, name, display_name, comments, email, mobile_phone, created_s, updated_s, last_login_s, is_frozen"
#define RECYCLED_USER_COLUMNS USER_COLUMNS ", recycled_s, purge_s"
#define GROUP_COLUMNS "id, name, display_name, comments, created_s, updated_s"
#define ACCESS_KEY_COLUMNS \
    "id, owner, row_id, secret, is_active, created_s, updated_s, last_used_s, last_used_service, network_policy"
#define RECYCLED_KEY_COLUMNS ACCESS_KEY_COLUMNS ", with_user, recycled_s, purge_s"
#define POLICY_COLUMNS "id, name, description, default_version, last_version, created_s, updated_s"
#define VERSION_COLUMNS "policy_id, number, document, created_s"
#define ATTACHMENT_COLUMNS "kind, principal, policy_type, policy_name, attached_s"
#define ROLE_COLUMNS "id, name, description, trust_policy, max_session_s, created_s, updated_s, sessions_revoked_ms"
#define VERIFIER_COLUMNS "id, name, hosts, digest, created_s"
#define LOGIN_PROFILE_COLUMNS \
    "principal, row_id, scheme, parameters, salt, digest, is_active, is_reset_required, mfa_bind_required, is_initial," \
    " created_s, updated_s, password_set_s"
#define PASSWORD_HISTORY_COLUMNS "principal, row_id, scheme, parameters, salt, digest, set_s"
#define PASSWORD_POLICY_COLUMNS \
    "minimum_password_length, minimum_password_different_character, require_lowercase_characters," \
    " require_uppercase_characters, require_numbers, require_symbols, password_not_contain_user_name, hard_expire," \
    " intercept_risk_password_on_api, max_password_age_days, password_reuse_prevention, max_login_attempts," \
    " initial_password_age_days"
#define PREFERENCE_COLUMNS \
    "allow_user_to_change_password, allow_user_to_manage_mfa_devices, allow_user_to_manage_access_keys," \
    " allow_user_to_login_with_passkey, allow_user_to_manage_personal_ding_talk, allow_user_to_manage_service_credentials," \
    " allow_user_to_manage_public_keys, enable_save_mfa_ticket, login_session_duration_hours, max_idle_days_for_users," \
    " max_idle_days_for_access_keys, login_network_masks, mfa_operation_for_login, operation_for_risk_login," \
    " verification_types, access_key_network_policy"
#define ATTEMPT_COLUMNS "principal, budget, failures, in_flight, first_s, last_s, locked_until_s"
#define SIGN_IN_LINK_COLUMNS "user_id, digest, created_s, expires_s"
#define AUDIT_COLUMNS "account, number, at_s, body, mac"

const statement statements[STATEMENT_COUNT] = {
    [Q_ACCOUNT_INSERT] = { "account_insert",
        "INSERT INTO account (id, alias, alias_folded, owner_email, created_s, user_n)"
        " VALUES (?1, ?2, lower(?2), ?3, ?4, ?5)",
        SCOPE_ACCOUNT, true },
    [Q_ACCOUNT_GET] = { "account_get",
        "SELECT id, alias, owner_email, created_s, user_n FROM account WHERE id = ?1",
        SCOPE_ACCOUNT, false },
    [Q_ACCOUNT_SET_ALIAS] = { "account_set_alias",
        "UPDATE account SET alias = ?2, alias_folded = lower(?2) WHERE id = ?1",
        SCOPE_ACCOUNT, true },
    [Q_ACCOUNT_COUNT_USER_UP] = { "account_count_user_up",
        "UPDATE account SET user_n = user_n + 1 WHERE id = ?1",
        SCOPE_ACCOUNT, true },
    [Q_ACCOUNT_COUNT_USER_DOWN] = { "account_count_user_down",
        "UPDATE account SET user_n = user_n - 1 WHERE id = ?1",
        SCOPE_ACCOUNT, true },

    [Q_USER_INSERT] = { "user_insert",
        "INSERT INTO ram_user (account, " USER_COLUMNS ", name_folded)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, lower(?3))",
        SCOPE_ACCOUNT, true },
    [Q_USER_GET] = { "user_get",
        "SELECT " USER_COLUMNS " FROM ram_user WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, false },
    [Q_USER_GET_BY_NAME] = { "user_get_by_name",
        "SELECT " USER_COLUMNS " FROM ram_user WHERE account = ?1 AND name_folded = lower(?2)",
        SCOPE_ACCOUNT, false },
    [Q_USER_UPDATE] = { "user_update",
        "UPDATE ram_user SET name = ?3, name_folded = lower(?3), display_name = ?4, comments = ?5, email = ?6,"
        " mobile_phone = ?7, updated_s = ?8, last_login_s = ?9, is_frozen = ?10 WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, true },
    [Q_USER_DELETE] = { "user_delete",
        "DELETE FROM ram_user WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, true },
    [Q_USER_LIST] = { "user_list",
        "SELECT " USER_COLUMNS " FROM ram_user WHERE account = ?1 AND name_folded > lower(?2) AND is_frozen BETWEEN ?3 AND ?4"
        " ORDER BY name_folded LIMIT ?5",
        SCOPE_ACCOUNT, false },

    [Q_GROUP_INSERT] = { "group_insert",
        "INSERT INTO ram_group (account, " GROUP_COLUMNS ", name_folded) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, lower(?3))",
        SCOPE_ACCOUNT, true },
    [Q_GROUP_GET] = { "group_get",
        "SELECT " GROUP_COLUMNS " FROM ram_group WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, false },
    [Q_GROUP_GET_BY_NAME] = { "group_get_by_name",
        "SELECT " GROUP_COLUMNS " FROM ram_group WHERE account = ?1 AND name_folded = lower(?2)",
        SCOPE_ACCOUNT, false },
    [Q_GROUP_UPDATE] = { "group_update",
        "UPDATE ram_group SET name = ?3, name_folded = lower(?3), display_name = ?4, comments = ?5, updated_s = ?6"
        " WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, true },
    [Q_GROUP_DELETE] = { "group_delete",
        "DELETE FROM ram_group WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, true },
    [Q_GROUP_COUNT] = { "group_count",
        "SELECT count(*) FROM ram_group WHERE account = ?1",
        SCOPE_ACCOUNT, false },
    [Q_GROUP_LIST] = { "group_list",
        "SELECT " GROUP_COLUMNS " FROM ram_group WHERE account = ?1 AND name_folded > lower(?2) ORDER BY name_folded LIMIT ?3",
        SCOPE_ACCOUNT, false },

    [Q_MEMBER_INSERT] = { "member_insert",
        "INSERT INTO group_member (account, group_id, user_id, user_name_folded, joined_s)"
        " SELECT ?1, ?2, id, name_folded, ?4 FROM ram_user WHERE account = ?1 AND id = ?3",
        SCOPE_ACCOUNT, true },
    [Q_MEMBER_DELETE] = { "member_delete",
        "DELETE FROM group_member WHERE account = ?1 AND group_id = ?2 AND user_id = ?3",
        SCOPE_ACCOUNT, true },
    [Q_MEMBER_COUNT] = { "member_count",
        "SELECT count(*) FROM group_member WHERE account = ?1 AND group_id = ?2",
        SCOPE_ACCOUNT, false },
    [Q_MEMBER_RENAME] = { "member_rename",
        "UPDATE group_member INDEXED BY group_member_user SET user_name_folded = lower(?3)"
        " WHERE account = ?1 AND user_id = ?2 AND user_name_folded <> lower(?3)",
        SCOPE_ACCOUNT, true },
    [Q_MEMBER_LIST] = { "member_list",
        "SELECT " USER_COLUMNS ", joined_s FROM group_member m CROSS JOIN ram_user u"
        " WHERE m.account = ?1 AND m.group_id = ?2 AND m.user_name_folded > lower(?3) AND u.account = ?1 AND u.id = m.user_id"
        " ORDER BY m.user_name_folded LIMIT ?4",
        SCOPE_ACCOUNT, false },
    [Q_USER_GROUP_LIST] = { "user_group_list",
        "SELECT " GROUP_COLUMNS ", joined_s FROM group_member m INDEXED BY group_member_user CROSS JOIN ram_group g"
        " WHERE m.account = ?1 AND m.user_id = ?2 AND g.account = ?1 AND g.id = m.group_id ORDER BY g.name_folded",
        SCOPE_ACCOUNT, false },

    [Q_TAG_PUT] = { "tag_put",
        "INSERT INTO tag (account, kind, resource, key, value) VALUES (?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT (account, kind, resource, key) DO UPDATE SET value = excluded.value",
        SCOPE_ACCOUNT, true },
    [Q_TAG_DELETE] = { "tag_delete",
        "DELETE FROM tag WHERE account = ?1 AND kind = ?2 AND resource = ?3 AND key = ?4",
        SCOPE_ACCOUNT, true },
    [Q_TAG_DELETE_ALL] = { "tag_delete_all",
        "DELETE FROM tag WHERE account = ?1 AND kind = ?2 AND resource = ?3",
        SCOPE_ACCOUNT, true },
    [Q_TAG_LIST] = { "tag_list",
        "SELECT resource, key, value FROM tag WHERE account = ?1 AND kind = ?2 AND resource = ?3 ORDER BY key",
        SCOPE_ACCOUNT, false },
    [Q_TAG_LIST_ALL] = { "tag_list_all",
        "SELECT resource, key, value FROM tag WHERE account = ?1 AND kind = ?2 AND (resource, key) > (?3, ?4)"
        " AND NOT EXISTS (SELECT 1 FROM recycled_user u WHERE u.account = ?1 AND u.id = resource)"
        " ORDER BY resource, key LIMIT ?5",
        SCOPE_ACCOUNT, false },

    [Q_ACCESS_KEY_INSERT] = { "access_key_insert",
        "INSERT INTO access_key (account, " ACCESS_KEY_COLUMNS ")"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        SCOPE_ACCOUNT, true },
    [Q_ACCESS_KEY_GET] = { "access_key_get",
        "SELECT " ACCESS_KEY_COLUMNS " FROM access_key WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, false },
    [Q_ACCESS_KEY_COUNT] = { "access_key_count",
        "SELECT count(*) FROM access_key WHERE account = ?1 AND owner = ?2",
        SCOPE_ACCOUNT, false },
    [Q_ACCESS_KEY_LIST] = { "access_key_list",
        "SELECT " ACCESS_KEY_COLUMNS " FROM access_key INDEXED BY access_key_owner WHERE account = ?1 AND owner = ?2"
        " ORDER BY created_s, id",
        SCOPE_ACCOUNT, false },
    [Q_ACCESS_KEY_SET_STATUS] = { "access_key_set_status",
        "UPDATE access_key SET is_active = ?3, updated_s = ?4, switched_on_s = CASE WHEN ?3 THEN ?4 ELSE switched_on_s END"
        " WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, true },
    [Q_ACCESS_KEY_DELETE] = { "access_key_delete",
        "DELETE FROM access_key WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, true },
    [Q_ACCESS_KEY_SET_NETWORK_POLICY] = { "access_key_set_network_policy",
        "UPDATE access_key SET network_policy = ?3, updated_s = ?4 WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, true },
    [Q_ACCESS_KEY_LIST_IDLE] = { "access_key_list_idle",
        "SELECT " ACCESS_KEY_COLUMNS " FROM access_key WHERE account = ?1 AND id > ?3 AND owner <> ?1 AND is_active = 1"
        " AND created_s < ?2 AND last_used_s < ?2 AND switched_on_s < ?2 ORDER BY id LIMIT ?4",
        SCOPE_ACCOUNT, false },
    [Q_ACCESS_KEY_SET_LAST_USED] = { "access_key_set_last_used",
        "UPDATE access_key SET last_used_service = CASE WHEN last_used_s < ?3 THEN ?4 ELSE last_used_service END,"
        " last_used_s = max(last_used_s, ?3) WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, true },

    [Q_POLICY_INSERT] = { "policy_insert",
        "INSERT INTO policy (account, " POLICY_COLUMNS ", name_folded) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, lower(?3))",
        SCOPE_ACCOUNT, true },
    [Q_POLICY_GET] = { "policy_get",
        "SELECT " POLICY_COLUMNS " FROM policy WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, false },
    [Q_POLICY_GET_BY_NAME] = { "policy_get_by_name",
        "SELECT " POLICY_COLUMNS " FROM policy WHERE account = ?1 AND name_folded = lower(?2)",
        SCOPE_ACCOUNT, false },
    [Q_POLICY_UPDATE] = { "policy_update",
        "UPDATE policy SET description = ?3, default_version = ?4, last_version = ?5, updated_s = ?6"
        " WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, true },
    [Q_POLICY_DELETE] = { "policy_delete",
        "DELETE FROM policy WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, true },
    [Q_POLICY_COUNT] = { "policy_count",
        "SELECT count(*) FROM policy WHERE account = ?1",
        SCOPE_ACCOUNT, false },
    [Q_POLICY_LIST] = { "policy_list",
        "SELECT " POLICY_COLUMNS " FROM policy WHERE account = ?1 AND name_folded > lower(?2) ORDER BY name_folded LIMIT ?3",
        SCOPE_ACCOUNT, false },

    [Q_POLICY_VERSION_INSERT] = { "policy_version_insert",
        "INSERT INTO policy_version (account, " VERSION_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5)",
        SCOPE_ACCOUNT, true },
    [Q_POLICY_VERSION_GET] = { "policy_version_get",
        "SELECT " VERSION_COLUMNS " FROM policy_version WHERE account = ?1 AND policy_id = ?2 AND number = ?3",
        SCOPE_ACCOUNT, false },
    [Q_POLICY_VERSION_DELETE] = { "policy_version_delete",
        "DELETE FROM policy_version WHERE account = ?1 AND policy_id = ?2 AND number = ?3",
        SCOPE_ACCOUNT, true },
    [Q_POLICY_VERSION_DELETE_ALL] = { "policy_version_delete_all",
        "DELETE FROM policy_version WHERE account = ?1 AND policy_id = ?2",
        SCOPE_ACCOUNT, true },
    [Q_POLICY_VERSION_LIST] = { "policy_version_list",
        "SELECT " VERSION_COLUMNS " FROM policy_version WHERE account = ?1 AND policy_id = ?2 ORDER BY number",
        SCOPE_ACCOUNT, false },

    [Q_ATTACHMENT_INSERT] = { "attachment_insert",
        "INSERT INTO attachment (account, " ATTACHMENT_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        SCOPE_ACCOUNT, true },
    [Q_ATTACHMENT_DELETE] = { "attachment_delete",
        "DELETE FROM attachment WHERE account = ?1 AND principal = ?2 AND policy_type = ?3 AND policy_name = ?4",
        SCOPE_ACCOUNT, true },
    [Q_ATTACHMENT_LIST] = { "attachment_list",
        "SELECT " ATTACHMENT_COLUMNS " FROM attachment WHERE account = ?1 AND principal = ?2"
        " ORDER BY attached_s, policy_type, policy_name",
        SCOPE_ACCOUNT, false },
    [Q_ATTACHMENT_LIST_OF_POLICY] = { "attachment_list_of_policy",
        "SELECT " ATTACHMENT_COLUMNS " FROM attachment INDEXED BY attachment_policy"
        " WHERE account = ?1 AND policy_type = ?2 AND policy_name = ?3 ORDER BY attached_s, principal",
        SCOPE_ACCOUNT, false },
    [Q_ATTACHMENT_COUNT_OF_POLICY] = { "attachment_count_of_policy",
        "SELECT count(*) FROM attachment WHERE account = ?1 AND policy_type = ?2 AND policy_name = ?3",
        SCOPE_ACCOUNT, false },
    [Q_ATTACHMENT_DELETE_ALL] = { "attachment_delete_all",
        "DELETE FROM attachment WHERE account = ?1 AND principal = ?2",
        SCOPE_ACCOUNT, true },

    [Q_ROLE_INSERT] = { "role_insert",
        "INSERT INTO role (account, " ROLE_COLUMNS ", name_folded) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, lower(?3))",
        SCOPE_ACCOUNT, true },
    [Q_ROLE_GET] = { "role_get",
        "SELECT " ROLE_COLUMNS " FROM role WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, false },
    [Q_ROLE_GET_BY_NAME] = { "role_get_by_name",
        "SELECT " ROLE_COLUMNS " FROM role WHERE account = ?1 AND name_folded = lower(?2)",
        SCOPE_ACCOUNT, false },
    [Q_ROLE_UPDATE] = { "role_update",
        "UPDATE role SET description = ?3, trust_policy = ?4, max_session_s = ?5, updated_s = ?6, sessions_revoked_ms = ?7"
        " WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, true },
    [Q_ROLE_DELETE] = { "role_delete",
        "DELETE FROM role WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, true },
    [Q_ROLE_COUNT] = { "role_count",
        "SELECT count(*) FROM role WHERE account = ?1",
        SCOPE_ACCOUNT, false },
    [Q_ROLE_LIST] = { "role_list",
        "SELECT " ROLE_COLUMNS " FROM role WHERE account = ?1 AND name_folded > lower(?2) ORDER BY name_folded LIMIT ?3",
        SCOPE_ACCOUNT, false },

    [Q_VERIFIER_INSERT] = { "verifier_insert",
        "INSERT INTO verifier (account, " VERIFIER_COLUMNS ", name_folded) VALUES (?1, ?2, ?3, ?4, ?5, ?6, lower(?3))",
        SCOPE_ACCOUNT, true },
    [Q_VERIFIER_GET] = { "verifier_get",
        "SELECT " VERIFIER_COLUMNS " FROM verifier WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, false },
    [Q_VERIFIER_GET_BY_NAME] = { "verifier_get_by_name",
        "SELECT " VERIFIER_COLUMNS " FROM verifier WHERE account = ?1 AND name_folded = lower(?2)",
        SCOPE_ACCOUNT, false },
    [Q_VERIFIER_DELETE] = { "verifier_delete",
        "DELETE FROM verifier WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, true },
    [Q_VERIFIER_LIST] = { "verifier_list",
        "SELECT " VERIFIER_COLUMNS " FROM verifier WHERE account = ?1 ORDER BY name_folded",
        SCOPE_ACCOUNT, false },

    [Q_USER_RECYCLE] = { "user_recycle",
        "INSERT INTO recycled_user (account, " RECYCLED_USER_COLUMNS ", name_folded)"
        " SELECT ?1, " USER_COLUMNS ", ?3, ?4, name_folded FROM ram_user WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, true },
    [Q_USER_RESTORE] = { "user_restore",
        "INSERT INTO ram_user (account, " USER_COLUMNS ", name_folded)"
        " SELECT ?1, " USER_COLUMNS ", name_folded FROM recycled_user WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, true },
    [Q_RECYCLED_USER_GET] = { "recycled_user_get",
        "SELECT " RECYCLED_USER_COLUMNS " FROM recycled_user WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, false },
    [Q_RECYCLED_USER_GET_BY_NAME] = { "recycled_user_get_by_name",
        "SELECT " RECYCLED_USER_COLUMNS " FROM recycled_user WHERE account = ?1 AND name_folded = lower(?2)"
        " ORDER BY recycled_s DESC, id DESC LIMIT 1",
        SCOPE_ACCOUNT, false },
    [Q_RECYCLED_USER_DELETE] = { "recycled_user_delete",
        "DELETE FROM recycled_user WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, true },
    [Q_RECYCLED_USER_COUNT] = { "recycled_user_count",
        "SELECT count(*) FROM recycled_user WHERE account = ?1",
        SCOPE_ACCOUNT, false },
    [Q_RECYCLED_USER_LIST] = { "recycled_user_list",
        "SELECT " RECYCLED_USER_COLUMNS " FROM recycled_user WHERE account = ?1 AND (recycled_s, id) < (?2, ?3)"
        " ORDER BY recycled_s DESC, id DESC LIMIT ?4",
        SCOPE_ACCOUNT, false },
    [Q_RECYCLED_USER_LIST_DUE] = { "recycled_user_list_due",
        "SELECT " RECYCLED_USER_COLUMNS " FROM recycled_user WHERE account = ?1 AND purge_s <= ?2 ORDER BY purge_s, id LIMIT ?3",
        SCOPE_ACCOUNT, false },

    [Q_ACCESS_KEY_RECYCLE] = { "access_key_recycle",
        "INSERT INTO recycled_key (account, " RECYCLED_KEY_COLUMNS ")"
        " SELECT ?1, " ACCESS_KEY_COLUMNS ", ?3, ?4, ?5 FROM access_key WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, true },
    [Q_ACCESS_KEY_RESTORE] = { "access_key_restore",
        "INSERT INTO access_key (account, " ACCESS_KEY_COLUMNS ")"
        " SELECT ?1, id, owner, row_id, secret, 0, created_s, updated_s, last_used_s, last_used_service, network_policy"
        " FROM recycled_key WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, true },
    [Q_RECYCLED_KEY_GET] = { "recycled_key_get",
        "SELECT " RECYCLED_KEY_COLUMNS " FROM recycled_key WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, false },
    [Q_RECYCLED_KEY_LIST] = { "recycled_key_list",
        "SELECT " RECYCLED_KEY_COLUMNS " FROM recycled_key INDEXED BY recycled_key_owner WHERE account = ?1 AND owner = ?2"
        " ORDER BY recycled_s, created_s, id",
        SCOPE_ACCOUNT, false },
    [Q_RECYCLED_KEY_DELETE] = { "recycled_key_delete",
        "DELETE FROM recycled_key WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, true },
    [Q_RECYCLED_KEY_LIST_DUE] = { "recycled_key_list_due",
        "SELECT " RECYCLED_KEY_COLUMNS " FROM recycled_key WHERE account = ?1 AND purge_s <= ?2 ORDER BY purge_s, id LIMIT ?3",
        SCOPE_ACCOUNT, false },

    [Q_LOGIN_PROFILE_PUT] = { "login_profile_put",
        "INSERT INTO login_profile (account, " LOGIN_PROFILE_COLUMNS ")"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT (account, principal) DO UPDATE SET"
        " row_id = excluded.row_id, scheme = excluded.scheme, parameters = excluded.parameters, salt = excluded.salt, digest"
        " = excluded.digest, is_active = excluded.is_active, is_reset_required = excluded.is_reset_required,"
        " mfa_bind_required = excluded.mfa_bind_required, is_initial = excluded.is_initial, created_s = excluded.created_s,"
        " updated_s = excluded.updated_s, password_set_s = excluded.password_set_s",
        SCOPE_ACCOUNT, true },
    [Q_LOGIN_PROFILE_GET] = { "login_profile_get",
        "SELECT " LOGIN_PROFILE_COLUMNS " FROM login_profile WHERE account = ?1 AND principal = ?2",
        SCOPE_ACCOUNT, false },
    [Q_LOGIN_PROFILE_DELETE] = { "login_profile_delete",
        "DELETE FROM login_profile WHERE account = ?1 AND principal = ?2",
        SCOPE_ACCOUNT, true },

    [Q_PASSWORD_HISTORY_INSERT] = { "password_history_insert",
        "INSERT INTO password_history (account, " PASSWORD_HISTORY_COLUMNS ", number)"
        " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, coalesce(max(number), 0) + 1 FROM password_history"
        " WHERE account = ?1 AND principal = ?2",
        SCOPE_ACCOUNT, true },
    [Q_PASSWORD_HISTORY_LIST] = { "password_history_list",
        "SELECT " PASSWORD_HISTORY_COLUMNS " FROM password_history WHERE account = ?1 AND principal = ?2"
        " ORDER BY number DESC LIMIT ?3",
        SCOPE_ACCOUNT, false },
    [Q_PASSWORD_HISTORY_TRIM] = { "password_history_trim",
        "DELETE FROM password_history WHERE account = ?1 AND principal = ?2 AND number <="
        " (SELECT max(number) - ?3 FROM password_history WHERE account = ?1 AND principal = ?2)",
        SCOPE_ACCOUNT, true },
    [Q_PASSWORD_HISTORY_DELETE_ALL] = { "password_history_delete_all",
        "DELETE FROM password_history WHERE account = ?1 AND principal = ?2",
        SCOPE_ACCOUNT, true },

    [Q_PASSWORD_POLICY_PUT] = { "password_policy_put",
        "INSERT INTO password_policy (account, " PASSWORD_POLICY_COLUMNS ")"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT (account) DO UPDATE SET"
        " minimum_password_length = excluded.minimum_password_length, minimum_password_different_character ="
        " excluded.minimum_password_different_character, require_lowercase_characters ="
        " excluded.require_lowercase_characters, require_uppercase_characters = excluded.require_uppercase_characters,"
        " require_numbers = excluded.require_numbers, require_symbols = excluded.require_symbols,"
        " password_not_contain_user_name = excluded.password_not_contain_user_name, hard_expire = excluded.hard_expire,"
        " intercept_risk_password_on_api = excluded.intercept_risk_password_on_api, max_password_age_days ="
        " excluded.max_password_age_days, password_reuse_prevention = excluded.password_reuse_prevention, max_login_attempts"
        " = excluded.max_login_attempts, initial_password_age_days = excluded.initial_password_age_days",
        SCOPE_ACCOUNT, true },
    [Q_PASSWORD_POLICY_GET] = { "password_policy_get",
        "SELECT " PASSWORD_POLICY_COLUMNS " FROM password_policy WHERE account = ?1",
        SCOPE_ACCOUNT, false },

    [Q_PREFERENCE_PUT] = { "preference_put",
        "INSERT INTO preference (account, " PREFERENCE_COLUMNS ")"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17) ON CONFLICT (account) DO UPDATE"
        " SET allow_user_to_change_password = excluded.allow_user_to_change_password, allow_user_to_manage_mfa_devices ="
        " excluded.allow_user_to_manage_mfa_devices, allow_user_to_manage_access_keys ="
        " excluded.allow_user_to_manage_access_keys, allow_user_to_login_with_passkey ="
        " excluded.allow_user_to_login_with_passkey, allow_user_to_manage_personal_ding_talk ="
        " excluded.allow_user_to_manage_personal_ding_talk, allow_user_to_manage_service_credentials ="
        " excluded.allow_user_to_manage_service_credentials, allow_user_to_manage_public_keys ="
        " excluded.allow_user_to_manage_public_keys, enable_save_mfa_ticket = excluded.enable_save_mfa_ticket,"
        " login_session_duration_hours = excluded.login_session_duration_hours, max_idle_days_for_users ="
        " excluded.max_idle_days_for_users, max_idle_days_for_access_keys = excluded.max_idle_days_for_access_keys,"
        " login_network_masks = excluded.login_network_masks, mfa_operation_for_login = excluded.mfa_operation_for_login,"
        " operation_for_risk_login = excluded.operation_for_risk_login, verification_types = excluded.verification_types,"
        " access_key_network_policy = excluded.access_key_network_policy",
        SCOPE_ACCOUNT, true },
    [Q_PREFERENCE_GET] = { "preference_get",
        "SELECT " PREFERENCE_COLUMNS " FROM preference WHERE account = ?1",
        SCOPE_ACCOUNT, false },

    [Q_ATTEMPT_PUT] = { "attempt_put",
        "INSERT INTO attempt (account, " ATTEMPT_COLUMNS ")"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (account, principal, budget) DO UPDATE SET failures ="
        " excluded.failures, in_flight = excluded.in_flight, first_s = excluded.first_s, last_s = excluded.last_s,"
        " locked_until_s = excluded.locked_until_s",
        SCOPE_ACCOUNT, true },
    [Q_ATTEMPT_GET] = { "attempt_get",
        "SELECT " ATTEMPT_COLUMNS " FROM attempt WHERE account = ?1 AND principal = ?2 AND budget = ?3",
        SCOPE_ACCOUNT, false },
    [Q_ATTEMPT_DELETE_ALL] = { "attempt_delete_all",
        "DELETE FROM attempt WHERE account = ?1 AND principal = ?2",
        SCOPE_ACCOUNT, true },
    [Q_ATTEMPT_SETTLE_ALL] = { "attempt_settle_all",
        "UPDATE attempt INDEXED BY attempt_in_flight SET failures = failures + in_flight, in_flight = 0"
        " WHERE account > 0 AND in_flight > 0",
        SCOPE_GLOBAL, true },

    [Q_SIGN_IN_LINK_PUT] = { "sign_in_link_put",
        "INSERT INTO sign_in_link (account, " SIGN_IN_LINK_COLUMNS ")"
        " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (account, user_id) DO UPDATE SET digest = excluded.digest, created_s ="
        " excluded.created_s, expires_s = excluded.expires_s",
        SCOPE_ACCOUNT, true },
    [Q_SIGN_IN_LINK_GET] = { "sign_in_link_get",
        "SELECT " SIGN_IN_LINK_COLUMNS " FROM sign_in_link WHERE account = ?1 AND digest = ?2",
        SCOPE_ACCOUNT, false },
    [Q_SIGN_IN_LINK_CONSUME] = { "sign_in_link_consume",
        "DELETE FROM sign_in_link WHERE account = ?1 AND digest = ?2",
        SCOPE_ACCOUNT, true },
    [Q_SIGN_IN_LINK_DELETE] = { "sign_in_link_delete",
        "DELETE FROM sign_in_link WHERE account = ?1 AND user_id = ?2",
        SCOPE_ACCOUNT, true },

    [Q_ACCOUNT_COUNTS] = { "account_counts",
        "SELECT user_n, (SELECT count(*) FROM ram_group WHERE account = ?1), (SELECT count(*) FROM role WHERE account = ?1),"
        " (SELECT count(*) FROM policy WHERE account = ?1), (SELECT count(*) FROM access_key WHERE account = ?1),"
        " (SELECT count(*) FROM login_profile WHERE account = ?1) FROM account WHERE id = ?1",
        SCOPE_ACCOUNT, false },
    [Q_REPORT_PUT] = { "report_put",
        "INSERT INTO report (account, kind, generated_s) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (account, kind) DO UPDATE SET generated_s = excluded.generated_s",
        SCOPE_ACCOUNT, true },
    [Q_REPORT_GET] = { "report_get",
        "SELECT generated_s, (SELECT count(*) FROM report_piece WHERE account = ?1 AND kind = ?2) FROM report"
        " WHERE account = ?1 AND kind = ?2",
        SCOPE_ACCOUNT, false },
    [Q_REPORT_PIECE_INSERT] = { "report_piece_insert",
        "INSERT INTO report_piece (account, kind, number, piece)"
        " SELECT ?1, kind, ?3, ?4 FROM report WHERE account = ?1 AND kind = ?2",
        SCOPE_ACCOUNT, true },
    [Q_REPORT_PIECE_GET] = { "report_piece_get",
        "SELECT piece FROM report_piece WHERE account = ?1 AND kind = ?2 AND number = ?3",
        SCOPE_ACCOUNT, false },
    [Q_REPORT_PIECE_DELETE_ALL] = { "report_piece_delete_all",
        "DELETE FROM report_piece WHERE account = ?1 AND kind = ?2",
        SCOPE_ACCOUNT, true },

    [Q_SEALED_KEY_LIST] = { "sealed_key_list",
        "SELECT id, row_id, secret FROM access_key WHERE account = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        SCOPE_ACCOUNT, false },
    [Q_SEALED_KEY_REPLACE] = { "sealed_key_replace",
        "UPDATE access_key SET secret = ?4 WHERE account = ?1 AND id = ?2 AND row_id = ?3",
        SCOPE_ACCOUNT, true },
    [Q_SEALED_RECYCLED_KEY_LIST] = { "sealed_recycled_key_list",
        "SELECT id, row_id, secret FROM recycled_key WHERE account = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        SCOPE_ACCOUNT, false },
    [Q_SEALED_RECYCLED_KEY_REPLACE] = { "sealed_recycled_key_replace",
        "UPDATE recycled_key SET secret = ?4 WHERE account = ?1 AND id = ?2 AND row_id = ?3",
        SCOPE_ACCOUNT, true },
    [Q_SEALED_PROFILE_LIST] = { "sealed_profile_list",
        "SELECT principal, row_id, digest FROM login_profile WHERE account = ?1 AND principal > ?2 ORDER BY principal LIMIT ?3",
        SCOPE_ACCOUNT, false },
    [Q_SEALED_PROFILE_REPLACE] = { "sealed_profile_replace",
        "UPDATE login_profile SET digest = ?4 WHERE account = ?1 AND principal = ?2 AND row_id = ?3",
        SCOPE_ACCOUNT, true },
    [Q_SEALED_HISTORY_LIST] = { "sealed_history_list",
        "SELECT principal, number, row_id, digest FROM password_history WHERE account = ?1 AND (principal, number) > (?2, ?3)"
        " ORDER BY principal, number LIMIT ?4",
        SCOPE_ACCOUNT, false },
    [Q_SEALED_HISTORY_REPLACE] = { "sealed_history_replace",
        "UPDATE password_history SET digest = ?5 WHERE account = ?1 AND principal = ?2 AND number = ?3 AND row_id = ?4",
        SCOPE_ACCOUNT, true },
    [Q_USER_COUNT_ROWS] = { "user_count_rows", "SELECT count(*) FROM ram_user WHERE account = ?1", SCOPE_ACCOUNT, false },

    [Q_AUDIT_INSERT] = { "audit_insert",
        "INSERT INTO audit_event (account, number, at_s, body)"
        " SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3 FROM audit_event WHERE account = ?1 RETURNING number",
        SCOPE_ACCOUNT_OR_SERVER, true },
    [Q_AUDIT_LIST] = { "audit_list",
        "SELECT " AUDIT_COLUMNS " FROM audit_event WHERE account = ?1 AND number > ?2 ORDER BY number LIMIT ?3",
        SCOPE_ACCOUNT_OR_SERVER, false },
    [Q_AUDIT_LAST_SEALED] = { "audit_last_sealed",
        "SELECT " AUDIT_COLUMNS " FROM audit_event WHERE account = ?1 AND mac IS NOT NULL ORDER BY number DESC LIMIT 1",
        SCOPE_ACCOUNT_OR_SERVER, false },
    [Q_AUDIT_SET_MAC] = { "audit_set_mac",
        "UPDATE audit_event SET mac = ?3 WHERE account = ?1 AND number = ?2",
        SCOPE_ACCOUNT_OR_SERVER, true },

    [Q_FACT_PUT] = { "fact_put",
        "INSERT INTO fact (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        SCOPE_GLOBAL, true },
    [Q_FACT_GET] = { "fact_get", "SELECT value FROM fact WHERE name = ?1", SCOPE_GLOBAL, false },

    [Q_DIRECTORY_FIND_ACCESS_KEY] = { "directory_find_access_key",
        "SELECT account, owner FROM access_key WHERE id = ?1",
        SCOPE_GLOBAL, false },
    [Q_DIRECTORY_FIND_ALIAS] = { "directory_find_alias",
        "SELECT id FROM account WHERE alias_folded = lower(?1)",
        SCOPE_GLOBAL, false },
    [Q_DIRECTORY_HAS_ACCOUNT] = { "directory_has_account", "SELECT id FROM account WHERE id = ?1", SCOPE_GLOBAL, false },
    [Q_DIRECTORY_FIND_VERIFIER] = { "directory_find_verifier",
        "SELECT account, id FROM verifier WHERE digest = ?1",
        SCOPE_GLOBAL, false },
    [Q_DIRECTORY_FIND_SIGN_IN_LINK] = { "directory_find_sign_in_link",
        "SELECT account, user_id FROM sign_in_link WHERE digest = ?1",
        SCOPE_GLOBAL, false },
    [Q_DIRECTORY_LIST_ACCOUNTS] = { "directory_list_accounts",
        "SELECT id FROM account WHERE id > ?1 ORDER BY id LIMIT ?2",
        SCOPE_GLOBAL, false },
    [Q_DIRECTORY_LIST_UNSEALED] = { "directory_list_unsealed",
        "SELECT DISTINCT account FROM audit_event WHERE mac IS NULL AND account >= ?1 ORDER BY account LIMIT ?2",
        SCOPE_GLOBAL, false },

    [Q_BEGIN_WRITE] = { "begin_write", "BEGIN IMMEDIATE", SCOPE_GLOBAL, true },
    [Q_BEGIN_READ] = { "begin_read", "BEGIN", SCOPE_GLOBAL, false },
    [Q_COMMIT] = { "commit", "COMMIT", SCOPE_GLOBAL, false },
    [Q_ROLLBACK] = { "rollback", "ROLLBACK", SCOPE_GLOBAL, false },
    [Q_SAVEPOINT] = { "savepoint", "SAVEPOINT job", SCOPE_GLOBAL, true },
    [Q_SAVEPOINT_UNDO] = { "savepoint_undo", "ROLLBACK TO job", SCOPE_GLOBAL, true },
    [Q_SAVEPOINT_RELEASE] = { "savepoint_release", "RELEASE job", SCOPE_GLOBAL, true },
};
/* clang-format on */
