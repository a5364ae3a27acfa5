/* The recycle bins of users and AccessKey pairs: what lies there is out of sight, comes back as it was, or goes for good. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "store/store_fixture.h"

#define OK(call)          assert_int_equal((call), ST_OK)
#define FAILS(call, want) assert_int_equal((call), (want))
#define STR_IS(s, text)   assert_true(str_eq((s), STR(text)))

enum { ALICE = 200000000000000001, BOB = 200000000000000002, CAROL = 200000000000000003, DAVE = 200000000000000004 };

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

static void put_user(fixture *f, uint64_t id, str name)
{
    user_record u = fixture_user(id, name);
    OK(store_user_insert(f->tx, &u, &f->e));
}

static void recycle(fixture *f, uint64_t id, str name, int64_t recycled_s, int64_t purge_s)
{
    put_user(f, id, name);
    OK(store_user_recycle(f->tx, id, recycled_s, purge_s, &f->e));
}

static uint32_t user_n(fixture *f)
{
    account_record r;
    OK(store_account_get(f->tx, f->a, &r, &f->e));
    return r.user_n;
}

static uint32_t recycled_n(fixture *f)
{
    uint32_t n = 0;
    OK(store_recycled_user_count(f->tx, &n, &f->e));
    return n;
}

/* --- users -------------------------------------------------------------------------------------------------------- */

static void a_recycled_user_is_read_back_whole(void **state)
{
    fixture *f = *state;
    recycled_user_record r;
    user_record u = {
        .id = ALICE,
        .name = STR("Alice.B"),
        .display_name = STR("A"),
        .comments = STR("c"),
        .email = STR("a@example.com"),
        .mobile_phone = STR("86-13900001234"),
        .created_s = 1,
        .updated_s = 2,
        .last_login_s = 3,
        .is_frozen = true,
    };
    OK(store_user_insert(f->tx, &u, &f->e));
    OK(store_user_recycle(f->tx, ALICE, 100, 200, &f->e));
    OK(store_recycled_user_get(f->tx, f->a, ALICE, &r, &f->e));
    assert_true(r.user.id == ALICE && r.recycled_s == 100 && r.purge_s == 200);
    assert_true(str_eq(r.user.name, u.name) && str_eq(r.user.display_name, u.display_name) &&
                str_eq(r.user.comments, u.comments));
    assert_true(str_eq(r.user.email, u.email) && str_eq(r.user.mobile_phone, u.mobile_phone));
    assert_true(r.user.created_s == 1 && r.user.updated_s == 2 && r.user.last_login_s == 3 && r.user.is_frozen);
    FAILS(store_recycled_user_get(f->tx, f->a, BOB, &r, &f->e), ST_NOT_FOUND);
}

static void a_recycled_user_is_out_of_sight(void **state)
{
    fixture *f = *state;
    user_record u, *users;
    tag_record *tags;
    size_t n = 9;
    recycle(f, ALICE, STR("alice"), 100, 200);
    put_user(f, BOB, STR("bob"));
    OK(store_tag_put(f->tx, TAGGED_USER, ALICE, STR("team"), STR("red"), &f->e));
    OK(store_tag_put(f->tx, TAGGED_USER, BOB, STR("team"), STR("blue"), &f->e));
    FAILS(store_user_get(f->tx, f->a, ALICE, &u, &f->e), ST_NOT_FOUND);
    FAILS(store_user_get_by_name(f->tx, f->a, STR("alice"), &u, &f->e), ST_NOT_FOUND);
    FAILS(store_user_delete(f->tx, ALICE, &f->e), ST_NOT_FOUND);
    FAILS(store_user_recycle(f->tx, ALICE, 300, 400, &f->e), ST_NOT_FOUND);
    OK(store_user_list(f->tx, f->a, (str){ 0 }, 10, (user_filter){ 0 }, &users, &n, &f->e));
    assert_true(n == 1 && users[0].id == BOB);
    OK(store_tag_list_all(f->tx, f->a, TAGGED_USER, 0, STR(""), 10, &tags, &n, &f->e));
    assert_true(n == 1 && tags[0].resource == BOB);
}

static void the_account_counts_what_is_not_in_the_bin(void **state)
{
    fixture *f = *state;
    put_user(f, BOB, STR("bob"));
    recycle(f, ALICE, STR("alice"), 100, 200);
    assert_true(user_n(f) == 1 && recycled_n(f) == 1);
    OK(store_user_restore(f->tx, ALICE, &f->e));
    assert_true(user_n(f) == 2 && recycled_n(f) == 0);
    OK(store_user_recycle(f->tx, ALICE, 100, 200, &f->e));
    OK(store_recycled_user_purge(f->tx, ALICE, &f->e));
    assert_true(user_n(f) == 1 && recycled_n(f) == 0);
}

static void a_restored_user_has_its_tags_and_fields(void **state)
{
    fixture *f = *state;
    user_record r, u = fixture_user(ALICE, STR("Alice"));
    recycled_user_record gone;
    tag_record *tags;
    size_t n = 0;
    u.is_frozen = true;
    u.last_login_s = 7;
    OK(store_user_insert(f->tx, &u, &f->e));
    OK(store_tag_put(f->tx, TAGGED_USER, ALICE, STR("team"), STR("blue"), &f->e));
    OK(store_user_recycle(f->tx, ALICE, 100, 200, &f->e));
    OK(store_user_restore(f->tx, ALICE, &f->e));
    OK(store_user_get_by_name(f->tx, f->a, STR("aLICE"), &r, &f->e));
    assert_true(r.id == ALICE && r.is_frozen && r.last_login_s == 7 && r.created_s == u.created_s &&
                r.updated_s == u.updated_s);
    STR_IS(r.name, "Alice");
    OK(store_tag_list(f->tx, f->a, TAGGED_USER, ALICE, &tags, &n, &f->e));
    assert_int_equal(n, 1);
    STR_IS(tags[0].value, "blue");
    FAILS(store_recycled_user_get(f->tx, f->a, ALICE, &gone, &f->e), ST_NOT_FOUND);
    FAILS(store_user_restore(f->tx, ALICE, &f->e), ST_NOT_FOUND);
}

static void a_user_whose_name_was_taken_stays_in_the_bin(void **state)
{
    fixture *f = *state;
    recycled_user_record r;
    recycle(f, ALICE, STR("alice"), 100, 200);
    put_user(f, BOB, STR("ALICE")); /* the name is free */
    FAILS(store_user_restore(f->tx, ALICE, &f->e), ST_CONFLICT);
    OK(store_recycled_user_get(f->tx, f->a, ALICE, &r, &f->e));
    assert_int_equal(user_n(f), 1);
    OK(store_user_delete(f->tx, BOB, &f->e));
    OK(store_user_restore(f->tx, ALICE, &f->e));
}

static void of_one_name_the_newest_is_found(void **state)
{
    fixture *f = *state;
    recycled_user_record r;
    recycle(f, BOB, STR("alice"), 300, 400);
    recycle(f, ALICE, STR("Alice"), 100, 200);
    recycle(f, CAROL, STR("ALICE"), 300, 400);
    OK(store_recycled_user_get_by_name(f->tx, f->a, STR("aliCE"), &r, &f->e));
    assert_int_equal(r.user.id, CAROL);
    OK(store_recycled_user_purge(f->tx, CAROL, &f->e));
    OK(store_recycled_user_get_by_name(f->tx, f->a, STR("alice"), &r, &f->e));
    assert_int_equal(r.user.id, BOB);
    FAILS(store_recycled_user_get_by_name(f->tx, f->a, STR("bob"), &r, &f->e), ST_NOT_FOUND);
}

static void a_purge_takes_the_tags(void **state)
{
    fixture *f = *state;
    tag_record *tags;
    size_t n = 9;
    recycle(f, ALICE, STR("alice"), 100, 200);
    OK(store_tag_put(f->tx, TAGGED_USER, ALICE, STR("team"), STR("blue"), &f->e));
    OK(store_recycled_user_purge(f->tx, ALICE, &f->e));
    OK(store_tag_list(f->tx, f->a, TAGGED_USER, ALICE, &tags, &n, &f->e));
    assert_int_equal(n, 0);
    FAILS(store_recycled_user_purge(f->tx, ALICE, &f->e), ST_NOT_FOUND);
    put_user(f, BOB, STR("bob"));
    OK(store_tag_put(f->tx, TAGGED_USER, BOB, STR("team"), STR("blue"), &f->e));
    FAILS(store_recycled_user_purge(f->tx, BOB, &f->e), ST_NOT_FOUND); /* not in the bin: nothing is touched */
    OK(store_tag_list(f->tx, f->a, TAGGED_USER, BOB, &tags, &n, &f->e));
    assert_int_equal(n, 1);
}

static void recycled_users_are_listed_newest_first_page_by_page(void **state)
{
    static const uint64_t want[] = { BOB, CAROL, ALICE, DAVE }; /* of 200 s, 100 s (the higher id first), 50 s */
    fixture *f = *state;
    recycled_user_record *list;
    size_t n, seen = 0;
    recycle(f, ALICE, STR("alice"), 100, 900);
    recycle(f, BOB, STR("bob"), 200, 800);
    recycle(f, CAROL, STR("carol"), 100, 700);
    recycle(f, DAVE, STR("dave"), 50, 600);
    int64_t before_s = 0;
    uint64_t before_id = 0;
    do {
        OK(store_recycled_user_list(f->tx, f->a, before_s, before_id, 2, &list, &n, &f->e));
        for (size_t i = 0; i < n; i++)
            assert_int_equal(list[i].user.id, want[seen++]);
        if (n > 0) {
            before_s = list[n - 1].recycled_s;
            before_id = list[n - 1].user.id;
        }
    } while (n == 2);
    assert_int_equal(seen, 4);
    OK(store_recycled_user_list(f->tx, f->a, 100, CAROL, 10, &list, &n, &f->e)); /* from the middle of one second */
    assert_true(n == 2 && list[0].user.id == ALICE && list[1].user.id == DAVE);
}

static void users_whose_time_has_come_are_listed_oldest_first(void **state)
{
    fixture *f = *state;
    recycled_user_record *list;
    size_t n;
    recycle(f, ALICE, STR("alice"), 100, 900);
    recycle(f, BOB, STR("bob"), 200, 800);
    recycle(f, CAROL, STR("carol"), 100, 901);
    OK(store_recycled_user_list_due(f->tx, f->a, 900, 10, &list, &n, &f->e));
    assert_true(n == 2 && list[0].user.id == BOB && list[1].user.id == ALICE);
    OK(store_recycled_user_list_due(f->tx, f->a, 900, 1, &list, &n, &f->e));
    assert_true(n == 1 && list[0].user.id == BOB);
    OK(store_recycled_user_list_due(f->tx, f->a, 799, 10, &list, &n, &f->e));
    assert_int_equal(n, 0);
}

/* --- AccessKey pairs ---------------------------------------------------------------------------------------------- */

static void put_key(fixture *f, str id, uint64_t owner, int64_t created_s)
{
    access_key_record r = {
        .id = id, .owner = owner, .row = UINT64_MAX, .is_active = true, .created_s = created_s, .updated_s = 5
    };
    r.secret = (sealed){ .b = { 9, 0, 8 }, .n = 3 };
    r.network_policy = STR("{\"Version\":\"1\"}");
    OK(store_access_key_insert(f->tx, &r, &f->e));
}

static void check_pair(const access_key_record *r)
{
    STR_IS(r->id, "LTAI1");
    assert_true(r->owner == ALICE && r->row == UINT64_MAX && r->created_s == 4 && r->updated_s == 5 && r->last_used_s == 6);
    STR_IS(r->last_used_service, "Ram");
    STR_IS(r->network_policy, "{\"Version\":\"1\"}");
    assert_int_equal(r->secret.n, 3);
    assert_memory_equal(r->secret.b, ((uint8_t[]){ 9, 0, 8 }), 3);
}

static void a_recycled_pair_opens_nothing_and_comes_back_inactive(void **state)
{
    fixture *f = *state;
    recycled_key_record r;
    access_key_record k, *keys;
    uint64_t account, owner;
    uint32_t count = 9;
    size_t n = 9;
    put_key(f, STR("LTAI1"), ALICE, 4);
    OK(store_access_key_set_last_used(f->tx, STR("LTAI1"), 6, STR("Ram"), &f->e));
    OK(store_access_key_recycle(f->tx, STR("LTAI1"), false, 100, 200, &f->e));
    FAILS(directory_find_access_key(f->tx, STR("LTAI1"), &account, &owner, &f->e), ST_NOT_FOUND);
    FAILS(store_access_key_get(f->tx, f->a, STR("LTAI1"), &k, &f->e), ST_NOT_FOUND);
    FAILS(store_access_key_set_status(f->tx, STR("LTAI1"), true, 9, &f->e), ST_NOT_FOUND);
    FAILS(store_access_key_recycle(f->tx, STR("LTAI1"), false, 100, 200, &f->e), ST_NOT_FOUND);
    OK(store_access_key_count(f->tx, ALICE, &count, &f->e));
    OK(store_access_key_list(f->tx, f->a, ALICE, &keys, &n, &f->e));
    assert_true(count == 0 && n == 0);
    OK(store_recycled_key_get(f->tx, f->a, STR("LTAI1"), &r, &f->e));
    check_pair(&r.key);
    assert_true(r.key.is_active && !r.with_user && r.recycled_s == 100 && r.purge_s == 200);
    OK(store_access_key_restore(f->tx, STR("LTAI1"), &f->e));
    OK(store_access_key_get(f->tx, f->a, STR("LTAI1"), &k, &f->e));
    check_pair(&k);
    assert_false(k.is_active);
    FAILS(store_recycled_key_get(f->tx, f->a, STR("LTAI1"), &r, &f->e), ST_NOT_FOUND);
    FAILS(store_access_key_restore(f->tx, STR("LTAI1"), &f->e), ST_NOT_FOUND);
}

static void a_pair_is_not_restored_over_another(void **state)
{
    fixture *f = *state;
    recycled_key_record r;
    put_key(f, STR("LTAI1"), ALICE, 4);
    OK(store_access_key_recycle(f->tx, STR("LTAI1"), false, 100, 200, &f->e));
    directory_enter(f->tx, ACCOUNT_B);
    put_key(f, STR("LTAI1"), ALICE, 4);
    directory_enter(f->tx, ACCOUNT_A);
    FAILS(store_access_key_restore(f->tx, STR("LTAI1"), &f->e), ST_CONFLICT);
    OK(store_recycled_key_get(f->tx, f->a, STR("LTAI1"), &r, &f->e));
}

static void recycled_pairs_are_listed_by_owner_and_by_time(void **state)
{
    fixture *f = *state;
    recycled_key_record *list, r;
    size_t n;
    put_key(f, STR("LTAI1"), ALICE, 20);
    put_key(f, STR("LTAI2"), ALICE, 10);
    put_key(f, STR("LTAI3"), ALICE, 30);
    put_key(f, STR("LTAI4"), BOB, 1);
    OK(store_access_key_recycle(f->tx, STR("LTAI1"), true, 100, 500, &f->e));
    OK(store_access_key_recycle(f->tx, STR("LTAI2"), true, 100, 500, &f->e));
    OK(store_access_key_recycle(f->tx, STR("LTAI3"), false, 50, 700, &f->e));
    OK(store_access_key_recycle(f->tx, STR("LTAI4"), false, 60, 400, &f->e));
    OK(store_recycled_key_list(f->tx, f->a, ALICE, &list, &n, &f->e));
    assert_int_equal(n, 3); /* recycled first, then made first */
    STR_IS(list[0].key.id, "LTAI3");
    STR_IS(list[1].key.id, "LTAI2");
    STR_IS(list[2].key.id, "LTAI1");
    assert_true(!list[0].with_user && list[1].with_user);
    OK(store_recycled_key_list_due(f->tx, f->a, 500, 10, &list, &n, &f->e));
    assert_int_equal(n, 3);
    STR_IS(list[0].key.id, "LTAI4");
    STR_IS(list[1].key.id, "LTAI1");
    OK(store_recycled_key_list_due(f->tx, f->a, 500, 1, &list, &n, &f->e));
    assert_int_equal(n, 1);
    OK(store_recycled_key_list_due(f->tx, f->a, 399, 10, &list, &n, &f->e));
    assert_int_equal(n, 0);
    OK(store_recycled_key_purge(f->tx, STR("LTAI4"), &f->e));
    FAILS(store_recycled_key_purge(f->tx, STR("LTAI4"), &f->e), ST_NOT_FOUND);
    FAILS(store_recycled_key_get(f->tx, f->a, STR("LTAI4"), &r, &f->e), ST_NOT_FOUND);
}

/* --- isolation ---------------------------------------------------------------------------------------------------- */

static void another_account_s_bin_is_unreachable(void **state)
{
    fixture *f = *state;
    recycled_user_record u, *users;
    recycled_key_record k, *keys;
    size_t n = 9;
    recycle(f, ALICE, STR("alice"), 100, 200);
    put_key(f, STR("LTAI1"), ALICE, 4);
    put_key(f, STR("LTAI2"), ALICE, 4);
    put_user(f, BOB, STR("bob"));
    OK(store_access_key_recycle(f->tx, STR("LTAI1"), true, 100, 200, &f->e));
    directory_enter(f->tx, ACCOUNT_B);
    FAILS(store_user_recycle(f->tx, BOB, 1, 2, &f->e), ST_NOT_FOUND);
    FAILS(store_user_restore(f->tx, ALICE, &f->e), ST_NOT_FOUND);
    FAILS(store_recycled_user_purge(f->tx, ALICE, &f->e), ST_NOT_FOUND);
    FAILS(store_recycled_user_get(f->tx, f->a, ALICE, &u, &f->e), ST_NOT_FOUND);
    FAILS(store_recycled_user_get_by_name(f->tx, f->a, STR("alice"), &u, &f->e), ST_NOT_FOUND);
    FAILS(store_access_key_recycle(f->tx, STR("LTAI2"), false, 1, 2, &f->e), ST_NOT_FOUND);
    FAILS(store_access_key_restore(f->tx, STR("LTAI1"), &f->e), ST_NOT_FOUND);
    FAILS(store_recycled_key_purge(f->tx, STR("LTAI1"), &f->e), ST_NOT_FOUND);
    FAILS(store_recycled_key_get(f->tx, f->a, STR("LTAI1"), &k, &f->e), ST_NOT_FOUND);
    assert_int_equal(recycled_n(f), 0);
    OK(store_recycled_user_list(f->tx, f->a, 0, 0, 10, &users, &n, &f->e));
    assert_int_equal(n, 0);
    OK(store_recycled_user_list_due(f->tx, f->a, 900, 10, &users, &n, &f->e));
    assert_int_equal(n, 0);
    OK(store_recycled_key_list(f->tx, f->a, ALICE, &keys, &n, &f->e));
    assert_int_equal(n, 0);
    OK(store_recycled_key_list_due(f->tx, f->a, 900, 10, &keys, &n, &f->e));
    assert_int_equal(n, 0);
    recycle(f, ALICE, STR("alice"), 1, 2); /* the same id of another account hides no tag of this one's */
    directory_enter(f->tx, ACCOUNT_A);
    OK(store_user_restore(f->tx, ALICE, &f->e));
    OK(store_tag_put(f->tx, TAGGED_USER, ALICE, STR("team"), STR("blue"), &f->e));
    tag_record *tags;
    OK(store_tag_list_all(f->tx, f->a, TAGGED_USER, 0, STR(""), 10, &tags, &n, &f->e));
    assert_int_equal(n, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_recycled_user_is_read_back_whole),
        TEST(a_recycled_user_is_out_of_sight),
        TEST(the_account_counts_what_is_not_in_the_bin),
        TEST(a_restored_user_has_its_tags_and_fields),
        TEST(a_user_whose_name_was_taken_stays_in_the_bin),
        TEST(of_one_name_the_newest_is_found),
        TEST(a_purge_takes_the_tags),
        TEST(recycled_users_are_listed_newest_first_page_by_page),
        TEST(users_whose_time_has_come_are_listed_oldest_first),
        TEST(a_recycled_pair_opens_nothing_and_comes_back_inactive),
        TEST(a_pair_is_not_restored_over_another),
        TEST(recycled_pairs_are_listed_by_owner_and_by_time),
        TEST(another_account_s_bin_is_unreachable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
