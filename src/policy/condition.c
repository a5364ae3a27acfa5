/* condition.c - see condition.h. One row per operator says what it compares, how, and whether it is negated; how several values
 * combine is said once, in condition_holds. */
#include "policy/condition.h"

#include "policy/condition_value.h"

typedef enum { FAMILY_STRING, FAMILY_NUMERIC, FAMILY_DATE, FAMILY_BOOL, FAMILY_ADDRESS, FAMILY_NULL } family;
typedef enum { EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL } relation;
typedef enum { QUANTIFIER_NONE, QUANTIFIER_ANY, QUANTIFIER_ALL } quantifier;

typedef struct {
    str name;
    family family;
    relation relation;
    bool is_negated;
    unsigned flags; /* of the patterns of FAMILY_STRING */
} operator_row;

enum {
    FLAGS_EQUAL = PATTERN_LITERAL | PATTERN_VARIABLES,
    FLAGS_NOCASE = FLAGS_EQUAL | PATTERN_NOCASE,
    FLAGS_LIKE = PATTERN_VARIABLES,
};

/* RAM, "Condition operators". */
static const operator_row operators[] = {
    { STR_INIT("StringEquals"), FAMILY_STRING, EQUAL, false, FLAGS_EQUAL },
    { STR_INIT("StringNotEquals"), FAMILY_STRING, EQUAL, true, FLAGS_EQUAL },
    { STR_INIT("StringEqualsIgnoreCase"), FAMILY_STRING, EQUAL, false, FLAGS_NOCASE },
    { STR_INIT("StringNotEqualsIgnoreCase"), FAMILY_STRING, EQUAL, true, FLAGS_NOCASE },
    { STR_INIT("StringLike"), FAMILY_STRING, EQUAL, false, FLAGS_LIKE },
    { STR_INIT("StringNotLike"), FAMILY_STRING, EQUAL, true, FLAGS_LIKE },
    { STR_INIT("NumericEquals"), FAMILY_NUMERIC, EQUAL, false, 0 },
    { STR_INIT("NumericNotEquals"), FAMILY_NUMERIC, EQUAL, true, 0 },
    { STR_INIT("NumericLessThan"), FAMILY_NUMERIC, LESS, false, 0 },
    { STR_INIT("NumericLessThanEquals"), FAMILY_NUMERIC, LESS_OR_EQUAL, false, 0 },
    { STR_INIT("NumericGreaterThan"), FAMILY_NUMERIC, GREATER, false, 0 },
    { STR_INIT("NumericGreaterThanEquals"), FAMILY_NUMERIC, GREATER_OR_EQUAL, false, 0 },
    { STR_INIT("DateEquals"), FAMILY_DATE, EQUAL, false, 0 },
    { STR_INIT("DateNotEquals"), FAMILY_DATE, EQUAL, true, 0 },
    { STR_INIT("DateLessThan"), FAMILY_DATE, LESS, false, 0 },
    { STR_INIT("DateLessThanEquals"), FAMILY_DATE, LESS_OR_EQUAL, false, 0 },
    { STR_INIT("DateGreaterThan"), FAMILY_DATE, GREATER, false, 0 },
    { STR_INIT("DateGreaterThanEquals"), FAMILY_DATE, GREATER_OR_EQUAL, false, 0 },
    { STR_INIT("Bool"), FAMILY_BOOL, EQUAL, false, 0 },
    { STR_INIT("IpAddress"), FAMILY_ADDRESS, EQUAL, false, 0 },
    { STR_INIT("NotIpAddress"), FAMILY_ADDRESS, EQUAL, true, 0 },
    { STR_INIT("Null"), FAMILY_NULL, EQUAL, false, 0 },
};

typedef struct {
    const operator_row *row;
    quantifier quantifier;
    bool is_if_exists;
} operation;

struct condition {
    operation operation;
    str operator_name, key;
    size_t n;
    union { /* n of the values written, by the family */
        const pattern **patterns;
        decimal *numbers;
        instant *times;
        cidr *networks;
        bool *truths; /* also of FAMILY_NULL */
    } values;
};

static bool take_prefix(str *s, str prefix)
{
    if (!str_starts(*s, prefix))
        return false;
    *s = str_slice(*s, prefix.n, s->n);
    return true;
}

static const operator_row *find_row(str name)
{
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        if (str_eq(operators[i].name, name))
            return &operators[i];
    }
    return NULL;
}

static bool operation_parse(str name, operation *ret)
{
    const str if_exists = STR("IfExists");
    operation x = { NULL, QUANTIFIER_NONE, false };
    if (take_prefix(&name, STR("ForAnyValue:")))
        x.quantifier = QUANTIFIER_ANY;
    else if (take_prefix(&name, STR("ForAllValues:")))
        x.quantifier = QUANTIFIER_ALL;
    if (str_ends(name, if_exists)) {
        x.is_if_exists = true;
        name.n -= if_exists.n;
    }
    x.row = find_row(name);
    if (x.row == NULL || (x.row->family == FAMILY_NULL && (x.is_if_exists || x.quantifier != QUANTIFIER_NONE)))
        return false;
    *ret = x;
    return true;
}

bool condition_operator_is_known(str name)
{
    operation ignored;
    return operation_parse(name, &ignored);
}

/* --- compiling ----------------------------------------------------------------------------------- */

static status allocate_values(condition *k, arena *a)
{
    switch (k->operation.row->family) {
    case FAMILY_STRING:
        k->values.patterns = arena_alloc_n(a, k->n, sizeof *k->values.patterns);
        return k->values.patterns != NULL ? ST_OK : ST_NO_MEMORY;
    case FAMILY_NUMERIC:
        k->values.numbers = arena_alloc_n(a, k->n, sizeof *k->values.numbers);
        return k->values.numbers != NULL ? ST_OK : ST_NO_MEMORY;
    case FAMILY_DATE:
        k->values.times = arena_alloc_n(a, k->n, sizeof *k->values.times);
        return k->values.times != NULL ? ST_OK : ST_NO_MEMORY;
    case FAMILY_ADDRESS:
        k->values.networks = arena_alloc_n(a, k->n, sizeof *k->values.networks);
        return k->values.networks != NULL ? ST_OK : ST_NO_MEMORY;
    case FAMILY_BOOL:
    case FAMILY_NULL:
        k->values.truths = arena_alloc_n(a, k->n, sizeof *k->values.truths);
        return k->values.truths != NULL ? ST_OK : ST_NO_MEMORY;
    }
    return ST_BUG;
}

static status compile_number(str value, arena *a, decimal *ret, const char **ret_why)
{
    str copy;
    decimal d;
    if (decimal_parse(value, &d) != ST_OK) {
        *ret_why = "is not a decimal number, like 42 or -0.5";
        return ST_INVALID;
    }
    TRY(arena_copy(a, value, &copy));
    return decimal_parse(copy, ret);
}

static status compile_value(condition *k, size_t i, str value, arena *a, const char **ret_why)
{
    status s = ST_BUG;
    switch (k->operation.row->family) {
    case FAMILY_STRING:
        return pattern_compile(value, k->operation.row->flags, a, &k->values.patterns[i], ret_why);
    case FAMILY_NUMERIC:
        return compile_number(value, a, &k->values.numbers[i], ret_why);
    case FAMILY_DATE:
        s = instant_parse(value, &k->values.times[i]);
        *ret_why = "is not a time, like 2026-11-24T08:00:00+08:00, 2026-11-24T00:00:00Z, 2026-11-24 or seconds since 1970";
        break;
    case FAMILY_ADDRESS:
        s = network_parse(value, &k->values.networks[i]);
        *ret_why = "is not an address or network, like 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32";
        break;
    case FAMILY_BOOL:
    case FAMILY_NULL:
        s = str_to_bool(value, &k->values.truths[i]);
        *ret_why = "has to be true or false";
        break;
    }
    return s;
}

static bool key_is_valid(str key, const char **ret_why)
{
    size_t colon;
    if (!utf8_is_valid(key) || utf8_has_control(key)) {
        *ret_why = "a condition key holds no control characters";
        return false;
    }
    if (!str_find(key, ':', &colon) || colon == 0 || colon + 1 == key.n) {
        *ret_why = "a condition key is <service>:<name>, like acs:SourceIp";
        return false;
    }
    return true;
}

status condition_compile(str operator_name, str key, const str *values, size_t n, arena *a, const condition **ret,
                         size_t *ret_at, const char **ret_why)
{
    operation x;
    *ret_at = SIZE_MAX;
    if (!operation_parse(operator_name, &x)) {
        *ret_why = "is not a condition operator";
        return ST_INVALID;
    }
    if (!key_is_valid(key, ret_why))
        return ST_INVALID;
    if (n == 0) {
        *ret_why = "has no values";
        return ST_INVALID;
    }
    condition *k = arena_alloc(a, sizeof *k);
    if (k == NULL)
        return ST_NO_MEMORY;
    *k = (condition){ .operation = x, .n = n };
    TRY(arena_copy(a, operator_name, &k->operator_name));
    TRY(arena_copy(a, key, &k->key));
    TRY(allocate_values(k, a));
    for (size_t i = 0; i < n; i++) {
        *ret_at = i;
        TRY(compile_value(k, i, values[i], a, ret_why));
    }
    *ret = k;
    return ST_OK;
}

/* --- asking -------------------------------------------------------------------------------------- */

static bool relation_holds(relation r, int compared)
{
    switch (r) {
    case EQUAL:
        return compared == 0;
    case LESS:
        return compared < 0;
    case LESS_OR_EQUAL:
        return compared <= 0;
    case GREATER:
        return compared > 0;
    case GREATER_OR_EQUAL:
        return compared >= 0;
    }
    return false;
}

static bool matches_a_pattern(const condition *k, str value, const context *c, arena *scratch, bool *ret_failed)
{
    for (size_t i = 0; i < k->n; i++) {
        if (pattern_match(k->values.patterns[i], value, c, scratch, ret_failed))
            return true;
    }
    return false;
}

static bool matches_a_number(const condition *k, str value)
{
    decimal d;
    if (decimal_parse(value, &d) != ST_OK)
        return false;
    for (size_t i = 0; i < k->n; i++) {
        if (relation_holds(k->operation.row->relation, decimal_compare(&d, &k->values.numbers[i])))
            return true;
    }
    return false;
}

static bool matches_a_time(const condition *k, str value)
{
    instant t;
    if (instant_parse(value, &t) != ST_OK)
        return false;
    for (size_t i = 0; i < k->n; i++) {
        if (relation_holds(k->operation.row->relation, instant_compare(&t, &k->values.times[i])))
            return true;
    }
    return false;
}

static bool matches_a_network(const condition *k, str value)
{
    ip_addr a;
    if (ip_parse(value, &a) != ST_OK)
        return false;
    for (size_t i = 0; i < k->n; i++) {
        if (cidr_contains(&k->values.networks[i], &a))
            return true;
    }
    return false;
}

static bool is_among(const condition *k, bool value)
{
    for (size_t i = 0; i < k->n; i++) {
        if (k->values.truths[i] == value)
            return true;
    }
    return false;
}

/* Does this value match one of those written? Negation comes later. */
static bool matches(const condition *k, str value, const context *c, arena *scratch, bool *ret_failed)
{
    bool truth;
    switch (k->operation.row->family) {
    case FAMILY_STRING:
        return matches_a_pattern(k, value, c, scratch, ret_failed);
    case FAMILY_NUMERIC:
        return matches_a_number(k, value);
    case FAMILY_DATE:
        return matches_a_time(k, value);
    case FAMILY_ADDRESS:
        return matches_a_network(k, value);
    case FAMILY_BOOL:
        return str_to_bool(value, &truth) == ST_OK && is_among(k, truth);
    case FAMILY_NULL:
        break; /* looks at no value */
    }
    return false;
}

bool condition_holds(const condition *k, const context *c, arena *scratch, bool *ret_failed)
{
    const operation *x = &k->operation;
    const context_entry *e = context_find(c, k->key);
    const bool is_absent = e == NULL || e->n == 0;
    if (x->row->family == FAMILY_NULL)
        return is_among(k, is_absent);
    if (is_absent)
        return x->is_if_exists || x->row->is_negated || x->quantifier == QUANTIFIER_ALL;
    const bool needs_all = x->quantifier == QUANTIFIER_ALL || (x->quantifier == QUANTIFIER_NONE && x->row->is_negated);
    for (size_t i = 0; i < e->n; i++) {
        const bool is_satisfied = matches(k, e->values[i], c, scratch, ret_failed) != x->row->is_negated;
        if (is_satisfied != needs_all)
            return is_satisfied;
    }
    return needs_all;
}

bool condition_uses(const condition *k, str key)
{
    if (context_key_is_of(k->key, key))
        return true;
    for (size_t i = 0; k->operation.row->family == FAMILY_STRING && i < k->n; i++) {
        if (pattern_uses(k->values.patterns[i], key))
            return true;
    }
    return false;
}

str condition_operator(const condition *k)
{
    return k->operator_name;
}

str condition_key(const condition *k)
{
    return k->key;
}
