/* first_start.c - see first_start.h. */
#include "server/first_start.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "server/credentials_text.h"
#include "server/data_folder.h"
#include "server/instance.h"
#include "server/settings_use.h"

/* Moved in this order: the store's arrival is what makes the first start whole. */
static const char *const parts[] = { FOLDER_MASTER_KEY, FOLDER_CREDENTIALS, FOLDER_STORE };
enum { PART_COUNT = sizeof parts / sizeof *parts };

void first_start_sweep(const char *dir)
{
    char staging[FILE_PATH_MAX];
    err e;
    if (file_path(dir, FOLDER_STAGING, staging, &e) == ST_OK)
        data_folder_clear(staging);
}

/* Parts that had moved before the store did belong to an account that never was. */
static status clear_unfinished(const char *dir, err *e)
{
    for (size_t i = PART_COUNT; i-- > 0;) {
        char part[FILE_PATH_MAX];
        TRY(file_path(dir, parts[i], part, e));
        if (unlink(part) != 0 && errno != ENOENT)
            return err_set(e, ST_UNAVAILABLE, NULL, "%.120s cannot be removed: %s", part, strerror(errno));
    }
    first_start_sweep(dir);
    return ST_OK;
}

static status write_credentials(const settings *s, const char *staging, const credentials *c, err *e)
{
    CLEANUP(buf_done) buf text;
    CLEANUP(buf_done) buf url;
    char path[FILE_PATH_MAX];
    buf_init_secret(&text, 8192);
    buf_init(&url, 1024);
    settings_sign_in_url(s, NULL, &url);
    credentials_add_json(c, buf_str(&url), &text);
    if (!buf_ok(&text) || !buf_ok(&url))
        return ST_NO_MEMORY;
    TRY(file_path(staging, FOLDER_CREDENTIALS, path, e));
    return file_create(path, buf_bytes(&text), 0600, e);
}

static status fill_store(const settings *s, const char *staging, const instance *i, bootstrap **ret, err *e)
{
    CLEANUP(bootstrap_free_at) bootstrap *b = NULL;
    bootstrap_options o = settings_bootstrap(s);
    TRY(instance_put_store_check(i->store, i->vault, e));
    TRY(bootstrap_new(&o, i->vault, i->world, &b, e));
    TRY(store_apply_now(i->store, bootstrap_account(b), bootstrap_run, b, e));
    TRY(instance_seal(i, e));
    TRY(write_credentials(s, staging, bootstrap_credentials(b), e));
    *ret = b;
    b = NULL;
    return ST_OK;
}

status first_start_make_key(const settings *s, const world *w, err *e)
{
    const char *path = settings_path(s, SET_MASTER_KEY_FILE);
    if (path == NULL || access(path, F_OK) == 0)
        return ST_OK;
    status st = vault_create_key_file(path, w, e);
    return st == ST_CONFLICT ? ST_OK : st;
}

static status stage_key(const settings *s, const char *staging, const world *w, char ret[FILE_PATH_MAX], err *e)
{
    if (settings_has(s, SET_MASTER_KEY_FILE)) {
        TRY(data_folder_key_path(s, ret, e));
        return first_start_make_key(s, w, e);
    }
    TRY(file_path(staging, FOLDER_MASTER_KEY, ret, e));
    return vault_create_key_file(ret, w, e);
}

static status fill_staging(const settings *s, const char *staging, const world *w, bootstrap **ret, err *e)
{
    CLEANUP(instance_close) instance i = { .world = w };
    char key[FILE_PATH_MAX];
    if (mkdir(staging, 0700) != 0)
        return err_set(e, ST_UNAVAILABLE, NULL, "%.120s cannot be made: %s", staging, strerror(errno));
    TRY(stage_key(s, staging, w, key, e));
    TRY(vault_open(key, w, &i.vault, e));
    TRY(store_create(staging, e));
    store_options o = { .dir = staging, .readers = 1, .queue_max = 64, .batch_max = 1 };
    TRY(store_open(&o, &i.store, e));
    return fill_store(s, staging, &i, ret, e);
}

static status move_part(const char *staging, const char *dir, const char *name, err *e)
{
    char from[FILE_PATH_MAX], to[FILE_PATH_MAX];
    TRY(file_path(staging, name, from, e));
    TRY(file_path(dir, name, to, e));
    bool may_be_elsewhere = strcmp(name, FOLDER_MASTER_KEY) == 0;
    if (rename(from, to) != 0 && !(may_be_elsewhere && errno == ENOENT))
        return err_set(e, ST_UNAVAILABLE, NULL, "%.120s cannot be moved: %s", from, strerror(errno));
    return ST_OK;
}

static status move_parts(const char *staging, const char *dir, err *e)
{
    char wal[FILE_PATH_MAX];
    TRY(file_path(staging, FOLDER_STORE "-wal", wal, e));
    if (access(wal, F_OK) == 0)
        return err_set(e, ST_BUG, NULL, "the new store was closed without a checkpoint");
    for (size_t i = 0; i < PART_COUNT; i++) {
        TRY(file_sync_folder(dir, e)); /* what moved before is durable before the store arrives */
        TRY(move_part(staging, dir, parts[i], e));
    }
    TRY(file_sync_folder(dir, e));
    first_start_sweep(dir);
    return ST_OK;
}

/* What an earlier first start left behind is cleared first. */
static status fill(const settings *s, const char *dir, const world *w, bootstrap **ret, err *e)
{
    char staging[FILE_PATH_MAX];
    folder_kind kind;
    TRY(file_path(dir, FOLDER_STAGING, staging, e));
    TRY(data_folder_inspect(dir, &kind, e));
    if (kind == FOLDER_READY)
        return err_set(e, ST_CONFLICT, NULL, "%.120s holds a store already", dir);
    if (kind == FOLDER_UNFINISHED) {
        TRY(clear_unfinished(dir, e));
        log_event(LOG_WARNING, "unfinished_first_start_cleared", LOG_Z("folder", dir));
    }
    CLEANUP(bootstrap_free_at) bootstrap *b = NULL;
    status st = fill_staging(s, staging, w, &b, e);
    if (st == ST_OK)
        st = move_parts(staging, dir, e);
    if (st != ST_OK) {
        err ignored;
        (void)!clear_unfinished(dir, &ignored); /* what cannot be removed now is removed by the next start */
        return st;
    }
    *ret = b;
    b = NULL;
    return ST_OK;
}

status first_start_run(const settings *s, const world *w, bootstrap **ret, err *e)
{
    const char *dir = settings_path(s, SET_DATA);
    CLEANUP(file_close_at) int lock = -1;
    folder_kind kind;
    TRY(data_folder_make(dir, NULL, e));
    TRY(data_folder_inspect(dir, &kind, e)); /* before the lock makes a file in someone else's folder */
    TRY(data_folder_lock(dir, &lock, e));
    return fill(s, dir, w, ret, e);
}
