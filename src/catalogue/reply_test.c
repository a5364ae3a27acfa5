#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <jansson.h>
#include <string.h>

#include "catalogue/catalogue.gen.h"
#include "catalogue/reply.h"

#define ID  "4B450CA1-36E8-4AA2-8461-86B42BF4CC4E"
#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

static void begin(reply *r, unsigned action, reply_format format)
{
    reply_begin(r, catalogue_get(action), format, STR(ID));
}

static void assert_body(reply *r, const char *want)
{
    assert_int_equal(reply_end(r), ST_OK);
    str body = buf_str(&r->out);
    if (!str_eq(body, str_from_c(want)))
        fail_msg("got    " STR_FMT "\nwanted %s", STR_ARG(body), want);
    if (r->format == REPLY_JSON) {
        json_t *parsed = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES, NULL);
        assert_true(json_is_object(parsed));
        json_decref(parsed);
    }
}

static void request_id_alone(void **state)
{
    (void)state;
    reply r = { 0 };
    begin(&r, RAM_DELETE_USER, REPLY_JSON);
    assert_body(&r, "{\"RequestId\":\"" ID "\"}");
    begin(&r, RAM_DELETE_USER, REPLY_XML);
    assert_body(&r, XML "<DeleteUserResponse><RequestId>" ID "</RequestId></DeleteUserResponse>");
    reply_done(&r);
}

/* One function writes a user for every action of both faces. */
static void write_user(reply *r)
{
    reply_str(r, "UserId", STR("122748924538****"));
    reply_str(r, "UserName", STR("alice"));
    reply_str(r, "UserPrincipalName", STR("alice@example.onaliyun.com"));
    reply_str(r, "DisplayName", STR("A \"<&>\" B"));
    reply_str(r, "Comments", STR(""));
    reply_str(r, "Email", (str){ NULL, 0 });
    reply_time(r, "CreateDate", 1421994613);
    reply_time(r, "LastLoginDate", 0);
    reply_str(r, "NoSuchField", STR("x"));
}

static void fields_of_the_shape_alone(void **state)
{
    (void)state;
    reply r = { 0 };
    begin(&r, RAM_CREATE_USER, REPLY_JSON);
    reply_open(&r, "User");
    write_user(&r);
    reply_close(&r);
    assert_body(&r, "{\"RequestId\":\"" ID "\",\"User\":{\"UserId\":\"122748924538****\",\"UserName\":\"alice\","
                    "\"DisplayName\":\"A \\\"<&>\\\" B\",\"Comments\":\"\",\"CreateDate\":\"2015-01-23T06:30:13Z\"}}");

    begin(&r, IMS_CREATE_USER, REPLY_JSON); /* no UserName there, but tags, which nobody wrote */
    reply_open(&r, "User");
    write_user(&r);
    reply_close(&r);
    assert_body(&r,
                "{\"RequestId\":\"" ID "\",\"User\":{\"UserId\":\"122748924538****\","
                "\"UserPrincipalName\":\"alice@example.onaliyun.com\",\"DisplayName\":\"A \\\"<&>\\\" B\",\"Comments\":\"\","
                "\"CreateDate\":\"2015-01-23T06:30:13Z\",\"Tags\":{\"Tag\":[]}}}");

    begin(&r, RAM_CREATE_USER, REPLY_XML);
    reply_open(&r, "User");
    write_user(&r);
    reply_close(&r);
    assert_body(&r,
                XML "<CreateUserResponse><RequestId>" ID "</RequestId><User><UserId>122748924538****</UserId>"
                    "<UserName>alice</UserName><DisplayName>A &quot;&lt;&amp;&gt;&quot; B</DisplayName><Comments></Comments>"
                    "<CreateDate>2015-01-23T06:30:13Z</CreateDate></User></CreateUserResponse>");
    reply_done(&r);
}

static void write_keys(reply *r, unsigned n)
{
    reply_open_list(r, "AccessKeys", "AccessKey");
    for (unsigned i = 0; i < n; i++) {
        reply_open_item(r);
        reply_i64(r, "AccessKeyId", i);
        reply_close(r);
    }
    reply_close_list(r);
}

static void wrapped_lists(void **state)
{
    (void)state;
    reply r = { 0 };
    begin(&r, RAM_LIST_ACCESS_KEYS, REPLY_JSON);
    write_keys(&r, 2);
    assert_body(&r,
                "{\"RequestId\":\"" ID "\",\"AccessKeys\":{\"AccessKey\":[{\"AccessKeyId\":\"0\"},{\"AccessKeyId\":\"1\"}]}}");
    begin(&r, RAM_LIST_ACCESS_KEYS, REPLY_JSON);
    write_keys(&r, 0);
    assert_body(&r, "{\"RequestId\":\"" ID "\",\"AccessKeys\":{\"AccessKey\":[]}}");
    begin(&r, RAM_LIST_ACCESS_KEYS, REPLY_JSON);
    assert_body(&r, "{\"RequestId\":\"" ID "\",\"AccessKeys\":{\"AccessKey\":[]}}");
    begin(&r, RAM_LIST_ENTITIES_FOR_POLICY, REPLY_JSON);
    assert_body(&r, "{\"RequestId\":\"" ID "\",\"Groups\":{\"Group\":[]},\"Roles\":{\"Role\":[]},\"Users\":{\"User\":[]}}");

    begin(&r, RAM_LIST_ACCESS_KEYS, REPLY_XML);
    write_keys(&r, 2);
    assert_body(&r,
                XML "<ListAccessKeysResponse><RequestId>" ID "</RequestId><AccessKeys><AccessKey><AccessKeyId>0</AccessKeyId>"
                    "</AccessKey><AccessKey><AccessKeyId>1</AccessKeyId></AccessKey></AccessKeys></ListAccessKeysResponse>");
    begin(&r, RAM_LIST_ACCESS_KEYS, REPLY_XML);
    assert_body(&r,
                XML "<ListAccessKeysResponse><RequestId>" ID "</RequestId><AccessKeys></AccessKeys></ListAccessKeysResponse>");
    reply_done(&r);
}

static void bare_lists(void **state)
{
    (void)state;
    reply r = { 0 };
    for (int n = 0; n < 3; n++) {
        begin(&r, IMS_LIST_PASSKEYS, REPLY_JSON);
        if (n > 0)
            reply_open_list(&r, NULL, "Passkeys");
        if (n > 1) {
            reply_open_item(&r);
            reply_time(&r, "CreateDate", 1700000000);
            reply_close(&r);
        }
        if (n > 0)
            reply_close_list(&r);
        assert_body(&r, n > 1 ? "{\"RequestId\":\"" ID "\",\"Passkeys\":[{\"CreateDate\":\"1700000000\"}]}"
                              : "{\"RequestId\":\"" ID "\",\"Passkeys\":[]}");
    }
    begin(&r, IMS_LIST_PASSKEYS, REPLY_XML);
    reply_open_list(&r, NULL, "Passkeys");
    for (int i = 0; i < 2; i++) {
        reply_open_item(&r);
        reply_str(&r, "PasskeyId", STR("p"));
        reply_close(&r);
    }
    reply_close_list(&r);
    assert_body(&r, XML "<ListPasskeysResponse><RequestId>" ID "</RequestId><Passkeys><PasskeyId>p</PasskeyId></Passkeys>"
                        "<Passkeys><PasskeyId>p</PasskeyId></Passkeys></ListPasskeysResponse>");

    begin(&r, IMS_GET_SECURITY_PREFERENCE, REPLY_JSON);
    reply_open(&r, "SecurityPreference");
    reply_open_list(&r, "VerificationPreference", "VerificationTypes");
    reply_item_str(&r, STR("sms"));
    reply_item_str(&r, STR("email"));
    reply_close_list(&r);
    reply_close(&r);
    assert_body(&r, "{\"RequestId\":\"" ID
                    "\",\"SecurityPreference\":{\"VerificationPreference\":{\"VerificationTypes\":[\"sms\",\"email\"]}}}");
    reply_done(&r);
}

/* Numbers and bools are what the shape says, a number or a text; some times are counts. */
static void types_of_the_shape(void **state)
{
    (void)state;
    reply r = { 0 };
    begin(&r, IMS_GET_CREDENTIAL_REPORT, REPLY_JSON);
    reply_bool(&r, "IsTruncated", true);
    assert_body(&r, "{\"RequestId\":\"" ID "\",\"IsTruncated\":\"true\"}");
    begin(&r, RAM_LIST_USERS, REPLY_JSON);
    reply_bool(&r, "IsTruncated", false);
    assert_body(&r, "{\"RequestId\":\"" ID "\",\"IsTruncated\":false,\"Users\":{\"User\":[]}}");
    begin(&r, IMS_GET_OIDC_PROVIDER, REPLY_JSON);
    reply_open(&r, "OIDCProvider");
    reply_i64(&r, "IssuanceLimitTime", INT64_MIN);
    reply_i64(&r, "Arn", INT64_MAX);
    reply_time(&r, "GmtCreate", 1700000000);
    reply_time(&r, "CreateDate", 1700000000);
    reply_close(&r);
    assert_body(&r,
                "{\"RequestId\":\"" ID "\",\"OIDCProvider\":{\"IssuanceLimitTime\":-9223372036854775808,"
                "\"Arn\":\"9223372036854775807\",\"GmtCreate\":\"1700000000000\",\"CreateDate\":\"2023-11-14T22:13:20Z\"}}");
    begin(&r, IMS_GET_GOVERNANCE_ITEM_REPORT, REPLY_JSON);
    reply_i64(&r, "MetricValue", 5);
    assert_int_equal(reply_end(&r), ST_OK);
    assert_true(str_contains(buf_str(&r.out), STR("\"MetricValue\":5")));
    reply_done(&r);
}

/* Eight levels: an answer, a wrapper, its list, an item, an object, a wrapper, its list, an item. */
static void deepest(void **state)
{
    (void)state;
    reply r = { 0 };
    begin(&r, IMS_LIST_APPLICATIONS, REPLY_JSON);
    reply_open_list(&r, "Applications", "Application");
    reply_open_item(&r);
    reply_open(&r, "DelegatedScope");
    reply_open_list(&r, "PredefinedScopes", "PredefinedScope");
    reply_open_item(&r);
    reply_bool(&r, "Required", true);
    reply_close(&r);
    reply_close_list(&r);
    reply_close(&r);
    reply_close(&r);
    reply_close_list(&r);
    assert_body(&r, "{\"RequestId\":\"" ID "\",\"Applications\":{\"Application\":[{\"DelegatedScope\":{\"PredefinedScopes\":"
                    "{\"PredefinedScope\":[{\"Required\":true}]}},\"RedirectUris\":{\"RedirectUri\":[]}}]}}");
    reply_done(&r);
}

static void what_the_shape_lacks_is_dropped(void **state)
{
    (void)state;
    reply r = { 0 };
    for (unsigned format = REPLY_JSON; format <= REPLY_XML; format++) {
        begin(&r, RAM_DELETE_USER, (reply_format)format);
        reply_open(&r, "User");
        write_user(&r);
        reply_open_list(&r, "Tags", "Tag");
        reply_open_item(&r);
        reply_str(&r, "TagKey", STR("k"));
        reply_close(&r);
        reply_item_str(&r, STR("x"));
        reply_close_list(&r);
        reply_close(&r);
        reply_open_list(&r, NULL, "Users");
        reply_close_list(&r);
        assert_body(&r, format == REPLY_JSON ? "{\"RequestId\":\"" ID "\"}"
                                             : XML "<DeleteUserResponse><RequestId>" ID "</RequestId></DeleteUserResponse>");
    }
    reply_done(&r);
}

static void misuse_sticks(void **state)
{
    (void)state;
    reply r = { 0 };
    assert_int_equal(reply_end(&r), ST_BUG); /* never begun */
    begin(&r, RAM_CREATE_USER, REPLY_JSON);
    reply_open(&r, "User");
    assert_int_equal(reply_end(&r), ST_BUG); /* not closed */
    begin(&r, RAM_CREATE_USER, REPLY_JSON);
    reply_close(&r);
    assert_int_equal(reply_end(&r), ST_BUG); /* closed too often */
    begin(&r, RAM_CREATE_USER, REPLY_JSON);
    reply_open(&r, "User");
    reply_str(&r, "UserName", STR("a"));
    reply_str(&r, "UserName", STR("a"));
    reply_close(&r);
    assert_int_equal(reply_end(&r), ST_BUG); /* twice */
    begin(&r, RAM_LIST_USERS, REPLY_JSON);
    reply_str(&r, "IsTruncated", STR("yes"));
    assert_int_equal(reply_end(&r), ST_BUG); /* a text for a bool */
    begin(&r, RAM_LIST_USERS, REPLY_JSON);
    reply_open_list(&r, "Users", "User");
    reply_str(&r, "UserName", STR("a"));
    reply_close_list(&r);
    assert_int_equal(reply_end(&r), ST_BUG); /* a member in a list */
    begin(&r, RAM_LIST_USERS, REPLY_JSON);
    reply_open_item(&r);
    assert_int_equal(reply_end(&r), ST_BUG); /* an item outside of one */
    begin(&r, RAM_LIST_USERS, REPLY_JSON);
    reply_str(&r, "RequestId", STR(ID));
    assert_int_equal(reply_end(&r), ST_BUG); /* written by reply_begin */
    begin(&r, RAM_LIST_USERS, REPLY_JSON);
    for (int i = 0; i < 2 * REPLY_DEPTH_MAX; i++)
        reply_open(&r, "Nowhere");
    assert_int_equal(reply_end(&r), ST_BUG); /* too deep, even where all is dropped */
    begin(&r, RAM_DELETE_USER, REPLY_JSON);
    assert_body(&r, "{\"RequestId\":\"" ID "\"}"); /* a new answer is a new start */
    reply_done(&r);
}

static void restart(void **state)
{
    (void)state;
    reply r = { 0 };
    begin(&r, RAM_CREATE_USER, REPLY_JSON);
    reply_open(&r, "User");
    write_user(&r);
    reply_restart(&r, STR("B"));
    assert_body(&r, "{\"RequestId\":\"B\"}");
    const uint8_t *block = r.out.p;
    begin(&r, STS_GET_CALLER_IDENTITY, REPLY_JSON);
    assert_ptr_equal(r.out.p, block); /* the buffer is used again */
    assert_body(&r, "{\"RequestId\":\"" ID "\"}");
    reply_done(&r);
    reply_done(&r);
    reply_done(NULL);
}

static void too_large(void **state)
{
    (void)state;
    static char text[64 * 1024];
    memset(text, 'x', sizeof text);
    reply r = { 0 };
    begin(&r, RAM_LIST_USERS, REPLY_JSON);
    reply_open_list(&r, "Users", "User");
    for (unsigned i = 0; i <= REPLY_SIZE_MAX / sizeof text; i++) {
        reply_open_item(&r);
        reply_str(&r, "Comments", (str){ text, sizeof text });
        reply_close(&r);
    }
    reply_close_list(&r);
    assert_int_equal(reply_end(&r), ST_NO_MEMORY);
    begin(&r, RAM_DELETE_USER, REPLY_JSON);
    assert_body(&r, "{\"RequestId\":\"" ID "\"}");
    reply_done(&r);
}

static void secrets(void **state)
{
    (void)state;
    secret s = { 0 };
    str plain = STR("pass\"word<&");
    assert_int_equal(secret_copy(bytes_of(plain), &s), ST_OK);
    reply r = { 0 };
    begin(&r, RAM_CREATE_ACCESS_KEY, REPLY_JSON);
    reply_open(&r, "AccessKey");
    reply_secret(&r, "AccessKeySecret", &s);
    reply_close(&r);
    assert_body(&r, "{\"RequestId\":\"" ID "\",\"AccessKey\":{\"AccessKeySecret\":\"pass\\\"word<&\"}}");
    begin(&r, RAM_LIST_ACCESS_KEYS, REPLY_JSON); /* a list never shows one, whoever writes it */
    reply_secret(&r, "AccessKeySecret", &s);
    reply_open_list(&r, "AccessKeys", "AccessKey");
    reply_open_item(&r);
    reply_secret(&r, "AccessKeySecret", &s);
    reply_close(&r);
    reply_close_list(&r);
    assert_body(&r, "{\"RequestId\":\"" ID "\",\"AccessKeys\":{\"AccessKey\":[{}]}}");
    reply_done(&r);
    secret_done(&s);
}

/* What goes in comes back from an independent parser. */
static void round_trip(void **state)
{
    (void)state;
    static const str naughty[] = {
        STR_INIT(""),
        STR_INIT("\"},\"Code\":\"x"),
        STR_INIT("\\"),
        STR_INIT("\\\""),
        STR_INIT("\x01\x02\x1f\x7f"),
        STR_INIT("</User><Code>x</Code>"),
        STR_INIT("]]>"),
        STR_INIT("<!DOCTYPE a>"),
        STR_INIT("&#0;&amp;"),
        STR_INIT("\r\n\t\v\f"),
        STR_INIT("\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xae"),
        STR_INIT("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xac"),
        STR_INIT("Z\xcd\x91\xcc\xab\xcd\x83\xcc\xaa\xcc\x82"),
        STR_INIT("%s%n%p"),
        STR_INIT("${jndi:ldap://x}"),
        STR_INIT("\xef\xbb\xbf"),
        STR_INIT("null"),
        STR_INIT("'; DROP TABLE users; --"),
        STR_INIT("\xef\xbf\xbe\xef\xbf\xbf"),
    };
    reply r = { 0 };
    for (size_t i = 0; i < sizeof naughty / sizeof naughty[0]; i++) {
        begin(&r, RAM_CREATE_USER, REPLY_JSON);
        reply_open(&r, "User");
        reply_str(&r, "Comments", naughty[i]);
        reply_close(&r);
        assert_int_equal(reply_end(&r), ST_OK);
        str body = buf_str(&r.out);
        json_t *root = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES, NULL);
        json_t *value = json_object_get(json_object_get(root, "User"), "Comments");
        assert_true(json_is_string(value));
        assert_true(str_eq((str){ json_string_value(value), json_string_length(value) }, naughty[i]));
        assert_int_equal(json_object_size(root), 2);
        json_decref(root);
    }
    reply_done(&r);
}

/* The two spellings that the official clients compare whole. */
static void content_types(void **state)
{
    (void)state;
    assert_string_equal(reply_content_type(REPLY_JSON), "application/json;charset=utf-8");
    assert_string_equal(reply_content_type(REPLY_XML), "text/xml;charset=utf-8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_id_alone),
        cmocka_unit_test(fields_of_the_shape_alone),
        cmocka_unit_test(wrapped_lists),
        cmocka_unit_test(bare_lists),
        cmocka_unit_test(types_of_the_shape),
        cmocka_unit_test(deepest),
        cmocka_unit_test(what_the_shape_lacks_is_dropped),
        cmocka_unit_test(misuse_sticks),
        cmocka_unit_test(restart),
        cmocka_unit_test(too_large),
        cmocka_unit_test(secrets),
        cmocka_unit_test(round_trip),
        cmocka_unit_test(content_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
