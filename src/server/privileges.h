/* privileges.h - what the process gives up before its first thread starts and before it reads its first request byte.
 *
 * Always: no core dumps, not traceable, umask 077, no_new_privs. As root: --user is taken on, and every capability is
 * dropped, also without --user. With sandbox on: Landlock leaves it the data folder and a few system folders to read; seccomp
 * leaves it the system calls of a server that starts no program: others fail with EPERM, and those of an intruder (execve,
 * ptrace, mount, ...) end the process. What the kernel lacks is left out; privileges_log says what holds. Builds with a
 * sanitizer have no sandbox, as the sanitizer needs more.
 * Errors: ST_INVALID, no such user; ST_UNAVAILABLE, the system refused what it must not refuse.
 * Threads: before the first one.
 */
#ifndef ARGALI_SERVER_PRIVILEGES_H
#define ARGALI_SERVER_PRIVILEGES_H

#include <sys/types.h>

#include "base/status.h"
#include "base/str.h"

/* Core dumps, tracing, umask: also for subcommands that handle secrets. */
void privileges_guard_memory(void);

typedef struct {
    const char *user;        /* NULL: stay who we are */
    const char *data;        /* the folder that may be written */
    const char *readable[8]; /* folders that may be read beside it: NULL entries are skipped */
    bool wants_sandbox;
} privileges_options;

typedef struct {
    uid_t uid;
    bool has_dropped_capabilities;
    int landlock_abi; /* 0: not on */
    bool has_seccomp;
    const char *why_no_sandbox; /* a literal; NULL: it is on */
} privileges_state;

MUST_USE status privileges_become_user(const char *user, err *e); /* no-op without root or without a user */
MUST_USE status privileges_drop(const privileges_options *o, privileges_state *ret, err *e);
void privileges_log(const privileges_state *p);

#endif
