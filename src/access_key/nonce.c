/* nonce.c - see nonce.h. The file is nonce_file.h's.
 *
 * Time runs in units of 16 s. A slot holds the first unit in which its nonce is forgotten, modulo 2^8 (68 minutes); it is
 * live while that lies 1 to LIVE_UNITS ahead of the clock, the latest time ever seen. A slot left for 38 minutes after it
 * expired would seem live again (which may refuse, and can never let through), so nonces_tick clears what has expired, the
 * whole table every ten minutes. Both buckets follow from the slot's 56 bits alone: a table of another size is filled from
 * the slots of the old.
 *
 * What is live is counted by unit, what a key holds by periods of eight units in two rows of cells (a count-min sketch):
 * time passing empties a whole unit or period, and nothing is searched.
 */
#include "access_key/nonce.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access_key/nonce_file.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"

enum {
    UNIT_S = 16,
    UNIT_BITS = 8, /* of a slot; the rest is the tag */
    UNIT_MASK = (1 << UNIT_BITS) - 1,
    LIVE_UNITS = 2 * NONCE_WINDOW_S / UNIT_S + 2, /* from the clock to the last unit of what may come in now */
    UNIT_RING = 128,
    PERIOD_UNITS = 8,
    PERIOD_RING = 16,
    BUCKET = 32,    /* slots */
    LINE_SLOTS = 8, /* of a cache line */
    SLOTS_LEAST = 16384,
    KEY_ROWS = 2,
    KEY_CELLS = 1024,
    KEY_SHARE = 16, /* of the capacity: what one key may hold when the table is nearly full */
    CEILING_AHEAD_S = 15,
    PENDING_MAX = 64,
    SWEEP_SLOTS = 1024, /* for one hold of the lock */
    SWEEP_TICKS = 120,  /* the whole table in ten minutes, at a tick every five seconds */
};
_Static_assert(LIVE_UNITS < UNIT_RING, "one place in the ring for each live unit");
_Static_assert(2 * LIVE_UNITS < 1 << UNIT_BITS, "what expired is cleared long before it would seem live again");
_Static_assert(LIVE_UNITS / PERIOD_UNITS + 2 <= PERIOD_RING, "and for each live period");

struct nonces {
    nonce_map map;
    pthread_mutex_t syncing; /* held over the disk's work; taken before `lock` */
    pthread_mutex_t lock;    /* slots, header and all below; the atomics are read without it too */
    _Atomic int64_t clock_s;
    _Atomic uint64_t live, refused_full;
    _Atomic uint32_t live_in[UNIT_RING];
    uint32_t held_in[PERIOD_RING][KEY_ROWS][KEY_CELLS];
    int64_t durable_ceiling_s;   /* the ceiling that is on the disk */
    size_t pending[PENDING_MAX]; /* offsets of pages to sync */
    size_t pending_n;
    bool is_all_pending;
    size_t swept;
};

/* --- slots -------------------------------------------------------------------------------------------------------- */

static int64_t unit_of(int64_t s)
{
    return s / UNIT_S;
}

static uint64_t slot_of(uint64_t tag, int64_t expiry_unit)
{
    return tag << UNIT_BITS | ((uint64_t)expiry_unit & UNIT_MASK);
}

/* Units until it is forgotten, 0 when it is. */
static unsigned units_left(uint64_t slot, int64_t clock_unit)
{
    unsigned left = (unsigned)(slot - (uint64_t)clock_unit) & UNIT_MASK;
    return slot != 0 && left <= LIVE_UNITS ? left : 0;
}

typedef struct {
    uint64_t *free; /* one of its free slots */
    unsigned free_n;
    bool has_tag;
} bucket_view;

/* Without branches: which slots are free is chance, and a processor's guesses would cost more than the look itself. */
static bucket_view look(uint64_t *bucket, uint64_t tag, int64_t clock_unit)
{
    size_t free_at = 0;
    unsigned free_n = 0, found = 0;
    for (size_t i = 0; i < BUCKET; i++) {
        uint64_t slot = bucket[i];
        unsigned left = ((unsigned)slot - (unsigned)clock_unit) & UNIT_MASK;
        unsigned is_live = (unsigned)(left - 1 < LIVE_UNITS) & (unsigned)(slot != 0);
        found |= is_live & (unsigned)(slot >> UNIT_BITS == tag);
        free_n += 1 - is_live;
        free_at = is_live ? free_at : i;
    }
    return (bucket_view){ free_n > 0 ? &bucket[free_at] : NULL, free_n, found != 0 };
}

/* The slot for a new nonce, in the emptier of its buckets: NULL when both are full. */
static uint64_t *find_slot(const nonce_map *m, uint64_t tag, int64_t clock_unit, bool *ret_is_used)
{
    uint64_t bucket_n = m->slot_n / BUCKET, mixed = tag * 0x9e3779b97f4a7c15; /* 2^64 / golden ratio: spreads the low bits */
    uint64_t first = ((tag >> 24) * bucket_n) >> 32, second = ((mixed >> 32) * bucket_n) >> 32;
    for (size_t i = 0; i < BUCKET; i += LINE_SLOTS) { /* the second comes in while the first is looked at */
        __builtin_prefetch(m->slots + first * BUCKET + i);
        __builtin_prefetch(m->slots + second * BUCKET + i);
    }
    bucket_view a = look(m->slots + first * BUCKET, tag, clock_unit), b = look(m->slots + second * BUCKET, tag, clock_unit);
    *ret_is_used = a.has_tag || b.has_tag;
    return a.free_n >= b.free_n ? a.free : b.free;
}

/* --- counting ----------------------------------------------------------------------------------------------------- */

static void count_slot(nonces *n, int64_t expiry_unit)
{
    n->live_in[expiry_unit % UNIT_RING]++;
    n->live++;
}

static uint32_t *held_cell(nonces *n, int64_t period, unsigned row, uint64_t key_hash)
{
    return &n->held_in[period % PERIOD_RING][row][(key_hash >> (32 * row)) % KEY_CELLS];
}

/* At least what the key holds, and hardly ever more. */
static uint64_t held_by(nonces *n, uint64_t key_hash)
{
    uint64_t least = UINT64_MAX;
    for (unsigned row = 0; row < KEY_ROWS; row++) {
        uint64_t sum = 0;
        for (int64_t period = 0; period < PERIOD_RING; period++)
            sum += *held_cell(n, period, row, key_hash);
        least = sum < least ? sum : least;
    }
    return least;
}

/* The period whose last unit may still be live. */
static int64_t first_period(int64_t clock_unit)
{
    return (clock_unit + 1) / PERIOD_UNITS;
}

/* The clock goes forward only: what expired on the way is counted out. */
static void advance(nonces *n, int64_t now_s)
{
    int64_t was_s = n->clock_s;
    if (now_s <= was_s)
        return;
    n->clock_s = now_s;
    n->map.header->clock_s = now_s;
    int64_t was = unit_of(was_s), now = unit_of(now_s), steps = now - was < UNIT_RING ? now - was : UNIT_RING;
    for (int64_t i = 0; i < steps; i++) {
        _Atomic uint32_t *expired = &n->live_in[(now - i) % UNIT_RING];
        n->live -= *expired;
        *expired = 0;
    }
    int64_t gone = first_period(now) - first_period(was);
    for (int64_t i = 1; i <= gone && i <= PERIOD_RING; i++)
        memset(n->held_in[(first_period(now) - i) % PERIOD_RING], 0, sizeof n->held_in[0]);
}

/* --- opening ------------------------------------------------------------------------------------------------------ */

static size_t slots_for(uint32_t calls_per_second)
{
    size_t live = (size_t)calls_per_second * (NONCE_WINDOW_S + UNIT_S);
    size_t n = live / 3 * 4 + 4, page = NONCE_PAGE / sizeof(uint64_t); /* three quarters full at that rate */
    n = n > SLOTS_LEAST ? n : SLOTS_LEAST;
    return (n + page - 1) / page * page;
}

static void read_boot_id(const char *given, char ret[NONCE_BOOT_ID_MAX])
{
    buf b;
    err e;
    str id = str_from_c(given);
    buf_init(&b, NONCE_BOOT_ID_MAX * 2);
    if (given == NULL && file_read("/proc/sys/kernel/random/boot_id", NONCE_BOOT_ID_MAX, &b, &e) == ST_OK)
        id = buf_str(&b);
    memset(ret, 0, NONCE_BOOT_ID_MAX);
    for (size_t i = 0; i < id.n && i < NONCE_BOOT_ID_MAX - 1 && id.p[i] > ' '; i++)
        ret[i] = id.p[i];
    buf_done(&b);
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static status make(const nonces_options *o, const char *boot_id, int64_t refused_to_s, nonce_map *ret, err *e)
{
    uint8_t hash_key[16];
    nonce_map m;
    if (world_random(o->world, hash_key, sizeof hash_key) != ST_OK)
        return err_set(e, ST_UNAVAILABLE, NULL, "no random bytes for the nonces' key");
    TRY(nonce_map_create(o->path, slots_for(o->calls_per_second), hash_key, &m, e));
    memcpy(m.header->boot_id, boot_id, sizeof m.header->boot_id);
    m.header->refused_to_s = refused_to_s;
    status st = nonce_map_install(o->path, &m, e);
    if (st == ST_OK)
        *ret = m;
    else
        nonce_map_abandon(o->path, &m);
    return st;
}

/* What its window held is unknown: it is kept for whoever wants to look, and no request that it may have held is taken. */
static status replace_damaged(const nonces_options *o, const char *boot_id, const err *why, nonce_map *ret, err *e)
{
    char aside[FILE_PATH_MAX];
    int n = snprintf(aside, sizeof aside, "%s.damaged", o->path);
    bool is_kept = n > 0 && (size_t)n < sizeof aside && (unlink(aside), link(o->path, aside) == 0);
    log_event(LOG_WARNING, "nonces_damaged", LOG_Z("reason", why->log), LOG_B("kept", is_kept),
              LOG_N("refusing_for_s", NONCE_WINDOW_S));
    return make(o, boot_id, world_now_s(o->world) + NONCE_WINDOW_S, ret, e);
}

/* The machine went down without a clean stop: remember, on the disk and before anything else, what may be lost. */
static status note_loss(const nonce_map *m, const char *boot_id, err *e)
{
    nonce_header *h = m->header;
    if (h->is_clean == 1 || (boot_id[0] != '\0' && strcmp(h->boot_id, boot_id) == 0))
        return ST_OK;
    h->refused_to_s = later(h->refused_to_s, h->ceiling_s);
    return nonce_map_sync(m, 0, NONCE_PAGE, e);
}

/* Whatever was live at was_s is not so any more, however often units wrapped since. */
static bool is_all_expired(int64_t was_s, int64_t now_s)
{
    return now_s - was_s > 2 * NONCE_WINDOW_S + UNIT_S;
}

/* false: a nonce does not fit. */
static bool copy_live(const nonce_map *from, const nonce_map *to, int64_t now_s)
{
    int64_t was_s = from->header->clock_s, was_unit = unit_of(was_s), clock_unit = unit_of(later(was_s, now_s));
    if (is_all_expired(was_s, now_s))
        return true;
    for (size_t i = 0; i < from->slot_n; i++) {
        bool is_used;
        if (units_left(from->slots[i], was_unit) == 0 || units_left(from->slots[i], clock_unit) == 0)
            continue;
        uint64_t *slot = find_slot(to, from->slots[i] >> UNIT_BITS, clock_unit, &is_used);
        if (slot == NULL)
            return false;
        *slot = from->slots[i];
    }
    return true;
}

static status resize(const nonces_options *o, const char *boot_id, nonce_map *m, err *e)
{
    size_t slot_n = slots_for(o->calls_per_second);
    nonce_map to;
    if (slot_n == m->slot_n)
        return ST_OK;
    TRY(nonce_map_create(o->path, slot_n, m->header->hash_key, &to, e));
    memcpy(to.header->boot_id, boot_id, sizeof to.header->boot_id);
    to.header->clock_s = m->header->clock_s;
    to.header->ceiling_s = m->header->ceiling_s;
    to.header->refused_to_s = m->header->refused_to_s;
    if (!copy_live(m, &to, world_now_s(o->world))) {
        nonce_map_abandon(o->path, &to);
        log_event(LOG_WARNING, "nonces_capacity_kept", LOG_N("slots", m->slot_n), LOG_N("asked_for", slot_n));
        return ST_OK;
    }
    status st = nonce_map_install(o->path, &to, e);
    if (st != ST_OK) {
        nonce_map_abandon(o->path, &to);
        return st;
    }
    nonce_map_close(m);
    *m = to;
    return ST_OK;
}

/* Counts what is live and clears the rest, so that no old slot can seem live again. */
static void load(nonces *n, int64_t now_s)
{
    int64_t was_s = n->map.header->clock_s, clock_unit = unit_of(was_s);
    bool is_old = is_all_expired(was_s, now_s);
    n->clock_s = was_s;
    for (size_t i = 0; i < n->map.slot_n; i++) {
        unsigned left = units_left(n->map.slots[i], clock_unit);
        if (left > 0 && !is_old)
            count_slot(n, clock_unit + left);
        else if (n->map.slots[i] != 0)
            n->map.slots[i] = 0;
    }
    advance(n, now_s);
}

/* From here on the file belongs to this boot. */
static status take_over(nonces *n, const char *boot_id, int64_t now_s, err *e)
{
    nonce_header *h = n->map.header;
    h->is_clean = 0;
    memcpy(h->boot_id, boot_id, sizeof h->boot_id);
    h->ceiling_s = later(h->ceiling_s, now_s + CEILING_AHEAD_S);
    n->durable_ceiling_s = h->ceiling_s;
    return nonce_map_sync(&n->map, 0, NONCE_PAGE, e);
}

static status open_map(const nonces_options *o, const char *boot_id, nonce_map *ret, err *e)
{
    nonce_map m = { 0 };
    err why;
    status st = nonce_map_open(o->path, &m, &why);
    if (st == ST_NOT_FOUND)
        return make(o, boot_id, 0, ret, e);
    if (st == ST_INVALID)
        return replace_damaged(o, boot_id, &why, ret, e);
    if (st != ST_OK) {
        *e = why;
        return st;
    }
    st = note_loss(&m, boot_id, e);
    if (st == ST_OK)
        st = resize(o, boot_id, &m, e);
    if (st == ST_OK)
        *ret = m;
    else
        nonce_map_close(&m);
    return st;
}

status nonces_open(const nonces_options *o, nonces **ret, err *e)
{
    char boot_id[NONCE_BOOT_ID_MAX];
    int64_t now_s = world_now_s(o->world);
    if (o->calls_per_second < 1 || o->calls_per_second > 1000000)
        return err_set(e, ST_INVALID, NULL, "nonces for %u calls per second: 1 to 1000000", o->calls_per_second);
    read_boot_id(o->boot_id, boot_id);
    nonces *n = calloc(1, sizeof *n);
    if (n == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "no memory for the nonces");
    status st = open_map(o, boot_id, &n->map, e);
    if (st != ST_OK) {
        free(n);
        return st;
    }
    (void)pthread_mutex_init(&n->lock, NULL);
    (void)pthread_mutex_init(&n->syncing, NULL);
    load(n, now_s);
    st = take_over(n, boot_id, now_s, e);
    if (st == ST_OK)
        *ret = n;
    else
        nonces_close(n);
    return st;
}

void nonces_close(nonces *n)
{
    if (n == NULL)
        return;
    err e;
    status st = nonce_map_sync(&n->map, 0, n->map.bytes, &e);
    if (st == ST_OK) {
        n->map.header->is_clean = 1;
        st = nonce_map_sync(&n->map, 0, NONCE_PAGE, &e);
    }
    if (st != ST_OK)
        log_event(LOG_ERROR, "nonces_not_synced", LOG_Z("reason", e.log));
    nonce_map_close(&n->map);
    (void)pthread_mutex_destroy(&n->lock);
    (void)pthread_mutex_destroy(&n->syncing);
    free(n);
}

/* --- use ---------------------------------------------------------------------------------------------------------- */

bool nonces_is_in_window(const nonces *n, int64_t dated_s, int64_t now_s)
{
    return dated_s >= later(n->clock_s, now_s) - NONCE_WINDOW_S && dated_s <= now_s + NONCE_WINDOW_S;
}

static void add_pending(nonces *n, const uint64_t *slot)
{
    size_t page = (size_t)((const uint8_t *)slot - (const uint8_t *)n->map.header) / NONCE_PAGE * NONCE_PAGE;
    for (size_t i = 0; i < n->pending_n; i++)
        if (n->pending[i] == page)
            return;
    if (n->pending_n == PENDING_MAX)
        n->is_all_pending = true;
    else
        n->pending[n->pending_n++] = page;
}

typedef struct {
    uint64_t key_hash, tag; /* tag: 56 bits, not 0 */
    int64_t dated_s, now_s;
} use;

static nonce_verdict use_locked(nonces *n, const use *u, int64_t *ret_retry_ms)
{
    advance(n, u->now_s);
    int64_t clock_unit = unit_of(n->clock_s), refused_to_s = n->map.header->refused_to_s;
    if (!nonces_is_in_window(n, u->dated_s, u->now_s))
        return NONCE_EXPIRED;
    if (u->dated_s <= refused_to_s) {
        *ret_retry_ms = (refused_to_s - u->dated_s + 1) * 1000; /* by the client's own clock, however wrong */
        return NONCE_RESTARTING;
    }
    bool is_used;
    uint64_t *slot = find_slot(&n->map, u->tag, clock_unit, &is_used);
    if (is_used)
        return NONCE_USED;
    if (n->live * 4 > n->map.slot_n * 3 && held_by(n, u->key_hash) * KEY_SHARE > n->map.slot_n) {
        n->refused_full++;
        return NONCE_KEY_FULL;
    }
    if (slot == NULL) {
        n->refused_full++;
        return NONCE_FULL;
    }
    int64_t expiry_unit = unit_of(u->dated_s + NONCE_WINDOW_S) + 1;
    *slot = slot_of(u->tag, expiry_unit);
    count_slot(n, expiry_unit);
    for (unsigned row = 0; row < KEY_ROWS; row++)
        ++*held_cell(n, expiry_unit / PERIOD_UNITS, row, u->key_hash);
    if (u->dated_s <= n->durable_ceiling_s)
        return NONCE_FRESH;
    add_pending(n, slot);
    return NONCE_SYNC_FIRST;
}

/* Hashed apart, so that no two pairs can run together into one text. */
static use hash_use(const nonces *n, str access_key_id, str nonce)
{
    const uint8_t *key = n->map.header->hash_key;
    uint64_t parts[2] = { str_hash(access_key_id, key), str_hash(nonce, key) };
    uint64_t tag = str_hash((str){ (const char *)parts, sizeof parts }, key) >> UNIT_BITS;
    return (use){ .key_hash = parts[0], .tag = tag != 0 ? tag : 1 };
}

nonce_verdict nonces_use(nonces *n, str access_key_id, str nonce, int64_t dated_s, int64_t now_s, int64_t *ret_retry_ms)
{
    use u = hash_use(n, access_key_id, nonce);
    u.dated_s = dated_s;
    u.now_s = now_s;
    (void)pthread_mutex_lock(&n->lock);
    nonce_verdict v = use_locked(n, &u, ret_retry_ms);
    (void)pthread_mutex_unlock(&n->lock);
    return v;
}

/* --- the disk ----------------------------------------------------------------------------------------------------- */

/* One at a time: a caller whose page another is writing returns after that one is done. */
static status sync_pending(nonces *n, err *e)
{
    size_t pages[PENDING_MAX], page_n;
    (void)pthread_mutex_lock(&n->lock);
    bool is_all = n->is_all_pending;
    page_n = n->pending_n;
    memcpy(pages, n->pending, page_n * sizeof pages[0]);
    n->pending_n = 0;
    n->is_all_pending = false;
    (void)pthread_mutex_unlock(&n->lock);

    status st = is_all ? nonce_map_sync(&n->map, 0, n->map.bytes, e) : ST_OK;
    for (size_t i = 0; i < page_n && !is_all && st == ST_OK; i++)
        st = nonce_map_sync(&n->map, pages[i], NONCE_PAGE, e);
    if (st != ST_OK) { /* whoever comes next must not take it for done */
        (void)pthread_mutex_lock(&n->lock);
        n->is_all_pending = true;
        (void)pthread_mutex_unlock(&n->lock);
    }
    return st;
}

status nonces_sync(nonces *n, err *e)
{
    (void)pthread_mutex_lock(&n->syncing);
    status st = sync_pending(n, e);
    (void)pthread_mutex_unlock(&n->syncing);
    return st;
}

static void sweep_some(nonces *n)
{
    int64_t clock_unit = unit_of(n->clock_s);
    for (size_t i = 0; i < SWEEP_SLOTS; i++) {
        uint64_t *slot = &n->map.slots[n->swept];
        if (*slot != 0 && units_left(*slot, clock_unit) == 0)
            *slot = 0;
        n->swept = n->swept + 1 < n->map.slot_n ? n->swept + 1 : 0;
    }
}

status nonces_tick(nonces *n, int64_t now_s, err *e)
{
    (void)pthread_mutex_lock(&n->lock);
    advance(n, now_s);
    int64_t ceiling_s = later(n->map.header->ceiling_s, now_s + CEILING_AHEAD_S);
    n->map.header->ceiling_s = ceiling_s;
    (void)pthread_mutex_unlock(&n->lock);

    TRY(nonce_map_sync(&n->map, 0, NONCE_PAGE, e));
    (void)pthread_mutex_lock(&n->lock);
    n->durable_ceiling_s = later(n->durable_ceiling_s, ceiling_s);
    (void)pthread_mutex_unlock(&n->lock);

    for (size_t swept = 0; swept < SWEEP_SLOTS + n->map.slot_n / SWEEP_TICKS; swept += SWEEP_SLOTS) {
        (void)pthread_mutex_lock(&n->lock);
        sweep_some(n);
        (void)pthread_mutex_unlock(&n->lock);
    }
    return ST_OK;
}

nonces_counts nonces_count(const nonces *n, int64_t now_s)
{
    uint64_t live = 0;
    int64_t clock_unit = unit_of(later(n->clock_s, now_s)), end = unit_of(n->clock_s) + LIVE_UNITS;
    for (int64_t unit = clock_unit + 1; unit <= end; unit++)
        live += n->live_in[unit % UNIT_RING];
    return (nonces_counts){ live, n->map.slot_n, n->map.bytes, n->refused_full };
}
