/* statements.c - see statements.h. lower() folds ASCII only: names and aliases are ASCII.
 *
 * INDEXED BY and CROSS JOIN stand where the engine, which keeps no statistics here, would rather read all rows of an account
 * in key order than those of one owner through an index.
 */
#include "store/statements.h"

#define USER_COLUMNS                                                                             \
    "id, name, display_name, comments, email, mobile_phone, created_s, updated_s, last_login_s," \
    " is_frozen"
#define GROUP_COLUMNS      "id, name, display_name, comments, created_s, updated_s"
#define ACCESS_KEY_COLUMNS "id, owner, row_id, secret, is_active, created_s, updated_s, last_used_s, last_used_service"
#define POLICY_COLUMNS     "id, name, description, default_version, last_version, created_s, updated_s"
#define VERSION_COLUMNS    "policy_id, number, document, created_s"
#define ATTACHMENT_COLUMNS "kind, principal, policy_type, policy_name, attached_s"
#define ROLE_COLUMNS       "id, name, description, trust_policy, max_session_s, created_s, updated_s, sessions_revoked_ms"
#define VERIFIER_COLUMNS   "id, name, hosts, digest, created_s"
#define AUDIT_COLUMNS      "account, number, at_s, body, mac"

/* clang-format off */
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
        " ORDER BY resource, key LIMIT ?5",
        SCOPE_ACCOUNT, false },

    [Q_ACCESS_KEY_INSERT] = { "access_key_insert",
        "INSERT INTO access_key (account, " ACCESS_KEY_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
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
        "UPDATE access_key SET is_active = ?3, updated_s = ?4 WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, true },
    [Q_ACCESS_KEY_DELETE] = { "access_key_delete",
        "DELETE FROM access_key WHERE account = ?1 AND id = ?2",
        SCOPE_ACCOUNT, true },
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

    [Q_LOGIN_PROFILE_PUT] = { "login_profile_put",
        "INSERT INTO login_profile (account, principal, row_id, scheme, parameters, salt, digest, is_reset_required,"
        " created_s, updated_s) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (account, principal) DO UPDATE SET"
        " row_id = excluded.row_id, scheme = excluded.scheme, parameters = excluded.parameters, salt = excluded.salt,"
        " digest = excluded.digest, is_reset_required = excluded.is_reset_required, created_s = excluded.created_s,"
        " updated_s = excluded.updated_s",
        SCOPE_ACCOUNT, true },
    [Q_LOGIN_PROFILE_GET] = { "login_profile_get",
        "SELECT principal, row_id, scheme, parameters, salt, digest, is_reset_required, created_s, updated_s FROM login_profile"
        " WHERE account = ?1 AND principal = ?2",
        SCOPE_ACCOUNT, false },
    [Q_LOGIN_PROFILE_DELETE] = { "login_profile_delete",
        "DELETE FROM login_profile WHERE account = ?1 AND principal = ?2",
        SCOPE_ACCOUNT, true },

    [Q_PREFERENCE_PUT] = { "preference_put",
        "INSERT INTO preference (account, allow_user_to_change_password, allow_user_to_manage_mfa_devices,"
        " allow_user_to_manage_access_keys, mfa_operation_for_login) VALUES (?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT (account) DO UPDATE SET allow_user_to_change_password = excluded.allow_user_to_change_password,"
        " allow_user_to_manage_mfa_devices = excluded.allow_user_to_manage_mfa_devices,"
        " allow_user_to_manage_access_keys = excluded.allow_user_to_manage_access_keys,"
        " mfa_operation_for_login = excluded.mfa_operation_for_login",
        SCOPE_ACCOUNT, true },
    [Q_PREFERENCE_GET] = { "preference_get",
        "SELECT allow_user_to_change_password, allow_user_to_manage_mfa_devices, allow_user_to_manage_access_keys,"
        " mfa_operation_for_login FROM preference WHERE account = ?1",
        SCOPE_ACCOUNT, false },

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
