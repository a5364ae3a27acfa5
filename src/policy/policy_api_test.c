/* policy_api_test.c - system policies and their attachments, on a real store. */
#include "account/fixture_test.h"
#include "policy/attachment.h"
#include "policy/policy_api.h"
#include "user/user_api.h"

static fixture f;
static char alice[24];

static int setup(void **state)
{
    (void)state;
    fixture_init(&f);
    APPLY(&f, &f.root, ram_create_user, RAM_CREATE_USER, .user_name = STR("alice"), .display_name = STR("Alice"));
    assert_ok(&f);
    (void)snprintf(alice, sizeof alice, "%s", text_at(&f, "User.UserId"));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_done(&f);
    return 0;
}

static void attach(const caller *who, const char *user, const char *type, const char *name)
{
    APPLY(&f, who, ram_attach_policy_to_user, RAM_ATTACH_POLICY_TO_USER, .user_name = str_from_c(user),
          .policy_type = str_from_c(type), .policy_name = str_from_c(name));
}

static void detach(const caller *who, const char *user, const char *type, const char *name)
{
    APPLY(&f, who, ram_detach_policy_from_user, RAM_DETACH_POLICY_FROM_USER, .user_name = str_from_c(user),
          .policy_type = str_from_c(type), .policy_name = str_from_c(name));
}

static void entities(const char *type, const char *name)
{
    READ(&f, &f.root, ram_list_entities_for_policy, RAM_LIST_ENTITIES_FOR_POLICY, .policy_type = str_from_c(type),
         .policy_name = str_from_c(name));
}

static void attached_listed_detached(void **state)
{
    (void)state;
    attach(&f.root, "ALICE", "System", "AliyunRAMReadOnlyAccess");
    assert_ok(&f);
    f.now_s += 1;
    attach(&f.root, "alice", "System", "AdministratorAccess");
    assert_ok(&f);
    READ(&f, &f.root, ram_list_policies_for_user, RAM_LIST_POLICIES_FOR_USER, .user_name = STR("alice"));
    assert_ok(&f);
    assert_int_equal(count_at(&f, "Policies.Policy"), 2);
    assert_string_equal(text_at(&f, "Policies.Policy.0.PolicyName"), "AliyunRAMReadOnlyAccess");
    assert_string_equal(text_at(&f, "Policies.Policy.0.PolicyType"), "System");
    assert_string_equal(text_at(&f, "Policies.Policy.0.DefaultVersion"), "v1");
    assert_string_equal(text_at(&f, "Policies.Policy.0.AttachDate"), "2026-11-24T00:00:00Z");
    entities("System", "AdministratorAccess");
    assert_ok(&f);
    assert_int_equal(count_at(&f, "Users.User"), 1);
    assert_string_equal(text_at(&f, "Users.User.0.UserName"), "alice");
    assert_string_equal(text_at(&f, "Users.User.0.UserId"), alice);
    assert_string_equal(text_at(&f, "Users.User.0.DisplayName"), "Alice");
    assert_string_equal(text_at(&f, "Users.User.0.AttachDate"), "2026-11-24T00:00:01Z");
    assert_int_equal(count_at(&f, "Groups.Group"), 0);
    assert_int_equal(count_at(&f, "Roles.Role"), 0);

    detach(&f.root, "alice", "System", "AdministratorAccess");
    assert_ok(&f);
    detach(&f.root, "alice", "System", "AdministratorAccess"); /* the second time it is gone */
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.Policy");
    entities("System", "AdministratorAccess");
    assert_int_equal(count_at(&f, "Users.User"), 0);
}

static void what_cannot_be_attached(void **state)
{
    (void)state;
    attach(&f.root, "alice", "System", "AdministratorAccess");
    attach(&f.root, "alice", "System", "AdministratorAccess");
    assert_code(&f, ST_CONFLICT, "EntityAlreadyExists.User.Policy");
    attach(&f.root, "alice", "System", "administratoraccess");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
    attach(&f.root, "alice", "Custom", "AdministratorAccess");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
    attach(&f.root, "alice", "system", "AdministratorAccess");
    assert_code(&f, ST_INVALID, "InvalidParameter.PolicyType");
    attach(&f.root, "ghost", "System", "AdministratorAccess");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    attach(&f.other_root, "alice", "System", "AdministratorAccess");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    f.quota.system_policies_per_user = 1;
    attach(&f.root, "alice", "System", "AliyunRAMFullAccess");
    assert_code(&f, ST_LIMIT, "LimitExceeded.User.Policy");
}

static void attachments_raise_the_users_epoch(void **state)
{
    (void)state;
    uint64_t id;
    assert_int_equal(str_to_u64(str_from_c(alice), 1, UINT64_MAX, &id), ST_OK);
    const epoch_key k = epoch_of_principal(id);
    const uint64_t first = epoch_read(store_epochs(f.store), k);
    attach(&f.root, "alice", "System", "AdministratorAccess");
    const uint64_t second = epoch_read(store_epochs(f.store), k);
    assert_true(second > first);
    detach(&f.root, "alice", "System", "AdministratorAccess");
    assert_true(epoch_read(store_epochs(f.store), k) > second);
}

static void a_policy_is_read(void **state)
{
    (void)state;
    attach(&f.root, "alice", "System", "AliyunRAMFullAccess");
    READ(&f, &f.root, ram_get_policy, RAM_GET_POLICY, .policy_type = STR("System"), .policy_name = STR("AliyunRAMFullAccess"));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "Policy.PolicyName"), "AliyunRAMFullAccess");
    assert_string_equal(text_at(&f, "Policy.PolicyType"), "System");
    assert_string_equal(text_at(&f, "Policy.DefaultVersion"), "v1");
    assert_int_equal(json_integer_value(fixture_at(&f, "Policy.AttachmentCount")), 1);
    assert_true(json_is_true(fixture_at(&f, "DefaultPolicyVersion.IsDefaultVersion")));
    assert_string_equal(text_at(&f, "DefaultPolicyVersion.VersionId"), "v1");
    json_t *document = json_loads(text_at(&f, "DefaultPolicyVersion.PolicyDocument"), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(document);
    const json_t *statement = json_array_get(json_object_get(document, "Statement"), 0);
    assert_string_equal(json_string_value(json_object_get(statement, "Effect")), "Allow");
    assert_string_equal(json_string_value(json_array_get(json_object_get(statement, "Action"), 0)), "ram:*");
    json_decref(document);
    READ(&f, &f.root, ram_get_policy, RAM_GET_POLICY, .policy_type = STR("Custom"), .policy_name = STR("mine"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
    entities("Custom", "mine");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
    READ(&f, &f.root, ram_list_policies_for_user, RAM_LIST_POLICIES_FOR_USER, .user_name = STR("ghost"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
}

static void list(str type, int32_t max, const char *marker, tag_list tags)
{
    READ(&f, &f.root, ram_list_policies, RAM_LIST_POLICIES, .policy_type = type, .max_items = { max, max > 0 },
         .marker = str_from_c(marker), .tag = tags);
}

static void policies_are_listed(void **state)
{
    (void)state;
    const tag any[] = { { STR("k"), STR("v") } };
    list((str){ NULL, 0 }, 0, NULL, (tag_list){ NULL, 0, false });
    assert_ok(&f);
    assert_int_equal(count_at(&f, "Policies.Policy"), 3);
    assert_true(json_is_false(fixture_at(&f, "IsTruncated")));
    assert_null(fixture_at(&f, "Marker"));
    list(STR("Custom"), 0, NULL, (tag_list){ NULL, 0, false });
    assert_int_equal(count_at(&f, "Policies.Policy"), 0);
    list(STR("System"), 0, NULL, (tag_list){ any, 1, true });
    assert_int_equal(count_at(&f, "Policies.Policy"), 0);
    list(STR("System"), 2, NULL, (tag_list){ NULL, 0, false });
    assert_int_equal(count_at(&f, "Policies.Policy"), 2);
    assert_string_equal(text_at(&f, "Policies.Policy.0.PolicyName"), "AdministratorAccess");
    char marker[256];
    (void)snprintf(marker, sizeof marker, "%s", text_at(&f, "Marker"));
    list(STR("System"), 2, marker, (tag_list){ NULL, 0, false });
    assert_int_equal(count_at(&f, "Policies.Policy"), 1);
    assert_string_equal(text_at(&f, "Policies.Policy.0.PolicyName"), "AliyunRAMReadOnlyAccess");
    assert_true(json_is_false(fixture_at(&f, "IsTruncated")));
    list(STR("System"), 2, "made-up", (tag_list){ NULL, 0, false });
    assert_code(&f, ST_INVALID, "InvalidParameter.Marker");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(attached_listed_detached), TEST(what_cannot_be_attached), TEST(attachments_raise_the_users_epoch),
        TEST(a_policy_is_read),         TEST(policies_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
