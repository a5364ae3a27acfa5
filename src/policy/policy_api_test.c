/* policy_api_test.c - the life of custom policies, and system ones beside them, on a real store. */
#include "policy/policy_fixture_test.h"

static fixture f;

static int setup(void **state)
{
    (void)state;
    policy_fixture_init(&f);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_done(&f);
    return 0;
}

static void describe(const caller *who, const char *name, const char *description)
{
    APPLY(&f, who, ram_update_policy_description, RAM_UPDATE_POLICY_DESCRIPTION, .policy_name = str_from_c(name),
          .new_description = str_from_c(description));
}

static void created_read_described_deleted(void **state)
{
    (void)state;
    /* Whatever the layout: a document is kept as it was sent. */
    const char *document = " {\n\t\"Version\": \"1\",\r\n \"Statement\": [ {\"Effect\":\"Allow\", \"Action\":[\"oss:*\"],"
                           "\"Resource\":\"acs:oss:*:*:b\\u00fccket/\xc3\xbc*\"} ] }\n";
    APPLY(&f, &f.root, ram_create_policy, RAM_CREATE_POLICY, .policy_name = STR("My-Policy"), .description = STR("for tests"),
          .policy_document = str_from_c(document));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "Policy.PolicyName"), "My-Policy");
    assert_string_equal(text_at(&f, "Policy.PolicyType"), "Custom");
    assert_string_equal(text_at(&f, "Policy.Description"), "for tests");
    assert_string_equal(text_at(&f, "Policy.DefaultVersion"), "v1");
    assert_string_equal(text_at(&f, "Policy.CreateDate"), "2026-11-24T00:00:00Z");

    get_policy(&f, "Custom", "my-POLICY");
    assert_ok(&f);
    assert_string_equal(text_at(&f, "Policy.PolicyName"), "My-Policy");
    assert_string_equal(text_at(&f, "Policy.PolicyDocument"), document);
    assert_string_equal(text_at(&f, "Policy.UpdateDate"), "2026-11-24T00:00:00Z");
    assert_int_equal(json_integer_value(fixture_at(&f, "Policy.AttachmentCount")), 0);
    assert_string_equal(text_at(&f, "DefaultPolicyVersion.VersionId"), "v1");
    assert_string_equal(text_at(&f, "DefaultPolicyVersion.PolicyDocument"), document);
    assert_string_equal(text_at(&f, "DefaultPolicyVersion.CreateDate"), "2026-11-24T00:00:00Z");
    assert_true(json_is_true(fixture_at(&f, "DefaultPolicyVersion.IsDefaultVersion")));

    f.now_s += 60;
    describe(&f.root, "MY-policy", "changed");
    assert_ok(&f);
    assert_string_equal(text_at(&f, "Policy.PolicyName"), "My-Policy");
    assert_string_equal(text_at(&f, "Policy.Description"), "changed");
    assert_string_equal(text_at(&f, "Policy.CreateDate"), "2026-11-24T00:00:00Z");
    assert_string_equal(text_at(&f, "Policy.UpdateDate"), "2026-11-24T00:01:00Z");
    get_policy(&f, "Custom", "My-Policy");
    assert_string_equal(text_at(&f, "Policy.Description"), "changed");

    delete_policy(&f, "my-policy", false);
    assert_ok(&f);
    get_policy(&f, "Custom", "My-Policy");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
    delete_policy(&f, "my-policy", false);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
}

static void names_are_unique_in_any_case(void **state)
{
    (void)state;
    create_policy(&f, "Mine", ALLOW("oss:*"));
    create_policy(&f, "MINE", ALLOW("ecs:*"));
    assert_code(&f, ST_CONFLICT, "EntityAlreadyExists.Policy");
    APPLY(&f, &f.other_root, ram_create_policy, RAM_CREATE_POLICY, .policy_name = STR("mine"),
          .policy_document = STR(ALLOW("*")));
    assert_ok(&f); /* each account has its own */
    get_policy(&f, "Custom", "mine");
    assert_string_equal(text_at(&f, "Policy.PolicyDocument"), ALLOW("oss:*"));
}

static void a_name_may_be_used_again_and_is_another_policy(void **state)
{
    (void)state;
    create_policy(&f, "mine", ALLOW("oss:*"));
    const uint64_t first = policy_id(&f, "mine");
    delete_policy(&f, "mine", false);
    create_policy(&f, "Mine", ALLOW("ecs:*"));
    assert_ok(&f);
    assert_true(policy_id(&f, "mine") != first);
    get_policy(&f, "Custom", "mine");
    assert_string_equal(text_at(&f, "Policy.PolicyName"), "Mine");
    assert_string_equal(text_at(&f, "DefaultPolicyVersion.PolicyDocument"), ALLOW("ecs:*"));
}

static void documents_that_are_no_policy(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "x",
        "{}",
        "[]",
        "{\"Version\":\"1\",\"Statement\":[]}",
        "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Maybe\",\"Action\":\"oss:*\",\"Resource\":\"*\"}]}",
        "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"oss:*\",\"Resource\":\"*\",\"Principal\":{}}]}",
        (ALLOW("oss:*") "x"), /* something behind it */
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        create_policy(&f, "mine", bad[i]);
        assert_code(&f, ST_INVALID, "MalformedPolicyDocument");
        assert_true(f.err.message[0] != '\0');
    }
    get_policy(&f, "Custom", "mine");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
}

static void the_quota_of_the_account(void **state)
{
    (void)state;
    f.quota.policies_per_account = 2;
    create_policy(&f, "a", ALLOW("oss:*"));
    create_policy(&f, "b", ALLOW("oss:*"));
    assert_ok(&f);
    create_policy(&f, "c", ALLOW("oss:*"));
    assert_code(&f, ST_LIMIT, "LimitExceeded.Policy");
    APPLY(&f, &f.other_root, ram_create_policy, RAM_CREATE_POLICY, .policy_name = STR("c"),
          .policy_document = STR(ALLOW("oss:*")));
    assert_ok(&f);
    delete_policy(&f, "a", false);
    create_policy(&f, "c", ALLOW("oss:*"));
    assert_ok(&f);
}

static void create_tagged(const char *name, const tag *tags, size_t n)
{
    APPLY(&f, &f.root, ram_create_policy, RAM_CREATE_POLICY, .policy_name = str_from_c(name),
          .policy_document = STR(ALLOW("oss:*")), .tag = { tags, n, true });
}

static void tags(void **state)
{
    (void)state;
    const tag good[] = { { STR("k"), STR("v") }, { STR("only"), { NULL, 0 } } };
    const tag reserved[] = { { STR("acs:x"), STR("v") } };
    create_tagged("bad", reserved, 1);
    assert_code(&f, ST_INVALID, "InvalidParameter.Tag.Key.Format");
    f.quota.tags_per_user = 1;
    create_tagged("bad", good, 2);
    assert_code(&f, ST_LIMIT, "LimitExceeded.Policy.Tag");
    get_policy(&f, "Custom", "bad");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
    f.quota.tags_per_user = 2;
    create_tagged("tagged", good, 2);
    assert_ok(&f);
    READ(&f, &f.root, ram_list_policies, RAM_LIST_POLICIES, .policy_type = STR("Custom"));
    assert_int_equal(count_at(&f, "Policies.Policy"), 1);
    assert_int_equal(count_at(&f, "Policies.Policy.0.Tags.Tag"), 2);
    assert_string_equal(text_at(&f, "Policies.Policy.0.Tags.Tag.0.TagKey"), "k");
    assert_string_equal(text_at(&f, "Policies.Policy.0.Tags.Tag.0.TagValue"), "v");
    assert_string_equal(text_at(&f, "Policies.Policy.0.Tags.Tag.1.TagValue"), "");
    delete_policy(&f, "tagged", false);
    create_policy(&f, "tagged", ALLOW("oss:*")); /* nothing is left of the first one */
    READ(&f, &f.root, ram_list_policies, RAM_LIST_POLICIES, .policy_type = STR("Custom"));
    assert_int_equal(count_at(&f, "Policies.Policy.0.Tags.Tag"), 0);
}

static void deletion_is_refused_while_attached(void **state)
{
    (void)state;
    create_policy(&f, "Mine", ALLOW("oss:*"));
    attach_to_user(&f, "alice", "Custom", "mine");
    attach_to_group(&f, "crew", "Custom", "mine");
    attach_to_role(&f, "deploy.r", "Custom", "mine");
    assert_ok(&f);
    delete_policy(&f, "mine", true); /* CascadingDelete is about versions */
    assert_code(&f, ST_CONFLICT, "DeleteConflict.Policy.User");
    delete_policy(&f, "mine", false);
    assert_code(&f, ST_CONFLICT, "DeleteConflict.Policy.User");
    detach_from_user(&f, "alice", "Custom", "mine");
    delete_policy(&f, "mine", true);
    assert_code(&f, ST_CONFLICT, "DeleteConflict.Policy.Group");
    detach_from_group(&f, "crew", "Custom", "mine");
    delete_policy(&f, "mine", true);
    assert_code(&f, ST_CONFLICT, "DeleteConflict.Role.Policy");
    detach_from_role(&f, "deploy.r", "Custom", "mine");
    delete_policy(&f, "mine", true);
    assert_ok(&f);
}

static void deletion_and_versions(void **state)
{
    (void)state;
    create_policy(&f, "mine", ALLOW("oss:*"));
    create_version(&f, "mine", ALLOW("ecs:*"), true, false);
    delete_policy(&f, "mine", false);
    assert_code(&f, ST_CONFLICT, "DeleteConflict.Policy.Version");
    delete_version(&f, "mine", "v1");
    const uint64_t id = policy_id(&f, "mine"), before = epoch_of(&f, id);
    delete_policy(&f, "mine", false);
    assert_ok(&f);
    assert_true(epoch_of(&f, id) > before);

    create_policy(&f, "mine", ALLOW("oss:*"));
    create_version(&f, "mine", ALLOW("ecs:*"), false, false);
    delete_policy(&f, "mine", true);
    assert_ok(&f);
    create_policy(&f, "mine", ALLOW("oss:*"));
    READ(&f, &f.root, ram_list_policy_versions, RAM_LIST_POLICY_VERSIONS, .policy_type = STR("Custom"),
         .policy_name = STR("mine"));
    assert_int_equal(count_at(&f, "PolicyVersions.PolicyVersion"), 1);
}

static void another_accounts_policy_is_not_there(void **state)
{
    (void)state;
    create_policy(&f, "mine", ALLOW("oss:*"));
    READ(&f, &f.other_root, ram_get_policy, RAM_GET_POLICY, .policy_type = STR("Custom"), .policy_name = STR("mine"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
    describe(&f.other_root, "mine", "theirs");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
    APPLY(&f, &f.other_root, ram_delete_policy, RAM_DELETE_POLICY, .policy_name = STR("mine"),
          .cascading_delete = { true, true });
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
    READ(&f, &f.other_root, ram_list_policies, RAM_LIST_POLICIES, .policy_type = STR("Custom"));
    assert_int_equal(count_at(&f, "Policies.Policy"), 0);
    get_policy(&f, "Custom", "mine");
    assert_ok(&f);
}

static void a_system_policy_is_read_and_never_written(void **state)
{
    (void)state;
    get_policy(&f, "System", "aliyunramfullaccess");
    assert_ok(&f);
    assert_string_equal(text_at(&f, "Policy.PolicyName"), "AliyunRAMFullAccess");
    assert_string_equal(text_at(&f, "Policy.PolicyType"), "System");
    assert_string_equal(text_at(&f, "Policy.DefaultVersion"), "v1");
    assert_string_equal(text_at(&f, "DefaultPolicyVersion.VersionId"), "v1");
    assert_true(json_is_true(fixture_at(&f, "DefaultPolicyVersion.IsDefaultVersion")));
    json_t *document = json_loads(text_at(&f, "DefaultPolicyVersion.PolicyDocument"), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(document);
    const json_t *statement = json_array_get(json_object_get(document, "Statement"), 0);
    assert_string_equal(json_string_value(json_object_get(statement, "Effect")), "Allow");
    assert_string_equal(json_string_value(json_array_get(json_object_get(statement, "Action"), 0)), "ram:*");
    json_decref(document);
    describe(&f.root, "AliyunRAMFullAccess", "mine now");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
    delete_policy(&f, "AliyunRAMFullAccess", true);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
    get_policy(&f, "system", "AliyunRAMFullAccess");
    assert_code(&f, ST_INVALID, "InvalidParameter.PolicyType");
    get_policy(&f, "System", "NoSuchPolicy");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(created_read_described_deleted),
        TEST(names_are_unique_in_any_case),
        TEST(a_name_may_be_used_again_and_is_another_policy),
        TEST(documents_that_are_no_policy),
        TEST(the_quota_of_the_account),
        TEST(tags),
        TEST(deletion_is_refused_while_attached),
        TEST(deletion_and_versions),
        TEST(another_accounts_policy_is_not_there),
        TEST(a_system_policy_is_read_and_never_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
