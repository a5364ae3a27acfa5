/* data_folder.h - the data folder: what lies in it, and whether it is ours.
 *
 *   master.key         0400  the master key, unless it is kept elsewhere (master-key-file)
 *   argali.db          0600  the store, with argali.db-wal and argali.db-shm while it is open
 *   nonces             0600  the nonces of signed calls
 *   first-credentials  0600  the first passwords and AccessKey, until removed by hand
 *   tls.crt, tls.key         the self-signed server certificate (0644) and its key (0600)
 *   lock, control.sock 0600  of the running server
 *   argali.conf              the operator's, optional
 *   init.part                a first start that is not whole yet (first_start.h)
 *   restore.part             the same of a restore; backup.part, backup.lock 0600 of a backup under way
 *
 * argali.db is the last to arrive, so it is what makes a folder a data folder. A folder with anything else in it is not
 * touched.
 * Errors: ST_CONFLICT, someone else's files or another process at work; ST_INVALID, no such user, or a path that is too long;
 * ST_UNAVAILABLE, the system refused. Waits for the disk.
 */
#ifndef ARGALI_SERVER_DATA_FOLDER_H
#define ARGALI_SERVER_DATA_FOLDER_H

#include "base/file.h"
#include "server/settings.h"

#define FOLDER_STORE       "argali.db"
#define FOLDER_MASTER_KEY  "master.key"
#define FOLDER_CREDENTIALS "first-credentials"
#define FOLDER_STAGING     "init.part"
#define FOLDER_RESTORE     "restore.part"

typedef enum {
    FOLDER_ABSENT,
    FOLDER_EMPTY,      /* nothing in it but what may be there before a first start */
    FOLDER_UNFINISHED, /* a first start that did not end */
    FOLDER_READY,      /* argali.db is there */
} folder_kind;

/* ST_CONFLICT: not a folder, or not one of ours. */
MUST_USE status data_folder_inspect(const char *dir, folder_kind *ret, err *e);

/* May a backup be restored into it? ST_CONFLICT: a store is there, or someone else's files. A master key may be there. */
MUST_USE status data_folder_check_restorable(const char *dir, err *e);
void data_folder_clear(const char *staging); /* everything in a folder of ours that holds no folders, and the folder */

/* 0700; fine if it is there. What is made as root belongs to `user` (NULL: to root). */
MUST_USE status data_folder_make(const char *dir, const char *user, err *e);

/* Takes the folder's lock, which ends with close(*ret_fd). ST_CONFLICT: another process holds it. */
MUST_USE status data_folder_lock(const char *dir, int *ret_fd, err *e);
MUST_USE status data_folder_check_free(const char *dir, err *e); /* ST_CONFLICT: another process holds it, now */

MUST_USE status data_folder_key_path(const settings *s, char ret[FILE_PATH_MAX], err *e); /* of the master key */

#endif
