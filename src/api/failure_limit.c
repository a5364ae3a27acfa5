/* failure_limit.c - see failure_limit.h. */
#include "api/failure_limit.h"

status failure_limit_init(failure_limit *l, unsigned per_minute, const world *w)
{
    l->per_minute = per_minute;
    for (size_t i = 0; i < FAILURE_SLOTS; i++)
        atomic_init(&l->slots[i], 0);
    return world_random(w, l->key, sizeof l->key);
}

static _Atomic uint64_t *slot_of(failure_limit *l, const ip_addr *source)
{
    ip_addr net = ip_network(source);
    return &l->slots[str_hash((str){ (const char *)&net, sizeof net }, l->key) % FAILURE_SLOTS];
}

static uint64_t minute_of(int64_t now_s)
{
    return (uint64_t)(now_s / 60) & UINT32_MAX;
}

void failure_limit_count(failure_limit *l, const ip_addr *source, int64_t now_s)
{
    _Atomic uint64_t *slot = slot_of(l, source);
    uint64_t seen = atomic_load_explicit(slot, memory_order_relaxed), next;
    do {
        uint64_t count = seen >> 32 == minute_of(now_s) ? seen & UINT32_MAX : 0;
        next = minute_of(now_s) << 32 | (count < UINT32_MAX ? count + 1 : count);
    } while (!atomic_compare_exchange_weak_explicit(slot, &seen, next, memory_order_relaxed, memory_order_relaxed));
}

bool failure_limit_is_over(failure_limit *l, const ip_addr *source, int64_t now_s)
{
    uint64_t seen = atomic_load_explicit(slot_of(l, source), memory_order_relaxed);
    return l->per_minute > 0 && seen >> 32 == minute_of(now_s) && (seen & UINT32_MAX) >= l->per_minute;
}
