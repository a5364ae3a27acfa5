/* Groups and their members, in a transaction of the test's own thread that is undone in the end. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "store/store_fixture.h"

#define OK(call)          assert_int_equal((call), ST_OK)
#define FAILS(call, want) assert_int_equal((call), (want))
#define STR_IS(s, text)   assert_true(str_eq((s), STR(text)))

enum {
    USER_1 = 200000000000000001,
    USER_2 = 200000000000000002,
    USER_3 = 200000000000000003,
    USER_9 = 200000000000000009,
    GROUP_1 = 400000000000000001,
    GROUP_2 = 400000000000000002,
    GROUP_3 = 400000000000000003,
};

/* One order for every list by name. */
static const char *const names_given[] = { "delta", "Bravo", "alpha", "Charlie", "bravo2" };
static const char *const names_listed[] = { "alpha", "Bravo", "bravo2", "Charlie", "delta" };
enum { NAMES = 5 };

static int set_up(void **state)
{
    fixture *f = fixture_new();
    account_record a = fixture_account(ACCOUNT_A, STR("alpha")), b = fixture_account(ACCOUNT_B, STR("beta"));
    fixture_begin(f, true);
    directory_enter(f->tx, ACCOUNT_B);
    OK(store_account_insert(f->tx, &b, &f->e));
    directory_enter(f->tx, ACCOUNT_A);
    OK(store_account_insert(f->tx, &a, &f->e));
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture_free(*state);
    return 0;
}

static void put_user(fixture *f, uint64_t id, str name)
{
    user_record u = fixture_user(id, name);
    OK(store_user_insert(f->tx, &u, &f->e));
}

/* --- groups ------------------------------------------------------------------------------------------------------- */

static group_record group_of(uint64_t id, str name)
{
    return (group_record){ .id = id,
                           .name = name,
                           .display_name = STR("\xe5\xbc\xa0 \"Ops\""),
                           .comments = STR("it's; -- 100%"),
                           .created_s = 1,
                           .updated_s = 2 };
}

static void put_group(fixture *f, uint64_t id, str name)
{
    group_record r = group_of(id, name);
    OK(store_group_insert(f->tx, &r, &f->e));
}

static void a_group_is_read_back_by_id_and_name(void **state)
{
    fixture *f = *state;
    group_record r, g = group_of(GROUP_1, STR("Dev.Ops"));
    OK(store_group_insert(f->tx, &g, &f->e));
    OK(store_group_get(f->tx, f->a, GROUP_1, &r, &f->e));
    assert_true(r.id == GROUP_1 && r.created_s == 1 && r.updated_s == 2);
    assert_true(str_eq(r.name, g.name) && str_eq(r.display_name, g.display_name) && str_eq(r.comments, g.comments));
    OK(store_group_get_by_name(f->tx, f->a, STR("dEV.oPS"), &r, &f->e));
    assert_int_equal(r.id, GROUP_1);
    STR_IS(r.name, "Dev.Ops");
    FAILS(store_group_get(f->tx, f->a, GROUP_2, &r, &f->e), ST_NOT_FOUND);
    FAILS(store_group_get_by_name(f->tx, f->a, STR("dev"), &r, &f->e), ST_NOT_FOUND);
}

static void a_group_name_is_unique_in_its_account_in_any_case(void **state)
{
    fixture *f = *state;
    group_record same_name = group_of(GROUP_2, STR("OPS")), same_id = group_of(GROUP_1, STR("other"));
    put_group(f, GROUP_1, STR("ops"));
    FAILS(store_group_insert(f->tx, &same_name, &f->e), ST_CONFLICT);
    FAILS(store_group_insert(f->tx, &same_id, &f->e), ST_CONFLICT);
    directory_enter(f->tx, ACCOUNT_B);
    OK(store_group_insert(f->tx, &same_name, &f->e));
}

static void a_group_is_updated_counted_and_deleted(void **state)
{
    fixture *f = *state;
    uint32_t count = 9;
    put_group(f, GROUP_1, STR("ops"));
    put_group(f, GROUP_2, STR("dev"));
    group_record r, g = { GROUP_1, STR("Admins"), STR("d"), STR("c"), 99, 100 };
    OK(store_group_update(f->tx, &g, &f->e));
    OK(store_group_get_by_name(f->tx, f->a, STR("admins"), &r, &f->e));
    assert_true(r.id == GROUP_1 && r.created_s == 1 && r.updated_s == 100);
    STR_IS(r.display_name, "d");
    STR_IS(r.comments, "c");
    FAILS(store_group_get_by_name(f->tx, f->a, STR("ops"), &r, &f->e), ST_NOT_FOUND);
    g.name = STR("DEV");
    FAILS(store_group_update(f->tx, &g, &f->e), ST_CONFLICT);
    g.name = STR("ADMINS"); /* its own name in another case */
    OK(store_group_update(f->tx, &g, &f->e));
    g.id = GROUP_3;
    FAILS(store_group_update(f->tx, &g, &f->e), ST_NOT_FOUND);
    OK(store_group_count(f->tx, &count, &f->e));
    assert_int_equal(count, 2);
    OK(store_group_delete(f->tx, GROUP_1, &f->e));
    FAILS(store_group_delete(f->tx, GROUP_1, &f->e), ST_NOT_FOUND);
    OK(store_group_count(f->tx, &count, &f->e));
    assert_int_equal(count, 1);
}

static void groups_are_listed_by_folded_name_page_by_page(void **state)
{
    fixture *f = *state;
    group_record *list;
    size_t n, seen = 0;
    str after = { 0 };
    for (size_t i = 0; i < NAMES; i++)
        put_group(f, GROUP_1 + i, str_from_c(names_given[i]));
    do {
        OK(store_group_list(f->tx, f->a, after, 2, &list, &n, &f->e));
        for (size_t i = 0; i < n; i++)
            assert_true(str_eq(list[i].name, str_from_c(names_listed[seen++])));
        if (n > 0)
            after = list[n - 1].name;
    } while (n == 2);
    assert_int_equal(seen, NAMES);
    OK(store_group_list(f->tx, f->a, STR("BRAVO"), 10, &list, &n, &f->e));
    assert_int_equal(n, 3);
    STR_IS(list[0].name, "bravo2");
}

/* --- members ------------------------------------------------------------------------------------------------------ */

static void a_user_joins_a_group_once_and_leaves_it(void **state)
{
    fixture *f = *state;
    uint32_t count = 9;
    put_user(f, USER_1, STR("alice"));
    put_user(f, USER_2, STR("bob"));
    OK(store_member_insert(f->tx, GROUP_1, USER_1, 5, &f->e));
    OK(store_member_insert(f->tx, GROUP_1, USER_2, 6, &f->e));
    OK(store_member_insert(f->tx, GROUP_2, USER_1, 7, &f->e));
    FAILS(store_member_insert(f->tx, GROUP_1, USER_1, 8, &f->e), ST_CONFLICT);
    FAILS(store_member_insert(f->tx, GROUP_1, USER_3, 8, &f->e), ST_NOT_FOUND);
    OK(store_member_count(f->tx, GROUP_1, &count, &f->e));
    assert_int_equal(count, 2);
    OK(store_member_delete(f->tx, GROUP_1, USER_1, &f->e));
    FAILS(store_member_delete(f->tx, GROUP_1, USER_1, &f->e), ST_NOT_FOUND);
    OK(store_member_count(f->tx, GROUP_1, &count, &f->e));
    assert_int_equal(count, 1);
    OK(store_member_count(f->tx, GROUP_2, &count, &f->e));
    assert_int_equal(count, 1);
    OK(store_member_count(f->tx, GROUP_3, &count, &f->e));
    assert_int_equal(count, 0);
}

static void the_groups_of_a_user_are_listed_by_name(void **state)
{
    fixture *f = *state;
    user_group_record *list;
    size_t n;
    put_user(f, USER_1, STR("alice"));
    put_user(f, USER_2, STR("bob"));
    put_group(f, GROUP_1, STR("Zebras"));
    put_group(f, GROUP_2, STR("apes"));
    put_group(f, GROUP_3, STR("Bears"));
    OK(store_member_insert(f->tx, GROUP_1, USER_1, 5, &f->e));
    OK(store_member_insert(f->tx, GROUP_3, USER_1, 6, &f->e));
    OK(store_member_insert(f->tx, GROUP_2, USER_1, 7, &f->e));
    OK(store_member_insert(f->tx, GROUP_1, USER_2, 8, &f->e));
    OK(store_user_group_list(f->tx, f->a, USER_1, &list, &n, &f->e));
    assert_int_equal(n, 3);
    assert_true(list[0].group.id == GROUP_2 && list[0].joined_s == 7);
    assert_true(list[1].group.id == GROUP_3 && list[1].joined_s == 6);
    assert_true(list[2].group.id == GROUP_1 && list[2].joined_s == 5);
    STR_IS(list[2].group.name, "Zebras");
    STR_IS(list[2].group.comments, "it's; -- 100%");
    OK(store_user_group_list(f->tx, f->a, USER_3, &list, &n, &f->e));
    assert_int_equal(n, 0);
}

static void members_are_listed_by_folded_user_name_page_by_page(void **state)
{
    fixture *f = *state;
    member_record *list;
    size_t n, seen = 0;
    str after = { 0 };
    for (size_t i = 0; i < NAMES; i++) {
        put_user(f, USER_1 + i, str_from_c(names_given[i]));
        OK(store_member_insert(f->tx, GROUP_1, USER_1 + i, 10 + (int64_t)i, &f->e));
    }
    put_user(f, USER_9, STR("bravo1"));
    OK(store_member_insert(f->tx, GROUP_2, USER_9, 1, &f->e));
    do {
        OK(store_member_list(f->tx, f->a, GROUP_1, after, 2, &list, &n, &f->e));
        for (size_t i = 0; i < n; i++) {
            assert_true(str_eq(list[i].user.name, str_from_c(names_listed[seen++])));
            assert_int_equal(list[i].joined_s, 10 + (int64_t)(list[i].user.id - USER_1));
        }
        if (n > 0)
            after = list[n - 1].user.name;
    } while (n == 2);
    assert_int_equal(seen, NAMES);
    OK(store_member_list(f->tx, f->a, GROUP_1, STR("BRAVO"), 10, &list, &n, &f->e));
    assert_int_equal(n, 3);
    STR_IS(list[0].user.name, "bravo2");
    STR_IS(list[0].user.display_name, "bravo2");
}

static void a_renamed_user_stands_under_its_new_name(void **state)
{
    fixture *f = *state;
    member_record *list;
    size_t n;
    put_user(f, USER_1, STR("alice"));
    put_user(f, USER_2, STR("bob"));
    OK(store_member_insert(f->tx, GROUP_1, USER_1, 5, &f->e));
    OK(store_member_insert(f->tx, GROUP_1, USER_2, 6, &f->e));
    user_record u = fixture_user(USER_1, STR("Zoe"));
    OK(store_user_update(f->tx, &u, &f->e));
    OK(store_member_list(f->tx, f->a, GROUP_1, (str){ 0 }, 10, &list, &n, &f->e));
    assert_int_equal(n, 2);
    STR_IS(list[0].user.name, "bob");
    STR_IS(list[1].user.name, "Zoe");
    assert_int_equal(list[1].joined_s, 5);
    OK(store_member_list(f->tx, f->a, GROUP_1, STR("bob"), 10, &list, &n, &f->e));
    assert_true(n == 1 && list[0].user.id == USER_1);
}

static void deleting_a_user_leaves_its_memberships(void **state)
{
    fixture *f = *state;
    uint32_t count = 9;
    put_user(f, USER_1, STR("alice"));
    OK(store_member_insert(f->tx, GROUP_1, USER_1, 5, &f->e));
    OK(store_user_delete(f->tx, USER_1, &f->e));
    OK(store_member_count(f->tx, GROUP_1, &count, &f->e));
    assert_int_equal(count, 1);
}

/* --- isolation ---------------------------------------------------------------------------------------------------- */

static void fill(fixture *f)
{
    put_user(f, USER_1, STR("alice"));
    put_group(f, GROUP_1, STR("ops"));
    OK(store_member_insert(f->tx, GROUP_1, USER_1, 5, &f->e));
}

/* Counts what is there of each kind. */
static void assert_holds(fixture *f, uint32_t want)
{
    uint32_t groups = 9, members = 9;
    size_t n[3];
    group_record *group_list;
    user_group_record *user_groups;
    member_record *member_list;
    OK(store_group_count(f->tx, &groups, &f->e));
    OK(store_member_count(f->tx, GROUP_1, &members, &f->e));
    assert_true(groups == want && members == want);
    OK(store_group_list(f->tx, f->a, (str){ 0 }, 10, &group_list, &n[0], &f->e));
    OK(store_user_group_list(f->tx, f->a, USER_1, &user_groups, &n[1], &f->e));
    OK(store_member_list(f->tx, f->a, GROUP_1, (str){ 0 }, 10, &member_list, &n[2], &f->e));
    assert_true(n[0] == want && n[1] == want && n[2] == want);
}

static void another_account_s_rows_are_unreachable(void **state)
{
    fixture *f = *state;
    group_record group = group_of(GROUP_1, STR("ops"));
    fill(f);
    directory_enter(f->tx, ACCOUNT_B);
    assert_holds(f, 0);
    FAILS(store_group_get(f->tx, f->a, GROUP_1, &group, &f->e), ST_NOT_FOUND);
    FAILS(store_group_get_by_name(f->tx, f->a, STR("ops"), &group, &f->e), ST_NOT_FOUND);
    FAILS(store_group_update(f->tx, &group, &f->e), ST_NOT_FOUND);
    FAILS(store_group_delete(f->tx, GROUP_1, &f->e), ST_NOT_FOUND);
    FAILS(store_member_insert(f->tx, GROUP_1, USER_1, 6, &f->e), ST_NOT_FOUND); /* the user is not this account's */
    FAILS(store_member_delete(f->tx, GROUP_1, USER_1, &f->e), ST_NOT_FOUND);
    directory_enter(f->tx, ACCOUNT_A);
    assert_holds(f, 1);
}

static void a_change_in_one_account_leaves_the_same_ids_of_another(void **state)
{
    fixture *f = *state;
    user_record renamed = fixture_user(USER_1, STR("zoe"));
    member_record *members;
    size_t n;
    fill(f);
    directory_enter(f->tx, ACCOUNT_B);
    fill(f);
    OK(store_user_update(f->tx, &renamed, &f->e));
    directory_enter(f->tx, ACCOUNT_A);
    OK(store_member_list(f->tx, f->a, GROUP_1, STR("alice"), 10, &members, &n, &f->e));
    assert_int_equal(n, 0); /* alice stands under her own name, not under zoe's */
    directory_enter(f->tx, ACCOUNT_B);
    OK(store_member_delete(f->tx, GROUP_1, USER_1, &f->e));
    OK(store_group_delete(f->tx, GROUP_1, &f->e));
    assert_holds(f, 0);
    directory_enter(f->tx, ACCOUNT_A);
    assert_holds(f, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_group_is_read_back_by_id_and_name),
        TEST(a_group_name_is_unique_in_its_account_in_any_case),
        TEST(a_group_is_updated_counted_and_deleted),
        TEST(groups_are_listed_by_folded_name_page_by_page),
        TEST(a_user_joins_a_group_once_and_leaves_it),
        TEST(the_groups_of_a_user_are_listed_by_name),
        TEST(members_are_listed_by_folded_user_name_page_by_page),
        TEST(a_renamed_user_stands_under_its_new_name),
        TEST(deleting_a_user_leaves_its_memberships),
        TEST(another_account_s_rows_are_unreachable),
        TEST(a_change_in_one_account_leaves_the_same_ids_of_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
