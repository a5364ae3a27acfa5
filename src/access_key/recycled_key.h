/* recycled_key.h - the recycle bin of AccessKey pairs: one that is deleted can be brought back for 30 days.
 *
 * It comes back as it was, disabled: whoever deleted it wanted it to open nothing. Of one owner the bin holds
 * quotas.access_keys_in_recycle_bin; beyond that the oldest goes for good. Pairs that went there with their user
 * (user/recycled_user.h) come and go with it, and do not count. One whose time has come is as good as gone.
 * Errors: EntityNotExist.User.AccessKey 404 (also for a pair of another owner); EntityNotExist.User 404, its user is not there;
 * LimitExceeded.User.AccessKey 409. Records borrow from the arena. Epochs: status and existence touch the key's.
 */
#ifndef ARGALI_ACCESS_KEY_RECYCLED_KEY_H
#define ARGALI_ACCESS_KEY_RECYCLED_KEY_H

#include "account/quotas.h"
#include "store/records.h"

/* *ret_purged: the pair that had to make room; empty: none. */
MUST_USE status access_key_recycle(store_tx *tx, arena *a, const quotas *q, int64_t now_s, str id, uint64_t owner,
                                   str *ret_purged, err *e);

MUST_USE status recycled_key_get(store_tx *tx, arena *a, int64_t now_s, str id, recycled_key_record *ret, err *e);
MUST_USE status recycled_key_get_owned(store_tx *tx, arena *a, int64_t now_s, str id, uint64_t owner, recycled_key_record *ret,
                                       err *e);

/* Its owner stands: the caller has read it in this transaction. most: pairs that the owner may have. */
MUST_USE status access_key_restore(store_tx *tx, const recycled_key_record *key, uint32_t most, err *e);

#endif
