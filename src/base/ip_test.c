#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/ip.h"

static ip_addr parsed(str s)
{
    ip_addr a = { 0 };
    if (ip_parse(s, &a) != ST_OK)
        fail_msg(STR_FMT, STR_ARG(s));
    return a;
}

/* RFC 5952 sections 4 and 5, and RFC 4291 2.2 for what may be read. */
static const struct {
    str in;
    const char *out;
} texts[] = {
    { STR_INIT("0.0.0.0"), "0.0.0.0" },
    { STR_INIT("255.255.255.255"), "255.255.255.255" },
    { STR_INIT("2001:0db8::0001"), "2001:db8::1" },              /* 4.1, leading zeros */
    { STR_INIT("2001:db8:0:0:0:0:2:1"), "2001:db8::2:1" },       /* 4.2.1, as short as possible */
    { STR_INIT("2001:db8::1:1:1:1:1"), "2001:db8:0:1:1:1:1:1" }, /* 4.2.2, not for one group */
    { STR_INIT("2001:0:0:1:0:0:0:1"), "2001:0:0:1::1" },         /* 4.2.3, the longest run */
    { STR_INIT("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1" },   /* 4.2.3, the first of equals */
    { STR_INIT("2001:DB8::AAAA"), "2001:db8::aaaa" },            /* 4.3, lower case */
    { STR_INIT("::"), "::" },
    { STR_INIT("::1"), "::1" },
    { STR_INIT("::ffff:192.0.2.1"), "192.0.2.1" }, /* mapped: the IPv4 address that it is */
    { STR_INIT("::FFFF:c000:0201"), "192.0.2.1" },
    { STR_INIT("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
};

static void texts_both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char out[IP_TEXT_MAX];
        ip_addr a = parsed(texts[i].in);
        assert_int_equal(ip_format(&a, out), strlen(texts[i].out));
        assert_string_equal(out, texts[i].out);
    }
    ip_addr unknown = { 0 };
    char out[IP_TEXT_MAX];
    assert_int_equal(ip_format(&unknown, out), 0);
    assert_string_equal(out, "");
}

static const str refused[] = {
    STR_INIT(""),
    STR_INIT("1.2.3"),
    STR_INIT("1.2.3.4.5"),
    STR_INIT("1.2.3.256"),
    STR_INIT("01.2.3.4"),
    STR_INIT("1.2.3.0x4"),
    STR_INIT("1.2.3.4 "),
    STR_INIT(" 1.2.3.4"),
    STR_INIT("1.2.3.4\0"),
    STR_INIT("1.2.3.4:80"),
    STR_INIT("16909060"),
    STR_INIT("1.2.3."),
    STR_INIT("::1%lo"),
    STR_INIT("[::1]"),
    STR_INIT(":::"),
    STR_INIT("1::2::3"),
    STR_INIT("1:2:3:4:5:6:7"),
    STR_INIT("1:2:3:4:5:6:7:8:9"),
    STR_INIT("12345::"),
    STR_INIT("g::"),
    STR_INIT(":1:2:3:4:5:6:7"),
    STR_INIT("localhost"),
    STR_INIT("0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"),
};

static void malformed_addresses(void **state)
{
    (void)state;
    ip_addr a = { .family = 99 };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        if (ip_parse(refused[i], &a) != ST_INVALID || a.family != 99)
            fail_msg(STR_FMT, STR_ARG(refused[i]));
    }
    assert_int_equal(ip_parse((str){ 0 }, &a), ST_INVALID);
}

static void socket_addresses(void **state)
{
    (void)state;
    ip_addr a, want;
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0xC0000201) };
    assert_int_equal(ip_from_sockaddr((const struct sockaddr *)&in, &a), ST_OK);
    want = parsed(STR("192.0.2.1"));
    assert_true(ip_eq(&a, &want));
    struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
    assert_int_equal(inet_pton(AF_INET6, "::ffff:192.0.2.1", &in6.sin6_addr), 1);
    assert_int_equal(ip_from_sockaddr((const struct sockaddr *)&in6, &a), ST_OK);
    assert_true(ip_eq(&a, &want));
    assert_int_equal(inet_pton(AF_INET6, "2001:db8::1", &in6.sin6_addr), 1);
    assert_int_equal(ip_from_sockaddr((const struct sockaddr *)&in6, &a), ST_OK);
    want = parsed(STR("2001:db8::1"));
    assert_true(ip_eq(&a, &want));
    struct sockaddr local = { .sa_family = AF_UNIX };
    assert_int_equal(ip_from_sockaddr(&local, &a), ST_INVALID);
    assert_true(ip_eq(&a, &want));
}

static void families_are_never_equal(void **state)
{
    (void)state;
    ip_addr four = parsed(STR("1.2.3.4")), six = parsed(STR("102:304::"));
    assert_memory_equal(four.b, six.b, 16);
    assert_false(ip_eq(&four, &six));
    cidr all;
    assert_int_equal(cidr_parse(STR("0.0.0.0/0"), &all), ST_OK);
    assert_true(cidr_contains(&all, &four));
    assert_false(cidr_contains(&all, &six));
}

static void loopback(void **state)
{
    (void)state;
    static const struct {
        str in;
        bool is;
    } cases[] = {
        { STR_INIT("127.0.0.1"), true },  { STR_INIT("127.255.255.254"), true },
        { STR_INIT("::1"), true },        { STR_INIT("::ffff:127.0.0.1"), true },
        { STR_INIT("128.0.0.1"), false }, { STR_INIT("::2"), false },
        { STR_INIT("7f00::1"), false },   { STR_INIT("::"), false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ip_addr a = parsed(cases[i].in);
        assert_int_equal(ip_is_loopback(&a), cases[i].is);
    }
    ip_addr unknown = { .b = { 127 } };
    assert_false(ip_is_loopback(&unknown));
}

static void limits_count_networks(void **state)
{
    (void)state;
    ip_addr a = parsed(STR("2001:db8:1:2:3:4:5:6")), want = parsed(STR("2001:db8:1:2::"));
    ip_addr network = ip_network(&a);
    assert_true(ip_eq(&network, &want));
    ip_addr four = parsed(STR("192.0.2.77"));
    network = ip_network(&four);
    assert_true(ip_eq(&network, &four));
}

static const struct {
    str net, in;
    bool is_inside;
} memberships[] = {
    { STR_INIT("192.0.2.0/24"), STR_INIT("192.0.2.255"), true },
    { STR_INIT("192.0.2.0/24"), STR_INIT("192.0.3.0"), false },
    { STR_INIT("192.0.2.128/25"), STR_INIT("192.0.2.127"), false },
    { STR_INIT("192.0.2.128/25"), STR_INIT("192.0.2.128"), true },
    { STR_INIT("10.0.0.0/9"), STR_INIT("10.127.255.255"), true },
    { STR_INIT("10.0.0.0/9"), STR_INIT("10.128.0.0"), false },
    { STR_INIT("192.0.2.1"), STR_INIT("192.0.2.1"), true },
    { STR_INIT("192.0.2.1"), STR_INIT("192.0.2.2"), false },
    { STR_INIT("192.0.2.0/31"), STR_INIT("192.0.2.1"), true },
    { STR_INIT("192.0.2.0/31"), STR_INIT("192.0.2.2"), false },
    { STR_INIT("0.0.0.0/0"), STR_INIT("255.255.255.255"), true },
    { STR_INIT("0.0.0.0/0"), STR_INIT("::1"), false },
    { STR_INIT("::/0"), STR_INIT("192.0.2.1"), false },
    { STR_INIT("::/0"), STR_INIT("2001:db8::"), true },
    { STR_INIT("2001:db8::/33"), STR_INIT("2001:db8:7fff::1"), true },
    { STR_INIT("2001:db8::/33"), STR_INIT("2001:db8:8000::1"), false },
    { STR_INIT("2001:db8::1"), STR_INIT("2001:db8::1"), true },
    { STR_INIT("2001:db8::1/128"), STR_INIT("2001:db8::2"), false },
    { STR_INIT("::ffff:192.0.2.0/120"), STR_INIT("192.0.2.9"), true }, /* 120 - 96 = 24 bits of IPv4 */
    { STR_INIT("::ffff:192.0.2.0/120"), STR_INIT("192.0.3.9"), false },
    { STR_INIT("::ffff:0.0.0.0/96"), STR_INIT("203.0.113.1"), true },
    { STR_INIT("::ffff:192.0.2.1"), STR_INIT("192.0.2.2"), false },
};

static void networks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof memberships / sizeof memberships[0]; i++) {
        cidr c;
        ip_addr a = parsed(memberships[i].in);
        assert_int_equal(cidr_parse(memberships[i].net, &c), ST_OK);
        if (cidr_contains(&c, &a) != memberships[i].is_inside)
            fail_msg(STR_FMT " in " STR_FMT, STR_ARG(memberships[i].in), STR_ARG(memberships[i].net));
    }
    cidr none = { 0 };
    ip_addr unknown = { 0 };
    assert_false(cidr_contains(&none, &unknown));
}

static void malformed_networks(void **state)
{
    (void)state;
    static const str bad[] = {
        STR_INIT(""),
        STR_INIT("/"),
        STR_INIT("/8"),
        STR_INIT("10.0.0.0/"),
        STR_INIT("10.0.0.0/33"),
        STR_INIT("10.0.0.0/08"),
        STR_INIT("10.0.0.0/-1"),
        STR_INIT("10.0.0.0/8/8"),
        STR_INIT("10.0.0.0/8 "),
        STR_INIT("10.0.0.0/255.0.0.0"),
        STR_INIT("10.0.0.1/8"),
        STR_INIT("192.0.2.129/25"),
        STR_INIT("::/129"),
        STR_INIT("2001:db8::1/64"),
        STR_INIT("::ffff:10.0.0.0/95"),
        STR_INIT("::ffff:10.0.0.0/8"),
        STR_INIT("::ffff:10.0.0.1/104"),
        STR_INIT("10/8"),
    };
    cidr c = { .prefix = 99 };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (cidr_parse(bad[i], &c) != ST_INVALID || c.prefix != 99)
            fail_msg(STR_FMT, STR_ARG(bad[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_both_ways),  cmocka_unit_test(malformed_addresses),
        cmocka_unit_test(socket_addresses), cmocka_unit_test(families_are_never_equal),
        cmocka_unit_test(loopback),         cmocka_unit_test(limits_count_networks),
        cmocka_unit_test(networks),         cmocka_unit_test(malformed_networks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
