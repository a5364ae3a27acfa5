/* acceptor.c - the thread that accepts connections and closes those that took too long.
 *
 * libmicrohttpd could accept by itself. It is not asked to, because a limit that it meets makes it stop accepting rather
 * than refuse, because its limit is shared out between event loops, and because taking its listening socket away while it
 * is busy can end in its panic function (MHD_quiesce_daemon and the event loop may both remove the socket from one epoll
 * set, and the later of the two aborts). Here every limit is exact and draining is a close().
 */
#include "http/shell.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { ACCEPT_AT_ONCE = 64, BACKLOG = 4096 }; /* the kernel cuts the backlog at net.core.somaxconn */

typedef union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} socket_address;

static status address_of(const char *address, uint16_t port, socket_address *ret, socklen_t *ret_n, err *e)
{
    ip_addr ip;
    str text = str_from_c(address);
    if (text.n >= 2 && text.p[0] == '[' && text.p[text.n - 1] == ']')
        text = str_slice(text, 1, text.n - 1);
    if (text.p == NULL || ip_parse(text, &ip) != ST_OK)
        return err_set(e, ST_INVALID, NULL, "\"%s\" is not an IP address", address != NULL ? address : "");
    if (ip.family == 4) {
        *ret = (socket_address){ .v4 = { .sin_family = AF_INET, .sin_port = htons(port) } };
        memcpy(&ret->v4.sin_addr, ip.b, 4);
        *ret_n = sizeof ret->v4;
    } else {
        *ret = (socket_address){ .v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) } };
        memcpy(&ret->v6.sin6_addr, ip.b, 16);
        *ret_n = sizeof ret->v6;
    }
    return ST_OK;
}

/* What errno says of an address, in the words of http_start. */
static status bind_failure(const char *address, uint16_t port, err *e)
{
    int why = errno;
    status s = why == EADDRINUSE ? ST_CONFLICT : why == EADDRNOTAVAIL || why == EAFNOSUPPORT ? ST_INVALID : ST_UNAVAILABLE;
    return err_set(e, s, NULL, "cannot listen on %s port %u: %s", address, port, strerror(why));
}

static bool bind_and_listen(int fd, const socket_address *at, socklen_t at_n)
{
    const int on = 1, off = 0;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        return false;
    if (at->any.sa_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0)
        return false; /* [::] is IPv4 as well, whatever the system's default */
    /* Inherited by what is accepted. Only speed depends on it. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return bind(fd, &at->any, at_n) == 0 && listen(fd, BACKLOG) == 0;
}

status listener_open(const char *address, uint16_t port, int *ret_fd, uint16_t *ret_port, err *e)
{
    socket_address at = { .any = { .sa_family = AF_UNSPEC } };
    socklen_t at_n = 0;
    TRY(address_of(address, port, &at, &at_n, e));
    int fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return bind_failure(address, port, e);
    if (!bind_and_listen(fd, &at, at_n) || getsockname(fd, &at.any, &at_n) != 0) {
        status s = bind_failure(address, port, e);
        close(fd);
        return s;
    }
    *ret_fd = fd;
    *ret_port = ntohs(at.any.sa_family == AF_INET ? at.v4.sin_port : at.v6.sin6_port);
    return ST_OK;
}

void acceptor_wake(http_server *s)
{
    const uint64_t one = 1;
    (void)!write(s->wake_fd, &one, sizeof one); /* fails only where it is full, and then it wakes anyway */
}

/* libmicrohttpd closes a connection without a word where it finds no memory to begin with it. Its descriptor comes back
 * here, then. */
static void release_stale(http_server *s, int fd)
{
    http_exchange *x = s->pending;
    while (x != NULL && x->fd != fd)
        x = x->next;
    if (x == NULL)
        return;
    exchange_unlink(&s->pending, x);
    peers_remove(s->peers, &x->request.peer);
    atomic_fetch_sub(&s->connections, 1);
    exchange_free(x);
}

/* NULL: a limit is met, or memory is short. */
static http_exchange *admit(http_server *s, int fd, const ip_addr *peer)
{
    http_exchange *x = exchange_new(s, fd, peer);
    if (x == NULL)
        return NULL;
    pthread_mutex_lock(&s->lock);
    release_stale(s, fd);
    bool is_in = atomic_load(&s->connections) < s->o.connections_max && peers_add(s->peers, peer) == ST_OK;
    if (is_in) {
        exchange_link(&s->pending, x);
        atomic_fetch_add(&s->connections, 1);
    }
    pthread_mutex_unlock(&s->lock);
    if (is_in)
        return x;
    exchange_free(x);
    return NULL;
}

static void begin(http_server *s, int fd, const socket_address *from, socklen_t from_n)
{
    ip_addr peer;
    if (ip_from_sockaddr(&from->any, &peer) != ST_OK || admit(s, fd, &peer) == NULL) {
        count(&s->refused_limit);
        close(fd);
        return;
    }
    if (MHD_add_connection(s->daemon, fd, &from->any, from_n) != MHD_YES) { /* it closed fd */
        pthread_mutex_lock(&s->lock);
        release_stale(s, fd);
        pthread_mutex_unlock(&s->lock);
    }
}

/* Out of descriptors: what waits in the backlog would wake the thread for ever, so it is let in through the spare one and
 * shown out. */
static void refuse_without_descriptor(http_server *s)
{
    if (s->spare_fd >= 0)
        close(s->spare_fd);
    int fd = accept4(s->listen_fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0) {
        close(fd);
        count(&s->refused_limit);
    }
    s->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void accept_waiting(http_server *s)
{
    for (int i = 0; i < ACCEPT_AT_ONCE; i++) {
        socket_address from;
        socklen_t from_n = sizeof from;
        int fd = accept4(s->listen_fd, &from.any, &from_n, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            begin(s, fd, &from, from_n);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            refuse_without_descriptor(s);
        else if (errno != ECONNABORTED && errno != EINTR && errno != EPROTO)
            return;
    }
}

/* Its peer has closed in the middle of a request, and that was so a tick ago. libmicrohttpd (0.9.75, edge-triggered epoll)
 * does not see an end that arrives together with the last bytes before it, and would keep the place for a whole timeout. */
static bool is_abandoned(http_exchange *x)
{
    uint8_t next;
    step at = (step)atomic_load_explicit(&x->step, memory_order_relaxed);
    bool is_waiting = at == STEP_IDLE || at == STEP_HEAD || at == STEP_BODY;
    bool was_at_end = x->is_at_end;
    x->is_at_end = is_waiting && recv(x->fd, &next, sizeof next, MSG_PEEK | MSG_DONTWAIT) == 0;
    return was_at_end && x->is_at_end;
}

static void reap(http_server *s, int64_t now_ms)
{
    pthread_mutex_lock(&s->lock);
    for (http_exchange *x = s->begun; x != NULL; x = x->next) {
        int64_t deadline_ms = atomic_load_explicit(&x->deadline_ms, memory_order_relaxed);
        if (deadline_ms == 0 || (now_ms < deadline_ms && !is_abandoned(x)))
            continue;
        (void)shutdown(x->fd, SHUT_RDWR); /* the event loop sees the end of the stream, and closes */
        atomic_store_explicit(&x->deadline_ms, 0, memory_order_relaxed);
        count(&s->reaped);
    }
    pthread_mutex_unlock(&s->lock);
}

void *acceptor_main(void *server)
{
    http_server *s = server;
    int64_t reaped_ms = 0;
    (void)pthread_setname_np(pthread_self(), "http-accept");
    while (!atomic_load(&s->is_stopping)) {
        if (atomic_load(&s->is_draining) && s->listen_fd >= 0) {
            close(s->listen_fd);
            s->listen_fd = -1;
        }
        struct pollfd waits[] = { { .fd = s->wake_fd, .events = POLLIN }, { .fd = s->listen_fd, .events = POLLIN } };
        int wait_ms = atomic_load(&s->connections) > 0 ? TICK_MS : -1; /* without connections nothing has to be timed */
        int ready = poll(waits, 2, wait_ms);
        int64_t now_ms = s->o.world->monotonic_ms(s->o.world->self);
        atomic_store_explicit(&s->now_ms, now_ms, memory_order_relaxed);
        uint64_t wakes;
        if (ready > 0 && waits[0].revents != 0)
            (void)!read(s->wake_fd, &wakes, sizeof wakes);
        else if (ready > 0 && waits[1].revents != 0)
            accept_waiting(s);
        if (now_ms - reaped_ms >= TICK_MS) {
            reaped_ms = now_ms;
            reap(s, now_ms);
        }
    }
    return NULL;
}
