/* find_holder.c - whose AccessKey is it: from memory, or from the store and then into memory. */
#include "api/flight.h"

#include <string.h>

#include "base/digest.h"
#include "store/directory.h"

static str base_id(const proof *p)
{
    return p->is_temporary ? str_slice(p->access_key_id, STR("STS.").n, p->access_key_id.n) : p->access_key_id;
}

/* Large and rarely needed: it is no part of every flight. */
static status open_token(flight *f, err *e)
{
    session_token *t = arena_alloc(f->arena, sizeof *t);
    if (t == NULL)
        return ST_NO_MEMORY;
    TRY(session_token_open(f->api->o.vault, f->proof.security_token, f->arena, t, e));
    if (!str_eq(t->access_key_id, f->proof.access_key_id))
        return err_set(e, ST_INVALID, "InvalidSecurityToken.MismatchWithAccessKey", "the token of another AccessKey");
    memcpy(t->session.token_digest, f->proof.token_digest, sizeof t->session.token_digest);
    f->token = t;
    return ST_OK;
}

static status job_load(store_tx *tx, void *self, err *e)
{
    flight *f = self;
    return caller_load(tx, f->arena, f->api->policies, f->proof.access_key_id, f->token, &f->holder, e);
}

/* Epochs that moved since before the transaction began: what was read may be older than what the sum says, so it is not kept and
 * whoever relies on it looks again. */
static void keep(flight *f)
{
    if (caller_cache_mark(f->api->callers) == f->mark)
        caller_cache_put(f->api->callers, &f->holder, f->mark);
    else
        f->holder.who.epoch_sum = UINT64_MAX;
}

/* On the reader's thread: the rest of the call goes on there, and never waits. */
static void load_done(void *self, status s, const err *e)
{
    flight *f = self;
    if (s == ST_OK) {
        keep(f);
        f->then(f, ST_OK, e);
        return;
    }
    err unknown = *e;
    if (s == ST_NOT_FOUND)
        s = err_set(&unknown, ST_INVALID, "InvalidAccessKeyId.NotFound", "no such AccessKey");
    f->then(f, s, &unknown);
}

status find_holder(flight *f, void (*then)(flight *f, status s, const err *e), bool *ret_is_here, err *e)
{
    api *a = f->api;
    const proof *p = &f->proof;
    *ret_is_here = false;
    if (base_id(p).n == 0 || p->access_key_id.n > ACCESS_KEY_ID_MAX || !str_is_of(base_id(p), ascii_is_alnum))
        return err_set(e, ST_INVALID, "InvalidAccessKeyId.NotFound", "not the form of an AccessKey id");
    if (p->is_temporary)
        sha256(bytes_of(p->security_token), f->proof.token_digest);
    if (caller_cache_find(a->callers, p->access_key_id, p->is_temporary ? p->token_digest : NULL, &f->holder)) {
        count_one(&a->n.hit);
        *ret_is_here = true;
        return ST_OK;
    }
    count_one(&a->n.miss);
    if (p->is_temporary)
        TRY(open_token(f, e));
    f->then = then;
    f->mark = caller_cache_mark(a->callers);
    f->job = (store_job){ .account = 0, .run = job_load, .done = load_done, .self = f };
    status s = store_read(a->o.store, &f->job);
    return s == ST_OK ? ST_OK : err_set(e, s, "Throttling", "the store's queue is full");
}

status holder_again(flight *f, store_tx *tx, bool *ret_was_read, err *e)
{
    caller *who = &f->holder.who;
    *ret_was_read = false;
    if (caller_epoch_sum(store_tx_epochs(tx), who) == who->epoch_sum && !caller_was_touched(tx, who))
        return ST_OK;
    if (f->proof.is_temporary && f->token == NULL)
        TRY(open_token(f, e));
    const account_id account = store_tx_account(tx);
    key_holder now;
    status s = caller_load(tx, f->arena, f->api->policies, f->proof.access_key_id, f->token, &now, e);
    if (s == ST_NOT_FOUND)
        return err_set(e, ST_INVALID, "InvalidAccessKeyId.NotFound", "the AccessKey is gone");
    TRY(s);
    directory_enter(tx, account);
    now.who.proof = who->proof;
    now.who.epoch_sum = UINT64_MAX; /* a second run has to look again: what this one saw may be undone */
    key_holder_done(&f->holder);
    f->holder = now;
    if (!who->is_key_active)
        return err_set(e, ST_DENIED, "InvalidAccessKeyId.Inactive", "the AccessKey is disabled");
    TRY(network_policy_check(f->holder.network, &f->call.context.source, e));
    *ret_was_read = true;
    return ST_OK;
}
