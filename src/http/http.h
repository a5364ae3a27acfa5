/* http.h - the HTTP/1.1 shell on libmicrohttpd: listeners, limits, header rules, request and response values.
 *
 * Knows nothing of identity: it hands a complete, well-formed request to one handler and sends one response. What breaks a
 * header rule (head.h) is refused with 400 and a closed connection, before any body byte is read. A connection carries no
 * request behind a chunked one. Request targets are never logged.
 *
 * Threads: handlers run on a listener's event loop and must not wait. http_reply may be called inside the handler, or later
 * and from any thread, once: a request that was not answered when its handler returns is suspended until it is. The
 * request's values and its arena live until the response was sent or the connection died.
 *
 * Time: a connection is closed when idle_timeout_s passed without a byte; when total_timeout_s passed between a request's
 * first line and its last byte, or over sending its answer; and when both timeouts together passed since it was opened or
 * last answered and no request is complete. (A request's first byte is not seen by itself, and may come at the end of an
 * idle timeout.) All to half a second. A request that a handler has is under no deadline of the shell.
 */
#ifndef ARGALI_HTTP_HTTP_H
#define ARGALI_HTTP_HTTP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/ip.h"
#include "base/world.h"

typedef struct http_server http_server;
typedef struct http_exchange http_exchange;

typedef struct {
    str name, value;
} http_header;

typedef struct {
    str method;                 /* GET, HEAD or POST */
    str target;                 /* raw, as received, begins with '/' */
    str path, query;            /* the target's parts, still encoded; query without '?', absent where there is no '?' */
    const http_header *headers; /* in the order received */
    size_t header_n;
    bytes body;   /* after transfer decoding */
    ip_addr peer; /* the TCP peer */
    bool is_tls;
} http_request;

str http_header_get(const http_request *rq, str name); /* first of that name, any case; absent: .p == NULL */

typedef struct {
    unsigned status;
    const char *content_type;   /* a literal; NULL: none */
    buf body;                   /* moved into the shell, wiped if it wipes; for HEAD only its length is sent */
    const http_header *headers; /* more headers, borrowed until http_reply returns; at most HTTP_RESPONSE_HEADERS_MAX */
    size_t header_n;
    bool closes; /* close the connection after this response */
} http_response;

enum { HTTP_RESPONSE_HEADERS_MAX = 8 };

typedef void (*http_handler)(void *self, http_exchange *x, const http_request *rq);

typedef struct {
    const char *address;                   /* "127.0.0.1", "[::1]" or "::1" */
    uint16_t port;                         /* 0: the system picks one */
    const char *certificate_pem, *key_pem; /* both or none: TLS. Borrowed while it starts */
    unsigned threads;                      /* event loops; 1 to 64 */
    unsigned connections_max;              /* in all; excess is closed at once */
    unsigned connections_per_network_max;  /* IPv4 address or IPv6 /64; 0: no limit (loopback is never limited) */
    size_t head_max; /* request line and headers together, and 64 bytes for each header and query parameter; bytes */
    size_t body_max;
    unsigned idle_timeout_s;  /* between bytes, and between requests */
    unsigned total_timeout_s; /* the reaper's, see above */
    http_handler handler;
    void *self;
    const world *world;
} http_options;

/* ST_CONFLICT: the address is in use. ST_INVALID: the address or the certificate is bad. */
MUST_USE status http_start(const http_options *o, http_server **ret, err *e);
uint16_t http_port(const http_server *s);
/* New certificate and key for connections from now on. ST_INVALID: they do not load; the old ones stay. */
MUST_USE status http_reload_certificate(http_server *s, const char *certificate_pem, const char *key_pem, err *e);
void http_drain(http_server *s);      /* frees the port; requests under way go on, and each answer closes its connection */
bool http_is_drained(http_server *s); /* http_drain was called, and no request is under way */
void http_stop(http_server *s);       /* closes what is left; every exchange has to be answered before; NULL is fine */

typedef struct {
    uint64_t requests;      /* that a handler got */
    uint64_t refused_head;  /* not HTTP, too large a head, or a header rule */
    uint64_t refused_limit; /* connections and bodies over a limit */
    uint64_t reaped;        /* closed by a total deadline */
    unsigned connections;   /* open now */
} http_counts;
http_counts http_count(const http_server *s);

arena *http_arena(http_exchange *x);                 /* the request's, with a cap */
void http_reply(http_exchange *x, http_response *r); /* once */

#endif
