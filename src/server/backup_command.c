/* backup_command.c - see backup_command.h. */
#include "server/backup_command.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/timestamp.h"
#include "operations/archive.h"
#include "operations/backup.h"
#include "server/data_folder.h"
#include "server/instance.h"
#include "server/json_text.h"
#include "server/privileges.h"
#include "server/settings_use.h"

enum { KEY_FILE_MAX = 65536 };

const argument_row backup_arguments[] = {
    { "passphrase-file", false, false, "FILE", "Private file (0600) whose first line is the passphrase of the backup." },
    { NULL, false, false, NULL, NULL },
};

static status read_passphrase(const arguments *a, secret *ret, err *e)
{
    char path[FILE_PATH_MAX];
    const str given = arguments_get(a, "passphrase-file");
    if (given.p == NULL)
        return ST_OK;
    if (snprintf(path, sizeof path, STR_FMT, STR_ARG(given)) >= (int)sizeof path)
        return err_set(e, ST_INVALID, NULL, "passphrase-file: the path is too long");
    return archive_read_passphrase(path, ret, e);
}

static void print(const settings *s, const char *file, const backup_summary *b, buf *out)
{
    char made[TIMESTAMP_LEN + 1];
    timestamp_format(b->made_s, made);
    if (settings_wants_json(s)) {
        buf_add_char(out, '{');
        json_add_text(out, "File", str_from_c(file));
        json_add_text(out, "MadeAt", str_from_c(made));
        json_add_number(out, "StoreBytes", b->store_bytes);
        json_add_number(out, "Schema", b->schema);
        json_add_text(out, "Encrypted", b->is_encrypted ? STR("true") : STR("false"));
        json_add_text(out, "MasterKey", b->has_key ? STR("included") : STR("not included"));
        buf_add(out, STR("}\n"));
        return;
    }
    buf_addf(out, "%s: made %s, store of %" PRIu64 " bytes, schema %u, %s\n", file, made, b->store_bytes, b->schema,
             b->is_encrypted ? "encrypted, with the master key" : "not encrypted, without the master key");
}

/* --- backup ------------------------------------------------------------------------------------------------------- */

status backup_command(const settings *s, const arguments *a, const char *file, const world *w, buf *out, err *e)
{
    CLEANUP(secret_done) secret passphrase = { 0 };
    char key[FILE_PATH_MAX];
    backup_summary b;
    TRY(data_folder_key_path(s, key, e));
    TRY(read_passphrase(a, &passphrase, e));
    const backup_options o = {
        .dir = settings_path(s, SET_DATA), .file = file, .key_path = key, .passphrase = &passphrase, .world = w
    };
    TRY(backup_write(&o, &b, e));
    print(s, file, &b, out);
    if (!b.has_key && !settings_wants_json(s))
        buf_addf(out, "Nothing in it opens without %s: keep a copy of that file in another place.\n", key);
    return ST_OK;
}

/* --- restore ------------------------------------------------------------------------------------------------------ */

typedef struct {
    const settings *settings;
    const world *world;
    const char *dir;
    char staging[FILE_PATH_MAX], staged_key[FILE_PATH_MAX], key[FILE_PATH_MAX];
    backup_summary backup;
} restore;

static status check_store(restore *r, err *e)
{
    CLEANUP(instance_close) instance i = { .world = r->world };
    const char *key = r->backup.has_key ? r->staged_key : r->key;
    const store_options o = { .dir = r->staging, .readers = 1, .queue_max = 16, .batch_max = 1 };
    TRY(store_open(&o, &i.store, e)); /* brings it up to this version, too */
    TRY(store_verify(i.store, e));
    if (access(key, F_OK) != 0)
        return ST_OK; /* said in the end */
    TRY(vault_open(key, r->world, &i.vault, e));
    return instance_check_key(&i, e);
}

/* A master key that lies there already may only be the same one. */
static status install_key(const restore *r, err *e)
{
    CLEANUP(buf_done) buf staged;
    CLEANUP(buf_done) buf there;
    buf_init_secret(&staged, KEY_FILE_MAX);
    buf_init_secret(&there, KEY_FILE_MAX);
    if (!r->backup.has_key)
        return ST_OK;
    TRY(file_read_private(r->staged_key, KEY_FILE_MAX, &staged, e));
    if (access(r->key, F_OK) != 0)
        return file_create(r->key, buf_bytes(&staged), 0400, e);
    TRY(file_read_private(r->key, KEY_FILE_MAX, &there, e));
    if (str_eq(buf_str(&staged), buf_str(&there)))
        return ST_OK;
    return err_set(e, ST_CONFLICT, NULL, "%.150s is not the master key of the backup: nothing was replaced", r->key);
}

static status install_store(const restore *r, err *e)
{
    char from[FILE_PATH_MAX], to[FILE_PATH_MAX];
    TRY(file_path(r->staging, FOLDER_STORE, from, e));
    TRY(file_path(r->dir, FOLDER_STORE, to, e));
    TRY(file_sync_folder(r->dir, e)); /* the key is durable before the store arrives */
    if (link(from, to) != 0)          /* which does not replace */
        return err_set(e, errno == EEXIST ? ST_CONFLICT : ST_UNAVAILABLE, NULL, "%.150s: %s", to, strerror(errno));
    return file_sync_folder(r->dir, e);
}

static status restore_staged(restore *r, int fd, const secret *passphrase, err *e)
{
    data_folder_clear(r->staging);
    if (mkdir(r->staging, 0700) != 0)
        return err_set(e, ST_UNAVAILABLE, NULL, "%.150s cannot be made: %s", r->staging, strerror(errno));
    TRY(backup_extract(fd, passphrase, r->staging, &r->backup, e));
    TRY(check_store(r, e));
    TRY(install_key(r, e));
    return install_store(r, e);
}

static status restore_open_file(restore *r, int fd, const secret *passphrase, err *e)
{
    CLEANUP(file_close_at) int lock = -1;
    const char *user = settings_path(r->settings, SET_USER);
    TRY(data_folder_check_restorable(r->dir, e));
    TRY(data_folder_make(r->dir, user, e));
    TRY(privileges_become_user(user, e));
    TRY(data_folder_lock(r->dir, &lock, e));
    TRY(data_folder_check_restorable(r->dir, e)); /* again, now that nobody else can make a store */
    const status st = restore_staged(r, fd, passphrase, e);
    data_folder_clear(r->staging);
    return st;
}

status restore_command(const settings *s, const arguments *a, const char *file, const world *w, buf *out, err *e)
{
    CLEANUP(secret_done) secret passphrase = { 0 };
    restore r = { .settings = s, .world = w, .dir = settings_path(s, SET_DATA) };
    TRY(read_passphrase(a, &passphrase, e));
    CLEANUP(file_close_at) int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_set(e, ST_NOT_FOUND, NULL, "%.150s: %s", file, strerror(errno));
    TRY(file_path(r.dir, FOLDER_RESTORE, r.staging, e));
    TRY(file_path(r.staging, FOLDER_MASTER_KEY, r.staged_key, e));
    TRY(data_folder_key_path(s, r.key, e));
    TRY(restore_open_file(&r, fd, &passphrase, e));
    print(s, file, &r.backup, out);
    if (access(r.key, F_OK) != 0 && !settings_wants_json(s))
        buf_addf(out, "The master key is not there yet: put it at %s before the first start.\n", r.key);
    return ST_OK;
}
