/* network_policy_test.c - what a policy may say, what is stored of it, and whom it lets in. Rules: RAM, "AccessKey network
 * access restriction policy". */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "access_key/network_policy.h"
#include "base/buf.h"

static arena *a;

static int setup(void **state)
{
    (void)state;
    a = arena_new(16 * 1024, 1024 * 1024);
    return a == NULL ? -1 : 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

#define CLASSIC(list) "{\"Type\":\"ClassicWhiteList\",\"IPList\":[" list "]}"
#define ACTIVE(all)   "{\"Version\":1,\"Status\":\"Active\",\"Statements\":[" all "]}"

static const struct {
    const char *sent, *stored;
} kept[] = {
    { ACTIVE(CLASSIC("\"203.0.113.0/24\",\"2001:db8::/32\"")), ACTIVE(CLASSIC("\"203.0.113.0/24\",\"2001:db8::/32\"")) },
    { " { \"Statements\" : [ ] , \"Status\" : \"Active\" } ", ACTIVE("") },
    { "{\"Status\":\"Inactive\"}", "{\"Version\":1,\"Status\":\"Inactive\",\"Statements\":[]}" },
    { "{\"Status\":\"Inactive\",\"Version\":1,\"Statements\":[" CLASSIC("\"192.0.2.1\"") "]}",
      "{\"Version\":1,\"Status\":\"Inactive\",\"Statements\":[" CLASSIC("\"192.0.2.1\"") "]}" },
    { ACTIVE("{\"IPList\":[\"10.0.0.0/8\"],\"Value\":\"vpc-bp1a2b3\",\"Type\":\"VPCWhiteList\"}"),
      ACTIVE("{\"Type\":\"VPCWhiteList\",\"Value\":\"vpc-bp1a2b3\",\"IPList\":[\"10.0.0.0/8\"]}") },
    { ACTIVE("{\"Type\":\"VPCWhiteList\",\"Value\":\"AllowAllVPC\",\"IPList\":[\"0.0.0.0/0\",\"::/0\"]}"),
      ACTIVE("{\"Type\":\"VPCWhiteList\",\"Value\":\"AllowAllVPC\",\"IPList\":[\"0.0.0.0/0\",\"::/0\"]}") },
    { ACTIVE("{\"Type\":\"ClassicWhiteList\",\"Value\":\"\",\"IPList\":[\"::1\"]}"),
      ACTIVE("{\"Type\":\"ClassicWhiteList\",\"Value\":\"\",\"IPList\":[\"::1\"]}") },
    { ACTIVE("{\"Type\":\"ClassicWhiteList\",\"Value\":null,\"IPList\":[\"::1\"]}"), ACTIVE(CLASSIC("\"::1\"")) },
};

static void what_is_stored(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        err e = { 0 };
        str stored, again;
        network_policy *p = NULL;
        print_message("%s\n", kept[i].sent);
        assert_int_equal(network_policy_settle(str_from_c(kept[i].sent), a, &stored, &e), ST_OK);
        assert_string_equal(stored.p, kept[i].stored);
        assert_int_equal(network_policy_settle(stored, a, &again, &e), ST_OK);
        assert_string_equal(again.p, stored.p);
        assert_int_equal(network_policy_compile(stored, &p, &e), ST_OK);
        network_policy_release(p);
    }
}

static const struct {
    const char *what, *sent, *message;
} refused[] = {
    { "nothing", "", "AccessKeyPolicy: no JSON, at line 1 column 0." },
    { "an empty document", "{}", "AccessKeyPolicy: Status is neither Active nor Inactive." },
    { "no object", "[]", "AccessKeyPolicy: the document has to be an object of Version, Status and Statements." },
    { "no JSON", "{\"Status\":", "AccessKeyPolicy: no JSON, at line 1 column 10." },
    { "a member twice", "{\"Status\":\"Active\",\"Status\":\"Inactive\"}", "AccessKeyPolicy: no JSON, at line 1 column 26." },
    { "what follows", "{\"Status\":\"Active\"} x", "AccessKeyPolicy: no JSON, at line 1 column 21." },
    { "an unknown member", "{\"Status\":\"Active\",\"Statement\":[]}",
      "AccessKeyPolicy: the document has to be an object of Version, Status and Statements." },
    { "another version", "{\"Status\":\"Active\",\"Version\":2}", "AccessKeyPolicy: Version is not 1." },
    { "a version as text", "{\"Status\":\"Active\",\"Version\":\"1\"}", "AccessKeyPolicy: Version is not 1." },
    { "another status", "{\"Status\":\"active\"}", "AccessKeyPolicy: Status is neither Active nor Inactive." },
    { "statements null", "{\"Status\":\"Active\",\"Statements\":null}", "AccessKeyPolicy: Statements is no list." },
    { "a statement that is none", ACTIVE("7"),
      "AccessKeyPolicy: Statements[0] has to be an object of Type, Value and IPList." },
    { "an unknown member of one", ACTIVE("{\"Typ\":\"ClassicWhiteList\"}"),
      "AccessKeyPolicy: Statements[0] has to be an object of Type, Value and IPList." },
    { "another type", ACTIVE("{\"Type\":\"BlackList\",\"IPList\":[\"::1\"]}"),
      "AccessKeyPolicy: Statements[0].Type is neither ClassicWhiteList nor VPCWhiteList." },
    { "a classic one with a value", ACTIVE("{\"Type\":\"ClassicWhiteList\",\"Value\":\"vpc-1\",\"IPList\":[\"::1\"]}"),
      "AccessKeyPolicy: Statements[0].Value has to be empty in a ClassicWhiteList." },
    { "a VPC without one", ACTIVE("{\"Type\":\"VPCWhiteList\",\"IPList\":[\"::1\"]}"),
      "AccessKeyPolicy: Statements[0].Value is neither the id of a VPC nor AllowAllVPC." },
    { "a VPC of odd characters", ACTIVE("{\"Type\":\"VPCWhiteList\",\"Value\":\"vpc\\\"1\",\"IPList\":[\"::1\"]}"),
      "AccessKeyPolicy: Statements[0].Value is neither the id of a VPC nor AllowAllVPC." },
    { "no addresses", ACTIVE("{\"Type\":\"ClassicWhiteList\"}"),
      "AccessKeyPolicy: Statements[0].IPList has to be a list of at least one address or network." },
    { "an empty list of them", ACTIVE(CLASSIC("\"::1\"") "," CLASSIC("")),
      "AccessKeyPolicy: Statements[1].IPList has to be a list of at least one address or network." },
    { "host bits", ACTIVE(CLASSIC("\"::1\",\"10.0.0.1/8\"")),
      "AccessKeyPolicy: Statements[0].IPList[1] is neither an address nor a network with all its host bits zero." },
    { "a number", ACTIVE(CLASSIC("1")),
      "AccessKeyPolicy: Statements[0].IPList[0] is neither an address nor a network with all its host bits zero." },
    { "a NUL", ACTIVE(CLASSIC("\"10.0.0.1\\u0000\"")), "AccessKeyPolicy: no JSON, at line 1 column 96." },
};

static void what_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        err e = { 0 };
        str stored = STR("untouched");
        network_policy *p = NULL;
        print_message("%s\n", refused[i].what);
        assert_int_equal(network_policy_settle(str_from_c(refused[i].sent), a, &stored, &e), ST_INVALID);
        assert_string_equal(e.code, "InvalidParameter.AccessKeyPolicy");
        if (strstr(refused[i].message, "no JSON") != NULL) /* where exactly is the JSON library's to say */
            assert_memory_equal(e.message, refused[i].message, strlen("AccessKeyPolicy: no JSON, at line 1 column "));
        else
            assert_string_equal(e.message, refused[i].message);
        assert_string_equal(stored.p, "untouched");
        if (refused[i].sent[0] != '\0')
            assert_int_equal(network_policy_compile(str_from_c(refused[i].sent), &p, &e), ST_BUG);
        assert_null(p);
    }
}

/* `statements` of them with `addresses` each. */
static status settle_many(size_t statements, size_t addresses, err *e)
{
    CLEANUP(buf_done) buf b;
    str stored;
    buf_init(&b, 65536);
    buf_add(&b, STR("{\"Status\":\"Active\",\"Statements\":["));
    for (size_t i = 0; i < statements; i++) {
        buf_addf(&b, "%s{\"Type\":\"ClassicWhiteList\",\"IPList\":[", i > 0 ? "," : "");
        for (size_t k = 0; k < addresses; k++)
            buf_addf(&b, "%s\"2001:db8:ffff:ffff:ffff:ffff:%zu:%zu/128\"", k > 0 ? "," : "", i, k);
        buf_add(&b, STR("]}"));
    }
    buf_add(&b, STR("]}"));
    assert_true(buf_ok(&b));
    return network_policy_settle(buf_str(&b), a, &stored, e);
}

static void the_quotas(void **state)
{
    (void)state;
    err e = { 0 };
    assert_int_equal(settle_many(8, 6, &e), ST_OK);
    assert_int_equal(settle_many(1, 50, &e), ST_OK);
    assert_int_equal(settle_many(9, 1, &e), ST_INVALID);
    assert_string_equal(e.message, "AccessKeyPolicy: Statements are more than 8.");
    assert_int_equal(settle_many(1, 51, &e), ST_INVALID);
    assert_string_equal(e.message, "AccessKeyPolicy: Statements hold more than 50 addresses and networks.");
    assert_int_equal(settle_many(6, 9, &e), ST_INVALID);
    assert_string_equal(e.message, "AccessKeyPolicy: Statements hold more than 50 addresses and networks.");
}

static void deep_nesting_is_refused_before_it_is_parsed(void **state)
{
    (void)state;
    err e = { 0 };
    str stored;
    char deep[NETWORK_POLICY_TEXT_MAX + 1];
    memset(deep, '[', sizeof deep);
    assert_int_equal(network_policy_settle((str){ deep, sizeof deep - 1 }, a, &stored, &e), ST_INVALID);
    memset(deep, ' ', sizeof deep);
    assert_int_equal(network_policy_settle((str){ deep, sizeof deep }, a, &stored, &e), ST_INVALID);
    assert_string_equal(e.message, "AccessKeyPolicy: the document is larger than any policy.");
}

static const struct {
    const char *policy, *from;
    bool is_allowed;
} decided[] = {
    { "", "192.0.2.1", true },
    { "{\"Status\":\"Inactive\",\"Statements\":[" CLASSIC("\"10.0.0.1\"") "]}", "192.0.2.1", true },
    { ACTIVE(""), "127.0.0.1", false },
    { ACTIVE(CLASSIC("\"203.0.113.0/24\"")), "203.0.113.255", true },
    { ACTIVE(CLASSIC("\"203.0.113.0/24\"")), "203.0.114.0", false },
    { ACTIVE(CLASSIC("\"203.0.113.0/24\"")), "::ffff:203.0.113.7", true },
    { ACTIVE(CLASSIC("\"203.0.113.7\"")), "203.0.113.7", true },
    { ACTIVE(CLASSIC("\"203.0.113.7\"")), "203.0.113.8", false },
    { ACTIVE(CLASSIC("\"203.0.113.7\"") "," CLASSIC("\"2001:db8::/32\"")), "2001:db8:1::1", true },
    { ACTIVE(CLASSIC("\"203.0.113.7\"") "," CLASSIC("\"2001:db8::/32\"")), "2001:db9::1", false },
    { ACTIVE(CLASSIC("\"0.0.0.0/0\"")), "198.51.100.1", true },
    { ACTIVE(CLASSIC("\"0.0.0.0/0\"")), "2001:db8::1", false },
    { ACTIVE("{\"Type\":\"VPCWhiteList\",\"Value\":\"AllowAllVPC\",\"IPList\":[\"0.0.0.0/0\",\"::/0\"]}"), "10.0.0.1", false },
    { ACTIVE("{\"Type\":\"VPCWhiteList\",\"Value\":\"AllowAllVPC\",\"IPList\":[\"0.0.0.0/0\"]}," CLASSIC("\"10.0.0.1\"")),
      "10.0.0.1", true },
    { ACTIVE("{\"Type\":\"VPCWhiteList\",\"Value\":\"AllowAllVPC\",\"IPList\":[\"0.0.0.0/0\"]}," CLASSIC("\"10.0.0.1\"")),
      "10.0.0.2", false },
};

static void who_is_let_in(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof decided / sizeof decided[0]; i++) {
        err e = { 0 };
        network_policy *p = NULL;
        ip_addr from;
        print_message("%s from %s\n", decided[i].policy, decided[i].from);
        assert_int_equal(ip_parse(str_from_c(decided[i].from), &from), ST_OK);
        assert_int_equal(network_policy_compile(str_from_c(decided[i].policy), &p, &e), ST_OK);
        network_policy *held = network_policy_hold(p);
        network_policy_release(p);
        assert_int_equal(network_policy_check(held, &from, &e), decided[i].is_allowed ? ST_OK : ST_DENIED);
        if (!decided[i].is_allowed)
            assert_string_equal(e.code, "Forbidden.AccessKeyPolicy");
        network_policy_release(held);
    }
}

static void an_unknown_address_is_in_no_list(void **state)
{
    (void)state;
    err e = { 0 };
    network_policy *p = NULL;
    const ip_addr unknown = { .family = 0 };
    assert_int_equal(network_policy_compile(STR(ACTIVE(CLASSIC("\"0.0.0.0/0\",\"::/0\""))), &p, &e), ST_OK);
    assert_int_equal(network_policy_check(p, &unknown, &e), ST_DENIED);
    assert_int_equal(network_policy_check(NULL, &unknown, &e), ST_OK);
    network_policy_release(p);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(what_is_stored), cmocka_unit_test(what_is_refused),
        cmocka_unit_test(the_quotas),     cmocka_unit_test(deep_nesting_is_refused_before_it_is_parsed),
        cmocka_unit_test(who_is_let_in),  cmocka_unit_test(an_unknown_address_is_in_no_list),
    };
    return cmocka_run_group_tests(all, setup, teardown);
}
