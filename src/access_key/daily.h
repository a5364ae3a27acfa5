/* daily.h - what time does to users and to AccessKey pairs, once a day in every account.
 *
 * Users and pairs whose 30 days in the recycle bin are over go for good. A pair that nobody has used for
 * MaxIdleDaysForAccessKeys is disabled, and so is the console logon of a user that has not signed in for MaxIdleDaysForUsers;
 * a pair or logon that is switched on again starts anew. Root's pairs are left alone.
 *
 * A round is a chain of small jobs, one after the other: a reader looks for what is due, at most DAILY_BATCH of it, and only
 * where there is some the store thread does it in one transaction, each with an audit event, after looking again. A round that
 * is cut short leaves nothing half done and is begun again.
 * Threads: daily_tick and daily_stop on the main thread; the jobs on the store's.
 */
#ifndef ARGALI_ACCESS_KEY_DAILY_H
#define ARGALI_ACCESS_KEY_DAILY_H

#include "base/world.h"
#include "store/store.h"

enum { DAILY_BATCH = 100, DAILY_RETRY_S = 3600 };

typedef struct daily daily;

MUST_USE daily *daily_new(store *s, const world *w); /* NULL: out of memory. The first tick begins a round */
void daily_tick(daily *d);                           /* begins a round when a new day (UTC) has begun; never waits */
void daily_stop(daily *d);                           /* waits for the job under way; no other follows. NULL is fine */
void daily_free(daily *d);                           /* after daily_stop, or the store's close. NULL is fine */
MUST_USE status daily_run_now(daily *d, err *e);     /* a whole round; waits. For tests, not beside daily_tick */

#endif
