/* backup.c - see backup.h. */
#include "operations/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "operations/archive.h"
#include "store/backup_source.h"

enum { KEY_FILE_MAX = 65536, ABOUT_MAX = 4096, ENTRIES_MAX = 8 };

static status no_file(const char *path, err *e)
{
    const int why = errno;
    return err_set(e, why == EEXIST ? ST_CONFLICT : ST_UNAVAILABLE, NULL, "%.150s: %s", path, strerrordesc_np(why));
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static status put_text(archive *a, char type, str text, err *e)
{
    TRY(archive_begin_entry(a, type, text.n, e));
    return archive_put(a, bytes_of(text), e);
}

static status put_about(archive *a, const backup_summary *s, err *e)
{
    CLEANUP(buf_done) buf text;
    buf_init(&text, ABOUT_MAX);
    buf_addf(&text, "version = " ARGALI_VERSION "\nmade = %lld\nschema = %u\n", (long long)s->made_s, s->schema);
    return buf_ok(&text) ? put_text(a, 'm', buf_str(&text), e) : ST_NO_MEMORY;
}

static status put_key(archive *a, const char *path, err *e)
{
    CLEANUP(buf_done) buf text;
    buf_init_secret(&text, KEY_FILE_MAX);
    TRY(file_read_private(path, KEY_FILE_MAX, &text, e));
    return put_text(a, 'k', buf_str(&text), e);
}

static status put_file(archive *a, const char *path, uint64_t *ret_bytes, err *e)
{
    static uint8_t block[ARCHIVE_CHUNK]; /* one backup at a time in a process */
    CLEANUP(file_close_at) int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0)
        return no_file(path, e);
    TRY(archive_begin_entry(a, 'd', (uint64_t)st.st_size, e));
    for (off_t left = st.st_size; left > 0;) {
        const ssize_t n = read(fd, block, left < (off_t)sizeof block ? (size_t)left : sizeof block);
        if (n <= 0)
            return err_set(e, ST_UNAVAILABLE, NULL, "%.150s cannot be read", path);
        TRY(archive_put(a, (bytes){ block, (size_t)n }, e));
        left -= n;
    }
    *ret_bytes = (uint64_t)st.st_size;
    return ST_OK;
}

static status put_all(const backup_options *o, int fd, const char *copy, backup_summary *s, err *e)
{
    CLEANUP(archive_free_at) archive *a = NULL;
    TRY(archive_write_to(fd, o->passphrase, o->world, &a, e));
    s->is_encrypted = s->has_key = archive_is_encrypted(a);
    TRY(put_about(a, s, e));
    if (s->has_key)
        TRY(put_key(a, o->key_path, e));
    TRY(put_file(a, copy, &s->store_bytes, e));
    return archive_end(a, e);
}

/* The name is taken by link, which fails where rename would replace. */
static status give_name(const char *part, const char *file, err *e)
{
    if (link(part, file) != 0)
        return no_file(file, e);
    if (unlink(part) != 0)
        return no_file(part, e);
    return file_sync_folder_of(file, e);
}

static status write_file(const backup_options *o, const char *copy, backup_summary *s, err *e)
{
    char part[FILE_PATH_MAX];
    if (snprintf(part, sizeof part, "%s.part", o->file) >= (int)sizeof part)
        return err_set(e, ST_INVALID, NULL, "the path of the backup is too long");
    if (unlink(part) != 0 && errno != ENOENT)
        return no_file(part, e);
    CLEANUP(file_close_at) int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return no_file(part, e);
    status st = put_all(o, fd, copy, s, e);
    if (st == ST_OK && fsync(fd) != 0)
        st = no_file(part, e);
    if (st == ST_OK)
        st = give_name(part, o->file, e);
    if (st != ST_OK)
        (void)unlink(part);
    return st;
}

status backup_lock(const char *dir, int *ret, err *e)
{
    char path[FILE_PATH_MAX];
    TRY(file_path(dir, "backup.lock", path, e));
    const status s = file_lock(path, ret, e);
    return s == ST_CONFLICT ? err_set(e, s, NULL, "a backup of %.100s or a rotation of its master key is under way", dir) : s;
}

status backup_write(const backup_options *o, backup_summary *ret, err *e)
{
    CLEANUP(file_close_at) int held = -1;
    char copy[FILE_PATH_MAX], store[FILE_PATH_MAX];
    struct stat st;
    backup_summary s = { .made_s = world_now_s(o->world) };
    TRY(file_path(o->dir, "argali.db", store, e));
    TRY(file_path(o->dir, "backup.part", copy, e));
    if (access(store, F_OK) != 0) /* before the lock, so that a folder without a store stays as it is */
        return err_set(e, ST_NOT_FOUND, NULL, "no store at %.150s", store);
    if (lstat(o->file, &st) == 0)
        return err_set(e, ST_CONFLICT, NULL, "%.150s exists: a backup never replaces a file", o->file);
    TRY(backup_lock(o->dir, &held, e));
    status outcome = store_copy(o->dir, copy, &s.schema, e);
    if (outcome == ST_OK)
        outcome = write_file(o, copy, &s, e);
    store_remove_copy(copy);
    if (outcome == ST_OK)
        *ret = s;
    return outcome;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static status copy_entry(archive *a, uint64_t n, int to, const char *path, err *e)
{
    static uint8_t block[ARCHIVE_CHUNK];
    while (n > 0) {
        const size_t part = n < sizeof block ? (size_t)n : sizeof block;
        TRY(archive_get(a, block, part, e));
        if (!file_write_all(to, (bytes){ block, part }))
            return no_file(path, e);
        n -= part;
    }
    return fsync(to) == 0 ? ST_OK : no_file(path, e);
}

static status extract_store(archive *a, uint64_t n, const char *folder, err *e)
{
    char path[FILE_PATH_MAX];
    TRY(file_path(folder, "argali.db", path, e));
    CLEANUP(file_close_at) int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return to < 0 ? no_file(path, e) : copy_entry(a, n, to, path, e);
}

static status extract_key(archive *a, uint64_t n, const char *folder, err *e)
{
    CLEANUP(buf_done) buf text;
    char path[FILE_PATH_MAX];
    buf_init_secret(&text, KEY_FILE_MAX);
    if (n > KEY_FILE_MAX || !buf_reserve(&text, (size_t)n))
        return err_set(e, ST_INVALID, NULL, "the backup holds a master key file of %llu bytes", (unsigned long long)n);
    TRY(archive_get(a, text.p, (size_t)n, e));
    text.n = (size_t)n;
    TRY(file_path(folder, "master.key", path, e));
    return file_create(path, buf_bytes(&text), 0400, e);
}

static void read_about_line(str name, str value, backup_summary *s)
{
    if (str_eq(name, STR("made")))
        (void)!str_to_i64(value, 0, INT64_MAX, &s->made_s); /* what does not parse stays 0: it is only shown */
    if (str_eq(name, STR("schema")))
        (void)!str_to_u32(value, 0, UINT16_MAX, &s->schema);
}

static status extract_about(archive *a, uint64_t n, backup_summary *s, err *e)
{
    char text[ABOUT_MAX];
    str line, rest, name, value;
    if (n > sizeof text)
        return err_set(e, ST_INVALID, NULL, "the backup is damaged");
    TRY(archive_get(a, (uint8_t *)text, (size_t)n, e));
    for (rest = (str){ text, (size_t)n }; str_split(rest, '\n', &line, &rest);)
        if (str_split(line, '=', &name, &value))
            read_about_line(str_trim(name), str_trim(value), s);
    return ST_OK;
}

static status extract_entry(archive *a, char type, uint64_t n, const char *folder, backup_summary *s, err *e)
{
    switch (type) {
    case 'm':
        return extract_about(a, n, s, e);
    case 'k':
        if (!s->is_encrypted)
            return err_set(e, ST_INVALID, NULL, "a master key in a backup that is not encrypted");
        s->has_key = true;
        return extract_key(a, n, folder, e);
    case 'd':
        s->store_bytes = n;
        return extract_store(a, n, folder, e);
    default:
        return err_set(e, ST_INVALID, NULL, "the backup holds something of a newer version");
    }
}

status backup_extract(int fd, const secret *passphrase, const char *folder, backup_summary *ret, err *e)
{
    CLEANUP(archive_free_at) archive *a = NULL;
    backup_summary s = { 0 };
    TRY(archive_read_from(fd, passphrase, &a, e));
    s.is_encrypted = archive_is_encrypted(a);
    status st = ST_OK;
    for (int i = 0; i < ENTRIES_MAX && st == ST_OK; i++) {
        char type;
        uint64_t n;
        st = archive_next_entry(a, &type, &n, e);
        if (st == ST_OK)
            st = extract_entry(a, type, n, folder, &s, e);
    }
    if (st != ST_OK && st != ST_NOT_FOUND)
        return st;
    TRY(archive_finish(a, e));
    if (s.store_bytes == 0)
        return err_set(e, ST_INVALID, NULL, "the backup holds no store");
    *ret = s;
    return file_sync_folder(folder, e);
}
