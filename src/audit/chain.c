/* chain.c - see chain.h, and audit_verify (audit.h). */
#include "audit/chain.h"

#include <string.h>

#include "base/encoding.h"
#include "store/directory.h"

enum {
    MESSAGE_MAX = 8 * 1024 * 1024,
    SEAL_ARENA_MAX = 16 * 1024 * 1024,
    VERIFY_PAGE = 256, /* events in one snapshot */
    VERIFY_ARENA_MAX = 64 * 1024 * 1024,
};

static void add_u64be(buf *b, uint64_t v)
{
    uint8_t be[8];
    u64be_encode(v, be);
    buf_add_bytes(b, (bytes){ be, sizeof be });
}

/* What is tagged for r, written over `b`. */
static status message_of(const audit_record *r, const uint8_t previous[VAULT_TAG_BYTES], buf *b, err *e)
{
    buf_clear(b);
    add_u64be(b, r->account);
    add_u64be(b, r->number);
    add_u64be(b, (uint64_t)r->at_s);
    buf_add_bytes(b, (bytes){ previous, VAULT_TAG_BYTES });
    buf_add(b, r->body);
    return buf_ok(b) ? ST_OK : err_set(e, ST_NO_MEMORY, NULL, "audit: no memory for an event");
}

/* --- sealing ------------------------------------------------------------------------------------------------------ */

static status seal_one(store_tx *tx, vault *v, const audit_record *r, buf *message, chain_progress *p, err *e)
{
    TRY(message_of(r, p->last.mac, message, e));
    vault_tag(v, TAG_AUDIT, buf_bytes(message), p->last.mac);
    p->last.number = r->number;
    p->sealed++;
    if (r->number % AUDIT_CHECKPOINT_EVERY == 0)
        p->checkpoint = p->last;
    return store_audit_set_mac(tx, r->number, p->last.mac, e);
}

status chain_seal(store_tx *tx, vault *v, uint32_t max, chain_progress *ret, err *e)
{
    CLEANUP(arena_free_at) arena *a = arena_new(16 * 1024, SEAL_ARENA_MAX);
    CLEANUP(buf_done) buf message;
    buf_init(&message, MESSAGE_MAX);
    if (a == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "audit: no memory to seal");
    audit_record last = { 0 }, *events = NULL;
    size_t n = 0;
    err none = { 0 };
    status s = store_audit_last_sealed(tx, a, &last, &none);
    if (s != ST_OK && s != ST_NOT_FOUND) {
        *e = none;
        return s;
    }
    chain_progress p = { .last = { .number = last.number } };
    memcpy(p.last.mac, last.mac, sizeof last.mac);
    TRY(store_audit_list(tx, a, last.number, max, &events, &n, e));
    for (size_t i = 0; i < n; i++)
        TRY(seal_one(tx, v, &events[i], &message, &p, e));
    *ret = p;
    return ST_OK;
}

/* --- verifying ---------------------------------------------------------------------------------------------------- */

typedef struct {
    store *store;
    vault *vault;
    arena *arena;
    buf message;
    audit_verdict verdict;
    chain_link last;         /* of the account being walked */
    uint64_t first_unsealed; /* 0: none so far */
    size_t page_n;
} walk;

static status broken(walk *w, const audit_record *r, uint64_t number, const char *why, err *e)
{
    w->verdict.broken_account = r->account;
    w->verdict.broken_number = number;
    return err_set(e, ST_DENIED, NULL, "audit: account %llu, event %llu: %s", (unsigned long long)r->account,
                   (unsigned long long)number, why);
}

static status check_one(walk *w, const audit_record *r, err *e)
{
    w->verdict.events++;
    if (r->number != w->last.number + 1)
        return broken(w, r, w->last.number + 1, "missing", e);
    w->last.number = r->number;
    if (!r->is_sealed) {
        w->verdict.unsealed++;
        if (w->first_unsealed == 0)
            w->first_unsealed = r->number;
        return ST_OK;
    }
    if (w->first_unsealed != 0) /* events are sealed in order */
        return broken(w, r, w->first_unsealed, "not sealed, but a later one is", e);
    TRY(message_of(r, w->last.mac, &w->message, e));
    if (vault_tag_check(w->vault, TAG_AUDIT, buf_bytes(&w->message), (bytes){ r->mac, sizeof r->mac }) != ST_OK)
        return broken(w, r, r->number, "its mac is wrong: it, or the one before it, was changed", e);
    memcpy(w->last.mac, r->mac, sizeof r->mac);
    return ST_OK;
}

static status check_page(store_tx *tx, void *self, err *e)
{
    walk *w = self;
    audit_record *events = NULL;
    arena_reset(w->arena);
    TRY(store_audit_list(tx, w->arena, w->last.number, VERIFY_PAGE, &events, &w->page_n, e));
    for (size_t i = 0; i < w->page_n; i++)
        TRY(check_one(w, &events[i], e));
    return ST_OK;
}

static status check_account(void *self, uint64_t account, err *e)
{
    walk *w = self;
    w->last = (chain_link){ 0 };
    w->first_unsealed = 0;
    do {
        TRY(store_read_now(w->store, account, check_page, w, e));
    } while (w->page_n == VERIFY_PAGE);
    w->verdict.accounts += account != 0; /* 0 is the server itself */
    return ST_OK;
}

static status check_all(walk *w, err *e)
{
    TRY(check_account(w, 0, e));
    return directory_each_account(w->store, check_account, w, e);
}

status audit_verify(store *s, vault *v, audit_verdict *ret, err *e)
{
    CLEANUP(arena_free_at) arena *a = arena_new(256 * 1024, VERIFY_ARENA_MAX);
    if (a == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "audit: no memory to verify");
    walk w = { .store = s, .vault = v, .arena = a };
    buf_init(&w.message, MESSAGE_MAX);
    status outcome = check_all(&w, e);
    buf_done(&w.message);
    if (outcome == ST_OK || outcome == ST_DENIED)
        *ret = w.verdict;
    return outcome;
}
