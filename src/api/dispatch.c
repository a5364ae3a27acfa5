/* dispatch.c - api_handle: a call from its request to the function of its row. See api.h and call.h. */
#include "api/flight.h"

#include <stddef.h>

#include "api/client_address.h"
#include "base/log.h"
#include "base/request_id.h"
#include "policy/authorize.h"

enum { USER_AGENT_MAX = 256 };

static void call_init(flight *f, api *a, const http_request *rq)
{
    call_context *c = &f->call.context;
    request_id_new(a->o.world, c->request_id);
    c->source = client_address(rq, a->o.proxies, a->o.proxy_n);
    c->user_agent = str_slice(http_header_get(rq, STR("user-agent")), 0, USER_AGENT_MAX);
    c->now_s = world_now_s(a->o.world);
    f->call.world = a->o.world;
    f->call.vault = a->o.vault;
    f->call.quota = &a->o.quota;
    f->call.domain_suffix = a->o.domain_suffix;
    f->call.arena = f->arena;
    f->call.who = &f->holder.who;
    f->call.reply = &f->reply;
}

static status find_action(flight *f, err *e)
{
    product p;
    if (!str_eq(f->rq.covered.method, STR("GET")) && !str_eq(f->rq.covered.method, STR("POST")))
        return err_set(e, ST_INVALID, "UnsupportedHTTPMethod", "a method other than GET and POST");
    if (f->rq.action.n == 0)
        return err_set(e, ST_INVALID, "MissingAction", "no action was sent");
    if (f->rq.version.n == 0)
        return err_set(e, ST_INVALID, "MissingVersion", "no version was sent");
    if (!catalogue_version(f->rq.version, &p))
        return err_set(e, ST_INVALID, "InvalidVersion", "no product has this version");
    f->call.shape = catalogue_find(p, f->rq.action);
    if (f->call.shape == NULL)
        return err_set(e, ST_INVALID, "InvalidApi.NotFound", "the product has no such action");
    return ST_OK;
}

static bool is_served_host(const api *a, str host)
{
    for (size_t i = 0; i < a->o.host_n; i++) {
        if (str_eq_nocase(a->o.hosts[i], host))
            return true;
    }
    return a->o.host_n == 0;
}

/* --- the row's functions, each on its thread ---------------------------------------------------------------------- */

static void finish(flight *f, status s, const err *e)
{
    if (s == ST_OK)
        answer_ok(f);
    else
        answer_failure(f, s, e);
}

static void job_done(void *self, status s, const err *e)
{
    finish(self, s, e);
}

static status authorize_call(flight *f, err *e)
{
    decision d;
    authorize_target target = authorize_target_of(&f->call);
    authorize(f->call.who, f->call.row, &target, &d);
    if (d.is_allowed)
        return ST_OK;
    f->is_denied = true;
    count_one(&f->api->n.denied);
    return err_set(e, ST_DENIED, "NoPermission", "%s on %s: %s", f->call.row->authorized_as, d.resource, d.no_permission_type);
}

/* The caller was read before this transaction: what has happened since must not be overlooked, however long the call has
 * waited. */
static status caller_again(flight *f, store_tx *tx, err *e)
{
    caller *who = &f->holder.who;
    if (caller_epoch_sum(store_tx_epochs(tx), who) == who->epoch_sum && !caller_was_touched(tx, who))
        return ST_OK;
    key_holder now;
    status s = caller_load(tx, f->arena, str_from_c(who->access_key_id), &now, e);
    if (s == ST_NOT_FOUND)
        return err_set(e, ST_INVALID, "InvalidAccessKeyId.NotFound", "the AccessKey is gone");
    TRY(s);
    now.who.proof = who->proof;
    now.who.epoch_sum = who->epoch_sum; /* a second run has to look again */
    *who = now.who;
    if (!who->is_key_active)
        return err_set(e, ST_DENIED, "InvalidAccessKeyId.Inactive", "the AccessKey is disabled");
    return authorize_call(f, e);
}

static status job_read(store_tx *tx, void *self, err *e)
{
    flight *f = self;
    f->call.tx = tx;
    TRY(caller_again(f, tx, e));
    return f->call.row->read(&f->call, e);
}

static status job_apply(store_tx *tx, void *self, err *e)
{
    flight *f = self;
    f->call.tx = tx;
    TRY(caller_again(f, tx, e));
    reply_restart(&f->reply, str_from_c(f->call.context.request_id));
    return f->call.row->apply(&f->call, e);
}

static void submit_to_store(flight *f)
{
    bool is_write = f->call.row->apply != NULL;
    f->job =
        (store_job){ .account = f->holder.who.account, .run = is_write ? job_apply : job_read, .done = job_done, .self = f };
    status s = is_write ? store_apply(f->api->o.store, &f->job) : store_read(f->api->o.store, &f->job);
    if (s != ST_OK) {
        err e = { 0 };
        s = err_set(&e, s, "Throttling", "the store's queue is full");
        finish(f, s, &e);
    }
}

static void job_prepare(pool_job *job, void *thread_state)
{
    flight *f = (flight *)(void *)((char *)job - offsetof(flight, pool_job));
    (void)thread_state;
    err e = { 0 };
    status s = ST_OK;
    if (f->needs_sync) {
        f->needs_sync = false;
        s = nonces_sync(f->api->o.nonces, &e);
    }
    if (s == ST_OK && f->call.row->prepare != NULL)
        s = f->call.row->prepare(&f->call, &e);
    if (s == ST_OK && f->call.row->answer != NULL && f->call.row->read == NULL)
        finish(f, f->call.row->answer(&f->call, &e), &e);
    else if (s == ST_OK && (f->call.row->read != NULL || f->call.row->apply != NULL))
        submit_to_store(f);
    else
        finish(f, s, &e);
}

static void run_row(flight *f)
{
    const action_row *row = f->call.row;
    err e = { 0 };
    if (row->prepare != NULL || f->needs_sync) {
        f->pool_job.run = job_prepare;
        if (pool_submit(f->api->blocking, &f->pool_job) == ST_OK)
            return;
        status full = err_set(&e, ST_LIMIT, "Throttling", "the queue of the blocking pool is full");
        finish(f, full, &e);
        return;
    }
    if (row->answer != NULL) {
        status s = row->answer(&f->call, &e);
        if (!f->call.is_miss || row->read == NULL) {
            finish(f, s, &e);
            return;
        }
        reply_restart(&f->reply, str_from_c(f->call.context.request_id));
    }
    submit_to_store(f);
}

/* --- the way of a request ----------------------------------------------------------------------------------------- */

/* From a known key holder to the row: all of it in memory. */
static status proceed(flight *f, err *e)
{
    TRY(proof_verify(f, e));
    caller_cache_used(f->api->callers, &f->holder.who, (product)f->call.shape->product, f->call.context.now_s);
    f->call.row = action_row_get(f->call.shape->id);
    if (f->call.row == NULL)
        return err_set(e, ST_INVALID, "NotImplemented", "the action has no row");
    TRY(decode_request(f->call.shape, f->rq.covered.all, f->rq.covered.all_n, f->arena, &f->call.request, e));
    TRY(authorize_call(f, e));
    reply_begin(&f->reply, f->call.shape, f->rq.format, str_from_c(f->call.context.request_id));
    return ST_OK;
}

static void go_on(flight *f)
{
    err e = { 0 };
    status s = proceed(f, &e);
    if (s == ST_OK)
        run_row(f);
    else
        answer_failure(f, s, &e);
}

static status job_load(store_tx *tx, void *self, err *e)
{
    flight *f = self;
    return caller_load(tx, f->arena, f->proof.access_key_id, &f->holder, e);
}

/* On the reader's thread: the rest of the call goes on there, and never waits. */
static void load_done(void *self, status s, const err *e)
{
    flight *f = self;
    if (s == ST_OK) {
        caller_cache_put(f->api->callers, &f->holder, f->mark);
        go_on(f);
        return;
    }
    err unknown = *e;
    if (s == ST_NOT_FOUND)
        s = err_set(&unknown, ST_INVALID, "InvalidAccessKeyId.NotFound", "no such AccessKey");
    answer_failure(f, s, &unknown);
}

static status find_holder(flight *f, bool *ret_is_here, err *e)
{
    api *a = f->api;
    str id = f->proof.access_key_id;
    *ret_is_here = false;
    if (id.n == 0 || id.n > ACCESS_KEY_ID_MAX || !str_is_of(id, ascii_is_alnum))
        return err_set(e, ST_INVALID, "InvalidAccessKeyId.NotFound", "not the form of an AccessKey id");
    if (caller_cache_find(a->callers, id, &f->holder)) {
        count_one(&a->n.hit);
        *ret_is_here = true;
        return ST_OK;
    }
    count_one(&a->n.miss);
    f->mark = caller_cache_mark(a->callers);
    f->job = (store_job){ .account = 0, .run = job_load, .done = load_done, .self = f };
    status s = store_read(a->o.store, &f->job);
    return s == ST_OK ? ST_OK : err_set(e, s, "Throttling", "the store's queue is full");
}

static status begin(flight *f, bool *ret_is_here, err *e)
{
    *ret_is_here = false;
    TRY(api_request_parse(f->http, f->arena, &f->rq, e));
    if (!is_served_host(f->api, f->rq.host))
        return err_set(e, ST_INVALID, "InvalidParameter.Host", "a Host that is not served");
    TRY(find_action(f, e));
    if (f->call.shape->is_anonymous && f->rq.scheme == SCHEME_ANONYMOUS)
        return err_set(e, ST_INVALID, "NotImplemented", "anonymous actions come with roles");
    TRY(proof_parse(f, e));
    return find_holder(f, ret_is_here, e);
}

void api_handle(void *self, http_exchange *x, const http_request *rq)
{
    api *a = self;
    arena *memory = http_arena(x);
    flight *f = arena_alloc(memory, sizeof *f);
    if (f == NULL) {
        http_response r = { .status = 503, .closes = true };
        buf_init(&r.body, 0);
        http_reply(x, &r);
        return;
    }
    f->api = a;
    f->x = x;
    f->http = rq;
    f->arena = memory;
    call_init(f, a, rq);

    err e = { 0 };
    bool is_here = false;
    status s = begin(f, &is_here, &e);
    if (s != ST_OK)
        answer_failure(f, s, &e);
    else if (is_here)
        go_on(f);
}
