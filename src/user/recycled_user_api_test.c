/* recycled_user_api_test.c - who is deleted lies in the recycle bin: what goes along, what ends, what comes back. */
#include "account/fixture_test.h"
#include "base/buf.h"
#include "user/group_api.h"
#include "user/recycled_user.h"
#include "user/recycled_user_api.h"
#include "user/user_api.h"

#define DOMAIN    "@1234567890123456.onaliyun.com"
#define UPN(name) STR(name DOMAIN)
#define ID(id)    .user_id = str_from_c(id)

enum { DAY_S = 86400 };

static fixture f;

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

static void create(const char *name, char ret_id[24])
{
    APPLY(&f, &f.root, ram_create_user, RAM_CREATE_USER, .user_name = str_from_c(name));
    assert_ok(&f);
    (void)snprintf(ret_id, 24, "%s", text_at(&f, "User.UserId"));
}

static void delete_ims(const char *id)
{
    APPLY(&f, &f.root, ims_delete_user, IMS_DELETE_USER, .user_id = str_from_c(id));
    assert_ok(&f);
}

static uint64_t number(const char *id)
{
    uint64_t n;
    assert_int_equal(str_to_u64(str_from_c(id), 1, UINT64_MAX, &n), ST_OK);
    return n;
}

static size_t list_n(str filter)
{
    READ(&f, &f.root, ims_list_users_in_recycle_bin, IMS_LIST_USERS_IN_RECYCLE_BIN, .filter = filter);
    assert_ok(&f);
    return count_at(&f, "Users.User");
}

/* --- what hangs on a user ----------------------------------------------------------------------------------------- */

static status hang(store_tx *tx, void *self, err *e)
{
    const uint64_t user = *(const uint64_t *)self;
    access_key_record k = { .id = STR("LTAIhung"), .owner = user, .row = 5, .is_active = true, .last_used_service = STR("") };
    login_profile_record p = { .principal = user, .row = 6, .scheme = STR("argon2id"), .parameters = STR(""), .salt_n = 16 };
    k.secret.n = p.digest.n = SEALED_OVERHEAD;
    TRY(store_access_key_insert(tx, &k, e));
    TRY(store_login_profile_put(tx, &p, e));
    TRY(store_sign_in_link_put(tx, &(sign_in_link_record){ .digest = { 1 }, .user = user, .created_s = 1, .expires_s = 2 }, e));
    TRY(store_attempt_put(tx, &(attempt_record){ .principal = user, .failures = 3 }, e));
    TRY(store_tag_put(tx, TAGGED_USER, user, STR("team"), STR("a"), e));
    return store_attachment_insert(
        tx, &(attachment_record){ PRINCIPAL_USER, user, STR("System"), STR("AdministratorAccess"), 1 }, e);
}

typedef struct {
    uint64_t user;
    bool key_is_there, key_is_active;
    size_t attachments, groups, tags, keys_in_bin;
    status profile, attempt, link;
} hanging;

static status look(store_tx *tx, void *self, err *e)
{
    hanging *h = self;
    CLEANUP(arena_free_at) arena *a = arena_new(16 * 1024, 1024 * 1024);
    access_key_record k = { 0 };
    attachment_record *attached;
    user_group_record *groups;
    tag_record *tags;
    recycled_key_record *recycled;
    login_profile_record p;
    attempt_record t;
    sign_in_link_record l;
    h->key_is_there = store_access_key_get(tx, a, STR("LTAIhung"), &k, e) == ST_OK;
    h->key_is_active = k.is_active;
    TRY(store_attachment_list(tx, a, h->user, &attached, &h->attachments, e));
    TRY(store_user_group_list(tx, a, h->user, &groups, &h->groups, e));
    TRY(store_tag_list(tx, a, TAGGED_USER, h->user, &tags, &h->tags, e));
    TRY(store_recycled_key_list(tx, a, h->user, &recycled, &h->keys_in_bin, e));
    h->profile = store_login_profile_get(tx, a, h->user, &p, e);
    h->attempt = store_attempt_get(tx, h->user, 0, &t, e);
    h->link = store_sign_in_link_get(tx, (const uint8_t[32]){ 1 }, &l, e);
    return ST_OK;
}

static hanging looked(const char *id)
{
    hanging h = { .user = number(id) };
    assert_int_equal(store_read_now(f.store, FIXTURE_ACCOUNT, look, &h, &f.err), ST_OK);
    return h;
}

static status last_event(store_tx *tx, void *self, err *e)
{
    CLEANUP(arena_free_at) arena *a = arena_new(16 * 1024, 16 * 1024 * 1024);
    audit_record *r;
    size_t n;
    TRY(store_audit_list(tx, a, 0, 1000, &r, &n, e));
    if (n == 0)
        return ST_BUG;
    buf_add(self, r[n - 1].body);
    return ST_OK;
}

static void assert_last_event_holds(const char *const *parts, size_t n)
{
    CLEANUP(buf_done) buf b;
    buf_init(&b, 65536);
    assert_int_equal(store_read_now(f.store, FIXTURE_ACCOUNT, last_event, &b, &f.err), ST_OK);
    for (size_t i = 0; i < n; i++) {
        print_message("%s\n", parts[i]);
        assert_true(str_contains(buf_str(&b), str_from_c(parts[i])));
    }
}

static void what_goes_along_and_what_ends(void **state)
{
    (void)state;
    static const char *const told[] = { "\"AccessKeys\":\"LTAIhung\"", "\"Groups\":\"crew\"",
                                        "\"Policies\":\"System:AdministratorAccess\"", "\"LoginProfile\":\"true\"" };
    char id[24];
    create("Alice", id);
    uint64_t user = number(id);
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, hang, &user, &f.err), ST_OK);
    APPLY(&f, &f.root, ram_create_group, RAM_CREATE_GROUP, .group_name = STR("crew"));
    APPLY(&f, &f.root, ram_add_user_to_group, RAM_ADD_USER_TO_GROUP, .group_name = STR("crew"), .user_name = STR("alice"));
    assert_ok(&f);
    const epoch_key keys[] = { epoch_of_principal(user), epoch_of_access_key(STR("LTAIhung")) };
    const uint64_t before[] = { epoch_read(store_epochs(f.store), keys[0]), epoch_read(store_epochs(f.store), keys[1]) };

    delete_ims(id);
    for (size_t i = 0; i < 2; i++)
        assert_true(epoch_read(store_epochs(f.store), keys[i]) > before[i]);
    assert_last_event_holds(told, sizeof told / sizeof told[0]);
    hanging h = looked(id);
    assert_false(h.key_is_there);
    assert_int_equal(h.keys_in_bin, 1);
    assert_int_equal(h.attachments + h.groups, 0);
    assert_int_equal(h.tags, 1);
    assert_int_equal(h.profile, ST_NOT_FOUND);
    assert_int_equal(h.attempt, ST_NOT_FOUND);
    assert_int_equal(h.link, ST_NOT_FOUND);

    const uint64_t key_epoch = epoch_read(store_epochs(f.store), keys[1]);
    APPLY(&f, &f.root, ims_restore_user_from_recycle_bin, IMS_RESTORE_USER_FROM_RECYCLE_BIN, ID(id));
    assert_ok(&f);
    assert_true(epoch_read(store_epochs(f.store), keys[1]) > key_epoch);
    h = looked(id);
    assert_true(h.key_is_there);
    assert_false(h.key_is_active);
    assert_int_equal(h.keys_in_bin + h.attachments + h.groups, 0);
    assert_int_equal(h.tags, 1);
    assert_int_equal(h.profile, ST_NOT_FOUND);
    READ(&f, &f.root, ims_get_user, IMS_GET_USER, .user_id = str_from_c(id));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "User.UserPrincipalName"), "Alice" DOMAIN);
}

static void a_purged_user_takes_its_keys_and_tags_along(void **state)
{
    (void)state;
    char id[24];
    create("alice", id);
    uint64_t user = number(id);
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, hang, &user, &f.err), ST_OK);
    delete_ims(id);
    APPLY(&f, &f.root, ims_delete_user_in_recycle_bin, IMS_DELETE_USER_IN_RECYCLE_BIN, ID(id));
    assert_ok(&f);
    hanging h = looked(id);
    assert_int_equal(h.keys_in_bin + h.tags, 0);
    APPLY(&f, &f.root, ims_delete_user_in_recycle_bin, IMS_DELETE_USER_IN_RECYCLE_BIN, ID(id));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    APPLY(&f, &f.root, ims_restore_user_from_recycle_bin, IMS_RESTORE_USER_FROM_RECYCLE_BIN, ID(id));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
}

/* --- the bin itself ----------------------------------------------------------------------------------------------- */

static void both_faces_delete_into_the_bin(void **state)
{
    (void)state;
    char alice[24], bob[24];
    create("alice", alice);
    create("bob", bob);
    delete_ims(alice);
    f.now_s += 60;
    APPLY(&f, &f.root, ram_delete_user, RAM_DELETE_USER, .user_name = STR("bob"));
    assert_ok(&f);
    assert_int_equal(list_n(STR("")), 2);
    assert_string_equal(text_at(&f, "Users.User.0.UserId"), bob); /* the newest first */
    assert_string_equal(text_at(&f, "Users.User.0.UserPrincipalName"), "bob" DOMAIN);
    assert_string_equal(text_at(&f, "Users.User.0.CreateDate"), "2026-11-24T00:00:00Z");
    assert_string_equal(text_at(&f, "Users.User.0.RecycleDate"), "2026-11-24T00:01:00Z");
    assert_string_equal(text_at(&f, "Users.User.0.DeleteDate"), "2026-12-24T00:01:00Z");
    assert_true(json_is_false(fixture_at(&f, "IsTruncated")));
    READ(&f, &f.root, ims_get_user_in_recycle_bin, IMS_GET_USER_IN_RECYCLE_BIN, ID(alice));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "User.UserPrincipalName"), "alice" DOMAIN);
    READ(&f, &f.root, ims_get_user, IMS_GET_USER, .user_id = str_from_c(alice));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
}

static void the_filter(void **state)
{
    (void)state;
    char id[24];
    for (int i = 0; i < 2; i++) { /* the same name twice in the bin */
        create("alice", id);
        delete_ims(id);
        f.now_s += 1;
    }
    create("bob", id);
    delete_ims(id);
    assert_int_equal(list_n(STR("UserPrincipalName eq ALICE" DOMAIN)), 2);
    assert_int_equal(list_n(STR("UserPrincipalName eq bob@1234567890123456")), 1);
    assert_int_equal(list_n(STR("UserPrincipalName eq carol" DOMAIN)), 0);
    assert_int_equal(list_n(STR("UserPrincipalName eq alice@elsewhere.onaliyun.com")), 0);
    static const char *const wrong[] = { "alice", "UserPrincipalName", "UserPrincipalName eq ", "DisplayName eq x",
                                         "UserPrincipalName ne alice@1234567890123456.onaliyun.com" };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        READ(&f, &f.root, ims_list_users_in_recycle_bin, IMS_LIST_USERS_IN_RECYCLE_BIN, .filter = str_from_c(wrong[i]));
        assert_code(&f, ST_INVALID, "InvalidParameter.Filter");
    }
}

static void pages(void **state)
{
    (void)state;
    char id[24], marker[512] = "";
    for (int i = 0; i < 7; i++) {
        char name[8];
        (void)snprintf(name, sizeof name, "u%d", i);
        create(name, id);
        delete_ims(id);
        f.now_s += i % 2; /* some of the same second */
    }
    size_t seen = 0, rounds = 0;
    do {
        READ(&f, &f.root, ims_list_users_in_recycle_bin, IMS_LIST_USERS_IN_RECYCLE_BIN, .max_items = { 3, true },
             .marker = str_from_c(marker));
        assert_ok(&f);
        seen += count_at(&f, "Users.User");
        rounds++;
        (void)snprintf(marker, sizeof marker, "%s", text_at(&f, "Marker") != NULL ? text_at(&f, "Marker") : "");
        assert_true(json_is_true(fixture_at(&f, "IsTruncated")) == (marker[0] != '\0'));
    } while (marker[0] != '\0' && rounds < 10);
    assert_int_equal(seen, 7);
    assert_int_equal(rounds, 3);
    READ(&f, &f.root, ims_list_users_in_recycle_bin, IMS_LIST_USERS_IN_RECYCLE_BIN, .marker = STR("forged"));
    assert_code(&f, ST_INVALID, "InvalidParameter.Marker");
}

static void a_user_whose_time_has_come_is_gone(void **state)
{
    (void)state;
    char id[24];
    create("alice", id);
    delete_ims(id);
    f.now_s += 30 * DAY_S - 1;
    assert_int_equal(list_n(STR("")), 1);
    f.now_s += 1;
    assert_int_equal(list_n(STR("")), 0);
    READ(&f, &f.root, ims_get_user_in_recycle_bin, IMS_GET_USER_IN_RECYCLE_BIN, ID(id));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    APPLY(&f, &f.root, ims_restore_user_from_recycle_bin, IMS_RESTORE_USER_FROM_RECYCLE_BIN, ID(id));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
}

static void the_oldest_makes_room(void **state)
{
    (void)state;
    char id[3][24];
    f.quota.users_in_recycle_bin = 2;
    for (int i = 0; i < 3; i++) {
        char name[8], told[64];
        (void)snprintf(name, sizeof name, "u%d", i);
        create(name, id[i]);
        delete_ims(id[i]);
        f.now_s += 1;
        (void)snprintf(told, sizeof told, "\"PurgedUserId\":\"%s\"", id[0]);
        if (i == 2)
            assert_last_event_holds((const char *const[]){ told }, 1);
    }
    assert_int_equal(list_n(STR("")), 2);
    READ(&f, &f.root, ims_get_user_in_recycle_bin, IMS_GET_USER_IN_RECYCLE_BIN, ID(id[0]));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
}

static void restoring_asks_for_the_name_and_the_quota(void **state)
{
    (void)state;
    char old[24], new[24];
    create("alice", old);
    delete_ims(old);
    create("ALICE", new); /* the name is free at once, in any case */
    assert_string_not_equal(old, new);
    APPLY(&f, &f.root, ims_restore_user_from_recycle_bin, IMS_RESTORE_USER_FROM_RECYCLE_BIN, ID(old));
    assert_code(&f, ST_CONFLICT, "EntityAlreadyExists.User");
    f.quota.users_per_account = 1;
    APPLY(&f, &f.root, ims_restore_user_from_recycle_bin, IMS_RESTORE_USER_FROM_RECYCLE_BIN, ID(old));
    assert_code(&f, ST_LIMIT, "LimitExceeded.User");
    delete_ims(new);
    APPLY(&f, &f.root, ims_restore_user_from_recycle_bin, IMS_RESTORE_USER_FROM_RECYCLE_BIN, ID(old));
    assert_ok(&f);
    assert_int_equal(list_n(STR("")), 1);
}

static void by_an_access_key(void **state)
{
    (void)state;
    char id[24];
    create("alice", id);
    uint64_t user = number(id);
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, hang, &user, &f.err), ST_OK);
    READ(&f, &f.root, ims_get_user_in_recycle_bin, IMS_GET_USER_IN_RECYCLE_BIN, .user_access_key_id = STR("LTAIhung"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    delete_ims(id);
    READ(&f, &f.root, ims_get_user_in_recycle_bin, IMS_GET_USER_IN_RECYCLE_BIN, .user_access_key_id = STR("LTAIhung"));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "User.UserId"), id);
}

static void another_accounts_bin_is_out_of_reach(void **state)
{
    (void)state;
    char id[24];
    create("alice", id);
    delete_ims(id);
    READ(&f, &f.other_root, ims_list_users_in_recycle_bin, IMS_LIST_USERS_IN_RECYCLE_BIN, .filter = STR(""));
    assert_int_equal(count_at(&f, "Users.User"), 0);
    READ(&f, &f.other_root, ims_get_user_in_recycle_bin, IMS_GET_USER_IN_RECYCLE_BIN, ID(id));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    APPLY(&f, &f.other_root, ims_restore_user_from_recycle_bin, IMS_RESTORE_USER_FROM_RECYCLE_BIN, ID(id));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    APPLY(&f, &f.other_root, ims_delete_user_in_recycle_bin, IMS_DELETE_USER_IN_RECYCLE_BIN, ID(id));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    APPLY(&f, &f.root, ims_delete_user_in_recycle_bin, IMS_DELETE_USER_IN_RECYCLE_BIN, .user_id = STR("no-number"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    assert_int_equal(list_n(STR("")), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest all[] = {
        TEST(what_goes_along_and_what_ends),
        TEST(a_purged_user_takes_its_keys_and_tags_along),
        TEST(both_faces_delete_into_the_bin),
        TEST(the_filter),
        TEST(pages),
        TEST(a_user_whose_time_has_come_is_gone),
        TEST(the_oldest_makes_room),
        TEST(restoring_asks_for_the_name_and_the_quota),
        TEST(by_an_access_key),
        TEST(another_accounts_bin_is_out_of_reach),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
