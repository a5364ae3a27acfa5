/* decide.h - may this caller do this action on this resource? RAM, "Evaluation".
 *
 * Layers: the session policy (where the session has one), then the identity policies (of the user and its groups, or of the role).
 * Each layer has to allow; in each an explicit deny stands above every allow; the first layer that does not allow is reported.
 * Root may everything in its account. Whoever nothing proved may nothing.
 * Pure: reads no store and no clock. ExplainDecision, `argali policy explain`, POST /verify and every call go through here, so an
 * explanation cannot differ from a decision.
 */
#ifndef ARGALI_POLICY_DECIDE_H
#define ARGALI_POLICY_DECIDE_H

#include "base/ip.h"
#include "policy/authority.h"

/* Characters and words that a request may have compared before it is refused: a few milliseconds, whatever a caller's policies, groups
 * and resources multiply to. What ordinary policies take is a thousandth of it. */
enum { DECIDE_STEPS_MAX = 400000 };

typedef enum { LAYER_NONE = 0, LAYER_SESSION, LAYER_IDENTITY, LAYER_TRUST } policy_layer;
const char *policy_layer_name(policy_layer l); /* "SessionPolicy", "AccountLevelIdentityBasedPolicy", "AssumeRolePolicy" */

typedef struct {
    str action, resource;
    const context *context; /* may be NULL where authority_needs_context says no */
    arena *scratch;
    uint64_t steps_end; /* of pattern_steps(): for several questions that share one budget; 0: a budget of its own */
} decide_question;

typedef struct {
    bool is_allowed;
    policy_effect effect; /* that decided: EFFECT_NONE is the implicit deny */
    policy_layer layer;   /* in which it was decided; LAYER_NONE for root, self-service and where nothing is needed */
    str by; /* "root", "self-service", "none needed", or the name of the policy that decided; empty: nothing allowed it */
    const grant *grant; /* that decided, of LAYER_IDENTITY; else NULL. Borrowed from the authority */
    size_t statement;   /* in it */
    str resource;       /* as asked */
    bool is_too_costly; /* refused, as DECIDE_STEPS_MAX was not enough to find out */
} decision;

/* What is shown to a tracer: every statement of every layer, whatever was decided before it. */
typedef struct {
    policy_layer layer;
    const grant *grant; /* NULL: the session policy */
    const statement_trace *statement;
} decide_trace;
typedef struct {
    void (*statement)(void *self, const decide_trace *t);
    void *self;
} decide_tracer;

void decide(const caller *who, const decide_question *q, decision *ret, const decide_tracer *tracer); /* tracer may be NULL */

/* The context that every decision of Argali has: acs:CurrentTime, acs:SourceIp, acs:SecureTransport, acs:UserAgent, acs:PrincipalARN,
 * acs:PrincipalName, acs:PrincipalType, acs:PrincipalAccount and, of sessions, sts:RoleSessionName and sts:SourceIdentity; then
 * `more` (tags and the like). acs:MFAPresent is a console session's alone: an AccessKey does not carry it. Into the arena; NULL: no
 * room, and the caller has to refuse. */
typedef struct {
    const ip_addr *source; /* NULL: unknown */
    str user_agent;
    int64_t now_s;
    bool is_secure; /* came over TLS */
} decide_circumstances;
const context *decide_context(const caller *who, const decide_circumstances *x, const context_entry *more, size_t more_n,
                              arena *a);

/* "acs:ram::<account>:root", ":user/<name>", ":role/<name in lower case>"; into the arena. */
MUST_USE status principal_arn(const caller *who, arena *a, str *ret);

#endif
