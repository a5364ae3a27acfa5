/* caller_cache.c - see caller_cache.h. */
#include "api/caller_cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { CACHED_SECRET_MAX = 128, ASIDE_MAX = 65536, LET_GO_A_PUT = 16, SETS_A_PUT = 64 };

typedef struct {
    caller who;
    authority *authority;    /* a reference */
    network_policy *network; /* a reference */
    seal_place place;
    uint8_t secret[CACHED_SECRET_MAX];
    uint16_t secret_n;         /* 0: a free entry */
    uint64_t found_at;         /* of the cache's own clock, for replacement */
    int64_t used_s, written_s; /* written_s < used_s: to be written */
    uint8_t service;
} entry;

struct caller_cache {
    pthread_mutex_t lock; /* guards everything below */
    entry *entries;       /* sets x CACHE_WAYS */
    size_t sets;
    uint64_t clock;
    uint8_t key[16]; /* of the hash: ids are chosen by callers */
    const epochs *epochs;
    last_use *aside; /* uses of entries that had to go */
    size_t aside_n, aside_size;
    size_t unwritten; /* entries with a use to be written: none, no sweep */
    size_t sweep;     /* where caller_cache_take_uses goes on */
    size_t documents_max;
    size_t hand; /* the set at which memory is looked for next */
};

caller_cache *caller_cache_new(size_t entries, size_t documents_max, const epochs *e, const world *w)
{
    caller_cache *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->sets = (entries + CACHE_WAYS - 1) / CACHE_WAYS;
    c->epochs = e;
    c->documents_max = documents_max;
    c->entries = calloc(c->sets * CACHE_WAYS, sizeof *c->entries);
    if (c->entries == NULL || world_random(w, c->key, sizeof c->key) != ST_OK) {
        free(c->entries);
        free(c);
        return NULL;
    }
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void caller_cache_free(caller_cache *c)
{
    if (c == NULL)
        return;
    pthread_mutex_destroy(&c->lock);
    for (size_t i = 0; i < c->sets * CACHE_WAYS; i++) {
        authority_release(c->entries[i].authority);
        network_policy_release(c->entries[i].network);
    }
    free(c->entries);
    free(c->aside);
    free(c);
}

static entry *set_of(caller_cache *c, str id)
{
    return &c->entries[(str_hash(id, c->key) % c->sets) * CACHE_WAYS];
}

static entry *find_in(entry *set, str id)
{
    for (size_t i = 0; i < CACHE_WAYS; i++) {
        if (set[i].secret_n > 0 && str_eq(str_from_c(set[i].who.access_key_id), id))
            return &set[i];
    }
    return NULL;
}

static bool is_for(const entry *x, const uint8_t *token_digest)
{
    const caller_session *s = x->who.session;
    if (s == NULL || token_digest == NULL)
        return s == NULL && token_digest == NULL;
    return bytes_eq_secret((bytes){ s->token_digest, sizeof s->token_digest }, (bytes){ token_digest, sizeof s->token_digest });
}

bool caller_cache_find(caller_cache *c, str access_key_id, const uint8_t token_digest[32], key_holder *ret)
{
    pthread_mutex_lock(&c->lock);
    entry *x = find_in(set_of(c, access_key_id), access_key_id);
    bool is_current = x != NULL && is_for(x, token_digest) && caller_epoch_sum(c->epochs, &x->who) == x->who.epoch_sum;
    if (is_current) {
        x->found_at = ++c->clock;
        ret->who = x->who;
        ret->authority = authority_hold(x->authority);
        ret->network = network_policy_hold(x->network);
        ret->place = x->place;
        memcpy(ret->secret.b, x->secret, x->secret_n);
        ret->secret.n = x->secret_n;
    }
    pthread_mutex_unlock(&c->lock);
    return is_current;
}

/* Epochs only grow, so an equal total means that none moved. Two microseconds, on a miss only. */
uint64_t caller_cache_mark(const caller_cache *c)
{
    uint64_t total = 0;
    for (unsigned slot = 0; slot < EPOCH_SLOTS; slot++)
        total += epoch_read(c->epochs, (epoch_key){ (uint16_t)slot });
    return total;
}

static void keep_aside(caller_cache *c, const entry *x)
{
    if (x->secret_n == 0 || x->written_s >= x->used_s)
        return;
    if (c->aside_n == c->aside_size) {
        size_t size = c->aside_size == 0 ? 64 : c->aside_size * 2;
        last_use *more = size <= ASIDE_MAX ? realloc(c->aside, size * sizeof *more) : NULL;
        if (more == NULL)
            return;
        c->aside = more;
        c->aside_size = size;
    }
    last_use *u = &c->aside[c->aside_n++];
    u->account = x->who.account;
    memcpy(u->access_key_id, x->who.access_key_id, sizeof u->access_key_id);
    u->at_s = x->used_s;
    u->service = (product)x->service;
}

/* *ret_old: the references that the entry held; to be released outside the lock. */
static entry *place_for(caller_cache *c, str id, key_holder *ret_old)
{
    entry *set = set_of(c, id), *x = find_in(set, id);
    if (x != NULL) {
        ret_old->authority = x->authority;
        ret_old->network = x->network;
        return x;
    }
    x = &set[0];
    for (size_t i = 1; i < CACHE_WAYS && x->secret_n > 0; i++) {
        if (set[i].secret_n == 0 || set[i].found_at < x->found_at)
            x = &set[i];
    }
    keep_aside(c, x);
    c->unwritten -= x->secret_n > 0 && x->written_s < x->used_s;
    ret_old->authority = x->authority;
    ret_old->network = x->network;
    *x = (entry){ 0 };
    return x;
}

/* Under the lock. What goes is put into `out`, to be released without it. */
static size_t let_go(caller_cache *c, const entry *but, key_holder out[LET_GO_A_PUT])
{
    size_t n = 0;
    for (unsigned looked = 0; looked < SETS_A_PUT && n + CACHE_WAYS <= LET_GO_A_PUT; looked++) {
        entry *set = &c->entries[c->hand * CACHE_WAYS];
        c->hand = (c->hand + 1) % c->sets;
        for (size_t i = 0; i < CACHE_WAYS; i++) {
            if (set[i].authority == NULL || &set[i] == but)
                continue;
            keep_aside(c, &set[i]);
            c->unwritten -= set[i].secret_n > 0 && set[i].written_s < set[i].used_s;
            out[n++] = (key_holder){ .authority = set[i].authority, .network = set[i].network };
            set[i] = (entry){ 0 };
        }
    }
    return n;
}

void caller_cache_put(caller_cache *c, const key_holder *k, uint64_t mark)
{
    if (k->secret.n > CACHED_SECRET_MAX || k->secret.n == 0 || caller_cache_mark(c) != mark)
        return;
    CLEANUP(key_holder_done) key_holder old = { 0 };
    key_holder out[LET_GO_A_PUT];
    size_t out_n = 0;
    pthread_mutex_lock(&c->lock);
    entry *x = place_for(c, str_from_c(k->who.access_key_id), &old);
    x->who = k->who;
    x->authority = authority_hold(k->authority);
    x->network = network_policy_hold(k->network);
    x->place = k->place;
    memcpy(x->secret, k->secret.b, k->secret.n);
    x->secret_n = k->secret.n;
    x->found_at = ++c->clock;
    if (policy_documents_bytes() > c->documents_max)
        out_n = let_go(c, x, out);
    pthread_mutex_unlock(&c->lock);
    for (size_t i = 0; i < out_n; i++)
        key_holder_done(&out[i]);
}

void caller_cache_used(caller_cache *c, const caller *who, product service, int64_t now_s)
{
    if (who->kind == CALLER_ROLE) /* nothing of a session is stored */
        return;
    str id = str_from_c(who->access_key_id);
    pthread_mutex_lock(&c->lock);
    entry *x = find_in(set_of(c, id), id);
    if (x != NULL && now_s > x->used_s) {
        c->unwritten += x->written_s >= x->used_s;
        x->used_s = now_s;
        x->service = (uint8_t)service;
    } else if (x == NULL) {
        entry once = { .who = *who, .secret_n = 1, .used_s = now_s, .service = (uint8_t)service };
        keep_aside(c, &once);
    }
    pthread_mutex_unlock(&c->lock);
}

static bool is_due(const entry *x, bool is_all, int64_t now_s)
{
    return x->secret_n > 0 && x->written_s < x->used_s && (is_all || now_s - x->written_s >= LAST_USED_LATE_S);
}

size_t caller_cache_take_uses(caller_cache *c, bool is_all, int64_t now_s, last_use *ret, size_t max)
{
    size_t n = 0, all = c->sets * CACHE_WAYS;
    pthread_mutex_lock(&c->lock);
    for (; n < max && c->aside_n > 0; n++)
        ret[n] = c->aside[--c->aside_n];
    for (size_t seen = 0; n < max && c->unwritten > 0 && seen < all; seen++) {
        entry *x = &c->entries[c->sweep];
        c->sweep = (c->sweep + 1) % all;
        if (!is_due(x, is_all, now_s))
            continue;
        ret[n].account = x->who.account;
        memcpy(ret[n].access_key_id, x->who.access_key_id, sizeof ret[n].access_key_id);
        ret[n].at_s = x->used_s;
        ret[n++].service = (product)x->service;
        x->written_s = x->used_s;
        c->unwritten--;
    }
    pthread_mutex_unlock(&c->lock);
    return n;
}
