/* shell.h - what the files of this folder share: the server, its connections, and when a connection has waited long enough.
 *
 * A connection is made by the acceptor (acceptor.c), handed to libmicrohttpd, and from then on driven by one of its event
 * loops (exchange.c). It carries one request at a time, so the connection and its http_exchange are one object: the arena
 * and the body buffer are kept from request to request.
 *
 * Locks: http_server.lock guards the lists, the counts by network and the certificate. It is held for a few instructions,
 * never while calling libmicrohttpd or a handler. libmicrohttpd closes a socket only after exchange_on_connection took the
 * connection off the list, so whoever holds the lock may use a listed connection's descriptor.
 */
#ifndef ARGALI_HTTP_SHELL_H
#define ARGALI_HTTP_SHELL_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http/certificate.h"
#include "http/http.h"
#include "http/peers.h"

enum {
    TICK_MS = 250, /* how exactly the reaper works, and how old now_ms may be */
    ARENA_FIRST = 8 * 1024,
    ARENA_SPARE = 1024 * 1024, /* what a handler may use beside what a request's size explains */
};

typedef enum { ANSWER_NONE, ANSWER_GIVEN, ANSWER_AWAITED } answer_state;

typedef enum {
    STEP_IDLE,    /* no request, or not more than a part of its first line */
    STEP_HEAD,    /* its first line is there */
    STEP_BODY,    /* its head is accepted */
    STEP_RUNNING, /* the handler has it, or has answered it */
    STEP_REFUSED, /* what follows is of no interest: the connection is being closed */
} step;

struct http_exchange {
    http_exchange *next, *prev; /* all of them, or those that libmicrohttpd has not begun with */
    http_server *server;
    struct MHD_Connection *connection; /* NULL: not begun with */
    int fd;                            /* libmicrohttpd's, to be read and shut down under the lock only */
    certificate *certificate;          /* NULL: plain */
    atomic_int_least64_t deadline_ms;  /* the reaper closes what is past it; 0: none */
    bool is_at_end;                    /* the reaper's, under the lock */
    atomic_int step;                   /* written by the event loop alone */

    arena *arena; /* NULL until the first request */
    str target;
    http_request request;
    bool is_counted; /* in http_server.running */
    bool is_last;    /* the connection is closed after the answer, whatever the handler says */
    buf body;        /* wiped between requests: forms carry passwords */

    atomic_int answer;
    unsigned status;
    struct MHD_Response *response; /* NULL: none could be made */
    buf response_body;             /* `response` borrows it */
};

struct http_server {
    http_options o; /* its strings are not kept */
    bool is_tls;
    uint16_t port;
    struct MHD_Daemon *daemon;
    pthread_t acceptor;
    int listen_fd, wake_fd; /* the acceptor's; listen_fd is -1 once it drains */
    int spare_fd;           /* given up for a moment to refuse a connection when descriptors have run out */
    atomic_bool is_draining, is_stopping;
    atomic_int_least64_t now_ms; /* monotonic, at most a tick old while there are connections */
    atomic_uint connections;
    atomic_uint running; /* requests that a handler has, or whose answer its event loop has not taken yet */
    atomic_uint_least64_t requests, refused_head, refused_limit, reaped;

    pthread_mutex_t lock;
    http_exchange *begun, *pending;
    peers *peers;
    certificate *certificate;
};

/* When a connection that waits for a request is closed. Both timeouts, as the shell does not see a request's first byte: it
 * may have come at the end of a full idle timeout. Somebody who sends a byte now and then to stay gets no further. The tick
 * makes up for the age of now_ms. */
static inline int64_t deadline_of_waiting(const http_server *s)
{
    return atomic_load_explicit(&s->now_ms, memory_order_relaxed) + TICK_MS +
           1000 * ((int64_t)s->o.idle_timeout_s + s->o.total_timeout_s);
}

/* From the first line on, and again for an answer on its way. */
static inline int64_t deadline_of_transfer(const http_server *s)
{
    return atomic_load_explicit(&s->now_ms, memory_order_relaxed) + TICK_MS + 1000 * (int64_t)s->o.total_timeout_s;
}

static inline void count(atomic_uint_least64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

/* acceptor.c */
status listener_open(const char *address, uint16_t port, int *ret_fd, uint16_t *ret_port, err *e);
void *acceptor_main(void *server);
void acceptor_wake(http_server *s);

/* exchange.c */
http_exchange *exchange_new(http_server *s, int fd, const ip_addr *peer);
void exchange_free(http_exchange *x); /* NULL is fine */
void exchange_on_connection(void *server, struct MHD_Connection *c, void **context, enum MHD_ConnectionNotificationCode code);
void *exchange_on_target(void *server, const char *uri, struct MHD_Connection *c);
enum MHD_Result exchange_on_request(void *server, struct MHD_Connection *c, const char *url, const char *method,
                                    const char *version, const char *data, size_t *data_n, void **context);
void exchange_on_completed(void *server, struct MHD_Connection *c, void **context, enum MHD_RequestTerminationCode code);

/* Under the lock. */
void exchange_link(http_exchange **list, http_exchange *x);
void exchange_unlink(http_exchange **list, http_exchange *x);

#endif
