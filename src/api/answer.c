/* answer.c - how a call ends: the reply of its handler, or a refusal in the documented envelope. */
#include "api/flight.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "catalogue/error_catalogue.h"
#include "catalogue/error_reply.h"

enum { ERROR_BODY_MAX = 128 * 1024 };

static void count_answer(api *a, unsigned http_status)
{
    count_one(http_status < 400 ? &a->n.ok : http_status < 500 ? &a->n.client_error : &a->n.server_error);
}

void answer_ok(flight *f)
{
    if (reply_end(&f->reply) != ST_OK) {
        err e = { 0 };
        status s = err_set(&e, ST_BUG, NULL, "the reply was not well-formed or too large");
        answer_failure(f, s, &e);
        return;
    }
    http_response r = { .status = 200, .content_type = reply_content_type(f->reply.format), .body = f->reply.out };
    f->reply.out = (buf){ 0 };
    count_answer(f->api, 200);
    http_reply(f->x, &r);
}

/* A string to sign holds the request's parameters, a canonical request its signed headers: neither is told where one of them
 * is secret. */
static bool holds_secret(const flight *f)
{
    for (size_t i = 0; i < f->rq.covered.header_n; i++) {
        str name = f->rq.covered.headers[i].name;
        if (str_contains_nocase(name, STR("cookie")) || str_contains_nocase(name, STR("token")) ||
            str_contains_nocase(name, STR("secret")) || str_contains_nocase(name, STR("proxy-authorization")))
            return true;
    }
    for (size_t i = 0; i < f->rq.covered.all_n; i++) {
        if (decode_is_secret(f->call.shape, f->rq.covered.all[i].name))
            return true;
    }
    return f->proof.security_token.n > 0;
}

static str mismatch_message(flight *f, str shown)
{
    str ret = shown;
    if (f->string_to_sign.n == 0 || f->string_to_sign.n + f->canonical.n > STRING_TO_SIGN_SHOWN_MAX || holds_secret(f))
        return shown;
    /* The prefix and what follows it at once are a contract: clients compare the tail with their own string. */
    status s = f->canonical.n > 0
                   ? arena_printf(f->arena, &ret,
                                  "Specified signature is not matched with our calculation. server string to sign is:" STR_FMT
                                  "\nserver canonical request is:" STR_FMT,
                                  STR_ARG(f->string_to_sign), STR_ARG(f->canonical))
                   : arena_printf(f->arena, &ret,
                                  "Specified signature is not matched with our calculation. server string to sign is:" STR_FMT,
                                  STR_ARG(f->string_to_sign));
    return s == ST_OK ? ret : shown;
}

enum { DETAIL_COUNT = 6 };

static size_t denied_details(flight *f, error_detail details[DETAIL_COUNT], char account[24])
{
    const caller *who = &f->holder.who;
    (void)snprintf(account, 24, "%llu", (unsigned long long)who->account);
    details[0] = (error_detail){ STR("AuthAction"), str_from_c(f->call.row->authorized_as) };
    details[1] = (error_detail){ STR("AuthPrincipalDisplayName"), str_from_c(who->name) };
    details[2] = (error_detail){ STR("AuthPrincipalOwnerId"), str_from_c(account) };
    details[3] = (error_detail){ STR("AuthPrincipalType"), STR("SubUser") };
    details[4] = (error_detail){ STR("NoPermissionType"), STR("ImplicitDeny") };
    details[5] = (error_detail){ STR("PolicyType"), STR("AccountLevelIdentityBasedPolicy") };
    return DETAIL_COUNT;
}

static void log_failure(const flight *f, str code, unsigned http_status, const err *e)
{
    log_level level = http_status >= 500 && http_status != 503 ? LOG_ERROR : http_status == 503 ? LOG_WARNING : LOG_DEBUG;
    log_event(level, "refused", LOG_Z("request_id", f->call.context.request_id), LOG_S("code", code),
              LOG_N("status", http_status), LOG_S("action", f->call.shape != NULL ? f->call.shape->name : STR("")),
              LOG_Z("why", e->log));
}

/* A guess at a key: what counts against the network that it came from. */
static bool is_guess(str code)
{
    return str_eq(code, STR("SignatureDoesNotMatch")) || str_eq(code, STR("InvalidAccessKeyId.NotFound"));
}

/* A failed signature or an unknown key counts against its network; every refusal of a caller goes to the audit. */
static void note_refusal(flight *f, str code)
{
    api *a = f->api;
    bool is_authentication = f->proof.access_key_id.n > 0 && f->holder.who.proof == PROOF_NONE;
    if (is_authentication && is_guess(code))
        failure_limit_count(&a->failures, &f->call.context.source, f->call.context.now_s);
    if (f->proof.access_key_id.n == 0 && !f->is_denied)
        return;
    if (is_authentication || f->is_denied || str_eq(code, STR("SignatureNonceUsed")) ||
        str_starts(code, STR("InvalidAccessKeyId")))
        audit_refusal(a->o.auditor, f->holder.who.account, &f->call.context.source,
                      f->call.shape != NULL ? f->call.shape->name : STR(""), code, f->proof.access_key_id,
                      f->call.context.now_s);
}

void answer_failure(flight *f, status s, const err *e)
{
    str code = e->code[0] != '\0' ? str_from_c(e->code) : error_code_of(s);
    bool is_mismatch = str_eq(code, STR("SignatureDoesNotMatch"));
    note_refusal(f, code);
    bool is_throttled =
        is_guess(code) && failure_limit_is_over(&f->api->failures, &f->call.context.source, f->call.context.now_s);
    if (is_throttled)
        code = STR("Throttling");
    if (str_starts(code, STR("Throttling"))) {
        count_one(&f->api->n.throttled);
        f->retry_ms = f->retry_ms > 0 ? f->retry_ms : 1000;
    }
    unsigned http_status = error_http_status(code);
    log_failure(f, code, http_status, e);

    error_detail details[DETAIL_COUNT];
    char account[24], retry[24];
    error_body body = { .request_id = str_from_c(f->call.context.request_id), .host_id = f->rq.host, .code = code };
    if (is_mismatch && !is_throttled)
        body.message = mismatch_message(f, body.message);
    if (f->is_denied) {
        body.detail_n = denied_details(f, details, account);
        body.details = details;
    }
    reply_done(&f->reply);
    http_response r = { .status = http_status, .content_type = reply_content_type(f->rq.format), .closes = is_throttled };
    buf_init(&r.body, ERROR_BODY_MAX);
    error_reply_write(&body, f->rq.format, &r.body);
    (void)snprintf(retry, sizeof retry, "%lld", (long long)f->retry_ms);
    http_header later = { STR("x-acs-retry-after"), str_from_c(retry) };
    if (f->retry_ms > 0 && (http_status == 503 || http_status == 429)) {
        r.headers = &later;
        r.header_n = 1;
    }
    count_answer(f->api, http_status);
    http_reply(f->x, &r);
}
