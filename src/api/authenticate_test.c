/* authenticate_test.c - when the proof of a session holds: its time, its token, both under both schemes, from the store and from
 * memory (threats T46, T48). */
#include "api/api_fixture_test.h"

#define TRUST                                                                                                       \
    "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":{\"RAM\":" \
    "[\"acs:ram::1234567890123456:root\"]}}]}"
#define ROLE_ARN "acs:ram::1234567890123456:role/deploy"

enum { DURATION_S = 900 };

static api_fixture x;
static caller alice;
static api_key permanent, session;

static int setup(void **state)
{
    (void)state;
    api_fixture_init(&x);
    alice = api_fixture_user(&x.f, &x.f.root, "alice", &permanent);
    api_fixture_role(&x.f, &x.f.root, "deploy", TRUST);
    api_fixture_session(&x.f, &alice, ROLE_ARN, DURATION_S, &session);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    api_fixture_done(&x);
    return 0;
}

static const scheme schemes[] = { SCHEME_ACS3, SCHEME_V1 };

static void ask_who(scheme s, const api_key *key, const char *other_token)
{
    api_fixture_ask(
        &x, (api_ask){
                .scheme = s, .version = "2015-04-01", .action = "GetCallerIdentity", .key = key, .other_token = other_token });
}

/* The first call of a key finds its holder in the store, the next one in memory. */
static void assert_proven(const api_key *key, const char *identity_type)
{
    for (size_t i = 0; i < 4; i++) {
        ask_who(schemes[i % 2], key, NULL);
        assert_answer(&x, 200, NULL);
        assert_string_equal(text_at(&x.f, "IdentityType"), identity_type);
    }
}

static void assert_refused(const api_key *key, const char *other_token, unsigned want, const char *code)
{
    for (size_t i = 0; i < 4; i++) {
        ask_who(schemes[i % 2], key, other_token);
        assert_answer(&x, want, code);
    }
}

/* --- time --------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *what;
    int64_t after_issue_s;
    bool is_alive;
} times[] = {
    { "just issued", 0, true },
    { "a second before its end", DURATION_S - 1, true },
    { "at its very end", DURATION_S, false },
    { "a second after it", DURATION_S + 1, false },
    { "long after it", 10 * DURATION_S, false },
};

static void a_session_ends_at_its_second(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) { /* known to the store alone */
        api_fixture_set_now(&x, FIXTURE_NOW_S + (int64_t)i * 100 * DURATION_S);
        const int64_t issued_s = x.f.now_s;
        api_fixture_session(&x.f, &alice, ROLE_ARN, DURATION_S, &session);
        api_fixture_set_now(&x, issued_s + times[i].after_issue_s);
        print_message("%s\n", times[i].what);
        if (times[i].is_alive)
            assert_proven(&session, "AssumedRoleUser");
        else
            assert_refused(&session, NULL, 400, "InvalidSecurityToken.Expired");
    }
}

static void what_is_remembered_ends_too(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        assert_true(i == 0 || times[i - 1].after_issue_s < times[i].after_issue_s);
        api_fixture_set_now(&x, FIXTURE_NOW_S + times[i].after_issue_s);
        print_message("%s\n", times[i].what);
        if (times[i].is_alive)
            assert_proven(&session, "AssumedRoleUser");
        else
            assert_refused(&session, NULL, 400, "InvalidSecurityToken.Expired");
    }
    assert_true(api_count(x.api).cache_hits > 0);
    assert_proven(&permanent, "RAMUser"); /* the key that asked for it goes on */
}

/* That a session is over is told to its holder alone, and its nonce is kept for nobody. */
static void the_end_is_told_after_the_signature(void **state)
{
    (void)state;
    api_key wrong = session;
    wrong.secret[0] = wrong.secret[0] == 'A' ? 'B' : 'A';
    api_fixture_set_now(&x, FIXTURE_NOW_S + DURATION_S);
    assert_refused(&wrong, NULL, 400, "SignatureDoesNotMatch");
    const uint64_t live = nonces_count(x.nonces, x.f.now_s).live;
    assert_refused(&session, NULL, 400, "InvalidSecurityToken.Expired");
    assert_true(nonces_count(x.nonces, x.f.now_s).live == live);
}

/* --- the token ---------------------------------------------------------------------------------------------------- */

static void a_token_is_of_one_key(void **state)
{
    (void)state;
    api_key other;
    api_fixture_session(&x.f, &alice, ROLE_ARN, DURATION_S, &other);
    assert_string_not_equal(session.id, other.id);
    for (int is_remembered = 0; is_remembered < 2; is_remembered++) {
        assert_refused(&session, other.token, 400, "InvalidSecurityToken.MismatchWithAccessKey");
        assert_refused(&other, session.token, 400, "InvalidSecurityToken.MismatchWithAccessKey");
        assert_proven(&session, "AssumedRoleUser");
        assert_proven(&other, "AssumedRoleUser");
    }
}

static void a_temporary_key_needs_its_token(void **state)
{
    (void)state;
    for (int is_remembered = 0; is_remembered < 2; is_remembered++) {
        assert_refused(&session, "", 400, "MissingSecurityToken");
        assert_proven(&session, "AssumedRoleUser");
    }
}

static void a_permanent_key_takes_no_token(void **state)
{
    (void)state;
    for (int is_remembered = 0; is_remembered < 2; is_remembered++) {
        assert_refused(&permanent, session.token, 400, "InvalidSecurityToken.MismatchWithAccessKey");
        assert_refused(&permanent, "anything", 400, "InvalidSecurityToken.MismatchWithAccessKey");
        assert_proven(&permanent, "RAMUser");
    }
}

static void what_is_no_token_is_malformed(void **state)
{
    (void)state;
    static char flipped[sizeof session.token], cut[sizeof session.token], longer[sizeof session.token];
    static char endless[SESSION_TOKEN_MAX + 2];
    const size_t n = strlen(session.token);
    (void)snprintf(flipped, sizeof flipped, "%s", session.token);
    flipped[n / 2] = flipped[n / 2] == 'A' ? 'B' : 'A';
    (void)snprintf(cut, sizeof cut, "%.*s", (int)n - 4, session.token);
    (void)snprintf(longer, sizeof longer, "%sAAAA", session.token);
    memset(endless, 'A', SESSION_TOKEN_MAX + 1);
    const char *const bad[] = { flipped, cut, longer, endless, "A", "not.base64url" };
    for (int is_remembered = 0; is_remembered < 2; is_remembered++) {
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
            assert_refused(&session, bad[i], 400, "InvalidSecurityToken.Malformed");
        assert_proven(&session, "AssumedRoleUser");
    }
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_session_ends_at_its_second),  TEST(what_is_remembered_ends_too),     TEST(the_end_is_told_after_the_signature),
        TEST(a_token_is_of_one_key),         TEST(a_temporary_key_needs_its_token), TEST(a_permanent_key_takes_no_token),
        TEST(what_is_no_token_is_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
