/* password_policy_api_test.c - the password policy, both faces, on a real store. Defaults: IMS GetPasswordPolicy. */
#include "account/fixture_test.h"
#include "password/password_policy_api.h"

#define P            "PasswordPolicy."
#define SET_IMS(...) APPLY(&f, &f.root, ims_set_password_policy, IMS_SET_PASSWORD_POLICY, __VA_ARGS__)
#define SET_RAM(...) APPLY(&f, &f.root, ram_set_password_policy, RAM_SET_PASSWORD_POLICY, __VA_ARGS__)
#define GET_IMS()    READ(&f, &f.root, ims_get_password_policy, IMS_GET_PASSWORD_POLICY, .nothing = 0)
#define GET_RAM()    READ(&f, &f.root, ram_get_password_policy, RAM_GET_PASSWORD_POLICY, .nothing = 0)
#define YES          ((opt_bool){ true, true })
#define NO           ((opt_bool){ false, true })

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

static void assert_policy(const char *want)
{
    assert_ok(&f);
    char *have = json_dumps(fixture_at(&f, "PasswordPolicy"), JSON_SORT_KEYS | JSON_COMPACT);
    assert_string_equal(have, want);
    free(have);
}

static void documented_defaults(void **state)
{
    (void)state;
    GET_IMS();
    assert_policy("{\"HardExpire\":false,\"InitialPasswordAge\":14,\"InterceptRiskPasswordOnApi\":false,\"MaxLoginAttemps\":0,"
                  "\"MaxPasswordAge\":0,\"MinimumPasswordDifferentCharacter\":0,\"MinimumPasswordLength\":8,"
                  "\"PasswordNotContainUserName\":false,\"PasswordReusePrevention\":0,\"RequireLowercaseCharacters\":false,"
                  "\"RequireNumbers\":false,\"RequireSymbols\":false,\"RequireUppercaseCharacters\":false}");
    GET_RAM();
    assert_policy("{\"HardExpiry\":false,\"MaxLoginAttemps\":0,\"MaxPasswordAge\":0,\"MinimumPasswordLength\":8,"
                  "\"PasswordReusePrevention\":0,\"RequireLowercaseCharacters\":false,\"RequireNumbers\":false,"
                  "\"RequireSymbols\":false,\"RequireUppercaseCharacters\":false}");
}

static void two_faces_of_one_state(void **state)
{
    (void)state;
    SET_IMS(.hard_expire = YES, .initial_password_age = { 90, true }, .intercept_risk_password_on_api = YES,
            .max_login_attemps = { 32, true }, .max_password_age = { 1095, true },
            .minimum_password_different_character = { 7, true }, .minimum_password_length = { 32, true },
            .password_not_contain_user_name = YES, .password_reuse_prevention = { 24, true },
            .require_lowercase_characters = YES, .require_numbers = YES, .require_symbols = YES,
            .require_uppercase_characters = YES);
    assert_policy("{\"HardExpire\":true,\"InitialPasswordAge\":90,\"InterceptRiskPasswordOnApi\":true,\"MaxLoginAttemps\":32,"
                  "\"MaxPasswordAge\":1095,\"MinimumPasswordDifferentCharacter\":7,\"MinimumPasswordLength\":32,"
                  "\"PasswordNotContainUserName\":true,\"PasswordReusePrevention\":24,\"RequireLowercaseCharacters\":true,"
                  "\"RequireNumbers\":true,\"RequireSymbols\":true,\"RequireUppercaseCharacters\":true}");
    SET_RAM(.hard_expiry = NO, .max_login_attemps = { 5, true }, .max_password_age = { 0, true },
            .minimum_password_length = { 12, true }, .password_reuse_prevention = { 3, true },
            .require_lowercase_characters = NO, .require_numbers = YES, .require_symbols = NO,
            .require_uppercase_characters = YES);
    assert_policy("{\"HardExpiry\":false,\"MaxLoginAttemps\":5,\"MaxPasswordAge\":0,\"MinimumPasswordLength\":12,"
                  "\"PasswordReusePrevention\":3,\"RequireLowercaseCharacters\":false,\"RequireNumbers\":true,"
                  "\"RequireSymbols\":false,\"RequireUppercaseCharacters\":true}");
    GET_IMS(); /* what the RAM face does not have is kept */
    assert_policy("{\"HardExpire\":false,\"InitialPasswordAge\":90,\"InterceptRiskPasswordOnApi\":true,\"MaxLoginAttemps\":5,"
                  "\"MaxPasswordAge\":0,\"MinimumPasswordDifferentCharacter\":7,\"MinimumPasswordLength\":12,"
                  "\"PasswordNotContainUserName\":true,\"PasswordReusePrevention\":3,\"RequireLowercaseCharacters\":false,"
                  "\"RequireNumbers\":true,\"RequireSymbols\":false,\"RequireUppercaseCharacters\":true}");
}

static void what_is_not_sent_is_kept(void **state)
{
    (void)state;
    SET_IMS(.max_password_age = { 90, true }, .hard_expire = YES);
    SET_RAM(.max_login_attemps = { 5, true });
    SET_IMS(.initial_password_age = { 0, true });
    assert_policy("{\"HardExpire\":true,\"InitialPasswordAge\":0,\"InterceptRiskPasswordOnApi\":false,\"MaxLoginAttemps\":5,"
                  "\"MaxPasswordAge\":90,\"MinimumPasswordDifferentCharacter\":0,\"MinimumPasswordLength\":8,"
                  "\"PasswordNotContainUserName\":false,\"PasswordReusePrevention\":0,\"RequireLowercaseCharacters\":false,"
                  "\"RequireNumbers\":false,\"RequireSymbols\":false,\"RequireUppercaseCharacters\":false}");
}

static void accounts_are_apart(void **state)
{
    (void)state;
    SET_IMS(.minimum_password_length = { 20, true });
    READ(&f, &f.other_root, ims_get_password_policy, IMS_GET_PASSWORD_POLICY, .nothing = 0);
    assert_int_equal(json_integer_value(fixture_at(&f, P "MinimumPasswordLength")), 8);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(documented_defaults),
        CASE(two_faces_of_one_state),
        CASE(what_is_not_sent_is_kept),
        CASE(accounts_are_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
