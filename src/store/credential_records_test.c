/* Network policies and idle AccessKeys, console logon, password history and policy, preferences, the attempt ledger, sign-in
 * links, counts and reports, in a transaction of the test's own thread that is undone in the end. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "store/store_fixture.h"

#define OK(call)          assert_int_equal((call), ST_OK)
#define FAILS(call, want) assert_int_equal((call), (want))
#define STR_IS(s, text)   assert_true(str_eq((s), STR(text)))

enum { ALICE = 200000000000000001, BOB = 200000000000000002 };

static int set_up(void **state)
{
    fixture *f = fixture_new();
    account_record a = fixture_account(ACCOUNT_A, STR("alpha")), b = fixture_account(ACCOUNT_B, STR("beta"));
    fixture_begin(f, true);
    directory_enter(f->tx, ACCOUNT_A);
    OK(store_account_insert(f->tx, &a, &f->e));
    directory_enter(f->tx, ACCOUNT_B);
    OK(store_account_insert(f->tx, &b, &f->e));
    directory_enter(f->tx, ACCOUNT_A);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture_free(*state);
    return 0;
}

/* --- AccessKey pairs ---------------------------------------------------------------------------------------------- */

typedef struct {
    str id;
    uint64_t owner;
    bool is_active;
    int64_t created_s, last_used_s;
} pair;

static void put_pair(fixture *f, const pair *p)
{
    access_key_record r = { .id = p->id,
                            .owner = p->owner,
                            .row = 1,
                            .is_active = p->is_active,
                            .created_s = p->created_s,
                            .updated_s = p->created_s,
                            .last_used_s = p->last_used_s };
    OK(store_access_key_insert(f->tx, &r, &f->e));
}

static void a_network_policy_is_set_and_taken_away(void **state)
{
    fixture *f = *state;
    access_key_record r;
    put_pair(f, &(pair){ STR("LTAI1"), ALICE, true, 10, 0 });
    OK(store_access_key_get(f->tx, f->a, STR("LTAI1"), &r, &f->e));
    assert_int_equal(r.network_policy.n, 0);
    OK(store_access_key_set_network_policy(f->tx, STR("LTAI1"), STR("{\"Status\":\"Active\"}"), 20, &f->e));
    OK(store_access_key_get(f->tx, f->a, STR("LTAI1"), &r, &f->e));
    STR_IS(r.network_policy, "{\"Status\":\"Active\"}");
    assert_int_equal(r.updated_s, 20);
    OK(store_access_key_set_network_policy(f->tx, STR("LTAI1"), STR(""), 30, &f->e));
    OK(store_access_key_get(f->tx, f->a, STR("LTAI1"), &r, &f->e));
    assert_int_equal(r.network_policy.n, 0);
    FAILS(store_access_key_set_network_policy(f->tx, STR("LTAI2"), STR("{}"), 30, &f->e), ST_NOT_FOUND);
    directory_enter(f->tx, ACCOUNT_B);
    FAILS(store_access_key_set_network_policy(f->tx, STR("LTAI1"), STR("{}"), 30, &f->e), ST_NOT_FOUND);
}

static void idle_pairs_are_active_and_of_users(void **state)
{
    static const pair pairs[] = {
        { { "LTAI1", 5 }, ALICE, true, 100, 499 },     /* used before */
        { { "LTAI2", 5 }, ALICE, true, 499, 0 },       /* never used, made before */
        { { "LTAI3", 5 }, BOB, true, 100, 500 },       /* used since */
        { { "LTAI4", 5 }, BOB, true, 500, 0 },         /* made since */
        { { "LTAI5", 5 }, BOB, false, 100, 200 },      /* is off */
        { { "LTAI6", 5 }, ACCOUNT_A, true, 100, 200 }, /* root's */
        { { "LTAI7", 5 }, BOB, true, 100, 200 },
    };
    fixture *f = *state;
    access_key_record *list;
    size_t n;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        put_pair(f, &pairs[i]);
    OK(store_access_key_list_idle(f->tx, f->a, 500, STR(""), 10, &list, &n, &f->e));
    assert_int_equal(n, 3);
    STR_IS(list[0].id, "LTAI1");
    STR_IS(list[1].id, "LTAI2");
    STR_IS(list[2].id, "LTAI7");
    OK(store_access_key_list_idle(f->tx, f->a, 500, STR("LTAI1"), 1, &list, &n, &f->e));
    assert_int_equal(n, 1);
    STR_IS(list[0].id, "LTAI2");
    directory_enter(f->tx, ACCOUNT_B);
    OK(store_access_key_list_idle(f->tx, f->a, 500, STR(""), 10, &list, &n, &f->e));
    assert_int_equal(n, 0);
}

static void a_pair_that_was_switched_on_again_is_not_idle(void **state)
{
    fixture *f = *state;
    access_key_record *list;
    size_t n = 9;
    put_pair(f, &(pair){ STR("LTAI1"), ALICE, false, 100, 200 });
    OK(store_access_key_set_status(f->tx, STR("LTAI1"), true, 600, &f->e));
    OK(store_access_key_list_idle(f->tx, f->a, 600, STR(""), 10, &list, &n, &f->e));
    assert_int_equal(n, 0);
    OK(store_access_key_list_idle(f->tx, f->a, 601, STR(""), 10, &list, &n, &f->e));
    assert_int_equal(n, 1);
    OK(store_access_key_set_network_policy(f->tx, STR("LTAI1"), STR("{}"), 700, &f->e)); /* no use */
    OK(store_access_key_list_idle(f->tx, f->a, 601, STR(""), 10, &list, &n, &f->e));
    assert_int_equal(n, 1);
}

/* --- login profiles, history, policy ------------------------------------------------------------------------------ */

static void a_login_profile_holds_what_decides_console_logon(void **state)
{
    fixture *f = *state;
    login_profile_record r, p = { .principal = ALICE, .row = 1, .scheme = STR("scrypt"), .is_active = true, .created_s = 1 };
    p.salt_n = sizeof p.salt;
    memset(p.salt, 0xa5, sizeof p.salt);
    p.digest.n = 5;
    OK(store_login_profile_put(f->tx, &p, &f->e));
    OK(store_login_profile_get(f->tx, f->a, ALICE, &r, &f->e));
    assert_true(r.is_active && !r.is_reset_required && !r.mfa_bind_required && !r.is_initial && r.password_set_s == 0);
    assert_int_equal(r.salt_n, 64);
    assert_memory_equal(r.salt, p.salt, 64);
    p.is_active = false;
    p.mfa_bind_required = true;
    p.password_set_s = 77;
    OK(store_login_profile_put(f->tx, &p, &f->e));
    OK(store_login_profile_get(f->tx, f->a, ALICE, &r, &f->e));
    assert_true(!r.is_active && !r.is_reset_required && r.mfa_bind_required && !r.is_initial && r.password_set_s == 77);
    p.is_initial = p.is_reset_required = true;
    p.mfa_bind_required = false;
    OK(store_login_profile_put(f->tx, &p, &f->e));
    OK(store_login_profile_get(f->tx, f->a, ALICE, &r, &f->e));
    assert_true(!r.is_active && r.is_reset_required && !r.mfa_bind_required && r.is_initial);
}

static void a_login_profile_may_be_without_a_password(void **state)
{
    fixture *f = *state;
    login_profile_record r, p = { .principal = ALICE, .is_active = true };
    OK(store_login_profile_put(f->tx, &p, &f->e));
    OK(store_login_profile_get(f->tx, f->a, ALICE, &r, &f->e));
    assert_true(r.scheme.n == 0 && r.salt_n == 0 && r.digest.n == 0);
}

static void put_history(fixture *f, uint64_t principal, uint64_t row, int64_t set_s)
{
    password_history_record r = { .principal = principal,
                                  .row = row,
                                  .scheme = STR("argon2id"),
                                  .parameters = STR("m=47104,t=1,p=1"),
                                  .salt = { 1, 0, 2 },
                                  .salt_n = 3,
                                  .digest = { .b = { 9, 0, 8 }, .n = 3 },
                                  .set_s = set_s };
    OK(store_password_history_insert(f->tx, &r, &f->e));
}

static size_t history_n(fixture *f, uint64_t principal)
{
    password_history_record *list;
    size_t n = 0;
    OK(store_password_history_list(f->tx, f->a, principal, 100, &list, &n, &f->e));
    return n;
}

static void earlier_passwords_are_listed_newest_first(void **state)
{
    fixture *f = *state;
    password_history_record *list, bad = { .principal = ALICE, .salt_n = sizeof list->salt + 1 };
    size_t n;
    put_history(f, ALICE, 1, 10);
    put_history(f, ALICE, UINT64_MAX, 20);
    put_history(f, ALICE, 3, 20); /* in the same second */
    put_history(f, BOB, 4, 30);
    OK(store_password_history_list(f->tx, f->a, ALICE, 10, &list, &n, &f->e));
    assert_true(n == 3 && list[0].row == 3 && list[1].row == UINT64_MAX && list[2].row == 1);
    assert_true(list[2].principal == ALICE && list[2].set_s == 10 && list[2].salt_n == 3 && list[2].digest.n == 3);
    assert_memory_equal(list[2].salt, ((uint8_t[]){ 1, 0, 2 }), 3);
    assert_memory_equal(list[2].digest.b, ((uint8_t[]){ 9, 0, 8 }), 3);
    STR_IS(list[2].scheme, "argon2id");
    STR_IS(list[2].parameters, "m=47104,t=1,p=1");
    OK(store_password_history_list(f->tx, f->a, ALICE, 1, &list, &n, &f->e));
    assert_true(n == 1 && list[0].row == 3);
    FAILS(store_password_history_insert(f->tx, &bad, &f->e), ST_BUG);
}

static void a_history_is_trimmed_to_the_newest(void **state)
{
    fixture *f = *state;
    password_history_record *list;
    size_t n;
    OK(store_password_history_trim(f->tx, ALICE, 2, &f->e)); /* nothing there */
    for (uint64_t row = 1; row <= 5; row++)
        put_history(f, ALICE, row, 10);
    put_history(f, BOB, 9, 10);
    OK(store_password_history_trim(f->tx, ALICE, 24, &f->e));
    assert_int_equal(history_n(f, ALICE), 5);
    OK(store_password_history_trim(f->tx, ALICE, 2, &f->e));
    OK(store_password_history_list(f->tx, f->a, ALICE, 10, &list, &n, &f->e));
    assert_true(n == 2 && list[0].row == 5 && list[1].row == 4);
    put_history(f, ALICE, 6, 10);
    OK(store_password_history_trim(f->tx, ALICE, 2, &f->e));
    OK(store_password_history_list(f->tx, f->a, ALICE, 10, &list, &n, &f->e));
    assert_true(n == 2 && list[0].row == 6 && list[1].row == 5);
    OK(store_password_history_trim(f->tx, ALICE, 0, &f->e));
    assert_int_equal(history_n(f, ALICE), 0);
    assert_int_equal(history_n(f, BOB), 1);
}

static void a_history_goes_with_its_login_profile(void **state)
{
    fixture *f = *state;
    login_profile_record p = { .principal = ALICE };
    OK(store_login_profile_put(f->tx, &p, &f->e));
    put_history(f, ALICE, 1, 10);
    put_history(f, BOB, 2, 10);
    directory_enter(f->tx, ACCOUNT_B);
    assert_int_equal(history_n(f, ALICE), 0);
    OK(store_password_history_trim(f->tx, ALICE, 0, &f->e));
    FAILS(store_login_profile_delete(f->tx, ALICE, &f->e), ST_NOT_FOUND);
    directory_enter(f->tx, ACCOUNT_A);
    assert_int_equal(history_n(f, ALICE), 1);
    OK(store_login_profile_delete(f->tx, ALICE, &f->e));
    assert_int_equal(history_n(f, ALICE), 0);
    assert_int_equal(history_n(f, BOB), 1);
}

static void check_policy(const password_policy_record *got, const password_policy_record *want)
{
    assert_int_equal(got->minimum_password_length, want->minimum_password_length);
    assert_int_equal(got->minimum_password_different_character, want->minimum_password_different_character);
    assert_int_equal(got->require_lowercase_characters, want->require_lowercase_characters);
    assert_int_equal(got->require_uppercase_characters, want->require_uppercase_characters);
    assert_int_equal(got->require_numbers, want->require_numbers);
    assert_int_equal(got->require_symbols, want->require_symbols);
    assert_int_equal(got->password_not_contain_user_name, want->password_not_contain_user_name);
    assert_int_equal(got->hard_expire, want->hard_expire);
    assert_int_equal(got->intercept_risk_password_on_api, want->intercept_risk_password_on_api);
    assert_int_equal(got->max_password_age_days, want->max_password_age_days);
    assert_int_equal(got->password_reuse_prevention, want->password_reuse_prevention);
    assert_int_equal(got->max_login_attempts, want->max_login_attempts);
    assert_int_equal(got->initial_password_age_days, want->initial_password_age_days);
}

/* One switch at a time, so that no two are mistaken for each other. */
static void a_password_policy_is_put_and_replaced(void **state)
{
    fixture *f = *state;
    password_policy_record r;
    FAILS(store_password_policy_get(f->tx, &r, &f->e), ST_NOT_FOUND);
    for (unsigned on = 0; on < 7; on++) {
        const password_policy_record p = {
            .minimum_password_length = 8 + on,
            .minimum_password_different_character = 2,
            .require_lowercase_characters = on == 0,
            .require_uppercase_characters = on == 1,
            .require_numbers = on == 2,
            .require_symbols = on == 3,
            .password_not_contain_user_name = on == 4,
            .hard_expire = on == 5,
            .intercept_risk_password_on_api = on == 6,
            .max_password_age_days = 1095,
            .password_reuse_prevention = 24,
            .max_login_attempts = 32,
            .initial_password_age_days = 90,
        };
        OK(store_password_policy_put(f->tx, &p, &f->e));
        OK(store_password_policy_get(f->tx, &r, &f->e));
        check_policy(&r, &p);
    }
    directory_enter(f->tx, ACCOUNT_B);
    FAILS(store_password_policy_get(f->tx, &r, &f->e), ST_NOT_FOUND);
}

/* --- preference --------------------------------------------------------------------------------------------------- */

static void check_preference(const preference_record *got, const preference_record *want)
{
    assert_int_equal(got->allow_user_to_change_password, want->allow_user_to_change_password);
    assert_int_equal(got->allow_user_to_manage_mfa_devices, want->allow_user_to_manage_mfa_devices);
    assert_int_equal(got->allow_user_to_manage_access_keys, want->allow_user_to_manage_access_keys);
    assert_int_equal(got->allow_user_to_login_with_passkey, want->allow_user_to_login_with_passkey);
    assert_int_equal(got->allow_user_to_manage_personal_ding_talk, want->allow_user_to_manage_personal_ding_talk);
    assert_int_equal(got->allow_user_to_manage_service_credentials, want->allow_user_to_manage_service_credentials);
    assert_int_equal(got->allow_user_to_manage_public_keys, want->allow_user_to_manage_public_keys);
    assert_int_equal(got->enable_save_mfa_ticket, want->enable_save_mfa_ticket);
    assert_int_equal(got->login_session_duration_hours, want->login_session_duration_hours);
    assert_int_equal(got->max_idle_days_for_users, want->max_idle_days_for_users);
    assert_int_equal(got->max_idle_days_for_access_keys, want->max_idle_days_for_access_keys);
    assert_true(str_eq(got->login_network_masks, want->login_network_masks));
    assert_true(str_eq(got->mfa_operation_for_login, want->mfa_operation_for_login));
    assert_true(str_eq(got->operation_for_risk_login, want->operation_for_risk_login));
    assert_true(str_eq(got->verification_types, want->verification_types));
    assert_true(str_eq(got->access_key_network_policy, want->access_key_network_policy));
}

static void a_preference_holds_every_field(void **state)
{
    fixture *f = *state;
    preference_record r;
    for (unsigned on = 0; on < 8; on++) {
        const preference_record p = {
            .allow_user_to_change_password = on == 0,
            .allow_user_to_manage_mfa_devices = on == 1,
            .allow_user_to_manage_access_keys = on == 2,
            .allow_user_to_login_with_passkey = on == 3,
            .allow_user_to_manage_personal_ding_talk = on == 4,
            .allow_user_to_manage_service_credentials = on == 5,
            .allow_user_to_manage_public_keys = on == 6,
            .enable_save_mfa_ticket = on == 7,
            .login_session_duration_hours = 1 + on,
            .max_idle_days_for_users = 90,
            .max_idle_days_for_access_keys = 180,
            .login_network_masks = STR("192.0.2.0/24;2001:db8::/32"),
            .mfa_operation_for_login = STR("adaptive"),
            .operation_for_risk_login = STR("enforceVerify"),
            .verification_types = STR("sms,email"),
            .access_key_network_policy = STR("{\"Version\":\"1\"}"),
        };
        OK(store_preference_put(f->tx, &p, &f->e));
        OK(store_preference_get(f->tx, f->a, &r, &f->e));
        check_preference(&r, &p);
    }
    directory_enter(f->tx, ACCOUNT_B);
    FAILS(store_preference_get(f->tx, f->a, &r, &f->e), ST_NOT_FOUND);
}

/* --- attempts ----------------------------------------------------------------------------------------------------- */

static void put_attempt(fixture *f, uint64_t principal, uint32_t budget, uint32_t failures, uint32_t in_flight)
{
    attempt_record r = { principal, budget, failures, in_flight, 10, 20, 30 };
    OK(store_attempt_put(f->tx, &r, &f->e));
}

static void attempts_are_kept_by_principal_and_budget(void **state)
{
    fixture *f = *state;
    attempt_record r;
    FAILS(store_attempt_get(f->tx, ALICE, 0, &r, &f->e), ST_NOT_FOUND);
    put_attempt(f, ALICE, 0, 3, 1);
    put_attempt(f, ALICE, UINT32_MAX, 1, 0);
    OK(store_attempt_get(f->tx, ALICE, 0, &r, &f->e));
    assert_true(r.principal == ALICE && r.budget == 0 && r.failures == 3 && r.in_flight == 1);
    assert_true(r.first_s == 10 && r.last_s == 20 && r.locked_until_s == 30);
    put_attempt(f, ALICE, 0, 4, 0);
    OK(store_attempt_get(f->tx, ALICE, 0, &r, &f->e));
    assert_true(r.failures == 4 && r.in_flight == 0);
    OK(store_attempt_get(f->tx, ALICE, UINT32_MAX, &r, &f->e));
    assert_true(r.budget == UINT32_MAX && r.failures == 1);
    directory_enter(f->tx, ACCOUNT_B);
    FAILS(store_attempt_get(f->tx, ALICE, 0, &r, &f->e), ST_NOT_FOUND);
    OK(store_attempt_delete_all(f->tx, ALICE, &f->e));
    directory_enter(f->tx, ACCOUNT_A);
    put_attempt(f, BOB, 0, 1, 0);
    OK(store_attempt_delete_all(f->tx, ALICE, &f->e));
    OK(store_attempt_delete_all(f->tx, ALICE, &f->e));
    FAILS(store_attempt_get(f->tx, ALICE, 0, &r, &f->e), ST_NOT_FOUND);
    FAILS(store_attempt_get(f->tx, ALICE, UINT32_MAX, &r, &f->e), ST_NOT_FOUND);
    OK(store_attempt_get(f->tx, BOB, 0, &r, &f->e));
}

static void what_was_in_flight_counts_as_failed_in_every_account(void **state)
{
    fixture *f = *state;
    attempt_record r;
    put_attempt(f, ALICE, 0, 3, 2);
    put_attempt(f, ALICE, 7, 5, 0);
    directory_enter(f->tx, ACCOUNT_B);
    put_attempt(f, BOB, 0, 0, 1);
    directory_enter(f->tx, 0);
    OK(store_attempt_settle_all(f->tx, &f->e));
    OK(store_attempt_settle_all(f->tx, &f->e)); /* once is enough */
    directory_enter(f->tx, ACCOUNT_B);
    OK(store_attempt_get(f->tx, BOB, 0, &r, &f->e));
    assert_true(r.failures == 1 && r.in_flight == 0);
    directory_enter(f->tx, ACCOUNT_A);
    OK(store_attempt_get(f->tx, ALICE, 0, &r, &f->e));
    assert_true(r.failures == 5 && r.in_flight == 0 && r.first_s == 10 && r.last_s == 20 && r.locked_until_s == 30);
    OK(store_attempt_get(f->tx, ALICE, 7, &r, &f->e));
    assert_int_equal(r.failures, 5);
}

/* --- sign-in links ------------------------------------------------------------------------------------------------ */

static sign_in_link_record link_of(uint64_t user, uint8_t digest)
{
    sign_in_link_record r = { .user = user, .created_s = 10, .expires_s = 20 };
    memset(r.digest, digest, sizeof r.digest);
    return r;
}

static void a_user_has_one_sign_in_link(void **state)
{
    fixture *f = *state;
    sign_in_link_record r, first = link_of(ALICE, 1), second = link_of(ALICE, 2);
    uint64_t account = 0, user = 0;
    second.expires_s = 30;
    OK(store_sign_in_link_put(f->tx, &first, &f->e));
    OK(store_sign_in_link_get(f->tx, first.digest, &r, &f->e));
    assert_true(r.user == ALICE && r.created_s == 10 && r.expires_s == 20);
    assert_memory_equal(r.digest, first.digest, sizeof r.digest);
    OK(store_sign_in_link_put(f->tx, &second, &f->e));
    FAILS(store_sign_in_link_get(f->tx, first.digest, &r, &f->e), ST_NOT_FOUND);
    OK(store_sign_in_link_get(f->tx, second.digest, &r, &f->e));
    assert_int_equal(r.expires_s, 30);
    directory_enter(f->tx, 0);
    OK(directory_find_sign_in_link(f->tx, second.digest, &account, &user, &f->e));
    assert_true(account == ACCOUNT_A && user == ALICE);
    FAILS(directory_find_sign_in_link(f->tx, first.digest, &account, &user, &f->e), ST_NOT_FOUND);
}

static void a_sign_in_link_is_consumed_once(void **state)
{
    fixture *f = *state;
    sign_in_link_record r, link = link_of(ALICE, 1), other = link_of(BOB, 2);
    OK(store_sign_in_link_put(f->tx, &link, &f->e));
    OK(store_sign_in_link_put(f->tx, &other, &f->e));
    OK(store_sign_in_link_consume(f->tx, link.digest, &f->e));
    FAILS(store_sign_in_link_consume(f->tx, link.digest, &f->e), ST_NOT_FOUND);
    FAILS(store_sign_in_link_get(f->tx, link.digest, &r, &f->e), ST_NOT_FOUND);
    FAILS(store_sign_in_link_delete(f->tx, ALICE, &f->e), ST_NOT_FOUND);
    OK(store_sign_in_link_delete(f->tx, BOB, &f->e));
    FAILS(store_sign_in_link_get(f->tx, other.digest, &r, &f->e), ST_NOT_FOUND);
}

static void a_sign_in_link_is_unique_anywhere_and_of_its_account(void **state)
{
    fixture *f = *state;
    sign_in_link_record r, link = link_of(ALICE, 1), same = link_of(BOB, 1);
    OK(store_sign_in_link_put(f->tx, &link, &f->e));
    FAILS(store_sign_in_link_put(f->tx, &same, &f->e), ST_CONFLICT);
    directory_enter(f->tx, ACCOUNT_B);
    FAILS(store_sign_in_link_put(f->tx, &same, &f->e), ST_CONFLICT);
    FAILS(store_sign_in_link_get(f->tx, link.digest, &r, &f->e), ST_NOT_FOUND);
    FAILS(store_sign_in_link_consume(f->tx, link.digest, &f->e), ST_NOT_FOUND);
    FAILS(store_sign_in_link_delete(f->tx, ALICE, &f->e), ST_NOT_FOUND);
    directory_enter(f->tx, ACCOUNT_A);
    OK(store_sign_in_link_get(f->tx, link.digest, &r, &f->e));
}

/* --- reports ------------------------------------------------------------------------------------------------------ */

static void put_one_of_each(fixture *f)
{
    user_record u = fixture_user(ALICE, STR("alice")), v = fixture_user(BOB, STR("bob"));
    group_record g = { .id = 400000000000000001, .name = STR("g") };
    policy_record p = { .id = 500000000000000001, .name = STR("p") };
    login_profile_record profile = { .principal = ALICE };
    OK(store_user_insert(f->tx, &u, &f->e));
    OK(store_user_insert(f->tx, &v, &f->e));
    OK(store_group_insert(f->tx, &g, &f->e));
    OK(store_policy_insert(f->tx, &p, &f->e));
    for (uint64_t i = 0; i < 3; i++) {
        str name;
        OK(arena_printf(f->a, &name, "r%u", (unsigned)i));
        role_record r = { .id = 300000000000000001 + i, .name = name };
        OK(store_role_insert(f->tx, &r, &f->e));
    }
    for (unsigned i = 0; i < 4; i++) {
        str id;
        OK(arena_printf(f->a, &id, "LTAI%u", i));
        put_pair(f, &(pair){ id, i == 0 ? (uint64_t)ACCOUNT_A : ALICE, true, 1, 0 });
    }
    OK(store_login_profile_put(f->tx, &profile, &f->e));
}

static void an_account_is_counted_without_its_bins(void **state)
{
    fixture *f = *state;
    account_counts c;
    put_one_of_each(f);
    OK(store_account_counts(f->tx, &c, &f->e));
    assert_true(c.users == 2 && c.groups == 1 && c.roles == 3 && c.policies == 1 && c.access_keys == 4 &&
                c.login_profiles == 1);
    OK(store_user_recycle(f->tx, BOB, 1, 2, &f->e));
    OK(store_access_key_recycle(f->tx, STR("LTAI3"), false, 1, 2, &f->e));
    OK(store_account_counts(f->tx, &c, &f->e));
    assert_true(c.users == 1 && c.access_keys == 3);
    directory_enter(f->tx, ACCOUNT_B);
    OK(store_account_counts(f->tx, &c, &f->e));
    assert_true(c.users == 0 && c.groups == 0 && c.roles == 0 && c.policies == 0 && c.access_keys == 0 &&
                c.login_profiles == 0);
    directory_enter(f->tx, 1000000000000009);
    FAILS(store_account_counts(f->tx, &c, &f->e), ST_NOT_FOUND);
}

static void a_report_is_kept_in_pieces(void **state)
{
    fixture *f = *state;
    const str kind = STR("credential");
    int64_t at_s = 9;
    uint32_t pieces = 9;
    str piece;
    FAILS(store_report_get(f->tx, kind, &at_s, &pieces, &f->e), ST_NOT_FOUND);
    FAILS(store_report_add(f->tx, kind, 0, STR("a"), &f->e), ST_NOT_FOUND); /* none was begun */
    OK(store_report_begin(f->tx, kind, 100, &f->e));
    OK(store_report_get(f->tx, kind, &at_s, &pieces, &f->e));
    assert_true(at_s == 100 && pieces == 0);
    OK(store_report_add(f->tx, kind, 0, STR("user,arn\n"), &f->e));
    OK(store_report_add(f->tx, kind, 1, STR("<root>,\n"), &f->e));
    FAILS(store_report_add(f->tx, kind, 1, STR("again"), &f->e), ST_CONFLICT);
    OK(store_report_get(f->tx, kind, &at_s, &pieces, &f->e));
    assert_int_equal(pieces, 2);
    OK(store_report_piece(f->tx, f->a, kind, 0, &piece, &f->e));
    STR_IS(piece, "user,arn\n");
    OK(store_report_piece(f->tx, f->a, kind, 1, &piece, &f->e));
    STR_IS(piece, "<root>,\n");
    FAILS(store_report_piece(f->tx, f->a, kind, 2, &piece, &f->e), ST_NOT_FOUND);
    FAILS(store_report_piece(f->tx, f->a, STR("other"), 0, &piece, &f->e), ST_NOT_FOUND);
}

static void a_new_report_drops_the_older_of_its_kind_and_account(void **state)
{
    fixture *f = *state;
    int64_t at_s;
    uint32_t pieces;
    str piece;
    OK(store_report_begin(f->tx, STR("a"), 100, &f->e));
    OK(store_report_add(f->tx, STR("a"), 0, STR("old"), &f->e));
    OK(store_report_begin(f->tx, STR("b"), 101, &f->e));
    OK(store_report_add(f->tx, STR("b"), 0, STR("kept"), &f->e));
    directory_enter(f->tx, ACCOUNT_B);
    FAILS(store_report_get(f->tx, STR("a"), &at_s, &pieces, &f->e), ST_NOT_FOUND);
    FAILS(store_report_piece(f->tx, f->a, STR("a"), 0, &piece, &f->e), ST_NOT_FOUND);
    OK(store_report_begin(f->tx, STR("b"), 300, &f->e));
    directory_enter(f->tx, ACCOUNT_A);
    OK(store_report_begin(f->tx, STR("a"), 200, &f->e));
    OK(store_report_get(f->tx, STR("a"), &at_s, &pieces, &f->e));
    assert_true(at_s == 200 && pieces == 0);
    FAILS(store_report_piece(f->tx, f->a, STR("a"), 0, &piece, &f->e), ST_NOT_FOUND);
    OK(store_report_piece(f->tx, f->a, STR("b"), 0, &piece, &f->e));
    STR_IS(piece, "kept");
}

static void a_piece_has_a_largest_size(void **state)
{
    fixture *f = *state;
    char *text = calloc(1, REPORT_PIECE_BYTES + 1);
    str piece;
    assert_non_null(text);
    memset(text, 'x', REPORT_PIECE_BYTES + 1);
    OK(store_report_begin(f->tx, STR("a"), 1, &f->e));
    FAILS(store_report_add(f->tx, STR("a"), 0, (str){ text, REPORT_PIECE_BYTES + 1 }, &f->e), ST_BUG);
    OK(store_report_add(f->tx, STR("a"), 0, (str){ text, REPORT_PIECE_BYTES }, &f->e));
    OK(store_report_piece(f->tx, f->a, STR("a"), 0, &piece, &f->e));
    assert_int_equal(piece.n, REPORT_PIECE_BYTES);
    assert_memory_equal(piece.p, text, REPORT_PIECE_BYTES);
    free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_network_policy_is_set_and_taken_away),
        TEST(idle_pairs_are_active_and_of_users),
        TEST(a_pair_that_was_switched_on_again_is_not_idle),
        TEST(a_login_profile_holds_what_decides_console_logon),
        TEST(a_login_profile_may_be_without_a_password),
        TEST(earlier_passwords_are_listed_newest_first),
        TEST(a_history_is_trimmed_to_the_newest),
        TEST(a_history_goes_with_its_login_profile),
        TEST(a_password_policy_is_put_and_replaced),
        TEST(a_preference_holds_every_field),
        TEST(attempts_are_kept_by_principal_and_budget),
        TEST(what_was_in_flight_counts_as_failed_in_every_account),
        TEST(a_user_has_one_sign_in_link),
        TEST(a_sign_in_link_is_consumed_once),
        TEST(a_sign_in_link_is_unique_anywhere_and_of_its_account),
        TEST(an_account_is_counted_without_its_bins),
        TEST(a_report_is_kept_in_pieces),
        TEST(a_new_report_drops_the_older_of_its_kind_and_account),
        TEST(a_piece_has_a_largest_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
