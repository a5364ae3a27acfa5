/* dispatch.c - api_handle: a call from its request to the function of its row. See api.h and call.h. */
#include "api/flight.h"

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
    f->call.public_url = str_from_c(a->o.public_url);
    f->call.passwords = a->o.passwords;
    f->call.arena = f->arena;
    f->call.policies = a->policies;
    f->call.waiters = a->o.waiters;
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
