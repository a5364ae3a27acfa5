/* authorize_test.c - who may call what, on what: rows and requests as the dispatcher has them, policies as the store has them. */
#include "account/fixture_test.h"
#include "policy/authorize.h"
#include "user/user.h"

static fixture fix;
static policy_cache *cache;
static arena *memory;
static uint64_t alice_id, bob_id, next_id;

typedef struct {
    const char *name;
    uint64_t *ret;
} user_job;

static status make_user(store_tx *tx, void *self, err *e)
{
    user_job *j = self;
    const user_record u = {
        .id = ++next_id, .name = str_from_c(j->name), .created_s = FIXTURE_NOW_S, .updated_s = FIXTURE_NOW_S
    };
    *j->ret = u.id;
    return store_user_insert(tx, &u, e);
}

static int setup(void **state)
{
    (void)state;
    next_id = 211111111111111110;
    fixture_init(&fix);
    cache = policy_cache_new(1024 * 1024, &fix.world);
    memory = arena_new(64 * 1024, 64 * 1024 * 1024);
    assert_non_null(cache);
    assert_int_equal(store_apply_now(fix.store, FIXTURE_ACCOUNT, make_user, &(user_job){ "alice", &alice_id }, &fix.err),
                     ST_OK);
    assert_int_equal(store_apply_now(fix.store, FIXTURE_ACCOUNT, make_user, &(user_job){ "bob", &bob_id }, &fix.err), ST_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(memory);
    policy_cache_free(cache);
    fixture_done(&fix);
    return 0;
}

/* --- who has which policies --------------------------------------------------------------------------------------- */

typedef struct {
    uint64_t principal;
    principal_kind kind;
    str type, name, document;
} policy_job;

static status attach(store_tx *tx, void *self, err *e)
{
    const policy_job *j = self;
    if (j->document.n > 0) {
        const policy_record p = {
            .id = ++next_id, .name = j->name, .default_version = 1, .last_version = 1, .created_s = 1, .updated_s = 1
        };
        TRY(store_policy_insert(tx, &p, e));
        TRY(store_policy_version_insert(tx, &(policy_version_record){ p.id, 1, j->document, 1 }, e));
    }
    return store_attachment_insert(tx, &(attachment_record){ j->kind, j->principal, j->type, j->name, 1 }, e);
}

static void attach_system(uint64_t user, const char *name)
{
    policy_job j = { user, PRINCIPAL_USER, SYSTEM_POLICY_TYPE, str_from_c(name), { NULL, 0 } };
    assert_int_equal(store_apply_now(fix.store, FIXTURE_ACCOUNT, attach, &j, &fix.err), ST_OK);
}

static void attach_custom(uint64_t principal, principal_kind kind, const char *name, const char *document)
{
    policy_job j = { principal, kind, CUSTOM_POLICY_TYPE, str_from_c(name), str_from_c(document) };
    assert_int_equal(store_apply_now(fix.store, FIXTURE_ACCOUNT, attach, &j, &fix.err), ST_OK);
}

typedef struct {
    principal_kind kind;
    uint64_t id;
    str name;
    const caller_session *session;
    policy_document *session_policy;
    authority *ret;
} load_job;

static status load(store_tx *tx, void *self, err *e)
{
    load_job *j = self;
    return authority_load(tx, memory, cache, j->kind, j->id, j->name, j->session, j->session_policy, &j->ret, e);
}

static caller user_caller(uint64_t id, const char *name, uint32_t switches)
{
    load_job j = { PRINCIPAL_USER, id, str_from_c(name), NULL, NULL, NULL };
    assert_int_equal(store_read_now(fix.store, FIXTURE_ACCOUNT, load, &j, &fix.err), ST_OK);
    caller who = {
        .kind = CALLER_USER, .proof = PROOF_ACS3, .account = FIXTURE_ACCOUNT, .id = id, .switches = switches, .authority = j.ret
    };
    (void)snprintf(who.name, sizeof who.name, "%s", name);
    (void)snprintf(who.access_key_id, sizeof who.access_key_id, "LTAI%s", name);
    return who;
}

static void done(caller *who)
{
    authority_release((authority *)(uintptr_t)who->authority);
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

static str user_agent = STR_INIT("unit-test");

typedef struct {
    const caller *who;
    const action_row *row;
    const void *request;
    store_tx *tx;
    bool needs_store;
    authorization ret;
} question;

static status run(store_tx *tx, void *self, err *e)
{
    question *q = self;
    const call c = { .row = q->row,
                     .shape = catalogue_get(q->row->action),
                     .who = q->who,
                     .request = q->request,
                     .arena = memory,
                     .tx = tx,
                     .context = { .now_s = FIXTURE_NOW_S, .user_agent = user_agent } };
    return authorize(&c, &q->ret, &q->needs_store, e);
}

static authorization ask_in(const caller *who, const action_row *row, const void *request, bool in_store, bool *ret_needs_store)
{
    question q = { .who = who, .row = row, .request = request };
    status s = in_store ? store_read_now(fix.store, FIXTURE_ACCOUNT, run, &q, &fix.err) : run(NULL, &q, &fix.err);
    assert_int_equal(s, ST_OK);
    *ret_needs_store = q.needs_store;
    return q.ret;
}

static authorization ask(const caller *who, const action_row *row, const void *request)
{
    bool needs_store;
    const authorization ret = ask_in(who, row, request, true, &needs_store);
    assert_false(needs_store);
    return ret;
}

static bool is_allowed(const caller *who, const action_row *row, const void *request)
{
    return ask(who, row, request).by.is_allowed;
}

static action_row row_of(unsigned action, const char *as, resource_kind on, self_switch self)
{
    return (action_row){ .action = (uint16_t)action, .authorized_as = as, .on = on, .self = self, .class = CLASS_PLAIN };
}

/* --- tests -------------------------------------------------------------------------------------------------------- */

/* Kind of caller x proof x its policies x its switches x the action x whom it concerns. The expectation is a rule of its own. */
static void test_every_combination(void **state)
{
    (void)state;
    static const char *const names[] = { "AdministratorAccess", "AliyunRAMFullAccess", "AliyunRAMReadOnlyAccess" };
    static const struct {
        const char *as;
        bool is_read, is_ram;
    } actions[] = {
        { NULL, false, false },           { NO_PERMISSION_NEEDED, false, false }, { "ram:CreateAccessKey", false, true },
        { "ram:GetUser", true, true },    { "ram:ListAccessKeys", true, true },   { "sts:AssumeRole", false, false },
        { "ramx:GetUser", false, false },
    };
    static const self_switch selves[] = { SELF_NONE, SELF_CHANGE_PASSWORD, SELF_MFA_DEVICES, SELF_ACCESS_KEYS };
    const ram_create_access_key_request requests[] = { { .user_name = STR("bob") }, { .user_name = STR("alice") } };
    unsigned allowed = 0, decided = 0;
    for (unsigned policies = 0; policies < 8; policies++) {
        char name[8];
        uint64_t id;
        (void)snprintf(name, sizeof name, "u%u", policies);
        assert_int_equal(store_apply_now(fix.store, FIXTURE_ACCOUNT, make_user, &(user_job){ name, &id }, &fix.err), ST_OK);
        for (unsigned i = 0; i < 3; i++)
            if ((policies >> i & 1) != 0)
                attach_system(id, names[i]);
        caller with = user_caller(id, "alice", 0);
        for (unsigned rest = 0; rest < 7 * 3 * 3 * 8 * 4 * 2; rest++) {
            caller who = with;
            const unsigned a = rest % 7, kind = rest / 7 % 3, proof = rest / 21 % 3, switches = rest / 63 % 8,
                           self = rest / 504 % 4, on_self = rest / 2016 % 2;
            who.kind = (caller_kind[]){ CALLER_NONE, CALLER_ROOT, CALLER_USER }[kind];
            who.proof = (caller_proof[]){ PROOF_NONE, PROOF_ACS3, PROOF_V1 }[proof];
            who.switches = switches;
            const action_row row = row_of(RAM_CREATE_ACCESS_KEY, actions[a].as, RES_USER, selves[self]);
            bool needs_store;
            const authorization x = ask_in(&who, &row, &requests[on_self], false, &needs_store);
            const bool is_proven = who.kind != CALLER_NONE && who.proof != PROOF_NONE;
            const bool by_policy = (policies & 1) != 0 || ((policies & 2) != 0 && actions[a].is_ram) ||
                                   ((policies & 4) != 0 && actions[a].is_read);
            const bool by_self =
                row.self != SELF_NONE && (switches & (uint32_t)row.self) != 0 && on_self == 1 && who.kind == CALLER_USER;
            const bool is_free = actions[a].as != NULL && strcmp(actions[a].as, NO_PERMISSION_NEEDED) == 0;
            const bool want =
                is_proven && actions[a].as != NULL && (is_free || who.kind == CALLER_ROOT || by_policy || by_self);
            assert_false(needs_store);
            assert_true(x.by.is_allowed == want);
            assert_true((x.by.by.n > 0) == want);
            allowed += want;
            decided++;
        }
        done(&with);
    }
    assert_int_equal(decided, 8 * 4032);
    assert_true(allowed > 0 && allowed < decided);
}

static void test_an_empty_cell_refuses_even_root(void **state)
{
    (void)state;
    const action_row rows[] = {
        { .action = RAM_CREATE_USER },
        { .action = RAM_CREATE_USER, .authorized_as = NULL, .on = RES_USER, .class = CLASS_PLAIN },
        { .action = RAM_CREATE_USER, .authorized_as = "ram:CreateUser", .on = RES_NONE, .class = CLASS_PLAIN },
        { .action = RAM_CREATE_USER, .authorized_as = "ram:CreateUser", .on = RES_USER, .class = CLASS_NONE },
        { .action = RAM_CREATE_USER, .authorized_as = NO_PERMISSION_NEEDED, .on = RES_NONE, .class = CLASS_PLAIN },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_false(is_allowed(&fix.root, &rows[i], &(ram_create_user_request){ 0 }));
}

/* Who has exactly one right on exactly one resource may do that and nothing beside it; refusals name the resource. */
#define ONE(document_resource) \
    "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"ram:X\",\"Resource\":" document_resource "}]}"

static void test_resources(void **state)
{
    (void)state;
    const ram_attach_policy_to_user_request attach_rq = { .policy_name = STR("P"),
                                                          .policy_type = STR("System"),
                                                          .user_name = STR("bob") };
    const ram_get_policy_request policy_rq = { .policy_name = STR("P"), .policy_type = STR("Custom") };
    const ram_add_user_to_group_request member_rq = { .group_name = STR("g"), .user_name = STR("bob") };
    static const ram_create_access_key_request own_rq;
    static const ram_list_policies_request policies_rq;
    static const ram_get_user_request none_rq;
    const ram_get_user_request bob_rq = { .user_name = STR("bob") };
    const ram_get_group_request group_rq = { .group_name = STR("g") };
    const ram_get_role_request role_rq = { .role_name = STR("RoLe") };
    const sts_assume_role_request assume_rq = { .role_arn = STR("acs:ram::6543210987654321:role/Some.Role") };
    const sts_assume_role_request bad_arn_rq = { .role_arn = STR("acs:oss:::x") };
    const ram_update_user_request rename_rq = { .user_name = STR("bob"), .new_user_name = STR("bert") };
    const ram_delete_virtual_mfa_device_request mfa_rq = { .serial_number = STR("acs:ram::1234567890123456:mfa/d") };
#define MY "acs:ram:*:1234567890123456:"
    const struct {
        unsigned action;
        resource_kind on;
        const void *rq;
        const char *enough, *short_of; /* what allows it, and what lets it be refused on `refused` */
        const char *refused;
    } cases[] = {
        { RAM_GET_ACCOUNT_ALIAS, RES_ACCOUNT, &none_rq, "\"" MY "*\"", "\"" MY "user/*\"", "acs:ram::1234567890123456:*" },
        { RAM_LIST_USERS, RES_USER_ALL, &none_rq, "\"" MY "user/*\"", "\"" MY "user/bob\"",
          "acs:ram::1234567890123456:user/*" },
        { RAM_GET_USER, RES_USER, &bob_rq, "\"" MY "user/bob\"", "\"" MY "user/alice\"", "acs:ram::1234567890123456:user/bob" },
        { RAM_CREATE_ACCESS_KEY, RES_USER, &own_rq, "\"" MY "user/alice\"", "\"" MY "user/bob\"",
          "acs:ram::1234567890123456:user/alice" },
        { RAM_ATTACH_POLICY_TO_USER, RES_USER_AND_POLICY, &attach_rq, "[\"" MY "user/bob\",\"acs:ram:*:system:policy/P\"]",
          "\"" MY "*\"", "acs:ram::system:policy/P" },
        { RAM_ATTACH_POLICY_TO_USER, RES_USER_AND_POLICY, &attach_rq, "\"acs:ram:*:*:*\"", "\"acs:ram:*:system:policy/P\"",
          "acs:ram::1234567890123456:user/bob" },
        { RAM_LIST_POLICIES, RES_POLICY_ALL, &policies_rq, "\"" MY "policy/*\"", "\"" MY "policy/P\"",
          "acs:ram::1234567890123456:policy/*" },
        { RAM_GET_POLICY, RES_POLICY, &policy_rq, "\"" MY "policy/p\"", "\"" MY "policy/Q\"",
          "acs:ram::1234567890123456:policy/P" },
        { RAM_ADD_USER_TO_GROUP, RES_GROUP_AND_USER, &member_rq, "[\"" MY "group/g\",\"" MY "user/bob\"]", "\"" MY "user/bob\"",
          "acs:ram::1234567890123456:group/g" },
        { RAM_GET_GROUP, RES_GROUP, &group_rq, "\"" MY "group/G\"", "\"" MY "group/gg\"", "acs:ram::1234567890123456:group/g" },
        { RAM_GET_ROLE, RES_ROLE, &role_rq, "\"" MY "role/role\"", "\"" MY "role/rol\"",
          "acs:ram::1234567890123456:role/role" },
        { STS_ASSUME_ROLE, RES_ROLE_ARN, &assume_rq, "\"acs:ram::6543210987654321:role/some.role\"", "\"" MY "role/some.role\"",
          "acs:ram::6543210987654321:role/some.role" },
        { STS_ASSUME_ROLE, RES_ROLE_ARN, &bad_arn_rq, "\"*\"", "\"" MY "*\"", "acs:ram:::role/*" },
        { RAM_UPDATE_USER, RES_USER, &rename_rq, "[\"" MY "user/bob\",\"" MY "user/bert\"]", "\"" MY "user/bob\"",
          "acs:ram::1234567890123456:user/bert" },
        { RAM_DELETE_VIRTUAL_MFA_DEVICE, RES_MFA, &mfa_rq, "\"" MY "mfa/d\"", "\"" MY "mfa/e\"",
          "acs:ram::1234567890123456:mfa/d" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const action_row row = row_of(cases[i].action, "ram:X", cases[i].on, SELF_NONE);
        for (int enough = 0; enough < 2; enough++) {
            char name[16], policy[16], document[512];
            uint64_t id;
            (void)snprintf(name, sizeof name, "r%zu-%d", i, enough);
            (void)snprintf(policy, sizeof policy, "p%zu-%d", i, enough);
            (void)snprintf(document, sizeof document, ONE("%s"), enough ? cases[i].enough : cases[i].short_of);
            assert_int_equal(store_apply_now(fix.store, FIXTURE_ACCOUNT, make_user, &(user_job){ name, &id }, &fix.err), ST_OK);
            attach_custom(id, PRINCIPAL_USER, policy, document);
            caller who = user_caller(id, "alice", 0);
            const authorization x = ask(&who, &row, cases[i].rq);
            if (x.by.is_allowed != (enough == 1))
                fail_msg("case %zu, enough %d", i, enough);
            if (!enough && !str_eq(x.by.resource, str_from_c(cases[i].refused)))
                fail_msg("case %zu: " STR_FMT, i, STR_ARG(x.by.resource));
            const action_row other = row_of(cases[i].action, "ram:Y", cases[i].on, SELF_NONE);
            assert_false(is_allowed(&who, &other, cases[i].rq));
            done(&who);
        }
    }
}

static void test_whom_self_service_opens(void **state)
{
    (void)state;
    caller alice = user_caller(alice_id, "alice", SELF_ACCESS_KEYS);
    const str none = { NULL, 0 };
    const action_row row = row_of(RAM_CREATE_ACCESS_KEY, "ram:CreateAccessKey", RES_USER, SELF_ACCESS_KEYS);
    const struct {
        str name;
        bool is_self;
    } by_name[] = { { none, true },        { STR(""), true },        { STR("alice"), true }, { STR("ALICE"), true },
                    { STR("bob"), false }, { STR("alice2"), false }, { STR("alic"), false } };
    for (size_t i = 0; i < sizeof by_name / sizeof by_name[0]; i++)
        assert_true(is_allowed(&alice, &row, &(ram_create_access_key_request){ .user_name = by_name[i].name }) ==
                    by_name[i].is_self);

    const action_row by_upn = row_of(IMS_UPDATE_ACCESS_KEY, "ram:UpdateAccessKey", RES_USER, SELF_ACCESS_KEYS);
    const struct {
        str upn;
        bool is_self;
    } upns[] = { { none, true },           { STR("Alice@1234567890123456.onaliyun.com"), true },
                 { STR("alice@x"), true }, { STR("bob@alice"), false },
                 { STR("@alice"), false }, { STR("x@alice@y"), false } };
    for (size_t i = 0; i < sizeof upns / sizeof upns[0]; i++) {
        const ims_update_access_key_request rq = { .user_principal_name = upns[i].upn, .user_access_key_id = STR("LTAIother") };
        assert_true(is_allowed(&alice, &by_upn, &rq) == upns[i].is_self);
    }

    const action_row one_of = row_of(IMS_GET_USER, "ram:GetUser", RES_USER, SELF_ACCESS_KEYS);
    char own_text[24], bob_text[24];
    (void)snprintf(own_text, sizeof own_text, "%llu", (unsigned long long)alice_id);
    (void)snprintf(bob_text, sizeof bob_text, "%llu", (unsigned long long)bob_id);
    const str own = str_from_c(own_text), other = str_from_c(bob_text);
    const struct {
        ims_get_user_request rq;
        bool is_self;
    } ids[] = {
        { { .user_id = none }, false }, /* the action wants one: nothing given is nobody */
        { { .user_id = own }, true },
        { { .user_id = other }, false },
        { { .user_access_key_id = STR("LTAIalice") }, true },
        { { .user_access_key_id = STR("LTAIbob") }, false },
        { { .user_principal_name = STR("alice@x"), .user_id = other }, false },
        { { .user_principal_name = STR("bob@x"), .user_id = own }, false },
        { { .user_principal_name = STR("alice@x"), .user_access_key_id = STR("LTAIbob") }, false },
    };
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        if (is_allowed(&alice, &one_of, &ids[i].rq) != ids[i].is_self)
            fail_msg("identity %zu", i);
    done(&alice);
}

static void test_a_deny_stands_above_self_service(void **state)
{
    (void)state;
    attach_custom(
        alice_id, PRINCIPAL_USER, "no-keys",
        "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"ram:CreateAccessKey\",\"Resource\":\"*\"}]}");
    caller alice = user_caller(alice_id, "alice", SELF_ACCESS_KEYS);
    const action_row row = row_of(RAM_CREATE_ACCESS_KEY, "ram:CreateAccessKey", RES_USER, SELF_ACCESS_KEYS);
    const authorization x = ask(&alice, &row, &(ram_create_access_key_request){ 0 });
    assert_false(x.by.is_allowed);
    assert_int_equal(x.by.effect, EFFECT_DENY);
    assert_true(str_eq(x.by.by, STR("no-keys")));
    done(&alice);
}

/* A user named by its id is the one that the policies name. */
static void test_an_id_is_resolved_in_the_transaction(void **state)
{
    (void)state;
    attach_custom(alice_id, PRINCIPAL_USER, "all-but-bob",
                  "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"ram:*\",\"Resource\":\"*\"},"
                  "{\"Effect\":\"Deny\",\"Action\":\"ram:*\",\"Resource\":\"acs:ram:*:*:user/bob\"}]}");
    caller alice = user_caller(alice_id, "alice", 0);
    char bob_text[24];
    (void)snprintf(bob_text, sizeof bob_text, "%llu", (unsigned long long)bob_id);
    const ims_delete_user_request rq = { .user_id = str_from_c(bob_text) };
    const action_row row = row_of(IMS_DELETE_USER, "ram:DeleteUser", RES_USER, SELF_NONE);
    bool needs_store;
    (void)ask_in(&alice, &row, &rq, false, &needs_store);
    assert_true(needs_store);
    const authorization x = ask(&alice, &row, &rq);
    assert_false(x.by.is_allowed);
    assert_true(str_eq(x.by.resource, STR("acs:ram::1234567890123456:user/bob")));

    const str some[] = { STR("211111111111111111"), str_from_c(bob_text) };
    const ims_tag_resources_request tags = { .resource_id = { some, 2, true } };
    const action_row tag_row = row_of(IMS_TAG_RESOURCES, "ram:TagResources", RES_TAGGED, SELF_NONE);
    assert_false(is_allowed(&alice, &tag_row, &tags)); /* every one that is named counts */
    const ims_tag_resources_request first = { .resource_id = { some, 1, true } };
    assert_true(is_allowed(&alice, &tag_row, &first));
    done(&alice);
}

static status tag_bob(store_tx *tx, void *self, err *e)
{
    (void)self;
    return store_tag_put(tx, TAGGED_USER, bob_id, STR("team"), STR("blue"), e);
}

static void test_conditions_on_tags(void **state)
{
    (void)state;
    attach_custom(alice_id, PRINCIPAL_USER, "by-tag",
                  "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"ram:GetUser\",\"Resource\":\"*\","
                  "\"Condition\":{\"StringEquals\":{\"acs:ResourceTag/team\":\"blue\"}}},"
                  "{\"Effect\":\"Allow\",\"Action\":\"ram:CreateUser\",\"Resource\":\"*\","
                  "\"Condition\":{\"StringEquals\":{\"acs:RequestTag/team\":[\"red\",\"blue\"]}}}]}");
    caller alice = user_caller(alice_id, "alice", 0);
    const action_row get = row_of(RAM_GET_USER, "ram:GetUser", RES_USER, SELF_NONE);
    const ram_get_user_request bob = { .user_name = STR("BOB") };
    assert_false(is_allowed(&alice, &get, &bob));
    assert_int_equal(store_apply_now(fix.store, FIXTURE_ACCOUNT, tag_bob, NULL, &fix.err), ST_OK);
    assert_true(is_allowed(&alice, &get, &bob));
    bool needs_store;
    (void)ask_in(&alice, &get, &bob, false, &needs_store);
    assert_true(needs_store);

    const action_row create = row_of(IMS_CREATE_USER, "ram:CreateUser", RES_USER_ALL, SELF_NONE);
    const tag blue = { STR("team"), STR("blue") }, green = { STR("team"), STR("green") };
    assert_true(is_allowed(&alice, &create, &(ims_create_user_request){ .tag = { &blue, 1, true } }));
    assert_false(is_allowed(&alice, &create, &(ims_create_user_request){ .tag = { &green, 1, true } }));
    assert_false(is_allowed(&alice, &create, &(ims_create_user_request){ 0 }));
    done(&alice);
}

static void test_the_condition_key_of_the_preference(void **state)
{
    (void)state;
    attach_custom(alice_id, PRINCIPAL_USER, "mfa-stays",
                  "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"ram:SetSecurityPreference\","
                  "\"Resource\":\"*\"},{\"Effect\":\"Deny\",\"Action\":\"ram:SetSecurityPreference\",\"Resource\":\"*\","
                  "\"Condition\":{\"StringEquals\":{\"ram:MFAOperationForLogin\":[\"independent\",\"adaptive\"]}}}]}");
    caller alice = user_caller(alice_id, "alice", 0);
    const action_row set = row_of(IMS_SET_SECURITY_PREFERENCE, "ram:SetSecurityPreference", RES_ACCOUNT, SELF_NONE);
    const struct {
        ims_set_security_preference_request rq;
        bool want;
    } cases[] = {
        { { .login_session_duration = { 6, true } }, true },
        { { .mfa_operation_for_login = STR("mandatory") }, true },
        { { .mfa_operation_for_login = STR("independent") }, false },
        { { .mfa_operation_for_login = STR("adaptive") }, false },
        { { .enforce_mfa_for_login = { true, true } }, true },
        { { .enforce_mfa_for_login = { false, true } }, false }, /* the older spelling is no way around it */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_true(is_allowed(&alice, &set, &cases[i].rq) == cases[i].want);
    done(&alice);
}

static status make_group(store_tx *tx, void *self, err *e)
{
    const group_record g = { .id = 411111111111111111, .name = STR("admins"), .created_s = 1, .updated_s = 1 };
    (void)self;
    TRY(store_group_insert(tx, &g, e));
    return store_member_insert(tx, g.id, alice_id, 1, e);
}

static void test_policies_of_groups_count(void **state)
{
    (void)state;
    const action_row row = row_of(RAM_GET_USER, "ram:GetUser", RES_USER, SELF_NONE);
    const ram_get_user_request rq = { .user_name = STR("bob") };
    caller before = user_caller(alice_id, "alice", 0);
    assert_false(is_allowed(&before, &row, &rq));
    assert_int_equal(store_apply_now(fix.store, FIXTURE_ACCOUNT, make_group, NULL, &fix.err), ST_OK);
    policy_job j = { 411111111111111111, PRINCIPAL_GROUP, SYSTEM_POLICY_TYPE, STR("AdministratorAccess"), { NULL, 0 } };
    assert_int_equal(store_apply_now(fix.store, FIXTURE_ACCOUNT, attach, &j, &fix.err), ST_OK);
    caller after = user_caller(alice_id, "alice", 0);
    const authorization x = ask(&after, &row, &rq);
    assert_true(x.by.is_allowed);
    assert_int_equal(x.by.grant->via, PRINCIPAL_GROUP);
    assert_true(str_eq(x.by.grant->via_name, STR("admins")));
    size_t n = 0;
    assert_non_null(authority_epochs(after.authority, &n));
    assert_true(n >= 1); /* the group's: a policy attached to it later has to be noticed */
    done(&before);
    done(&after);
}

/* T44: what a session may is what its role may and its session policy allows; never more than either, and nobody's self. */
static void test_T44_a_session_has_no_more_than_both(void **state)
{
    (void)state;
    const uint64_t role = 311111111111111111;
    attach_custom(
        role, PRINCIPAL_ROLE, "role-rights",
        "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"ram:GetUser\",\"ram:CreateAccessKey\"],\"Resource\":\"*\"}]}");
    static const struct {
        const char *policy; /* of the session; NULL: none */
        bool get, create, other;
        policy_layer layer; /* where CreateAccessKey was refused */
    } cases[] = {
        { NULL, true, true, false, LAYER_NONE },
        { "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}", true, true, false,
          LAYER_NONE },
        { "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"ram:Get*\",\"Resource\":\"*\"}]}", true, false,
          false, LAYER_SESSION },
        { "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"ram:DeleteUser\",\"Resource\":\"*\"}]}", false,
          false, false, LAYER_SESSION },
        { "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"},"
          "{\"Effect\":\"Deny\",\"Action\":\"ram:CreateAccessKey\",\"Resource\":\"*\"}]}",
          true, false, false, LAYER_SESSION },
    };
    const caller_session session = { .name = "s", .chain = { { FIXTURE_ACCOUNT, 311111111111111111, 1 } }, .chain_n = 1 };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        policy_document *d = NULL;
        if (cases[i].policy != NULL)
            assert_int_equal(policy_document_parse(str_from_c(cases[i].policy), POLICY_IDENTITY, &d, &fix.err), ST_OK);
        load_job j = { PRINCIPAL_ROLE, role, STR("r"), &session, d, NULL };
        assert_int_equal(store_read_now(fix.store, FIXTURE_ACCOUNT, load, &j, &fix.err), ST_OK);
        policy_document_release(d);
        const caller who = { .kind = CALLER_ROLE,
                             .proof = PROOF_ACS3,
                             .account = FIXTURE_ACCOUNT,
                             .id = role,
                             .name = "alice",
                             .switches = SELF_ACCESS_KEYS,
                             .authority = j.ret,
                             .session = authority_session(j.ret) };
        const ram_create_access_key_request rq = { .user_name = STR("alice") };
        const action_row get = row_of(RAM_CREATE_ACCESS_KEY, "ram:GetUser", RES_USER, SELF_NONE),
                         create = row_of(RAM_CREATE_ACCESS_KEY, "ram:CreateAccessKey", RES_USER, SELF_NONE),
                         other = row_of(RAM_CREATE_ACCESS_KEY, "ram:DeleteUser", RES_USER, SELF_ACCESS_KEYS);
        assert_true(is_allowed(&who, &get, &rq) == cases[i].get);
        const authorization x = ask(&who, &create, &rq);
        assert_true(x.by.is_allowed == cases[i].create);
        if (!cases[i].create)
            assert_int_equal(x.by.layer, cases[i].layer);
        assert_true(is_allowed(&who, &other, &rq) == cases[i].other);
        authority_release(j.ret);
    }
}

/* `user/?` is a user with one letter, never "every user". */
static void test_only_a_star_means_all(void **state)
{
    (void)state;
    static const struct {
        const char *resource;
        bool want;
    } cases[] = { { "acs:ram:*:*:user/*", true }, { "acs:ram:*:*:user/?", false }, { "acs:ram:*:*:user/???", false },
                  { "acs:ram:*:*:us*", true },    { "acs:ram:*:*:user/?*", true }, { "acs:ram:*:*:????????", false } };
    const action_row list = row_of(RAM_LIST_USERS, "ram:ListUsers", RES_USER_ALL, SELF_NONE);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[16], policy[16], document[256];
        uint64_t id;
        (void)snprintf(name, sizeof name, "s%zu", i);
        (void)snprintf(policy, sizeof policy, "s%zu", i);
        (void)snprintf(
            document, sizeof document,
            "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"ram:ListUsers\",\"Resource\":\"%s\"}]}",
            cases[i].resource);
        assert_int_equal(store_apply_now(fix.store, FIXTURE_ACCOUNT, make_user, &(user_job){ name, &id }, &fix.err), ST_OK);
        attach_custom(id, PRINCIPAL_USER, policy, document);
        caller who = user_caller(id, "alice", 0);
        if (is_allowed(&who, &list, &(ram_list_users_request){ 0 }) != cases[i].want)
            fail_msg("%s", cases[i].resource);
        done(&who);
    }
}

/* "All but mine" is not "all" where whose it is is unknown: sessions have no acs:PrincipalTag, nobody has acs:Nothing. */
static void test_an_exception_that_is_unknown(void **state)
{
    (void)state;
    attach_custom(
        alice_id, PRINCIPAL_USER, "but-mine",
        "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"ram:GetUser\",\"NotResource\":\"acs:ram:*:*:user/${acs:Nothing}\"},"
        "{\"Effect\":\"Allow\",\"Action\":\"ram:UpdateUser\",\"NotResource\":\"acs:ram:*:*:user/${acs:PrincipalName}\"}]}");
    caller alice = user_caller(alice_id, "alice", 0);
    const action_row get = row_of(RAM_GET_USER, "ram:GetUser", RES_USER, SELF_NONE),
                     update = row_of(RAM_GET_USER, "ram:UpdateUser", RES_USER, SELF_NONE);
    const ram_get_user_request bob = { .user_name = STR("bob") }, own = { .user_name = STR("alice") };
    assert_false(is_allowed(&alice, &get, &bob));
    assert_true(is_allowed(&alice, &update, &bob));
    assert_false(is_allowed(&alice, &update, &own));
    done(&alice);
}

/* However many costly documents a caller has and resources it names: the work has an end, and the end is a refusal. */
static void test_a_decision_has_a_budget(void **state)
{
    (void)state;
    char document[6000] =
        "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"StringLike\":{\"acs:UserAgent\":[";
    size_t n = strlen(document);
    while (n < 5900)
        n += (size_t)snprintf(document + n, sizeof document - n, "\"*?b*\",");
    (void)snprintf(document + n, sizeof document - n, "\"x\"]}}}]}");
    for (int i = 0; i < 10; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "costly-%d", i);
        attach_custom(alice_id, PRINCIPAL_USER, name, document);
    }
    attach_system(alice_id, "AdministratorAccess");
    caller alice = user_caller(alice_id, "alice", 0);
    char agent[256];
    memset(agent, 'a', sizeof agent);
    user_agent = (str){ agent, sizeof agent };
    const action_row row = row_of(RAM_GET_USER, "ram:GetUser", RES_USER, SELF_NONE);
    const uint64_t before = pattern_steps();
    bool needs_store;
    const authorization x = ask_in(&alice, &row, &(ram_get_user_request){ .user_name = STR("bob") }, false, &needs_store);
    const uint64_t taken = pattern_steps() - before;
    user_agent = STR("unit-test");
    assert_false(x.by.is_allowed);
    assert_true(x.by.is_too_costly);
    assert_true(taken >= DECIDE_STEPS_MAX);
    assert_true(taken < DECIDE_STEPS_MAX + 256 * 6000); /* one statement more: all its patterns on all of the text */
    done(&alice);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_every_combination),
        TEST(test_an_empty_cell_refuses_even_root),
        TEST(test_resources),
        TEST(test_whom_self_service_opens),
        TEST(test_a_deny_stands_above_self_service),
        TEST(test_an_id_is_resolved_in_the_transaction),
        TEST(test_conditions_on_tags),
        TEST(test_the_condition_key_of_the_preference),
        TEST(test_policies_of_groups_count),
        TEST(test_only_a_star_means_all),
        TEST(test_an_exception_that_is_unknown),
        TEST(test_a_decision_has_a_budget),
        TEST(test_T44_a_session_has_no_more_than_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
