/* migrations.h - how a store becomes one of today: numbered steps, forward only, each in a transaction of its own.
 *
 * A step that was released is never edited. The number of the last applied step is kept in the file's header.
 */
#ifndef ARGALI_STORE_MIGRATIONS_H
#define ARGALI_STORE_MIGRATIONS_H

#include <stddef.h>

#include "store/engine.h"

typedef struct {
    unsigned number;  /* 1, 2, 3, ... */
    const char *what; /* for the log */
    const char *sqlite;
} migration;

extern const migration migrations[];
extern const size_t migration_count;

/* Applies the steps after the file's own number. ST_INVALID: the file is newer than the list; the text names both. */
MUST_USE status migrations_apply(engine *en, const migration *list, size_t n, err *e);

/* The same, for a store that is not new: first on a copy beside it, which is checked and removed, then on the store. */
MUST_USE status migrations_apply_rehearsed(engine *en, const char *copy_path, const migration *list, size_t n, err *e);

#endif
