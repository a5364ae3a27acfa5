/* document.h - a policy document of the RAM policy language: parsed and compiled once, then asked any number of times.
 *
 *   {"Version":"1","Statement":[{"Effect":"Allow","Action":["ram:Get*"],"Resource":"*",
 *                                "Condition":{"IpAddress":{"acs:SourceIp":"10.0.0.0/8"}}}]}
 *
 * Statement: Effect (Allow, Deny), exactly one of Action and NotAction, exactly one of Resource and NotResource (in a trust
 * policy neither: its resource is the role), Principal (in a trust policy only, and there it must stand), Condition (which may
 * be empty), and an optional Sid. Action, Resource and the members of Principal are a text or an array of texts. Unknown
 * members, repeated members, empty arrays, a Version other than "1" and anything that is not JSON (RFC 8259) are refused.
 * Actions: "*" or "<service>:<name>" with wildcards, any case. Resources: "*" or "acs:<service>:<region>:<account>:<relative
 * id>"; the first four parts are matched part by part (a wildcard does not cross a colon of theirs), an empty region or account
 * in the pattern means any, and a pattern that ends early with '*' ("acs:ram:*") means any rest. The relative id is matched
 * with wildcards that cross everything; in service "ram" without regard to case, as its names are. What is asked about and is
 * no such name matches "*" alone.
 * Principal: {"RAM":[...],"Service":[...],"Federated":[...]}, without wildcards, in any case; of RAM "acs:ram::<account>:root"
 * (every identity of that account), ":user/<name>" and ":role/<name>", of Federated ":saml-provider/<name>" and
 * ":oidc-provider/<name>".
 *
 * A document is immutable, counted by reference, and belongs to any number of threads.
 * Nothing in one takes more than linear time in its own length for a given question (pattern.h).
 */
#ifndef ARGALI_POLICY_DOCUMENT_H
#define ARGALI_POLICY_DOCUMENT_H

#include "policy/condition.h"

enum { POLICY_DOCUMENT_MAX = 6144, POLICY_SESSION_MAX = 2048 }; /* characters */

typedef enum { POLICY_IDENTITY, POLICY_TRUST } policy_kind; /* a session policy is POLICY_IDENTITY */

typedef struct policy_document policy_document;

/* ST_INVALID: err carries MalformedPolicyDocument and a message for the author: "line 3, column 14: ..." for what is not JSON,
 * "Statement[0].Condition.IpAddress.acs:SourceIp[1]: ..." for what means nothing. The caller checks the length first. */
MUST_USE status policy_document_parse(str text, policy_kind kind, policy_document **ret, err *e);
policy_document *policy_document_hold(policy_document *d); /* one more reference; returns d */
void policy_document_release(policy_document *d);          /* NULL is fine */
bool policy_document_is_shared(const policy_document *d);  /* does anybody else hold it? */
size_t policy_documents_bytes(void);                       /* of all documents that live, system policies included */
size_t policy_document_bytes(const policy_document *d);    /* of memory */
size_t policy_document_statement_count(const policy_document *d);

bool policy_document_needs_context(const policy_document *d); /* has it any condition or variable at all? */

/* Does any condition or variable need this key, or with a trailing slash a key of this family ("acs:ResourceTag/")? */
bool policy_document_uses(const policy_document *d, str key);

typedef enum { PRINCIPAL_CLASS_RAM, PRINCIPAL_CLASS_SERVICE, PRINCIPAL_CLASS_FEDERATED } principal_class;

typedef struct {
    str action;                      /* "ram:CreateUser" */
    str resource;                    /* "acs:ram::1234567890123456:user/alice"; not read of a trust policy */
    principal_class principal_class; /* read of a trust policy only: */
    const str *principals;           /* the names that the caller answers to: its own ARN, its account's ":root" */
    size_t principal_n;
    const context *context; /* may be NULL */
    arena *scratch;
    uint64_t steps_end; /* of pattern_steps(): where the work has to end; 0: nowhere */
} policy_question;

typedef enum { EFFECT_NONE = 0, EFFECT_ALLOW, EFFECT_DENY } policy_effect;

/* Why a statement did or did not apply: the first part that did not match. */
typedef enum { PART_NONE = 0 /* it applies */, PART_PRINCIPAL, PART_ACTION, PART_RESOURCE, PART_CONDITION } statement_part;
typedef struct {
    size_t index; /* from 0 */
    str sid;      /* absent where not written */
    policy_effect effect;
    statement_part failed_at;
    const condition *condition; /* that did not hold, with PART_CONDITION */
} statement_trace;
typedef struct {
    void (*statement)(void *self, const statement_trace *t); /* every statement is shown when one is asked for */
    void *self;
} policy_tracer;

/* EFFECT_DENY as soon as one statement denies, else EFFECT_ALLOW if one allows, else EFFECT_NONE. No room for variables denies,
 * and so does a question that has used up its steps.
 * *ret_statement: the index of the one that decided (undefined for EFFECT_NONE). tracer may be NULL. */
policy_effect policy_document_evaluate(const policy_document *d, const policy_question *q, size_t *ret_statement,
                                       const policy_tracer *tracer);

#endif
