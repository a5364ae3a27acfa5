/* answer.c - how a call ends: the reply of its handler, or a refusal in the documented envelope. */
#include "api/flight.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "catalogue/error_catalogue.h"
#include "catalogue/error_reply.h"
#include "policy/diagnostic.h"

enum { ERROR_BODY_MAX = 128 * 1024 };

void count_answer(api *a, unsigned http_status)
{
    count_one(http_status < 400 ? &a->n.ok : http_status < 500 ? &a->n.client_error : &a->n.server_error);
}

/* Nothing of the caller or of a secret outlives the answer. */
static void let_go(flight *f)
{
    key_holder_done(&f->holder);
    if (f->call.clean != NULL)
        f->call.clean(&f->call);
    f->call.clean = NULL;
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
    let_go(f);
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
            str_contains_nocase(name, STR("secret")) || str_contains_nocase(name, STR("verifier")) ||
            str_contains_nocase(name, STR("proxy-authorization")))
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

enum { DETAIL_COUNT = 7 };

static str principal_type(const caller *who)
{
    if (who->kind == CALLER_ROOT) /* which AssumeRole alone refuses */
        return STR("Account");
    return who->kind == CALLER_ROLE ? STR("AssumedRoleUser") : STR("SubUser");
}

static str display_name(flight *f)
{
    const caller *who = &f->holder.who;
    str ret = who->kind == CALLER_ROOT ? STR("root") : str_from_c(who->name);
    if (who->session != NULL && arena_printf(f->arena, &ret, "%s:%s", who->name, who->session->name) != ST_OK)
        return STR("");
    return ret;
}

/* Why, for whoever may decode it; without room the refusal goes out without it. */
static str diagnostic_message(flight *f, str type, str name)
{
    const diagnostic d = { .principal_type = type, .principal_name = name, .by = &f->authorization };
    str ret = STR("");
    err e = { 0 };
    if (diagnostic_seal(f->api->o.vault, f->holder.who.account, &d, f->arena, &ret, &e) != ST_OK)
        return STR("");
    return ret;
}

static size_t denied_details(flight *f, error_detail details[DETAIL_COUNT])
{
    const authorization *x = &f->authorization;
    char digits[U64_TEXT_MAX];
    str account = STR(""), type = principal_type(&f->holder.who), name = display_name(f);
    if (arena_copy(f->arena, (str){ digits, u64_format(f->holder.who.account, digits) }, &account) != ST_OK)
        account = STR("");
    details[0] = (error_detail){ STR("AuthAction"), x->action };
    details[1] = (error_detail){ STR("AuthPrincipalDisplayName"), name };
    details[2] = (error_detail){ STR("AuthPrincipalOwnerId"), account };
    details[3] = (error_detail){ STR("AuthPrincipalType"), type };
    details[4] =
        (error_detail){ STR("NoPermissionType"), x->by.effect == EFFECT_DENY ? STR("ExplicitDeny") : STR("ImplicitDeny") };
    details[5] = (error_detail){ STR("PolicyType"),
                                 str_from_c(policy_layer_name(x->by.layer != LAYER_NONE ? x->by.layer : LAYER_IDENTITY)) };
    details[6] = (error_detail){ STR("EncodedDiagnosticMessage"), diagnostic_message(f, type, name) };
    return details[6].value.n > 0 ? DETAIL_COUNT : DETAIL_COUNT - 1;
}

static str action_of(const flight *f)
{
    return f->call.shape != NULL ? f->call.shape->name : f->is_question ? STR("Verify") : STR("");
}

static void log_failure(const flight *f, str code, unsigned http_status, const err *e)
{
    log_level level = http_status >= 500 && http_status != 503 ? LOG_ERROR : http_status == 503 ? LOG_WARNING : LOG_DEBUG;
    log_event(level, "refused", LOG_Z("request_id", f->call.context.request_id), LOG_S("code", code),
              LOG_N("status", http_status), LOG_S("action", action_of(f)), LOG_Z("why", e->log));
}

bool is_guess(str code)
{
    return str_eq(code, STR("SignatureDoesNotMatch")) || str_eq(code, STR("InvalidAccessKeyId.NotFound")) ||
           str_eq(code, STR("InvalidSecurityToken.Malformed")) || str_eq(code, STR("InvalidVerifierToken"));
}

/* A failed signature or an unknown key counts against its network; every refusal of a caller goes to the audit. */
static void note_refusal(flight *f, str code)
{
    api *a = f->api;
    bool claims = f->proof.access_key_id.n > 0 || str_eq(code, STR("InvalidVerifierToken"));
    bool is_authentication = claims && f->holder.who.proof == PROOF_NONE;
    if (is_authentication && is_guess(code))
        failure_limit_count(&a->failures, &f->call.context.source, f->call.context.now_s);
    if (!claims && !f->is_denied)
        return;
    if (is_authentication || f->is_denied || str_eq(code, STR("SignatureNonceUsed")) ||
        str_starts(code, STR("InvalidAccessKeyId")) || str_starts(code, STR("InvalidSecurityToken")))
        audit_refusal(a->o.auditor, f->holder.who.account, &f->call.context.source, action_of(f), code, f->proof.access_key_id,
                      f->call.context.now_s);
}

/* What is wrong with a question is no verdict on the request that it describes: 401 and 403 are kept for those. */
static unsigned status_of(const flight *f, str code)
{
    const unsigned http_status = error_http_status(code);
    return f->is_question && http_status < 500 && http_status != 429 ? 400 : http_status;
}

void answer_no_memory(http_exchange *x)
{
    http_response r = { .status = 503, .closes = true };
    buf_init(&r.body, 0);
    http_reply(x, &r);
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
    unsigned http_status = status_of(f, code);
    log_failure(f, code, http_status, e);

    error_detail details[DETAIL_COUNT];
    char retry[24];
    error_body body = { .request_id = str_from_c(f->call.context.request_id), .host_id = f->rq.host, .code = code };
    if (e->message[0] != '\0' && !is_throttled)
        body.message = str_from_c(e->message);
    if (is_mismatch && !is_throttled)
        body.message = mismatch_message(f, body.message);
    if (f->is_denied) {
        body.detail_n = denied_details(f, details);
        body.details = details;
    }
    reply_done(&f->reply);
    let_go(f);
    http_response r = { .status = http_status, .content_type = reply_content_type(f->rq.format), .closes = is_throttled };
    buf_init(&r.body, ERROR_BODY_MAX);
    error_reply_write(&body, f->rq.format, &r.body);
    (void)snprintf(retry, sizeof retry, "%lld", (long long)f->retry_ms);
    http_header headers[3];
    r.headers = headers;
    if (f->retry_ms > 0 && (http_status == 503 || http_status == 429))
        headers[r.header_n++] = (http_header){ STR("x-acs-retry-after"), str_from_c(retry) };
    if (f->is_question) {
        headers[r.header_n++] = (http_header){ STR("Cache-Control"), STR("no-store") };
        headers[r.header_n++] = (http_header){ STR("X-Argali-Reason"), code };
    }
    count_answer(f->api, http_status);
    http_reply(f->x, &r);
}
