/* dispatch.c - api_handle: a call from its request to the function of its row. See api.h and call.h. */
#include "api/flight.h"

#include <stddef.h>

#include "api/client_address.h"
#include "base/log.h"
#include "base/request_id.h"

void flight_init(flight *f, api *a, http_exchange *x, const http_request *rq)
{
    call_context *c = &f->call.context;
    f->api = a;
    f->x = x;
    f->http = rq;
    f->arena = http_arena(x);
    request_id_new(a->o.world, c->request_id);
    c->source = client_address(rq, a->o.proxies, a->o.proxy_n);
    c->user_agent = str_slice(http_header_get(rq, STR("user-agent")), 0, USER_AGENT_MAX);
    c->now_s = world_now_s(a->o.world);
    c->is_secure = rq->is_tls;
    f->call.world = a->o.world;
    f->call.vault = a->o.vault;
    f->call.quota = &a->o.quota;
    f->call.domain_suffix = a->o.domain_suffix;
    f->call.arena = f->arena;
    f->call.policies = a->policies;
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

bool is_served_host(const api *a, str host)
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
    if (s == ST_OK) {
        answer_ok(f);
        return;
    }
    if (s == ST_DENIED && f->call.denied_layer != LAYER_NONE) {
        f->is_denied = true;
        f->authorization.by = (decision){ .layer = (policy_layer)f->call.denied_layer,
                                          .effect = f->call.is_denied_explicitly ? EFFECT_DENY : EFFECT_NONE,
                                          .by = STR(""),
                                          .resource = f->authorization.by.resource };
        count_one(&f->api->n.denied);
    }
    answer_failure(f, s, e);
}

static void job_done(void *self, status s, const err *e)
{
    finish(self, s, e);
}

/* Without a transaction it may end undecided: f->needs_store. */
static status authorize_call(flight *f, err *e)
{
    authorization *x = &f->authorization;
    bool needs_store = false;
    const status s = authorize(&f->call, x, &needs_store, e);
    f->is_denied |= s == ST_DENIED;
    TRY(s);
    f->needs_store |= needs_store;
    if (needs_store)
        return ST_OK;
    f->call.allowed_by = x->by.by;
    if (x->by.is_allowed)
        return ST_OK;
    f->is_denied = true;
    count_one(&f->api->n.denied);
    if (x->by.is_too_costly)
        return err_set_message(e, ST_DENIED, "NoPermission",
                               "The policies of the caller take too long to decide on: they hold too many wildcards.");
    return err_set(e, ST_DENIED, "NoPermission", STR_FMT " on " STR_FMT ": %s", STR_ARG(x->action), STR_ARG(x->by.resource),
                   x->by.effect == EFFECT_DENY ? "ExplicitDeny" : "ImplicitDeny");
}

/* The caller was read before this transaction: what has happened since must not be overlooked, however long the call has
 * waited. */
static status caller_again(flight *f, store_tx *tx, err *e)
{
    bool was_read = false;
    f->is_denied = false; /* what a first run of this transaction came to counts no more */
    f->call.denied_layer = LAYER_NONE;
    f->call.is_denied_explicitly = false;
    TRY(holder_again(f, tx, &was_read, e));
    return was_read || f->needs_store ? authorize_call(f, e) : ST_OK;
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

static status job_authorize(store_tx *tx, void *self, err *e)
{
    flight *f = self;
    f->call.tx = tx;
    status s = caller_again(f, tx, e);
    f->call.tx = NULL;
    return s;
}

static void run_row(flight *f);

static void authorize_done(void *self, status s, const err *e)
{
    flight *f = self;
    if (s == ST_OK)
        run_row(f);
    else
        answer_failure(f, s, e);
}

/* A row without a transaction of its own, or with something to do before it, waits for the store's word. */
static bool must_ask_first(const flight *f)
{
    const action_row *row = f->call.row;
    return f->needs_store && f->authorization.by.by.n == 0 &&
           (row->prepare != NULL || (row->read == NULL && row->apply == NULL));
}

static void submit_question(flight *f)
{
    f->job = (store_job){ .account = f->holder.who.account, .run = job_authorize, .done = authorize_done, .self = f };
    if (store_read(f->api->o.store, &f->job) == ST_OK)
        return;
    err e = { 0 };
    status s = err_set(&e, ST_LIMIT, "Throttling", "the store's queue is full");
    answer_failure(f, s, &e);
}

static void run_row(flight *f)
{
    const action_row *row = f->call.row;
    err e = { 0 };
    if (must_ask_first(f)) {
        submit_question(f);
        return;
    }
    if (row->prepare != NULL || f->needs_sync) {
        f->pool_job.run = job_prepare;
        if (pool_submit(f->api->blocking, &f->pool_job) == ST_OK)
            return;
        status full = err_set(&e, ST_LIMIT, "Throttling", "the queue of the blocking pool is full");
        finish(f, full, &e);
        return;
    }
    if (row->answer != NULL && (!f->needs_store || row->read == NULL)) {
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

static void holder_found(flight *f, status s, const err *e)
{
    if (s == ST_OK)
        go_on(f);
    else
        answer_failure(f, s, e);
}

static status begin(flight *f, bool *ret_is_here, err *e)
{
    *ret_is_here = false;
    TRY(api_request_parse(f->http, f->arena, &f->rq, e));
    if (!is_served_host(f->api, f->rq.host))
        return err_set(e, ST_INVALID, "InvalidParameter.Host", "a Host that is not served");
    TRY(find_action(f, e));
    if (f->call.shape->is_anonymous && f->rq.scheme == SCHEME_ANONYMOUS)
        return err_set(e, ST_INVALID, "NotImplemented", "federated sign-in is not offered");
    TRY(proof_parse(f, e));
    return find_holder(f, holder_found, ret_is_here, e);
}

void api_handle(void *self, http_exchange *x, const http_request *rq)
{
    api *a = self;
    flight *f = arena_alloc(http_arena(x), sizeof *f);
    if (f == NULL) {
        answer_no_memory(x);
        return;
    }
    flight_init(f, a, x, rq);

    err e = { 0 };
    bool is_here = false;
    status s = begin(f, &is_here, &e);
    if (s != ST_OK)
        answer_failure(f, s, &e);
    else if (is_here)
        go_on(f);
}
