/* group.h - groups of users: policies attached to a group are its members' too. One state behind the IMS and the RAM face.
 *
 * Names are unique in the account without regard to ASCII case and kept as given; ids are 18 random digits that begin with 4
 * ("g-" and the digits on the wire). Members and attachments hang on the id, so a rename keeps them.
 * Every function works in the account of its transaction, so another account's groups do not exist here.
 * Errors: EntityNotExist.Group, .User.Group 404; EntityAlreadyExists.Group, .User.Group 409; LimitExceeded.Group, .User.Group
 * 409; DeleteConflict.Group.User, .Group.Policy 409.
 * Records borrow from the arena. Epochs: writes touch the group's; who joins or leaves, the user's too.
 */
#ifndef ARGALI_USER_GROUP_H
#define ARGALI_USER_GROUP_H

#include "account/quotas.h"
#include "base/world.h"
#include "store/records.h"

typedef struct {
    str name;                   /* valid: user_name_is_valid */
    str display_name, comments; /* absent or empty: none */
} group_spec;

MUST_USE status group_create(store_tx *tx, const world *w, const quotas *q, int64_t now_s, const group_spec *spec,
                             group_record *ret, err *e);

MUST_USE status group_get(store_tx *tx, arena *a, str name, group_record *ret, err *e); /* any case */

typedef struct {
    str name, display_name, comments; /* absent: kept; empty: cleared (a name cannot be) */
} group_change;

MUST_USE status group_update(store_tx *tx, int64_t now_s, const group_record *old, const group_change *by, group_record *ret,
                             err *e);

/* Refused while the group has members, then while policies are attached to it. */
MUST_USE status group_delete(store_tx *tx, arena *a, uint64_t group, err *e);

/* A member already is told so, at the quota too. */
MUST_USE status group_add_user(store_tx *tx, arena *a, const quotas *q, int64_t now_s, uint64_t group, uint64_t user, err *e);
MUST_USE status group_remove_user(store_tx *tx, uint64_t group, uint64_t user, err *e);

#endif
