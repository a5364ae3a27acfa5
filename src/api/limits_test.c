#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "api/client_address.h"
#include "api/failure_limit.h"

static ip_addr ip(const char *text)
{
    ip_addr a = { 0 };
    assert_int_equal(ip_parse(str_from_c(text), &a), ST_OK);
    return a;
}

static void test_failures_of_a_network(void **state)
{
    (void)state;
    static failure_limit l;
    assert_int_equal(failure_limit_init(&l, 3, world_system()), ST_OK);
    ip_addr here = ip("192.0.2.1"), six = ip("2001:db8::1"), neighbour = ip("2001:db8::ffff");
    for (int i = 0; i < 3; i++) {
        assert_false(failure_limit_is_over(&l, &here, 600));
        failure_limit_count(&l, &here, 600);
    }
    assert_true(failure_limit_is_over(&l, &here, 659));
    assert_false(failure_limit_is_over(&l, &here, 660)); /* the next minute */
    for (int i = 0; i < 3; i++)
        failure_limit_count(&l, &six, 600);
    assert_true(failure_limit_is_over(&l, &neighbour, 600)); /* the same /64 */
}

static void test_no_limit(void **state)
{
    (void)state;
    static failure_limit l;
    assert_int_equal(failure_limit_init(&l, 0, world_system()), ST_OK);
    ip_addr here = ip("192.0.2.1");
    for (int i = 0; i < 1000; i++)
        failure_limit_count(&l, &here, 600);
    assert_false(failure_limit_is_over(&l, &here, 600));
}

/* T15: forwarding headers count only from listed proxies, and what does not parse fails closed. */
static const struct {
    const char *what, *peer, *forwarded, *want; /* want NULL: unknown */
} addresses[] = {
    { "no proxy, no header", "192.0.2.1", NULL, "192.0.2.1" },
    { "a forged header", "192.0.2.1", "198.51.100.7", "192.0.2.1" },
    { "a proxy without a header", "10.0.0.1", NULL, "10.0.0.1" },
    { "a proxy", "10.0.0.1", "198.51.100.7", "198.51.100.7" },
    { "the client's own forgery before the proxy's word", "10.0.0.1", "127.0.0.1, 198.51.100.7", "198.51.100.7" },
    { "two proxies", "10.0.0.1", "198.51.100.7, 10.0.0.2", "198.51.100.7" },
    { "proxies only", "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3" },
    { "IPv6 behind a proxy", "10.0.0.1", "2001:db8::7", "2001:db8::7" },
    { "not an address", "10.0.0.1", "unknown", NULL },
    { "an address with a port", "10.0.0.1", "198.51.100.7:80", NULL },
    { "an empty item", "10.0.0.1", "198.51.100.7,", NULL },
};

static void test_addresses(void **state)
{
    (void)state;
    cidr proxies[1];
    assert_int_equal(cidr_parse(STR("10.0.0.0/8"), &proxies[0]), ST_OK);
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        http_header h = { STR("X-Forwarded-For"), str_from_c(addresses[i].forwarded) };
        http_request rq = { .headers = &h, .header_n = addresses[i].forwarded != NULL, .peer = ip(addresses[i].peer) };
        ip_addr got = client_address(&rq, proxies, 1), want = { 0 };
        if (addresses[i].want != NULL)
            want = ip(addresses[i].want);
        if (got.family != want.family || !ip_eq(&got, &want))
            fail_msg("%s", addresses[i].what);
    }
}

static void test_repeated_headers_are_one_list(void **state)
{
    (void)state;
    cidr proxies[1];
    assert_int_equal(cidr_parse(STR("10.0.0.0/8"), &proxies[0]), ST_OK);
    http_header h[] = { { STR("X-Forwarded-For"), STR("203.0.113.9") }, { STR("X-Forwarded-For"), STR("10.0.0.2") } };
    http_request rq = { .headers = h, .header_n = 2, .peer = ip("10.0.0.1") };
    ip_addr got = client_address(&rq, proxies, 1), want = ip("203.0.113.9");
    assert_true(ip_eq(&got, &want));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failures_of_a_network),
        cmocka_unit_test(test_no_limit),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_repeated_headers_are_one_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
