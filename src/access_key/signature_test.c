/* signature_test.c - every published and recorded signature, and every way to spoil one.
 *
 * The vectors hold requests as they went over the wire; the small parse below turns them into what the one parse of the
 * server hands over.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access_key/signature.h"
#include "base/digest.h"
#include "base/encoding.h"

enum { PARAMETERS_MAX = 64, HEADERS_MAX = 80, ARENA_MAX = 1 << 22 };

static const seal_place place = { SEAL_ACCESS_KEY, 1000000000000001, 3 };
static vault *v;
static arena *a;
static err e;

static int start(void **state)
{
    (void)state;
    char folder[] = "/tmp/argali-signature-XXXXXX", path[64];
    if (mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(path, sizeof path, "%s/master.key", folder);
    if (vault_create_key_file(path, world_system(), &e) != ST_OK || vault_open(path, world_system(), &v, &e) != ST_OK)
        return -1;
    a = arena_new(65536, ARENA_MAX);
    return unlink(path) != 0 || rmdir(folder) != 0 || a == NULL ? -1 : 0;
}

static int stop(void **state)
{
    (void)state;
    arena_free(a);
    vault_free(v);
    return 0;
}

/* --- from the wire to a signed request ---------------------------------------------------------------------------- */

typedef struct {
    const char *id;
    str secret, authorization; /* authorization is absent in a v1 request */
    signed_request rq;
    param query[PARAMETERS_MAX], all[PARAMETERS_MAX];
    header headers[HEADERS_MAX];
} request;

static int by_name(const void *x, const void *y)
{
    return str_cmp(((const param *)x)->name, ((const param *)y)->name);
}

static size_t parse_form(str text, param *ret, size_t n)
{
    while (text.n > 0) {
        str pair = text, rest = STR(""), name, value = STR("");
        (void)str_split(text, '&', &pair, &rest);
        text = rest;
        name = pair;
        (void)str_split(pair, '=', &name, &value);
        assert_true(n < PARAMETERS_MAX);
        assert_int_equal(percent_decode(a, name, true, &ret[n].name), ST_OK);
        assert_int_equal(percent_decode(a, value, true, &ret[n++].value), ST_OK);
    }
    return n;
}

static void set_target(request *r, str target)
{
    str query = STR("");
    r->rq.path = target;
    (void)str_split(target, '?', &r->rq.path, &query);
    r->rq.query_n = parse_form(query, r->query, 0);
    r->rq.all_n = parse_form(query, r->all, 0);
}

static void add_header(request *r, str name, str value)
{
    assert_true(r->rq.header_n < HEADERS_MAX);
    r->headers[r->rq.header_n++] = (header){ name, value };
    if (str_eq_nocase(name, STR("authorization")))
        r->authorization = value;
}

static void finish(request *r)
{
    for (size_t i = 0; i < r->rq.header_n; i++)
        if (str_eq_nocase(r->headers[i].name, STR("content-type")) &&
            str_eq(r->headers[i].value, STR("application/x-www-form-urlencoded")))
            r->rq.all_n = parse_form(str_of(r->rq.body), r->all, r->rq.all_n);
    qsort(r->query, r->rq.query_n, sizeof r->query[0], by_name);
    qsort(r->all, r->rq.all_n, sizeof r->all[0], by_name);
    r->rq.query = r->query;
    r->rq.all = r->all;
    r->rq.headers = r->headers;
}

static str text_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return (str){ json_string_value(value), json_string_length(value) };
}

static json_t *load(const char *name)
{
    char path[512];
    json_error_t why;
    (void)snprintf(path, sizeof path, "%s/tests/vectors/%s", ARGALI_SOURCE_ROOT, name);
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
    if (root == NULL)
        fail_msg("%s: %s", path, why.text);
    return root;
}

/* A vector of signing-vectors.json. */
static void request_of_vector(const json_t *vector, request *r)
{
    size_t i;
    json_t *pair;
    *r = (request){ .id = json_string_value(json_object_get(vector, "id")), .secret = text_of(vector, "secret") };
    r->rq.method = text_of(vector, "method");
    set_target(r, text_of(vector, "target"));
    json_array_foreach (json_object_get(vector, "headers"), i, pair) {
        add_header(r, str_from_c(json_string_value(json_array_get(pair, 0))),
                   str_from_c(json_string_value(json_array_get(pair, 1))));
    }
    r->rq.body = bytes_of(text_of(vector, "body"));
    finish(r);
}

static str take_line(str *text)
{
    str line = *text, rest = STR("");
    (void)str_split(*text, '\n', &line, &rest);
    *text = rest;
    return line.n > 0 && line.p[line.n - 1] == '\r' ? str_slice(line, 0, line.n - 1) : line;
}

/* The recorded chunked bodies are one chunk each. */
static str take_chunk(str text)
{
    char size[16];
    str line = take_line(&text);
    (void)snprintf(size, sizeof size, STR_FMT, STR_ARG(line));
    size_t n = 0;
    for (size_t i = 0; i < line.n; i++) {
        uint8_t digit;
        char two[2] = { '0', line.p[i] };
        assert_int_equal(hex_decode((str){ two, 2 }, &digit, 1), ST_OK);
        n = n * 16 + digit;
    }
    return str_slice(text, 0, n);
}

/* A case of acs-signature.json: the whole request, Base64. */
static void request_of_case(const json_t *vector, str key, request *r)
{
    str base64 = text_of(vector, "rawRequestBase64");
    uint8_t *raw = arena_alloc(a, base64.n);
    size_t n = 0;
    assert_int_equal(base64_decode(base64, raw, base64.n, &n), ST_OK);
    str text = { (const char *)raw, n };
    *r = (request){ .id = json_string_value(json_object_get(vector, "id")), .secret = key };
    str line = take_line(&text), rest;
    assert_true(str_split(line, ' ', &r->rq.method, &rest) && str_split(rest, ' ', &line, &rest));
    set_target(r, line);
    bool is_chunked = false;
    while ((line = take_line(&text)).n > 0) {
        str name, value;
        assert_true(str_split(line, ':', &name, &value));
        add_header(r, name, str_trim(value));
        is_chunked |= str_eq_nocase(name, STR("transfer-encoding"));
    }
    r->rq.body = bytes_of(is_chunked ? take_chunk(text) : text);
    finish(r);
}

/* --- checking one ------------------------------------------------------------------------------------------------- */

static sealed seal(str key)
{
    sealed s = { 0 };
    assert_int_equal(vault_seal_new(v, place, bytes_of(key), &s, &e), ST_OK);
    return s;
}

static status verify(const request *r, const sealed *s, str *ret_canonical, str *ret_string_to_sign)
{
    bytes stored = { s->b, s->n };
    e = (err){ 0 };
    if (r->authorization.p != NULL) {
        acs3_authorization auth;
        TRY(acs3_parse(r->authorization, &auth, &e));
        return acs3_verify(v, place, stored, &auth, &r->rq, a, ret_canonical, ret_string_to_sign, &e);
    }
    v1_parameters p;
    TRY(v1_parse(r->rq.all, r->rq.all_n, &p, &e));
    return v1_verify(v, place, stored, p.signature, &r->rq, a, ret_string_to_sign, &e);
}

static void expect_text(const request *r, const char *what, str got, str want)
{
    if (!str_eq(got, want))
        fail_msg("%s: %s is\n" STR_FMT "\nnot\n" STR_FMT, r->id, what, STR_ARG(got), STR_ARG(want));
}

static void expect_refused(const request *r, const sealed *s, const char *what, size_t at)
{
    str canonical = { 0 }, text = { 0 };
    status st = verify(r, s, &canonical, &text);
    if (st == ST_OK)
        fail_msg("%s: accepted with a changed %s (byte %zu)", r->id, what, at);
    if (st == ST_DENIED) {
        assert_string_equal(e.code, "SignatureDoesNotMatch");
        assert_non_null(text.p);
    } else {
        assert_int_equal(st, ST_INVALID);
        assert_null(text.p);
    }
}

/* Each byte of *field changed, one at a time, in a copy of it. */
static void spoil(request *r, const sealed *s, const char *what, str *field)
{
    str was = *field;
    for (size_t i = 0; i < was.n; i++) {
        char *copy = malloc(was.n);
        assert_non_null(copy);
        memcpy(copy, was.p, was.n);
        copy[i] ^= 1;
        *field = (str){ copy, was.n };
        expect_refused(r, s, what, i);
        *field = was;
        free(copy);
    }
}

static bool is_signed_header(const request *r, str name)
{
    return str_contains_nocase(r->authorization, name);
}

static void spoil_acs3(request *r, const sealed *s)
{
    size_t from = 0;
    assert_true(str_find(r->authorization, ',', &from)); /* the credential before it only picks the secret */
    str was = r->authorization;
    for (size_t i = from; i < was.n; i++) {
        char *copy = malloc(was.n);
        assert_non_null(copy);
        memcpy(copy, was.p, was.n);
        copy[i] ^= 1;
        r->authorization = (str){ copy, was.n };
        expect_refused(r, s, "Authorization", i);
        r->authorization = was;
        free(copy);
    }
    for (size_t i = 0; i < r->rq.header_n; i++) {
        if (!is_signed_header(r, r->headers[i].name))
            continue;
        spoil(r, s, "header value", &r->headers[i].value);
        spoil(r, s, "header name", &r->headers[i].name);
    }
    for (size_t i = 0; i < r->rq.query_n; i++) {
        spoil(r, s, "parameter value", &r->query[i].value);
        spoil(r, s, "parameter name", &r->query[i].name);
    }
    str body = str_of(r->rq.body);
    spoil(r, s, "path", &r->rq.path);
    for (size_t i = 0; i < body.n; i++) {
        uint8_t *copy = malloc(body.n);
        assert_non_null(copy);
        memcpy(copy, body.p, body.n);
        copy[i] ^= 1;
        r->rq.body = (bytes){ copy, body.n };
        expect_refused(r, s, "body", i);
        free(copy);
    }
    r->rq.body = body.n > 0 ? (bytes){ NULL, 0 } : bytes_of(STR("a"));
    expect_refused(r, s, "body, there or not", 0);
    r->rq.body = bytes_of(body);
}

static void spoil_v1(request *r, const sealed *s)
{
    for (size_t i = 0; i < r->rq.all_n; i++) {
        spoil(r, s, "parameter value", &r->all[i].value);
        spoil(r, s, "parameter name", &r->all[i].name);
    }
    r->rq.all_n--; /* the last one left out: Version, or a late parameter */
    expect_refused(r, s, "number of parameters", 0);
    r->rq.all_n++;
}

static void spoil_secret(const request *r)
{
    char copy[128];
    str key = r->secret;
    assert_true(key.n < sizeof copy);
    memcpy(copy, key.p, key.n);
    for (size_t i = 0; i < key.n; i++) {
        copy[i] ^= 1;
        sealed s = seal((str){ copy, key.n });
        expect_refused(r, &s, "secret", i);
        copy[i] ^= 1;
    }
    sealed shorter = seal(str_slice(key, 0, key.n - 1));
    expect_refused(r, &shorter, "length of the secret", 0);
}

/* Accepted as it is, with the texts that the vector gives; refused with any byte changed. */
static void check(request *r, str want_canonical, str want_string_to_sign)
{
    str canonical = { 0 }, text = { 0 };
    sealed s = seal(r->secret);
    status st = verify(r, &s, &canonical, &text);
    if (st != ST_OK)
        fail_msg("%s: %s %s: %s\n" STR_FMT "\n" STR_FMT, r->id, status_name(st), e.code, e.log, STR_ARG(canonical),
                 STR_ARG(text));
    if (want_canonical.p != NULL && r->authorization.p != NULL)
        expect_text(r, "canonical request", canonical, want_canonical);
    if (want_string_to_sign.p != NULL)
        expect_text(r, "string to sign", text, want_string_to_sign);
    spoil_secret(r);
    spoil(r, &s, "method", &r->rq.method);
    if (r->authorization.p != NULL)
        spoil_acs3(r, &s);
    else
        spoil_v1(r, &s);
    assert_int_equal(verify(r, &s, &canonical, &text), ST_OK); /* nothing was left changed */
}

static void test_recorded_vectors(void **state)
{
    (void)state;
    json_t *root = load("signing-vectors.json"), *vector;
    size_t i;
    assert_int_equal(json_array_size(json_object_get(root, "vectors")), 17);
    json_array_foreach (json_object_get(root, "vectors"), i, vector) {
        request r;
        request_of_vector(vector, &r);
        check(&r, text_of(vector, "canonical"), text_of(vector, "stringToSign"));
        arena_reset(a);
    }
    json_decref(root);
}

static void test_recorded_cases(void **state)
{
    (void)state;
    json_t *root = load("acs-signature.json"), *sdk = json_object_get(root, "sdk"), *vector;
    size_t i;
    assert_int_equal(json_array_size(json_object_get(sdk, "cases")), json_integer_value(json_object_get(sdk, "count")));
    json_array_foreach (json_object_get(sdk, "cases"), i, vector) {
        request r;
        request_of_case(vector, text_of(sdk, "accessKeySecret"), &r);
        check(&r, text_of(vector, "canonicalRequest"), text_of(vector, "stringToSign"));
        arena_reset(a);
    }
    json_decref(root);
}

/* The documentation gives a canonical request: its lines are the request. */
static void request_of_canonical(str canonical, request *r)
{
    r->rq.method = take_line(&canonical);
    r->rq.path = take_line(&canonical);
    r->rq.query_n = parse_form(take_line(&canonical), r->query, 0);
    str line, name, value;
    while ((line = take_line(&canonical)).n > 0) {
        assert_true(str_split(line, ':', &name, &value));
        add_header(r, name, value);
    }
    finish(r);
}

static void request_of_parameters(const json_t *parameters, str signature, request *r)
{
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)(uintptr_t)parameters, name, value) {
        r->all[r->rq.all_n++] = (param){ str_from_c(name), str_from_c(json_string_value(value)) };
    }
    r->all[r->rq.all_n++] = (param){ STR("Signature"), signature };
    finish(r);
}

static void test_documented_signatures(void **state)
{
    (void)state;
    json_t *root = load("acs-signature.json"), *vector;
    size_t i;
    assert_int_equal(json_array_size(json_object_get(root, "documentation")), 3);
    json_array_foreach (json_object_get(root, "documentation"), i, vector) {
        request r = { .id = json_string_value(json_object_get(vector, "id")), .secret = text_of(vector, "accessKeySecret") };
        if (json_object_get(vector, "canonicalRequest") != NULL) {
            request_of_canonical(text_of(vector, "canonicalRequest"), &r);
            assert_int_equal(
                arena_printf(a, &r.authorization,
                             "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;"
                             "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=" STR_FMT,
                             STR_ARG(text_of(vector, "signature"))),
                ST_OK);
        } else {
            r.rq.method = text_of(vector, "method");
            request_of_parameters(json_object_get(vector, "parameters"), text_of(vector, "signature"), &r);
        }
        check(&r, text_of(vector, "canonicalRequest"), (str){ NULL, 0 });
        arena_reset(a);
    }
    json_decref(root);
}

/* Alibaba Cloud help, RAM and IMS, "Request signatures": the example of IMS 2019-08-15. */
static void test_documented_signature_of_ims(void **state)
{
    (void)state;
    request r = {
        .id = "doc/rpc-ims-CreateUser",
        .secret = STR("testsecret"),
        .rq = { .method = STR("GET"), .all_n = 11 },
        .all = {
            { STR("Action"), STR("CreateUser") }, { STR("UserPrincipalName"), STR("test@example.onaliyun.com") },
            { STR("DisplayName"), STR("test") }, { STR("SignatureVersion"), STR("1.0") }, { STR("Format"), STR("JSON") },
            { STR("AccessKeyId"), STR("testid") }, { STR("Timestamp"), STR("2021-01-15T06:02:28Z") },
            { STR("SignatureMethod"), STR("HMAC-SHA1") }, { STR("Version"), STR("2019-08-15") },
            { STR("SignatureNonce"), STR("3f6b4e80-56f7-11eb-a256-a9f756ea7e85") },
            { STR("Signature"), STR("02heLegtw4+BFamznl1Ltj+vJ4A=") },
        },
    };
    finish(&r);
    check(&r, (str){ NULL, 0 }, (str){ NULL, 0 });
    arena_reset(a);
}

/* --- Authorization ------------------------------------------------------------------------------------------------ */

#define HEX    "c73cd0a81e98e28d6a5ba87bb2b7f5eba950d2d9995aede721233a4c80ccda52"
#define SIGNED "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version"

static const struct {
    const char *what, *text, *code; /* code NULL: accepted */
} parse_cases[] = {
    { "complete", "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host,Signature=" HEX, NULL },
    { "SM3", "ACS3-HMAC-SM3 Credential=id,SignedHeaders=host,Signature=" HEX, NULL },
    { "another order", "ACS3-HMAC-SHA256 Signature=" HEX ",SignedHeaders=host,Credential=id", NULL },
    { "a temporary id", "ACS3-HMAC-SHA256 Credential=STS.id,SignedHeaders=host,Signature=" HEX, NULL },
    { "RSA", "ACS3-RSA-SHA256 Credential=id,SignedHeaders=host,Signature=" HEX, "InvalidSignatureMethod" },
    { "SHA-1", "ACS3-HMAC-SHA1 Credential=id,SignedHeaders=host,Signature=" HEX, "InvalidSignatureMethod" },
    { "lower-case algorithm", "ACS3-hmac-sha256 Credential=id,SignedHeaders=host,Signature=" HEX, "InvalidSignatureMethod" },
    { "a longer algorithm", "ACS3-HMAC-SHA2567 Credential=id,SignedHeaders=host,Signature=" HEX, "InvalidSignatureMethod" },
    { "another scheme", "Basic aWQ6c2VjcmV0", "IncompleteSignature" },
    { "empty", "", "IncompleteSignature" },
    { "the algorithm alone", "ACS3-HMAC-SHA256", "IncompleteSignature" },
    { "no parts", "ACS3-HMAC-SHA256 ", "IncompleteSignature" },
    { "two spaces", "ACS3-HMAC-SHA256  Credential=id,SignedHeaders=host,Signature=" HEX, "IncompleteSignature" },
    { "a space after a comma", "ACS3-HMAC-SHA256 Credential=id, SignedHeaders=host,Signature=" HEX, "IncompleteSignature" },
    { "no Credential", "ACS3-HMAC-SHA256 SignedHeaders=host,Signature=" HEX, "IncompleteSignature" },
    { "no SignedHeaders", "ACS3-HMAC-SHA256 Credential=id,Signature=" HEX, "IncompleteSignature" },
    { "no Signature", "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host", "IncompleteSignature" },
    { "Credential twice", "ACS3-HMAC-SHA256 Credential=id,Credential=id,SignedHeaders=host,Signature=" HEX,
      "IncompleteSignature" },
    { "SignedHeaders twice", "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host,SignedHeaders=host,Signature=" HEX,
      "IncompleteSignature" },
    { "Signature twice", "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host,Signature=" HEX ",Signature=" HEX,
      "IncompleteSignature" },
    { "an unknown part", "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host,Signature=" HEX ",X=y", "IncompleteSignature" },
    { "a comma at the end", "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host,Signature=" HEX ",", "IncompleteSignature" },
    { "a part without =", "ACS3-HMAC-SHA256 Credential,SignedHeaders=host,Signature=" HEX, "IncompleteSignature" },
    { "an empty id", "ACS3-HMAC-SHA256 Credential=,SignedHeaders=host,Signature=" HEX, "IncompleteSignature" },
    { "a blank in the id", "ACS3-HMAC-SHA256 Credential=i d,SignedHeaders=host,Signature=" HEX, "IncompleteSignature" },
    { "no headers", "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=,Signature=" HEX, "IncompleteSignature" },
    { "an empty name", "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host;;x,Signature=" HEX, "IncompleteSignature" },
    { "a semicolon at the end", "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host;,Signature=" HEX, "IncompleteSignature" },
    { "an upper-case name", "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=Host,Signature=" HEX, "IncompleteSignature" },
    { "a name twice", "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host;x;host,Signature=" HEX, "IncompleteSignature" },
    { "a colon in a name", "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host:x,Signature=" HEX, "IncompleteSignature" },
    { "a short signature", "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host,Signature=c73c", "IncompleteSignature" },
    { "a long signature", "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host,Signature=" HEX "00", "IncompleteSignature" },
    { "upper-case hex",
      "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host,Signature="
      "C73cd0a81e98e28d6a5ba87bb2b7f5eba950d2d9995aede721233a4c80ccda52",
      "IncompleteSignature" },
};

static void test_authorization(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof parse_cases / sizeof parse_cases[0]; i++) {
        acs3_authorization auth = { 0 };
        status st = acs3_parse(str_from_c(parse_cases[i].text), &auth, &e);
        if (st != (parse_cases[i].code == NULL ? ST_OK : ST_INVALID) ||
            (st != ST_OK && strcmp(e.code, parse_cases[i].code) != 0))
            fail_msg("%s: %s %s", parse_cases[i].what, status_name(st), e.code);
        assert_true((auth.access_key_id.p != NULL) == (st == ST_OK));
    }
}

static void test_length_limits_of_authorization(void **state)
{
    (void)state;
    char text[2048], list[1024] = "a0";
    acs3_authorization auth;
    size_t n = strlen(list);
    for (int i = 1; i < SIGNED_HEADERS_MAX; i++)
        n += (size_t)snprintf(list + n, sizeof list - n, ";a%d", i);
    (void)snprintf(text, sizeof text, "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=%s,Signature=" HEX, list);
    assert_int_equal(acs3_parse(str_from_c(text), &auth, &e), ST_OK);
    (void)snprintf(text, sizeof text, "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=%s;b,Signature=" HEX, list);
    assert_int_equal(acs3_parse(str_from_c(text), &auth, &e), ST_INVALID);
    (void)snprintf(text, sizeof text, "ACS3-HMAC-SHA256 Credential=%0128d,SignedHeaders=host,Signature=" HEX, 0);
    assert_int_equal(acs3_parse(str_from_c(text), &auth, &e), ST_OK);
    (void)snprintf(text, sizeof text, "ACS3-HMAC-SHA256 Credential=%0129d,SignedHeaders=host,Signature=" HEX, 0);
    assert_int_equal(acs3_parse(str_from_c(text), &auth, &e), ST_INVALID);
}

/* --- which headers are signed ------------------------------------------------------------------------------------- */

/* A request whose headers are those of SIGNED and some more. */
static void make_request(request *r, const char *signed_headers, const header *more, size_t more_n)
{
    *r = (request){ .id = "made", .secret = STR("secret"), .rq = { .method = STR("POST"), .path = STR("/") } };
    add_header(r, STR("host"), STR("localhost:8080"));
    add_header(r, STR("x-acs-action"), STR("GetUser"));
    add_header(r, STR("x-acs-version"), STR("2019-08-15"));
    add_header(r, STR("x-acs-date"), STR("2026-01-02T03:04:05Z"));
    add_header(r, STR("x-acs-signature-nonce"), STR("n"));
    add_header(r, STR("x-acs-content-sha256"), STR("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    for (size_t i = 0; i < more_n; i++)
        add_header(r, more[i].name, more[i].value);
    finish(r);
    assert_int_equal(
        arena_printf(a, &r->authorization, "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=%s,Signature=" HEX, signed_headers),
        ST_OK);
}

static status build(const request *r, str *ret_canonical)
{
    acs3_authorization auth;
    str text;
    TRY(acs3_parse(r->authorization, &auth, &e));
    return acs3_string_to_sign(&auth, &r->rq, a, ret_canonical, &text, &e);
}

static const struct {
    const char *what, *signed_headers;
    header more[3];
    size_t more_n;
    status want;
} header_cases[] = {
    { "the least", SIGNED, { { { 0 }, { 0 } } }, 0, ST_OK },
    { "host not signed",
      "x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version",
      { { { 0 }, { 0 } } },
      0,
      ST_INVALID },
    { "action not signed",
      "host;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version",
      { { { 0 }, { 0 } } },
      0,
      ST_INVALID },
    { "version not signed",
      "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce",
      { { { 0 }, { 0 } } },
      0,
      ST_INVALID },
    { "date not signed",
      "host;x-acs-action;x-acs-content-sha256;x-acs-signature-nonce;x-acs-version",
      { { { 0 }, { 0 } } },
      0,
      ST_INVALID },
    { "nonce not signed",
      "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-version",
      { { { 0 }, { 0 } } },
      0,
      ST_INVALID },
    { "hash not signed",
      "host;x-acs-action;x-acs-date;x-acs-signature-nonce;x-acs-version",
      { { { 0 }, { 0 } } },
      0,
      ST_INVALID },
    { "signed but not sent", SIGNED ";x-other", { { { 0 }, { 0 } } }, 0, ST_INVALID },
    { "user-agent may stay unsigned", SIGNED, { { STR_INIT("User-Agent"), STR_INIT("u") } }, 1, ST_OK },
    { "user-agent may be signed",
      "accept;" SIGNED ";user-agent",
      { { STR_INIT("User-Agent"), STR_INIT("u") }, { STR_INIT("Accept"), STR_INIT("*/*") } },
      2,
      ST_OK },
    { "content-type not signed", SIGNED, { { STR_INIT("Content-Type"), STR_INIT("text/plain") } }, 1, ST_INVALID },
    { "content-type signed", "content-type;" SIGNED, { { STR_INIT("Content-Type"), STR_INIT("text/plain") } }, 1, ST_OK },
    { "content-type twice",
      "content-type;" SIGNED,
      { { STR_INIT("Content-Type"), STR_INIT("a/b") }, { STR_INIT("content-type"), STR_INIT("a/b") } },
      2,
      ST_INVALID },
    { "security token not signed", SIGNED, { { STR_INIT("X-ACS-Security-Token"), STR_INIT("t") } }, 1, ST_INVALID },
    { "security token signed",
      SIGNED ";x-acs-security-token",
      { { STR_INIT("X-ACS-Security-Token"), STR_INIT("t") } },
      1,
      ST_OK },
    { "security token twice",
      SIGNED ";x-acs-security-token",
      { { STR_INIT("x-acs-security-token"), STR_INIT("t") }, { STR_INIT("x-acs-security-token"), STR_INIT("u") } },
      2,
      ST_INVALID },
    { "an x-acs- header of no meaning not signed", SIGNED, { { STR_INIT("X-Acs-Extra"), STR_INIT("1") } }, 1, ST_INVALID },
    { "the bare prefix not signed", SIGNED, { { STR_INIT("x-acs-"), STR_INIT("1") } }, 1, ST_INVALID },
    { "nearly the prefix", SIGNED, { { STR_INIT("x-acs"), STR_INIT("1") } }, 1, ST_OK },
    { "the date twice", SIGNED, { { STR_INIT("X-Acs-Date"), STR_INIT("2026-01-02T03:04:05Z") } }, 1, ST_INVALID },
    { "the action twice", SIGNED, { { STR_INIT("X-ACS-ACTION"), STR_INIT("DeleteUser") } }, 1, ST_INVALID },
    { "host twice", SIGNED, { { STR_INIT("Host"), STR_INIT("localhost:8080") } }, 1, ST_INVALID },
    { "Authorization signed", "authorization;" SIGNED, { { STR_INIT("Authorization"), STR_INIT("ACS3") } }, 1, ST_INVALID },
};

static void test_signed_headers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof header_cases / sizeof header_cases[0]; i++) {
        request r;
        str canonical = { 0 };
        make_request(&r, header_cases[i].signed_headers, header_cases[i].more, header_cases[i].more_n);
        status st = build(&r, &canonical);
        if (st != header_cases[i].want || (st != ST_OK && strcmp(e.code, "IncompleteSignature") != 0))
            fail_msg("%s: %s %s %s", header_cases[i].what, status_name(st), e.code, e.log);
        arena_reset(a);
    }
}

/* "If a header is repeated, strip each value, sort the values and join with a comma." */
static void test_repeated_header_is_joined(void **state)
{
    (void)state;
    static const header more[] = { { STR_INIT("X-Acs-Extra"), STR_INIT("  b ") },
                                   { STR_INIT("x-acs-extra"), STR_INIT("\ta") },
                                   { STR_INIT("X-ACS-EXTRA"), STR_INIT("c") } };
    request r;
    str canonical = { 0 };
    make_request(&r, "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-extra;x-acs-signature-nonce;x-acs-version", more,
                 3);
    assert_int_equal(build(&r, &canonical), ST_OK);
    expect_text(&r, "canonical request", canonical,
                STR("POST\n/\n\nhost:localhost:8080\nx-acs-action:GetUser\n"
                    "x-acs-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"
                    "x-acs-date:2026-01-02T03:04:05Z\nx-acs-extra:a,b,c\nx-acs-signature-nonce:n\nx-acs-version:2019-08-15\n\n"
                    "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-extra;x-acs-signature-nonce;x-acs-version\n"
                    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    arena_reset(a);
}

/* Signs a made request with the secret itself, as a client would. */
static void sign(request *r, const char *signed_headers)
{
    acs3_authorization auth;
    str canonical, text;
    uint8_t mac[DIGEST_SIZE];
    char hex[2 * DIGEST_SIZE];
    assert_int_equal(acs3_parse(r->authorization, &auth, &e), ST_OK);
    assert_int_equal(acs3_string_to_sign(&auth, &r->rq, a, &canonical, &text, &e), ST_OK);
    (void)hmac(HMAC_SHA256, bytes_of(r->secret), (bytes){ NULL, 0 }, bytes_of(text), mac);
    hex_encode((bytes){ mac, sizeof mac }, hex);
    assert_int_equal(arena_printf(a, &r->authorization, "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=%s,Signature=%.64s",
                                  signed_headers, hex),
                     ST_OK);
}

/* A right signature over the body's hash does not excuse a header that says another one. */
static void test_content_hash_is_that_of_the_body(void **state)
{
    (void)state;
    static const str wrong[] = {
        STR_INIT("1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"),
        STR_INIT("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"),
        STR_INIT("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85"),
        STR_INIT("UNSIGNED-PAYLOAD"),
        STR_INIT(""),
    };
    request r;
    sealed s = seal(STR("secret"));
    str canonical = { 0 }, text = { 0 };
    make_request(&r, SIGNED, NULL, 0);
    sign(&r, SIGNED);
    assert_int_equal(verify(&r, &s, &canonical, &text), ST_OK);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        make_request(&r, SIGNED, NULL, 0);
        r.headers[5].value = wrong[i];
        sign(&r, SIGNED);
        assert_int_equal(verify(&r, &s, &canonical, &text), ST_DENIED);
        assert_string_equal(e.code, "SignatureDoesNotMatch");
    }
    arena_reset(a);
}

/* The body lies with a service that received it: what it says of the body counts, else what was signed. */
static void test_body_that_somebody_else_holds(void **state)
{
    (void)state;
    /* FIPS 180-4: SHA-256 of "abc" and of the empty text */
    static const str abc = STR_INIT("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    static const str empty = STR_INIT("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    static const str no_hash[] = {
        STR_INIT("UNSIGNED-PAYLOAD"),
        STR_INIT(""),
        STR_INIT("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"),
    };
    request r;
    sealed s = seal(STR("secret"));
    str canonical = { 0 }, text = { 0 };
    make_request(&r, SIGNED, NULL, 0);
    r.headers[5].value = abc;
    r.rq.body = bytes_of(STR("abc"));
    sign(&r, SIGNED);
    assert_int_equal(verify(&r, &s, &canonical, &text), ST_OK);
    r.rq.body = (bytes){ NULL, 0 };
    assert_int_equal(verify(&r, &s, &canonical, &text), ST_DENIED); /* the body was cut off */
    r.rq.body_hash = abc;
    assert_int_equal(verify(&r, &s, &canonical, &text), ST_OK);
    r.rq.body_hash = STR("");
    assert_int_equal(verify(&r, &s, &canonical, &text), ST_OK);
    r.rq.body_hash = empty;
    assert_int_equal(verify(&r, &s, &canonical, &text), ST_DENIED);
    assert_string_equal(e.code, "SignatureDoesNotMatch");
    r.rq.body_hash = STR("");
    r.headers[5].value = empty;
    assert_int_equal(verify(&r, &s, &canonical, &text), ST_DENIED); /* another one than was signed */
    for (size_t i = 0; i < sizeof no_hash / sizeof no_hash[0]; i++) {
        r.headers[5].value = no_hash[i];
        assert_int_equal(verify(&r, &s, &canonical, &text), ST_INVALID);
        assert_string_equal(e.code, "IncompleteSignature");
    }
    arena_reset(a);
}

/* --- v1 parameters ------------------------------------------------------------------------------------------------ */

static const param v1_whole[] = {
    { STR_INIT("AccessKeyId"), STR_INIT("id") },
    { STR_INIT("Action"), STR_INIT("GetUser") },
    { STR_INIT("SecurityToken"), STR_INIT("t") },
    { STR_INIT("Signature"), STR_INIT("c2ln") },
    { STR_INIT("SignatureMethod"), STR_INIT("HMAC-SHA1") },
    { STR_INIT("SignatureNonce"), STR_INIT("n") },
    { STR_INIT("SignatureVersion"), STR_INIT("1.0") },
    { STR_INIT("Timestamp"), STR_INIT("2026-01-02T03:04:05Z") },
};
enum { V1_N = sizeof v1_whole / sizeof v1_whole[0] };

static void test_v1_parameters(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value, *code; /* value NULL: left out */
    } cases[] = {
        { "AccessKeyId", NULL, "MissingAccessKeyId" },
        { "AccessKeyId", "", "MissingAccessKeyId" },
        { "Signature", NULL, "MissingSignature" },
        { "Signature", "", "MissingSignature" },
        { "SignatureMethod", NULL, "MissingSignatureMethod" },
        { "SignatureMethod", "HMAC-SHA256", "InvalidSignatureMethod" },
        { "SignatureMethod", "hmac-sha1", "InvalidSignatureMethod" },
        { "SignatureMethod", "", "MissingSignatureMethod" },
        { "SignatureNonce", NULL, "MissingSignatureNonce" },
        { "SignatureNonce", "", "MissingSignatureNonce" },
        { "SignatureVersion", NULL, "MissingSignatureVersion" },
        { "SignatureVersion", "1", "InvalidSignatureVersion" },
        { "SignatureVersion", "2.0", "InvalidSignatureVersion" },
        { "Timestamp", NULL, "MissingTimestamp" },
        { "Timestamp", "", "MissingTimestamp" },
    };
    v1_parameters p = { 0 };
    assert_int_equal(v1_parse(v1_whole, V1_N, &p, &e), ST_OK);
    assert_true(str_eq(p.access_key_id, STR("id")) && str_eq(p.signature, STR("c2ln")) && str_eq(p.nonce, STR("n")));
    assert_true(str_eq(p.timestamp, STR("2026-01-02T03:04:05Z")) && str_eq(p.security_token, STR("t")));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        param changed[V1_N];
        size_t n = 0;
        for (size_t k = 0; k < V1_N; k++) {
            bool is_it = str_eq(v1_whole[k].name, str_from_c(cases[i].name));
            if (is_it && cases[i].value == NULL)
                continue;
            changed[n++] = is_it ? (param){ v1_whole[k].name, str_from_c(cases[i].value) } : v1_whole[k];
        }
        v1_parameters q = { 0 };
        assert_int_equal(v1_parse(changed, n, &q, &e), ST_INVALID);
        assert_string_equal(e.code, cases[i].code);
        assert_null(q.access_key_id.p);
    }
}

static void test_v1_token_is_optional(void **state)
{
    (void)state;
    param without[V1_N - 1];
    memcpy(without, v1_whole, 2 * sizeof without[0]);
    memcpy(without + 2, v1_whole + 3, (V1_N - 3) * sizeof without[0]);
    v1_parameters p = { 0 };
    assert_int_equal(v1_parse(without, V1_N - 1, &p, &e), ST_OK);
    assert_null(p.security_token.p);
}

/* --- what fails underneath ---------------------------------------------------------------------------------------- */

static void test_damaged_secret_is_not_the_callers_fault(void **state)
{
    (void)state;
    json_t *root = load("signing-vectors.json");
    for (size_t i = 0; i < 17; i += 16) { /* A1 of ACS3 and R8 of v1 */
        request r;
        str canonical = { 0 }, text = { 0 };
        request_of_vector(json_array_get(json_object_get(root, "vectors"), i), &r);
        sealed s = seal(r.secret);
        s.b[s.n - 1] ^= 1;
        assert_int_equal(verify(&r, &s, &canonical, &text), ST_INVALID);
        assert_string_equal(e.code, "InternalError");
        assert_null(canonical.p);
        assert_null(text.p);
    }
    json_decref(root);
    arena_reset(a);
}

static void test_every_small_arena(void **state)
{
    (void)state;
    json_t *root = load("signing-vectors.json");
    for (size_t i = 0; i < 17; i += 16) {
        request r;
        request_of_vector(json_array_get(json_object_get(root, "vectors"), i), &r);
        sealed s = seal(r.secret);
        arena *whole = a;
        status st = ST_NO_MEMORY;
        for (size_t cap = 0; st == ST_NO_MEMORY; cap += 16) {
            str canonical = { 0 }, text = { 0 };
            a = arena_new(0, cap);
            assert_non_null(a);
            st = verify(&r, &s, &canonical, &text);
            assert_true((text.p != NULL) == (st == ST_OK));
            assert_true(cap < 65536);
            arena_free(a);
        }
        a = whole;
        assert_int_equal(st, ST_OK);
    }
    json_decref(root);
    arena_reset(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded_vectors),
        cmocka_unit_test(test_recorded_cases),
        cmocka_unit_test(test_documented_signatures),
        cmocka_unit_test(test_documented_signature_of_ims),
        cmocka_unit_test(test_authorization),
        cmocka_unit_test(test_length_limits_of_authorization),
        cmocka_unit_test(test_signed_headers),
        cmocka_unit_test(test_repeated_header_is_joined),
        cmocka_unit_test(test_content_hash_is_that_of_the_body),
        cmocka_unit_test(test_body_that_somebody_else_holds),
        cmocka_unit_test(test_v1_parameters),
        cmocka_unit_test(test_v1_token_is_optional),
        cmocka_unit_test(test_damaged_secret_is_not_the_callers_fault),
        cmocka_unit_test(test_every_small_arena),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
