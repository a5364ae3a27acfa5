/* Limits in number, size and time, and how a listener ends. Waits are bounded from below only: nothing may be closed
 * before its time. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/test_client.h"

#define A_REQUEST STR("GET / HTTP/1.1\r\nHost: h\r\n\r\n")

static void say_ok(void *self, http_exchange *x, const http_request *rq)
{
    (void)self;
    http_response r = { .status = 200 };
    buf_init(&r.body, 64 << 20);
    if (str_eq(rq->path, STR("/large")))
        r.body.n = buf_reserve(&r.body, 48 << 20) ? 48 << 20 : 0;
    if (r.body.n > 0)
        memset(r.body.p, 'x', r.body.n);
    http_reply(x, &r);
}

static bool answers(int fd)
{
    test_answer a;
    test_send(fd, A_REQUEST);
    test_receive(fd, false, &a);
    return a.status == 200;
}

static int64_t now_ms(void)
{
    return world_system()->monotonic_ms(world_system()->self);
}

/* --- numbers and sizes --- */

static void connections_over_the_limit_are_closed_at_once(void **state)
{
    (void)state;
    http_options o = test_options(say_ok, NULL);
    o.connections_max = 3;
    o.threads = 2;
    http_server *s = test_start(&o);
    int fds[3];
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 3; i++) {
            fds[i] = test_connect(http_port(s));
            assert_true(answers(fds[i]));
        }
        for (int i = 0; i < 5; i++) {
            int fd = test_connect(http_port(s));
            assert_true(test_is_closed(fd));
            close(fd);
        }
        assert_int_equal(http_count(s).connections, 3);
        assert_int_equal(http_count(s).refused_limit, 5 * (round + 1));
        for (int i = 0; i < 3; i++)
            close(fds[i]);
        while (http_count(s).connections > 0)
            test_pause_ms(5);
    }
    http_stop(s);
}

static void loopback_is_not_limited_by_network(void **state)
{
    (void)state;
    http_options o = test_options(say_ok, NULL);
    o.connections_per_network_max = 1;
    http_server *s = test_start(&o);
    int first = test_connect(http_port(s)), second = test_connect(http_port(s));
    assert_true(answers(first));
    assert_true(answers(second));
    close(first);
    close(second);
    http_stop(s);
}

static void a_body_over_the_limit_is_refused(void **state)
{
    (void)state;
    http_options o = test_options(say_ok, NULL);
    o.body_max = 100;
    http_server *s = test_start(&o);
    static const struct {
        str head, more;
        int want;
    } cases[] = {
        { STR_INIT("Content-Length: 100\r\n\r\n"), STR_INIT(""), -1 },  /* waited for */
        { STR_INIT("Content-Length: 101\r\n\r\n"), STR_INIT(""), 413 }, /* before a byte of it came */
        { STR_INIT("Content-Length: 99999999999999999999999999\r\n\r\n"), STR_INIT(""), 413 },
        { STR_INIT("Transfer-Encoding: chunked\r\n\r\n32\r\n12345678901234567890123456789012345678901234567890\r\n"),
          STR_INIT("32\r\n12345678901234567890123456789012345678901234567890\r\n0\r\n\r\n"), 200 },
        { STR_INIT("Transfer-Encoding: chunked\r\n\r\n32\r\n12345678901234567890123456789012345678901234567890\r\n"),
          STR_INIT("33\r\n123456789012345678901234567890123456789012345678901"), 413 }, /* before it ended */
        { STR_INIT("Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n"), STR_INIT("a"), 413 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int fd = test_connect(http_port(s));
        test_answer a;
        test_send(fd, STR("POST / HTTP/1.1\r\nHost: h\r\n"));
        test_send(fd, cases[i].head);
        test_send(fd, cases[i].more);
        if (cases[i].want > 0) {
            test_receive(fd, false, &a);
            assert_int_equal(a.status, cases[i].want);
        }
        if (cases[i].want == 413)
            test_skip_to_end(fd);
        close(fd);
    }
    http_stop(s);
}

static void a_head_over_the_limit_is_refused(void **state)
{
    (void)state;
    http_options o = test_options(say_ok, NULL);
    http_server *s = test_start(&o);
    static const struct {
        const char *before, *repeated, *after;
        size_t times;
        int want;
    } cases[] = {
        { "GET /", "a", " HTTP/1.1\r\nHost: h\r\n\r\n", 33000, 414 },
        { "GET /", "a", "", 33000, 414 }, /* it need not end */
        { "GET /?", "&a=1", " HTTP/1.1\r\nHost: h\r\n\r\n", 600, 414 },
        { "GET / HTTP/1.1\r\nHost: h\r\nX: ", "a", "\r\n\r\n", 33000, 431 },
        { "GET / HTTP/1.1\r\nHost: h\r\nX: ", "a", "", 33000, 431 },
        { "GET / HTTP/1.1\r\nHost: h\r\n", "X: a\r\n", "\r\n", 5000, 431 },
        { "GET / HTTP/1.1\r\nHost: h\r\n", "X: a\r\n", "\r\n", 100, 200 },
        { "GET /?", "&a=1", " HTTP/1.1\r\nHost: h\r\n\r\n", 300, 200 },
        { "GET /", "a", " HTTP/1.1\r\nHost: h\r\n\r\n", 28000, 200 },
    };
    static char request[64 * 1024];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buf b;
        buf_init(&b, sizeof request);
        buf_add(&b, str_from_c(cases[i].before));
        for (size_t n = 0; n < cases[i].times; n++)
            buf_add(&b, str_from_c(cases[i].repeated));
        buf_add(&b, str_from_c(cases[i].after));
        int fd = test_connect(http_port(s));
        test_answer a;
        test_send(fd, buf_str(&b));
        test_receive(fd, false, &a);
        if (a.status != cases[i].want)
            print_message("case %zu: %d\n", i, a.status);
        assert_int_equal(a.status, cases[i].want);
        if (cases[i].want != 200)
            test_skip_to_end(fd);
        close(fd);
        buf_done(&b);
    }
    http_stop(s);
}

/* --- time --- */

static http_server *start_in_a_hurry(unsigned idle_timeout_s, unsigned total_timeout_s)
{
    http_options o = test_options(say_ok, NULL);
    o.idle_timeout_s = idle_timeout_s;
    o.total_timeout_s = total_timeout_s;
    return test_start(&o);
}

/* Sends a byte every 100 ms until the server has had enough; how long that took. */
static int64_t trickle(int fd, str begin, char more)
{
    int64_t began_ms = now_ms();
    test_send(fd, begin);
    for (int i = 0; i < 200; i++) {
        char byte;
        if (recv(fd, &byte, 1, MSG_DONTWAIT) == 0)
            return now_ms() - began_ms;
        if (send(fd, &more, 1, MSG_NOSIGNAL) < 0)
            return now_ms() - began_ms;
        test_pause_ms(100);
    }
    fail_msg("it never has");
    return 0;
}

static void a_request_that_trickles_is_cut_off(void **state)
{
    (void)state;
    http_server *s = start_in_a_hurry(1, 1);
    static const struct {
        str begin;
        char more;
        int64_t least_ms;
    } cases[] = {
        { STR_INIT("GET /"), 'a', 2000 },                            /* the first line: both timeouts */
        { STR_INIT("GET / HTTP/1.1\r\nHost: h\r\nX: "), 'a', 1000 }, /* the head */
        { STR_INIT("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n"), 'a', 1000 },
        { STR_INIT("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nFFF\r\n"), 'a', 1000 },
        { STR_INIT("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;"), 'a', 1000 },
        { STR_INIT(""), '\n', 2000 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int fd = test_connect(http_port(s));
        assert_true(trickle(fd, cases[i].begin, cases[i].more) >= cases[i].least_ms);
        close(fd);
        assert_int_equal(http_count(s).reaped, i + 1);
    }
    while (http_count(s).connections > 0)
        test_pause_ms(5);
    http_stop(s);
}

static void an_answer_that_nobody_reads_is_cut_off(void **state)
{
    (void)state;
    http_server *s = start_in_a_hurry(10, 1);
    int fd = test_connect(http_port(s));
    test_send(fd, STR("GET /large HTTP/1.1\r\nHost: h\r\n\r\n"));
    while (http_count(s).connections == 0 || http_count(s).requests == 0)
        test_pause_ms(5);
    while (http_count(s).connections > 0)
        test_pause_ms(5);
    assert_int_equal(http_count(s).reaped, 1);
    close(fd);
    http_stop(s);
}

static void idle_connections_are_left_to_the_idle_timeout(void **state)
{
    (void)state;
    http_server *s = start_in_a_hurry(2, 1);
    int fd = test_connect(http_port(s));
    for (int i = 0; i < 2; i++) {
        assert_true(answers(fd));
        test_pause_ms(1500); /* longer than the total timeout */
    }
    assert_true(answers(fd));
    int64_t began_ms = now_ms();
    assert_true(test_is_closed(fd));
    assert_true(now_ms() - began_ms >= 1900);
    assert_int_equal(http_count(s).reaped, 0);
    close(fd);
    http_stop(s);
}

/* --- listening, draining --- */

static void an_address_is_taken_once(void **state)
{
    (void)state;
    err e = { 0 };
    http_server *s = NULL, *second = NULL;
    http_options o = test_options(say_ok, NULL);
    s = test_start(&o);
    o.port = http_port(s);
    assert_int_equal(http_start(&o, &second, &e), ST_CONFLICT);
    assert_non_null(strstr(e.log, "127.0.0.1"));
    static const char *const bad[] = {
        "localhost", "", "1.2.3", "[127.0.0.1", "::1]", "192.0.2.1"
    }; /* the last is nobody's: RFC 5737 */
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        o.address = bad[i];
        o.port = 0;
        assert_int_equal(http_start(&o, &second, &e), ST_INVALID);
    }
    assert_null(second);
    http_stop(s);
    http_stop(NULL);
}

static void ipv6_is_served_where_there_is_any(void **state)
{
    (void)state;
    static const char *const names[] = { "[::1]", "::1" };
    for (int i = 0; i < 2; i++) {
        err e = { 0 };
        http_server *s = NULL;
        http_options o = test_options(say_ok, NULL);
        o.address = names[i];
        status result = http_start(&o, &s, &e);
        assert_true(result == ST_OK || result == ST_INVALID); /* ST_INVALID: the machine has no ::1 */
        assert_true((result == ST_OK) == (s != NULL));
        http_stop(s);
    }
}

typedef struct {
    _Atomic(http_exchange *) x;
} kept;

static void keep(void *self, http_exchange *x, const http_request *rq)
{
    (void)rq;
    atomic_store(&((kept *)self)->x, x);
}

static bool has_kept(void *self)
{
    return atomic_load(&((kept *)self)->x) != NULL;
}

static bool is_drained(void *self)
{
    return http_is_drained(self);
}

static void draining_frees_the_port_and_finishes_what_began(void **state)
{
    (void)state;
    kept k = { NULL };
    http_options o = test_options(keep, &k);
    http_server *s = test_start(&o);
    int busy = test_connect(http_port(s)), idle = test_connect(http_port(s));
    test_send(busy, A_REQUEST);
    test_wait_for(has_kept, &k);
    assert_false(http_is_drained(s));
    http_drain(s);
    http_drain(s);
    assert_false(http_is_drained(s));

    http_options next = test_options(say_ok, NULL);
    next.port = http_port(s);
    http_server *successor = test_start(&next);
    int fd = test_connect(next.port);
    assert_true(answers(fd)); /* the new one's */
    close(fd);

    http_response r = { .status = 200 };
    http_reply(atomic_load(&k.x), &r);
    test_answer a;
    test_receive(busy, false, &a);
    assert_int_equal(a.status, 200);
    assert_non_null(strcasestr(a.text, "\r\nconnection: close\r\n"));
    assert_true(test_is_closed(busy));
    test_wait_for(is_drained, s); /* though a connection that asks nothing is still open */
    http_stop(s);
    assert_true(test_is_closed(idle));
    close(busy);
    close(idle);
    http_stop(successor);
}

static void stopping_closes_what_is_left(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        http_options o = test_options(say_ok, NULL);
        o.threads = 1 + (unsigned)i % 3;
        http_server *s = test_start(&o);
        int asked = test_connect(http_port(s)), fresh = test_connect(http_port(s));
        assert_true(answers(asked));
        http_stop(s);
        assert_true(test_is_closed(asked));
        assert_true(test_is_closed(fresh));
        close(asked);
        close(fresh);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_over_the_limit_are_closed_at_once),
        cmocka_unit_test(loopback_is_not_limited_by_network),
        cmocka_unit_test(a_body_over_the_limit_is_refused),
        cmocka_unit_test(a_head_over_the_limit_is_refused),
        cmocka_unit_test(a_request_that_trickles_is_cut_off),
        cmocka_unit_test(an_answer_that_nobody_reads_is_cut_off),
        cmocka_unit_test(idle_connections_are_left_to_the_idle_timeout),
        cmocka_unit_test(an_address_is_taken_once),
        cmocka_unit_test(ipv6_is_served_where_there_is_any),
        cmocka_unit_test(draining_frees_the_port_and_finishes_what_began),
        cmocka_unit_test(stopping_closes_what_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
