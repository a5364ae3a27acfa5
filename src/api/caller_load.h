/* caller_load.h - from an AccessKey id to the caller it names, as the store has it.
 *
 * ST_NOT_FOUND: no such AccessKey. The transaction may be opened for account 0: it enters the key's account. Runs on a
 * reader or on the store thread.
 * ret->epoch_sum is the sum of the epochs of the AccessKey, its owner and its account, read while the transaction was
 * open; who caches the result has to know that no epoch moved since before the transaction began (caller_cache.h).
 */
#ifndef ARGALI_API_CALLER_LOAD_H
#define ARGALI_API_CALLER_LOAD_H

#include "base/arena.h"
#include "catalogue/caller.h"
#include "store/store.h"
#include "vault/vault.h"

typedef struct {
    caller who; /* proof is still PROOF_NONE */
    seal_place place;
    sealed secret;
} key_holder;

MUST_USE status caller_load(store_tx *tx, arena *a, str access_key_id, key_holder *ret, err *e);

uint64_t caller_epoch_sum(const epochs *e, const caller *who);
bool caller_was_touched(const store_tx *tx, const caller *who); /* by the running batch */

#endif
