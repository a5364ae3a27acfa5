/* attempt.h - the ledger of guesses: what may be guessed is counted before it is checked.
 *
 * An attempt is reserved in a commit of its own before the secret is looked at, checked outside any transaction, and settled
 * with the write that its outcome allows. Failures and attempts in flight together never pass the limit, so that parallel
 * guesses get no more comparisons than guesses one by one (threats T07), and parallel right answers all succeed, some of them
 * after a wait (T08). A principal is locked for an hour after `limit` failures in a row; where the password policy sets no
 * limit, after ATTEMPT_BUILT_IN_LIMIT failures with less than an hour between them. Whoever is locked or unknown gets an
 * attempt too: a decoy, which costs what a real one costs and never succeeds.
 * Key:     the resolved principal (T10) and a budget: ATTEMPT_SHARED is everybody's; a known browser has its own, so that a
 *          lock caused by others does not keep it out (T16).
 * Order:   attempt_reserve on the store thread (row function `reserve`), a check that takes the attempt (`prepare`),
 *          attempt_settle in `apply`. An attempt that nobody checked is released; one that is never settled counts as failed,
 *          after ATTEMPT_LOST_S or at the next start (attempt_settle_lost): a call that ends between the two is abandoned
 *          (attempt_abandon.h).
 * Threads: an attempt belongs to one call. Memory: attempts live in the call's arena and hold no secret.
 */
#ifndef ARGALI_ATTEMPT_ATTEMPT_H
#define ARGALI_ATTEMPT_ATTEMPT_H

#include "store/records.h"

enum {
    ATTEMPT_SHARED = 0,          /* the budget of whoever comes from an unknown place */
    ATTEMPT_BUILT_IN_LIMIT = 32, /* where the policy has none: its largest value (RAM: MaxLoginAttemps 0 to 32) */
    ATTEMPT_LOCK_S = 3600,       /* RAM: locked for one hour */
    ATTEMPT_LOST_S = 60,         /* in flight without news for so long: will not come back */
    ATTEMPT_WAIT_MAX_MS = 2000,  /* after the arrival of the request; official clients give up after 3 s */
};

typedef struct attempt attempt; /* only attempt_reserve makes one */

typedef struct {
    uint64_t principal; /* user id; the account's own id for root; 0: the name belongs to nobody */
    uint32_t budget;
    uint32_t limit; /* MaxLoginAttemps; 0: none in the policy */
    int64_t now_s;
} attempt_request;

/* *ret_must_wait with ST_UNAVAILABLE (err.code empty): as many are in flight as may fail; try again when another is settled
 * (attempt_waiters.h). May run twice. Nothing is written for a decoy. */
MUST_USE status attempt_reserve(store_tx *tx, arena *a, const attempt_request *q, attempt **ret, bool *ret_must_wait, err *e);

/* Counts what the check found: a right answer clears the failures of its budget, a wrong one adds to them. May run twice. */
MUST_USE status attempt_settle(store_tx *tx, const attempt *at, int64_t now_s, err *e);

/* Ends every lock and forgets every failure: after a change or a reset of the secret. */
MUST_USE status attempt_forget(store_tx *tx, uint64_t principal, err *e);

/* What was in flight when the process ended counts as failed. Account 0, at start, before anything is served. */
MUST_USE status attempt_settle_lost(store_tx *tx, err *e);

MUST_USE status attempt_is_locked(store_tx *tx, uint64_t principal, uint32_t budget, int64_t now_s, bool *ret, err *e);

uint64_t attempt_principal(const attempt *at); /* 0: of nobody */
bool attempt_is_decoy(const attempt *at);      /* does the work, fails in the end */
bool attempt_was_right(const attempt *at);
MUST_USE attempt *attempt_copy(
    const attempt *at); /* on the heap, free() ends it; NULL: no memory. It is still the one attempt */

/* --- for the functions that check a secret, and nobody else ----------------------------------------------------------- */

/* Says what the check found, once: ST_OK for a right answer, ST_DENIED for a wrong one and for every decoy. */
MUST_USE status attempt_judge(attempt *at, bool is_right);

/* --- the rules themselves: pure ----------------------------------------------------------------------------------- */

typedef enum { ATTEMPT_GO, ATTEMPT_WAIT, ATTEMPT_LOCKED } attempt_answer;

/* r: what is known of the principal; all zero but its key: nothing. GO counts one more in flight. */
attempt_answer attempt_rule_reserve(attempt_record *r, uint32_t limit, int64_t now_s);

typedef enum { ATTEMPT_UNCHECKED = 0, ATTEMPT_RIGHT, ATTEMPT_WRONG } attempt_outcome;
void attempt_rule_settle(attempt_record *r, attempt_outcome what, uint32_t limit, int64_t now_s);

#endif
