/* attempt_waiters.h - calls that wait until an attempt of the same principal is settled (attempt.h).
 *
 * A list in memory. Whoever was told to wait adds itself; attempt_waiters_settled wakes all that wait for a principal, to
 * reserve again, and one timer thread wakes those whose time is over. No other thread waits, and nothing is allocated: a waiter
 * is embedded in what waits.
 * Lost news: attempt_waiters_seen is read into waiter.seen before the reservation is tried; attempt_waiters_add wakes at once
 * when something was settled in between.
 * wake() is called once, without a lock held, on the thread of the timer, of _settled or of _add; it must not wait, and the
 * waiter is its owner's again when it is called.
 * Threads: any.
 */
#ifndef ARGALI_ATTEMPT_ATTEMPT_WAITERS_H
#define ARGALI_ATTEMPT_ATTEMPT_WAITERS_H

#include "base/world.h"

typedef struct attempt_waiters attempt_waiters;

typedef struct attempt_waiter {
    struct attempt_waiter *next, **at; /* the list's while it waits */
    uint64_t principal;
    uint64_t seen;                                             /* attempt_waiters_seen, before the reservation */
    int64_t deadline_ms;                                       /* world.monotonic_ms: arrival and ATTEMPT_WAIT_MAX_MS */
    void (*wake)(struct attempt_waiter *waiter, bool is_late); /* is_late: the time is over, answer Throttling */
    void *self;                                                /* the owner's */
} attempt_waiter;

/* At most max wait at once. `w` (the clock) has to outlive it. */
MUST_USE status attempt_waiters_new(const world *w, size_t max, attempt_waiters **ret, err *e);
void attempt_waiters_free(attempt_waiters *l); /* wakes all that wait, as late; NULL is fine */

uint64_t attempt_waiters_seen(const attempt_waiters *l, uint64_t principal);
/* ST_LIMIT: too many wait, wake will not be called. */
MUST_USE status attempt_waiters_add(attempt_waiters *l, attempt_waiter *waiter);
void attempt_waiters_settled(attempt_waiters *l, uint64_t principal); /* after the commit */

/* What the timer does: wakes those whose deadline has come; milliseconds until the next one, -1: nobody waits. */
int64_t attempt_waiters_expire(attempt_waiters *l, int64_t now_ms);
size_t attempt_waiters_count(const attempt_waiters *l);

#endif
