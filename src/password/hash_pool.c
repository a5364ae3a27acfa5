/* hash_pool.c - see hash_pool.h. The queue and the threads are base/pool's; here is what makes them hash threads. */
#include "password/hash_pool.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "password/hash_memory.h"

enum { THREADS_MAX = 256 };

typedef struct {
    hash_memory memory;
    pool_job warming;
} hash_thread;

struct hash_pool {
    pool *pool;
    size_t queue_max;
    unsigned threads;
    atomic_flag is_warm;
    hash_thread each[];
};

static unsigned cores(void)
{
    const long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

static void *begin_thread(void *self, unsigned index)
{
    hash_pool *h = self;
    const struct sched_param none = { 0 };
    if (sched_setscheduler(0, SCHED_IDLE, &none) != 0) /* 0: this thread */
        log_event(LOG_WARNING, "hash_thread_not_idle", LOG_N("thread", index));
    hash_memory_enter(&h->each[index].memory);
    return &h->each[index].memory;
}

static void warm_thread(pool_job *job, void *thread_state)
{
    (void)job;
    hash_memory_fill(thread_state);
}

static status check_options(const hash_pool_options *o, err *e)
{
    if (!argon2_parameters_are_valid(&o->usual) || o->usual.memory_kib > o->memory_max_kib)
        return err_set(e, ST_INVALID, NULL, "new passwords are hashed in %u KiB, and a hash thread may have %u",
                       o->usual.memory_kib, o->memory_max_kib);
    if (o->threads > cores())
        return err_set(e, ST_INVALID, NULL, "%u hash threads on %u cores", o->threads, cores());
    return ST_OK;
}

static status map_memories(hash_pool *h, const hash_pool_options *o, err *e)
{
    for (unsigned i = 0; i < h->threads; i++)
        TRY(hash_memory_map((size_t)o->memory_max_kib * 1024, (size_t)o->usual.memory_kib * 1024, &h->each[i].memory, e));
    return ST_OK;
}

status hash_pool_new(const hash_pool_options *o, hash_pool **ret, err *e)
{
    TRY(check_options(o, e));
    const unsigned threads = o->threads > 0 ? o->threads : cores();
    hash_pool *h = calloc(1, sizeof *h + threads * sizeof h->each[0]);
    if (h == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "hash pool");
    h->threads = threads;
    h->queue_max = o->queue_max;
    atomic_flag_clear(&h->is_warm);
    status s = map_memories(h, o, e);
    if (s == ST_OK) {
        const pool_options p = {
            .name = "hash", .threads = threads, .queue_max = o->queue_max, .thread_start = begin_thread, .self = h
        };
        s = pool_new(&p, &h->pool, e);
    }
    if (s != ST_OK) {
        hash_pool_free(h);
        return s;
    }
    *ret = h;
    return ST_OK;
}

void hash_pool_free(hash_pool *h)
{
    if (h == NULL)
        return;
    pool_free(h->pool);
    for (unsigned i = 0; i < h->threads; i++)
        hash_memory_done(&h->each[i].memory);
    free(h);
}

status hash_pool_submit(hash_pool *h, pool_job *job)
{
    return pool_submit(h->pool, job);
}

bool hash_pool_is_full(const hash_pool *h)
{
    return pool_waiting(h->pool) >= h->queue_max;
}

size_t hash_pool_waiting(const hash_pool *h)
{
    return pool_waiting(h->pool);
}

/* Every thread that gets such a job fills its memory. Filling takes long enough that the idle ones get one each; who gets none
 * fills its memory with its first hash. */
void hash_pool_warm(hash_pool *h)
{
    if (atomic_flag_test_and_set(&h->is_warm))
        return;
    for (unsigned i = 0; i < h->threads; i++) {
        h->each[i].warming.run = warm_thread;
        if (pool_submit(h->pool, &h->each[i].warming) != ST_OK)
            return; /* busy: it warms by itself */
    }
}
