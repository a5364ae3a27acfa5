/* preference_test.c - defaults documented for IMS SetSecurityPreference. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>

#include "preference/preference.h"

static void a_new_account(void **state)
{
    (void)state;
    preference_record r = preference_default((str){ NULL, 0 });
    assert_true(r.allow_user_to_change_password);
    assert_true(r.allow_user_to_manage_mfa_devices);
    assert_false(r.allow_user_to_manage_access_keys);
    assert_true(str_eq(r.mfa_operation_for_login, STR("mandatory")));
    r = preference_default(STR("independent"));
    assert_true(str_eq(r.mfa_operation_for_login, STR("independent")));
}

/* IMS SetSecurityPreference, "Default" of each parameter. */
static void documented_defaults(void **state)
{
    (void)state;
    const preference_record r = preference_default((str){ NULL, 0 });
    assert_true(r.allow_user_to_login_with_passkey);
    assert_true(r.allow_user_to_manage_personal_ding_talk);
    assert_false(r.allow_user_to_manage_service_credentials);
    assert_false(r.allow_user_to_manage_public_keys);
    assert_false(r.enable_save_mfa_ticket);
    assert_int_equal(r.login_session_duration_hours, 6);
    assert_int_equal(r.max_idle_days_for_users, 730);
    assert_int_equal(r.max_idle_days_for_access_keys, 730);
    assert_int_equal(r.login_network_masks.n, 0);
    assert_true(str_eq(r.operation_for_risk_login, STR("autonomous")));
    assert_int_equal(r.verification_types.n, 0);
}

static const struct {
    const char *operation; /* NULL: not sent */
    int enforce;           /* -1: not sent */
    bool is_refused;
    const char *asked;
} asked_cases[] = {
    { NULL, -1, false, NULL },
    { NULL, 1, false, "mandatory" },
    { NULL, 0, false, "independent" },
    { "mandatory", -1, false, "mandatory" },
    { "mandatory", 1, false, "mandatory" },
    { "mandatory", 0, true, "mandatory" },
    { "independent", 0, false, "independent" },
    { "independent", 1, true, "independent" },
    { "adaptive", 0, false, "adaptive" },
    { "adaptive", 1, true, "adaptive" },
};

static void the_older_spelling(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof asked_cases / sizeof asked_cases[0]; i++) {
        const str operation = str_from_c(asked_cases[i].operation);
        const opt_bool enforce = { asked_cases[i].enforce == 1, asked_cases[i].enforce >= 0 };
        err e = { 0 };
        assert_int_equal(preference_check_enforced(operation, enforce, &e), asked_cases[i].is_refused ? ST_INVALID : ST_OK);
        assert_string_equal(e.code, asked_cases[i].is_refused ? "InvalidParameter.EnforceMFAForLogin" : "");
        assert_true(str_eq(preference_mfa_operation_asked(operation, enforce), str_from_c(asked_cases[i].asked)));
    }
}

static const struct {
    const char *masks;
    const char *code;
} mask_cases[] = {
    { "", "" },
    { "42.120.66.0/24", "" },
    { "42.120.66.0/24;2001:db8::/32;192.0.2.1;::1", "" },
    { "0.0.0.0/0", "" },
    { "10.0.0.1/8", "InvalidParameter.LoginNetworkMasks.Format" }, /* host bits */
    { "10.0.0.0/33", "InvalidParameter.LoginNetworkMasks.Format" },
    { "10.0.0.0/8,11.0.0.0/8", "InvalidParameter.LoginNetworkMasks.Format" },
    { "10.0.0.0/8; 11.0.0.0/8", "InvalidParameter.LoginNetworkMasks.Format" },
    { "10.0.0.0/8;", "InvalidParameter.LoginNetworkMasks.Format" },
    { ";", "InvalidParameter.LoginNetworkMasks.Format" },
    { "example.com", "InvalidParameter.LoginNetworkMasks.Format" },
    { "10.0.0.0/255.0.0.0", "InvalidParameter.LoginNetworkMasks.Format" },
};

static void masks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mask_cases / sizeof mask_cases[0]; i++) {
        err e = { 0 };
        (void)!preference_check_masks(str_from_c(mask_cases[i].masks), &e);
        assert_string_equal(e.code, mask_cases[i].code);
    }
    char many[41 * 8 + 1]; /* the 41st is one too many; in 512 characters */
    for (size_t i = 0; i < 41; i++)
        (void)snprintf(many + 8 * i, 9, "1.0.0.%zu;", i % 10);
    for (size_t n = 40; n <= 41; n++) {
        err e = { 0 };
        const status s = preference_check_masks((str){ many, 8 * n - 1 }, &e);
        assert_int_equal(s, n == 40 ? ST_OK : ST_INVALID);
        assert_string_equal(e.code, n == 40 ? "" : "InvalidParameter.LoginNetworkMasks.Length");
    }
}

static void switches_are_bits(void **state)
{
    (void)state;
    assert_int_equal(preference_switches(&(preference_record){ 0 }), 0);
    assert_int_equal(preference_switches(&(preference_record){ .allow_user_to_change_password = true }), SELF_CHANGE_PASSWORD);
    assert_int_equal(preference_switches(&(preference_record){ .allow_user_to_manage_mfa_devices = true }), SELF_MFA_DEVICES);
    assert_int_equal(preference_switches(&(preference_record){ .allow_user_to_manage_access_keys = true }), SELF_ACCESS_KEYS);
}

static void operations_are_three(void **state)
{
    (void)state;
    assert_true(preference_is_mfa_operation(STR("mandatory")));
    assert_true(preference_is_mfa_operation(STR("independent")));
    assert_true(preference_is_mfa_operation(STR("adaptive")));
    assert_false(preference_is_mfa_operation(STR("Mandatory")));
    assert_false(preference_is_mfa_operation(STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_account), cmocka_unit_test(documented_defaults), cmocka_unit_test(the_older_spelling),
        cmocka_unit_test(masks),         cmocka_unit_test(switches_are_bits),   cmocka_unit_test(operations_are_three),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
