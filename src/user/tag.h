/* tag.h - tags of users, roles and custom policies: rules, and who carries what.
 *
 * A key has 1 to 128 characters, does not begin with "aliyun" or "acs:" and holds neither "http://" nor "https://", in any
 * case; a value of a user's has up to 128, of a role's or policy's up to 256. Keys of one carrier are distinct byte for byte.
 */
#ifndef ARGALI_USER_TAG_H
#define ARGALI_USER_TAG_H

#include "account/quotas.h"
#include "catalogue/field.h"
#include "store/records.h"

enum { TAG_TEXT_MAX = 128, TAG_RESOURCE_VALUE_MAX = 256 };

/* Codes: InvalidParameter.Tag.Key.Length, .Tag.Key.Format, .Tag.Value.Length; .Tag.Key for a key named twice. */
MUST_USE status tag_list_check(tagged_kind kind, tag_list tags, err *e);

/* Inserts or replaces. LimitExceeded.User.Tag, .Role.Tag, .Policy.Tag. */
MUST_USE status tag_put_all(store_tx *tx, arena *a, const quotas *q, tagged_kind kind, uint64_t resource, tag_list tags,
                            err *e);

/* Does a carrier of `have` carry every wanted tag? A wanted tag without a value means any value. */
bool tag_match(const tag_record *have, size_t n, tag_list wanted);

#endif
