/* landlock.c - see landlock.h. Linux Documentation/userspace-api/landlock.rst; system calls without a wrapper in glibc 2.36. */
#include "server/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

enum { ABI_REFER = 2, ABI_TRUNCATE = 3 };

static const uint64_t read_rights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;

static const uint64_t write_rights = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                     LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
                                     LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_REFER |
                                     LANDLOCK_ACCESS_FS_TRUNCATE;

/* What libraries read while they run: time zones are not among it, as all times are UTC. */
static const char *const system_folders[] = { "/usr", "/lib", "/lib64", "/etc/ssl", "/etc/gnutls", "/proc" };
static const char *const system_files[] = { "/dev/null", "/dev/urandom", "/sys/devices/system/cpu/online" };

static uint64_t rights_of_abi(int abi)
{
    uint64_t all = read_rights | write_rights | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                   LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
    return abi < ABI_TRUNCATE ? all & ~LANDLOCK_ACCESS_FS_TRUNCATE : all;
}

static status allow(int ruleset, const char *path, uint64_t rights, err *e)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || errno == EACCES ? ST_OK : err_set(e, ST_UNAVAILABLE, NULL, "%s: %s", path, strerror(errno));
    struct landlock_path_beneath_attr rule = { .allowed_access = rights, .parent_fd = fd };
    long failed = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    int why = errno;
    (void)close(fd);
    if (failed != 0)
        return err_set(e, ST_UNAVAILABLE, NULL, "Landlock rule for %s: %s", path, strerror(why));
    return ST_OK;
}

static status add_rules(int ruleset, int abi, const char *data, const char *const *readable, size_t n, err *e)
{
    TRY(allow(ruleset, data, (read_rights | write_rights) & rights_of_abi(abi), e));
    for (size_t i = 0; i < sizeof system_folders / sizeof *system_folders; i++)
        TRY(allow(ruleset, system_folders[i], read_rights, e));
    for (size_t i = 0; i < sizeof system_files / sizeof *system_files; i++)
        TRY(allow(ruleset, system_files[i], LANDLOCK_ACCESS_FS_READ_FILE, e));
    for (size_t i = 0; i < n; i++)
        if (readable[i] != NULL)
            TRY(allow(ruleset, readable[i], read_rights, e));
    return ST_OK;
}

status landlock_enter(const char *data, const char *const *readable, size_t n, int *ret_abi, err *e)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < ABI_REFER) {
        *ret_abi = 0;
        return ST_OK;
    }
    struct landlock_ruleset_attr handled = { .handled_access_fs = rights_of_abi((int)abi) };
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
    if (ruleset < 0)
        return err_set(e, ST_UNAVAILABLE, NULL, "Landlock: %s", strerror(errno));
    status s = add_rules(ruleset, (int)abi, data, readable, n, e);
    if (s == ST_OK && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
        s = err_set(e, ST_UNAVAILABLE, NULL, "Landlock: %s", strerror(errno));
    (void)close(ruleset);
    if (s == ST_OK)
        *ret_abi = (int)abi;
    return s;
}
