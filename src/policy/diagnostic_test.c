/* diagnostic_test.c - what a refusal seals is what the account's administrator reads, and nobody else. */
#include "account/fixture_test.h"
#include "policy/diagnostic.h"

static fixture fix;

static int setup(void **state)
{
    (void)state;
    fixture_init(&fix);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_done(&fix);
    return 0;
}

static str seal(arena *a, const authorization *x)
{
    const diagnostic d = { STR("SubUser"), STR("alice"), x };
    str ret = { NULL, 0 };
    assert_int_equal(diagnostic_seal(fix.vault, FIXTURE_ACCOUNT, &d, a, &ret, &fix.err), ST_OK);
    return ret;
}

static const str ips[] = { STR_INIT("192.0.2.1"), STR_INIT("192.0.2.2") };
static const context_entry entries[] = { { STR_INIT("acs:SourceIp"), ips, 2 } };
static const context seen = { entries, 1 };
static const grant denies = { .policy_name = STR_INIT("no-\xc3\xa9"), .version = 3, .via = PRINCIPAL_GROUP };

static authorization explicit_deny(void)
{
    return (authorization){ .by = { .effect = EFFECT_DENY,
                                    .layer = LAYER_IDENTITY,
                                    .grant = &denies,
                                    .by = denies.policy_name,
                                    .resource = STR("acs:ram::1234567890123456:user/bob") },
                            .action = STR("ram:DeleteUser"),
                            .context = &seen };
}

static void test_it_tells_what_was_decided(void **state)
{
    (void)state;
    CLEANUP(arena_free_at) arena *a = arena_new(4096, 1024 * 1024);
    const authorization x = explicit_deny();
    const str text = seal(a, &x);
    READ(&fix, &fix.root, ram_decode_diagnostic_message, RAM_DECODE_DIAGNOSTIC_MESSAGE, .encoded_diagnostic_message = text);
    assert_ok(&fix);
#define AT "DecodedDiagnosticMessage."
    assert_string_equal(text_at(&fix, AT "AuthAction"), "ram:DeleteUser");
    assert_string_equal(text_at(&fix, AT "AuthResource"), "acs:ram::1234567890123456:user/bob");
    assert_string_equal(text_at(&fix, AT "AuthPrincipal.AuthPrincipalType"), "SubUser");
    assert_string_equal(text_at(&fix, AT "AuthPrincipal.AuthPrincipalDisplayName"), "alice");
    assert_string_equal(text_at(&fix, AT "AuthPrincipal.AuthPrincipalOwnerId"), "1234567890123456");
    assert_true(json_is_true(fixture_at(&fix, AT "ExplicitDeny")));
    assert_string_equal(text_at(&fix, AT "NoPermissionPolicyType"), "AccountLevelIdentityBasedPolicy");
    assert_string_equal(text_at(&fix, AT "MatchedPolicies.0.PolicyIdentifier"), "no-\xc3\xa9");
    assert_string_equal(text_at(&fix, AT "MatchedPolicies.0.PolicyType"), "Custom");
    assert_string_equal(text_at(&fix, AT "MatchedPolicies.0.PolicyVersion"), "v3");
    assert_string_equal(text_at(&fix, AT "MatchedPolicies.0.AttachedEntityType"), "RamGroup");
    assert_string_equal(text_at(&fix, AT "MatchedPolicies.0.Effect"), "Deny");
    assert_string_equal(text_at(&fix, AT "AuthConditions.0.ConditionKey"), "acs:SourceIp");
    assert_string_equal(text_at(&fix, AT "AuthConditions.0.ConditionValues.1"), "192.0.2.2");
}

static void test_an_implicit_deny_has_no_policy(void **state)
{
    (void)state;
    CLEANUP(arena_free_at) arena *a = arena_new(4096, 1024 * 1024);
    const authorization x = { .by = { .resource = STR("r"), .by = STR("") }, .action = STR("ram:X") };
    READ(&fix, &fix.root, ram_decode_diagnostic_message, RAM_DECODE_DIAGNOSTIC_MESSAGE,
         .encoded_diagnostic_message = seal(a, &x));
    assert_ok(&fix);
    assert_true(json_is_false(fixture_at(&fix, AT "ExplicitDeny")));
    assert_int_equal(count_at(&fix, AT "MatchedPolicies"), 0);
    assert_int_equal(count_at(&fix, AT "AuthConditions"), 0);
}

/* T48 of this token: every flipped bit, every cut, and another account's administrator. */
static void test_what_was_not_sealed_here_is_refused(void **state)
{
    (void)state;
    CLEANUP(arena_free_at) arena *a = arena_new(64 * 1024, 64 * 1024 * 1024);
    const authorization x = explicit_deny();
    const str text = seal(a, &x);
    READ(&fix, &fix.other_root, ram_decode_diagnostic_message, RAM_DECODE_DIAGNOSTIC_MESSAGE,
         .encoded_diagnostic_message = text);
    assert_code(&fix, ST_INVALID, "InvalidParameter.EncodedDiagnosticMessage");
    char *copy = arena_alloc(a, text.n);
    memcpy(copy, text.p, text.n);
    diagnostic_opened d;
    for (size_t i = 0; i < text.n; i++) {
        copy[i] = copy[i] == 'A' ? 'B' : 'A';
        assert_int_equal(diagnostic_open(fix.vault, FIXTURE_ACCOUNT, (str){ copy, text.n }, a, &d, &fix.err), ST_INVALID);
        copy[i] = text.p[i];
        assert_int_equal(diagnostic_open(fix.vault, FIXTURE_ACCOUNT, (str){ copy, i }, a, &d, &fix.err), ST_INVALID);
    }
    assert_int_equal(diagnostic_open(fix.vault, FIXTURE_ACCOUNT, (str){ copy, text.n }, a, &d, &fix.err), ST_OK);
}

/* A request can be as large as it likes: texts are cut between characters, and the message stays within its bound. */
static void test_long_texts_are_cut(void **state)
{
    (void)state;
    CLEANUP(arena_free_at) arena *a = arena_new(64 * 1024, 64 * 1024 * 1024);
    char *big = arena_alloc(a, 3 * 2000);
    for (size_t i = 0; i < 2000; i++)
        memcpy(big + 3 * i, "\xe2\x82\xac", 3);
    const str euros = { big, 3 * 2000 };
    context_entry many[100];
    for (size_t i = 0; i < 100; i++)
        many[i] = (context_entry){ euros, &euros, 1 };
    const context all = { many, 100 };
    authorization x = explicit_deny();
    x.by.resource = euros;
    x.context = &all;
    const str text = seal(a, &x);
    assert_true(text.n <= DIAGNOSTIC_ENCODED_MAX);
    diagnostic_opened d;
    assert_int_equal(diagnostic_open(fix.vault, FIXTURE_ACCOUNT, text, a, &d, &fix.err), ST_OK);
    assert_true(d.resource.n <= DIAGNOSTIC_TEXT_MAX && d.resource.n % 3 == 0 && d.resource.n > 0);
    assert_true(utf8_is_valid(d.resource));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_it_tells_what_was_decided),
        TEST(test_an_implicit_deny_has_no_policy),
        TEST(test_what_was_not_sealed_here_is_refused),
        TEST(test_long_texts_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
