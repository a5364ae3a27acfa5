/* hash_memory.h - the block of memory that one hash thread hashes in.
 *
 * Reserved at once, filled by use, never larger. `keep` bytes stay filled between hashes; what a larger hash used beyond them
 * goes back to the system after it. Left out of core dumps.
 * Threads: a block belongs to the thread that entered it.
 */
#ifndef ARGALI_PASSWORD_HASH_MEMORY_H
#define ARGALI_PASSWORD_HASH_MEMORY_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t *p;
    size_t size, mapped; /* what may be used; what is reserved */
    size_t keep;
    size_t filled; /* no byte beyond it is in memory */
    bool is_taken;
} hash_memory;

MUST_USE status hash_memory_map(size_t size, size_t keep, hash_memory *ret, err *e);
void hash_memory_done(hash_memory *m);

void hash_memory_enter(hash_memory *m); /* is this thread's from now on; NULL: none */
hash_memory *hash_memory_of_thread(void);

void hash_memory_fill(hash_memory *m);               /* `keep` bytes */
uint8_t *hash_memory_take(hash_memory *m, size_t n); /* NULL: more than there is, or taken */
void hash_memory_give_back(hash_memory *m);
/* n bytes will come from elsewhere: where both would be more than the block, what is filled goes back first. false: n alone is
 * more. */
bool hash_memory_make_room(hash_memory *m, size_t n);

#endif
