#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "http/peers.h"

static ip_addr ip(const char *text)
{
    ip_addr a;
    assert_int_equal(ip_parse(str_from_c(text), &a), ST_OK);
    return a;
}

static status add(peers *p, const char *text)
{
    ip_addr a = ip(text);
    return peers_add(p, &a);
}

static void remove_one(peers *p, const char *text)
{
    ip_addr a = ip(text);
    peers_remove(p, &a);
}

static peers *make(unsigned connections_max, unsigned per_network_max)
{
    err e = { 0 };
    peers *p = NULL;
    assert_int_equal(peers_new(connections_max, per_network_max, world_system(), &p, &e), ST_OK);
    return p;
}

static void a_network_holds_what_it_may(void **state)
{
    (void)state;
    peers *p = make(100, 2);
    assert_int_equal(add(p, "192.0.2.1"), ST_OK);
    assert_int_equal(add(p, "192.0.2.1"), ST_OK);
    assert_int_equal(add(p, "192.0.2.1"), ST_LIMIT);
    assert_int_equal(add(p, "192.0.2.2"), ST_OK); /* an IPv4 address is a network of its own */
    remove_one(p, "192.0.2.1");
    assert_int_equal(add(p, "192.0.2.1"), ST_OK);
    assert_int_equal(add(p, "192.0.2.1"), ST_LIMIT);
    peers_free(p);
}

static void an_ipv6_network_is_a_64(void **state)
{
    (void)state;
    peers *p = make(100, 2);
    assert_int_equal(add(p, "2001:db8:0:1::1"), ST_OK);
    assert_int_equal(add(p, "2001:db8:0:1:ffff:ffff:ffff:ffff"), ST_OK);
    assert_int_equal(add(p, "2001:db8:0:1::2"), ST_LIMIT);
    assert_int_equal(add(p, "2001:db8:0:2::1"), ST_OK);
    remove_one(p, "2001:db8:0:1::1");
    assert_int_equal(add(p, "2001:db8:0:1::3"), ST_OK);
    peers_free(p);
}

static void a_mapped_address_is_its_ipv4_one(void **state)
{
    (void)state;
    peers *p = make(100, 1);
    assert_int_equal(add(p, "::ffff:192.0.2.1"), ST_OK);
    assert_int_equal(add(p, "192.0.2.1"), ST_LIMIT);
    assert_int_equal(add(p, "::ffff:192.0.2.2"), ST_OK);
    peers_free(p);
}

static void loopback_and_no_limit_are_not_counted(void **state)
{
    (void)state;
    peers *p = make(100, 1);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(add(p, "127.0.0.1"), ST_OK);
        assert_int_equal(add(p, "127.9.9.9"), ST_OK);
        assert_int_equal(add(p, "::1"), ST_OK);
    }
    remove_one(p, "127.0.0.1");
    peers_free(p);
    p = make(100, 0);
    for (int i = 0; i < 10; i++)
        assert_int_equal(add(p, "192.0.2.1"), ST_OK);
    remove_one(p, "192.0.2.1");
    peers_free(p);
    peers_free(NULL);
}

static void many_networks_share_a_small_table(void **state)
{
    (void)state;
    peers *p = make(1, 1);
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < 1000; i++) {
            ip_addr a = { .b = { 10, 0, (uint8_t)(i >> 8), (uint8_t)i }, .family = 4 };
            assert_int_equal(peers_add(p, &a), ST_OK);
            assert_int_equal(peers_add(p, &a), ST_LIMIT);
        }
        for (unsigned i = 0; i < 1000; i++) {
            ip_addr a = { .b = { 10, 0, (uint8_t)((999 - i) >> 8), (uint8_t)(999 - i) }, .family = 4 };
            peers_remove(p, &a);
        }
    }
    peers_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_network_holds_what_it_may),       cmocka_unit_test(an_ipv6_network_is_a_64),
        cmocka_unit_test(a_mapped_address_is_its_ipv4_one),  cmocka_unit_test(loopback_and_no_limit_are_not_counted),
        cmocka_unit_test(many_networks_share_a_small_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
