/* change_password_api_test.c - ChangePassword, both faces, on a real store. Numbers with T: the threats that a test answers. */
#include "attempt/attempt.h"
#include "password/change_password_api.h"
#include "password/login_profile_api.h"
#include "password/password_fixture_test.h"

#define FIRST  "Tr0ub4dor&3x"
#define SECOND "c0rrectHorse!"
#define THIRD  "battery-Stap1e"
#define WRONG  "not-the-0ne"

static fixture f;
static caller alice;

static const row_functions IMS_CHANGE = { ims_change_password_look, change_password_reserve, change_password_prepare,
                                          change_password_apply };
static const row_functions RAM_CHANGE = { ram_change_password_look, change_password_reserve, change_password_prepare,
                                          change_password_apply };
static const row_functions CREATE = { ram_create_login_profile_look, NULL, login_profile_prepare,
                                      ram_create_login_profile_apply };
static const row_functions UPDATE = { ram_update_login_profile_look, NULL, login_profile_prepare,
                                      ram_update_login_profile_apply };

static int setup(void **state)
{
    (void)state;
    fixture_init(&f);
    alice = make_user(&f, "alice");
    ROW(&f, &f.root, CREATE, ram_create_login_profile, RAM_CREATE_LOGIN_PROFILE, .user_name = STR("alice"),
        .password = STR(FIRST), .mfa_bind_required = YES, .password_reset_required = YES);
    assert_ok(&f);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_done(&f);
    return 0;
}

static void change(const char *from, const char *to)
{
    ROW(&f, &alice, RAM_CHANGE, ram_change_password, RAM_CHANGE_PASSWORD, .old_password = str_from_c(from),
        .new_password = str_from_c(to));
}

static void reset(const char *to)
{
    ROW(&f, &f.root, UPDATE, ram_update_login_profile, RAM_UPDATE_LOGIN_PROFILE, .user_name = STR("alice"),
        .password = str_from_c(to));
    assert_ok(&f);
}

static void changed(void **state)
{
    (void)state;
    f.now_s += 5;
    ROW(&f, &alice, IMS_CHANGE, ims_change_password, IMS_CHANGE_PASSWORD, .old_password = STR(FIRST),
        .new_password = STR(SECOND));
    assert_ok(&f);
    assert_int_equal(json_object_size(f.json), 1); /* RequestId */
    const stored_state s = stored(&f, alice.id);
    assert_false(s.profile.is_initial);
    assert_false(s.profile.is_reset_required);
    assert_true(s.profile.mfa_bind_required && s.profile.is_active);
    assert_int_equal(s.profile.password_set_s, FIXTURE_NOW_S + 5);
    assert_int_equal(s.history_n, 1);
    assert_int_equal(s.attempts.failures + s.attempts.in_flight, 0);

    change(FIRST, THIRD);
    assert_code(&f, ST_INVALID, "InvalidParameter.OldPassword.Incorrect");
    change(SECOND, THIRD);
    assert_ok(&f);
}

static void a_wrong_old_password_counts(void **state)
{
    (void)state;
    const uint64_t row = stored(&f, alice.id).profile.row;
    for (uint32_t i = 1; i <= 3; i++) {
        change(WRONG, SECOND);
        assert_code(&f, ST_INVALID, "InvalidParameter.OldPassword.Incorrect");
        assert_int_equal(stored(&f, alice.id).attempts.failures, i);
        assert_int_equal(stored(&f, alice.id).attempts.in_flight, 0);
    }
    assert_int_equal(stored(&f, alice.id).profile.row, row);
    change("\x07", SECOND); /* what can be no password is simply wrong */
    assert_code(&f, ST_INVALID, "InvalidParameter.OldPassword.Incorrect");
    assert_int_equal(stored(&f, alice.id).attempts.failures, 4);
    change(FIRST, SECOND); /* success clears */
    assert_ok(&f);
    assert_int_equal(stored(&f, alice.id).attempts.failures, 0);
}

/* T03, T05: whoever is locked gets the answer of a wrong password, and it is no news. */
static void a_lock(void **state)
{
    (void)state;
    set_policy(&f, (password_policy_record){ .minimum_password_length = 8, .max_login_attempts = 3 });
    for (unsigned i = 0; i < 3; i++)
        change(WRONG, SECOND);
    const err wrong = f.err;
    change(FIRST, SECOND);
    assert_code(&f, ST_INVALID, "InvalidParameter.OldPassword.Incorrect");
    assert_string_equal(f.err.message, wrong.message);
    f.now_s += ATTEMPT_LOCK_S - 1;
    change(FIRST, SECOND);
    assert_code(&f, ST_INVALID, "InvalidParameter.OldPassword.Incorrect");
    f.now_s += 1; /* one hour */
    change(FIRST, SECOND);
    assert_ok(&f);

    for (unsigned i = 0; i < 3; i++)
        change(WRONG, THIRD);
    change(SECOND, THIRD);
    assert_code(&f, ST_INVALID, "InvalidParameter.OldPassword.Incorrect");
    reset(FIRST); /* an administrator's reset ends it */
    change(FIRST, SECOND);
    assert_ok(&f);
}

static void a_weak_new_one_costs_no_attempt(void **state)
{
    (void)state;
    change(WRONG, "short");
    assert_code(&f, ST_INVALID, "InvalidParameter.NewPassword.TooWeak");
    change(FIRST, "short");
    assert_code(&f, ST_INVALID, "InvalidParameter.NewPassword.TooWeak");
    assert_int_equal(stored(&f, alice.id).attempts.failures, 0);
    change(FIRST, "bell\x07 rings");
    assert_code(&f, ST_INVALID, "InvalidParameter.NewPassword.InvalidChars");
}

static void a_known_one(void **state)
{
    (void)state;
    change(FIRST, "password123");
    assert_ok(&f); /* not asked for on the API */
    set_policy(&f, (password_policy_record){ .minimum_password_length = 8, .intercept_risk_password_on_api = true });
    change("password123", "qwertyuiop");
    assert_code(&f, ST_INVALID, "InvalidParameter.NewPassword.TooWeak");
    assert_int_equal(stored(&f, alice.id).attempts.in_flight, 0); /* settled all the same */
    assert_int_equal(stored(&f, alice.id).attempts.failures, 0);
}

static void none_of_the_last_ones(void **state)
{
    (void)state;
    const char *reuse = "InvalidParameter.NewPassword.ReusePrevention";
    change(FIRST, FIRST); /* a change has to change */
    assert_code(&f, ST_INVALID, reuse);
    change(FIRST, SECOND);
    change(SECOND, FIRST); /* nothing else is remembered */
    assert_ok(&f);
    set_policy(&f, (password_policy_record){ .minimum_password_length = 8, .password_reuse_prevention = 3 });
    change(FIRST, SECOND); /* the two last ones are FIRST and SECOND */
    assert_code(&f, ST_INVALID, reuse);
    change(WRONG, SECOND); /* and only who knows the password is told */
    assert_code(&f, ST_INVALID, "InvalidParameter.OldPassword.Incorrect");
    change(FIRST, THIRD);
    assert_ok(&f);
    change(THIRD, "fourth-Passw0rd");
    assert_ok(&f);
    change("fourth-Passw0rd", FIRST); /* the third of three */
    assert_code(&f, ST_INVALID, reuse);
    change("fourth-Passw0rd", SECOND); /* the fourth */
    assert_ok(&f);
}

static void expired_passwords(void **state)
{
    (void)state;
    set_policy(&f, (password_policy_record){ .minimum_password_length = 8, .max_password_age_days = 10 });
    f.now_s += 11 * 86400;
    change(FIRST, SECOND); /* too old opens nothing but its own change */
    assert_ok(&f);
    set_policy(&f, (password_policy_record){ .minimum_password_length = 8, .max_password_age_days = 10, .hard_expire = true });
    f.now_s += 11 * 86400;
    change(SECOND, THIRD);
    assert_code(&f, ST_INVALID, "InvalidParameter.OldPassword.Incorrect");
    assert_true(f.err.message[0] != '\0'); /* who knew it is told why */
    assert_int_equal(stored(&f, alice.id).attempts.failures, 0);
    reset(FIRST);
    change(FIRST, THIRD);
    assert_ok(&f);
    set_policy(&f, (password_policy_record){ .minimum_password_length = 8, .initial_password_age_days = 14 });
    reset(FIRST);
    f.now_s += 14 * 86400; /* an initial one, too old */
    change(FIRST, SECOND);
    assert_code(&f, ST_INVALID, "InvalidParameter.OldPassword.Incorrect");
}

static void who_has_none(void **state)
{
    (void)state;
    ROW(&f, &f.root, RAM_CHANGE, ram_change_password, RAM_CHANGE_PASSWORD, .old_password = STR(FIRST),
        .new_password = STR(SECOND));
    assert_code(&f, ST_INVALID, "NotSupport.Account");
    caller role = { .kind = CALLER_ROLE, .proof = PROOF_ACS3, .account = FIXTURE_ACCOUNT, .id = 311111111111111111 };
    ROW(&f, &role, IMS_CHANGE, ims_change_password, IMS_CHANGE_PASSWORD, .old_password = STR(FIRST),
        .new_password = STR(SECOND));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    caller bob = make_user(&f, "bob");
    ROW(&f, &bob, IMS_CHANGE, ims_change_password, IMS_CHANGE_PASSWORD, .old_password = STR(FIRST),
        .new_password = STR(SECOND));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.LoginProfile");
    const row_functions create_ims = { ims_create_login_profile_look, NULL, login_profile_prepare,
                                       ims_create_login_profile_apply };
    ROW(&f, &f.root, create_ims, ims_create_login_profile, IMS_CREATE_LOGIN_PROFILE, .user_principal_name = UPN("bob"));
    assert_ok(&f);
    ROW(&f, &bob, IMS_CHANGE, ims_change_password, IMS_CHANGE_PASSWORD, .old_password = STR(FIRST),
        .new_password = STR(SECOND));
    assert_code(&f, ST_INVALID, "InvalidParameter.OldPassword.Incorrect"); /* a profile without a password */
}

/* Between the check and the write an administrator sets another: what was proven right is the password no more. */
static status reset_after_prepare(call *c, err *e)
{
    TRY(change_password_prepare(c, e));
    fixture other = f; /* the same store; the outcome goes elsewhere */
    other.json = NULL;
    ROW(&other, &other.root, UPDATE, ram_update_login_profile, RAM_UPDATE_LOGIN_PROFILE, .user_name = STR("alice"),
        .password = STR(THIRD));
    assert_ok(&other);
    json_decref(other.json);
    row_inner_events++;
    return ST_OK;
}

static void replaced_in_the_meantime(void **state)
{
    (void)state;
    row_functions racing = RAM_CHANGE;
    racing.prepare = reset_after_prepare;
    ROW(&f, &alice, racing, ram_change_password, RAM_CHANGE_PASSWORD, .old_password = STR(FIRST), .new_password = STR(SECOND));
    assert_code(&f, ST_INVALID, "InvalidParameter.OldPassword.Incorrect");
    change(THIRD, SECOND);
    assert_ok(&f);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(changed),
        CASE(a_wrong_old_password_counts),
        CASE(a_lock),
        CASE(a_weak_new_one_costs_no_attempt),
        CASE(a_known_one),
        CASE(none_of_the_last_ones),
        CASE(expired_passwords),
        CASE(who_has_none),
        CASE(replaced_in_the_meantime),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
