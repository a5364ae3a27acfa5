/* routes.c - which path is answered by what. Contract: server.h.
 *
 * The API is at "/" for every POST and for a GET with a query or a signature, POST /verify is for services that ask about calls of
 * their own. Everything else that a browser may send is a
 * page: pages are answered only under the names of public-url (and localhost on the https port, where that is localhost), so
 * that a name which an attacker points at this address shows nothing (DNS rebinding). Page requests to a loopback address go
 * to the name.
 */
#include "server/server.h"

enum { PAGE_PATH_MAX = 1024, PAGE_TEXT_MAX = 65536 };

static const char plain_text[] = "text/plain; charset=utf-8";

static const str front_page =
    STR_INIT("Argali, a self-hosted RAM, IMS and STS service.\n"
             "\n"
             "This address answers signed API calls: IMS 2019-08-15, RAM 2015-05-01 and STS 2015-04-01.\n"
             "Point an SDK, the aliyun CLI or the Terraform provider at it; docs/getting-started.md shows how.\n"
             "There is no console yet.\n");

static void answer(http_exchange *x, unsigned code, const char *type, str text, const http_header *more, size_t more_n)
{
    http_header headers[HTTP_RESPONSE_HEADERS_MAX] = {
        { STR("Cache-Control"), STR("no-store") },
        { STR("X-Content-Type-Options"), STR("nosniff") },
    };
    http_response r = { .status = code, .content_type = type, .headers = headers, .header_n = 2 };
    for (size_t i = 0; i < more_n; i++)
        headers[r.header_n++] = more[i];
    buf_init(&r.body, PAGE_TEXT_MAX);
    buf_add(&r.body, text);
    http_reply(x, &r);
}

static void reply_text(http_exchange *x, unsigned code, str text)
{
    answer(x, code, plain_text, text, NULL, 0);
}

/* --- pages -------------------------------------------------------------------------------------------------------- */

static bool is_host(str host, const char *name)
{
    return *name != '\0' && str_eq_nocase(host, str_from_c(name));
}

static bool is_loopback_literal(str host)
{
    str rest;
    ip_addr ip;
    if (str_starts(host, STR("["))) {
        if (!str_split(str_slice(host, 1, host.n), ']', &host, &rest))
            return false;
    } else if (!str_split(host, ':', &host, &rest)) {
        rest = (str){ 0 };
    }
    return ip_parse(host, &ip) == ST_OK && ip_is_loopback(&ip);
}

static void redirect(const server *v, http_exchange *x, const http_request *rq)
{
    str to, path = rq->path.n <= PAGE_PATH_MAX ? rq->path : STR("/");
    bool keeps_tls = rq->is_tls && v->tls_host[0] != '\0';
    status st = keeps_tls ? arena_printf(http_arena(x), &to, "https://%s" STR_FMT, v->tls_host, STR_ARG(path))
                          : arena_printf(http_arena(x), &to, "%s" STR_FMT, v->public_url, STR_ARG(path));
    if (st != ST_OK) {
        reply_text(x, 503, STR("Out of memory.\n"));
        return;
    }
    answer(x, 302, plain_text, STR("Moved to the name of this server.\n"), &(http_header){ STR("Location"), to }, 1);
}

static void answer_page(const server *v, http_exchange *x, const http_request *rq)
{
    str host = http_header_get(rq, STR("Host"));
    if (is_loopback_literal(host) && !is_host(host, v->public_host))
        redirect(v, x, rq);
    else if (!is_host(host, v->public_host) && !(rq->is_tls && is_host(host, v->tls_host)))
        reply_text(x, 421, STR("This server has another name: see public-url.\n"));
    else if (str_eq(rq->path, STR("/")))
        reply_text(x, 200, front_page);
    else
        reply_text(x, 404, STR("There is nothing here.\n"));
}

/* --- the API ------------------------------------------------------------------------------------------------------ */

static bool is_call(const http_request *rq)
{
    if (!str_eq(rq->path, STR("/")))
        return false;
    return str_eq(rq->method, STR("POST")) || rq->query.n > 0 || http_header_get(rq, STR("Authorization")).p != NULL ||
           http_header_get(rq, STR("x-acs-action")).p != NULL;
}

static bool is_question(const http_request *rq)
{
    return str_eq(rq->path, STR("/verify")) && str_eq(rq->method, STR("POST"));
}

void routes_api(void *self, http_exchange *x, const http_request *rq)
{
    server *v = self;
    if (!atomic_load_explicit(&v->is_open, memory_order_acquire))
        reply_text(x, 503, STR("Starting.\n"));
    else if (is_call(rq))
        api_handle(v->api, x, rq);
    else if (is_question(rq))
        api_verify(v->api, x, rq);
    else if (str_eq(rq->method, STR("POST")))
        reply_text(x, 404, STR("Calls go to the path /, questions about the calls of others to /verify.\n"));
    else
        answer_page(v, x, rq);
}

/* --- admin -------------------------------------------------------------------------------------------------------- */

static void answer_ready(server *v, http_exchange *x)
{
    if (!atomic_load(&v->is_open))
        reply_text(x, 503, STR("starting\n"));
    else if (atomic_load(&v->is_stopping))
        reply_text(x, 503, STR("stopping\n"));
    else if (!store_is_healthy(v->instance.store))
        reply_text(x, 503, STR("the store does not work\n"));
    else
        reply_text(x, 200, STR("ready\n"));
}

static void answer_metrics(server *v, http_exchange *x)
{
    CLEANUP(buf_done) buf text;
    buf_init(&text, PAGE_TEXT_MAX);
    if (!atomic_load(&v->is_open)) {
        reply_text(x, 503, STR("starting\n"));
        return;
    }
    metrics_add(v, &text);
    if (buf_ok(&text))
        answer(x, 200, "text/plain; version=0.0.4; charset=utf-8", buf_str(&text), NULL, 0);
    else
        reply_text(x, 503, STR("Out of memory.\n"));
}

/* A name that an attacker points at loopback comes as another Host: only whoever means this machine is answered (DNS
 * rebinding). Beyond loopback the listener was put there on purpose, under names that only its operator knows. */
static bool is_admin_host(const http_request *rq)
{
    str host = http_header_get(rq, STR("Host")), name = host, port;
    (void)str_split(host, ':', &name, &port);
    return !ip_is_loopback(&rq->peer) || is_loopback_literal(host) || str_eq_nocase(name, STR("localhost"));
}

void routes_admin(void *self, http_exchange *x, const http_request *rq)
{
    server *v = self;
    if (!is_admin_host(rq))
        reply_text(x, 421, STR("Ask for localhost.\n"));
    else if (str_eq(rq->method, STR("POST")))
        reply_text(x, 405, STR("GET only.\n"));
    else if (str_eq(rq->path, STR("/healthz")))
        reply_text(x, 200, STR("ok\n"));
    else if (str_eq(rq->path, STR("/readyz")))
        answer_ready(v, x);
    else if (str_eq(rq->path, STR("/metrics")))
        answer_metrics(v, x);
    else
        reply_text(x, 404, STR("/healthz, /readyz, /metrics\n"));
}
