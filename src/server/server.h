/* server.h - the running server: what serve.c wires together, and what routes and metrics read of it. Private to src/server/.
 *
 * Everything is set before is_open is, and not changed after but for the atomics and the certificate, which is the main
 * thread's.
 */
#ifndef ARGALI_SERVER_SERVER_H
#define ARGALI_SERVER_SERVER_H

#include <stdatomic.h>

#include "access_key/daily.h"
#include "access_key/nonce.h"
#include "api/api.h"
#include "audit/audit.h"
#include "http/http.h"
#include "operations/bootstrap.h"
#include "report/reporter.h"
#include "server/certificate.h"
#include "server/control.h"
#include "server/hashing.h"
#include "server/instance.h"
#include "server/settings.h"

typedef enum { LISTENER_API, LISTENER_API_TLS, LISTENER_ADMIN, LISTENER_COUNT } listener_id;

enum { SERVER_TEXT_MAX = 320 };

typedef struct server {
    const settings *settings;
    const world *world;
    int64_t started_at_ms; /* monotonic */
    int64_t started_at_s;
    instance instance;
    nonces *nonces;
    auditor *auditor;
    hashing hashing;
    daily *daily;
    reporter *reporter;
    api *api;
    control *control;
    http_server *listener[LISTENER_COUNT]; /* NULL: off */
    server_certificate certificate;
    _Atomic int64_t certificate_expires_at_s; /* 0: no https */
    char public_url[SERVER_TEXT_MAX];         /* http://localhost:8080 */
    char public_host[SERVER_TEXT_MAX];        /* localhost:8080 */
    char tls_host[SERVER_TEXT_MAX];           /* localhost:8443 where the public host is localhost, else empty */
    atomic_bool is_open;                      /* requests may be answered */
    atomic_bool is_stopping;
} server;

const char *listener_name(listener_id id); /* "api", "api_tls", "admin": for logs and metrics */

/* "127.0.0.1:8080", "[::1]:8443" of a running listener; empty when it is off. */
void server_address(const server *v, listener_id id, char ret[ADDRESS_MAX]);

/* Starts the three listeners with the rules on busy ports: the API's is an error that names a free one, as is any that was
 * asked for; a busy default address of https or admin is a warning. */
MUST_USE status listeners_start(server *v, err *e);
/* ST_CONFLICT: an address that would be an error is busy now; before anything is made. */
MUST_USE status listeners_check(const settings *s, err *e);
void listeners_name(server *v); /* fills the public texts once the ports are known */

void routes_api(void *self, http_exchange *x, const http_request *rq); /* http_handlers; self is the server */
void routes_admin(void *self, http_exchange *x, const http_request *rq);

void metrics_add(const server *v, buf *to); /* Prometheus text format 0.0.4 */

/* What is said on standard output when the server is ready: a line of JSON, or a block for a person. `shown`: NULL, or the
 * credentials of a first start, which are printed in full to a terminal only. `to` must be a buf_init_secret buffer. */
void banner_add(const server *v, const credentials *shown, bool is_terminal, buf *to);

#endif
