/* dispatch_test.c - what a refusal says of itself, and that a transaction that runs twice is judged twice. */
#include "api/api_fixture_test.h"

#include <semaphore.h>

#include "attempt/attempt.h"
#include "policy/attachment_api.h"
#include "policy/diagnostic.h"
#include "policy/policy_api.h"
#include "store/tx.h"

#define OWN_ROOT   "acs:ram::1234567890123456:root"
#define OTHER_ROOT "acs:ram::6543210987654321:root"
#define STATEMENT(effect, principal) \
    "{\"Effect\":\"" effect "\",\"Action\":\"sts:AssumeRole\",\"Principal\":{\"RAM\":[\"" principal "\"]}}"
#define DOCUMENT(statements)  "{\"Version\":\"1\",\"Statement\":[" statements "]}"
#define TRUSTING              DOCUMENT(STATEMENT("Allow", OWN_ROOT))
#define NOT_TRUSTING          DOCUMENT(STATEMENT("Allow", OTHER_ROOT))
#define DENYING               DOCUMENT(STATEMENT("Allow", OWN_ROOT) "," STATEMENT("Deny", "acs:ram::1234567890123456:user/alice"))
#define ASSUME(account, name) "RoleSessionName=session&RoleArn=acs:ram::" account ":role/" name
#define OWN_ROLE(name)        ASSUME("1234567890123456", name)
#define OTHER_ROLE(name)      ASSUME("6543210987654321", name)

static api_fixture x;
static caller alice;
static api_key alices;

static void attach(const char *user)
{
    APPLY(&x.f, &x.f.root, ram_attach_policy_to_user, RAM_ATTACH_POLICY_TO_USER, .policy_type = STR("System"),
          .policy_name = STR("AliyunSTSAssumeRoleAccess"), .user_name = str_from_c(user));
    assert_ok(&x.f);
}

static int setup(void **state)
{
    (void)state;
    api_fixture_init(&x);
    alice = api_fixture_user(&x.f, &x.f.root, "alice", &alices);
    attach("alice");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    api_fixture_done(&x);
    return 0;
}

static api_ask assume(const char *query, const api_key *key)
{
    return (api_ask){ .scheme = SCHEME_ACS3, .version = "2015-04-01", .action = "AssumeRole", .query = query, .key = key };
}

/* --- whose policy refused, and how -------------------------------------------------------------------------------- */

static const struct {
    const char *what, *query, *effect;
} refusals[] = {
    { "a trust policy without an allow", OWN_ROLE("closed"), "ImplicitDeny" },
    { "a trust policy with a deny", OWN_ROLE("denying"), "ExplicitDeny" },
    { "the case of its name is no matter", OWN_ROLE("Denying"), "ExplicitDeny" },
    /* a stranger learns nothing of a role from how it is refused, not even that there is one */
    { "another account's, without an allow", OTHER_ROLE("closed"), "ImplicitDeny" },
    { "another account's, with a deny", OTHER_ROLE("denying"), "ImplicitDeny" },
    { "another account's that is not there", OTHER_ROLE("ghost"), "ImplicitDeny" },
};

static void assert_sealed(const char *text, bool is_explicit)
{
    CLEANUP(arena_free_at) arena *a = arena_new(16 * 1024, 1024 * 1024);
    diagnostic_opened d;
    assert_non_null(text);
    assert_int_equal(diagnostic_open(x.f.vault, FIXTURE_ACCOUNT, str_from_c(text), a, &d, &x.f.err), ST_OK);
    assert_true(str_eq(d.layer, STR("AssumeRolePolicy")));
    assert_int_equal(d.is_explicit, is_explicit);
    assert_false(d.has_policy); /* a trust policy has no name */
}

static void a_trust_policys_refusal_tells_the_truth(void **state)
{
    (void)state;
    api_fixture_role(&x.f, &x.f.root, "closed", NOT_TRUSTING);
    api_fixture_role(&x.f, &x.f.root, "denying", DENYING);
    api_fixture_role(&x.f, &x.f.other_root, "closed", NOT_TRUSTING);
    api_fixture_role(&x.f, &x.f.other_root, "denying", DENYING);
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        print_message("%s\n", refusals[i].what);
        api_fixture_ask(&x, assume(refusals[i].query, &alices));
        assert_answer(&x, 403, "NoPermission");
        assert_string_equal(text_at(&x.f, "AccessDeniedDetail.PolicyType"), "AssumeRolePolicy");
        assert_string_equal(text_at(&x.f, "AccessDeniedDetail.NoPermissionType"), refusals[i].effect);
        assert_sealed(text_at(&x.f, "AccessDeniedDetail.EncodedDiagnosticMessage"),
                      strcmp(refusals[i].effect, "ExplicitDeny") == 0);
    }
}

static void the_callers_own_policies_come_first(void **state)
{
    (void)state;
    api_key bobs;
    (void)api_fixture_user(&x.f, &x.f.root, "bob", &bobs);
    api_fixture_role(&x.f, &x.f.root, "denying", DENYING);
    api_fixture_ask(&x, assume(OWN_ROLE("denying"), &bobs));
    assert_answer(&x, 403, "NoPermission");
    assert_string_equal(text_at(&x.f, "AccessDeniedDetail.PolicyType"), "AccountLevelIdentityBasedPolicy");
    assert_string_equal(text_at(&x.f, "AccessDeniedDetail.NoPermissionType"), "ImplicitDeny");
    attach("bob");
    api_fixture_ask(&x, assume(OWN_ROLE("denying"), &bobs)); /* which denies alice alone */
    assert_answer(&x, 200, NULL);
}

/* --- conditions on tags ------------------------------------------------------------------------------------------- */

#define OF_VICTIM       "ResourceType=user&ResourcePrincipalName.1=victim@1234567890123456.onaliyun.com"
#define TAG(i, k, v)    "&Tag." i ".Key=" k "&Tag." i ".Value=" v
#define TAGGING(more)   "{\"Effect\":\"Allow\",\"Action\":\"ram:TagResources\",\"Resource\":\"*\"" more "}"
#define WHERE(key, v)   ",\"Condition\":{\"StringEquals\":{\"" key "\":\"" v "\"}}"
#define UNLESS(key, v)  ",{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"" WHERE(key, v) "}"
#define REQUESTED_RED   DOCUMENT(TAGGING(WHERE("acs:RequestTag/team", "red")))
#define REQUESTED_BLUE  DOCUMENT(TAGGING("") UNLESS("acs:RequestTag/team", "blue"))
#define RESOURCE_IS_RED DOCUMENT(TAGGING(WHERE("acs:ResourceTag/team", "red")))

static const struct {
    const char *what, *policy, *carried, *sent;
    bool is_allowed;
} taggings[] = {
    { "the tag that is allowed", REQUESTED_RED, NULL, TAG("1", "team", "red"), true },
    { "another value", REQUESTED_RED, NULL, TAG("1", "team", "blue"), false },
    { "another value behind it", REQUESTED_RED, NULL, TAG("1", "team", "red") TAG("2", "TEAM", "blue"), false },
    { "the tag that is denied", REQUESTED_BLUE, NULL, TAG("1", "TEAM", "blue"), false },
    { "hidden behind another one", REQUESTED_BLUE, NULL, TAG("1", "team", "red") TAG("2", "TEAM", "blue"), false },
    { "tags of other keys", REQUESTED_BLUE, NULL, TAG("1", "team", "red") TAG("2", "squad", "blue"), true },
    { "a resource that is red", RESOURCE_IS_RED, TAG("1", "team", "red"), TAG("1", "x", "y"), true },
    { "both red and blue", RESOURCE_IS_RED, TAG("1", "TEAM", "red") TAG("2", "team", "blue"), TAG("1", "x", "y"), false },
    { "no condition", DOCUMENT(TAGGING("")), NULL, TAG("1", "team", "red") TAG("2", "TEAM", "blue"), true },
};

static void tag_victim(const api_key *key, const char *tags)
{
    char query[256];
    (void)snprintf(query, sizeof query, OF_VICTIM "%s", tags);
    api_fixture_ask(
        &x, (api_ask){ .scheme = SCHEME_ACS3, .version = "2019-08-15", .action = "TagResources", .query = query, .key = key });
}

static void attach_document(const char *user, const char *policy, const char *text)
{
    APPLY(&x.f, &x.f.root, ram_create_policy, RAM_CREATE_POLICY, .policy_name = str_from_c(policy),
          .policy_document = str_from_c(text));
    assert_ok(&x.f);
    APPLY(&x.f, &x.f.root, ram_attach_policy_to_user, RAM_ATTACH_POLICY_TO_USER, .policy_type = STR("Custom"),
          .policy_name = str_from_c(policy), .user_name = str_from_c(user));
    assert_ok(&x.f);
}

static void no_tag_hides_behind_the_case_of_another(void **state)
{
    (void)state;
    api_key tagger, ignored;
    (void)api_fixture_user(&x.f, &x.f.root, "tagger", &tagger);
    attach_document("tagger", "tagger", DOCUMENT(TAGGING("")));
    for (size_t i = 0; i < sizeof taggings / sizeof taggings[0]; i++) {
        char name[16];
        api_key key;
        print_message("%s\n", taggings[i].what);
        (void)snprintf(name, sizeof name, "user-%zu", i);
        (void)api_fixture_user(&x.f, &x.f.root, name, &key);
        attach_document(name, name, taggings[i].policy);
        (void)api_fixture_user(&x.f, &x.f.root, "victim", &ignored);
        if (taggings[i].carried != NULL) {
            tag_victim(&tagger, taggings[i].carried);
            assert_answer(&x, 200, NULL);
        }
        tag_victim(&key, taggings[i].sent);
        assert_answer(&x, taggings[i].is_allowed ? 200 : 403, taggings[i].is_allowed ? NULL : "NoPermission");
        APPLY(&x.f, &x.f.root, ram_delete_access_key, RAM_DELETE_ACCESS_KEY, .user_name = STR("victim"),
              .user_access_key_id = str_from_c(ignored.id));
        APPLY(&x.f, &x.f.root, ram_delete_user, RAM_DELETE_USER, .user_name = STR("victim"));
        assert_ok(&x.f);
    }
}

/* --- a batch whose commit fails is applied again, one by one ------------------------------------------------------ */

typedef struct {
    store_job job;
    status (*first_run)(store_tx *tx, err *e);
    unsigned runs;
    _Atomic bool is_running, may_go_on, is_done;
} batch_job;

static status run_held(store_tx *tx, void *self, err *e)
{
    batch_job *j = self;
    (void)tx, (void)e;
    atomic_store(&j->is_running, true);
    while (!atomic_load(&j->may_go_on))
        usleep(100);
    return ST_OK;
}

/* What it does it does once: the second time it is refused. */
static status run_once(store_tx *tx, void *self, err *e)
{
    batch_job *j = self;
    return j->runs++ == 0 ? j->first_run(tx, e) : err_set(e, ST_CONFLICT, NULL, "only once");
}

static void job_done(void *self, status s, const err *e)
{
    (void)s, (void)e;
    atomic_store(&((batch_job *)self)->is_done, true);
}

static void submit(batch_job *j, status (*run)(store_tx *tx, void *self, err *e))
{
    j->job = (store_job){ .account = FIXTURE_ACCOUNT, .run = run, .done = job_done, .self = j };
    assert_int_equal(store_apply(x.f.store, &j->job), ST_OK);
}

static void wait_for(_Atomic bool *flag)
{
    while (!atomic_load(flag))
        usleep(100);
}

static status lose(store_tx *tx, err *e)
{
    tx->is_lost = true;
    return err_set(e, ST_UNAVAILABLE, NULL, "as after a full disk");
}

/* One batch: `before`, the call, and a job that has all of it undone. Then each of them alone, `before` without effect. */
static void ask_in_a_lost_batch(status (*before)(store_tx *tx, err *e), api_ask ask)
{
    batch_job hold = { 0 }, first = { .first_run = before }, last = { .first_run = lose };
    api_call c;
    submit(&hold, run_held);
    wait_for(&hold.is_running);
    submit(&first, run_once);
    api_fixture_begin(&x, ask, &c);
    submit(&last, run_once);
    atomic_store(&hold.may_go_on, true);
    api_fixture_await(&x, &c);
    wait_for(&hold.is_done);
    wait_for(&first.is_done);
    wait_for(&last.is_done);
    assert_int_equal(first.runs, 2);
    assert_int_equal(last.runs, 2);
}

static status detach(store_tx *tx, err *e)
{
    TRY(store_attachment_delete(tx, alice.id, STR("System"), STR("AliyunSTSAssumeRoleAccess"), e));
    store_touch(tx, epoch_of_principal(alice.id));
    return ST_OK;
}

static status disable(store_tx *tx, err *e)
{
    TRY(store_access_key_set_status(tx, str_from_c(alices.id), false, FIXTURE_NOW_S, e));
    store_touch(tx, epoch_of_access_key(str_from_c(alices.id)));
    return ST_OK;
}

static void remember_alice(void) /* a call that waits for no reader is in the queue when it was begun */
{
    api_fixture_ask(&x,
                    (api_ask){ .scheme = SCHEME_ACS3, .version = "2015-04-01", .action = "GetCallerIdentity", .key = &alices });
    assert_answer(&x, 200, NULL);
}

static void a_denial_that_was_undone_leaves_no_trace(void **state)
{
    (void)state;
    api_fixture_role(&x.f, &x.f.root, "open", TRUSTING);
    remember_alice();
    ask_in_a_lost_batch(detach, assume(OWN_ROLE("ghost"), &alices));
    assert_answer(&x, 404, "EntityNotExist.Role");
    assert_null(fixture_at(&x.f, "AccessDeniedDetail"));
    ask_in_a_lost_batch(disable, assume(OWN_ROLE("open"), &alices));
    assert_answer(&x, 200, NULL);
}

/* The first run asks the trust policy, the second does not come so far. */
static status disable_late(store_tx *tx, void *self, err *e)
{
    batch_job *j = self;
    return j->runs++ == 0 ? ST_OK : disable(tx, e);
}

static void a_trust_policy_that_was_not_asked_is_not_named(void **state)
{
    (void)state;
    batch_job hold = { 0 }, first = { 0 }, last = { .first_run = lose };
    api_call c;
    api_fixture_role(&x.f, &x.f.root, "open", TRUSTING);
    remember_alice();
    submit(&hold, run_held);
    wait_for(&hold.is_running);
    submit(&first, disable_late);
    api_fixture_begin(&x, assume(OWN_ROLE("open"), &alices), &c);
    submit(&last, run_once);
    atomic_store(&hold.may_go_on, true);
    api_fixture_await(&x, &c);
    wait_for(&hold.is_done);
    wait_for(&first.is_done);
    wait_for(&last.is_done);
    assert_answer(&x, 400, "InvalidAccessKeyId.Inactive");
    assert_null(fixture_at(&x.f, "AccessDeniedDetail"));
}

/* --- a caller that was read in a transaction that is undone ------------------------------------------------------- */

static const uint64_t GROUP = 400000000000000007;

/* As after a restart: nothing touched this group since. */
static status make_group(store_tx *tx, void *self, err *e)
{
    const group_record g = { GROUP, STR("admins"), STR(""), STR(""), FIXTURE_NOW_S, FIXTURE_NOW_S };
    const attachment_record at = { PRINCIPAL_GROUP, GROUP, STR("System"), STR("AdministratorAccess"), FIXTURE_NOW_S };
    (void)self;
    TRY(store_group_insert(tx, &g, e));
    return store_attachment_insert(tx, &at, e);
}

static status join(store_tx *tx, err *e)
{
    TRY(store_member_insert(tx, GROUP, alice.id, FIXTURE_NOW_S, e));
    store_touch(tx, epoch_of_principal(GROUP));
    store_touch(tx, epoch_of_principal(alice.id));
    return ST_OK;
}

typedef struct {
    flight f;
    size_t grants;
    bool was_read;
} look;

static status look_again(store_tx *tx, void *self, err *e)
{
    look *l = self;
    TRY(holder_again(&l->f, tx, &l->was_read, e));
    (void)authority_grants(l->f.holder.authority, &l->grants);
    return ST_OK;
}

static status look_in_the_group(store_tx *tx, void *self, err *e)
{
    TRY(join(tx, e));
    TRY(look_again(tx, self, e));
    return err_set(e, ST_CONFLICT, NULL, "undone");
}

static void rights_that_were_undone_are_gone(void **state)
{
    (void)state;
    static look l;
    bool is_here = false;
    l = (look){ .f = { .api = x.api, .arena = arena_new(16 * 1024, 1024 * 1024) } };
    l.f.proof.access_key_id = str_from_c(alices.id);
    assert_int_equal(store_apply_now(x.f.store, FIXTURE_ACCOUNT, make_group, NULL, &x.f.err), ST_OK);
    assert_int_equal(epoch_read(store_epochs(x.f.store), epoch_of_principal(GROUP)), 0);
    remember_alice();
    assert_int_equal(find_holder(&l.f, NULL, &is_here, &x.f.err), ST_OK);
    assert_true(is_here);
    assert_int_equal(store_apply_now(x.f.store, FIXTURE_ACCOUNT, look_again, &l, &x.f.err), ST_OK);
    assert_false(l.was_read);
    assert_int_equal(l.grants, 1);
    assert_int_equal(store_apply_now(x.f.store, FIXTURE_ACCOUNT, look_in_the_group, &l, &x.f.err), ST_CONFLICT);
    assert_true(l.was_read);
    assert_int_equal(l.grants, 2);
    assert_int_equal(store_apply_now(x.f.store, FIXTURE_ACCOUNT, look_again, &l, &x.f.err), ST_OK);
    assert_true(l.was_read);
    assert_int_equal(l.grants, 1);
    key_holder_done(&l.f.holder);
    arena_free(l.f.arena);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/* --- passwords ---------------------------------------------------------------------------------------------------- */

static void ask_alice(const char *action, const char *query)
{
    api_fixture_ask(
        &x, (api_ask){ .scheme = SCHEME_ACS3, .version = "2015-05-01", .action = action, .query = query, .key = &alices });
}

static void make_alice_an_administrator(void)
{
    APPLY(&x.f, &x.f.root, ram_attach_policy_to_user, RAM_ATTACH_POLICY_TO_USER, .policy_type = STR("System"),
          .policy_name = STR("AdministratorAccess"), .user_name = STR("alice"));
    assert_ok(&x.f);
}

/* What one user has hashed leaves room for the others: the call beyond its share is refused at once, and the share comes back. */
static void a_principal_has_a_share_of_the_hash_pool(void **state)
{
    (void)state;
    make_alice_an_administrator();
    _Atomic uint16_t *share = &x.api->hashing[alice.id % HASH_SHARES];
    atomic_store(share, HASH_SHARE_MAX);
    ask_alice("CreateLoginProfile", "UserName=alice&Password=Tr0ub4dor%263x");
    assert_answer(&x, 429, "Throttling");
    assert_int_equal(atomic_load(share), HASH_SHARE_MAX);
    atomic_store(share, HASH_SHARE_MAX - 1);
    ask_alice("CreateLoginProfile", "UserName=alice&Password=Tr0ub4dor%263x");
    assert_answer(&x, 200, NULL);
    assert_int_equal(atomic_load(share), HASH_SHARE_MAX - 1);

    /* A call that is refused beyond it has made its reservation: it is given up, and counts as no guess. */
    atomic_store(share, HASH_SHARE_MAX);
    for (unsigned i = 0; i < ATTEMPT_BUILT_IN_LIMIT + 8; i++) {
        ask_alice("ChangePassword", "OldPassword=not-the-0ne&NewPassword=c0rrectHorse%21");
        assert_answer(&x, 429, "Throttling");
    }
    atomic_store(share, 0);
    ask_alice("ChangePassword", "OldPassword=Tr0ub4dor%263x&NewPassword=c0rrectHorse%21");
    assert_answer(&x, 200, NULL);
    assert_int_equal(atomic_load(share), 0);
}

typedef struct {
    pool_job job;
    sem_t *began, *go;
} blocker;

static void block(pool_job *job, void *thread_state)
{
    const blocker *b = (blocker *)(void *)job;
    (void)thread_state;
    assert_int_equal(sem_post(b->began), 0);
    assert_int_equal(sem_wait(b->go), 0);
}

static status find_attempt(store_tx *tx, void *self, err *e)
{
    attempt_record r;
    (void)self;
    return store_attempt_get(tx, alice.id, ATTEMPT_SHARED, &r, e);
}

/* With the hash queue full a call is refused before anything is looked up or reserved. */
static void a_full_hash_queue_refuses_at_once(void **state)
{
    (void)state;
    enum { MORE_THAN_FIT = 16 };
    sem_t began, go;
    blocker blockers[MORE_THAN_FIT];
    unsigned n = 0;
    make_alice_an_administrator();
    assert_int_equal(sem_init(&began, 0, 0), 0);
    assert_int_equal(sem_init(&go, 0, 0), 0);
    for (; n < MORE_THAN_FIT && !hash_pool_is_full(x.hashing); n++) {
        blockers[n] = (blocker){ { .run = block }, &began, &go };
        assert_int_equal(hash_pool_submit(x.hashing, &blockers[n].job), ST_OK);
        if (n == 0)
            assert_int_equal(sem_wait(&began), 0); /* the thread has this one; the others stay in the queue */
    }
    assert_true(n < MORE_THAN_FIT);
    ask_alice("ChangePassword", "OldPassword=not-the-0ne&NewPassword=c0rrectHorse%21");
    assert_answer(&x, 429, "Throttling");
    assert_int_equal(store_read_now(x.f.store, FIXTURE_ACCOUNT, find_attempt, NULL, &x.f.err), ST_NOT_FOUND);
    for (unsigned i = 0; i < n; i++)
        assert_int_equal(sem_post(&go), 0);
    hash_pool_free(x.hashing); /* lets them finish */
    x.hashing = NULL;
    (void)sem_destroy(&began);
    (void)sem_destroy(&go);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_principal_has_a_share_of_the_hash_pool),       TEST(a_full_hash_queue_refuses_at_once),
        TEST(a_trust_policys_refusal_tells_the_truth),        TEST(the_callers_own_policies_come_first),
        TEST(no_tag_hides_behind_the_case_of_another),        TEST(a_denial_that_was_undone_leaves_no_trace),
        TEST(a_trust_policy_that_was_not_asked_is_not_named), TEST(rights_that_were_undone_are_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
