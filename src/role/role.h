/* role.h - RAM roles: whom they trust, and how long a session of one may last.
 *
 * Names are unique in the account without regard to ASCII case and kept as given; ids are 18 random digits that begin with 3.
 * A trust policy is kept as sent; whom it trusts need not exist. Every function works in the account of its transaction.
 * Errors: EntityNotExist.Role 404; EntityAlreadyExists.Role, LimitExceeded.Role, LimitExceeded.Role.Tag and
 * DeleteConflict.Role.Policy 409; MalformedPolicyDocument 400 with a message for the author.
 * Records borrow from the arena. Epochs: writes touch the role's.
 */
#ifndef ARGALI_ROLE_ROLE_H
#define ARGALI_ROLE_ROLE_H

#include "account/quotas.h"
#include "base/world.h"
#include "user/tag.h"

enum { ROLE_SESSION_MIN_S = 3600, ROLE_SESSION_MAX_S = 43200, ROLE_NAME_MAX = 64 }; /* MaxSessionDuration */

typedef struct {
    str name;        /* 1 to 64 of A-Z a-z 0-9 . - */
    str description; /* absent or empty: none */
    str trust_policy;
    uint32_t max_session_s; /* 0: ROLE_SESSION_MIN_S */
    tag_list tags;
} role_spec;

MUST_USE status role_create(store_tx *tx, arena *a, const world *w, const quotas *q, int64_t now_s, const role_spec *spec,
                            role_record *ret, err *e);
MUST_USE status role_get(store_tx *tx, arena *a, str name, role_record *ret, err *e); /* any case */

typedef struct {
    str description, trust_policy; /* absent: kept; an empty description: cleared */
    uint32_t max_session_s;        /* 0: kept */
} role_change;
MUST_USE status role_update(store_tx *tx, int64_t now_s, const role_record *old, const role_change *by, role_record *ret,
                            err *e);

/* Refused while policies are attached. Every session of the role is dead from then on. */
MUST_USE status role_delete(store_tx *tx, arena *a, const role_record *role, err *e);

/* Every session of the role that was issued until now is dead from then on. *ret_ms: the Unix time until which they are. */
MUST_USE status role_revoke_sessions(store_tx *tx, int64_t now_ms, const role_record *role, int64_t *ret_ms, err *e);

#endif
