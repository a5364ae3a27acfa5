/* policy_list_test.c - system and custom policies in one list, on a real store. */
#include "policy/policy_fixture_test.h"
#include "policy/system_policy.h"

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

static void list(str type, int32_t max, const char *marker, tag_list wanted)
{
    READ(&f, &f.root, ram_list_policies, RAM_LIST_POLICIES, .policy_type = type, .max_items = { max, max > 0 },
         .marker = str_from_c(marker), .tag = wanted);
}

static const str ANY = { NULL, 0 };
static const tag_list NO_TAGS = { NULL, 0, false };

/* Every policy as "name type", read in pages of the given size. */
enum { SEEN_MAX = 400 };
typedef struct {
    char place[SEEN_MAX][160];
    size_t n, pages;
} seen;

static void read_all(str type, int32_t max, tag_list wanted, seen *ret)
{
    char marker[1024] = "";
    ret->n = ret->pages = 0;
    for (;;) {
        list(type, max, marker[0] != '\0' ? marker : NULL, wanted);
        assert_ok(&f);
        const size_t n = count_at(&f, "Policies.Policy");
        assert_true(n <= (size_t)max);
        for (size_t i = 0; i < n; i++) {
            const json_t *p = json_array_get(fixture_at(&f, "Policies.Policy"), i);
            assert_true(ret->n < SEEN_MAX);
            (void)snprintf(ret->place[ret->n++], sizeof ret->place[0], "%s %s",
                           json_string_value(json_object_get(p, "PolicyName")),
                           json_string_value(json_object_get(p, "PolicyType")));
        }
        ret->pages++;
        if (json_is_false(fixture_at(&f, "IsTruncated")))
            break;
        assert_true(n > 0);
        (void)snprintf(marker, sizeof marker, "%s", text_at(&f, "Marker"));
    }
    assert_null(fixture_at(&f, "Marker"));
}

static size_t system_count(void)
{
    size_t n = 0;
    while (system_policy_at(n) != NULL)
        n++;
    return n;
}

/* By name in any case, then by type: a blank is below every character of a name. */
static void assert_in_order(const seen *s)
{
    for (size_t i = 1; i < s->n; i++) {
        if (strcasecmp(s->place[i - 1], s->place[i]) >= 0)
            fail_msg("%s before %s", s->place[i - 1], s->place[i]);
    }
}

static void create_all(void)
{
    static const char *const names[] = { "zeta", "Alpha", "AliyunOSSFullAccess", "aliyunramfullaccess", "AliyunOSSFullAccess-2",
                                         "0",    "-" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        create_policy(&f, names[i], ALLOW("oss:*"));
        assert_ok(&f);
    }
}

static void one_ordered_list_whatever_the_page(void **state)
{
    (void)state;
    create_all();
    static seen all, paged;
    read_all(ANY, 1000, NO_TAGS, &all);
    assert_int_equal(all.n, system_count() + 7);
    assert_int_equal(all.pages, 1);
    static const int32_t sizes[] = { 1, 2, 3, 7, 50 };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        read_all(ANY, sizes[i], NO_TAGS, &paged);
        assert_int_equal(paged.n, all.n);
        assert_int_equal(paged.pages, (all.n + (size_t)sizes[i] - 1) / (size_t)sizes[i]);
        for (size_t k = 0; k < all.n; k++)
            assert_string_equal(paged.place[k], all.place[k]);
    }
    size_t custom_at = 0, system_at = 0;
    for (size_t i = 0; i < all.n; i++) {
        custom_at = strcmp(all.place[i], "AliyunOSSFullAccess Custom") == 0 ? i : custom_at;
        system_at = strcmp(all.place[i], "AliyunOSSFullAccess System") == 0 ? i : system_at;
    }
    assert_int_equal(system_at, custom_at + 1); /* one name: Custom before System */
    assert_string_equal(all.place[0], "- Custom");
    assert_string_equal(all.place[1], "0 Custom");
    assert_string_equal(all.place[all.n - 1], "zeta Custom");
}

static void by_type(void **state)
{
    (void)state;
    create_all();
    static seen custom, system;
    read_all(STR("Custom"), 2, NO_TAGS, &custom);
    assert_int_equal(custom.n, 7);
    assert_in_order(&custom);
    read_all(STR("System"), 10, NO_TAGS, &system);
    assert_int_equal(system.n, system_count());
    assert_in_order(&system);
    for (size_t i = 0; i < system.n; i++)
        assert_non_null(strstr(system.place[i], " System"));
}

static void more_than_a_portion(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 230; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "p-%03u", i);
        create_policy(&f, name, ALLOW("oss:*"));
    }
    static seen all;
    read_all(STR("Custom"), 1000, NO_TAGS, &all);
    assert_int_equal(all.n, 230);
    assert_in_order(&all);
    read_all(STR("Custom"), 99, NO_TAGS, &all);
    assert_int_equal(all.n, 230);
    read_all(STR("Custom"), 100, NO_TAGS, &all);
    assert_int_equal(all.n, 230);
    assert_int_equal(all.pages, 3);
    list(STR("Custom"), 0, NULL, NO_TAGS);
    assert_int_equal(count_at(&f, "Policies.Policy"), 100); /* the documented default */
}

static void create_tagged(const char *name, const tag *tags, size_t n)
{
    APPLY(&f, &f.root, ram_create_policy, RAM_CREATE_POLICY, .policy_name = str_from_c(name),
          .policy_document = STR(ALLOW("oss:*")), .tag = { tags, n, true });
    assert_ok(&f);
}

static void by_tags(void **state)
{
    (void)state;
    const tag both[] = { { STR("env"), STR("prod") }, { STR("team"), STR("a") } };
    const tag other[] = { { STR("env"), STR("test") } };
    const tag any_env[] = { { STR("env"), { NULL, 0 } } };
    const tag absent[] = { { STR("env"), STR("prod") }, { STR("nope"), STR("") } };
    create_tagged("a", both, 2);
    create_tagged("b", other, 1);
    create_tagged("d", both, 2);
    create_policy(&f, "c", ALLOW("oss:*"));
    static seen s;
    read_all(ANY, 10, (tag_list){ both, 2, true }, &s);
    assert_int_equal(s.n, 2);
    assert_string_equal(s.place[0], "a Custom");
    assert_string_equal(s.place[1], "d Custom");
    read_all(ANY, 1, (tag_list){ any_env, 1, true }, &s);
    assert_int_equal(s.n, 3);
    assert_int_equal(s.pages, 3);
    read_all(ANY, 10, (tag_list){ absent, 2, true }, &s);
    assert_int_equal(s.n, 0);
    read_all(STR("System"), 10, (tag_list){ both, 2, true }, &s);
    assert_int_equal(s.n, 0); /* system policies carry no tags */
}

static void what_a_list_says_of_a_policy(void **state)
{
    (void)state;
    create_policy(&f, "mine", ALLOW("oss:*"));
    create_version(&f, "mine", ALLOW("oss:Get*"), true, false);
    attach_to_user(&f, "alice", "Custom", "mine");
    attach_to_role(&f, "deploy.r", "Custom", "mine");
    list(STR("Custom"), 10, NULL, NO_TAGS);
    assert_string_equal(text_at(&f, "Policies.Policy.0.DefaultVersion"), "v2");
    assert_int_equal(json_integer_value(fixture_at(&f, "Policies.Policy.0.AttachmentCount")), 2);
    assert_string_equal(text_at(&f, "Policies.Policy.0.Description"), "");
    assert_string_equal(text_at(&f, "Policies.Policy.0.CreateDate"), "2026-11-24T00:00:00Z");
    list(STR("System"), 1, NULL, NO_TAGS);
    assert_string_equal(text_at(&f, "Policies.Policy.0.PolicyName"), "AdministratorAccess");
    assert_int_equal(count_at(&f, "Policies.Policy.0.Tags.Tag"), 0);
}

/* A page of what has long descriptions ends before the answer's limit, and the list still goes on. */
static status fill_with_long_descriptions(store_tx *tx, void *self, err *e)
{
    (void)self;
    static char text[1024];
    memset(text, 1, sizeof text); /* six bytes each in JSON */
    for (unsigned i = 0; i < 700; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "long-%03u", i);
        const policy_record p = { .id = 500000000000000000 + i,
                                  .name = str_from_c(name),
                                  .description = { text, sizeof text },
                                  .default_version = 1,
                                  .last_version = 1 };
        TRY(store_policy_insert(tx, &p, e));
    }
    return ST_OK;
}

static void a_page_ends_before_it_is_too_large(void **state)
{
    (void)state;
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, fill_with_long_descriptions, NULL, &f.err), ST_OK);
    list(STR("Custom"), 1000, NULL, NO_TAGS);
    assert_ok(&f);
    const size_t first = count_at(&f, "Policies.Policy");
    assert_true(first > 200 && first < 700);
    assert_true(json_is_true(fixture_at(&f, "IsTruncated")));
    char marker[1024];
    (void)snprintf(marker, sizeof marker, "%s", text_at(&f, "Marker"));
    list(STR("Custom"), 1, marker, NO_TAGS);
    char next[32];
    (void)snprintf(next, sizeof next, "long-%03zu", first);
    assert_string_equal(text_at(&f, "Policies.Policy.0.PolicyName"), next);
}

static void markers(void **state)
{
    (void)state;
    create_policy(&f, "mine", ALLOW("oss:*"));
    list(ANY, 2, "made-up", NO_TAGS);
    assert_code(&f, ST_INVALID, "InvalidParameter.Marker");
    list(ANY, 2, NULL, NO_TAGS);
    char marker[1024];
    (void)snprintf(marker, sizeof marker, "%s", text_at(&f, "Marker"));
    READ(&f, &f.other_root, ram_list_policies, RAM_LIST_POLICIES, .marker = str_from_c(marker));
    assert_code(&f, ST_INVALID, "InvalidParameter.Marker");
    list(STR("Custom"), 2, marker, NO_TAGS); /* a place in the one order, whatever the filter */
    assert_ok(&f);
    assert_string_equal(text_at(&f, "Policies.Policy.0.PolicyName"), "mine");
    list(ANY, 2, "", NO_TAGS);
    assert_string_equal(text_at(&f, "Policies.Policy.0.PolicyName"), "AdministratorAccess");
}

/* What a page was read up to may go before the next one is asked for. */
static void a_marker_outlives_its_policy(void **state)
{
    (void)state;
    create_policy(&f, "a", ALLOW("oss:*"));
    create_policy(&f, "b", ALLOW("oss:*"));
    list(STR("Custom"), 1, NULL, NO_TAGS);
    char marker[1024];
    (void)snprintf(marker, sizeof marker, "%s", text_at(&f, "Marker"));
    delete_policy(&f, "a", false);
    list(STR("Custom"), 1, marker, NO_TAGS);
    assert_string_equal(text_at(&f, "Policies.Policy.0.PolicyName"), "b");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_ordered_list_whatever_the_page),
        TEST(by_type),
        TEST(more_than_a_portion),
        TEST(by_tags),
        TEST(what_a_list_says_of_a_policy),
        TEST(a_page_ends_before_it_is_too_large),
        TEST(markers),
        TEST(a_marker_outlives_its_policy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
