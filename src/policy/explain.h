/* explain.h - a decision, told: may this user or role do that, which statements were considered, and which one decided?
 *
 * The answer is decide()'s own (decide.h), asked with a tracer, so it cannot differ from what a call gets: with the policies that are
 * attached now, those of the user's groups, and the account's self-service switches. What only a call brings along, the network it
 * comes from or the tags of what it touches, is absent unless the question gives it; acs:CurrentTime is now, the keys of the
 * principal are its own. A role is asked about as a session of it.
 * Reads the transaction's account and no other. Errors: EntityNotExist.User, EntityNotExist.Role; those of explain_check.
 */
#ifndef ARGALI_POLICY_EXPLAIN_H
#define ARGALI_POLICY_EXPLAIN_H

#include "policy/decide.h"

enum { EXPLAIN_STATEMENTS_MAX = 1000, EXPLAIN_CONTEXT_MAX = 64 };

typedef struct {
    str action;                   /* "ram:CreateUser" */
    str resource;                 /* a resource name: "acs:ram::1234567890123456:user/alice" */
    str user_name, role_name;     /* one of them; the other absent */
    str session_policy;           /* of a role's session; absent: none */
    const context_entry *context; /* beside what decide_context() knows, and in its place where the keys are the same */
    size_t context_n;
    int64_t now_s;
} explain_question;

typedef struct {
    policy_layer layer;
    const grant *grant; /* the policy and whom it is attached to; NULL: the session policy */
    size_t index;       /* in it, from 0 */
    str sid;            /* absent where not written */
    policy_effect effect;
    statement_part failed_at; /* PART_NONE: it applies */
    str reason;               /* why it applies or not, in words */
} explained_statement;

typedef struct {
    decision by;
    bool is_self_service;                  /* no policy allows it, the account's switch does */
    const explained_statement *statements; /* in the order of evaluation; the first EXPLAIN_STATEMENTS_MAX */
    size_t n;
    size_t considered; /* all of them */
    str summary;       /* a sentence or two for an administrator */
    arena *memory;     /* what all of it borrows from */
    authority *authority;
} explanation;

/* Is the question one at all? ST_INVALID: InvalidParameter.ActionName, .Resource, .SessionPolicy or .Context, MalformedPolicyDocument,
 * with a message. Pure. */
MUST_USE status explain_check(const explain_question *q, err *e);

/* The explanation owns its memory: explanation_done, also after a failure. */
MUST_USE status explain(store_tx *tx, policy_cache *cache, const explain_question *q, explanation *ret, err *e);
void explanation_done(explanation *x); /* for CLEANUP; all zero is fine */

const char *explain_decision_name(const explanation *x); /* "Allowed", "ExplicitDeny", "ImplicitDeny" */
const char *explain_layer_name(const explanation *x);    /* in which it was decided: policy_layer_name, or "SelfService" */
const char *explain_entity_type(principal_kind k);       /* "RamUser", "RamGroup", "RamRole" */

#endif
