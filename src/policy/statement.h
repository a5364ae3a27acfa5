/* statement.h - one statement of a policy document; the rules stand in document.h. */
#ifndef ARGALI_POLICY_STATEMENT_H
#define ARGALI_POLICY_STATEMENT_H

#include <jansson.h>

#include "policy/action_pattern.h"
#include "policy/complaint.h"
#include "policy/document.h"
#include "policy/resource_pattern.h"

typedef struct {
    const str *names;
    size_t n;
} name_list;

enum { PRINCIPAL_CLASSES = PRINCIPAL_CLASS_FEDERATED + 1 };

typedef struct {
    str sid; /* absent where not written */
    policy_effect effect;
    bool is_not_action, is_not_resource;
    const action_pattern *actions;
    size_t action_n;
    const resource_pattern **resources; /* none in a trust policy */
    size_t resource_n;
    const condition **conditions;
    size_t condition_n;
    name_list principals[PRINCIPAL_CLASSES]; /* in a trust policy only */
} statement;

/* What it keeps lives in `a`; `scratch` may go when it is done. */
MUST_USE status statement_compile(json_t *o, policy_kind kind, const path *at, arena *a, arena *scratch, statement *ret,
                                  err *e);

/* A question on its way through the statements of a document. */
typedef struct {
    const policy_question *q;
    action_asked action;
    resource_asked resource; /* taken apart when the first statement needs it */
    bool has_resource;
} asked;

/* PART_NONE: it applies. *ret_condition is written with PART_CONDITION. */
statement_part statement_ask(const statement *s, policy_kind kind, asked *x, const condition **ret_condition, bool *ret_failed);
bool statement_needs_context(const statement *s); /* a condition, or a variable in a resource */
bool statement_uses(const statement *s, str key);

#endif
