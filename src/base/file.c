/* file.c - see file.h.
 *
 * A write goes to a temporary file beside its place: content, mode, fsync; then rename (or link, which refuses to take a
 * name that exists), then fsync of the folder, without which the name itself may not survive (fsync(2), NOTES).
 */
#include "base/file.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/posix_acl_xattr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/secret.h"

void file_close_at(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

/* The status of errno for a call that failed. */
static status refused(err *e, const char *path, const char *doing)
{
    int reason = errno;
    status s = reason == ENOENT   ? ST_NOT_FOUND
               : reason == EEXIST ? ST_CONFLICT
               : reason == ENOMEM ? ST_NO_MEMORY
                                  : ST_UNAVAILABLE;
    return err_set(e, s, NULL, "%s: %s: %s", path, doing, strerrordesc_np(reason));
}

static status read_all(int fd, const char *path, size_t max, buf *to, err *e)
{
    enum { STEP = 4096 };
    uint8_t beyond; /* one byte more than may be there, to see that it is not */
    for (size_t left = max;;) {
        size_t step = left < STEP ? left : STEP;
        if (!buf_reserve(to, step))
            return err_set(e, ST_NO_MEMORY, NULL, "%s: no room to read it", path);
        ssize_t got = left > 0 ? read(fd, to->p + to->n, step) : read(fd, &beyond, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return refused(e, path, "read");
        if (got == 0)
            return ST_OK;
        if (left == 0)
            return err_set(e, ST_LIMIT, NULL, "%s: longer than %zu bytes", path, max);
        to->n += (size_t)got;
        left -= (size_t)got;
    }
}

/* Are the group bits of the mode nothing but the mask of an access control list that lets only this process's user in?
 * systemd hands a credential to a service's user this way: owner root, mode 0440, and "user:NAME:r" in the list (acl(5),
 * OBJECT CREATION AND CORRESPONDENCE BETWEEN ACL ENTRIES AND FILE PERMISSION BITS). */
static bool is_group_only_a_mask(int fd)
{
    enum {
        TAG_USER = 0x02,
        TAG_GROUP_OBJ = 0x04,
        TAG_GROUP = 0x08,
        TAG_OTHER = 0x20,
        ENTRIES_MAX = 8
    }; /* acl(5), ENTRY TAGS */
    struct {
        struct posix_acl_xattr_header head;
        struct posix_acl_xattr_entry entry[ENTRIES_MAX];
    } acl;
    ssize_t size = fgetxattr(fd, "system.posix_acl_access", &acl, sizeof acl);
    if (size < (ssize_t)sizeof acl.head || le32toh(acl.head.a_version) != POSIX_ACL_XATTR_VERSION)
        return false;
    for (size_t i = 0; i < ((size_t)size - sizeof acl.head) / sizeof acl.entry[0]; i++) {
        unsigned tag = le16toh(acl.entry[i].e_tag);
        if (le16toh(acl.entry[i].e_perm) == 0)
            continue;
        if (tag == TAG_GROUP_OBJ || tag == TAG_GROUP || tag == TAG_OTHER)
            return false;
        if (tag == TAG_USER && le32toh(acl.entry[i].e_id) != geteuid())
            return false;
    }
    return true;
}

static status check_private(int fd, const struct stat *st, const char *path, err *e)
{
    if (st->st_uid != geteuid() && st->st_uid != 0)
        return err_set(e, ST_INVALID, NULL, "%s: belongs to another user (uid %u)", path, (unsigned)st->st_uid);
    mode_t open_to = st->st_mode & (S_IRWXG | S_IRWXO);
    if (open_to != 0 && !(open_to == S_IRGRP && is_group_only_a_mask(fd)))
        return err_set(e, ST_INVALID, NULL, "%s: open to group or others (mode %04o); chmod 0600", path,
                       (unsigned)(st->st_mode & 07777));
    return ST_OK;
}

static status read_file(const char *path, bool is_private, size_t max, buf *to, err *e)
{
    CLEANUP(file_close_at) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* NONBLOCK: a FIFO would wait */
    if (fd < 0)
        return refused(e, path, "open");
    struct stat st;
    if (fstat(fd, &st) != 0)
        return refused(e, path, "stat");
    if (!S_ISREG(st.st_mode))
        return err_set(e, ST_INVALID, NULL, "%s: not a regular file", path);
    if (is_private)
        TRY(check_private(fd, &st, path, e));
    size_t start = to->n;
    status s = read_all(fd, path, max, to, e);
    if (s != ST_OK && to->n > start) {
        secret_wipe(to->p + start, to->n - start);
        to->n = start;
    }
    return s;
}

status file_read(const char *path, size_t max, buf *to, err *e)
{
    return read_file(path, false, max, to, e);
}

status file_read_private(const char *path, size_t max, buf *to, err *e)
{
    return read_file(path, true, max, to, e);
}

status file_sync_folder(const char *path, err *e)
{
    CLEANUP(file_close_at) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return refused(e, path, "open");
    if (fsync(fd) != 0)
        return refused(e, path, "fsync");
    return ST_OK;
}

status file_sync_folder_of(const char *path, err *e)
{
    char folder[FILE_PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t n = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    if (n >= sizeof folder)
        return err_set(e, ST_INVALID, NULL, "path is longer than %zu bytes", sizeof folder - 1);
    if (n > 0)
        memcpy(folder, path, n);
    folder[n] = '\0';
    return file_sync_folder(n > 0 ? folder : ".", e);
}

status file_path(const char *folder, const char *name, char ret[FILE_PATH_MAX], err *e)
{
    int n = snprintf(ret, FILE_PATH_MAX, "%s/%s", folder, name);
    if (n < 0 || n >= FILE_PATH_MAX)
        return err_set(e, ST_INVALID, NULL, "the path of %s is longer than %d bytes", name, FILE_PATH_MAX - 1);
    return ST_OK;
}

bool file_write_all(int fd, bytes content)
{
    while (content.n > 0) {
        ssize_t written = write(fd, content.p, content.n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        content.p += written;
        content.n -= (size_t)written;
    }
    return true;
}

static status write_temporary(char *path, bytes content, mode_t mode, err *e)
{
    CLEANUP(file_close_at) int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        return refused(e, path, "create");
    status s = file_write_all(fd, content) ? ST_OK : refused(e, path, "write");
    if (s == ST_OK && (fchmod(fd, mode) != 0 || fsync(fd) != 0))
        s = refused(e, path, "fsync");
    if (s != ST_OK)
        (void)unlink(path);
    return s;
}

static status put(const char *path, bytes content, mode_t mode, bool may_replace, err *e)
{
    char temporary[FILE_PATH_MAX];
    int n = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    if (n < 0 || (size_t)n >= sizeof temporary)
        return err_set(e, ST_INVALID, NULL, "path is longer than %zu bytes", sizeof temporary - 8);
    TRY(write_temporary(temporary, content, mode, e));
    int failure = may_replace ? rename(temporary, path) : link(temporary, path);
    status s = failure != 0 ? refused(e, path, may_replace ? "rename" : "link") : ST_OK;
    if (s != ST_OK || !may_replace)
        (void)unlink(temporary);
    if (s != ST_OK)
        return s;
    return file_sync_folder_of(path, e);
}

status file_create(const char *path, bytes content, mode_t mode, err *e)
{
    return put(path, content, mode, false, e);
}

status file_replace(const char *path, bytes content, mode_t mode, err *e)
{
    return put(path, content, mode, true, e);
}

status file_lock(const char *path, int *ret_fd, err *e)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return refused(e, path, "open");
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        status s = errno == EWOULDBLOCK ? err_set(e, ST_CONFLICT, NULL, "%s: locked by another process", path)
                                        : refused(e, path, "lock");
        (void)close(fd);
        return s;
    }
    *ret_fd = fd;
    return ST_OK;
}
