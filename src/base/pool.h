/* pool.h - threads that run jobs from a bounded queue, in the order they came.
 *
 * pool_submit never waits: a full queue is ST_LIMIT at once, and the caller says so to its client. Jobs are embedded in what
 * they work on, so submitting allocates nothing. pool_free lets queued jobs finish first.
 * Its threads block all signals. Once its run() was called, a job is its owner's again: it may be freed or submitted anew.
 */
#ifndef ARGALI_BASE_POOL_H
#define ARGALI_BASE_POOL_H

#include "base/status.h"
#include <stddef.h>

typedef struct pool pool;

typedef struct pool_job {
    struct pool_job *next; /* the pool's while queued */
    void (*run)(struct pool_job *job, void *thread_state);
} pool_job;

typedef struct {
    const char *name;                                    /* thread name, at most 15 characters */
    unsigned threads;                                    /* 1 to 256 */
    size_t queue_max;                                    /* jobs waiting, not those running */
    void *(*thread_start)(void *self, unsigned index);   /* may be NULL; its result is the thread's state */
    void (*thread_stop)(void *self, void *thread_state); /* may be NULL */
    void *self;
} pool_options;

MUST_USE status pool_new(const pool_options *o, pool **ret, err *e);
void pool_free(pool *p);                             /* NULL is fine; waits for the threads */
MUST_USE status pool_submit(pool *p, pool_job *job); /* ST_LIMIT: full, the job was not taken */
size_t pool_waiting(const pool *p);                  /* jobs in the queue; for tests */

#endif
