/* custom_policy.h - the account's own policies: their rules. To find one: policy.h.
 *
 * Names are unique in the account without regard to ASCII case and kept as given; ids are 18 random digits that begin with 5.
 * A policy has 1 to versions_per_policy versions, numbered from 1 upward; a number is never used again, a version's document
 * never changes, and exactly one version is the default, which is what counts where the policy is attached.
 * Documents are kept as sent. Their length is checked by the request's field rules.
 * Errors: EntityAlreadyExists.Policy, LimitExceeded.Policy, LimitExceeded.Policy.Version, LimitExceeded.Policy.Tag and
 * DeleteConflict.Policy.{User,Group,Version,Version.Default} and DeleteConflict.Role.Policy (attached to a role) 409,
 * EntityNotExist.Policy.Version 404, those of tags 400, MalformedPolicyDocument 400 with the parser's message.
 * Epochs: whatever changes which document is in force, and deletion, touches the policy's.
 */
#ifndef ARGALI_POLICY_CUSTOM_POLICY_H
#define ARGALI_POLICY_CUSTOM_POLICY_H

#include "account/quotas.h"
#include "base/world.h"
#include "catalogue/field.h"
#include "policy/policy.h"

/* EntityNotExist.Policy; a system policy's name alone is no custom policy. */
MUST_USE status custom_policy_get(store_tx *tx, arena *a, str name, policy_record *ret, err *e);

typedef struct {
    str name, description, document; /* an absent description is empty */
    tag_list tags;
} custom_policy_spec;

/* With the document as version 1. */
MUST_USE status custom_policy_create(store_tx *tx, arena *a, const world *w, const quotas *q, int64_t now_s,
                                     const custom_policy_spec *spec, policy_record *ret, err *e);
MUST_USE status custom_policy_describe(store_tx *tx, int64_t now_s, policy_record *p, str description, err *e);
/* Never while it is attached. is_cascading: with versions other than the default, which otherwise have to be gone. */
MUST_USE status custom_policy_delete(store_tx *tx, arena *a, const policy_record *p, bool is_cascading, err *e);

typedef struct {
    str document;
    bool is_default;  /* from now on */
    bool is_rotating; /* the oldest version that is not the default makes room */
} custom_version_spec;

/* These three keep *p in step with the store. */
MUST_USE status custom_version_create(store_tx *tx, arena *a, const quotas *q, int64_t now_s, policy_record *p,
                                      const custom_version_spec *spec, policy_version *ret, err *e);
MUST_USE status custom_version_set_default(store_tx *tx, arena *a, int64_t now_s, policy_record *p, uint32_t number, err *e);
MUST_USE status custom_version_delete(store_tx *tx, arena *a, const policy_record *p, uint32_t number, err *e);

#endif
