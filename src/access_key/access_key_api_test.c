/* access_key_api_test.c - AccessKey pairs, both faces, on a real store. */
#include "account/fixture_test.h"
#include "access_key/access_key.h"
#include "access_key/access_key_api.h"
#include "base/digest.h"
#include "user/user_api.h"

#define UPN(name) STR(name "@1234567890123456.onaliyun.com")

static fixture f;
static caller alice, bob;

static caller create_user(const char *name)
{
    caller who = { .kind = CALLER_USER, .proof = PROOF_ACS3, .account = FIXTURE_ACCOUNT };
    APPLY(&f, &f.root, ram_create_user, RAM_CREATE_USER, .user_name = str_from_c(name));
    assert_ok(&f);
    assert_int_equal(str_to_u64(str_from_c(text_at(&f, "User.UserId")), 1, UINT64_MAX, &who.id), ST_OK);
    (void)snprintf(who.name, sizeof who.name, "%s", name);
    return who;
}

static int setup(void **state)
{
    (void)state;
    fixture_init(&f);
    alice = create_user("alice");
    bob = create_user("bob");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_done(&f);
    return 0;
}

static void create(const caller *who, const char *user_name, char ret_id[32])
{
    APPLY(&f, who, ram_create_access_key, RAM_CREATE_ACCESS_KEY, .user_name = str_from_c(user_name));
    assert_ok(&f);
    (void)snprintf(ret_id, 32, "%s", text_at(&f, "AccessKey.AccessKeyId"));
}

static bool is_alphanumeric(const char *s)
{
    return str_is_of(str_from_c(s), ascii_is_alnum);
}

typedef struct {
    str id, message;
    bytes mac;
} proof;

static status check_proof(store_tx *tx, void *self, err *e)
{
    const proof *p = self;
    CLEANUP(arena_free_at) arena *a = arena_new(4096, 65536);
    access_key_record r;
    TRY(store_access_key_get(tx, a, p->id, &r, e));
    return vault_mac_check(f.vault, access_key_place(store_tx_account(tx), r.row), (bytes){ r.secret.b, r.secret.n },
                           MAC_HMAC_SHA256, STR(""), bytes_of(p->message), p->mac, e);
}

static void a_new_pair_signs(void **state)
{
    (void)state;
    APPLY(&f, &f.root, ims_create_access_key, IMS_CREATE_ACCESS_KEY, .user_principal_name = UPN("ALICE"));
    assert_ok(&f);
    const char *id = text_at(&f, "AccessKey.AccessKeyId"), *key = text_at(&f, "AccessKey.AccessKeySecret");
    assert_int_equal(strlen(id), 24);
    assert_memory_equal(id, "LTAI", 4);
    assert_true(is_alphanumeric(id));
    assert_int_equal(strlen(key), 30);
    assert_true(is_alphanumeric(key));
    assert_string_equal(text_at(&f, "AccessKey.Status"), "Active");
    assert_string_equal(text_at(&f, "AccessKey.CreateDate"), "2026-11-24T00:00:00Z");

    uint8_t mac[32];
    proof p = { str_from_c(id), STR("what the client signs"), { mac, sizeof mac } };
    (void)hmac(HMAC_SHA256, bytes_of(str_from_c(key)), (bytes){ NULL, 0 }, bytes_of(p.message), mac);
    err e = { 0 };
    assert_int_equal(store_read_now(f.store, FIXTURE_ACCOUNT, check_proof, &p, &e), ST_OK);
    mac[0] ^= 1;
    assert_int_equal(store_read_now(f.store, FIXTURE_ACCOUNT, check_proof, &p, &e), ST_DENIED);
}

static void the_secret_is_shown_once(void **state)
{
    (void)state;
    char id[32];
    create(&f.root, "alice", id);
    READ(&f, &f.root, ram_list_access_keys, RAM_LIST_ACCESS_KEYS, .user_name = STR("alice"));
    assert_ok(&f);
    assert_int_equal(count_at(&f, "AccessKeys.AccessKey"), 1);
    assert_string_equal(text_at(&f, "AccessKeys.AccessKey.0.AccessKeyId"), id);
    assert_null(fixture_at(&f, "AccessKeys.AccessKey.0.AccessKeySecret"));
    READ(&f, &f.root, ims_list_access_keys, IMS_LIST_ACCESS_KEYS, .user_principal_name = UPN("alice"));
    assert_string_equal(text_at(&f, "AccessKeys.AccessKey.0.UpdateDate"), "2026-11-24T00:00:00Z");
    READ(&f, &f.root, ram_list_access_keys, RAM_LIST_ACCESS_KEYS, .user_name = STR("bob"));
    assert_int_equal(count_at(&f, "AccessKeys.AccessKey"), 0);
}

static void no_name_means_the_caller(void **state)
{
    (void)state;
    const caller *const callers[] = { &f.root, &alice };
    for (size_t i = 0; i < 2; i++) {
        char id[32];
        create(callers[i], "", id);
        READ(&f, callers[i], ims_list_access_keys, IMS_LIST_ACCESS_KEYS, .user_principal_name = { NULL, 0 });
        assert_ok(&f);
        assert_int_equal(count_at(&f, "AccessKeys.AccessKey"), 1);
        assert_string_equal(text_at(&f, "AccessKeys.AccessKey.0.AccessKeyId"), id);
        APPLY(&f, callers[i], ims_update_access_key, IMS_UPDATE_ACCESS_KEY, .user_access_key_id = str_from_c(id),
              .status = STR("Inactive"));
        assert_ok(&f);
        READ(&f, callers[i], ram_list_access_keys, RAM_LIST_ACCESS_KEYS, .user_name = STR(""));
        assert_string_equal(text_at(&f, "AccessKeys.AccessKey.0.Status"), "Inactive");
        APPLY(&f, callers[i], ram_delete_access_key, RAM_DELETE_ACCESS_KEY, .user_access_key_id = str_from_c(id));
        assert_ok(&f);
    }
    APPLY(&f, &f.root, ram_delete_user, RAM_DELETE_USER, .user_name = STR("alice"));
    APPLY(&f, &alice, ram_create_access_key, RAM_CREATE_ACCESS_KEY, .user_name = STR("")); /* proven, but gone since */
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
}

static void two_pairs_each(void **state)
{
    (void)state;
    char id[32];
    f.quota.access_keys_per_root = 1;
    create(&f.root, "alice", id);
    create(&f.root, "alice", id);
    APPLY(&f, &f.root, ram_create_access_key, RAM_CREATE_ACCESS_KEY, .user_name = STR("alice"));
    assert_code(&f, ST_LIMIT, "LimitExceeded.User.AccessKey");
    APPLY(&f, &f.root, ims_create_access_key, IMS_CREATE_ACCESS_KEY, .user_principal_name = UPN("alice"));
    assert_code(&f, ST_LIMIT, "LimitExceeded.User.AccessKey");
    create(&f.root, "bob", id);
    create(&f.root, "", id);
    APPLY(&f, &f.root, ram_create_access_key, RAM_CREATE_ACCESS_KEY, .user_name = STR(""));
    assert_code(&f, ST_LIMIT, "LimitExceeded.User.AccessKey");
}

static void someone_elses_pair_is_absent(void **state)
{
    (void)state;
    char id[32];
    create(&f.root, "alice", id);
    const str key = str_from_c(id);
    APPLY(&f, &f.root, ram_update_access_key, RAM_UPDATE_ACCESS_KEY, .user_name = STR("bob"), .user_access_key_id = key,
          .status = STR("Inactive"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.AccessKey");
    APPLY(&f, &bob, ims_delete_access_key, IMS_DELETE_ACCESS_KEY, .user_access_key_id = key);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.AccessKey");
    APPLY(&f, &f.root, ram_delete_access_key, RAM_DELETE_ACCESS_KEY, .user_access_key_id = key); /* root's own are meant */
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.AccessKey");
    READ(&f, &bob, ram_get_access_key_last_used, RAM_GET_ACCESS_KEY_LAST_USED, .user_access_key_id = key);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.AccessKey");
    APPLY(&f, &f.other_root, ram_delete_access_key, RAM_DELETE_ACCESS_KEY, .user_access_key_id = key);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.AccessKey");
    APPLY(&f, &f.other_root, ims_create_access_key, IMS_CREATE_ACCESS_KEY, .user_principal_name = UPN("alice"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    APPLY(&f, &f.root, ims_create_access_key, IMS_CREATE_ACCESS_KEY, .user_principal_name = UPN("ghost"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
}

static void status_and_existence_raise_the_keys_epoch(void **state)
{
    (void)state;
    char id[32];
    create(&f.root, "alice", id);
    const str key = str_from_c(id);
    const epoch_key k = epoch_of_access_key(key);
    uint64_t before = epoch_read(store_epochs(f.store), k);
    APPLY(&f, &f.root, ram_update_access_key, RAM_UPDATE_ACCESS_KEY, .user_name = STR("alice"), .user_access_key_id = key,
          .status = STR("Inactive"));
    assert_ok(&f);
    assert_true(epoch_read(store_epochs(f.store), k) > before);
    before = epoch_read(store_epochs(f.store), k);
    APPLY(&f, &f.root, ram_update_access_key, RAM_UPDATE_ACCESS_KEY, .user_name = STR("alice"), .user_access_key_id = key,
          .status = STR("Inactive")); /* the same status again is fine */
    assert_ok(&f);
    APPLY(&f, &f.root, ram_delete_access_key, RAM_DELETE_ACCESS_KEY, .user_name = STR("alice"), .user_access_key_id = key);
    assert_ok(&f);
    assert_true(epoch_read(store_epochs(f.store), k) > before);
    APPLY(&f, &f.root, ram_delete_access_key, RAM_DELETE_ACCESS_KEY, .user_name = STR("alice"), .user_access_key_id = key);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.AccessKey");
    create(&f.root, "alice", id);
    APPLY(&f, &f.root, ram_update_access_key, RAM_UPDATE_ACCESS_KEY, .user_name = STR("alice"),
          .user_access_key_id = str_from_c(id), .status = STR("active"));
    assert_code(&f, ST_INVALID, "InvalidParameter.Status");
}

static status note_use(store_tx *tx, void *self, err *e)
{
    return store_access_key_set_last_used(tx, str_from_c(self), FIXTURE_NOW_S, STR("Ram"), e);
}

static void last_use(void **state)
{
    (void)state;
    char id[32];
    create(&f.root, "alice", id);
    READ(&f, &f.root, ims_get_access_key_last_used, IMS_GET_ACCESS_KEY_LAST_USED, .user_principal_name = UPN("alice"),
         .user_access_key_id = str_from_c(id));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "AccessKeyLastUsed.LastUsedDate"), "");
    assert_string_equal(text_at(&f, "AccessKeyLastUsed.ServiceName"), "");
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, note_use, id, &f.err), ST_OK);
    READ(&f, &f.root, ims_get_access_key_last_used, IMS_GET_ACCESS_KEY_LAST_USED, .user_principal_name = UPN("alice"),
         .user_access_key_id = str_from_c(id));
    assert_string_equal(text_at(&f, "AccessKeyLastUsed.LastUsedDate"), "2026-11-24T00:00:00Z");
    assert_string_equal(text_at(&f, "AccessKeyLastUsed.ServiceName"), "Ram");
    READ(&f, &f.root, ram_get_access_key_last_used, RAM_GET_ACCESS_KEY_LAST_USED, .user_name = STR("alice"),
         .user_access_key_id = str_from_c(id));
    assert_string_equal(text_at(&f, "AccessKeyLastUsed.LastUsedDate"), "2026-11-24T00:00:00Z");
    assert_null(fixture_at(&f, "AccessKeyLastUsed.ServiceName"));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_pair_signs), TEST(the_secret_is_shown_once),     TEST(no_name_means_the_caller),
        TEST(two_pairs_each),   TEST(someone_elses_pair_is_absent), TEST(status_and_existence_raise_the_keys_epoch),
        TEST(last_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
