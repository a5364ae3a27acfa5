#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <pthread.h>
#include <string.h>

#include "policy/document.h"

static arena *scratch;

static int setup(void **state)
{
    (void)state;
    scratch = arena_new(16 * 1024, 1024 * 1024);
    return scratch != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(scratch);
    return 0;
}

/* JSON in C is easier to read with single quotes. */
static str json(const char *text)
{
    const str s = str_from_c(text);
    char *p = arena_alloc(scratch, s.n);
    assert_non_null(p);
    for (size_t i = 0; i < s.n; i++)
        p[i] = s.p[i] == '\'' ? '"' : s.p[i];
    return (str){ p, s.n };
}

static policy_document *parsed(const char *text, policy_kind kind)
{
    policy_document *d = NULL;
    err e = { .code = "" };
    if (policy_document_parse(json(text), kind, &d, &e) != ST_OK)
        fail_msg("%s: %s", text, e.message);
    return d;
}

/* The document of one statement with these members. */
static policy_document *statement_of(const char *members, policy_kind kind)
{
    str text;
    assert_int_equal(arena_printf(scratch, &text, "{'Version':'1','Statement':[{%s}]}", members), ST_OK);
    return parsed(text.p, kind);
}

static const str alice[] = { STR_INIT("alice") }, address[] = { STR_INIT("10.1.2.3") }, account[] = { STR_INIT("1") };
static const str star[] = { STR_INIT("*") };
static const context_entry entries[] = {
    { STR_INIT("acs:PrincipalName"), alice, 1 },
    { STR_INIT("acs:SourceIp"), address, 1 },
    { STR_INIT("acs:PrincipalAccount"), account, 1 },
    { STR_INIT("acs:RequestTag/team"), star, 1 },
};
static const context circumstances = { entries, sizeof entries / sizeof entries[0] };

static policy_question question(const char *action, const char *resource)
{
    return (policy_question){
        .action = str_from_c(action), .resource = str_from_c(resource), .context = &circumstances, .scratch = scratch
    };
}

static policy_effect asked(const policy_document *d, const policy_question *q)
{
    size_t by = SIZE_MAX;
    return policy_document_evaluate(d, q, &by, NULL);
}

static bool applies(const char *members, const char *action, const char *resource)
{
    policy_document *d = statement_of(members, POLICY_IDENTITY);
    const policy_question q = question(action, resource);
    const policy_effect effect = asked(d, &q);
    policy_document_release(d);
    return effect != EFFECT_NONE;
}

/* RAM, "Action": <ram-code>:<action>, any case. */
static const struct {
    const char *actions, *action;
    bool want;
} actions[] = {
    { "'*'", "ram:GetUser", true },
    { "'ram:GetUser'", "ram:GetUser", true },
    { "'ram:GetUser'", "RAM:getuser", true },
    { "'RAM:getuser'", "ram:GetUser", true },
    { "'ram:GetUser'", "ram:GetUsers", false },
    { "'ram:Get*'", "ram:GetUser", true },
    { "'ram:Get*'", "ims:GetUser", false },
    { "'ram:*'", "ram:GetUser", true },
    { "'r?m:*'", "ram:GetUser", true },
    { "'*:GetUser'", "ims:GetUser", true },
    { "['oss:*','ram:List*']", "ram:ListUsers", true },
    { "['oss:*','ram:List*']", "ram:GetUser", false },
    { "'*:*'", "oss:PutObject", true },
};

static void actions_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        str yes, no;
        assert_int_equal(arena_printf(scratch, &yes, "'Effect':'Allow','Action':%s,'Resource':'*'", actions[i].actions), ST_OK);
        assert_int_equal(arena_printf(scratch, &no, "'Effect':'Deny','NotAction':%s,'Resource':'*'", actions[i].actions),
                         ST_OK);
        if (applies(yes.p, actions[i].action, "acs:ram::1:user/alice") != actions[i].want ||
            applies(no.p, actions[i].action, "acs:ram::1:user/alice") == actions[i].want)
            fail_msg("%s on %s", actions[i].actions, actions[i].action);
    }
}

static const struct {
    const char *resources, *resource;
    bool want;
} resources[] = {
    { "'*'", "acs:ram::1:user/alice", true },
    { "'*'", "no name at all", true },
    { "'**'", "acs:ram::1:user/alice", true },
    { "'acs:*'", "acs:ram::1:user/alice", true },
    { "'acs:*'", "no name at all", false },
    { "'acs:*:*:*:*'", "acs:oss:cn-hangzhou:1:b", true },
    { "'acs:ram::1:user/alice'", "acs:ram::1:user/alice", true },
    { "'acs:ram::1:user/alice'", "acs:ram:*:1:user/alice", true }, /* empty in the pattern: any */
    { "'acs:ram:*:1:user/alice'", "acs:ram::1:user/alice", true },
    { "'acs:ram:*:1:user/alice'", "acs:ram:cn-hangzhou:1:user/alice", true },
    { "'acs:ram:cn-hangzhou:1:user/alice'", "acs:ram::1:user/alice", false },
    { "'acs:oss:cn-?angzhou:*:*'", "acs:oss:cn-hangzhou:1:b", true },
    { "'acs:oss:cn-*:*:*'", "acs:oss:us-west-1:1:b", false },
    { "'acs:ram:::user/alice'", "acs:ram::7:user/alice", true },
    { "'acs:ram::1:user/alice'", "acs:ram::2:user/alice", false },
    { "'acs:ram::1:user/*'", "acs:ram::1:user/alice", true },
    { "'acs:ram::1:user/*'", "acs:ram::1:role/alice", false },
    { "'acs:ram::1:*'", "acs:ram::1:role/alice", true },
    { "'acs:ram::1:user/AL?CE'", "acs:ram::1:user/alice", true }, /* names of RAM have no case */
    { "'acs:RAM::1:user/AL?CE'", "acs:ram::1:user/alice", true },
    { "'acs:*::1:user/ALICE'", "acs:ram::1:user/alice", true },
    { "'acs:*::1:user/ALICE'", "acs:oss::1:user/alice", false },
    { "'acs:r*::1:user/ALICE'", "acs:rds::1:user/alice", false },
    { "'acs:oss::1:B/x'", "acs:oss::1:b/x", false }, /* those of OSS do */
    { "'acs:oss::1:b/*/c'", "acs:oss::1:b/x/y:z/c", true },
    { "'acs:oss::1:b?x'", "acs:oss::1:b/x", true },
    { "'acs:oss::1:b'", "acs:oss::1:b:c", false },
    { "'acs:oss::1:b:c'", "acs:oss::1:b:c", true },
    /* a wildcard of a leading part does not cross a colon */
    { "'acs:oss:*:2:b'", "acs:oss:x:1:2:b", false },
    { "'acs:o*:1:2:b'", "acs:oss:cn:1:2:b", false },
    { "'acs:?ss:::b'", "acs:oss:::b", true },
    /* ends early with a star */
    { "'acs:ram:*'", "acs:ram::1:user/alice", true },
    { "'acs:ram:*'", "acs:oss::1:b", false },
    { "'acs:ram*'", "acs:ram::1:user/alice", true },
    { "'acs:r*'", "acs:oss::1:b", false },
    { "'acs:oss:cn-*'", "acs:oss:cn-hangzhou:1:b", true },
    { "'acs:oss:cn-*'", "acs:oss:us-west-1:1:b", false },
    { "'acs:oss:*:1*'", "acs:oss:cn:123:b", true },
    { "'acs:oss:*:1*'", "acs:oss:cn:23:b", false },
    /* variables */
    { "'acs:ram::1:user/${acs:PrincipalName}'", "acs:ram::1:user/alice", true },
    { "'acs:ram::1:user/${acs:PrincipalName}'", "acs:ram::1:user/Alice", true },
    { "'acs:ram::1:user/${acs:PrincipalName}'", "acs:ram::1:user/bob", false },
    { "'acs:oss::${acs:PrincipalAccount}:b/${acs:PrincipalName}/*'", "acs:oss::1:b/alice/x", true },
    { "'acs:oss::${acs:PrincipalAccount}:b/${acs:PrincipalName}/*'", "acs:oss::2:b/alice/x", false },
    { "'acs:oss::1:b/${acs:RequestTag/team}'", "acs:oss::1:b/x", false }, /* a star brought by the caller */
    { "'acs:oss::1:b/${acs:RequestTag/team}'", "acs:oss::1:b/*", true },
    { "'acs:oss::1:b/${*}'", "acs:oss::1:b/x", false },
    { "'acs:oss::1:b/${acs:Absent}*'", "acs:oss::1:b/x", false },
    { "'acs:${acs:PrincipalName}:::x'", "acs:alice:::x", true },
    /* lists */
    { "['acs:oss::1:a','acs:oss::1:b']", "acs:oss::1:b", true },
    { "['acs:oss::1:a','acs:oss::1:b']", "acs:oss::1:c", false },
    { "'acs:oss::1:\xE4\xB8\xAD?'", "acs:oss::1:\xE4\xB8\xAD\xE5\x9B\xBD", true },
    { "'acs:oss::1:\\u4e2d?'", "acs:oss::1:\xE4\xB8\xAD\xE5\x9B\xBD", true },
};

static void resources_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof resources / sizeof resources[0]; i++) {
        str yes, no;
        assert_int_equal(arena_printf(scratch, &yes, "'Effect':'Allow','Action':'*','Resource':%s", resources[i].resources),
                         ST_OK);
        assert_int_equal(arena_printf(scratch, &no, "'Effect':'Deny','Action':'*','NotResource':%s", resources[i].resources),
                         ST_OK);
        if (applies(yes.p, "oss:Get", resources[i].resource) != resources[i].want ||
            applies(no.p, "oss:Get", resources[i].resource) == resources[i].want)
            fail_msg("%s on %s", resources[i].resources, resources[i].resource);
    }
}

static const struct {
    const char *condition;
    bool want;
} conditions[] = {
    { "{}", true },
    { "{'IpAddress':{'acs:SourceIp':'10.0.0.0/8'}}", true },
    { "{'IpAddress':{'acs:SourceIp':['11.0.0.0/8','10.0.0.0/8']}}", true }, /* values: OR */
    { "{'IpAddress':{'ACS:sourceip':'10.0.0.0/8'}}", true },
    { "{'IpAddress':{'acs:SourceIp':'11.0.0.0/8'}}", false },
    /* keys of one operator, and operators: AND */
    { "{'StringEquals':{'acs:PrincipalName':'alice','acs:PrincipalAccount':'1'}}", true },
    { "{'StringEquals':{'acs:PrincipalName':'alice','acs:PrincipalAccount':'2'}}", false },
    { "{'StringEquals':{'acs:PrincipalName':'alice'},'IpAddress':{'acs:SourceIp':'10.0.0.0/8'}}", true },
    { "{'StringEquals':{'acs:PrincipalName':'alice'},'IpAddress':{'acs:SourceIp':'11.0.0.0/8'}}", false },
    { "{'NumericEquals':{'acs:PrincipalAccount':1}}", true },
    { "{'NumericEquals':{'acs:PrincipalAccount':1.0}}", true },
    { "{'NumericLessThan':{'acs:PrincipalAccount':[0,1.5]}}", true },
    { "{'StringEquals':{'acs:PrincipalAccount':1}}", true },
    { "{'StringEquals':{'acs:PrincipalAccount':1.0}}", false }, /* the text 1.0 */
    { "{'Bool':{'acs:SecureTransport':false}}", false },
    { "{'Null':{'acs:SecureTransport':true}}", true },
    { "{'BoolIfExists':{'acs:SecureTransport':true}}", true },
    { "{'StringEquals':{'acs:PrincipalAccount':''}}", false },
    { "{'StringLike':{'acs:PrincipalName':'${acs:RequestTag/team}'}}", false },
};

static void conditions_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++) {
        str s;
        assert_int_equal(
            arena_printf(scratch, &s, "'Effect':'Allow','Action':'*','Resource':'*','Condition':%s", conditions[i].condition),
            ST_OK);
        if (applies(s.p, "oss:Get", "acs:oss::1:b") != conditions[i].want)
            fail_msg("%s", conditions[i].condition);
    }
}

/* RAM, "Principal", of trust policies. */
static const struct {
    const char *principal;
    principal_class class;
    const char *name;
    bool want;
} principals[] = {
    { "{'RAM':'acs:ram::1:root'}", PRINCIPAL_CLASS_RAM, "acs:ram::1:root", true },
    { "{'RAM':['acs:ram::2:root','acs:ram::1:user/Alice']}", PRINCIPAL_CLASS_RAM, "acs:ram::1:user/alice", true },
    { "{'RAM':'acs:ram::1:user/alice'}", PRINCIPAL_CLASS_RAM, "acs:ram::1:user/bob", false },
    { "{'RAM':'acs:ram::1:role/ops'}", PRINCIPAL_CLASS_RAM, "acs:ram::1:role/ops", true },
    { "{'RAM':'acs:ram::1:user/ops'}", PRINCIPAL_CLASS_RAM, "acs:ram::1:role/ops", false },
    { "{'RAM':'acs:ram::2:root'}", PRINCIPAL_CLASS_RAM, "acs:ram::1:root", false },
    { "{'Service':'ecs.aliyuncs.com'}", PRINCIPAL_CLASS_SERVICE, "ecs.aliyuncs.com", true },
    { "{'Service':['rds.aliyuncs.com','1@fc.aliyuncs.com']}", PRINCIPAL_CLASS_SERVICE, "1@fc.aliyuncs.com", true },
    { "{'Service':'ecs.aliyuncs.com'}", PRINCIPAL_CLASS_RAM, "ecs.aliyuncs.com", false },
    { "{'Federated':'acs:ram::1:saml-provider/idp'}", PRINCIPAL_CLASS_FEDERATED, "acs:ram::1:saml-provider/idp", true },
    { "{'Federated':'acs:ram::1:oidc-provider/idp'}", PRINCIPAL_CLASS_FEDERATED, "acs:ram::1:saml-provider/idp", false },
    { "{'RAM':'acs:ram::1:root','Service':'ecs.aliyuncs.com'}", PRINCIPAL_CLASS_SERVICE, "ecs.aliyuncs.com", true },
};

static void principals_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof principals / sizeof principals[0]; i++) {
        str s;
        assert_int_equal(
            arena_printf(scratch, &s, "'Effect':'Allow','Action':'sts:AssumeRole','Principal':%s", principals[i].principal),
            ST_OK);
        policy_document *d = statement_of(s.p, POLICY_TRUST);
        const str names[] = { STR("acs:ram::9:user/nobody"), str_from_c(principals[i].name) };
        policy_question q = question("sts:AssumeRole", "");
        q.principal_class = principals[i].class;
        q.principals = names;
        q.principal_n = 2;
        if ((asked(d, &q) == EFFECT_ALLOW) != principals[i].want)
            fail_msg("%s on %s", principals[i].principal, principals[i].name);
        q.principal_n = 0;
        assert_int_equal(asked(d, &q), EFFECT_NONE);
        policy_document_release(d);
    }
}

/* --- several statements -------------------------------------------------------------------------- */

static const char several[] =
    "{'Version':'1','Statement':["
    "{'Sid':'reads','Effect':'Allow','Action':'oss:Get*','Resource':'*'},"
    "{'Effect':'Allow','Action':'oss:*','Resource':'acs:oss:::own/*','Condition':{'StringEquals':{'acs:PrincipalName':['bob','alice']}}},"
    "{'Effect':'Deny','NotAction':'oss:List*','Resource':'acs:oss:::own/locked','Condition':{'NotIpAddress':{'acs:SourceIp':'11.0.0.0/8'}}},"
    "{'Effect':'Deny','Action':'oss:DeleteBucket','Resource':'*'}]}";

static void deny_stands_above_allow(void **state)
{
    (void)state;
    static const struct {
        const char *action, *resource;
        policy_effect effect;
        size_t by;
    } wanted[] = {
        { "oss:GetObject", "acs:oss:::other/x", EFFECT_ALLOW, 0 },
        { "oss:PutObject", "acs:oss:::own/x", EFFECT_ALLOW, 1 },
        { "oss:GetObject", "acs:oss:::own/x", EFFECT_ALLOW, 0 }, /* the first that allows */
        { "oss:GetObject", "acs:oss:::own/locked", EFFECT_DENY, 2 },
        { "oss:ListParts", "acs:oss:::own/locked", EFFECT_ALLOW, 1 },
        { "oss:DeleteBucket", "acs:oss:::own/locked", EFFECT_DENY, 2 },
        { "oss:DeleteBucket", "acs:oss:::b", EFFECT_DENY, 3 },
        { "oss:PutObject", "acs:oss:::other/x", EFFECT_NONE, SIZE_MAX },
        { "", "", EFFECT_NONE, SIZE_MAX },
    };
    policy_document *d = parsed(several, POLICY_IDENTITY);
    assert_int_equal(policy_document_statement_count(d), 4);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const policy_question q = question(wanted[i].action, wanted[i].resource);
        size_t by = SIZE_MAX;
        if (policy_document_evaluate(d, &q, &by, NULL) != wanted[i].effect || by != wanted[i].by)
            fail_msg("%s on %s: %zu", wanted[i].action, wanted[i].resource, by);
    }
    policy_document_release(d);
}

typedef struct {
    statement_trace seen[8];
    size_t n;
} trace;

static void note(void *self, const statement_trace *t)
{
    trace *x = self;
    assert_true(x->n < 8);
    x->seen[x->n++] = *t;
}

static void every_statement_is_shown(void **state)
{
    (void)state;
    policy_document *d = parsed(several, POLICY_IDENTITY);
    trace x = { .n = 0 };
    const policy_tracer tracer = { note, &x };
    policy_question q = question("oss:DeleteBucket", "acs:oss:::own/locked");
    size_t by = SIZE_MAX;
    assert_int_equal(policy_document_evaluate(d, &q, &by, &tracer), EFFECT_DENY);
    assert_int_equal(by, 2);
    assert_int_equal(x.n, 4);
    assert_int_equal(x.seen[0].failed_at, PART_ACTION);
    assert_true(str_eq(x.seen[0].sid, STR("reads")));
    assert_int_equal(x.seen[0].effect, EFFECT_ALLOW);
    assert_int_equal(x.seen[1].failed_at, PART_NONE);
    assert_null(x.seen[1].sid.p);
    assert_int_equal(x.seen[2].failed_at, PART_NONE);
    assert_int_equal(x.seen[2].effect, EFFECT_DENY);
    assert_int_equal(x.seen[3].failed_at, PART_NONE); /* behind the one that decided */
    assert_int_equal(x.seen[3].index, 3);

    x.n = 0;
    q.context = NULL;
    q.resource = STR("acs:oss:::own/x");
    q.action = STR("oss:PutObject");
    assert_int_equal(policy_document_evaluate(d, &q, &by, &tracer), EFFECT_NONE);
    assert_int_equal(x.seen[1].failed_at, PART_CONDITION);
    assert_non_null(x.seen[1].condition);
    assert_true(str_eq(condition_operator(x.seen[1].condition), STR("StringEquals")));
    assert_true(str_eq(condition_key(x.seen[1].condition), STR("acs:PrincipalName")));
    assert_int_equal(x.seen[2].failed_at, PART_RESOURCE);
    assert_null(x.seen[2].condition);
    policy_document_release(d);

    policy_document *trust = statement_of("'Effect':'Allow','Action':'*','Principal':{'RAM':'acs:ram::1:root'}", POLICY_TRUST);
    x.n = 0;
    assert_int_equal(policy_document_evaluate(trust, &q, &by, &tracer), EFFECT_NONE);
    assert_int_equal(x.seen[0].failed_at, PART_PRINCIPAL);
    policy_document_release(trust);
}

static void no_room_denies(void **state)
{
    (void)state;
    CLEANUP(arena_free_at) arena *tiny = arena_new(1, 1);
    static const char *const members[] = {
        "'Effect':'Allow','Action':'*','Resource':'acs:oss:::*x${acs:PrincipalName}*'",
        "'Effect':'Deny','Action':'*','Resource':'acs:oss:::*x${acs:PrincipalName}*'",
        "'Effect':'Allow','Action':'*','NotResource':'acs:oss:::*x${acs:PrincipalName}*'",
        "'Effect':'Allow','Action':'*','Resource':'*','Condition':{'StringNotLike':{'acs:SourceIp':'*1${acs:PrincipalAccount}*'}}",
    };
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        policy_document *d = statement_of(members[i], POLICY_IDENTITY);
        policy_question q = question("oss:Get", "acs:oss:::xxxxxxxxx");
        q.scratch = tiny;
        size_t by = SIZE_MAX;
        assert_int_equal(policy_document_evaluate(d, &q, &by, NULL), EFFECT_DENY);
        assert_int_equal(by, 0);
        policy_document_release(d);
    }
}

static void keys_that_are_used(void **state)
{
    (void)state;
    policy_document *d =
        parsed("{'Version':'1','Statement':[{'Effect':'Allow','Action':'*','Resource':'*'},"
               "{'Effect':'Allow','Action':'*','Resource':'acs:oss::${x:Account}:${x:Relative}',"
               "'Condition':{'StringEquals':{'acs:RequestTag/a':['b','${acs:ResourceTag/a}']},'Bool':{'x:B':true}}}]}",
               POLICY_IDENTITY);
    static const struct {
        str key;
        bool want;
    } keys[] = {
        { STR_INIT("x:account"), true },          { STR_INIT("x:Relative"), true },
        { STR_INIT("acs:RequestTag/"), true },    { STR_INIT("acs:ResourceTag/"), true },
        { STR_INIT("acs:ResourceTag/A"), true },  { STR_INIT("x:b"), true },
        { STR_INIT("acs:ResourceTag/b"), false }, { STR_INIT("x:"), false },
        { STR_INIT("acs:SourceIp"), false },
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (policy_document_uses(d, keys[i].key) != keys[i].want)
            fail_msg("%s", keys[i].key.p);
    }
    policy_document_release(d);
}

static void a_document_is_small(void **state)
{
    (void)state;
    policy_document *d = statement_of("'Effect':'Allow','Action':['ram:Get*','ram:List*'],'Resource':'*'", POLICY_IDENTITY);
    assert_true(policy_document_bytes(d) > 200);
    assert_true(policy_document_bytes(d) < 1200);
    policy_document_release(d);
    policy_document_release(NULL);
}

/* --- threads ------------------------------------------------------------------------------------- */

enum { THREADS = 4, ROUNDS = 2000 };

static void *hold_ask_release(void *self)
{
    policy_document *d = self;
    CLEANUP(arena_free_at) arena *own = arena_new(4096, 65536);
    size_t allowed = 0;
    for (size_t i = 0; i < ROUNDS; i++) {
        policy_document *held = policy_document_hold(d);
        const policy_question q = {
            .action = STR("oss:PutObject"), .resource = STR("acs:oss:::own/x"), .context = &circumstances, .scratch = own
        };
        size_t by;
        allowed += policy_document_evaluate(held, &q, &by, NULL) == EFFECT_ALLOW ? 1 : 0;
        policy_document_release(held);
    }
    policy_document_release(d); /* the one it was given */
    return allowed == ROUNDS ? self : NULL;
}

static void threads_share_a_document(void **state)
{
    (void)state;
    policy_document *d = parsed(several, POLICY_IDENTITY);
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hold_ask_release, policy_document_hold(d)), 0);
    policy_document_release(d);
    for (size_t i = 0; i < THREADS; i++) {
        void *ret = NULL;
        assert_int_equal(pthread_join(threads[i], &ret), 0);
        assert_non_null(ret);
    }
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(actions_match),           TEST(resources_match),          TEST(conditions_hold), TEST(principals_match),
        TEST(deny_stands_above_allow), TEST(every_statement_is_shown), TEST(no_room_denies),  TEST(keys_that_are_used),
        TEST(a_document_is_small),     TEST(threads_share_a_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
