/* condition_fuzz.c - values of every operator: a negated operator is the opposite of the plain one for one value, and what holds for
 * one value does not change with the prefixes.
 *
 * A byte that chooses the operator, then lines: the value of the context, and the values written. */
#include <stdlib.h>

#include "policy/condition.h"
#include "policy/condition_value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { VALUES_MAX = 8 };

static void require(bool holds)
{
    if (!holds)
        abort();
}

static const struct {
    str plain, negated; /* absent: there is none */
} operators[] = {
    { STR_INIT("StringEquals"), STR_INIT("StringNotEquals") },
    { STR_INIT("StringEqualsIgnoreCase"), STR_INIT("StringNotEqualsIgnoreCase") },
    { STR_INIT("StringLike"), STR_INIT("StringNotLike") },
    { STR_INIT("NumericEquals"), STR_INIT("NumericNotEquals") },
    { STR_INIT("NumericLessThan"), { NULL, 0 } },
    { STR_INIT("NumericLessThanEquals"), { NULL, 0 } },
    { STR_INIT("NumericGreaterThan"), { NULL, 0 } },
    { STR_INIT("NumericGreaterThanEquals"), { NULL, 0 } },
    { STR_INIT("DateEquals"), STR_INIT("DateNotEquals") },
    { STR_INIT("DateLessThan"), { NULL, 0 } },
    { STR_INIT("DateLessThanEquals"), { NULL, 0 } },
    { STR_INIT("DateGreaterThan"), { NULL, 0 } },
    { STR_INIT("DateGreaterThanEquals"), { NULL, 0 } },
    { STR_INIT("Bool"), { NULL, 0 } },
    { STR_INIT("IpAddress"), STR_INIT("NotIpAddress") },
    { STR_INIT("Null"), { NULL, 0 } },
};

static arena *a;

static const condition *compiled(const char *prefix, str name, const char *suffix, const str *values, size_t n)
{
    const condition *k = NULL;
    const char *why = NULL;
    size_t at = 0;
    str full;
    require(arena_printf(a, &full, "%s" STR_FMT "%s", prefix, STR_ARG(name), suffix) == ST_OK);
    const status s = condition_compile(full, STR("v:v"), values, n, a, &k, &at, &why);
    require(s == ST_OK || (s == ST_INVALID && why != NULL && (at < n || n == 0)));
    return k;
}

static bool holds(const condition *k, const context *c)
{
    bool failed = false;
    const bool is = condition_holds(k, c, a, &failed);
    require(!failed);
    return is;
}

static void check_operator(str plain, str negated, const context *c, const str *values, size_t n)
{
    const condition *k = compiled("", plain, "", values, n);
    if (k == NULL)
        return;
    const bool is = holds(k, c);
    if (str_eq(plain, STR("Null")))
        return;
    require(!holds(k, NULL));
    require(holds(compiled("ForAnyValue:", plain, "", values, n), c) == is);
    require(holds(compiled("ForAllValues:", plain, "", values, n), c) == is);
    require(holds(compiled("", plain, "IfExists", values, n), c) == is);
    require(holds(compiled("", plain, "IfExists", values, n), NULL));
    if (negated.p != NULL) {
        require(holds(compiled("", negated, "", values, n), c) == !is);
        require(holds(compiled("", negated, "", values, n), NULL));
    }
}

static void check_values(str x, str y)
{
    decimal d, f;
    instant t, u;
    if (decimal_parse(x, &d) == ST_OK && decimal_parse(y, &f) == ST_OK) {
        const int there = decimal_compare(&d, &f), back = decimal_compare(&f, &d);
        require((there > 0) == (back < 0) && (there == 0) == (back == 0) && decimal_compare(&d, &d) == 0);
    }
    if (instant_parse(x, &t) == ST_OK && instant_parse(y, &u) == ST_OK)
        require(instant_compare(&t, &u) == -instant_compare(&u, &t) && t.ns < 1000000000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (a == NULL)
        a = arena_new(64 * 1024, 16 * 1024 * 1024);
    if (a == NULL || size == 0 || size > 4096)
        return 0;
    arena_reset(a);
    str rest = { (const char *)data + 1, size - 1 }, present = { "", 0 }, values[VALUES_MAX];
    size_t n = 0;
    (void)str_next(&rest, '\n', &present);
    while (n < VALUES_MAX && str_next(&rest, '\n', &values[n]))
        n++;
    const context_entry e = { STR("V:V"), &present, 1 };
    const context c = { &e, 1 };
    const size_t i = data[0] % (sizeof operators / sizeof operators[0]);
    check_operator(operators[i].plain, operators[i].negated, &c, values, n);
    check_values(present, n > 0 ? values[0] : present);
    return 0;
}
