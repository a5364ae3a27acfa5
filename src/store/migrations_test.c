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
    " (1000000000000002, 200000000000000001, 'System', 'AliyunSTSAssumeRoleAccess', 10);"
    "INSERT INTO access_key VALUES"
    " (1000000000000001, 'LTAI1', 200000000000000001, -2, x'090008', 1, 10, 500, 20, 'Ram'),"
    " (1000000000000001, 'LTAI2', 200000000000000001, 3, x'', 0, 10, 500, 0, ''),"
    " (1000000000000001, 'LTAI3', 1000000000000001, 4, x'', 1, 10, 10, 0, '');"
    "INSERT INTO login_profile VALUES"
    " (1000000000000001, 200000000000000001, 5, 'argon2id', 'm=47104,t=1,p=1', x'010203', x'0405', 1, 60, 61),"
    " (1000000000000001, 1000000000000001, 6, 'argon2id', 'm=47104,t=1,p=1', x'01', x'02', 0, 70, 71);"
    "INSERT INTO preference VALUES (1000000000000001, 0, 1, 1, 'independent');";

static const char rows_2[] =
    "INSERT INTO ram_group VALUES (1000000000000001, 400000000000000001, 'Devs', 'devs', '', '', 1, 2);"
    "INSERT INTO group_member VALUES (1000000000000001, 400000000000000001, 200000000000000001, 'alice', 3);"
    "INSERT INTO role VALUES (1000000000000001, 300000000000000001, 'Ops', 'ops', '', '{}', 3600, 1, 2, 4);"
    "INSERT INTO policy VALUES (1000000000000001, 500000000000000001, 'Mine', 'mine', '', 1, 1, 1, 2);"
    "INSERT INTO policy_version VALUES (1000000000000001, 500000000000000001, 1, '{}', 1);"
    "INSERT INTO verifier VALUES (1000000000000001, 600000000000000001, 'V', 'v', 'a.example',"
    " x'0101010101010101010101010101010101010101010101010101010101010101', 1);"
    "INSERT INTO tag VALUES (1000000000000001, 2, 300000000000000001, 'team', 'ops');"
    "INSERT INTO attachment VALUES (1000000000000001, 300000000000000001, 'Custom', 'Mine', 40, 3);";
/* clang-format on */

static const char *const rows[] = { rows_1, rows_2 }; /* what a store of each step holds beside the rows of the steps before */

/* Builds the store as the first steps left it, then opens it as a server does: rehearsed on a copy. */
static int set_up_from(void **state, size_t steps)
{
    fixture *f = fixture_new();
    engine *en = NULL;
    char path[128];
    fixture_path(f, "argali.db", path);
    OK(engine_create(path, &f->e));
    OK(engine_open(path, ENGINE_WRITER, &en, &f->e));
    for (size_t i = 0; i < steps; i++) {
        OK(migrations_apply(en, migrations, i + 1, &f->e));
        OK(engine_migrate(en, migrations[i].number, rows[i], &f->e));
    }
    engine_close(en);
    fixture_open(f, 8, 8);
    fixture_close(f);
    fixture_begin(f, true);
    directory_enter(f->tx, ACCOUNT_A);
    *state = f;
    return 0;
}

static int from_1(void **state)
{
    return set_up_from(state, 1);
}

static int from_2(void **state)
{
    return set_up_from(state, 2);
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

static void what_schema_2_holds_stands(void **state)
{
    fixture *f = *state;
    group_record g;
    role_record r;
    policy_version_record v;
    attachment_record *attachments;
    tag_record *tags;
    member_record *members;
    verifier_record *verifiers;
    size_t n;
    OK(store_group_get_by_name(f->tx, f->a, STR("devs"), &g, &f->e));
    OK(store_member_list(f->tx, f->a, g.id, STR(""), 10, &members, &n, &f->e));
    assert_true(n == 1 && members[0].user.id == ALICE && members[0].joined_s == 3);
    OK(store_role_get_by_name(f->tx, f->a, STR("ops"), &r, &f->e));
    assert_int_equal(r.sessions_revoked_ms, 4);
    OK(store_policy_version_get(f->tx, f->a, 500000000000000001, 1, &v, &f->e));
    OK(store_verifier_list(f->tx, f->a, &verifiers, &n, &f->e));
    assert_int_equal(n, 1);
    OK(store_tag_list_all(f->tx, f->a, TAGGED_ROLE, 0, STR(""), 10, &tags, &n, &f->e));
    assert_true(n == 1 && tags[0].resource == r.id);
    OK(store_attachment_list(f->tx, f->a, r.id, &attachments, &n, &f->e));
    assert_true(n == 1 && attachments[0].kind == PRINCIPAL_ROLE);
}

static void older_access_keys_have_no_network_policy(void **state)
{
    fixture *f = *state;
    access_key_record k;
    OK(store_access_key_get(f->tx, f->a, STR("LTAI1"), &k, &f->e));
    assert_true(k.owner == ALICE && k.row == UINT64_MAX - 1 && k.is_active && k.created_s == 10 && k.updated_s == 500 &&
                k.last_used_s == 20 && k.secret.n == 3);
    assert_memory_equal(k.secret.b, ((uint8_t[]){ 9, 0, 8 }), 3);
    STR_IS(k.last_used_service, "Ram");
    assert_int_equal(k.network_policy.n, 0);
    OK(store_access_key_recycle(f->tx, STR("LTAI1"), false, 1, 2, &f->e));
    OK(store_access_key_restore(f->tx, STR("LTAI1"), &f->e));
}

/* LTAI1 may have been switched on when it was last updated. */
static void an_older_access_key_is_idle_from_its_last_update_on(void **state)
{
    fixture *f = *state;
    access_key_record *list;
    size_t n = 9;
    OK(store_access_key_list_idle(f->tx, f->a, 500, STR(""), 10, &list, &n, &f->e));
    assert_int_equal(n, 0);
    OK(store_access_key_list_idle(f->tx, f->a, 501, STR(""), 10, &list, &n, &f->e));
    assert_int_equal(n, 1);
    STR_IS(list[0].id, "LTAI1");
}

static void older_login_profiles_are_on(void **state)
{
    fixture *f = *state;
    login_profile_record p;
    OK(store_login_profile_get(f->tx, f->a, ALICE, &p, &f->e));
    assert_true(p.row == 5 && p.salt_n == 3 && p.digest.n == 2 && p.is_reset_required && p.created_s == 60 &&
                p.updated_s == 61);
    STR_IS(p.scheme, "argon2id");
    STR_IS(p.parameters, "m=47104,t=1,p=1");
    assert_true(p.is_active && !p.is_initial && !p.mfa_bind_required && p.password_set_s == 61);
    OK(store_login_profile_get(f->tx, f->a, ACCOUNT_A, &p, &f->e));
    assert_true(p.is_active && !p.is_reset_required && p.password_set_s == 71);
}

/* The defaults that the documentation of SetSecurityPreference states, beside what the account had chosen. */
static void an_older_preference_has_the_documented_defaults(void **state)
{
    fixture *f = *state;
    preference_record p;
    OK(store_preference_get(f->tx, f->a, &p, &f->e));
    assert_true(!p.allow_user_to_change_password && p.allow_user_to_manage_mfa_devices && p.allow_user_to_manage_access_keys);
    STR_IS(p.mfa_operation_for_login, "independent");
    assert_true(p.allow_user_to_login_with_passkey && p.allow_user_to_manage_personal_ding_talk);
    assert_true(!p.allow_user_to_manage_service_credentials && !p.allow_user_to_manage_public_keys &&
                !p.enable_save_mfa_ticket);
    assert_true(p.login_session_duration_hours == 6 && p.max_idle_days_for_users == 730 &&
                p.max_idle_days_for_access_keys == 730);
    STR_IS(p.operation_for_risk_login, "autonomous");
    assert_true(p.login_network_masks.n == 0 && p.verification_types.n == 0 && p.access_key_network_policy.n == 0);
}

static void what_schema_3_adds_begins_empty(void **state)
{
    fixture *f = *state;
    uint32_t recycled = 9, pieces;
    int64_t at_s;
    recycled_key_record *keys;
    password_history_record *history;
    password_policy_record policy;
    attempt_record attempt;
    size_t n = 9;
    OK(store_recycled_user_count(f->tx, &recycled, &f->e));
    assert_int_equal(recycled, 0);
    OK(store_recycled_key_list(f->tx, f->a, ALICE, &keys, &n, &f->e));
    assert_int_equal(n, 0);
    OK(store_password_history_list(f->tx, f->a, ALICE, 10, &history, &n, &f->e));
    assert_int_equal(n, 0);
    FAILS(store_password_policy_get(f->tx, &policy, &f->e), ST_NOT_FOUND);
    FAILS(store_attempt_get(f->tx, ALICE, 0, &attempt, &f->e), ST_NOT_FOUND);
    FAILS(store_report_get(f->tx, STR("credential"), &at_s, &pieces, &f->e), ST_NOT_FOUND);
}

static void an_older_user_goes_to_the_bin_and_comes_back(void **state)
{
    fixture *f = *state;
    user_record u;
    tag_record *tags;
    size_t n = 0;
    OK(store_user_recycle(f->tx, ALICE, 1, 2, &f->e));
    OK(store_user_restore(f->tx, ALICE, &f->e));
    OK(store_user_get_by_name(f->tx, f->a, STR("alice"), &u, &f->e));
    assert_true(u.id == ALICE && u.is_frozen);
    OK(store_tag_list(f->tx, f->a, TAGGED_USER, ALICE, &tags, &n, &f->e));
    assert_int_equal(n, 2);
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

#define FROM(set_up, name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define BOTH(name)         FROM(from_1, name), FROM(from_2, name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(an_opened_store_is_of_today),
        BOTH(accounts_and_users_of_schema_1_stand),
        BOTH(attachments_of_schema_1_are_to_users),
        FROM(from_1, tags_of_schema_1_are_tags_of_users),
        FROM(from_1, what_schema_2_adds_begins_empty),
        FROM(from_2, what_schema_2_holds_stands),
        BOTH(older_access_keys_have_no_network_policy),
        BOTH(an_older_access_key_is_idle_from_its_last_update_on),
        BOTH(older_login_profiles_are_on),
        BOTH(an_older_preference_has_the_documented_defaults),
        BOTH(what_schema_3_adds_begins_empty),
        BOTH(an_older_user_goes_to_the_bin_and_comes_back),
        BOTH(nothing_is_left_of_the_old_table_or_the_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
