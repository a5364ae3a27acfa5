/* data_folder.c - see data_folder.h. */
#include "server/data_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_dir(DIR **d)
{
    if (*d != NULL)
        (void)closedir(*d);
}

status data_folder_key_path(const settings *s, char ret[FILE_PATH_MAX], err *e)
{
    const char *path = settings_path(s, SET_MASTER_KEY_FILE);
    if (path == NULL)
        return file_path(settings_path(s, SET_DATA), FOLDER_MASTER_KEY, ret, e);
    if (snprintf(ret, FILE_PATH_MAX, "%s", path) >= FILE_PATH_MAX)
        return err_set(e, ST_INVALID, NULL, "master-key-file: the path is too long");
    return ST_OK;
}

/* --- what is there ------------------------------------------------------------------------------------------------ */

typedef enum { ENTRY_FOREIGN, ENTRY_STORE, ENTRY_STAGING, ENTRY_PART, ENTRY_HARMLESS } entry_kind;

/* clang-format off */
static const struct {
    const char *name;
    entry_kind kind;
} known[] = {
    { FOLDER_STORE,       ENTRY_STORE },
    { FOLDER_STAGING,     ENTRY_STAGING },
    { FOLDER_MASTER_KEY,  ENTRY_PART }, /* of a store that ought to be there */
    { FOLDER_CREDENTIALS, ENTRY_PART },
    { "argali.conf",      ENTRY_HARMLESS }, /* may be there before a first start */
    { "lock",             ENTRY_HARMLESS },
    { FOLDER_RESTORE,     ENTRY_HARMLESS }, /* a restore that did not end */
    { "backup.lock",      ENTRY_HARMLESS },
    { "lost+found",       ENTRY_HARMLESS },
    { "tls.crt",          ENTRY_HARMLESS },
    { "tls.key",          ENTRY_HARMLESS },
    { "control.sock",     ENTRY_HARMLESS },
    { ".",                ENTRY_HARMLESS },
    { "..",               ENTRY_HARMLESS },
};
/* clang-format on */

static entry_kind kind_of(const char *name)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].kind;
    return ENTRY_FOREIGN;
}

typedef struct {
    bool has_store, has_staging, has_parts;
    char foreign[64]; /* the first name that is not ours; empty: none */
} findings;

static findings read_entries(DIR *d)
{
    findings f = { 0 };
    for (struct dirent *entry = readdir(d); entry != NULL; entry = readdir(d)) {
        switch (kind_of(entry->d_name)) {
        case ENTRY_STORE:
            f.has_store = true;
            break;
        case ENTRY_STAGING:
            f.has_staging = true;
            break;
        case ENTRY_PART:
            f.has_parts = true;
            break;
        case ENTRY_FOREIGN:
            if (f.foreign[0] == '\0')
                (void)snprintf(f.foreign, sizeof f.foreign, "%.60s", entry->d_name);
            break;
        case ENTRY_HARMLESS:
            break;
        }
    }
    return f;
}

status data_folder_inspect(const char *dir, folder_kind *ret, err *e)
{
    CLEANUP(close_dir) DIR *d = opendir(dir);
    if (d == NULL && errno == ENOENT) {
        *ret = FOLDER_ABSENT;
        return ST_OK;
    }
    if (d == NULL && errno == ENOTDIR)
        return err_set(e, ST_CONFLICT, NULL, "%.120s is not a folder", dir);
    if (d == NULL)
        return err_set(e, ST_UNAVAILABLE, NULL, "%.120s cannot be read: %s", dir, strerror(errno));
    findings f = read_entries(d);
    if (f.has_store) {
        *ret = FOLDER_READY;
        return ST_OK;
    }
    if (f.has_staging) {
        *ret = FOLDER_UNFINISHED;
        return ST_OK;
    }
    if (f.has_parts)
        return err_set(e, ST_CONFLICT, NULL, "%.100s has a master key but no store (argali.db): nothing was touched", dir);
    if (f.foreign[0] != '\0')
        return err_set(e, ST_CONFLICT, NULL, "%.80s is not empty and holds no store of Argali (but %s): nothing was touched",
                       dir, f.foreign);
    *ret = FOLDER_EMPTY;
    return ST_OK;
}

status data_folder_check_restorable(const char *dir, err *e)
{
    CLEANUP(close_dir) DIR *d = opendir(dir);
    if (d == NULL && errno == ENOENT)
        return ST_OK;
    if (d == NULL)
        return err_set(e, ST_CONFLICT, NULL, "%.120s cannot be read as a folder: %s", dir, strerror(errno));
    const findings f = read_entries(d);
    if (f.has_store || f.has_staging)
        return err_set(e, ST_CONFLICT, NULL, "%.120s holds a store already: a restore never replaces one", dir);
    if (f.foreign[0] != '\0')
        return err_set(e, ST_CONFLICT, NULL, "%.100s is not empty (%s): nothing was touched", dir, f.foreign);
    return ST_OK;
}

void data_folder_clear(const char *staging)
{
    int fd = open(staging, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC); /* a link would have another folder emptied */
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    if (d == NULL) {
        file_close_at(&fd);
        (void)unlink(staging); /* no folder: the link itself, or nothing */
        return;
    }
    for (struct dirent *entry = readdir(d); entry != NULL; entry = readdir(d))
        (void)unlinkat(dirfd(d), entry->d_name, 0); /* . and .. are folders: refused */
    (void)closedir(d);
    (void)rmdir(staging);
}

status data_folder_make(const char *dir, const char *user, err *e)
{
    if (mkdir(dir, 0700) != 0)
        return errno == EEXIST ? ST_OK : err_set(e, ST_UNAVAILABLE, NULL, "%.120s cannot be made: %s", dir, strerror(errno));
    if (user == NULL || geteuid() != 0)
        return ST_OK;
    const struct passwd *who = getpwnam(user);
    if (who == NULL)
        return err_set(e, ST_INVALID, NULL, "user = %.64s: there is no such user", user);
    if (chown(dir, who->pw_uid, who->pw_gid) != 0)
        return err_set(e, ST_UNAVAILABLE, NULL, "%.120s cannot be given to %.64s: %s", dir, user, strerror(errno));
    return ST_OK;
}

status data_folder_lock(const char *dir, int *ret_fd, err *e)
{
    char path[FILE_PATH_MAX];
    TRY(file_path(dir, "lock", path, e));
    status st = file_lock(path, ret_fd, e);
    return st == ST_CONFLICT ? err_set(e, st, NULL, "another Argali process is at work on %.120s", dir) : st;
}

/* Takes the lock and lets it go: whoever wants to keep it takes it again. Leaves no file in a folder that has none. */
status data_folder_check_free(const char *dir, err *e)
{
    CLEANUP(file_close_at) int lock = -1;
    char path[FILE_PATH_MAX];
    TRY(file_path(dir, "lock", path, e));
    return access(path, F_OK) == 0 ? data_folder_lock(dir, &lock, e) : ST_OK;
}
