/* assume_role_api_test.c - AssumeRole and what becomes of its sessions, on a real store (threats T44, T45, T46). */
#include "access_key/access_key_api.h"
#include "account/fixture_test.h"
#include "audit/audit.h"
#include "policy/decide.h"
#include "role/assume_role_api.h"
#include "role/role_api.h"
#include "role/session.h"
#include "user/user_api.h"

#define TRUST_OF(principal, more)                                                            \
    "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\"," \
    "\"Principal\":" principal more "}]}"
#define OWN_ACCOUNT     "{\"RAM\":[\"acs:ram::1234567890123456:root\"]}"
#define OTHER_ACCOUNT   "{\"RAM\":[\"acs:ram::6543210987654321:root\"]}"
#define BOTH_ACCOUNTS   "{\"RAM\":[\"acs:ram::1234567890123456:root\",\"acs:ram::6543210987654321:root\"]}"
#define ARN(name)       "acs:ram::1234567890123456:role/" name
#define OTHER_ARN(name) "acs:ram::6543210987654321:role/" name
#define ALLOW(what)     "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"" what "\",\"Resource\":\"*\"}]}"

enum { AUTHORITIES_MAX = 64 };

static fixture f;
static arena *a;
static policy_cache *cache;
static caller alice;
static authority *held[AUTHORITIES_MAX]; /* of the callers that load() made */
static size_t held_n;
static char key_id[64], token[SESSION_TOKEN_MAX + 1]; /* of the last session */

static caller new_user(const caller *root, const char *name)
{
    caller who = { .kind = CALLER_USER, .proof = PROOF_ACS3, .account = root->account, .is_key_active = true };
    APPLY(&f, root, ram_create_user, RAM_CREATE_USER, .user_name = str_from_c(name));
    assert_ok(&f);
    assert_int_equal(str_to_u64(str_from_c(text_at(&f, "User.UserId")), 1, UINT64_MAX, &who.id), ST_OK);
    APPLY(&f, root, ram_create_access_key, RAM_CREATE_ACCESS_KEY, .user_name = str_from_c(name));
    assert_ok(&f);
    (void)snprintf(who.name, sizeof who.name, "%s", name);
    (void)snprintf(who.access_key_id, sizeof who.access_key_id, "%s", text_at(&f, "AccessKey.AccessKeyId"));
    return who;
}

static void new_role(const caller *root, const char *name, const char *trust)
{
    APPLY(&f, root, ram_create_role, RAM_CREATE_ROLE, .role_name = str_from_c(name),
          .assume_role_policy_document = str_from_c(trust), .max_session_duration = { 7200, true });
    assert_ok(&f);
}

static int setup(void **state)
{
    (void)state;
    fixture_init(&f);
    a = arena_new(64 * 1024, 8 * 1024 * 1024);
    cache = policy_cache_new(1024 * 1024, &f.world);
    alice = new_user(&f.root, "alice");
    new_role(&f.root, "Deploy", TRUST_OF(OWN_ACCOUNT, ""));
    return a == NULL || cache == NULL;
}

static int teardown(void **state)
{
    (void)state;
    while (held_n > 0)
        authority_release(held[--held_n]);
    policy_cache_free(cache);
    arena_free(a);
    fixture_done(&f);
    return 0;
}

typedef struct {
    const char *arn, *session, *policy, *external_id, *source_identity;
    int64_t duration_s;
} ask;

static void assume(const caller *who, ask x)
{
    APPLY(&f, who, sts_assume_role, STS_ASSUME_ROLE, .role_arn = str_from_c(x.arn != NULL ? x.arn : ARN("deploy")),
          .role_session_name = str_from_c(x.session != NULL ? x.session : "session"), .policy = str_from_c(x.policy),
          .external_id = str_from_c(x.external_id), .source_identity = str_from_c(x.source_identity),
          .duration_seconds = { x.duration_s, x.duration_s != 0 });
    if (f.status != ST_OK)
        return;
    (void)snprintf(key_id, sizeof key_id, "%s", text_at(&f, "Credentials.AccessKeyId"));
    (void)snprintf(token, sizeof token, "%s", text_at(&f, "Credentials.SecurityToken"));
}

static session_token open_token(const char *text)
{
    session_token t;
    str kept; /* what it borrows outlives the next session */
    assert_int_equal(arena_copy(a, str_from_c(text), &kept), ST_OK);
    assert_int_equal(session_token_open(f.vault, kept, a, &t, &f.err), ST_OK);
    return t;
}

typedef struct {
    session_token token;
    caller who;
    authority *authority;
    uint64_t account_after;
} loading;

static status run_load(store_tx *tx, void *self, err *e)
{
    loading *l = self;
    TRY(session_load(tx, a, cache, &l->token, &l->who, &l->authority, e));
    l->account_after = store_tx_account(tx);
    return ST_OK;
}

/* The caller of a session, as a signed call of its key finds it. */
static status try_load(const char *text, caller *ret)
{
    loading l = { .token = open_token(text), .who = { .proof = PROOF_ACS3 } };
    f.err = (err){ 0 };
    status s = store_read_now(f.store, 0, run_load, &l, &f.err);
    if (s != ST_OK)
        return s;
    assert_true(l.account_after == l.who.account && held_n < AUTHORITIES_MAX);
    held[held_n++] = l.authority;
    *ret = l.who;
    return ST_OK;
}

static caller load(void)
{
    caller who;
    assert_int_equal(try_load(token, &who), ST_OK);
    return who;
}

static void assert_dead(const char *text)
{
    caller who;
    assert_int_equal(try_load(text, &who), ST_DENIED);
    assert_string_equal(f.err.code, "InvalidSecurityToken.Revoked");
}

static uint64_t role_id(const caller *root, const char *name)
{
    uint64_t id = 0;
    READ(&f, root, ram_get_role, RAM_GET_ROLE, .role_name = str_from_c(name));
    assert_ok(&f);
    assert_int_equal(str_to_u64(str_from_c(text_at(&f, "Role.RoleId")), 1, UINT64_MAX, &id), ST_OK);
    return id;
}

/* --- the answer --------------------------------------------------------------------------------------------------- */

static void the_answer_is_as_documented(void **state)
{
    (void)state;
    char id[32];
    (void)snprintf(id, sizeof id, "%llu:deploy@ci", (unsigned long long)role_id(&f.root, "deploy"));
    assume(&alice,
           (ask){ .arn = ARN("DEPLOY"), .session = "deploy@ci", .source_identity = "alice@example.com", .duration_s = 900 });
    assert_ok(&f);
    assert_int_equal(strlen(text_at(&f, "Credentials.AccessKeyId")), 28);
    assert_memory_equal(text_at(&f, "Credentials.AccessKeyId"), "STS.", 4);
    assert_true(str_is_of(str_from_c(text_at(&f, "Credentials.AccessKeyId") + 4), ascii_is_alnum));
    assert_int_equal(strlen(text_at(&f, "Credentials.AccessKeySecret")), 30);
    assert_string_equal(text_at(&f, "Credentials.Expiration"), "2026-11-24T00:15:00Z");
    assert_string_equal(text_at(&f, "AssumedRoleUser.Arn"), ARN("deploy/deploy@ci"));
    assert_string_equal(text_at(&f, "AssumedRoleUser.AssumedRoleId"), id);
    assert_string_equal(text_at(&f, "SourceIdentity"), "alice@example.com");
    const session_token t = open_token(token);
    assert_true(str_eq(t.access_key_id, str_from_c(key_id)));
    assert_string_equal(t.session.user_access_key_id, alice.access_key_id);
    assert_true(t.session.user == alice.id && t.session.expires_s == FIXTURE_NOW_S + 900);
    assume(&alice, (ask){ 0 });
    assert_ok(&f);
    assert_string_equal(text_at(&f, "Credentials.Expiration"), "2026-11-24T01:00:00Z");
    assert_null(fixture_at(&f, "SourceIdentity"));
}

static void a_new_session_is_a_caller(void **state)
{
    (void)state;
    assume(&alice, (ask){ .session = "ci" });
    const caller who = load();
    assert_int_equal(who.kind, CALLER_ROLE);
    assert_true(who.account == FIXTURE_ACCOUNT && who.id == role_id(&f.root, "deploy"));
    assert_string_equal(who.name, "Deploy");
    assert_string_equal(who.access_key_id, key_id);
    assert_true(who.is_key_active && who.switches == 0);
    assert_string_equal(who.session->name, "ci");
    assert_ptr_equal(who.session, authority_session(who.authority));
}

/* --- parameters --------------------------------------------------------------------------------------------------- */

#define NAME_64 "0123456789012345678901234567890123456789012345678901234567890123"

static const struct {
    const char *what;
    ask x;
    const char *code; /* NULL: fine */
} parameter_cases[] = {
    { "no ARN", { .arn = "deploy" }, "InvalidParameter.RoleArn" },
    { "the ARN of a user", { .arn = "acs:ram::1234567890123456:user/alice" }, "InvalidParameter.RoleArn" },
    { "an ARN without a name", { .arn = ARN("") }, "InvalidParameter.RoleArn" },
    { "the ARN of a session", { .arn = ARN("deploy/session") }, "InvalidParameter.RoleArn" },
    { "a wildcard", { .arn = ARN("*") }, "InvalidParameter.RoleArn" },
    { "a name of 65", { .arn = ARN(NAME_64 "x") }, "InvalidParameter.RoleArn" },
    { "an ARN without account", { .arn = "acs:ram:::role/deploy" }, "InvalidParameter.RoleArn" },
    { "session name too short", { .session = "x" }, "InvalidParameter.RoleSessionName" },
    { "session name of 64", { .session = NAME_64 }, NULL },
    { "session name of 65", { .session = NAME_64 "x" }, "InvalidParameter.RoleSessionName" },
    { "every character of a session name", { .session = "aZ09.@_-" }, NULL },
    { "a blank in a session name", { .session = "a b" }, "InvalidParameter.RoleSessionName" },
    { "a slash in a session name", { .session = "a/b" }, "InvalidParameter.RoleSessionName" },
    { "899 seconds", { .duration_s = 899 }, "InvalidParameter.DurationSeconds" },
    { "negative seconds", { .duration_s = -900 }, "InvalidParameter.DurationSeconds" },
    { "the role's maximum", { .duration_s = 7200 }, NULL },
    { "above the role's maximum", { .duration_s = 7201 }, "InvalidParameter.DurationSeconds" },
    { "above every maximum", { .duration_s = INT64_MAX }, "InvalidParameter.DurationSeconds" },
    { "policy that is no JSON", { .policy = "{" }, "InvalidParameter.PolicyGrammar" },
    { "policy with a principal", { .policy = TRUST_OF(OWN_ACCOUNT, "") }, "InvalidParameter.PolicyGrammar" },
    { "policy", { .policy = ALLOW("ram:Get*") }, NULL },
    { "external id", { .external_id = "a_Z0+=,.@:/-" }, NULL },
    { "a blank in an external id", { .external_id = "a b" }, "InvalidParameter.ExternalId.InvalidChars" },
    { "source identity of 64", { .source_identity = NAME_64 }, NULL },
    { "source identity of 65", { .source_identity = NAME_64 "x" }, "InvalidParameter.SourceIdentity" },
    { "source identity of 1", { .source_identity = "x" }, "InvalidParameter.SourceIdentity" },
    { "a colon in a source identity", { .source_identity = "a:b" }, "InvalidParameter.SourceIdentity" },
};

static void parameters(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof parameter_cases / sizeof parameter_cases[0]; i++) {
        assume(&alice, parameter_cases[i].x);
        const char *want = parameter_cases[i].code;
        if ((want == NULL) != (f.status == ST_OK) || (want != NULL && strcmp(f.err.code, want) != 0))
            fail_msg("%s: %s %s", parameter_cases[i].what, f.err.code, f.err.log);
    }
    assume(&alice, (ask){ .policy = "{\"Version\":\"1\",\n\"Statement\":[}" });
    assert_non_null(strstr(f.err.message, "line 2"));
}

/* Characters, not bytes; and blanks count. */
static void a_session_policy_has_2048_characters(void **state)
{
    (void)state;
    static const char head[] =
        "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"ram:Get*\",\"Resource\":\"*"
        "\",\"Condition\":{\"StringEquals\":{\"acs:UserAgent\":\"",
                      tail[] = "\"}}}]}";
    char text[4 * 2100];
    for (size_t more = 0; more < 2; more++) {
        size_t n = sizeof head - 1, characters = n + sizeof tail - 1;
        memcpy(text, head, n);
        for (; characters < 2048 + more; characters++, n += 3)
            memcpy(text + n, "\xE9\x94\xAE", 3);
        memcpy(text + n, tail, sizeof tail);
        assume(&alice, (ask){ .policy = text });
        if (more == 0)
            assert_ok(&f);
        else
            assert_code(&f, ST_INVALID, "InvalidParameter.PolicySize");
    }
}

/* --- who may ------------------------------------------------------------------------------------------------------ */

static void root_may_not(void **state)
{
    (void)state;
    assume(&f.root, (ask){ 0 });
    assert_code(&f, ST_DENIED, "NoPermission");
    assert_string_equal(f.err.message, "Roles may not be assumed by root accounts."); /* STS's own words */
    assume(&f.root, (ask){ .arn = ARN("ghost") });
    assert_code(&f, ST_DENIED, "NoPermission");
}

static const struct {
    const char *what, *trust;
    ask x;
    bool is_trusted;
} trust_cases[] = {
    { "the account", TRUST_OF(OWN_ACCOUNT, ""), { 0 }, true },
    { "the user", TRUST_OF("{\"RAM\":\"acs:ram::1234567890123456:user/Alice\"}", ""), { 0 }, true },
    { "another user", TRUST_OF("{\"RAM\":\"acs:ram::1234567890123456:user/bob\"}", ""), { 0 }, false },
    { "a user of that name elsewhere", TRUST_OF("{\"RAM\":\"acs:ram::6543210987654321:user/alice\"}", ""), { 0 }, false },
    { "another account", TRUST_OF(OTHER_ACCOUNT, ""), { 0 }, false },
    { "one of two", TRUST_OF(BOTH_ACCOUNTS, ""), { 0 }, true },
    { "a role of that name", TRUST_OF("{\"RAM\":\"acs:ram::1234567890123456:role/alice\"}", ""), { 0 }, false },
    { "a service: no user may", TRUST_OF("{\"Service\":[\"ecs.aliyuncs.com\"]}", ""), { 0 }, false },
    { "an identity provider", TRUST_OF("{\"Federated\":[\"acs:ram::1234567890123456:saml-provider/x\"]}", ""), { 0 }, false },
    { "another action",
      "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:GetCallerIdentity\",\"Principal\":" OWN_ACCOUNT
      "}]}",
      { 0 },
      false },
    { "allow and deny",
      "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Principal\":" OWN_ACCOUNT "},{\"Effect\":"
      "\"Deny\",\"Action\":\"sts:AssumeRole\",\"Principal\":{\"RAM\":\"acs:ram::1234567890123456:user/alice\"}}]}",
      { 0 },
      false },
#define WITH(operator, key, value) TRUST_OF(OWN_ACCOUNT, ",\"Condition\":{\"" operator"\":{\"" key "\":\"" value "\"}}")
    { "external id", WITH("StringEquals", "sts:ExternalId", "secret-7"), { .external_id = "secret-7" }, true },
    { "another external id", WITH("StringEquals", "sts:ExternalId", "secret-7"), { .external_id = "secret-8" }, false },
    { "no external id", WITH("StringEquals", "sts:ExternalId", "secret-7"), { 0 }, false },
    { "session name", WITH("StringLike", "sts:RoleSessionName", "ci-*"), { .session = "ci-1" }, true },
    { "another session name", WITH("StringLike", "sts:RoleSessionName", "ci-*"), { .session = "cd-1" }, false },
    { "source identity", WITH("StringEquals", "sts:SourceIdentity", "alice"), { .source_identity = "alice" }, true },
    { "no source identity", WITH("StringEquals", "sts:SourceIdentity", "alice"), { 0 }, false },
    { "who asks", WITH("StringEquals", "acs:PrincipalARN", "acs:ram::1234567890123456:user/alice"), { 0 }, true },
    { "not over TLS", WITH("Bool", "acs:SecureTransport", "true"), { 0 }, false },
    { "in time", WITH("DateLessThan", "acs:CurrentTime", "2026-11-24T00:00:01Z"), { 0 }, true },
    { "too late", WITH("DateLessThan", "acs:CurrentTime", "2026-11-24T00:00:00Z"), { 0 }, false },
    { "an AccessKey has no second factor", WITH("Bool", "acs:MFAPresent", "true"), { 0 }, false },
};

static void whom_a_role_trusts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof trust_cases / sizeof trust_cases[0]; i++) {
        APPLY(&f, &f.root, ram_update_role, RAM_UPDATE_ROLE, .role_name = STR("deploy"),
              .new_assume_role_policy_document = str_from_c(trust_cases[i].trust));
        assert_ok(&f);
        assume(&alice, trust_cases[i].x);
        if (trust_cases[i].is_trusted != (f.status == ST_OK))
            fail_msg("%s: %s %s", trust_cases[i].what, f.err.code, f.err.log);
        if (!trust_cases[i].is_trusted)
            assert_code(&f, ST_DENIED, "NoPermission");
    }
}

static void a_missing_role_is_told_in_the_own_account_only(void **state)
{
    (void)state;
    assume(&alice, (ask){ .arn = ARN("ghost") });
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Role");
    new_role(&f.other_root, "closed", TRUST_OF(OTHER_ACCOUNT, ""));
    err told = { 0 };
    static const char *const arns[] = { OTHER_ARN("closed"), OTHER_ARN("ghost"), "acs:ram::1111111111111111:role/closed" };
    for (size_t i = 0; i < 3; i++) {
        assume(&alice, (ask){ .arn = arns[i], .duration_s = 43200 }); /* nor is the maximum of a role that does not trust */
        assert_code(&f, ST_DENIED, "NoPermission");
        if (i > 0)
            assert_string_equal(f.err.message, told.message);
        told = f.err;
    }
}

/* --- other accounts, and the record of it ------------------------------------------------------------------------- */

typedef struct {
    char body[AUDIT_BODY_MAX + 1];
    size_t n;
} last_event;

static status read_last_event(store_tx *tx, void *self, err *e)
{
    last_event *l = self;
    audit_record *r = NULL;
    TRY(store_audit_list(tx, a, 0, 100000, &r, &l->n, e));
    (void)snprintf(l->body, sizeof l->body, STR_FMT, STR_ARG(r[l->n - 1].body));
    return ST_OK;
}

static void assert_recorded(account_id account, const char *resource_arn)
{
    static last_event last;
    assert_int_equal(store_read_now(f.store, account, read_last_event, &last, &f.err), ST_OK);
    const char *const parts[] = { "\"eventName\":\"AssumeRole\"", resource_arn, key_id, "\"RoleSessionName\":\"audited\"",
                                  alice.access_key_id };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (strstr(last.body, parts[i]) == NULL)
            fail_msg("%s is not in %s", parts[i], last.body);
    }
    assert_null(strstr(last.body, text_at(&f, "Credentials.AccessKeySecret")));
    assert_null(strstr(last.body, token));
}

static void both_accounts_record_it(void **state)
{
    (void)state;
    assume(&alice, (ask){ .session = "audited" });
    assert_recorded(FIXTURE_ACCOUNT, ARN("deploy"));
    new_role(&f.other_root, "Shared", TRUST_OF(BOTH_ACCOUNTS, ""));
    uint64_t events = fixture_events(&f, FIXTURE_OTHER);
    assume(&alice, (ask){ .arn = OTHER_ARN("shared"), .session = "audited" });
    assert_ok(&f);
    assert_int_equal(fixture_events(&f, FIXTURE_OTHER), events + 1);
    assert_recorded(FIXTURE_OTHER, OTHER_ARN("shared"));
    assert_recorded(FIXTURE_ACCOUNT, OTHER_ARN("shared"));
    const caller who = load();
    assert_true(who.account == FIXTURE_OTHER);
    assume(&alice, (ask){ .arn = OTHER_ARN("ghost") });
    assert_int_equal(fixture_events(&f, FIXTURE_OTHER), events + 1);
}

/* --- chains ------------------------------------------------------------------------------------------------------- */

static void sessions_assume_roles_in_turn(void **state)
{
    (void)state;
    new_role(&f.root, "step", TRUST_OF("{\"RAM\":\"acs:ram::1234567890123456:role/deploy\"}", ""));
    new_role(&f.other_root, "far", TRUST_OF(BOTH_ACCOUNTS, ""));
    assume(&alice, (ask){ .arn = ARN("step") }); /* it trusts the role alone */
    assert_code(&f, ST_DENIED, "NoPermission");
    assume(&alice, (ask){ .source_identity = "alice" });
    const caller first = load();
    assume(&first, (ask){ .arn = ARN("step"), .session = "second" });
    assert_ok(&f);
    assert_string_equal(text_at(&f, "SourceIdentity"), "alice"); /* handed on */
    const caller second = load();
    assert_string_equal(second.name, "step");
    assert_string_equal(second.session->name, "second");
    assert_string_equal(second.session->source_identity, "alice");
    assert_int_equal(second.session->chain_n, 2);
    assert_true(second.session->user == alice.id);
    assert_string_equal(second.session->user_access_key_id, alice.access_key_id);
    assume(&second, (ask){ .arn = OTHER_ARN("far"), .source_identity = "alice" });
    assert_ok(&f);
    const caller third = load();
    assert_true(third.account == FIXTURE_OTHER && third.session->chain_n == 3);
    assert_true(third.session->user_account == FIXTURE_ACCOUNT);

    assume(&first, (ask){ .arn = ARN("step"), .source_identity = "bob" });
    assert_code(&f, ST_DENIED, "NoPermission");
    assume(&first, (ask){ .arn = ARN("step"), .duration_s = 3600 });
    assert_ok(&f);
    assume(&first, (ask){ .arn = ARN("step"), .duration_s = 3601 }); /* an hour, whatever the role allows */
    assert_code(&f, ST_INVALID, "InvalidParameter.DurationSeconds");
}

static void what_a_trust_policy_asks_is_about_the_new_session(void **state)
{
    (void)state;
    new_role(&f.root, "named", WITH("StringEquals", "sts:RoleSessionName", "new"));
    assume(&alice, (ask){ .session = "old" });
    const caller first = load();
    assume(&first, (ask){ .arn = ARN("named"), .session = "new" });
    assert_ok(&f);
    APPLY(&f, &f.root, ram_update_role, RAM_UPDATE_ROLE, .role_name = STR("named"),
          .new_assume_role_policy_document = STR(WITH("StringEquals", "sts:RoleSessionName", "old")));
    assume(&first, (ask){ .arn = ARN("named"), .session = "new" });
    assert_code(&f, ST_DENIED, "NoPermission");
}

static void a_chain_has_an_end(void **state)
{
    (void)state;
    assume(&alice, (ask){ 0 });
    caller who = load();
    for (int i = 1; i <= SESSION_CHAIN_MAX; i++) {
        char name[16], arn[64];
        (void)snprintf(name, sizeof name, "step-%d", i);
        (void)snprintf(arn, sizeof arn, ARN("%s"), name);
        new_role(&f.root, name, TRUST_OF(OWN_ACCOUNT, ""));
        assume(&who, (ask){ .arn = arn });
        if (i < SESSION_CHAIN_MAX) {
            assert_ok(&f);
            who = load();
        }
    }
    assert_int_equal(who.session->chain_n, SESSION_CHAIN_MAX);
    assert_code(&f, ST_DENIED, "NoPermission");
    assert_true(f.err.message[0] != '\0');
}

/* T44: no session makes a stronger one. A session policy would be left behind in another role, and in the same one by a detour. */
static void no_session_sheds_its_policy(void **state)
{
    (void)state;
    new_role(&f.root, "detour", TRUST_OF(OWN_ACCOUNT, ""));
    assume(&alice, (ask){ .policy = ALLOW("sts:*") });
    const caller bound = load();
    assume(&bound, (ask){ 0 });
    assert_code(&f, ST_DENIED, "NoPermission");
    assume(&bound, (ask){ .arn = ARN("detour") });
    assert_code(&f, ST_DENIED, "NoPermission");
    assume(&alice, (ask){ 0 });
    const caller first = load();
    assume(&first, (ask){ .arn = ARN("detour") });
    assert_ok(&f);
    const caller second = load();
    assume(&second, (ask){ 0 });
    assert_code(&f, ST_DENIED, "NoPermission");
}

/* --- what a session may ------------------------------------------------------------------------------------------- */

typedef struct {
    uint64_t role;
    const char *policy;
} attaching;

static status attach(store_tx *tx, void *self, err *e)
{
    const attaching *x = self;
    store_touch(tx, epoch_of_principal(x->role));
    TRY(store_attachment_delete_all(tx, x->role, e));
    return store_attachment_insert(tx,
                                   &(attachment_record){ .kind = PRINCIPAL_ROLE,
                                                         .principal = x->role,
                                                         .policy_type = STR("System"),
                                                         .policy_name = str_from_c(x->policy),
                                                         .attached_s = FIXTURE_NOW_S },
                                   e);
}

static bool may(const caller *who, const char *action)
{
    const decide_question q = { .action = str_from_c(action),
                                .resource = STR("acs:ram::1234567890123456:user/alice"),
                                .scratch = a };
    decision d;
    decide(who, &q, &d, NULL);
    return d.is_allowed;
}

static const struct {
    const char *role_policy, *session_policy;
    bool may_get, may_delete;
} intersections[] = {
    { "AdministratorAccess", NULL, true, true },
    { "AdministratorAccess", ALLOW("*"), true, true },
    { "AdministratorAccess", ALLOW("ram:Get*"), true, false },
    { "AdministratorAccess", ALLOW("oss:*"), false, false },
    { "AliyunRAMReadOnlyAccess", NULL, true, false },
    { "AliyunRAMReadOnlyAccess", ALLOW("*"), true, false },
    { "AliyunRAMReadOnlyAccess", ALLOW("ram:Delete*"), false, false },
    { "AliyunSTSAssumeRoleAccess", ALLOW("*"), false, false },
};

/* T44: what the role may, and the session policy too. */
static void a_session_may_what_both_allow(void **state)
{
    (void)state;
    attaching x = { role_id(&f.root, "deploy"), NULL };
    for (size_t i = 0; i < sizeof intersections / sizeof intersections[0]; i++) {
        x.policy = intersections[i].role_policy;
        assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, attach, &x, &f.err), ST_OK);
        assume(&alice, (ask){ .policy = intersections[i].session_policy });
        assert_ok(&f);
        const caller who = load();
        assert_true(may(&who, "ram:GetUser") == intersections[i].may_get);
        assert_true(may(&who, "ram:DeleteUser") == intersections[i].may_delete);
    }
}

/* T45: a session has no AccessKeys of its own, and none of its user's. */
static void a_session_is_no_user(void **state)
{
    (void)state;
    assume(&alice, (ask){ 0 });
    const caller who = load();
    APPLY(&f, &who, ram_create_access_key, RAM_CREATE_ACCESS_KEY, .user_name = STR(""));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    READ(&f, &who, ims_list_access_keys, IMS_LIST_ACCESS_KEYS, .user_principal_name = { NULL, 0 });
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
}

/* --- how a session ends ------------------------------------------------------------------------------------------- */

typedef struct {
    uint64_t user;
    bool is_frozen;
} freezing;

static status freeze(store_tx *tx, void *self, err *e)
{
    const freezing *x = self;
    user_record u;
    TRY(store_user_get(tx, a, x->user, &u, e));
    u.is_frozen = x->is_frozen;
    return store_user_update(tx, &u, e);
}

static void set_key(const char *to)
{
    APPLY(&f, &f.root, ram_update_access_key, RAM_UPDATE_ACCESS_KEY, .user_name = STR("alice"),
          .user_access_key_id = str_from_c(alice.access_key_id), .status = str_from_c(to));
    assert_ok(&f);
}

static void a_session_dies_with_its_user_and_key(void **state)
{
    (void)state;
    new_role(&f.root, "step", TRUST_OF(OWN_ACCOUNT, ""));
    assume(&alice, (ask){ 0 });
    const caller first = load();
    char first_token[sizeof token];
    memcpy(first_token, token, sizeof token);
    assume(&first, (ask){ .arn = ARN("step") });
    set_key("Inactive");
    assert_dead(first_token);
    assert_dead(token); /* and what was assumed from it */
    set_key("Active");
    (void)load();
    freezing x = { alice.id, true };
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, freeze, &x, &f.err), ST_OK);
    assert_dead(token);
    x.is_frozen = false;
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, freeze, &x, &f.err), ST_OK);
    (void)load();
    APPLY(&f, &f.root, ram_create_access_key, RAM_CREATE_ACCESS_KEY, .user_name = STR("alice"));
    APPLY(&f, &f.root, ram_delete_access_key, RAM_DELETE_ACCESS_KEY, .user_name = STR("alice"),
          .user_access_key_id = str_from_c(alice.access_key_id));
    assert_ok(&f);
    assert_dead(first_token);
    assert_dead(token);
}

static void a_session_dies_with_its_user(void **state)
{
    (void)state;
    assume(&alice, (ask){ 0 });
    APPLY(&f, &f.root, ram_delete_access_key, RAM_DELETE_ACCESS_KEY, .user_name = STR("alice"),
          .user_access_key_id = str_from_c(alice.access_key_id));
    APPLY(&f, &f.root, ram_delete_user, RAM_DELETE_USER, .user_name = STR("alice"));
    assert_ok(&f);
    const caller another = new_user(&f.root, "alice"); /* of the same name */
    assert_true(another.id != alice.id);
    assert_dead(token);
}

static void a_session_dies_with_each_role_gone_through(void **state)
{
    (void)state;
    new_role(&f.other_root, "far", TRUST_OF(BOTH_ACCOUNTS, ""));
    assume(&alice, (ask){ 0 });
    const caller first = load();
    char first_token[sizeof token];
    memcpy(first_token, token, sizeof token);
    assume(&first, (ask){ .arn = OTHER_ARN("far") });
    assert_ok(&f);
    (void)load();
    APPLY(&f, &f.root, ram_update_role, RAM_UPDATE_ROLE, .role_name = STR("deploy"), .new_description = STR("still there"));
    (void)load();
    APPLY(&f, &f.root, ram_delete_role, RAM_DELETE_ROLE, .role_name = STR("deploy"));
    assert_ok(&f);
    assert_dead(first_token);
    assert_dead(token);
    new_role(&f.root, "deploy", TRUST_OF(OWN_ACCOUNT, "")); /* another role of that name */
    assert_dead(token);
}

static void revoke_sessions(const char *name)
{
    APPLY(&f, &f.root, argali_revoke_role_sessions, ARGALI_REVOKE_ROLE_SESSIONS, .role_name = str_from_c(name));
    assert_ok(&f);
}

/* The clock stands: those before the call are dead, those after it live, in one and the same millisecond. */
static void revoking_ends_what_was_issued_before(void **state)
{
    (void)state;
    new_role(&f.root, "step", TRUST_OF(OWN_ACCOUNT, ""));
    assume(&alice, (ask){ 0 });
    const caller first = load();
    char before[sizeof token], chained[sizeof token];
    memcpy(before, token, sizeof token);
    assume(&first, (ask){ .arn = ARN("step") });
    memcpy(chained, token, sizeof token);
    revoke_sessions("deploy");
    assert_dead(before);
    assert_dead(chained);
    for (int i = 0; i < 3; i++) {
        assume(&alice, (ask){ 0 });
        (void)load();
        memcpy(before, token, sizeof token);
        if (i == 1)
            f.now_s -= 100; /* the clock was set back */
        revoke_sessions("deploy");
        assert_dead(before);
    }
    assume(&alice, (ask){ 0 });
    (void)load();
}

static status attach_what_is_not_there(store_tx *tx, void *self, err *e)
{
    const attachment_record r = { PRINCIPAL_ROLE, *(const uint64_t *)self, STR("Custom"), STR("vanished"), FIXTURE_NOW_S };
    return store_attachment_insert(tx, &r, e);
}

/* A damaged store is told as one, and not as: no such AccessKey. */
static void a_policy_that_is_not_there_lets_nothing_be_decided(void **state)
{
    (void)state;
    uint64_t role = role_id(&f.root, "deploy");
    caller who;
    assume(&alice, (ask){ 0 });
    assert_ok(&f);
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, attach_what_is_not_there, &role, &f.err), ST_OK);
    assert_int_equal(try_load(token, &who), ST_BUG);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_answer_is_as_documented),
        TEST(a_new_session_is_a_caller),
        TEST(parameters),
        TEST(a_session_policy_has_2048_characters),
        TEST(root_may_not),
        TEST(whom_a_role_trusts),
        TEST(a_missing_role_is_told_in_the_own_account_only),
        TEST(both_accounts_record_it),
        TEST(sessions_assume_roles_in_turn),
        TEST(what_a_trust_policy_asks_is_about_the_new_session),
        TEST(a_chain_has_an_end),
        TEST(no_session_sheds_its_policy),
        TEST(a_session_may_what_both_allow),
        TEST(a_session_is_no_user),
        TEST(a_session_dies_with_its_user_and_key),
        TEST(a_session_dies_with_its_user),
        TEST(a_session_dies_with_each_role_gone_through),
        TEST(revoking_ends_what_was_issued_before),
        TEST(a_policy_that_is_not_there_lets_nothing_be_decided),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
