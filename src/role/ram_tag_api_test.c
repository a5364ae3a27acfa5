/* ram_tag_api_test.c - tags of roles and custom policies, on a real store. */
#include "account/fixture_test.h"
#include "role/ram_tag_api.h"
#include "role/role_api.h"

#define TRUST                                                                                \
    "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\"," \
    "\"Principal\":{\"RAM\":\"acs:ram::1:root\"}}]}"

static fixture f;

typedef struct {
    uint64_t id;
    const char *name;
} policy_spec;

static status add_policy(store_tx *tx, void *self, err *e)
{
    const policy_spec *p = self;
    return store_policy_insert(tx,
                               &(policy_record){ .id = p->id,
                                                 .name = str_from_c(p->name),
                                                 .description = STR(""),
                                                 .default_version = 1,
                                                 .last_version = 1,
                                                 .created_s = FIXTURE_NOW_S,
                                                 .updated_s = FIXTURE_NOW_S },
                               e);
}

static int setup(void **state)
{
    (void)state;
    fixture_init(&f);
    static const char *const roles[] = { "Deploy", "audit" };
    for (size_t i = 0; i < 2; i++) {
        APPLY(&f, &f.root, ram_create_role, RAM_CREATE_ROLE, .role_name = str_from_c(roles[i]),
              .assume_role_policy_document = STR(TRUST));
        assert_ok(&f);
    }
    policy_spec p = { 511111111111111111, "Reader" };
    return store_apply_now(f.store, FIXTURE_ACCOUNT, add_policy, &p, &f.err) != ST_OK;
}

static int teardown(void **state)
{
    (void)state;
    fixture_done(&f);
    return 0;
}

#define NAMES(...) ((str_list){ (const str[]){ __VA_ARGS__ }, sizeof((const str[]){ __VA_ARGS__ }) / sizeof(str), true })
#define TAGS(...)  ((tag_list){ (const tag[]){ __VA_ARGS__ }, sizeof((const tag[]){ __VA_ARGS__ }) / sizeof(tag), true })
#define NOTHING        \
    {                  \
        NULL, 0, false \
    }

static void tag_them(const char *type, str_list names, tag_list tags)
{
    APPLY(&f, &f.root, ram_tag_resources, RAM_TAG_RESOURCES, .resource_type = str_from_c(type), .resource_names = names,
          .tag = tags);
}

static void list(const char *type, str_list names, tag_list tags)
{
    READ(&f, &f.root, ram_list_tag_resources, RAM_LIST_TAG_RESOURCES, .resource_type = str_from_c(type),
         .resource_names = names, .tag = tags);
}

static void tags_come_and_go(void **state)
{
    (void)state;
    static const char *const types[] = { "role", "policy" }, *const names[] = { "Deploy", "Reader" };
    const str given[] = { STR("dePLOY"), STR("reaDER") }; /* in any case */
    for (size_t i = 0; i < 2; i++) {
        tag_them(types[i], NAMES(given[i]), TAGS({ STR("a"), STR("1") }, { STR("b"), { NULL, 0 } }));
        assert_ok(&f);
        tag_them(types[i], NAMES(given[i], given[i]), TAGS({ STR("a"), STR("2") }));
        assert_ok(&f);
        list(types[i], NAMES(given[i]), (tag_list)NOTHING);
        assert_ok(&f);
        assert_int_equal(count_at(&f, "TagResources"), 2);
        assert_string_equal(text_at(&f, "TagResources.0.ResourceName"), names[i]);
        assert_string_equal(text_at(&f, "TagResources.0.ResourceType"), types[i]);
        assert_string_equal(text_at(&f, "TagResources.0.TagKey"), "a");
        assert_string_equal(text_at(&f, "TagResources.0.TagValue"), "2");
        assert_string_equal(text_at(&f, "TagResources.1.TagValue"), "");
        assert_null(fixture_at(&f, "NextToken"));
        APPLY(&f, &f.root, ram_untag_resources, RAM_UNTAG_RESOURCES, .resource_type = str_from_c(types[i]),
              .resource_names = NAMES(given[i]), .tag_keys = NAMES(STR("a"), STR("never")));
        assert_ok(&f);
        list(types[i], (str_list)NOTHING, (tag_list)NOTHING);
        assert_int_equal(count_at(&f, "TagResources"), 1);
        assert_string_equal(text_at(&f, "TagResources.0.TagKey"), "b");
        APPLY(&f, &f.root, ram_untag_resources, RAM_UNTAG_RESOURCES, .resource_type = str_from_c(types[i]),
              .resource_names = NAMES(given[i]), .all = { true, true });
        assert_ok(&f);
        list(types[i], (str_list)NOTHING, (tag_list)NOTHING);
        assert_int_equal(count_at(&f, "TagResources"), 0);
    }
}

static void a_refused_request_tags_nothing(void **state)
{
    (void)state;
    const tag_list good = TAGS({ STR("k"), STR("v") });
    tag_them("role", NAMES(STR("deploy"), STR("ghost")), good);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Role");
    tag_them("role", NAMES(STR("Reader")), good);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Role");
    tag_them("policy", NAMES(STR("AdministratorAccess")), good); /* a system policy carries no tags */
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Policy");
    tag_them("role", NAMES(STR("deploy")), TAGS({ STR("ACS:x"), STR("v") }));
    assert_code(&f, ST_INVALID, "InvalidParameter.Tag.Key.Format");
    tag_them("role", NAMES(STR("deploy")), TAGS({ STR("k"), STR("1") }, { STR("k"), STR("2") }));
    assert_code(&f, ST_INVALID, "InvalidParameter.Tag.Key");
    tag_them("role", (str_list)NOTHING, good);
    assert_code(&f, ST_INVALID, "MissingResourceNames");
    tag_them("role", NAMES(STR("deploy")), (tag_list)NOTHING);
    assert_code(&f, ST_INVALID, "MissingTag");
    APPLY(&f, &f.root, ram_untag_resources, RAM_UNTAG_RESOURCES, .resource_type = STR("role"),
          .resource_names = NAMES(STR("deploy")));
    assert_code(&f, ST_INVALID, "MissingTagKey");
    APPLY(&f, &f.other_root, ram_tag_resources, RAM_TAG_RESOURCES, .resource_type = STR("role"),
          .resource_names = NAMES(STR("deploy")), .tag = good);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Role");
    list("role", NAMES(STR("ghost")), (tag_list)NOTHING);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Role");
    list("role", (str_list)NOTHING, (tag_list)NOTHING);
    assert_int_equal(count_at(&f, "TagResources"), 0);
}

static void values_have_up_to_256_characters(void **state)
{
    (void)state;
    char wide[3 * 257]; /* of three bytes each */
    for (size_t i = 0; i < sizeof wide; i += 3)
        memcpy(wide + i, "\xE9\x94\xAE", 3);
    const str most = { wide, 3 * 256 }, more = { wide, 3 * 257 };
    tag_them("role", NAMES(STR("deploy")), TAGS({ STR("k"), more }));
    assert_code(&f, ST_INVALID, "InvalidParameter.Tag.Value.Length");
    tag_them("role", NAMES(STR("deploy")), TAGS({ STR("k"), most }));
    assert_ok(&f);
}

static void quotas_hold_for_each(void **state)
{
    (void)state;
    f.quota.tags_per_user = 1;
    tag_them("role", NAMES(STR("deploy")), TAGS({ STR("a"), STR("1") }));
    tag_them("role", NAMES(STR("audit"), STR("deploy")), TAGS({ STR("b"), STR("1") }));
    assert_code(&f, ST_LIMIT, "LimitExceeded.Role.Tag");
    tag_them("policy", NAMES(STR("Reader")), TAGS({ STR("a"), STR("1") }, { STR("b"), STR("1") }));
    assert_code(&f, ST_LIMIT, "LimitExceeded.Policy.Tag");
    list("role", NAMES(STR("audit")), (tag_list)NOTHING);
    assert_int_equal(count_at(&f, "TagResources"), 0);
}

static void pages_go_on_where_they_ended(void **state)
{
    (void)state;
    const str roles[] = { STR("deploy"), STR("audit") };
    tag_them("role", (str_list){ roles, 2, true },
             TAGS({ STR("a"), STR("1") }, { STR("b"), STR("2") }, { STR("c"), STR("3") }));
    tag_them("policy", NAMES(STR("Reader")), TAGS({ STR("a"), STR("1") }));
    for (size_t named = 0; named <= 2; named += 2) {
        char token[512] = "", seen[256] = "";
        size_t n = 0;
        for (size_t i = 0; i < 6; i++) {
            READ(&f, &f.root, ram_list_tag_resources, RAM_LIST_TAG_RESOURCES, .resource_type = STR("role"),
                 .resource_names = { roles, named, named > 0 }, .page_size = { 1, true }, .next_token = str_from_c(token));
            assert_ok(&f);
            assert_int_equal(count_at(&f, "TagResources"), 1);
            n += (size_t)snprintf(seen + n, sizeof seen - n, "%s ", text_at(&f, "TagResources.0.TagKey"));
            if (i < 5)
                (void)snprintf(token, sizeof token, "%s", text_at(&f, "NextToken"));
            else
                assert_null(fixture_at(&f, "NextToken"));
        }
        assert_string_equal(seen, "a b c a b c ");
        READ(&f, &f.root, ram_list_tag_resources, RAM_LIST_TAG_RESOURCES, .resource_type = STR("policy"),
             .next_token = str_from_c(token)); /* of the other list */
        assert_code(&f, ST_INVALID, "InvalidParameter.NextToken");
    }
    list("role", (str_list)NOTHING, TAGS({ STR("a"), STR("1") }, { STR("b"), { NULL, 0 } }));
    assert_int_equal(count_at(&f, "TagResources"), 6);
    list("role", (str_list)NOTHING, TAGS({ STR("a"), STR("2") }));
    assert_int_equal(count_at(&f, "TagResources"), 0);
}

static void tags_raise_the_epoch_of_their_carrier(void **state)
{
    (void)state;
    const epoch_key k = epoch_of_principal(511111111111111111);
    const uint64_t before = epoch_read(store_epochs(f.store), k);
    tag_them("policy", NAMES(STR("Reader")), TAGS({ STR("a"), STR("1") }));
    const uint64_t between = epoch_read(store_epochs(f.store), k);
    assert_true(between > before);
    APPLY(&f, &f.root, ram_untag_resources, RAM_UNTAG_RESOURCES, .resource_type = STR("policy"),
          .resource_names = NAMES(STR("Reader")), .tag_keys = NAMES(STR("a")));
    assert_true(epoch_read(store_epochs(f.store), k) > between);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tags_come_and_go),     TEST(a_refused_request_tags_nothing), TEST(values_have_up_to_256_characters),
        TEST(quotas_hold_for_each), TEST(pages_go_on_where_they_ended),   TEST(tags_raise_the_epoch_of_their_carrier),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
