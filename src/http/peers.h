/* peers.h - how many connections each network holds.
 *
 * A network is ip_network(): an IPv4 address, or the /64 of an IPv6 one. Loopback is never limited and not counted. Hashing
 * is keyed, as an IPv6 client chooses its network out of many. Threads: none of its own; the caller holds a lock.
 */
#ifndef ARGALI_HTTP_PEERS_H
#define ARGALI_HTTP_PEERS_H

#include "base/ip.h"
#include "base/world.h"

typedef struct peers peers;

/* connections_max: the most that will ever be counted, which sizes the table. per_network_max: 0 means no limit. */
MUST_USE status peers_new(unsigned connections_max, unsigned per_network_max, const world *w, peers **ret, err *e);
void peers_free(peers *p); /* NULL is fine */
/* ST_LIMIT: its network holds as many as it may; nothing was counted. */
MUST_USE status peers_add(peers *p, const ip_addr *peer);
void peers_remove(peers *p, const ip_addr *peer); /* it was added before */

#endif
