/* recycled_key_api_test.c - deleted AccessKey pairs: 30 days, three of a user, back but disabled; root's are root's alone. */
#include "account/fixture_test.h"
#include "access_key/access_key_api.h"
#include "access_key/recycled_key_api.h"
#include "user/user_api.h"

#define KEY(id) .user_access_key_id = str_from_c(id)

enum { DAY_S = 86400 };

static fixture f;
static caller alice;
static char alice_id[24], root_id[24];

static int setup(void **state)
{
    (void)state;
    fixture_init(&f);
    APPLY(&f, &f.root, ram_create_user, RAM_CREATE_USER, .user_name = STR("alice"));
    (void)snprintf(alice_id, sizeof alice_id, "%s", text_at(&f, "User.UserId"));
    (void)snprintf(root_id, sizeof root_id, "%llu", (unsigned long long)FIXTURE_ACCOUNT);
    alice = (caller){ .kind = CALLER_USER, .proof = PROOF_ACS3, .account = FIXTURE_ACCOUNT, .name = "alice" };
    assert_int_equal(str_to_u64(str_from_c(alice_id), 1, UINT64_MAX, &alice.id), ST_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_done(&f);
    return 0;
}

static void create(const caller *who, char ret[32])
{
    APPLY(&f, who, ram_create_access_key, RAM_CREATE_ACCESS_KEY, .user_name = STR(""));
    assert_ok(&f);
    (void)snprintf(ret, 32, "%s", text_at(&f, "AccessKey.AccessKeyId"));
}

static void create_and_delete(const caller *who, char ret[32])
{
    create(who, ret);
    APPLY(&f, who, ims_delete_access_key, IMS_DELETE_ACCESS_KEY, KEY(ret));
    assert_ok(&f);
}

static size_t list_n(const caller *who, str user_id)
{
    READ(&f, who, ims_list_access_keys_in_recycle_bin, IMS_LIST_ACCESS_KEYS_IN_RECYCLE_BIN, .user_id = user_id);
    assert_ok(&f);
    return count_at(&f, "AccessKeys.AccessKey");
}

static void restore(const caller *who, const char *user_id, const char *key)
{
    APPLY(&f, who, ims_restore_access_key_from_recycle_bin, IMS_RESTORE_ACCESS_KEY_FROM_RECYCLE_BIN,
          .user_id = str_from_c(user_id), KEY(key));
}

static void purge(const caller *who, const char *user_id, const char *key)
{
    APPLY(&f, who, ims_delete_access_key_in_recycle_bin, IMS_DELETE_ACCESS_KEY_IN_RECYCLE_BIN, .user_id = str_from_c(user_id),
          KEY(key));
}

static void a_pair_comes_back_disabled(void **state)
{
    (void)state;
    char id[32];
    create_and_delete(&alice, id);
    assert_int_equal(list_n(&f.root, str_from_c(alice_id)), 1);
    assert_string_equal(text_at(&f, "AccessKeys.AccessKey.0.AccessKeyId"), id);
    assert_string_equal(text_at(&f, "AccessKeys.AccessKey.0.CreateDate"), "2026-11-24T00:00:00Z");
    assert_string_equal(text_at(&f, "AccessKeys.AccessKey.0.RecycleDate"), "2026-11-24T00:00:00Z");
    assert_string_equal(text_at(&f, "AccessKeys.AccessKey.0.DeleteDate"), "2026-12-24T00:00:00Z");
    const epoch_key k = epoch_of_access_key(str_from_c(id));
    const uint64_t before = epoch_read(store_epochs(f.store), k);
    restore(&f.root, alice_id, id);
    assert_ok(&f);
    assert_true(epoch_read(store_epochs(f.store), k) > before);
    assert_int_equal(list_n(&f.root, str_from_c(alice_id)), 0);
    READ(&f, &f.root, ims_list_access_keys, IMS_LIST_ACCESS_KEYS, .user_principal_name = STR("alice@1234567890123456"));
    assert_int_equal(count_at(&f, "AccessKeys.AccessKey"), 1);
    assert_string_equal(text_at(&f, "AccessKeys.AccessKey.0.Status"), "Inactive");
    restore(&f.root, alice_id, id);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.AccessKey");
}

static void a_user_means_itself_and_root_has_to_say_whom(void **state)
{
    (void)state;
    char hers[32], roots[32];
    create_and_delete(&alice, hers);
    create_and_delete(&f.root, roots);
    assert_int_equal(list_n(&alice, STR("")), 1);
    assert_int_equal(list_n(&f.root, str_from_c(root_id)), 1);
    READ(&f, &f.root, ims_list_access_keys_in_recycle_bin, IMS_LIST_ACCESS_KEYS_IN_RECYCLE_BIN, .user_id = { NULL, 0 });
    assert_code(&f, ST_INVALID, "MissingUserId");
    restore(&f.root, "", roots);
    assert_code(&f, ST_INVALID, "MissingUserId");
    purge(&f.root, "", roots);
    assert_code(&f, ST_INVALID, "MissingUserId");
    restore(&alice, "", hers);
    assert_ok(&f);
    restore(&f.root, root_id, roots);
    assert_ok(&f);
}

static void roots_pairs_are_out_of_everybody_elses_reach(void **state)
{
    (void)state;
    char id[32];
    create_and_delete(&f.root, id);
    READ(&f, &alice, ims_list_access_keys_in_recycle_bin, IMS_LIST_ACCESS_KEYS_IN_RECYCLE_BIN, .user_id = str_from_c(root_id));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    restore(&alice, root_id, id);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    restore(&alice, "", id);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.AccessKey");
    READ(&f, &alice, ims_get_access_key_info_in_recycle_bin, IMS_GET_ACCESS_KEY_INFO_IN_RECYCLE_BIN, KEY(id));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.AccessKey");
    READ(&f, &f.root, ims_get_access_key_info_in_recycle_bin, IMS_GET_ACCESS_KEY_INFO_IN_RECYCLE_BIN, KEY(id));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "AccessKey.UserId"), root_id);
    assert_null(fixture_at(&f, "AccessKey.UserPrincipalName"));
    READ(&f, &f.other_root, ims_get_access_key_info_in_recycle_bin, IMS_GET_ACCESS_KEY_INFO_IN_RECYCLE_BIN, KEY(id));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.AccessKey");
    restore(&f.other_root, root_id, id);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
}

static void the_oldest_of_three_makes_room(void **state)
{
    (void)state;
    char ids[4][32];
    for (int i = 0; i < 4; i++) {
        create_and_delete(&alice, ids[i]);
        f.now_s += 1;
    }
    assert_int_equal(list_n(&alice, STR("")), 3);
    restore(&alice, "", ids[0]);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.AccessKey");
    for (int i = 1; i < 3; i++) {
        restore(&alice, "", ids[i]);
        assert_ok(&f);
    }
    restore(&alice, "", ids[3]);
    assert_code(&f, ST_LIMIT, "LimitExceeded.User.AccessKey");
    purge(&alice, "", ids[3]);
    assert_ok(&f);
    purge(&alice, "", ids[3]);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.AccessKey");
}

static void after_thirty_days_it_is_gone(void **state)
{
    (void)state;
    char id[32];
    create_and_delete(&alice, id);
    f.now_s += 30 * DAY_S - 1;
    assert_int_equal(list_n(&alice, STR("")), 1);
    f.now_s += 1;
    assert_int_equal(list_n(&alice, STR("")), 0);
    restore(&alice, "", id);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.AccessKey");
    READ(&f, &f.root, ims_get_access_key_info_in_recycle_bin, IMS_GET_ACCESS_KEY_INFO_IN_RECYCLE_BIN, KEY(id));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.AccessKey");
}

static void pairs_of_a_user_that_lies_there_too(void **state)
{
    (void)state;
    char first[32], with_her[32];
    create_and_delete(&alice, first);
    create(&alice, with_her);
    APPLY(&f, &f.root, ims_delete_user, IMS_DELETE_USER, .user_id = str_from_c(alice_id));
    assert_ok(&f);
    assert_int_equal(list_n(&f.root, str_from_c(alice_id)), 2);
    READ(&f, &f.root, ims_get_access_key_info_in_recycle_bin, IMS_GET_ACCESS_KEY_INFO_IN_RECYCLE_BIN, KEY(with_her));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "AccessKey.UserId"), alice_id);
    assert_string_equal(text_at(&f, "AccessKey.UserPrincipalName"), "alice@1234567890123456.onaliyun.com");
    assert_true(json_is_true(fixture_at(&f, "AccessKey.UserRecycled")));
    restore(&f.root, alice_id, first);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    purge(&f.root, alice_id, first);
    assert_ok(&f);
    restore(&f.root, "299999999999999999", with_her);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    restore(&f.root, "x", with_her);
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest all[] = {
        TEST(a_pair_comes_back_disabled),
        TEST(a_user_means_itself_and_root_has_to_say_whom),
        TEST(roots_pairs_are_out_of_everybody_elses_reach),
        TEST(the_oldest_of_three_makes_room),
        TEST(after_thirty_days_it_is_gone),
        TEST(pairs_of_a_user_that_lies_there_too),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
