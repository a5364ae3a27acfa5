/* reporter.c - see reporter.h. */
#include "report/reporter.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "report/credential_report.h"
#include "user/user.h"

enum { PAGE_MEMORY = 4 << 20, ROUNDS_AFTER_FAILURE = 60 };

typedef enum { STEP_FIND, STEP_BEGIN, STEP_READ, STEP_STORE } step;

struct reporter {
    store *store;
    const world *world;
    str domain_suffix;
    atomic_bool is_running; /* who set it owns everything below */
    unsigned rounds_to_skip;
    store_job job;
    step step;
    arena *memory;
    uint64_t account;
    char slot;
    int64_t generated_s;
    uint32_t pieces;
    char after[USER_NAME_MAX]; /* where the next page of users begins */
    size_t after_n;
    bool is_last; /* the page that was read is */
    buf rows;
};

reporter *reporter_new(store *s, const world *w, str domain_suffix)
{
    reporter *r = calloc(1, sizeof *r);
    if (r == NULL)
        return NULL;
    r->store = s;
    r->world = w;
    r->domain_suffix = domain_suffix;
    r->memory = arena_new(65536, PAGE_MEMORY);
    buf_init(&r->rows, REPORT_PIECE_BYTES);
    if (r->memory != NULL)
        return r;
    reporter_free(r);
    return NULL;
}

void reporter_free(reporter *r)
{
    if (r == NULL)
        return;
    arena_free(r->memory);
    buf_done(&r->rows);
    free(r);
}

/* --- the steps ---------------------------------------------------------------------------------------------------- */

/* ST_NOT_FOUND ends the round. */
static status find(store_tx *tx, void *self, err *e)
{
    reporter *r = self;
    arena_reset(r->memory);
    return credential_report_next_wanted(tx, r->memory, &r->account, e);
}

static status begin(store_tx *tx, void *self, err *e)
{
    reporter *r = self;
    arena_reset(r->memory);
    r->generated_s = world_now_s(r->world);
    return credential_report_begin(tx, r->memory, r->generated_s, &r->slot, e);
}

static status read_page(store_tx *tx, void *self, err *e)
{
    reporter *r = self;
    str last;
    const bool is_first = r->pieces == 0;
    arena_reset(r->memory);
    buf_clear(&r->rows);
    TRY(credential_report_read_rows(tx, r->memory, r->domain_suffix, (str){ is_first ? NULL : r->after, r->after_n }, &r->rows,
                                    &last, e));
    r->is_last = last.p == NULL;
    r->after_n = last.n < sizeof r->after ? last.n : sizeof r->after;
    if (last.p != NULL)
        memcpy(r->after, last.p, r->after_n);
    return ST_OK;
}

static status store_page(store_tx *tx, void *self, err *e)
{
    reporter *r = self;
    arena_reset(r->memory);
    TRY(credential_report_add(tx, r->slot, r->pieces, buf_str(&r->rows), e));
    return r->is_last ? credential_report_finish(tx, r->memory, r->slot, r->generated_s, e) : ST_OK;
}

static const struct {
    bool writes;
    status (*run)(store_tx *tx, void *self, err *e);
} steps[] = {
    [STEP_FIND] = { false, find },
    [STEP_BEGIN] = { true, begin },
    [STEP_READ] = { false, read_page },
    [STEP_STORE] = { true, store_page },
};

/* What follows a step that succeeded. */
static step advance(reporter *r)
{
    switch (r->step) {
    case STEP_FIND:
        return STEP_BEGIN;
    case STEP_BEGIN:
        r->pieces = 0;
        r->after_n = 0;
        return STEP_READ;
    case STEP_READ:
        return STEP_STORE;
    case STEP_STORE:
        r->pieces++;
        if (r->is_last)
            log_event(LOG_INFO, "credential_report_made", LOG_N("account", r->account), LOG_N("pieces", r->pieces));
        return r->is_last ? STEP_FIND : STEP_READ;
    }
    return STEP_FIND;
}

/* --- rounds ------------------------------------------------------------------------------------------------------- */

static uint64_t account_of(const reporter *r)
{
    return r->step == STEP_FIND ? 0 : r->account;
}

static void step_done(void *self, status outcome, const err *e);

/* Too busy, or closing: the next round begins the report again. */
static void submit(reporter *r)
{
    r->job = (store_job){ .account = account_of(r), .run = steps[r->step].run, .done = step_done, .self = r };
    const status s = steps[r->step].writes ? store_apply(r->store, &r->job) : store_read(r->store, &r->job);
    if (s != ST_OK)
        atomic_store(&r->is_running, false);
}

static void step_done(void *self, status outcome, const err *e)
{
    reporter *r = self;
    if (outcome == ST_OK) {
        r->step = advance(r);
        submit(r);
        return;
    }
    if (outcome != ST_NOT_FOUND || r->step != STEP_FIND)
        log_event(LOG_ERROR, "credential_report_failed", LOG_N("account", r->account), LOG_Z("status", status_name(outcome)),
                  LOG_Z("why", e->log));
    r->rounds_to_skip = outcome == ST_NOT_FOUND ? 0 : ROUNDS_AFTER_FAILURE;
    atomic_store(&r->is_running, false);
}

void reporter_round(reporter *r)
{
    if (atomic_exchange(&r->is_running, true))
        return;
    if (r->rounds_to_skip > 0) {
        r->rounds_to_skip--;
        atomic_store(&r->is_running, false);
        return;
    }
    r->step = STEP_FIND;
    submit(r);
}

status reporter_run_now(reporter *r, err *e)
{
    r->step = STEP_FIND;
    for (;;) {
        const bool writes = steps[r->step].writes;
        const status s = writes ? store_apply_now(r->store, account_of(r), steps[r->step].run, r, e)
                                : store_read_now(r->store, account_of(r), steps[r->step].run, r, e);
        if (s == ST_NOT_FOUND && r->step == STEP_FIND)
            return ST_OK;
        TRY(s);
        r->step = advance(r);
    }
}
