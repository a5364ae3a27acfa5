/* role_api_test.c - roles on a real store: every documented code, every rule. */
#include "account/fixture_test.h"
#include "role/role.h"
#include "role/role_api.h"

#define TRUST                                                                                                              \
    "{\"Statement\":[{\"Action\":\"sts:AssumeRole\",\"Effect\":\"Allow\",\"Principal\":{\"RAM\":[\"acs:ram::1:root\"]}}]," \
    " \"Version\" : \"1\"}"
#define OTHER_TRUST                                                                          \
    "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\"," \
    "\"Principal\":{\"Service\":[\"ecs.aliyuncs.com\"]}}]}"

static fixture f;

static int setup(void **state)
{
    (void)state;
    fixture_init(&f);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_done(&f);
    return 0;
}

static void create(const char *name)
{
    APPLY(&f, &f.root, ram_create_role, RAM_CREATE_ROLE, .role_name = str_from_c(name),
          .assume_role_policy_document = STR(TRUST));
}

static void get(const char *name)
{
    READ(&f, &f.root, ram_get_role, RAM_GET_ROLE, .role_name = str_from_c(name));
}

static uint64_t id_of(const char *name)
{
    uint64_t id = 0;
    get(name);
    assert_ok(&f);
    assert_int_equal(str_to_u64(str_from_c(text_at(&f, "Role.RoleId")), 1, UINT64_MAX, &id), ST_OK);
    return id;
}

static void a_role_is_kept_as_sent(void **state)
{
    (void)state;
    const tag tags[] = { { STR("team"), STR("blue") } };
    APPLY(&f, &f.root, ram_create_role, RAM_CREATE_ROLE, .role_name = STR("ECS-Admin.2"), .description = STR("of machines"),
          .assume_role_policy_document = STR(TRUST), .max_session_duration = { 43200, true }, .tag = { tags, 1, true });
    assert_ok(&f);
    for (int again = 0; again < 2; again++) {
        const char *id = text_at(&f, "Role.RoleId");
        assert_int_equal(strlen(id), 18);
        assert_int_equal(id[0], '3');
        assert_string_equal(text_at(&f, "Role.RoleName"), "ECS-Admin.2");
        assert_string_equal(text_at(&f, "Role.Arn"), "acs:ram::1234567890123456:role/ecs-admin.2");
        assert_string_equal(text_at(&f, "Role.Description"), "of machines");
        assert_string_equal(text_at(&f, "Role.AssumeRolePolicyDocument"), TRUST); /* byte for byte: Terraform compares */
        assert_string_equal(text_at(&f, "Role.CreateDate"), "2026-11-24T00:00:00Z");
        assert_int_equal(json_integer_value(fixture_at(&f, "Role.MaxSessionDuration")), 43200);
        get("ecs-ADMIN.2"); /* in any case */
        assert_ok(&f);
    }
    assert_string_equal(text_at(&f, "Role.UpdateDate"), "2026-11-24T00:00:00Z");
    create("plain");
    get("plain");
    assert_int_equal(json_integer_value(fixture_at(&f, "Role.MaxSessionDuration")), 3600);
    assert_null(fixture_at(&f, "Role.Description"));
}

static void names_are_unique_in_any_case_and_per_account(void **state)
{
    (void)state;
    create("Deploy");
    assert_ok(&f);
    create("dEPLOY");
    assert_code(&f, ST_CONFLICT, "EntityAlreadyExists.Role");
    READ(&f, &f.other_root, ram_get_role, RAM_GET_ROLE, .role_name = STR("Deploy"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Role");
    APPLY(&f, &f.other_root, ram_delete_role, RAM_DELETE_ROLE, .role_name = STR("Deploy"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Role");
    APPLY(&f, &f.other_root, argali_revoke_role_sessions, ARGALI_REVOKE_ROLE_SESSIONS, .role_name = STR("Deploy"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Role");
    APPLY(&f, &f.other_root, ram_create_role, RAM_CREATE_ROLE, .role_name = STR("deploy"),
          .assume_role_policy_document = STR(TRUST));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "Role.Arn"), "acs:ram::6543210987654321:role/deploy");
}

static void unknown_roles(void **state)
{
    (void)state;
    get("ghost");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Role");
    APPLY(&f, &f.root, ram_update_role, RAM_UPDATE_ROLE, .role_name = STR("ghost"), .new_description = STR("x"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Role");
    APPLY(&f, &f.root, ram_delete_role, RAM_DELETE_ROLE, .role_name = STR("ghost"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Role");
    APPLY(&f, &f.root, argali_revoke_role_sessions, ARGALI_REVOKE_ROLE_SESSIONS, .role_name = STR("ghost"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Role");
}

static const struct {
    const char *what;
    str document;
} malformed[] = {
    { "no JSON", STR_INIT("{") },
    { "an identity policy: no Principal", STR_INIT("{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":"
                                                   "\"sts:AssumeRole\",\"Resource\":\"*\"}]}") },
    { "a misspelt effect", STR_INIT("{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Alow\",\"Action\":\"sts:AssumeRole\","
                                    "\"Principal\":{\"RAM\":\"acs:ram::1:root\"}}]}") },
};

static void a_malformed_trust_policy_is_explained(void **state)
{
    (void)state;
    create("stands");
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        APPLY(&f, &f.root, ram_create_role, RAM_CREATE_ROLE, .role_name = STR("bad"),
              .assume_role_policy_document = malformed[i].document);
        assert_code(&f, ST_INVALID, "MalformedPolicyDocument");
        assert_true(f.err.message[0] != '\0');
        APPLY(&f, &f.root, ram_update_role, RAM_UPDATE_ROLE, .role_name = STR("stands"),
              .new_assume_role_policy_document = malformed[i].document);
        assert_code(&f, ST_INVALID, "MalformedPolicyDocument");
        assert_true(f.err.message[0] != '\0');
    }
    get("bad");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Role");
    get("stands");
    assert_string_equal(text_at(&f, "Role.AssumeRolePolicyDocument"), TRUST);
}

static void quotas_hold(void **state)
{
    (void)state;
    const tag tags[] = { { STR("a"), STR("1") }, { STR("b"), STR("2") } };
    f.quota.roles_per_account = 2;
    f.quota.tags_per_user = 1;
    APPLY(&f, &f.root, ram_create_role, RAM_CREATE_ROLE, .role_name = STR("one"), .assume_role_policy_document = STR(TRUST),
          .tag = { tags, 2, true });
    assert_code(&f, ST_LIMIT, "LimitExceeded.Role.Tag");
    create("one");
    create("two");
    assert_ok(&f);
    create("three");
    assert_code(&f, ST_LIMIT, "LimitExceeded.Role");
    APPLY(&f, &f.other_root, ram_create_role, RAM_CREATE_ROLE, .role_name = STR("three"),
          .assume_role_policy_document = STR(TRUST));
    assert_ok(&f);
}

static void an_update_keeps_what_it_does_not_name(void **state)
{
    (void)state;
    APPLY(&f, &f.root, ram_create_role, RAM_CREATE_ROLE, .role_name = STR("Role"), .description = STR("first"),
          .assume_role_policy_document = STR(TRUST), .max_session_duration = { 7200, true });
    f.now_s += 60;
    APPLY(&f, &f.root, ram_update_role, RAM_UPDATE_ROLE, .role_name = STR("role"),
          .new_assume_role_policy_document = STR(OTHER_TRUST));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "Role.AssumeRolePolicyDocument"), OTHER_TRUST);
    assert_string_equal(text_at(&f, "Role.Description"), "first");
    assert_string_equal(text_at(&f, "Role.CreateDate"), "2026-11-24T00:00:00Z");
    assert_string_equal(text_at(&f, "Role.UpdateDate"), "2026-11-24T00:01:00Z");
    assert_int_equal(json_integer_value(fixture_at(&f, "Role.MaxSessionDuration")), 7200);
    APPLY(&f, &f.root, ram_update_role, RAM_UPDATE_ROLE, .role_name = STR("role"), .new_description = STR("second"),
          .new_max_session_duration = { 3600, true });
    get("role");
    assert_string_equal(text_at(&f, "Role.AssumeRolePolicyDocument"), OTHER_TRUST);
    assert_string_equal(text_at(&f, "Role.Description"), "second");
    assert_int_equal(json_integer_value(fixture_at(&f, "Role.MaxSessionDuration")), 3600);
    APPLY(&f, &f.root, ram_update_role, RAM_UPDATE_ROLE, .role_name = STR("role"), .new_description = STR(""));
    get("role");
    assert_null(fixture_at(&f, "Role.Description"));
    assert_string_equal(text_at(&f, "Role.RoleName"), "Role");
}

typedef struct {
    uint64_t role;
    bool is_attached;
} attaching;

static status attach(store_tx *tx, void *self, err *e)
{
    const attaching *a = self;
    if (!a->is_attached)
        return store_attachment_delete(tx, a->role, STR("System"), STR("AdministratorAccess"), e);
    const attachment_record r = { .kind = PRINCIPAL_ROLE,
                                  .principal = a->role,
                                  .policy_type = STR("System"),
                                  .policy_name = STR("AdministratorAccess"),
                                  .attached_s = FIXTURE_NOW_S };
    return store_attachment_insert(tx, &r, e);
}

static void a_role_with_policies_stays(void **state)
{
    (void)state;
    create("role");
    attaching a = { id_of("role"), true };
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, attach, &a, &f.err), ST_OK);
    APPLY(&f, &f.root, ram_delete_role, RAM_DELETE_ROLE, .role_name = STR("role"));
    assert_code(&f, ST_CONFLICT, "DeleteConflict.Role.Policy");
    a.is_attached = false;
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, attach, &a, &f.err), ST_OK);
    APPLY(&f, &f.root, ram_delete_role, RAM_DELETE_ROLE, .role_name = STR("ROLE"));
    assert_ok(&f);
    get("role");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Role");
    create("role"); /* the name is free again, the id another */
    assert_ok(&f);
    assert_true(id_of("role") != a.role);
}

static void writes_raise_the_roles_epoch(void **state)
{
    (void)state;
    create("role");
    const epoch_key k = epoch_of_principal(id_of("role"));
    const epochs *all = store_epochs(f.store);
    uint64_t before = epoch_read(all, k);
    APPLY(&f, &f.root, ram_update_role, RAM_UPDATE_ROLE, .role_name = STR("role"), .new_description = STR("x"));
    assert_true(epoch_read(all, k) > before);
    before = epoch_read(all, k);
    APPLY(&f, &f.root, argali_revoke_role_sessions, ARGALI_REVOKE_ROLE_SESSIONS, .role_name = STR("role"));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "RevokedBefore"), "2026-11-24T00:00:00Z");
    assert_true(epoch_read(all, k) > before);
    before = epoch_read(all, k);
    APPLY(&f, &f.root, ram_delete_role, RAM_DELETE_ROLE, .role_name = STR("role"));
    assert_true(epoch_read(all, k) > before);
}

/* --- ListRoles ---------------------------------------------------------------------------------------------------- */

static const char *const in_order[] = { "Alpha", "beta", "Delta", "gamma" };

static void list(int32_t max, const char *marker, tag_list tags)
{
    READ(&f, &f.root, ram_list_roles, RAM_LIST_ROLES, .max_items = { max, true }, .marker = str_from_c(marker), .tag = tags);
}

static void lists_go_on_where_they_ended(void **state)
{
    (void)state;
    list(10, NULL, (tag_list){ NULL, 0, false });
    assert_ok(&f);
    assert_int_equal(count_at(&f, "Roles.Role"), 0);
    assert_true(json_is_false(fixture_at(&f, "IsTruncated")));
    const size_t made[] = { 3, 0, 2, 1 };
    for (size_t i = 0; i < 4; i++)
        create(in_order[made[i]]);
    char marker[512] = "";
    for (size_t i = 0; i < 4; i++) {
        list(1, marker, (tag_list){ NULL, 0, false });
        assert_ok(&f);
        assert_int_equal(count_at(&f, "Roles.Role"), 1);
        assert_string_equal(text_at(&f, "Roles.Role.0.RoleName"), in_order[i]);
        assert_null(fixture_at(&f, "Roles.Role.0.AssumeRolePolicyDocument"));
        if (i < 3)
            (void)snprintf(marker, sizeof marker, "%s", text_at(&f, "Marker"));
        else
            assert_null(fixture_at(&f, "Marker"));
    }
    list(4, "", (tag_list){ NULL, 0, false });
    assert_int_equal(count_at(&f, "Roles.Role"), 4);
    assert_true(json_is_false(fixture_at(&f, "IsTruncated")));
    list(1, "bm90IGEgbWFya2Vy", (tag_list){ NULL, 0, false });
    assert_code(&f, ST_INVALID, "InvalidParameter.Marker");
    READ(&f, &f.other_root, ram_list_roles, RAM_LIST_ROLES, .marker = str_from_c(marker));
    assert_code(&f, ST_INVALID, "InvalidParameter.Marker");
}

/* More roles than are read at once, of which few carry the tag. */
static void a_list_by_tags_passes_over_the_rest(void **state)
{
    (void)state;
    const tag tags[] = { { STR("team"), STR("blue") } }, any[] = { { STR("team"), { NULL, 0 } } },
              other[] = { { STR("team"), STR("red") } };
    for (int i = 0; i < 230; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "r%03d", i);
        APPLY(&f, &f.root, ram_create_role, RAM_CREATE_ROLE, .role_name = str_from_c(name),
              .assume_role_policy_document = STR(TRUST), .tag = { tags, i % 110 == 5 ? 1 : 0, true });
        assert_ok(&f);
    }
    list(2, NULL, (tag_list){ tags, 1, true });
    assert_int_equal(count_at(&f, "Roles.Role"), 2);
    assert_string_equal(text_at(&f, "Roles.Role.1.RoleName"), "r115");
    assert_string_equal(text_at(&f, "Roles.Role.1.Tags.Tag.0.TagValue"), "blue");
    char marker[512];
    (void)snprintf(marker, sizeof marker, "%s", text_at(&f, "Marker"));
    list(2, marker, (tag_list){ any, 1, true });
    assert_int_equal(count_at(&f, "Roles.Role"), 1);
    assert_string_equal(text_at(&f, "Roles.Role.0.RoleName"), "r225");
    assert_true(json_is_false(fixture_at(&f, "IsTruncated")));
    list(2, NULL, (tag_list){ other, 1, true });
    assert_int_equal(count_at(&f, "Roles.Role"), 0);
    list(1000, NULL, (tag_list){ NULL, 0, false });
    assert_int_equal(count_at(&f, "Roles.Role"), 230);
}

/* Straight into the store: as many as a page may hold, each as large as the rules allow. */
static status fill_with_long_descriptions(store_tx *tx, void *self, err *e)
{
    static char text[1024];
    (void)self;
    memset(text, 1, sizeof text); /* six bytes each in JSON */
    for (unsigned i = 0; i < 1000; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "long-%03u", i);
        const role_record r = { .id = 300000000000000000 + i,
                                .name = str_from_c(name),
                                .description = { text, sizeof text },
                                .trust_policy = STR(TRUST),
                                .max_session_s = 3600 };
        TRY(store_role_insert(tx, &r, e));
    }
    return ST_OK;
}

static void a_page_ends_before_it_is_too_large(void **state)
{
    (void)state;
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, fill_with_long_descriptions, NULL, &f.err), ST_OK);
    list(1000, NULL, (tag_list){ NULL, 0, false });
    assert_ok(&f);
    const size_t first = count_at(&f, "Roles.Role");
    assert_true(first > 200 && first < 1000);
    assert_true(json_is_true(fixture_at(&f, "IsTruncated")));
    char marker[512], next[32];
    (void)snprintf(marker, sizeof marker, "%s", text_at(&f, "Marker"));
    list(1, marker, (tag_list){ NULL, 0, false });
    (void)snprintf(next, sizeof next, "long-%03zu", first);
    assert_string_equal(text_at(&f, "Roles.Role.0.RoleName"), next);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_role_is_kept_as_sent),
        TEST(names_are_unique_in_any_case_and_per_account),
        TEST(unknown_roles),
        TEST(a_malformed_trust_policy_is_explained),
        TEST(quotas_hold),
        TEST(an_update_keeps_what_it_does_not_name),
        TEST(a_role_with_policies_stays),
        TEST(writes_raise_the_roles_epoch),
        TEST(lists_go_on_where_they_ended),
        TEST(a_list_by_tags_passes_over_the_rest),
        TEST(a_page_ends_before_it_is_too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
