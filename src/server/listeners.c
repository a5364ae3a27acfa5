/* listeners.c - the three listeners: API over http, API over https, admin. Contract: server.h. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "server/server.h"
#include "server/settings_use.h"

static const struct {
    const char *name;
    setting_id setting;
    bool has_fallback; /* a busy default address is a warning */
} kinds[LISTENER_COUNT] = {
    [LISTENER_API] = { "api", SET_LISTEN, false },
    [LISTENER_API_TLS] = { "api_tls", SET_LISTEN_TLS, true },
    [LISTENER_ADMIN] = { "admin", SET_LISTEN_ADMIN, true },
};

static void format_address(const char *host, bool is_v6, unsigned port, char ret[ADDRESS_MAX])
{
    (void)snprintf(ret, ADDRESS_MAX, is_v6 ? "[%.45s]:%u" : "%.45s:%u", host, port);
}

const char *listener_name(listener_id id)
{
    return kinds[id].name;
}

void server_address(const server *v, listener_id id, char ret[ADDRESS_MAX])
{
    listen_address a = settings_address(v->settings, kinds[id].setting);
    ret[0] = '\0';
    if (v->listener[id] != NULL)
        format_address(a.host, a.ip.family == 6, http_port(v->listener[id]), ret);
}

/* --- a free port to name ------------------------------------------------------------------------------------------ */

/* 0: it can be listened on; else why not. */
static int probe(const ip_addr *ip, uint16_t port)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
    memcpy(&v4.sin_addr, ip->b, sizeof v4.sin_addr);
    memcpy(&v6.sin6_addr, ip->b, sizeof v6.sin6_addr);
    bool is_v6 = ip->family == 6;
    int fd = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    const void *address = is_v6 ? (const void *)&v6 : (const void *)&v4;
    socklen_t n = is_v6 ? sizeof v6 : sizeof v4;
    bool is_bound = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == 0 && bind(fd, address, n) == 0 &&
                    listen(fd, 1) == 0;
    int why = is_bound ? 0 : errno;
    (void)close(fd);
    return why;
}

static uint16_t next_free(const listen_address *a)
{
    enum { TRIES = 200 };
    for (unsigned port = a->port + 1u; port <= 65535 && port <= a->port + (unsigned)TRIES; port++)
        if (probe(&a->ip, (uint16_t)port) == 0)
            return (uint16_t)port;
    return 0;
}

static status busy(listener_id id, const listen_address *a, err *e)
{
    char taken[ADDRESS_MAX], free_one[ADDRESS_MAX];
    uint16_t port = next_free(a);
    format_address(a->host, a->ip.family == 6, a->port, taken);
    format_address(a->host, a->ip.family == 6, port, free_one);
    if (port == 0)
        return err_set(e, ST_CONFLICT, NULL, "%s is in use by another program", taken);
    return err_set(e, ST_CONFLICT, NULL, "%s is in use by another program; %s is free: --%s %s", taken, free_one,
                   setting_rows[kinds[id].setting].name, free_one);
}

static bool must_listen(const settings *s, listener_id id)
{
    return !kinds[id].has_fallback || settings_source(s, kinds[id].setting) != FROM_DEFAULT;
}

status listeners_check(const settings *s, err *e)
{
    for (int id = 0; id < LISTENER_COUNT; id++) {
        listen_address a = settings_address(s, kinds[id].setting);
        if (!a.is_off && a.port != 0 && must_listen(s, (listener_id)id) && probe(&a.ip, a.port) == EADDRINUSE)
            return busy((listener_id)id, &a, e);
    }
    return ST_OK;
}

/* --- starting ----------------------------------------------------------------------------------------------------- */

static http_options options_of(server *v, listener_id id, const listen_address *a)
{
    const settings *s = v->settings;
    bool is_tls = id == LISTENER_API_TLS, is_admin = id == LISTENER_ADMIN;
    return (http_options){
        .address = a->host,
        .port = a->port,
        .certificate_pem = is_tls ? certificate_chain(&v->certificate) : NULL,
        .key_pem = is_tls ? certificate_key(&v->certificate) : NULL,
        .threads = is_admin ? 1 : settings_number(s, SET_IO_THREADS),
        .connections_max = is_admin ? 64 : settings_number(s, SET_CONNECTIONS_MAX),
        .connections_per_network_max = settings_number(s, SET_CONNECTIONS_PER_NETWORK_MAX),
        .head_max = is_admin ? 8192 : settings_number(s, SET_HEAD_MAX),
        .body_max = is_admin ? 1024 : settings_number(s, SET_BODY_MAX),
        .idle_timeout_s = settings_number(s, SET_IDLE_TIMEOUT),
        .total_timeout_s = settings_number(s, SET_TOTAL_TIMEOUT),
        .handler = is_admin ? routes_admin : routes_api,
        .self = v,
        .world = v->world,
    };
}

static status start_one(server *v, listener_id id, err *e)
{
    listen_address a = settings_address(v->settings, kinds[id].setting);
    if (a.is_off)
        return ST_OK;
    http_options o = options_of(v, id, &a);
    status st = http_start(&o, &v->listener[id], e);
    if (st != ST_CONFLICT)
        return st;
    st = busy(id, &a, e);
    if (must_listen(v->settings, id))
        return st;
    log_event(LOG_WARNING, "listener_off", LOG_Z("listener", kinds[id].name), LOG_Z("why", e->log));
    return ST_OK;
}

status listeners_start(server *v, err *e)
{
    for (int id = 0; id < LISTENER_COUNT; id++) {
        char address[ADDRESS_MAX];
        TRY(start_one(v, (listener_id)id, e));
        server_address(v, (listener_id)id, address);
        if (address[0] != '\0')
            log_event(LOG_INFO, "listening", LOG_Z("listener", kinds[id].name), LOG_Z("address", address));
    }
    return ST_OK;
}

/* --- names -------------------------------------------------------------------------------------------------------- */

static void copy_text(str s, char ret[SERVER_TEXT_MAX])
{
    (void)snprintf(ret, SERVER_TEXT_MAX, STR_FMT, STR_ARG(s));
}

void listeners_name(server *v)
{
    CLEANUP(buf_done) buf url;
    size_t slash;
    buf_init(&url, SERVER_TEXT_MAX);
    settings_public_url(v->settings, http_port(v->listener[LISTENER_API]), &url);
    copy_text(buf_str(&url), v->public_url);
    str host = str_from_c(v->public_url);
    if (str_find_last(host, '/', &slash))
        host = str_slice(host, slash + 1, host.n);
    copy_text(host, v->public_host);
    bool is_localhost = str_eq(host, STR("localhost")) || str_starts(host, STR("localhost:"));
    if (is_localhost && v->listener[LISTENER_API_TLS] != NULL)
        (void)snprintf(v->tls_host, sizeof v->tls_host, "localhost:%u", (unsigned)http_port(v->listener[LISTENER_API_TLS]));
}
