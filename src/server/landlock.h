/* landlock.h - the part of the file system that the process may still reach. Contract: privileges.h.
 *
 * `data` may be read and written below, `readable` only read; nothing may be executed. Needs ABI 2 (Linux 5.19), as a first
 * start renames files between folders; *ret_abi is 0 and nothing was restricted where the kernel has less. Folders that do
 * not exist are left out.
 */
#ifndef ARGALI_SERVER_LANDLOCK_H
#define ARGALI_SERVER_LANDLOCK_H

#include <stddef.h>

#include "base/status.h"

MUST_USE status landlock_enter(const char *data, const char *const *readable, size_t n, int *ret_abi, err *e);

#endif
