/* The header rules, against a real server: what libmicrohttpd makes of a head is half of the matter. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "http/test_client.h"

static void say_ok(void *self, http_exchange *x, const http_request *rq)
{
    (void)self;
    (void)rq;
    http_response r = { .status = 200 };
    buf_init(&r.body, 10);
    http_reply(x, &r);
}

typedef struct {
    const char *what;
    str request;
    int want; /* status; 0: closed without an answer */
} rule_case;

#define GET(rest)  STR("GET / HTTP/1.1\r\n" rest "\r\n")
#define POST(rest) STR("POST / HTTP/1.1\r\nHost: h\r\n" rest)

static const rule_case accepted[] = {
    { "plain", GET("Host: h\r\n"), 200 },
    { "no blank after the colon", GET("Host:h\r\n"), 200 },
    { "blanks and tabs around a value", GET("Host: \t h \t\r\n"), 200 },
    { "an empty value", GET("Host: h\r\nX:\r\n"), 200 },
    { "every token character", GET("Host: h\r\n!#$%&'*+-.^_`|~09azAZ: v\r\n"), 200 },
    { "a tab and bytes past ASCII in a value", GET("Host: h\r\nX: a\tb\xc3\xa9\xff\r\n"), 200 },
    { "names that begin alike",
      GET("Host: h\r\nHosts: a\r\nContent-Type: b\r\nContent-Length-X: c\r\nTransfer: d\r\nTE: e\r\n"), 200 },
    { "a port", GET("Host: [::1]:8080\r\n"), 200 },
    { "the other methods", STR("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n"), 200 },
    { "a length", POST("Content-Length: 2\r\n\r\nab"), 200 },
    { "chunked", POST("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 200 },
    { "an older version", STR("GET / HTTP/1.0\r\nHost: h\r\n\r\n"), 200 },
    { "an empty line before the request", STR("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"), 200 },
    { "the characters that Node leaves bare", STR("GET /?a=!'()*~;:@$,[]|{} HTTP/1.1\r\nHost: h\r\n\r\n"), 200 },
};

static const rule_case refused[] = {
    { "two Hosts", GET("Host: h\r\nHost: h\r\n"), 400 },
    { "two Hosts in two cases", GET("Host: h\r\nX: 1\r\nhOST: i\r\n"), 400 },
    { "no Host", GET("X: h\r\n"), 400 },
    { "no Host in HTTP/1.0", STR("GET / HTTP/1.0\r\nX: h\r\n\r\n"), 400 },
    { "no header at all", STR("GET / HTTP/1.0\r\n\r\n"), 400 },
    { "an empty Host", GET("Host:\r\n"), 400 },
    { "a list for Host", GET("Host: a, b\r\n"), 400 },
    { "a path in Host", GET("Host: a/b\r\n"), 400 },
    { "two Content-Lengths", POST("Content-Length: 2\r\nContent-Length: 2\r\n\r\nab"), 400 },
    { "two Transfer-Encodings", POST("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400 },
    { "both", POST("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400 },
    { "both, the other way round", POST("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"), 400 },
    { "another coding", POST("Transfer-Encoding: gzip\r\n\r\n"), 400 },
    { "two codings", POST("Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), 400 },
    { "identity", POST("Transfer-Encoding: identity\r\n\r\n"), 400 },
    { "chunked in another case", POST("Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n"), 400 },
    { "chunked and a blank", POST("Transfer-Encoding: chunked \r\n\r\n0\r\n\r\n"), 400 },
    { "chunked in HTTP/1.0", STR("POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400 },
    { "a signed length", POST("Content-Length: +2\r\n\r\nab"), 400 },
    { "a negative length", POST("Content-Length: -2\r\n\r\nab"), 400 },
    { "a hexadecimal length", POST("Content-Length: 0x2\r\n\r\nab"), 400 },
    { "a list of lengths", POST("Content-Length: 2,2\r\n\r\nab"), 400 },
    { "an empty length", POST("Content-Length:\r\n\r\nab"), 400 },
    { "a length of two numbers", POST("Content-Length: 1 2\r\n\r\nab"), 400 },
    { "a blank before the colon", GET("Host: h\r\nX : 1\r\n"), 400 },
    { "a tab before the colon", GET("Host: h\r\nX\t: 1\r\n"), 400 },
    { "a blank before the colon of a length", POST("Content-Length : 2\r\n\r\nab"), 400 },
    { "an empty name", GET("Host: h\r\n: 1\r\n"), 400 },
    { "no colon", GET("Host: h\r\nXY\r\n"), 400 },
    { "a slash in a name", GET("Host: h\r\nX/Y: 1\r\n"), 400 },
    { "a byte past ASCII in a name", GET("Host: h\r\nX\xe9: 1\r\n"), 400 },
    { "an underscore for a hyphen", POST("Content_Length: 2\r\n\r\n"), 400 },
    { "no hyphen", POST("TransferEncoding: chunked\r\n\r\n"), 400 },
    { "a hyphen too many", POST("Transfer-Encoding-: chunked\r\n\r\n"), 400 },
    { "another Host", GET("Host: h\r\n_host: i\r\n"), 400 },
    { "a folded value", GET("Host: h\r\nX: a\r\n b\r\n"), 400 },
    { "a folded value, by a tab", GET("Host: h\r\nX: a\r\n\tb\r\n"), 400 },
    { "a folded first line", GET(" X: a\r\nHost: h\r\n"), 400 },
    { "a folded last line", GET("Host: h\r\nX:\r\n \r\n"), 400 },
    { "a NUL in a value", GET("Host: h\r\nX: a\0b\r\n"), 400 },
    { "a NUL at the end of a value", GET("Host: h\r\nX: a\0\r\n"), 400 },
    { "a NUL in Host", GET("Host: h\0i\r\n"), 400 },
    { "a NUL in a name", GET("Host: h\r\nX\0Y: 1\r\n"), 400 },
    { "a NUL in the target", STR("GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n"), 400 },
    { "a NUL in the method", STR("GET\0 / HTTP/1.1\r\nHost: h\r\n\r\n"), 400 },
    { "a control character in a value",
      GET("Host: h\r\nX: a\x01"
          "b\r\n"),
      400 },
    { "DEL in a value", GET("Host: h\r\nX: a long value with it at the end\x7f\r\n"), 400 },
    { "a lone CR in a value", GET("Host: h\r\nX: a\rY: b\r\n"), 400 },
    { "CR CR LF", GET("Host: h\r\nX: a\r\r\n"), 400 },
    { "LF alone after a header", GET("Host: h\nX: a\r\n"), 400 },
    { "LF alone after the last header", STR("GET / HTTP/1.1\r\nHost: h\n\r\n"), 400 },
    { "LF alone at the end", STR("GET / HTTP/1.1\r\nHost: h\r\n\n"), 400 },
    { "LF alone after the request line", STR("GET / HTTP/1.1\nHost: h\r\n\r\n"), 400 },
    { "LF alone everywhere", STR("GET / HTTP/1.1\nHost: h\n\n"), 400 },
    { "two blanks in the request line", STR("GET  / HTTP/1.1\r\nHost: h\r\n\r\n"), 400 },
    { "a blank behind the version", STR("GET / HTTP/1.1 \r\nHost: h\r\n\r\n"), 400 },
    { "another method", STR("PUT / HTTP/1.1\r\nHost: h\r\n\r\n"), 400 },
    { "a method in lower case", STR("get / HTTP/1.1\r\nHost: h\r\n\r\n"), 400 },
    { "TRACE", STR("TRACE / HTTP/1.1\r\nHost: h\r\n\r\n"), 400 },
    { "CONNECT", STR("CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n"), 400 },
    { "OPTIONS *", STR("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"), 400 },
    { "an absolute target", STR("GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n"), 400 },
    { "a relative target", STR("GET a HTTP/1.1\r\nHost: h\r\n\r\n"), 400 },
    { "a fragment", STR("GET /#a HTTP/1.1\r\nHost: h\r\n\r\n"), 400 },
    { "a tab in the target", STR("GET /a\tb HTTP/1.1\r\nHost: h\r\n\r\n"), 400 },
    { "a byte past ASCII in the target", STR("GET /1234567\xc3\xa9 HTTP/1.1\r\nHost: h\r\n\r\n"), 400 },
    { "a blank in the target", STR("GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"), 400 },
    { "HTTP/0.9", STR("GET /\r\n\r\n"), 400 },
    { "HTTP/2 over HTTP/1", STR("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505 },
    { "a version in lower case", STR("GET / http/1.1\r\nHost: h\r\n\r\n"), 400 },
};

static http_server *server;

static int start(void **state)
{
    (void)state;
    http_options o = test_options(say_ok, NULL);
    server = test_start(&o);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    http_stop(server);
    return 0;
}

static void check(const rule_case *c, bool closes)
{
    test_answer a;
    int fd = test_connect(http_port(server));
    test_send(fd, c->request);
    test_receive(fd, str_starts(c->request, STR("HEAD")), &a);
    if (a.status != c->want)
        print_message("%s: %d instead of %d: %s\n", c->what, a.status, c->want, a.text);
    assert_int_equal(a.status, c->want);
    if (closes) /* libmicrohttpd sends the head of its own refusals twice (0.9.75) */
        test_skip_to_end(fd);
    close(fd);
}

static void what_the_rules_allow_is_answered(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++)
        check(&accepted[i], false);
    assert_int_equal(http_count(server).refused_head, 0);
    assert_int_equal(http_count(server).requests, sizeof accepted / sizeof accepted[0]);
}

static void what_breaks_a_rule_is_refused_and_closed(void **state)
{
    (void)state;
    uint64_t before = http_count(server).requests;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        check(&refused[i], true);
    assert_int_equal(http_count(server).requests, before); /* none reached the handler */
    assert_true(http_count(server).refused_head > 50);
}

/* What comes behind a refused request is not read as a request. */
static void nothing_after_a_refusal_is_answered(void **state)
{
    (void)state;
    uint64_t before = http_count(server).requests;
    test_answer a;
    int fd = test_connect(http_port(server));
    test_send(fd, STR("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                      "GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    test_receive(fd, false, &a);
    assert_int_equal(a.status, 400);
    assert_non_null(strcasestr(a.text, "\r\nconnection: close\r\n"));
    assert_true(test_is_closed(fd));
    assert_int_equal(http_count(server).requests, before);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_rules_allow_is_answered),
        cmocka_unit_test(what_breaks_a_rule_is_refused_and_closed),
        cmocka_unit_test(nothing_after_a_refusal_is_answered),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
