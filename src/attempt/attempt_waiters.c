/* attempt_waiters.c - see attempt_waiters.h. One mutex guards the list; wake() is called without it. What is to be woken is
 * taken off the list under the lock, so that nobody is woken twice.
 *
 * The timer waits in poll() on an eventfd, as relative times do not care which clock the deadlines are on.
 */
#include "attempt/attempt_waiters.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Settlings are counted per slot of principals: who was told to wait and finds another count tries again. */
enum { SLOTS = 256 };

struct attempt_waiters {
    const world *clock;
    size_t max;
    pthread_mutex_t lock;
    attempt_waiter *first; /* guarded by lock, as is all below but the atomics */
    size_t count;
    int64_t earliest_ms; /* no deadline is before it */
    bool is_stopping;
    atomic_uint_fast64_t settled[SLOTS];
    int news; /* eventfd: an earlier deadline, or the end */
    pthread_t timer;
};

static atomic_uint_fast64_t *slot_of(attempt_waiters *l, uint64_t principal)
{
    return &l->settled[principal * 0x9e3779b97f4a7c15u >> 56];
}

static void take_off(attempt_waiters *l, attempt_waiter *w)
{
    *w->at = w->next;
    if (w->next != NULL)
        w->next->at = w->at;
    w->at = NULL;
    l->count--;
}

static void put_on(attempt_waiters *l, attempt_waiter *w)
{
    w->next = l->first;
    w->at = &l->first;
    if (l->first != NULL)
        l->first->at = &w->next;
    l->first = w;
    l->count++;
}

/* A chain of waiters that are off the list: each may be gone after its wake(). */
static void wake_chain(attempt_waiter *w, bool is_late)
{
    while (w != NULL) {
        attempt_waiter *next = w->next;
        w->next = NULL;
        w->wake(w, is_late);
        w = next;
    }
}

uint64_t attempt_waiters_seen(const attempt_waiters *l, uint64_t principal)
{
    return atomic_load(&l->settled[principal * 0x9e3779b97f4a7c15u >> 56]);
}

status attempt_waiters_add(attempt_waiters *l, attempt_waiter *waiter)
{
    (void)pthread_mutex_lock(&l->lock);
    const bool has_room = l->count < l->max && !l->is_stopping;
    const bool has_news = attempt_waiters_seen(l, waiter->principal) != waiter->seen;
    bool is_earlier = false;
    if (has_room && !has_news) {
        is_earlier = l->first == NULL || waiter->deadline_ms < l->earliest_ms;
        if (is_earlier)
            l->earliest_ms = waiter->deadline_ms;
        put_on(l, waiter);
    }
    (void)pthread_mutex_unlock(&l->lock);
    if (!has_room)
        return ST_LIMIT;
    if (has_news) {
        waiter->next = NULL;
        waiter->wake(waiter, false);
    } else if (is_earlier)
        (void)eventfd_write(l->news, 1);
    return ST_OK;
}

void attempt_waiters_settled(attempt_waiters *l, uint64_t principal)
{
    attempt_waiter *chain = NULL;
    (void)pthread_mutex_lock(&l->lock);
    atomic_fetch_add(slot_of(l, principal), 1);
    for (attempt_waiter *w = l->first, *next; w != NULL; w = next) {
        next = w->next;
        if (w->principal != principal)
            continue;
        take_off(l, w);
        w->next = chain;
        chain = w; /* the list has the newest first: the chain ends up with the oldest first */
    }
    (void)pthread_mutex_unlock(&l->lock);
    wake_chain(chain, false);
}

int64_t attempt_waiters_expire(attempt_waiters *l, int64_t now_ms)
{
    attempt_waiter *chain = NULL;
    (void)pthread_mutex_lock(&l->lock);
    l->earliest_ms = INT64_MAX;
    for (attempt_waiter *w = l->first, *next; w != NULL; w = next) {
        next = w->next;
        if (now_ms < w->deadline_ms && !l->is_stopping) {
            if (w->deadline_ms < l->earliest_ms)
                l->earliest_ms = w->deadline_ms;
            continue;
        }
        take_off(l, w);
        w->next = chain;
        chain = w;
    }
    const int64_t left = l->first == NULL ? -1 : l->earliest_ms - now_ms;
    (void)pthread_mutex_unlock(&l->lock);
    wake_chain(chain, true);
    return left;
}

size_t attempt_waiters_count(const attempt_waiters *l)
{
    attempt_waiters *mine = (attempt_waiters *)(uintptr_t)l; /* a lock is no change */
    (void)pthread_mutex_lock(&mine->lock);
    const size_t n = mine->count;
    (void)pthread_mutex_unlock(&mine->lock);
    return n;
}

static bool is_stopping(attempt_waiters *l)
{
    (void)pthread_mutex_lock(&l->lock);
    const bool stop = l->is_stopping;
    (void)pthread_mutex_unlock(&l->lock);
    return stop;
}

static void *run_timer(void *arg)
{
    attempt_waiters *l = arg;
    (void)pthread_setname_np(pthread_self(), "attempts");
    while (!is_stopping(l)) {
        const int64_t left = attempt_waiters_expire(l, l->clock->monotonic_ms(l->clock->self));
        struct pollfd watched = { l->news, POLLIN, 0 };
        if (poll(&watched, 1, left < 0 ? -1 : left > 60000 ? 60000 : (int)left) > 0) {
            eventfd_t seen;
            (void)eventfd_read(l->news, &seen);
        }
    }
    return NULL;
}

static int start_timer(attempt_waiters *l)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int failure = pthread_create(&l->timer, NULL, run_timer, l);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failure;
}

status attempt_waiters_new(const world *w, size_t max, attempt_waiters **ret, err *e)
{
    attempt_waiters *l = calloc(1, sizeof *l);
    if (l == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "attempt waiters");
    l->clock = w;
    l->max = max;
    l->news = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (l->news < 0) {
        const int failure = errno;
        free(l);
        return err_set(e, ST_UNAVAILABLE, NULL, "attempt waiters: eventfd: %s", strerrordesc_np(failure));
    }
    (void)pthread_mutex_init(&l->lock, NULL);
    const int failure = start_timer(l);
    if (failure != 0) {
        (void)close(l->news);
        (void)pthread_mutex_destroy(&l->lock);
        free(l);
        return err_set(e, ST_UNAVAILABLE, NULL, "attempt waiters: thread: %s", strerrordesc_np(failure));
    }
    *ret = l;
    return ST_OK;
}

void attempt_waiters_free(attempt_waiters *l)
{
    if (l == NULL)
        return;
    (void)pthread_mutex_lock(&l->lock);
    l->is_stopping = true;
    (void)pthread_mutex_unlock(&l->lock);
    (void)eventfd_write(l->news, 1);
    (void)pthread_join(l->timer, NULL);
    (void)attempt_waiters_expire(l, 0); /* stopping: everybody is late */
    (void)close(l->news);
    (void)pthread_mutex_destroy(&l->lock);
    free(l);
}
