/* decode.c - one pass over an action's field table; each field finds its parameter by binary search, as parameters are sorted.
 *
 * Lists come numbered (`Tag.1.Key=..`) or as one JSON array (`Tag=[{"Key":".."}]`); both are taken for every list, as the
 * official clients write each of them for one face or the other.
 */
#include "catalogue/decode.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum {
    LIST_JSON_MAX = 128 * 1024, /* bytes: 20 tags whose every character is escaped */
    UPN_USER_MAX = 64,          /* characters before the @ */
    KEY_MAX = 64,               /* bytes of "ResourcePrincipalName." */
};

typedef struct {
    const param *params;
    size_t n;
    arena *arena;
    err *e;
} input;

/* Fails with the code before + name + after. */
static status refuse(const input *in, const char *before, str name, const char *after)
{
    char code[ERR_CODE_MAX];
    (void)snprintf(code, sizeof code, "%s" STR_FMT "%s", before, STR_ARG(name), after);
    return err_set(in->e, ST_INVALID, code, "the request breaks a rule of " STR_FMT, STR_ARG(name));
}

static status refuse_parameter(const input *in, str name, const char *after)
{
    return refuse(in, "InvalidParameter.", name, after);
}

/* --- finding ------------------------------------------------------------------------------------------------------ */

/* The first parameter whose name is not below `name`. */
static size_t lower_bound(const input *in, str name)
{
    size_t low = 0;
    size_t high = in->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_cmp(in->params[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The value of a parameter; absent if it was not sent. */
static str find_value(const input *in, str name)
{
    size_t at = lower_bound(in, name);
    if (at == in->n || !str_eq(in->params[at].name, name))
        return (str){ NULL, 0 };
    str value = in->params[at].value;
    return value.p != NULL ? value : STR("");
}

/* The parameters whose names begin with `name` and a dot: [*ret_from, *ret_to). */
static void find_numbered(const input *in, str name, size_t *ret_from, size_t *ret_to)
{
    char key[KEY_MAX];
    str prefix = { key, (size_t)snprintf(key, sizeof key, STR_FMT ".", STR_ARG(name)) };
    size_t from = lower_bound(in, prefix);
    size_t to = from;
    while (to < in->n && str_starts(in->params[to].name, prefix))
        to++;
    *ret_from = from;
    *ret_to = to;
}

/* --- texts -------------------------------------------------------------------------------------------------------- */

static bool is_label(char c)
{
    return ascii_is_alnum(c) || c == '.' || c == '-';
}

static bool is_name(char c)
{
    return is_label(c) || c == '_';
}

static bool is_alias(char c)
{
    return (c >= 'a' && c <= 'z') || ascii_is_digit(c) || c == '-';
}

static bool is_policy_name(char c)
{
    return ascii_is_alnum(c) || c == '-';
}

static bool is_no_blank(char c)
{
    return (unsigned char)c > ' ' && c != 0x7f;
}

static status check_upn(const input *in, str name, str value)
{
    str user, domain;
    if (!str_split(value, '@', &user, &domain))
        return refuse_parameter(in, name, str_is_of(value, is_name) ? ".Format" : ".InvalidChars");
    if (user.n == 0 || domain.n == 0)
        return refuse_parameter(in, name, ".Format");
    if (!str_is_of(user, is_name) || !str_is_of(domain, is_name))
        return refuse_parameter(in, name, ".InvalidChars");
    return user.n <= UPN_USER_MAX ? ST_OK : refuse_parameter(in, name, ".Length");
}

static bool is_pair(str value, char between, bool (*is_allowed)(char c))
{
    str head, tail;
    return str_split(value, between, &head, &tail) && head.n > 0 && tail.n > 0 && str_is_of(head, is_allowed) &&
           str_is_of(tail, is_allowed);
}

static bool is_email(str value)
{
    str user, domain;
    return is_pair(value, '@', is_no_blank) && str_split(value, '@', &user, &domain) && !str_contains(domain, STR("@")) &&
           !utf8_has_control(value);
}

static status check_chars(const input *in, const field_rule *rule, str value)
{
    bool is_good = true;
    switch ((field_chars)rule->chars) {
    case FIELD_CHARS_ANY:
        return ST_OK;
    case FIELD_CHARS_UPN:
        return check_upn(in, rule->name, value);
    case FIELD_CHARS_EMAIL:
        return is_email(value) ? ST_OK : refuse_parameter(in, rule->name, ".Format");
    case FIELD_CHARS_PHONE:
        return is_pair(value, '-', ascii_is_digit) ? ST_OK : refuse_parameter(in, rule->name, ".Format");
    case FIELD_CHARS_USER_NAME:
    case FIELD_CHARS_ID:
    case FIELD_CHARS_DOMAIN:
        is_good = str_is_of(value, is_name);
        break;
    case FIELD_CHARS_LABEL:
        is_good = str_is_of(value, is_label);
        break;
    case FIELD_CHARS_ALIAS:
        is_good = str_is_of(value, is_alias);
        break;
    case FIELD_CHARS_POLICY_NAME:
        is_good = str_is_of(value, is_policy_name);
        break;
    case FIELD_CHARS_PRINTABLE:
        is_good = !utf8_has_control(value);
        break;
    }
    return is_good ? ST_OK : refuse_parameter(in, rule->name, ".InvalidChars");
}

/* Characters, not bytes; counted only where the bytes leave it open. */
static bool is_of_length(str value, size_t least, size_t most)
{
    if (value.n >= least && value.n <= most && least <= 1)
        return true;
    size_t count = utf8_count(value);
    return count >= least && count <= most;
}

static bool is_enumerated(const field_rule *rule, str value)
{
    for (unsigned i = 0; i < rule->enum_n; i++)
        if (str_eq(value, rule->enum_values[i]))
            return true;
    return rule->enum_values == NULL;
}

/* Email and phone have one documented code for whatever is wrong with them. */
static status check_text(const input *in, const field_rule *rule, str value)
{
    bool has_one_code = rule->chars == FIELD_CHARS_EMAIL || rule->chars == FIELD_CHARS_PHONE;
    if (rule->enum_values != NULL)
        return is_enumerated(rule, value) ? ST_OK : refuse_parameter(in, rule->name, "");
    if (!is_of_length(value, rule->len_min, rule->len_max))
        return refuse_parameter(in, rule->name, has_one_code ? ".Format" : ".Length");
    return check_chars(in, rule, value);
}

/* --- numbers ------------------------------------------------------------------------------------------------------ */

static bool is_integer_text(str value)
{
    str digits = str_starts(value, STR("-")) ? str_slice(value, 1, value.n) : value;
    return digits.n > 0 && str_is_of(digits, ascii_is_digit) && (digits.n == 1 || digits.p[0] != '0');
}

static status decode_number(const input *in, const field_rule *rule, str value, int64_t *ret)
{
    int64_t number;
    if (!is_integer_text(value))
        return refuse_parameter(in, rule->name, ".Format");
    if (str_to_i64(value, rule->min, rule->max, &number) != ST_OK)
        return refuse_parameter(in, rule->name, ".Range");
    if (!is_enumerated(rule, value))
        return refuse_parameter(in, rule->name, "");
    *ret = number;
    return ST_OK;
}

/* --- lists of texts ----------------------------------------------------------------------------------------------- */

/* Names differ, so n numbers within 1..n leave no gap. */
static status decode_numbered_texts(const input *in, const field_rule *rule, size_t from, size_t to, str_list *ret)
{
    uint32_t count = (uint32_t)(to - from);
    if (to - from > rule->items_max)
        return refuse_parameter(in, rule->name, ".Length");
    str *items = arena_alloc_n(in->arena, count, sizeof *items);
    if (items == NULL)
        return ST_NO_MEMORY;
    for (size_t i = from; i < to; i++) {
        uint32_t number;
        str digits = str_slice(in->params[i].name, rule->name.n + 1, in->params[i].name.n);
        if (str_to_u32(digits, 1, count, &number) != ST_OK)
            return refuse_parameter(in, rule->name, ".Format");
        items[number - 1] = in->params[i].value.p != NULL ? in->params[i].value : STR("");
    }
    *ret = (str_list){ items, count, true };
    return ST_OK;
}

static void json_done(json_t **root)
{
    json_decref(*root);
}

static status parse_json_list(const input *in, const field_rule *rule, str text, json_t **ret)
{
    if (text.n > LIST_JSON_MAX)
        return refuse_parameter(in, rule->name, ".Length");
    json_t *root = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
    *ret = root; /* the caller's to free, whatever it is */
    if (!json_is_array(root))
        return refuse_parameter(in, rule->name, ".Format");
    return json_array_size(root) <= rule->items_max ? ST_OK : refuse_parameter(in, rule->name, ".Length");
}

static status copy_json_text(const input *in, const field_rule *rule, const json_t *value, str *ret)
{
    if (!json_is_string(value))
        return refuse_parameter(in, rule->name, ".Format");
    return arena_copy(in->arena, (str){ json_string_value(value), json_string_length(value) }, ret);
}

static status decode_json_texts(const input *in, const field_rule *rule, str text, str_list *ret)
{
    CLEANUP(json_done) json_t *root = NULL;
    TRY(parse_json_list(in, rule, text, &root));
    size_t n = json_array_size(root);
    str *items = arena_alloc_n(in->arena, n + 1, sizeof *items);
    if (items == NULL)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        TRY(copy_json_text(in, rule, json_array_get(root, i), &items[i]));
    *ret = (str_list){ items, n, true };
    return ST_OK;
}

static status check_texts(const input *in, const field_rule *rule, const str_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        TRY(check_text(in, rule, list->v[i]));
    return ST_OK;
}

/* --- lists of tags ------------------------------------------------------------------------------------------------ */

/* One of `Tag.3.Key` and `Tag.3.Value`. */
static status read_numbered_tag(const input *in, const field_rule *rule, const param *p, tag *items, uint32_t *count)
{
    str digits, part;
    uint32_t number;
    str rest = str_slice(p->name, rule->name.n + 1, p->name.n);
    if (!str_split(rest, '.', &digits, &part) || str_to_u32(digits, 1, UINT32_MAX, &number) != ST_OK)
        return refuse_parameter(in, rule->name, ".Format");
    if (number > rule->items_max)
        return refuse_parameter(in, rule->name, ".Length");
    str value = p->value.p != NULL ? p->value : STR("");
    if (str_eq(part, STR("Key")))
        items[number - 1].key = value;
    else if (str_eq(part, STR("Value")))
        items[number - 1].value = value;
    else
        return refuse_parameter(in, rule->name, ".Format");
    if (number > *count)
        *count = number;
    return ST_OK;
}

static status decode_numbered_tags(const input *in, const field_rule *rule, size_t from, size_t to, tag_list *ret)
{
    uint32_t count = 0;
    tag *items = arena_alloc_n(in->arena, rule->items_max, sizeof *items);
    if (items == NULL)
        return ST_NO_MEMORY;
    for (size_t i = from; i < to; i++)
        TRY(read_numbered_tag(in, rule, &in->params[i], items, &count));
    for (uint32_t i = 0; i < count; i++)
        if (items[i].key.p == NULL && items[i].value.p == NULL)
            return refuse_parameter(in, rule->name, ".Format");
    *ret = (tag_list){ items, count, true };
    return ST_OK;
}

/* {"Key":"..","Value":".."}; null is how some clients leave a member out. */
static status read_json_tag(const input *in, const field_rule *rule, json_t *object, tag *ret)
{
    const char *name;
    json_t *value;
    if (!json_is_object(object))
        return refuse_parameter(in, rule->name, ".Format");
    json_object_foreach (object, name, value) {
        str *to = strcmp(name, "Key") == 0 ? &ret->key : strcmp(name, "Value") == 0 ? &ret->value : NULL;
        if (to == NULL)
            return refuse_parameter(in, rule->name, ".Format");
        if (!json_is_null(value))
            TRY(copy_json_text(in, rule, value, to));
    }
    return ST_OK;
}

static status decode_json_tags(const input *in, const field_rule *rule, str text, tag_list *ret)
{
    CLEANUP(json_done) json_t *root = NULL;
    TRY(parse_json_list(in, rule, text, &root));
    size_t n = json_array_size(root);
    tag *items = arena_alloc_n(in->arena, n + 1, sizeof *items);
    if (items == NULL)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        TRY(read_json_tag(in, rule, json_array_get(root, i), &items[i]));
    *ret = (tag_list){ items, n, true };
    return ST_OK;
}

static status check_tags(const input *in, const field_rule *rule, const tag_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        if (!is_of_length(list->v[i].key, rule->len_min, rule->len_max))
            return refuse_parameter(in, rule->name, ".Key.Length");
        if (list->v[i].value.p != NULL && !is_of_length(list->v[i].value, (size_t)rule->min, (size_t)rule->max))
            return refuse_parameter(in, rule->name, ".Value.Length");
        for (size_t j = 0; j < i; j++)
            if (str_eq(list->v[j].key, list->v[i].key))
                return refuse_parameter(in, rule->name, ".Key");
    }
    return ST_OK;
}

/* --- fields ------------------------------------------------------------------------------------------------------- */

static status decode_list(const input *in, const field_rule *rule, void *to)
{
    str text = find_value(in, rule->name);
    size_t first, end;
    find_numbered(in, rule->name, &first, &end);
    if (first < end && text.n > 0) /* two lists of one name */
        return refuse_parameter(in, rule->name, ".Format");
    if (rule->type == FIELD_TAG_LIST) {
        tag_list *list = to;
        if (first < end)
            TRY(decode_numbered_tags(in, rule, first, end, list));
        else if (text.n > 0)
            TRY(decode_json_tags(in, rule, text, list));
        return rule->is_required && list->n == 0 ? refuse(in, "Missing", rule->name, "") : check_tags(in, rule, list);
    }
    str_list *list = to;
    if (first < end)
        TRY(decode_numbered_texts(in, rule, first, end, list));
    else if (text.n > 0)
        TRY(decode_json_texts(in, rule, text, list));
    return rule->is_required && list->n == 0 ? refuse(in, "Missing", rule->name, "") : check_texts(in, rule, list);
}

static status decode_text(const input *in, const field_rule *rule, str value, str *ret)
{
    if (value.n > 0)
        TRY(check_text(in, rule, value));
    *ret = value;
    return ST_OK;
}

static status decode_scalar(const input *in, const field_rule *rule, str value, void *to)
{
    int64_t number;
    switch ((field_type)rule->type) {
    case FIELD_STR:
        return decode_text(in, rule, value, to);
    case FIELD_I32:
        TRY(decode_number(in, rule, value, &number));
        *(opt_i32 *)to = (opt_i32){ (int32_t)number, true };
        return ST_OK;
    case FIELD_I64:
        TRY(decode_number(in, rule, value, &number));
        *(opt_i64 *)to = (opt_i64){ number, true };
        return ST_OK;
    case FIELD_BOOL:
        if (str_to_bool(value, &((opt_bool *)to)->v) != ST_OK)
            return refuse_parameter(in, rule->name, ".Format");
        ((opt_bool *)to)->is_set = true;
        return ST_OK;
    case FIELD_STR_LIST:
    case FIELD_TAG_LIST:
        break;
    }
    return ST_BUG;
}

static status decode_field(const input *in, const field_rule *rule, void *request)
{
    void *to = (char *)request + rule->offset;
    if (rule->type == FIELD_STR_LIST || rule->type == FIELD_TAG_LIST)
        return decode_list(in, rule, to);
    str value = find_value(in, rule->name);
    if (value.n == 0 && rule->is_required)
        return refuse(in, "Missing", rule->name, "");
    if (value.n == 0 && (value.p == NULL || !rule->may_be_empty))
        return ST_OK;
    return decode_scalar(in, rule, value, to);
}

/* --- groups ------------------------------------------------------------------------------------------------------- */

/* A bool that is false and an empty list count as not given. */
static bool is_given(const action_shape *shape, const void *request, str name)
{
    for (unsigned i = 0; i < shape->field_n; i++) {
        const field_rule *rule = &shape->fields[i];
        const void *at = (const char *)request + rule->offset;
        if (!str_eq(rule->name, name))
            continue;
        switch ((field_type)rule->type) {
        case FIELD_STR:
            return ((const str *)at)->p != NULL;
        case FIELD_I32:
            return ((const opt_i32 *)at)->is_set;
        case FIELD_I64:
            return ((const opt_i64 *)at)->is_set;
        case FIELD_BOOL:
            return ((const opt_bool *)at)->v;
        case FIELD_STR_LIST:
            return ((const str_list *)at)->n > 0;
        case FIELD_TAG_LIST:
            return ((const tag_list *)at)->n > 0;
        }
    }
    return false;
}

static status check_groups(const input *in, const action_shape *shape, const void *request, const str *const *groups,
                           bool exactly_one)
{
    for (; groups != NULL && *groups != NULL; groups++) {
        unsigned given = 0;
        for (const str *member = *groups; member->p != NULL; member++) {
            if (is_given(shape, request, *member) && ++given > 1 && exactly_one)
                return refuse_parameter(in, *member, "");
        }
        if (given == 0)
            return refuse(in, "Missing", **groups, "");
    }
    return ST_OK;
}

status decode_request(const action_shape *shape, const param *params, size_t n, arena *a, const void **ret_request, err *e)
{
    input in = { params, n, a, e };
    void *request = arena_alloc(a, shape->request_size);
    if (request == NULL)
        return ST_NO_MEMORY;
    for (unsigned i = 0; i < shape->field_n; i++)
        TRY(decode_field(&in, &shape->fields[i], request));
    TRY(check_groups(&in, shape, request, shape->one_of, true));
    TRY(check_groups(&in, shape, request, shape->any_of, false));
    *ret_request = request;
    return ST_OK;
}

/* --- secrets ------------------------------------------------------------------------------------------------------ */

bool decode_is_secret(const action_shape *shape, str name)
{
    static const str marks[] = {
        STR_INIT("password"),  STR_INIT("secret"),        STR_INIT("securitytoken"), STR_INIT("authenticationcode"),
        STR_INIT("oidctoken"), STR_INIT("samlassertion"), STR_INIT("seed"),
    };
    for (unsigned i = 0; shape != NULL && i < shape->field_n; i++)
        if (str_eq(shape->fields[i].name, name))
            return shape->fields[i].is_secret;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (str_contains_nocase(name, marks[i]))
            return true;
    return false;
}
