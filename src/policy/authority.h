/* authority.h - what a caller's rights rest upon: the policies attached to it and to its groups, its session, and the epochs
 * under which all of that may be remembered.
 *
 * Immutable once loaded, counted by reference, shared by the caller cache and the calls under way.
 */
#ifndef ARGALI_POLICY_AUTHORITY_H
#define ARGALI_POLICY_AUTHORITY_H

#include "catalogue/caller.h"
#include "policy/policy_cache.h"
#include "policy/system_policy.h"
#include "store/records.h"

typedef struct {
    policy_document *document;
    str policy_name; /* as the policy spells it */
    bool is_system;
    uint32_t version;
    principal_kind via; /* what it is attached to: the user or role itself, or a group of the user */
    str via_name;
} grant;

typedef struct authority authority;

/* Of a user (with its groups) or a role, read in one snapshot. `session` (of a role; may be NULL) is copied; a reference to the
 * compiled session policy is taken. An attached policy that is not there, or whose stored text does not compile (a newer version
 * wrote it), lets nothing be decided: ST_BUG, and the operator is told. */
MUST_USE status authority_load(store_tx *tx, arena *a, policy_cache *cache, principal_kind kind, uint64_t principal, str name,
                               const caller_session *session, policy_document *session_policy, authority **ret, err *e);
/* For tests: a session policy and nothing else. NULL: out of memory. */
MUST_USE authority *authority_of_session_policy(policy_document *session_policy);
authority *authority_hold(authority *x);
void authority_release(authority *x); /* NULL is fine */

const grant *authority_grants(const authority *x, size_t *ret_n);
const policy_document *authority_session_policy(const authority *x); /* NULL: the session has none */
const caller_session *authority_session(const authority *x);         /* NULL: no session */
bool authority_needs_context(const authority *x);                    /* policy_document_needs_context of any of its documents */
bool authority_uses_resource_tags(const authority *x);               /* policy_document_uses "acs:ResourceTag/" of any */

/* Groups and custom policies that it depends on, and the session's chain; the caller's own keys are not among them. */
const epoch_key *authority_epochs(const authority *x, size_t *ret_n);

#endif
