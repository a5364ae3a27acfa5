/* syscall_filter.c - see syscall_filter.h. What is not named fails with EPERM, so that a library that tries something new
 * gets an error and not an end. clone3 fails with ENOSYS: its flags lie in memory that a filter cannot read, and glibc then
 * uses clone. */
#include "server/syscall_filter.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define CALL(name) SCMP_SYS(name)

enum { SOCKET_TYPE_BITS = 0xf }; /* beside them SOCK_NONBLOCK and SOCK_CLOEXEC */

/* clang-format off */
static const int allowed[] = {
    /* memory and threads; mmap and mprotect: see add_conditions */
    CALL(brk), CALL(munmap), CALL(mremap), CALL(madvise), CALL(mlock), CALL(mlock2), CALL(munlock), CALL(msync),
    CALL(futex), CALL(set_robust_list), CALL(get_robust_list), CALL(rseq), CALL(sched_yield),
    CALL(sched_getaffinity), CALL(sched_setaffinity), CALL(sched_setscheduler), CALL(sched_getscheduler),
    CALL(sched_getparam), CALL(sched_setparam), CALL(sched_get_priority_max), CALL(sched_get_priority_min),
    CALL(setpriority), CALL(gettid), CALL(getpid), CALL(getppid), CALL(getcpu), CALL(membarrier), CALL(exit),
    CALL(exit_group), CALL(restart_syscall), CALL(arch_prctl), CALL(set_tid_address),
    /* files */
    CALL(openat), CALL(open), CALL(close), CALL(read), CALL(write), CALL(readv), CALL(writev), CALL(pread64),
    CALL(pwrite64), CALL(preadv), CALL(pwritev), CALL(lseek), CALL(fsync), CALL(fdatasync), CALL(ftruncate),
    CALL(fallocate), CALL(fstat), CALL(stat), CALL(lstat), CALL(newfstatat), CALL(statx), CALL(statfs),
    CALL(fstatfs), CALL(access), CALL(faccessat), CALL(faccessat2), CALL(fcntl), CALL(flock), CALL(unlink),
    CALL(unlinkat), CALL(rename), CALL(renameat), CALL(renameat2), CALL(mkdir), CALL(mkdirat), CALL(rmdir),
    CALL(chmod), CALL(fchmod), CALL(fchmodat), CALL(fchown), CALL(getdents64), CALL(readlink), CALL(readlinkat),
    CALL(getcwd), CALL(umask), CALL(utimensat), CALL(sendfile), CALL(link), CALL(linkat), CALL(copy_file_range),
    CALL(fadvise64), CALL(sync_file_range), CALL(dup), CALL(dup2), CALL(dup3),
    /* sockets; socket: see add_conditions. No connect: nothing here calls out. */
    CALL(bind), CALL(listen), CALL(accept), CALL(accept4), CALL(shutdown), CALL(getsockname), CALL(getpeername),
    CALL(setsockopt), CALL(getsockopt), CALL(recvfrom), CALL(recvmsg),
    CALL(recvmmsg), CALL(socketpair),
    /* waiting and signals */
    CALL(epoll_create), CALL(epoll_create1), CALL(epoll_ctl), CALL(epoll_wait), CALL(epoll_pwait),
    CALL(epoll_pwait2), CALL(poll), CALL(ppoll), CALL(select), CALL(pselect6), CALL(eventfd2), CALL(pipe2),
    CALL(pipe), CALL(timerfd_create), CALL(timerfd_settime), CALL(timerfd_gettime), CALL(rt_sigaction),
    CALL(rt_sigprocmask), CALL(rt_sigreturn), CALL(rt_sigtimedwait), CALL(sigaltstack), CALL(tgkill),
    CALL(nanosleep), CALL(clock_nanosleep), CALL(alarm), CALL(setitimer),
    /* who, when, chance */
    CALL(clock_gettime), CALL(clock_getres), CALL(gettimeofday), CALL(time), CALL(getrandom), CALL(getuid),
    CALL(geteuid), CALL(getgid), CALL(getegid), CALL(uname), CALL(sysinfo), CALL(getrusage), CALL(times),
    CALL(prlimit64), CALL(getrlimit),
};

/* No server of ours ever needs these: who calls them is someone else. */
static const int deadly[] = {
    CALL(execve), CALL(execveat), CALL(ptrace), CALL(process_vm_readv), CALL(process_vm_writev), CALL(mount),
    CALL(umount2), CALL(pivot_root), CALL(chroot), CALL(setns), CALL(unshare), CALL(init_module),
    CALL(finit_module), CALL(delete_module), CALL(kexec_load), CALL(kexec_file_load), CALL(bpf),
    CALL(perf_event_open), CALL(userfaultfd), CALL(add_key), CALL(request_key), CALL(keyctl), CALL(fork),
    CALL(vfork), CALL(reboot), CALL(swapon), CALL(swapoff), CALL(io_uring_setup), CALL(personality),
    CALL(open_by_handle_at),
};
/* clang-format on */

static int add_socket_conditions(scmp_filter_ctx f)
{
    static const int families[] = { AF_INET, AF_INET6, AF_UNIX };
    int bad = 0;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i], 0),
                                SCMP_A1(SCMP_CMP_MASKED_EQ, SOCKET_TYPE_BITS, SOCK_STREAM));
    /* TCP Fast Open connects without connect(). */
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(sendto), 1, SCMP_A3(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, 0));
    return bad | seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(sendmsg), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, 0));
}

/* Memory is never executable that was not so at start: no code can be brought in. New processes cannot be
 * made, only threads. */
static int add_conditions(scmp_filter_ctx f)
{
    int bad = 0;
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
    bad |= seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME, 0));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_VMA, 0));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, FIONBIO, 0));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, FIONREAD, 0));
    bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, TCGETS, 0)); /* isatty */
    return bad | add_socket_conditions(f);
}

/* A name that this architecture does not have is a negative number: libseccomp leaves it out without an error. */
static int add_all(scmp_filter_ctx f)
{
    int bad = 0;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        bad |= seccomp_rule_add(f, SCMP_ACT_ALLOW, allowed[i], 0);
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
        bad |= seccomp_rule_add(f, SCMP_ACT_KILL_PROCESS, deadly[i], 0);
    return bad | add_conditions(f);
}

status syscall_filter_enter(bool *ret_on, err *e)
{
    *ret_on = false;
    if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0)
        return ST_OK;
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (f == NULL)
        return ST_NO_MEMORY;
    int bad = seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a binary tree of the call numbers: few steps per call */
    bad |= add_all(f);
    int loaded = bad == 0 ? seccomp_load(f) : 0;
    seccomp_release(f);
    if (bad != 0)
        return err_set(e, ST_BUG, NULL, "seccomp rules: %d", bad);
    if (loaded != 0)
        return err_set(e, ST_UNAVAILABLE, NULL, "seccomp: %s", strerror(-loaded));
    *ret_on = true;
    return ST_OK;
}
