/* reseal.c - see reseal.h. */
#include "operations/reseal.h"

#include <string.h>

#include "store/directory.h"

enum { PAGE_MEMORY = 1 << 20 };

typedef struct {
    const reseal_options *o;
    uint64_t account;
    sealed_kind kind;
    arena *memory;
    sealed_row *rows;
    size_t n;
    sealed_row last; /* of the page before; its id lies in last_id */
    bool has_last;
    char last_id[ACCESS_KEY_ID_MAX];
    reseal_counts page;
} walk;

static status reseal_row(walk *w, store_tx *tx, const sealed_row *r, err *e)
{
    sealed fresh;
    err ignored = { 0 };
    const bytes value = { r->value.b, r->value.n };
    if (value.n == 0)
        return ST_OK;
    w->page.values++;
    if (vault_check(w->o->vault, r->place, value, &ignored) != ST_OK) {
        w->page.broken++;
        if (w->o->broken != NULL && !w->o->writes)
            w->o->broken(w->o->self, w->account, w->kind, r);
        return ST_OK;
    }
    if (vault_is_newest(w->o->vault, value))
        return ST_OK;
    if (!w->o->writes) {
        w->page.old++;
        return ST_OK;
    }
    TRY(vault_reseal(w->o->vault, r->place, value, &fresh, e));
    w->page.resealed++;
    return store_sealed_replace(tx, w->kind, r, &fresh, e);
}

/* May run twice on the store thread: everything that it leaves is overwritten. */
static status do_page(store_tx *tx, void *self, err *e)
{
    walk *w = self;
    w->page = (reseal_counts){ 0 };
    arena_reset(w->memory);
    TRY(store_sealed_list(tx, w->memory, w->kind, w->has_last ? &w->last : NULL, RESEAL_ROWS_PER_JOB, &w->rows, &w->n, e));
    for (size_t i = 0; i < w->n; i++)
        TRY(reseal_row(w, tx, &w->rows[i], e));
    return ST_OK;
}

static void advance(walk *w, reseal_counts *counts)
{
    counts->values += w->page.values;
    counts->resealed += w->page.resealed;
    counts->old += w->page.old;
    counts->broken += w->page.broken;
    if (w->n == 0)
        return;
    w->last = w->rows[w->n - 1];
    w->has_last = true;
    if (w->last.id.n > sizeof w->last_id)
        w->last.id.n = sizeof w->last_id;
    if (w->last.id.n > 0)
        memcpy(w->last_id, w->last.id.p, w->last.id.n);
    w->last.id.p = w->last_id;
}

static status walk_kind(walk *w, reseal_counts *counts, err *e)
{
    w->has_last = false;
    do {
        if (w->o->is_stopping != NULL && atomic_load(w->o->is_stopping))
            return err_set(e, ST_UNAVAILABLE, NULL, "the server is stopping");
        TRY(w->o->writes ? store_apply_now(w->o->store, w->account, do_page, w, e)
                         : store_read_now(w->o->store, w->account, do_page, w, e));
        advance(w, counts);
    } while (w->n == RESEAL_ROWS_PER_JOB);
    return ST_OK;
}

status reseal_account(const reseal_options *o, uint64_t account, reseal_counts *counts, err *e)
{
    CLEANUP(arena_free_at) arena *memory = arena_new(RESEAL_ROWS_PER_JOB * (sizeof(sealed_row) + 64), PAGE_MEMORY);
    walk w = { .o = o, .account = account, .memory = memory };
    if (memory == NULL)
        return ST_NO_MEMORY;
    for (int kind = 0; kind < SEALED_KIND_COUNT; kind++) {
        w.kind = (sealed_kind)kind;
        TRY(walk_kind(&w, counts, e));
    }
    return ST_OK;
}

typedef struct {
    const reseal_options *o;
    reseal_counts counts;
} all;

static status visit(void *self, uint64_t account, err *e)
{
    all *a = self;
    return reseal_account(a->o, account, &a->counts, e);
}

status reseal_all(const reseal_options *o, reseal_counts *ret, err *e)
{
    all a = { .o = o };
    TRY(directory_each_account(o->store, visit, &a, e));
    *ret = a.counts;
    return ST_OK;
}
