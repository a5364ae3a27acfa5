/* user_api_test.c - the actions on users, both faces, on a real store. */
#include "account/fixture_test.h"
#include "user/user_api.h"

#define DOMAIN    "@1234567890123456.onaliyun.com"
#define UPN(name) STR(name DOMAIN)

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
    if (ret_id != NULL)
        (void)snprintf(ret_id, 24, "%s", text_at(&f, "User.UserId"));
}

static void created_on_one_face_seen_on_both(void **state)
{
    (void)state;
    char id[24];
    const tag tags[] = { { STR("team"), STR("a") }, { STR("level"), STR("") } };
    APPLY(&f, &f.root, ims_create_user, IMS_CREATE_USER, .user_principal_name = UPN("Alice"), .display_name = STR("Alice A."),
          .comments = STR("first"), .email = STR("alice@example.com"), .mobile_phone = STR("86-13900001234"),
          .tag = { tags, 2, true });
    assert_ok(&f);
    (void)snprintf(id, sizeof id, "%s", text_at(&f, "User.UserId"));
    assert_int_equal(strlen(id), 18);
    assert_int_equal(id[0], '2');
    assert_string_equal(text_at(&f, "User.UserPrincipalName"), "Alice" DOMAIN);
    assert_string_equal(text_at(&f, "User.ProvisionType"), "Manual");
    assert_string_equal(text_at(&f, "User.CreateDate"), "2026-11-24T00:00:00Z");
    assert_string_equal(text_at(&f, "User.UpdateDate"), "2026-11-24T00:00:00Z");
    assert_null(text_at(&f, "User.LastLoginDate"));
    assert_int_equal(count_at(&f, "User.Tags.Tag"), 2);

    READ(&f, &f.root, ram_get_user, RAM_GET_USER, .user_name = STR("alice")); /* any case */
    assert_ok(&f);
    assert_string_equal(text_at(&f, "User.UserId"), id);
    assert_string_equal(text_at(&f, "User.UserName"), "Alice");
    assert_string_equal(text_at(&f, "User.DisplayName"), "Alice A.");
    assert_string_equal(text_at(&f, "User.Comments"), "first");
    assert_string_equal(text_at(&f, "User.Email"), "alice@example.com");
    assert_string_equal(text_at(&f, "User.MobilePhone"), "86-13900001234");
    assert_null(fixture_at(&f, "User.UserPrincipalName"));

    READ(&f, &f.root, ims_get_user, IMS_GET_USER, .user_id = str_from_c(id));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "User.UserName"), "Alice");
    assert_string_equal(text_at(&f, "User.Tags.Tag.0.TagKey"), "level");
    assert_string_equal(text_at(&f, "User.Tags.Tag.0.TagValue"), "");
    READ(&f, &f.root, ims_get_user, IMS_GET_USER, .user_principal_name = STR("aLICE@1234567890123456"));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "User.UserId"), id);
}

static void names_are_unique_in_any_case(void **state)
{
    (void)state;
    create("bob", NULL);
    APPLY(&f, &f.root, ram_create_user, RAM_CREATE_USER, .user_name = STR("BOB"));
    assert_code(&f, ST_CONFLICT, "EntityAlreadyExists.User");
    APPLY(&f, &f.root, ims_create_user, IMS_CREATE_USER, .user_principal_name = UPN("Bob"), .display_name = STR("B"));
    assert_code(&f, ST_CONFLICT, "EntityAlreadyExists.User");
    APPLY(&f, &f.other_root, ram_create_user, RAM_CREATE_USER, .user_name = STR("bob")); /* another account's is another user */
    assert_ok(&f);
}

static void a_new_name_has_to_fit(void **state)
{
    (void)state;
    static const struct {
        str upn;
        const char *code;
    } cases[] = {
        { STR_INIT("x@elsewhere.onaliyun.com"), "InvalidParameter.UserPrincipalName.Format" },
        { STR_INIT("x@6543210987654321.onaliyun.com"), "InvalidParameter.UserPrincipalName.Format" },
        { STR_INIT("x"), "InvalidParameter.UserPrincipalName.Format" },
        { STR_INIT("" DOMAIN), "InvalidParameter.UserPrincipalName.Length" },
        { STR_INIT("a b" DOMAIN), "InvalidParameter.UserPrincipalName.InvalidChars" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        APPLY(&f, &f.root, ims_create_user, IMS_CREATE_USER, .user_principal_name = cases[i].upn, .display_name = STR("X"));
        assert_code(&f, ST_INVALID, cases[i].code);
    }
    APPLY(&f, &f.root, ram_create_user, RAM_CREATE_USER, .user_name = STR("a b"));
    assert_code(&f, ST_INVALID, "InvalidParameter.UserName.InvalidChars");
    APPLY(&f, &f.root, ram_create_user, RAM_CREATE_USER, .user_name = STR(""));
    assert_code(&f, ST_INVALID, "InvalidParameter.UserName.Length");
}

static void the_quota_holds_and_deleting_makes_room(void **state)
{
    (void)state;
    f.quota.users_per_account = 2;
    create("one", NULL);
    create("two", NULL);
    APPLY(&f, &f.root, ram_create_user, RAM_CREATE_USER, .user_name = STR("three"));
    assert_code(&f, ST_LIMIT, "LimitExceeded.User");
    APPLY(&f, &f.root, ram_delete_user, RAM_DELETE_USER, .user_name = STR("one"));
    assert_ok(&f);
    create("three", NULL);
}

static void absent_users(void **state)
{
    (void)state;
    READ(&f, &f.root, ram_get_user, RAM_GET_USER, .user_name = STR("ghost"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    READ(&f, &f.root, ims_get_user, IMS_GET_USER, .user_principal_name = UPN("ghost"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    static const char *const ids[] = { "200000000000000000", "0", "x", "-1", "99999999999999999999", "1234567890123456" };
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        READ(&f, &f.root, ims_get_user, IMS_GET_USER, .user_id = str_from_c(ids[i]));
        assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    }
    READ(&f, &f.root, ims_get_user, IMS_GET_USER, .user_access_key_id = STR("LTAInothing"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    APPLY(&f, &f.root, ram_update_user, RAM_UPDATE_USER, .user_name = STR("ghost"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    APPLY(&f, &f.root, ram_delete_user, RAM_DELETE_USER, .user_name = STR("ghost"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
}

static void another_accounts_user_is_absent(void **state)
{
    (void)state;
    char id[24];
    create("alice", id);
    READ(&f, &f.other_root, ram_get_user, RAM_GET_USER, .user_name = STR("alice"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    READ(&f, &f.other_root, ims_get_user, IMS_GET_USER, .user_id = str_from_c(id));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    READ(&f, &f.other_root, ims_get_user, IMS_GET_USER, .user_principal_name = UPN("alice"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    APPLY(&f, &f.other_root, ims_delete_user, IMS_DELETE_USER, .user_id = str_from_c(id));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
}

static void update_keeps_what_is_not_sent_and_clears_what_is_empty(void **state)
{
    (void)state;
    APPLY(&f, &f.root, ram_create_user, RAM_CREATE_USER, .user_name = STR("carol"), .display_name = STR("Carol"),
          .comments = STR("c"), .email = STR("c@example.com"), .mobile_phone = STR("86-1"));
    assert_ok(&f);
    f.now_s += 60;
    APPLY(&f, &f.root, ram_update_user, RAM_UPDATE_USER, .user_name = STR("carol"), .new_comments = STR(""),
          .new_email = STR("carol@example.com"));
    assert_ok(&f);
    READ(&f, &f.root, ram_get_user, RAM_GET_USER, .user_name = STR("carol"));
    assert_string_equal(text_at(&f, "User.DisplayName"), "Carol");
    assert_null(text_at(&f, "User.Comments"));
    assert_string_equal(text_at(&f, "User.Email"), "carol@example.com");
    assert_string_equal(text_at(&f, "User.MobilePhone"), "86-1");
    assert_string_equal(text_at(&f, "User.CreateDate"), "2026-11-24T00:00:00Z");
    assert_string_equal(text_at(&f, "User.UpdateDate"), "2026-11-24T00:01:00Z");
}

static void a_user_is_renamed(void **state)
{
    (void)state;
    char id[24];
    create("dave", id);
    create("erin", NULL);
    APPLY(&f, &f.root, ims_update_user, IMS_UPDATE_USER, .user_id = str_from_c(id), .new_user_principal_name = UPN("Dave"));
    assert_ok(&f); /* the case of its own name */
    APPLY(&f, &f.root, ims_update_user, IMS_UPDATE_USER, .user_id = str_from_c(id), .new_user_principal_name = UPN("ERIN"));
    assert_code(&f, ST_CONFLICT, "EntityAlreadyExists.User");
    APPLY(&f, &f.root, ims_update_user, IMS_UPDATE_USER, .user_id = str_from_c(id),
          .new_user_principal_name = STR("dave@elsewhere.onaliyun.com"));
    assert_code(&f, ST_INVALID, "InvalidParameter.NewUserPrincipalName.Format");
    APPLY(&f, &f.root, ram_update_user, RAM_UPDATE_USER, .user_name = STR("dave"), .new_user_name = STR("a/b"));
    assert_code(&f, ST_INVALID, "InvalidParameter.NewUserName.InvalidChars");
    APPLY(&f, &f.root, ram_update_user, RAM_UPDATE_USER, .user_name = STR("dave"), .new_user_name = STR(""));
    assert_code(&f, ST_INVALID, "InvalidParameter.NewUserName.Length");
    APPLY(&f, &f.root, ram_update_user, RAM_UPDATE_USER, .user_name = STR("dave"), .new_user_name = STR("david"));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "User.UserId"), id);
    READ(&f, &f.root, ram_get_user, RAM_GET_USER, .user_name = STR("dave"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
}

/* What hangs on a user, put there directly. */
typedef struct {
    uint64_t user;
    bool has_key, has_policy, has_profile, is_frozen;
} hung;

static status hang(store_tx *tx, void *self, err *e)
{
    const hung *h = self;
    if (h->has_key) {
        access_key_record k = {
            .id = STR("LTAIhung"), .owner = h->user, .row = 5, .is_active = true, .last_used_service = STR("")
        };
        k.secret.n = SEALED_OVERHEAD;
        TRY(store_access_key_insert(tx, &k, e));
    }
    if (h->has_policy)
        TRY(store_attachment_insert(
            tx, &(attachment_record){ PRINCIPAL_USER, h->user, STR("System"), STR("AdministratorAccess"), 1 }, e));
    if (h->has_profile) {
        login_profile_record p = {
            .principal = h->user, .row = 6, .scheme = STR("argon2id"), .parameters = STR(""), .salt_n = 16
        };
        p.digest.n = SEALED_OVERHEAD;
        TRY(store_login_profile_put(tx, &p, e));
    }
    if (h->is_frozen) {
        CLEANUP(arena_free_at) arena *a = arena_new(4096, 65536);
        user_record u;
        TRY(store_user_get(tx, a, h->user, &u, e));
        u.is_frozen = true;
        TRY(store_user_update(tx, &u, e));
    }
    return ST_OK;
}

static void put(hung h)
{
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, hang, &h, &f.err), ST_OK);
}

static uint64_t id_number(const char *id)
{
    uint64_t n;
    assert_int_equal(str_to_u64(str_from_c(id), 1, UINT64_MAX, &n), ST_OK);
    return n;
}

static void a_user_in_use_is_not_deleted_by_rams_action(void **state)
{
    (void)state;
    static const struct {
        hung h;
        const char *code;
    } cases[] = {
        { { .has_key = true }, "DeleteConflict.User.AccessKey" },
        { { .has_policy = true }, "DeleteConflict.User.Policy" },
        { { .has_profile = true }, "DeleteConflict.User.LoginProfile" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[8], id[24];
        (void)snprintf(name, sizeof name, "u%zu", i);
        create(name, id);
        hung h = cases[i].h;
        h.user = id_number(id);
        put(h);
        APPLY(&f, &f.root, ram_delete_user, RAM_DELETE_USER, .user_name = str_from_c(name));
        assert_code(&f, ST_CONFLICT, cases[i].code);
    }
    READ(&f, &f.root, ims_get_user, IMS_GET_USER, .user_access_key_id = STR("LTAIhung"));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "User.UserName"), "u0");
    READ(&f, &f.other_root, ims_get_user, IMS_GET_USER, .user_access_key_id = STR("LTAIhung"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
}

static void writes_raise_the_users_epoch(void **state)
{
    (void)state;
    char id[24];
    create("frank", id);
    const epoch_key k = epoch_of_principal(id_number(id));
    const uint64_t first = epoch_read(store_epochs(f.store), k);
    APPLY(&f, &f.root, ram_update_user, RAM_UPDATE_USER, .user_name = STR("frank"), .new_comments = STR("x"));
    assert_ok(&f);
    const uint64_t second = epoch_read(store_epochs(f.store), k);
    assert_true(second > first);
    APPLY(&f, &f.root, ram_delete_user, RAM_DELETE_USER, .user_name = STR("frank"));
    assert_ok(&f);
    assert_true(epoch_read(store_epochs(f.store), k) > second);
    READ(&f, &f.root, ram_list_users, RAM_LIST_USERS, .marker = STR(""));
    assert_int_equal(count_at(&f, "Users.User"), 0);
}

static void lists_are_paged_by_name(void **state)
{
    (void)state;
    static const char *const names[] = { "b", "A", "d", "C", "e" };
    for (size_t i = 0; i < 5; i++)
        create(names[i], NULL);
    char seen[16] = "", marker[512] = "";
    for (int page = 0; page < 3; page++) {
        READ(&f, &f.root, ram_list_users, RAM_LIST_USERS, .marker = str_from_c(marker), .max_items = { 2, true });
        assert_ok(&f);
        const size_t n = count_at(&f, "Users.User");
        assert_int_equal(n, page < 2 ? 2 : 1);
        for (size_t i = 0; i < n; i++) {
            const char *path = i == 0 ? "Users.User.0.UserName" : "Users.User.1.UserName";
            (void)snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s", text_at(&f, path));
        }
        assert_true(json_is_true(fixture_at(&f, "IsTruncated")) == (page < 2));
        assert_true((text_at(&f, "Marker") != NULL) == (page < 2));
        if (page < 2)
            (void)snprintf(marker, sizeof marker, "%s", text_at(&f, "Marker"));
    }
    assert_string_equal(seen, "AbCde");

    READ(&f, &f.root, ims_list_users, IMS_LIST_USERS, .marker = str_from_c(marker)); /* one list, two faces */
    assert_ok(&f);
    assert_int_equal(count_at(&f, "Users.User"), 1);
    READ(&f, &f.root, ims_list_user_basic_infos, IMS_LIST_USER_BASIC_INFOS, .marker = str_from_c(marker));
    assert_code(&f, ST_INVALID, "InvalidParameter.Marker");
    READ(&f, &f.other_root, ram_list_users, RAM_LIST_USERS, .marker = str_from_c(marker));
    assert_code(&f, ST_INVALID, "InvalidParameter.Marker");
    marker[3] = marker[3] == 'A' ? 'B' : 'A';
    READ(&f, &f.root, ram_list_users, RAM_LIST_USERS, .marker = str_from_c(marker));
    assert_code(&f, ST_INVALID, "InvalidParameter.Marker");
}

static void a_full_page_that_is_the_last_says_so(void **state)
{
    (void)state;
    create("a", NULL);
    create("b", NULL);
    READ(&f, &f.root, ram_list_users, RAM_LIST_USERS, .max_items = { 2, true });
    assert_ok(&f);
    assert_int_equal(count_at(&f, "Users.User"), 2);
    assert_true(json_is_false(fixture_at(&f, "IsTruncated")));
    assert_null(fixture_at(&f, "Marker"));
}

static void more_users_than_a_portion(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 450; i++) {
        char name[8];
        (void)snprintf(name, sizeof name, "u%03u", i);
        create(name, NULL);
    }
    READ(&f, &f.root, ims_list_users, IMS_LIST_USERS, .marker = { NULL, 0 });
    assert_ok(&f);
    assert_int_equal(count_at(&f, "Users.User"), 450);
    assert_string_equal(text_at(&f, "Users.User.449.UserPrincipalName"), "u449" DOMAIN);
    assert_true(json_is_array(fixture_at(&f, "Users.User.0.Tags.Tag")));
    READ(&f, &f.root, ims_list_user_basic_infos, IMS_LIST_USER_BASIC_INFOS, .marker = { NULL, 0 });
    assert_int_equal(count_at(&f, "UserBasicInfos.UserBasicInfo"), 100); /* the documented defaults: 100, and 1000 above */
    assert_true(json_is_true(fixture_at(&f, "IsTruncated")));
    assert_null(fixture_at(&f, "UserBasicInfos.UserBasicInfo.0.CreateDate"));
    READ(&f, &f.root, ram_list_users, RAM_LIST_USERS, .marker = { NULL, 0 });
    assert_int_equal(count_at(&f, "Users.User"), 100);
}

static void status_and_tags_filter(void **state)
{
    (void)state;
    const tag red[] = { { STR("colour"), STR("red") } }, both[] = { { STR("colour"), STR("red") }, { STR("size"), STR("L") } };
    const tag any_colour[] = { { STR("colour"), { NULL, 0 } } }, blue[] = { { STR("colour"), STR("blue") } };
    char id[24];
    create("plain", NULL);
    create("frozen", id);
    put((hung){ .user = id_number(id), .is_frozen = true });
    APPLY(&f, &f.root, ims_create_user, IMS_CREATE_USER, .user_principal_name = UPN("r"), .display_name = STR("R"),
          .tag = { red, 1, true });
    APPLY(&f, &f.root, ims_create_user, IMS_CREATE_USER, .user_principal_name = UPN("rl"), .display_name = STR("RL"),
          .tag = { both, 2, true });
    assert_ok(&f);
    const struct {
        str status;
        tag_list tags;
        size_t want;
    } cases[] = {
        { { NULL, 0 }, { NULL, 0, false }, 3 },
        { STR("active"), { NULL, 0, false }, 3 },
        { STR("freeze"), { NULL, 0, false }, 1 },
        { STR("active,freeze"), { NULL, 0, false }, 4 },
        { { NULL, 0 }, { red, 1, true }, 2 },
        { { NULL, 0 }, { both, 2, true }, 1 },
        { { NULL, 0 }, { any_colour, 1, true }, 2 },
        { STR("freeze"), { any_colour, 1, true }, 2 }, /* with tags, Status is not looked at */
        { { NULL, 0 }, { blue, 1, true }, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        READ(&f, &f.root, ims_list_users, IMS_LIST_USERS, .status = cases[i].status, .tag = cases[i].tags);
        assert_ok(&f);
        assert_int_equal(count_at(&f, "Users.User"), cases[i].want);
        READ(&f, &f.root, ims_list_user_basic_infos, IMS_LIST_USER_BASIC_INFOS, .status = cases[i].status,
             .tag = cases[i].tags);
        assert_int_equal(count_at(&f, "UserBasicInfos.UserBasicInfo"), cases[i].want);
    }
    READ(&f, &f.root, ims_list_users, IMS_LIST_USERS, .status = STR("freeze"));
    assert_string_equal(text_at(&f, "Users.User.0.Status"), "freeze");
    READ(&f, &f.root, ram_list_users, RAM_LIST_USERS, .marker = { NULL, 0 });
    assert_int_equal(count_at(&f, "Users.User"), 4);

    READ(&f, &f.root, ims_list_users, IMS_LIST_USERS, .tag = { red, 1, true }, .max_items = { 1, true });
    assert_string_equal(text_at(&f, "Users.User.0.UserPrincipalName"), "r" DOMAIN);
    char marker[512];
    (void)snprintf(marker, sizeof marker, "%s", text_at(&f, "Marker"));
    READ(&f, &f.root, ims_list_users, IMS_LIST_USERS, .tag = { red, 1, true }, .max_items = { 1, true },
         .marker = str_from_c(marker));
    assert_string_equal(text_at(&f, "Users.User.0.UserPrincipalName"), "rl" DOMAIN);
    assert_true(json_is_false(fixture_at(&f, "IsTruncated")));
}

/* Straight into the store: each with as many tags as it may carry. */
static status fill_with_long_tags(store_tx *tx, void *self, err *e)
{
    static char text[128];
    (void)self;
    memset(text, 1, sizeof text); /* six bytes each in JSON */
    for (unsigned i = 0; i < 600; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "long-%03u", i);
        const user_record u = { .id = 200000000000000000 + i,
                                .name = str_from_c(name),
                                .display_name = STR(""),
                                .comments = STR(""),
                                .email = STR(""),
                                .mobile_phone = STR("") };
        TRY(store_user_insert(tx, &u, e));
        for (int n = 0; n < 20; n++) {
            const char k = (char)('a' + n);
            TRY(store_tag_put(tx, TAGGED_USER, u.id, (str){ &k, 1 }, (str){ text, sizeof text }, e));
        }
    }
    return ST_OK;
}

static void a_page_ends_before_it_is_too_large(void **state)
{
    (void)state;
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, fill_with_long_tags, NULL, &f.err), ST_OK);
    READ(&f, &f.root, ims_list_users, IMS_LIST_USERS, .marker = { NULL, 0 });
    assert_ok(&f);
    const size_t first = count_at(&f, "Users.User");
    assert_true(first > 50 && first < 600);
    assert_true(json_is_true(fixture_at(&f, "IsTruncated")));
    char marker[512], next[64];
    (void)snprintf(marker, sizeof marker, "%s", text_at(&f, "Marker"));
    READ(&f, &f.root, ims_list_users, IMS_LIST_USERS, .marker = str_from_c(marker), .max_items = { 1, true });
    (void)snprintf(next, sizeof next, "long-%03zu" DOMAIN, first);
    assert_string_equal(text_at(&f, "Users.User.0.UserPrincipalName"), next);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(created_on_one_face_seen_on_both),
        TEST(names_are_unique_in_any_case),
        TEST(a_new_name_has_to_fit),
        TEST(the_quota_holds_and_deleting_makes_room),
        TEST(absent_users),
        TEST(another_accounts_user_is_absent),
        TEST(update_keeps_what_is_not_sent_and_clears_what_is_empty),
        TEST(a_user_is_renamed),
        TEST(a_user_in_use_is_not_deleted_by_rams_action),
        TEST(writes_raise_the_users_epoch),
        TEST(lists_are_paged_by_name),
        TEST(a_full_page_that_is_the_last_says_so),
        TEST(more_users_than_a_portion),
        TEST(a_page_ends_before_it_is_too_large),
        TEST(status_and_tags_filter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
