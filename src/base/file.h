/* file.h - small files that survive a crash, and the lock of a folder.
 *
 * A write returns ST_OK only when content and name are on the disk. A crash leaves the old file or the new one, never a part
 * of either; at worst it leaves a file NAME.XXXXXX of mode 0600 or the one asked for beside it.
 * Paths are NUL-terminated and come from the operator, never from a request. err.log names path and reason, never content.
 * Errors: ST_NOT_FOUND, no such file or folder; ST_CONFLICT, the file exists or the lock is held; ST_LIMIT, longer than max;
 *         ST_INVALID, not a regular file, or open to others; ST_UNAVAILABLE, the system refused (rights, disk full, read-only).
 * Threads: any. These calls wait for the disk: never on the event loop.
 */
#ifndef ARGALI_BASE_FILE_H
#define ARGALI_BASE_FILE_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/status.h"
#include "base/str.h"

enum { FILE_PATH_MAX = 4096 }; /* bytes, NUL included */

/* Appends the whole file to `to`, whose cap leaves room for max bytes; nothing is appended on failure. */
MUST_USE status file_read(const char *path, size_t max, buf *to, err *e);

/* The same for a file with secrets: refused unless it belongs to this process's user or to root, and neither group nor
 * others may do anything with it; a list that lets this process's user in (a systemd credential has one) is fine. The test
 * is made on the file that is read. Symbolic links are followed, as mounted secrets are links. */
MUST_USE status file_read_private(const char *path, size_t max, buf *to, err *e);

MUST_USE status file_create(const char *path, bytes content, mode_t mode, err *e);  /* ST_CONFLICT: the file exists */
MUST_USE status file_replace(const char *path, bytes content, mode_t mode, err *e); /* creates it or takes its place */

/* Opens (creates, 0600) and locks; the lock ends with close(*ret_fd) or with the process, however it ends. ST_CONFLICT:
 * held. */
MUST_USE status file_lock(const char *path, int *ret_fd, err *e);

MUST_USE status file_sync_folder(const char *path, err *e);
MUST_USE status file_sync_folder_of(const char *path, err *e); /* the folder in which `path` lies */

MUST_USE status file_path(const char *folder, const char *name, char ret[FILE_PATH_MAX], err *e); /* ST_INVALID: too long */

/* For descriptors of any kind. */
bool file_write_all(int fd, bytes content); /* false: the system refused, errno says why */
void file_close_at(const int *fd);          /* for CLEANUP; below 0: nothing to close */

#endif
