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

#include "base/log.h"
#include "server/credentials_text.h"
#include "server/instance.h"
#include "server/settings_use.h"

static const char staging_name[] = "init.part";

/* What may lie in a folder before its first start. */
static const char *const harmless[] = { "argali.conf", "lock", "lost+found", "tls.crt", "tls.key", "control.sock" };

/* Moved in this order: the store's arrival is what makes the first start whole. */
static const char *const parts[] = { "master.key", "first-credentials", "argali.db" };
enum { PART_COUNT = sizeof parts / sizeof *parts };

static void close_dir(DIR **d)
{
    if (*d != NULL)
        (void)closedir(*d);
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

status data_folder_path(const char *dir, const char *name, folder_path *ret, err *e)
{
    int n = snprintf(ret->p, sizeof ret->p, "%s/%s", dir, name);
    if (n < 0 || (size_t)n >= sizeof ret->p)
        return err_set(e, ST_LIMIT, NULL, "the data folder's path is too long");
    return ST_OK;
}

status data_folder_key_path(const settings *s, folder_path *ret, err *e)
{
    const char *path = settings_path(s, SET_MASTER_KEY_FILE);
    if (path == NULL)
        return data_folder_path(settings_path(s, SET_DATA), "master.key", ret, e);
    if (snprintf(ret->p, sizeof ret->p, "%s", path) >= (int)sizeof ret->p)
        return err_set(e, ST_LIMIT, NULL, "master-key-file: the path is too long");
    return ST_OK;
}

/* --- what is there ------------------------------------------------------------------------------------------------ */

typedef struct {
    bool has_store, has_staging, has_parts;
    char foreign[64]; /* the first name that is not ours; empty: none */
} findings;

static findings read_entries(DIR *d)
{
    findings f = { 0 };
    for (struct dirent *entry = readdir(d); entry != NULL; entry = readdir(d)) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || is_one_of(name, harmless, sizeof harmless / sizeof *harmless))
            continue;
        if (strcmp(name, "argali.db") == 0)
            f.has_store = true;
        else if (strcmp(name, staging_name) == 0)
            f.has_staging = true;
        else if (is_one_of(name, parts, PART_COUNT))
            f.has_parts = true;
        else if (f.foreign[0] == '\0')
            (void)snprintf(f.foreign, sizeof f.foreign, "%.60s", name);
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

/* Takes the lock and lets it go: whoever wants to keep it takes it again. Leaves no file in a folder that has none. */
status data_folder_check_free(const char *dir, err *e)
{
    CLEANUP(close_fd) int lock = -1;
    folder_path path;
    TRY(data_folder_path(dir, "lock", &path, e));
    if (access(path.p, F_OK) != 0)
        return ST_OK;
    status st = file_lock(path.p, &lock, e);
    return st == ST_CONFLICT ? err_set(e, st, NULL, "another Argali process is at work on %.120s", dir) : st;
}

/* --- the first start ---------------------------------------------------------------------------------------------- */

/* Everything in a folder of ours, which holds no folders, and the folder. */
static void remove_staging(const char *staging)
{
    int fd = open(staging, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC); /* a link would have another folder emptied */
    CLEANUP(close_dir) DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    if (d == NULL) {
        close_fd(&fd);
        (void)unlink(staging); /* no folder: the link itself, or nothing */
        return;
    }
    for (struct dirent *entry = readdir(d); entry != NULL; entry = readdir(d))
        (void)unlinkat(dirfd(d), entry->d_name, 0); /* . and .. are folders: refused */
    (void)rmdir(staging);
}

void data_folder_sweep(const char *dir)
{
    folder_path staging;
    err e;
    if (data_folder_path(dir, staging_name, &staging, &e) == ST_OK)
        remove_staging(staging.p);
}

/* Parts that had moved before the store did belong to an account that never was. */
static status clear_unfinished(const char *dir, err *e)
{
    for (size_t i = PART_COUNT; i-- > 0;) {
        folder_path part;
        TRY(data_folder_path(dir, parts[i], &part, e));
        if (unlink(part.p) != 0 && errno != ENOENT)
            return err_set(e, ST_UNAVAILABLE, NULL, "%.120s cannot be removed: %s", part.p, strerror(errno));
    }
    data_folder_sweep(dir);
    return ST_OK;
}

static status write_credentials(const settings *s, const char *staging, const credentials *c, err *e)
{
    CLEANUP(buf_done) buf text;
    CLEANUP(buf_done) buf url;
    folder_path path;
    buf_init_secret(&text, 8192);
    buf_init(&url, 1024);
    settings_sign_in_url(s, NULL, &url);
    credentials_add_json(c, buf_str(&url), &text);
    if (!buf_ok(&text) || !buf_ok(&url))
        return ST_NO_MEMORY;
    TRY(data_folder_path(staging, "first-credentials", &path, e));
    return file_create(path.p, buf_bytes(&text), 0600, e);
}

static status fill_store(const settings *s, const char *staging, const instance *i, bootstrap **ret, err *e)
{
    bootstrap_options o = settings_bootstrap(s);
    bootstrap *b = NULL;
    TRY(instance_put_store_check(i->store, i->vault, e));
    TRY(bootstrap_new(&o, i->vault, i->world, &b, e));
    status st = store_apply_now(i->store, bootstrap_account(b), bootstrap_run, b, e);
    if (st == ST_OK)
        st = instance_seal(i, e);
    if (st == ST_OK)
        st = write_credentials(s, staging, bootstrap_credentials(b), e);
    if (st == ST_OK)
        *ret = b;
    else
        bootstrap_free(b);
    return st;
}

static status make_key(const settings *s, const char *staging, const world *w, folder_path *ret, err *e)
{
    if (settings_has(s, SET_MASTER_KEY_FILE)) {
        TRY(data_folder_key_path(s, ret, e));
        return data_folder_make_outside_key(s, w, e);
    }
    TRY(data_folder_path(staging, parts[0], ret, e));
    return vault_create_key_file(ret->p, w, e);
}

static status fill_staging(const settings *s, const char *staging, const world *w, bootstrap **ret, err *e)
{
    CLEANUP(instance_close) instance i = { .world = w };
    folder_path key;
    if (mkdir(staging, 0700) != 0)
        return err_set(e, ST_UNAVAILABLE, NULL, "%.120s cannot be made: %s", staging, strerror(errno));
    TRY(make_key(s, staging, w, &key, e));
    TRY(vault_open(key.p, w, &i.vault, e));
    TRY(store_create(staging, e));
    store_options o = { .dir = staging, .readers = 1, .queue_max = 64, .batch_max = 1, .world = w };
    TRY(store_open(&o, &i.store, e));
    return fill_store(s, staging, &i, ret, e);
}

static status move_part(const char *staging, const char *dir, const char *name, err *e)
{
    folder_path from, to;
    TRY(data_folder_path(staging, name, &from, e));
    TRY(data_folder_path(dir, name, &to, e));
    bool may_be_elsewhere = name == parts[0]; /* the master key */
    if (rename(from.p, to.p) != 0 && !(may_be_elsewhere && errno == ENOENT))
        return err_set(e, ST_UNAVAILABLE, NULL, "%.120s cannot be moved: %s", from.p, strerror(errno));
    return ST_OK;
}

static status move_parts(const char *staging, const char *dir, err *e)
{
    folder_path wal;
    TRY(data_folder_path(staging, "argali.db-wal", &wal, e));
    if (access(wal.p, F_OK) == 0)
        return err_set(e, ST_BUG, NULL, "the new store was closed without a checkpoint");
    for (size_t i = 0; i < PART_COUNT; i++) {
        TRY(file_sync_folder(dir, e)); /* what moved before is durable before the store arrives */
        TRY(move_part(staging, dir, parts[i], e));
    }
    TRY(file_sync_folder(dir, e));
    data_folder_sweep(dir);
    return ST_OK;
}

status data_folder_make_outside_key(const settings *s, const world *w, err *e)
{
    const char *path = settings_path(s, SET_MASTER_KEY_FILE);
    if (path == NULL || access(path, F_OK) == 0)
        return ST_OK;
    status st = vault_create_key_file(path, w, e);
    return st == ST_CONFLICT ? ST_OK : st;
}

status data_folder_init(const settings *s, const world *w, bootstrap **ret, err *e)
{
    const char *dir = settings_path(s, SET_DATA);
    CLEANUP(close_fd) int lock = -1;
    folder_path staging, lock_path;
    folder_kind kind;
    bootstrap *b = NULL;
    TRY(data_folder_make(dir, NULL, e));
    TRY(data_folder_inspect(dir, &kind, e)); /* before the lock makes a file in someone else's folder */
    TRY(data_folder_path(dir, staging_name, &staging, e));
    TRY(data_folder_path(dir, "lock", &lock_path, e));
    status locked = file_lock(lock_path.p, &lock, e);
    if (locked == ST_CONFLICT)
        return err_set(e, locked, NULL, "another Argali process is at work on %.120s", dir);
    TRY(locked);
    TRY(data_folder_inspect(dir, &kind, e));
    if (kind == FOLDER_READY)
        return err_set(e, ST_CONFLICT, NULL, "%.120s holds a store already", dir);
    if (kind == FOLDER_UNFINISHED) {
        TRY(clear_unfinished(dir, e));
        log_event(LOG_WARNING, "unfinished_first_start_cleared", LOG_Z("folder", dir));
    }
    status st = fill_staging(s, staging.p, w, &b, e);
    if (st == ST_OK)
        st = move_parts(staging.p, dir, e);
    if (st != ST_OK) {
        err ignored;
        bootstrap_free(b);
        (void)!clear_unfinished(dir, &ignored); /* what cannot be removed now is removed by the next start */
        return st;
    }
    *ret = b;
    return ST_OK;
}
