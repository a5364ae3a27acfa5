/* preference_test.c - defaults documented for IMS SetSecurityPreference. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

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
        cmocka_unit_test(a_new_account),
        cmocka_unit_test(switches_are_bits),
        cmocka_unit_test(operations_are_three),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
