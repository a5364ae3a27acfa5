/* marker_test.c - markers are opaque, authenticated and bound to account and list (threat T55). */
#include "account/fixture_test.h"
#include "account/marker.h"
#include "base/encoding.h"

static fixture f;
static arena *a;

static int setup(void **state)
{
    (void)state;
    fixture_init(&f);
    a = arena_new(4096, 1024 * 1024);
    return a == NULL;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(a);
    fixture_done(&f);
    return 0;
}

static str issue(marker_kind kind, str position)
{
    str m;
    assert_int_equal(marker_issue(f.vault, FIXTURE_ACCOUNT, kind, position, a, &m), ST_OK);
    return m;
}

static void comes_back(void **state)
{
    (void)state;
    const str positions[] = { STR(""), STR("alice"), STR("211111111111111111:\xE9\x94\xAE") };
    for (size_t i = 0; i < sizeof positions / sizeof positions[0]; i++) {
        str got;
        const str m = issue(MARKER_USERS, positions[i]);
        assert_int_equal(marker_check(f.vault, FIXTURE_ACCOUNT, MARKER_USERS, m, a, &got), ST_OK);
        assert_true(str_eq(got, positions[i]));
    }
}

static void another_list_or_account_is_refused(void **state)
{
    (void)state;
    str got;
    const str m = issue(MARKER_USERS, STR("alice"));
    assert_int_equal(marker_check(f.vault, FIXTURE_ACCOUNT, MARKER_USER_BASIC_INFOS, m, a, &got), ST_INVALID);
    assert_int_equal(marker_check(f.vault, FIXTURE_OTHER, MARKER_USERS, m, a, &got), ST_INVALID);
}

static void every_changed_byte_is_refused(void **state)
{
    (void)state;
    uint8_t raw[256];
    size_t n;
    const str m = issue(MARKER_USERS, STR("alice"));
    assert_int_equal(base64url_decode(m, raw, sizeof raw, &n), ST_OK);
    for (size_t i = 0; i < n; i++) {
        str got;
        buf text;
        buf_init(&text, 1024);
        raw[i] ^= 1;
        base64url_encode((bytes){ raw, n }, &text);
        raw[i] ^= 1;
        assert_int_equal(marker_check(f.vault, FIXTURE_ACCOUNT, MARKER_USERS, buf_str(&text), a, &got), ST_INVALID);
        buf_done(&text);
    }
    for (size_t i = 0; i < m.n; i++) {
        str got;
        assert_int_equal(marker_check(f.vault, FIXTURE_ACCOUNT, MARKER_USERS, str_slice(m, 0, i), a, &got), ST_INVALID);
    }
}

static void what_is_no_marker_is_refused_with_its_parameter(void **state)
{
    (void)state;
    const str no_markers[] = { STR("alice"), STR("!"), STR("AAAA"), STR("' OR 1=1 --"), STR("=") };
    for (size_t i = 0; i < sizeof no_markers / sizeof no_markers[0]; i++) {
        str got;
        err e = { 0 };
        assert_int_equal(marker_read(f.vault, FIXTURE_ACCOUNT, MARKER_TAGS, no_markers[i], "NextToken", a, &got, &e),
                         ST_INVALID);
        assert_string_equal(e.code, "InvalidParameter.NextToken");
    }
}

static void none_means_the_beginning(void **state)
{
    (void)state;
    const str nothing[] = { { NULL, 0 }, STR("") };
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        str got = STR("untouched");
        err e = { 0 };
        assert_int_equal(marker_read(f.vault, FIXTURE_ACCOUNT, MARKER_TAGS, nothing[i], "Marker", a, &got, &e), ST_OK);
        assert_null(got.p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back),
        cmocka_unit_test(another_list_or_account_is_refused),
        cmocka_unit_test(every_changed_byte_is_refused),
        cmocka_unit_test(what_is_no_marker_is_refused_with_its_parameter),
        cmocka_unit_test(none_means_the_beginning),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
