/* sealed_rows.h - every sealed value of an account, wherever it lies: for `argali check` and `argali rotate-key`.
 *
 * A value's place is its purpose, the transaction's account and its row (vault.h). Pages go by the key of the table, so that a
 * walk goes on where it was, whatever was written in between. Contract: store.h. A table with a sealed column has a kind here.
 */
#ifndef ARGALI_STORE_SEALED_ROWS_H
#define ARGALI_STORE_SEALED_ROWS_H

#include "store/records.h"

typedef enum {
    SEALED_KEY, /* secrets of AccessKey pairs */
    SEALED_RECYCLED_KEY,
    SEALED_PROFILE, /* digests of passwords */
    SEALED_HISTORY,
    SEALED_KIND_COUNT
} sealed_kind;

typedef struct {
    str id;                     /* AccessKey id; absent: none */
    uint64_t principal, number; /* of a password, and of an earlier one */
    seal_place place;
    sealed value; /* empty: a profile without a password */
} sealed_row;

/* In the order of the table's key, after `after` (NULL: from the start), at most max. */
MUST_USE status store_sealed_list(store_tx *tx, arena *a, sealed_kind kind, const sealed_row *after, uint32_t max,
                                  sealed_row **ret, size_t *ret_n, err *e);
/* The same value sealed anew. ST_NOT_FOUND: the row is gone. Touches the AccessKey, whose value callers keep in memory. */
MUST_USE status store_sealed_replace(store_tx *tx, sealed_kind kind, const sealed_row *r, const sealed *value, err *e);

/* Users by counting their rows: account_record.user_n has to be the same. */
MUST_USE status store_user_count_rows(store_tx *tx, uint64_t *ret, err *e);

#endif
