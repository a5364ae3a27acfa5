/* reseal.h - every sealed value of the store: under the key that seals now, and does each open at its place?
 *
 * Goes account by account and table by table in jobs of RESEAL_ROWS_PER_JOB, so that calls of a running server come in between;
 * what a stop or a crash cut short goes on where it is needed, as a value tells which key sealed it.
 * Waits for the store: for subcommands and the control thread, never on a thread that serves.
 */
#ifndef ARGALI_OPERATIONS_RESEAL_H
#define ARGALI_OPERATIONS_RESEAL_H

#include <stdatomic.h>

#include "catalogue/caller.h"
#include "store/sealed_rows.h"

enum { RESEAL_ROWS_PER_JOB = 100 };

typedef struct {
    uint64_t values;   /* that were looked at */
    uint64_t resealed; /* of them: were under an older key, and are no longer */
    uint64_t old;      /* are under an older key still */
    uint64_t broken;   /* do not open at their place */
} reseal_counts;

typedef struct {
    store *store;
    vault *vault;
    const atomic_bool *is_stopping;                                                      /* NULL: never */
    bool writes;                                                                         /* false: looks only */
    void (*broken)(void *self, uint64_t account, sealed_kind kind, const sealed_row *r); /* NULL: nobody asks */
    void *self;
} reseal_options;

/* ST_UNAVAILABLE: the server is stopping; run it again. */
MUST_USE status reseal_account(const reseal_options *o, uint64_t account, reseal_counts *counts, err *e); /* adds to counts */
MUST_USE status reseal_all(const reseal_options *o, reseal_counts *ret, err *e);

#endif
