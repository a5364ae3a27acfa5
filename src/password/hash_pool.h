/* hash_pool.h - the threads that hash passwords, and the only memory they hash in.
 *
 * Threads run SCHED_IDLE: they take what nobody else wants, so signed calls do not wait for hashes. Each owns one block of
 * memory, reserved at the start and filled by use (huge pages where the system has them); memory is bounded by threads x
 * memory_max_kib and can never be exceeded, as hash_compute refuses a recipe that asks for more. The queue is bounded too: what
 * does not fit is refused at once, and the caller says Throttling. The memory of a thread is found by hash_compute itself
 * (hash_recipe.h): jobs need no thread state.
 * Threads: any may submit. hash_pool_free lets queued jobs finish.
 */
#ifndef ARGALI_PASSWORD_HASH_POOL_H
#define ARGALI_PASSWORD_HASH_POOL_H

#include "base/pool.h"
#include "password/hash_recipe.h"

typedef struct hash_pool hash_pool;

typedef struct {
    unsigned threads;        /* 1 to the number of cores; 0: one per core */
    size_t queue_max;        /* jobs waiting */
    uint32_t memory_max_kib; /* of one thread: at least that of `usual` */
    argon2_parameters usual; /* how new passwords are hashed: that much memory stays with each thread */
} hash_pool_options;

enum { HASH_QUEUE_DEFAULT = 64, HASH_MEMORY_MAX_DEFAULT_KIB = 65536 };

MUST_USE status hash_pool_new(const hash_pool_options *o, hash_pool **ret, err *e);
void hash_pool_free(hash_pool *h); /* NULL is fine */

MUST_USE status hash_pool_submit(hash_pool *h, pool_job *job); /* ST_LIMIT: full, the job was not taken */
bool hash_pool_is_full(const hash_pool *h);                    /* at this moment: to refuse before a name is looked up */
size_t hash_pool_waiting(const hash_pool *h);

/* Fills the memory of every thread, on a thread of the pool: to be called once the listeners are open, as it takes time that a
 * start does not have. */
void hash_pool_warm(hash_pool *h);

#endif
