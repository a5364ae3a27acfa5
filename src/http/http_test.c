#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/test_client.h"

/* Says what it got, one value a line. */
static void tell(void *self, http_exchange *x, const http_request *rq)
{
    (void)self;
    http_response r = { .status = 200, .content_type = "text/plain" };
    buf_init(&r.body, 1 << 20);
    buf_addf(&r.body, "method=" STR_FMT "\ntarget=" STR_FMT "\npath=" STR_FMT "\n", STR_ARG(rq->method), STR_ARG(rq->target),
             STR_ARG(rq->path));
    if (rq->query.p != NULL)
        buf_addf(&r.body, "query=" STR_FMT "\n", STR_ARG(rq->query));
    for (size_t i = 0; i < rq->header_n; i++)
        buf_addf(&r.body, STR_FMT "=[" STR_FMT "]\n", STR_ARG(rq->headers[i].name), STR_ARG(rq->headers[i].value));
    char peer[IP_TEXT_MAX];
    (void)ip_format(&rq->peer, peer);
    buf_addf(&r.body, "peer=%s tls=%d arena=%d\nbody=" STR_FMT, peer, rq->is_tls, arena_used(http_arena(x)) > 0,
             STR_ARG(str_of(rq->body)));
    http_reply(x, &r);
}

static void a_request_arrives_as_it_was_sent(void **state)
{
    (void)state;
    http_options o = test_options(tell, NULL);
    http_server *s = test_start(&o);
    test_answer a;
    test_ask(http_port(s),
             STR("GET /a%20b/c?x=1&y=+%2B&x=&z HTTP/1.1\r\nHost: h:1\r\nX-One:  a\tb \t\r\nx-two:\r\n"
                 "Cookie: c=d; e=f\r\nX-ONE: again\r\n\r\n"),
             &a);
    assert_int_equal(a.status, 200);
    assert_string_equal(a.body,
                        "method=GET\ntarget=/a%20b/c?x=1&y=+%2B&x=&z\npath=/a%20b/c\nquery=x=1&y=+%2B&x=&z\nHost=[h:1]\n"
                        "X-One=[a\tb]\nx-two=[]\nCookie=[c=d; e=f]\nX-ONE=[again]\npeer=127.0.0.1 tls=0 arena=1\nbody=");
    test_ask(http_port(s), STR("POST / HTTP/1.0\r\nHost: h\r\nContent-Length: 003\r\n\r\na=b"), &a);
    assert_string_equal(
        a.body, "method=POST\ntarget=/\npath=/\nHost=[h]\nContent-Length=[003]\npeer=127.0.0.1 tls=0 arena=1\nbody=a=b");
    assert_int_equal(http_count(s).requests, 2);
    http_stop(s);
}

static void a_header_is_found_in_any_case(void **state)
{
    (void)state;
    const http_header headers[] = { { STR("Host"), STR("a") }, { STR("X-Twice"), STR("1") }, { STR("x-twice"), STR("2") } };
    http_request rq = { .headers = headers, .header_n = 3 };
    assert_true(str_eq(http_header_get(&rq, STR("hOST")), STR("a")));
    assert_true(str_eq(http_header_get(&rq, STR("x-twice")), STR("1")));
    assert_null(http_header_get(&rq, STR("x-twic")).p);
}

/* --- answers --- */

static void answer_with_headers(void *self, http_exchange *x, const http_request *rq)
{
    (void)self;
    const http_header headers[] = { { STR("x-acs-request-id"), STR("R-1") }, { STR("x-acs-retry-after"), STR("7") } };
    http_response r = { .status = str_eq(rq->path, STR("/denied")) ? 403 : 200,
                        .content_type = "application/json;charset=utf-8",
                        .headers = headers,
                        .header_n = 2,
                        .closes = str_eq(rq->path, STR("/close")) };
    buf_init_secret(&r.body, 100);
    buf_add(&r.body, STR("{\"a\":1}"));
    http_reply(x, &r);
    assert_null(r.body.p); /* it was moved */
}

static void an_answer_carries_its_headers_and_no_banner(void **state)
{
    (void)state;
    http_options o = test_options(answer_with_headers, NULL);
    http_server *s = test_start(&o);
    test_answer a;
    test_ask(http_port(s), STR("GET /denied HTTP/1.1\r\nHost: h\r\n\r\n"), &a);
    assert_int_equal(a.status, 403);
    assert_string_equal(a.body, "{\"a\":1}");
    assert_non_null(strstr(a.text, "\r\nContent-Type: application/json;charset=utf-8\r\n"));
    assert_non_null(strstr(a.text, "\r\nContent-Length: 7\r\n"));
    assert_non_null(strstr(a.text, "\r\nx-acs-request-id: R-1\r\n"));
    assert_non_null(strstr(a.text, "\r\nx-acs-retry-after: 7\r\n"));
    assert_null(strcasestr(a.text, "server:"));
    assert_null(strcasestr(a.text, "connection: close"));
    assert_int_equal(a.receives, 1); /* head and body left in one write */
    http_stop(s);
}

static void an_answer_may_close_the_connection(void **state)
{
    (void)state;
    http_options o = test_options(answer_with_headers, NULL);
    http_server *s = test_start(&o);
    int fd = test_connect(http_port(s));
    test_answer a;
    test_send(fd, STR("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    test_receive(fd, false, &a);
    test_send(fd, STR("GET /close HTTP/1.1\r\nHost: h\r\n\r\n"));
    test_receive(fd, false, &a);
    assert_int_equal(a.status, 200);
    assert_non_null(strcasestr(a.text, "\r\nconnection: close\r\n"));
    assert_true(test_is_closed(fd));
    close(fd);
    http_stop(s);
}

static void head_is_answered_without_a_body(void **state)
{
    (void)state;
    http_options o = test_options(answer_with_headers, NULL);
    http_server *s = test_start(&o);
    int fd = test_connect(http_port(s));
    test_answer a;
    test_send(fd, STR("HEAD / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    test_receive(fd, true, &a);
    assert_int_equal(a.status, 200);
    assert_non_null(strstr(a.text, "\r\nContent-Length: 7\r\n"));
    test_receive(fd, false, &a); /* directly behind it: there was no body */
    assert_string_equal(a.body, "{\"a\":1}");
    close(fd);
    http_stop(s);
}

static void answer_with_a_broken_body_or_header(void *self, http_exchange *x, const http_request *rq)
{
    (void)self;
    const http_header split = { STR("x"), STR("a\r\nInjected: 1") };
    http_response r = { .status = 200, .headers = &split, .header_n = str_eq(rq->path, STR("/split")) };
    buf_init(&r.body, 3);
    buf_add(&r.body, rq->path);
    http_reply(x, &r);
}

static void half_an_answer_is_never_sent(void **state)
{
    (void)state;
    http_options o = test_options(answer_with_a_broken_body_or_header, NULL);
    http_server *s = test_start(&o);
    test_answer a;
    test_ask(http_port(s), STR("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"), &a);
    assert_string_equal(a.body, "/a");
    test_ask(http_port(s), STR("GET /too-long HTTP/1.1\r\nHost: h\r\n\r\n"), &a);
    assert_int_equal(a.status, 0);
    test_ask(http_port(s), STR("GET /split HTTP/1.1\r\nHost: h\r\n\r\n"), &a);
    assert_int_equal(a.n, 0);
    http_stop(s);
}

/* --- bodies --- */

static void chunks_are_put_together(void **state)
{
    (void)state;
    http_options o = test_options(tell, NULL);
    http_server *s = test_start(&o);
    int fd = test_connect(http_port(s));
    test_answer a;
    test_send(fd, STR("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"));
    test_pause_ms(20);
    test_send(fd, STR("A;ext=1\r\n0123456789\r\n0"));
    test_pause_ms(20);
    test_send(fd, STR("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    test_receive(fd, false, &a);
    assert_non_null(strstr(a.body, "\nbody=abc0123456789"));
    assert_non_null(strcasestr(a.text, "\r\nconnection: close\r\n"));
    assert_true(test_is_closed(fd)); /* and what came behind it is not read */
    close(fd);
    assert_int_equal(http_count(s).requests, 1);
    test_ask(http_port(s), STR("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), &a);
    assert_non_null(strstr(a.body, "\nbody="));
    test_ask(http_port(s),
             STR("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Trailer: 1\r\n\r\n"), &a);
    assert_int_equal(a.status, 400);
    http_stop(s);
}

static void a_client_may_ask_before_it_sends_a_body(void **state)
{
    (void)state;
    http_options o = test_options(tell, NULL);
    o.body_max = 10;
    http_server *s = test_start(&o);
    int fd = test_connect(http_port(s));
    test_answer a;
    test_send(fd, STR("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"));
    test_receive(fd, true, &a);
    assert_int_equal(a.status, 100);
    test_send(fd, STR("abc"));
    test_receive(fd, false, &a);
    assert_int_equal(a.status, 200);
    assert_non_null(strstr(a.body, "\nbody=abc"));
    test_send(fd, STR("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n"));
    test_receive(fd, false, &a);
    assert_int_equal(a.status, 413); /* at once, and no 100 before it */
    assert_true(test_is_closed(fd));
    close(fd);
    http_stop(s);
}

static void a_large_body_and_a_small_one_share_a_connection(void **state)
{
    (void)state;
    http_options o = test_options(tell, NULL);
    http_server *s = test_start(&o);
    int fd = test_connect(http_port(s));
    static char large[60000];
    memset(large, 'L', sizeof large);
    test_answer a;
    for (int round = 0; round < 3; round++) {
        test_send(fd, STR("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n"));
        test_send(fd, (str){ large, sizeof large });
        test_receive(fd, false, &a);
        assert_int_equal(a.status, 200);
        assert_memory_equal(a.text + a.n - sizeof large, large, sizeof large);
        test_send(fd, STR("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\ns"));
        test_receive(fd, false, &a);
        assert_non_null(strstr(a.body, "\nbody=s"));
    }
    close(fd);
    http_stop(s);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    (void)state;
    http_options o = test_options(tell, NULL);
    http_server *s = test_start(&o);
    int fd = test_connect(http_port(s));
    test_send(fd, STR("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n"
                      "ab\r\nGET /3 HTTP/1.1\r\nHost: h\r\n\r\n"));
    static const char *const targets[] = { "method=GET\ntarget=/1\n", "method=POST\ntarget=/2\n", "method=GET\ntarget=/3\n" };
    for (int i = 0; i < 3; i++) {
        test_answer a;
        test_receive(fd, false, &a);
        assert_int_equal(a.status, 200);
        assert_memory_equal(a.body, targets[i], strlen(targets[i]));
    }
    close(fd);
    http_stop(s);
}

static void a_target_of_24_kib_fits(void **state)
{
    (void)state;
    http_options o = test_options(tell, NULL);
    http_server *s = test_start(&o);
    static char request[32 * 1024];
    static const char rest[] = " HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nX-B: 2\r\n\r\n";
    for (size_t n = 100; n <= 24 * 1024; n += 1777) {
        size_t at = 0;
        memcpy(request, "POST /?p=", 9);
        memset(request + 9, '%', n);
        at = 9 + n;
        memcpy(request + at, rest, sizeof rest - 1);
        test_answer a;
        test_ask(http_port(s), (str){ request, at + sizeof rest - 1 }, &a);
        assert_int_equal(a.status, 200);
        assert_non_null(strstr(a.body, "\nHost=[h]\nX-A=[1]\nX-B=[2]\n"));
    }
    http_stop(s);
}

/* --- answers from other threads --- */

enum { QUEUE_MAX = 64 };

typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    http_exchange *waiting[QUEUE_MAX];
    size_t n;
    bool stops;
    atomic_uint got;
} later;

static void *later_main(void *self)
{
    later *l = self;
    pthread_mutex_lock(&l->lock);
    while (!l->stops || l->n > 0) {
        if (l->n == 0) {
            pthread_cond_wait(&l->filled, &l->lock);
            continue;
        }
        http_exchange *x = l->waiting[--l->n];
        pthread_mutex_unlock(&l->lock);
        http_response r = { .status = 200, .content_type = "text/plain" };
        buf_init(&r.body, 100);
        buf_add(&r.body, STR("later"));
        http_reply(x, &r);
        pthread_mutex_lock(&l->lock);
    }
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

static void answer_later(void *self, http_exchange *x, const http_request *rq)
{
    later *l = self;
    (void)rq;
    pthread_mutex_lock(&l->lock);
    assert(l->n < QUEUE_MAX);
    l->waiting[l->n++] = x;
    pthread_cond_signal(&l->filled);
    pthread_mutex_unlock(&l->lock);
    atomic_fetch_add(&l->got, 1);
}

typedef struct {
    uint16_t port;
    unsigned requests;
} caller;

static void *caller_main(void *self)
{
    caller *c = self;
    int fd = test_connect(c->port);
    for (unsigned i = 0; i < c->requests; i++) {
        test_answer a;
        test_send(fd, STR("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"));
        test_receive(fd, false, &a);
        assert_int_equal(a.status, 200);
        assert_string_equal(a.body, "later");
    }
    close(fd);
    return NULL;
}

/* Handing over and returning race all the time: sometimes the answer is there before the handler returned, sometimes long
 * after. */
static void answers_come_from_other_threads(void **state)
{
    (void)state;
    enum { CALLERS = 8, WORKERS = 3, REQUESTS = 300 };
    later l = { .lock = PTHREAD_MUTEX_INITIALIZER, .filled = PTHREAD_COND_INITIALIZER };
    http_options o = test_options(answer_later, &l);
    o.threads = 2;
    http_server *s = test_start(&o);
    pthread_t workers[WORKERS], callers[CALLERS];
    caller c = { http_port(s), REQUESTS };
    for (int i = 0; i < WORKERS; i++)
        assert_int_equal(pthread_create(&workers[i], NULL, later_main, &l), 0);
    for (int i = 0; i < CALLERS; i++)
        assert_int_equal(pthread_create(&callers[i], NULL, caller_main, &c), 0);
    for (int i = 0; i < CALLERS; i++)
        pthread_join(callers[i], NULL);
    pthread_mutex_lock(&l.lock);
    l.stops = true;
    pthread_cond_broadcast(&l.filled);
    pthread_mutex_unlock(&l.lock);
    for (int i = 0; i < WORKERS; i++)
        pthread_join(workers[i], NULL);
    assert_int_equal(http_count(s).requests, CALLERS * REQUESTS);
    http_stop(s);
}

static bool has_one(void *self)
{
    return atomic_load(&((later *)self)->got) == 1;
}

static bool has_no_connection(void *self)
{
    return http_count(self).connections == 0;
}

static void *stop_main(void *server)
{
    http_stop(server);
    return NULL;
}

static void a_client_that_left_is_answered_all_the_same(void **state)
{
    (void)state;
    later l = { .lock = PTHREAD_MUTEX_INITIALIZER, .filled = PTHREAD_COND_INITIALIZER };
    http_options o = test_options(answer_later, &l);
    http_server *s = test_start(&o);
    int fd = test_connect(http_port(s));
    test_send(fd, STR("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    test_wait_for(has_one, &l);
    const struct linger reset = { .l_onoff = 1, .l_linger = 0 };
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
    close(fd);
    test_pause_ms(50);
    assert_int_equal(http_count(s).connections, 1); /* the exchange is still there to be answered */
    l.stops = true;
    (void)later_main(&l);
    test_wait_for(has_no_connection, s);
    http_stop(s);
}

/* Stopping while a handler has a request: the request is answered first, from its thread, whoever asked for the stop. */
static void a_stop_waits_for_what_a_handler_has(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        later l = { .lock = PTHREAD_MUTEX_INITIALIZER, .filled = PTHREAD_COND_INITIALIZER };
        http_options o = test_options(answer_later, &l);
        http_server *s = test_start(&o);
        int fd = test_connect(http_port(s));
        test_send(fd, STR("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
        test_wait_for(has_one, &l);
        pthread_t stopper, worker;
        assert_int_equal(pthread_create(&stopper, NULL, stop_main, s), 0);
        test_pause_ms(2);
        l.stops = true;
        assert_int_equal(pthread_create(&worker, NULL, later_main, &l), 0);
        pthread_join(worker, NULL);
        pthread_join(stopper, NULL);
        close(fd);
    }
}

/* An end that comes in one packet with half a request frees its place long before the timeouts, which are minutes here. */
static void a_client_that_left_in_the_middle_holds_no_place(void **state)
{
    (void)state;
    http_options o = test_options(tell, NULL);
    o.idle_timeout_s = 600;
    o.total_timeout_s = 600;
    http_server *s = test_start(&o);
    for (int i = 0; i < 20; i++) {
        int fd = test_connect(http_port(s));
        test_send(fd, STR("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc"));
        close(fd);
    }
    test_wait_for(has_no_connection, s);
    http_stop(s);
}

static void threads_share_the_connections(void **state)
{
    (void)state;
    http_options o = test_options(tell, NULL);
    o.threads = 4;
    http_server *s = test_start(&o);
    int fds[16];
    for (int i = 0; i < 16; i++)
        fds[i] = test_connect(http_port(s));
    for (int i = 0; i < 16; i++) {
        test_answer a;
        test_send(fds[i], STR("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
        test_receive(fds[i], false, &a);
        assert_int_equal(a.status, 200);
        close(fds[i]);
    }
    test_wait_for(has_no_connection, s);
    http_stop(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_arrives_as_it_was_sent),
        cmocka_unit_test(a_header_is_found_in_any_case),
        cmocka_unit_test(an_answer_carries_its_headers_and_no_banner),
        cmocka_unit_test(an_answer_may_close_the_connection),
        cmocka_unit_test(head_is_answered_without_a_body),
        cmocka_unit_test(half_an_answer_is_never_sent),
        cmocka_unit_test(chunks_are_put_together),
        cmocka_unit_test(a_client_may_ask_before_it_sends_a_body),
        cmocka_unit_test(a_large_body_and_a_small_one_share_a_connection),
        cmocka_unit_test(pipelined_requests_are_answered_in_order),
        cmocka_unit_test(a_target_of_24_kib_fits),
        cmocka_unit_test(answers_come_from_other_threads),
        cmocka_unit_test(a_client_that_left_is_answered_all_the_same),
        cmocka_unit_test(a_stop_waits_for_what_a_handler_has),
        cmocka_unit_test(a_client_that_left_in_the_middle_holds_no_place),
        cmocka_unit_test(threads_share_the_connections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
