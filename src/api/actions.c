/* actions.c - see actions.h. Authorization names and resources: RAM's own list; IMS actions are authorized under the
 * ram: prefix. */
#include "api/actions.h"

#include <assert.h>

#include "access_key/access_key_api.h"
#include "access_key/network_policy_api.h"
#include "access_key/recycled_key_api.h"
#include "catalogue/catalogue.gen.h"
#include "logon_suffix/logon_suffix_api.h"
#include "password/change_password_api.h"
#include "password/login_profile_api.h"
#include "password/password_policy_api.h"
#include "password/sign_in_link_api.h"
#include "policy/attachment_api.h"
#include "policy/diagnostic.h"
#include "policy/explain_api.h"
#include "policy/policy_api.h"
#include "policy/policy_version_api.h"
#include "preference/preference_api.h"
#include "report/report_api.h"
#include "role/assume_role_api.h"
#include "role/caller_identity_api.h"
#include "role/ram_tag_api.h"
#include "role/role_api.h"
#include "user/group_api.h"
#include "user/recycled_user_api.h"
#include "user/tag_api.h"
#include "user/user_api.h"
#include "verifier/verifier_api.h"

/* clang-format off */
static const action_row rows[] = {
    /* action                      authorized as                 on                   self-service      class                      functions */
    { IMS_CREATE_USER,             "ram:CreateUser",             RES_USER_ALL,        SELF_NONE,        CLASS_PLAIN,               .apply = ims_create_user_apply },
    { IMS_GET_USER,                "ram:GetUser",                RES_USER,            SELF_NONE,        CLASS_PLAIN,               .read = ims_get_user_read },
    { IMS_UPDATE_USER,             "ram:UpdateUser",             RES_USER,            SELF_NONE,        CLASS_SENSITIVE,           .apply = ims_update_user_apply },
    { IMS_DELETE_USER,             "ram:DeleteUser",             RES_USER,            SELF_NONE,        CLASS_CRITICAL,            .apply = ims_delete_user_apply },
    { IMS_LIST_USERS,              "ram:ListUsers",              RES_USER_ALL,        SELF_NONE,        CLASS_PLAIN,               .read = ims_list_users_read },
    { IMS_LIST_USER_BASIC_INFOS,   "ram:ListUserBasicInfos",     RES_USER_ALL,        SELF_NONE,        CLASS_PLAIN,               .read = ims_list_user_basic_infos_read },
    { IMS_TAG_RESOURCES,           "ram:TagResources",           RES_TAGGED,          SELF_NONE,        CLASS_PLAIN,               .apply = ims_tag_resources_apply },
    { IMS_UNTAG_RESOURCES,         "ram:UntagResources",         RES_TAGGED,          SELF_NONE,        CLASS_PLAIN,               .apply = ims_untag_resources_apply },
    { IMS_LIST_TAG_RESOURCES,      "ram:ListTagResources",       RES_TAGGED,          SELF_NONE,        CLASS_PLAIN,               .read = ims_list_tag_resources_read },
    { IMS_LIST_GROUPS_FOR_USER,    "ram:ListGroupsForUser",      RES_USER,            SELF_NONE,        CLASS_PLAIN,               .read = ims_list_groups_for_user_read },
    { IMS_CREATE_GROUP,            "ram:CreateGroup",            RES_GROUP_ALL,       SELF_NONE,        CLASS_PLAIN,               .apply = ims_create_group_apply },
    { IMS_GET_GROUP,               "ram:GetGroup",               RES_GROUP,           SELF_NONE,        CLASS_PLAIN,               .read = ims_get_group_read },
    { IMS_UPDATE_GROUP,            "ram:UpdateGroup",            RES_GROUP,           SELF_NONE,        CLASS_SENSITIVE,           .apply = ims_update_group_apply },
    { IMS_DELETE_GROUP,            "ram:DeleteGroup",            RES_GROUP,           SELF_NONE,        CLASS_CRITICAL,            .apply = ims_delete_group_apply },
    { IMS_LIST_GROUPS,             "ram:ListGroups",             RES_GROUP_ALL,       SELF_NONE,        CLASS_PLAIN,               .read = ims_list_groups_read },
    { IMS_ADD_USER_TO_GROUP,       "ram:AddUserToGroup",         RES_GROUP_AND_USER,  SELF_NONE,        CLASS_CRITICAL,            .apply = ims_add_user_to_group_apply },
    { IMS_REMOVE_USER_FROM_GROUP,  "ram:RemoveUserFromGroup",    RES_GROUP_AND_USER,  SELF_NONE,        CLASS_CRITICAL,            .apply = ims_remove_user_from_group_apply },
    { IMS_LIST_USERS_FOR_GROUP,    "ram:ListUsersForGroup",      RES_GROUP,           SELF_NONE,        CLASS_PLAIN,               .read = ims_list_users_for_group_read },
    { IMS_CREATE_ACCESS_KEY,       "ram:CreateAccessKey",        RES_USER,            SELF_ACCESS_KEYS, CLASS_CRITICAL_FOR_OTHERS, .apply = ims_create_access_key_apply },
    { IMS_LIST_ACCESS_KEYS,        "ram:ListAccessKeys",         RES_USER,            SELF_ACCESS_KEYS, CLASS_PLAIN,               .read = ims_list_access_keys_read },
    { IMS_UPDATE_ACCESS_KEY,       "ram:UpdateAccessKey",        RES_USER,            SELF_ACCESS_KEYS, CLASS_SENSITIVE,           .apply = ims_update_access_key_apply },
    { IMS_DELETE_ACCESS_KEY,       "ram:DeleteAccessKey",        RES_USER,            SELF_ACCESS_KEYS, CLASS_CRITICAL_FOR_OTHERS, .apply = ims_delete_access_key_apply },
    { IMS_GET_ACCESS_KEY_LAST_USED, "ram:GetAccessKeyLastUsed",  RES_USER,            SELF_ACCESS_KEYS, CLASS_PLAIN,               .read = ims_get_access_key_last_used_read },
    { IMS_LIST_USERS_IN_RECYCLE_BIN, "ram:ListUsersInRecycleBin", RES_USER_ALL,       SELF_NONE,        CLASS_PLAIN,               .read = ims_list_users_in_recycle_bin_read },
    { IMS_GET_USER_IN_RECYCLE_BIN, "ram:GetUserInRecycleBin",    RES_USER_ALL,        SELF_NONE,        CLASS_PLAIN,               .read = ims_get_user_in_recycle_bin_read },
    { IMS_RESTORE_USER_FROM_RECYCLE_BIN, "ram:RestoreUserFromRecycleBin", RES_USER_ALL, SELF_NONE,      CLASS_CRITICAL,            .apply = ims_restore_user_from_recycle_bin_apply },
    { IMS_DELETE_USER_IN_RECYCLE_BIN, "ram:DeleteUserInRecycleBin", RES_USER_ALL,     SELF_NONE,        CLASS_CRITICAL,            .apply = ims_delete_user_in_recycle_bin_apply },
    { IMS_LIST_ACCESS_KEYS_IN_RECYCLE_BIN, "ram:ListAccessKeysInRecycleBin", RES_USER, SELF_ACCESS_KEYS, CLASS_PLAIN,              .read = ims_list_access_keys_in_recycle_bin_read },
    { IMS_GET_ACCESS_KEY_INFO_IN_RECYCLE_BIN, "ram:GetAccessKeyInfoInRecycleBin", RES_USER_ALL, SELF_NONE, CLASS_PLAIN,           .read = ims_get_access_key_info_in_recycle_bin_read },
    { IMS_RESTORE_ACCESS_KEY_FROM_RECYCLE_BIN, "ram:RestoreAccessKeyFromRecycleBin", RES_USER, SELF_ACCESS_KEYS, CLASS_CRITICAL_FOR_OTHERS, .apply = ims_restore_access_key_from_recycle_bin_apply },
    { IMS_DELETE_ACCESS_KEY_IN_RECYCLE_BIN, "ram:DeleteAccessKeyInRecycleBin", RES_USER, SELF_ACCESS_KEYS, CLASS_CRITICAL_FOR_OTHERS, .apply = ims_delete_access_key_in_recycle_bin_apply },
    { IMS_SET_ACCESS_KEY_POLICY,   "ram:SetAccessKeyPolicy",     RES_USER,            SELF_NONE,        CLASS_CRITICAL,            .apply = ims_set_access_key_policy_apply },
    { IMS_GET_ACCESS_KEY_POLICY,   "ram:GetAccessKeyPolicy",     RES_USER,            SELF_ACCESS_KEYS, CLASS_PLAIN,               .read = ims_get_access_key_policy_read },
    { IMS_SET_ACCESS_KEY_POLICY_FOR_ACCOUNT, "ram:SetAccessKeyPolicyForAccount", RES_ACCOUNT, SELF_NONE, CLASS_CRITICAL,          .apply = ims_set_access_key_policy_for_account_apply },
    { IMS_GET_ACCESS_KEY_POLICY_FOR_ACCOUNT, "ram:GetAccessKeyPolicyForAccount", RES_ACCOUNT, SELF_NONE, CLASS_PLAIN,             .read = ims_get_access_key_policy_for_account_read },
    { IMS_CREATE_LOGIN_PROFILE,    "ram:CreateLoginProfile",    RES_USER,            SELF_NONE,        CLASS_CRITICAL,            .look = ims_create_login_profile_look, .prepare = login_profile_prepare, .pool = POOL_HASH, .apply = ims_create_login_profile_apply },
    { IMS_UPDATE_LOGIN_PROFILE,    "ram:UpdateLoginProfile",    RES_USER,            SELF_NONE,        CLASS_CRITICAL,            .look = ims_update_login_profile_look, .prepare = login_profile_prepare, .pool = POOL_HASH, .apply = ims_update_login_profile_apply },
    { IMS_GET_LOGIN_PROFILE,       "ram:GetLoginProfile",       RES_USER,            SELF_NONE,        CLASS_PLAIN,               .read = ims_get_login_profile_read },
    { IMS_DELETE_LOGIN_PROFILE,    "ram:DeleteLoginProfile",    RES_USER,            SELF_NONE,        CLASS_CRITICAL,            .apply = ims_delete_login_profile_apply },
    { IMS_CHANGE_PASSWORD,         "ram:ChangePassword",        RES_USER,            SELF_CHANGE_PASSWORD, CLASS_SENSITIVE,           .look = ims_change_password_look, .reserve = change_password_reserve, .prepare = change_password_prepare, .pool = POOL_HASH, .apply = change_password_apply },
    { IMS_SET_PASSWORD_POLICY,     "ram:SetPasswordPolicy",     RES_ACCOUNT,         SELF_NONE,        CLASS_CRITICAL,            .apply = ims_set_password_policy_apply },
    { IMS_GET_PASSWORD_POLICY,     "ram:GetPasswordPolicy",     RES_ACCOUNT,         SELF_NONE,        CLASS_PLAIN,               .read = ims_get_password_policy_read },
    { IMS_SET_SECURITY_PREFERENCE, "ram:SetSecurityPreference", RES_ACCOUNT,         SELF_NONE,        CLASS_CRITICAL,            .apply = ims_set_security_preference_apply },
    { IMS_GET_SECURITY_PREFERENCE, "ram:GetSecurityPreference", RES_ACCOUNT,         SELF_NONE,        CLASS_PLAIN,               .read = ims_get_security_preference_read },
    { IMS_SET_DEFAULT_DOMAIN,      "ram:SetDefaultDomain",       RES_ACCOUNT,         SELF_NONE,        CLASS_CRITICAL,            .apply = ims_set_default_domain_apply },
    { IMS_GET_DEFAULT_DOMAIN,      "ram:GetDefaultDomain",       RES_ACCOUNT,         SELF_NONE,        CLASS_PLAIN,               .read = ims_get_default_domain_read },
    { IMS_GET_ACCOUNT_SUMMARY,     "ram:GetAccountSummary",      RES_ACCOUNT,         SELF_NONE,        CLASS_PLAIN,               .read = ims_get_account_summary_read },
    { IMS_GENERATE_CREDENTIAL_REPORT, "ram:GenerateCredentialReport", RES_ACCOUNT,    SELF_NONE,        CLASS_PLAIN,               .apply = ims_generate_credential_report_apply },
    { IMS_GET_CREDENTIAL_REPORT,   "ram:GetCredentialReport",    RES_ACCOUNT,         SELF_NONE,        CLASS_PLAIN,               .read = ims_get_credential_report_read },

    { RAM_CREATE_USER,             "ram:CreateUser",             RES_USER_ALL,        SELF_NONE,        CLASS_PLAIN,               .apply = ram_create_user_apply },
    { RAM_GET_USER,                "ram:GetUser",                RES_USER,            SELF_NONE,        CLASS_PLAIN,               .read = ram_get_user_read },
    { RAM_UPDATE_USER,             "ram:UpdateUser",             RES_USER,            SELF_NONE,        CLASS_SENSITIVE,           .apply = ram_update_user_apply },
    { RAM_DELETE_USER,             "ram:DeleteUser",             RES_USER,            SELF_NONE,        CLASS_CRITICAL,            .apply = ram_delete_user_apply },
    { RAM_LIST_USERS,              "ram:ListUsers",              RES_USER_ALL,        SELF_NONE,        CLASS_PLAIN,               .read = ram_list_users_read },
    { RAM_LIST_GROUPS_FOR_USER,    "ram:ListGroupsForUser",      RES_USER,            SELF_NONE,        CLASS_PLAIN,               .read = ram_list_groups_for_user_read },
    { RAM_CREATE_GROUP,            "ram:CreateGroup",            RES_GROUP_ALL,       SELF_NONE,        CLASS_PLAIN,               .apply = ram_create_group_apply },
    { RAM_GET_GROUP,               "ram:GetGroup",               RES_GROUP,           SELF_NONE,        CLASS_PLAIN,               .read = ram_get_group_read },
    { RAM_UPDATE_GROUP,            "ram:UpdateGroup",            RES_GROUP,           SELF_NONE,        CLASS_SENSITIVE,           .apply = ram_update_group_apply },
    { RAM_DELETE_GROUP,            "ram:DeleteGroup",            RES_GROUP,           SELF_NONE,        CLASS_CRITICAL,            .apply = ram_delete_group_apply },
    { RAM_LIST_GROUPS,             "ram:ListGroups",             RES_GROUP_ALL,       SELF_NONE,        CLASS_PLAIN,               .read = ram_list_groups_read },
    { RAM_ADD_USER_TO_GROUP,       "ram:AddUserToGroup",         RES_GROUP_AND_USER,  SELF_NONE,        CLASS_CRITICAL,            .apply = ram_add_user_to_group_apply },
    { RAM_REMOVE_USER_FROM_GROUP,  "ram:RemoveUserFromGroup",    RES_GROUP_AND_USER,  SELF_NONE,        CLASS_CRITICAL,            .apply = ram_remove_user_from_group_apply },
    { RAM_LIST_USERS_FOR_GROUP,    "ram:ListUsersForGroup",      RES_GROUP,           SELF_NONE,        CLASS_PLAIN,               .read = ram_list_users_for_group_read },
    { RAM_CREATE_ACCESS_KEY,       "ram:CreateAccessKey",        RES_USER,            SELF_ACCESS_KEYS, CLASS_CRITICAL_FOR_OTHERS, .apply = ram_create_access_key_apply },
    { RAM_LIST_ACCESS_KEYS,        "ram:ListAccessKeys",         RES_USER,            SELF_ACCESS_KEYS, CLASS_PLAIN,               .read = ram_list_access_keys_read },
    { RAM_UPDATE_ACCESS_KEY,       "ram:UpdateAccessKey",        RES_USER,            SELF_ACCESS_KEYS, CLASS_SENSITIVE,           .apply = ram_update_access_key_apply },
    { RAM_DELETE_ACCESS_KEY,       "ram:DeleteAccessKey",        RES_USER,            SELF_ACCESS_KEYS, CLASS_CRITICAL_FOR_OTHERS, .apply = ram_delete_access_key_apply },
    { RAM_GET_ACCESS_KEY_LAST_USED, "ram:GetAccessKeyLastUsed",  RES_USER,            SELF_ACCESS_KEYS, CLASS_PLAIN,               .read = ram_get_access_key_last_used_read },
    { RAM_CREATE_LOGIN_PROFILE,    "ram:CreateLoginProfile",    RES_USER,            SELF_NONE,        CLASS_CRITICAL,            .look = ram_create_login_profile_look, .prepare = login_profile_prepare, .pool = POOL_HASH, .apply = ram_create_login_profile_apply },
    { RAM_UPDATE_LOGIN_PROFILE,    "ram:UpdateLoginProfile",    RES_USER,            SELF_NONE,        CLASS_CRITICAL,            .look = ram_update_login_profile_look, .prepare = login_profile_prepare, .pool = POOL_HASH, .apply = ram_update_login_profile_apply },
    { RAM_GET_LOGIN_PROFILE,       "ram:GetLoginProfile",       RES_USER,            SELF_NONE,        CLASS_PLAIN,               .read = ram_get_login_profile_read },
    { RAM_DELETE_LOGIN_PROFILE,    "ram:DeleteLoginProfile",    RES_USER,            SELF_NONE,        CLASS_CRITICAL,            .apply = ram_delete_login_profile_apply },
    { RAM_CHANGE_PASSWORD,         "ram:ChangePassword",        RES_USER,            SELF_CHANGE_PASSWORD, CLASS_SENSITIVE,           .look = ram_change_password_look, .reserve = change_password_reserve, .prepare = change_password_prepare, .pool = POOL_HASH, .apply = change_password_apply },
    { RAM_SET_PASSWORD_POLICY,     "ram:SetPasswordPolicy",     RES_ACCOUNT,         SELF_NONE,        CLASS_CRITICAL,            .apply = ram_set_password_policy_apply },
    { RAM_GET_PASSWORD_POLICY,     "ram:GetPasswordPolicy",     RES_ACCOUNT,         SELF_NONE,        CLASS_PLAIN,               .read = ram_get_password_policy_read },
    { RAM_SET_SECURITY_PREFERENCE, "ram:SetSecurityPreference", RES_ACCOUNT,         SELF_NONE,        CLASS_CRITICAL,            .apply = ram_set_security_preference_apply },
    { RAM_GET_SECURITY_PREFERENCE, "ram:GetSecurityPreference", RES_ACCOUNT,         SELF_NONE,        CLASS_PLAIN,               .read = ram_get_security_preference_read },
    { RAM_SET_ACCOUNT_ALIAS,       "ram:SetAccountAlias",        RES_ACCOUNT,         SELF_NONE,        CLASS_CRITICAL,            .apply = ram_set_account_alias_apply },
    { RAM_GET_ACCOUNT_ALIAS,       "ram:GetAccountAlias",        RES_ACCOUNT,         SELF_NONE,        CLASS_PLAIN,               .read = ram_get_account_alias_read },
    { RAM_CLEAR_ACCOUNT_ALIAS,     "ram:ClearAccountAlias",      RES_ACCOUNT,         SELF_NONE,        CLASS_CRITICAL,            .apply = ram_clear_account_alias_apply },
    { RAM_ATTACH_POLICY_TO_USER,    "ram:AttachPolicyToUser",     RES_USER_AND_POLICY, SELF_NONE,        CLASS_CRITICAL,            .apply = ram_attach_policy_to_user_apply },
    { RAM_ATTACH_POLICY_TO_GROUP,   "ram:AttachPolicyToGroup",    RES_GROUP_AND_POLICY, SELF_NONE,        CLASS_CRITICAL,            .apply = ram_attach_policy_to_group_apply },
    { RAM_ATTACH_POLICY_TO_ROLE,    "ram:AttachPolicyToRole",     RES_ROLE_AND_POLICY, SELF_NONE,        CLASS_CRITICAL,            .apply = ram_attach_policy_to_role_apply },
    { RAM_DETACH_POLICY_FROM_USER,  "ram:DetachPolicyFromUser",   RES_USER_AND_POLICY, SELF_NONE,        CLASS_CRITICAL,            .apply = ram_detach_policy_from_user_apply },
    { RAM_DETACH_POLICY_FROM_GROUP, "ram:DetachPolicyFromGroup",  RES_GROUP_AND_POLICY, SELF_NONE,        CLASS_CRITICAL,            .apply = ram_detach_policy_from_group_apply },
    { RAM_DETACH_POLICY_FROM_ROLE,  "ram:DetachPolicyFromRole",   RES_ROLE_AND_POLICY, SELF_NONE,        CLASS_CRITICAL,            .apply = ram_detach_policy_from_role_apply },
    { RAM_LIST_POLICIES_FOR_USER,   "ram:ListPoliciesForUser",    RES_USER,            SELF_NONE,        CLASS_PLAIN,               .read = ram_list_policies_for_user_read },
    { RAM_LIST_POLICIES_FOR_GROUP,  "ram:ListPoliciesForGroup",   RES_GROUP,           SELF_NONE,        CLASS_PLAIN,               .read = ram_list_policies_for_group_read },
    { RAM_LIST_POLICIES_FOR_ROLE,   "ram:ListPoliciesForRole",    RES_ROLE,            SELF_NONE,        CLASS_PLAIN,               .read = ram_list_policies_for_role_read },
    { RAM_LIST_ENTITIES_FOR_POLICY, "ram:ListEntitiesForPolicy",  RES_POLICY,          SELF_NONE,        CLASS_PLAIN,               .read = ram_list_entities_for_policy_read },
    { RAM_CREATE_POLICY,            "ram:CreatePolicy",           RES_POLICY_ALL,      SELF_NONE,        CLASS_PLAIN,               .apply = ram_create_policy_apply },
    { RAM_GET_POLICY,               "ram:GetPolicy",              RES_POLICY,          SELF_NONE,        CLASS_PLAIN,               .read = ram_get_policy_read },
    { RAM_LIST_POLICIES,            "ram:ListPolicies",           RES_POLICY_ALL,      SELF_NONE,        CLASS_PLAIN,               .read = ram_list_policies_read },
    { RAM_UPDATE_POLICY_DESCRIPTION, "ram:UpdatePolicyDescription", RES_POLICY,          SELF_NONE,        CLASS_SENSITIVE,           .apply = ram_update_policy_description_apply },
    { RAM_DELETE_POLICY,            "ram:DeletePolicy",           RES_POLICY,          SELF_NONE,        CLASS_CRITICAL,            .apply = ram_delete_policy_apply },
    { RAM_CREATE_POLICY_VERSION,    "ram:CreatePolicyVersion",    RES_POLICY,          SELF_NONE,        CLASS_CRITICAL,            .apply = ram_create_policy_version_apply },
    { RAM_GET_POLICY_VERSION,       "ram:GetPolicyVersion",       RES_POLICY,          SELF_NONE,        CLASS_PLAIN,               .read = ram_get_policy_version_read },
    { RAM_LIST_POLICY_VERSIONS,     "ram:ListPolicyVersions",     RES_POLICY,          SELF_NONE,        CLASS_PLAIN,               .read = ram_list_policy_versions_read },
    { RAM_SET_DEFAULT_POLICY_VERSION, "ram:SetDefaultPolicyVersion", RES_POLICY,          SELF_NONE,        CLASS_CRITICAL,            .apply = ram_set_default_policy_version_apply },
    { RAM_DELETE_POLICY_VERSION,    "ram:DeletePolicyVersion",    RES_POLICY,          SELF_NONE,        CLASS_CRITICAL,            .apply = ram_delete_policy_version_apply },
    { RAM_CREATE_ROLE,             "ram:CreateRole",             RES_ROLE_ALL,        SELF_NONE,        CLASS_PLAIN,               .apply = ram_create_role_apply },
    { RAM_GET_ROLE,                "ram:GetRole",                RES_ROLE,            SELF_NONE,        CLASS_PLAIN,               .read = ram_get_role_read },
    { RAM_LIST_ROLES,              "ram:ListRoles",              RES_ROLE_ALL,        SELF_NONE,        CLASS_PLAIN,               .read = ram_list_roles_read },
    { RAM_UPDATE_ROLE,             "ram:UpdateRole",             RES_ROLE,            SELF_NONE,        CLASS_CRITICAL,            .apply = ram_update_role_apply },
    { RAM_DELETE_ROLE,             "ram:DeleteRole",             RES_ROLE,            SELF_NONE,        CLASS_CRITICAL,            .apply = ram_delete_role_apply },
    { RAM_TAG_RESOURCES,           "ram:TagResources",           RES_TAGGED,          SELF_NONE,        CLASS_PLAIN,               .apply = ram_tag_resources_apply },
    { RAM_UNTAG_RESOURCES,         "ram:UntagResources",         RES_TAGGED,          SELF_NONE,        CLASS_PLAIN,               .apply = ram_untag_resources_apply },
    { RAM_LIST_TAG_RESOURCES,      "ram:ListTagResources",       RES_TAGGED,          SELF_NONE,        CLASS_PLAIN,               .read = ram_list_tag_resources_read },
    { RAM_DECODE_DIAGNOSTIC_MESSAGE, "ram:DecodeDiagnosticMessage", RES_ACCOUNT,     SELF_NONE,        CLASS_PLAIN,               .read = ram_decode_diagnostic_message_read },

    { STS_ASSUME_ROLE,             "sts:AssumeRole",             RES_ROLE_ARN,        SELF_NONE,        CLASS_PLAIN,               .apply = sts_assume_role_apply },
    { STS_GET_CALLER_IDENTITY,     NO_PERMISSION_NEEDED,         RES_NOTHING,         SELF_NONE,        CLASS_PLAIN,               .answer = sts_get_caller_identity_answer },

    { ARGALI_REVOKE_ROLE_SESSIONS, "ram:RevokeRoleSessions",     RES_ROLE,            SELF_NONE,        CLASS_CRITICAL,            .apply = argali_revoke_role_sessions_apply },
    { ARGALI_EXPLAIN_DECISION,     "ram:ExplainDecision",        RES_PRINCIPAL,       SELF_NONE,        CLASS_PLAIN,               .read = argali_explain_decision_read },
    { ARGALI_CREATE_SIGN_IN_LINK,  "ram:CreateSignInLink",      RES_USER,            SELF_NONE,        CLASS_CRITICAL,            .apply = argali_create_sign_in_link_apply },
    { ARGALI_CREATE_VERIFIER,      "ram:CreateVerifier",         RES_ACCOUNT,         SELF_NONE,        CLASS_CRITICAL,            .apply = argali_create_verifier_apply },
    { ARGALI_LIST_VERIFIERS,       "ram:ListVerifiers",          RES_ACCOUNT,         SELF_NONE,        CLASS_PLAIN,               .read = argali_list_verifiers_read },
    { ARGALI_DELETE_VERIFIER,      "ram:DeleteVerifier",         RES_ACCOUNT,         SELF_NONE,        CLASS_CRITICAL,            .apply = argali_delete_verifier_apply },
};
/* clang-format on */

enum { ROW_COUNT = sizeof rows / sizeof rows[0], ACTION_ID_MAX = 1024 };

const action_row *action_rows(size_t *ret_n)
{
    *ret_n = ROW_COUNT;
    return rows;
}

/* A row index for every action, built before main: the table is small and constant, and a call looks its row up once. */
static uint8_t row_of_action[ACTION_ID_MAX];

__attribute__((constructor)) static void index_rows(void)
{
    _Static_assert(ROW_COUNT < UINT8_MAX, "row_of_action holds row numbers from 1 in a byte");
    for (size_t i = 0; i < ROW_COUNT; i++) {
        assert(rows[i].action < ACTION_ID_MAX && row_of_action[rows[i].action] == 0);
        row_of_action[rows[i].action] = (uint8_t)(i + 1);
    }
}

const action_row *action_row_get(unsigned action)
{
    return action < ACTION_ID_MAX && row_of_action[action] != 0 ? &rows[row_of_action[action] - 1] : NULL;
}
