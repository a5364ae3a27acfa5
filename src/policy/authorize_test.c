/* authorize_test.c - every combination of who calls, what opens the action, and whom it concerns. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "catalogue/catalogue.gen.h"
#include "policy/authorize.h"
#include "policy/system_policy.h"

static const account_id ACCOUNT = 1234567890123456;
static const principal_id ALICE = 211111111111111111;

static caller user(uint32_t policies, uint32_t switches)
{
    return (caller){
        .kind = CALLER_USER,
        .proof = PROOF_V1,
        .account = ACCOUNT,
        .id = ALICE,
        .name = "alice",
        .access_key_id = "LTAIalice",
        .system_policies = policies,
        .switches = switches,
    };
}

static const caller root = { .kind = CALLER_ROOT, .proof = PROOF_ACS3, .account = 1234567890123456, .id = 1234567890123456 };

static action_row row_of(const char *authorized_as, resource_kind on, self_switch self)
{
    return (
        action_row){ .action = RAM_CREATE_USER, .authorized_as = authorized_as, .on = on, .self = self, .class = CLASS_PLAIN };
}

/* The whole table: kind of caller x its policies x its switches x the row x whom it concerns. The expectation is written as a
 * rule of its own. */
static void every_combination(void **state)
{
    (void)state;
    static const struct {
        const char *action;
        bool is_read, is_ram;
    } actions[] = {
        { NULL, false, false },           { NO_PERMISSION_NEEDED, false, false }, { "ram:CreateAccessKey", false, true },
        { "ram:GetUser", true, true },    { "ram:ListAccessKeys", true, true },   { "sts:AssumeRole", false, false },
        { "ram:Listen", true, true }, /* a pattern is a beginning, as documented */
        { "ramx:GetUser", false, false },
    };
    static const caller_kind kinds[] = { CALLER_NONE, CALLER_ROOT, CALLER_USER };
    static const caller_proof proofs[] = { PROOF_NONE, PROOF_ACS3, PROOF_V1 };
    static const self_switch selves[] = { SELF_NONE, SELF_CHANGE_PASSWORD, SELF_MFA_DEVICES, SELF_ACCESS_KEYS };
    unsigned allowed = 0, decided = 0;
    for (size_t a = 0; a < sizeof actions / sizeof actions[0]; a++) {
        for (uint32_t bits = 0; bits < 8 * 8 * 3 * 3 * 4 * 2; bits++) {
            uint32_t rest = bits;
            caller who = user(rest % 8, rest / 8 % 8);
            rest /= 64;
            who.kind = kinds[rest % 3];
            who.proof = proofs[rest / 3 % 3];
            rest /= 9;
            const action_row row = row_of(actions[a].action, RES_USER, selves[rest % 4]);
            const authorize_target target = { .is_self = rest / 4 % 2 != 0 };
            decision d;
            authorize(&who, &row, &target, &d);

            const bool is_proven = who.kind != CALLER_NONE && who.proof != PROOF_NONE;
            const bool by_policy = (who.system_policies & 1) != 0 || ((who.system_policies & 2) != 0 && actions[a].is_ram) ||
                                   ((who.system_policies & 4) != 0 && actions[a].is_read);
            const bool by_self = row.self != SELF_NONE && (who.switches & (uint32_t)row.self) != 0 && target.is_self;
            const bool is_free = actions[a].action != NULL && strcmp(actions[a].action, NO_PERMISSION_NEEDED) == 0;
            const bool want =
                is_proven && actions[a].action != NULL && (is_free || who.kind == CALLER_ROOT || by_policy || by_self);
            assert_true(d.is_allowed == want);
            assert_true((d.no_permission_type == NULL) == want);
            assert_true((d.policy.n > 0) == want);
            if (!want)
                assert_string_equal(d.no_permission_type, "ImplicitDeny");
            allowed += d.is_allowed;
            decided++;
        }
    }
    assert_int_equal(decided, 8 * 4608);
    assert_true(allowed > 0 && allowed < decided);
}

static void an_empty_cell_refuses_even_root(void **state)
{
    (void)state;
    const authorize_target self = { .is_self = true };
    const action_row rows[] = {
        { 0 },
        { .authorized_as = NULL, .on = RES_USER, .class = CLASS_PLAIN },
        { .authorized_as = "ram:CreateUser", .on = RES_NONE, .class = CLASS_PLAIN },
        { .authorized_as = "ram:CreateUser", .on = RES_USER, .class = CLASS_NONE },
        { .authorized_as = NO_PERMISSION_NEEDED, .on = RES_NONE, .class = CLASS_PLAIN },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        decision d;
        authorize(&root, &rows[i], &self, &d);
        assert_false(d.is_allowed);
    }
}

static void what_decided_is_named(void **state)
{
    (void)state;
    const action_row create = row_of("ram:CreateAccessKey", RES_USER, SELF_ACCESS_KEYS);
    const authorize_target self = { .is_self = true };
    const struct {
        caller who;
        const char *policy;
    } cases[] = {
        { root, "root" },
        { user(SYSTEM_POLICY_ADMINISTRATOR_ACCESS | SYSTEM_POLICY_RAM_FULL_ACCESS, 0), "AdministratorAccess" },
        { user(SYSTEM_POLICY_RAM_FULL_ACCESS, SELF_ACCESS_KEYS), "AliyunRAMFullAccess" },
        { user(SYSTEM_POLICY_RAM_READ_ONLY_ACCESS, SELF_ACCESS_KEYS), "self-service" },
        { user(SYSTEM_POLICY_RAM_READ_ONLY_ACCESS, 0), "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        decision d;
        authorize(&cases[i].who, &create, &self, &d);
        assert_true(str_eq(d.policy, str_from_c(cases[i].policy)));
    }
}

static void resources(void **state)
{
    (void)state;
    const struct {
        resource_kind on;
        authorize_target t;
        const char *want;
    } cases[] = {
        { RES_NOTHING, { .is_self = true }, "" },
        { RES_ACCOUNT, { .is_self = true }, "acs:ram::1234567890123456:*" },
        { RES_USER_ALL, { .is_self = true }, "acs:ram::1234567890123456:user/*" },
        { RES_USER, { .is_self = true }, "acs:ram::1234567890123456:user/alice" },
        { RES_USER, { .user_name = STR("bob") }, "acs:ram::1234567890123456:user/bob" },
        { RES_USER, { .is_self = false }, "acs:ram::1234567890123456:user/*" },
        { RES_USER_AND_POLICY,
          { .user_name = STR("bob"), .policy_name = STR("P"), .policy_type = STR("System") },
          "acs:ram::1234567890123456:user/bob,acs:ram::system:policy/P" },
        { RES_POLICY_ALL, { .is_self = true }, "acs:ram::1234567890123456:policy/*" },
        { RES_POLICY, { .policy_name = STR("P"), .policy_type = STR("Custom") }, "acs:ram::1234567890123456:policy/P" },
        { RES_GROUP_ALL, { .is_self = true }, "acs:ram::1234567890123456:group/*" },
        { RES_GROUP, { .group_name = STR("g") }, "acs:ram::1234567890123456:group/g" },
        { RES_GROUP_AND_USER,
          { .group_name = STR("g"), .user_name = STR("bob") },
          "acs:ram::1234567890123456:user/bob,acs:ram::1234567890123456:group/g" },
        { RES_ROLE_ALL, { .is_self = true }, "acs:ram::1234567890123456:role/*" },
        { RES_ROLE, { .role_name = STR("r") }, "acs:ram::1234567890123456:role/r" },
        { RES_MFA_ALL, { .is_self = true }, "acs:ram::1234567890123456:mfa/*" },
        { RES_MFA, { .serial_number = STR("acs:ram::1234567890123456:mfa/d") }, "acs:ram::1234567890123456:mfa/d" },
    };
    const caller alice = user(0, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const action_row row = row_of("ram:X", cases[i].on, SELF_NONE);
        decision d;
        authorize(&alice, &row, &cases[i].t, &d);
        assert_string_equal(d.resource, cases[i].want);
    }
    decision d;
    const action_row row = row_of("ram:X", RES_USER, SELF_NONE);
    authorize(&root, &row, &(authorize_target){ .is_self = true }, &d);
    assert_string_equal(d.resource, "acs:ram::1234567890123456:root");
}

/* A name that fills every bound stays within the text, and is not what decides. */
static void a_long_name_is_cut(void **state)
{
    (void)state;
    char name[4096];
    memset(name, 'a', sizeof name);
    const action_row row = row_of("ram:X", RES_USER_AND_POLICY, SELF_NONE);
    const authorize_target t = { .user_name = { name, sizeof name }, .policy_name = { name, sizeof name } };
    const caller alice = user(0, 0);
    decision d;
    authorize(&alice, &row, &t, &d);
    assert_true(strlen(d.resource) < AUTHORIZE_RESOURCE_MAX);
    assert_false(d.is_allowed);
}

/* --- the target of real actions ----------------------------------------------------------------------------------- */

static authorize_target target_of(const caller *who, unsigned action, const void *request)
{
    const call c = { .shape = catalogue_get(action), .who = who, .request = request };
    return authorize_target_of(&c);
}

static void whom_a_request_concerns(void **state)
{
    (void)state;
    const caller alice = user(0, 0);
    const str none = { NULL, 0 };
    const struct {
        const char *what;
        str name;
        bool is_self;
    } by_name[] = {
        { "absent", none, true },
        { "empty", STR(""), true },
        { "own", STR("alice"), true },
        { "own in any case", STR("ALICE"), true },
        { "another", STR("bob"), false },
        { "own and more", STR("alice2"), false },
        { "a beginning of it", STR("alic"), false },
    };
    for (size_t i = 0; i < sizeof by_name / sizeof by_name[0]; i++) {
        const ram_create_access_key_request rq = { .user_name = by_name[i].name };
        if (target_of(&alice, RAM_CREATE_ACCESS_KEY, &rq).is_self != by_name[i].is_self)
            fail_msg("%s", by_name[i].what);
    }
    const struct {
        str upn;
        bool is_self;
    } by_upn[] = {
        { none, true },
        { STR("Alice@1234567890123456.onaliyun.com"), true },
        { STR("alice@example"), true },
        { STR("bob@alice"), false },
        { STR("bob@1234567890123456.onaliyun.com"), false },
        { STR("@alice"), false },
        { STR("x@alice@y"), false },
    };
    for (size_t i = 0; i < sizeof by_upn / sizeof by_upn[0]; i++) {
        const ims_update_access_key_request rq = { .user_principal_name = by_upn[i].upn,
                                                   .user_access_key_id = STR("LTAIother") };
        assert_true(target_of(&alice, IMS_UPDATE_ACCESS_KEY, &rq).is_self == by_upn[i].is_self);
    }
    const ram_create_access_key_request of_bob = { .user_name = STR("bob") };
    assert_true(str_eq(target_of(&alice, RAM_CREATE_ACCESS_KEY, &of_bob).user_name, STR("bob")));
    assert_false(target_of(&root, RAM_CREATE_ACCESS_KEY, &of_bob).is_self);
    assert_true(target_of(&root, RAM_CREATE_ACCESS_KEY, &(ram_create_access_key_request){ 0 }).is_self);
}

static void one_of_several_identities(void **state)
{
    (void)state;
    const caller alice = user(0, 0);
    const struct {
        ims_get_user_request rq;
        bool is_self;
    } cases[] = {
        { { .user_id = { NULL, 0 } }, false }, /* the action wants one: nothing given is nobody */
        { { .user_id = STR("211111111111111111") }, true },
        { { .user_id = STR("211111111111111112") }, false },
        { { .user_access_key_id = STR("LTAIalice") }, true },
        { { .user_access_key_id = STR("LTAIbob") }, false },
        { { .user_principal_name = STR("alice@x") }, true },
        { { .user_principal_name = STR("alice@x"), .user_id = STR("211111111111111112") }, false },
        { { .user_principal_name = STR("bob@x"), .user_id = STR("211111111111111111") }, false },
        { { .user_principal_name = STR("alice@x"), .user_access_key_id = STR("LTAIbob") }, false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_true(target_of(&alice, IMS_GET_USER, &cases[i].rq).is_self == cases[i].is_self);

    const str own[] = { STR("211111111111111111"), STR("211111111111111111") }, mixed[] = { own[0], STR("211111111111111112") };
    const ims_tag_resources_request all_own = { .resource_id = { own, 2, true } }, some = { .resource_id = { mixed, 2, true } };
    assert_true(target_of(&alice, IMS_TAG_RESOURCES, &all_own).is_self);
    assert_false(target_of(&alice, IMS_TAG_RESOURCES, &some).is_self);
    assert_false(target_of(&alice, IMS_TAG_RESOURCES, &(ims_tag_resources_request){ 0 }).is_self);
}

static void a_policy_is_named(void **state)
{
    (void)state;
    const ram_attach_policy_to_user_request rq = { STR("AdministratorAccess"), STR("System"), STR("alice"), { NULL, 0 } };
    const caller alice = user(0, 0);
    const authorize_target t = target_of(&alice, RAM_ATTACH_POLICY_TO_USER, &rq);
    assert_true(str_eq(t.policy_name, STR("AdministratorAccess")));
    assert_true(str_eq(t.policy_type, STR("System")));
    assert_true(str_eq(t.user_name, STR("alice")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_combination),         cmocka_unit_test(an_empty_cell_refuses_even_root),
        cmocka_unit_test(what_decided_is_named),     cmocka_unit_test(resources),
        cmocka_unit_test(a_long_name_is_cut),        cmocka_unit_test(whom_a_request_concerns),
        cmocka_unit_test(one_of_several_identities), cmocka_unit_test(a_policy_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
