/* verifier_cache.h - verifiers in memory, by the digest of their token, under the epoch rule (store/epoch.h).
 *
 * Fill: the total of all epochs is noted before the read job is submitted; what was found is put here only if that total stands
 * when it comes back, and is used only while the verifier's epoch is what verifier_load() read. So a deleted verifier is refused
 * by every request that begins after its deletion was answered. Unknown tokens are not remembered.
 * Bounded: sets of a few entries, the least recently found goes first. Threads: any; one mutex, never held over a system call or
 * another lock.
 */
#ifndef ARGALI_VERIFIER_VERIFIER_CACHE_H
#define ARGALI_VERIFIER_VERIFIER_CACHE_H

#include "verifier/verifier.h"

typedef struct {
    uint64_t account, id;
    uint64_t epoch; /* of the verifier, when it was read */
    str hosts;
} verifier_entry;

/* From the store, on a reader's thread; the transaction may be opened for account 0, and is left in the verifier's. Texts lie in
 * the arena. ST_NOT_FOUND: no such token. */
MUST_USE status verifier_load(store_tx *tx, arena *a, const uint8_t digest[VERIFIER_DIGEST_BYTES], verifier_entry *ret, err *e);

typedef struct verifier_cache verifier_cache;

MUST_USE verifier_cache *verifier_cache_new(const epochs *e); /* NULL: out of memory */
void verifier_cache_free(verifier_cache *c);                  /* NULL is fine */

/* What is asked of a verifier on the way of a call: whose it is, and whether it may judge for this host. */
typedef struct {
    uint64_t account, id;
    bool may_judge;
} verifier_found;
bool verifier_cache_find(verifier_cache *c, const uint8_t digest[VERIFIER_DIGEST_BYTES], str host, verifier_found *ret);
void verifier_cache_put(verifier_cache *c, const uint8_t digest[VERIFIER_DIGEST_BYTES], const verifier_entry *from);

#endif
