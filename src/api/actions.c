/* actions.c - see actions.h. Authorization names and resources: RAM's own list; IMS actions are authorized under the
 * ram: prefix. */
#include "api/actions.h"

#include <assert.h>

#include "access_key/access_key_api.h"
#include "catalogue/catalogue.gen.h"
#include "logon_suffix/logon_suffix_api.h"
#include "policy/policy_api.h"
#include "role/caller_identity_api.h"
#include "user/tag_api.h"
#include "user/user_api.h"

/* clang-format off */
static const action_row rows[] = {
    /* action                      authorized as                 on                   self-service      class                      functions */
    { IMS_CREATE_USER,             "ram:CreateUser",             RES_USER_ALL,        SELF_NONE,        CLASS_PLAIN,               .apply = ims_create_user_apply },
    { IMS_GET_USER,                "ram:GetUser",                RES_USER,            SELF_NONE,        CLASS_PLAIN,               .read = ims_get_user_read },
    { IMS_UPDATE_USER,             "ram:UpdateUser",             RES_USER,            SELF_NONE,        CLASS_SENSITIVE,           .apply = ims_update_user_apply },
    { IMS_DELETE_USER,             "ram:DeleteUser",             RES_USER,            SELF_NONE,        CLASS_CRITICAL,            .apply = ims_delete_user_apply },
    { IMS_LIST_USERS,              "ram:ListUsers",              RES_USER_ALL,        SELF_NONE,        CLASS_PLAIN,               .read = ims_list_users_read },
    { IMS_LIST_USER_BASIC_INFOS,   "ram:ListUserBasicInfos",     RES_USER_ALL,        SELF_NONE,        CLASS_PLAIN,               .read = ims_list_user_basic_infos_read },
    { IMS_TAG_RESOURCES,           "ram:TagResources",           RES_USER_ALL,        SELF_NONE,        CLASS_PLAIN,               .apply = ims_tag_resources_apply },
    { IMS_UNTAG_RESOURCES,         "ram:UntagResources",         RES_USER_ALL,        SELF_NONE,        CLASS_PLAIN,               .apply = ims_untag_resources_apply },
    { IMS_LIST_TAG_RESOURCES,      "ram:ListTagResources",       RES_USER_ALL,        SELF_NONE,        CLASS_PLAIN,               .read = ims_list_tag_resources_read },
    { IMS_LIST_GROUPS_FOR_USER,    "ram:ListGroupsForUser",      RES_USER,            SELF_NONE,        CLASS_PLAIN,               .read = ims_list_groups_for_user_read },
    { IMS_CREATE_ACCESS_KEY,       "ram:CreateAccessKey",        RES_USER,            SELF_ACCESS_KEYS, CLASS_CRITICAL_FOR_OTHERS, .apply = ims_create_access_key_apply },
    { IMS_LIST_ACCESS_KEYS,        "ram:ListAccessKeys",         RES_USER,            SELF_ACCESS_KEYS, CLASS_PLAIN,               .read = ims_list_access_keys_read },
    { IMS_UPDATE_ACCESS_KEY,       "ram:UpdateAccessKey",        RES_USER,            SELF_ACCESS_KEYS, CLASS_SENSITIVE,           .apply = ims_update_access_key_apply },
    { IMS_DELETE_ACCESS_KEY,       "ram:DeleteAccessKey",        RES_USER,            SELF_ACCESS_KEYS, CLASS_CRITICAL_FOR_OTHERS, .apply = ims_delete_access_key_apply },
    { IMS_GET_ACCESS_KEY_LAST_USED, "ram:GetAccessKeyLastUsed",  RES_USER,            SELF_ACCESS_KEYS, CLASS_PLAIN,               .read = ims_get_access_key_last_used_read },
    { IMS_SET_DEFAULT_DOMAIN,      "ram:SetDefaultDomain",       RES_ACCOUNT,         SELF_NONE,        CLASS_CRITICAL,            .apply = ims_set_default_domain_apply },
    { IMS_GET_DEFAULT_DOMAIN,      "ram:GetDefaultDomain",       RES_ACCOUNT,         SELF_NONE,        CLASS_PLAIN,               .read = ims_get_default_domain_read },

    { RAM_CREATE_USER,             "ram:CreateUser",             RES_USER_ALL,        SELF_NONE,        CLASS_PLAIN,               .apply = ram_create_user_apply },
    { RAM_GET_USER,                "ram:GetUser",                RES_USER,            SELF_NONE,        CLASS_PLAIN,               .read = ram_get_user_read },
    { RAM_UPDATE_USER,             "ram:UpdateUser",             RES_USER,            SELF_NONE,        CLASS_SENSITIVE,           .apply = ram_update_user_apply },
    { RAM_DELETE_USER,             "ram:DeleteUser",             RES_USER,            SELF_NONE,        CLASS_CRITICAL,            .apply = ram_delete_user_apply },
    { RAM_LIST_USERS,              "ram:ListUsers",              RES_USER_ALL,        SELF_NONE,        CLASS_PLAIN,               .read = ram_list_users_read },
    { RAM_LIST_GROUPS_FOR_USER,    "ram:ListGroupsForUser",      RES_USER,            SELF_NONE,        CLASS_PLAIN,               .read = ram_list_groups_for_user_read },
    { RAM_CREATE_ACCESS_KEY,       "ram:CreateAccessKey",        RES_USER,            SELF_ACCESS_KEYS, CLASS_CRITICAL_FOR_OTHERS, .apply = ram_create_access_key_apply },
    { RAM_LIST_ACCESS_KEYS,        "ram:ListAccessKeys",         RES_USER,            SELF_ACCESS_KEYS, CLASS_PLAIN,               .read = ram_list_access_keys_read },
    { RAM_UPDATE_ACCESS_KEY,       "ram:UpdateAccessKey",        RES_USER,            SELF_ACCESS_KEYS, CLASS_SENSITIVE,           .apply = ram_update_access_key_apply },
    { RAM_DELETE_ACCESS_KEY,       "ram:DeleteAccessKey",        RES_USER,            SELF_ACCESS_KEYS, CLASS_CRITICAL_FOR_OTHERS, .apply = ram_delete_access_key_apply },
    { RAM_GET_ACCESS_KEY_LAST_USED, "ram:GetAccessKeyLastUsed",  RES_USER,            SELF_ACCESS_KEYS, CLASS_PLAIN,               .read = ram_get_access_key_last_used_read },
    { RAM_SET_ACCOUNT_ALIAS,       "ram:SetAccountAlias",        RES_ACCOUNT,         SELF_NONE,        CLASS_CRITICAL,            .apply = ram_set_account_alias_apply },
    { RAM_GET_ACCOUNT_ALIAS,       "ram:GetAccountAlias",        RES_ACCOUNT,         SELF_NONE,        CLASS_PLAIN,               .read = ram_get_account_alias_read },
    { RAM_CLEAR_ACCOUNT_ALIAS,     "ram:ClearAccountAlias",      RES_ACCOUNT,         SELF_NONE,        CLASS_CRITICAL,            .apply = ram_clear_account_alias_apply },
    { RAM_ATTACH_POLICY_TO_USER,   "ram:AttachPolicyToUser",     RES_USER_AND_POLICY, SELF_NONE,        CLASS_CRITICAL,            .apply = ram_attach_policy_to_user_apply },
    { RAM_DETACH_POLICY_FROM_USER, "ram:DetachPolicyFromUser",   RES_USER_AND_POLICY, SELF_NONE,        CLASS_CRITICAL,            .apply = ram_detach_policy_from_user_apply },
    { RAM_LIST_POLICIES_FOR_USER,  "ram:ListPoliciesForUser",    RES_USER,            SELF_NONE,        CLASS_PLAIN,               .read = ram_list_policies_for_user_read },
    { RAM_LIST_ENTITIES_FOR_POLICY, "ram:ListEntitiesForPolicy", RES_POLICY,          SELF_NONE,        CLASS_PLAIN,               .read = ram_list_entities_for_policy_read },
    { RAM_GET_POLICY,              "ram:GetPolicy",              RES_POLICY,          SELF_NONE,        CLASS_PLAIN,               .read = ram_get_policy_read },
    { RAM_LIST_POLICIES,           "ram:ListPolicies",           RES_POLICY_ALL,      SELF_NONE,        CLASS_PLAIN,               .read = ram_list_policies_read },

    { STS_GET_CALLER_IDENTITY,     NO_PERMISSION_NEEDED,         RES_NOTHING,         SELF_NONE,        CLASS_PLAIN,               .answer = sts_get_caller_identity_answer },
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
