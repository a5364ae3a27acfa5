/* check.c - `argali check`: is everything that is stored whole, and does every sealed value open, is every count right? Contract: work.h.
 *
 * Sealed values are walked by pages, each in a snapshot of its own, so that a check beside a running server does not hold one
 * for long. What was found wrong is printed and counted; the check goes on, as the operator wants to know all of it.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "audit/audit.h"
#include "operations/reseal.h"
#include "server/json_text.h"
#include "server/settings_use.h"
#include "server/work.h"
#include "store/directory.h"
#include "store/records.h"

enum { PROBLEMS_SHOWN_MAX = 100 };

typedef struct {
    const instance *i;
    uint64_t accounts, users, sealed_values, events, unsealed, problems;
    buf *found;       /* a line per problem */
    uint64_t account; /* where the walk is */
} check;

PRINTF(2, 3) static void report(check *c, const char *fmt, ...)
{
    va_list args;
    char line[320];
    c->problems++;
    if (c->problems > PROBLEMS_SHOWN_MAX)
        return;
    va_start(args, fmt);
    int n = vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    buf_add(c->found, (str){ line, n < 0 ? 0 : n < (int)sizeof line ? (size_t)n : sizeof line - 1 });
    buf_add_char(c->found, '\n');
}

static void report_broken(void *self, uint64_t account, sealed_kind kind, const sealed_row *r)
{
    check *c = self;
    switch (kind) {
    case SEALED_KEY:
        report(c, "account %" PRIu64 ": the secret of AccessKey " STR_FMT " does not open", account, STR_ARG(r->id));
        return;
    case SEALED_RECYCLED_KEY:
        report(c, "account %" PRIu64 ": the secret of AccessKey " STR_FMT " in the recycle bin does not open", account,
               STR_ARG(r->id));
        return;
    case SEALED_PROFILE:
    case SEALED_HISTORY:
        report(c, "account %" PRIu64 ": %s password digest of %s %" PRIu64 " does not open", account,
               kind == SEALED_PROFILE ? "the" : "an earlier", r->principal == account ? "root" : "user", r->principal);
        return;
    case SEALED_KIND_COUNT:
        return;
    }
}

/* Count and rows in one snapshot, so that users who come and go meanwhile do not look like a wrong count. */
static status check_counters(store_tx *tx, void *self, err *e)
{
    check *c = self;
    CLEANUP(arena_free_at) arena *a = arena_new(4096, 65536);
    account_record account;
    uint64_t users;
    if (a == NULL)
        return ST_NO_MEMORY;
    TRY(store_account_get(tx, a, &account, e));
    TRY(store_user_count_rows(tx, &users, e));
    if (users != account.user_n)
        report(c, "account %" PRIu64 ": counts %" PRIu32 " users and has %" PRIu64, c->account, account.user_n, users);
    c->users += users;
    return ST_OK;
}

static status check_account(void *self, uint64_t account, err *e)
{
    check *c = self;
    reseal_counts counts = { 0 };
    const reseal_options o = {
        .store = c->i->store, .vault = c->i->vault, .is_stopping = c->i->is_stopping, .broken = report_broken, .self = c
    };
    c->account = account;
    c->accounts++;
    TRY(store_read_now(c->i->store, account, check_counters, c, e));
    TRY(reseal_account(&o, account, &counts, e));
    c->sealed_values += counts.values;
    return ST_OK;
}

static status check_audit(check *c, err *e)
{
    audit_verdict v = { 0 };
    status st = audit_verify(c->i->store, c->i->vault, &v, e);
    c->events = v.events;
    c->unsealed = v.unsealed;
    if (st != ST_DENIED)
        return st;
    report(c, "account %" PRIu64 ": the audit chain is broken at event %" PRIu64, v.broken_account, v.broken_number);
    return ST_OK;
}

static status run(check *c, err *e)
{
    status st = store_verify(c->i->store, e);
    if (st == ST_INVALID)
        report(c, "the store is damaged: %s", e->log);
    else if (st != ST_OK)
        return st;
    TRY(check_audit(c, e));
    return directory_each_account(c->i->store, check_account, c, e);
}

static void add_count(uint64_t n, const char *what, const char *end, buf *out)
{
    buf_addf(out, "%" PRIu64 " %s%s%s", n, what, n == 1 ? "" : "s", end);
}

static void print(const check *c, const settings *s, buf *out)
{
    if (settings_wants_json(s)) {
        buf_add_char(out, '{');
        json_add_text(out, "Result", c->problems == 0 ? STR("ok") : STR("damaged"));
        json_add_number(out, "Accounts", c->accounts);
        json_add_number(out, "Users", c->users);
        json_add_number(out, "SealedValues", c->sealed_values);
        json_add_number(out, "AuditEvents", c->events);
        json_add_number(out, "AuditEventsUnsealed", c->unsealed);
        json_add_number(out, "Problems", c->problems);
        json_add_text(out, "Found", buf_str(c->found).p != NULL ? buf_str(c->found) : STR(""));
        buf_add(out, STR("}\n"));
        return;
    }
    buf_add(out, buf_str(c->found));
    buf_add(out, c->problems == 0 ? STR("ok: ") : STR("damaged: "));
    add_count(c->accounts, "account", ", ", out);
    add_count(c->users, "user", ", ", out);
    add_count(c->sealed_values, "sealed value", ", ", out);
    add_count(c->events, "audit event", ", ", out);
    add_count(c->problems, "problem", "\n", out);
}

int check_work(const instance *i, const settings *s, const arguments *a, buf *out)
{
    (void)a;
    CLEANUP(buf_done) buf found;
    err e = { 0 };
    buf_init(&found, 65536);
    check c = { .i = i, .found = &found };
    status st = run(&c, &e);
    if (st != ST_OK)
        return work_failed(out, st, &e);
    print(&c, s, out);
    return c.problems == 0 ? 0 : 1;
}
