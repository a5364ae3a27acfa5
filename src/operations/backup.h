/* backup.h - a data folder's store as one file, and back.
 *
 * An archive (archive.h) of the entries: 'm' what it is (text, `key = value` lines), 'k' the master key file (under a passphrase
 * only: secrets sealed by a key that lies beside them are not sealed), 'd' the store.
 * Not in it: nonces (what was signed in the 15 minutes before a restore can be sent once more to the restored folder),
 * certificates, configuration, first-credentials.
 * The store may be in use: backup_write opens a connection of its own, copies under one snapshot into the data folder
 * (FOLDER/backup.part, removed again), verifies the copy, and writes FILE.part, which becomes FILE when all of it is on the disk.
 * A FILE that exists is never replaced. What a kill leaves behind is removed by the next run.
 * Errors: of archive.h; ST_CONFLICT, the file exists or another backup of the folder is under way; ST_NOT_FOUND, no store.
 */
#ifndef ARGALI_OPERATIONS_BACKUP_H
#define ARGALI_OPERATIONS_BACKUP_H

#include "base/secret.h"
#include "base/world.h"

typedef struct {
    const char *dir, *file;
    const char *key_path;     /* of the master key; read with a passphrase only */
    const secret *passphrase; /* NULL: plain */
    const world *world;
} backup_options;

typedef struct {
    int64_t made_s;
    uint64_t store_bytes;
    unsigned schema;
    bool has_key, is_encrypted;
} backup_summary;

/* Held while a backup reads the store and then the master key, and while a master key is dropped: else a backup could hold a store of
 * one and the key of the other. Ends with close(*ret), or with the process. ST_CONFLICT: held. */
MUST_USE status backup_lock(const char *dir, int *ret, err *e);

MUST_USE status backup_write(const backup_options *o, backup_summary *ret, err *e);

/* Writes argali.db and, where the archive has one, master.key into an existing folder, in which neither may exist; the archive
 * was read to its end and proved whole when this returns ST_OK. On failure the folder may hold parts of them. */
MUST_USE status backup_extract(int fd, const secret *passphrase, const char *folder, backup_summary *ret, err *e);

#endif
