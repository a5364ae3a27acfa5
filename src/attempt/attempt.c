/* attempt.c - see attempt.h. The rules are pure and come first; below them, what the store is asked and told.
 *
 * A principal has one row for each budget, from its first attempt on; with nothing to tell it is all zero.
 */
#include "attempt/attempt.h"

#include <stdlib.h>

struct attempt {
    uint64_t principal;
    uint32_t budget, limit;
    bool is_decoy;
    attempt_outcome outcome;
};

/* --- the rules ---------------------------------------------------------------------------------------------------- */

static uint32_t add_saturating(uint32_t a, uint32_t b)
{
    return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

static uint32_t effective_limit(uint32_t limit)
{
    return limit > 0 ? limit : ATTEMPT_BUILT_IN_LIMIT;
}

static void forget_failures(attempt_record *r)
{
    r->failures = 0;
    r->first_s = 0;
    r->locked_until_s = 0;
}

/* What time alone has changed since the record was written. */
static void let_time_pass(attempt_record *r, uint32_t limit, int64_t now_s)
{
    if (r->in_flight > 0 && now_s - r->last_s >= ATTEMPT_LOST_S) {
        r->failures = add_saturating(r->failures, r->in_flight);
        r->in_flight = 0;
    }
    if (r->locked_until_s != 0 && now_s >= r->locked_until_s)
        forget_failures(r);
    if (limit == 0 && r->in_flight == 0 && r->locked_until_s == 0 && now_s - r->last_s >= ATTEMPT_LOCK_S)
        forget_failures(r); /* the built-in limit is a rate: an hour of quiet ends the row */
    if (r->locked_until_s == 0 && r->failures >= effective_limit(limit)) {
        r->locked_until_s = r->last_s + ATTEMPT_LOCK_S; /* lost attempts made them too many, or the limit was lowered */
        if (now_s >= r->locked_until_s)
            forget_failures(r);
    }
}

attempt_answer attempt_rule_reserve(attempt_record *r, uint32_t limit, int64_t now_s)
{
    let_time_pass(r, limit, now_s);
    if (r->locked_until_s != 0)
        return ATTEMPT_LOCKED;
    if (add_saturating(r->failures, r->in_flight) >= effective_limit(limit))
        return ATTEMPT_WAIT;
    r->in_flight++;
    r->last_s = now_s;
    return ATTEMPT_GO;
}

void attempt_rule_settle(attempt_record *r, attempt_outcome what, uint32_t limit, int64_t now_s)
{
    if (r->in_flight > 0)
        r->in_flight--; /* none: it took so long that it was counted as lost, or its principal was forgotten */
    switch (what) {
    case ATTEMPT_UNCHECKED:
        return;
    case ATTEMPT_RIGHT:
        forget_failures(r);
        return;
    case ATTEMPT_WRONG:
        break;
    }
    if (r->failures == 0)
        r->first_s = now_s;
    r->failures = add_saturating(r->failures, 1);
    r->last_s = now_s;
    if (r->failures >= effective_limit(limit) && r->locked_until_s == 0)
        r->locked_until_s = now_s + ATTEMPT_LOCK_S;
}

/* --- the store ---------------------------------------------------------------------------------------------------- */

static status load(store_tx *tx, uint64_t principal, uint32_t budget, attempt_record *ret, err *e)
{
    attempt_record r = { 0 };
    status s = store_attempt_get(tx, principal, budget, &r, e);
    if (s != ST_OK && s != ST_NOT_FOUND)
        return s;
    if (s == ST_NOT_FOUND)
        r = (attempt_record){ .principal = principal, .budget = budget };
    *ret = r;
    return ST_OK;
}

status attempt_reserve(store_tx *tx, arena *a, const attempt_request *q, attempt **ret, bool *ret_must_wait, err *e)
{
    attempt_answer answer = ATTEMPT_LOCKED;
    if (q->principal != 0) {
        attempt_record r;
        TRY(load(tx, q->principal, q->budget, &r, e));
        answer = attempt_rule_reserve(&r, q->limit, q->now_s);
        if (answer == ATTEMPT_GO)
            TRY(store_attempt_put(tx, &r, e));
    }
    if (answer == ATTEMPT_WAIT) {
        *ret_must_wait = true;
        return err_set(e, ST_UNAVAILABLE, NULL, "as many attempts are in flight as may fail");
    }
    attempt *at = arena_alloc(a, sizeof *at);
    if (at == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "attempt");
    *at = (attempt){ .principal = q->principal, .budget = q->budget, .limit = q->limit, .is_decoy = answer == ATTEMPT_LOCKED };
    *ret = at;
    *ret_must_wait = false;
    return ST_OK;
}

status attempt_settle(store_tx *tx, const attempt *at, int64_t now_s, err *e)
{
    if (at->is_decoy)
        return ST_OK;
    attempt_record r;
    TRY(load(tx, at->principal, at->budget, &r, e));
    attempt_rule_settle(&r, at->outcome, at->limit, now_s);
    return store_attempt_put(tx, &r, e);
}

status attempt_forget(store_tx *tx, uint64_t principal, err *e)
{
    status s = store_attempt_delete_all(tx, principal, e);
    return s == ST_NOT_FOUND ? ST_OK : s;
}

status attempt_settle_lost(store_tx *tx, err *e)
{
    return store_attempt_settle_all(tx, e);
}

status attempt_is_locked(store_tx *tx, uint64_t principal, uint32_t budget, int64_t now_s, bool *ret, err *e)
{
    attempt_record r;
    TRY(load(tx, principal, budget, &r, e));
    *ret = r.locked_until_s != 0 && now_s < r.locked_until_s;
    return ST_OK;
}

uint64_t attempt_principal(const attempt *at)
{
    return at->principal;
}

bool attempt_is_decoy(const attempt *at)
{
    return at->is_decoy;
}

bool attempt_was_right(const attempt *at)
{
    return at->outcome == ATTEMPT_RIGHT;
}

attempt *attempt_copy(const attempt *at)
{
    attempt *copy = malloc(sizeof *copy);
    if (copy != NULL)
        *copy = *at;
    return copy;
}

status attempt_judge(attempt *at, bool is_right)
{
    if (at->outcome != ATTEMPT_UNCHECKED)
        return ST_DENIED; /* one attempt, one guess */
    at->outcome = is_right && !at->is_decoy ? ATTEMPT_RIGHT : ATTEMPT_WRONG;
    return at->outcome == ATTEMPT_RIGHT ? ST_OK : ST_DENIED;
}
