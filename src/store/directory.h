/* directory.h - the few look-ups that cross accounts. They return ids only. Contract: store.h. */
#ifndef ARGALI_STORE_DIRECTORY_H
#define ARGALI_STORE_DIRECTORY_H

#include "store/store.h"

MUST_USE status directory_find_access_key(store_tx *tx, str access_key_id, uint64_t *ret_account, uint64_t *ret_owner, err *e);
MUST_USE status directory_find_alias(store_tx *tx, str alias, uint64_t *ret_account, err *e); /* any case */
MUST_USE status directory_has_account(store_tx *tx, uint64_t account, err *e);                /* ST_OK or ST_NOT_FOUND */
MUST_USE status directory_find_verifier(store_tx *tx, const uint8_t digest[32], uint64_t *ret_account, uint64_t *ret_id,
                                        err *e);
MUST_USE status directory_find_sign_in_link(store_tx *tx, const uint8_t digest[32], uint64_t *ret_account, uint64_t *ret_user,
                                            err *e);
/* Accounts after `after`, ascending, at most max. */
MUST_USE status directory_list_accounts(store_tx *tx, uint64_t after, uint64_t *ret, size_t max, size_t *ret_n, err *e);
/* Calls `visit` for every account, ascending; the first that is not ST_OK ends it. Waits, page after page, each in a snapshot
 * of its own: for subcommands and checks, never on a thread that serves. */
MUST_USE status directory_each_account(store *s, status (*visit)(void *self, uint64_t account, err *e), void *self, err *e);
/* Accounts from `from` on, ascending, that have events without a seal; 0 is the server itself. */
MUST_USE status directory_list_unsealed(store_tx *tx, uint64_t from, uint64_t *ret, size_t max, size_t *ret_n, err *e);

/* Opens the transaction for another account from here on (start-up, sealer, caller look-up): ids alone came out of the
 * look-ups above. */
void directory_enter(store_tx *tx, uint64_t account);

#endif
