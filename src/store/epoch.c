/* epoch.c - see epoch.h. A key is hashed to a slot with SplitMix64 or FNV-1a: keys choose a counter, they prove
 * nothing, so an unkeyed hash is enough. What an attacker can reach by colliding ids is a cache miss. */
#include "store/epoch.h"

#include <stdatomic.h>
#include <stdlib.h>

struct epochs {
    _Atomic uint64_t at[EPOCH_SLOTS];
};

epochs *epochs_new(void)
{
    return calloc(1, sizeof(epochs));
}

void epochs_free(epochs *e)
{
    free(e);
}

static epoch_key slot_of(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (epoch_key){ (uint16_t)((x ^ (x >> 31)) % EPOCH_SLOTS) };
}

epoch_key epoch_of_principal(uint64_t principal_id)
{
    return slot_of(principal_id);
}

epoch_key epoch_of_account(uint64_t account_id)
{
    return slot_of(~account_id); /* root's principal id is the account's id: another slot */
}

epoch_key epoch_of_access_key(str access_key_id)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < access_key_id.n; i++)
        h = (h ^ (uint8_t)access_key_id.p[i]) * 0x100000001b3u;
    return slot_of(h);
}

uint64_t epoch_read(const epochs *e, epoch_key k)
{
    return atomic_load_explicit(&e->at[k.slot], memory_order_acquire);
}

void epoch_raise(epochs *e, epoch_key k)
{
    atomic_fetch_add_explicit(&e->at[k.slot], 1, memory_order_release);
}
