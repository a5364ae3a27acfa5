/* test_client.c - see test_client.h. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/test_client.h"

enum { PATIENCE_MS = 20000, POLL_MS = 5 };

http_options test_options(http_handler handler, void *self)
{
    return (http_options){
        .address = "127.0.0.1",
        .threads = 1,
        .connections_max = 100,
        .head_max = 32 * 1024,
        .body_max = 64 * 1024,
        .idle_timeout_s = 30,
        .total_timeout_s = 30,
        .handler = handler,
        .self = self,
        .world = world_system(),
    };
}

http_server *test_start(const http_options *o)
{
    err e = { 0 };
    http_server *s = NULL;
    status result = http_start(o, &s, &e);
    if (result != ST_OK)
        print_message("%s: %s\n", status_name(result), e.log);
    assert_int_equal(result, ST_OK);
    return s;
}

int test_connect(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

void test_send(int fd, str request)
{
    while (request.n > 0) {
        ssize_t n = send(fd, request.p, request.n, MSG_NOSIGNAL);
        if (n < 0) {
            assert_true(errno == EPIPE || errno == ECONNRESET);
            return;
        }
        request = str_slice(request, (size_t)n, request.n);
    }
}

/* 0: the end, or a reset. */
static size_t receive_some(int fd, char *ret, size_t n)
{
    struct pollfd wait = { .fd = fd, .events = POLLIN };
    int ready = poll(&wait, 1, PATIENCE_MS);
    assert_int_equal(ready, 1);
    ssize_t got = recv(fd, ret, n, 0);
    return got > 0 ? (size_t)got : 0;
}

static size_t content_length_of(const char *head)
{
    static const char name[] = "\r\nContent-Length: ";
    const char *at = strcasestr(head, name);
    if (at == NULL)
        return 0;
    at += sizeof name - 1;
    uint32_t n = 0;
    assert_int_equal(str_to_u32((str){ at, strcspn(at, "\r") }, 0, UINT32_MAX, &n), ST_OK);
    return n;
}

/* A byte at a time once the head began would be slow; the head is peeked at, then taken with its body and not more. */
void test_receive(int fd, bool is_head_answer, test_answer *ret)
{
    *ret = (test_answer){ 0 };
    size_t want = 0;
    while (want == 0 || ret->n < want) {
        struct pollfd wait = { .fd = fd, .events = POLLIN };
        assert_int_equal(poll(&wait, 1, PATIENCE_MS), 1);
        char seen[sizeof ret->text];
        memcpy(seen, ret->text, ret->n);
        ssize_t peeked = recv(fd, seen + ret->n, sizeof seen - 1 - ret->n, MSG_PEEK);
        if (peeked <= 0)
            return;
        size_t have = ret->n + (size_t)peeked;
        seen[have] = '\0';
        char *end = strstr(seen, "\r\n\r\n");
        if (end != NULL && want == 0) {
            end[2] = '\0';
            want = (size_t)(end + 4 - seen) + (is_head_answer ? 0 : content_length_of(seen));
            assert_true(want < sizeof ret->text);
        }
        size_t take = want != 0 && have > want ? want - ret->n : (size_t)peeked;
        assert_int_equal(recv(fd, ret->text + ret->n, take, 0), take);
        ret->n += take;
        ret->receives++;
    }
    ret->body = strstr(ret->text, "\r\n\r\n") + 4;
    ret->body_n = ret->n - (size_t)(ret->body - ret->text);
    assert_memory_equal(ret->text, "HTTP/1.", 7);
    uint32_t code = 0;
    assert_int_equal(str_to_u32((str){ ret->text + 9, 3 }, 100, 599, &code), ST_OK);
    ret->status = (int)code;
}

bool test_is_closed(int fd)
{
    char more;
    return receive_some(fd, &more, 1) == 0;
}

void test_skip_to_end(int fd)
{
    char more[4096];
    while (receive_some(fd, more, sizeof more) > 0)
        continue;
}

void test_ask(uint16_t port, str request, test_answer *ret)
{
    int fd = test_connect(port);
    test_send(fd, request);
    test_receive(fd, str_starts(request, STR("HEAD ")), ret);
    close(fd);
}

void test_wait_for(bool (*is_so)(void *self), void *self)
{
    for (unsigned waited = 0; !is_so(self); waited += POLL_MS) {
        assert_true(waited < PATIENCE_MS);
        test_pause_ms(POLL_MS);
    }
}

void test_pause_ms(unsigned ms)
{
    (void)poll(NULL, 0, (int)ms);
}
