/* Every statement of records.h and directory.h, in a transaction of the test's own thread that is undone in the end. */
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

enum { USER_1 = 200000000000000001, USER_2 = 200000000000000002, USER_3 = 200000000000000003 };

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

/* --- account ------------------------------------------------------------------------------------------------------ */

static void an_account_is_read_back(void **state)
{
    fixture *f = *state;
    account_record r;
    OK(store_account_get(f->tx, f->a, &r, &f->e));
    assert_int_equal(r.id, ACCOUNT_A);
    STR_IS(r.alias, "alpha");
    STR_IS(r.owner_email, "root@example.com");
    assert_int_equal(r.created_s, 1700000000);
    assert_int_equal(r.user_n, 0);
}

static void an_account_id_or_alias_stands_once(void **state)
{
    fixture *f = *state;
    account_record same_id = fixture_account(ACCOUNT_A, STR("gamma"));
    FAILS(store_account_insert(f->tx, &same_id, &f->e), ST_CONFLICT);
    directory_enter(f->tx, 1000000000000003);
    account_record same_alias = fixture_account(1000000000000003, STR("ALPHA"));
    FAILS(store_account_insert(f->tx, &same_alias, &f->e), ST_CONFLICT);
    account_record another = fixture_account(1000000000000004, STR("delta"));
    FAILS(store_account_insert(f->tx, &another, &f->e), ST_BUG);
}

static void an_alias_is_unique_in_any_case(void **state)
{
    fixture *f = *state;
    account_record r;
    uint64_t found = 0;
    FAILS(store_account_set_alias(f->tx, STR("Beta"), &f->e), ST_CONFLICT);
    OK(store_account_set_alias(f->tx, STR("Gamma"), &f->e));
    OK(store_account_set_alias(f->tx, STR("gAMMA"), &f->e));
    OK(store_account_get(f->tx, f->a, &r, &f->e));
    STR_IS(r.alias, "gAMMA");
    OK(directory_find_alias(f->tx, STR("GAMMA"), &found, &f->e));
    assert_int_equal(found, ACCOUNT_A);
    FAILS(directory_find_alias(f->tx, STR("alpha"), &found, &f->e), ST_NOT_FOUND);
    directory_enter(f->tx, 1000000000000009);
    FAILS(store_account_set_alias(f->tx, STR("nobody"), &f->e), ST_NOT_FOUND);
    FAILS(store_account_get(f->tx, f->a, &r, &f->e), ST_NOT_FOUND);
}

static void the_directory_lists_accounts_in_order(void **state)
{
    fixture *f = *state;
    uint64_t ids[4];
    size_t n = 0;
    directory_enter(f->tx, 0);
    OK(directory_has_account(f->tx, ACCOUNT_A, &f->e));
    FAILS(directory_has_account(f->tx, 7, &f->e), ST_NOT_FOUND);
    OK(directory_list_accounts(f->tx, 0, ids, 4, &n, &f->e));
    assert_int_equal(n, 2);
    assert_int_equal(ids[0], ACCOUNT_A);
    assert_int_equal(ids[1], ACCOUNT_B);
    OK(directory_list_accounts(f->tx, 0, ids, 1, &n, &f->e));
    assert_int_equal(n, 1);
    OK(directory_list_accounts(f->tx, ids[0], ids, 4, &n, &f->e));
    assert_int_equal(n, 1);
    assert_int_equal(ids[0], ACCOUNT_B);
    OK(directory_list_accounts(f->tx, ACCOUNT_B, ids, 4, &n, &f->e));
    assert_int_equal(n, 0);
}

static void a_transaction_for_no_account_reaches_no_account(void **state)
{
    fixture *f = *state;
    account_record r;
    user_record u = fixture_user(USER_1, STR("alice")), *list;
    size_t n;
    directory_enter(f->tx, 0);
    FAILS(store_account_get(f->tx, f->a, &r, &f->e), ST_BUG);
    FAILS(store_user_insert(f->tx, &u, &f->e), ST_BUG);
    FAILS(store_user_list(f->tx, f->a, (str){ 0 }, 10, (user_filter){ 0 }, &list, &n, &f->e), ST_BUG);
}

/* --- users -------------------------------------------------------------------------------------------------------- */

static void put_user(fixture *f, uint64_t id, str name)
{
    user_record u = fixture_user(id, name);
    OK(store_user_insert(f->tx, &u, &f->e));
}

static uint32_t user_n(fixture *f)
{
    account_record r;
    OK(store_account_get(f->tx, f->a, &r, &f->e));
    return r.user_n;
}

static void a_user_is_read_back_by_id_and_name(void **state)
{
    fixture *f = *state;
    user_record r, u = {
        .id = USER_1,
        .name = STR("Alice.B"),
        .display_name = STR("\xe5\xbc\xa0 \"Alice\""),
        .comments = STR("it's; -- 100%"),
        .email = STR("a@example.com"),
        .mobile_phone = STR("86-13900001234"),
        .created_s = 1,
        .updated_s = 2,
        .last_login_s = 3,
        .is_frozen = true,
    };
    OK(store_user_insert(f->tx, &u, &f->e));
    OK(store_user_get(f->tx, f->a, USER_1, &r, &f->e));
    assert_int_equal(r.id, USER_1);
    assert_true(str_eq(r.name, u.name) && str_eq(r.display_name, u.display_name) && str_eq(r.comments, u.comments));
    assert_true(str_eq(r.email, u.email) && str_eq(r.mobile_phone, u.mobile_phone));
    assert_true(r.created_s == 1 && r.updated_s == 2 && r.last_login_s == 3 && r.is_frozen);
    OK(store_user_get_by_name(f->tx, f->a, STR("aLICE.b"), &r, &f->e));
    assert_int_equal(r.id, USER_1);
    STR_IS(r.name, "Alice.B");
    FAILS(store_user_get(f->tx, f->a, USER_2, &r, &f->e), ST_NOT_FOUND);
    FAILS(store_user_get_by_name(f->tx, f->a, STR("alice"), &r, &f->e), ST_NOT_FOUND);
}

static void an_absent_text_is_read_back_empty(void **state)
{
    fixture *f = *state;
    user_record r;
    put_user(f, USER_1, STR("alice"));
    OK(store_user_get(f->tx, f->a, USER_1, &r, &f->e));
    assert_non_null(r.comments.p);
    assert_int_equal(r.comments.n, 0);
}

static void a_user_name_is_unique_in_its_account_in_any_case(void **state)
{
    fixture *f = *state;
    put_user(f, USER_1, STR("alice"));
    user_record same_name = fixture_user(USER_2, STR("ALICE")), same_id = fixture_user(USER_1, STR("bob"));
    FAILS(store_user_insert(f->tx, &same_name, &f->e), ST_CONFLICT);
    FAILS(store_user_insert(f->tx, &same_id, &f->e), ST_CONFLICT);
    directory_enter(f->tx, ACCOUNT_B);
    OK(store_user_insert(f->tx, &same_name, &f->e));
}

static void an_account_counts_its_users(void **state)
{
    fixture *f = *state;
    put_user(f, USER_1, STR("alice"));
    put_user(f, USER_2, STR("bob"));
    assert_int_equal(user_n(f), 2);
    user_record same = fixture_user(USER_3, STR("bob"));
    FAILS(store_user_insert(f->tx, &same, &f->e), ST_CONFLICT);
    assert_int_equal(user_n(f), 2);
    OK(store_user_delete(f->tx, USER_1, &f->e));
    FAILS(store_user_delete(f->tx, USER_1, &f->e), ST_NOT_FOUND);
    assert_int_equal(user_n(f), 1);
    directory_enter(f->tx, 1000000000000009);
    FAILS(store_user_insert(f->tx, &same, &f->e), ST_NOT_FOUND);
}

static void a_user_is_updated_but_for_id_and_creation(void **state)
{
    fixture *f = *state;
    put_user(f, USER_1, STR("alice"));
    put_user(f, USER_2, STR("bob"));
    user_record r, u = fixture_user(USER_1, STR("Carol"));
    u.created_s = 99;
    u.updated_s = 100;
    u.last_login_s = 101;
    u.comments = STR("new");
    u.is_frozen = true;
    OK(store_user_update(f->tx, &u, &f->e));
    OK(store_user_get_by_name(f->tx, f->a, STR("carol"), &r, &f->e));
    assert_true(r.id == USER_1 && r.created_s == 1700000001 && r.updated_s == 100 && r.last_login_s == 101 && r.is_frozen);
    STR_IS(r.comments, "new");
    FAILS(store_user_get_by_name(f->tx, f->a, STR("alice"), &r, &f->e), ST_NOT_FOUND);
    u.name = STR("BOB");
    FAILS(store_user_update(f->tx, &u, &f->e), ST_CONFLICT);
    u.name = STR("CAROL"); /* its own name in another case */
    OK(store_user_update(f->tx, &u, &f->e));
    u.id = USER_3;
    FAILS(store_user_update(f->tx, &u, &f->e), ST_NOT_FOUND);
}

static void users_are_listed_by_folded_name_page_by_page(void **state)
{
    static const char *const names[] = { "delta", "Bravo", "alpha", "Charlie", "bravo2" };
    static const char *const want[] = { "alpha", "Bravo", "bravo2", "Charlie", "delta" };
    fixture *f = *state;
    user_record *list;
    size_t n, seen = 0;
    for (size_t i = 0; i < 5; i++)
        put_user(f, USER_1 + i, str_from_c(names[i]));
    str after = { 0 };
    do {
        OK(store_user_list(f->tx, f->a, after, 2, (user_filter){ .active = true }, &list, &n, &f->e));
        for (size_t i = 0; i < n; i++)
            assert_true(str_eq(list[i].name, str_from_c(want[seen++])));
        if (n > 0)
            after = list[n - 1].name;
    } while (n == 2);
    assert_int_equal(seen, 5);
    OK(store_user_list(f->tx, f->a, STR("BRAVO"), 10, (user_filter){ 0 }, &list, &n, &f->e));
    assert_int_equal(n, 3);
    STR_IS(list[0].name, "bravo2");
}

static void frozen_users_are_listed_where_asked_for(void **state)
{
    fixture *f = *state;
    user_record *list, frozen = fixture_user(USER_2, STR("frozen"));
    size_t n;
    put_user(f, USER_1, STR("active"));
    frozen.is_frozen = true;
    OK(store_user_insert(f->tx, &frozen, &f->e));
    OK(store_user_list(f->tx, f->a, (str){ 0 }, 10, (user_filter){ .active = true }, &list, &n, &f->e));
    assert_int_equal(n, 1);
    STR_IS(list[0].name, "active");
    OK(store_user_list(f->tx, f->a, (str){ 0 }, 10, (user_filter){ .frozen = true }, &list, &n, &f->e));
    assert_int_equal(n, 1);
    STR_IS(list[0].name, "frozen");
    OK(store_user_list(f->tx, f->a, (str){ 0 }, 10, (user_filter){ true, true }, &list, &n, &f->e));
    assert_int_equal(n, 2);
    OK(store_user_list(f->tx, f->a, (str){ 0 }, 10, (user_filter){ false, false }, &list, &n, &f->e));
    assert_int_equal(n, 2);
    OK(store_user_list(f->tx, f->a, STR("z"), 10, (user_filter){ 0 }, &list, &n, &f->e));
    assert_int_equal(n, 0);
}

/* --- tags --------------------------------------------------------------------------------------------------------- */

static void tags_are_put_replaced_listed_and_deleted(void **state)
{
    fixture *f = *state;
    tag_record *list;
    size_t n;
    put_user(f, USER_1, STR("alice"));
    OK(store_tag_put(f->tx, TAGGED_USER, USER_1, STR("team"), STR("blue"), &f->e));
    OK(store_tag_put(f->tx, TAGGED_USER, USER_1, STR("env"), STR(""), &f->e));
    OK(store_tag_put(f->tx, TAGGED_USER, USER_1, STR("team"), STR("red"), &f->e));
    OK(store_tag_list(f->tx, f->a, TAGGED_USER, USER_1, &list, &n, &f->e));
    assert_int_equal(n, 2);
    STR_IS(list[0].key, "env");
    STR_IS(list[1].key, "team");
    STR_IS(list[1].value, "red");
    OK(store_tag_delete(f->tx, TAGGED_USER, USER_1, STR("env"), &f->e));
    FAILS(store_tag_delete(f->tx, TAGGED_USER, USER_1, STR("env"), &f->e), ST_NOT_FOUND);
    OK(store_user_delete(f->tx, USER_1, &f->e));
    OK(store_tag_list(f->tx, f->a, TAGGED_USER, USER_1, &list, &n, &f->e));
    assert_int_equal(n, 0);
}

static void all_tags_are_listed_by_user_then_key(void **state)
{
    fixture *f = *state;
    tag_record *list;
    size_t n;
    OK(store_tag_put(f->tx, TAGGED_USER, USER_2, STR("a"), STR("3"), &f->e));
    OK(store_tag_put(f->tx, TAGGED_USER, USER_1, STR("b"), STR("2"), &f->e));
    OK(store_tag_put(f->tx, TAGGED_USER, USER_1, STR("a"), STR("1"), &f->e));
    OK(store_tag_list_all(f->tx, f->a, TAGGED_USER, 0, STR(""), 10, &list, &n, &f->e));
    assert_int_equal(n, 3);
    STR_IS(list[0].value, "1");
    STR_IS(list[1].value, "2");
    STR_IS(list[2].value, "3");
    OK(store_tag_list_all(f->tx, f->a, TAGGED_USER, USER_1, STR("a"), 1, &list, &n, &f->e));
    assert_int_equal(n, 1);
    STR_IS(list[0].value, "2");
    OK(store_tag_list_all(f->tx, f->a, TAGGED_USER, USER_1, STR("b"), 10, &list, &n, &f->e));
    assert_int_equal(n, 1);
    assert_int_equal(list[0].resource, USER_2);
}

/* --- AccessKey pairs ---------------------------------------------------------------------------------------------- */

static access_key_record key_of(str id, uint64_t owner, int64_t created_s)
{
    access_key_record r = {
        .id = id, .owner = owner, .row = 0xfedcba9876543210u, .is_active = true, .created_s = created_s, .updated_s = 5
    };
    r.secret.n = 72;
    for (size_t i = 0; i < r.secret.n; i++)
        r.secret.b[i] = (uint8_t)i; /* NUL bytes, too */
    return r;
}

static void an_access_key_is_read_back(void **state)
{
    fixture *f = *state;
    access_key_record r, k = key_of(STR("LTAI1"), USER_1, 4);
    uint64_t account = 0, owner = 0;
    OK(store_access_key_insert(f->tx, &k, &f->e));
    OK(store_access_key_get(f->tx, f->a, STR("LTAI1"), &r, &f->e));
    STR_IS(r.id, "LTAI1");
    assert_true(r.owner == USER_1 && r.row == k.row && r.is_active && r.created_s == 4 && r.updated_s == 5 &&
                r.last_used_s == 0);
    assert_int_equal(r.secret.n, 72);
    assert_memory_equal(r.secret.b, k.secret.b, 72);
    FAILS(store_access_key_get(f->tx, f->a, STR("ltai1"), &r, &f->e), ST_NOT_FOUND);
    OK(directory_find_access_key(f->tx, STR("LTAI1"), &account, &owner, &f->e));
    assert_true(account == ACCOUNT_A && owner == USER_1);
    FAILS(directory_find_access_key(f->tx, STR("LTAI2"), &account, &owner, &f->e), ST_NOT_FOUND);
}

static void an_access_key_id_stands_once_anywhere(void **state)
{
    fixture *f = *state;
    access_key_record k = key_of(STR("LTAI1"), USER_1, 4);
    OK(store_access_key_insert(f->tx, &k, &f->e));
    FAILS(store_access_key_insert(f->tx, &k, &f->e), ST_CONFLICT);
    directory_enter(f->tx, ACCOUNT_B);
    FAILS(store_access_key_insert(f->tx, &k, &f->e), ST_CONFLICT);
}

static void access_keys_are_counted_and_listed_oldest_first(void **state)
{
    fixture *f = *state;
    access_key_record *list, a = key_of(STR("LTAI9"), USER_1, 10), b = key_of(STR("LTAI1"), USER_1, 20),
                             c = key_of(STR("LTAI5"), ACCOUNT_A, 1);
    size_t n;
    uint32_t count = 9;
    OK(store_access_key_insert(f->tx, &b, &f->e));
    OK(store_access_key_insert(f->tx, &a, &f->e));
    OK(store_access_key_insert(f->tx, &c, &f->e));
    OK(store_access_key_count(f->tx, USER_1, &count, &f->e));
    assert_int_equal(count, 2);
    OK(store_access_key_count(f->tx, USER_2, &count, &f->e));
    assert_int_equal(count, 0);
    OK(store_access_key_list(f->tx, f->a, USER_1, &list, &n, &f->e));
    assert_int_equal(n, 2);
    STR_IS(list[0].id, "LTAI9");
    STR_IS(list[1].id, "LTAI1");
    OK(store_access_key_list(f->tx, f->a, ACCOUNT_A, &list, &n, &f->e));
    assert_int_equal(n, 1);
}

static void an_access_key_is_disabled_used_and_deleted(void **state)
{
    fixture *f = *state;
    access_key_record r, k = key_of(STR("LTAI1"), USER_1, 4);
    OK(store_access_key_insert(f->tx, &k, &f->e));
    OK(store_access_key_set_status(f->tx, k.id, false, 77, &f->e));
    OK(store_access_key_set_last_used(f->tx, k.id, 1000, STR("Ram"), &f->e));
    OK(store_access_key_set_last_used(f->tx, k.id, 900, STR("Sts"), &f->e)); /* an older use came late */
    OK(store_access_key_get(f->tx, f->a, k.id, &r, &f->e));
    assert_true(!r.is_active && r.updated_s == 77 && r.last_used_s == 1000);
    STR_IS(r.last_used_service, "Ram");
    OK(store_access_key_set_last_used(f->tx, k.id, 1001, STR("Ims"), &f->e));
    OK(store_access_key_get(f->tx, f->a, k.id, &r, &f->e));
    assert_int_equal(r.last_used_s, 1001);
    STR_IS(r.last_used_service, "Ims");
    OK(store_access_key_delete(f->tx, k.id, &f->e));
    FAILS(store_access_key_delete(f->tx, k.id, &f->e), ST_NOT_FOUND);
    FAILS(store_access_key_set_status(f->tx, k.id, true, 78, &f->e), ST_NOT_FOUND);
    FAILS(store_access_key_set_last_used(f->tx, k.id, 2000, STR("Ram"), &f->e), ST_NOT_FOUND);
}

/* --- attachments -------------------------------------------------------------------------------------------------- */

static void attachments_are_listed_by_principal_and_by_policy(void **state)
{
    fixture *f = *state;
    attachment_record *list, full = { PRINCIPAL_USER, USER_1, STR("System"), STR("AliyunRAMFullAccess"), 20 },
                             admin = { PRINCIPAL_USER, USER_1, STR("System"), STR("AdministratorAccess"), 30 },
                             other = { PRINCIPAL_USER, USER_2, STR("System"), STR("AdministratorAccess"), 10 };
    size_t n;
    OK(store_attachment_insert(f->tx, &admin, &f->e));
    OK(store_attachment_insert(f->tx, &full, &f->e));
    OK(store_attachment_insert(f->tx, &other, &f->e));
    FAILS(store_attachment_insert(f->tx, &full, &f->e), ST_CONFLICT);
    OK(store_attachment_list(f->tx, f->a, USER_1, &list, &n, &f->e));
    assert_int_equal(n, 2);
    STR_IS(list[0].policy_name, "AliyunRAMFullAccess");
    STR_IS(list[1].policy_name, "AdministratorAccess");
    OK(store_attachment_list_of_policy(f->tx, f->a, STR("System"), STR("AdministratorAccess"), &list, &n, &f->e));
    assert_int_equal(n, 2);
    assert_true(list[0].principal == USER_2 && list[1].principal == USER_1 && list[1].attached_s == 30);
    OK(store_attachment_delete(f->tx, USER_2, STR("System"), STR("AdministratorAccess"), &f->e));
    FAILS(store_attachment_delete(f->tx, USER_2, STR("System"), STR("AdministratorAccess"), &f->e), ST_NOT_FOUND);
    OK(store_attachment_delete_all(f->tx, USER_1, &f->e));
    OK(store_attachment_delete_all(f->tx, USER_1, &f->e));
    OK(store_attachment_list(f->tx, f->a, USER_1, &list, &n, &f->e));
    assert_int_equal(n, 0);
}

/* --- login profile, preference, facts ----------------------------------------------------------------------------- */

static void a_login_profile_is_put_replaced_and_deleted(void **state)
{
    fixture *f = *state;
    login_profile_record r, p = {
        .principal = USER_1,
        .row = UINT64_MAX,
        .scheme = STR("argon2id"),
        .parameters = STR("m=47104,t=1,p=1"),
        .salt = { 1, 0, 2 },
        .salt_n = 3,
        .digest = { .b = { 9, 0, 8 }, .n = 3 },
        .is_reset_required = true,
        .created_s = 1,
        .updated_s = 2,
    };
    OK(store_login_profile_put(f->tx, &p, &f->e));
    OK(store_login_profile_get(f->tx, f->a, USER_1, &r, &f->e));
    assert_true(r.principal == USER_1 && r.row == UINT64_MAX && r.is_reset_required && r.created_s == 1 && r.updated_s == 2);
    assert_true(r.salt_n == 3 && memcmp(r.salt, p.salt, 3) == 0 && r.digest.n == 3 && memcmp(r.digest.b, p.digest.b, 3) == 0);
    STR_IS(r.scheme, "argon2id");
    STR_IS(r.parameters, "m=47104,t=1,p=1");
    p.row = 5;
    p.is_reset_required = false;
    p.updated_s = 3;
    OK(store_login_profile_put(f->tx, &p, &f->e));
    OK(store_login_profile_get(f->tx, f->a, USER_1, &r, &f->e));
    assert_true(r.row == 5 && !r.is_reset_required && r.updated_s == 3);
    p.salt_n = sizeof p.salt + 1;
    FAILS(store_login_profile_put(f->tx, &p, &f->e), ST_BUG);
    OK(store_login_profile_delete(f->tx, USER_1, &f->e));
    FAILS(store_login_profile_delete(f->tx, USER_1, &f->e), ST_NOT_FOUND);
    FAILS(store_login_profile_get(f->tx, f->a, USER_1, &r, &f->e), ST_NOT_FOUND);
}

static void a_preference_is_put_and_replaced(void **state)
{
    fixture *f = *state;
    preference_record r, p = { .allow_user_to_manage_mfa_devices = true, .mfa_operation_for_login = STR("independent") };
    FAILS(store_preference_get(f->tx, f->a, &r, &f->e), ST_NOT_FOUND);
    OK(store_preference_put(f->tx, &p, &f->e));
    OK(store_preference_get(f->tx, f->a, &r, &f->e));
    assert_true(!r.allow_user_to_change_password && r.allow_user_to_manage_mfa_devices && !r.allow_user_to_manage_access_keys);
    p = (preference_record){
        .allow_user_to_change_password = true,
        .allow_user_to_manage_access_keys = true,
        .mfa_operation_for_login = STR("mandatory"),
    };
    OK(store_preference_put(f->tx, &p, &f->e));
    OK(store_preference_get(f->tx, f->a, &r, &f->e));
    assert_true(r.allow_user_to_change_password && !r.allow_user_to_manage_mfa_devices && r.allow_user_to_manage_access_keys);
    STR_IS(r.mfa_operation_for_login, "mandatory");
}

static void a_fact_is_the_store_s_own(void **state)
{
    fixture *f = *state;
    bytes r;
    const uint8_t value[] = { 0, 1, 255 };
    directory_enter(f->tx, 0);
    FAILS(store_fact_get(f->tx, f->a, STR("x"), &r, &f->e), ST_NOT_FOUND);
    OK(store_fact_put(f->tx, STR("x"), (bytes){ value, 3 }, &f->e));
    OK(store_fact_get(f->tx, f->a, STR("x"), &r, &f->e));
    assert_true(r.n == 3 && memcmp(r.p, value, 3) == 0);
    OK(store_fact_put(f->tx, STR("x"), (bytes){ 0 }, &f->e));
    OK(store_fact_get(f->tx, f->a, STR("x"), &r, &f->e));
    assert_int_equal(r.n, 0);
}

/* --- audit -------------------------------------------------------------------------------------------------------- */

static void events_are_numbered_per_account_without_gaps(void **state)
{
    fixture *f = *state;
    audit_record *list, last;
    uint64_t number = 0, unsealed[4];
    size_t n;
    const uint8_t mac[VAULT_TAG_BYTES] = { 7 };
    for (uint64_t want = 1; want <= 3; want++) {
        OK(store_audit_insert(f->tx, 100 + (int64_t)want, STR("{}"), &number, &f->e));
        assert_int_equal(number, want);
    }
    directory_enter(f->tx, 0); /* the server's own events have a chain of their own */
    OK(store_audit_insert(f->tx, 1, STR("{\"a\":1}"), &number, &f->e));
    assert_int_equal(number, 1);
    OK(directory_list_unsealed(f->tx, 0, unsealed, 4, &n, &f->e));
    assert_true(n == 2 && unsealed[0] == 0 && unsealed[1] == ACCOUNT_A);
    directory_enter(f->tx, ACCOUNT_A);
    FAILS(store_audit_last_sealed(f->tx, f->a, &last, &f->e), ST_NOT_FOUND);
    OK(store_audit_set_mac(f->tx, 1, mac, &f->e));
    OK(store_audit_set_mac(f->tx, 2, mac, &f->e));
    FAILS(store_audit_set_mac(f->tx, 4, mac, &f->e), ST_NOT_FOUND);
    OK(store_audit_last_sealed(f->tx, f->a, &last, &f->e));
    assert_true(last.number == 2 && last.is_sealed && last.account == ACCOUNT_A && last.at_s == 102);
    assert_memory_equal(last.mac, mac, sizeof mac);
    OK(store_audit_list(f->tx, f->a, 1, 10, &list, &n, &f->e));
    assert_true(n == 2 && list[0].number == 2 && list[0].is_sealed && list[1].number == 3 && !list[1].is_sealed);
    OK(store_audit_list(f->tx, f->a, 0, 1, &list, &n, &f->e));
    assert_int_equal(n, 1);
    OK(store_audit_set_mac(f->tx, 3, mac, &f->e));
    OK(directory_list_unsealed(f->tx, 1, unsealed, 4, &n, &f->e));
    assert_int_equal(n, 0);
}

/* --- isolation ---------------------------------------------------------------------------------------------------- */

static void fill(fixture *f, str key_id)
{
    access_key_record k = key_of(key_id, USER_1, 4);
    attachment_record t = { PRINCIPAL_USER, USER_1, STR("System"), STR("AdministratorAccess"), 1 };
    login_profile_record p = { .principal = USER_1, .scheme = STR("argon2id") };
    uint64_t number;
    put_user(f, USER_1, STR("alice"));
    OK(store_tag_put(f->tx, TAGGED_USER, USER_1, STR("team"), STR("blue"), &f->e));
    OK(store_access_key_insert(f->tx, &k, &f->e));
    OK(store_attachment_insert(f->tx, &t, &f->e));
    OK(store_login_profile_put(f->tx, &p, &f->e));
    OK(store_audit_insert(f->tx, 1, STR("{}"), &number, &f->e));
    assert_int_equal(number, 1);
}

static void another_account_s_rows_are_unreachable(void **state)
{
    fixture *f = *state;
    fill(f, STR("LTAI1"));
    directory_enter(f->tx, ACCOUNT_B);
    user_record u = fixture_user(USER_1, STR("alice")), *users;
    tag_record *tags;
    access_key_record key, *keys;
    attachment_record *attachments;
    login_profile_record profile;
    audit_record *events;
    uint32_t count = 9;
    size_t n;
    const uint8_t mac[VAULT_TAG_BYTES] = { 0 };
    FAILS(store_user_get(f->tx, f->a, USER_1, &u, &f->e), ST_NOT_FOUND);
    FAILS(store_user_get_by_name(f->tx, f->a, STR("alice"), &u, &f->e), ST_NOT_FOUND);
    FAILS(store_user_update(f->tx, &u, &f->e), ST_NOT_FOUND);
    FAILS(store_user_delete(f->tx, USER_1, &f->e), ST_NOT_FOUND);
    FAILS(store_tag_delete(f->tx, TAGGED_USER, USER_1, STR("team"), &f->e), ST_NOT_FOUND);
    FAILS(store_access_key_get(f->tx, f->a, STR("LTAI1"), &key, &f->e), ST_NOT_FOUND);
    FAILS(store_access_key_set_status(f->tx, STR("LTAI1"), false, 1, &f->e), ST_NOT_FOUND);
    FAILS(store_access_key_set_last_used(f->tx, STR("LTAI1"), 9, STR("Ram"), &f->e), ST_NOT_FOUND);
    FAILS(store_access_key_delete(f->tx, STR("LTAI1"), &f->e), ST_NOT_FOUND);
    FAILS(store_attachment_delete(f->tx, USER_1, STR("System"), STR("AdministratorAccess"), &f->e), ST_NOT_FOUND);
    FAILS(store_login_profile_get(f->tx, f->a, USER_1, &profile, &f->e), ST_NOT_FOUND);
    FAILS(store_login_profile_delete(f->tx, USER_1, &f->e), ST_NOT_FOUND);
    FAILS(store_audit_set_mac(f->tx, 1, mac, &f->e), ST_NOT_FOUND);
    OK(store_user_list(f->tx, f->a, (str){ 0 }, 10, (user_filter){ 0 }, &users, &n, &f->e));
    assert_int_equal(n, 0);
    OK(store_tag_list(f->tx, f->a, TAGGED_USER, USER_1, &tags, &n, &f->e));
    assert_int_equal(n, 0);
    OK(store_tag_list_all(f->tx, f->a, TAGGED_USER, 0, STR(""), 10, &tags, &n, &f->e));
    assert_int_equal(n, 0);
    OK(store_access_key_count(f->tx, USER_1, &count, &f->e));
    assert_int_equal(count, 0);
    OK(store_access_key_list(f->tx, f->a, USER_1, &keys, &n, &f->e));
    assert_int_equal(n, 0);
    OK(store_attachment_list(f->tx, f->a, USER_1, &attachments, &n, &f->e));
    assert_int_equal(n, 0);
    OK(store_attachment_list_of_policy(f->tx, f->a, STR("System"), STR("AdministratorAccess"), &attachments, &n, &f->e));
    assert_int_equal(n, 0);
    OK(store_attachment_delete_all(f->tx, USER_1, &f->e));
    OK(store_audit_list(f->tx, f->a, 0, 10, &events, &n, &f->e));
    assert_int_equal(n, 0);
}

static void two_accounts_may_hold_the_same_names(void **state)
{
    fixture *f = *state;
    attachment_record *attachments;
    user_record u;
    size_t n;
    fill(f, STR("LTAI1"));
    directory_enter(f->tx, ACCOUNT_B);
    fill(f, STR("LTAI2"));
    OK(store_attachment_delete_all(f->tx, USER_1, &f->e));
    OK(store_user_delete(f->tx, USER_1, &f->e));
    directory_enter(f->tx, ACCOUNT_A);
    OK(store_user_get_by_name(f->tx, f->a, STR("alice"), &u, &f->e));
    OK(store_attachment_list(f->tx, f->a, USER_1, &attachments, &n, &f->e));
    assert_int_equal(n, 1);
    assert_int_equal(user_n(f), 1);
}

/* --- failures ----------------------------------------------------------------------------------------------------- */

static void a_reading_transaction_cannot_write(void **state)
{
    fixture *f = *state;
    fixture_end(f);
    fixture_begin(f, false);
    directory_enter(f->tx, ACCOUNT_A);
    account_record r = fixture_account(ACCOUNT_A, STR("alpha"));
    FAILS(store_account_insert(f->tx, &r, &f->e), ST_BUG);
    FAILS(store_account_get(f->tx, f->a, &r, &f->e), ST_NOT_FOUND);
}

static void a_full_arena_is_an_error_and_no_short_text(void **state)
{
    fixture *f = *state;
    user_record u, *list = NULL;
    size_t n = 77;
    put_user(f, USER_1, STR("alice"));
    put_user(f, USER_2, STR("bob"));
    for (size_t cap = 0; cap < 4096; cap += 16) {
        arena *small = arena_new(16, cap);
        assert_non_null(small);
        status s = store_user_get(f->tx, small, USER_1, &u, &f->e);
        assert_true(s == ST_NO_MEMORY || (s == ST_OK && str_eq(u.name, STR("alice")) && str_eq(u.display_name, STR("alice"))));
        s = store_user_list(f->tx, small, (str){ 0 }, 10, (user_filter){ 0 }, &list, &n, &f->e);
        assert_true(s == ST_NO_MEMORY || (s == ST_OK && n == 2 && str_eq(list[1].name, STR("bob"))));
        arena_free(small);
    }
    OK(store_user_get(f->tx, f->a, USER_1, &u, &f->e));
}

static void nothing_runs_in_a_lost_transaction(void **state)
{
    fixture *f = *state;
    user_record u;
    f->tx->is_lost = true;
    FAILS(store_user_get(f->tx, f->a, USER_1, &u, &f->e), ST_UNAVAILABLE);
}

static void a_value_beyond_the_engine_s_limit_is_refused(void **state)
{
    fixture *f = *state;
    size_t n = 5 * 1024 * 1024;
    char *long_text = calloc(1, n);
    assert_non_null(long_text);
    uint64_t number;
    FAILS(store_audit_insert(f->tx, 1, (str){ long_text, n }, &number, &f->e), ST_LIMIT);
    free(long_text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_account_is_read_back),
        TEST(an_account_id_or_alias_stands_once),
        TEST(an_alias_is_unique_in_any_case),
        TEST(the_directory_lists_accounts_in_order),
        TEST(a_transaction_for_no_account_reaches_no_account),
        TEST(a_user_is_read_back_by_id_and_name),
        TEST(an_absent_text_is_read_back_empty),
        TEST(a_user_name_is_unique_in_its_account_in_any_case),
        TEST(an_account_counts_its_users),
        TEST(a_user_is_updated_but_for_id_and_creation),
        TEST(users_are_listed_by_folded_name_page_by_page),
        TEST(frozen_users_are_listed_where_asked_for),
        TEST(tags_are_put_replaced_listed_and_deleted),
        TEST(all_tags_are_listed_by_user_then_key),
        TEST(an_access_key_is_read_back),
        TEST(an_access_key_id_stands_once_anywhere),
        TEST(access_keys_are_counted_and_listed_oldest_first),
        TEST(an_access_key_is_disabled_used_and_deleted),
        TEST(attachments_are_listed_by_principal_and_by_policy),
        TEST(a_login_profile_is_put_replaced_and_deleted),
        TEST(a_preference_is_put_and_replaced),
        TEST(a_fact_is_the_store_s_own),
        TEST(events_are_numbered_per_account_without_gaps),
        TEST(another_account_s_rows_are_unreachable),
        TEST(two_accounts_may_hold_the_same_names),
        TEST(a_reading_transaction_cannot_write),
        TEST(a_full_arena_is_an_error_and_no_short_text),
        TEST(nothing_runs_in_a_lost_transaction),
        TEST(a_value_beyond_the_engine_s_limit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
