/* report_api_test.c - the actions on reports, on a real store. Quotas: the documented values of 2025-12. */
#include "account/fixture_test.h"
#include "base/encoding.h"
#include "report/report_api.h"
#include "report/reporter.h"
#include "user/user_api.h"

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

static int64_t number_at(const char *path)
{
    const json_t *n = fixture_at(&f, path);
    assert_true(json_is_integer(n));
    return json_integer_value(n);
}

static void create_user(const caller *who, const char *name)
{
    APPLY(&f, who, ram_create_user, RAM_CREATE_USER, .user_name = str_from_c(name));
    assert_ok(&f);
}

/* --- GetAccountSummary -------------------------------------------------------------------------------------------- */

static void the_summary_counts_and_names_quotas(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        int64_t want;
    } cases[] = {
        { "SummaryMap.Users", 2 },
        { "SummaryMap.UsersQuota", 5000 },
        { "SummaryMap.Groups", 0 },
        { "SummaryMap.GroupsQuota", 300 },
        { "SummaryMap.GroupsPerUserQuota", 10 },
        { "SummaryMap.Roles", 0 },
        { "SummaryMap.RolesQuota", 1000 },
        { "SummaryMap.Policies", 0 },
        { "SummaryMap.PoliciesQuota", 1500 },
        { "SummaryMap.PolicySizeQuota", 6144 },
        { "SummaryMap.VersionsPerPolicyQuota", 5 },
        { "SummaryMap.AttachedPoliciesPerUserQuota", 10 },
        { "SummaryMap.AttachedPoliciesPerGroupQuota", 10 },
        { "SummaryMap.AttachedPoliciesPerRoleQuota", 10 },
        { "SummaryMap.AttachedSystemPoliciesPerUserQuota", 20 },
        { "SummaryMap.AttachedSystemPoliciesPerGroupQuota", 20 },
        { "SummaryMap.AttachedSystemPoliciesPerRoleQuota", 20 },
        { "SummaryMap.MFADevices", 0 },
        { "SummaryMap.MFADevicesInUse", 0 },
        { "SummaryMap.VirtualMFADevicesQuota", 5000 },
        { "SummaryMap.AccessKeysPerUserQuota", 2 },
        { "SummaryMap.AccountAccessKeysPerAccountQuota", 2 },
        { "SummaryMap.ConditionsPerAKPolicyQuota", 8 },
        { "SummaryMap.IPItemsPerAKPolicyQuota", 50 },
        { "SummaryMap.ServiceCredentialsPerUserPerServiceQuota", 2 },
        { "SummaryMap.AuthorizedClientPerUserQuota", 0 },
    };
    create_user(&f.root, "alice");
    create_user(&f.root, "bob");
    create_user(&f.other_root, "carol");
    READ(&f, &f.root, ims_get_account_summary, IMS_GET_ACCOUNT_SUMMARY, 0);
    assert_ok(&f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(number_at(cases[i].path), cases[i].want);
    assert_int_equal(json_object_size(fixture_at(&f, "SummaryMap")), sizeof cases / sizeof *cases);
}

/* --- the credential report ---------------------------------------------------------------------------------------- */

static void generate(const caller *who, const char *want_state)
{
    APPLY(&f, who, ims_generate_credential_report, IMS_GENERATE_CREDENTIAL_REPORT, 0);
    assert_ok(&f);
    assert_string_equal(text_at(&f, "State"), want_state);
}

static void make_reports(void)
{
    err e = { 0 };
    reporter *r = reporter_new(f.store, &f.world, STR("onaliyun.com"));
    assert_non_null(r);
    assert_int_equal(reporter_run_now(r, &e), ST_OK);
    reporter_free(r);
}

enum { TEXT_MAX = 1 << 20 };

/* A page's Content is added to `to`. */
static void get_page(const caller *who, int32_t max_items, str token, char *to)
{
    ims_get_credential_report_request rq = { .next_token = token };
    rq.max_items.is_set = max_items > 0;
    rq.max_items.v = max_items;
    fixture_call(&f, who, ims_get_credential_report_read, IMS_GET_CREDENTIAL_REPORT, &rq, false);
    assert_ok(&f);
    const size_t had = strlen(to);
    size_t n = 0;
    assert_int_equal(base64_decode(str_from_c(text_at(&f, "Content")), (uint8_t *)to + had, TEXT_MAX - had - 1, &n), ST_OK);
    to[had + n] = '\0';
}

static size_t lines_of(const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

static void the_report_is_made_in_the_background(void **state)
{
    (void)state;
    char *text = calloc(1, TEXT_MAX);
    create_user(&f.root, "alice");
    READ(&f, &f.root, ims_get_credential_report, IMS_GET_CREDENTIAL_REPORT, .next_token = { NULL, 0 });
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.CredentialReport");
    generate(&f.root, "STARTED");
    generate(&f.root, "INPROGRESS");
    READ(&f, &f.root, ims_get_credential_report, IMS_GET_CREDENTIAL_REPORT, .next_token = { NULL, 0 });
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.CredentialReport");
    make_reports();
    generate(&f.root, "COMPLETED");
    get_page(&f.root, 0, (str){ NULL, 0 }, text);
    assert_string_equal(text_at(&f, "GeneratedTime"), "2026-11-24T00:00:00Z");
    assert_string_equal(text_at(&f, "IsTruncated"), "false");
    assert_null(text_at(&f, "NextToken"));
    assert_int_equal(strncmp(text, "user,user_creation_time,", 24), 0);
    assert_non_null(strstr(text, "\n<root>,2026-11-24T00:00:00Z,-,TRUE,"));
    assert_non_null(strstr(text, "\nalice@1234567890123456.onaliyun.com,2026-11-24T00:00:00Z,-,FALSE,N/A,"));
    assert_int_equal(lines_of(text), 3);
    free(text);
    READ(&f, &f.other_root, ims_get_credential_report, IMS_GET_CREDENTIAL_REPORT, .next_token = { NULL, 0 });
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.CredentialReport");
}

static void a_report_is_made_at_most_every_four_hours(void **state)
{
    (void)state;
    generate(&f.root, "STARTED");
    make_reports();
    f.now_s += 4 * 3600 - 1;
    generate(&f.root, "COMPLETED");
    f.now_s += 1;
    generate(&f.root, "STARTED");
    make_reports();
    READ(&f, &f.root, ims_get_credential_report, IMS_GET_CREDENTIAL_REPORT, .next_token = { NULL, 0 });
    assert_string_equal(text_at(&f, "GeneratedTime"), "2026-11-24T04:00:00Z");
}

/* More users than one piece holds; every size of a page adds up to the same file. */
static void pages_add_up(void **state)
{
    (void)state;
    char *whole = calloc(1, TEXT_MAX), *pages = calloc(1, TEXT_MAX);
    for (int i = 0; i < 203; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "user-%03d", i);
        create_user(&f.root, name);
    }
    generate(&f.root, "STARTED");
    make_reports();
    get_page(&f.root, 0, (str){ NULL, 0 }, whole);
    assert_int_equal(lines_of(whole), 1 + 1 + 203);
    static const int32_t sizes[] = { 1, 7, 80, 81, 102, 203, 204, 3501 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char token[512] = "";
        size_t n = 0;
        pages[0] = '\0';
        do {
            get_page(&f.root, sizes[i], str_from_c(token), pages);
            n++;
            const char *next = text_at(&f, "NextToken");
            assert_string_equal(text_at(&f, "IsTruncated"), next != NULL ? "true" : "false");
            (void)snprintf(token, sizeof token, "%s", next != NULL ? next : "");
        } while (token[0] != '\0');
        assert_string_equal(pages, whole);
        assert_int_equal(n, (204 + (size_t)sizes[i] - 1) / (size_t)sizes[i]);
    }
    free(whole);
    free(pages);
}

static void a_token_is_of_one_account_and_report(void **state)
{
    (void)state;
    char *text = calloc(1, TEXT_MAX), token[512];
    create_user(&f.root, "alice");
    generate(&f.root, "STARTED");
    generate(&f.other_root, "STARTED");
    make_reports();
    get_page(&f.root, 1, (str){ NULL, 0 }, text);
    (void)snprintf(token, sizeof token, "%s", text_at(&f, "NextToken"));
    READ(&f, &f.other_root, ims_get_credential_report, IMS_GET_CREDENTIAL_REPORT, .next_token = str_from_c(token));
    assert_code(&f, ST_INVALID, "InvalidParameter.NextToken");
    READ(&f, &f.root, ims_get_credential_report, IMS_GET_CREDENTIAL_REPORT, .next_token = STR("mine"));
    assert_code(&f, ST_INVALID, "InvalidParameter.NextToken");
    for (int round = 0; round < 2; round++) { /* the slot of the first report is written over by the third */
        get_page(&f.root, 1, str_from_c(token), text);
        f.now_s += 4 * 3600;
        generate(&f.root, "STARTED");
        make_reports();
    }
    READ(&f, &f.root, ims_get_credential_report, IMS_GET_CREDENTIAL_REPORT, .next_token = str_from_c(token));
    assert_code(&f, ST_INVALID, "InvalidParameter.NextToken");
    free(text);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_summary_counts_and_names_quotas),       TEST(the_report_is_made_in_the_background),
        TEST(a_report_is_made_at_most_every_four_hours), TEST(pages_add_up),
        TEST(a_token_is_of_one_account_and_report),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
