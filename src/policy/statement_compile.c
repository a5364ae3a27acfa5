/* statement_compile.c - see statement.h: from the JSON of a statement to what is asked. The first mistake ends it, in the order
 * of the document's members. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/statement.h"

typedef struct {
    policy_kind kind;
    arena *a, *scratch;
    statement *s;
    err *e;
} compiler;

static const char text_or_list[] = "has to be a text or a list of texts";

static status no_memory(const compiler *c)
{
    return err_set(c->e, ST_NO_MEMORY, NULL, "no memory for a policy document");
}

static str text_of(json_t *v)
{
    return (str){ json_string_value(v), json_string_length(v) };
}

static str member_name(void *iterator)
{
    return (str){ json_object_iter_key(iterator), json_object_iter_key_len(iterator) };
}

/* --- a text, or a list of texts ------------------------------------------------------------------ */

static size_t item_count(json_t *v)
{
    return json_is_array(v) ? json_array_size(v) : 1;
}

static json_t *item_at(json_t *v, size_t i)
{
    return json_is_array(v) ? json_array_get(v, i) : v;
}

/* The place of item i: a text that stands alone has no index. */
static path item_path(json_t *v, const path *at, size_t i)
{
    return json_is_array(v) ? *PATH_INDEX(at, i) : *at;
}

static status check_texts(const compiler *c, json_t *v, const path *at)
{
    if (!json_is_string(v) && !json_is_array(v))
        return complain(c->e, at, text_or_list);
    if (item_count(v) == 0)
        return complain(c->e, at, "has to have at least one entry");
    for (size_t i = 0; i < item_count(v); i++) {
        const path place = item_path(v, at, i);
        if (!json_is_string(item_at(v, i)))
            return complain(c->e, &place, "has to be a text");
    }
    return ST_OK;
}

/* --- Action and NotAction ------------------------------------------------------------------------ */

static bool is_action_char(char c)
{
    return ascii_is_alnum(c) || c == '*' || c == '?' || c == '-' || c == '_' || c == '.' || c == '/' || c == ':';
}

static const char *what_is_wrong_with_action(str action)
{
    str service, name;
    size_t colon;
    if (str_eq(action, STR("*")))
        return NULL;
    if (!str_split(action, ':', &service, &name) || service.n == 0 || name.n == 0)
        return "has to be * or <service>:<action>, like ram:GetUser";
    if (str_find(name, ':', &colon))
        return "has more than one colon; an action is <service>:<action>, like ram:GetUser";
    if (!str_is_of(action, is_action_char))
        return "holds a character that no action has";
    return NULL;
}

static status compile_actions(compiler *c, json_t *v, const path *at)
{
    TRY(check_texts(c, v, at));
    const size_t n = item_count(v);
    action_pattern *list = arena_alloc_n(c->a, n, sizeof *list);
    if (list == NULL)
        return no_memory(c);
    for (size_t i = 0; i < n; i++) {
        const path place = item_path(v, at, i);
        const str action = text_of(item_at(v, i));
        const char *why = what_is_wrong_with_action(action);
        if (why != NULL)
            return complain(c->e, &place, why);
        const status s = action_pattern_compile(action, c->a, &list[i], &why);
        if (s != ST_OK)
            return s == ST_INVALID ? complain(c->e, &place, why) : no_memory(c);
    }
    c->s->actions = list;
    c->s->action_n = n;
    return ST_OK;
}

/* --- Resource and NotResource -------------------------------------------------------------------- */

static status compile_resources(compiler *c, json_t *v, const path *at)
{
    if (c->kind == POLICY_TRUST)
        return complain(c->e, at, "does not belong in a trust policy, whose resource is the role");
    TRY(check_texts(c, v, at));
    const size_t n = item_count(v);
    const resource_pattern **list = arena_alloc_n(c->a, n, sizeof *list);
    if (list == NULL)
        return no_memory(c);
    for (size_t i = 0; i < n; i++) {
        const path place = item_path(v, at, i);
        const char *why;
        const status s = resource_pattern_compile(text_of(item_at(v, i)), c->a, &list[i], &why);
        if (s != ST_OK)
            return s == ST_INVALID ? complain(c->e, &place, why) : no_memory(c);
    }
    c->s->resources = list;
    c->s->resource_n = n;
    return ST_OK;
}

/* --- Principal ----------------------------------------------------------------------------------- */

static bool is_name_char(char c)
{
    return (uint8_t)c > ' ' && c != 0x7F && c != '"' && c != '\\';
}

/* "acs:ram::<account>:<relative>" */
static bool is_of_account(str name, arn *ret)
{
    uint64_t account;
    return arn_split(name, ret) == ST_OK && str_eq_nocase(ret->service, STR("ram")) && ret->region.n == 0 &&
           str_to_u64(ret->account, 1, UINT64_MAX, &account) == ST_OK;
}

static bool is_relative(str relative, str kind)
{
    return relative.n > kind.n && str_eq_nocase(str_slice(relative, 0, kind.n), kind);
}

static bool is_ram_principal(str name)
{
    arn x;
    return is_of_account(name, &x) && (str_eq_nocase(x.relative, STR("root")) || is_relative(x.relative, STR("user/")) ||
                                       is_relative(x.relative, STR("role/")));
}

static bool is_federated_principal(str name)
{
    arn x;
    return is_of_account(name, &x) &&
           (is_relative(x.relative, STR("saml-provider/")) || is_relative(x.relative, STR("oidc-provider/")));
}

static bool is_service_char(char c)
{
    return ascii_is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '@';
}

static bool is_service_principal(str name)
{
    return name.n > 0 && str_is_of(name, is_service_char) && str_contains(name, STR("."));
}

/* RAM, "Principal". */
static const struct {
    str name;
    bool (*is_valid)(str name);
    const char *why;
} classes[PRINCIPAL_CLASSES] = {
    [PRINCIPAL_CLASS_RAM] = { STR_INIT("RAM"), is_ram_principal,
                              "has to be acs:ram::<account>: and root, user/<name> or role/<name>" },
    [PRINCIPAL_CLASS_SERVICE] = { STR_INIT("Service"), is_service_principal, "has to be a service, like ecs.aliyuncs.com" },
    [PRINCIPAL_CLASS_FEDERATED] = { STR_INIT("Federated"), is_federated_principal,
                                    "has to be acs:ram::<account>: and saml-provider/<name> or oidc-provider/<name>" },
};

static const char *what_is_wrong_with_principal(str name, size_t class)
{
    size_t at;
    if (str_find(name, '*', &at) || str_find(name, '?', &at))
        return "a principal has no wildcards";
    if (!str_is_of(name, is_name_char) || !classes[class].is_valid(name))
        return classes[class].why;
    return NULL;
}

static status compile_names(compiler *c, json_t *v, const path *at, size_t class)
{
    TRY(check_texts(c, v, at));
    const size_t n = item_count(v);
    str *names = arena_alloc_n(c->a, n, sizeof *names);
    if (names == NULL)
        return no_memory(c);
    for (size_t i = 0; i < n; i++) {
        const path place = item_path(v, at, i);
        const str name = text_of(item_at(v, i));
        const char *why = what_is_wrong_with_principal(name, class);
        if (why != NULL)
            return complain(c->e, &place, why);
        if (arena_copy(c->a, name, &names[i]) != ST_OK)
            return no_memory(c);
    }
    c->s->principals[class] = (name_list){ names, n };
    return ST_OK;
}

static status compile_principal(compiler *c, json_t *v, const path *at)
{
    if (c->kind != POLICY_TRUST)
        return complain(c->e, at, "belongs in the trust policy of a role only");
    if (!json_is_object(v) || json_object_size(v) == 0)
        return complain(c->e, at, "has to be an object with RAM, Service or Federated");
    for (void *i = json_object_iter(v); i != NULL; i = json_object_iter_next(v, i)) {
        const str member = member_name(i);
        const path *place = PATH_MEMBER(at, member);
        size_t class = 0;
        while (class < PRINCIPAL_CLASSES && !str_eq(classes[class].name, member))
            class ++;
        if (class == PRINCIPAL_CLASSES)
            return complain(c->e, place, "is not a kind of principal: RAM, Service or Federated");
        TRY(compile_names(c, json_object_iter_value(i), place, class));
    }
    return ST_OK;
}

/* --- Condition ----------------------------------------------------------------------------------- */

/* As the author wrote it, which is lost: the shortest text of the same number, with a point. ST_INVALID: that takes more digits
 * than are sure to come through, or an exponent. */
static status real_text(double v, arena *a, str *ret)
{
    char text[32];
    const int n = snprintf(text, sizeof text, "%.15g", v);
    if (n <= 0 || (size_t)n >= sizeof text || strtod(text, NULL) != v || strchr(text, 'e') != NULL)
        return ST_INVALID;
    return arena_printf(a, ret, "%s%s", text, strchr(text, '.') == NULL ? ".0" : "");
}

/* The value of a condition as text; ST_INVALID: it has none. */
static status value_text(json_t *v, arena *a, str *ret, const char **ret_why)
{
    *ret_why = "has to be a text, a number, true or false";
    switch (json_typeof(v)) {
    case JSON_STRING:
        *ret = text_of(v);
        return ST_OK;
    case JSON_INTEGER:
        return arena_printf(a, ret, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
    case JSON_REAL:
        *ret_why = "a number like this one has to be written as text, in quotes and without exponent";
        return real_text(json_real_value(v), a, ret);
    case JSON_TRUE:
    case JSON_FALSE:
        *ret = json_is_true(v) ? STR("true") : STR("false");
        return ST_OK;
    case JSON_OBJECT:
    case JSON_ARRAY:
    case JSON_NULL:
        break;
    }
    return ST_INVALID;
}

static status read_values(compiler *c, json_t *v, const path *at, str **ret)
{
    const size_t n = item_count(v);
    if (n == 0)
        return complain(c->e, at, "has to have at least one value");
    str *values = arena_alloc_n(c->scratch, n, sizeof *values);
    if (values == NULL)
        return no_memory(c);
    for (size_t i = 0; i < n; i++) {
        const path place = item_path(v, at, i);
        const char *why;
        const status s = value_text(item_at(v, i), c->scratch, &values[i], &why);
        if (s != ST_OK)
            return s == ST_INVALID ? complain(c->e, &place, why) : no_memory(c);
    }
    *ret = values;
    return ST_OK;
}

static status compile_condition(compiler *c, str operator_name, str key, json_t *v, const path *at)
{
    str *values = NULL;
    size_t fault;
    const char *why;
    TRY(read_values(c, v, at, &values));
    const status s =
        condition_compile(operator_name, key, values, item_count(v), c->a, &c->s->conditions[c->s->condition_n], &fault, &why);
    if (s == ST_OK) {
        c->s->condition_n++;
        return ST_OK;
    }
    const path place = fault == SIZE_MAX ? *at : item_path(v, at, fault);
    return s == ST_INVALID ? complain(c->e, &place, why) : no_memory(c);
}

/* How many conditions there are; refuses what is not {operator: {key: ...}}. */
static status count_conditions(compiler *c, json_t *v, const path *at, size_t *ret)
{
    *ret = 0;
    if (!json_is_object(v))
        return complain(c->e, at, "has to be an object of operators");
    for (void *i = json_object_iter(v); i != NULL; i = json_object_iter_next(v, i)) {
        json_t *keys = json_object_iter_value(i);
        const path *place = PATH_MEMBER(at, member_name(i));
        if (!condition_operator_is_known(member_name(i)))
            return complain(c->e, place, "is not a condition operator");
        if (!json_is_object(keys) || json_object_size(keys) == 0)
            return complain(c->e, place, "has to be an object of condition keys");
        *ret += json_object_size(keys);
    }
    return ST_OK;
}

static status compile_conditions(compiler *c, json_t *v, const path *at)
{
    size_t n;
    TRY(count_conditions(c, v, at, &n));
    c->s->conditions = arena_alloc_n(c->a, n, sizeof *c->s->conditions);
    if (c->s->conditions == NULL)
        return no_memory(c);
    for (void *i = json_object_iter(v); i != NULL; i = json_object_iter_next(v, i)) {
        const path *operator_place = PATH_MEMBER(at, member_name(i));
        json_t *keys = json_object_iter_value(i);
        for (void *k = json_object_iter(keys); k != NULL; k = json_object_iter_next(keys, k)) {
            const path *place = PATH_MEMBER(operator_place, member_name(k));
            TRY(compile_condition(c, member_name(i), member_name(k), json_object_iter_value(k), place));
        }
    }
    return ST_OK;
}

/* --- the members of a statement ------------------------------------------------------------------ */

static status compile_effect(compiler *c, json_t *v, const path *at)
{
    if (json_is_string(v) && str_eq(text_of(v), STR("Allow")))
        c->s->effect = EFFECT_ALLOW;
    else if (json_is_string(v) && str_eq(text_of(v), STR("Deny")))
        c->s->effect = EFFECT_DENY;
    else
        return complain(c->e, at, "has to be Allow or Deny");
    return ST_OK;
}

static status compile_sid(compiler *c, json_t *v, const path *at)
{
    if (!json_is_string(v))
        return complain(c->e, at, "has to be a text");
    return arena_copy(c->a, text_of(v), &c->s->sid) == ST_OK ? ST_OK : no_memory(c);
}

static status compile_not_actions(compiler *c, json_t *v, const path *at)
{
    c->s->is_not_action = true;
    return compile_actions(c, v, at);
}

static status compile_not_resources(compiler *c, json_t *v, const path *at)
{
    c->s->is_not_resource = true;
    return compile_resources(c, v, at);
}

static const struct {
    str name;
    status (*compile)(compiler *c, json_t *v, const path *at);
} members[] = {
    { STR_INIT("Sid"), compile_sid },
    { STR_INIT("Effect"), compile_effect },
    { STR_INIT("Principal"), compile_principal },
    { STR_INIT("Action"), compile_actions },
    { STR_INIT("NotAction"), compile_not_actions },
    { STR_INIT("Resource"), compile_resources },
    { STR_INIT("NotResource"), compile_not_resources },
    { STR_INIT("Condition"), compile_conditions },
};

static status compile_member(compiler *c, str name, json_t *v, const path *at)
{
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if (str_eq(members[i].name, name))
            return members[i].compile(c, v, PATH_MEMBER(at, name));
    }
    return complain(c->e, PATH_MEMBER(at, name), "is not a member of a statement");
}

static bool has(json_t *o, const char *name)
{
    return json_object_get(o, name) != NULL;
}

/* What has to stand together with what. */
static status check_members(const compiler *c, json_t *o, const path *at)
{
    if (!has(o, "Effect"))
        return complain(c->e, at, "has no Effect");
    if (has(o, "Action") && has(o, "NotAction"))
        return complain(c->e, at, "has both Action and NotAction");
    if (!has(o, "Action") && !has(o, "NotAction"))
        return complain(c->e, at, "has no Action");
    if (c->kind == POLICY_TRUST)
        return has(o, "Principal") ? ST_OK : complain(c->e, at, "has no Principal");
    if (has(o, "Resource") && has(o, "NotResource"))
        return complain(c->e, at, "has both Resource and NotResource");
    if (!has(o, "Resource") && !has(o, "NotResource"))
        return complain(c->e, at, "has no Resource");
    return ST_OK;
}

status statement_compile(json_t *o, policy_kind kind, const path *at, arena *a, arena *scratch, statement *ret, err *e)
{
    statement s = { .effect = EFFECT_NONE };
    compiler c = { kind, a, scratch, &s, e };
    if (!json_is_object(o))
        return complain(e, at, "has to be an object");
    for (void *i = json_object_iter(o); i != NULL; i = json_object_iter_next(o, i))
        TRY(compile_member(&c, member_name(i), json_object_iter_value(i), at));
    TRY(check_members(&c, o, at));
    *ret = s;
    return ST_OK;
}
