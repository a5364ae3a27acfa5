/* group_api_test.c - the actions on groups and their members, both faces, on a real store. */
#include "account/fixture_test.h"
#include "user/group_api.h"
#include "user/user_api.h"

#define DOMAIN    "@1234567890123456.onaliyun.com"
#define UPN(name) STR(name DOMAIN)

enum { EVENT_MAX = 8192 };

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

static uint64_t new_user(const char *name)
{
    uint64_t id = 0;
    APPLY(&f, &f.root, ram_create_user, RAM_CREATE_USER, .user_name = str_from_c(name));
    assert_ok(&f);
    assert_int_equal(str_to_u64(str_from_c(text_at(&f, "User.UserId")), 1, UINT64_MAX, &id), ST_OK);
    return id;
}

static uint64_t new_group(const char *name)
{
    uint64_t id = 0;
    APPLY(&f, &f.root, ram_create_group, RAM_CREATE_GROUP, .group_name = str_from_c(name));
    assert_ok(&f);
    assert_int_equal(str_to_u64(str_from_c(text_at(&f, "Group.GroupId") + 2), 1, UINT64_MAX, &id), ST_OK);
    return id;
}

static void add(const char *group, const char *user)
{
    APPLY(&f, &f.root, ram_add_user_to_group, RAM_ADD_USER_TO_GROUP, .group_name = str_from_c(group),
          .user_name = str_from_c(user));
}

static void remove_user(const char *group, const char *user)
{
    APPLY(&f, &f.root, ram_remove_user_from_group, RAM_REMOVE_USER_FROM_GROUP, .group_name = str_from_c(group),
          .user_name = str_from_c(user));
}

static void delete_group(const char *name)
{
    APPLY(&f, &f.root, ram_delete_group, RAM_DELETE_GROUP, .group_name = str_from_c(name));
}

static uint64_t epoch_of(uint64_t principal)
{
    return epoch_read(store_epochs(f.store), epoch_of_principal(principal));
}

static void created_on_one_face_seen_on_both(void **state)
{
    (void)state;
    char id[24];
    APPLY(&f, &f.root, ims_create_group, IMS_CREATE_GROUP, .group_name = STR("Dev"), .display_name = STR("Developers"),
          .comments = STR("first"));
    assert_ok(&f);
    (void)snprintf(id, sizeof id, "%s", text_at(&f, "Group.GroupId"));
    assert_int_equal(strlen(id), 20);
    assert_memory_equal(id, "g-4", 3);
    assert_string_equal(text_at(&f, "Group.GroupName"), "Dev");
    assert_string_equal(text_at(&f, "Group.DisplayName"), "Developers");
    assert_string_equal(text_at(&f, "Group.Comments"), "first");
    assert_string_equal(text_at(&f, "Group.CreateDate"), "2026-11-24T00:00:00Z");
    assert_string_equal(text_at(&f, "Group.UpdateDate"), "2026-11-24T00:00:00Z");

    READ(&f, &f.root, ram_get_group, RAM_GET_GROUP, .group_name = STR("dEV")); /* any case */
    assert_ok(&f);
    assert_string_equal(text_at(&f, "Group.GroupId"), id);
    assert_string_equal(text_at(&f, "Group.GroupName"), "Dev");
    assert_string_equal(text_at(&f, "Group.Comments"), "first");
    assert_null(fixture_at(&f, "Group.DisplayName")); /* RAM knows none */

    APPLY(&f, &f.root, ram_create_group, RAM_CREATE_GROUP, .group_name = STR("ops"), .comments = STR("second"));
    assert_ok(&f);
    assert_null(fixture_at(&f, "Group.UpdateDate")); /* not in the shape of this one */
    READ(&f, &f.root, ims_get_group, IMS_GET_GROUP, .group_name = STR("ops"));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "Group.Comments"), "second");
    assert_null(fixture_at(&f, "Group.DisplayName")); /* never set: left out */
}

static void names_are_unique_in_any_case(void **state)
{
    (void)state;
    (void)new_group("dev");
    APPLY(&f, &f.root, ram_create_group, RAM_CREATE_GROUP, .group_name = STR("DEV"));
    assert_code(&f, ST_CONFLICT, "EntityAlreadyExists.Group");
    APPLY(&f, &f.root, ims_create_group, IMS_CREATE_GROUP, .group_name = STR("Dev"));
    assert_code(&f, ST_CONFLICT, "EntityAlreadyExists.Group");
    APPLY(&f, &f.other_root, ram_create_group, RAM_CREATE_GROUP, .group_name = STR("dev")); /* another account's is another */
    assert_ok(&f);
    (void)new_user("dev"); /* users and groups share no names */
}

static void the_quota_of_groups_holds_and_deleting_makes_room(void **state)
{
    (void)state;
    f.quota.groups_per_account = 2;
    (void)new_group("one");
    (void)new_group("two");
    APPLY(&f, &f.root, ram_create_group, RAM_CREATE_GROUP, .group_name = STR("three"));
    assert_code(&f, ST_LIMIT, "LimitExceeded.Group");
    APPLY(&f, &f.root, ims_create_group, IMS_CREATE_GROUP, .group_name = STR("three"));
    assert_code(&f, ST_LIMIT, "LimitExceeded.Group");
    APPLY(&f, &f.other_root, ram_create_group, RAM_CREATE_GROUP, .group_name = STR("three")); /* each account has its own */
    assert_ok(&f);
    delete_group("one");
    assert_ok(&f);
    (void)new_group("three");
}

static void the_quotas_are_the_documented_ones(void **state)
{
    (void)state;
    assert_int_equal(QUOTAS_DEFAULT.groups_per_account, 300); /* quota page of 2025-12 */
    assert_int_equal(QUOTAS_DEFAULT.groups_per_user, 10);
}

/* Every action that names a group; its user is named rightly. */
static void call_each_on_group(const caller *who, str group, const char *code)
{
    READ(&f, who, ims_get_group, IMS_GET_GROUP, .group_name = group);
    assert_code(&f, ST_NOT_FOUND, code);
    READ(&f, who, ram_get_group, RAM_GET_GROUP, .group_name = group);
    assert_code(&f, ST_NOT_FOUND, code);
    APPLY(&f, who, ims_update_group, IMS_UPDATE_GROUP, .group_name = group, .new_comments = STR("x"));
    assert_code(&f, ST_NOT_FOUND, code);
    APPLY(&f, who, ram_update_group, RAM_UPDATE_GROUP, .group_name = group, .new_comments = STR("x"));
    assert_code(&f, ST_NOT_FOUND, code);
    APPLY(&f, who, ims_delete_group, IMS_DELETE_GROUP, .group_name = group);
    assert_code(&f, ST_NOT_FOUND, code);
    APPLY(&f, who, ram_delete_group, RAM_DELETE_GROUP, .group_name = group);
    assert_code(&f, ST_NOT_FOUND, code);
    APPLY(&f, who, ims_add_user_to_group, IMS_ADD_USER_TO_GROUP, .group_name = group, .user_principal_name = UPN("alice"));
    assert_code(&f, ST_NOT_FOUND, code);
    APPLY(&f, who, ram_add_user_to_group, RAM_ADD_USER_TO_GROUP, .group_name = group, .user_name = STR("alice"));
    assert_code(&f, ST_NOT_FOUND, code);
    APPLY(&f, who, ims_remove_user_from_group, IMS_REMOVE_USER_FROM_GROUP, .group_name = group,
          .user_principal_name = UPN("alice"));
    assert_code(&f, ST_NOT_FOUND, code);
    APPLY(&f, who, ram_remove_user_from_group, RAM_REMOVE_USER_FROM_GROUP, .group_name = group, .user_name = STR("alice"));
    assert_code(&f, ST_NOT_FOUND, code);
    READ(&f, who, ims_list_users_for_group, IMS_LIST_USERS_FOR_GROUP, .group_name = group);
    assert_code(&f, ST_NOT_FOUND, code);
    READ(&f, who, ram_list_users_for_group, RAM_LIST_USERS_FOR_GROUP, .group_name = group);
    assert_code(&f, ST_NOT_FOUND, code);
}

static void absent_groups(void **state)
{
    (void)state;
    (void)new_user("alice");
    call_each_on_group(&f.root, STR("ghost"), "EntityNotExist.Group");
}

static void absent_users(void **state)
{
    (void)state;
    (void)new_group("dev");
    add("dev", "ghost");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    remove_user("dev", "ghost");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    add("ghosts", "ghost"); /* the group is looked up first */
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Group");
    static const str upns[] = { STR_INIT("ghost" DOMAIN), STR_INIT("alice@elsewhere.onaliyun.com"), STR_INIT("alice") };
    (void)new_user("alice");
    for (size_t i = 0; i < sizeof upns / sizeof upns[0]; i++) {
        APPLY(&f, &f.root, ims_add_user_to_group, IMS_ADD_USER_TO_GROUP, .group_name = STR("dev"),
              .user_principal_name = upns[i]);
        assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
        APPLY(&f, &f.root, ims_remove_user_from_group, IMS_REMOVE_USER_FROM_GROUP, .group_name = STR("dev"),
              .user_principal_name = upns[i]);
        assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
        READ(&f, &f.root, ims_list_groups_for_user, IMS_LIST_GROUPS_FOR_USER, .user_principal_name = upns[i]);
        assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    }
    READ(&f, &f.root, ram_list_groups_for_user, RAM_LIST_GROUPS_FOR_USER, .user_name = STR("ghost"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
}

static void another_accounts_group_and_users_are_absent(void **state)
{
    (void)state;
    (void)new_group("dev");
    (void)new_user("alice");
    add("dev", "alice");
    assert_ok(&f);
    call_each_on_group(&f.other_root, STR("dev"), "EntityNotExist.Group");
    READ(&f, &f.other_root, ram_list_groups, RAM_LIST_GROUPS, .marker = { NULL, 0 });
    assert_ok(&f);
    assert_int_equal(count_at(&f, "Groups.Group"), 0);
    READ(&f, &f.other_root, ram_list_groups_for_user, RAM_LIST_GROUPS_FOR_USER, .user_name = STR("alice"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");

    /* One's own group, another account's user. */
    APPLY(&f, &f.other_root, ram_create_group, RAM_CREATE_GROUP, .group_name = STR("dev"));
    assert_ok(&f);
    APPLY(&f, &f.other_root, ram_add_user_to_group, RAM_ADD_USER_TO_GROUP, .group_name = STR("dev"), .user_name = STR("alice"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    APPLY(&f, &f.other_root, ims_add_user_to_group, IMS_ADD_USER_TO_GROUP, .group_name = STR("dev"),
          .user_principal_name = UPN("alice"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User");
    READ(&f, &f.root, ram_list_users_for_group, RAM_LIST_USERS_FOR_GROUP, .group_name = STR("dev"));
    assert_int_equal(count_at(&f, "Users.User"), 1);
}

static void update_keeps_what_is_not_sent_and_clears_what_is_empty(void **state)
{
    (void)state;
    APPLY(&f, &f.root, ims_create_group, IMS_CREATE_GROUP, .group_name = STR("dev"), .display_name = STR("D"),
          .comments = STR("c"));
    assert_ok(&f);
    f.now_s += 60;
    APPLY(&f, &f.root, ram_update_group, RAM_UPDATE_GROUP, .group_name = STR("dev"), .new_comments = STR(""));
    assert_ok(&f);
    assert_null(fixture_at(&f, "Group.Comments"));
    APPLY(&f, &f.root, ims_update_group, IMS_UPDATE_GROUP, .group_name = STR("DEV"), .new_comments = STR("again"));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "Group.GroupName"), "dev");
    assert_string_equal(text_at(&f, "Group.DisplayName"), "D"); /* the RAM face has not touched it */
    assert_string_equal(text_at(&f, "Group.Comments"), "again");
    assert_string_equal(text_at(&f, "Group.CreateDate"), "2026-11-24T00:00:00Z");
    assert_string_equal(text_at(&f, "Group.UpdateDate"), "2026-11-24T00:01:00Z");
    APPLY(&f, &f.root, ims_update_group, IMS_UPDATE_GROUP, .group_name = STR("dev"), .new_display_name = STR(""),
          .new_group_name = STR(""));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "Group.GroupName"), "dev"); /* a name cannot be cleared */
    assert_null(fixture_at(&f, "Group.DisplayName"));
    assert_string_equal(text_at(&f, "Group.Comments"), "again");
    APPLY(&f, &f.root, ram_update_group, RAM_UPDATE_GROUP, .group_name = STR("dev")); /* nothing to change is no error */
    assert_ok(&f);
}

/* Attached directly: the actions that attach stand above this folder. */
static status attach(store_tx *tx, void *self, err *e)
{
    const attachment_record r = {
        .kind = PRINCIPAL_GROUP,
        .principal = *(const uint64_t *)self,
        .policy_type = STR("System"),
        .policy_name = STR("AdministratorAccess"),
        .attached_s = 1,
    };
    return store_attachment_insert(tx, &r, e);
}

static status detach(store_tx *tx, void *self, err *e)
{
    return store_attachment_delete(tx, *(const uint64_t *)self, STR("System"), STR("AdministratorAccess"), e);
}

static void rename_keeps_members_and_attachments(void **state)
{
    (void)state;
    uint64_t id = new_group("dev");
    (void)new_group("ops");
    (void)new_user("alice");
    add("dev", "alice");
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, attach, &id, &f.err), ST_OK);
    APPLY(&f, &f.root, ims_update_group, IMS_UPDATE_GROUP, .group_name = STR("dev"), .new_group_name = STR("OPS"));
    assert_code(&f, ST_CONFLICT, "EntityAlreadyExists.Group");
    APPLY(&f, &f.root, ram_update_group, RAM_UPDATE_GROUP, .group_name = STR("dev"), .new_group_name = STR("ops"));
    assert_code(&f, ST_CONFLICT, "EntityAlreadyExists.Group");
    APPLY(&f, &f.root, ram_update_group, RAM_UPDATE_GROUP, .group_name = STR("dev"), .new_group_name = STR("Dev"));
    assert_ok(&f); /* the case of its own name */
    APPLY(&f, &f.root, ram_update_group, RAM_UPDATE_GROUP, .group_name = STR("dev"), .new_group_name = STR("builders"));
    assert_ok(&f);
    assert_string_equal(text_at(&f, "Group.GroupName"), "builders");
    READ(&f, &f.root, ram_get_group, RAM_GET_GROUP, .group_name = STR("dev"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Group");
    READ(&f, &f.root, ram_list_users_for_group, RAM_LIST_USERS_FOR_GROUP, .group_name = STR("builders"));
    assert_string_equal(text_at(&f, "Users.User.0.UserName"), "alice");
    READ(&f, &f.root, ram_list_groups_for_user, RAM_LIST_GROUPS_FOR_USER, .user_name = STR("alice"));
    assert_string_equal(text_at(&f, "Groups.Group.0.GroupName"), "builders");
    remove_user("builders", "alice");
    assert_ok(&f);
    delete_group("builders");
    assert_code(&f, ST_CONFLICT, "DeleteConflict.Group.Policy");
}

static void a_group_in_use_is_not_deleted(void **state)
{
    (void)state;
    uint64_t id = new_group("dev");
    (void)new_user("alice");
    add("dev", "alice");
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, attach, &id, &f.err), ST_OK);
    delete_group("dev"); /* both hold it: members are told first */
    assert_code(&f, ST_CONFLICT, "DeleteConflict.Group.User");
    APPLY(&f, &f.root, ims_delete_group, IMS_DELETE_GROUP, .group_name = STR("dev"));
    assert_code(&f, ST_CONFLICT, "DeleteConflict.Group.User");
    remove_user("dev", "alice");
    assert_ok(&f);
    delete_group("dev");
    assert_code(&f, ST_CONFLICT, "DeleteConflict.Group.Policy");
    APPLY(&f, &f.root, ims_delete_group, IMS_DELETE_GROUP, .group_name = STR("dev"));
    assert_code(&f, ST_CONFLICT, "DeleteConflict.Group.Policy");
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, detach, &id, &f.err), ST_OK);
    APPLY(&f, &f.root, ims_delete_group, IMS_DELETE_GROUP, .group_name = STR("DEV"));
    assert_ok(&f);
    delete_group("dev");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.Group");
}

static void members_join_and_leave_on_both_faces(void **state)
{
    (void)state;
    APPLY(&f, &f.root, ims_create_group, IMS_CREATE_GROUP, .group_name = STR("dev"), .display_name = STR("Developers"),
          .comments = STR("c"));
    APPLY(&f, &f.root, ims_create_user, IMS_CREATE_USER, .user_principal_name = UPN("Alice"), .display_name = STR("Alice A."));
    (void)new_user("bob");
    f.now_s += 60;
    APPLY(&f, &f.root, ims_add_user_to_group, IMS_ADD_USER_TO_GROUP, .group_name = STR("DEV"),
          .user_principal_name = STR("aLICE@1234567890123456"));
    assert_ok(&f);
    add("dev", "BOB");
    assert_ok(&f);

    READ(&f, &f.root, ims_list_users_for_group, IMS_LIST_USERS_FOR_GROUP, .group_name = STR("dev"));
    assert_ok(&f);
    assert_int_equal(count_at(&f, "Users.User"), 2);
    assert_true(json_is_false(fixture_at(&f, "IsTruncated")));
    assert_string_equal(text_at(&f, "Users.User.0.UserPrincipalName"), "Alice" DOMAIN);
    assert_string_equal(text_at(&f, "Users.User.0.DisplayName"), "Alice A.");
    assert_string_equal(text_at(&f, "Users.User.0.JoinDate"), "2026-11-24T00:01:00Z");
    assert_int_equal(strlen(text_at(&f, "Users.User.0.UserId")), 18);
    READ(&f, &f.root, ram_list_users_for_group, RAM_LIST_USERS_FOR_GROUP, .group_name = STR("dev"));
    assert_string_equal(text_at(&f, "Users.User.0.UserName"), "Alice");
    assert_string_equal(text_at(&f, "Users.User.1.UserName"), "bob");
    assert_string_equal(text_at(&f, "Users.User.1.JoinDate"), "2026-11-24T00:01:00Z");

    READ(&f, &f.root, ims_list_groups_for_user, IMS_LIST_GROUPS_FOR_USER, .user_principal_name = UPN("alice"));
    assert_int_equal(count_at(&f, "Groups.Group"), 1);
    assert_memory_equal(text_at(&f, "Groups.Group.0.GroupId"), "g-4", 3);
    assert_string_equal(text_at(&f, "Groups.Group.0.GroupName"), "dev");
    assert_string_equal(text_at(&f, "Groups.Group.0.DisplayName"), "Developers");
    assert_string_equal(text_at(&f, "Groups.Group.0.Comments"), "c");
    assert_string_equal(text_at(&f, "Groups.Group.0.JoinDate"), "2026-11-24T00:01:00Z");
    READ(&f, &f.root, ram_list_groups_for_user, RAM_LIST_GROUPS_FOR_USER, .user_name = STR("bob"));
    assert_string_equal(text_at(&f, "Groups.Group.0.GroupName"), "dev");

    add("dev", "alice");
    assert_code(&f, ST_CONFLICT, "EntityAlreadyExists.User.Group");
    APPLY(&f, &f.root, ims_add_user_to_group, IMS_ADD_USER_TO_GROUP, .group_name = STR("dev"),
          .user_principal_name = UPN("bob"));
    assert_code(&f, ST_CONFLICT, "EntityAlreadyExists.User.Group");

    APPLY(&f, &f.root, ims_remove_user_from_group, IMS_REMOVE_USER_FROM_GROUP, .group_name = STR("dev"),
          .user_principal_name = UPN("bob"));
    assert_ok(&f);
    remove_user("dev", "bob");
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.Group");
    APPLY(&f, &f.root, ims_remove_user_from_group, IMS_REMOVE_USER_FROM_GROUP, .group_name = STR("dev"),
          .user_principal_name = UPN("bob"));
    assert_code(&f, ST_NOT_FOUND, "EntityNotExist.User.Group");
    READ(&f, &f.root, ram_list_groups_for_user, RAM_LIST_GROUPS_FOR_USER, .user_name = STR("bob"));
    assert_int_equal(count_at(&f, "Groups.Group"), 0);
    READ(&f, &f.root, ram_list_users_for_group, RAM_LIST_USERS_FOR_GROUP, .group_name = STR("dev"));
    assert_int_equal(count_at(&f, "Users.User"), 1);
}

static void the_quota_of_a_user_holds(void **state)
{
    (void)state;
    f.quota.groups_per_user = 2;
    (void)new_user("alice");
    (void)new_user("bob");
    (void)new_group("one");
    (void)new_group("two");
    (void)new_group("three");
    add("one", "alice");
    add("two", "alice");
    assert_ok(&f);
    add("three", "alice");
    assert_code(&f, ST_LIMIT, "LimitExceeded.User.Group");
    APPLY(&f, &f.root, ims_add_user_to_group, IMS_ADD_USER_TO_GROUP, .group_name = STR("three"),
          .user_principal_name = UPN("alice"));
    assert_code(&f, ST_LIMIT, "LimitExceeded.User.Group");
    add("two", "alice"); /* who is in it already is told that */
    assert_code(&f, ST_CONFLICT, "EntityAlreadyExists.User.Group");
    add("three", "bob");
    assert_ok(&f);
    remove_user("one", "alice");
    add("three", "alice");
    assert_ok(&f);
}

static void a_user_in_a_group_is_not_deleted(void **state)
{
    (void)state;
    (void)new_user("alice");
    (void)new_group("dev");
    add("dev", "alice");
    APPLY(&f, &f.root, ram_delete_user, RAM_DELETE_USER, .user_name = STR("alice"));
    assert_code(&f, ST_CONFLICT, "DeleteConflict.User.Group");
    remove_user("dev", "alice");
    APPLY(&f, &f.root, ram_delete_user, RAM_DELETE_USER, .user_name = STR("alice"));
    assert_ok(&f);
    READ(&f, &f.root, ram_list_users_for_group, RAM_LIST_USERS_FOR_GROUP, .group_name = STR("dev"));
    assert_int_equal(count_at(&f, "Users.User"), 0);
}

static void a_user_in_the_recycle_bin_left_its_groups(void **state)
{
    (void)state;
    (void)new_user("alice");
    (void)new_group("dev");
    add("dev", "alice");
    APPLY(&f, &f.root, ims_delete_user, IMS_DELETE_USER, .user_principal_name = UPN("alice"));
    assert_ok(&f);
    READ(&f, &f.root, ram_list_users_for_group, RAM_LIST_USERS_FOR_GROUP, .group_name = STR("dev"));
    assert_int_equal(count_at(&f, "Users.User"), 0);
}

static void a_renamed_user_stays_a_member_in_its_place(void **state)
{
    (void)state;
    (void)new_group("dev");
    (void)new_user("a");
    (void)new_user("b");
    add("dev", "a");
    add("dev", "b");
    APPLY(&f, &f.root, ram_update_user, RAM_UPDATE_USER, .user_name = STR("a"), .new_user_name = STR("Z"));
    assert_ok(&f);
    READ(&f, &f.root, ram_list_users_for_group, RAM_LIST_USERS_FOR_GROUP, .group_name = STR("dev"));
    assert_string_equal(text_at(&f, "Users.User.0.UserName"), "b");
    assert_string_equal(text_at(&f, "Users.User.1.UserName"), "Z");
}

static void writes_raise_the_epochs_of_whom_they_concern(void **state)
{
    (void)state;
    const uint64_t group = new_group("dev"), user = new_user("alice"), bystander = new_user("bob");
    const uint64_t bob = epoch_of(bystander);
    uint64_t g = epoch_of(group), u = epoch_of(user);
    add("dev", "alice");
    assert_true(epoch_of(group) > g);
    assert_true(epoch_of(user) > u);
    g = epoch_of(group);
    u = epoch_of(user);
    APPLY(&f, &f.root, ram_update_group, RAM_UPDATE_GROUP, .group_name = STR("dev"), .new_group_name = STR("ops"));
    assert_true(epoch_of(group) > g);
    g = epoch_of(group);
    remove_user("ops", "alice");
    assert_true(epoch_of(group) > g);
    assert_true(epoch_of(user) > u);
    g = epoch_of(group);
    delete_group("ops");
    assert_ok(&f);
    assert_true(epoch_of(group) > g);
    assert_int_equal(epoch_of(bystander), bob);
}

/* Walks a list of the RAM face; the names, one after the other, and the marker of the last page but one. */
static void walk(const char *group, char seen[32], char marker[512])
{
    char names[64], next[512] = "";
    bool is_truncated = true;
    seen[0] = '\0';
    while (is_truncated) {
        if (group != NULL)
            READ(&f, &f.root, ram_list_users_for_group, RAM_LIST_USERS_FOR_GROUP, .group_name = str_from_c(group),
                 .marker = str_from_c(next), .max_items = { 2, true });
        else
            READ(&f, &f.root, ram_list_groups, RAM_LIST_GROUPS, .marker = str_from_c(next), .max_items = { 2, true });
        assert_ok(&f);
        const size_t n = count_at(&f, group != NULL ? "Users.User" : "Groups.Group");
        for (size_t i = 0; i < n; i++) {
            (void)snprintf(names, sizeof names, group != NULL ? "Users.User.%zu.UserName" : "Groups.Group.%zu.GroupName", i);
            (void)snprintf(seen + strlen(seen), 32 - strlen(seen), "%s", text_at(&f, names));
        }
        is_truncated = json_is_true(fixture_at(&f, "IsTruncated"));
        assert_true((text_at(&f, "Marker") != NULL) == is_truncated);
        if (is_truncated) {
            assert_int_equal(n, 2);
            (void)snprintf(next, sizeof next, "%s", text_at(&f, "Marker"));
            (void)snprintf(marker, 512, "%s", next);
        }
    }
}

static void groups_are_paged_by_name(void **state)
{
    (void)state;
    static const char *const names[] = { "b", "A", "d", "C", "e" };
    for (size_t i = 0; i < 5; i++)
        (void)new_group(names[i]);
    char seen[32], marker[512];
    walk(NULL, seen, marker);
    assert_string_equal(seen, "AbCde");
    READ(&f, &f.root, ims_list_groups, IMS_LIST_GROUPS, .marker = str_from_c(marker)); /* one list, two faces */
    assert_ok(&f);
    assert_int_equal(count_at(&f, "Groups.Group"), 1);
    assert_string_equal(text_at(&f, "Groups.Group.0.GroupName"), "e");

    READ(&f, &f.root, ram_list_groups, RAM_LIST_GROUPS, .max_items = { 5, true }); /* full, and the last */
    assert_int_equal(count_at(&f, "Groups.Group"), 5);
    assert_true(json_is_false(fixture_at(&f, "IsTruncated")));
    assert_null(fixture_at(&f, "Marker"));

    delete_group("d"); /* what the marker stands at; the list goes on behind it */
    READ(&f, &f.root, ram_list_groups, RAM_LIST_GROUPS, .marker = str_from_c(marker));
    assert_string_equal(text_at(&f, "Groups.Group.0.GroupName"), "e");

    READ(&f, &f.root, ram_list_users, RAM_LIST_USERS, .marker = str_from_c(marker));
    assert_code(&f, ST_INVALID, "InvalidParameter.Marker");
    READ(&f, &f.root, ram_list_users_for_group, RAM_LIST_USERS_FOR_GROUP, .group_name = STR("A"), .marker = str_from_c(marker));
    assert_code(&f, ST_INVALID, "InvalidParameter.Marker");
    READ(&f, &f.other_root, ram_list_groups, RAM_LIST_GROUPS, .marker = str_from_c(marker));
    assert_code(&f, ST_INVALID, "InvalidParameter.Marker");
    marker[3] = marker[3] == 'A' ? 'B' : 'A';
    READ(&f, &f.root, ims_list_groups, IMS_LIST_GROUPS, .marker = str_from_c(marker));
    assert_code(&f, ST_INVALID, "InvalidParameter.Marker");
}

static void members_are_paged_by_name_and_a_marker_belongs_to_its_group(void **state)
{
    (void)state;
    static const char *const names[] = { "b", "A", "d", "C", "e" };
    (void)new_group("dev");
    (void)new_group("ops");
    for (size_t i = 0; i < 5; i++) {
        (void)new_user(names[i]);
        add("dev", names[i]);
        add("ops", names[i]);
        assert_ok(&f);
    }
    char seen[32], marker[512];
    walk("dev", seen, marker);
    assert_string_equal(seen, "AbCde");
    READ(&f, &f.root, ims_list_users_for_group, IMS_LIST_USERS_FOR_GROUP, .group_name = STR("DEV"),
         .marker = str_from_c(marker));
    assert_ok(&f);
    assert_int_equal(count_at(&f, "Users.User"), 1);
    assert_string_equal(text_at(&f, "Users.User.0.UserPrincipalName"), "e" DOMAIN);
    READ(&f, &f.root, ram_list_users_for_group, RAM_LIST_USERS_FOR_GROUP, .group_name = STR("dev"), .max_items = { 5, true });
    assert_true(json_is_false(fixture_at(&f, "IsTruncated")));
    assert_null(fixture_at(&f, "Marker"));

    READ(&f, &f.root, ram_list_users_for_group, RAM_LIST_USERS_FOR_GROUP, .group_name = STR("ops"),
         .marker = str_from_c(marker));
    assert_code(&f, ST_INVALID, "InvalidParameter.Marker");
    READ(&f, &f.root, ram_list_users, RAM_LIST_USERS, .marker = str_from_c(marker));
    assert_code(&f, ST_INVALID, "InvalidParameter.Marker");
    READ(&f, &f.root, ram_list_groups, RAM_LIST_GROUPS, .marker = str_from_c(marker));
    assert_code(&f, ST_INVALID, "InvalidParameter.Marker");
    APPLY(&f, &f.other_root, ram_create_group, RAM_CREATE_GROUP, .group_name = STR("dev"));
    READ(&f, &f.other_root, ram_list_users_for_group, RAM_LIST_USERS_FOR_GROUP, .group_name = STR("dev"),
         .marker = str_from_c(marker));
    assert_code(&f, ST_INVALID, "InvalidParameter.Marker");

    APPLY(&f, &f.root, ram_update_group, RAM_UPDATE_GROUP, .group_name = STR("dev"), .new_group_name = STR("builders"));
    READ(&f, &f.root, ram_list_users_for_group, RAM_LIST_USERS_FOR_GROUP, .group_name = STR("builders"),
         .marker = str_from_c(marker)); /* the very group, under another name */
    assert_string_equal(text_at(&f, "Users.User.0.UserName"), "e");
}

static void without_max_items_a_page_has_100(void **state)
{
    (void)state;
    f.quota.groups_per_user = 200;
    (void)new_group("dev");
    for (unsigned i = 0; i < 101; i++) {
        char name[8];
        (void)snprintf(name, sizeof name, "x%03u", i);
        (void)new_user(name);
        (void)new_group(name);
        add("dev", name);
        assert_ok(&f);
    }
    READ(&f, &f.root, ram_list_users_for_group, RAM_LIST_USERS_FOR_GROUP, .group_name = STR("dev"));
    assert_int_equal(count_at(&f, "Users.User"), 100);
    assert_true(json_is_true(fixture_at(&f, "IsTruncated")));
    READ(&f, &f.root, ims_list_users_for_group, IMS_LIST_USERS_FOR_GROUP, .group_name = STR("dev"));
    assert_int_equal(count_at(&f, "Users.User"), 100);
    READ(&f, &f.root, ram_list_users_for_group, RAM_LIST_USERS_FOR_GROUP, .group_name = STR("dev"),
         .max_items = { 1000, true });
    assert_int_equal(count_at(&f, "Users.User"), 101);
    READ(&f, &f.root, ram_list_groups, RAM_LIST_GROUPS, .marker = { NULL, 0 });
    assert_int_equal(count_at(&f, "Groups.Group"), 100);
    READ(&f, &f.root, ims_list_groups, IMS_LIST_GROUPS, .marker = { NULL, 0 });
    assert_int_equal(count_at(&f, "Groups.Group"), 100);
    assert_true(json_is_true(fixture_at(&f, "IsTruncated")));
}

static void lists_exist_when_they_are_empty(void **state)
{
    (void)state;
    READ(&f, &f.root, ims_list_groups, IMS_LIST_GROUPS, .marker = STR(""));
    assert_ok(&f);
    assert_int_equal(count_at(&f, "Groups.Group"), 0);
    assert_true(json_is_false(fixture_at(&f, "IsTruncated")));
    READ(&f, &f.root, ram_list_groups, RAM_LIST_GROUPS, .marker = STR(""));
    assert_int_equal(count_at(&f, "Groups.Group"), 0);
    (void)new_group("dev");
    (void)new_user("gina");
    READ(&f, &f.root, ims_list_users_for_group, IMS_LIST_USERS_FOR_GROUP, .group_name = STR("dev"));
    assert_int_equal(count_at(&f, "Users.User"), 0);
    READ(&f, &f.root, ram_list_users_for_group, RAM_LIST_USERS_FOR_GROUP, .group_name = STR("dev"));
    assert_int_equal(count_at(&f, "Users.User"), 0);
    READ(&f, &f.root, ram_list_groups_for_user, RAM_LIST_GROUPS_FOR_USER, .user_name = STR("gina"));
    assert_int_equal(count_at(&f, "Groups.Group"), 0);
    READ(&f, &f.root, ims_list_groups_for_user, IMS_LIST_GROUPS_FOR_USER, .user_principal_name = UPN("gina"));
    assert_int_equal(count_at(&f, "Groups.Group"), 0);
}

static status last_event(store_tx *tx, void *self, err *e)
{
    char *ret = self;
    CLEANUP(arena_free_at) arena *a = arena_new(4096, 1 << 20);
    audit_record *records = NULL;
    size_t n = 0;
    TRY(store_audit_list(tx, a, 0, 1000, &records, &n, e));
    (void)snprintf(ret, EVENT_MAX, STR_FMT, STR_ARG(records[n - 1].body));
    return ST_OK;
}

static void assert_event(const char *part)
{
    char body[EVENT_MAX];
    assert_int_equal(store_read_now(f.store, FIXTURE_ACCOUNT, last_event, body, &f.err), ST_OK);
    if (strstr(body, part) == NULL)
        fail_msg("%s is not in %s", part, body);
}

static void events_say_what_was_done_to_whom(void **state)
{
    (void)state;
    char id[64];
    (void)snprintf(id, sizeof id, "\"GroupId\":\"g-%llu\"", (unsigned long long)new_group("dev"));
    assert_event("ACS::RAM::Group");
    assert_event("CreateGroup");
    assert_event(id);
    (void)new_user("alice");
    add("dev", "ALICE");
    assert_event("AddUserToGroup");
    assert_event(id);
    assert_event("\"UserName\":\"alice\"");
    APPLY(&f, &f.root, ims_update_group, IMS_UPDATE_GROUP, .group_name = STR("dev"), .new_group_name = STR("ops"),
          .new_comments = STR("private"));
    assert_event("\"Changed\":\"GroupName,Comments\"");
    assert_event(id);
    remove_user("ops", "alice");
    assert_event("RemoveUserFromGroup");
    assert_event("\"UserName\":\"alice\"");
    delete_group("ops");
    assert_event("DeleteGroup");
    assert_event(id);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(created_on_one_face_seen_on_both),
        TEST(names_are_unique_in_any_case),
        TEST(the_quota_of_groups_holds_and_deleting_makes_room),
        TEST(the_quotas_are_the_documented_ones),
        TEST(absent_groups),
        TEST(absent_users),
        TEST(another_accounts_group_and_users_are_absent),
        TEST(update_keeps_what_is_not_sent_and_clears_what_is_empty),
        TEST(rename_keeps_members_and_attachments),
        TEST(a_group_in_use_is_not_deleted),
        TEST(members_join_and_leave_on_both_faces),
        TEST(the_quota_of_a_user_holds),
        TEST(a_user_in_a_group_is_not_deleted),
        TEST(a_user_in_the_recycle_bin_left_its_groups),
        TEST(a_renamed_user_stays_a_member_in_its_place),
        TEST(writes_raise_the_epochs_of_whom_they_concern),
        TEST(groups_are_paged_by_name),
        TEST(members_are_paged_by_name_and_a_marker_belongs_to_its_group),
        TEST(without_max_items_a_page_has_100),
        TEST(lists_exist_when_they_are_empty),
        TEST(events_say_what_was_done_to_whom),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
