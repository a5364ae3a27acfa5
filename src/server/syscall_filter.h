/* syscall_filter.h - the system calls that are left to the process (seccomp). Contract: privileges.h. */
#ifndef ARGALI_SERVER_SYSCALL_FILTER_H
#define ARGALI_SERVER_SYSCALL_FILTER_H

#include <stdbool.h>

#include "base/status.h"

/* *ret_on: false where the kernel has no seccomp filters; nothing was restricted then. */
MUST_USE status syscall_filter_enter(bool *ret_on, err *e);

#endif
