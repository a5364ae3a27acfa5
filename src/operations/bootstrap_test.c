/* bootstrap_test.c - a whole account, and the way back in, on a real store. */
#include "account/fixture_test.h"
#include "access_key/access_key_api.h"
#include "attempt/attempt.h"
#include "operations/bootstrap.h"
#include "policy/attachment_api.h"
#include "user/user_api.h"

static fixture f;
static const argon2_parameters quick = { 64, 1, 1 };

static int setup(void **state)
{
    (void)state;
    fixture_init(&f);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_done(&f);
    return 0;
}

static bootstrap_options options(void)
{
    return (bootstrap_options){ .domain_suffix = STR("onaliyun.com"), .hashing = quick, .quota = QUOTAS_DEFAULT };
}

static bootstrap *prepare(const bootstrap_options *o)
{
    bootstrap *b = NULL;
    assert_int_equal(bootstrap_new(o, f.vault, &f.world, &b, &f.err), ST_OK);
    return b;
}

static void run(bootstrap *b)
{
    f.status = store_apply_now(f.store, bootstrap_account(b), bootstrap_run, b, &f.err);
}

static caller root_of(const bootstrap *b)
{
    return (caller){ .kind = CALLER_ROOT, .proof = PROOF_ACS3, .account = bootstrap_account(b), .id = bootstrap_account(b) };
}

typedef struct {
    uint64_t principal;
    const password *p;
    preference_record preference;
    char mfa[16];
} profile_check;

/* Does the stored profile hold the digest of this password? */
static status check_profile(store_tx *tx, void *self, err *e)
{
    profile_check *j = self;
    CLEANUP(arena_free_at) arena *a = arena_new(4096, 65536);
    login_profile_record r;
    TRY(store_login_profile_get(tx, a, j->principal, &r, e));
    uint8_t digest[PASSWORD_DIGEST_BYTES];
    TRY(password_hash(j->p, &quick, (bytes){ r.salt, r.salt_n }, digest, e));
    TRY(store_preference_get(tx, a, &j->preference, e));
    (void)snprintf(j->mfa, sizeof j->mfa, STR_FMT, STR_ARG(j->preference.mfa_operation_for_login));
    return vault_digest_check(f.vault, (seal_place){ SEAL_PASSWORD, store_tx_account(tx), r.row },
                              (bytes){ r.digest.b, r.digest.n }, (bytes){ digest, sizeof digest }, e);
}

static status password_is(uint64_t account, uint64_t principal, const password *p, profile_check *ret)
{
    *ret = (profile_check){ .principal = principal, .p = p };
    return store_read_now(f.store, account, check_profile, ret, &f.err);
}

static uint64_t admin_id(const caller *root)
{
    uint64_t id;
    READ(&f, root, ram_get_user, RAM_GET_USER, .user_name = STR("admin"));
    assert_ok(&f);
    assert_int_equal(str_to_u64(str_from_c(text_at(&f, "User.UserId")), 1, UINT64_MAX, &id), ST_OK);
    return id;
}

static size_t keys_of(const caller *root, const char *name)
{
    READ(&f, root, ram_list_access_keys, RAM_LIST_ACCESS_KEYS, .user_name = str_from_c(name));
    assert_ok(&f);
    return count_at(&f, "AccessKeys.AccessKey");
}

static void an_account_begins_with_root_and_admin(void **state)
{
    (void)state;
    bootstrap_options o = options();
    o.alias = STR("example");
    o.owner_email = STR("owner@example.com");
    bootstrap *b = prepare(&o);
    const credentials *c = bootstrap_credentials(b);
    run(b);
    assert_ok(&f);
    assert_true(c->account >= 1000000000000000 && c->account <= 9999999999999999);
    assert_string_equal(c->alias, "example");
    assert_string_equal(c->root_logon_name, "owner@example.com");
    assert_string_equal(c->admin_logon_name, "admin@example.onaliyun.com");
    assert_string_equal(c->access_key_owner, "admin");
    assert_int_equal(c->root_password.s.n, 20);
    assert_false(secret_eq(c->root_password.s, c->admin_password.s));

    const caller root = root_of(b);
    const uint64_t admin = admin_id(&root);
    profile_check check;
    assert_int_equal(password_is(c->account, c->account, &c->root_password, &check), ST_OK);
    assert_true(check.preference.allow_user_to_change_password && check.preference.allow_user_to_manage_mfa_devices);
    assert_false(check.preference.allow_user_to_manage_access_keys);
    assert_string_equal(check.mfa, "mandatory");
    assert_int_equal(password_is(c->account, admin, &c->admin_password, &check), ST_OK);
    assert_int_equal(password_is(c->account, admin, &c->root_password, &check), ST_DENIED);
    assert_int_equal(keys_of(&root, ""), 0);
    assert_int_equal(keys_of(&root, "admin"), 1);
    assert_string_equal(text_at(&f, "AccessKeys.AccessKey.0.AccessKeyId"), c->access_key.id);
    READ(&f, &root, ram_list_policies_for_user, RAM_LIST_POLICIES_FOR_USER, .user_name = STR("admin"));
    assert_int_equal(count_at(&f, "Policies.Policy"), 1);
    assert_string_equal(text_at(&f, "Policies.Policy.0.PolicyName"), "AdministratorAccess");
    assert_int_equal(fixture_events(&f, c->account), 1);
    bootstrap_free(b);
}

static void without_alias_and_owner_the_id_stands_for_both(void **state)
{
    (void)state;
    bootstrap_options o = options();
    o.has_root_access_key = true;
    o.mfa_operation_for_login = STR("independent");
    bootstrap *b = prepare(&o);
    const credentials *c = bootstrap_credentials(b);
    char digits[24], admin[64];
    (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)c->account);
    (void)snprintf(admin, sizeof admin, "admin@%s.onaliyun.com", digits);
    run(b);
    assert_ok(&f);
    assert_string_equal(c->alias, digits);
    assert_string_equal(c->root_logon_name, digits);
    assert_string_equal(c->admin_logon_name, admin);
    assert_string_equal(c->access_key_owner, "root");
    const caller root = root_of(b);
    assert_int_equal(keys_of(&root, "admin"), 0);
    assert_int_equal(keys_of(&root, ""), 1);
    assert_string_equal(text_at(&f, "AccessKeys.AccessKey.0.AccessKeyId"), c->access_key.id);
    profile_check check;
    assert_int_equal(password_is(c->account, c->account, &c->root_password, &check), ST_OK);
    assert_string_equal(check.mfa, "independent");
    bootstrap_free(b);
}

static void bad_options_are_refused_before_anything_is_drawn(void **state)
{
    (void)state;
    const struct {
        bootstrap_options o;
        const char *code;
    } cases[] = {
        { { .alias = STR("Example") }, "InvalidParameter.AccountAlias.Format" },
        { { .alias = STR("ex") }, "InvalidParameter.AccountAlias.Length" },
        { { .alias = STR("1234567890123456") }, "InvalidParameter.AccountAlias.Format" },
        { { .owner_email = STR("nobody") }, "InvalidParameter.OwnerEmail.Format" },
        { { .owner_email = STR("@x") }, "InvalidParameter.OwnerEmail.Format" },
        { { .owner_email = STR("a@b@c") }, "InvalidParameter.OwnerEmail.Format" },
        { { .owner_email = STR("a@b\nBcc: c@d") }, "InvalidParameter.OwnerEmail.Format" },
        { { .mfa_operation_for_login = STR("never") }, "InvalidParameter.MFAOperationForLogin" },
        { { .hashing = { 1, 1, 1 } }, "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bootstrap_options o = cases[i].o;
        bootstrap *b = NULL;
        o.domain_suffix = STR("onaliyun.com");
        if (o.hashing.memory_kib == 0)
            o.hashing = quick;
        f.status = bootstrap_new(&o, f.vault, &f.world, &b, &f.err);
        assert_code(&f, ST_INVALID, cases[i].code);
        assert_null(b);
    }
    bootstrap_free(NULL);
}

static void an_alias_in_use_leaves_nothing(void **state)
{
    (void)state;
    bootstrap_options o = options();
    o.alias = STR("example");
    bootstrap *first = prepare(&o), *second = prepare(&o);
    run(first);
    assert_ok(&f);
    run(second);
    assert_code(&f, ST_CONFLICT, "EntityAlreadyExists.AccountAlias");
    assert_int_equal(fixture_events(&f, bootstrap_account(second)), 0);
    bootstrap_free(first);
    bootstrap_free(second);
}

static bootstrap *recover(uint64_t account, bool has_admin)
{
    const recovery_options o = { account, has_admin, STR("onaliyun.com"), quick, QUOTAS_DEFAULT };
    bootstrap *b = NULL;
    assert_int_equal(recovery_new(&o, f.vault, &f.world, &b, &f.err), ST_OK);
    f.status = store_apply_now(f.store, account, recovery_run, b, &f.err);
    return b;
}

static void root_gets_a_new_password(void **state)
{
    (void)state;
    bootstrap_options o = options();
    bootstrap *b = prepare(&o);
    run(b);
    const uint64_t account = bootstrap_account(b);
    bootstrap *r = recover(account, false);
    assert_ok(&f);
    const credentials *c = bootstrap_credentials(r);
    profile_check check;
    assert_int_equal(password_is(account, account, &c->root_password, &check), ST_OK);
    assert_int_equal(password_is(account, account, &bootstrap_credentials(b)->root_password, &check), ST_DENIED);
    assert_null(c->admin_logon_name);
    assert_null(c->access_key_owner);
    assert_null(c->admin_password.s.p);
    assert_int_equal(fixture_events(&f, account), 2);
    bootstrap_free(r);
    bootstrap_free(b);
}

static void admin_is_made_whole_again(void **state)
{
    (void)state;
    bootstrap *r = recover(FIXTURE_ACCOUNT, true); /* an account without the user admin */
    assert_ok(&f);
    const credentials *c = bootstrap_credentials(r);
    assert_string_equal(c->root_logon_name, "owner@example.com");
    assert_string_equal(c->admin_logon_name, "admin@1234567890123456.onaliyun.com");
    assert_string_equal(c->access_key_owner, "admin");
    assert_int_equal(keys_of(&f.root, "admin"), 1);
    APPLY(&f, &f.root, ram_detach_policy_from_user, RAM_DETACH_POLICY_FROM_USER, .user_name = STR("admin"),
          .policy_type = STR("System"), .policy_name = STR("AdministratorAccess"));
    assert_ok(&f);
    bootstrap_free(r);

    r = recover(FIXTURE_ACCOUNT, true);
    assert_ok(&f);
    assert_int_equal(keys_of(&f.root, "admin"), 2);
    READ(&f, &f.root, ram_list_policies_for_user, RAM_LIST_POLICIES_FOR_USER, .user_name = STR("admin"));
    assert_int_equal(count_at(&f, "Policies.Policy"), 1);
    bootstrap_free(r);

    r = recover(FIXTURE_ACCOUNT, true); /* no room for a third AccessKey: a password is the way in */
    assert_ok(&f);
    c = bootstrap_credentials(r);
    assert_null(c->access_key_owner);
    assert_int_equal(keys_of(&f.root, "admin"), 2);
    profile_check check;
    assert_int_equal(password_is(FIXTURE_ACCOUNT, admin_id(&f.root), &c->admin_password, &check), ST_OK);
    bootstrap_free(r);
}

/* What could keep out whoever owns the machine: a lock, a link that somebody else holds, a network policy. */
static status lock_out(store_tx *tx, void *self, err *e)
{
    const uint64_t admin = *(const uint64_t *)self;
    const attempt_record locked = { .principal = admin, .failures = 9, .locked_until_s = FIXTURE_NOW_S + 3600 };
    const sign_in_link_record link = { .digest = { 7 }, .user = admin, .created_s = 1, .expires_s = FIXTURE_NOW_S + 3600 };
    CLEANUP(arena_free_at) arena *a = arena_new(4096, 65536);
    preference_record p;
    TRY(store_attempt_put(tx, &locked, e));
    TRY(store_sign_in_link_put(tx, &link, e));
    TRY(store_preference_get(tx, a, &p, e));
    p.access_key_network_policy = STR("{\"Version\":1,\"Status\":\"Active\",\"Statements\":[]}");
    return store_preference_put(tx, &p, e);
}

static status is_let_in(store_tx *tx, void *self, err *e)
{
    const uint64_t admin = *(const uint64_t *)self;
    CLEANUP(arena_free_at) arena *a = arena_new(4096, 65536);
    attempt_record r;
    sign_in_link_record link;
    preference_record p;
    assert_int_equal(store_attempt_get(tx, admin, ATTEMPT_SHARED, &r, e), ST_NOT_FOUND);
    assert_int_equal(store_sign_in_link_get(tx, (const uint8_t[32]){ 7 }, &link, e), ST_NOT_FOUND);
    TRY(store_preference_get(tx, a, &p, e));
    assert_int_equal(p.access_key_network_policy.n, 0);
    return ST_OK;
}

static void recovery_ends_every_lock_out(void **state)
{
    (void)state;
    bootstrap *r = recover(FIXTURE_ACCOUNT, true);
    assert_ok(&f);
    bootstrap_free(r);
    uint64_t admin = admin_id(&f.root);
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, lock_out, &admin, &f.err), ST_OK);
    r = recover(FIXTURE_ACCOUNT, true);
    assert_ok(&f);
    assert_int_equal(store_read_now(f.store, FIXTURE_ACCOUNT, is_let_in, &admin, &f.err), ST_OK);
    bootstrap_free(r);
}

static void no_account_no_recovery(void **state)
{
    (void)state;
    bootstrap *r = recover(9999999999999999, true);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Account");
    bootstrap_free(r);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_account_begins_with_root_and_admin),
        TEST(without_alias_and_owner_the_id_stands_for_both),
        TEST(bad_options_are_refused_before_anything_is_drawn),
        TEST(an_alias_in_use_leaves_nothing),
        TEST(root_gets_a_new_password),
        TEST(admin_is_made_whole_again),
        TEST(recovery_ends_every_lock_out),
        TEST(no_account_no_recovery),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
