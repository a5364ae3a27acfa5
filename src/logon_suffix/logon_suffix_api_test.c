/* logon_suffix_api_test.c - alias and default domain are one state, on a real store. */
#include "account/fixture_test.h"
#include "logon_suffix/logon_suffix_api.h"
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

static void set_alias(const caller *who, const char *alias)
{
    APPLY(&f, who, ram_set_account_alias, RAM_SET_ACCOUNT_ALIAS, .account_alias = str_from_c(alias));
}

static void set_domain(const caller *who, const char *domain)
{
    APPLY(&f, who, ims_set_default_domain, IMS_SET_DEFAULT_DOMAIN, .default_domain_name = str_from_c(domain));
}

static void assert_in_force(const caller *who, const char *alias, const char *domain)
{
    READ(&f, who, ram_get_account_alias, RAM_GET_ACCOUNT_ALIAS, 0);
    assert_ok(&f);
    assert_string_equal(text_at(&f, "AccountAlias"), alias);
    READ(&f, who, ims_get_default_domain, IMS_GET_DEFAULT_DOMAIN, 0);
    assert_ok(&f);
    assert_string_equal(text_at(&f, "DefaultDomainName"), domain);
}

static void one_state_two_spellings(void **state)
{
    (void)state;
    assert_in_force(&f.root, "1234567890123456", "1234567890123456.onaliyun.com");
    set_alias(&f.root, "example");
    assert_ok(&f);
    assert_in_force(&f.root, "example", "example.onaliyun.com");
    set_domain(&f.root, "Other.Name.ONALIYUN.com");
    assert_ok(&f);
    assert_string_equal(text_at(&f, "DefaultDomainName"), "other.name.onaliyun.com");
    assert_in_force(&f.root, "other.name", "other.name.onaliyun.com");
    set_alias(&f.root, "example");
    set_alias(&f.root, "example"); /* again is fine */
    assert_ok(&f);
    APPLY(&f, &f.root, ram_clear_account_alias, RAM_CLEAR_ACCOUNT_ALIAS, 0);
    assert_ok(&f);
    assert_in_force(&f.root, "1234567890123456", "1234567890123456.onaliyun.com");
}

static void an_alias_belongs_to_one_account(void **state)
{
    (void)state;
    set_alias(&f.root, "example");
    assert_ok(&f);
    set_alias(&f.other_root, "example");
    assert_code(&f, ST_CONFLICT, "EntityAlreadyExists.AccountAlias");
    set_domain(&f.other_root, "EXAMPLE.onaliyun.com");
    assert_code(&f, ST_CONFLICT, "EntityAlreadyExists.AccountAlias");
    set_alias(&f.other_root, "1234567890123456");
    assert_code(&f, ST_INVALID, "InvalidParameter.AccountAlias.Format");
    set_domain(&f.other_root, "1234567890123456.onaliyun.com");
    assert_code(&f, ST_INVALID, "InvalidParameter.DefaultDomainName.Format");
    assert_in_force(&f.other_root, "6543210987654321", "6543210987654321.onaliyun.com");
    APPLY(&f, &f.root, ram_clear_account_alias, RAM_CLEAR_ACCOUNT_ALIAS, 0);
    set_alias(&f.other_root, "example"); /* free again */
    assert_ok(&f);
}

static void a_bad_alias_changes_nothing(void **state)
{
    (void)state;
    set_alias(&f.root, "example");
    set_alias(&f.root, "Example");
    assert_code(&f, ST_INVALID, "InvalidParameter.AccountAlias.Format");
    set_alias(&f.root, "ab");
    assert_code(&f, ST_INVALID, "InvalidParameter.AccountAlias.Length");
    set_domain(&f.root, "example.com");
    assert_code(&f, ST_INVALID, "InvalidParameter.DefaultDomainName.Format");
    assert_in_force(&f.root, "example", "example.onaliyun.com");
}

static void names_follow_the_alias_and_callers_are_read_again(void **state)
{
    (void)state;
    APPLY(&f, &f.root, ram_create_user, RAM_CREATE_USER, .user_name = STR("alice"));
    assert_ok(&f);
    const uint64_t before = epoch_read(store_epochs(f.store), epoch_of_account(FIXTURE_ACCOUNT));
    set_alias(&f.root, "example");
    assert_true(epoch_read(store_epochs(f.store), epoch_of_account(FIXTURE_ACCOUNT)) > before);
    READ(&f, &f.root, ims_get_user, IMS_GET_USER, .user_principal_name = STR("alice@example"));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "User.UserPrincipalName"), "alice@example.onaliyun.com");
    READ(&f, &f.root, ims_get_user, IMS_GET_USER, .user_principal_name = STR("alice@1234567890123456.onaliyun.com"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_state_two_spellings),
        TEST(an_alias_belongs_to_one_account),
        TEST(a_bad_alias_changes_nothing),
        TEST(names_follow_the_alias_and_callers_are_read_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
