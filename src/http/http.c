/* http.c - see http.h. Starting, reloading, draining and stopping; what happens in between is in acceptor.c and exchange.c.
 *
 * Three kinds of thread: the acceptor, which is also the reaper, the event loops of libmicrohttpd, and whoever calls
 * http_reply.
 */
#include "http/shell.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

static const char tls_priorities[] = "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE";

/* The shell keeps targets as they came: a signature covers the bytes, and decoding happens once, in the API. */
static size_t keep_escaped(void *self, struct MHD_Connection *c, char *s)
{
    (void)self;
    (void)c;
    return strlen(s);
}

/* gnutls_certificate_retrieve_function2: what it hands out stays alive as long as the connection, which holds its
 * certificate. */
static int certificate_of_session(gnutls_session_t session, const gnutls_datum_t *issuers, int issuer_n,
                                  const gnutls_pk_algorithm_t *algorithms, int algorithm_n, gnutls_pcert_st **ret_chain,
                                  unsigned *ret_chain_n, gnutls_privkey_t *ret_key)
{
    (void)issuers;
    (void)issuer_n;
    (void)algorithms;
    (void)algorithm_n;
    http_exchange *x = gnutls_session_get_ptr(session);
    *ret_chain = x->certificate->chain;
    *ret_chain_n = x->certificate->chain_n;
    *ret_key = x->certificate->key;
    return 0;
}

/* libmicrohttpd shares its limit out between its event loops and does not say no politely: it has to be out of reach of
 * ours. */
static unsigned connection_limit_of(const http_options *o)
{
    uint64_t limit = ((uint64_t)o->connections_max + 1) * o->threads;
    return limit < UINT_MAX ? (unsigned)limit : UINT_MAX;
}

static status start_daemon(http_server *s, err *e)
{
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | MHD_USE_NO_LISTEN_SOCKET;
    struct MHD_OptionItem more[4] = { { MHD_OPTION_END, 0, NULL } };
    size_t n = 0;
    if (s->o.threads > 1)
        more[n++] = (struct MHD_OptionItem){ MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)s->o.threads, NULL };
    if (s->is_tls) {
        flags |= MHD_USE_TLS;
        more[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)tls_priorities };
        more[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)(uintptr_t)certificate_of_session };
    }
    more[n] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
    s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, exchange_on_request, s, MHD_OPTION_URI_LOG_CALLBACK, exchange_on_target,
                                 s, MHD_OPTION_UNESCAPE_CALLBACK, keep_escaped, NULL, MHD_OPTION_NOTIFY_CONNECTION,
                                 exchange_on_connection, s, MHD_OPTION_NOTIFY_COMPLETED, exchange_on_completed, s,
                                 MHD_OPTION_STRICT_FOR_CLIENT, 0, /* our rules go further; its own close without an answer */
                                 MHD_OPTION_CONNECTION_MEMORY_LIMIT, s->o.head_max, MHD_OPTION_CONNECTION_LIMIT,
                                 connection_limit_of(&s->o), MHD_OPTION_CONNECTION_TIMEOUT, s->o.idle_timeout_s,
                                 MHD_OPTION_ARRAY, more, MHD_OPTION_END);
    return s->daemon != NULL ? ST_OK : err_set(e, ST_UNAVAILABLE, NULL, "libmicrohttpd does not start: %s", strerror(errno));
}

/* Signals are for the main thread. */
static status start_threads(http_server *s, err *e)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    status result = start_daemon(s, e);
    if (result == ST_OK && pthread_create(&s->acceptor, NULL, acceptor_main, s) != 0) {
        MHD_stop_daemon(s->daemon);
        result = err_set(e, ST_UNAVAILABLE, NULL, "no thread for accepting connections");
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

/* Half-built is fine; its threads are gone. */
static void server_free(http_server *s)
{
    while (s->pending != NULL) { /* handed to libmicrohttpd as it stopped: it closed them without a word */
        http_exchange *x = s->pending;
        exchange_unlink(&s->pending, x);
        exchange_free(x);
    }
    assert(s->begun == NULL);
    certificate_free(s->certificate);
    peers_free(s->peers);
    file_close_at(&s->listen_fd);
    file_close_at(&s->wake_fd);
    file_close_at(&s->spare_fd);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static status build(http_server *s, const http_options *o, err *e)
{
    if (s->is_tls)
        TRY(certificate_load(o->certificate_pem, o->key_pem, &s->certificate, e));
    TRY(peers_new(o->connections_max, o->connections_per_network_max, o->world, &s->peers, e));
    s->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    s->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (s->wake_fd < 0 || s->spare_fd < 0)
        return err_set(e, ST_UNAVAILABLE, NULL, "no descriptor: %s", strerror(errno));
    TRY(listener_open(o->address, o->port, &s->listen_fd, &s->port, e));
    return start_threads(s, e);
}

status http_start(const http_options *o, http_server **ret, err *e)
{
    assert(o->threads >= 1 && o->threads <= 64 && o->handler != NULL && o->world != NULL);
    assert((o->certificate_pem == NULL) == (o->key_pem == NULL));
    http_server *s = calloc(1, sizeof *s);
    if (s == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "no memory for a listener");
    s->o = *o;
    s->o.address = s->o.certificate_pem = s->o.key_pem = NULL;
    s->is_tls = o->certificate_pem != NULL;
    s->listen_fd = s->wake_fd = s->spare_fd = -1;
    atomic_store(&s->now_ms, o->world->monotonic_ms(o->world->self));
    pthread_mutex_init(&s->lock, NULL);
    status result = build(s, o, e);
    if (result != ST_OK) {
        server_free(s);
        return result;
    }
    *ret = s;
    return ST_OK;
}

uint16_t http_port(const http_server *s)
{
    return s->port;
}

status http_reload_certificate(http_server *s, const char *certificate_pem, const char *key_pem, err *e)
{
    if (!s->is_tls)
        return err_set(e, ST_INVALID, NULL, "the listener has no TLS");
    certificate *fresh = NULL;
    TRY(certificate_load(certificate_pem, key_pem, &fresh, e));
    pthread_mutex_lock(&s->lock);
    certificate *old = s->certificate;
    s->certificate = fresh;
    bool is_unused = --old->holders == 0;
    pthread_mutex_unlock(&s->lock);
    if (is_unused)
        certificate_free(old);
    return ST_OK;
}

void http_drain(http_server *s)
{
    if (atomic_load(&s->is_draining))
        return;
    /* Frees the port now; the acceptor, whose descriptor it is, closes it once it sees the flag. */
    (void)shutdown(s->listen_fd, SHUT_RDWR);
    atomic_store(&s->is_draining, true);
    acceptor_wake(s);
}

bool http_is_drained(http_server *s)
{
    bool is_busy = !atomic_load(&s->is_draining);
    pthread_mutex_lock(&s->lock);
    for (const http_exchange *x = s->begun; x != NULL && !is_busy; x = x->next)
        is_busy = atomic_load_explicit(&x->step, memory_order_relaxed) != STEP_IDLE;
    pthread_mutex_unlock(&s->lock);
    return !is_busy;
}

/* libmicrohttpd closes what it was handed and has not begun with without taking the lock it was handed over under. A moment is
 * enough for it to begin; where it cannot, as there is no memory, it did not keep the connection either. */
static void let_begin(http_server *s)
{
    enum { TRIES = 50, TRY_MS = 2 };
    bool is_waiting = true;
    for (int i = 0; i < TRIES && is_waiting; i++) {
        pthread_mutex_lock(&s->lock);
        is_waiting = s->pending != NULL;
        pthread_mutex_unlock(&s->lock);
        if (is_waiting)
            (void)poll(NULL, 0, TRY_MS);
    }
}

void http_stop(http_server *s)
{
    if (s == NULL)
        return;
    atomic_store(&s->is_stopping, true);
    acceptor_wake(s);
    pthread_join(s->acceptor, NULL);
    let_begin(s);
    while (atomic_load(&s->running) > 0) /* libmicrohttpd aborts the process over a suspended connection */
        (void)nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
    MHD_stop_daemon(s->daemon);
    server_free(s);
}

http_counts http_count(const http_server *s)
{
    return (http_counts){
        .requests = atomic_load_explicit(&s->requests, memory_order_relaxed),
        .refused_head = atomic_load_explicit(&s->refused_head, memory_order_relaxed),
        .refused_limit = atomic_load_explicit(&s->refused_limit, memory_order_relaxed),
        .reaped = atomic_load_explicit(&s->reaped, memory_order_relaxed),
        .connections = atomic_load_explicit(&s->connections, memory_order_relaxed),
    };
}
