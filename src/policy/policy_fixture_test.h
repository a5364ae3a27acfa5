/* policy_fixture_test.h - for the unit tests of policies: a store with a user, a group and a role, and calls by short names. */
#ifndef ARGALI_POLICY_POLICY_FIXTURE_TEST_H
#define ARGALI_POLICY_POLICY_FIXTURE_TEST_H

#include "account/fixture_test.h"
#include "policy/attachment_api.h"
#include "policy/policy_api.h"
#include "policy/policy_version_api.h"

/* Ids as an account of each kind has them. */
enum { MADE_S = FIXTURE_NOW_S - 1000 };
static const uint64_t USER_ID = 200000000000000001, GROUP_ID = 400000000000000001, ROLE_ID = 300000000000000001;

#define ALLOW(action) "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"" action "\",\"Resource\":\"*\"}]}"

FIXTURE_FN status fixture_fill(store_tx *tx, void *self, err *e)
{
    (void)self;
    const user_record user = { .id = USER_ID,
                               .name = STR("Alice"),
                               .display_name = STR("Alice A."),
                               .comments = STR(""),
                               .email = STR(""),
                               .mobile_phone = STR(""),
                               .created_s = MADE_S,
                               .updated_s = MADE_S };
    const group_record group = { GROUP_ID, STR("Crew"), STR(""), STR("the crew"), MADE_S, MADE_S };
    const role_record role = { .id = ROLE_ID,
                               .name = STR("Deploy.R"),
                               .description = STR("deploys"),
                               .trust_policy = STR("{}"),
                               .max_session_s = 3600,
                               .created_s = MADE_S,
                               .updated_s = MADE_S };
    TRY(store_user_insert(tx, &user, e));
    TRY(store_group_insert(tx, &group, e));
    return store_role_insert(tx, &role, e);
}

FIXTURE_FN void policy_fixture_init(fixture *f)
{
    fixture_init(f);
    assert_int_equal(store_apply_now(f->store, FIXTURE_ACCOUNT, fixture_fill, NULL, &f->err), ST_OK);
}

FIXTURE_FN void create_policy(fixture *f, const char *name, const char *document)
{
    APPLY(f, &f->root, ram_create_policy, RAM_CREATE_POLICY, .policy_name = str_from_c(name),
          .policy_document = str_from_c(document));
}

FIXTURE_FN void create_version(fixture *f, const char *name, const char *document, bool is_default, bool is_rotating)
{
    APPLY(f, &f->root, ram_create_policy_version, RAM_CREATE_POLICY_VERSION, .policy_name = str_from_c(name),
          .policy_document = str_from_c(document), .set_as_default = { is_default, is_default },
          .rotate_strategy = is_rotating ? STR("DeleteOldestNonDefaultVersionWhenLimitExceeded") : (str){ NULL, 0 });
}

FIXTURE_FN void set_default_version(fixture *f, const char *name, const char *version)
{
    APPLY(f, &f->root, ram_set_default_policy_version, RAM_SET_DEFAULT_POLICY_VERSION, .policy_name = str_from_c(name),
          .version_id = str_from_c(version));
}

FIXTURE_FN void delete_version(fixture *f, const char *name, const char *version)
{
    APPLY(f, &f->root, ram_delete_policy_version, RAM_DELETE_POLICY_VERSION, .policy_name = str_from_c(name),
          .version_id = str_from_c(version));
}

FIXTURE_FN void delete_policy(fixture *f, const char *name, bool is_cascading)
{
    APPLY(f, &f->root, ram_delete_policy, RAM_DELETE_POLICY, .policy_name = str_from_c(name),
          .cascading_delete = { is_cascading, is_cascading });
}

FIXTURE_FN void get_policy(fixture *f, const char *type, const char *name)
{
    READ(f, &f->root, ram_get_policy, RAM_GET_POLICY, .policy_type = str_from_c(type), .policy_name = str_from_c(name));
}

FIXTURE_FN void attach_to_user(fixture *f, const char *user, const char *type, const char *name)
{
    APPLY(f, &f->root, ram_attach_policy_to_user, RAM_ATTACH_POLICY_TO_USER, .user_name = str_from_c(user),
          .policy_type = str_from_c(type), .policy_name = str_from_c(name));
}

FIXTURE_FN void attach_to_group(fixture *f, const char *group, const char *type, const char *name)
{
    APPLY(f, &f->root, ram_attach_policy_to_group, RAM_ATTACH_POLICY_TO_GROUP, .group_name = str_from_c(group),
          .policy_type = str_from_c(type), .policy_name = str_from_c(name));
}

FIXTURE_FN void attach_to_role(fixture *f, const char *role, const char *type, const char *name)
{
    APPLY(f, &f->root, ram_attach_policy_to_role, RAM_ATTACH_POLICY_TO_ROLE, .role_name = str_from_c(role),
          .policy_type = str_from_c(type), .policy_name = str_from_c(name));
}

FIXTURE_FN void detach_from_user(fixture *f, const char *user, const char *type, const char *name)
{
    APPLY(f, &f->root, ram_detach_policy_from_user, RAM_DETACH_POLICY_FROM_USER, .user_name = str_from_c(user),
          .policy_type = str_from_c(type), .policy_name = str_from_c(name));
}

FIXTURE_FN void detach_from_group(fixture *f, const char *group, const char *type, const char *name)
{
    APPLY(f, &f->root, ram_detach_policy_from_group, RAM_DETACH_POLICY_FROM_GROUP, .group_name = str_from_c(group),
          .policy_type = str_from_c(type), .policy_name = str_from_c(name));
}

FIXTURE_FN void detach_from_role(fixture *f, const char *role, const char *type, const char *name)
{
    APPLY(f, &f->root, ram_detach_policy_from_role, RAM_DETACH_POLICY_FROM_ROLE, .role_name = str_from_c(role),
          .policy_type = str_from_c(type), .policy_name = str_from_c(name));
}

FIXTURE_FN void entities(fixture *f, const char *type, const char *name)
{
    READ(f, &f->root, ram_list_entities_for_policy, RAM_LIST_ENTITIES_FOR_POLICY, .policy_type = str_from_c(type),
         .policy_name = str_from_c(name));
}

/* The id of a custom policy. */
typedef struct {
    const char *name;
    uint64_t id;
} id_question;

FIXTURE_FN status fixture_find_policy(store_tx *tx, void *self, err *e)
{
    id_question *q = self;
    CLEANUP(arena_free_at) arena *a = arena_new(4096, 65536);
    policy_record p;
    TRY(store_policy_get_by_name(tx, a, str_from_c(q->name), &p, e));
    q->id = p.id;
    return ST_OK;
}

FIXTURE_FN uint64_t policy_id(fixture *f, const char *name)
{
    id_question q = { name, 0 };
    assert_int_equal(store_read_now(f->store, FIXTURE_ACCOUNT, fixture_find_policy, &q, &f->err), ST_OK);
    return q.id;
}

FIXTURE_FN uint64_t epoch_of(const fixture *f, uint64_t id)
{
    return epoch_read(store_epochs(f->store), epoch_of_principal(id));
}

#endif
