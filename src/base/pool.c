/* pool.c - see pool.h. One mutex guards the queue and `is_stopping`; the count of waiting jobs is atomic so that it can be
 * read without it. Threads block every signal: signals are the main thread's.
 */
#include "base/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS_MAX = 256, NAME_MAX_LEN = 15 };

typedef struct {
    pool *owner;
    unsigned index;
    pthread_t id;
} worker;

struct pool {
    pool_options options;
    char name[NAME_MAX_LEN + 1];
    pthread_mutex_t lock;
    pthread_cond_t has_work;
    pool_job *head, **tail; /* guarded by lock */
    bool is_stopping;       /* guarded by lock */
    atomic_size_t waiting;  /* written under lock */
    unsigned started;
    worker workers[];
};

/* The next job, or NULL when the pool stops and none is left. */
static pool_job *take(pool *p)
{
    (void)pthread_mutex_lock(&p->lock);
    while (p->head == NULL && !p->is_stopping)
        (void)pthread_cond_wait(&p->has_work, &p->lock);
    pool_job *job = p->head;
    if (job != NULL) {
        p->head = job->next;
        if (p->head == NULL)
            p->tail = &p->head;
        atomic_fetch_sub(&p->waiting, 1);
    }
    (void)pthread_mutex_unlock(&p->lock);
    return job;
}

static void *work(void *arg)
{
    const worker *me = arg;
    pool *p = me->owner;
    (void)pthread_setname_np(pthread_self(), p->name);
    void *state = p->options.thread_start != NULL ? p->options.thread_start(p->options.self, me->index) : NULL;
    pool_job *job;
    while ((job = take(p)) != NULL) {
        job->next = NULL;
        job->run(job, state); /* the job may be freed or submitted again from here on */
    }
    if (p->options.thread_stop != NULL)
        p->options.thread_stop(p->options.self, state);
    return NULL;
}

static int start_thread(pool *p)
{
    worker *w = &p->workers[p->started];
    w->owner = p;
    w->index = p->started;
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int failure = pthread_create(&w->id, NULL, work, w);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failure == 0)
        p->started++;
    return failure;
}

status pool_new(const pool_options *o, pool **ret, err *e)
{
    if (o->threads < 1 || o->threads > THREADS_MAX || o->queue_max < 1 || strlen(o->name) > NAME_MAX_LEN)
        return err_set(e, ST_INVALID, NULL, "pool %s: %u threads, queue of %zu", o->name, o->threads, o->queue_max);
    pool *p = calloc(1, sizeof *p + o->threads * sizeof p->workers[0]);
    if (p == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "pool %s", o->name);
    p->options = *o;
    memcpy(p->name, o->name, strlen(o->name));
    p->options.name = p->name;
    p->tail = &p->head;
    (void)pthread_mutex_init(&p->lock, NULL);
    (void)pthread_cond_init(&p->has_work, NULL);
    while (p->started < o->threads) {
        int failure = start_thread(p);
        if (failure != 0) {
            unsigned started = p->started;
            pool_free(p);
            return err_set(e, ST_UNAVAILABLE, NULL, "pool %s: thread %u: %s", o->name, started, strerrordesc_np(failure));
        }
    }
    *ret = p;
    return ST_OK;
}

void pool_free(pool *p)
{
    if (p == NULL)
        return;
    (void)pthread_mutex_lock(&p->lock);
    p->is_stopping = true;
    (void)pthread_cond_broadcast(&p->has_work);
    (void)pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->started; i++)
        (void)pthread_join(p->workers[i].id, NULL);
    (void)pthread_cond_destroy(&p->has_work);
    (void)pthread_mutex_destroy(&p->lock);
    free(p);
}

status pool_submit(pool *p, pool_job *job)
{
    (void)pthread_mutex_lock(&p->lock);
    bool has_room = atomic_load(&p->waiting) < p->options.queue_max;
    if (has_room) {
        job->next = NULL;
        *p->tail = job;
        p->tail = &job->next;
        atomic_fetch_add(&p->waiting, 1);
        (void)pthread_cond_signal(&p->has_work);
    }
    (void)pthread_mutex_unlock(&p->lock);
    return has_room ? ST_OK : ST_LIMIT;
}

size_t pool_waiting(const pool *p)
{
    return atomic_load_explicit(&p->waiting, memory_order_relaxed);
}
