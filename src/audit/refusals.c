/* refusals.c - see refusals.h. Entries lie in an array; slots are an open-addressing index into it, hashed with a
 * random key, since the networks in it are the attacker's choice. The array is compacted and the index rebuilt at most
 * once a second. */
#include "audit/refusals.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "audit/event.h"

enum { SLOTS = 2 * AUDIT_REFUSALS_MAX }; /* a power of two */

struct refusals {
    pthread_mutex_t lock; /* guards all below */
    uint8_t hash_key[16];
    size_t n;
    uint64_t dropped;
    uint16_t slots[SLOTS]; /* index + 1; 0: free */
    refusal entries[AUDIT_REFUSALS_MAX];
};

refusals *refusals_new(const world *w)
{
    refusals *r = calloc(1, sizeof *r);
    if (r == NULL)
        return NULL;
    (void)pthread_mutex_init(&r->lock, NULL);
    if (world_random(w, r->hash_key, sizeof r->hash_key) == ST_OK)
        return r;
    refusals_free(r);
    return NULL;
}

void refusals_free(refusals *r)
{
    if (r == NULL)
        return;
    (void)pthread_mutex_destroy(&r->lock);
    free(r);
}

static void copy_cut(char *to, size_t size, str from)
{
    size_t n = from.n < size - 1 ? from.n : size - 1;
    if (n > 0)
        memcpy(to, from.p, n);
    to[n] = '\0';
}

static bool is_same(const refusal *a, const refusal *b)
{
    return a->account == b->account && a->minute == b->minute && ip_eq(&a->network, &b->network) &&
           strcmp(a->code, b->code) == 0;
}

/* The slot that holds the key of k, or the free one where it belongs. */
static uint16_t *find(refusals *r, const refusal *k)
{
    struct {
        uint64_t account, minute;
        uint8_t network[16];
    } fixed = { k->account, (uint64_t)k->minute, { 0 } };
    memcpy(fixed.network, k->network.b, sizeof fixed.network);
    uint64_t h =
        str_hash((str){ (const char *)&fixed, sizeof fixed }, r->hash_key) ^ str_hash(str_from_c(k->code), r->hash_key);
    size_t at = h % SLOTS;
    while (r->slots[at] != 0 && !is_same(&r->entries[r->slots[at] - 1], k))
        at = (at + 1) % SLOTS;
    return &r->slots[at];
}

void refusals_add(refusals *r, uint64_t account, const ip_addr *source, str action, str code, str access_key_id, int64_t now_s)
{
    refusal k = {
        .account = account, .network = ip_network(source), .minute = now_s / 60, .first_s = now_s, .last_s = now_s, .n = 1
    };
    copy_cut(k.code, sizeof k.code, code);
    copy_cut(k.action, sizeof k.action, action);
    copy_cut(k.access_key_id, sizeof k.access_key_id, access_key_id);
    (void)pthread_mutex_lock(&r->lock);
    uint16_t *slot = find(r, &k);
    if (*slot != 0) {
        refusal *known = &r->entries[*slot - 1];
        known->n++;
        known->last_s = now_s;
    } else if (r->n < AUDIT_REFUSALS_MAX) {
        r->entries[r->n++] = k;
        *slot = (uint16_t)r->n;
    } else {
        r->dropped++;
    }
    (void)pthread_mutex_unlock(&r->lock);
}

/* The first report of an entry is due at once, what came after it when its minute is over. */
static bool is_due(const refusal *k, int64_t minute, bool all)
{
    return k->n > k->reported_n && (all || k->reported_n == 0 || k->minute != minute);
}

/* Keeps the entries of this minute, so that what follows is added to them. */
static void forget_past(refusals *r, int64_t minute, bool all)
{
    size_t kept = 0;
    memset(r->slots, 0, sizeof r->slots);
    for (size_t i = 0; i < r->n; i++) {
        refusal *k = &r->entries[i];
        if (all || k->minute != minute)
            continue;
        if (is_due(k, minute, all))
            k->reported_n = k->n;
        r->entries[kept] = *k;
        *find(r, &r->entries[kept]) = (uint16_t)(kept + 1);
        kept++;
    }
    r->n = kept;
}

status refusals_take(refusals *r, int64_t now_s, bool all, refusal **ret, size_t *ret_n, uint64_t *ret_dropped)
{
    int64_t minute = now_s / 60;
    size_t due_n = 0;
    refusal *due = NULL;
    (void)pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < r->n; i++)
        due_n += is_due(&r->entries[i], minute, all) ? 1 : 0;
    if (due_n > 0 && (due = calloc(due_n, sizeof *due)) == NULL) {
        (void)pthread_mutex_unlock(&r->lock);
        return ST_NO_MEMORY;
    }
    due_n = 0;
    for (size_t i = 0; i < r->n; i++) {
        if (!is_due(&r->entries[i], minute, all))
            continue;
        due[due_n] = r->entries[i];
        due[due_n].n -= due[due_n].reported_n;
        due_n++;
    }
    forget_past(r, minute, all);
    *ret = due;
    *ret_n = due_n;
    *ret_dropped = r->dropped;
    r->dropped = 0;
    (void)pthread_mutex_unlock(&r->lock);
    return ST_OK;
}

/* --- as events ---------------------------------------------------------------------------------------------------- */

static status insert(store_tx *tx, event *ev, int64_t at_s, err *e)
{
    str body;
    uint64_t number;
    if (event_end(ev, &body) != ST_OK)
        return err_set(e, ST_BUG, NULL, "audit: an event of more than %d bytes", AUDIT_BODY_MAX);
    return store_audit_insert(tx, at_s, body, &number, e);
}

status refusal_write(store_tx *tx, const world *w, const refusal *r, err *e)
{
    CLEANUP(event_done) event ev;
    event_begin(&ev, w, str_from_c(r->action), "ApiCall", r->first_s);
    event_str(&ev, "errorCode", str_from_c(r->code));
    event_address(&ev, "sourceIpAddress", &r->network);
    event_open(&ev, "userIdentity");
    if (r->account != 0)
        event_id(&ev, "accountId", r->account);
    if (r->access_key_id[0] != '\0')
        event_str(&ev, "accessKeyId", str_from_c(r->access_key_id));
    event_close(&ev);
    event_id(&ev, "recipientAccountId", r->account);
    event_open(&ev, "additionalEventData");
    event_number(&ev, "count", r->n);
    event_time(&ev, "lastTime", r->last_s);
    event_close(&ev);
    return insert(tx, &ev, r->first_s, e);
}

status refusals_write_dropped(store_tx *tx, const world *w, uint64_t n, err *e)
{
    CLEANUP(event_done) event ev;
    int64_t now_s = world_now_s(w);
    event_begin(&ev, w, STR("RefusalsDropped"), "AliyunServiceEvent", now_s);
    event_open(&ev, "additionalEventData");
    event_number(&ev, "count", n);
    event_close(&ev);
    return insert(tx, &ev, now_s, e);
}
