/* metrics.c - /metrics in the Prometheus text format 0.0.4. Contract: server.h.
 *
 * Every label and its values are written here, so the number of series is fixed: nothing that a client sends can add one.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "server/server.h"

static void begin(buf *to, const char *name, const char *type, const char *help)
{
    buf_addf(to, "# HELP argali_%s %s\n# TYPE argali_%s %s\n", name, help, name, type);
}

static void single(buf *to, const char *name, const char *type, const char *help, uint64_t value)
{
    begin(to, name, type, help);
    buf_addf(to, "argali_%s %" PRIu64 "\n", name, value);
}

static void labelled(buf *to, const char *name, const char *label, const char *label_value, uint64_t value)
{
    buf_addf(to, "argali_%s{%s=\"%s\"} %" PRIu64 "\n", name, label, label_value, value);
}

/* --- the process -------------------------------------------------------------------------------------------------- */

static uint64_t resident_bytes(void)
{
    char text[128];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t n = read(fd, text, sizeof text);
    (void)close(fd);
    str total, pages, rest;
    uint64_t resident = 0;
    bool is_good = n > 0 && str_split((str){ text, (size_t)n }, ' ', &total, &rest) && str_split(rest, ' ', &pages, &rest) &&
                   str_to_u64(pages, 0, UINT64_MAX >> 20, &resident) == ST_OK;
    return is_good ? resident * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

static void add_process(const server *v, buf *to)
{
    begin(to, "build_info", "gauge", "Always 1.");
    labelled(to, "build_info", "version", ARGALI_VERSION, 1);
    single(to, "start_time_seconds", "gauge", "When the process started, Unix time.", (uint64_t)v->started_at_s);
    single(to, "resident_memory_bytes", "gauge", "Memory in use, the mapped nonce file included.", resident_bytes());
    single(to, "certificate_expiry_seconds", "gauge", "When the certificate of https expires, Unix time; 0 without https.",
           (uint64_t)atomic_load(&v->certificate_expires_at_s));
}

/* --- connections -------------------------------------------------------------------------------------------------- */

static void add_http(const server *v, buf *to)
{
    http_counts counts[LISTENER_COUNT] = { 0 };
    for (int i = 0; i < LISTENER_COUNT; i++)
        if (v->listener[i] != NULL)
            counts[i] = http_count(v->listener[i]);
    begin(to, "http_connections", "gauge", "Open connections.");
    for (int i = 0; i < LISTENER_COUNT; i++)
        labelled(to, "http_connections", "listener", listener_name((listener_id)i), counts[i].connections);
    begin(to, "http_requests_total", "counter", "Requests that reached a handler.");
    for (int i = 0; i < LISTENER_COUNT; i++)
        labelled(to, "http_requests_total", "listener", listener_name((listener_id)i), counts[i].requests);
    begin(to, "http_refused_total", "counter",
          "Requests and connections refused before a handler: broken heads, limits, deadlines.");
    for (int i = 0; i < LISTENER_COUNT; i++) {
        buf_addf(to, "argali_http_refused_total{listener=\"%s\",reason=\"head\"} %" PRIu64 "\n", listener_name((listener_id)i),
                 counts[i].refused_head);
        buf_addf(to, "argali_http_refused_total{listener=\"%s\",reason=\"limit\"} %" PRIu64 "\n", listener_name((listener_id)i),
                 counts[i].refused_limit);
        buf_addf(to, "argali_http_refused_total{listener=\"%s\",reason=\"deadline\"} %" PRIu64 "\n",
                 listener_name((listener_id)i), counts[i].reaped);
    }
}

/* --- calls, nonces, store ----------------------------------------------------------------------------------------- */

static void add_calls(const server *v, buf *to)
{
    api_counts c = api_count(v->api);
    begin(to, "calls_total", "counter", "API calls by outcome.");
    labelled(to, "calls_total", "outcome", "ok", c.calls_ok);
    labelled(to, "calls_total", "outcome", "client_error", c.calls_client_error);
    labelled(to, "calls_total", "outcome", "server_error", c.calls_server_error);
    begin(to, "signatures_total", "counter", "Signatures that verified, by scheme.");
    labelled(to, "signatures_total", "scheme", "acs3", c.signatures_acs3);
    labelled(to, "signatures_total", "scheme", "v1", c.signatures_v1);
    begin(to, "refusals_total", "counter", "Calls refused, by reason.");
    labelled(to, "refusals_total", "reason", "signature", c.signatures_wrong);
    labelled(to, "refusals_total", "reason", "nonce_used", c.nonces_used);
    labelled(to, "refusals_total", "reason", "permission", c.denied);
    labelled(to, "refusals_total", "reason", "throttled", c.throttled);
    begin(to, "caller_cache_total", "counter", "Look-ups of callers in memory.");
    labelled(to, "caller_cache_total", "result", "hit", c.cache_hits);
    labelled(to, "caller_cache_total", "result", "miss", c.cache_misses);
}

static void add_nonces(const server *v, buf *to)
{
    nonces_counts n = nonces_count(v->nonces, world_now_s(v->world));
    single(to, "nonces_live", "gauge", "Nonces that are remembered.", n.live);
    single(to, "nonces_capacity", "gauge", "Nonces that can be remembered.", n.capacity);
    single(to, "nonces_refused_full_total", "counter", "Calls refused because no more nonces could be remembered.",
           n.refused_full);
}

static void add_store(const server *v, buf *to)
{
    store_counts c = store_count(v->instance.store);
    single(to, "store_commits_total", "counter", "Commits; each holds the writes that waited.", c.commits);
    begin(to, "store_jobs_total", "counter", "Work done on the store.");
    labelled(to, "store_jobs_total", "kind", "write", c.applied);
    labelled(to, "store_jobs_total", "kind", "write_refused", c.refused);
    labelled(to, "store_jobs_total", "kind", "write_alone_again", c.retried_alone);
    labelled(to, "store_jobs_total", "kind", "read", c.reads);
    begin(to, "store_waiting", "gauge", "Work that waits for the store.");
    labelled(to, "store_waiting", "kind", "write", c.waiting_writes);
    labelled(to, "store_waiting", "kind", "read", c.waiting_reads);
    single(to, "store_healthy", "gauge", "1 while commits and reads work.", store_is_healthy(v->instance.store) ? 1 : 0);
}

void metrics_add(const server *v, buf *to)
{
    add_process(v, to);
    add_http(v, to);
    add_calls(v, to);
    add_nonces(v, to);
    add_store(v, to);
}
