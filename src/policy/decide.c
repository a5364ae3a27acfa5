/* decide.c - see decide.h. */
#include "policy/decide.h"

#include "base/timestamp.h"
#include "policy/arn.h"

const char *policy_layer_name(policy_layer l)
{
    switch (l) {
    case LAYER_NONE:
        break;
    case LAYER_SESSION:
        return "SessionPolicy";
    case LAYER_IDENTITY:
        return "AccountLevelIdentityBasedPolicy";
    case LAYER_TRUST:
        return "AssumeRolePolicy";
    }
    return "";
}

/* --- the layers --------------------------------------------------------------------------------------------------- */

typedef struct {
    const decide_tracer *to;
    decide_trace at;
} trace_of_one;

static void trace_statement(void *self, const statement_trace *t)
{
    trace_of_one *x = self;
    x->at.statement = t;
    x->to->statement(x->to->self, &x->at);
}

static policy_effect ask(const policy_document *d, const decide_question *q, policy_layer layer, const grant *g,
                         size_t *ret_statement, const decide_tracer *tracer)
{
    const policy_question pq = {
        .action = q->action, .resource = q->resource, .context = q->context, .scratch = q->scratch, .steps_end = q->steps_end
    };
    trace_of_one one = { tracer, { .layer = layer, .grant = g } };
    const policy_tracer t = { trace_statement, &one };
    return policy_document_evaluate(d, &pq, ret_statement, tracer != NULL ? &t : NULL);
}

/* Any deny, else the first allow. A tracer sees the rest too. */
static void decide_identity(const authority *x, const decide_question *q, decision *ret, const decide_tracer *tracer)
{
    size_t n;
    const grant *grants = authority_grants(x, &n);
    for (size_t i = 0; i < n && (ret->effect != EFFECT_DENY || tracer != NULL); i++) {
        size_t statement = 0;
        const policy_effect one = ask(grants[i].document, q, LAYER_IDENTITY, &grants[i], &statement, tracer);
        if (one <= ret->effect)
            continue;
        ret->effect = one;
        ret->grant = &grants[i];
        ret->statement = statement;
        ret->by = grants[i].policy_name;
    }
    ret->layer = LAYER_IDENTITY;
    ret->is_allowed = ret->effect == EFFECT_ALLOW;
}

static void decide_within(const caller *who, const decide_question *q, decision *ret, const decide_tracer *tracer)
{
    *ret = (decision){ .by = STR(""), .resource = q->resource };
    if (who->proof == PROOF_NONE || who->kind == CALLER_NONE)
        return;
    if (who->kind == CALLER_ROOT) {
        ret->is_allowed = true;
        ret->effect = EFFECT_ALLOW;
        ret->by = STR("root");
        return;
    }
    if (who->authority == NULL)
        return;
    const policy_document *session = authority_session_policy(who->authority);
    size_t statement = 0;
    const policy_effect allowed_by_session =
        session != NULL ? ask(session, q, LAYER_SESSION, NULL, &statement, tracer) : EFFECT_ALLOW;
    if (allowed_by_session == EFFECT_ALLOW || tracer != NULL)
        decide_identity(who->authority, q, ret, tracer);
    if (allowed_by_session != EFFECT_ALLOW)
        *ret = (decision){ .effect = allowed_by_session,
                           .layer = LAYER_SESSION,
                           .by = allowed_by_session == EFFECT_DENY ? STR("session policy") : STR(""),
                           .statement = statement,
                           .resource = q->resource };
}

void decide(const caller *who, const decide_question *q, decision *ret, const decide_tracer *tracer)
{
    decide_question within = *q;
    if (within.steps_end == 0)
        within.steps_end = pattern_steps() + DECIDE_STEPS_MAX;
    decide_within(who, &within, ret, tracer);
    if (!ret->is_allowed && pattern_steps() >= within.steps_end)
        ret->is_too_costly = true;
}

/* --- the context -------------------------------------------------------------------------------------------------- */

status principal_arn(const caller *who, arena *a, str *ret)
{
    switch (who->kind) {
    case CALLER_NONE:
        break;
    case CALLER_ROOT:
        return arena_printf(a, ret, "acs:ram::%llu:root", (unsigned long long)who->account);
    case CALLER_USER:
        return arena_printf(a, ret, "acs:ram::%llu:user/%s", (unsigned long long)who->account, who->name);
    case CALLER_ROLE:
        return arn_of_role(a, who->account, str_from_c(who->name), ret);
    }
    return ST_BUG;
}

enum { OWN_KEYS = 10 };

typedef struct {
    context_entry *entries;
    str *values;
    size_t n;
} builder;

static void add(builder *b, str key, str value)
{
    if (value.n == 0)
        return;
    b->values[b->n] = value;
    b->entries[b->n] = (context_entry){ key, &b->values[b->n], 1 };
    b->n++;
}

static str type_of(caller_kind kind)
{
    switch (kind) {
    case CALLER_NONE:
        break;
    case CALLER_ROOT:
        return STR("Account");
    case CALLER_USER:
        return STR("RAMUser");
    case CALLER_ROLE:
        return STR("AssumedRoleUser");
    }
    return STR("");
}

const context *decide_context(const caller *who, const decide_circumstances *x, const context_entry *more, size_t more_n,
                              arena *a)
{
    context *ret = arena_alloc(a, sizeof *ret);
    builder b = { .entries = arena_alloc_n(a, OWN_KEYS + more_n, sizeof(context_entry)),
                  .values = arena_alloc_n(a, OWN_KEYS, sizeof(str)) };
    char time[TIMESTAMP_LEN + 1], source[IP_TEXT_MAX] = "";
    timestamp_format(x->now_s, time);
    if (x->source != NULL && x->source->family != 0)
        (void)ip_format(x->source, source);
    str time_text, source_text, account, who_arn;
    if (ret == NULL || b.entries == NULL || b.values == NULL || arena_copy(a, str_from_c(time), &time_text) != ST_OK ||
        arena_copy(a, str_from_c(source), &source_text) != ST_OK || principal_arn(who, a, &who_arn) != ST_OK ||
        arena_printf(a, &account, "%llu", (unsigned long long)who->account) != ST_OK)
        return NULL;
    add(&b, STR("acs:CurrentTime"), time_text);
    add(&b, STR("acs:SourceIp"), source_text);
    add(&b, STR("acs:SecureTransport"), x->is_secure ? STR("true") : STR("false"));
    add(&b, STR("acs:UserAgent"), x->user_agent);
    add(&b, STR("acs:PrincipalARN"), who_arn);
    add(&b, STR("acs:PrincipalName"), str_from_c(who->name));
    add(&b, STR("acs:PrincipalType"), type_of(who->kind));
    add(&b, STR("acs:PrincipalAccount"), account);
    if (who->session != NULL) {
        add(&b, STR("sts:RoleSessionName"), str_from_c(who->session->name));
        add(&b, STR("sts:SourceIdentity"), str_from_c(who->session->source_identity));
    }
    for (size_t i = 0; i < more_n; i++)
        b.entries[b.n++] = more[i];
    *ret = (context){ b.entries, b.n };
    return ret;
}
