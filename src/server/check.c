/* check.c - `argali check`: is everything that is stored whole, and does every sealed value open? Contract: work.h.
 *
 * Users are walked by pages, each in a snapshot of its own, so that a check beside a running server does not hold one for
 * long. What was found wrong is printed and counted; the check goes on, as the operator wants to know all of it.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "access_key/access_key.h"
#include "audit/audit.h"
#include "server/json_text.h"
#include "server/settings_use.h"
#include "server/work.h"
#include "store/directory.h"
#include "store/records.h"

enum { PAGE_USERS = 200, PAGE_MEMORY = 8 << 20, PROBLEMS_SHOWN_MAX = 100 };

typedef struct {
    const instance *i;
    uint64_t accounts, users, sealed_values, events, unsealed, problems;
    buf *found; /* a line per problem */
    /* where the walk is */
    uint64_t account;
    char after[USER_NAME_MAX + 1];
    size_t after_n;
    bool is_last;
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

static void check_sealed(check *c, seal_place at, const sealed *value, const char *what, str of)
{
    err e = { 0 };
    c->sealed_values++;
    if (vault_check(c->i->vault, at, (bytes){ value->b, value->n }, &e) != ST_OK)
        report(c, "account %" PRIu64 ": the %s of " STR_FMT " does not open", c->account, what, STR_ARG(str_slice(of, 0, 128)));
}

static status check_principal(check *c, store_tx *tx, arena *a, uint64_t principal, str name, err *e)
{
    access_key_record *keys;
    login_profile_record profile;
    size_t n = 0;
    TRY(store_access_key_list(tx, a, principal, &keys, &n, e));
    for (size_t k = 0; k < n; k++)
        check_sealed(c, access_key_place(c->account, keys[k].row), &keys[k].secret, "secret of AccessKey", keys[k].id);
    status st = store_login_profile_get(tx, a, principal, &profile, e);
    if (st == ST_OK)
        check_sealed(c, (seal_place){ SEAL_PASSWORD, c->account, profile.row }, &profile.digest, "password digest", name);
    return st == ST_NOT_FOUND ? ST_OK : st;
}

static status check_page(store_tx *tx, void *self, err *e)
{
    check *c = self;
    CLEANUP(arena_free_at) arena *a = arena_new(65536, PAGE_MEMORY);
    user_record *users;
    size_t n = 0;
    if (a == NULL)
        return ST_NO_MEMORY;
    if (c->after_n == 0)
        TRY(check_principal(c, tx, a, c->account, STR("root"), e));
    TRY(store_user_list(tx, a, (str){ c->after_n > 0 ? c->after : NULL, c->after_n }, PAGE_USERS, (user_filter){ 0 }, &users,
                        &n, e));
    for (size_t k = 0; k < n; k++)
        TRY(check_principal(c, tx, a, users[k].id, users[k].name, e));
    c->users += n;
    c->is_last = n < PAGE_USERS;
    if (n > 0 && users[n - 1].name.n <= USER_NAME_MAX) {
        c->after_n = users[n - 1].name.n;
        memcpy(c->after, users[n - 1].name.p, c->after_n);
    }
    return ST_OK;
}

static status check_account(void *self, uint64_t account, err *e)
{
    check *c = self;
    c->account = account;
    c->accounts++;
    c->after_n = 0;
    c->is_last = false;
    while (!c->is_last) {
        if (c->i->is_stopping != NULL && atomic_load(c->i->is_stopping))
            return err_set(e, ST_UNAVAILABLE, NULL, "the server is stopping");
        TRY(store_read_now(c->i->store, c->account, check_page, c, e));
    }
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
