/* preference_api_test.c - the security preference, both faces, on a real store. */
#include "account/fixture_test.h"
#include "preference/preference.h"
#include "preference/preference_api.h"

#define LOGIN        "SecurityPreference.LoginProfilePreference."
#define SET_IMS(...) APPLY(&f, &f.root, ims_set_security_preference, IMS_SET_SECURITY_PREFERENCE, __VA_ARGS__)
#define SET_RAM(...) APPLY(&f, &f.root, ram_set_security_preference, RAM_SET_SECURITY_PREFERENCE, __VA_ARGS__)
#define GET_IMS()    READ(&f, &f.root, ims_get_security_preference, IMS_GET_SECURITY_PREFERENCE, .nothing = 0)
#define GET_RAM()    READ(&f, &f.root, ram_get_security_preference, RAM_GET_SECURITY_PREFERENCE, .nothing = 0)
#define YES          ((opt_bool){ true, true })
#define NO           ((opt_bool){ false, true })

static fixture f;

static status put_default(store_tx *tx, void *self, err *e)
{
    (void)self;
    const preference_record p = preference_default((str){ NULL, 0 });
    return store_preference_put(tx, &p, e);
}

static int setup(void **state)
{
    (void)state;
    fixture_init(&f);
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, put_default, NULL, &f.err), ST_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_done(&f);
    return 0;
}

static bool is_true(const char *path)
{
    assert_true(json_is_boolean(fixture_at(&f, path)));
    return json_is_true(fixture_at(&f, path));
}

static json_int_t number(const char *path)
{
    assert_true(json_is_integer(fixture_at(&f, path)));
    return json_integer_value(fixture_at(&f, path));
}

/* The last answer without its RequestId, as text. */
static char *state_text(void)
{
    assert_ok(&f);
    return json_dumps(fixture_at(&f, "SecurityPreference"), JSON_SORT_KEYS | JSON_COMPACT);
}

static void assert_state(const char *want)
{
    GET_IMS();
    char *have = state_text();
    assert_string_equal(have, want);
    free(have);
}

static void a_new_account(void **state)
{
    (void)state;
    GET_IMS();
    assert_ok(&f);
    assert_true(is_true(LOGIN "AllowUserToChangePassword"));
    assert_true(is_true(LOGIN "AllowUserToLoginWithPasskey"));
    assert_false(is_true(LOGIN "EnableSaveMFATicket"));
    assert_true(is_true(LOGIN "EnforceMFAForLogin"));
    assert_string_equal(text_at(&f, LOGIN "LoginNetworkMasks"), "");
    assert_int_equal(number(LOGIN "LoginSessionDuration"), 6);
    assert_string_equal(text_at(&f, LOGIN "MFAOperationForLogin"), "mandatory");
    assert_string_equal(text_at(&f, LOGIN "OperationForRiskLogin"), "autonomous");
    assert_false(is_true("SecurityPreference.AccessKeyPreference.AllowUserToManageAccessKeys"));
    assert_false(is_true("SecurityPreference.AccessKeyPreference.AllowUserToManageServiceCredentials"));
    assert_true(is_true("SecurityPreference.MFAPreference.AllowUserToManageMFADevices"));
    assert_int_equal(number("SecurityPreference.MaxIdleDays.MaxIdleDaysForAccessKeys"), 730);
    assert_int_equal(number("SecurityPreference.MaxIdleDays.MaxIdleDaysForUsers"), 730);
    assert_true(is_true("SecurityPreference.PersonalInfoPreference.AllowUserToManagePersonalDingTalk"));
    assert_int_equal(count_at(&f, "SecurityPreference.VerificationPreference.VerificationTypes"), 0);
    assert_null(fixture_at(&f, "SecurityPreference.PublicKeyPreference"));

    GET_RAM();
    assert_ok(&f);
    assert_true(is_true(LOGIN "AllowUserToChangePassword"));
    assert_false(is_true("SecurityPreference.PublicKeyPreference.AllowUserToManagePublicKeys"));
    assert_null(fixture_at(&f, LOGIN "MFAOperationForLogin")); /* not of this face */
    assert_null(fixture_at(&f, LOGIN "EnforceMFAForLogin"));
    assert_null(fixture_at(&f, "SecurityPreference.MaxIdleDays"));
}

static void everything_at_once(void **state)
{
    (void)state;
    const str both[] = { STR("email"), STR("sms") };
    SET_IMS(.allow_user_to_change_password = NO, .allow_user_to_login_with_passkey = NO,
            .allow_user_to_manage_access_keys = YES, .allow_user_to_manage_mfa_devices = NO,
            .allow_user_to_manage_personal_ding_talk = NO, .allow_user_to_manage_service_credentials = YES,
            .enable_save_mfa_ticket = YES, .login_network_masks = STR("192.0.2.0/24;2001:db8::1"),
            .login_session_duration = { 24, true }, .mfa_operation_for_login = STR("adaptive"),
            .max_idle_days_for_access_keys = { 90, true }, .max_idle_days_for_users = { 180, true },
            .operation_for_risk_login = STR("enforceVerify"), .verification_types = { both, 2, true });
    char *set = state_text();
    const char *want = "{\"AccessKeyPreference\":{\"AllowUserToManageAccessKeys\":true,"
                       "\"AllowUserToManageServiceCredentials\":true},"
                       "\"LoginProfilePreference\":{\"AllowUserToChangePassword\":false,\"AllowUserToLoginWithPasskey\":false,"
                       "\"EnableSaveMFATicket\":true,\"EnforceMFAForLogin\":false,"
                       "\"LoginNetworkMasks\":\"192.0.2.0/24;2001:db8::1\",\"LoginSessionDuration\":24,"
                       "\"MFAOperationForLogin\":\"adaptive\",\"OperationForRiskLogin\":\"enforceVerify\"},"
                       "\"MFAPreference\":{\"AllowUserToManageMFADevices\":false},"
                       "\"MaxIdleDays\":{\"MaxIdleDaysForAccessKeys\":90,\"MaxIdleDaysForUsers\":180},"
                       "\"PersonalInfoPreference\":{\"AllowUserToManagePersonalDingTalk\":false},"
                       "\"VerificationPreference\":{\"VerificationTypes\":[\"email\",\"sms\"]}}";
    assert_string_equal(set, want);
    free(set);
    assert_state(want);

    SET_RAM(.login_session_duration = { 0 }); /* nothing sent: nothing changes */
    assert_ok(&f);
    assert_state(want);
    SET_IMS(.enforce_mfa_for_login = { 0 });
    assert_ok(&f);
    assert_state(want);
}

static void one_field_at_a_time(void **state)
{
    (void)state;
    GET_IMS();
    char *before = state_text();
    SET_RAM(.login_session_duration = { 12, true });
    assert_int_equal(number(LOGIN "LoginSessionDuration"), 12);
    GET_IMS();
    assert_int_equal(number(LOGIN "LoginSessionDuration"), 12);
    assert_true(is_true(LOGIN "AllowUserToLoginWithPasskey"));
    SET_IMS(.login_session_duration = { 6, true });
    assert_state(before);

    SET_RAM(.allow_user_to_manage_public_keys = YES);
    assert_true(is_true("SecurityPreference.PublicKeyPreference.AllowUserToManagePublicKeys"));
    SET_IMS(.login_network_masks = STR("10.0.0.0/8"));
    GET_RAM();
    assert_true(is_true("SecurityPreference.PublicKeyPreference.AllowUserToManagePublicKeys"));
    assert_string_equal(text_at(&f, LOGIN "LoginNetworkMasks"), "10.0.0.0/8");
    SET_RAM(.login_network_masks = STR("")); /* sent empty: from anywhere */
    assert_state(before);
    free(before);
}

static void verification_types(void **state)
{
    (void)state;
    const str one[] = { STR("sms") }, twice[] = { STR("sms"), STR("sms") };
    SET_IMS(.verification_types = { one, 1, true });
    assert_ok(&f);
    SET_IMS(.verification_types = { twice, 2, true });
    assert_code(&f, ST_INVALID, "InvalidParameter.VerificationTypes");
    GET_IMS();
    assert_int_equal(count_at(&f, "SecurityPreference.VerificationPreference.VerificationTypes"), 1);
    SET_IMS(.verification_types = { NULL, 0, true }); /* an empty list that was sent */
    assert_int_equal(count_at(&f, "SecurityPreference.VerificationPreference.VerificationTypes"), 0);
}

static void the_older_spelling_of_mfa(void **state)
{
    (void)state;
    SET_IMS(.enforce_mfa_for_login = NO);
    assert_string_equal(text_at(&f, LOGIN "MFAOperationForLogin"), "independent");
    assert_false(is_true(LOGIN "EnforceMFAForLogin"));
    SET_IMS(.enforce_mfa_for_login = YES);
    assert_string_equal(text_at(&f, LOGIN "MFAOperationForLogin"), "mandatory");
    SET_IMS(.enforce_mfa_for_login = NO, .mfa_operation_for_login = STR("mandatory"));
    assert_code(&f, ST_INVALID, "InvalidParameter.EnforceMFAForLogin");
    SET_IMS(.enforce_mfa_for_login = YES, .mfa_operation_for_login = STR("adaptive"));
    assert_code(&f, ST_INVALID, "InvalidParameter.EnforceMFAForLogin");
    SET_IMS(.enforce_mfa_for_login = NO, .mfa_operation_for_login = STR("adaptive")); /* as a reading shows it */
    assert_string_equal(text_at(&f, LOGIN "MFAOperationForLogin"), "adaptive");
}

static void a_refused_set_changes_nothing(void **state)
{
    (void)state;
    GET_IMS();
    char *before = state_text();
    SET_IMS(.login_session_duration = { 24, true }, .login_network_masks = STR("10.0.0.1/8"));
    assert_code(&f, ST_INVALID, "InvalidParameter.LoginNetworkMasks.Format");
    SET_RAM(.enable_save_mfa_ticket = YES, .login_network_masks = STR("nowhere"));
    assert_code(&f, ST_INVALID, "InvalidParameter.LoginNetworkMasks.Format");
    assert_state(before);
    free(before);
}

static void callers_of_the_account_are_read_anew(void **state)
{
    (void)state;
    const uint64_t before = epoch_read(store_epochs(f.store), epoch_of_account(FIXTURE_ACCOUNT));
    SET_IMS(.allow_user_to_manage_access_keys = YES);
    assert_true(epoch_read(store_epochs(f.store), epoch_of_account(FIXTURE_ACCOUNT)) > before);
}

static void accounts_are_apart(void **state)
{
    (void)state;
    SET_IMS(.login_session_duration = { 3, true });
    READ(&f, &f.other_root, ims_get_security_preference, IMS_GET_SECURITY_PREFERENCE, .nothing = 0);
    assert_ok(&f);
    assert_int_not_equal(number(LOGIN "LoginSessionDuration"), 3);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_new_account),
        CASE(everything_at_once),
        CASE(one_field_at_a_time),
        CASE(verification_types),
        CASE(the_older_spelling_of_mfa),
        CASE(a_refused_set_changes_nothing),
        CASE(callers_of_the_account_are_read_anew),
        CASE(accounts_are_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
