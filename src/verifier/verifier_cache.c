/* verifier_cache.c - see verifier_cache.h. A digest of 256 bits of chance is its own hash: its first bytes choose the set. */
#include "verifier/verifier_cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "store/directory.h"

enum { SETS = 64, WAYS = 4 };

typedef struct {
    uint8_t digest[VERIFIER_DIGEST_BYTES];
    uint64_t account, id, epoch; /* id 0: a free entry */
    uint64_t found_at;           /* of the cache's own clock, for replacement */
    size_t hosts_n;
    char hosts[VERIFIER_HOSTS_BYTES];
} slot;

struct verifier_cache {
    pthread_mutex_t lock; /* guards everything below */
    uint64_t clock;
    const epochs *epochs;
    slot slots[SETS][WAYS];
};

status verifier_load(store_tx *tx, arena *a, const uint8_t digest[VERIFIER_DIGEST_BYTES], verifier_entry *ret, err *e)
{
    verifier_entry x;
    verifier_record r;
    TRY(directory_find_verifier(tx, digest, &x.account, &x.id, e));
    x.epoch = epoch_read(store_tx_epochs(tx), epoch_of_principal(x.id));
    directory_enter(tx, x.account);
    TRY(store_verifier_get(tx, a, x.id, &r, e));
    x.hosts = r.hosts;
    *ret = x;
    return ST_OK;
}

verifier_cache *verifier_cache_new(const epochs *e)
{
    verifier_cache *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->epochs = e;
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void verifier_cache_free(verifier_cache *c)
{
    if (c == NULL)
        return;
    pthread_mutex_destroy(&c->lock);
    free(c);
}

static slot *set_of(verifier_cache *c, const uint8_t digest[VERIFIER_DIGEST_BYTES])
{
    return c->slots[digest[0] % SETS];
}

static slot *find_in(slot *set, const uint8_t digest[VERIFIER_DIGEST_BYTES])
{
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].id != 0 && memcmp(set[i].digest, digest, VERIFIER_DIGEST_BYTES) == 0)
            return &set[i];
    }
    return NULL;
}

bool verifier_cache_find(verifier_cache *c, const uint8_t digest[VERIFIER_DIGEST_BYTES], str host, verifier_found *ret)
{
    pthread_mutex_lock(&c->lock);
    slot *x = find_in(set_of(c, digest), digest);
    bool is_current = x != NULL && epoch_read(c->epochs, epoch_of_principal(x->id)) == x->epoch;
    if (is_current) {
        x->found_at = ++c->clock;
        *ret = (verifier_found){ x->account, x->id, verifier_may_judge((str){ x->hosts, x->hosts_n }, host) };
    }
    pthread_mutex_unlock(&c->lock);
    return is_current;
}

static slot *place_for(slot *set, const uint8_t digest[VERIFIER_DIGEST_BYTES])
{
    slot *x = find_in(set, digest);
    if (x != NULL)
        return x;
    x = &set[0];
    for (size_t i = 1; i < WAYS && x->id != 0; i++) {
        if (set[i].id == 0 || set[i].found_at < x->found_at)
            x = &set[i];
    }
    return x;
}

void verifier_cache_put(verifier_cache *c, const uint8_t digest[VERIFIER_DIGEST_BYTES], const verifier_entry *from)
{
    if (from->hosts.n > VERIFIER_HOSTS_BYTES)
        return;
    pthread_mutex_lock(&c->lock);
    slot *x = place_for(set_of(c, digest), digest);
    memcpy(x->digest, digest, sizeof x->digest);
    x->account = from->account;
    x->id = from->id;
    x->epoch = from->epoch;
    x->hosts_n = from->hosts.n;
    memcpy(x->hosts, from->hosts.p, from->hosts.n);
    x->found_at = ++c->clock;
    pthread_mutex_unlock(&c->lock);
}
