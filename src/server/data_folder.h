/* data_folder.h - the data folder: what lies in it, whether it is ours, and its first contents.
 *
 *   master.key         0400  the master key, unless it is kept elsewhere (master-key-file)
 *   argali.db          0600  the store, with argali.db-wal and argali.db-shm while it is open
 *   nonces             0600  the nonces of signed calls
 *   first-credentials  0600  the first passwords and AccessKey, until removed by hand
 *   tls.crt, tls.key         the self-signed server certificate (0644) and its key (0600)
 *   lock, control.sock 0600  of the running server
 *   argali.conf              the operator's, optional
 *
 * A first start is whole or did not happen: everything is made in the folder init.part and moved, the store last. argali.db
 * in its place is therefore what makes a folder a data folder; init.part without it is an unfinished start, which the next
 * one clears away. A folder with anything else in it is not touched.
 * Errors: ST_CONFLICT, someone else's files or another process at work; ST_UNAVAILABLE, the system refused. Waits for the
 * disk.
 */
#ifndef ARGALI_SERVER_DATA_FOLDER_H
#define ARGALI_SERVER_DATA_FOLDER_H

#include "base/file.h"
#include "base/world.h"
#include "operations/bootstrap.h"
#include "server/settings.h"

typedef enum {
    FOLDER_ABSENT,
    FOLDER_EMPTY,      /* nothing in it but what may be there before a first start */
    FOLDER_UNFINISHED, /* a first start that did not end */
    FOLDER_READY,      /* argali.db is there */
} folder_kind;

/* ST_CONFLICT: not a folder, or not one of ours. */
MUST_USE status data_folder_inspect(const char *dir, folder_kind *ret, err *e);

/* 0700; fine if it is there. What is made as root belongs to `user` (NULL: to root). */
MUST_USE status data_folder_make(const char *dir, const char *user, err *e);

MUST_USE status data_folder_check_free(const char *dir, err *e); /* ST_CONFLICT: another process holds it, now */

typedef struct {
    char p[FILE_PATH_MAX];
} folder_path;
MUST_USE status data_folder_path(const char *dir, const char *name, folder_path *ret, err *e); /* ST_LIMIT: too long */
MUST_USE status data_folder_key_path(const settings *s, folder_path *ret, err *e);             /* of the master key */

/* Makes the master key where it is kept outside of the folder and is not there yet. */
MUST_USE status data_folder_make_outside_key(const settings *s, const world *w, err *e);

/* Fills an absent, empty or unfinished folder: master key, store, first account, first-credentials. ret is the caller's to
 * free. */
MUST_USE status data_folder_init(const settings *s, const world *w, bootstrap **ret, err *e);
void data_folder_sweep(const char *dir); /* what a first start may have left behind after it was whole */

#endif
