#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <jansson.h>

#include "catalogue/error_reply.h"

static const error_detail details[] = {
    { STR_INIT("AuthAction"), STR_INIT("ram:CreateUser") },
    { STR_INIT("AuthPrincipalDisplayName"), STR_INIT("a\"<b>") },
};

static const struct {
    const char *what;
    error_body body;
    const char *json, *xml;
} cases[] = {
    { "message of the catalogue",
      { .request_id = STR_INIT("A-1"), .host_id = STR_INIT("127.0.0.1:8080"), .code = STR_INIT("EntityNotExist.User") },
      "{\"RequestId\":\"A-1\",\"HostId\":\"127.0.0.1:8080\",\"Code\":\"EntityNotExist.User\","
      "\"Message\":\"The user does not exist.\"}",
      "<Error><RequestId>A-1</RequestId><HostId>127.0.0.1:8080</HostId><Code>EntityNotExist.User</Code>"
      "<Message>The user does not exist.</Message></Error>" },
    { "message of its own, details",
      { .request_id = STR_INIT("A-1"),
        .host_id = STR_INIT("h"),
        .code = STR_INIT("NoPermission"),
        .message = STR_INIT("a\"b\n<c>"),
        .details = details,
        .detail_n = 2 },
      "{\"RequestId\":\"A-1\",\"HostId\":\"h\",\"Code\":\"NoPermission\",\"Message\":\"a\\\"b\\n<c>\","
      "\"AccessDeniedDetail\":{\"AuthAction\":\"ram:CreateUser\",\"AuthPrincipalDisplayName\":\"a\\\"<b>\"}}",
      "<Error><RequestId>A-1</RequestId><HostId>h</HostId><Code>NoPermission</Code><Message>a&quot;b\n&lt;c&gt;</Message>"
      "<AccessDeniedDetail><AuthAction>ram:CreateUser</AuthAction>"
      "<AuthPrincipalDisplayName>a&quot;&lt;b&gt;</AuthPrincipalDisplayName></AccessDeniedDetail></Error>" },
    { "the host is the client's word",
      { .request_id = STR_INIT("A-1"),
        .host_id = STR_INIT("\xff\"\x01</HostId>"),
        .code = STR_INIT("InternalError"),
        .message = STR_INIT("m") },
      "{\"RequestId\":\"A-1\",\"HostId\":\"\xef\xbf\xbd\\\"\\u0001</HostId>\",\"Code\":\"InternalError\",\"Message\":\"m\"}",
      "<Error><RequestId>A-1</RequestId><HostId>\xef\xbf\xbd&quot;\xef\xbf\xbd&lt;/HostId&gt;</HostId>"
      "<Code>InternalError</Code>"
      "<Message>m</Message></Error>" },
    { "never without a code",
      { .request_id = STR_INIT("A-1"), .host_id = STR_INIT("h") },
      "{\"RequestId\":\"A-1\",\"HostId\":\"h\",\"Code\":\"InternalError\","
      "\"Message\":\"The request processing has failed due to some unknown error.\"}",
      "<Error><RequestId>A-1</RequestId><HostId>h</HostId><Code>InternalError</Code>"
      "<Message>The request processing has failed due to some unknown error.</Message></Error>" },
};

static void bodies(void **state)
{
    (void)state;
    static const str prolog = STR_INIT("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    buf b;
    buf_init(&b, 4096);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buf_clear(&b);
        error_reply_write(&cases[i].body, REPLY_JSON, &b);
        assert_true(buf_ok(&b));
        if (!str_eq(buf_str(&b), str_from_c(cases[i].json)))
            fail_msg("%s: " STR_FMT, cases[i].what, STR_ARG(buf_str(&b)));
        json_t *root = json_loadb((const char *)b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
        assert_true(json_is_object(root));
        json_decref(root);
        buf_clear(&b);
        error_reply_write(&cases[i].body, REPLY_XML, &b);
        assert_true(str_starts(buf_str(&b), prolog));
        if (!str_eq(str_slice(buf_str(&b), prolog.n, b.n), str_from_c(cases[i].xml)))
            fail_msg("%s: " STR_FMT, cases[i].what, STR_ARG(buf_str(&b)));
    }
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(bodies) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
