/* The records of records.h that authorization rests on: tags, custom policies, attachments, roles, verifiers. Each in a
 * transaction of the test's own thread that is undone in the end. */
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
    ROLE_1 = 300000000000000001,
    ROLE_2 = 300000000000000002,
    GROUP_1 = 400000000000000001,
    POLICY_1 = 500000000000000001,
    POLICY_2 = 500000000000000002,
    VERIFIER_1 = 600000000000000001,
    VERIFIER_2 = 600000000000000002,
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

/* --- tags --------------------------------------------------------------------------------------------------------- */

static void tags_of_each_kind_are_apart(void **state)
{
    static const tagged_kind kinds[] = { TAGGED_USER, TAGGED_ROLE, TAGGED_POLICY };
    static const char *const values[] = { "user", "role", "policy" };
    fixture *f = *state;
    tag_record *list;
    size_t n;
    for (size_t i = 0; i < 3; i++) /* one id for all three, which ids of the product never have */
        OK(store_tag_put(f->tx, kinds[i], USER_1, STR("k"), str_from_c(values[i]), &f->e));
    for (size_t i = 0; i < 3; i++) {
        OK(store_tag_list(f->tx, f->a, kinds[i], USER_1, &list, &n, &f->e));
        assert_true(n == 1 && str_eq(list[0].value, str_from_c(values[i])));
        OK(store_tag_list_all(f->tx, f->a, kinds[i], 0, STR(""), 10, &list, &n, &f->e));
        assert_true(n == 1 && str_eq(list[0].value, str_from_c(values[i])));
    }
    OK(store_tag_delete(f->tx, TAGGED_ROLE, USER_1, STR("k"), &f->e));
    FAILS(store_tag_delete(f->tx, TAGGED_ROLE, USER_1, STR("k"), &f->e), ST_NOT_FOUND);
    OK(store_tag_list(f->tx, f->a, TAGGED_POLICY, USER_1, &list, &n, &f->e));
    assert_int_equal(n, 1);
}

static void all_tags_of_one_resource_are_deleted(void **state)
{
    fixture *f = *state;
    tag_record *list;
    size_t n;
    OK(store_tag_put(f->tx, TAGGED_ROLE, ROLE_1, STR("a"), STR("1"), &f->e));
    OK(store_tag_put(f->tx, TAGGED_ROLE, ROLE_1, STR("b"), STR("2"), &f->e));
    OK(store_tag_put(f->tx, TAGGED_ROLE, ROLE_2, STR("a"), STR("3"), &f->e));
    OK(store_tag_delete_all(f->tx, TAGGED_ROLE, ROLE_1, &f->e));
    OK(store_tag_delete_all(f->tx, TAGGED_ROLE, ROLE_1, &f->e));
    OK(store_tag_list_all(f->tx, f->a, TAGGED_ROLE, 0, STR(""), 10, &list, &n, &f->e));
    assert_true(n == 1 && list[0].resource == ROLE_2);
}

static void a_kind_that_was_forgotten_is_refused(void **state)
{
    fixture *f = *state;
    attachment_record t = { .principal = USER_1, .policy_type = STR("System"), .policy_name = STR("AdministratorAccess") };
    FAILS(store_tag_put(f->tx, (tagged_kind)0, USER_1, STR("k"), STR("v"), &f->e), ST_BUG);
    FAILS(store_attachment_insert(f->tx, &t, &f->e), ST_BUG);
}

/* --- custom policies ---------------------------------------------------------------------------------------------- */

static policy_record policy_of(uint64_t id, str name)
{
    return (policy_record){ .id = id,
                            .name = name,
                            .description = STR("what it's for"),
                            .default_version = 1,
                            .last_version = 3,
                            .created_s = 1,
                            .updated_s = 2 };
}

static void put_policy(fixture *f, uint64_t id, str name)
{
    policy_record r = policy_of(id, name);
    OK(store_policy_insert(f->tx, &r, &f->e));
}

static void put_version(fixture *f, uint64_t policy, uint32_t number, str document)
{
    policy_version_record r = { policy, number, document, 10 + (int64_t)number };
    OK(store_policy_version_insert(f->tx, &r, &f->e));
}

static void a_policy_is_read_back_by_id_and_name(void **state)
{
    fixture *f = *state;
    policy_record r;
    put_policy(f, POLICY_1, STR("Read-Logs"));
    OK(store_policy_get(f->tx, f->a, POLICY_1, &r, &f->e));
    assert_true(r.id == POLICY_1 && r.default_version == 1 && r.last_version == 3 && r.created_s == 1 && r.updated_s == 2);
    STR_IS(r.name, "Read-Logs");
    STR_IS(r.description, "what it's for");
    OK(store_policy_get_by_name(f->tx, f->a, STR("READ-logs"), &r, &f->e));
    assert_int_equal(r.id, POLICY_1);
    FAILS(store_policy_get(f->tx, f->a, POLICY_2, &r, &f->e), ST_NOT_FOUND);
    FAILS(store_policy_get_by_name(f->tx, f->a, STR("read"), &r, &f->e), ST_NOT_FOUND);
}

static void a_policy_name_is_unique_in_its_account_in_any_case(void **state)
{
    fixture *f = *state;
    policy_record same_name = policy_of(POLICY_2, STR("READ")), same_id = policy_of(POLICY_1, STR("other"));
    put_policy(f, POLICY_1, STR("read"));
    FAILS(store_policy_insert(f->tx, &same_name, &f->e), ST_CONFLICT);
    FAILS(store_policy_insert(f->tx, &same_id, &f->e), ST_CONFLICT);
    directory_enter(f->tx, ACCOUNT_B);
    OK(store_policy_insert(f->tx, &same_name, &f->e));
}

static void a_policy_is_updated_but_for_id_name_and_creation(void **state)
{
    fixture *f = *state;
    policy_record r, p = { POLICY_1, STR("renamed"), STR("new"), 4, 5, 99, 100 };
    put_policy(f, POLICY_1, STR("read"));
    OK(store_policy_update(f->tx, &p, &f->e));
    OK(store_policy_get_by_name(f->tx, f->a, STR("read"), &r, &f->e));
    assert_true(r.default_version == 4 && r.last_version == 5 && r.created_s == 1 && r.updated_s == 100);
    STR_IS(r.description, "new");
    STR_IS(r.name, "read");
    p.id = POLICY_2;
    FAILS(store_policy_update(f->tx, &p, &f->e), ST_NOT_FOUND);
}

static void policies_are_counted_and_listed_by_folded_name_page_by_page(void **state)
{
    fixture *f = *state;
    policy_record *list;
    uint32_t count = 9;
    size_t n, seen = 0;
    str after = { 0 };
    for (size_t i = 0; i < NAMES; i++)
        put_policy(f, POLICY_1 + i, str_from_c(names_given[i]));
    do {
        OK(store_policy_list(f->tx, f->a, after, 2, &list, &n, &f->e));
        for (size_t i = 0; i < n; i++)
            assert_true(str_eq(list[i].name, str_from_c(names_listed[seen++])));
        if (n > 0)
            after = list[n - 1].name;
    } while (n == 2);
    assert_int_equal(seen, NAMES);
    OK(store_policy_list(f->tx, f->a, STR("BRAVO"), 10, &list, &n, &f->e));
    assert_int_equal(n, 3);
    OK(store_policy_count(f->tx, &count, &f->e));
    assert_int_equal(count, NAMES);
}

static void versions_are_read_back_listed_by_number_and_deleted(void **state)
{
    fixture *f = *state;
    policy_version_record r, *list, again = { POLICY_1, 2, STR("{}"), 1 };
    size_t n;
    put_version(f, POLICY_1, 10, STR("ten"));
    put_version(f, POLICY_1, 2, STR("{\"Version\": \"1\"}\n"));
    put_version(f, POLICY_2, 2, STR("other"));
    FAILS(store_policy_version_insert(f->tx, &again, &f->e), ST_CONFLICT);
    OK(store_policy_version_get(f->tx, f->a, POLICY_1, 2, &r, &f->e));
    assert_true(r.policy == POLICY_1 && r.number == 2 && r.created_s == 12);
    STR_IS(r.document, "{\"Version\": \"1\"}\n");
    FAILS(store_policy_version_get(f->tx, f->a, POLICY_1, 3, &r, &f->e), ST_NOT_FOUND);
    OK(store_policy_version_list(f->tx, f->a, POLICY_1, &list, &n, &f->e));
    assert_true(n == 2 && list[0].number == 2 && list[1].number == 10);
    STR_IS(list[1].document, "ten");
    OK(store_policy_version_delete(f->tx, POLICY_1, 2, &f->e));
    FAILS(store_policy_version_delete(f->tx, POLICY_1, 2, &f->e), ST_NOT_FOUND);
    OK(store_policy_version_get(f->tx, f->a, POLICY_2, 2, &r, &f->e));
}

static void a_policy_is_deleted_with_its_versions_and_tags(void **state)
{
    fixture *f = *state;
    policy_record r;
    policy_version_record *versions;
    tag_record *tags;
    size_t n;
    put_policy(f, POLICY_1, STR("read"));
    put_policy(f, POLICY_2, STR("write"));
    put_version(f, POLICY_1, 1, STR("{}"));
    put_version(f, POLICY_1, 2, STR("{}"));
    put_version(f, POLICY_2, 1, STR("{}"));
    OK(store_tag_put(f->tx, TAGGED_POLICY, POLICY_1, STR("k"), STR("v"), &f->e));
    OK(store_tag_put(f->tx, TAGGED_POLICY, POLICY_2, STR("k"), STR("v"), &f->e));
    OK(store_policy_delete(f->tx, POLICY_1, &f->e));
    FAILS(store_policy_delete(f->tx, POLICY_1, &f->e), ST_NOT_FOUND);
    FAILS(store_policy_get(f->tx, f->a, POLICY_1, &r, &f->e), ST_NOT_FOUND);
    OK(store_policy_version_list(f->tx, f->a, POLICY_1, &versions, &n, &f->e));
    assert_int_equal(n, 0);
    OK(store_policy_version_list(f->tx, f->a, POLICY_2, &versions, &n, &f->e));
    assert_int_equal(n, 1);
    OK(store_tag_list_all(f->tx, f->a, TAGGED_POLICY, 0, STR(""), 10, &tags, &n, &f->e));
    assert_true(n == 1 && tags[0].resource == POLICY_2);
}

/* --- attachments -------------------------------------------------------------------------------------------------- */

static void attachments_tell_what_they_are_attached_to(void **state)
{
    fixture *f = *state;
    attachment_record *list;
    uint32_t count = 9;
    size_t n;
    const attachment_record all[] = {
        { PRINCIPAL_ROLE, ROLE_1, STR("Custom"), STR("Read"), 30 },
        { PRINCIPAL_USER, USER_1, STR("Custom"), STR("Read"), 10 },
        { PRINCIPAL_GROUP, GROUP_1, STR("Custom"), STR("Read"), 20 },
        { PRINCIPAL_GROUP, GROUP_1, STR("System"), STR("Read"), 40 }, /* the same name in the other type */
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        OK(store_attachment_insert(f->tx, &all[i], &f->e));
    OK(store_attachment_list_of_policy(f->tx, f->a, STR("Custom"), STR("Read"), &list, &n, &f->e));
    assert_int_equal(n, 3);
    assert_true(list[0].kind == PRINCIPAL_USER && list[0].principal == USER_1);
    assert_true(list[1].kind == PRINCIPAL_GROUP && list[1].principal == GROUP_1);
    assert_true(list[2].kind == PRINCIPAL_ROLE && list[2].principal == ROLE_1);
    OK(store_attachment_list(f->tx, f->a, GROUP_1, &list, &n, &f->e));
    assert_true(n == 2 && list[0].kind == PRINCIPAL_GROUP && list[1].kind == PRINCIPAL_GROUP);
    OK(store_attachment_count_of_policy(f->tx, STR("Custom"), STR("Read"), &count, &f->e));
    assert_int_equal(count, 3);
    OK(store_attachment_count_of_policy(f->tx, STR("System"), STR("Read"), &count, &f->e));
    assert_int_equal(count, 1);
    OK(store_attachment_count_of_policy(f->tx, STR("Custom"), STR("Write"), &count, &f->e));
    assert_int_equal(count, 0);
    OK(store_attachment_delete(f->tx, ROLE_1, STR("Custom"), STR("Read"), &f->e));
    OK(store_attachment_count_of_policy(f->tx, STR("Custom"), STR("Read"), &count, &f->e));
    assert_int_equal(count, 2);
}

/* --- roles -------------------------------------------------------------------------------------------------------- */

static role_record role_of(uint64_t id, str name)
{
    return (role_record){ .id = id,
                          .name = name,
                          .description = STR("for \"builds\""),
                          .trust_policy = STR("{\"Version\": \"1\"}\n"),
                          .max_session_s = 3600,
                          .created_s = 1,
                          .updated_s = 2 };
}

static void put_role(fixture *f, uint64_t id, str name)
{
    role_record r = role_of(id, name);
    OK(store_role_insert(f->tx, &r, &f->e));
}

static void a_role_is_read_back_by_id_and_name(void **state)
{
    fixture *f = *state;
    role_record r, given = role_of(ROLE_1, STR("Builder"));
    given.sessions_revoked_ms = 1700000000123;
    OK(store_role_insert(f->tx, &given, &f->e));
    OK(store_role_get(f->tx, f->a, ROLE_1, &r, &f->e));
    assert_true(r.id == ROLE_1 && r.max_session_s == 3600 && r.created_s == 1 && r.updated_s == 2);
    assert_int_equal(r.sessions_revoked_ms, 1700000000123);
    assert_true(str_eq(r.description, given.description) && str_eq(r.trust_policy, given.trust_policy));
    OK(store_role_get_by_name(f->tx, f->a, STR("bUILDER"), &r, &f->e));
    assert_int_equal(r.id, ROLE_1);
    STR_IS(r.name, "Builder");
    FAILS(store_role_get(f->tx, f->a, ROLE_2, &r, &f->e), ST_NOT_FOUND);
    FAILS(store_role_get_by_name(f->tx, f->a, STR("build"), &r, &f->e), ST_NOT_FOUND);
}

static void a_role_name_is_unique_in_its_account_in_any_case(void **state)
{
    fixture *f = *state;
    role_record same_name = role_of(ROLE_2, STR("BUILDER")), same_id = role_of(ROLE_1, STR("other"));
    put_role(f, ROLE_1, STR("builder"));
    FAILS(store_role_insert(f->tx, &same_name, &f->e), ST_CONFLICT);
    FAILS(store_role_insert(f->tx, &same_id, &f->e), ST_CONFLICT);
    directory_enter(f->tx, ACCOUNT_B);
    OK(store_role_insert(f->tx, &same_name, &f->e));
}

static void a_role_is_updated_but_for_id_name_and_creation(void **state)
{
    fixture *f = *state;
    role_record r, given = { ROLE_1, STR("renamed"), STR("new"), STR("{}"), 43200, 99, 100, 101 };
    put_role(f, ROLE_1, STR("builder"));
    OK(store_role_update(f->tx, &given, &f->e));
    OK(store_role_get_by_name(f->tx, f->a, STR("builder"), &r, &f->e));
    assert_true(r.max_session_s == 43200 && r.created_s == 1 && r.updated_s == 100 && r.sessions_revoked_ms == 101);
    STR_IS(r.description, "new");
    STR_IS(r.trust_policy, "{}");
    STR_IS(r.name, "builder");
    given.id = ROLE_2;
    FAILS(store_role_update(f->tx, &given, &f->e), ST_NOT_FOUND);
}

static void roles_are_counted_and_listed_by_folded_name_page_by_page(void **state)
{
    fixture *f = *state;
    role_record *list;
    uint32_t count = 9;
    size_t n, seen = 0;
    str after = { 0 };
    for (size_t i = 0; i < NAMES; i++)
        put_role(f, ROLE_1 + i, str_from_c(names_given[i]));
    do {
        OK(store_role_list(f->tx, f->a, after, 2, &list, &n, &f->e));
        for (size_t i = 0; i < n; i++)
            assert_true(str_eq(list[i].name, str_from_c(names_listed[seen++])));
        if (n > 0)
            after = list[n - 1].name;
    } while (n == 2);
    assert_int_equal(seen, NAMES);
    OK(store_role_list(f->tx, f->a, STR("BRAVO"), 10, &list, &n, &f->e));
    assert_int_equal(n, 3);
    OK(store_role_count(f->tx, &count, &f->e));
    assert_int_equal(count, NAMES);
}

static void a_role_is_deleted_with_its_tags(void **state)
{
    fixture *f = *state;
    role_record r;
    tag_record *tags;
    size_t n;
    put_role(f, ROLE_1, STR("builder"));
    OK(store_tag_put(f->tx, TAGGED_ROLE, ROLE_1, STR("k"), STR("v"), &f->e));
    OK(store_tag_put(f->tx, TAGGED_ROLE, ROLE_2, STR("k"), STR("v"), &f->e));
    OK(store_role_delete(f->tx, ROLE_1, &f->e));
    FAILS(store_role_delete(f->tx, ROLE_1, &f->e), ST_NOT_FOUND);
    FAILS(store_role_get(f->tx, f->a, ROLE_1, &r, &f->e), ST_NOT_FOUND);
    OK(store_tag_list_all(f->tx, f->a, TAGGED_ROLE, 0, STR(""), 10, &tags, &n, &f->e));
    assert_true(n == 1 && tags[0].resource == ROLE_2);
}

/* --- verifiers ---------------------------------------------------------------------------------------------------- */

/* A digest of NUL bytes but the last: it is compared whole, and not as a text. */
static verifier_record verifier_of(uint64_t id, str name, uint8_t last)
{
    verifier_record r = { .id = id, .name = name, .hosts = STR("a.example.com,b.example.com"), .created_s = 1 };
    r.digest[VERIFIER_DIGEST_BYTES - 1] = last;
    return r;
}

static void put_verifier(fixture *f, uint64_t id, str name, uint8_t last)
{
    verifier_record r = verifier_of(id, name, last);
    OK(store_verifier_insert(f->tx, &r, &f->e));
}

static void a_verifier_is_read_back_and_found_by_its_digest(void **state)
{
    fixture *f = *state;
    verifier_record r, given = verifier_of(VERIFIER_1, STR("Gateway"), 1), unknown = verifier_of(VERIFIER_2, STR("x"), 9);
    uint64_t account = 0, id = 0;
    OK(store_verifier_insert(f->tx, &given, &f->e));
    OK(store_verifier_get(f->tx, f->a, VERIFIER_1, &r, &f->e));
    assert_true(r.id == VERIFIER_1 && r.created_s == 1 && str_eq(r.name, given.name) && str_eq(r.hosts, given.hosts));
    assert_memory_equal(r.digest, given.digest, sizeof r.digest);
    OK(store_verifier_get_by_name(f->tx, f->a, STR("gATEWAY"), &r, &f->e));
    assert_int_equal(r.id, VERIFIER_1);
    FAILS(store_verifier_get(f->tx, f->a, VERIFIER_2, &r, &f->e), ST_NOT_FOUND);
    FAILS(store_verifier_get_by_name(f->tx, f->a, STR("gate"), &r, &f->e), ST_NOT_FOUND);
    directory_enter(f->tx, ACCOUNT_B);
    put_verifier(f, VERIFIER_2, STR("Gateway"), 2);
    directory_enter(f->tx, 0); /* no account is known before the token is */
    OK(directory_find_verifier(f->tx, given.digest, &account, &id, &f->e));
    assert_true(account == ACCOUNT_A && id == VERIFIER_1);
    FAILS(directory_find_verifier(f->tx, unknown.digest, &account, &id, &f->e), ST_NOT_FOUND);
    assert_true(account == ACCOUNT_A && id == VERIFIER_1);
}

static void a_verifier_s_name_is_unique_in_its_account_and_its_digest_anywhere(void **state)
{
    fixture *f = *state;
    put_verifier(f, VERIFIER_1, STR("gateway"), 1);
    verifier_record same_id = verifier_of(VERIFIER_1, STR("other"), 2), same_name = verifier_of(VERIFIER_2, STR("GATEWAY"), 2),
                    same_digest = verifier_of(VERIFIER_2, STR("other"), 1);
    FAILS(store_verifier_insert(f->tx, &same_id, &f->e), ST_CONFLICT);
    FAILS(store_verifier_insert(f->tx, &same_name, &f->e), ST_CONFLICT);
    FAILS(store_verifier_insert(f->tx, &same_digest, &f->e), ST_CONFLICT);
    directory_enter(f->tx, ACCOUNT_B);
    FAILS(store_verifier_insert(f->tx, &same_digest, &f->e), ST_CONFLICT);
    OK(store_verifier_insert(f->tx, &same_name, &f->e));
}

static void verifiers_are_listed_by_name_and_deleted(void **state)
{
    fixture *f = *state;
    verifier_record *list, gone = verifier_of(VERIFIER_1, STR("delta"), 0);
    uint64_t account, id;
    size_t n;
    for (size_t i = 0; i < NAMES; i++)
        put_verifier(f, VERIFIER_1 + i, str_from_c(names_given[i]), (uint8_t)i);
    OK(store_verifier_list(f->tx, f->a, &list, &n, &f->e));
    assert_int_equal(n, NAMES);
    for (size_t i = 0; i < n; i++)
        assert_true(str_eq(list[i].name, str_from_c(names_listed[i])));
    OK(store_verifier_delete(f->tx, VERIFIER_1, &f->e));
    FAILS(store_verifier_delete(f->tx, VERIFIER_1, &f->e), ST_NOT_FOUND);
    FAILS(directory_find_verifier(f->tx, gone.digest, &account, &id, &f->e), ST_NOT_FOUND);
    OK(store_verifier_list(f->tx, f->a, &list, &n, &f->e));
    assert_int_equal(n, NAMES - 1);
}

/* --- isolation ---------------------------------------------------------------------------------------------------- */

static void fill(fixture *f, uint8_t digest_last)
{
    attachment_record t = { PRINCIPAL_GROUP, GROUP_1, STR("Custom"), STR("Read"), 1 };
    put_policy(f, POLICY_1, STR("Read"));
    put_version(f, POLICY_1, 1, STR("{}"));
    put_role(f, ROLE_1, STR("builder"));
    put_verifier(f, VERIFIER_1, STR("gateway"), digest_last);
    OK(store_tag_put(f->tx, TAGGED_ROLE, ROLE_1, STR("k"), STR("v"), &f->e));
    OK(store_tag_put(f->tx, TAGGED_POLICY, POLICY_1, STR("k"), STR("v"), &f->e));
    OK(store_attachment_insert(f->tx, &t, &f->e));
}

/* Counts what is there of each kind. */
static void assert_holds(fixture *f, uint32_t want)
{
    uint32_t policies = 9, roles = 9, attachments = 9;
    size_t n[6];
    policy_record *policy_list;
    policy_version_record *versions;
    role_record *role_list;
    verifier_record *verifiers;
    tag_record *tags;
    OK(store_policy_count(f->tx, &policies, &f->e));
    OK(store_role_count(f->tx, &roles, &f->e));
    OK(store_attachment_count_of_policy(f->tx, STR("Custom"), STR("Read"), &attachments, &f->e));
    assert_true(policies == want && roles == want && attachments == want);
    OK(store_policy_list(f->tx, f->a, (str){ 0 }, 10, &policy_list, &n[0], &f->e));
    OK(store_policy_version_list(f->tx, f->a, POLICY_1, &versions, &n[1], &f->e));
    OK(store_role_list(f->tx, f->a, (str){ 0 }, 10, &role_list, &n[2], &f->e));
    OK(store_verifier_list(f->tx, f->a, &verifiers, &n[3], &f->e));
    OK(store_tag_list(f->tx, f->a, TAGGED_ROLE, ROLE_1, &tags, &n[4], &f->e));
    OK(store_tag_list_all(f->tx, f->a, TAGGED_POLICY, 0, STR(""), 10, &tags, &n[5], &f->e));
    for (size_t i = 0; i < sizeof n / sizeof *n; i++)
        assert_int_equal(n[i], want);
}

static void another_account_s_rows_are_unreachable(void **state)
{
    fixture *f = *state;
    policy_record policy = policy_of(POLICY_1, STR("Read"));
    policy_version_record version;
    role_record role = role_of(ROLE_1, STR("builder"));
    verifier_record verifier;
    fill(f, 1);
    directory_enter(f->tx, ACCOUNT_B);
    assert_holds(f, 0);
    FAILS(store_policy_get(f->tx, f->a, POLICY_1, &policy, &f->e), ST_NOT_FOUND);
    FAILS(store_policy_get_by_name(f->tx, f->a, STR("Read"), &policy, &f->e), ST_NOT_FOUND);
    FAILS(store_policy_update(f->tx, &policy, &f->e), ST_NOT_FOUND);
    FAILS(store_policy_delete(f->tx, POLICY_1, &f->e), ST_NOT_FOUND);
    FAILS(store_policy_version_get(f->tx, f->a, POLICY_1, 1, &version, &f->e), ST_NOT_FOUND);
    FAILS(store_policy_version_delete(f->tx, POLICY_1, 1, &f->e), ST_NOT_FOUND);
    FAILS(store_role_get(f->tx, f->a, ROLE_1, &role, &f->e), ST_NOT_FOUND);
    FAILS(store_role_get_by_name(f->tx, f->a, STR("builder"), &role, &f->e), ST_NOT_FOUND);
    FAILS(store_role_update(f->tx, &role, &f->e), ST_NOT_FOUND);
    FAILS(store_role_delete(f->tx, ROLE_1, &f->e), ST_NOT_FOUND);
    FAILS(store_verifier_get(f->tx, f->a, VERIFIER_1, &verifier, &f->e), ST_NOT_FOUND);
    FAILS(store_verifier_get_by_name(f->tx, f->a, STR("gateway"), &verifier, &f->e), ST_NOT_FOUND);
    FAILS(store_verifier_delete(f->tx, VERIFIER_1, &f->e), ST_NOT_FOUND);
    FAILS(store_tag_delete(f->tx, TAGGED_ROLE, ROLE_1, STR("k"), &f->e), ST_NOT_FOUND);
    OK(store_tag_delete_all(f->tx, TAGGED_ROLE, ROLE_1, &f->e));
    OK(store_attachment_delete_all(f->tx, GROUP_1, &f->e));
    directory_enter(f->tx, ACCOUNT_A);
    assert_holds(f, 1);
}

static void deleting_in_one_account_leaves_the_same_ids_of_another(void **state)
{
    fixture *f = *state;
    fill(f, 1);
    directory_enter(f->tx, ACCOUNT_B);
    fill(f, 2);
    OK(store_attachment_delete_all(f->tx, GROUP_1, &f->e));
    OK(store_policy_delete(f->tx, POLICY_1, &f->e));
    OK(store_role_delete(f->tx, ROLE_1, &f->e));
    OK(store_verifier_delete(f->tx, VERIFIER_1, &f->e));
    assert_holds(f, 0);
    directory_enter(f->tx, ACCOUNT_A);
    assert_holds(f, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tags_of_each_kind_are_apart),
        TEST(all_tags_of_one_resource_are_deleted),
        TEST(a_kind_that_was_forgotten_is_refused),
        TEST(a_policy_is_read_back_by_id_and_name),
        TEST(a_policy_name_is_unique_in_its_account_in_any_case),
        TEST(a_policy_is_updated_but_for_id_name_and_creation),
        TEST(policies_are_counted_and_listed_by_folded_name_page_by_page),
        TEST(versions_are_read_back_listed_by_number_and_deleted),
        TEST(a_policy_is_deleted_with_its_versions_and_tags),
        TEST(attachments_tell_what_they_are_attached_to),
        TEST(a_role_is_read_back_by_id_and_name),
        TEST(a_role_name_is_unique_in_its_account_in_any_case),
        TEST(a_role_is_updated_but_for_id_name_and_creation),
        TEST(roles_are_counted_and_listed_by_folded_name_page_by_page),
        TEST(a_role_is_deleted_with_its_tags),
        TEST(a_verifier_is_read_back_and_found_by_its_digest),
        TEST(a_verifier_s_name_is_unique_in_its_account_and_its_digest_anywhere),
        TEST(verifiers_are_listed_by_name_and_deleted),
        TEST(another_account_s_rows_are_unreachable),
        TEST(deleting_in_one_account_leaves_the_same_ids_of_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
