/* request.c - see request.h. Rules: signing.md sections 2, 3 and 6 as kept in docs/foundation.md. */
#include "api/request.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"

enum { SMALL_SORT_MAX = 24 };

/* A parameter's name goes into an error code only when it looks like one. */
static status refuse_param(err *e, str name, const char *suffix, const char *why)
{
    bool is_plain = name.n > 0 && name.n <= 48;
    for (size_t i = 0; is_plain && i < name.n; i++)
        is_plain = ascii_is_alnum(name.p[i]) || name.p[i] == '.';
    if (!is_plain)
        return err_set(e, ST_INVALID, "InvalidParameter", "%s", why);
    char code[ERR_CODE_MAX];
    int n = snprintf(code, sizeof code, "InvalidParameter." STR_FMT "%s", STR_ARG(name), suffix);
    return err_set(e, ST_INVALID, n > 0 && n < (int)sizeof code ? code : "InvalidParameter", "%s", why);
}

static bool is_clean(str s)
{
    return memchr(s.p, 0, s.n) == NULL && utf8_is_valid(s);
}

static status param_decode(arena *a, str piece, param *ret, err *e)
{
    str name = piece, value = STR("");
    (void)str_split(piece, '=', &name, &value);
    param p;
    status of_name = percent_decode(a, name, true, &p.name);
    if (of_name == ST_INVALID || (of_name == ST_OK && !is_clean(p.name)))
        return err_set(e, ST_INVALID, "InvalidParameter", "a parameter name is not percent-encoded UTF-8");
    TRY(of_name);
    status of_value = percent_decode(a, value, true, &p.value);
    if (of_value == ST_INVALID)
        return refuse_param(e, p.name, "", "a parameter is not percent-encoded");
    TRY(of_value);
    if (!is_clean(p.value))
        return refuse_param(e, p.name, ".InvalidChars", "a parameter is not UTF-8 or holds a NUL");
    if (p.name.n == 0)
        return err_set(e, ST_INVALID, "InvalidParameter", "a parameter has no name");
    *ret = p;
    return ST_OK;
}

static int param_order(const void *a, const void *b)
{
    return str_cmp(((const param *)a)->name, ((const param *)b)->name);
}

static void params_sort(param *p, size_t n)
{
    if (n > SMALL_SORT_MAX) {
        qsort(p, n, sizeof *p, param_order);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        param moved = p[i];
        size_t at = i;
        for (; at > 0 && str_cmp(moved.name, p[at - 1].name) < 0; at--)
            p[at] = p[at - 1];
        p[at] = moved;
    }
}

static status params_refuse_repeated(const param *p, size_t n, err *e)
{
    for (size_t i = 1; i < n; i++) {
        if (str_eq(p[i].name, p[i - 1].name))
            return refuse_param(e, p[i].name, "", "a parameter comes twice");
    }
    return ST_OK;
}

static size_t pieces_count(str text)
{
    size_t n = 0;
    for (str rest = text, piece; str_next(&rest, '&', &piece);)
        n += piece.n > 0;
    return n;
}

status api_params_parse(str text, arena *a, const param **ret, size_t *ret_n, err *e)
{
    size_t n = pieces_count(text), at = 0;
    if (n > PARAMS_MAX)
        return err_set(e, ST_INVALID, "InvalidParameter", "more than %d parameters", PARAMS_MAX);
    param *p = arena_alloc_n(a, n + 1, sizeof *p);
    if (p == NULL)
        return ST_NO_MEMORY;
    for (str rest = text, piece; str_next(&rest, '&', &piece);)
        if (piece.n > 0)
            TRY(param_decode(a, piece, &p[at++], e));
    params_sort(p, at);
    TRY(params_refuse_repeated(p, at, e));
    *ret = p;
    *ret_n = at;
    return ST_OK;
}

static status params_merge(const param *q, size_t qn, const param *f, size_t fn, arena *a, const param **ret, size_t *ret_n,
                           err *e)
{
    *ret_n = qn + fn;
    if (fn == 0 || qn == 0) {
        *ret = fn == 0 ? q : f;
        return ST_OK;
    }
    if (qn + fn > PARAMS_MAX)
        return err_set(e, ST_INVALID, "InvalidParameter", "more than %d parameters", PARAMS_MAX);
    param *all = arena_alloc_n(a, qn + fn, sizeof *all);
    if (all == NULL)
        return ST_NO_MEMORY;
    for (size_t i = 0, j = 0, at = 0; at < qn + fn; at++)
        all[at] = j == fn || (i < qn && str_cmp(q[i].name, f[j].name) <= 0) ? q[i++] : f[j++];
    *ret = all;
    return params_refuse_repeated(all, qn + fn, e);
}

static bool is_form(str content_type)
{
    str type = content_type, rest;
    (void)str_split(content_type, ';', &type, &rest);
    return str_eq_nocase(str_trim(type), STR("application/x-www-form-urlencoded"));
}

static status format_of(str format, reply_format *ret, err *e)
{
    if (format.p == NULL || format.n == 0 || str_eq_nocase(format, STR("json")))
        *ret = REPLY_JSON;
    else if (str_eq_nocase(format, STR("xml")))
        *ret = REPLY_XML;
    else
        return err_set(e, ST_INVALID, "InvalidParameter.Format", "Format is neither JSON nor XML");
    return ST_OK;
}

static str find_param(const param *p, size_t n, str name)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(p[i].name, name))
            return p[i].value;
    }
    return (str){ NULL, 0 };
}

str api_request_param(const api_request *rq, str name)
{
    return find_param(rq->covered.all, rq->covered.all_n, name);
}

/* What decides the scheme and what an ACS3 request is about; found in one walk over the headers. */
typedef struct {
    str authorization, content_type, host, action, version, bearer;
    unsigned authorization_n;
} known_headers;

static void headers_read(const http_request *rq, known_headers *ret)
{
    static const struct {
        str name;
        size_t at;
    } wanted[] = {
        { STR_INIT("authorization"), offsetof(known_headers, authorization) },
        { STR_INIT("content-type"), offsetof(known_headers, content_type) },
        { STR_INIT("host"), offsetof(known_headers, host) },
        { STR_INIT("x-acs-action"), offsetof(known_headers, action) },
        { STR_INIT("x-acs-version"), offsetof(known_headers, version) },
        { STR_INIT("x-acs-bearer-token"), offsetof(known_headers, bearer) },
    };
    for (size_t i = 0; i < rq->header_n; i++) {
        for (size_t k = 0; k < sizeof wanted / sizeof wanted[0]; k++) {
            str *slot = (str *)(void *)((char *)ret + wanted[k].at);
            if (!str_eq_nocase(rq->headers[i].name, wanted[k].name))
                continue;
            ret->authorization_n += slot == &ret->authorization;
            if (slot->p == NULL)
                *slot = str_trim(rq->headers[i].value);
        }
    }
}

static status scheme_of(const known_headers *h, api_request *r, err *e)
{
    bool has_acs3 = str_starts(h->authorization, STR("ACS3-")), has_v1 = api_request_param(r, STR("Signature")).p != NULL;
    if (h->authorization_n > 1) /* whoever stands before us may have read the other one */
        return err_set(e, ST_INVALID, "IncompleteSignature", "more than one Authorization");
    if (has_acs3 && has_v1)
        return err_set(e, ST_INVALID, "InvalidParameter.Signature", "both an ACS3 header and a Signature parameter");
    if (h->bearer.p != NULL)
        return err_set(e, ST_INVALID, "InvalidSignatureMethod", "bearer tokens are not accepted");
    r->scheme = has_acs3 ? SCHEME_ACS3 : has_v1 ? SCHEME_V1 : SCHEME_ANONYMOUS;
    if (has_acs3) {
        r->authorization = h->authorization;
        r->action = h->action;
        r->version = h->version;
    } else {
        /* RPC requests often carry x-acs-action too: unsigned there, so the signed parameters win. */
        r->action = api_request_param(r, STR("Action"));
        r->version = api_request_param(r, STR("Version"));
    }
    return ST_OK;
}

/* signature.h speaks of headers, the shell of http_headers: the same two texts. */
static status headers_copy(const http_request *rq, arena *a, const header **ret)
{
    header *h = arena_alloc_n(a, rq->header_n + 1, sizeof *h);
    if (h == NULL)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < rq->header_n; i++)
        h[i] = (header){ rq->headers[i].name, rq->headers[i].value };
    *ret = h;
    return ST_OK;
}

status api_request_parse(const http_request *rq, arena *a, api_request *ret, err *e)
{
    api_request r = { .format = REPLY_JSON };
    known_headers h = { 0 };
    headers_read(rq, &h);
    r.host = h.host;
    ret->format = REPLY_JSON;
    ret->host = r.host;

    const param *query = NULL, *form = NULL;
    size_t query_n = 0, form_n = 0;
    TRY(api_params_parse(rq->query, a, &query, &query_n, e));
    TRY(format_of(find_param(query, query_n, STR("Format")), &r.format, e));
    ret->format = r.format;
    if (rq->body.n > 0 && is_form(h.content_type))
        TRY(api_params_parse(str_of(rq->body), a, &form, &form_n, e));
    r.covered = (signed_request){
        .method = rq->method, .path = rq->path, .query = query, .query_n = query_n, .body = rq->body, .header_n = rq->header_n
    };
    TRY(params_merge(query, query_n, form, form_n, a, &r.covered.all, &r.covered.all_n, e));
    TRY(headers_copy(rq, a, &r.covered.headers));
    TRY(format_of(api_request_param(&r, STR("Format")), &r.format, e));
    ret->format = r.format;
    TRY(scheme_of(&h, &r, e));
    *ret = r;
    return ST_OK;
}
