/* login_profile_api_test.c - console logon of users, both faces, on a real store. */
#include "password/login_profile_api.h"
#include "password/password_fixture_test.h"

#define L       "LoginProfile."
#define GOOD    STR("Tr0ub4dor&3x")
#define ANOTHER STR("c0rrectHorse!")

static fixture f;
static caller alice;

#define FUNCTIONS(face, verb)                                                                                \
    {                                                                                                        \
        face##_##verb##_login_profile_look, NULL, login_profile_prepare, face##_##verb##_login_profile_apply \
    }

static const row_functions IMS_CREATE = FUNCTIONS(ims, create), RAM_CREATE = FUNCTIONS(ram, create),
                           IMS_UPDATE = FUNCTIONS(ims, update), RAM_UPDATE = FUNCTIONS(ram, update);

#define CREATE_IMS(...)  ROW(&f, &f.root, IMS_CREATE, ims_create_login_profile, IMS_CREATE_LOGIN_PROFILE, __VA_ARGS__)
#define CREATE_RAM(...)  ROW(&f, &f.root, RAM_CREATE, ram_create_login_profile, RAM_CREATE_LOGIN_PROFILE, __VA_ARGS__)
#define UPDATE_IMS(...)  ROW(&f, &f.root, IMS_UPDATE, ims_update_login_profile, IMS_UPDATE_LOGIN_PROFILE, __VA_ARGS__)
#define UPDATE_RAM(...)  ROW(&f, &f.root, RAM_UPDATE, ram_update_login_profile, RAM_UPDATE_LOGIN_PROFILE, __VA_ARGS__)
#define GET_IMS(upn)     READ(&f, &f.root, ims_get_login_profile, IMS_GET_LOGIN_PROFILE, .user_principal_name = upn)
#define GET_RAM(name)    READ(&f, &f.root, ram_get_login_profile, RAM_GET_LOGIN_PROFILE, .user_name = name)
#define DELETE_IMS(upn)  APPLY(&f, &f.root, ims_delete_login_profile, IMS_DELETE_LOGIN_PROFILE, .user_principal_name = upn)
#define DELETE_RAM(name) APPLY(&f, &f.root, ram_delete_login_profile, RAM_DELETE_LOGIN_PROFILE, .user_name = name)

static int setup(void **state)
{
    (void)state;
    fixture_init(&f);
    alice = make_user(&f, "alice");
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

static void created_with_its_defaults(void **state)
{
    (void)state;
    CREATE_IMS(.user_principal_name = UPN("ALICE"), .password = GOOD);
    assert_ok(&f);
    assert_string_equal(text_at(&f, L "UserPrincipalName"), "alice@1234567890123456.onaliyun.com");
    assert_string_equal(text_at(&f, L "Status"), "Active");
    assert_false(is_true(L "PasswordResetRequired"));
    assert_false(is_true(L "MFABindRequired"));
    assert_string_equal(text_at(&f, L "PasswordStatus"), "InitialValid");
    assert_string_equal(text_at(&f, L "UpdateDate"), "2026-11-24T00:00:00Z");
    assert_null(fixture_at(&f, L "AutoDisableLoginStatus")); /* of Get and Update */

    GET_IMS(UPN("alice"));
    assert_string_equal(text_at(&f, L "AutoDisableLoginStatus"), "true");
    assert_null(fixture_at(&f, L "LastLoginTime")); /* never */
    GET_RAM(STR("Alice"));
    assert_ok(&f);
    assert_string_equal(text_at(&f, L "UserName"), "alice");
    assert_string_equal(text_at(&f, L "CreateDate"), "2026-11-24T00:00:00Z");
    assert_null(fixture_at(&f, L "Status"));
    const stored_state s = stored(&f, alice.id);
    assert_true(s.profile.is_initial && s.profile.is_active);
    assert_true(s.profile.digest.n > 0);
}

static void created_with_everything(void **state)
{
    (void)state;
    CREATE_IMS(.user_principal_name = UPN("alice"), .password = GOOD, .password_reset_required = YES, .mfa_bind_required = YES,
               .status = STR("Inactive"));
    assert_ok(&f);
    assert_string_equal(text_at(&f, L "Status"), "Inactive");
    assert_true(is_true(L "PasswordResetRequired"));
    assert_true(is_true(L "MFABindRequired"));

    (void)make_user(&f, "bob");
    CREATE_RAM(.user_name = STR("bob"), .password = GOOD, .password_reset_required = YES, .mfa_bind_required = YES);
    assert_ok(&f);
    assert_string_equal(text_at(&f, L "UserName"), "bob");
    assert_true(is_true(L "PasswordResetRequired"));
    assert_true(is_true(L "MFABindRequired"));
    assert_string_equal(text_at(&f, L "CreateDate"), "2026-11-24T00:00:00Z");
}

static void without_a_password(void **state)
{
    (void)state;
    CREATE_IMS(.user_principal_name = UPN("alice"));
    assert_ok(&f);
    assert_null(fixture_at(&f, L "PasswordStatus")); /* there is none to have a status */
    stored_state s = stored(&f, alice.id);
    assert_true(s.has_profile && s.scheme_n == 0 && !s.profile.is_initial);
    assert_int_equal(s.profile.password_set_s, 0);

    UPDATE_IMS(.user_principal_name = UPN("alice"), .password = GOOD);
    assert_string_equal(text_at(&f, L "PasswordStatus"), "InitialValid");
    s = stored(&f, alice.id);
    assert_true(s.scheme_n > 0 && s.profile.is_initial);
    assert_int_equal(s.history_n, 0);
}

static void updates_keep_what_is_not_sent(void **state)
{
    (void)state;
    CREATE_IMS(.user_principal_name = UPN("alice"), .password = GOOD, .mfa_bind_required = YES);
    const stored_state before = stored(&f, alice.id);
    f.now_s += 60;
    UPDATE_IMS(.user_principal_name = UPN("alice"), .status = STR("Inactive"));
    assert_ok(&f);
    assert_string_equal(text_at(&f, L "Status"), "Inactive");
    assert_true(is_true(L "MFABindRequired"));
    assert_string_equal(text_at(&f, L "UpdateDate"), "2026-11-24T00:01:00Z");
    stored_state after = stored(&f, alice.id);
    assert_int_equal(after.profile.row, before.profile.row); /* the password is the same */
    assert_int_equal(after.profile.password_set_s, before.profile.password_set_s);

    UPDATE_RAM(.user_name = STR("alice"), .password_reset_required = YES);
    assert_ok(&f);
    assert_int_equal(json_object_size(f.json), 1); /* RequestId */
    GET_IMS(UPN("alice"));
    assert_string_equal(text_at(&f, L "Status"), "Inactive");
    assert_true(is_true(L "PasswordResetRequired"));
    assert_true(is_true(L "MFABindRequired"));
    UPDATE_IMS(.user_principal_name = UPN("alice"), .password_reset_required = NO, .mfa_bind_required = NO,
               .status = STR("Active"));
    assert_false(is_true(L "PasswordResetRequired"));
    assert_false(is_true(L "MFABindRequired"));
    assert_string_equal(text_at(&f, L "Status"), "Active");
}

/* Terraform sends the password with every update, whatever the policy remembers. */
static void the_same_password_again(void **state)
{
    (void)state;
    set_policy(&f, (password_policy_record){ .minimum_password_length = 8, .password_reuse_prevention = 24 });
    CREATE_RAM(.user_name = STR("alice"), .password = GOOD);
    for (unsigned i = 0; i < 3; i++) {
        UPDATE_RAM(.user_name = STR("alice"), .password = GOOD, .mfa_bind_required = YES);
        assert_ok(&f);
    }
    assert_int_equal(stored(&f, alice.id).history_n, 0);
    UPDATE_RAM(.user_name = STR("alice"), .password = ANOTHER);
    UPDATE_RAM(.user_name = STR("alice"), .password = GOOD);
    assert_ok(&f);
    assert_int_equal(stored(&f, alice.id).history_n, 2);
}

static const struct {
    const char *what;
    password_policy_record policy;
    str password;
    const char *code; /* "": taken */
} policy_cases[] = {
    { "eight characters", { .minimum_password_length = 8 }, STR_INIT("abcdefgh"), "" },
    { "seven", { .minimum_password_length = 8 }, STR_INIT("abcdefg"), "InvalidParameter.Password.TooWeak" },
    { "no lowercase", { .require_lowercase_characters = true }, STR_INIT("ABCDEFGH1"), "InvalidParameter.Password.TooWeak" },
    { "no uppercase", { .require_uppercase_characters = true }, STR_INIT("abcdefgh1"), "InvalidParameter.Password.TooWeak" },
    { "no number", { .require_numbers = true }, STR_INIT("abcdefghi"), "InvalidParameter.Password.TooWeak" },
    { "no symbol", { .require_symbols = true }, STR_INIT("abcdefgh1"), "InvalidParameter.Password.TooWeak" },
    { "abb", { .minimum_password_different_character = 3 }, STR_INIT("abb"), "InvalidParameter.Password.TooWeak" },
    { "aabbccdef", { .minimum_password_different_character = 3 }, STR_INIT("aabbccdef"), "" },
    { "the user name", { .password_not_contain_user_name = true }, STR_INIT("xxALICExx"), "InvalidParameter.Password.TooWeak" },
    { "a known one", { .intercept_risk_password_on_api = true }, STR_INIT("password123"), "InvalidParameter.Password.TooWeak" },
    { "a known one, not asked", { .minimum_password_length = 8 }, STR_INIT("password123"), "" },
    { "of words of the account",
      { .intercept_risk_password_on_api = true },
      STR_INIT("alice2026"),
      "InvalidParameter.Password.TooWeak" },
    { "none at all", { .minimum_password_length = 8 }, STR_INIT("bell\x07 rings"), "InvalidParameter.Password.InvalidChars" },
};

static void measured_by_the_policy(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof policy_cases / sizeof policy_cases[0]; i++) {
        set_policy(&f, policy_cases[i].policy);
        CREATE_RAM(.user_name = STR("alice"), .password = policy_cases[i].password);
        if (strcmp(f.err.code, policy_cases[i].code) != 0)
            print_error("%s\n", policy_cases[i].what);
        assert_string_equal(f.err.code, policy_cases[i].code);
        assert_int_equal(f.status, policy_cases[i].code[0] == '\0' ? ST_OK : ST_INVALID);
        if (f.status == ST_OK) {
            UPDATE_RAM(.user_name = STR("alice"), .password = policy_cases[i].password);
            assert_ok(&f);
            DELETE_RAM(STR("alice"));
            assert_ok(&f);
            continue;
        }
        assert_false(stored(&f, alice.id).has_profile);
        CREATE_IMS(.user_principal_name = UPN("alice"));
        assert_ok(&f);
        UPDATE_IMS(.user_principal_name = UPN("alice"), .password = policy_cases[i].password);
        assert_string_equal(f.err.code, policy_cases[i].code);
        assert_int_equal(stored(&f, alice.id).scheme_n, 0);
        DELETE_IMS(UPN("alice"));
        assert_ok(&f);
    }
}

static void refused(void **state)
{
    (void)state;
    const str ghost = UPN("ghost");
    CREATE_IMS(.user_principal_name = ghost, .password = GOOD);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    CREATE_RAM(.user_name = STR("ghost"), .password = GOOD);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    UPDATE_IMS(.user_principal_name = UPN("alice"), .password = GOOD);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.LoginProfile");
    UPDATE_RAM(.user_name = STR("alice"), .password = GOOD);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.LoginProfile");
    GET_IMS(UPN("alice"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.LoginProfile");
    GET_RAM(STR("alice"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.LoginProfile");
    DELETE_IMS(UPN("alice"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.LoginProfile");
    DELETE_RAM(STR("alice"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.LoginProfile");
    GET_RAM(STR("ghost"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    DELETE_IMS(ghost);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");

    CREATE_RAM(.user_name = STR("alice"), .password = GOOD);
    assert_ok(&f);
    CREATE_RAM(.user_name = STR("alice"), .password = ANOTHER);
    assert_code(&f, ST_CONFLICT, "EntityAlreadyExists.User.LoginProfile");
    CREATE_IMS(.user_principal_name = UPN("alice"));
    assert_code(&f, ST_CONFLICT, "EntityAlreadyExists.User.LoginProfile");
    READ(&f, &f.other_root, ram_get_login_profile, RAM_GET_LOGIN_PROFILE, .user_name = STR("alice"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User"); /* of another account */
}

static status fail_often(store_tx *tx, void *self, err *e)
{
    const attempt_record r = { .principal = alice.id, .failures = 5, .locked_until_s = FIXTURE_NOW_S + 3600 };
    (void)self;
    return store_attempt_put(tx, &r, e);
}

static void a_reset_ends_a_lock(void **state)
{
    (void)state;
    CREATE_RAM(.user_name = STR("alice"), .password = GOOD);
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, fail_often, NULL, &f.err), ST_OK);
    UPDATE_RAM(.user_name = STR("alice"), .mfa_bind_required = YES); /* no password: the lock stays */
    assert_int_equal(stored(&f, alice.id).attempts.failures, 5);
    UPDATE_RAM(.user_name = STR("alice"), .password = ANOTHER);
    assert_ok(&f);
    assert_int_equal(stored(&f, alice.id).attempts.failures, 0);
    assert_int_equal(stored(&f, alice.id).attempts.locked_until_s, 0);
}

static void delete_takes_everything(void **state)
{
    (void)state;
    CREATE_RAM(.user_name = STR("alice"), .password = GOOD);
    UPDATE_RAM(.user_name = STR("alice"), .password = ANOTHER);
    assert_int_equal(stored(&f, alice.id).history_n, 1);
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, fail_often, NULL, &f.err), ST_OK);
    DELETE_IMS(UPN("alice"));
    assert_ok(&f);
    const stored_state s = stored(&f, alice.id);
    assert_false(s.has_profile);
    assert_int_equal(s.history_n, 0);
    assert_int_equal(s.attempts.failures, 0);
}

static void initial_passwords_grow_old(void **state)
{
    (void)state;
    CREATE_RAM(.user_name = STR("alice"), .password = GOOD);
    f.now_s += 14 * 86400 - 1;
    GET_IMS(UPN("alice"));
    assert_string_equal(text_at(&f, L "PasswordStatus"), "InitialValid");
    f.now_s += 1;
    GET_IMS(UPN("alice"));
    assert_string_equal(text_at(&f, L "PasswordStatus"), "InitialExpired");
    UPDATE_RAM(.user_name = STR("alice"), .password = ANOTHER);
    GET_IMS(UPN("alice"));
    assert_string_equal(text_at(&f, L "PasswordStatus"), "InitialValid");
    set_policy(&f, (password_policy_record){ .minimum_password_length = 8 }); /* InitialPasswordAge 0: off */
    f.now_s += 400 * 86400;
    GET_IMS(UPN("alice"));
    assert_string_equal(text_at(&f, L "PasswordStatus"), "InitialValid");
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(created_with_its_defaults),
        CASE(created_with_everything),
        CASE(without_a_password),
        CASE(updates_keep_what_is_not_sent),
        CASE(the_same_password_again),
        CASE(measured_by_the_policy),
        CASE(refused),
        CASE(a_reset_ends_a_lock),
        CASE(delete_takes_everything),
        CASE(initial_passwords_grow_old),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
