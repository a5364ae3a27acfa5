/* The generated tables against the JSON files that they come from: every action, every parameter, every response. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "catalogue/catalogue.gen.h"

static const struct {
    product p;
    const char *file, *name, *version;
    size_t actions; /* 0: as many as the file says */
} faces[] = {
    { PRODUCT_IMS, "ims.json", "Ims", "2019-08-15", 105 },
    { PRODUCT_RAM, "ram.json", "Ram", "2015-05-01", 66 },
    { PRODUCT_STS, "sts.json", "Sts", "2015-04-01", 4 },
    { PRODUCT_ARGALI, "argali.json", "Argali", "2026-11-23", 0 },
};

static json_t *load(const char *file)
{
    char path[512];
    json_error_t error;
    (void)snprintf(path, sizeof path, "%s/api/%s", ARGALI_SOURCE_ROOT, file);
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL)
        fail_msg("%s: %s", path, error.text);
    return root;
}

/* What api/overrides.json adds to the shapes of a product: whole actions, then members of others. *ret_n: the actions. */
static void extend(json_t *actions, const char *of, size_t *ret_n)
{
    json_t *overrides = load("overrides.json");
    size_t i, k;
    json_t *entry;
    const json_t *name;
    *ret_n = 0;
    json_array_foreach (json_object_get(overrides, "actions"), i, entry) {
        if (strcmp(json_string_value(json_object_get(entry, "product")), of) != 0)
            continue;
        const char *added = json_string_value(json_object_get(entry, "name"));
        assert_int_equal(json_object_set(actions, added, json_object_get(entry, "action")), 0);
        (*ret_n)++;
    }
    json_array_foreach (json_object_get(overrides, "added"), i, entry) {
        if (strcmp(json_string_value(json_object_get(entry, "product")), of) != 0)
            continue;
        json_array_foreach (json_object_get(entry, "actions"), k, name) {
            json_t *action = json_object_get(actions, json_string_value(name));
            static const char *const parts[] = { "req", "resp" };
            for (size_t part = 0; part < 2; part++) {
                json_t *members = json_object_get(entry, parts[part]);
                assert_true(members == NULL ||
                            json_object_update_recursive(json_object_get(action, parts[part]), members) == 0);
            }
        }
    }
    json_decref(overrides);
}

static bool has(const json_t *array, str text)
{
    size_t i;
    json_t *item;
    json_array_foreach (array, i, item) {
        if (str_eq(str_from_c(json_string_value(item)), text))
            return true;
    }
    return false;
}

static unsigned type_of(const json_t *parameter)
{
    if (json_is_array(parameter))
        return json_is_object(json_array_get(parameter, 0)) ? FIELD_TAG_LIST : FIELD_STR_LIST;
    const char *name = json_string_value(parameter);
    return strcmp(name, "bool") == 0    ? FIELD_BOOL
           : strcmp(name, "int32") == 0 ? FIELD_I32
           : strcmp(name, "int64") == 0 ? FIELD_I64
                                        : FIELD_STR;
}

static void compare_request(const action_shape *a, const json_t *action)
{
    const json_t *head = json_object_get(action, "head");
    const json_t *req = json_object_get(action, "req");
    assert_int_equal(a->field_n, json_object_size(req));
    assert_true(a->request_size > 0);
    assert_int_equal(a->is_anonymous, strcmp(json_string_value(json_object_get(head, "auth")), "Anonymous") == 0);
    bool was_optional = false;
    for (unsigned i = 0; i < a->field_n; i++) {
        const field_rule *rule = &a->fields[i];
        char name[64];
        (void)snprintf(name, sizeof name, STR_FMT, STR_ARG(rule->name));
        const json_t *parameter = json_object_get(req, name);
        assert_non_null(parameter);
        bool is_text_that_counts = strcmp(name, "MaxItems") == 0 && json_is_string(parameter) && rule->type == FIELD_I32;
        assert_true(rule->type == type_of(parameter) || is_text_that_counts);
        bool is_required =
            has(json_object_get(head, "required"), rule->name) || has(json_object_get(head, "requiredAssumed"), rule->name);
        assert_int_equal(rule->is_required, is_required);
        assert_false(is_required && was_optional); /* required ones first */
        was_optional = !is_required;
        if (str_eq(str_from_c(json_string_value(json_object_get(head, "selfDefault"))), rule->name))
            assert_true(rule->may_be_empty);
        assert_true(rule->offset < a->request_size);
        const json_t *limits = json_object_get(json_object_get(action, "reqLimits"), name);
        assert_int_equal(json_array_size(json_object_get(limits, "enum")) > 0 ? rule->enum_n : 0,
                         json_array_size(json_object_get(limits, "enum")));
    }
}

static void compare_response(const response_shape *s, json_t *value)
{
    if (json_is_object(value)) {
        const char *name;
        json_t *member;
        unsigned i = 0;
        assert_int_equal(s->kind, SHAPE_OBJECT);
        assert_int_equal(s->child_n, json_object_size(value));
        json_object_foreach (value, name, member) {
            i = 0;
            while (i < s->child_n && !str_eq(s->children[i].name, str_from_c(name)))
                i++;
            assert_true(i < s->child_n);
            compare_response(&s->children[i], member);
        }
        for (i = 1; i < s->child_n; i++)
            assert_true(str_cmp(s->children[i - 1].name, s->children[i].name) < 0);
    } else if (json_is_array(value)) {
        assert_int_equal(s->kind, SHAPE_LIST);
        assert_int_equal(s->child_n, 1);
        compare_response(&s->children[0], json_array_get(value, 0));
    } else {
        const char *type = json_string_value(value);
        unsigned want = strcmp(type, "bool") == 0      ? SHAPE_BOOL
                        : strcmp(type, "any") == 0     ? SHAPE_ANY
                        : strncmp(type, "int", 3) == 0 ? SHAPE_NUMBER
                                                       : SHAPE_STRING;
        bool is_time = s->kind == SHAPE_TIME_MS || s->kind == SHAPE_TIME_S;
        assert_true(s->kind == want || (want == SHAPE_STRING && is_time));
    }
}

static void tables_match_the_shapes(void **state)
{
    (void)state;
    size_t all = 0;
    for (size_t i = 0; i < sizeof faces / sizeof faces[0]; i++) {
        json_t *root = load(faces[i].file);
        json_t *actions = json_object_get(root, "actions");
        const char *name;
        json_t *action;
        const json_t *said = json_object_get(json_object_get(root, "counts"), "actions");
        const size_t want = faces[i].actions > 0 ? faces[i].actions : (size_t)json_integer_value(said);
        size_t more = 0;
        extend(actions, faces[i].name, &more);
        assert_int_equal(json_object_size(actions), want + more);
        json_object_foreach (actions, name, action) {
            const action_shape *a = catalogue_find(faces[i].p, str_from_c(name));
            assert_non_null(a);
            assert_true(str_eq(a->name, str_from_c(name)));
            assert_int_equal(a->product, faces[i].p);
            assert_ptr_equal(catalogue_get(a->id), a);
            compare_request(a, action);
            compare_response(a->response, json_object_get(action, "resp"));
            all++;
        }
        json_decref(root);
    }
    assert_int_equal(catalogue_count(), all);
}

static void finding(void **state)
{
    (void)state;
    assert_null(catalogue_find(PRODUCT_STS, STR("CreateUser")));
    assert_null(catalogue_find(PRODUCT_RAM, STR("createUser"))); /* names are case-sensitive */
    assert_null(catalogue_find(PRODUCT_RAM, STR("CreateUse")));
    assert_null(catalogue_find(PRODUCT_RAM, STR("CreateUserX")));
    assert_null(catalogue_find(PRODUCT_RAM, STR("")));
    assert_null(catalogue_find(PRODUCT_RAM, (str){ NULL, 0 }));
    assert_null(catalogue_find(PRODUCT_ARGALI, STR("CreateUser")));
    assert_int_equal(catalogue_find(PRODUCT_IMS, STR("CreateUser"))->id, IMS_CREATE_USER);
    assert_int_equal(catalogue_find(PRODUCT_RAM, STR("CreateUser"))->id, RAM_CREATE_USER);
    assert_int_equal(catalogue_find(PRODUCT_IMS, STR("AddClientIdToOIDCProvider"))->id, IMS_ADD_CLIENT_ID_TO_OIDC_PROVIDER);
    assert_int_equal(catalogue_find(PRODUCT_STS, STR("GetCallerIdentity"))->id, STS_GET_CALLER_IDENTITY);
    assert_true(catalogue_find(PRODUCT_STS, STR("AssumeRoleWithSAML"))->is_anonymous);
    assert_false(catalogue_find(PRODUCT_STS, STR("AssumeRole"))->is_anonymous);
}

static void versions(void **state)
{
    (void)state;
    product p = PRODUCT_COUNT;
    for (size_t i = 0; i < sizeof faces / sizeof faces[0]; i++) {
        assert_true(str_eq(product_name(faces[i].p), str_from_c(faces[i].name)));
        assert_true(str_eq(product_version(faces[i].p), str_from_c(faces[i].version)));
        assert_true(catalogue_version(str_from_c(faces[i].version), &p));
        assert_int_equal(p, faces[i].p);
    }
    assert_false(catalogue_version(STR("2019-08-16"), &p));
    assert_false(catalogue_version(STR(""), &p));
    assert_false(catalogue_version((str){ NULL, 0 }, &p));
}

static const field_rule *rule_of(unsigned action, str name)
{
    const action_shape *a = catalogue_get(action);
    for (unsigned i = 0; i < a->field_n; i++)
        if (str_eq(a->fields[i].name, name))
            return &a->fields[i];
    fail_msg("no parameter " STR_FMT, STR_ARG(name));
    return NULL;
}

/* C names of parameters with acronyms and digits. */
static void names(void **state)
{
    (void)state;
    assert_int_equal(rule_of(IMS_CREATE_VIRTUAL_MFA_DEVICE, STR("VirtualMFADeviceName"))->offset,
                     offsetof(ims_create_virtual_mfa_device_request, virtual_mfa_device_name));
    assert_int_equal(rule_of(STS_ASSUME_ROLE_WITH_SAML, STR("SAMLProviderArn"))->offset,
                     offsetof(sts_assume_role_with_saml_request, saml_provider_arn));
    assert_int_equal(rule_of(IMS_SET_SECURITY_PREFERENCE, STR("MFAOperationForLogin"))->offset,
                     offsetof(ims_set_security_preference_request, mfa_operation_for_login));
    assert_int_equal(rule_of(RAM_BIND_MFA_DEVICE, STR("AuthenticationCode1"))->offset,
                     offsetof(ram_bind_mfa_device_request, authentication_code1));
    assert_int_equal(rule_of(IMS_CREATE_OIDC_PROVIDER, STR("OIDCProviderName"))->offset,
                     offsetof(ims_create_oidc_provider_request, oidc_provider_name));
}

/* Rules that the shapes do not state, from the documented constraints. */
static void overrides(void **state)
{
    (void)state;
    for (unsigned id = 1; id <= catalogue_count(); id++) {
        const action_shape *a = catalogue_get(id);
        for (unsigned i = 0; i < a->field_n; i++) {
            const field_rule *rule = &a->fields[i];
            bool is_user_name = str_eq(rule->name, STR("UserName"));
            assert_true(!is_user_name || (rule->chars == FIELD_CHARS_USER_NAME && rule->len_max == 64));
            bool is_principal = str_eq(rule->name, STR("UserPrincipalName"));
            assert_true(!is_principal || (rule->chars == FIELD_CHARS_UPN && rule->len_max == 128));
            bool is_secret = (rule->type == FIELD_STR && str_ends(rule->name, STR("Password"))) ||
                             str_starts(rule->name, STR("AuthenticationCode")) || str_eq(rule->name, STR("SAMLAssertion")) ||
                             str_eq(rule->name, STR("OIDCToken"));
            assert_int_equal(rule->is_secret, is_secret);
        }
    }
    assert_int_equal(rule_of(IMS_TAG_RESOURCES, STR("Tag"))->items_max, 20);
    assert_int_equal(rule_of(IMS_TAG_RESOURCES, STR("ResourceId"))->items_max, 50);
    assert_int_equal(rule_of(RAM_TAG_RESOURCES, STR("Tag"))->max, 256);
    assert_int_equal(rule_of(IMS_TAG_RESOURCES, STR("Tag"))->max, 128);
    assert_true(rule_of(RAM_UPDATE_USER, STR("NewEmail"))->may_be_empty);
    assert_false(rule_of(RAM_CREATE_USER, STR("Email"))->may_be_empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_match_the_shapes),
        cmocka_unit_test(finding),
        cmocka_unit_test(versions),
        cmocka_unit_test(names),
        cmocka_unit_test(overrides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
