/* backup_source.h - the store as one file: a copy of a store that may be in use, and the proof that a copy is sound.
 *
 * For subcommands: these open connections of their own, beside a server's, and wait for the disk. Contract: store.h.
 */
#ifndef ARGALI_STORE_BACKUP_SOURCE_H
#define ARGALI_STORE_BACKUP_SOURCE_H

#include "base/status.h"

/* A copy of the store in `dir` as of one moment, mode 0600, verified whole; takes the place of what is at `path`. Needs no lock
 * of the folder: whoever serves it goes on. ST_NOT_FOUND: no store. ST_INVALID: damaged, or not a store. */
MUST_USE status store_copy(const char *dir, const char *path, unsigned *ret_schema, err *e);
void store_remove_copy(const char *path); /* with what may lie beside it; absent is fine */

#endif
