#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/document.h"

static status parse(str text, policy_kind kind, err *e)
{
    policy_document *d = NULL;
    *e = (err){ .code = "" };
    const status s = policy_document_parse(text, kind, &d, e);
    assert_true((s == ST_OK) == (d != NULL));
    policy_document_release(d);
    return s;
}

/* What goes to the author is one line of printable UTF-8 and names no code. */
static void check_message(const err *e)
{
    const str m = str_from_c(e->message);
    assert_string_equal(e->code, "MalformedPolicyDocument");
    assert_true(m.n > 0 && utf8_is_valid(m) && !utf8_has_control(m));
    assert_false(str_contains_nocase(m, STR("NotFound")));
    assert_false(str_contains_nocase(m, STR("NotExist")));
    assert_false(str_contains(m, STR("MalformedPolicyDocument")));
}

/* Single quotes stand for double ones. `want` begins the message. */
static void check(const char *text, policy_kind kind, const char *want)
{
    char quoted[2048];
    err e;
    const size_t n = strlen(text);
    assert_true(n < sizeof quoted);
    for (size_t i = 0; i < n; i++)
        quoted[i] = text[i] == '\'' ? '"' : text[i];
    if (parse((str){ quoted, n }, kind, &e) != ST_INVALID)
        fail_msg("%s is accepted", text);
    check_message(&e);
    if (strncmp(e.message, want, strlen(want)) != 0)
        fail_msg("%s\n says  %s\n not   %s", text, e.message, want);
}

static const struct {
    const char *text, *want;
} documents[] = {
    /* RFC 8259 */
    { "", "line 1, column 1: '[' or '{' expected near end of file" },
    { "   ", "line 1, column 3: '[' or '{' expected near end of file" },
    { "x", "line 1, column 1: '[' or '{' expected near 'x'" },
    { "'text'", "line 1, column 6: '[' or '{' expected near" },
    { "{'Version':'1',\n 'Statement':[{]}", "line 2, column 16: string or '}' expected near ']'" },
    { "{'Version':'1','Statement':[{'Effect':'Allow'}", "line 1, column 46: ']' expected near end of file" },
    { "{'Version':'1'} x", "line 1, column 17: end of file expected near 'x'" },
    { "{'Version':'1'}{}", "line 1, column 16: end of file expected near '{'" },
    { "{'Version':'1',}", "line 1, column 16: string or '}' expected near '}'" },
    { "{'Version':1.}", "line 1, column 13: invalid token near '1.'" },
    { "{'Version':'1','Version':'1'}", "line 1, column 24: duplicate object key near '\"Version\"'" },
    { "{'Version':'1','Statement':[{'Effect':'Allow','Effect':'Deny'}]}", "line 1, column 54: duplicate object key near" },
    { "{'Version':'\\u0000'}", "line 1, column 19: \\u0000 is not allowed" },
    { "{'Version':'\x01'}", "line 1, column 12: control character 0x1 near '\"'" },
    { "{'Version':'\xFF'}", "line 1, column 12: unable to decode byte 0xff near '\"'" },
    { "{'Version':'\xC0\xAF'}", "line 1, column 12: unable to decode byte 0xc0" },
    { "{'Version':'\\ud800'}", "line 1, column 19: invalid Unicode" },
    { "{'Version':99999999999999999999}", "line 1, column 31: too big integer" },
    { "[[[[[[[[[[[[[[[[[\n", "line 1, column 17: nested too deeply for a policy" },
    { "{'a\\'[[[[[[[[[[[[[[[[[[':\n {'x':[[[[[[[[[[[[[[[[[[", "line 2, column 21: nested too deeply for a policy" },
    /* the document */
    { "[]", "the document: has to be an object with Version and Statement" },
    { "{}", "the document: has no Version" },
    { "{'Version':'1'}", "the document: has no Statement" },
    { "{'Statement':[]}", "the document: has no Version" },
    { "{'Version':1,'Statement':[]}", "Version: has to be the text 1" },
    { "{'Version':'2','Statement':[]}", "Version: has to be the text 1" },
    { "{'Version':'2012-10-17','Statement':[]}", "Version: has to be the text 1" },
    { "{'Version':'1','Statement':[]}", "Statement: has to be a list of at least one statement" },
    { "{'Version':'1','Statement':{}}", "Statement: has to be a list of at least one statement" },
    { "{'Version':'1','Statement':[1]}", "Statement[0]: has to be an object" },
    { "{'version':'1','Statement':[{}]}", "version: is not a member of a policy document" },
    { "{'Version':'1','Statement':[{}],'Id':'x'}", "Id: is not a member of a policy document" },
    { "{'Version':'1','':1}", ": is not a member of a policy document" },
    /* what is quoted is cut, escaped, and never looks like a code */
    { "{'Version':'1','EntityNotExist.User NotFound':1}", "...: is not a member of a policy document" },
    { "{'Version':'1','a\\nb\\u007f\\u0085c':1}", "a\\x0ab\\x7f\\x85c: is not a member of a policy document" },
    { "{'Version':'1','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa':1}",
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...: is not" },
    { "{'Version':'1' 'NotFound'}", "line 1, column 25: '}' expected" },
    { "{'Version':'1','NotFound':1,'NotFound':1}", "line 1, column 38: duplicate object key" },
};

static void documents_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++)
        check(documents[i].text, POLICY_IDENTITY, documents[i].want);
}

/* The second statement of a document whose first is right. */
static void check_statement(const char *statement, policy_kind kind, const char *want)
{
    char text[2048], place[512];
    const char *right = kind == POLICY_TRUST
                            ? "'Effect':'Allow','Action':'sts:AssumeRole','Principal':{'RAM':'acs:ram::1:root'}"
                            : "'Effect':'Allow','Action':'*','Resource':'*'";
    (void)snprintf(text, sizeof text, "{'Version':'1','Statement':[{%s},{%s}]}", right, statement);
    (void)snprintf(place, sizeof place, "Statement[1]%s", want);
    check(text, kind, place);
}

#define ALLOW "'Effect':'Allow','Action':'oss:Get','Resource':'*'"
#define ON    "'Effect':'Allow','Action':'oss:Get'"

static const struct {
    const char *statement, *want;
} statements[] = {
    { "", ": has no Effect" },
    { "'Action':'*','Resource':'*'", ": has no Effect" },
    { "'Effect':'Allow','Resource':'*'", ": has no Action" },
    { "'Effect':'Allow','Action':'*'", ": has no Resource" },
    { ALLOW ",'NotAction':'oss:Put'", ": has both Action and NotAction" },
    { ALLOW ",'NotResource':'*'", ": has both Resource and NotResource" },
    { ALLOW ",'Principal':{'RAM':'acs:ram::1:root'}", ".Principal: belongs in the trust policy of a role only" },
    { ALLOW ",'NotPrincipal':{}", ".NotPrincipal: is not a member of a statement" },
    { ALLOW ",'effect':'Deny'", ".effect: is not a member of a statement" },
    { ALLOW ",'Sid':1", ".Sid: has to be a text" },
    { "'Effect':'allow'", ".Effect: has to be Allow or Deny" },
    { "'Effect':['Allow']", ".Effect: has to be Allow or Deny" },
    { "'Effect':null", ".Effect: has to be Allow or Deny" },
    { "'Action':1", ".Action: has to be a text or a list of texts" },
    { "'Action':{}", ".Action: has to be a text or a list of texts" },
    { "'Action':[]", ".Action: has to have at least one entry" },
    { "'Action':['oss:Get',1]", ".Action[1]: has to be a text" },
    { "'Action':['oss:Get',['oss:Put']]", ".Action[1]: has to be a text" },
    { "'Action':''", ".Action: has to be * or <service>:<action>, like ram:GetUser" },
    { "'Action':'GetUser'", ".Action: has to be * or <service>:<action>, like ram:GetUser" },
    { "'Action':'oss:'", ".Action: has to be * or <service>:<action>, like ram:GetUser" },
    { "'Action':':Get'", ".Action: has to be * or <service>:<action>, like ram:GetUser" },
    { "'Action':'acs:ram::1:user/x'", ".Action: has more than one colon" },
    { "'Action':['oss:Get','oss:Get Object']", ".Action[1]: holds a character that no action has" },
    { "'NotAction':'oss:${acs:x}'", ".NotAction: has more than one colon" },
    { "'NotAction':['oss:\xC3\xA9']", ".NotAction[0]: holds a character that no action has" },
    { ON ",'Resource':[]", ".Resource: has to have at least one entry" },
    { ON ",'Resource':true", ".Resource: has to be a text or a list of texts" },
    { ON ",'Resource':''", ".Resource: has to be * or acs:<service>:<region>:<account>:<relative id>" },
    { ON ",'Resource':'user/alice'", ".Resource: has to be * or acs:<service>:<region>:<account>:<relative id>" },
    { ON ",'Resource':'aws:s3:::b'", ".Resource: has to be * or acs:<service>:<region>:<account>:<relative id>" },
    { ON ",'Resource':'*:ram:::x'", ".Resource: has to be * or acs:<service>:<region>:<account>:<relative id>" },
    { ON ",'Resource':['*','acs:ram:*:1']", ".Resource[1]: has to have the five parts" },
    { ON ",'Resource':['*','acs:ram']", ".Resource[1]: has to have the five parts" },
    { ON ",'Resource':['*','acs:ram:${*}']", ".Resource[1]: has to have the five parts" },
    { ON ",'Resource':'acs::*:1:x'", ".Resource: names no service" },
    { ON ",'Resource':'acs:ram:*:1:'", ".Resource: the relative id is empty" },
    { ON ",'NotResource':'acs:ram::1:${acs:x'", ".NotResource: a variable ${ without its closing }" },
    { ON ",'NotResource':'acs:ram::${acs:x:user'", ".NotResource: a variable ${ without its closing }" },
    { ON ",'NotResource':['acs:ram::1:${user}']", ".NotResource[0]: a variable is ${service:key}" },
    { ALLOW ",'Condition':[]", ".Condition: has to be an object of operators" },
    { ALLOW ",'Condition':{'Equals':{'a:b':'c'}}", ".Condition.Equals: is not a condition operator" },
    { ALLOW ",'Condition':{'NullIfExists':{'a:b':'true'}}", ".Condition.NullIfExists: is not a condition operator" },
    { ALLOW ",'Condition':{'Bool':'true'}", ".Condition.Bool: has to be an object of condition keys" },
    { ALLOW ",'Condition':{'Bool':{}}", ".Condition.Bool: has to be an object of condition keys" },
    { ALLOW ",'Condition':{'Bool':{'a:b':[]}}", ".Condition.Bool.a:b: has to have at least one value" },
    { ALLOW ",'Condition':{'Bool':{'a:b':null}}", ".Condition.Bool.a:b: has to be a text, a number, true or false" },
    { ALLOW ",'Condition':{'Bool':{'a:b':['true',{}]}}", ".Condition.Bool.a:b[1]: has to be a text, a number, true or false" },
    { ALLOW ",'Condition':{'Bool':{'a:b':'maybe'}}", ".Condition.Bool.a:b: has to be true or false" },
    { ALLOW ",'Condition':{'Bool':{'b':'true'}}", ".Condition.Bool.b: a condition key is <service>:<name>" },
    { ALLOW ",'Condition':{'NumericEquals':{'a:b':[1,'x']}}", ".Condition.NumericEquals.a:b[1]: is not a decimal number" },
    { ALLOW ",'Condition':{'NumericEquals':{'a:b':1e300}}",
      ".Condition.NumericEquals.a:b: a number like this one has to be written as text" },
    { ALLOW ",'Condition':{'NumericEquals':{'a:b':0.12345678901234567}}",
      ".Condition.NumericEquals.a:b: a number like this one" },
    { ALLOW ",'Condition':{'DateLessThan':{'acs:CurrentTime':'tomorrow'}}",
      ".Condition.DateLessThan.acs:CurrentTime: is not a time, like 2026-11-24T08:00:00+08:00" },
    { ALLOW ",'Condition':{'IpAddress':{'acs:SourceIp':['10.0.0.0/8','10.0.0.0/33']}}",
      ".Condition.IpAddress.acs:SourceIp[1]: is not an address or network" },
    { ALLOW ",'Condition':{'StringLike':{'a:b':['x','${']}}",
      ".Condition.StringLike.a:b[1]: a variable ${ without its closing }" },
};

static void statements_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
        check_statement(statements[i].statement, POLICY_IDENTITY, statements[i].want);
}

#define TRUST "'Effect':'Allow','Action':'sts:AssumeRole'"

static const struct {
    const char *statement, *want;
} trusts[] = {
    { TRUST, ": has no Principal" },
    { TRUST ",'Principal':{'RAM':'acs:ram::1:root'},'Resource':'*'", ".Resource: does not belong in a trust policy" },
    { TRUST ",'Principal':{'RAM':'acs:ram::1:root'},'NotResource':'*'", ".NotResource: does not belong in a trust policy" },
    { TRUST ",'Principal':'*'", ".Principal: has to be an object with RAM, Service or Federated" },
    { TRUST ",'Principal':{}", ".Principal: has to be an object with RAM, Service or Federated" },
    { TRUST ",'Principal':{'AWS':'x'}", ".Principal.AWS: is not a kind of principal" },
    { TRUST ",'Principal':{'RAM':[]}", ".Principal.RAM: has to have at least one entry" },
    { TRUST ",'Principal':{'RAM':1}", ".Principal.RAM: has to be a text or a list of texts" },
    { TRUST ",'Principal':{'RAM':'*'}", ".Principal.RAM: a principal has no wildcards" },
    { TRUST ",'Principal':{'RAM':['acs:ram::1:root','acs:ram::*:root']}", ".Principal.RAM[1]: a principal has no wildcards" },
    { TRUST ",'Principal':{'RAM':'acs:ram::1:user/a?'}", ".Principal.RAM: a principal has no wildcards" },
    { TRUST ",'Principal':{'RAM':'1'}", ".Principal.RAM: has to be acs:ram::<account>:" },
    { TRUST ",'Principal':{'RAM':'acs:ram::1:group/x'}", ".Principal.RAM: has to be acs:ram::<account>:" },
    { TRUST ",'Principal':{'RAM':'acs:ram::1:user/'}", ".Principal.RAM: has to be acs:ram::<account>:" },
    { TRUST ",'Principal':{'RAM':'acs:ram::1:user/a b'}", ".Principal.RAM: has to be acs:ram::<account>:" },
    { TRUST ",'Principal':{'RAM':'acs:ram::x:root'}", ".Principal.RAM: has to be acs:ram::<account>:" },
    { TRUST ",'Principal':{'RAM':'acs:ram:cn:1:root'}", ".Principal.RAM: has to be acs:ram::<account>:" },
    { TRUST ",'Principal':{'RAM':'acs:oss::1:root'}", ".Principal.RAM: has to be acs:ram::<account>:" },
    { TRUST ",'Principal':{'RAM':''}", ".Principal.RAM: has to be acs:ram::<account>:" },
    { TRUST ",'Principal':{'Service':'ecs'}", ".Principal.Service: has to be a service, like ecs.aliyuncs.com" },
    { TRUST ",'Principal':{'Service':'e s.aliyuncs.com'}", ".Principal.Service: has to be a service" },
    { TRUST ",'Principal':{'Federated':'acs:ram::1:root'}",
      ".Principal.Federated: has to be acs:ram::<account>: and saml-provider" },
};

static void trust_policies_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof trusts / sizeof trusts[0]; i++)
        check_statement(trusts[i].statement, POLICY_TRUST, trusts[i].want);
}

static void texts_of_any_kind(void **state)
{
    (void)state;
    static const char with_nul[] = "{\"Version\":\"1\"\0}";
    err e;
    assert_int_equal(parse((str){ with_nul, sizeof with_nul - 1 }, POLICY_IDENTITY, &e), ST_INVALID);
    check_message(&e);
    assert_int_equal(parse((str){ NULL, 0 }, POLICY_IDENTITY, &e), ST_INVALID);
    check_message(&e);

    enum { LONG = 70000 };
    char *p = malloc(LONG);
    assert_non_null(p);
    for (size_t n = 65536; n <= 65537; n++) {
        memset(p, '[', LONG);
        assert_int_equal(parse((str){ p, n }, POLICY_IDENTITY, &e), ST_INVALID);
        check_message(&e);
        assert_string_equal(e.message, n == 65536 ? "line 1, column 17: nested too deeply for a policy"
                                                  : "the document: is longer than 65,536 bytes");
    }
    memset(p, ' ', LONG);
    memcpy(p, "{\"Version\":\"1\",\"", 16);
    memset(p + 16, 'N', 60000);
    memcpy(p + 60016, "\":1}", 4);
    assert_int_equal(parse((str){ p, 60020 }, POLICY_IDENTITY, &e), ST_INVALID);
    check_message(&e);
    assert_string_equal(e.message, "NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN...: is not a member of a policy document");
    free(p);
}

/* A path of the longest parts still leaves room for what is wrong. */
static void long_paths(void **state)
{
    (void)state;
    char key[512], text[1024];
    memset(key, 'k', sizeof key);
    memcpy(key, "acs:", 4);
    key[sizeof key - 1] = '\0';
    (void)snprintf(text, sizeof text, ALLOW ",'Condition':{'ForAllValues:StringNotEqualsIgnoreCaseIfExists':{'%s':['x','${']}}",
                   key);
    char want[512];
    (void)snprintf(
        want, sizeof want,
        ".Condition.ForAllValues:StringNotEqualsIgnoreCaseIfExists.acs:%.44s...[1]: a variable ${ without its closing }",
        key + 4);
    check_statement(text, POLICY_IDENTITY, want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_are_refused),
        cmocka_unit_test(statements_are_refused),
        cmocka_unit_test(trust_policies_are_refused),
        cmocka_unit_test(texts_of_any_kind),
        cmocka_unit_test(long_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
