/* verify_answer.c - the verdict: 200 it is allowed, 401 it is not proven who sent it, 403 it is and may not.
 *
 * What nginx needs stands in headers, the same and more in the body. No token, secret, string to sign or canonical request is told:
 * who asks is not who signed.
 */
#include "api/verify.h"

#include "base/log.h"
#include "catalogue/error_catalogue.h"
#include "catalogue/escape.h"
#include "role/identity.h"

enum { BODY_MAX = 16384, BODY_EXPECTED = 512 };

/* --- the body ----------------------------------------------------------------------------------------------------- */

static void add_text(buf *to, str before, str value)
{
    buf_add(to, before); /* `,"Name":"` */
    escape_json(to, value);
    buf_add_char(to, '"');
}

static void add_identity(buf *to, const caller *who, const identity *id)
{
    add_text(to, STR(",\"Identity\":{\"IdentityType\":\""), id->type);
    add_text(to, STR(",\"AccountId\":\""), id->account);
    add_text(to, STR(",\"PrincipalId\":\""), id->principal_id);
    add_text(to, STR(",\"Arn\":\""), id->arn);
    if (who->kind == CALLER_USER)
        add_text(to, STR(",\"UserName\":\""), str_from_c(who->name));
    if (who->session != NULL) {
        add_text(to, STR(",\"RoleName\":\""), str_from_c(who->name));
        add_text(to, STR(",\"SessionName\":\""), str_from_c(who->session->name));
    }
    buf_add_char(to, '}');
}

/* --- the verdict -------------------------------------------------------------------------------------------------- */

typedef struct {
    unsigned http_status;
    str reason;
    bool is_proven;
    identity identity; /* of who is proven */
} verdict;

static str reason_of(const verification *v)
{
    if (v->outcome == ST_OK)
        return v->question.action.n > 0 ? STR("Allowed") : STR("Authenticated");
    return v->decided.effect == EFFECT_DENY ? STR("ExplicitDeny") : STR("ImplicitDeny");
}

/* Wrong signatures count against the network that the asking service names, and every refusal goes to its account's audit. */
static void note_refusal(verification *v, verdict *d)
{
    const flight *f = &v->judged;
    api *a = f->api;
    const ip_addr *source = &v->question.source;
    const int64_t now_s = f->call.context.now_s;
    str code = d->reason;
    if (!d->is_proven && is_guess(code) && source->family != 0) {
        failure_limit_count(&a->failures, source, now_s);
        if (failure_limit_is_over(&a->failures, source, now_s)) {
            count_one(&a->n.throttled);
            d->reason = STR("Throttling");
        }
    }
    if (f->proof.access_key_id.n > 0)
        audit_refusal(a->o.auditor, v->account, source, d->is_proven ? v->question.action : STR("Verify"), code,
                      f->proof.access_key_id, now_s);
    log_event(LOG_DEBUG, "verify_refused", LOG_Z("request_id", f->call.context.request_id), LOG_S("code", code),
              LOG_N("status", d->http_status), LOG_Z("why", v->why.log));
}

/* ST_INVALID and ST_DENIED are the request's fault; whatever else went wrong left it unjudged. */
static bool is_verdict(status s)
{
    return s == ST_OK || s == ST_INVALID || s == ST_DENIED;
}

/* is_denied alone says "refused though proven": a signature that is right is not enough where the key is disabled or the nonce used. */
static status verdict_of(verification *v, verdict *ret)
{
    flight *f = &v->judged;
    ret->is_proven = v->outcome == ST_OK || f->is_denied;
    ret->http_status = v->outcome == ST_OK ? 200 : f->is_denied ? 403 : 401;
    if (ret->is_proven) {
        TRY(identity_of(&f->holder.who, &ret->identity));
        ret->reason = reason_of(v);
    } else {
        ret->reason = v->why.code[0] != '\0' ? str_from_c(v->why.code) : error_code_of(v->outcome);
    }
    return ST_OK;
}

static void write_body(const verification *v, const verdict *d, buf *to)
{
    const bool is_body_verified = d->is_proven && v->question.body_hash.n > 0;
    buf_init(to, BODY_MAX);
    (void)buf_reserve(to, BODY_EXPECTED);
    buf_add(to, STR("{\"RequestId\":\""));
    buf_add(to, str_from_c(v->context.request_id));
    buf_add(to, d->http_status == 200 ? STR("\",\"Verdict\":\"Allow\"") : STR("\",\"Verdict\":\"Deny\""));
    add_text(to, STR(",\"Reason\":\""), d->reason);
    buf_add(to, is_body_verified ? STR(",\"BodyVerified\":true") : STR(",\"BodyVerified\":false"));
    if (d->is_proven)
        add_identity(to, &v->judged.holder.who, &d->identity);
    buf_add_char(to, '}');
}

static void reply_verdict(verification *v, const verdict *d)
{
    flight *f = &v->judged;
    http_header headers[HTTP_RESPONSE_HEADERS_MAX] = {
        { STR("Cache-Control"), STR("no-store") },
        { STR("X-Argali-Reason"), d->reason },
    };
    http_response r = {
        .status = d->http_status, .content_type = reply_content_type(REPLY_JSON), .headers = headers, .header_n = 2
    };
    if (d->is_proven) {
        headers[r.header_n++] = (http_header){ STR("X-Argali-Identity"), d->identity.arn };
        headers[r.header_n++] = (http_header){ STR("X-Argali-Account"), d->identity.account };
        headers[r.header_n++] = (http_header){ STR("X-Argali-Principal"), d->identity.principal_id };
        headers[r.header_n++] =
            (http_header){ STR("X-Argali-Content-Sha256"), str_trim(http_header_get(f->http, STR("x-acs-content-sha256"))) };
    } else {
        headers[r.header_n++] = (http_header){ STR("WWW-Authenticate"), STR("ACS3-HMAC-SHA256") }; /* RFC 9110 11.6.1 */
    }
    write_body(v, d, &r.body);
    key_holder_done(&f->holder);
    if (v->asker != NULL)
        key_holder_done(&v->asker->flight.holder);
    count_answer(f->api, d->http_status);
    http_reply(f->x, &r);
}

void verify_answer(verification *v)
{
    verdict d = { 0 };
    status s = v->outcome;
    if (is_verdict(s) && verdict_of(v, &d) == ST_OK) {
        if (s != ST_OK)
            note_refusal(v, &d);
        reply_verdict(v, &d);
        return;
    }
    if (is_verdict(s))
        s = err_set(&v->why, ST_BUG, NULL, "a caller without an identity");
    verify_refuse(v, s);
}
