/* policy_cache.c - see policy_cache.h. A hash table with chains, and one list of all entries from the last found to the first
 * to go. Documents are released outside the lock, as the last release frees. */
#include "policy/policy_cache.h"

#include <pthread.h>
#include <stdlib.h>

enum { BUCKETS_MIN = 16, BYTES_PER_BUCKET = 1024, LOOKED_AT = 256 };

typedef struct entry {
    struct entry *next_in_bucket;
    struct entry *newer, *older; /* NULL at the ends */
    uint64_t policy_id;
    uint32_t version;
    size_t bucket, bytes;
    policy_document *document;
} entry;

struct policy_cache {
    pthread_mutex_t lock; /* guards everything below but what never changes: buckets_n, bytes_max, key */
    entry **buckets;
    size_t buckets_n; /* a power of two */
    size_t bytes, bytes_max;
    entry *newest, *oldest;
    uint8_t key[16]; /* of the hash */
};

policy_cache *policy_cache_new(size_t bytes_max, const world *w)
{
    policy_cache *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->bytes_max = bytes_max;
    c->buckets_n = BUCKETS_MIN;
    while (c->buckets_n < bytes_max / BYTES_PER_BUCKET)
        c->buckets_n *= 2;
    c->buckets = calloc(c->buckets_n, sizeof(entry *));
    if (c->buckets == NULL || world_random(w, c->key, sizeof c->key) != ST_OK) {
        free(c->buckets);
        free(c);
        return NULL;
    }
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

static void entry_free(entry *x)
{
    policy_document_release(x->document);
    free(x);
}

void policy_cache_free(policy_cache *c)
{
    if (c == NULL)
        return;
    while (c->oldest != NULL) {
        entry *x = c->oldest;
        c->oldest = x->newer;
        entry_free(x);
    }
    pthread_mutex_destroy(&c->lock);
    free(c->buckets);
    free(c);
}

static size_t bucket_of(const policy_cache *c, uint64_t policy_id, uint32_t version)
{
    const uint64_t words[2] = { policy_id, version };
    return (size_t)str_hash((str){ (const char *)words, sizeof words }, c->key) & (c->buckets_n - 1);
}

/* --- under the lock ----------------------------------------------------------------------------------------------- */

static entry *find_in(entry *x, uint64_t policy_id, uint32_t version)
{
    while (x != NULL && (x->policy_id != policy_id || x->version != version))
        x = x->next_in_bucket;
    return x;
}

static void leave_order(policy_cache *c, entry *x)
{
    *(x->newer != NULL ? &x->newer->older : &c->newest) = x->older;
    *(x->older != NULL ? &x->older->newer : &c->oldest) = x->newer;
}

static void become_newest(policy_cache *c, entry *x)
{
    x->newer = NULL;
    x->older = c->newest;
    *(c->newest != NULL ? &c->newest->newer : &c->oldest) = x;
    c->newest = x;
}

static void leave_bucket(policy_cache *c, const entry *x)
{
    entry **at = &c->buckets[x->bucket];
    while (*at != x)
        at = &(*at)->next_in_bucket;
    *at = x->next_in_bucket;
}

/* Takes out the oldest that nobody holds until there is room, at most LOOKED_AT of them; they are chained by `older`, for the caller
 * to free. What is held becomes the newest, so that the next look begins elsewhere. */
static entry *make_room(policy_cache *c, size_t needed)
{
    entry *out = NULL;
    for (unsigned looked = 0; c->oldest != NULL && c->bytes > c->bytes_max - needed && looked < LOOKED_AT; looked++) {
        entry *x = c->oldest;
        leave_order(c, x);
        if (policy_document_is_shared(x->document)) {
            become_newest(c, x);
            continue;
        }
        leave_bucket(c, x);
        c->bytes -= x->bytes;
        x->older = out;
        out = x;
    }
    return out;
}

static void insert(policy_cache *c, entry *x)
{
    x->next_in_bucket = c->buckets[x->bucket];
    c->buckets[x->bucket] = x;
    become_newest(c, x);
    c->bytes += x->bytes;
}

/* ------------------------------------------------------------------------------------------------------------------ */

policy_document *policy_cache_find(policy_cache *c, uint64_t policy_id, uint32_t version)
{
    const size_t bucket = bucket_of(c, policy_id, version);
    policy_document *found = NULL;
    pthread_mutex_lock(&c->lock);
    entry *x = find_in(c->buckets[bucket], policy_id, version);
    if (x != NULL) {
        leave_order(c, x);
        become_newest(c, x);
        found = policy_document_hold(x->document);
    }
    pthread_mutex_unlock(&c->lock);
    return found;
}

void policy_cache_put(policy_cache *c, uint64_t policy_id, uint32_t version, policy_document *d)
{
    const size_t needed = sizeof(entry) + policy_document_bytes(d);
    entry *x = needed <= c->bytes_max ? malloc(sizeof *x) : NULL;
    if (x == NULL)
        return; /* it is compiled again the next time */
    *x = (entry){ .policy_id = policy_id, .version = version, .bytes = needed, .document = policy_document_hold(d) };
    x->bucket = bucket_of(c, policy_id, version);
    pthread_mutex_lock(&c->lock);
    entry *out = x; /* what is to be freed: the entry itself where another thread was first */
    if (find_in(c->buckets[x->bucket], policy_id, version) == NULL) {
        out = make_room(c, needed);
        insert(c, x);
    }
    pthread_mutex_unlock(&c->lock);
    while (out != NULL) {
        entry *next = out->older;
        entry_free(out);
        out = next;
    }
}
