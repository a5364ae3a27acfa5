/* resource_pattern.c - see resource_pattern.h. */
#include "policy/resource_pattern.h"

enum { LEADING = 3 }; /* parts before the relative id, "acs" left aside: service, region, account */

struct resource_pattern {
    const pattern *leading[LEADING]; /* NULL: any */
    const pattern *relative;         /* NULL: any */
    const pattern *relative_nocase;  /* the same in a service whose names have no case; NULL with relative */
    bool is_everything;              /* "*": also what is no ARN */
};

static bool is_all_stars(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '*')
            return false;
    }
    return s.n > 0;
}

/* The text up to the next colon that is not inside a variable; false: that was the last. */
static bool next_part(str *rest, str *ret)
{
    bool is_closed = true; /* may there be another brace? */
    for (size_t i = 0; i < rest->n; i++) {
        const str from = str_slice(*rest, i, rest->n);
        size_t n;
        if (is_closed && str_starts(from, STR("${"))) {
            is_closed = str_find(from, '}', &n);
            i += is_closed ? n : 0;
        } else if (rest->p[i] == ':') {
            *ret = str_slice(*rest, 0, i);
            *rest = str_slice(*rest, i + 1, rest->n);
            return true;
        }
    }
    *ret = *rest;
    return false;
}

static status compile_leading(str text, arena *a, const pattern **ret, const char **ret_why)
{
    *ret = NULL;
    if (text.n == 0 || is_all_stars(text))
        return ST_OK;
    return pattern_compile(text, PATTERN_NOCASE | PATTERN_VARIABLES, a, ret, ret_why);
}

/* Names of RAM have no case (document.h). Where the service is written with wildcards it may be any: then both are kept. */
static status compile_relative(resource_pattern *p, str service, str text, arena *a, const char **ret_why)
{
    size_t at;
    if (is_all_stars(text))
        return ST_OK;
    const bool is_ram = str_eq_nocase(service, STR("ram"));
    const bool is_one = !str_find(service, '*', &at) && !str_find(service, '?', &at) && !str_find(service, '$', &at);
    TRY(pattern_compile(text, PATTERN_VARIABLES | (is_ram ? PATTERN_NOCASE : 0u), a, &p->relative, ret_why));
    p->relative_nocase = p->relative;
    if (!is_one)
        TRY(pattern_compile(text, PATTERN_VARIABLES | PATTERN_NOCASE, a, &p->relative_nocase, ret_why));
    return ST_OK;
}

static status compile_arn(resource_pattern *p, str text, arena *a, const char **ret_why)
{
    str part, service = { NULL, 0 };
    if (!next_part(&text, &part) || !str_eq(part, STR("acs"))) {
        *ret_why = "has to be * or acs:<service>:<region>:<account>:<relative id>";
        return ST_INVALID;
    }
    for (size_t i = 0; i < LEADING; i++) {
        const bool goes_on = next_part(&text, &part);
        if (i == 0)
            service = part;
        if (i == 0 && service.n == 0) {
            *ret_why = "names no service";
            return ST_INVALID;
        }
        if (!goes_on && !str_ends(part, STR("*"))) {
            *ret_why = "has to have the five parts acs:<service>:<region>:<account>:<relative id>, or to end early with *";
            return ST_INVALID;
        }
        TRY(compile_leading(part, a, &p->leading[i], ret_why));
        if (!goes_on)
            return ST_OK;
    }
    if (text.n == 0) {
        *ret_why = "the relative id is empty; * means any";
        return ST_INVALID;
    }
    return compile_relative(p, service, text, a, ret_why);
}

status resource_pattern_compile(str text, arena *a, const resource_pattern **ret, const char **ret_why)
{
    resource_pattern *p = arena_alloc(a, sizeof *p);
    if (p == NULL)
        return ST_NO_MEMORY;
    p->is_everything = is_all_stars(text);
    if (!p->is_everything)
        TRY(compile_arn(p, text, a, ret_why));
    *ret = p;
    return ST_OK;
}

/* What RAM's actions are asked on when they concern no one thing, and a spelling that no pattern without a star matches as well. */
static const struct {
    str relative, longer;
} everything_of[] = {
    { STR_INIT("*"), STR_INIT("***") },
    { STR_INIT("user/*"), STR_INIT("user/***") },
    { STR_INIT("group/*"), STR_INIT("group/***") },
    { STR_INIT("role/*"), STR_INIT("role/***") },
    { STR_INIT("policy/*"), STR_INIT("policy/***") },
    { STR_INIT("mfa/*"), STR_INIT("mfa/***") },
};

static str longer_of(str relative)
{
    for (size_t i = 0; i < sizeof everything_of / sizeof everything_of[0]; i++) {
        if (str_eq(everything_of[i].relative, relative))
            return everything_of[i].longer;
    }
    return (str){ NULL, 0 };
}

resource_asked resource_asked_of(str resource)
{
    resource_asked r = { .is_arn = false };
    r.is_arn = arn_split(resource, &r.arn) == ST_OK;
    r.is_nocase = r.is_arn && str_eq_nocase(r.arn.service, STR("ram"));
    if (r.is_nocase)
        r.all = longer_of(r.arn.relative);
    return r;
}

bool resource_pattern_match(const resource_pattern *p, const resource_asked *r, const context *c, arena *scratch,
                            bool *ret_failed)
{
    if (p->is_everything)
        return true;
    if (!r->is_arn)
        return false;
    const str leading[LEADING] = { r->arn.service, r->arn.region, r->arn.account };
    for (size_t i = 0; i < LEADING; i++) {
        if (p->leading[i] != NULL && !pattern_match(p->leading[i], leading[i], c, scratch, ret_failed))
            return false;
    }
    const pattern *relative = r->is_nocase ? p->relative_nocase : p->relative;
    return relative == NULL || (pattern_match(relative, r->arn.relative, c, scratch, ret_failed) &&
                                (r->all.p == NULL || pattern_match(relative, r->all, c, scratch, ret_failed)));
}

bool resource_pattern_is_known(const resource_pattern *p, const context *c)
{
    for (size_t i = 0; i < LEADING; i++) {
        if (p->leading[i] != NULL && !pattern_is_known(p->leading[i], c))
            return false;
    }
    return p->relative == NULL || pattern_is_known(p->relative, c);
}

bool resource_pattern_has_variables(const resource_pattern *p)
{
    for (size_t i = 0; i < LEADING; i++) {
        if (p->leading[i] != NULL && pattern_has_variables(p->leading[i]))
            return true;
    }
    return p->relative != NULL && pattern_has_variables(p->relative);
}

bool resource_pattern_uses(const resource_pattern *p, str key)
{
    for (size_t i = 0; i < LEADING; i++) {
        if (p->leading[i] != NULL && pattern_uses(p->leading[i], key))
            return true;
    }
    return p->relative != NULL && pattern_uses(p->relative, key);
}
