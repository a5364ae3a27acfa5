/* peers.c - see peers.h. Chained buckets; a network that holds nothing has no entry. */
#include "http/peers.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef struct entry {
    struct entry *next;
    ip_addr network;
    unsigned n;
} entry;

struct peers {
    unsigned per_network_max;
    uint8_t key[16];
    size_t mask;
    entry *buckets[];
};

status peers_new(unsigned connections_max, unsigned per_network_max, const world *w, peers **ret, err *e)
{
    size_t size = 16;
    while (size < connections_max && size < (1u << 20))
        size *= 2;
    peers *p = calloc(1, sizeof *p + size * sizeof p->buckets[0]);
    if (p == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "no memory for %zu networks", size);
    p->per_network_max = per_network_max;
    p->mask = size - 1;
    status s = world_random(w, p->key, sizeof p->key);
    if (s != ST_OK) {
        peers_free(p);
        return err_set(e, s, NULL, "no random bytes");
    }
    *ret = p;
    return ST_OK;
}

void peers_free(peers *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i <= p->mask; i++) {
        while (p->buckets[i] != NULL) {
            entry *gone = p->buckets[i];
            p->buckets[i] = gone->next;
            free(gone);
        }
    }
    free(p);
}

static bool is_counted(const peers *p, const ip_addr *peer)
{
    return p->per_network_max > 0 && !ip_is_loopback(peer);
}

/* Where the network's entry hangs, or would. */
static entry **place_of(peers *p, const ip_addr *network)
{
    uint64_t hash = str_hash((str){ (const char *)network->b, sizeof network->b }, p->key);
    entry **at = &p->buckets[hash & p->mask];
    while (*at != NULL && !ip_eq(&(*at)->network, network))
        at = &(*at)->next;
    return at;
}

status peers_add(peers *p, const ip_addr *peer)
{
    if (!is_counted(p, peer))
        return ST_OK;
    ip_addr network = ip_network(peer);
    entry **at = place_of(p, &network);
    if (*at != NULL) {
        if ((*at)->n >= p->per_network_max)
            return ST_LIMIT;
        (*at)->n++;
        return ST_OK;
    }
    entry *first = calloc(1, sizeof *first);
    if (first == NULL)
        return ST_NO_MEMORY;
    first->network = network;
    first->n = 1;
    *at = first;
    return ST_OK;
}

void peers_remove(peers *p, const ip_addr *peer)
{
    if (!is_counted(p, peer))
        return;
    ip_addr network = ip_network(peer);
    entry **at = place_of(p, &network);
    assert(*at != NULL && (*at)->n > 0);
    if (--(*at)->n == 0) {
        entry *gone = *at;
        *at = gone->next;
        free(gone);
    }
}
