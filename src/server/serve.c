/* serve.c - see serve.h. */
#include "server/serve.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "server/data_folder.h"
#include "server/first_start.h"
#include "server/privileges.h"
#include "server/server.h"
#include "server/settings_use.h"

enum {
    TICK_MS = 1000,
    NONCE_TICKS = 5 /* from one write of the nonces' ceiling to the next */,
    DRAIN_STEP_MS = 20,
    CERTIFICATE_CHECK_S = 3600,
    CERTIFICATE_WARN_S = 14 * 86400
};

/* --- signals ------------------------------------------------------------------------------------------------------ */

/* Before the first thread, so that all inherit it and only the main thread takes signals. */
static void block_signals(sigset_t *ret)
{
    (void)sigemptyset(ret);
    (void)sigaddset(ret, SIGTERM);
    (void)sigaddset(ret, SIGINT);
    (void)sigaddset(ret, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, ret, NULL);
}

/* The next signal, or 0 when wait_ms passed. */
static int next_signal(const sigset_t *signals, int64_t wait_ms)
{
    struct timespec t = { .tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000 };
    int number = sigtimedwait(signals, NULL, &t);
    return number > 0 ? number : 0;
}

/* --- start -------------------------------------------------------------------------------------------------------- */

/* The folder part of a path, for Landlock: certificates and configuration are replaced there by renaming. */
static const char *folder_of(const char *path, char ret[FILE_PATH_MAX])
{
    str folder, all = str_from_c(path);
    size_t slash;
    if (path == NULL)
        return NULL;
    folder = str_find_last(all, '/', &slash) ? str_slice(all, 0, slash == 0 ? 1 : slash) : STR(".");
    return snprintf(ret, FILE_PATH_MAX, STR_FMT, STR_ARG(folder)) < FILE_PATH_MAX ? ret : NULL;
}

static status enter_privileges(const settings *s, privileges_state *ret, err *e)
{
    char certificate[FILE_PATH_MAX], key[FILE_PATH_MAX], config[FILE_PATH_MAX], master_key[FILE_PATH_MAX],
        breached[FILE_PATH_MAX];
    privileges_options o = {
        .user = settings_path(s, SET_USER),
        .data = settings_path(s, SET_DATA),
        .readable = { folder_of(settings_path(s, SET_TLS_CERTIFICATE), certificate),
                      folder_of(settings_path(s, SET_TLS_KEY), key), folder_of(settings_file(s), config),
                      folder_of(settings_path(s, SET_MASTER_KEY_FILE), master_key),
                      folder_of(settings_path(s, SET_BREACHED_PASSWORDS), breached) },
        .wants_sandbox = settings_is_on(s, SET_SANDBOX),
    };
    return privileges_drop(&o, ret, e);
}

/* What has to be done as root, or outside of what the sandbox leaves. */
static status prepare(const settings *s, const world *w, err *e)
{
    const char *dir = settings_path(s, SET_DATA);
    folder_kind kind;
    privileges_guard_memory();
    TRY(data_folder_inspect(dir, &kind, e)); /* says what is wrong before anything is made */
    TRY(data_folder_make(dir, settings_path(s, SET_USER), e));
    TRY(privileges_become_user(settings_path(s, SET_USER), e));
    TRY(data_folder_check_free(dir, e));
    TRY(listeners_check(s, e));
    return kind == FOLDER_READY ? ST_OK : first_start_make_key(s, w, e);
}

static void warn_of_folder_mode(const char *dir)
{
    struct stat st;
    if (stat(dir, &st) == 0 && (st.st_mode & 077) != 0)
        log_event(LOG_WARNING, "data_folder_open_to_others", LOG_Z("folder", dir));
}

/* Locked memory is limited for processes without privileges: then secrets may reach the swap space. */
static void warn_of_unlocked_memory(void)
{
    static uint8_t probe[65536];
    if (mlock(probe, sizeof probe) != 0)
        log_event(LOG_WARNING, "memory_not_locked",
                  LOG_S("why", STR("RLIMIT_MEMLOCK is too small: secrets may be swapped out")));
    else
        (void)munlock(probe, sizeof probe);
}

static status first_account(const settings *s, const world *w, bootstrap **ret, err *e)
{
    folder_kind kind;
    TRY(data_folder_inspect(settings_path(s, SET_DATA), &kind, e));
    if (kind == FOLDER_READY)
        return ST_OK;
    TRY(first_start_run(s, w, ret, e));
    log_event(LOG_INFO, "first_account_made", LOG_Z("folder", settings_path(s, SET_DATA)));
    return ST_OK;
}

static status open_nonces(server *v, err *e)
{
    char path[FILE_PATH_MAX];
    TRY(file_path(settings_path(v->settings, SET_DATA), "nonces", path, e));
    nonces_options o = {
        .path = path,
        .calls_per_second = settings_number(v->settings, SET_CALLS_PER_SECOND),
        .world = v->world,
    };
    return nonces_open(&o, &v->nonces, e);
}

static status open_api(server *v, err *e)
{
    const settings *s = v->settings;
    api_options o = {
        .store = v->instance.store,
        .vault = v->instance.vault,
        .nonces = v->nonces,
        .auditor = v->auditor,
        .hashing = v->hashing.pool,
        .passwords = &v->hashing.means,
        .waiters = v->hashing.waiters,
        .world = v->world,
        .quota = settings_quotas(s),
        .domain_suffix = settings_text(s, SET_DOMAIN_SUFFIX),
        .public_url = v->public_url,
        .accepts_v1 = settings_is_on(s, SET_SIGNATURE_V1),
        .failures_per_minute = settings_number(s, SET_FAILURES_PER_MINUTE),
        .blocking_threads = settings_number(s, SET_BLOCKING_THREADS),
        .cached_callers = settings_number(s, SET_CACHED_CALLERS),
    };
    o.host_n = settings_list(s, SET_API_HOSTS, &o.hosts);
    o.proxy_n = settings_networks(s, SET_TRUSTED_PROXIES, &o.proxies);
    return api_new(&o, &v->api, e);
}

static status open_certificate(server *v, int64_t renew_below_s, err *e)
{
    server_certificate c;
    if (settings_address(v->settings, SET_LISTEN_TLS).is_off)
        return ST_OK;
    TRY(certificate_open(v->settings, v->world, renew_below_s, &c, e));
    certificate_done(&v->certificate);
    v->certificate = c;
    atomic_store(&v->certificate_expires_at_s, c.expires_at_s);
    return ST_OK;
}

/* Without it the server works, but subcommands have to wait until it stopped. */
static void open_control(server *v)
{
    err e = { 0 };
    if (control_start(&v->instance, v->settings, &v->control, &e) != ST_OK)
        log_event(LOG_WARNING, "control_socket_off", LOG_Z("why", e.log));
}

static status open_all(server *v, err *e)
{
    TRY(instance_open(v->settings, v->world, &v->instance, e));
    v->instance.is_stopping = &v->is_stopping;
    first_start_sweep(settings_path(v->settings, SET_DATA));
    TRY(open_nonces(v, e));
    TRY(hashing_open(v->settings, v->world, v->instance.store, &v->hashing, e));
    v->auditor = auditor_new(v->instance.store, v->instance.vault, v->world);
    v->daily = daily_new(v->instance.store, v->world);
    if (v->auditor == NULL || v->daily == NULL)
        return ST_NO_MEMORY;
    TRY(open_certificate(v, CERTIFICATE_RENEW_AT_START_S, e));
    TRY(listeners_start(v, e));
    listeners_name(v);
    v->instance.public_url = v->public_url;
    TRY(open_api(v, e));
    v->reporter = reporter_new(v->instance.store, v->world, settings_text(v->settings, SET_DOMAIN_SUFFIX));
    if (v->reporter == NULL)
        return ST_NO_MEMORY;
    open_control(v);
    return ST_OK;
}

static status print_banner(const server *v, const bootstrap *first)
{
    CLEANUP(buf_done) buf text;
    buf_init_secret(&text, 65536);
    banner_add(v, first != NULL ? bootstrap_credentials(first) : NULL, isatty(STDOUT_FILENO) == 1, &text);
    if (!buf_ok(&text))
        return ST_NO_MEMORY;
    (void)file_write_all(STDOUT_FILENO, buf_bytes(&text)); /* nobody reads: the server serves all the same */
    return ST_OK;
}

/* --- while it runs ------------------------------------------------------------------------------------------------ */

static void replace_certificate(server *v, int64_t renew_below_s)
{
    err e = { 0 };
    if (v->listener[LISTENER_API_TLS] == NULL)
        return;
    status st = open_certificate(v, renew_below_s, &e);
    if (st == ST_OK)
        st = http_reload_certificate(v->listener[LISTENER_API_TLS], certificate_chain(&v->certificate),
                                     certificate_key(&v->certificate), &e);
    if (st == ST_OK)
        log_event(LOG_INFO, "certificate_loaded", LOG_Z("path", v->certificate.path),
                  LOG_N("expires_at_s", v->certificate.expires_at_s));
    else
        log_event(LOG_ERROR, "certificate_kept", LOG_Z("why", e.log));
}

/* A self-signed certificate is made anew only on its last day, as everyone has to be told to trust the new one. */
static void check_certificate(server *v)
{
    int64_t expires_at_s = atomic_load(&v->certificate_expires_at_s), left_s = expires_at_s - world_now_s(v->world);
    if (expires_at_s == 0 || left_s >= CERTIFICATE_WARN_S)
        return;
    log_event(LOG_WARNING, "certificate_expires", LOG_Z("path", v->certificate.path), LOG_N("left_s", left_s));
    if (v->certificate.is_self_signed && left_s < CERTIFICATE_RENEW_RUNNING_S)
        replace_certificate(v, CERTIFICATE_RENEW_RUNNING_S);
}

static void apply_setting(const settings *now, setting_id id)
{
    if (id == SET_LOG_LEVEL)
        log_set_level(settings_log_level(now));
}

static void reload_settings(const server *v, const settings_input *again)
{
    settings *now = NULL;
    settings_fault fault;
    if (settings_load(again, &now, &fault) != ST_OK) {
        log_event(LOG_ERROR, "settings_kept", LOG_Z("why", fault.text));
        return;
    }
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        setting_id id = (setting_id)i;
        if (setting_rows[i].is_reloadable)
            apply_setting(now, id);
        else if (!str_eq(settings_text(now, id), settings_text(v->settings, id)))
            log_event(LOG_WARNING, "setting_needs_restart", LOG_Z("setting", setting_rows[i].name));
    }
    settings_free(now);
}

static void reload(server *v, const settings_input *again)
{
    log_event(LOG_INFO, "reloading");
    reload_settings(v, again);
    replace_certificate(v, 0);
    log_event(LOG_INFO, "reloaded");
}

/* A write that waits for the disk: not more often than it has to be, as an idle server should be quiet. */
static void tick_nonces(server *v, bool *is_nonce_file_failing)
{
    err e = { 0 };
    bool is_failing = nonces_tick(v->nonces, world_now_s(v->world), &e) != ST_OK;
    if (is_failing && !*is_nonce_file_failing)
        log_event(LOG_ERROR, "nonce_file_fails", LOG_Z("why", e.log));
    *is_nonce_file_failing = is_failing;
}

/* The signal that ended it. */
static int run_until_stopped(server *v, const sigset_t *signals, const settings_input *again)
{
    bool is_nonce_file_failing = false;
    unsigned ticks = 0;
    int64_t next_tick_ms = v->world->monotonic_ms(v->world->self) + TICK_MS;
    int64_t next_check_s = world_now_s(v->world);
    for (;;) {
        int64_t now_ms = v->world->monotonic_ms(v->world->self);
        int number = now_ms < next_tick_ms ? next_signal(signals, next_tick_ms - now_ms) : 0;
        if (number == SIGTERM || number == SIGINT)
            return number;
        if (number == SIGHUP)
            reload(v, again);
        if (number != 0)
            continue;
        auditor_round(v->auditor);
        api_tick(v->api);
        daily_tick(v->daily);
        reporter_round(v->reporter);
        if (ticks++ % NONCE_TICKS == 0)
            tick_nonces(v, &is_nonce_file_failing);
        next_tick_ms = v->world->monotonic_ms(v->world->self) + TICK_MS;
        if (world_now_s(v->world) >= next_check_s) {
            check_certificate(v);
            next_check_s = world_now_s(v->world) + CERTIFICATE_CHECK_S;
        }
    }
}

/* --- stop --------------------------------------------------------------------------------------------------------- */

static bool is_drained(const server *v)
{
    for (int i = LISTENER_API; i <= LISTENER_API_TLS; i++)
        if (v->listener[i] != NULL && !http_is_drained(v->listener[i]))
            return false;
    return true;
}

static void drain(server *v, const sigset_t *signals)
{
    int64_t until_ms = v->world->monotonic_ms(v->world->self) + DRAIN_MS;
    for (int i = LISTENER_API; i <= LISTENER_API_TLS; i++)
        if (v->listener[i] != NULL)
            http_drain(v->listener[i]);
    while (!is_drained(v) && v->world->monotonic_ms(v->world->self) < until_ms) {
        int number = next_signal(signals, DRAIN_STEP_MS);
        if (number == SIGTERM || number == SIGINT) {
            log_event(LOG_WARNING, "stopped_at_once");
            _exit(1);
        }
    }
}

static void log_failure(const char *event, status s, const err *e)
{
    if (s != ST_OK)
        log_event(LOG_ERROR, event, LOG_Z("status", status_name(s)), LOG_Z("why", e->log));
}

static void write_everything(server *v)
{
    err e = { 0 };
    daily_stop(v->daily);
    if (v->api != NULL)
        log_failure("last_used_not_written", api_flush(v->api, &e), &e);
    if (v->auditor != NULL && v->instance.store != NULL)
        log_failure("audit_not_sealed", auditor_seal_now(v->auditor, &e), &e);
    nonces_close(v->nonces);
}

/* From here on a second signal ends the process by itself: what is not written yet is what a kill -9 would lose, which
 * is nothing that was acknowledged. */
static void let_signals_end_it(void)
{
    sigset_t ending;
    (void)sigemptyset(&ending);
    (void)sigaddset(&ending, SIGTERM);
    (void)sigaddset(&ending, SIGINT);
    (void)pthread_sigmask(SIG_UNBLOCK, &ending, NULL);
}

/* A disk that does not come back would keep the process for ever. Nothing that was acknowledged is lost by ending it. */
static void on_overdue(int number)
{
    static const char line[] = "{\"level\":\"error\",\"event\":\"stop_overdue\"}\n";
    (void)number;
    (void)!write(STDERR_FILENO, line, sizeof line - 1);
    _exit(1);
}

static void end_when_overdue(void)
{
    (void)signal(SIGALRM, on_overdue);
    (void)alarm(WRITE_OUT_S);
}

/* The listeners end first, so that nothing new arrives, and of them the admin's, as /metrics counts the others; the store
 * before the API, which its jobs answer through. */
static void close_all(server *v)
{
    atomic_store(&v->is_stopping, true);
    control_stop(v->control);
    for (int i = LISTENER_COUNT - 1; i >= 0; i--)
        http_stop(v->listener[i]);
    write_everything(v);
    store_close(v->instance.store);
    v->instance.store = NULL;
    hashing_close(&v->hashing);
    reporter_free(v->reporter);
    api_free(v->api);
    auditor_free(v->auditor);
    daily_free(v->daily);
    instance_close(&v->instance);
    certificate_done(&v->certificate);
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static status start(server *v, bootstrap **first, privileges_state *p, err *e)
{
    TRY(prepare(v->settings, v->world, e));
    TRY(enter_privileges(v->settings, p, e));
    privileges_log(p);
    warn_of_folder_mode(settings_path(v->settings, SET_DATA));
    TRY(first_account(v->settings, v->world, first, e));
    TRY(open_all(v, e));
    warn_of_unlocked_memory();
    return ST_OK;
}

status serve_run(const settings *s, const settings_input *again, err *e)
{
    const world *w = world_system();
    server *v = calloc(1, sizeof *v);
    bootstrap *first = NULL;
    privileges_state p = { 0 };
    sigset_t signals;
    if (v == NULL)
        return ST_NO_MEMORY;
    v->settings = s;
    v->world = v->instance.world = w;
    v->started_at_ms = w->monotonic_ms(w->self);
    v->started_at_s = world_now_s(w);
    block_signals(&signals);
    status st = start(v, &first, &p, e);
    if (st == ST_OK) {
        atomic_store_explicit(&v->is_open, true, memory_order_release);
        hash_pool_warm(v->hashing.pool);
        log_event(LOG_INFO, "ready", LOG_Z("public_url", v->public_url),
                  LOG_N("started_in_ms", w->monotonic_ms(w->self) - v->started_at_ms));
        st = print_banner(v, first);
        bootstrap_free(first);
        first = NULL;
        int number = run_until_stopped(v, &signals, again);
        log_event(LOG_INFO, "stopping", LOG_Z("signal", number == SIGINT ? "SIGINT" : "SIGTERM"));
        atomic_store(&v->is_stopping, true);
        drain(v, &signals);
        let_signals_end_it();
        end_when_overdue();
    }
    close_all(v);
    bootstrap_free(first);
    if (st == ST_OK)
        log_event(LOG_INFO, "stopped");
    free(v);
    return st;
}
