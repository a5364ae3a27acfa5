/* tag_api_test.c - TagResources, UntagResources and ListTagResources, and the rules on tags, on a real store. */
#include "account/fixture_test.h"
#include "user/tag.h"
#include "user/tag_api.h"
#include "user/user_api.h"

#define UPN(name) STR(name "@1234567890123456.onaliyun.com")

static fixture f;
static char alice[24], bob[24];

static void create(const char *name, char ret_id[24])
{
    APPLY(&f, &f.root, ram_create_user, RAM_CREATE_USER, .user_name = str_from_c(name));
    assert_ok(&f);
    (void)snprintf(ret_id, 24, "%s", text_at(&f, "User.UserId"));
}

static int setup(void **state)
{
    (void)state;
    fixture_init(&f);
    create("alice", alice);
    create("bob", bob);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_done(&f);
    return 0;
}

static void tag_users(str_list ids, tag_list tags)
{
    APPLY(&f, &f.root, ims_tag_resources, IMS_TAG_RESOURCES, .resource_type = STR("user"), .resource_id = ids, .tag = tags);
}

static str_list one(const str *s)
{
    return (str_list){ s, 1, true };
}

static void list(str_list ids, str_list upns, tag_list tags)
{
    READ(&f, &f.root, ims_list_tag_resources, IMS_LIST_TAG_RESOURCES, .resource_type = STR("user"), .resource_id = ids,
         .resource_principal_name = upns, .tag = tags);
}

static const str_list no_users;
static const tag_list no_tags;

static void tags_are_put_replaced_listed_and_removed(void **state)
{
    (void)state;
    const str id = str_from_c(alice), upn = UPN("Alice");
    const tag first[] = { { STR("b"), STR("1") }, { STR("a"), STR("2") } }, second[] = { { STR("a"), STR("3") } };
    tag_users(one(&id), (tag_list){ first, 2, true });
    assert_ok(&f);
    tag_users(one(&id), (tag_list){ second, 1, true });
    assert_ok(&f);
    list(no_users, one(&upn), no_tags);
    assert_ok(&f);
    assert_int_equal(count_at(&f, "TagResources.TagResource"), 2);
    assert_string_equal(text_at(&f, "TagResources.TagResource.0.ResourceId"), alice);
    assert_string_equal(text_at(&f, "TagResources.TagResource.0.ResourceType"), "user");
    assert_string_equal(text_at(&f, "TagResources.TagResource.0.TagKey"), "a");
    assert_string_equal(text_at(&f, "TagResources.TagResource.0.TagValue"), "3");
    assert_true(json_is_false(fixture_at(&f, "IsTruncated")));

    const str key = STR("a"), not_there = STR("zzz");
    APPLY(&f, &f.root, ims_untag_resources, IMS_UNTAG_RESOURCES, .resource_type = STR("user"), .resource_id = one(&id),
          .tag_key = one(&key), .all = { true, true }); /* All counts only without TagKey */
    assert_ok(&f);
    APPLY(&f, &f.root, ims_untag_resources, IMS_UNTAG_RESOURCES, .resource_type = STR("user"), .resource_id = one(&id),
          .tag_key = one(&not_there));
    assert_ok(&f);
    list(one(&id), no_users, no_tags);
    assert_int_equal(count_at(&f, "TagResources.TagResource"), 1);
    APPLY(&f, &f.root, ims_untag_resources, IMS_UNTAG_RESOURCES, .resource_type = STR("user"),
          .resource_principal_name = one(&upn), .all = { true, true });
    assert_ok(&f);
    list(one(&id), no_users, no_tags);
    assert_int_equal(count_at(&f, "TagResources.TagResource"), 0);
}

static const struct {
    const char *what;
    str key, value;
    const char *code;
} rules[] = {
    { "empty key", STR_INIT(""), STR_INIT(""), "InvalidParameter.Tag.Key.Length" },
    { "reserved", STR_INIT("aliyun"), STR_INIT(""), "InvalidParameter.Tag.Key.Format" },
    { "reserved beginning in any case", STR_INIT("AliYun-x"), STR_INIT(""), "InvalidParameter.Tag.Key.Format" },
    { "acs:", STR_INIT("ACS:x"), STR_INIT(""), "InvalidParameter.Tag.Key.Format" },
    { "http", STR_INIT("a-HTTP://b"), STR_INIT(""), "InvalidParameter.Tag.Key.Format" },
    { "https", STR_INIT("https://b"), STR_INIT(""), "InvalidParameter.Tag.Key.Format" },
    { "acs without colon", STR_INIT("acs"), STR_INIT("http://"), NULL },
    { "inside", STR_INIT("my-aliyun"), STR_INIT(""), NULL },
};

static void rules_on_tags(void **state)
{
    (void)state;
    err e = { 0 };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        const tag t = { rules[i].key, rules[i].value };
        status s = tag_list_check(TAGGED_USER, (tag_list){ &t, 1, true }, &e);
        if ((s == ST_OK) != (rules[i].code == NULL) || (s != ST_OK && strcmp(e.code, rules[i].code) != 0))
            fail_msg("%s", rules[i].what);
    }
    char wide[3 * 129]; /* 129 characters of three bytes: length is in characters */
    for (size_t i = 0; i < sizeof wide; i += 3)
        memcpy(wide + i, "\xE9\x94\xAE", 3);
    tag t = { { wide, 3 * 128 }, { wide, 3 * 128 } };
    assert_int_equal(tag_list_check(TAGGED_USER, (tag_list){ &t, 1, true }, &e), ST_OK);
    t.key.n += 3;
    assert_int_equal(tag_list_check(TAGGED_USER, (tag_list){ &t, 1, true }, &e), ST_INVALID);
    assert_string_equal(e.code, "InvalidParameter.Tag.Key.Length");
    t = (tag){ STR("k"), { wide, 3 * 129 } };
    assert_int_equal(tag_list_check(TAGGED_USER, (tag_list){ &t, 1, true }, &e), ST_INVALID);
    assert_string_equal(e.code, "InvalidParameter.Tag.Value.Length");
    const tag twice[] = { { STR("k"), STR("1") }, { STR("K"), STR("2") }, { STR("k"), STR("3") } };
    assert_int_equal(tag_list_check(TAGGED_USER, (tag_list){ twice, 2, true }, &e), ST_OK);
    assert_int_equal(tag_list_check(TAGGED_USER, (tag_list){ twice, 3, true }, &e), ST_INVALID);
    assert_string_equal(e.code, "InvalidParameter.Tag.Key");
}

static void a_refused_request_tags_nobody(void **state)
{
    (void)state;
    const tag t[] = { { STR("k"), STR("v") } }, bad[] = { { STR("aliyun"), STR("v") } };
    const str known_and_not[] = { { alice, strlen(alice) }, STR("200000000000000000") };
    const str upn = UPN("bob"), foreign = STR("bob@elsewhere.onaliyun.com");
    tag_users((str_list){ known_and_not, 2, true }, (tag_list){ t, 1, true });
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    tag_users(one(known_and_not), (tag_list){ bad, 1, true });
    assert_code(&f, ST_INVALID, "InvalidParameter.Tag.Key.Format");
    tag_users(no_users, (tag_list){ t, 1, true });
    assert_code(&f, ST_INVALID, "MissingResourceId");
    tag_users(one(known_and_not), no_tags);
    assert_code(&f, ST_INVALID, "MissingTag");
    APPLY(&f, &f.root, ims_tag_resources, IMS_TAG_RESOURCES, .resource_type = STR("user"), .resource_id = one(known_and_not),
          .resource_principal_name = one(&upn), .tag = { t, 1, true });
    assert_code(&f, ST_INVALID, "InvalidParameter.ResourceId");
    APPLY(&f, &f.root, ims_tag_resources, IMS_TAG_RESOURCES, .resource_type = STR("user"),
          .resource_principal_name = one(&foreign), .tag = { t, 1, true });
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    APPLY(&f, &f.root, ims_untag_resources, IMS_UNTAG_RESOURCES, .resource_type = STR("user"),
          .resource_id = one(known_and_not), .all = { false, true });
    assert_code(&f, ST_INVALID, "MissingTagKey");
    APPLY(&f, &f.other_root, ims_tag_resources, IMS_TAG_RESOURCES, .resource_type = STR("user"),
          .resource_id = one(known_and_not), .tag = { t, 1, true });
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    list(no_users, no_users, no_tags);
    assert_int_equal(count_at(&f, "TagResources.TagResource"), 0);
}

static void the_quota_counts_what_would_be_there(void **state)
{
    (void)state;
    const str id = str_from_c(alice);
    const tag t[] = { { STR("a"), STR("") }, { STR("b"), STR("") }, { STR("c"), STR("") } };
    f.quota.tags_per_user = 2;
    tag_users(one(&id), (tag_list){ t, 3, true });
    assert_code(&f, ST_LIMIT, "LimitExceeded.User.Tag");
    tag_users(one(&id), (tag_list){ t, 2, true });
    assert_ok(&f);
    tag_users(one(&id), (tag_list){ t + 1, 1, true }); /* replacing is not one more */
    assert_ok(&f);
    tag_users(one(&id), (tag_list){ t + 2, 1, true });
    assert_code(&f, ST_LIMIT, "LimitExceeded.User.Tag");
    list(one(&id), no_users, no_tags);
    assert_int_equal(count_at(&f, "TagResources.TagResource"), 2);
}

static size_t walk_pages(str_list ids, int32_t page_size, unsigned *ret_pages)
{
    char token[2048] = "", last[256] = "";
    size_t total = 0;
    for (*ret_pages = 0; *ret_pages < 100;) {
        READ(&f, &f.root, ims_list_tag_resources, IMS_LIST_TAG_RESOURCES, .resource_type = STR("user"), .resource_id = ids,
             .next_token = str_from_c(token), .page_size = { page_size, true });
        assert_ok(&f);
        ++*ret_pages;
        const size_t n = count_at(&f, "TagResources.TagResource");
        for (size_t i = 0; i < n; i++) {
            char path[64], here[256];
            (void)snprintf(path, sizeof path, "TagResources.TagResource.%zu.ResourceId", i);
            int at = snprintf(here, sizeof here, "%s:", text_at(&f, path));
            (void)snprintf(path, sizeof path, "TagResources.TagResource.%zu.TagKey", i);
            (void)snprintf(here + at, sizeof here - (size_t)at, "%s", text_at(&f, path));
            assert_true(strcmp(here, last) > 0); /* in order, none twice */
            memcpy(last, here, sizeof last);
        }
        total += n;
        if (json_is_false(fixture_at(&f, "IsTruncated"))) {
            assert_null(fixture_at(&f, "NextToken"));
            return total;
        }
        (void)snprintf(token, sizeof token, "%s", text_at(&f, "NextToken"));
    }
    fail_msg("the pages have no end");
    return 0;
}

static void lists_are_paged(void **state)
{
    (void)state;
    str ids[2] = { str_from_c(alice), str_from_c(bob) };
    const tag t[] = { { STR("a"), STR("") }, { STR("b"), STR("") }, { STR("c:d"), STR("") } };
    tag_users((str_list){ ids, 2, true }, (tag_list){ t, 3, true });
    assert_ok(&f);
    unsigned pages;
    assert_int_equal(walk_pages(no_users, 4, &pages), 6);
    assert_int_equal(pages, 2);
    assert_int_equal(walk_pages(no_users, 3, &pages), 6);
    assert_int_equal(pages, 2);
    assert_int_equal(walk_pages(no_users, 1, &pages), 6);
    assert_int_equal(pages, 6);
    assert_int_equal(walk_pages((str_list){ ids, 2, true }, 4, &pages), 6);
    assert_int_equal(walk_pages((str_list){ ids, 1, true }, 1, &pages), 3);
    const str twice[] = { ids[0], ids[0] };
    assert_int_equal(walk_pages((str_list){ twice, 2, true }, 100, &pages), 3);
    READ(&f, &f.root, ims_list_tag_resources, IMS_LIST_TAG_RESOURCES, .resource_type = STR("user"),
         .next_token = STR("made-up"));
    assert_code(&f, ST_INVALID, "InvalidParameter.NextToken");
}

static void tags_filter_users(void **state)
{
    (void)state;
    const str a = str_from_c(alice), b = str_from_c(bob);
    const tag red[] = { { STR("colour"), STR("red") }, { STR("size"), STR("L") } }, blue[] = { { STR("colour"), STR("blue") } };
    const tag any[] = { { STR("colour"), { NULL, 0 } } };
    tag_users(one(&a), (tag_list){ red, 2, true });
    tag_users(one(&b), (tag_list){ blue, 1, true });
    list(no_users, no_users, (tag_list){ red, 1, true });
    assert_ok(&f);
    assert_int_equal(count_at(&f, "TagResources.TagResource"), 2);
    assert_string_equal(text_at(&f, "TagResources.TagResource.1.TagKey"), "size");
    list(no_users, no_users, (tag_list){ any, 1, true });
    assert_int_equal(count_at(&f, "TagResources.TagResource"), 3);
    list(one(&b), no_users, (tag_list){ red, 1, true });
    assert_int_equal(count_at(&f, "TagResources.TagResource"), 0);
}

static void deleting_a_user_takes_its_tags(void **state)
{
    (void)state;
    const str id = str_from_c(alice);
    const tag t[] = { { STR("k"), STR("v") } };
    tag_users(one(&id), (tag_list){ t, 1, true });
    APPLY(&f, &f.root, ram_delete_user, RAM_DELETE_USER, .user_name = STR("alice"));
    assert_ok(&f);
    list(no_users, no_users, no_tags);
    assert_int_equal(count_at(&f, "TagResources.TagResource"), 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tags_are_put_replaced_listed_and_removed), TEST(rules_on_tags),   TEST(a_refused_request_tags_nobody),
        TEST(the_quota_counts_what_would_be_there),     TEST(lists_are_paged), TEST(tags_filter_users),
        TEST(deleting_a_user_takes_its_tags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
