/* attachment_api_test.c - policies attached to users, groups and roles, on a real store. */
#include "policy/policy_fixture_test.h"

static fixture f;

static int setup(void **state)
{
    (void)state;
    policy_fixture_init(&f);
    create_policy(&f, "Mine", ALLOW("oss:*"));
    assert_ok(&f);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_done(&f);
    return 0;
}

static void list_for_user(const caller *who, const char *name)
{
    READ(&f, who, ram_list_policies_for_user, RAM_LIST_POLICIES_FOR_USER, .user_name = str_from_c(name));
}

static void list_for_group(const caller *who, const char *name)
{
    READ(&f, who, ram_list_policies_for_group, RAM_LIST_POLICIES_FOR_GROUP, .group_name = str_from_c(name));
}

static void list_for_role(const caller *who, const char *name)
{
    READ(&f, who, ram_list_policies_for_role, RAM_LIST_POLICIES_FOR_ROLE, .role_name = str_from_c(name));
}

/* One row says all about a kind of principal. */
static const struct {
    void (*attach)(fixture *f, const char *name, const char *type, const char *policy);
    void (*detach)(fixture *f, const char *name, const char *type, const char *policy);
    void (*list)(const caller *who, const char *name);
    const char *name, *other_case, *kind, *wrapper, *shown_name;
    const uint64_t *id;
} rows[] = {
    { attach_to_user, detach_from_user, list_for_user, "Alice", "ALICE", "User", "Users.User", "Users.User.0.UserName",
      &USER_ID },
    { attach_to_group, detach_from_group, list_for_group, "Crew", "crew", "Group", "Groups.Group", "Groups.Group.0.GroupName",
      &GROUP_ID },
    { attach_to_role, detach_from_role, list_for_role, "Deploy.R", "DEPLOY.r", "Role", "Roles.Role", "Roles.Role.0.RoleName",
      &ROLE_ID },
};
enum { ROW_N = sizeof rows / sizeof rows[0] };

static const char *code(const char *before, const char *kind, const char *after)
{
    static char text[64];
    (void)snprintf(text, sizeof text, "%s%s%s", before, kind, after);
    return text;
}

static void attached_listed_detached(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_N; i++) {
        f.now_s = FIXTURE_NOW_S;
        rows[i].attach(&f, rows[i].name, "System", "AliyunRAMReadOnlyAccess");
        assert_ok(&f);
        f.now_s += 1;
        rows[i].attach(&f, rows[i].other_case, "Custom", "MINE");
        assert_ok(&f);
        rows[i].list(&f.root, rows[i].other_case);
        assert_ok(&f);
        assert_int_equal(count_at(&f, "Policies.Policy"), 2);
        assert_string_equal(text_at(&f, "Policies.Policy.0.PolicyName"), "AliyunRAMReadOnlyAccess");
        assert_string_equal(text_at(&f, "Policies.Policy.0.PolicyType"), "System");
        assert_string_equal(text_at(&f, "Policies.Policy.0.DefaultVersion"), "v1");
        assert_string_equal(text_at(&f, "Policies.Policy.0.AttachDate"), "2026-11-24T00:00:00Z");
        assert_string_equal(text_at(&f, "Policies.Policy.1.PolicyName"), "Mine");
        assert_string_equal(text_at(&f, "Policies.Policy.1.PolicyType"), "Custom");
        assert_string_equal(text_at(&f, "Policies.Policy.1.AttachDate"), "2026-11-24T00:00:01Z");

        get_policy(&f, "Custom", "mine");
        assert_int_equal(json_integer_value(fixture_at(&f, "Policy.AttachmentCount")), 1);
        for (size_t k = 0; k < ROW_N; k++) {
            entities(&f, "Custom", "mine");
            assert_int_equal(count_at(&f, rows[k].wrapper), k == i ? 1 : 0);
        }
        assert_string_equal(text_at(&f, rows[i].shown_name), rows[i].name);

        rows[i].detach(&f, rows[i].other_case, "Custom", "mine");
        assert_ok(&f);
        rows[i].detach(&f, rows[i].name, "Custom", "Mine"); /* the second time it is gone */
        assert_code(&f, ST_NOT_FOUND, code("EntityNotExist.", rows[i].kind, ".Policy"));
        rows[i].list(&f.root, rows[i].name);
        assert_int_equal(count_at(&f, "Policies.Policy"), 1);
        get_policy(&f, "Custom", "mine");
        assert_int_equal(json_integer_value(fixture_at(&f, "Policy.AttachmentCount")), 0);
    }
}

static void every_entity_in_full(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_N; i++)
        rows[i].attach(&f, rows[i].name, "System", "AdministratorAccess");
    entities(&f, "System", "administratoraccess");
    assert_ok(&f);
    assert_string_equal(text_at(&f, "Users.User.0.UserId"), "200000000000000001");
    assert_string_equal(text_at(&f, "Users.User.0.DisplayName"), "Alice A.");
    assert_string_equal(text_at(&f, "Users.User.0.AttachDate"), "2026-11-24T00:00:00Z");
    assert_string_equal(text_at(&f, "Groups.Group.0.Comments"), "the crew");
    assert_string_equal(text_at(&f, "Groups.Group.0.AttachDate"), "2026-11-24T00:00:00Z");
    assert_string_equal(text_at(&f, "Roles.Role.0.RoleId"), "300000000000000001");
    assert_string_equal(text_at(&f, "Roles.Role.0.Arn"), "acs:ram::1234567890123456:role/deploy.r");
    assert_string_equal(text_at(&f, "Roles.Role.0.Description"), "deploys");
    assert_string_equal(text_at(&f, "Roles.Role.0.AttachDate"), "2026-11-24T00:00:00Z");
    get_policy(&f, "System", "AdministratorAccess");
    assert_int_equal(json_integer_value(fixture_at(&f, "Policy.AttachmentCount")), 3);
    READ(&f, &f.other_root, ram_get_policy, RAM_GET_POLICY, .policy_type = STR("System"),
         .policy_name = STR("AdministratorAccess"));
    assert_int_equal(json_integer_value(fixture_at(&f, "Policy.AttachmentCount")), 0); /* each account counts its own */
    READ(&f, &f.other_root, ram_list_entities_for_policy, RAM_LIST_ENTITIES_FOR_POLICY, .policy_type = STR("System"),
         .policy_name = STR("AdministratorAccess"));
    for (size_t i = 0; i < ROW_N; i++)
        assert_int_equal(count_at(&f, rows[i].wrapper), 0);
}

static void what_cannot_be_attached(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_N; i++) {
        rows[i].attach(&f, rows[i].name, "System", "AdministratorAccess");
        rows[i].attach(&f, rows[i].other_case, "System", "administratoraccess");
        assert_code(&f, ST_CONFLICT, code("EntityAlreadyExists.", rows[i].kind, ".Policy"));
        rows[i].attach(&f, rows[i].name, "Custom", "AdministratorAccess");
        assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
        rows[i].attach(&f, rows[i].name, "System", "Mine");
        assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
        rows[i].attach(&f, rows[i].name, "system", "AdministratorAccess");
        assert_code(&f, ST_INVALID, "InvalidParameter.PolicyType");
        rows[i].attach(&f, "ghost", "Custom", "ghost"); /* the policy is looked up first */
        assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
        rows[i].attach(&f, "ghost", "System", "AdministratorAccess");
        assert_code(&f, ST_NOT_FOUND, code("EntityNotExist.", rows[i].kind, ""));
        rows[i].detach(&f, "ghost", "System", "AdministratorAccess");
        assert_code(&f, ST_NOT_FOUND, code("EntityNotExist.", rows[i].kind, ""));
        rows[i].detach(&f, rows[i].name, "Custom", "ghost");
        assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
        rows[i].detach(&f, rows[i].name, "System", "AliyunRAMFullAccess");
        assert_code(&f, ST_NOT_FOUND, code("EntityNotExist.", rows[i].kind, ".Policy"));
        rows[i].list(&f.root, "ghost");
        assert_code(&f, ST_NOT_FOUND, code("EntityNotExist.", rows[i].kind, ""));
        rows[i].list(&f.other_root, rows[i].name);
        assert_code(&f, ST_NOT_FOUND, code("EntityNotExist.", rows[i].kind, ""));
    }
    entities(&f, "Custom", "ghost");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
}

/* An attachment is between the very two that the request names. */
static void one_attachment_touches_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_N; i++)
        rows[i].attach(&f, rows[i].name, "Custom", "Mine");
    for (size_t i = 0; i < ROW_N; i++)
        rows[i].attach(&f, rows[i].name, "System", "AliyunRAMFullAccess");
    detach_from_group(&f, "Crew", "Custom", "Mine");
    list_for_user(&f.root, "Alice");
    assert_int_equal(count_at(&f, "Policies.Policy"), 2);
    list_for_role(&f.root, "Deploy.R");
    assert_int_equal(count_at(&f, "Policies.Policy"), 2);
    list_for_group(&f.root, "Crew");
    assert_int_equal(count_at(&f, "Policies.Policy"), 1);
    assert_string_equal(text_at(&f, "Policies.Policy.0.PolicyName"), "AliyunRAMFullAccess");
}

static void both_types_have_a_quota_each(void **state)
{
    (void)state;
    f.quota.system_policies_per_user = 2;
    f.quota.custom_policies_per_user = 1;
    create_policy(&f, "second", ALLOW("ecs:*"));
    for (size_t i = 0; i < ROW_N; i++) {
        rows[i].attach(&f, rows[i].name, "System", "AdministratorAccess");
        rows[i].attach(&f, rows[i].name, "System", "AliyunRAMFullAccess");
        assert_ok(&f);
        rows[i].attach(&f, rows[i].name, "System", "AliyunOSSFullAccess");
        assert_code(&f, ST_LIMIT, code("LimitExceeded.", rows[i].kind, ".Policy"));
        rows[i].attach(&f, rows[i].name, "Custom", "Mine");
        assert_ok(&f);
        rows[i].attach(&f, rows[i].name, "Custom", "second");
        assert_code(&f, ST_LIMIT, code("LimitExceeded.", rows[i].kind, ".Policy"));
        rows[i].detach(&f, rows[i].name, "Custom", "Mine");
        rows[i].attach(&f, rows[i].name, "Custom", "second");
        assert_ok(&f);
    }
}

static void a_system_and_a_custom_policy_of_one_name(void **state)
{
    (void)state;
    create_policy(&f, "AliyunOSSFullAccess", ALLOW("oss:ListBuckets"));
    assert_ok(&f);
    attach_to_user(&f, "Alice", "Custom", "AliyunOSSFullAccess");
    assert_ok(&f);
    detach_from_user(&f, "Alice", "System", "AliyunOSSFullAccess");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.Policy");
    entities(&f, "System", "AliyunOSSFullAccess");
    assert_int_equal(count_at(&f, "Users.User"), 0);
    attach_to_user(&f, "Alice", "System", "AliyunOSSFullAccess");
    assert_ok(&f);
    list_for_user(&f.root, "Alice");
    assert_int_equal(count_at(&f, "Policies.Policy"), 2);
}

static void attachments_raise_the_principals_epoch(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_N; i++) {
        const uint64_t first = epoch_of(&f, *rows[i].id);
        rows[i].attach(&f, rows[i].name, "Custom", "mine");
        const uint64_t second = epoch_of(&f, *rows[i].id);
        assert_true(second > first);
        rows[i].attach(&f, rows[i].name, "Custom", "mine"); /* refused */
        assert_int_equal(epoch_of(&f, *rows[i].id), second);
        rows[i].detach(&f, rows[i].name, "Custom", "mine");
        assert_true(epoch_of(&f, *rows[i].id) > second);
    }
}

static void there_are_no_resource_groups(void **state)
{
    (void)state;
    APPLY(&f, &f.root, ram_attach_policy_to_user, RAM_ATTACH_POLICY_TO_USER, .user_name = STR("Alice"),
          .policy_type = STR("Custom"), .policy_name = STR("Mine"), .resource_group_id = STR("rg-aek2abcdefghijk"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.ResourceGroup");
    assert_true(f.err.message[0] != '\0');
    list_for_user(&f.root, "Alice");
    assert_int_equal(count_at(&f, "Policies.Policy"), 0);
    APPLY(&f, &f.root, ram_attach_policy_to_user, RAM_ATTACH_POLICY_TO_USER, .user_name = STR("Alice"),
          .policy_type = STR("Custom"), .policy_name = STR("Mine"), .resource_group_id = STR(""));
    assert_ok(&f);
    APPLY(&f, &f.root, ram_detach_policy_from_user, RAM_DETACH_POLICY_FROM_USER, .user_name = STR("Alice"),
          .policy_type = STR("Custom"), .policy_name = STR("Mine"), .resource_group_id = STR("rg-aek2abcdefghijk"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.ResourceGroup");
    list_for_user(&f.root, "Alice");
    assert_int_equal(count_at(&f, "Policies.Policy"), 1);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(attached_listed_detached),
        TEST(every_entity_in_full),
        TEST(what_cannot_be_attached),
        TEST(one_attachment_touches_nothing_else),
        TEST(both_types_have_a_quota_each),
        TEST(a_system_and_a_custom_policy_of_one_name),
        TEST(attachments_raise_the_principals_epoch),
        TEST(there_are_no_resource_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
