/* password_policy_test.c - RAM's SetPasswordPolicy, PasswordStatus and their examples. */
#include "account/fixture_test.h"
#include "password/password_policy.h"

enum { DAY_S = 86400, T0 = FIXTURE_NOW_S };

static password password_of(str text)
{
    password p;
    err e = { 0 };
    assert_int_equal(password_from_text(text, &p, &e), ST_OK);
    return p;
}

static const struct {
    const char *what;
    password_policy_record policy;
    str text, user_name;
    password_rule want;
} rule_cases[] = {
    { "seven characters", { .minimum_password_length = 8 }, STR_INIT("1234567"), { NULL, 0 }, PASSWORD_TOO_SHORT },
    { "eight", { .minimum_password_length = 8 }, STR_INIT("12345678"), { NULL, 0 }, PASSWORD_FITS },
    { "characters, not bytes",
      { .minimum_password_length = 8 },
      STR_INIT("\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"),
      { NULL, 0 },
      PASSWORD_TOO_SHORT },
    { "32", { .minimum_password_length = 32 }, STR_INIT("1234567890123456789012345678901"), { NULL, 0 }, PASSWORD_TOO_SHORT },
    { "lowercase", { .require_lowercase_characters = true }, STR_INIT("ABC1-"), { NULL, 0 }, PASSWORD_LACKS_LOWERCASE },
    { "uppercase", { .require_uppercase_characters = true }, STR_INIT("abc1-"), { NULL, 0 }, PASSWORD_LACKS_UPPERCASE },
    { "number", { .require_numbers = true }, STR_INIT("abcA-"), { NULL, 0 }, PASSWORD_LACKS_NUMBER },
    { "symbol", { .require_symbols = true }, STR_INIT("abcA1"), { NULL, 0 }, PASSWORD_LACKS_SYMBOL },
    { "a space is a symbol", { .require_symbols = true }, STR_INIT("abc 1"), { NULL, 0 }, PASSWORD_FITS },
    { "RAM's example: abc", { .minimum_password_different_character = 3 }, STR_INIT("abc"), { NULL, 0 }, PASSWORD_FITS },
    { "RAM's example: aabbccdef",
      { .minimum_password_different_character = 3 },
      STR_INIT("aabbccdef"),
      { NULL, 0 },
      PASSWORD_FITS },
    { "RAM's example: abb",
      { .minimum_password_different_character = 3 },
      STR_INIT("abb"),
      { NULL, 0 },
      PASSWORD_LACKS_DIFFERENT },
    { "user name",
      { .password_not_contain_user_name = true },
      STR_INIT("my-Alice-1"),
      STR_INIT("aLICE"),
      PASSWORD_HAS_USER_NAME },
    { "user name, rule off", { 0 }, STR_INIT("my-alice-1"), STR_INIT("alice"), PASSWORD_FITS },
    { "user name that is not there",
      { .password_not_contain_user_name = true },
      STR_INIT("my-alic-1"),
      STR_INIT("alice"),
      PASSWORD_FITS },
    { "no user name", { .password_not_contain_user_name = true }, STR_INIT("anything"), { NULL, 0 }, PASSWORD_FITS },
};

static void rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rule_cases / sizeof rule_cases[0]; i++) {
        password p = password_of(rule_cases[i].text);
        const password_rule got = password_policy_check(&rule_cases[i].policy, &p, rule_cases[i].user_name);
        if (got != rule_cases[i].want)
            fail_msg("%s: %d", rule_cases[i].what, (int)got);
        secret_done(&p.s);
        err e = { 0 };
        if (got == PASSWORD_FITS)
            continue;
        assert_int_equal(password_rule_refuse(got, &rule_cases[i].policy, "InvalidParameter.Password.TooWeak", &e), ST_INVALID);
        assert_string_equal(e.code, "InvalidParameter.Password.TooWeak");
        assert_string_not_equal(e.message, "");
    }
}

static void the_defaults_are_rams(void **state)
{
    (void)state;
    const password_policy_record d = PASSWORD_POLICY_DEFAULT;
    assert_int_equal(d.minimum_password_length, 8);
    assert_int_equal(d.initial_password_age_days, 14);
    assert_int_equal(d.minimum_password_different_character, 0);
    assert_int_equal(d.max_password_age_days, 0);
    assert_int_equal(d.password_reuse_prevention, 0);
    assert_int_equal(d.max_login_attempts, 0);
    assert_false(d.require_lowercase_characters || d.require_uppercase_characters || d.require_numbers || d.require_symbols);
    assert_false(d.password_not_contain_user_name || d.hard_expire || d.intercept_risk_password_on_api);
}

static status load_put_load(store_tx *tx, void *self, err *e)
{
    password_policy_record *r = self;
    TRY(password_policy_load(tx, &r[0], e));
    TRY(store_password_policy_put(tx, &(password_policy_record){ .minimum_password_length = 12 }, e));
    return password_policy_load(tx, &r[1], e);
}

static void what_was_never_set_is_the_default(void **state)
{
    (void)state;
    fixture f;
    password_policy_record r[2];
    fixture_init(&f);
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, load_put_load, r, &f.err), ST_OK);
    assert_int_equal(r[0].minimum_password_length, 8);
    assert_int_equal(r[0].initial_password_age_days, 14);
    assert_int_equal(r[1].minimum_password_length, 12);
    assert_int_equal(r[1].initial_password_age_days, 0);
    fixture_done(&f);
}

/* --- time --------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *what;
    bool is_initial, is_reset_required;
    uint32_t initial_days, max_days;
    bool hard;
    int64_t age_s;
    password_status want_status;
    password_validity want;
} age_cases[] = {
    { "one's own, of any age", false, false, 14, 0, false, (int64_t)5000 * DAY_S, PASSWORD_NOT_INITIAL, PASSWORD_USABLE },
    { "initial", true, false, 14, 0, false, 14 * DAY_S - 1, PASSWORD_INITIAL_VALID, PASSWORD_USABLE },
    { "initial, too old", true, false, 14, 0, false, 14 * DAY_S, PASSWORD_INITIAL_EXPIRED, PASSWORD_NEEDS_RESET },
    { "initial, 0 is off", true, false, 0, 0, false, (int64_t)5000 * DAY_S, PASSWORD_INITIAL_VALID, PASSWORD_USABLE },
    { "a day before MaxPasswordAge", false, false, 14, 90, false, 90 * DAY_S - 1, PASSWORD_NOT_INITIAL, PASSWORD_USABLE },
    { "at MaxPasswordAge", false, false, 14, 90, false, 90 * DAY_S, PASSWORD_NOT_INITIAL, PASSWORD_MUST_CHANGE },
    { "at MaxPasswordAge, hard", false, false, 14, 90, true, 90 * DAY_S, PASSWORD_NOT_INITIAL, PASSWORD_NEEDS_RESET },
    { "hard without an age", false, false, 14, 0, true, (int64_t)5000 * DAY_S, PASSWORD_NOT_INITIAL, PASSWORD_USABLE },
    { "reset required", false, true, 14, 90, true, 0, PASSWORD_NOT_INITIAL, PASSWORD_MUST_CHANGE },
    { "reset required, initial and expired", true, true, 14, 0, false, 14 * DAY_S, PASSWORD_INITIAL_EXPIRED,
      PASSWORD_NEEDS_RESET },
};

static void ages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof age_cases / sizeof age_cases[0]; i++) {
        const login_profile_record r = { .is_initial = age_cases[i].is_initial,
                                         .is_reset_required = age_cases[i].is_reset_required,
                                         .password_set_s = T0 };
        const password_policy_record p = { .initial_password_age_days = age_cases[i].initial_days,
                                           .max_password_age_days = age_cases[i].max_days,
                                           .hard_expire = age_cases[i].hard };
        if (password_status_of(&r, &p, T0 + age_cases[i].age_s) != age_cases[i].want_status ||
            password_validity_of(&r, &p, T0 + age_cases[i].age_s) != age_cases[i].want)
            fail_msg("%s", age_cases[i].what);
        assert_int_equal(password_expires_s(&r, &p),
                         p.max_password_age_days > 0 ? T0 + (int64_t)p.max_password_age_days * DAY_S : 0);
    }
    assert_true(str_eq(password_status_name(PASSWORD_NOT_INITIAL), STR("NotInitial")));
    assert_true(str_eq(password_status_name(PASSWORD_INITIAL_VALID), STR("InitialValid")));
    assert_true(str_eq(password_status_name(PASSWORD_INITIAL_EXPIRED), STR("InitialExpired")));
}

/* --- generated passwords ------------------------------------------------------------------------------------------ */

static void generated_passwords_satisfy_the_policy(void **state)
{
    (void)state;
    const password_policy_record strictest = { .minimum_password_length = 32,
                                               .minimum_password_different_character = 8,
                                               .require_lowercase_characters = true,
                                               .require_uppercase_characters = true,
                                               .require_numbers = true,
                                               .require_symbols = true,
                                               .password_not_contain_user_name = true };
    for (unsigned i = 0; i < 100; i++) {
        password p;
        assert_int_equal(password_generate_for(world_system(), &strictest, STR("a"), &p), ST_OK);
        assert_int_equal(p.s.n, 32);
        assert_int_equal(password_policy_check(&strictest, &p, STR("a")), PASSWORD_FITS);
        assert_false(password_contains(&p, STR("a")));
        secret_done(&p.s);
        assert_int_equal(password_generate_for(world_system(), &PASSWORD_POLICY_DEFAULT, STR("alice"), &p), ST_OK);
        assert_int_equal(p.s.n, 20);
        secret_done(&p.s);
    }
}

static status broken_dice(void *self, uint8_t *ret, size_t n)
{
    (void)self, (void)ret, (void)n;
    return ST_UNAVAILABLE;
}

static status fixed_dice(void *self, uint8_t *ret, size_t n)
{
    (void)self;
    memset(ret, 0, n); /* always the first letter of the alphabet */
    return ST_OK;
}

static void without_chance_there_is_no_password(void **state)
{
    (void)state;
    password p = { { NULL, 7 } };
    assert_int_equal(password_generate_for(&(world){ .random = broken_dice }, &PASSWORD_POLICY_DEFAULT, STR(""), &p),
                     ST_UNAVAILABLE);
    assert_int_equal(password_generate_for(&(world){ .random = fixed_dice }, &PASSWORD_POLICY_DEFAULT, STR(""), &p),
                     ST_UNAVAILABLE);
    assert_int_equal(p.s.n, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules),
        cmocka_unit_test(the_defaults_are_rams),
        cmocka_unit_test(what_was_never_set_is_the_default),
        cmocka_unit_test(ages),
        cmocka_unit_test(generated_passwords_satisfy_the_policy),
        cmocka_unit_test(without_chance_there_is_no_password),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
