/* user.h - RAM users: the one state behind the IMS and the RAM face.
 *
 * Names are unique in the account without regard to ASCII case and kept as given; ids are 18 random digits that begin with 2.
 * Every function works in the account of its transaction, so another account's users do not exist here.
 * Errors: EntityNotExist.User 404, EntityAlreadyExists.User 409, LimitExceeded.User 409, DeleteConflict.User.* 409.
 * Records borrow from the arena. Epochs: writes touch the user's.
 */
#ifndef ARGALI_USER_USER_H
#define ARGALI_USER_USER_H

#include "account/quotas.h"
#include "catalogue/call.h"
#include "store/records.h"
#include "user/upn.h"

typedef struct {
    str name;                                        /* valid: user_name_is_valid */
    str display_name, comments, email, mobile_phone; /* absent or empty: none */
    tag_list tags;                                   /* checked: tag_list_check */
} user_spec;

MUST_USE status user_create(store_tx *tx, arena *a, const world *w, const quotas *q, int64_t now_s, const user_spec *spec,
                            user_record *ret, err *e);

MUST_USE status user_get_by_name(store_tx *tx, arena *a, str name, user_record *ret, err *e);
MUST_USE status user_get_by_id(store_tx *tx, arena *a, str id, user_record *ret, err *e); /* decimal text of a request */
/* A UPN of another domain: EntityNotExist.User. */
MUST_USE status user_get_by_upn(store_tx *tx, arena *a, str upn, str domain_suffix, user_record *ret, err *e);

/* Whom a request means. Absent or empty: the caller itself, root included; a role's session is no user: EntityNotExist.User. */
typedef struct {
    uint64_t id;
    str name; /* empty for root */
    bool is_root;
} principal_ref;
MUST_USE status principal_of_name(const call *c, str name, principal_ref *ret, err *e);
MUST_USE status principal_of_upn(const call *c, str upn, principal_ref *ret, err *e);

typedef struct {
    str name, display_name, comments, email, mobile_phone; /* absent: kept; empty: cleared (a name cannot be) */
} user_change;

MUST_USE status user_update(store_tx *tx, int64_t now_s, const user_record *old, const user_change *by, user_record *ret,
                            err *e);

/* RAM DeleteUser: DeleteConflict.User.* while the user owns an AccessKey, is in a group, has a login profile or a policy. What
 * deletes is recycled_user.h. */
MUST_USE status user_check_unused(store_tx *tx, arena *a, uint64_t user, err *e);

MUST_USE status user_domain(store_tx *tx, arena *a, str domain_suffix, default_domain *ret, err *e); /* of the account */

#endif
