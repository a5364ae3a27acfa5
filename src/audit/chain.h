/* chain.h - the chain of MACs over the events of one account. Inside src/audit only.
 *
 * mac(n) = tag(TAG_AUDIT, account u64be, n u64be, time u64be, mac(n-1), body(n)); mac(0) is 32 zero bytes. Account 0 is
 * the server itself. Changing, removing, adding or reordering events breaks it; cutting off its end does not, which is
 * what checkpoints in the log are for.
 */
#ifndef ARGALI_AUDIT_CHAIN_H
#define ARGALI_AUDIT_CHAIN_H

#include "audit/audit.h"

typedef struct {
    uint64_t number; /* of the last event */
    uint8_t mac[VAULT_TAG_BYTES];
} chain_link;

typedef struct {
    uint64_t sealed;             /* how many */
    chain_link last, checkpoint; /* checkpoint.number 0: none was passed */
} chain_progress;

/* Seals up to max events of the transaction's account, in order, after the last sealed one. */
MUST_USE status chain_seal(store_tx *tx, vault *v, uint32_t max, chain_progress *ret, err *e);

#endif
