/* control.c - see control.h. */
#include "server/control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/log.h"

enum { REQUEST_MAX = 16384, SEND_TIMEOUT_S = 5, ANSWER_TIMEOUT_S = 3600, FRAME_HEAD = 4 };

struct control {
    const instance *instance;
    const settings *settings;
    char path[FILE_PATH_MAX];
    int listener, wake;
    pthread_t thread;
};

/* --- frames ------------------------------------------------------------------------------------------------------- */

static bool send_all(int fd, bytes b)
{
    while (b.n > 0) {
        ssize_t n = send(fd, b.p, b.n, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        b.p += n;
        b.n -= (size_t)n;
    }
    return true;
}

static bool receive_all(int fd, uint8_t *p, size_t n)
{
    while (n > 0) {
        ssize_t got = recv(fd, p, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        p += got;
        n -= (size_t)got;
    }
    return true;
}

static bool send_frame(int fd, bytes b)
{
    uint8_t head[FRAME_HEAD] = { (uint8_t)(b.n >> 24), (uint8_t)(b.n >> 16), (uint8_t)(b.n >> 8), (uint8_t)b.n };
    return b.n <= UINT32_MAX && send_all(fd, (bytes){ head, sizeof head }) && send_all(fd, b);
}

static bool receive_frame(int fd, size_t max, buf *to)
{
    uint8_t head[FRAME_HEAD];
    if (!receive_all(fd, head, sizeof head))
        return false;
    cursor c = cur_of((bytes){ head, sizeof head });
    size_t n = cur_u32be(&c);
    if (n == 0 || n > max || !buf_reserve(to, n) || !receive_all(fd, to->p + to->n, n))
        return false;
    to->n += n;
    return true;
}

static void set_timeouts(int fd, int receive_s)
{
    struct timeval in = { .tv_sec = receive_s }, out = { .tv_sec = SEND_TIMEOUT_S };
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &in, sizeof in);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &out, sizeof out);
}

/* sun_path holds 108 bytes and folders have longer names: the name is taken relative to an open folder. */
static struct sockaddr_un socket_address(int folder)
{
    struct sockaddr_un a = { .sun_family = AF_UNIX };
    (void)snprintf(a.sun_path, sizeof a.sun_path, "/proc/self/fd/%d/control.sock", folder);
    return a;
}

static int open_folder(const char *dir)
{
    return open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* --- the server --------------------------------------------------------------------------------------------------- */

static bool is_allowed_peer(int fd)
{
    struct ucred peer = { 0 };
    socklen_t n = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0 && (peer.uid == geteuid() || peer.uid == 0);
}

static int run_request(control *c, str request, buf *out)
{
    str name, text, rest = { 0 };
    settings_fault fault;
    settings *s = NULL;
    arguments a;
    const work_row *row = str_split(request, '\n', &name, &text) ? work_find(name) : NULL;
    if (row != NULL)
        (void)str_split(text, '\0', &text, &rest);
    if (row == NULL || arguments_parse(rest, &a) != ST_OK) {
        buf_add(out, STR("argali: the running server does not know this subcommand\n"));
        return 1;
    }
    if (settings_load_text(c->settings, text, row->command, &s, &fault) != ST_OK) {
        buf_addf(out, "argali: %s\n", fault.text);
        return 2;
    }
    int code = row->run(c->instance, s, &a, out);
    settings_free(s);
    log_event(LOG_INFO, "control_request", LOG_Z("work", row->name), LOG_N("exit_code", code));
    return code;
}

static void serve_peer(control *c, int fd)
{
    CLEANUP(buf_done) buf request;
    CLEANUP(buf_done) buf answer;
    CLEANUP(buf_done) buf out;
    buf_init(&request, REQUEST_MAX);
    buf_init_secret(&out, WORK_OUTPUT_MAX);
    buf_init_secret(&answer, WORK_OUTPUT_MAX + 1);
    set_timeouts(fd, SEND_TIMEOUT_S);
    if (!is_allowed_peer(fd)) {
        log_event(LOG_WARNING, "control_peer_refused");
        return;
    }
    if (!receive_frame(fd, REQUEST_MAX, &request))
        return;
    int code = run_request(c, buf_str(&request), &out);
    buf_add_char(&answer, (char)code);
    buf_add(&answer, buf_str(&out));
    if (!buf_ok(&answer) || !send_frame(fd, buf_bytes(&answer)))
        log_event(LOG_WARNING, "control_answer_lost");
}

static void *serve(void *self)
{
    control *c = self;
    (void)pthread_setname_np(pthread_self(), "control"); /* of another thread it would need a file that the sandbox keeps */
    struct pollfd watched[] = { { c->listener, POLLIN, 0 }, { c->wake, POLLIN, 0 } };
    for (;;) {
        if (poll(watched, 2, -1) < 0 && errno != EINTR)
            break;
        if (watched[1].revents != 0)
            break;
        CLEANUP(file_close_at) int fd = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0)
            serve_peer(c, fd);
    }
    return NULL;
}

static status listen_there(const char *dir, const char *path, int *ret, err *e)
{
    CLEANUP(file_close_at) int folder = open_folder(dir);
    CLEANUP(file_close_at) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_un address = socket_address(folder);
    if (folder < 0 || fd < 0 || (unlink(path) != 0 && errno != ENOENT) ||
        bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 || chmod(path, 0600) != 0 || listen(fd, 4) != 0)
        return err_set(e, ST_UNAVAILABLE, NULL, "%.120s: %s", path, strerror(errno));
    *ret = fd;
    fd = -1;
    return ST_OK;
}

static void control_free(control *c)
{
    file_close_at(&c->listener);
    file_close_at(&c->wake);
    free(c);
}

status control_start(const instance *i, const settings *s, control **ret, err *e)
{
    const char *dir = settings_path(s, SET_DATA);
    control *c = calloc(1, sizeof *c);
    if (c == NULL)
        return ST_NO_MEMORY;
    c->instance = i;
    c->settings = s;
    c->listener = -1;
    c->wake = eventfd(0, EFD_CLOEXEC);
    status st = c->wake < 0 ? err_set(e, ST_UNAVAILABLE, NULL, "eventfd: %s", strerror(errno)) : ST_OK;
    if (st == ST_OK)
        st = file_path(dir, "control.sock", c->path, e);
    if (st == ST_OK)
        st = listen_there(dir, c->path, &c->listener, e);
    if (st == ST_OK && pthread_create(&c->thread, NULL, serve, c) != 0)
        st = err_set(e, ST_UNAVAILABLE, NULL, "the control thread does not start");
    if (st != ST_OK) {
        control_free(c);
        return st;
    }
    *ret = c;
    return ST_OK;
}

void control_stop(control *c)
{
    if (c == NULL)
        return;
    (void)eventfd_write(c->wake, 1);
    (void)pthread_join(c->thread, NULL);
    (void)unlink(c->path);
    control_free(c);
}

/* --- the subcommand ----------------------------------------------------------------------------------------------- */

static status reach(const char *dir, int *ret, err *e)
{
    CLEANUP(file_close_at) int folder = open_folder(dir);
    CLEANUP(file_close_at) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = socket_address(folder);
    if (folder < 0 || fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        bool is_absent = errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR;
        return err_set(e, is_absent ? ST_NOT_FOUND : ST_UNAVAILABLE, NULL, "%.100s/control.sock: %s", dir, strerror(errno));
    }
    *ret = fd;
    fd = -1;
    return ST_OK;
}

status control_call(const char *dir, const char *work, str settings_text, const arguments *a, buf *out, int *ret_exit_code,
                    err *e)
{
    CLEANUP(file_close_at) int fd = -1;
    CLEANUP(buf_done) buf request;
    CLEANUP(buf_done) buf answer;
    buf_init(&request, REQUEST_MAX);
    buf_init_secret(&answer, WORK_OUTPUT_MAX + 1);
    buf_addf(&request, "%s\n" STR_FMT, work, STR_ARG(settings_text));
    buf_add_char(&request, '\0');
    arguments_add(a, &request);
    if (!buf_ok(&request))
        return err_set(e, ST_LIMIT, NULL, "settings and arguments are too long to be sent to the running server");
    TRY(reach(dir, &fd, e));
    set_timeouts(fd, ANSWER_TIMEOUT_S);
    if (!send_frame(fd, buf_bytes(&request)) || !receive_frame(fd, WORK_OUTPUT_MAX + 1, &answer))
        return err_set(e, ST_UNCERTAIN, NULL,
                       "the running server did not answer: look with `argali account show` before trying again");
    *ret_exit_code = answer.p[0];
    buf_add(out, str_slice(buf_str(&answer), 1, answer.n));
    return ST_OK;
}
