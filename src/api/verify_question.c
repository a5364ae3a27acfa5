/* verify_question.c - see verify_question.h. The form in headers is on the way of every request that nginx passes on: one look at
 * each header, and no copy of a text. */
#include "api/verify_question.h"

#include <jansson.h>
#include <stddef.h>
#include <string.h>

enum { HASH_HEX = 64, METHOD_MAX = 32 };

static status refuse(err *e, const char *code, const char *why)
{
    return err_set(e, ST_INVALID, code, "%s", why);
}

/* --- what the asking service states ------------------------------------------------------------------------------- */

static bool is_lower_hex(char c)
{
    return ascii_is_digit(c) || (c >= 'a' && c <= 'f');
}

static bool is_action_char(char c)
{
    return ascii_is_alnum(c) || c == ':' || c == '-' || c == '_' || c == '.' || c == '/';
}

/* "oss:GetObject": a question has no wildcards. */
static bool is_action(str s)
{
    str service, name;
    return s.n <= VERIFY_ACTION_MAX && str_is_of(s, is_action_char) && str_split(s, ':', &service, &name) && service.n > 0 &&
           name.n > 0;
}

/* "acs:<service>:<region>:<account>:<relative id>" */
static bool is_resource(str s)
{
    size_t colons = 0;
    for (size_t i = 0; i < s.n; i++)
        colons += s.p[i] == ':';
    return s.n <= VERIFY_RESOURCE_MAX && str_starts(s, STR("acs:")) && colons >= 4 && utf8_is_valid(s) && !utf8_has_control(s);
}

typedef struct {
    str scheme, source;
} stated; /* texts that the question holds in another form */

static status check_stated(const stated *s, verify_question *q, err *e)
{
    if (q->method.n == 0)
        return refuse(e, "MissingMethod", "which method the request had was not said");
    if (q->uri.n == 0)
        return refuse(e, "MissingUri", "which target the request had was not said");
    if (q->host.n == 0)
        return refuse(e, "MissingHost", "which host the request was sent to was not said");
    if (q->action.n == 0 && q->resource.n > 0)
        return refuse(e, "MissingAction", "a resource without an action");
    if (q->action.n > 0 && q->resource.n == 0)
        return refuse(e, "MissingResource", "an action without a resource");
    if (q->action.n > 0 && !is_action(q->action))
        return refuse(e, "InvalidParameter.Action", "not of the form service:Action");
    if (q->action.n > 0 && !is_resource(q->resource))
        return refuse(e, "InvalidParameter.Resource", "not of the form acs:service:region:account:id");
    if (q->body_hash.n > 0 && (q->body_hash.n != HASH_HEX || !str_is_of(q->body_hash, is_lower_hex)))
        return refuse(e, "InvalidParameter.BodySha256", "not 64 lower-case hex digits");
    if (s->source.n > 0 && ip_parse(s->source, &q->source) != ST_OK)
        return refuse(e, "InvalidParameter.SourceIp", "not an address");
    q->is_secure = str_eq(s->scheme, STR("https"));
    if (s->scheme.n > 0 && !q->is_secure && !str_eq(s->scheme, STR("http")))
        return refuse(e, "InvalidParameter.Scheme", "neither http nor https");
    if (q->body_hash.p == NULL)
        q->body_hash = STR("");
    return ST_OK;
}

/* --- in headers --------------------------------------------------------------------------------------------------- */

/* Is `name`, in any case, the lower-case `lower`? Clients and nginx differ in case, lengths tell most names apart. */
static bool is_named(str name, str lower)
{
    return name.n == lower.n && str_eq_nocase(name, lower);
}

str verify_token(const http_request *rq)
{
    return str_trim(http_header_get(rq, STR("x-argali-verifier")));
}

typedef struct {
    verify_question q;
    stated stated;
    str token;
} described;

/* Where a header of ours goes; NULL: it is not one that is known. */
static str *slot_of(described *d, str name)
{
    static const struct {
        str name;
        size_t at;
    } known[] = {
        { STR_INIT("x-original-method"), offsetof(described, q.method) },
        { STR_INIT("x-original-uri"), offsetof(described, q.uri) },
        { STR_INIT("x-original-host"), offsetof(described, q.host) },
        { STR_INIT("x-original-scheme"), offsetof(described, stated.scheme) },
        { STR_INIT("x-original-source-ip"), offsetof(described, stated.source) },
        { STR_INIT("x-argali-verifier"), offsetof(described, token) },
        { STR_INIT("x-argali-action"), offsetof(described, q.action) },
        { STR_INIT("x-argali-resource"), offsetof(described, q.resource) },
        { STR_INIT("x-argali-body-sha256"), offsetof(described, q.body_hash) },
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (is_named(name, known[i].name))
            return (str *)(void *)((char *)d + known[i].at);
    }
    return NULL;
}

static bool is_ours(str name)
{
    return is_named(str_slice(name, 0, 9), STR("x-argali-")) || is_named(str_slice(name, 0, 11), STR("x-original-"));
}

static bool is_of_this_hop(str name)
{
    return is_named(name, STR("host")) || is_named(name, STR("connection")) || is_named(name, STR("content-length")) ||
           is_named(name, STR("transfer-encoding"));
}

status verify_question_of_headers(const http_request *rq, arena *a, verify_question *ret, err *e)
{
    described d = { 0 };
    http_header *own = arena_alloc_n(a, rq->header_n + 1, sizeof *own);
    if (own == NULL)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < rq->header_n; i++) {
        const http_header *h = &rq->headers[i];
        bool is_x = h->name.n > 2 && (h->name.p[0] == 'x' || h->name.p[0] == 'X');
        if (!is_x || !is_ours(h->name)) {
            if (is_x || !is_of_this_hop(h->name))
                own[d.q.header_n++] = *h;
            continue;
        }
        str *slot = slot_of(&d, h->name);
        if (slot == NULL)
            continue;
        if (slot->p != NULL)
            return refuse(e, "InvalidParameter.Headers", "a header that describes the request comes twice");
        *slot = str_trim(h->value);
    }
    TRY(check_stated(&d.stated, &d.q, e));
    own[d.q.header_n++] = (http_header){ STR("host"), d.q.host };
    d.q.headers = own;
    d.q.are_headers_checked = true; /* http/head.h */
    *ret = d.q;
    return ST_OK;
}

/* --- in JSON ------------------------------------------------------------------------------------------------------ */

static void json_free_at(json_t **j)
{
    json_decref(*j);
}

static status text_of(const json_t *j, arena *a, const char *code, str *ret, err *e)
{
    if (j == NULL)
        return ST_OK;
    if (!json_is_string(j))
        return refuse(e, code, "not a text");
    return arena_copy(a, (str){ json_string_value(j), json_string_length(j) }, ret);
}

static status headers_of(const json_t *list, arena *a, verify_question *q, err *e)
{
    size_t n = json_array_size(list); /* 0: not an array */
    if (n == 0)
        return refuse(e, list == NULL ? "MissingHeaders" : "InvalidParameter.Headers", "no headers");
    http_header *headers = arena_alloc_n(a, n, sizeof *headers);
    if (headers == NULL)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const json_t *pair = json_array_get(list, i);
        if (json_array_size(pair) != 2)
            return refuse(e, "InvalidParameter.Headers", "a header is a name and a value");
        TRY(text_of(json_array_get(pair, 0), a, "InvalidParameter.Headers", &headers[i].name, e));
        TRY(text_of(json_array_get(pair, 1), a, "InvalidParameter.Headers", &headers[i].value, e));
    }
    q->headers = headers;
    q->header_n = n;
    return ST_OK;
}

status verify_question_of_json(bytes body, arena *a, verify_question *ret, err *e)
{
    verify_question q = { 0 };
    stated s = { 0 };
    const struct {
        const char *name, *code;
        str *to;
    } texts[] = {
        { "Method", "InvalidParameter.Method", &q.method },     { "Uri", "InvalidParameter.Uri", &q.uri },
        { "Host", "InvalidParameter.Host", &q.host },           { "BodySha256", "InvalidParameter.BodySha256", &q.body_hash },
        { "Action", "InvalidParameter.Action", &q.action },     { "Resource", "InvalidParameter.Resource", &q.resource },
        { "SourceIp", "InvalidParameter.SourceIp", &s.source }, { "Scheme", "InvalidParameter.Scheme", &s.scheme },
    };
    enum { TEXT_N = sizeof texts / sizeof texts[0] };
    CLEANUP(json_free_at) json_t *root = json_loadb((const char *)body.p, body.n, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(root))
        return refuse(e, "InvalidRequest", "the body is not one JSON object");
    size_t known = json_object_get(root, "Headers") != NULL;
    for (size_t i = 0; i < TEXT_N; i++) {
        const json_t *j = json_object_get(root, texts[i].name);
        known += j != NULL;
        TRY(text_of(j, a, texts[i].code, texts[i].to, e));
    }
    if (known != json_object_size(root)) /* a misspelt question would be another question */
        return refuse(e, "InvalidRequest", "a member that is not known");
    TRY(headers_of(json_object_get(root, "Headers"), a, &q, e));
    TRY(check_stated(&s, &q, e));
    *ret = q;
    return ST_OK;
}

/* --- what the caller made ----------------------------------------------------------------------------------------- */

static bool is_method_char(char c)
{
    return (c >= 'A' && c <= 'Z') || c == '-';
}

static bool is_visible(char c)
{
    return c > ' ' && c < 0x7f;
}

/* RFC 9110 5.6.2, token. */
static bool is_token_char(char c)
{
    return ascii_is_alnum(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool is_value(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = (uint8_t)s.p[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

/* A line feed in a value would be another line of the canonical request. */
static bool are_headers(const verify_question *q)
{
    for (size_t i = 0; i < q->header_n; i++) {
        if (q->headers[i].name.n == 0 || !str_is_of(q->headers[i].name, is_token_char) || !is_value(q->headers[i].value))
            return false;
    }
    return true;
}

static bool is_request(const verify_question *q)
{
    return q->method.n <= METHOD_MAX && str_is_of(q->method, is_method_char) && str_starts(q->uri, STR("/")) &&
           str_is_of(q->uri, is_visible) && !str_contains(q->uri, STR("#")) && q->header_n <= VERIFY_HEADERS_MAX &&
           (q->are_headers_checked || are_headers(q));
}

static bool has_param(const api_request *r, str name)
{
    for (size_t i = 0; i < r->covered.query_n; i++) {
        if (str_eq(r->covered.query[i].name, name))
            return true;
    }
    return false;
}

static status find_scheme(const verify_question *q, api_request *r, err *e)
{
    size_t authorizations = 0, hosts = 0;
    for (size_t i = 0; i < q->header_n; i++) {
        const http_header *h = &q->headers[i];
        if (is_named(h->name, STR("x-acs-bearer-token")))
            return refuse(e, "InvalidSignatureMethod", "bearer tokens are not judged");
        if (is_named(h->name, STR("authorization")) && authorizations++ == 0)
            r->authorization = str_trim(h->value);
        if (is_named(h->name, STR("host")) && hosts++ == 0)
            r->host = str_trim(h->value);
    }
    if (authorizations > 1)
        return refuse(e, "IncompleteSignature", "more than one Authorization");
    if (str_starts(r->authorization, STR("ACS3-")))
        r->scheme = SCHEME_ACS3;
    else if (str_starts(r->authorization, STR("acs "))) /* the same for services of the ROA style */
        return refuse(e, "InvalidSignatureMethod", "ROA v1 signatures are not judged");
    else if (has_param(r, STR("Signature")) || has_param(r, STR("SignatureMethod")))
        return refuse(e, "InvalidSignatureMethod", "RPC v1 signatures are not judged");
    return ST_OK;
}

status verify_request_parse(const verify_question *q, arena *a, api_request *ret, err *e)
{
    api_request r = { .format = REPLY_JSON };
    str path = q->uri, query = { NULL, 0 };
    if (!is_request(q))
        return refuse(e, "InvalidRequest", "no request that an HTTP server should have accepted");
    (void)str_split(q->uri, '?', &path, &query);
    r.covered.method = q->method;
    r.covered.path = path;
    r.covered.body_hash = q->body_hash;
    TRY(api_params_parse(query, a, &r.covered.query, &r.covered.query_n, e));
    r.covered.all = r.covered.query;
    r.covered.all_n = r.covered.query_n;
    header *headers = arena_alloc_n(a, q->header_n + 1, sizeof *headers);
    if (headers == NULL)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < q->header_n; i++)
        headers[i] = (header){ q->headers[i].name, q->headers[i].value };
    r.covered.headers = headers;
    r.covered.header_n = q->header_n;
    TRY(find_scheme(q, &r, e));
    *ret = r;
    return ST_OK;
}
