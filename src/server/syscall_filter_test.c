#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/syscall_filter.h"

/* Each runs in a process of its own behind the filter and says errno, 0 for success. */

static int try_socket(int family, int type, int protocol)
{
    int fd = socket(family, type, protocol), error = errno;
    if (fd < 0)
        return error;
    (void)close(fd);
    return 0;
}

static int tcp_socket(void)
{
    return try_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int udp_socket(void)
{
    return try_socket(AF_INET, SOCK_DGRAM, 0);
}

static int raw_socket(void)
{
    return try_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

static int netlink_socket(void)
{
    return try_socket(AF_NETLINK, SOCK_STREAM, 0);
}

static int connect_out(void)
{
    const struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0), error = connect(fd, (const struct sockaddr *)&to, sizeof to) == 0 ? 0 : errno;
    (void)close(fd);
    return error;
}

static int fast_open(void)
{
    const struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int error = sendto(fd, "x", 1, MSG_FASTOPEN, (const struct sockaddr *)&to, sizeof to) >= 0 ? 0 : errno;
    (void)close(fd);
    return error;
}

static int new_executable_memory(void)
{
    return syscall(SYS_mmap, NULL, 4096, 0x7 /* read, write, execute */, 0x22 /* private, anonymous */, -1, 0) == -1 ? errno
                                                                                                                     : 0;
}

static int run_a_program(void)
{
    char *const none[] = { NULL };
    (void)syscall(SYS_execve, "/bin/true", none, none);
    return errno;
}

static int trace(void)
{
    (void)syscall(SYS_ptrace, 0, 0, 0, 0);
    return errno;
}

enum { KILLED = -1 };

static const struct {
    const char *what;
    int (*attempt)(void);
    int want; /* errno, or KILLED */
} cases[] = {
    { "a TCP socket", tcp_socket, 0 },
    { "a UDP socket", udp_socket, EPERM },
    { "a raw socket", raw_socket, EPERM },
    { "a netlink socket", netlink_socket, EPERM },
    { "a connection to somewhere", connect_out, EPERM },
    { "one without connect()", fast_open, EPERM },
    { "new executable memory", new_executable_memory, EPERM },
    { "another program", run_a_program, KILLED },
    { "a debugger's call", trace, KILLED },
};

static int behind_the_filter(int (*attempt)(void))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        bool is_on = false;
        err e = { 0 };
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall_filter_enter(&is_on, &e) != ST_OK || !is_on)
            _exit(255);
        _exit(attempt());
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    if (WIFSIGNALED(how))
        return WTERMSIG(how) == SIGSYS ? KILLED : 254;
    return WEXITSTATUS(how);
}

static void test_what_is_left(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int got = behind_the_filter(cases[i].attempt);
        if (got != cases[i].want)
            fail_msg("%s: %d, not %d", cases[i].what, got, cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_what_is_left) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
