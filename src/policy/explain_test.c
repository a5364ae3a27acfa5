/* explain_test.c - questions about a user of a group and a role, with the policies that the store has, and the answers in words. */
#include "policy/explain_api.h"
#include "policy/policy_fixture_test.h"
#include "policy/self_service.h"

#define ACS   "acs:ram::1234567890123456:"
#define ALICE ACS "user/Alice"

static fixture fix;
static explanation got;

static status join(store_tx *tx, void *self, err *e)
{
    (void)self;
    return store_member_insert(tx, GROUP_ID, USER_ID, MADE_S, e);
}

static int setup(void **state)
{
    (void)state;
    policy_fixture_init(&fix);
    fix.policies = policy_cache_new(1 << 20, &fix.world);
    assert_non_null(fix.policies);
    assert_int_equal(store_apply_now(fix.store, FIXTURE_ACCOUNT, join, NULL, &fix.err), ST_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    explanation_done(&got);
    policy_cache_free(fix.policies);
    fixture_done(&fix);
    return 0;
}

/* --- policies ----------------------------------------------------------------------------------------------------- */

#define STATEMENT(effect, action, resource, more) \
    "{\"Effect\":\"" effect "\",\"Action\":\"" action "\",\"Resource\":\"" resource "\"" more "}"
#define DOCUMENT(statements) "{\"Version\":\"1\",\"Statement\":[" statements "]}"
#define FROM_TEN             ",\"Condition\":{\"IpAddress\":{\"acs:SourceIp\":\"10.0.0.0/8\"}}"

static void give_user(const char *name, const char *document)
{
    create_policy(&fix, name, document);
    assert_ok(&fix);
    attach_to_user(&fix, "Alice", "Custom", name);
    assert_ok(&fix);
}

static void give_group(const char *name, const char *document)
{
    create_policy(&fix, name, document);
    assert_ok(&fix);
    attach_to_group(&fix, "Crew", "Custom", name);
    assert_ok(&fix);
}

static void give_role(const char *name, const char *document)
{
    create_policy(&fix, name, document);
    assert_ok(&fix);
    attach_to_role(&fix, "Deploy.R", "Custom", name);
    assert_ok(&fix);
}

/* --- questions ---------------------------------------------------------------------------------------------------- */

static status run(store_tx *tx, void *self, err *e)
{
    return explain(tx, fix.policies, self, &got, e);
}

static void ask(explain_question q)
{
    explanation_done(&got);
    q.now_s = q.now_s != 0 ? q.now_s : FIXTURE_NOW_S;
    fix.err = (err){ 0 };
    fix.status = store_read_now(fix.store, FIXTURE_ACCOUNT, run, &q, &fix.err);
}

#define ASK(...)                ask((explain_question){ __VA_ARGS__ })
#define ASK_USER(act, res, ...) ASK(.user_name = STR("alice"), .action = STR(act), .resource = STR(res), ##__VA_ARGS__)
#define ASK_ROLE(act, res, ...) ASK(.role_name = STR("deploy.r"), .action = STR(act), .resource = STR(res), ##__VA_ARGS__)

static void assert_decision(const char *want)
{
    assert_ok(&fix);
    assert_string_equal(explain_decision_name(&got), want);
}

static void assert_summary(const char *want)
{
    if (!str_eq(got.summary, str_from_c(want)))
        fail_msg("%.*s", STR_ARG(got.summary));
}

static void assert_reason(size_t i, const char *want)
{
    assert_true(i < got.n);
    if (!str_eq(got.statements[i].reason, str_from_c(want)))
        fail_msg("%.*s", STR_ARG(got.statements[i].reason));
}

/* --- what is decided ---------------------------------------------------------------------------------------------- */

static void test_nothing_attached(void **state)
{
    (void)state;
    ASK_USER("ram:GetUser", ALICE);
    assert_decision("ImplicitDeny");
    assert_int_equal(got.considered, 0);
    assert_null(got.by.grant);
    assert_summary("Refused: no policy is attached to the user Alice or to a group that it is in.");
    ASK_ROLE("ram:GetUser", ALICE);
    assert_decision("ImplicitDeny");
    assert_summary("Refused: no policy is attached to the role Deploy.R.");
}

static void test_an_allow_is_named(void **state)
{
    (void)state;
    give_user("Readers",
              DOCUMENT(STATEMENT("Allow", "oss:*", "*", "") "," STATEMENT("Allow", "ram:Get*", ACS "user/b*", "") "," STATEMENT(
                  "Allow", "ram:Get*", ACS "user/a*", ",\"Sid\":\"OwnNames\"")));
    attach_to_group(&fix, "Crew", "System", "AliyunRAMReadOnlyAccess");
    assert_ok(&fix);
    ASK_USER("ram:GetUser", ALICE);
    assert_decision("Allowed");
    assert_string_equal(explain_layer_name(&got), "AccountLevelIdentityBasedPolicy");
    assert_true(str_eq(got.by.grant->policy_name, STR("Readers")) && !got.by.grant->is_system && got.by.grant->version == 1);
    assert_int_equal(got.by.grant->via, PRINCIPAL_USER);
    assert_int_equal(got.by.statement, 2);
    assert_true(got.n > 3 && got.n == got.considered); /* those of the group too, though it is decided */
    assert_reason(0, "Action does not match");
    assert_reason(1, "Resource does not match");
    assert_reason(2, "Applies");
    assert_true(str_eq(got.statements[2].sid, STR("OwnNames")) && got.statements[1].sid.n == 0);
    assert_int_equal(got.statements[2].failed_at, PART_NONE);
    assert_true(got.statements[3].grant->is_system);
    assert_int_equal(got.statements[3].grant->via, PRINCIPAL_GROUP);
    assert_summary(
        "Allowed: Statement[2] of the custom policy Readers (v1), attached to the user Alice, allows ram:GetUser on " ALICE
        ", and no statement denies it.");
}

static void test_a_deny_stands_above(void **state)
{
    (void)state;
    give_user("All", ALLOW("*"));
    give_group("Never", DOCUMENT(STATEMENT("Allow", "oss:*", "*", "") "," STATEMENT("Deny", "ram:Delete*", "*", "")));
    ASK_USER("RAM:deleteuser", ALICE);
    assert_decision("ExplicitDeny");
    assert_true(str_eq(got.by.grant->policy_name, STR("Never")));
    assert_int_equal(got.by.statement, 1);
    assert_summary(
        "Refused: Statement[1] of the custom policy Never (v1), attached to the group Crew, denies RAM:deleteuser on " ALICE
        ", and a deny stands above every allow.");
    ASK_USER("ram:GetUser", ALICE);
    assert_decision("Allowed");
}

static void test_conditions_are_told(void **state)
{
    (void)state;
    static const str inside[] = { STR_INIT("10.1.2.3") }, outside[] = { STR_INIT("192.0.2.1") };
    give_user("Office", DOCUMENT(STATEMENT("Allow", "ram:*", "*", FROM_TEN)));
    ASK_USER("ram:GetUser", ALICE);
    assert_decision("ImplicitDeny");
    assert_reason(0, "Condition IpAddress acs:SourceIp does not hold: the key is absent");
    assert_summary(
        "Refused: no statement attached to the user Alice or to its groups allows ram:GetUser on " ALICE
        ". Closest to it comes Statement[0] of the custom policy Office (v1), attached to the user Alice: Condition IpAddress "
        "acs:SourceIp does not hold: the key is absent.");
    context_entry source = { STR("ACS:sourceip"), outside, 1 };
    ASK_USER("ram:GetUser", ALICE, .context = &source, .context_n = 1);
    assert_decision("ImplicitDeny");
    assert_reason(0, "Condition IpAddress acs:SourceIp does not hold");
    source.values = inside;
    ASK_USER("ram:GetUser", ALICE, .context = &source, .context_n = 1);
    assert_decision("Allowed");
}

/* The keys of the principal and the time are known; what is given stands in their place. */
static void test_context_is_filled_and_overridden(void **state)
{
    (void)state;
    static const str evening[] = { STR_INIT("2026-11-24T20:00:00Z") }, bob[] = { STR_INIT("bob") },
                     yes[] = { STR_INIT("true") };
    give_user(
        "Days",
        DOCUMENT(STATEMENT("Allow", "a:*", "*", ",\"Condition\":{\"DateLessThan\":{\"acs:CurrentTime\":\"2026-11-24T12:00:00Z\"}}") "," STATEMENT(
            "Allow", "b:*", "*",
            ",\"Condition\":{\"StringEquals\":{\"acs:PrincipalName\":\"Alice\"}}") "," STATEMENT("Allow", "c:*", "*",
                                                                                                 ",\"Condition\":{\"Bool\":{\"acs:SecureTransport\":\"true\"}}")));
    context_entry one = { STR("acs:CurrentTime"), evening, 1 };
    ASK_USER("a:x", "acs:a:::x");
    assert_decision("Allowed");
    ASK_USER("a:x", "acs:a:::x", .now_s = FIXTURE_NOW_S + 20 * 3600);
    assert_decision("ImplicitDeny");
    ASK_USER("a:x", "acs:a:::x", .context = &one, .context_n = 1);
    assert_decision("ImplicitDeny");
    ASK_USER("b:x", "acs:b:::x");
    assert_decision("Allowed");
    one = (context_entry){ STR("acs:principalname"), bob, 1 };
    ASK_USER("b:x", "acs:b:::x", .context = &one, .context_n = 1);
    assert_decision("ImplicitDeny");
    ASK_USER("c:x", "acs:c:::x"); /* how a call will come is not known */
    assert_decision("ImplicitDeny");
    one = (context_entry){ STR("acs:SecureTransport"), yes, 1 };
    ASK_USER("c:x", "acs:c:::x", .context = &one, .context_n = 1);
    assert_decision("Allowed");
}

static void test_session_policies(void **state)
{
    (void)state;
    give_role("Keeper", ALLOW("oss:*"));
    ASK_ROLE("oss:GetObject", "acs:oss:::b/k", .session_policy = STR(ALLOW("oss:Get*")));
    assert_decision("Allowed");
    assert_int_equal(got.considered, 2);
    assert_int_equal(got.statements[0].layer, LAYER_SESSION);
    assert_null(got.statements[0].grant);
    assert_summary(
        "Allowed: Statement[0] of the custom policy Keeper (v1), attached to the role Deploy.R, allows oss:GetObject on "
        "acs:oss:::b/k, the session policy allows it too, and no statement denies it.");
    ASK_ROLE("oss:PutObject", "acs:oss:::b/k", .session_policy = STR(ALLOW("oss:Get*")));
    assert_decision("ImplicitDeny");
    assert_string_equal(explain_layer_name(&got), "SessionPolicy");
    assert_int_equal(got.considered, 2); /* what the role's own policies say is shown all the same */
    assert_null(got.by.grant);
    ASK_ROLE("oss:PutObject", "acs:oss:::b/k", .session_policy = STR(DOCUMENT(STATEMENT("Deny", "oss:*", "*", ""))));
    assert_decision("ExplicitDeny");
    assert_summary(
        "Refused: Statement[0] of the session policy denies oss:PutObject on acs:oss:::b/k, and a deny stands above every "
        "allow.");
    ASK_ROLE("ecs:Start", "acs:ecs:::i", .session_policy = STR(ALLOW("*")));
    assert_decision("ImplicitDeny");
    assert_string_equal(explain_layer_name(&got), "AccountLevelIdentityBasedPolicy");
}

/* --- self-service ------------------------------------------------------------------------------------------------- */

static status set_switches(store_tx *tx, void *self, err *e)
{
    return store_preference_put(
        tx,
        &(preference_record){ .allow_user_to_manage_access_keys = *(bool *)self, .mfa_operation_for_login = STR("mandatory") },
        e);
}

static void test_self_service(void **state)
{
    (void)state;
    bool is_on = true;
    ASK_USER("ram:CreateAccessKey", ALICE);
    assert_decision("ImplicitDeny");
    assert_int_equal(store_apply_now(fix.store, FIXTURE_ACCOUNT, set_switches, &is_on, &fix.err), ST_OK);
    ASK_USER("ram:CreateAccessKey", ACS "user/alice");
    assert_decision("Allowed");
    assert_true(got.is_self_service);
    assert_string_equal(explain_layer_name(&got), "SelfService");
    assert_summary(
        "Allowed: no policy allows ram:CreateAccessKey, but the account's settings let its users do it to themselves.");
    ASK_USER("ram:CreateAccessKey", ACS "user/bob");
    assert_decision("ImplicitDeny");
    ASK_USER("ram:DeleteUser", ALICE);
    assert_decision("ImplicitDeny");
    ASK_ROLE("ram:CreateAccessKey", ACS "role/deploy.r");
    assert_decision("ImplicitDeny");
    give_user("NoKeys", DOCUMENT(STATEMENT("Deny", "ram:CreateAccessKey", "*", "")));
    ASK_USER("ram:CreateAccessKey", ALICE);
    assert_decision("ExplicitDeny");
    assert_false(got.is_self_service);
}

static status freeze(store_tx *tx, void *self, err *e)
{
    CLEANUP(arena_free_at) arena *a = arena_new(4096, 65536);
    user_record u;
    (void)self;
    TRY(store_user_get(tx, a, USER_ID, &u, e));
    u.is_frozen = true;
    return store_user_update(tx, &u, e);
}

static void test_a_frozen_user(void **state)
{
    (void)state;
    give_user("All", ALLOW("*"));
    assert_int_equal(store_apply_now(fix.store, FIXTURE_ACCOUNT, freeze, NULL, &fix.err), ST_OK);
    ASK_USER("ram:GetUser", ALICE);
    assert_decision("Allowed");
    assert_true(str_ends(got.summary, STR(" The user is frozen: until it is thawed none of its AccessKeys works.")));
}

/* --- what is refused ---------------------------------------------------------------------------------------------- */

static void test_bad_questions(void **state)
{
    (void)state;
    static const str value[] = { STR_INIT("x") };
    static const context_entry twice[] = { { STR_INIT("acs:SourceIp"), value, 1 }, { STR_INIT("ACS:SOURCEIP"), value, 1 } },
                               unnamed[] = { { STR_INIT(""), value, 1 } }, empty[] = { { STR_INIT("k"), value, 0 } };
    static context_entry many[EXPLAIN_CONTEXT_MAX + 1];
    static char name[EXPLAIN_CONTEXT_MAX + 1][8], longer[POLICY_SESSION_MAX + 2];
    for (size_t i = 0; i < EXPLAIN_CONTEXT_MAX + 1; i++) {
        (void)snprintf(name[i], sizeof name[i], "k%zu", i);
        many[i] = (context_entry){ str_from_c(name[i]), value, 1 };
    }
    memset(longer, ' ', POLICY_SESSION_MAX + 1);
    static const char *const actions[] = { "",         "*",           "ram",   "ram:",        ":GetUser",
                                           "ram:Get*", "ram:Get?ser", "a:b:c", "ram:Get User" };
    static const char *const resources[] = { "", "*", "alice", "acs:ram", "acs:ram:::", "arn:ram::1:user/alice" };
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        ASK(.user_name = STR("Alice"), .action = str_from_c(actions[i]), .resource = STR(ALICE));
        assert_code(&fix, ST_INVALID, "InvalidParameter.ActionName");
        assert_true(fix.err.message[0] != '\0');
    }
    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
        ASK(.user_name = STR("Alice"), .action = STR("ram:GetUser"), .resource = str_from_c(resources[i]));
        assert_code(&fix, ST_INVALID, "InvalidParameter.Resource");
    }
    ASK_USER("ram:GetUser", ALICE, .session_policy = STR(ALLOW("*")));
    assert_code(&fix, ST_INVALID, "InvalidParameter.SessionPolicy");
    ASK_ROLE("ram:GetUser", ALICE, .session_policy = STR("{"));
    assert_code(&fix, ST_INVALID, "MalformedPolicyDocument");
    ASK_ROLE("ram:GetUser", ALICE, .session_policy = str_from_c(longer));
    assert_code(&fix, ST_INVALID, "InvalidParameter.SessionPolicy.Length");
    ASK_USER("ram:GetUser", ALICE, .context = twice, .context_n = 2);
    assert_code(&fix, ST_INVALID, "InvalidParameter.Context");
    ASK_USER("ram:GetUser", ALICE, .context = unnamed, .context_n = 1);
    assert_code(&fix, ST_INVALID, "InvalidParameter.Context");
    ASK_USER("ram:GetUser", ALICE, .context = empty, .context_n = 1);
    assert_code(&fix, ST_INVALID, "InvalidParameter.Context");
    ASK_USER("ram:GetUser", ALICE, .context = many, .context_n = EXPLAIN_CONTEXT_MAX + 1);
    assert_code(&fix, ST_INVALID, "InvalidParameter.Context");
    ASK_USER("ram:GetUser", ALICE, .context = many, .context_n = EXPLAIN_CONTEXT_MAX);
    assert_ok(&fix);
}

static void test_who_is_not_there(void **state)
{
    (void)state;
    ASK(.user_name = STR("bob"), .action = STR("ram:GetUser"), .resource = STR(ALICE));
    assert_code(&fix, ST_NOT_FOUND, "EntityNotExist.User");
    ASK(.role_name = STR("Alice"), .action = STR("ram:GetUser"), .resource = STR(ALICE));
    assert_code(&fix, ST_NOT_FOUND, "EntityNotExist.Role");
    READ(&fix, &fix.other_root, argali_explain_decision, ARGALI_EXPLAIN_DECISION, .user_name = STR("Alice"),
         .action_name = STR("ram:GetUser"), .resource = STR(ALICE));
    assert_code(&fix, ST_NOT_FOUND, "EntityNotExist.User");
}

/* --- it cannot differ --------------------------------------------------------------------------------------------- */

/* What the listed statements come to, by the rule of RAM's "Evaluation" and nothing else. */
static const char *verdict_of_list(void)
{
    bool allows[LAYER_TRUST + 1] = { false }, has_session = false;
    for (size_t i = 0; i < got.n; i++) {
        const explained_statement *s = &got.statements[i];
        has_session |= s->layer == LAYER_SESSION;
        allows[s->layer] |= s->failed_at == PART_NONE && s->effect == EFFECT_ALLOW;
    }
    for (policy_layer l = LAYER_SESSION; l <= LAYER_IDENTITY; l++) {
        for (size_t i = 0; i < got.n; i++)
            if (got.statements[i].layer == l && got.statements[i].failed_at == PART_NONE &&
                got.statements[i].effect == EFFECT_DENY)
                return "ExplicitDeny";
        if (!allows[l] && (l == LAYER_IDENTITY || has_session))
            return "ImplicitDeny";
    }
    return "Allowed";
}

typedef struct {
    const char *action, *resource;
    str source;
    bool is_allowed;
} plain;

/* The decision as a call takes it: without a tracer, with the context of a call. */
static status decide_plainly(store_tx *tx, void *self, err *e)
{
    plain *p = self;
    CLEANUP(arena_free_at) arena *a = arena_new(16384, 1 << 20);
    caller who = { .kind = CALLER_USER, .proof = PROOF_ACS3, .account = FIXTURE_ACCOUNT, .id = USER_ID, .name = "Alice" };
    authority *x = NULL;
    ip_addr source = { 0 };
    TRY(authority_load(tx, a, fix.policies, PRINCIPAL_USER, USER_ID, STR("Alice"), NULL, NULL, &x, e));
    if (p->source.n > 0)
        TRY(ip_parse(p->source, &source));
    who.authority = x;
    const decide_circumstances at = { .source = &source, .now_s = FIXTURE_NOW_S };
    const decide_question q = { .action = str_from_c(p->action),
                                .resource = str_from_c(p->resource),
                                .context = decide_context(&who, &at, NULL, 0, a),
                                .scratch = a };
    decision d;
    decide(&who, &q, &d, NULL);
    p->is_allowed = d.is_allowed;
    authority_release(x);
    return ST_OK;
}

static void test_it_is_the_decision_of_a_call(void **state)
{
    (void)state;
    static const char *const actions[] = { "ram:GetUser", "ram:DeleteUser", "ram:ListUsers", "oss:GetObject", "oss:PutObject" };
    static const char *const resources[] = { ALICE, ACS "user/bob", ACS "user/*", "acs:oss:*:1234567890123456:b/k" };
    static const str sources[] = { STR_INIT(""), STR_INIT("10.1.2.3"), STR_INIT("192.0.2.1"), STR_INIT("2001:db8::1") };
    give_user("One",
              DOCUMENT(STATEMENT("Allow", "ram:*", ACS "user/A*", FROM_TEN) "," STATEMENT("Deny", "ram:Delete*", "*", "")));
    give_user("Two", DOCUMENT(STATEMENT("Allow", "oss:Get*", "acs:oss:*:*:b/*", "")));
    give_group("Three", DOCUMENT(STATEMENT("Allow", "ram:L*", "*", "") "," STATEMENT("Deny", "oss:*", "*", FROM_TEN)));
    size_t seen[2] = { 0 };
    for (size_t a = 0; a < sizeof actions / sizeof *actions; a++)
        for (size_t r = 0; r < sizeof resources / sizeof *resources; r++)
            for (size_t k = 0; k < sizeof sources / sizeof *sources; k++) {
                const context_entry source = { STR("acs:SourceIp"), &sources[k], 1 };
                plain p = { actions[a], resources[r], sources[k], false };
                ASK(.user_name = STR("Alice"), .action = str_from_c(actions[a]), .resource = str_from_c(resources[r]),
                    .context = &source, .context_n = sources[k].n > 0);
                assert_ok(&fix);
                assert_int_equal(store_read_now(fix.store, FIXTURE_ACCOUNT, decide_plainly, &p, &fix.err), ST_OK);
                assert_int_equal(got.by.is_allowed, p.is_allowed);
                assert_string_equal(explain_decision_name(&got), verdict_of_list());
                seen[p.is_allowed]++;
            }
    assert_true(seen[0] > 10 && seen[1] > 10);
}

/* --- much --------------------------------------------------------------------------------------------------------- */

static void test_more_statements_than_are_listed(void **state)
{
    (void)state;
    static char document[POLICY_DOCUMENT_MAX];
    CLEANUP(buf_done) buf text;
    buf_init(&text, sizeof document - 1);
    buf_add(&text, STR("{\"Version\":\"1\",\"Statement\":["));
    for (int i = 0; i < 105; i++)
        buf_addf(&text, "%s{\"Effect\":\"Allow\",\"Action\":\"a:%d\",\"Resource\":\"*\"}", i > 0 ? "," : "", i);
    buf_add(&text, STR("]}"));
    assert_true(buf_ok(&text));
    memcpy(document, text.p, text.n);
    for (int i = 0; i < 10; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "Long%d", i);
        give_user(name, document);
    }
    give_group("Last", ALLOW("z:*"));
    ASK_USER("z:Last", "acs:z:::x");
    assert_decision("Allowed");
    assert_int_equal(got.considered, 1051);
    assert_int_equal(got.n, EXPLAIN_STATEMENTS_MAX);
    assert_true(str_eq(got.by.grant->policy_name, STR("Last")));
}

/* --- on the wire -------------------------------------------------------------------------------------------------- */

static void test_the_answer(void **state)
{
    (void)state;
    give_group("Office", DOCUMENT(STATEMENT("Allow", "ram:*", "*", FROM_TEN ",\"Sid\":\"Inside\"")));
#define EXPLAIN(...)                                                                                   \
    READ(&fix, &fix.root, argali_explain_decision, ARGALI_EXPLAIN_DECISION, .user_name = STR("Alice"), \
         .action_name = STR("ram:GetUser"), .resource = STR(ALICE), ##__VA_ARGS__)
    EXPLAIN(.context = STR("{\"acs:SourceIp\":[\"192.0.2.1\",\"10.1.1.1\"]}"));
    assert_ok(&fix);
    assert_string_equal(text_at(&fix, "Decision"), "Allowed");
    static const char *const members[][2] = {
        { "PolicyName", "Office" },           { "PolicyType", "Custom" },       { "PolicyVersion", "v1" },
        { "AttachedEntityType", "RamGroup" }, { "AttachedEntityName", "Crew" }, { "Layer", "AccountLevelIdentityBasedPolicy" }
    };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "DecidedBy.%s", members[i][0]);
        assert_string_equal(text_at(&fix, path), members[i][1]);
        (void)snprintf(path, sizeof path, "Statements.Statement.0.%s", members[i][0]);
        assert_string_equal(text_at(&fix, path), members[i][1]);
    }
    assert_int_equal(json_integer_value(fixture_at(&fix, "DecidedBy.StatementIndex")), 0);
    assert_int_equal(json_integer_value(fixture_at(&fix, "StatementCount")), 1);
    assert_string_equal(text_at(&fix, "Statements.Statement.0.Sid"), "Inside");
    assert_string_equal(text_at(&fix, "Statements.Statement.0.Effect"), "Allow");
    assert_true(json_is_true(fixture_at(&fix, "Statements.Statement.0.Applies")));
    EXPLAIN(.context = STR("{}"));
    assert_string_equal(text_at(&fix, "Decision"), "ImplicitDeny");
    assert_null(fixture_at(&fix, "DecidedBy.StatementIndex"));
    static const char *const bad[] = { "[]",
                                       "{",
                                       "1",
                                       "{\"a\":1}",
                                       "{\"a\":[1]}",
                                       "{\"a\":{}}",
                                       "{\"a\":\"b\",\"a\":\"c\"}",
                                       "{\"a\":[]}",
                                       "{\"\":\"b\"}",
                                       "{\"a\":\"b\",\"A\":\"c\"}",
                                       "{\"a\":\"b\"}x",
                                       "{\"a\":\"\\u0000\"}" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        print_message("%s\n", bad[i]);
        EXPLAIN(.context = str_from_c(bad[i]));
        assert_code(&fix, ST_INVALID, "InvalidParameter.Context");
    }
}

static void test_self_service_names(void **state)
{
    (void)state;
    assert_int_equal(self_service_of(STR("RAM:createaccesskey")), SELF_ACCESS_KEYS);
    assert_int_equal(self_service_of(STR("ram:CreateUser")), SELF_NONE);
    assert_int_equal(self_service_of(STR("")), SELF_NONE);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test_setup_teardown(test_nothing_attached, setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_allow_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_deny_stands_above, setup, teardown),
        cmocka_unit_test_setup_teardown(test_conditions_are_told, setup, teardown),
        cmocka_unit_test_setup_teardown(test_context_is_filled_and_overridden, setup, teardown),
        cmocka_unit_test_setup_teardown(test_session_policies, setup, teardown),
        cmocka_unit_test_setup_teardown(test_self_service, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_frozen_user, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_questions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_who_is_not_there, setup, teardown),
        cmocka_unit_test_setup_teardown(test_it_is_the_decision_of_a_call, setup, teardown),
        cmocka_unit_test_setup_teardown(test_more_statements_than_are_listed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_answer, setup, teardown),
        cmocka_unit_test(test_self_service_names),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
