/* first_start.h - the first contents of a data folder: master key, store, first account, first-credentials.
 *
 * Whole or did not happen: everything is made in the folder init.part and moved, the store last. init.part without a store is
 * an unfinished start, which the next one clears away, with what it had moved already.
 * Errors: ST_CONFLICT, a store is there already, someone else's files, or another process at work; ST_UNAVAILABLE, the system
 * refused; those of bootstrap_new. Waits for the disk and for hashing.
 */
#ifndef ARGALI_SERVER_FIRST_START_H
#define ARGALI_SERVER_FIRST_START_H

#include "base/world.h"
#include "operations/bootstrap.h"
#include "server/settings.h"

/* Fills an absent, empty or unfinished folder. *ret, the caller's to free, has the credentials to show. */
MUST_USE status first_start_run(const settings *s, const world *w, bootstrap **ret, err *e);

/* Makes the master key where it is kept outside of the folder and is not there yet: before the sandbox, which leaves the
 * folder alone writable. */
MUST_USE status first_start_make_key(const settings *s, const world *w, err *e);

void first_start_sweep(const char *dir); /* what a first start may have left behind after it was whole */

#endif
