/* audit.h - what was done, by whom, and proof that nobody changed the record of it.
 *
 * A write's event is inserted in the write's own transaction: no event without its write, no write without its event.
 * Once a second at most the sealer chains the new events of each account: mac(n) = tag(TAG_AUDIT, account, n, time(n),
 * mac(n-1), body(n)), mac(0) = 32 zero bytes. Every AUDIT_CHECKPOINT_EVERY seals it logs a checkpoint (account, number,
 * mac), so that a chain cut short is noticed by who keeps the log. An event holds ids, names and which fields changed;
 * never a value marked secret.
 *
 * Refusals and failed authentications do not touch the store on the event loop: audit_refusal() counts them in a
 * bounded table, aggregated per account, network, code and minute, and the sealer's round writes them. What does not
 * fit is counted in `dropped` and written as such.
 * Threads: audit_write on the store thread; audit_refusal on any; the sealer's round on the store thread.
 */
#ifndef ARGALI_AUDIT_AUDIT_H
#define ARGALI_AUDIT_AUDIT_H

#include "catalogue/call.h"
#include "store/records.h"

enum { AUDIT_CHECKPOINT_EVERY = 1000, AUDIT_REFUSALS_MAX = 1024, AUDIT_BODY_MAX = 8192 };

/* The event of a write: envelope from the call (eventName, eventTime, requestId, userIdentity, sourceIpAddress,
 * userAgent, serviceName, apiVersion, eventRW Write; after the documented ActionTrail envelope), then what it
 * concerned. `parameters` are name/value pairs, at most 16, none secret. Goes into c->tx. */
typedef struct {
    str name, value;
} audit_parameter;
MUST_USE status audit_write(call *c, str resource_type, str resource_name, const audit_parameter *parameters, size_t n, err *e);

/* An event that no call made (first start, `argali account recover`, an idle rule): event name, e.g. "AccountCreated". */
MUST_USE status audit_write_internal(store_tx *tx, const world *w, const char *event, str resource_type, str resource_name,
                                     err *e);

typedef struct auditor auditor;
MUST_USE auditor *auditor_new(store *s, vault *v, const world *w); /* NULL: out of memory */
void auditor_free(auditor *a);
void audit_refusal(auditor *a, uint64_t account, const ip_addr *source, str action, str code, str access_key_id, int64_t now_s);

/* One round: writes the refusals, seals what is unsealed (at most AUDIT_CHECKPOINT_EVERY events a job). Submits store
 * jobs; does nothing while the last round still runs. Called once a second by the server's timer, and until nothing is
 * left at stop. */
void auditor_round(auditor *a);
MUST_USE status auditor_seal_now(auditor *a, err *e); /* for start-up, stop and tests: waits */

typedef struct {
    uint64_t accounts, events, unsealed;
    uint64_t broken_account, broken_number;
} audit_verdict;
/* Walks every chain. ST_DENIED: a mac is wrong or a number is missing, at broken_account / broken_number. */
MUST_USE status audit_verify(store *s, vault *v, audit_verdict *ret, err *e);

#endif
