/* hashing.h - what the server checks and hashes passwords with: the hash threads, the list of calls that wait for an attempt, and
 * what the actions on passwords are handed (password/password_means.h).
 *
 * Opened before anything is served, as attempts that the last process left in flight are settled first; closed after the store,
 * whose last jobs wake who waits.
 */
#ifndef ARGALI_SERVER_HASHING_H
#define ARGALI_SERVER_HASHING_H

#include "attempt/attempt_waiters.h"
#include "password/hash_pool.h"
#include "password/password_means.h"
#include "server/settings.h"
#include "store/store.h"

enum { ATTEMPTS_WAITING_MAX = 1024 };

typedef struct {
    hash_pool *pool;
    attempt_waiters *waiters;
    breached_passwords *breached; /* NULL: no file is configured */
    password_means means;
} hashing;

MUST_USE status hashing_open(const settings *s, const world *w, store *st, hashing *ret, err *e);
void hashing_close(hashing *h); /* half-open too */

#endif
