/* caller_load.h - from an AccessKey id to the caller it names, as the store has it.
 *
 * ST_NOT_FOUND: no such AccessKey. ST_DENIED: a session that is dead (role/session.h). The transaction may be opened for account
 * 0: it enters the caller's account. Runs on a reader or on the store thread.
 * who.epoch_sum is the sum of the epochs of all that the caller depends on, read while the transaction was open; who caches the
 * result has to know that no epoch moved since before the transaction began (caller_cache.h).
 */
#ifndef ARGALI_API_CALLER_LOAD_H
#define ARGALI_API_CALLER_LOAD_H

#include "access_key/network_policy.h"
#include "base/arena.h"
#include "policy/authority.h"
#include "role/session_token.h"
#include "store/store.h"
#include "vault/vault.h"

typedef struct {
    caller who;              /* proof is still PROOF_NONE; who.authority is the next member */
    authority *authority;    /* a reference; NULL for root */
    network_policy *network; /* a reference; NULL: usable from anywhere, and of every temporary AccessKey */
    seal_place place;
    sealed secret;
} key_holder;

void key_holder_done(key_holder *k); /* releases; all zero and twice are fine */

/* token: of a temporary AccessKey; NULL: a permanent one. */
MUST_USE status caller_load(store_tx *tx, arena *a, policy_cache *policies, str access_key_id, const session_token *token,
                            key_holder *ret, err *e);

uint64_t caller_epoch_sum(const epochs *e, const caller *who);
bool caller_was_touched(const store_tx *tx, const caller *who); /* by the running batch */

#endif
