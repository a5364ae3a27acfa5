/* policy_cache.h - compiled custom policies in memory.
 *
 * Keyed by policy id and version number, neither of which ever means another document once it was committed, so nothing here
 * can be stale and no epoch is needed: what a transaction that may still fail has written is not put here.
 * Bounded in bytes; the least recently found goes first, but never what somebody else holds: it would stay in memory all the same,
 * and the next caller with that policy would compile a copy of its own. Whoever holds documents for long bounds them itself
 * (policy_documents_bytes; api/caller_cache.h does).
 * Threads: any; one mutex, never held over a compilation.
 */
#ifndef ARGALI_POLICY_POLICY_CACHE_H
#define ARGALI_POLICY_POLICY_CACHE_H

#include "base/world.h"
#include "policy/document.h"

typedef struct policy_cache policy_cache;

MUST_USE policy_cache *policy_cache_new(size_t bytes_max, const world *w); /* NULL: out of memory or chance */
void policy_cache_free(policy_cache *c);                                   /* NULL is fine */

/* A reference for the caller; NULL: not here. */
policy_document *policy_cache_find(policy_cache *c, uint64_t policy_id, uint32_t version);
void policy_cache_put(policy_cache *c, uint64_t policy_id, uint32_t version,
                      policy_document *d); /* takes a reference of its own */

#endif
