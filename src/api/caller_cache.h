/* caller_cache.h - AccessKey holders in memory, under the epoch rule (store/epoch.h), and when each key was last used.
 *
 * Fill: note caller_cache_mark() on the event loop BEFORE the read job is submitted; caller_cache_put() keeps the
 * result only if no epoch moved between the mark and the put, so a snapshot older than a change can never be kept as newer
 * than it. What is kept is used only while caller_epoch_sum() is what was noted.
 * Last use is noted after a signature proved right, in memory, and handed out for writing once it is LAST_USED_LATE_S
 * old: at most a minute late.
 * Bounded: sets of CACHE_WAYS entries, the least recently found goes first; what it had to write is kept aside. Bounded in memory
 * too: while the compiled policies of the process take more than documents_max bytes, each put lets a few callers go, one set after
 * the other; they are read again when they call.
 * Threads: any; one mutex, never held over a system call or another lock.
 */
#ifndef ARGALI_API_CALLER_CACHE_H
#define ARGALI_API_CALLER_CACHE_H

#include "api/caller_load.h"
#include "base/world.h"
#include "catalogue/field.h"

enum { CACHE_WAYS = 8, LAST_USED_LATE_S = 30 };

typedef struct caller_cache caller_cache;

/* NULL: out of memory, or no random. */
MUST_USE caller_cache *caller_cache_new(size_t entries, size_t documents_max, const epochs *e, const world *w);
void caller_cache_free(caller_cache *c);

/* token_digest: SHA-256 of the token of a temporary AccessKey; NULL: a permanent one. What was kept for another token is not
 * found. *ret comes with a reference of its own: key_holder_done. */
bool caller_cache_find(caller_cache *c, str access_key_id, const uint8_t token_digest[32], key_holder *ret);

uint64_t caller_cache_mark(const caller_cache *c);
void caller_cache_put(caller_cache *c, const key_holder *k, uint64_t mark);

void caller_cache_used(caller_cache *c, const caller *who, product service, int64_t now_s);

typedef struct {
    account_id account;
    char access_key_id[ACCESS_KEY_ID_MAX + 1];
    int64_t at_s;
    product service;
} last_use;

/* Moves up to max uses that are due (all of them: is_all) into ret, and counts them as written. */
size_t caller_cache_take_uses(caller_cache *c, bool is_all, int64_t now_s, last_use *ret, size_t max);

#endif
