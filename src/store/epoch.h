/* epoch.h - the rule that lets memory answer for the store.
 *
 * Everything that a cache may hold has keys: a principal, an AccessKey, an account. A key's epoch is a counter that
 * only grows.
 *   1. A fill notes the sum of the epochs of the keys it depends on BEFORE its query, and keeps the sum with what it found.
 *   2. The store thread raises the epoch of every key that a transaction touched AFTER its commit and BEFORE any answer
 *      of it.
 *   3. A cached value is used only while the sum of its keys' epochs is what was noted. Sums only grow, so equal means
 *      unmoved.
 * So a change is visible to every call that starts after the call that made it was answered.
 * Keys share a fixed table of counters: a collision costs a needless miss, never a stale value. Threads: any; lock-free.
 */
#ifndef ARGALI_STORE_EPOCH_H
#define ARGALI_STORE_EPOCH_H

#include <stdint.h>

#include "base/str.h"

enum { EPOCH_SLOTS = 4096 };

typedef struct epochs epochs;

typedef struct {
    uint16_t slot;
} epoch_key;

MUST_USE epochs *epochs_new(void); /* NULL: out of memory */
void epochs_free(epochs *e);

/* A user, root, group or role: its row, its policies, the groups it is in; a custom policy: which version is its default; a
 * verifier: its row. Their ids differ. */
epoch_key epoch_of_principal(uint64_t principal_id);
epoch_key epoch_of_account(uint64_t account_id); /* alias, preference: what every caller of the account depends on */
epoch_key epoch_of_access_key(str access_key_id);

uint64_t epoch_read(const epochs *e, epoch_key k); /* acquire */
void epoch_raise(epochs *e, epoch_key k);          /* release; the store thread alone */

#endif
