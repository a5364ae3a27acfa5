/* drive.c - see drive.h. Level-triggered epoll; answers are read into one buffer, of which only heads are kept.
 *
 * It polls without sleeping: a server that answers slower than another would otherwise pay more often, in its own
 * processor time, for waking the generator up, which says nothing about the server.
 */
#include "drive.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_MAX = 2048, READ_MAX = 65536, EVENTS_MAX = 256, NS_PER_S = 1000000000, STUCK_MS = 20000 };
static const uint64_t STUCK_NS = (uint64_t)STUCK_MS * 1000000;

typedef struct {
    int fd;
    bool is_busy, is_refused;
    uint64_t due_ns; /* when its request was to be sent */
    size_t head_n;
    uint64_t body_left;
    char head[HEAD_MAX + 1];
} connection;

typedef struct {
    const drive_target *to;
    const drive_plan *plan;
    drive_result *result;
    int epoll;
    connection *connections;
    connection **idle; /* a stack */
    size_t idle_n;
    uint64_t sent, answered;
    uint64_t began_ns, server_began_ns, load_began_ns;
    char *in;
} driver;

/* --- clocks ---------------------------------------------------------------------------------------------------------- */

static uint64_t clock_ns(clockid_t id)
{
    struct timespec t = { 0 };
    (void)clock_gettime(id, &t);
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static uint64_t cpu_of(pid_t pid)
{
    clockid_t id;
    return pid != 0 && clock_getcpuclockid(pid, &id) == 0 ? clock_ns(id) : 0;
}

static void begin_measure(driver *d)
{
    d->server_began_ns = cpu_of(d->to->pid);
    d->load_began_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    d->began_ns = clock_ns(CLOCK_MONOTONIC);
}

static void end_measure(driver *d)
{
    drive_result *r = d->result;
    r->seconds = (double)(clock_ns(CLOCK_MONOTONIC) - d->began_ns) / NS_PER_S;
    r->server_cpu_seconds = (double)(cpu_of(d->to->pid) - d->server_began_ns) / NS_PER_S;
    r->load_cpu_seconds = (double)(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - d->load_began_ns) / NS_PER_S;
    r->measured = d->answered - d->plan->warm;
}

/* --- sending --------------------------------------------------------------------------------------------------------- */

static status send_all(int fd, str s, err *e)
{
    while (s.n > 0) {
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) {
            struct pollfd wait = { .fd = fd, .events = POLLOUT };
            (void)poll(&wait, 1, STUCK_MS);
            continue;
        }
        if (n < 0)
            return err_set(e, ST_UNAVAILABLE, NULL, "cannot send: %s", strerror(errno));
        s = str_slice(s, (size_t)n, s.n);
    }
    return ST_OK;
}

static status send_next(driver *d, connection *c, uint64_t due_ns, err *e)
{
    c->is_busy = true;
    c->due_ns = due_ns;
    return send_all(c->fd, requests_get(d->plan->requests, d->sent++), e);
}

/* In an open loop: all that are due, as far as there are connections for them. */
static status send_due(driver *d, uint64_t start_ns, err *e)
{
    uint64_t count = d->plan->requests->count;
    while (d->idle_n > 0 && d->sent < count) {
        uint64_t due_ns = start_ns + (uint64_t)((double)d->sent * NS_PER_S / d->plan->rate);
        if (due_ns > clock_ns(CLOCK_MONOTONIC))
            return ST_OK;
        TRY(send_next(d, d->idle[--d->idle_n], due_ns, e));
    }
    return ST_OK;
}

/* --- answers --------------------------------------------------------------------------------------------------------- */

static status read_head(driver *d, connection *c, err *e)
{
    static const char length_name[] = "\r\ncontent-length:";
    uint32_t code = 0;
    c->head[c->head_n] = '\0';
    const char *length = strcasestr(c->head, length_name);
    if (c->head_n < 12 || str_to_u32((str){ c->head + 9, 3 }, 100, 999, &code) != ST_OK || length == NULL)
        return err_set(e, ST_UNAVAILABLE, NULL, "not an answer with Content-Length: %.60s", c->head);
    length += sizeof length_name - 1;
    str value = str_trim((str){ length, strcspn(length, "\r") });
    if (str_to_u64(value, 0, UINT32_MAX, &c->body_left) != ST_OK)
        return err_set(e, ST_UNAVAILABLE, NULL, "Content-Length is no number");
    c->head_n = 0;
    c->is_refused = code != 200;
    if (code == 200) {
        d->result->ok++;
    } else {
        d->result->other++;
        d->result->other_status = code;
        d->result->other_code[0] = '\0';
    }
    return ST_OK;
}

/* As far as it lies within one piece of the body, which it does for bodies as short as these. */
static void keep_code(driver *d, str body)
{
    static const char name[] = "\"Code\":\"";
    const char *at = memmem(body.p, body.n, name, sizeof name - 1);
    if (at == NULL)
        return;
    at += sizeof name - 1;
    str rest = str_slice(body, (size_t)(at - body.p), body.n), code, more;
    if (str_split(rest, '"', &code, &more) && code.n <= OTHER_CODE_MAX)
        (void)snprintf(d->result->other_code, sizeof d->result->other_code, STR_FMT, STR_ARG(code));
}

/* Takes bytes of a head; *ret_taken says how many, *ret_is_whole whether the head ended with them. */
static status take_head(driver *d, connection *c, str in, size_t *ret_taken, bool *ret_is_whole, err *e)
{
    size_t before = c->head_n, n = in.n < HEAD_MAX - before ? in.n : HEAD_MAX - before;
    memcpy(c->head + before, in.p, n);
    size_t from = before > 3 ? before - 3 : 0;
    const char *end = memmem(c->head + from, before + n - from, "\r\n\r\n", 4);
    *ret_is_whole = end != NULL;
    if (end == NULL) {
        c->head_n = before + n;
        *ret_taken = n;
        return n < in.n ? err_set(e, ST_UNAVAILABLE, NULL, "the head of an answer is too long") : ST_OK;
    }
    c->head_n = (size_t)(end + 4 - c->head);
    *ret_taken = c->head_n - before;
    return read_head(d, c, e);
}

static status finish_answer(driver *d, connection *c, err *e)
{
    uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);
    c->is_busy = false;
    if (d->answered++ >= d->plan->warm)
        histogram_add(&d->result->latency, now_ns > c->due_ns ? now_ns - c->due_ns : 0);
    if (d->answered == d->plan->warm)
        begin_measure(d);
    if (d->plan->rate > 0)
        d->idle[d->idle_n++] = c;
    else if (d->sent < d->plan->requests->count)
        return send_next(d, c, now_ns, e);
    return ST_OK;
}

static status take(driver *d, connection *c, str in, err *e)
{
    while (in.n > 0) {
        size_t taken = 0;
        bool is_at_body = c->body_left > 0;
        if (!c->is_busy)
            return err_set(e, ST_UNAVAILABLE, NULL, "more came than was asked for");
        if (is_at_body) {
            taken = in.n < c->body_left ? in.n : (size_t)c->body_left;
            c->body_left -= taken;
            if (c->is_refused)
                keep_code(d, str_slice(in, 0, taken));
        } else {
            TRY(take_head(d, c, in, &taken, &is_at_body, e));
        }
        in = str_slice(in, taken, in.n);
        if (is_at_body && c->body_left == 0)
            TRY(finish_answer(d, c, e));
    }
    return ST_OK;
}

static status read_ready(driver *d, connection *c, err *e)
{
    ssize_t n = recv(c->fd, d->in, READ_MAX, 0);
    if (n > 0)
        return take(d, c, (str){ d->in, (size_t)n }, e);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return ST_OK;
    return err_set(e, ST_UNAVAILABLE, NULL, "a connection was closed: %s", n == 0 ? "end of stream" : strerror(errno));
}

/* --- the whole ------------------------------------------------------------------------------------------------------- */

static status connect_one(driver *d, connection *c, err *e)
{
    int on = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (const struct sockaddr *)&d->to->address, sizeof d->to->address) != 0)
        return err_set(e, ST_UNAVAILABLE, NULL, "cannot connect: %s", strerror(errno));
    (void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };
    if (epoll_ctl(d->epoll, EPOLL_CTL_ADD, c->fd, &ev) != 0)
        return err_set(e, ST_UNAVAILABLE, NULL, "epoll: %s", strerror(errno));
    return ST_OK;
}

static status connect_all(driver *d, err *e)
{
    for (uint32_t i = 0; i < d->plan->connections; i++) {
        TRY(connect_one(d, &d->connections[i], e));
        d->idle[d->idle_n++] = &d->connections[i];
    }
    return ST_OK;
}

static status run_loop(driver *d, err *e)
{
    struct epoll_event events[EVENTS_MAX];
    uint64_t start_ns = clock_ns(CLOCK_MONOTONIC), last_ns = start_ns;
    while (d->plan->rate == 0 && d->idle_n > 0 && d->sent < d->plan->requests->count)
        TRY(send_next(d, d->idle[--d->idle_n], clock_ns(CLOCK_MONOTONIC), e));
    while (d->answered < d->plan->requests->count) {
        if (d->plan->rate > 0)
            TRY(send_due(d, start_ns, e));
        int n = epoll_wait(d->epoll, events, EVENTS_MAX, 0);
        for (int i = 0; i < n; i++)
            TRY(read_ready(d, events[i].data.ptr, e));
        if (n > 0)
            last_ns = clock_ns(CLOCK_MONOTONIC);
        else if (clock_ns(CLOCK_MONOTONIC) - last_ns > STUCK_NS)
            return err_set(e, ST_UNAVAILABLE, NULL, "no answer for 20 s");
    }
    return ST_OK;
}

static void close_all(driver *d)
{
    for (uint32_t i = 0; d->connections != NULL && i < d->plan->connections; i++)
        if (d->connections[i].fd >= 0)
            (void)close(d->connections[i].fd);
    if (d->epoll >= 0)
        (void)close(d->epoll);
    free(d->connections);
    free(d->idle);
    free(d->in);
}

static status allocate(driver *d)
{
    uint32_t n = d->plan->connections;
    d->connections = calloc(n, sizeof *d->connections);
    d->idle = calloc(n, sizeof *d->idle);
    d->in = malloc(READ_MAX);
    for (uint32_t i = 0; d->connections != NULL && i < n; i++)
        d->connections[i].fd = -1;
    return d->connections != NULL && d->idle != NULL && d->in != NULL && d->epoll >= 0 ? ST_OK : ST_NO_MEMORY;
}

static status run_measured(driver *d, err *e)
{
    TRY(allocate(d));
    TRY(connect_all(d, e));
    begin_measure(d);
    TRY(run_loop(d, e));
    end_measure(d);
    return ST_OK;
}

status drive(const drive_target *to, const drive_plan *plan, drive_result *ret, err *e)
{
    driver d = { .to = to, .plan = plan, .result = ret, .epoll = epoll_create1(EPOLL_CLOEXEC) };
    *ret = (drive_result){ 0 };
    status st = run_measured(&d, e);
    close_all(&d);
    return st;
}
