/* attachment.h - policies attached to users, groups and roles.
 *
 * Every function acts on exactly the policy and the principal that it is given: who may do so is decided before (authorize.h).
 * Errors, P being User, Group or Role: EntityNotExist.P and EntityNotExist.P.Policy 404, EntityAlreadyExists.P.Policy and
 * LimitExceeded.P.Policy 409.
 * Epochs: writes touch the principal's.
 */
#ifndef ARGALI_POLICY_ATTACHMENT_H
#define ARGALI_POLICY_ATTACHMENT_H

#include "account/quotas.h"
#include "policy/policy.h"

/* What a policy is attached to. */
typedef struct {
    principal_kind kind;
    uint64_t id;
    str name; /* as it was given when it was made */
} bearer;

MUST_USE status bearer_get(store_tx *tx, arena *a, principal_kind kind, str name, bearer *ret, err *e);

/* System and custom policies have a quota each. */
MUST_USE status policy_attach(store_tx *tx, arena *a, const quotas *q, const bearer *to, const policy *p, int64_t now_s,
                              err *e);
MUST_USE status policy_detach(store_tx *tx, const bearer *from, const policy *p, err *e);

#endif
