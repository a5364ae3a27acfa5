/* credential_report_test.c - rows after "Get a credential report" (columns, TRUE, FALSE, N/A, -), and the slots of a report. */
#include "account/fixture_test.h"
#include "report/credential_report.h"
#include "report/reporter.h"

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

/* --- rows --------------------------------------------------------------------------------------------------------- */

enum { COLUMNS = 28 };

static size_t columns_of(str line)
{
    size_t n = 1;
    for (size_t i = 0; i < line.n; i++)
        n += line.p[i] == ',';
    return n;
}

static void assert_row(const credential_report_row *r, const char *want)
{
    buf b;
    buf_init(&b, CREDENTIAL_REPORT_ROW_MAX);
    credential_report_add_row(r, &b);
    assert_true(buf_ok(&b));
    assert_int_equal(columns_of(buf_str(&b)), COLUMNS);
    buf_add_char(&b, '\0');
    assert_string_equal((const char *)b.p, want);
    buf_done(&b);
}

#define NO_KEY ",FALSE,-,-,-"

static void the_header_has_the_documented_columns(void **state)
{
    (void)state;
    const str h = credential_report_header;
    assert_int_equal(columns_of(h), COLUMNS);
    assert_true(str_starts(h, STR("user,user_creation_time,user_last_logon,password_exist,password_active,")));
    assert_true(str_contains(h, STR(",mfa_active,access_key_1_exist,access_key_1_active,access_key_1_last_rotated,"
                                    "access_key_1_last_used,access_key_2_exist,")));
    assert_true(str_ends(h, STR(",additional_access_key_3_last_rotated,additional_access_key_3_last_used\n")));
}

static void a_user_without_credentials(void **state)
{
    (void)state;
    const credential_report_row r = { .user = STR("alice@example.onaliyun.com"), .created_s = 1573475598 };
    assert_row(&r,
               "alice@example.onaliyun.com,2019-11-11T12:33:18Z,-,FALSE,N/A,N/A,N/A,FALSE" NO_KEY NO_KEY NO_KEY NO_KEY NO_KEY
               "\n");
}

static void a_password_that_ends(void **state)
{
    (void)state;
    const login_profile_record p = { .is_active = true, .password_set_s = 1573476618 };
    credential_report_row r = { .user = STR("a@b"), .created_s = 1573475598, .last_logon_s = 1573476318, .profile = &p };
    r.max_password_age_days = 2;
    assert_row(&r, "a@b,2019-11-11T12:33:18Z,2019-11-11T12:45:18Z,TRUE,TRUE,2019-11-11T12:50:18Z,2019-11-13T12:50:18Z,"
                   "FALSE" NO_KEY NO_KEY NO_KEY NO_KEY NO_KEY "\n");
    r.max_password_age_days = 0;
    assert_row(&r, "a@b,2019-11-11T12:33:18Z,2019-11-11T12:45:18Z,TRUE,TRUE,2019-11-11T12:50:18Z,-,FALSE" NO_KEY NO_KEY NO_KEY
                       NO_KEY NO_KEY "\n");
}

static void a_profile_that_is_off_and_never_had_a_password(void **state)
{
    (void)state;
    const login_profile_record p = { .is_active = false };
    const credential_report_row r = { .user = STR("a@b"), .created_s = 1, .profile = &p, .max_password_age_days = 2 };
    assert_row(&r, "a@b,1970-01-01T00:00:01Z,-,TRUE,FALSE,N/A,-,FALSE" NO_KEY NO_KEY NO_KEY NO_KEY NO_KEY "\n");
}

static void root_always_has_a_password_which_does_not_end(void **state)
{
    (void)state;
    const login_profile_record p = { .is_active = true, .password_set_s = 1573476618 };
    credential_report_row r = { .user = STR("<root>"), .is_root = true, .created_s = 1, .max_password_age_days = 2 };
    assert_row(&r, "<root>,1970-01-01T00:00:01Z,-,TRUE,N/A,N/A,N/A,FALSE" NO_KEY NO_KEY NO_KEY NO_KEY NO_KEY "\n");
    r.profile = &p;
    assert_row(&r,
               "<root>,1970-01-01T00:00:01Z,-,TRUE,TRUE,2019-11-11T12:50:18Z,-,FALSE" NO_KEY NO_KEY NO_KEY NO_KEY NO_KEY "\n");
}

static void keys_fill_their_columns_in_order(void **state)
{
    (void)state;
    const access_key_record keys[6] = { { .is_active = true, .created_s = 1573475598, .last_used_s = 1573476318 },
                                        { .is_active = false, .created_s = 1573475598 },
                                        { .is_active = true, .created_s = 1573475598 } };
    credential_report_row r = { .user = STR("a@b"), .created_s = 1, .keys = keys, .key_n = 3 };
    assert_row(&r, "a@b,1970-01-01T00:00:01Z,-,FALSE,N/A,N/A,N/A,FALSE,TRUE,TRUE,2019-11-11T12:33:18Z,2019-11-11T12:45:18Z,"
                   "TRUE,FALSE,2019-11-11T12:33:18Z,N/A,TRUE,TRUE,2019-11-11T12:33:18Z,N/A" NO_KEY NO_KEY "\n");
    r.key_n = 6; /* more than there are columns for: the row keeps its width */
    buf b;
    buf_init(&b, CREDENTIAL_REPORT_ROW_MAX);
    credential_report_add_row(&r, &b);
    assert_int_equal(columns_of(buf_str(&b)), COLUMNS);
    buf_done(&b);
}

static void the_longest_row_fits(void **state)
{
    (void)state;
    char name[64 + 1 + 64 + 1 + 253];
    memset(name, 'x', sizeof name);
    access_key_record keys[5];
    for (size_t i = 0; i < 5; i++)
        keys[i] = (access_key_record){ .created_s = INT64_C(253402300799), .last_used_s = INT64_C(253402300799) };
    const login_profile_record p = { .password_set_s = 1573476618 };
    const credential_report_row r = { .user = { name, sizeof name },
                                      .created_s = INT64_C(253402300799),
                                      .last_logon_s = 1573476618,
                                      .profile = &p,
                                      .max_password_age_days = 1095,
                                      .keys = keys,
                                      .key_n = 5 };
    buf b;
    buf_init(&b, CREDENTIAL_REPORT_ROW_MAX);
    credential_report_add_row(&r, &b);
    assert_true(buf_ok(&b));
    buf_done(&b);
}

/* --- slots -------------------------------------------------------------------------------------------------------- */

typedef struct {
    arena *a;
    credential_report_state s;
    int64_t generated_s;
    status found;
} look;

static status look_at(store_tx *tx, void *self, err *e)
{
    look *l = self;
    TRY(credential_report_get_state(tx, l->a, &l->s, e));
    err ignored = { 0 };
    credential_report_state other;
    l->found = credential_report_find(tx, l->a, l->generated_s, &other, &ignored);
    return ST_OK;
}

static credential_report_state state_of(uint64_t account, int64_t generated_s, status *ret_found)
{
    err e = { 0 };
    look l = { .a = arena_new(65536, 1 << 20), .generated_s = generated_s };
    assert_non_null(l.a);
    assert_int_equal(store_read_now(f.store, account, look_at, &l, &e), ST_OK);
    arena_free(l.a);
    if (ret_found != NULL)
        *ret_found = l.found;
    return l.s;
}

static status want(store_tx *tx, void *self, err *e)
{
    return credential_report_want(tx, self, e);
}

static void make(uint64_t account)
{
    err e = { 0 };
    arena *a = arena_new(65536, 1 << 20);
    assert_non_null(a);
    assert_int_equal(store_apply_now(f.store, account, want, a, &e), ST_OK);
    arena_free(a);
    reporter *r = reporter_new(f.store, &f.world, STR("onaliyun.com"));
    assert_non_null(r);
    assert_int_equal(reporter_run_now(r, &e), ST_OK);
    reporter_free(r);
}

static void a_report_waits_then_is_there(void **state)
{
    (void)state;
    err e = { 0 };
    arena *a = arena_new(65536, 1 << 20);
    assert_non_null(a);
    assert_false(state_of(FIXTURE_ACCOUNT, 0, NULL).is_wanted);
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, want, a, &e), ST_OK);
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, want, a, &e), ST_OK); /* twice is once */
    arena_free(a);
    assert_true(state_of(FIXTURE_ACCOUNT, 0, NULL).is_wanted);
    assert_false(state_of(FIXTURE_OTHER, 0, NULL).is_wanted);
    make(FIXTURE_OTHER); /* and the one that waited before it */
    const credential_report_state s = state_of(FIXTURE_ACCOUNT, FIXTURE_NOW_S, NULL);
    assert_true(s.is_there && !s.is_wanted);
    assert_int_equal(s.generated_s, FIXTURE_NOW_S);
    assert_int_equal(s.pieces, 1);
    assert_true(state_of(FIXTURE_OTHER, 0, NULL).is_there);
}

static void the_report_before_stays_readable(void **state)
{
    (void)state;
    status found;
    make(FIXTURE_ACCOUNT);
    f.now_s += 5 * 3600;
    make(FIXTURE_ACCOUNT);
    assert_int_equal(state_of(FIXTURE_ACCOUNT, FIXTURE_NOW_S, &found).generated_s, f.now_s);
    assert_int_equal(found, ST_OK);
    f.now_s += 5 * 3600;
    make(FIXTURE_ACCOUNT);
    (void)state_of(FIXTURE_ACCOUNT, FIXTURE_NOW_S, &found);
    assert_int_equal(found, ST_NOT_FOUND);
    (void)state_of(FIXTURE_ACCOUNT, FIXTURE_NOW_S + 5 * 3600, &found);
    assert_int_equal(found, ST_OK);
    assert_true(state_of(FIXTURE_ACCOUNT, f.now_s, &found).is_there);
    assert_int_equal(found, ST_OK);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_has_the_documented_columns),
        cmocka_unit_test(a_user_without_credentials),
        cmocka_unit_test(a_password_that_ends),
        cmocka_unit_test(a_profile_that_is_off_and_never_had_a_password),
        cmocka_unit_test(root_always_has_a_password_which_does_not_end),
        cmocka_unit_test(keys_fill_their_columns_in_order),
        cmocka_unit_test(the_longest_row_fits),
        TEST(a_report_waits_then_is_there),
        TEST(the_report_before_stays_readable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
