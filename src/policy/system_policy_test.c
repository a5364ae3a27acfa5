/* system_policy_test.c */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>

#include "policy/system_policy.h"

enum { POLICIES_MIN = 80 }; /* what the build knows must not shrink: a policy may be attached */

/* What each allows, after what its name says in RAM's list of system policies. */
static const struct {
    str policy, action, resource;
    bool want;
} cases[] = {
    { STR_INIT("AdministratorAccess"), STR_INIT("anything:AtAll"), STR_INIT("acs:anything:cn-hangzhou:1:x"), true },
    { STR_INIT("AliyunRAMFullAccess"), STR_INIT("ram:DeleteUser"), STR_INIT("acs:ram::1:user/x"), true },
    { STR_INIT("AliyunRAMFullAccess"), STR_INIT("RAM:deleteuser"), STR_INIT("acs:ram::1:user/x"), true },
    { STR_INIT("AliyunRAMFullAccess"), STR_INIT("ims:GetUser"), STR_INIT("acs:ram::1:user/x"), true },
    { STR_INIT("AliyunRAMFullAccess"), STR_INIT("sts:AssumeRole"), STR_INIT("acs:ram::1:role/x"), false },
    { STR_INIT("AliyunRAMReadOnlyAccess"), STR_INIT("ram:GetUser"), STR_INIT("acs:ram::1:user/x"), true },
    { STR_INIT("AliyunRAMReadOnlyAccess"), STR_INIT("ram:ListUsers"), STR_INIT("acs:ram::1:user/*"), true },
    { STR_INIT("AliyunRAMReadOnlyAccess"), STR_INIT("ram:CreateUser"), STR_INIT("acs:ram::1:user/*"), false },
    { STR_INIT("AliyunRAMReadOnlyAccess"), STR_INIT("ram:Ge"), STR_INIT("acs:ram::1:user/x"), false },
    { STR_INIT("AliyunSTSAssumeRoleAccess"), STR_INIT("sts:AssumeRole"), STR_INIT("acs:ram::1:role/x"), true },
    { STR_INIT("AliyunSTSAssumeRoleAccess"), STR_INIT("sts:AssumeRoleWithSAML"), STR_INIT("acs:ram::1:role/x"), false },
    { STR_INIT("AliyunSTSAssumeRoleAccess"), STR_INIT("ram:GetRole"), STR_INIT("acs:ram::1:role/x"), false },
    { STR_INIT("AliyunOSSFullAccess"), STR_INIT("oss:PutObject"), STR_INIT("acs:oss:*:1:bucket/key"), true },
    { STR_INIT("AliyunOSSFullAccess"), STR_INIT("ecs:RunInstances"), STR_INIT("acs:ecs:*:1:instance/*"), false },
    { STR_INIT("AliyunOSSReadOnlyAccess"), STR_INIT("oss:GetObject"), STR_INIT("acs:oss:*:1:bucket/key"), true },
    { STR_INIT("AliyunOSSReadOnlyAccess"), STR_INIT("oss:PutObject"), STR_INIT("acs:oss:*:1:bucket/key"), false },
    { STR_INIT("AliyunECSReadOnlyAccess"), STR_INIT("ecs:DescribeInstances"), STR_INIT("acs:ecs:*:1:instance/*"), true },
    { STR_INIT("AliyunECSReadOnlyAccess"), STR_INIT("ecs:DeleteInstance"), STR_INIT("acs:ecs:*:1:instance/i"), false },
    { STR_INIT("AliyunKMSReadOnlyAccess"), STR_INIT("kms:ListKeys"), STR_INIT("acs:kms:*:1:key/*"), true },
    { STR_INIT("AliyunKMSReadOnlyAccess"), STR_INIT("kms:GetSecretValue"), STR_INIT("acs:kms:*:1:secret/x"), false },
};

static void what_they_allow(void **state)
{
    (void)state;
    arena *a = arena_new(4096, 65536);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const system_policy *p = system_policy_find(cases[i].policy);
        assert_non_null(p);
        const policy_question q = { .action = cases[i].action, .resource = cases[i].resource, .scratch = a };
        size_t statement;
        const policy_effect effect = policy_document_evaluate(system_policy_document(p), &q, &statement, NULL);
        if (effect != (cases[i].want ? EFFECT_ALLOW : EFFECT_NONE))
            fail_msg(STR_FMT " on " STR_FMT, STR_ARG(cases[i].policy), STR_ARG(cases[i].action));
    }
    arena_free(a);
}

static void they_are_found_in_any_case(void **state)
{
    (void)state;
    assert_ptr_equal(system_policy_find(STR("administratoraccess")), system_policy_find(STR("AdministratorAccess")));
    assert_non_null(system_policy_find(STR("ALIYUNYUNDUNWAFREADONLYACCESS")));
    assert_null(system_policy_find(STR("")));
    assert_null(system_policy_find((str){ NULL, 0 }));
    assert_null(system_policy_find(STR("AdministratorAcces")));
    assert_null(system_policy_find(STR("AdministratorAccess2")));
    size_t n = 0;
    for (const system_policy *p; (p = system_policy_at(n)) != NULL; n++)
        assert_ptr_equal(system_policy_find(p->name), p);
    assert_true(n >= POLICIES_MIN);
}

static void every_document_compiles_once(void **state)
{
    (void)state;
    for (size_t i = 0; system_policy_at(i) != NULL; i++) {
        const system_policy *p = system_policy_at(i);
        policy_document *d = NULL;
        err e = { 0 };
        if (policy_document_parse(p->document, POLICY_IDENTITY, &d, &e) != ST_OK)
            fail_msg(STR_FMT ": %s", STR_ARG(p->name), e.log);
        assert_true(policy_document_statement_count(d) >= 1);
        policy_document_release(d);
        assert_ptr_equal(system_policy_document(p), system_policy_document(p));
        assert_true(p->version >= 1 && p->created_s > 0 && p->updated_s >= p->created_s);
        assert_true(p->description.n > 0 && utf8_count(p->document) <= POLICY_DOCUMENT_MAX);
    }
}

/* Both sides of the pattern stand together. */
static void full_and_read_only_come_in_pairs(void **state)
{
    (void)state;
    for (size_t i = 0; system_policy_at(i) != NULL; i++) {
        const str name = system_policy_at(i)->name, full = STR("FullAccess");
        if (!str_ends(name, full))
            continue;
        char other[160];
        const int n = snprintf(other, sizeof other, "%.*sReadOnlyAccess", (int)(name.n - full.n), name.p);
        if (system_policy_find((str){ other, (size_t)n }) == NULL)
            fail_msg("%s", other);
    }
}

enum { THREADS = 4 };

static void *compile_all(void *self)
{
    (void)self;
    for (size_t i = 0; system_policy_at(i) != NULL; i++)
        if (policy_document_statement_count(system_policy_document(system_policy_at(i))) == 0)
            return (void *)"no statements";
    return NULL;
}

static void many_threads(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, compile_all, NULL), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *failed = NULL;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_threads), /* first, while none is compiled */
        cmocka_unit_test(what_they_allow),
        cmocka_unit_test(they_are_found_in_any_case),
        cmocka_unit_test(every_document_compiles_once),
        cmocka_unit_test(full_and_read_only_come_in_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
