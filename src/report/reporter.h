/* reporter.h - makes the credential reports that were asked for, in the background.
 *
 * A report is a chain of small jobs, one after the other, so that calls come in between: a page of users is read on a reader
 * thread, its rows are stored as a piece on the store thread. Nothing but one page is in memory, whatever the size of the
 * account. What a stop or a crash cut short is begun again by the first round after it.
 * Threads: reporter_round on the server's timer; its jobs on the store's threads. No thread waits.
 */
#ifndef ARGALI_REPORT_REPORTER_H
#define ARGALI_REPORT_REPORTER_H

#include "base/world.h"
#include "store/store.h"

typedef struct reporter reporter;

MUST_USE reporter *reporter_new(store *s, const world *w, str domain_suffix); /* NULL: out of memory */
void reporter_round(reporter *r); /* once a second; does nothing while a report is being made */
void reporter_free(reporter *r);  /* after the store was closed, which ended its jobs; NULL is fine */

MUST_USE status reporter_run_now(reporter *r, err *e); /* for tests: makes every report that waits; waits itself */

#endif
