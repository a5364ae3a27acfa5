/* attachment.h - system policies attached to users.
 *
 * Errors: InvalidParameter.PolicyType 400, EntityNotExist.Policy and EntityNotExist.User.Policy 404,
 * EntityAlreadyExists.User.Policy and LimitExceeded.User.Policy 409.
 * Epochs: writes touch the user's.
 */
#ifndef ARGALI_POLICY_ATTACHMENT_H
#define ARGALI_POLICY_ATTACHMENT_H

#include "account/quotas.h"
#include "policy/system_policy.h"
#include "store/records.h"

MUST_USE status policy_get(str type, str name, const system_policy **ret, err *e);

MUST_USE status policy_attach(store_tx *tx, arena *a, const quotas *q, uint64_t user, const system_policy *p, int64_t now_s,
                              err *e);
MUST_USE status policy_detach(store_tx *tx, uint64_t user, const system_policy *p, err *e);

#endif
