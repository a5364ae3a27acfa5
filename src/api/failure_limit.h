/* failure_limit.h - how many failed signatures a network may make in a minute.
 *
 * An AccessKey id is no secret, so failures are never counted against the key: only against the network they came from
 * (an IPv4 address, an IPv6 /64). A network over its line still gets its right signatures through: a shared address must
 * not become a denial of service. Its wrong ones, and unknown ids, are told Throttling, and the connection is closed.
 * A fixed table, counted by keyed hash: networks that share a slot share a line. Threads: any; lock-free.
 */
#ifndef ARGALI_API_FAILURE_LIMIT_H
#define ARGALI_API_FAILURE_LIMIT_H

#include <stdatomic.h>

#include "base/ip.h"
#include "base/world.h"

enum { FAILURE_SLOTS = 4096 };

typedef struct {
    unsigned per_minute; /* 0: no limit */
    uint8_t key[16];
    _Atomic uint64_t slots[FAILURE_SLOTS]; /* minute << 32 | count */
} failure_limit;

MUST_USE status failure_limit_init(failure_limit *l, unsigned per_minute, const world *w);
void failure_limit_count(failure_limit *l, const ip_addr *source, int64_t now_s);
bool failure_limit_is_over(failure_limit *l, const ip_addr *source, int64_t now_s);

#endif
