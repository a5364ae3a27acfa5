/* authenticate.c - who calls: from what the request claims to what its signature proves.
 *
 * Order: the claim is well-formed, then fresh, then its AccessKey is found, then the signature is right; only then is
 * it told that the key is disabled or of no use from this address, or the nonce used.
 */
#include "api/flight.h"

#include <string.h>

#include "base/timestamp.h"

static str header_of(const flight *f, str name)
{
    return str_trim(http_header_get(f->http, name));
}

static status require(str value, const char *code, err *e)
{
    return value.n > 0 ? ST_OK : err_set(e, ST_INVALID, code, "a mandatory part of the signature was not sent");
}

static status claim_acs3(flight *f, str *ret_date, err *e)
{
    proof *p = &f->proof;
    TRY(acs3_parse(f->rq.authorization, &p->acs3, e));
    p->access_key_id = p->acs3.access_key_id;
    p->nonce = header_of(f, STR("x-acs-signature-nonce"));
    p->security_token = header_of(f, STR("x-acs-security-token"));
    *ret_date = header_of(f, STR("x-acs-date"));
    TRY(require(p->nonce, "MissingSignatureNonce", e));
    return require(*ret_date, "MissingTimestamp", e);
}

static status claim_v1(flight *f, str *ret_date, err *e)
{
    proof *p = &f->proof;
    if (!f->api->o.accepts_v1)
        return err_set(e, ST_INVALID, "InvalidSignatureMethod", "RPC v1 signatures are switched off");
    TRY(v1_parse(f->rq.covered.all, f->rq.covered.all_n, &p->v1, e));
    p->access_key_id = p->v1.access_key_id;
    p->nonce = p->v1.nonce;
    p->security_token = p->v1.security_token;
    *ret_date = p->v1.timestamp;
    return ST_OK;
}

/* A temporary AccessKey comes with its token, a permanent one without. */
static status claim_token(proof *p, err *e)
{
    p->is_temporary = str_starts(p->access_key_id, STR("STS."));
    if (p->is_temporary && p->security_token.n == 0)
        return err_set(e, ST_INVALID, "MissingSecurityToken", "a temporary AccessKey without its token");
    if (p->is_temporary && p->security_token.n > SESSION_TOKEN_MAX)
        return err_set(e, ST_INVALID, "InvalidSecurityToken.Malformed", "longer than any token that is issued");
    if (!p->is_temporary && p->security_token.n > 0)
        return err_set(e, ST_INVALID, "InvalidSecurityToken.MismatchWithAccessKey", "a token beside a permanent AccessKey");
    return ST_OK;
}

status proof_parse(flight *f, err *e)
{
    str date = { NULL, 0 };
    if (f->rq.scheme == SCHEME_ANONYMOUS)
        return err_set(e, ST_INVALID, "MissingAccessKeyId", "the request is not signed");
    TRY(f->rq.scheme == SCHEME_ACS3 ? claim_acs3(f, &date, e) : claim_v1(f, &date, e));
    proof *p = &f->proof;
    if (p->nonce.n > NONCE_TEXT_MAX)
        return err_set(e, ST_INVALID, "InvalidParameter.SignatureNonce", "the nonce is longer than %d bytes", NONCE_TEXT_MAX);
    if (timestamp_parse(date, &p->dated_s) != ST_OK)
        return err_set(e, ST_INVALID, "InvalidTimeStamp.Format", "the time is not YYYY-MM-DDThh:mm:ssZ");
    if (!nonces_is_in_window(f->api->o.nonces, p->dated_s, f->call.context.now_s))
        return err_set(e, ST_INVALID, "InvalidTimeStamp.Expired", "the request is dated outside the window");
    return claim_token(p, e);
}

static status verify_signature(flight *f, err *e)
{
    key_holder *k = &f->holder;
    bytes key = { k->secret.b, k->secret.n };
    if (f->rq.scheme == SCHEME_ACS3)
        return acs3_verify(f->api->o.vault, k->place, key, &f->proof.acs3, &f->rq.covered, f->arena, &f->canonical,
                           &f->string_to_sign, e);
    return v1_verify(f->api->o.vault, k->place, key, f->proof.v1.signature, &f->rq.covered, f->arena, &f->string_to_sign, e);
}

static status use_nonce(flight *f, err *e)
{
    switch (nonces_use(f->api->o.nonces, f->proof.access_key_id, f->proof.nonce, f->proof.dated_s, f->call.context.now_s,
                       &f->retry_ms)) {
    case NONCE_FRESH:
        return ST_OK;
    case NONCE_SYNC_FIRST:
        f->needs_sync = true;
        return ST_OK;
    case NONCE_USED:
        count_one(&f->api->n.nonce_used);
        return err_set(e, ST_DENIED, "SignatureNonceUsed", "the nonce was used before");
    case NONCE_EXPIRED:
        return err_set(e, ST_INVALID, "InvalidTimeStamp.Expired", "the request is dated outside the window");
    case NONCE_RESTARTING:
        return err_set(e, ST_UNAVAILABLE, "ServiceUnavailable", "dated before the ceiling of an unclean restart");
    case NONCE_KEY_FULL:
        return err_set(e, ST_LIMIT, "Throttling.User", "the AccessKey holds more than its share of nonces");
    case NONCE_FULL:
        return err_set(e, ST_LIMIT, "Throttling", "no room for another nonce");
    }
    return err_set(e, ST_BUG, NULL, "an unknown nonce verdict");
}

status proof_verify(flight *f, err *e)
{
    caller *who = &f->holder.who;
    status s = verify_signature(f, e);
    if (s == ST_DENIED)
        count_one(&f->api->n.wrong);
    TRY(s);
    count_one(f->rq.scheme == SCHEME_ACS3 ? &f->api->n.acs3 : &f->api->n.v1);
    who->proof = f->rq.scheme == SCHEME_ACS3 ? PROOF_ACS3 : PROOF_V1;
    if (!who->is_key_active)
        return err_set(e, ST_DENIED, "InvalidAccessKeyId.Inactive", "the AccessKey is disabled");
    TRY(network_policy_check(f->holder.network, &f->call.context.source, e));
    if (who->session != NULL && who->session->expires_s <= f->call.context.now_s)
        return err_set(e, ST_DENIED, "InvalidSecurityToken.Expired", "the session has expired");
    return use_nonce(f, e);
}
