/* verify.c - POST /verify: is a request that another service received rightly signed, and may its sender do what it wants?
 *
 * The asking service proves itself first, by its verifier token or by a signature of its own. Then the described request goes the way
 * of any call (proof_parse, find_holder, proof_verify), its nonce is used up, and decide() answers, as it does for our own actions.
 * Threat T43: the endpoint answers nobody who is not proven, tells no secret, judges callers of the asker's account alone, and no
 * request that was signed for another host.
 */
#include "api/verify.h"

#include <stddef.h>

#define VERIFY_ACTION  "Verify"
#define VERIFY_VERSION "2026-11-23"

static verification *of_judged(flight *f)
{
    return (verification *)(void *)((char *)f - offsetof(verification, judged));
}

static status asker_new(verification *v)
{
    asker *x = arena_alloc(v->judged.arena, sizeof *x);
    if (x == NULL)
        return ST_NO_MEMORY;
    flight_init(&x->flight, v->judged.api, v->judged.x, v->http);
    x->flight.call.context = v->context;
    x->flight.is_question = true;
    x->of = v;
    v->asker = x;
    return ST_OK;
}

void verify_refuse(verification *v, status s)
{
    key_holder_done(&v->judged.holder);
    if (v->asker == NULL && asker_new(v) != ST_OK) {
        answer_no_memory(v->judged.x);
        return;
    }
    v->asker->flight.rq.host = str_trim(http_header_get(v->http, STR("host")));
    v->asker->flight.retry_ms = v->judged.retry_ms > 0 ? v->judged.retry_ms : v->asker->flight.retry_ms;
    answer_failure(&v->asker->flight, s, &v->why);
}

/* --- the end ------------------------------------------------------------------------------------------------------ */

/* Where a nonce is on its way to the disk, nobody may see the answer before it is there. */
static void job_sync(pool_job *job, void *thread_state)
{
    verification *v = of_judged((flight *)(void *)((char *)job - offsetof(flight, pool_job)));
    err unsynced = { 0 }; /* v->why may hold a verdict */
    (void)thread_state;
    status s = nonces_sync(v->judged.api->o.nonces, &unsynced);
    if (s == ST_OK) {
        verify_answer(v);
        return;
    }
    v->why = unsynced;
    verify_refuse(v, s);
}

static void end(verification *v, status s)
{
    v->outcome = s;
    if (!v->judged.needs_sync && (v->asker == NULL || !v->asker->flight.needs_sync)) {
        verify_answer(v);
        return;
    }
    v->judged.pool_job.run = job_sync;
    if (pool_submit(v->judged.api->blocking, &v->judged.pool_job) != ST_OK)
        verify_refuse(v, err_set(&v->why, ST_LIMIT, "Throttling", "the queue of the blocking pool is full"));
}

/* --- the request that is judged ----------------------------------------------------------------------------------- */

/* The same question that a call of ours would be: action, resource, and the circumstances of the request that is judged. */
static status decide_question_of(verification *v, err *e)
{
    flight *f = &v->judged;
    const caller *who = &f->holder.who;
    const verify_question *q = &v->question;
    decide_question asked = { .action = q->action, .resource = q->resource, .scratch = f->arena };
    if (who->authority != NULL && authority_needs_context(who->authority)) {
        const decide_circumstances x = { .source = &q->source,
                                         .user_agent = f->call.context.user_agent,
                                         .now_s = f->call.context.now_s,
                                         .is_secure = q->is_secure };
        asked.context = decide_context(who, &x, NULL, 0, f->arena);
        if (asked.context == NULL)
            return err_set(e, ST_NO_MEMORY, NULL, "no room for the context");
    }
    decide(who, &asked, &v->decided, NULL);
    if (v->decided.is_allowed)
        return ST_OK;
    f->is_denied = true;
    count_one(&f->api->n.denied);
    return err_set(e, ST_DENIED, "NoPermission", STR_FMT " on " STR_FMT, STR_ARG(q->action), STR_ARG(q->resource));
}

/* Another account's AccessKey looks as one that nobody has. */
static status no_such_key(err *e)
{
    return err_set(e, ST_INVALID, "InvalidAccessKeyId.NotFound", "of another account than the asking service");
}

static status judge(verification *v, err *e)
{
    flight *f = &v->judged;
    if (f->holder.who.account != v->account)
        return no_such_key(e);
    TRY(proof_verify(f, e));
    caller_cache_used(f->api->callers, &f->holder.who, PRODUCT_ARGALI, f->call.context.now_s);
    return v->question.action.n > 0 ? decide_question_of(v, e) : ST_OK;
}

static void judged_found(flight *f, status s, const err *e)
{
    verification *v = of_judged(f);
    if (s == ST_OK)
        s = judge(v, &v->why);
    else if (f->proof.is_temporary && f->token != NULL && f->token->account != v->account)
        s = no_such_key(&v->why); /* whether another account's session still lives is not told */
    else
        v->why = *e;
    end(v, s);
}

/* The host that the request was signed for is the asking service's: as the verifier's record has it, or as the service says. */
static status check_host(const verification *v, err *e)
{
    bool is_right = v->is_token ? v->may_judge : str_eq(v->judged.rq.host, v->question.host);
    return is_right ? ST_OK : err_set(e, ST_INVALID, "MisdirectedRequest", "sent to a host that is not the asking service's");
}

static status begin_judging(verification *v, bool *ret_is_here, err *e)
{
    flight *f = &v->judged;
    *ret_is_here = false;
    TRY(verify_request_parse(&v->question, f->arena, &f->rq, e));
    TRY(proof_parse(f, e)); /* first: whose AccessKey was used elsewhere stands in the audit */
    TRY(check_host(v, e));
    return find_holder(f, judged_found, ret_is_here, e);
}

static void describe(verification *v)
{
    flight *f = &v->judged;
    const verify_question *q = &v->question;
    v->described = (http_request){ .method = q->method, .headers = q->headers, .header_n = q->header_n };
    f->http = &v->described;
    f->call.context.source = q->source;
    f->call.context.is_secure = q->is_secure;
    f->call.context.user_agent = str_slice(http_header_get(&v->described, STR("user-agent")), 0, USER_AGENT_MAX);
}

/* From here on the asking service is proven and its question understood. */
static void judge_question(verification *v)
{
    bool is_here = false;
    describe(v);
    status s = begin_judging(v, &is_here, &v->why);
    if (s != ST_OK)
        end(v, s);
    else if (is_here)
        end(v, judge(v, &v->why));
}

/* --- who asks: by a verifier token -------------------------------------------------------------------------------- */

static void verifier_known(verification *v)
{
    status s = verify_question_of_headers(v->http, v->judged.arena, &v->question, &v->why);
    if (s == ST_OK)
        judge_question(v);
    else
        verify_refuse(v, s);
}

static status job_load_verifier(store_tx *tx, void *self, err *e)
{
    verification *v = self;
    return verifier_load(tx, v->judged.arena, v->digest, &v->verifier, e);
}

static str described_host(const verification *v)
{
    return str_trim(http_header_get(v->http, STR("x-original-host")));
}

/* On the reader's thread: the rest goes on there, and never waits. */
static void verifier_loaded(void *self, status s, const err *e)
{
    verification *v = self;
    if (s != ST_OK)
        v->why = *e;
    if (s == ST_NOT_FOUND)
        s = err_set(&v->why, ST_DENIED, "InvalidVerifierToken", "no verifier has this token");
    if (s != ST_OK) {
        verify_refuse(v, s);
        return;
    }
    if (caller_cache_mark(v->judged.api->callers) == v->mark)
        verifier_cache_put(v->judged.api->verifiers, v->digest, &v->verifier);
    v->account = v->verifier.account;
    v->may_judge = verifier_may_judge(v->verifier.hosts, described_host(v));
    verifier_known(v);
}

static status find_verifier(verification *v, str token, bool *ret_is_here, err *e)
{
    api *a = v->judged.api;
    verifier_found found;
    v->is_token = true;
    v->context.source = v->http->peer; /* X-Forwarded-For is the judged request's own here */
    if (!verifier_digest(token, v->digest))
        return err_set(e, ST_DENIED, "InvalidVerifierToken", "not the form of a verifier token");
    if (verifier_cache_find(a->verifiers, v->digest, described_host(v), &found)) {
        v->account = found.account;
        v->may_judge = found.may_judge;
        *ret_is_here = true;
        return ST_OK;
    }
    v->mark = caller_cache_mark(a->callers);
    v->job = (store_job){ .account = 0, .run = job_load_verifier, .done = verifier_loaded, .self = v };
    status s = store_read(a->o.store, &v->job);
    return s == ST_OK ? ST_OK : err_set(e, s, "Throttling", "the store's queue is full");
}

/* --- who asks: by a signature ------------------------------------------------------------------------------------- */

static status authorize_asker(flight *f, err *e)
{
    const caller *who = &f->holder.who;
    const decide_circumstances x = { .source = &f->call.context.source,
                                     .user_agent = f->call.context.user_agent,
                                     .now_s = f->call.context.now_s,
                                     .is_secure = f->call.context.is_secure };
    authorization *z = &f->authorization;
    decide_question asked = { .action = STR("ram:" VERIFY_ACTION), .scratch = f->arena };
    TRY(arena_printf(f->arena, &asked.resource, "acs:ram::%llu:*", (unsigned long long)who->account));
    asked.context = decide_context(who, &x, NULL, 0, f->arena);
    if (asked.context == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "no room for the context");
    *z = (authorization){ .action = asked.action, .context = asked.context };
    decide(who, &asked, &z->by, NULL);
    if (z->by.is_allowed)
        return ST_OK;
    f->is_denied = true;
    count_one(&f->api->n.denied);
    return err_set(e, ST_DENIED, "NoPermission", "ram:" VERIFY_ACTION " on " STR_FMT, STR_ARG(asked.resource));
}

static status prove_asker(verification *v, err *e)
{
    flight *f = &v->asker->flight;
    TRY(proof_verify(f, e));
    caller_cache_used(f->api->callers, &f->holder.who, PRODUCT_ARGALI, f->call.context.now_s);
    TRY(authorize_asker(f, e));
    v->account = f->holder.who.account;
    return verify_question_of_json(f->http->body, f->arena, &v->question, e);
}

static void asker_found(flight *f, status s, const err *e)
{
    verification *v = ((asker *)(void *)((char *)f - offsetof(asker, flight)))->of;
    if (s == ST_OK)
        s = prove_asker(v, &v->why);
    else
        v->why = *e;
    if (s == ST_OK)
        judge_question(v);
    else
        verify_refuse(v, s);
}

static status find_asker(verification *v, bool *ret_is_here, err *e)
{
    TRY(asker_new(v));
    flight *f = &v->asker->flight;
    TRY(api_request_parse(f->http, f->arena, &f->rq, e));
    if (f->rq.covered.all_n > 0)
        return err_set(e, ST_INVALID, "InvalidRequest", "the question is in the body, as JSON");
    if (f->rq.scheme != SCHEME_ACS3)
        return err_set(e, ST_INVALID, "MissingAccessKeyId", "neither a verifier token nor an ACS3 signature");
    if (!str_eq(f->rq.version, STR(VERIFY_VERSION)))
        return err_set(e, ST_INVALID, "InvalidVersion", "not the version of " VERIFY_ACTION);
    if (!str_eq(f->rq.action, STR(VERIFY_ACTION)))
        return err_set(e, ST_INVALID, "InvalidApi.NotFound", "an action other than " VERIFY_ACTION);
    TRY(proof_parse(f, e));
    return find_holder(f, asker_found, ret_is_here, e);
}

/* --- the beginning ------------------------------------------------------------------------------------------------ */

static status begin(verification *v, bool *ret_is_here, err *e)
{
    str token = verify_token(v->http);
    *ret_is_here = false;
    if (!is_served_host(v->judged.api, str_trim(http_header_get(v->http, STR("host")))))
        return err_set(e, ST_INVALID, "InvalidParameter.Host", "a Host that is not served");
    return token.p != NULL ? find_verifier(v, token, ret_is_here, e) : find_asker(v, ret_is_here, e);
}

void api_verify(void *self, http_exchange *x, const http_request *rq)
{
    verification *v = arena_alloc(http_arena(x), sizeof *v);
    if (v == NULL) {
        answer_no_memory(x);
        return;
    }
    flight_init(&v->judged, self, x, rq);
    v->http = rq;
    v->context = v->judged.call.context;
    bool is_here = false;
    status s = begin(v, &is_here, &v->why);
    if (s != ST_OK)
        verify_refuse(v, s);
    else if (is_here && v->is_token)
        verifier_known(v);
    else if (is_here)
        asker_found(&v->asker->flight, ST_OK, &v->why);
}
