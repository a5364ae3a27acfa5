/* account.h - accounts: the ground that users, keys and policies stand on, and their root identity.
 *
 * An account is opened with everything in it (root's password, the user admin, first AccessKey) by operations/bootstrap.h;
 * here is the account alone. Its id is drawn before the transaction, as a transaction is opened for one account.
 * Root's principal id is the account's id. Threads: account_new_id any; the rest the thread of the transaction.
 */
#ifndef ARGALI_ACCOUNT_ACCOUNT_H
#define ARGALI_ACCOUNT_ACCOUNT_H

#include "base/world.h"
#include "store/records.h"

enum { ACCOUNT_ID_DIGITS = 16, ACCOUNT_EMAIL_MAX = 254 };

MUST_USE status account_new_id(const world *w, uint64_t *ret); /* 16 random digits, the first one not 0 */

typedef struct {
    str alias;       /* absent or empty: the id's digits; rules: logon_suffix/alias.h */
    str owner_email; /* absent or empty: none */
} account_spec;

/* The account of the transaction. "EntityAlreadyExists.AccountAlias": another account has the alias (or the id stands). */
MUST_USE status account_create(store_tx *tx, int64_t now_s, const account_spec *spec, err *e);

#endif
