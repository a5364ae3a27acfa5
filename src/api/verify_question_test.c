/* verify_question_test.c - what POST /verify is asked, in both forms: what the asking service states is refused, what its caller made
 * is judged. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "api/verify_question.h"

/* FIPS 180-4: SHA-256 of the empty text */
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

enum { HEADERS_MAX = 32 };

static arena *memory;

static int setup(void **state)
{
    (void)state;
    memory = arena_new(65536, 4 << 20);
    return memory == NULL ? -1 : 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(memory);
    return 0;
}

/* --- in headers --------------------------------------------------------------------------------------------------- */

static const http_header whole[] = {
    { STR_INIT("Host"), STR_INIT("argali.internal") },
    { STR_INIT("Connection"), STR_INIT("keep-alive") },
    { STR_INIT("X-Argali-Verifier"), STR_INIT("argali-verifier-x") },
    { STR_INIT("X-Original-Method"), STR_INIT("PUT") },
    { STR_INIT("X-Original-URI"), STR_INIT("/a%2Fb?c=d") },
    { STR_INIT("X-Original-Host"), STR_INIT("Files.example.com:8443") },
    { STR_INIT("X-Original-Scheme"), STR_INIT("https") },
    { STR_INIT("X-Original-Source-Ip"), STR_INIT("192.0.2.7") },
    { STR_INIT("x-argali-action"), STR_INIT("files:GetObject") },
    { STR_INIT("X-ARGALI-RESOURCE"), STR_INIT("acs:files::1234567890123456:a/b") },
    { STR_INIT("X-Argali-Body-Sha256"), STR_INIT(EMPTY) },
    { STR_INIT("X-Argali-Else"), STR_INIT("dropped") },
    { STR_INIT("Authorization"), STR_INIT("ACS3-HMAC-SHA256 Credential=id") },
    { STR_INIT("x-acs-action"), STR_INIT("GetObject") },
};
enum { WHOLE_N = sizeof whole / sizeof whole[0] };

static status of_headers(const http_header *headers, size_t n, verify_question *ret, err *e)
{
    const http_request rq = { .method = STR("POST"), .path = STR("/verify"), .headers = headers, .header_n = n };
    *e = (err){ 0 };
    return verify_question_of_headers(&rq, memory, ret, e);
}

static void assert_text(str got, const char *want)
{
    if (!str_eq(got, str_from_c(want)))
        fail_msg("'" STR_FMT "', wanted '%s'", STR_ARG(got), want);
}

static void headers_are_told_apart(void **state)
{
    (void)state;
    verify_question q;
    err e;
    assert_int_equal(of_headers(whole, WHOLE_N, &q, &e), ST_OK);
    assert_text(q.method, "PUT");
    assert_text(q.uri, "/a%2Fb?c=d");
    assert_text(q.host, "Files.example.com:8443");
    assert_text(q.action, "files:GetObject");
    assert_text(q.resource, "acs:files::1234567890123456:a/b");
    assert_text(q.body_hash, EMPTY);
    assert_true(q.is_secure);
    assert_int_equal(q.source.family, 4);
    assert_int_equal(q.header_n, 3); /* the request's own, and the Host that it was sent to */
    assert_text(q.headers[0].name, "Authorization");
    assert_text(q.headers[1].name, "x-acs-action");
    assert_text(q.headers[2].name, "host");
    assert_text(q.headers[2].value, "Files.example.com:8443");
    const http_request rq = { .headers = whole, .header_n = WHOLE_N };
    assert_text(verify_token(&rq), "argali-verifier-x");
}

static void the_least_that_is_asked(void **state)
{
    (void)state;
    const http_header least[] = { { STR("x-original-method"), STR("GET") },
                                  { STR("x-original-uri"), STR("/") },
                                  { STR("x-original-host"), STR("a") } };
    verify_question q;
    err e;
    assert_int_equal(of_headers(least, 3, &q, &e), ST_OK);
    assert_null(q.action.p);
    assert_non_null(q.body_hash.p);
    assert_int_equal(q.body_hash.n, 0);
    assert_int_equal(q.source.family, 0);
    assert_false(q.is_secure);
    const http_request rq = { .headers = least, .header_n = 3 };
    assert_null(verify_token(&rq).p);
}

/* One of the two could be the caller's, whom a proxy passes on. */
static void what_describes_comes_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < WHOLE_N; i++) {
        http_header headers[WHOLE_N + 1];
        memcpy(headers, whole, sizeof whole);
        headers[WHOLE_N] = whole[i];
        verify_question q;
        err e;
        const bool is_ours = i >= 2 && i <= 10;
        assert_int_equal(of_headers(headers, WHOLE_N + 1, &q, &e), is_ours ? ST_INVALID : ST_OK);
        if (is_ours)
            assert_string_equal(e.code, "InvalidParameter.Headers");
    }
}

/* What is left out (at NULL) or changed in `whole`. */
static const struct {
    const char *name, *value, *want_code;
} stated[] = {
    { "X-Original-Method", NULL, "MissingMethod" },
    { "X-Original-Method", "", "MissingMethod" },
    { "X-Original-URI", NULL, "MissingUri" },
    { "X-Original-Host", NULL, "MissingHost" },
    { "x-argali-action", NULL, "MissingAction" },
    { "X-ARGALI-RESOURCE", NULL, "MissingResource" },
    { "x-argali-action", "GetObject", "InvalidParameter.Action" },
    { "x-argali-action", ":GetObject", "InvalidParameter.Action" },
    { "x-argali-action", "files:", "InvalidParameter.Action" },
    { "x-argali-action", "files:*", "InvalidParameter.Action" },
    { "x-argali-action", "files:Get?bject", "InvalidParameter.Action" },
    { "x-argali-action", "files:${x}", "InvalidParameter.Action" },
    { "X-ARGALI-RESOURCE", "a/b", "InvalidParameter.Resource" },
    { "X-ARGALI-RESOURCE", "*", "InvalidParameter.Resource" },
    { "X-ARGALI-RESOURCE", "acs:files:1234567890123456:a", "InvalidParameter.Resource" },
    { "X-ARGALI-RESOURCE", "arn:files::1234567890123456:a", "InvalidParameter.Resource" },
    { "X-ARGALI-RESOURCE", "acs:files::1234567890123456:a\xff", "InvalidParameter.Resource" },
    { "X-ARGALI-RESOURCE", "acs:files::1234567890123456:", NULL },
    { "X-Argali-Body-Sha256", "", NULL },
    { "X-Argali-Body-Sha256", "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
      "InvalidParameter.BodySha256" },
    { "X-Argali-Body-Sha256", "e3b0", "InvalidParameter.BodySha256" },
    { "X-Argali-Body-Sha256", "UNSIGNED-PAYLOAD", "InvalidParameter.BodySha256" },
    { "X-Original-Source-Ip", "", NULL },
    { "X-Original-Source-Ip", "2001:db8::1", NULL },
    { "X-Original-Source-Ip", "192.0.2.7, 192.0.2.8", "InvalidParameter.SourceIp" },
    { "X-Original-Source-Ip", "unix:", "InvalidParameter.SourceIp" },
    { "X-Original-Scheme", "http", NULL },
    { "X-Original-Scheme", "", NULL },
    { "X-Original-Scheme", "HTTPS", "InvalidParameter.Scheme" },
    { "X-Original-Scheme", "ws", "InvalidParameter.Scheme" },
    /* of the caller's making: carried, and judged later */
    { "X-Original-Method", "get\xff", NULL },
    { "X-Original-URI", "http://a/", NULL },
    { "X-Original-Host", "no host", NULL },
};

static void what_is_stated_is_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof stated / sizeof stated[0]; i++) {
        http_header headers[WHOLE_N];
        size_t n = 0, met = 0;
        for (size_t k = 0; k < WHOLE_N; k++) {
            const bool is_it = str_eq(whole[k].name, str_from_c(stated[i].name));
            met += is_it;
            if (is_it && stated[i].value == NULL)
                continue;
            headers[n] = whole[k];
            if (is_it)
                headers[n].value = str_from_c(stated[i].value);
            n++;
        }
        assert_int_equal(met, 1);
        verify_question q;
        err e;
        status s = of_headers(headers, n, &q, &e);
        if ((s == ST_OK) != (stated[i].want_code == NULL) || (s != ST_OK && strcmp(e.code, stated[i].want_code) != 0))
            fail_msg("%s '%s': %s %s", stated[i].name, stated[i].value, status_name(s), e.code);
    }
}

static void long_questions_are_refused(void **state)
{
    (void)state;
    static char action[VERIFY_ACTION_MAX + 2], resource[VERIFY_RESOURCE_MAX + 2];
    memset(action, 'a', sizeof action);
    memset(resource, 'b', sizeof resource);
    memcpy(action, "s:", 2);
    memcpy(resource, "acs:s:r:1:", 10);
    for (size_t over = 0; over < 3; over++) {
        const http_header headers[] = {
            { STR("x-original-method"), STR("GET") },
            { STR("x-original-uri"), STR("/") },
            { STR("x-original-host"), STR("a") },
            { STR("x-argali-action"), { action, VERIFY_ACTION_MAX + (over == 1) } },
            { STR("x-argali-resource"), { resource, VERIFY_RESOURCE_MAX + (over == 2) } },
        };
        verify_question q;
        err e;
        assert_int_equal(of_headers(headers, 5, &q, &e), over == 0 ? ST_OK : ST_INVALID);
    }
}

/* --- in JSON ------------------------------------------------------------------------------------------------------ */

static status of_json(const char *text, verify_question *ret, err *e)
{
    *e = (err){ 0 };
    return verify_question_of_json(bytes_of(str_from_c(text)), memory, ret, e);
}

static void one_object_says_it_all(void **state)
{
    (void)state;
    verify_question q;
    err e;
    assert_int_equal(
        of_json("{\"Host\":\"a:1\",\"Method\":\"PUT\",\"Uri\":\"/b?c\",\"Headers\":[[\"Host\",\"a:1\"],[\"x\",\"\"]],"
                "\"BodySha256\":\"" EMPTY "\",\"Action\":\"s:A\",\"Resource\":\"acs:s::1:r\",\"SourceIp\":\"::1\","
                "\"Scheme\":\"https\"}",
                &q, &e),
        ST_OK);
    assert_text(q.host, "a:1");
    assert_text(q.method, "PUT");
    assert_text(q.uri, "/b?c");
    assert_int_equal(q.header_n, 2);
    assert_text(q.headers[0].name, "Host");
    assert_text(q.headers[1].value, "");
    assert_text(q.body_hash, EMPTY);
    assert_text(q.action, "s:A");
    assert_text(q.resource, "acs:s::1:r");
    assert_int_equal(q.source.family, 6);
    assert_true(q.is_secure);
    assert_int_equal(of_json("{\"Host\":\"a\",\"Method\":\"GET\",\"Uri\":\"/\",\"Headers\":[[\"Host\",\"a\"]]}", &q, &e),
                     ST_OK);
    assert_int_equal(q.body_hash.n, 0);
    assert_null(q.action.p);
}

#define REST    "\"Host\":\"a\",\"Method\":\"GET\",\"Uri\":\"/\""
#define HEADERS ",\"Headers\":[[\"Host\",\"a\"]]"

static const struct {
    const char *text, *want_code;
} json[] = {
    { "", "InvalidRequest" },
    { "x", "InvalidRequest" },
    { "[]", "InvalidRequest" },
    { "null", "InvalidRequest" },
    { "{" REST HEADERS, "InvalidRequest" },
    { "{" REST HEADERS "} {}", "InvalidRequest" },
    { "{" REST HEADERS ",\"Host\":\"b\"}", "InvalidRequest" },
    { "{" REST HEADERS ",\"Resources\":\"acs:s::1:r\"}", "InvalidRequest" },
    { "{" REST HEADERS ",\"action\":\"s:A\"}", "InvalidRequest" },
    { "{" REST HEADERS ",\"SourceIp\":\"\\u0000\"}", "InvalidRequest" },
    { "{" REST "}", "MissingHeaders" },
    { "{" REST ",\"Headers\":[]}", "InvalidParameter.Headers" },
    { "{" REST ",\"Headers\":{}}", "InvalidParameter.Headers" },
    { "{" REST ",\"Headers\":{\"Host\":\"a\"}}", "InvalidParameter.Headers" },
    { "{" REST ",\"Headers\":[\"Host\",\"a\"]}", "InvalidParameter.Headers" },
    { "{" REST ",\"Headers\":[[\"Host\"]]}", "InvalidParameter.Headers" },
    { "{" REST ",\"Headers\":[[\"Host\",\"a\",\"b\"]]}", "InvalidParameter.Headers" },
    { "{" REST ",\"Headers\":[[\"Host\",1]]}", "InvalidParameter.Headers" },
    { "{" REST ",\"Headers\":[[null,\"a\"]]}", "InvalidParameter.Headers" },
    { "{\"Host\":\"a\",\"Method\":1,\"Uri\":\"/\"" HEADERS "}", "InvalidParameter.Method" },
    { "{\"Host\":\"a\",\"Method\":\"GET\",\"Uri\":[]" HEADERS "}", "InvalidParameter.Uri" },
    { "{\"Host\":null,\"Method\":\"GET\",\"Uri\":\"/\"" HEADERS "}", "InvalidParameter.Host" },
    { "{\"Method\":\"GET\",\"Uri\":\"/\"" HEADERS "}", "MissingHost" },
    { "{\"Host\":\"\",\"Method\":\"GET\",\"Uri\":\"/\"" HEADERS "}", "MissingHost" },
    { "{" REST HEADERS ",\"Action\":\"s:A\"}", "MissingResource" },
    { "{" REST HEADERS ",\"Action\":true,\"Resource\":\"acs:s::1:r\"}", "InvalidParameter.Action" },
};

static void anything_else_is_no_question(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof json / sizeof json[0]; i++) {
        verify_question q;
        err e;
        status s = of_json(json[i].text, &q, &e);
        if (s != ST_INVALID || strcmp(e.code, json[i].want_code) != 0)
            fail_msg("%s: %s %s", json[i].text, status_name(s), e.code);
    }
}

/* --- the request that is described -------------------------------------------------------------------------------- */

static verify_question question(const http_header *headers, size_t n)
{
    return (verify_question){ .method = STR("GET"),
                              .uri = STR("/a%20b?y=2&x=%C3%A4+b"),
                              .host = STR("a"),
                              .headers = headers,
                              .header_n = n,
                              .body_hash = STR("") };
}

static const http_header signed_headers[] = {
    { STR_INIT("HOST"), STR_INIT(" a ") },
    { STR_INIT("authorization"), STR_INIT("ACS3-HMAC-SHA256 Credential=id") },
};

static void a_request_is_parsed_once(void **state)
{
    (void)state;
    verify_question q = question(signed_headers, 2);
    api_request r = { 0 };
    err e = { 0 };
    assert_int_equal(verify_request_parse(&q, memory, &r, &e), ST_OK);
    assert_int_equal(r.scheme, SCHEME_ACS3);
    assert_text(r.authorization, "ACS3-HMAC-SHA256 Credential=id");
    assert_text(r.host, "a");
    assert_text(r.covered.path, "/a%20b");
    assert_int_equal(r.covered.query_n, 2);
    assert_text(r.covered.query[0].name, "x");
    assert_text(r.covered.query[0].value, "\xc3\xa4 b");
    assert_text(r.covered.query[1].value, "2");
    assert_int_equal(r.covered.header_n, 2);
    assert_non_null(r.covered.body_hash.p);
}

static const struct {
    const char *method, *uri, *want_code;
} requests[] = {
    { "GET", "/", NULL },
    { "M-SEARCH", "/", NULL },
    { "GET", "/?", NULL },
    { "GET", "/a?Format=yaml&Action=x", NULL }, /* names that mean something to us alone */
    { "GET", "//a/../b;c=d", NULL },
    { "get", "/", "InvalidRequest" },
    { "GET\n", "/", "InvalidRequest" },
    { "GET /", "/", "InvalidRequest" },
    { "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "/", "InvalidRequest" },
    { "GET", "a", "InvalidRequest" },
    { "GET", "http://a/", "InvalidRequest" },
    { "OPTIONS", "*", "InvalidRequest" },
    { "GET", "/a b", "InvalidRequest" },
    { "GET", "/a\nb", "InvalidRequest" },
    { "GET", "/a#b", "InvalidRequest" },
    { "GET", "/\xc3\xa4", "InvalidRequest" },
    { "GET", "/?a=1&a=2", "InvalidParameter.a" },
    { "GET", "/?a=%4", "InvalidParameter.a" },
    { "GET", "/?a=%00", "InvalidParameter.a.InvalidChars" },
};

static void requests_have_their_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        verify_question q = question(signed_headers, 2);
        q.method = str_from_c(requests[i].method);
        q.uri = str_from_c(requests[i].uri);
        api_request r = { 0 };
        err e = { 0 };
        status s = verify_request_parse(&q, memory, &r, &e);
        if ((s == ST_OK) != (requests[i].want_code == NULL) || (s != ST_OK && strcmp(e.code, requests[i].want_code) != 0))
            fail_msg("%s %s: %s %s", requests[i].method, requests[i].uri, status_name(s), e.code);
    }
}

static const struct {
    const char *what;
    http_header one;
    const char *uri, *want_code;
    scheme want;
} schemes[] = {
    { "unsigned", { STR_INIT("x"), STR_INIT("y") }, "/", NULL, SCHEME_ANONYMOUS },
    { "signed otherwise", { STR_INIT("Authorization"), STR_INIT("Basic eA==") }, "/", NULL, SCHEME_ANONYMOUS },
    { "signed", { STR_INIT("Authorization"), STR_INIT("ACS3-HMAC-SM3 x") }, "/", NULL, SCHEME_ACS3 },
    { "a parameter of the service's own",
      { STR_INIT("Authorization"), STR_INIT("ACS3-HMAC-SM3 x") },
      "/?Signature=x",
      NULL,
      SCHEME_ACS3 },
    { "RPC v1", { STR_INIT("x"), STR_INIT("y") }, "/?Signature=x", "InvalidSignatureMethod", SCHEME_ANONYMOUS },
    { "ROA v1", { STR_INIT("authorization"), STR_INIT("acs id:c2ln") }, "/", "InvalidSignatureMethod", SCHEME_ANONYMOUS },
    { "a bearer", { STR_INIT("x-acs-bearer-token"), STR_INIT("t") }, "/", "InvalidSignatureMethod", SCHEME_ANONYMOUS },
    { "a value with a line feed", { STR_INIT("x"), STR_INIT("a\nb:c") }, "/", "InvalidRequest", SCHEME_ANONYMOUS },
    { "a name with a colon", { STR_INIT("a:b"), STR_INIT("c") }, "/", "InvalidRequest", SCHEME_ANONYMOUS },
    { "no name", { STR_INIT(""), STR_INIT("c") }, "/", "InvalidRequest", SCHEME_ANONYMOUS },
};

static void only_acs3_is_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        const http_header headers[] = { { STR("host"), STR("a") }, schemes[i].one };
        verify_question q = question(headers, 2);
        q.uri = str_from_c(schemes[i].uri);
        api_request r = { 0 };
        err e = { 0 };
        status s = verify_request_parse(&q, memory, &r, &e);
        if ((s == ST_OK) != (schemes[i].want_code == NULL) || r.scheme != schemes[i].want ||
            (s != ST_OK && strcmp(e.code, schemes[i].want_code) != 0))
            fail_msg("%s: %s %s %d", schemes[i].what, status_name(s), e.code, r.scheme);
    }
    const http_header twice[] = { signed_headers[0], signed_headers[1], signed_headers[1] };
    verify_question q = question(twice, 3);
    api_request r = { 0 };
    err e = { 0 };
    assert_int_equal(verify_request_parse(&q, memory, &r, &e), ST_INVALID);
    assert_string_equal(e.code, "IncompleteSignature");
}

static void headers_are_not_endless(void **state)
{
    (void)state;
    static http_header many[VERIFY_HEADERS_MAX + 1];
    for (size_t i = 0; i < VERIFY_HEADERS_MAX + 1; i++)
        many[i] = (http_header){ STR("x"), STR("y") };
    verify_question q = question(many, VERIFY_HEADERS_MAX);
    api_request r = { 0 };
    err e = { 0 };
    assert_int_equal(verify_request_parse(&q, memory, &r, &e), ST_OK);
    q.header_n++;
    assert_int_equal(verify_request_parse(&q, memory, &r, &e), ST_INVALID);
}

/* Memory that ends at any point is a refusal, never half a question. */
static void memory_ends_anywhere(void **state)
{
    (void)state;
    const char *text = "{" REST HEADERS ",\"Action\":\"s:A\",\"Resource\":\"acs:s::1:r\"}";
    const http_request rq = { .headers = whole, .header_n = WHOLE_N };
    status of_json_s = ST_NO_MEMORY, of_headers_s = ST_NO_MEMORY;
    for (size_t cap = 0; cap < 16384 && (of_json_s != ST_OK || of_headers_s != ST_OK); cap += 16) {
        arena *a = arena_new(cap, cap);
        assert_non_null(a);
        verify_question q = { 0 };
        api_request r = { 0 };
        err e = { 0 };
        of_json_s = verify_question_of_json(bytes_of(str_from_c(text)), a, &q, &e);
        if (of_json_s == ST_OK)
            of_json_s = verify_request_parse(&q, a, &r, &e);
        arena_reset(a);
        of_headers_s = verify_question_of_headers(&rq, a, &q, &e);
        if (of_headers_s == ST_OK)
            of_headers_s = verify_request_parse(&q, a, &r, &e);
        arena_free(a);
        assert_true(of_json_s == ST_OK || of_json_s == ST_NO_MEMORY);
        assert_true(of_headers_s == ST_OK || of_headers_s == ST_NO_MEMORY);
    }
    assert_int_equal(of_json_s, ST_OK);
    assert_int_equal(of_headers_s, ST_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_told_apart),       cmocka_unit_test(the_least_that_is_asked),
        cmocka_unit_test(what_describes_comes_once),    cmocka_unit_test(what_is_stated_is_checked),
        cmocka_unit_test(long_questions_are_refused),   cmocka_unit_test(one_object_says_it_all),
        cmocka_unit_test(anything_else_is_no_question), cmocka_unit_test(a_request_is_parsed_once),
        cmocka_unit_test(requests_have_their_form),     cmocka_unit_test(only_acs3_is_judged),
        cmocka_unit_test(headers_are_not_endless),      cmocka_unit_test(memory_ends_anywhere),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
