/* network_policy_api_test.c - a network policy of a pair and of the account: set, read back, whose it may be. */
#include "account/fixture_test.h"
#include "access_key/access_key_api.h"
#include "access_key/network_policy_api.h"
#include "user/user_api.h"

#define STORED \
    "{\"Version\":1,\"Status\":\"Active\",\"Statements\":[{\"Type\":\"ClassicWhiteList\",\"IPList\":[\"192.0.2.0/24\"]}]}"
#define SENT "{\"Status\":\"Active\",\"Statements\":[{\"IPList\":[\"192.0.2.0/24\"],\"Type\":\"ClassicWhiteList\"}]}"
#define UPN  STR("alice@1234567890123456.onaliyun.com")

static fixture f;
static char key[32];

static int setup(void **state)
{
    (void)state;
    fixture_init(&f);
    APPLY(&f, &f.root, ram_create_user, RAM_CREATE_USER, .user_name = STR("alice"));
    APPLY(&f, &f.root, ram_create_access_key, RAM_CREATE_ACCESS_KEY, .user_name = STR("alice"));
    (void)snprintf(key, sizeof key, "%s", text_at(&f, "AccessKey.AccessKeyId"));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_done(&f);
    return 0;
}

static void set(const caller *who, str upn, str policy)
{
    APPLY(&f, who, ims_set_access_key_policy, IMS_SET_ACCESS_KEY_POLICY, .user_principal_name = upn,
          .user_access_key_id = str_from_c(key), .access_key_policy = policy);
}

static const char *get(void)
{
    READ(&f, &f.root, ims_get_access_key_policy, IMS_GET_ACCESS_KEY_POLICY, .user_principal_name = UPN,
         .user_access_key_id = str_from_c(key));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "AccessKeyId"), key);
    return text_at(&f, "AccessKeyPolicy");
}

static void of_a_pair(void **state)
{
    (void)state;
    const epoch_key k = epoch_of_access_key(str_from_c(key));
    const uint64_t before = epoch_read(store_epochs(f.store), k);
    assert_string_equal(get(), "{}");
    set(&f.root, UPN, STR(SENT));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "AccessKeyPolicy"), STORED);
    assert_string_equal(text_at(&f, "AccessKeyId"), key);
    assert_true(epoch_read(store_epochs(f.store), k) > before);
    assert_string_equal(get(), STORED);
    set(&f.root, UPN, STR("{}"));
    assert_code(&f, ST_INVALID, "InvalidParameter.AccessKeyPolicy");
    assert_string_equal(get(), STORED);
    set(&f.root, UPN, STR("{\"Status\":\"Inactive\",\"Statements\":[]}"));
    assert_ok(&f);
    assert_string_equal(get(), "{\"Version\":1,\"Status\":\"Inactive\",\"Statements\":[]}");
}

static void of_nobody_elses_pair(void **state)
{
    (void)state;
    set(&f.root, STR(""), STR(SENT)); /* root's own are meant */
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.AccessKey");
    set(&f.root, STR("bob@1234567890123456.onaliyun.com"), STR(SENT));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    set(&f.other_root, STR(""), STR(SENT));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.AccessKey");
    READ(&f, &f.other_root, ims_get_access_key_policy, IMS_GET_ACCESS_KEY_POLICY, .user_access_key_id = str_from_c(key));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.AccessKey");
    assert_string_equal(get(), "{}");
}

static status read_preference(store_tx *tx, void *self, err *e)
{
    CLEANUP(arena_free_at) arena *a = arena_new(4096, 65536);
    preference_record p;
    TRY(store_preference_get(tx, a, &p, e));
    *(bool *)self = str_eq(p.mfa_operation_for_login, STR("mandatory"));
    return ST_OK;
}

static void of_the_account(void **state)
{
    (void)state;
    bool is_kept = false;
    const epoch_key k = epoch_of_account(FIXTURE_ACCOUNT);
    const uint64_t before = epoch_read(store_epochs(f.store), k);
    READ(&f, &f.root, ims_get_access_key_policy_for_account, IMS_GET_ACCESS_KEY_POLICY_FOR_ACCOUNT, .nothing = 0);
    assert_ok(&f);
    assert_string_equal(text_at(&f, "AccessKeyPolicy"), "{}");
    APPLY(&f, &f.root, ims_set_access_key_policy_for_account, IMS_SET_ACCESS_KEY_POLICY_FOR_ACCOUNT,
          .access_key_policy = STR(SENT));
    assert_ok(&f);
    assert_true(epoch_read(store_epochs(f.store), k) > before);
    APPLY(&f, &f.root, ims_set_access_key_policy_for_account, IMS_SET_ACCESS_KEY_POLICY_FOR_ACCOUNT,
          .access_key_policy = STR("{\"Status\":\"On\"}"));
    assert_code(&f, ST_INVALID, "InvalidParameter.AccessKeyPolicy");
    READ(&f, &f.root, ims_get_access_key_policy_for_account, IMS_GET_ACCESS_KEY_POLICY_FOR_ACCOUNT, .nothing = 0);
    assert_string_equal(text_at(&f, "AccessKeyPolicy"), STORED);
    READ(&f, &f.other_root, ims_get_access_key_policy_for_account, IMS_GET_ACCESS_KEY_POLICY_FOR_ACCOUNT, .nothing = 0);
    assert_string_equal(text_at(&f, "AccessKeyPolicy"), "{}");
    assert_string_equal(get(), "{}");
    assert_int_equal(store_read_now(f.store, FIXTURE_ACCOUNT, read_preference, &is_kept, &f.err), ST_OK);
    assert_true(is_kept);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest all[] = { TEST(of_a_pair), TEST(of_nobody_elses_pair), TEST(of_the_account) };
    return cmocka_run_group_tests(all, NULL, NULL);
}
