/* policy_version_api_test.c - versions of policies, on a real store. */
#include "policy/policy_fixture_test.h"

static fixture f;

static int setup(void **state)
{
    (void)state;
    policy_fixture_init(&f);
    create_policy(&f, "Mine", ALLOW("oss:v1"));
    assert_ok(&f);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_done(&f);
    return 0;
}

static void get_version(const char *type, const char *name, const char *version)
{
    READ(&f, &f.root, ram_get_policy_version, RAM_GET_POLICY_VERSION, .policy_type = str_from_c(type),
         .policy_name = str_from_c(name), .version_id = str_from_c(version));
}

/* The versions of "mine" as text, the default one with a star: "v1 v2*". */
static const char *versions(void)
{
    static char text[128];
    READ(&f, &f.root, ram_list_policy_versions, RAM_LIST_POLICY_VERSIONS, .policy_type = STR("Custom"),
         .policy_name = STR("mine"));
    assert_ok(&f);
    text[0] = '\0';
    for (size_t i = 0; i < count_at(&f, "PolicyVersions.PolicyVersion"); i++) {
        const json_t *v = json_array_get(fixture_at(&f, "PolicyVersions.PolicyVersion"), i);
        const size_t n = strlen(text);
        (void)snprintf(text + n, sizeof text - n, "%s%s%s", n > 0 ? " " : "",
                       json_string_value(json_object_get(v, "VersionId")),
                       json_is_true(json_object_get(v, "IsDefaultVersion")) ? "*" : "");
    }
    return text;
}

static void a_version_is_created_read_and_deleted(void **state)
{
    (void)state;
    f.now_s += 60;
    create_version(&f, "MINE", ALLOW("oss:v2"), false, false);
    assert_ok(&f);
    assert_string_equal(text_at(&f, "PolicyVersion.VersionId"), "v2");
    assert_true(json_is_false(fixture_at(&f, "PolicyVersion.IsDefaultVersion")));
    assert_string_equal(text_at(&f, "PolicyVersion.PolicyDocument"), ALLOW("oss:v2"));
    assert_string_equal(text_at(&f, "PolicyVersion.CreateDate"), "2026-11-24T00:01:00Z");
    assert_string_equal(versions(), "v1* v2");
    get_version("Custom", "mine", "v2");
    assert_ok(&f);
    assert_string_equal(text_at(&f, "PolicyVersion.PolicyDocument"), ALLOW("oss:v2"));
    get_version("Custom", "mine", "v1");
    assert_string_equal(text_at(&f, "PolicyVersion.PolicyDocument"), ALLOW("oss:v1"));
    assert_true(json_is_true(fixture_at(&f, "PolicyVersion.IsDefaultVersion")));
    delete_version(&f, "mine", "v2");
    assert_ok(&f);
    assert_string_equal(versions(), "v1*");
    get_version("Custom", "mine", "v2");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy.Version");
}

static void a_number_is_never_used_again(void **state)
{
    (void)state;
    create_version(&f, "mine", ALLOW("oss:v2"), false, false);
    delete_version(&f, "mine", "v2");
    create_version(&f, "mine", ALLOW("oss:v3"), false, false);
    assert_string_equal(text_at(&f, "PolicyVersion.VersionId"), "v3");
    assert_string_equal(versions(), "v1* v3");
}

static void the_default_moves(void **state)
{
    (void)state;
    f.now_s += 60;
    create_version(&f, "mine", ALLOW("oss:v2"), true, false);
    assert_ok(&f);
    assert_true(json_is_true(fixture_at(&f, "PolicyVersion.IsDefaultVersion")));
    assert_string_equal(versions(), "v1 v2*");
    get_policy(&f, "Custom", "mine");
    assert_string_equal(text_at(&f, "Policy.DefaultVersion"), "v2");
    assert_string_equal(text_at(&f, "Policy.UpdateDate"), "2026-11-24T00:01:00Z");
    assert_string_equal(text_at(&f, "DefaultPolicyVersion.VersionId"), "v2");
    assert_string_equal(text_at(&f, "DefaultPolicyVersion.PolicyDocument"), ALLOW("oss:v2"));
    set_default_version(&f, "mine", "v1");
    assert_ok(&f);
    assert_string_equal(versions(), "v1* v2");
    delete_version(&f, "mine", "v1");
    assert_code(&f, ST_CONFLICT, "DeleteConflict.Policy.Version.Default");
    assert_string_equal(versions(), "v1* v2");
}

static void epochs_move_with_the_default_only(void **state)
{
    (void)state;
    const uint64_t id = policy_id(&f, "mine");
    assert_int_equal(id / 100000000000000000, 5);
    uint64_t before = epoch_of(&f, id);
    create_version(&f, "mine", ALLOW("oss:v2"), false, false);
    assert_ok(&f);
    assert_int_equal(epoch_of(&f, id), before);
    set_default_version(&f, "mine", "v2");
    assert_true(epoch_of(&f, id) > before);
    before = epoch_of(&f, id);
    create_version(&f, "mine", ALLOW("oss:v3"), true, false);
    assert_true(epoch_of(&f, id) > before);
    before = epoch_of(&f, id);
    set_default_version(&f, "mine", "v9");
    assert_int_equal(epoch_of(&f, id), before);
}

static void the_quota_and_rotation(void **state)
{
    (void)state;
    for (unsigned i = 2; i <= 5; i++)
        create_version(&f, "mine", ALLOW("oss:x"), false, false);
    assert_ok(&f);
    assert_string_equal(versions(), "v1* v2 v3 v4 v5");
    create_version(&f, "mine", ALLOW("oss:x"), true, false);
    assert_code(&f, ST_LIMIT, "LimitExceeded.Policy.Version");
    assert_string_equal(versions(), "v1* v2 v3 v4 v5");
    create_version(&f, "mine", ALLOW("oss:x"), true, true); /* v1 was the default: v2 is the oldest that is not */
    assert_ok(&f);
    assert_string_equal(versions(), "v1 v3 v4 v5 v6*");
    create_version(&f, "mine", ALLOW("oss:x"), false, true);
    assert_ok(&f);
    assert_string_equal(versions(), "v3 v4 v5 v6* v7");
    f.quota.versions_per_policy = 2; /* lowered: as many go as have to */
    create_version(&f, "mine", ALLOW("oss:x"), false, true);
    assert_ok(&f);
    assert_string_equal(versions(), "v6* v8");
    f.quota.versions_per_policy = 1;
    create_version(&f, "mine", ALLOW("oss:x"), true, true); /* the default itself never makes room */
    assert_code(&f, ST_LIMIT, "LimitExceeded.Policy.Version");
    assert_string_equal(versions(), "v6* v8");
}

static void rotation_without_need_deletes_nothing(void **state)
{
    (void)state;
    create_version(&f, "mine", ALLOW("oss:v2"), true, true);
    assert_ok(&f);
    assert_string_equal(versions(), "v1 v2*");
}

static void version_ids(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "1", "V1", "v", "v0", "v01", "v-1", "v+1", "v1 ", " v1", "v1.0", "vv1", "v4294967296", "v99999999999999999999", ""
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        get_version("Custom", "mine", bad[i]);
        assert_code(&f, ST_INVALID, "InvalidParameter.VersionId.Format");
        set_default_version(&f, "mine", bad[i]);
        assert_code(&f, ST_INVALID, "InvalidParameter.VersionId.Format");
        delete_version(&f, "mine", bad[i]);
        assert_code(&f, ST_INVALID, "InvalidParameter.VersionId.Format");
    }
    static const char *const absent[] = { "v2", "v4294967295" };
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        get_version("Custom", "mine", absent[i]);
        assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy.Version");
        set_default_version(&f, "mine", absent[i]);
        assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy.Version");
        delete_version(&f, "mine", absent[i]);
        assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy.Version");
    }
}

static void policies_that_are_not_there(void **state)
{
    (void)state;
    get_version("Custom", "ghost", "v1");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
    create_version(&f, "ghost", ALLOW("oss:x"), false, false);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
    set_default_version(&f, "ghost", "v1");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
    delete_version(&f, "ghost", "v1");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
    READ(&f, &f.other_root, ram_list_policy_versions, RAM_LIST_POLICY_VERSIONS, .policy_type = STR("Custom"),
         .policy_name = STR("mine"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
    APPLY(&f, &f.other_root, ram_create_policy_version, RAM_CREATE_POLICY_VERSION, .policy_name = STR("mine"),
          .policy_document = STR(ALLOW("*")), .set_as_default = { true, true });
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
    APPLY(&f, &f.other_root, ram_set_default_policy_version, RAM_SET_DEFAULT_POLICY_VERSION, .policy_name = STR("mine"),
          .version_id = STR("v1"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
    assert_string_equal(versions(), "v1*");
}

static void a_system_policy_has_one_version_and_is_never_written(void **state)
{
    (void)state;
    READ(&f, &f.root, ram_list_policy_versions, RAM_LIST_POLICY_VERSIONS, .policy_type = STR("System"),
         .policy_name = STR("AliyunRAMFullAccess"));
    assert_ok(&f);
    assert_int_equal(count_at(&f, "PolicyVersions.PolicyVersion"), 1);
    assert_string_equal(text_at(&f, "PolicyVersions.PolicyVersion.0.VersionId"), "v1");
    get_version("System", "aliyunramfullaccess", "v1");
    assert_ok(&f);
    assert_true(json_is_true(fixture_at(&f, "PolicyVersion.IsDefaultVersion")));
    get_version("System", "AliyunRAMFullAccess", "v2");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy.Version");
    create_version(&f, "AliyunRAMFullAccess", ALLOW("*"), true, false);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
    set_default_version(&f, "AliyunRAMFullAccess", "v1");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
    delete_version(&f, "AliyunRAMFullAccess", "v1");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
}

static void documents_that_are_no_policy(void **state)
{
    (void)state;
    create_version(&f, "mine", "{\"Version\":\"1\"}", true, false);
    assert_code(&f, ST_INVALID, "MalformedPolicyDocument");
    assert_true(f.err.message[0] != '\0');
    assert_string_equal(versions(), "v1*");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_version_is_created_read_and_deleted),
        TEST(a_number_is_never_used_again),
        TEST(the_default_moves),
        TEST(epochs_move_with_the_default_only),
        TEST(the_quota_and_rotation),
        TEST(rotation_without_need_deletes_nothing),
        TEST(version_ids),
        TEST(policies_that_are_not_there),
        TEST(a_system_policy_has_one_version_and_is_never_written),
        TEST(documents_that_are_no_policy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
