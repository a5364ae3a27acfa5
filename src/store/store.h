/* store.h - everything that lasts, in the product's words.
 *
 * No sqlite3 type, column name or SQL word leaves this folder. Rules (quotas, conflicts, who may) live above it: the
 * store says what is there, ST_NOT_FOUND, and ST_CONFLICT where a unique key stands already.
 *
 * A store_tx is opened for ONE account and every statement takes its first key from it: another account's rows cannot
 * be reached. The few look-ups that must cross accounts are in store/directory.h and return ids only.
 *
 * Threads. One store thread applies everything that waits: each job in a savepoint, then one commit for all (group
 * commit), then the epochs of the touched keys are raised, then each job's `done` is called. Readers are threads with a
 * connection of their own; a read job sees one snapshot. Submitting never waits.
 * A job's `run` on the store thread may run twice (a batch whose commit failed is applied again one by one) and has to
 * leave nothing behind outside the transaction but what it overwrites the next time. When `run` returns anything but
 * ST_OK its savepoint is undone: a refused call writes nothing.
 * Memory: texts of records are borrowed from the arena that the read function is given.
 * Errors: ST_UNAVAILABLE with a log text when the disk is full or read-only, ST_BUG when an engine rule broke; err.code
 * is left empty.
 */
#ifndef ARGALI_STORE_STORE_H
#define ARGALI_STORE_STORE_H

#include "base/arena.h"
#include "base/status.h"
#include "store/epoch.h"

typedef struct store store;
typedef struct store_tx store_tx;

typedef struct {
    const char *dir;    /* holds argali.db; created rows only by store_create */
    unsigned readers;   /* reader threads, 1 to 64 */
    size_t queue_max;   /* jobs waiting per queue */
    unsigned batch_max; /* jobs per commit, 1 to 1024; 1 turns group commit off */
} store_options;

enum { STORE_READERS_MAX = 64, STORE_BATCH_MAX = 1024 };

/* ST_CONFLICT: a store is there already. ST_UNAVAILABLE: the folder cannot be written. */
MUST_USE status store_create(const char *dir, err *e);

/* Opens, migrates (rehearsed on a copy first), starts the threads. ST_NOT_FOUND: no store. ST_INVALID: damaged, not a
 * store of Argali, or written by a newer version. ST_CONFLICT: another process serves it. The folder's lock is held
 * until store_close. */
MUST_USE status store_open(const store_options *o, store **ret, err *e);
void store_close(store *s); /* drains what waits, checkpoints; NULL is fine */
epochs *store_epochs(store *s);

/* Readiness: false from a commit or read that the disk failed until a commit works again. Asking while it is false has
 * one tried. */
bool store_is_healthy(store *s);

/* Reads every page and index; for `argali check`, as it takes time. ST_INVALID: damaged. Not on a thread that serves. */
MUST_USE status store_verify(store *s, err *e);

typedef struct {
    uint64_t commits, applied, refused, retried_alone, reads;
    size_t waiting_writes, waiting_reads;
} store_counts;
store_counts store_count(store *s);

/* --- jobs --------------------------------------------------------------------------------------------------------- */

typedef struct store_job {
    struct store_job *next; /* the store's while queued */
    uint64_t account;       /* the transaction is this account's; 0: directory look-ups only */
    status (*run)(store_tx *tx, void *self, err *e);
    void (*done)(void *self, status s, const err *e); /* after the commit that holds it is durable; must not wait */
    void *self;
    err failure; /* the store's */
} store_job;

/* ST_LIMIT: the queue is full. ST_UNAVAILABLE: the store is being closed. In both cases done will not be called. */
MUST_USE status store_apply(store *s, store_job *j);
MUST_USE status store_read(store *s, store_job *j);

/* For start-up and subcommands: waits for the outcome. Never from a thread that serves. */
MUST_USE status store_apply_now(store *s, uint64_t account, status (*run)(store_tx *tx, void *self, err *e), void *self,
                                err *e);
MUST_USE status store_read_now(store *s, uint64_t account, status (*run)(store_tx *tx, void *self, err *e), void *self, err *e);

/* --- the transaction ---------------------------------------------------------------------------------------------- */

uint64_t store_tx_account(const store_tx *tx);
bool store_tx_may_write(const store_tx *tx); /* what it sees may still be undone */
void store_touch(store_tx *tx, epoch_key k); /* raised after commit; undone with its savepoint */
/* by this batch, committed or not yet: a caller read before it may be stale */
bool store_was_touched(const store_tx *tx, epoch_key k);
epochs *store_tx_epochs(const store_tx *tx);

#endif
