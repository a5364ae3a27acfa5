/* test_client.h - a server to test and a client that sends what it is told to, byte for byte. For the tests of this folder
 * only. * * Every wait ends after a while that no healthy machine needs, with a failed test and not a hang.
 */
#ifndef ARGALI_HTTP_TEST_CLIENT_H
#define ARGALI_HTTP_TEST_CLIENT_H

#include "http/http.h"

typedef struct {
    int status;           /* 0: the connection was closed before a whole answer came */
    char text[64 * 1024]; /* head and body, NUL-terminated */
    size_t n;
    const char *body; /* in text */
    size_t body_n;
    size_t receives; /* recv calls that brought bytes */
} test_answer;

http_options test_options(http_handler handler, void *self); /* 127.0.0.1, port 0, one thread, generous limits */
http_server *test_start(const http_options *o);

int test_connect(uint16_t port);
void test_send(int fd, str request);                              /* a connection that was closed by the server is no failure */
void test_receive(int fd, bool is_head_answer, test_answer *ret); /* the next answer; what follows it stays unread */
bool test_is_closed(int fd);   /* waits for the end of the stream; false: there is more before it */
void test_skip_to_end(int fd); /* fails the test where the connection stays open */
void test_ask(uint16_t port, str request, test_answer *ret); /* on a connection of its own */
void test_wait_for(bool (*is_so)(void *self), void *self);   /* polls; fails the test where it does not come */
void test_pause_ms(unsigned ms);

#endif
