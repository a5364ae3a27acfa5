/* group_commit.h - many jobs, one durable commit. Inside src/store only; belongs to the store thread.
 *
 * Each job runs in a savepoint of one transaction. After its commit the epochs of the touched keys are raised, then
 * `done` is called for each job in order, refused ones too: an answer never tells of what another job of the batch
 * might not have kept. Where the transaction as a whole fails, every job runs again in one of its own, so that only
 * those fail that cannot be stored.
 */
#ifndef ARGALI_STORE_GROUP_COMMIT_H
#define ARGALI_STORE_GROUP_COMMIT_H

#include <stdatomic.h>

#include "store/tx.h"

typedef struct {
    store_tx tx;
    status *outcomes; /* of the jobs of a batch; owned */
    size_t batch_max;
    atomic_bool *is_healthy; /* the store's */
    atomic_uint_fast64_t commits, applied, refused, retried_alone;
} group_commit;

/* Serves a list of 1 to batch_max jobs. A job's memory is its owner's again from its `done` on. */
void group_commit_serve(group_commit *g, store_job *jobs);

#endif
