/* assume_role_api.c - see assume_role_api.h. Parameters and answer: STS 2015-04-01 AssumeRole.
 *
 * Chaining. A session may assume another role, SESSION_CHAIN_MAX roles deep, for an hour at most. It hands on its source
 * identity. A role that it already went through is refused: a second session of it would lack the session policy of the first,
 * and so be the stronger one (threat T44).
 */
#include "role/assume_role_api.h"

#include <string.h>

#include "access_key/access_key.h"
#include "account/random_text.h"
#include "audit/audit.h"
#include "base/log.h"
#include "catalogue/catalogue.gen.h"
#include "policy/arn.h"
#include "policy/decide.h"
#include "role/role.h"
#include "role/session_token.h"
#include "store/directory.h"

enum { DURATION_MIN_S = 900, DURATION_DEFAULT_S = 3600, CHAINED_MAX_S = 3600, NAME_MIN = 2, OWN_KEYS = 3 };
enum { SESSION_KEY_ID_LEN = 28 }; /* "STS." and 24 letters and digits */

/* What is asked for, once the parameters are known to be right. */
typedef struct {
    account_id account;
    str role_name, session_name, source_identity, external_id, policy; /* the last three absent: none */
    int64_t duration_s;
} asked;

/* --- parameters --------------------------------------------------------------------------------------------------- */

/* RoleSessionName: 2 to 64 of A-Z a-z 0-9 . @ _ -; a source identity is of the same. */
static bool is_name_char(char ch)
{
    return ascii_is_alnum(ch) || ch == '.' || ch == '@' || ch == '_' || ch == '-';
}

static bool is_session_name(str s)
{
    return s.n >= NAME_MIN && s.n <= SESSION_NAME_MAX && str_is_of(s, is_name_char);
}

/* ExternalId: [\w+=,.@:\/-]* */
static bool is_external_id_char(char ch)
{
    return is_name_char(ch) || ch == '+' || ch == '=' || ch == ',' || ch == ':' || ch == '/';
}

static bool is_role_char(char ch)
{
    return ascii_is_alnum(ch) || ch == '.' || ch == '-';
}

static status check_policy(str text, err *e)
{
    if (text.p == NULL)
        return ST_OK;
    if (utf8_count(text) > POLICY_SESSION_MAX)
        return err_set_message(e, ST_INVALID, "InvalidParameter.PolicySize", "The policy has more than %d characters.",
                               POLICY_SESSION_MAX);
    policy_document *d = NULL;
    err why = { 0 };
    status s = policy_document_parse(text, POLICY_IDENTITY, &d, &why);
    policy_document_release(d);
    if (s == ST_INVALID)
        return err_set_message(e, s, "InvalidParameter.PolicyGrammar", "%s", why.message);
    if (s != ST_OK)
        *e = why;
    return s;
}

static status check_source_identity(const call *c, str asked_for, str *ret, err *e)
{
    const str inherited = c->who->session != NULL ? str_from_c(c->who->session->source_identity) : STR("");
    if (asked_for.n > 0 && !is_session_name(asked_for))
        return err_set_message(e, ST_INVALID, "InvalidParameter.SourceIdentity",
                               "A source identity has 2 to 64 of A-Z a-z 0-9 . @ _ -.");
    if (inherited.n > 0 && asked_for.n > 0 && !str_eq(inherited, asked_for))
        return err_set_message(e, ST_DENIED, "NoPermission", "The source identity of a session cannot be changed.");
    *ret = inherited.n > 0 ? inherited : asked_for;
    return ST_OK;
}

static status check_duration(const call *c, opt_i64 asked_for, int64_t *ret, err *e)
{
    const int64_t s = asked_for.is_set ? asked_for.v : DURATION_DEFAULT_S;
    const int64_t max = c->who->kind == CALLER_ROLE ? CHAINED_MAX_S : ROLE_SESSION_MAX_S;
    if (s < DURATION_MIN_S || s > max)
        return err_set_message(e, ST_INVALID, "InvalidParameter.DurationSeconds", "DurationSeconds has to be from %d to %lld.",
                               DURATION_MIN_S, (long long)max);
    *ret = s;
    return ST_OK;
}

static status check_parameters(const call *c, asked *ret, err *e)
{
    const sts_assume_role_request *rq = c->request;
    asked a = { .session_name = rq->role_session_name, .external_id = rq->external_id, .policy = rq->policy };
    if (arn_role(rq->role_arn, &a.account, &a.role_name) != ST_OK || a.role_name.n > ROLE_NAME_MAX ||
        !str_is_of(a.role_name, is_role_char))
        return err_set_message(e, ST_INVALID, "InvalidParameter.RoleArn",
                               "RoleArn has to be acs:ram::<account id>:role/<role name>.");
    if (!is_session_name(rq->role_session_name))
        return err_set_message(e, ST_INVALID, "InvalidParameter.RoleSessionName",
                               "RoleSessionName has to be 2 to 64 of A-Z a-z 0-9 . @ _ -.");
    TRY(check_duration(c, rq->duration_seconds, &a.duration_s, e));
    if (rq->external_id.p != NULL && !str_is_of(rq->external_id, is_external_id_char))
        return err_set(e, ST_INVALID, "InvalidParameter.ExternalId.InvalidChars", "characters that no external id has");
    TRY(check_policy(rq->policy, e));
    TRY(check_source_identity(c, rq->source_identity, &a.source_identity, e));
    *ret = a;
    return ST_OK;
}

/* --- may it? ------------------------------------------------------------------------------------------------------ */

static status check_chain(const call *c, err *e)
{
    const caller *who = c->who;
    if (who->kind == CALLER_ROOT)
        return err_set_message(e, ST_DENIED, "NoPermission", "Roles may not be assumed by root accounts.");
    if (who->kind != CALLER_USER && (who->kind != CALLER_ROLE || who->session == NULL))
        return err_set(e, ST_BUG, NULL, "AssumeRole without a user or a session");
    if (who->kind == CALLER_ROLE && who->session->chain_n >= SESSION_CHAIN_MAX)
        return err_set_message(e, ST_DENIED, "NoPermission", "A session may go through %d roles at most.", SESSION_CHAIN_MAX);
    if (who->authority != NULL && authority_session_policy(who->authority) != NULL)
        return err_set_message(e, ST_DENIED, "NoPermission", "A session with a policy of its own may not assume another role.");
    return ST_OK;
}

static bool went_through(const caller_session *s, uint64_t role)
{
    for (unsigned i = 0; s != NULL && i < s->chain_n; i++) {
        if (s->chain[i].role == role)
            return true;
    }
    return false;
}

/* The keys that only this question has stand alone: what the caller's own session says of them is about another role. */
static const context *context_of(const call *c, const asked *a)
{
    const str values[OWN_KEYS] = { a->external_id, a->source_identity, a->session_name };
    const str keys[OWN_KEYS] = { STR("sts:ExternalId"), STR("sts:SourceIdentity"), STR("sts:RoleSessionName") };
    caller apart = *c->who;
    apart.session = NULL;
    str *kept = arena_alloc_n(c->arena, OWN_KEYS, sizeof *kept);
    context_entry *own = arena_alloc_n(c->arena, OWN_KEYS, sizeof *own);
    if (kept == NULL || own == NULL)
        return NULL;
    size_t n = 0;
    for (size_t i = 0; i < OWN_KEYS; i++) {
        kept[i] = values[i];
        if (values[i].n > 0)
            own[n++] = (context_entry){ keys[i], &kept[i], 1 };
    }
    const decide_circumstances x = { &c->context.source, c->context.user_agent, c->context.now_s, c->context.is_secure };
    return decide_context(&apart, &x, own, n, c->arena);
}

/* *ret: what the role's trust policy says to the caller. */
static status ask_trust_policy(const call *c, const asked *a, const role_record *role, policy_effect *ret, err *e)
{
    char digits[U64_TEXT_MAX];
    const str account = { digits, u64_format(c->who->account, digits) };
    str principals[2];
    TRY(principal_arn(c->who, c->arena, &principals[0]));
    TRY(arena_printf(c->arena, &principals[1], "acs:ram::" STR_FMT ":root", STR_ARG(account)));
    const policy_question q = {
        .action = STR("sts:AssumeRole"),
        .resource = STR(""),
        .principal_class = PRINCIPAL_CLASS_RAM,
        .principals = principals,
        .principal_n = 2,
        .context = context_of(c, a),
        .scratch = c->arena,
    };
    if (q.context == NULL)
        return ST_NO_MEMORY;
    policy_document *trust = NULL;
    size_t statement = 0;
    status s = policy_document_parse(role->trust_policy, POLICY_TRUST, &trust, e);
    if (s == ST_INVALID) { /* written by another version: it allows nothing */
        log_event(LOG_ERROR, "trust_policy_unreadable", LOG_S("role", role->name), LOG_Z("why", e->log));
        *ret = EFFECT_NONE;
        return ST_OK;
    }
    TRY(s);
    *ret = policy_document_evaluate(trust, &q, &statement, NULL);
    policy_document_release(trust);
    return ST_OK;
}

static status not_trusted(const char *why, err *e)
{
    return err_set(e, ST_DENIED, "NoPermission", "AssumeRole: %s", why);
}

/* In the role's account. A stranger is not told of a Deny: a role that is not there has none. */
static status check_role(call *c, const asked *a, role_record *ret, err *e)
{
    const bool is_own = a->account == c->who->account;
    policy_effect effect = EFFECT_NONE;
    role_record role = { 0 };
    status s = store_role_get_by_name(c->tx, c->arena, a->role_name, &role, e);
    if (s == ST_NOT_FOUND)
        return is_own ? err_set(e, s, "EntityNotExist.Role", "no such role") : not_trusted("no such role in that account", e);
    TRY(s);
    if (went_through(c->who->session, role.id))
        return err_set_message(e, ST_DENIED, "NoPermission", "A session may not assume a role that it went through.");
    TRY(ask_trust_policy(c, a, &role, &effect, e));
    c->is_denied_explicitly = is_own && effect == EFFECT_DENY;
    if (effect != EFFECT_ALLOW)
        return not_trusted(effect == EFFECT_DENY ? "the trust policy denies it" : "the trust policy does not allow it", e);
    if (a->duration_s > role.max_session_s)
        return err_set_message(e, ST_INVALID, "InvalidParameter.DurationSeconds",
                               "DurationSeconds is above the maximum session duration of the role, %u.", role.max_session_s);
    *ret = role;
    return ST_OK;
}

/* --- the session -------------------------------------------------------------------------------------------------- */

typedef struct {
    char id[SESSION_KEY_ID_LEN + 1];
    access_key_secret secret;
    str token, role_arn, user_arn, user_id; /* the last two: AssumedRoleUser */
    int64_t expires_s;
} session_shown; /* the one time the secret is in the clear */

static void session_shown_done(session_shown *s)
{
    secret_done(&s->secret.s);
}

static status generate(const world *w, session_shown *s)
{
    memcpy(s->id, "STS.", 4);
    TRY(random_text(w, ALPHANUMERIC, s->id + 4, SESSION_KEY_ID_LEN - 4));
    TRY(secret_new(ACCESS_KEY_SECRET_LEN, &s->secret.s));
    return random_text(w, ALPHANUMERIC, (char *)s->secret.s.p, s->secret.s.n);
}

static void copy_text(char *to, size_t size, str from)
{
    const size_t n = from.n < size ? from.n : size - 1; /* both were checked to fit */
    if (n > 0)
        memcpy(to, from.p, n);
    to[n] = '\0';
}

/* Whoever began the chain, and the roles gone through. A session issued in the millisecond of a revocation is a later one. */
static caller_session session_of(const call *c, const asked *a, const role_record *role)
{
    caller_session s = { .user_account = c->who->account, .user = c->who->id };
    if (c->who->session != NULL)
        s = *c->who->session;
    else
        copy_text(s.user_access_key_id, sizeof s.user_access_key_id, str_from_c(c->who->access_key_id));
    const int64_t now_ms = c->world->now_ms(c->world->self);
    s.issued_ms = now_ms > role->sessions_revoked_ms ? now_ms : role->sessions_revoked_ms + 1;
    s.expires_s = c->context.now_s + a->duration_s;
    copy_text(s.name, sizeof s.name, a->session_name);
    copy_text(s.source_identity, sizeof s.source_identity, a->source_identity);
    s.chain[s.chain_n].account = a->account;
    s.chain[s.chain_n].role = role->id;
    s.chain[s.chain_n].issued_ms = s.issued_ms;
    s.chain_n++;
    return s;
}

static status issue(const call *c, const asked *a, const role_record *role, session_shown *ret, err *e)
{
    session_token t = { .account = a->account, .role = role->id, .session = session_of(c, a, role), .policy = a->policy };
    TRY(generate(c->world, ret));
    TRY(random_row(c->world, &t.row));
    t.access_key_id = str_from_c(ret->id);
    const seal_place at = { SEAL_SESSION_KEY, t.account, t.row };
    TRY(vault_seal_new(c->vault, at, (bytes){ ret->secret.s.p, ret->secret.s.n }, &t.secret, e));
    TRY(session_token_issue(c->vault, &t, c->arena, &ret->token, e));
    char digits[U64_TEXT_MAX];
    const str id = { digits, u64_format(role->id, digits) };
    TRY(arn_of_role(c->arena, a->account, role->name, &ret->role_arn));
    TRY(arena_printf(c->arena, &ret->user_arn, STR_FMT "/" STR_FMT, STR_ARG(ret->role_arn), STR_ARG(a->session_name)));
    TRY(arena_printf(c->arena, &ret->user_id, STR_FMT ":" STR_FMT, STR_ARG(id), STR_ARG(a->session_name)));
    ret->expires_s = t.session.expires_s;
    return ST_OK;
}

static status audit_session(call *c, const asked *a, const role_record *role, const session_shown *s, err *e)
{
    char duration[U64_TEXT_MAX];
    const audit_parameter p[] = {
        { STR("RoleArn"), s->role_arn },
        { STR("RoleSessionName"), a->session_name },
        { STR("DurationSeconds"), { duration, u64_format((uint64_t)a->duration_s, duration) } },
        { STR("AccessKeyId"), str_from_c(s->id) },
        { STR("SourceIdentity"), a->source_identity },
    };
    return audit_write(c, STR("ACS::RAM::Role"), role->name, p, a->source_identity.n > 0 ? 5 : 4, e);
}

/* In the role's account; an owner sees there who came from outside. */
static status assume_in_account_of_role(call *c, const asked *a, role_record *ret_role, session_shown *ret, err *e)
{
    TRY(check_role(c, a, ret_role, e));
    TRY(issue(c, a, ret_role, ret, e));
    return a->account == c->who->account ? ST_OK : audit_session(c, a, ret_role, ret, e);
}

static void reply_session(reply *r, const asked *a, const session_shown *s)
{
    reply_open(r, "Credentials");
    reply_str(r, "AccessKeyId", str_from_c(s->id));
    reply_secret(r, "AccessKeySecret", &s->secret.s);
    reply_str(r, "SecurityToken", s->token);
    reply_time(r, "Expiration", s->expires_s);
    reply_close(r);
    reply_open(r, "AssumedRoleUser");
    reply_str(r, "Arn", s->user_arn);
    reply_str(r, "AssumedRoleId", s->user_id);
    reply_close(r);
    if (a->source_identity.n > 0)
        reply_str(r, "SourceIdentity", a->source_identity);
}

status sts_assume_role_apply(call *c, err *e)
{
    CLEANUP(session_shown_done) session_shown shown = { 0 };
    asked a = { 0 };
    role_record role = { 0 };
    c->denied_layer = LAYER_TRUST; /* of whatever is denied from here on */
    TRY(check_parameters(c, &a, e));
    TRY(check_chain(c, e));
    directory_enter(c->tx, a.account);
    status s = assume_in_account_of_role(c, &a, &role, &shown, e);
    directory_enter(c->tx, c->who->account);
    TRY(s);
    TRY(audit_session(c, &a, &role, &shown, e));
    reply_session(c->reply, &a, &shown);
    return ST_OK;
}
