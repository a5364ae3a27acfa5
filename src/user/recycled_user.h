/* recycled_user.h - the recycle bin of users: who is deleted can be brought back for 30 days.
 *
 * A user that goes there takes its AccessKey pairs and its tags along. Its console logon, memberships and attached policies end
 * for good, so that nobody gets rights back unseen: what they were stands in user_recycling, for the audit. Its name is free at
 * once. A user that is restored has its id, its fields, its tags, and its pairs, all of them disabled.
 * The bin holds quotas.users_in_recycle_bin; beyond that the oldest goes for good. One whose time has come is as good as gone,
 * also before the daily round (access_key/daily.h) has taken it away.
 * Errors: EntityNotExist.User 404; EntityAlreadyExists.User, LimitExceeded.User 409. Records borrow from the arena.
 * Epochs: writes touch the user's, its AccessKeys' and its groups'.
 */
#ifndef ARGALI_USER_RECYCLED_USER_H
#define ARGALI_USER_RECYCLED_USER_H

#include "account/quotas.h"
#include "store/records.h"

enum { RECYCLE_BIN_S = 30 * 86400 }; /* of users and of AccessKey pairs */

/* What went with the user and what ended, each a list separated by commas, empty: nothing. */
typedef struct {
    str access_keys, groups, policies;
    bool had_login_profile;
    recycled_user_record purged; /* the oldest one, that had to make room; id 0: none had to */
} user_recycling;

MUST_USE status user_recycle(store_tx *tx, arena *a, const quotas *q, int64_t now_s, const user_record *user,
                             user_recycling *ret, err *e);

/* id: decimal text of a request. */
MUST_USE status recycled_user_get(store_tx *tx, arena *a, int64_t now_s, str id, recycled_user_record *ret, err *e);

MUST_USE status user_restore(store_tx *tx, arena *a, const quotas *q, const recycled_user_record *user, err *e);

/* For good, with the AccessKey pairs and tags that it had. */
MUST_USE status recycled_user_purge(store_tx *tx, arena *a, uint64_t id, err *e);

#endif
