/* exchange.c - one request on its way through libmicrohttpd, which calls, for each connection and on one event loop:
 *
 *   exchange_on_connection  it was opened (STARTED)
 *   exchange_on_target      a request line is there: the only moment at which the raw target can be had
 *   exchange_on_request     the head is there; then for each piece of the body; then at its end; again when resumed
 *   exchange_on_completed   the answer is gone, or the connection died
 *   exchange_on_connection  it is about to be closed (CLOSED)
 *
 * An answer queued in the first of these exchange_on_request calls closes the connection after it. That is wanted for
 * refusals; everything else is answered at the body's end.
 */
#include "http/shell.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "http/head.h"

enum {
    BODY_KEPT_MAX = 16 * 1024, /* a larger body buffer is not kept for the next request */
    PARAMETER_RECORD = 64,     /* bytes that libmicrohttpd needs for each */
};

static void set_deadline(http_exchange *x, int64_t at_ms)
{
    atomic_store_explicit(&x->deadline_ms, at_ms, memory_order_relaxed);
}

static step step_of(const http_exchange *x)
{
    return (step)atomic_load_explicit(&x->step, memory_order_relaxed);
}

static void set_step(http_exchange *x, step to)
{
    atomic_store_explicit(&x->step, (int)to, memory_order_relaxed);
}

/* --- connections --- */

void exchange_link(http_exchange **list, http_exchange *x)
{
    x->prev = NULL;
    x->next = *list;
    if (x->next != NULL)
        x->next->prev = x;
    *list = x;
}

void exchange_unlink(http_exchange **list, http_exchange *x)
{
    if (x->prev != NULL)
        x->prev->next = x->next;
    else
        *list = x->next;
    if (x->next != NULL)
        x->next->prev = x->prev;
}

http_exchange *exchange_new(http_server *s, int fd, const ip_addr *peer)
{
    http_exchange *x = calloc(1, sizeof *x);
    if (x == NULL)
        return NULL;
    x->server = s;
    x->fd = fd;
    x->request.peer = *peer;
    x->request.is_tls = s->is_tls;
    buf_init_secret(&x->body, s->o.body_max);
    buf_init(&x->response_body, 0);
    set_deadline(x, deadline_of_waiting(s));
    return x;
}

void exchange_free(http_exchange *x)
{
    if (x == NULL)
        return;
    MHD_destroy_response(x->response); /* NULL is fine */
    buf_done(&x->response_body);
    buf_done(&x->body);
    arena_free(x->arena);
    free(x);
}

static void begin_connection(http_server *s, struct MHD_Connection *c, void **context)
{
    int fd = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    pthread_mutex_lock(&s->lock);
    http_exchange *x = s->pending;
    while (x != NULL && x->fd != fd)
        x = x->next;
    assert(x != NULL); /* the acceptor put it there before it handed the descriptor over */
    exchange_unlink(&s->pending, x);
    exchange_link(&s->begun, x);
    x->connection = c;
    if (s->is_tls) {
        x->certificate = s->certificate;
        x->certificate->holders++;
    }
    pthread_mutex_unlock(&s->lock);
    *context = x;
    if (s->is_tls) /* for certificate_of_session */
        gnutls_session_set_ptr(MHD_get_connection_info(c, MHD_CONNECTION_INFO_GNUTLS_SESSION)->tls_session, x);
}

static void end_connection(http_server *s, http_exchange *x)
{
    certificate *unused = NULL;
    pthread_mutex_lock(&s->lock);
    exchange_unlink(&s->begun, x);
    peers_remove(s->peers, &x->request.peer);
    atomic_fetch_sub(&s->connections, 1);
    if (x->certificate != NULL && --x->certificate->holders == 0)
        unused = x->certificate;
    pthread_mutex_unlock(&s->lock);
    certificate_free(unused);
    exchange_free(x);
}

void exchange_on_connection(void *server, struct MHD_Connection *c, void **context, enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        begin_connection(server, c, context);
    else
        end_connection(server, *context);
}

/* --- requests --- */

/* Where libmicrohttpd takes no answer the shell sends one past it, as long as nothing else is on its way and the connection
 * is closed next. A socket buffer that has no room for it is no reason to wait. */
static void send_refusal(http_exchange *x, str answer)
{
    set_step(x, STEP_REFUSED);
    count(&x->server->refused_limit);
    if (x->server->is_tls)
        (void)gnutls_record_send(MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION)->tls_session,
                                 answer.p, answer.n);
    else
        (void)send(x->fd, answer.p, answer.n, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* libmicrohttpd makes a record of each query parameter. Where its memory ends among them, it answers and then forgets that
 * it did (0.9.75, parse_initial_message_line), and waits. An eighth is left to the headers and to the answer's head. */
static bool target_fits(const http_server *s, str target)
{
    size_t n = target.n;
    for (size_t i = 0; i < target.n; i++)
        n += target.p[i] == '&' ? PARAMETER_RECORD : 0;
    return n <= s->o.head_max - s->o.head_max / 8;
}

void *exchange_on_target(void *server, const char *uri, struct MHD_Connection *c)
{
    http_server *s = server;
    http_exchange *x = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    set_step(x, STEP_HEAD);
    int64_t deadline_ms = deadline_of_transfer(s);
    if (deadline_ms < atomic_load_explicit(&x->deadline_ms, memory_order_relaxed))
        set_deadline(x, deadline_ms); /* never later: the first line may have taken its time */
    if (x->arena == NULL)
        x->arena = arena_new(ARENA_FIRST, ARENA_SPARE + 4 * (s->o.head_max + s->o.body_max));
    if (x->arena == NULL || arena_copy(x->arena, str_from_c(uri), &x->target) != ST_OK)
        x->target = (str){ NULL, 0 };
    if (!target_fits(s, x->target)) {
        send_refusal(x, STR("HTTP/1.1 414 URI Too Long\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
        (void)shutdown(x->fd, SHUT_RDWR);
    }
    return x;
}

static enum MHD_Result queue(http_exchange *x, unsigned http_status, struct MHD_Response *r)
{
    set_deadline(x, deadline_of_transfer(x->server));
    return r != NULL ? MHD_queue_response(x->connection, http_status, r) : MHD_NO;
}

/* The reason is a literal of ours and holds nothing of the request. */
static enum MHD_Result refuse(http_exchange *x, unsigned http_status, const char *reason, atomic_uint_least64_t *counter)
{
    count(counter);
    set_step(x, STEP_REFUSED);
    char peer[IP_TEXT_MAX];
    (void)ip_format(&x->request.peer, peer);
    log_event(LOG_DEBUG, "request_refused", LOG_N("status", http_status), LOG_Z("reason", reason), LOG_Z("peer", peer));
    struct MHD_Response *r = MHD_create_response_from_buffer(strlen(reason), (void *)(uintptr_t)reason, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result result = MHD_NO;
    if (r != NULL && MHD_add_response_header(r, "Connection", "close") == MHD_YES &&
        MHD_add_response_header(r, "Content-Type", "text/plain;charset=utf-8") == MHD_YES)
        result = queue(x, http_status, r);
    MHD_destroy_response(r);
    return result;
}

typedef struct {
    http_header *next, *end;
} header_writer;

static enum MHD_Result add_header(void *self, enum MHD_ValueKind kind, const char *name, size_t name_n, const char *value,
                                  size_t value_n)
{
    (void)kind;
    header_writer *w = self;
    if (w->next == w->end)
        return MHD_NO;
    *w->next++ = (http_header){ { name, name_n }, { value, value_n } };
    return MHD_YES;
}

static void fill_request(http_exchange *x, const char *method, http_header *headers, size_t header_n)
{
    http_request *rq = &x->request;
    for (size_t i = 0; i < header_n; i++) /* RFC 9110 5.5: blanks around a value are not part of it */
        headers[i].value = str_trim(headers[i].value);
    rq->method = str_from_c(method);
    rq->target = rq->path = x->target;
    rq->query = (str){ NULL, 0 };
    (void)str_split(x->target, '?', &rq->path, &rq->query);
    rq->headers = headers;
    rq->header_n = header_n;
}

static enum MHD_Result take_head(http_exchange *x, const char *url, const char *method, const char *version)
{
    http_server *s = x->server;
    int n = MHD_get_connection_values_n(x->connection, MHD_HEADER_KIND, NULL, NULL);
    size_t header_n = n > 0 ? (size_t)n : 0;
    http_header *headers = x->target.p != NULL ? arena_alloc_n(x->arena, header_n + 1, sizeof *headers) : NULL;
    if (headers == NULL)
        return MHD_NO;
    header_writer w = { headers, headers + header_n };
    (void)MHD_get_connection_values_n(x->connection, MHD_HEADER_KIND, add_header, &w);
    http_head head = {
        .method = method,
        .target = url,
        .version = version,
        .raw_target = x->target,
        .headers = headers,
        .header_n = header_n,
        .size = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size,
    };
    http_framing framing;
    const char *wrong = http_head_check(&head, &framing);
    if (wrong != NULL)
        return refuse(x, MHD_HTTP_BAD_REQUEST, wrong, &s->refused_head);
    if (framing.content_length > s->o.body_max)
        return refuse(x, MHD_HTTP_CONTENT_TOO_LARGE, "the body is too large", &s->refused_limit);
    fill_request(x, method, headers, header_n);
    /* libmicrohttpd takes a LF alone between chunks. Nobody gains by that if nothing behind them is read. */
    x->is_last = framing.is_chunked;
    set_step(x, STEP_BODY);
    return MHD_YES;
}

static enum MHD_Result take_body(http_exchange *x, bytes piece)
{
    if (piece.n > x->server->o.body_max - x->body.n) {
        send_refusal(x, STR("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
        return MHD_NO;
    }
    buf_add_bytes(&x->body, piece);
    return buf_ok(&x->body) ? MHD_YES : MHD_NO;
}

static void stop_counting(http_exchange *x)
{
    if (x->is_counted)
        atomic_fetch_sub(&x->server->running, 1);
    x->is_counted = false;
}

static enum MHD_Result send_answer(http_exchange *x)
{
    assert(atomic_load(&x->answer) == ANSWER_GIVEN);
    stop_counting(x);
    enum MHD_Result result = queue(x, x->status, x->response);
    MHD_destroy_response(x->response); /* the connection holds it now */
    x->response = NULL;
    return result;
}

/* Suspended before ANSWER_AWAITED is there to be seen: whoever sees it may resume. */
static enum MHD_Result run(http_exchange *x)
{
    http_server *s = x->server;
    if (MHD_get_connection_values_n(x->connection, MHD_FOOTER_KIND, NULL, NULL) > 0)
        return refuse(x, MHD_HTTP_BAD_REQUEST, "a trailer after the body", &s->refused_head);
    atomic_fetch_add(&s->running, 1); /* before the flag is read: http_stop sets it, then waits for the count */
    x->is_counted = true;
    if (atomic_load(&s->is_stopping)) {
        stop_counting(x);
        return refuse(x, MHD_HTTP_SERVICE_UNAVAILABLE, "stopping", &s->refused_limit);
    }
    x->request.body = x->body.n > 0 ? buf_bytes(&x->body) : (bytes){ NULL, 0 };
    set_step(x, STEP_RUNNING);
    set_deadline(x, 0);
    count(&s->requests);
    s->o.handler(s->o.self, x, &x->request);
    if (atomic_load_explicit(&x->answer, memory_order_acquire) == ANSWER_GIVEN)
        return send_answer(x);
    MHD_suspend_connection(x->connection);
    int expected = ANSWER_NONE;
    if (!atomic_compare_exchange_strong_explicit(&x->answer, &expected, ANSWER_AWAITED, memory_order_acq_rel,
                                                 memory_order_acquire))
        MHD_resume_connection(x->connection); /* it came in between */
    return MHD_YES;
}

enum MHD_Result exchange_on_request(void *server, struct MHD_Connection *c, const char *url, const char *method,
                                    const char *version, const char *data, size_t *data_n, void **context)
{
    (void)server;
    (void)c;
    http_exchange *x = *context;
    bytes piece = { (const uint8_t *)data, *data_n };
    *data_n = 0;
    switch (step_of(x)) {
    case STEP_HEAD:
        return take_head(x, url, method, version);
    case STEP_BODY:
        return piece.n > 0 ? take_body(x, piece) : run(x);
    case STEP_RUNNING:
        return send_answer(x);
    case STEP_IDLE:
    case STEP_REFUSED:
        break;
    }
    return MHD_NO;
}

void exchange_on_completed(void *server, struct MHD_Connection *c, void **context, enum MHD_RequestTerminationCode code)
{
    (void)c;
    http_server *s = server;
    http_exchange *x = *context;
    if (code == MHD_REQUEST_TERMINATED_WITH_ERROR && (step_of(x) == STEP_HEAD || step_of(x) == STEP_BODY))
        count(&s->refused_head);       /* by libmicrohttpd: too large, or not HTTP */
    stop_counting(x);                  /* likewise: */
    MHD_destroy_response(x->response); /* made, and the connection died before it was queued */
    x->response = NULL;
    buf_done(&x->response_body);
    if (x->body.size > BODY_KEPT_MAX)
        buf_done(&x->body);
    else if (x->body.n > 0)
        buf_clear(&x->body);
    if (x->arena != NULL)
        arena_reset(x->arena);
    x->request.body = (bytes){ NULL, 0 };
    atomic_store_explicit(&x->answer, ANSWER_NONE, memory_order_relaxed);
    set_step(x, STEP_IDLE);
    set_deadline(x, deadline_of_waiting(s));
}

/* --- answers, from any thread --- */

static bool add_response_headers(http_exchange *x, const http_response *r, struct MHD_Response *to)
{
    assert(r->header_n <= HTTP_RESPONSE_HEADERS_MAX);
    if (r->content_type != NULL && MHD_add_response_header(to, "Content-Type", r->content_type) != MHD_YES)
        return false;
    if ((r->closes || x->is_last || atomic_load_explicit(&x->server->is_draining, memory_order_relaxed)) &&
        MHD_add_response_header(to, "Connection", "close") != MHD_YES)
        return false;
    for (size_t i = 0; i < r->header_n; i++) {
        str name, value; /* with the NUL that libmicrohttpd asks for */
        if (arena_copy(x->arena, r->headers[i].name, &name) != ST_OK ||
            arena_copy(x->arena, r->headers[i].value, &value) != ST_OK ||
            MHD_add_response_header(to, name.p, value.p) != MHD_YES)
            return false;
    }
    return true;
}

/* NULL: out of memory, or a header value that would break the response. Then the connection is closed without an answer,
 * as half of one would be worse. */
static struct MHD_Response *make_response(http_exchange *x, const http_response *r)
{
    if (!buf_ok(&x->response_body))
        return NULL;
    struct MHD_Response *made = MHD_create_response_from_buffer(x->response_body.n, x->response_body.p, MHD_RESPMEM_PERSISTENT);
    if (made != NULL && !add_response_headers(x, r, made)) {
        MHD_destroy_response(made);
        made = NULL;
    }
    return made;
}

void http_reply(http_exchange *x, http_response *r)
{
    x->status = r->status;
    x->response_body = r->body;
    r->body = (buf){ 0 };
    x->response = make_response(x, r);
    int before = atomic_exchange_explicit(&x->answer, ANSWER_GIVEN, memory_order_acq_rel);
    assert(before != ANSWER_GIVEN);
    if (before == ANSWER_AWAITED)
        MHD_resume_connection(x->connection); /* from here on x belongs to the event loop */
}

arena *http_arena(http_exchange *x)
{
    return x->arena;
}

str http_header_get(const http_request *rq, str name)
{
    for (size_t i = 0; i < rq->header_n; i++)
        if (str_eq_nocase(rq->headers[i].name, name))
            return rq->headers[i].value;
    return (str){ NULL, 0 };
}
