/* attempt_abandon.h - the end of an attempt whose call ended before its `apply` was committed.
 *
 * Settles it in a transaction of its own: what was not checked is released, what was checked counts as it was found. Then wakes
 * who waits for the principal. Where even that cannot be submitted, the attempt is lost, and counts as failed in its time.
 * Never waits. The attempt is copied: its arena may go at once. Store and list have to outlive the job (store_close drains).
 */
#ifndef ARGALI_ATTEMPT_ATTEMPT_ABANDON_H
#define ARGALI_ATTEMPT_ATTEMPT_ABANDON_H

#include "attempt/attempt.h"
#include "attempt/attempt_waiters.h"

void attempt_abandon(store *s, attempt_waiters *l, uint64_t account, const attempt *at, int64_t now_s);

#endif
