#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>

#include "audit/refusals.h"

enum { NOON = 1700006400 }; /* the first second of a minute */

static int set_up(void **state)
{
    *state = refusals_new(world_system());
    return *state != NULL ? 0 : 1;
}

static int tear_down(void **state)
{
    refusals_free(*state);
    return 0;
}

static void add(refusals *r, uint64_t account, const char *address, const char *code, unsigned times, int64_t now_s)
{
    ip_addr source;
    assert_int_equal(ip_parse(str_from_c(address), &source), ST_OK);
    for (unsigned i = 0; i < times; i++)
        refusals_add(r, account, &source, STR("ListUsers"), str_from_c(code), STR("LTAI1"), now_s);
}

/* What is due at now_s: how many entries, the sum of their counts, and how many were dropped. */
typedef struct {
    size_t n;
    uint64_t sum, dropped;
    int64_t first_s, last_s;
} due;

static due take(refusals *r, int64_t now_s, bool all)
{
    refusal *entries = NULL;
    due d = { 0 };
    assert_int_equal(refusals_take(r, now_s, all, &entries, &d.n, &d.dropped), ST_OK);
    for (size_t i = 0; i < d.n; i++)
        d.sum += entries[i].n;
    if (d.n > 0) {
        d.first_s = entries[0].first_s;
        d.last_s = entries[0].last_s;
    }
    free(entries);
    return d;
}

static void the_first_is_due_at_once_and_the_rest_with_its_minute(void **state)
{
    refusals *r = *state;
    add(r, 1, "203.0.113.9", "NoPermission", 10, NOON);
    due d = take(r, NOON + 1, false);
    assert_true(d.n == 1 && d.sum == 10);
    for (int64_t s = 2; s < 60; s++) {
        add(r, 1, "203.0.113.9", "NoPermission", 1000, NOON + s);
        assert_int_equal(take(r, NOON + s, false).n, 0);
    }
    d = take(r, NOON + 60, false);
    assert_true(d.n == 1 && d.sum == 58000 && d.first_s == NOON && d.last_s == NOON + 59);
    assert_int_equal(take(r, NOON + 61, false).n, 0);
    assert_int_equal(take(r, NOON + 120, true).n, 0); /* nothing is counted twice */
}

static void another_account_network_code_or_minute_is_another_entry(void **state)
{
    refusals *r = *state;
    add(r, 1, "203.0.113.9", "NoPermission", 1, NOON);
    add(r, 2, "203.0.113.9", "NoPermission", 1, NOON);
    add(r, 1, "203.0.113.10", "NoPermission", 1, NOON);
    add(r, 1, "203.0.113.9", "SignatureDoesNotMatch", 1, NOON);
    add(r, 1, "203.0.113.9", "NoPermission", 1, NOON + 60);
    assert_int_equal(take(r, NOON + 61, false).n, 5);
}

static void an_ipv6_network_counts_as_one(void **state)
{
    refusals *r = *state;
    add(r, 1, "2001:db8::1", "NoPermission", 1, NOON);
    add(r, 1, "2001:db8::ffff:1", "NoPermission", 1, NOON);
    add(r, 1, "2001:db8:0:1::1", "NoPermission", 1, NOON);
    due d = take(r, NOON, false);
    assert_true(d.n == 2 && d.sum == 3);
}

static void the_table_is_bounded_and_says_what_it_dropped(void **state)
{
    refusals *r = *state;
    for (uint64_t account = 0; account < AUDIT_REFUSALS_MAX + 5; account++)
        add(r, account, "203.0.113.9", "NoPermission", 2, NOON);
    due d = take(r, NOON, false);
    assert_true(d.n == AUDIT_REFUSALS_MAX && d.sum == 2 * AUDIT_REFUSALS_MAX && d.dropped == 10);
    add(r, 99999, "203.0.113.9", "NoPermission", 1, NOON); /* full until the minute is over */
    d = take(r, NOON + 60, false);
    assert_true(d.n == 0 && d.dropped == 1);
    add(r, 99999, "203.0.113.9", "NoPermission", 1, NOON + 60);
    d = take(r, NOON + 60, false);
    assert_true(d.n == 1 && d.dropped == 0);
}

static void a_clock_set_back_loses_nothing(void **state)
{
    refusals *r = *state;
    add(r, 1, "203.0.113.9", "NoPermission", 1, NOON);
    assert_int_equal(take(r, NOON, false).sum, 1);
    add(r, 1, "203.0.113.9", "NoPermission", 3, NOON);
    assert_int_equal(take(r, NOON - 3600, false).sum, 3);
}

static void all_is_all_and_what_follows_starts_anew(void **state)
{
    refusals *r = *state;
    add(r, 1, "203.0.113.9", "NoPermission", 2, NOON);
    assert_int_equal(take(r, NOON, true).sum, 2);
    add(r, 1, "203.0.113.9", "NoPermission", 1, NOON);
    assert_int_equal(take(r, NOON, false).sum, 1);
}

static void texts_of_any_length_are_cut(void **state)
{
    refusals *r = *state;
    static char text[4096];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = 'x';
    ip_addr nowhere = { 0 };
    str s = { text, sizeof text };
    refusals_add(r, 1, &nowhere, s, s, s, NOON);
    refusals_add(r, 1, &nowhere, (str){ 0 }, s, (str){ 0 }, NOON);
    refusal *entries = NULL;
    size_t n = 0;
    uint64_t dropped = 0;
    assert_int_equal(refusals_take(r, NOON, false, &entries, &n, &dropped), ST_OK);
    assert_true(n == 1 && entries[0].n == 2);
    assert_true(entries[0].code[ERR_CODE_MAX - 1] == '\0' && entries[0].action[REFUSAL_ACTION_MAX] == '\0');
    free(entries);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_is_due_at_once_and_the_rest_with_its_minute),
        TEST(another_account_network_code_or_minute_is_another_entry),
        TEST(an_ipv6_network_counts_as_one),
        TEST(the_table_is_bounded_and_says_what_it_dropped),
        TEST(a_clock_set_back_loses_nothing),
        TEST(all_is_all_and_what_follows_starts_anew),
        TEST(texts_of_any_length_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
