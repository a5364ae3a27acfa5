/* sign_in_link_api_test.c - links by which users set a password, on a real store. */
#include "base/digest.h"
#include "password/login_profile_api.h"
#include "password/password_fixture_test.h"
#include "password/sign_in_link.h"
#include "password/sign_in_link_api.h"
#include "store/directory.h"

#define BEGIN "https://ram.example.org/signin/link#"

static fixture f;
static caller alice;

static const row_functions LINK = { .apply = argali_create_sign_in_link_apply };
static const row_functions CREATE = { ims_create_login_profile_look, NULL, login_profile_prepare,
                                      ims_create_login_profile_apply };
static const row_functions UPDATE = { ims_update_login_profile_look, NULL, login_profile_prepare,
                                      ims_update_login_profile_apply };

#define NEW_LINK(name) ROW(&f, &f.root, LINK, argali_create_sign_in_link, ARGALI_CREATE_SIGN_IN_LINK, .user_name = name)

static int setup(void **state)
{
    (void)state;
    fixture_init(&f);
    alice = make_user(&f, "alice");
    ROW(&f, &f.root, CREATE, ims_create_login_profile, IMS_CREATE_LOGIN_PROFILE, .user_principal_name = UPN("alice"));
    assert_ok(&f);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_done(&f);
    return 0;
}

typedef struct {
    uint8_t digest[SIGN_IN_LINK_DIGEST_BYTES];
    uint64_t account, user;
    sign_in_link_record r;
} found_link;

static status look_up(store_tx *tx, void *self, err *e)
{
    found_link *l = self;
    TRY(directory_find_sign_in_link(tx, l->digest, &l->account, &l->user, e));
    directory_enter(tx, l->account);
    return store_sign_in_link_get(tx, l->digest, &l->r, e);
}

static status consume(store_tx *tx, void *self, err *e)
{
    const found_link *l = self;
    return store_sign_in_link_consume(tx, l->digest, e);
}

static found_link link_of(const char *url)
{
    found_link l = { .account = 0 };
    assert_true(str_starts(str_from_c(url), STR(BEGIN)));
    assert_true(sign_in_link_digest(str_slice(str_from_c(url), sizeof BEGIN - 1, strlen(url)), l.digest));
    return l;
}

static status find(found_link *l)
{
    err e = { 0 };
    return store_read_now(f.store, 0, look_up, l, &e);
}

static void a_link_is_found_by_its_value(void **state)
{
    (void)state;
    NEW_LINK(STR("ALICE"));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "ExpirationTime"), "2026-11-25T00:00:00Z"); /* 24 hours */
    const char *url = text_at(&f, "Url");
    assert_int_equal(strlen(url), sizeof BEGIN - 1 + 43); /* 32 bytes in Base64url */
    found_link l = link_of(url);
    assert_int_equal(find(&l), ST_OK);
    assert_int_equal(l.account, FIXTURE_ACCOUNT);
    assert_int_equal(l.user, alice.id);
    assert_int_equal(l.r.created_s, FIXTURE_NOW_S);
    assert_int_equal(l.r.expires_s, FIXTURE_NOW_S + 86400);

    uint8_t plain[32]; /* the digest is bound to its purpose */
    sha256(bytes_of(str_slice(str_from_c(url), sizeof BEGIN - 1, strlen(url))), plain);
    assert_memory_not_equal(plain, l.digest, sizeof plain);
    l.digest[0] ^= 1;
    assert_int_equal(find(&l), ST_NOT_FOUND);
}

static void a_new_one_replaces_the_old(void **state)
{
    (void)state;
    NEW_LINK(STR("alice"));
    found_link first = link_of(text_at(&f, "Url"));
    NEW_LINK(STR("alice"));
    found_link second = link_of(text_at(&f, "Url"));
    assert_int_equal(find(&first), ST_NOT_FOUND);
    assert_int_equal(find(&second), ST_OK);
    err e = { 0 };
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, consume, &second, &e), ST_OK); /* once */
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, consume, &second, &e), ST_NOT_FOUND);
}

static void a_password_ends_it(void **state)
{
    (void)state;
    NEW_LINK(STR("alice"));
    found_link l = link_of(text_at(&f, "Url"));
    ROW(&f, &f.root, UPDATE, ims_update_login_profile, IMS_UPDATE_LOGIN_PROFILE, .user_principal_name = UPN("alice"),
        .mfa_bind_required = YES);
    assert_int_equal(find(&l), ST_OK);
    ROW(&f, &f.root, UPDATE, ims_update_login_profile, IMS_UPDATE_LOGIN_PROFILE, .user_principal_name = UPN("alice"),
        .password = STR("Tr0ub4dor&3x"));
    assert_ok(&f);
    assert_int_equal(find(&l), ST_NOT_FOUND);

    NEW_LINK(STR("alice"));
    l = link_of(text_at(&f, "Url"));
    APPLY(&f, &f.root, ram_delete_login_profile, RAM_DELETE_LOGIN_PROFILE, .user_name = STR("alice"));
    assert_ok(&f);
    assert_int_equal(find(&l), ST_NOT_FOUND);
}

static void refused(void **state)
{
    (void)state;
    (void)make_user(&f, "bob");
    NEW_LINK(STR("ghost"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    NEW_LINK(STR("bob"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.LoginProfile");
    ROW(&f, &f.other_root, LINK, argali_create_sign_in_link, ARGALI_CREATE_SIGN_IN_LINK, .user_name = STR("alice"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    uint8_t digest[SIGN_IN_LINK_DIGEST_BYTES];
    assert_false(sign_in_link_digest(STR(""), digest));
    assert_false(sign_in_link_digest(STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), digest)); /* 42 */
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_link_is_found_by_its_value),
        CASE(a_new_one_replaces_the_old),
        CASE(a_password_ends_it),
        CASE(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
