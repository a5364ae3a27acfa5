#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "api/request.h"

enum { HEADERS_MAX = 64 };

static arena *memory;

static int arena_setup(void **state)
{
    (void)state;
    memory = arena_new(65536, 4 << 20);
    return memory == NULL ? -1 : 0;
}

static int arena_teardown(void **state)
{
    (void)state;
    arena_free(memory);
    return 0;
}

static http_request request_of(const char *query, const char *body, const http_header *headers, size_t n)
{
    return (http_request){ .method = STR("POST"),
                           .target = STR("/"),
                           .path = STR("/"),
                           .query = str_from_c(query),
                           .headers = headers,
                           .header_n = n,
                           .body = bytes_of(str_from_c(body)) };
}

static const http_header form[] = { { STR_INIT("Host"), STR_INIT("h") },
                                    { STR_INIT("content-type"),
                                      STR_INIT("application/x-www-form-urlencoded; charset=utf-8") } };

static const struct {
    const char *what, *query, *body, *want_code; /* NULL: accepted */
} cases[] = {
    { "nothing", NULL, "", NULL },
    { "query", "Action=GetUser&Version=2015-05-01", "", NULL },
    { "form", NULL, "Action=GetUser&UserName=a+b%2Bc", NULL },
    { "both", "Action=GetUser", "UserName=x", NULL },
    { "empty pieces between ampersands", "&&a=1&&b=2&", "", NULL },
    { "name without a value", "a&b=", "", NULL },
    { "value with an equals sign", "a=b=c", "", NULL },
    { "twice in the query", "UserName=1&UserName=2", "", "InvalidParameter.UserName" },
    { "twice in the form", NULL, "UserName=1&UserName=1", "InvalidParameter.UserName" },
    { "once in each", "UserName=1", "UserName=1", "InvalidParameter.UserName" },
    { "the same name, encoded once", "UserName=1&User%4eame=2", "", "InvalidParameter.UserName" },
    { "the same odd name twice", "%22=1&%22=2", "", "InvalidParameter" },
    { "names differ in case", "UserName=1&userName=2", "", NULL },
    { "half an escape", "UserName=%4", "", "InvalidParameter.UserName" },
    { "an escape that is none", "UserName=%zz", "", "InvalidParameter.UserName" },
    { "an escape in the name that is none", "%zz=1", "", "InvalidParameter" },
    { "an embedded NUL", "UserName=a%00b", "", "InvalidParameter.UserName.InvalidChars" },
    { "a NUL in a name", "User%00Name=a", "", "InvalidParameter" },
    { "a lone continuation byte", "UserName=%80", "", "InvalidParameter.UserName.InvalidChars" },
    { "an overlong form", "UserName=%c0%af", "", "InvalidParameter.UserName.InvalidChars" },
    { "a surrogate", "UserName=%ed%a0%80", "", "InvalidParameter.UserName.InvalidChars" },
    { "no name", "=1", "", "InvalidParameter" },
    { "another format", "Format=yaml", "", "InvalidParameter.Format" },
    { "another format in the form", NULL, "Format=yaml", "InvalidParameter.Format" },
    { "a format in lower case", "Format=xml", "", NULL },
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        http_request rq = request_of(cases[i].query, cases[i].body, form, 2);
        api_request r;
        err e = { 0 };
        arena_reset(memory);
        status s = api_request_parse(&rq, memory, &r, &e);
        if ((s == ST_OK) != (cases[i].want_code == NULL))
            fail_msg("%s: %s %s", cases[i].what, status_name(s), e.code);
        if (cases[i].want_code != NULL)
            assert_string_equal(e.code, cases[i].want_code);
    }
}

static void assert_param(const api_request *r, const char *name, const char *value)
{
    str got = api_request_param(r, str_from_c(name));
    assert_true(str_eq(got, str_from_c(value)));
}

static void test_values_are_decoded(void **state)
{
    (void)state;
    http_request rq = request_of("b=%E4%B8%AD&a=x+y%2B%2b", "c=%26%3D&Format=XML", form, 2);
    api_request r;
    err e = { 0 };
    assert_int_equal(api_request_parse(&rq, memory, &r, &e), ST_OK);
    assert_param(&r, "a", "x y++");
    assert_param(&r, "b", "\xe4\xb8\xad");
    assert_param(&r, "c", "&=");
    assert_null(api_request_param(&r, STR("d")).p);
    assert_int_equal(r.format, REPLY_XML);
    assert_int_equal(r.covered.query_n, 2);
    assert_int_equal(r.covered.all_n, 4);
}

static void test_only_a_form_is_parsed(void **state)
{
    (void)state;
    static const http_header json[] = { { STR_INIT("Content-Type"), STR_INIT("application/json") } };
    http_request rq = request_of("a=1", "UserName=x&UserName=y", json, 1);
    api_request r;
    err e = { 0 };
    assert_int_equal(api_request_parse(&rq, memory, &r, &e), ST_OK);
    assert_int_equal(r.covered.all_n, 1);
}

static void test_too_many_parameters(void **state)
{
    (void)state;
    char text[8 * (PARAMS_MAX + 2)];
    size_t n = 0;
    for (int i = 0; i < PARAMS_MAX; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "p%d=&", i);
    const param *p;
    size_t got;
    err e = { 0 };
    assert_int_equal(api_params_parse((str){ text, n }, memory, &p, &got, &e), ST_OK);
    assert_int_equal(got, PARAMS_MAX);
    n += (size_t)snprintf(text + n, sizeof text - n, "q=");
    assert_int_equal(api_params_parse((str){ text, n }, memory, &p, &got, &e), ST_INVALID);
}

/* Memory that ends at any point is a refusal, never a half-parsed request. */
static void test_memory_ends_anywhere(void **state)
{
    (void)state;
    http_request rq = request_of("b=%E4%B8%AD&a=x+y%2B%2b&d=1", "c=%26%3D&Format=XML", form, 2);
    status s = ST_NO_MEMORY;
    size_t cap = 0;
    for (; s == ST_NO_MEMORY && cap < 65536; cap++) {
        arena *a = arena_new(cap, cap);
        assert_non_null(a);
        api_request r = { 0 };
        err e = { 0 };
        s = api_request_parse(&rq, a, &r, &e);
        assert_true(s == ST_OK || (s == ST_NO_MEMORY && r.covered.all == NULL));
        arena_free(a);
    }
    assert_int_equal(s, ST_OK);
    assert_true(cap > 100);
}

static const struct {
    const char *what, *authorization, *bearer, *query, *want_code;
    scheme want;
} schemes[] = {
    { "nothing", NULL, NULL, "Action=A", NULL, SCHEME_ANONYMOUS },
    { "ACS3", "ACS3-HMAC-SHA256 Credential=x", NULL, NULL, NULL, SCHEME_ACS3 },
    { "v1", NULL, NULL, "Signature=x", NULL, SCHEME_V1 },
    { "an empty v1 signature is one", NULL, NULL, "Signature=", NULL, SCHEME_V1 },
    { "another scheme is none", "Basic eA==", NULL, "Action=A", NULL, SCHEME_ANONYMOUS },
    { "both", "ACS3-HMAC-SHA256 Credential=x", NULL, "Signature=x", "InvalidParameter.Signature", SCHEME_ANONYMOUS },
    { "a bearer token", NULL, "t", "SignatureType=BEARERTOKEN", "InvalidSignatureMethod", SCHEME_ANONYMOUS },
};

static void test_schemes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        http_header h[3] = { { STR("host"), STR("h") } };
        size_t n = 1;
        if (schemes[i].authorization != NULL)
            h[n++] = (http_header){ STR("AUTHORIZATION"), str_from_c(schemes[i].authorization) };
        if (schemes[i].bearer != NULL)
            h[n++] = (http_header){ STR("x-acs-bearer-token"), str_from_c(schemes[i].bearer) };
        http_request rq = request_of(schemes[i].query, "", h, n);
        api_request r = { 0 };
        err e = { 0 };
        status s = api_request_parse(&rq, memory, &r, &e);
        assert_int_equal(s == ST_OK, schemes[i].want_code == NULL);
        if (s == ST_OK)
            assert_int_equal(r.scheme, schemes[i].want);
        else
            assert_string_equal(e.code, schemes[i].want_code);
    }
}

static void test_action_comes_from_what_is_signed(void **state)
{
    (void)state;
    http_header h[] = { { STR("x-acs-action"), STR("FromHeader") },
                        { STR("x-acs-version"), STR("1") },
                        { STR("authorization"), STR("ACS3-X y") } };
    http_request acs3 = request_of("Action=FromQuery", "", h, 3), v1 = request_of("Action=FromQuery&Signature=x", "", h, 2);
    api_request r;
    err e = { 0 };
    assert_int_equal(api_request_parse(&acs3, memory, &r, &e), ST_OK);
    assert_true(str_eq(r.action, STR("FromHeader")));
    assert_int_equal(api_request_parse(&v1, memory, &r, &e), ST_OK);
    assert_true(str_eq(r.action, STR("FromQuery")));
    assert_null(r.version.p);
}

/* Two Authorization headers: a proxy may have judged the one that is not acted on. Whatever their schemes, order and case. */
static void test_authorization_comes_once(void **state)
{
    (void)state;
    static const char *const pairs[][2] = { { "ACS3-HMAC-SHA256 Credential=x", "ACS3-HMAC-SHA256 Credential=x" },
                                            { "ACS3-HMAC-SHA256 Credential=x", "Basic eA==" },
                                            { "Basic eA==", "ACS3-HMAC-SHA256 Credential=x" },
                                            { "", "ACS3-HMAC-SHA256 Credential=x" } };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        http_header h[] = { { STR("authorization"), str_from_c(pairs[i][0]) },
                            { STR("host"), STR("h") },
                            { STR("Authorization"), str_from_c(pairs[i][1]) } };
        http_request rq = request_of("Signature=x", "", h, 3);
        api_request r;
        err e = { 0 };
        assert_int_equal(api_request_parse(&rq, memory, &r, &e), ST_INVALID);
        assert_string_equal(e.code, "IncompleteSignature");
    }
}

/* --- recorded requests of official clients: the parse leads to the recorded strings ------------------------------- */

static str text_of(const json_t *object, const char *name)
{
    const json_t *v = json_object_get(object, name);
    return json_is_string(v) ? (str){ json_string_value(v), json_string_length(v) } : (str){ NULL, 0 };
}

static void check_vector(const json_t *v)
{
    http_header headers[HEADERS_MAX];
    size_t n = 0, i;
    const json_t *pair, *list = json_object_get(v, "headers");
    json_array_foreach ((json_t *)(uintptr_t)list, i, pair) {
        assert_true(n < HEADERS_MAX);
        headers[n++] = (http_header){ str_from_c(json_string_value(json_array_get(pair, 0))),
                                      str_from_c(json_string_value(json_array_get(pair, 1))) };
    }
    str target = text_of(v, "target"), path = target, query = { NULL, 0 };
    (void)str_split(target, '?', &path, &query);
    http_request rq = { .method = text_of(v, "method"),
                        .target = target,
                        .path = path,
                        .query = query,
                        .headers = headers,
                        .header_n = n,
                        .body = bytes_of(text_of(v, "body")) };
    api_request r;
    err e = { 0 };
    assert_int_equal(api_request_parse(&rq, memory, &r, &e), ST_OK);
    str canonical, string_to_sign;
    if (str_eq(text_of(v, "scheme"), STR("acs3"))) {
        acs3_authorization auth;
        assert_int_equal(r.scheme, SCHEME_ACS3);
        assert_int_equal(acs3_parse(r.authorization, &auth, &e), ST_OK);
        assert_int_equal(acs3_string_to_sign(&auth, &r.covered, memory, &canonical, &string_to_sign, &e), ST_OK);
        assert_true(str_eq(canonical, text_of(v, "canonical")));
    } else {
        assert_int_equal(r.scheme, SCHEME_V1);
        assert_int_equal(v1_string_to_sign(&r.covered, memory, &string_to_sign, &e), ST_OK);
    }
    if (!str_eq(string_to_sign, text_of(v, "stringToSign")))
        fail_msg("%s", json_string_value(json_object_get(v, "id")));
}

static void test_recorded_requests(void **state)
{
    (void)state;
    json_error_t why;
    json_t *file = json_load_file(ARGALI_SOURCE_ROOT "/tests/vectors/signing-vectors.json", JSON_REJECT_DUPLICATES, &why), *v;
    assert_non_null(file);
    size_t i, n = 0;
    json_array_foreach (json_is_array(file) ? file : json_object_get(file, "vectors"), i, v) {
        arena_reset(memory);
        check_vector(v);
        n++;
    }
    assert_int_equal(n, 17);
    json_decref(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_cases, arena_setup, arena_teardown),
        cmocka_unit_test_setup_teardown(test_values_are_decoded, arena_setup, arena_teardown),
        cmocka_unit_test_setup_teardown(test_only_a_form_is_parsed, arena_setup, arena_teardown),
        cmocka_unit_test_setup_teardown(test_too_many_parameters, arena_setup, arena_teardown),
        cmocka_unit_test_setup_teardown(test_memory_ends_anywhere, arena_setup, arena_teardown),
        cmocka_unit_test_setup_teardown(test_schemes, arena_setup, arena_teardown),
        cmocka_unit_test_setup_teardown(test_action_comes_from_what_is_signed, arena_setup, arena_teardown),
        cmocka_unit_test_setup_teardown(test_authorization_comes_once, arena_setup, arena_teardown),
        cmocka_unit_test_setup_teardown(test_recorded_requests, arena_setup, arena_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
