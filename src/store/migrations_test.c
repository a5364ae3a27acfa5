/* What an older store holds, and that it is there in the words of today once the store was opened. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <unistd.h>

#include "store/migrations.h"
#include "store/store_fixture.h"

#define OK(call)          assert_int_equal((call), ST_OK)
#define FAILS(call, want) assert_int_equal((call), (want))
#define STR_IS(s, text)   assert_true(str_eq((s), STR(text)))

enum { ALICE = 200000000000000001, BOB = 200000000000000002 };

/* clang-format off */
static const char rows_1[] =
    "INSERT INTO account VALUES (1000000000000001, 'Alpha', 'alpha', 'root@example.com', 5, 2),"
    " (1000000000000002, 'beta', 'beta', '', 6, 1);"
    "INSERT INTO ram_user VALUES"
    " (1000000000000001, 200000000000000001, 'Alice', 'alice', 'A', 'c', 'a@example.com', '86-1', 7, 8, 9, 1),"
    " (1000000000000001, 200000000000000002, 'bob', 'bob', '', '', '', '', 7, 8, 0, 0),"
    " (1000000000000002, 200000000000000001, 'carol', 'carol', '', '', '', '', 7, 8, 0, 0);"
    "INSERT INTO user_tag VALUES"
    " (1000000000000001, 200000000000000001, 'team', 'blue'),"
    " (1000000000000001, 200000000000000001, 'env', ''),"
    " (1000000000000001, 200000000000000002, 'team', 'red'),"
    " (1000000000000002, 200000000000000001, 'team', 'green');"
    "INSERT INTO attachment VALUES"
    " (1000000000000001, 200000000000000001, 'System', 'AdministratorAccess', 30),"
    " (1000000000000001, 200000000000000001, 'System', 'AliyunRAMFullAccess', 20),"
    " (1000000000000002, 200000000000000001, 'System', 'AliyunSTSAssumeRoleAccess', 10);";
/* clang-format on */

/* Builds the store as step 1 left it, then opens it as a server does: rehearsed on a copy. */
static int set_up(void **state)
{
    fixture *f = fixture_new();
    engine *en = NULL;
    char path[128];
    fixture_path(f, "argali.db", path);
    OK(engine_create(path, &f->e));
    OK(engine_open(path, ENGINE_WRITER, &en, &f->e));
    OK(migrations_apply(en, migrations, 1, &f->e));
    OK(engine_migrate(en, 1, rows_1, &f->e));
    engine_close(en);
    fixture_open(f, 8, 8);
    fixture_close(f);
    fixture_begin(f, true);
    directory_enter(f->tx, ACCOUNT_A);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture_free(*state);
    return 0;
}

static void an_opened_store_is_of_today(void **state)
{
    fixture *f = *state;
    unsigned version = 0;
    OK(engine_version(f->tx->engine, &version, &f->e));
    assert_int_equal(version, migrations[migration_count - 1].number);
    OK(engine_verify(f->tx->engine, &f->e));
}

static void accounts_and_users_of_schema_1_stand(void **state)
{
    fixture *f = *state;
    account_record a;
    user_record u;
    OK(store_account_get(f->tx, f->a, &a, &f->e));
    assert_true(a.created_s == 5 && a.user_n == 2);
    STR_IS(a.alias, "Alpha");
    OK(store_user_get_by_name(f->tx, f->a, STR("ALICE"), &u, &f->e));
    assert_true(u.id == ALICE && u.created_s == 7 && u.updated_s == 8 && u.last_login_s == 9 && u.is_frozen);
    STR_IS(u.email, "a@example.com");
}

static void tags_of_schema_1_are_tags_of_users(void **state)
{
    fixture *f = *state;
    tag_record *list;
    size_t n;
    OK(store_tag_list_all(f->tx, f->a, TAGGED_USER, 0, STR(""), 10, &list, &n, &f->e));
    assert_int_equal(n, 3);
    assert_true(list[0].resource == ALICE && list[1].resource == ALICE && list[2].resource == BOB);
    STR_IS(list[0].key, "env");
    STR_IS(list[0].value, "");
    STR_IS(list[1].key, "team");
    STR_IS(list[1].value, "blue");
    STR_IS(list[2].value, "red");
    OK(store_tag_list_all(f->tx, f->a, TAGGED_ROLE, 0, STR(""), 10, &list, &n, &f->e));
    assert_int_equal(n, 0);
    directory_enter(f->tx, ACCOUNT_B);
    OK(store_tag_list(f->tx, f->a, TAGGED_USER, ALICE, &list, &n, &f->e));
    assert_int_equal(n, 1);
    STR_IS(list[0].value, "green");
}

static void attachments_of_schema_1_are_to_users(void **state)
{
    fixture *f = *state;
    attachment_record *list;
    size_t n;
    OK(store_attachment_list(f->tx, f->a, ALICE, &list, &n, &f->e));
    assert_int_equal(n, 2);
    assert_true(list[0].kind == PRINCIPAL_USER && list[0].principal == ALICE && list[0].attached_s == 20);
    assert_true(list[1].kind == PRINCIPAL_USER && list[1].principal == ALICE && list[1].attached_s == 30);
    STR_IS(list[0].policy_name, "AliyunRAMFullAccess");
    STR_IS(list[1].policy_name, "AdministratorAccess");
    STR_IS(list[1].policy_type, "System");
    directory_enter(f->tx, ACCOUNT_B);
    OK(store_attachment_list(f->tx, f->a, ALICE, &list, &n, &f->e));
    assert_int_equal(n, 1);
    STR_IS(list[0].policy_name, "AliyunSTSAssumeRoleAccess");
}

static void what_schema_2_adds_begins_empty(void **state)
{
    fixture *f = *state;
    uint32_t groups = 9, roles = 9, policies = 9;
    verifier_record *verifiers;
    size_t n = 9;
    OK(store_group_count(f->tx, &groups, &f->e));
    OK(store_role_count(f->tx, &roles, &f->e));
    OK(store_policy_count(f->tx, &policies, &f->e));
    OK(store_verifier_list(f->tx, f->a, &verifiers, &n, &f->e));
    assert_true(groups == 0 && roles == 0 && policies == 0 && n == 0);
    OK(store_member_insert(f->tx, 400000000000000001, ALICE, 1, &f->e)); /* an older user may join */
}

static void nothing_is_left_of_the_old_table_or_the_copy(void **state)
{
    fixture *f = *state;
    char copy[128];
    fixture_end(f);
    engine *en = NULL;
    char path[128];
    fixture_path(f, "argali.db", path);
    OK(engine_open(path, ENGINE_WRITER, &en, &f->e));
    FAILS(engine_migrate(en, migrations[migration_count - 1].number, "DELETE FROM user_tag", &f->e),
          ST_BUG); /* no such table */
    engine_close(en);
    fixture_path(f, "argali.db.rehearsal", copy);
    assert_int_not_equal(access(copy, F_OK), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_opened_store_is_of_today),        TEST(accounts_and_users_of_schema_1_stand),
        TEST(tags_of_schema_1_are_tags_of_users), TEST(attachments_of_schema_1_are_to_users),
        TEST(what_schema_2_adds_begins_empty),    TEST(nothing_is_left_of_the_old_table_or_the_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
