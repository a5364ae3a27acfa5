/* account_work.c - account create, show and recover. Contract: work.h. */
#include <inttypes.h>

#include "base/timestamp.h"
#include "server/credentials_text.h"
#include "server/json_text.h"
#include "server/settings_use.h"
#include "server/work.h"
#include "store/directory.h"
#include "store/records.h"

static int print_credentials(const instance *i, const settings *s, const bootstrap *b, buf *out)
{
    CLEANUP(buf_done) buf url;
    err e = { 0 };
    buf_init(&url, 1024);
    settings_sign_in_url(s, i->public_url, &url);
    if (settings_wants_json(s))
        credentials_add_json(bootstrap_credentials(b), buf_str(&url), out);
    else
        credentials_add_text(bootstrap_credentials(b), buf_str(&url), out);
    return buf_ok(out) ? 0 : work_failed(out, ST_NO_MEMORY, &e);
}

int account_create_work(const instance *i, const settings *s, const arguments *a, buf *out)
{
    (void)a;
    CLEANUP(bootstrap_free_at) bootstrap *b = NULL;
    err e = { 0 };
    bootstrap_options o = settings_bootstrap(s);
    status st = bootstrap_new(&o, i->vault, i->world, &b, &e);
    if (st == ST_OK)
        st = store_apply_now(i->store, bootstrap_account(b), bootstrap_run, b, &e);
    return st == ST_OK ? print_credentials(i, s, b, out) : work_failed(out, st, &e);
}

/* --- which account ------------------------------------------------------------------------------------------------ */

typedef struct {
    str wanted; /* id or alias; absent: the only one */
    uint64_t account;
} choice;

static status choose_only(store_tx *tx, choice *c, err *e)
{
    uint64_t ids[2];
    size_t n = 0;
    TRY(directory_list_accounts(tx, 0, ids, 2, &n, e));
    if (n == 0)
        return err_set(e, ST_NOT_FOUND, NULL, "there is no account");
    if (n > 1)
        return err_set(e, ST_INVALID, NULL, "there are several accounts: say which with --account ID or --account ALIAS");
    c->account = ids[0];
    return ST_OK;
}

static status choose(store_tx *tx, void *self, err *e)
{
    choice *c = self;
    uint64_t id;
    if (c->wanted.p == NULL)
        return choose_only(tx, c, e);
    status st = directory_find_alias(tx, c->wanted, &c->account, e);
    if (st == ST_NOT_FOUND && str_to_u64(c->wanted, 1, UINT64_MAX, &id) == ST_OK) {
        st = directory_has_account(tx, id, e);
        c->account = id;
    }
    if (st == ST_NOT_FOUND)
        return err_set(e, st, NULL, "there is no account '" STR_FMT "'", STR_ARG(str_slice(c->wanted, 0, 64)));
    return st;
}

status work_account(const instance *i, const settings *s, uint64_t *ret, err *e)
{
    choice c = { .wanted = settings_text(s, SET_ACCOUNT) };
    TRY(store_read_now(i->store, 0, choose, &c, e));
    *ret = c.account;
    return ST_OK;
}

int account_recover_work(const instance *i, const settings *s, const arguments *a, buf *out)
{
    (void)a;
    CLEANUP(bootstrap_free_at) bootstrap *b = NULL;
    err e = { 0 };
    uint64_t account = 0;
    status st = work_account(i, s, &account, &e);
    recovery_options o = settings_recovery(s, account);
    if (st == ST_OK)
        st = recovery_new(&o, i->vault, i->world, &b, &e);
    if (st == ST_OK)
        st = store_apply_now(i->store, account, recovery_run, b, &e);
    return st == ST_OK ? print_credentials(i, s, b, out) : work_failed(out, st, &e);
}

/* --- show --------------------------------------------------------------------------------------------------------- */

typedef struct {
    store *store;
    const settings *s;
    buf *out;
} show;

static void add_account(const show *w, const account_record *r, const preference_record *p)
{
    CLEANUP(buf_done) buf id;
    CLEANUP(buf_done) buf domain;
    char created[TIMESTAMP_LEN + 1];
    buf_init(&id, 32);
    buf_init(&domain, 512);
    buf_add_u64(&id, r->id);
    buf_addf(&domain, STR_FMT "." STR_FMT, STR_ARG(r->alias), STR_ARG(settings_text(w->s, SET_DOMAIN_SUFFIX)));
    timestamp_format(r->created_s, created);
    if (!settings_wants_json(w->s)) {
        buf_addf(w->out, "Account          " STR_FMT "\n  alias          " STR_FMT "\n  domain         " STR_FMT "\n",
                 STR_ARG(buf_str(&id)), STR_ARG(r->alias), STR_ARG(buf_str(&domain)));
        buf_addf(w->out,
                 "  owner          " STR_FMT "\n  created        %s\n  users          %" PRIu32 "\n  mfa            " STR_FMT
                 "\n",
                 STR_ARG(r->owner_email), created, r->user_n, STR_ARG(p->mfa_operation_for_login));
        return;
    }
    buf_add_char(w->out, '{');
    json_add_text(w->out, "AccountId", buf_str(&id));
    json_add_text(w->out, "AccountAlias", r->alias);
    json_add_text(w->out, "DefaultDomainName", buf_str(&domain));
    json_add_text(w->out, "OwnerEmail", r->owner_email);
    json_add_text(w->out, "CreateDate", str_from_c(created));
    json_add_number(w->out, "Users", r->user_n);
    json_add_text(w->out, "MFAOperationForLogin", p->mfa_operation_for_login);
    buf_add(w->out, STR("}\n"));
}

static status show_one(store_tx *tx, void *self, err *e)
{
    show *w = self;
    CLEANUP(arena_free_at) arena *a = arena_new(4096, 65536);
    account_record r;
    preference_record p;
    if (a == NULL)
        return ST_NO_MEMORY;
    TRY(store_account_get(tx, a, &r, e));
    TRY(store_preference_get(tx, a, &p, e));
    add_account(w, &r, &p);
    return ST_OK;
}

static status show_account(void *self, uint64_t account, err *e)
{
    show *w = self;
    return store_read_now(w->store, account, show_one, w, e);
}

int account_show_work(const instance *i, const settings *s, const arguments *a, buf *out)
{
    (void)a;
    err e = { 0 };
    show w = { .store = i->store, .s = s, .out = out };
    status st;
    if (!settings_has(s, SET_ACCOUNT)) {
        st = directory_each_account(i->store, show_account, &w, &e);
    } else {
        uint64_t account = 0;
        st = work_account(i, s, &account, &e);
        if (st == ST_OK)
            st = show_account(&w, account, &e);
    }
    if (st == ST_OK && !buf_ok(out))
        st = err_set(&e, ST_LIMIT, NULL, "there are too many accounts to show at once: use --account");
    return st == ST_OK ? 0 : work_failed(out, st, &e);
}
