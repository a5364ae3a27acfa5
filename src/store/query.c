/* query.c - see query.h. */
#include "store/query.h"

#include <assert.h>
#include <sqlite3.h>
#include <string.h>

static void fail(query *q, status s, const char *why)
{
    if (q->failed != ST_OK)
        return;
    q->failed = s;
    q->why = why;
}

query query_begin(store_tx *tx, statement_id id)
{
    query q = { .tx = tx, .id = id };
    statement_scope scope = statements[id].scope;
    if (tx->is_lost)
        fail(&q, ST_UNAVAILABLE, "the transaction was undone by an earlier failure");
    else if (scope == SCOPE_ACCOUNT && tx->account == 0)
        fail(&q, ST_BUG, "the transaction is for no account");
    else if (statements[id].writes && !tx->may_write)
        fail(&q, ST_BUG, "the transaction may only read");
    if (q.failed != ST_OK)
        return q;
    q.stmt = engine_statement(tx->engine, id);
    assert(q.stmt != NULL && !sqlite3_stmt_busy(q.stmt));
    if (scope != SCOPE_GLOBAL)
        query_bind_u64(&q, tx->account);
    return q;
}

void query_done(query *q)
{
    if (q->stmt == NULL)
        return;
    (void)sqlite3_reset(q->stmt);
    (void)sqlite3_clear_bindings(q->stmt);
    q->stmt = NULL;
}

/* --- in ----------------------------------------------------------------------------------------------------------- */

static void bound(query *q, int rc)
{
    if (rc != SQLITE_OK)
        fail(q, rc == SQLITE_NOMEM ? ST_NO_MEMORY : rc == SQLITE_TOOBIG ? ST_LIMIT : ST_BUG, "a value could not be bound");
}

void query_bind_u64(query *q, uint64_t v)
{
    query_bind_i64(q, (int64_t)v); /* no id or number of ours is above 2^63 - 1 */
}

void query_bind_i64(query *q, int64_t v)
{
    if (q->failed == ST_OK)
        bound(q, sqlite3_bind_int64(q->stmt, ++q->bound, v));
}

void query_bind_bool(query *q, bool v)
{
    query_bind_i64(q, v ? 1 : 0);
}

void query_bind_str(query *q, str v)
{
    if (q->failed == ST_OK)
        bound(q, sqlite3_bind_text64(q->stmt, ++q->bound, v.p != NULL ? v.p : "", v.n, SQLITE_STATIC, SQLITE_UTF8));
}

void query_bind_bytes(query *q, bytes v)
{
    if (q->failed == ST_OK)
        bound(q, sqlite3_bind_blob64(q->stmt, ++q->bound, v.p != NULL ? v.p : (const uint8_t *)"", v.n, SQLITE_STATIC));
}

/* --- steps -------------------------------------------------------------------------------------------------------- */

static status say(const query *q, err *e)
{
    return err_set(e, q->failed, NULL, "store: %s: %s", statements[q->id].name, q->why);
}

static status stepped_badly(query *q, err *e)
{
    q->failed = engine_failed(q->tx->engine, statements[q->id].name, e);
    q->why = "failed before";
    if (q->failed == ST_UNAVAILABLE)
        q->tx->is_failing = true;
    if (!engine_in_transaction(q->tx->engine))
        q->tx->is_lost = true;
    return q->failed;
}

status query_row(query *q, err *e)
{
    if (q->failed != ST_OK)
        return say(q, e);
    q->read = 0;
    switch (sqlite3_step(q->stmt)) {
    case SQLITE_ROW:
        return ST_OK;
    case SQLITE_DONE:
        return err_set(e, ST_NOT_FOUND, NULL, "store: %s: no such row", statements[q->id].name);
    default:
        return stepped_badly(q, e);
    }
}

status query_run(query *q, err *e)
{
    if (q->failed != ST_OK)
        return say(q, e);
    return sqlite3_step(q->stmt) == SQLITE_DONE ? ST_OK : stepped_badly(q, e);
}

status query_run_one(query *q, err *e)
{
    TRY(query_run(q, e));
    if (engine_changes(q->tx->engine) == 0)
        return err_set(e, ST_NOT_FOUND, NULL, "store: %s: no such row", statements[q->id].name);
    return ST_OK;
}

/* --- out ---------------------------------------------------------------------------------------------------------- */

uint64_t query_u64(query *q)
{
    return (uint64_t)query_i64(q);
}

int64_t query_i64(query *q)
{
    return q->failed == ST_OK ? sqlite3_column_int64(q->stmt, q->read++) : 0;
}

bool query_bool(query *q)
{
    return query_i64(q) != 0;
}

/* Borrowed until the next step. */
static bytes column(query *q)
{
    if (q->failed != ST_OK)
        return (bytes){ NULL, 0 };
    int at = q->read++;
    if (sqlite3_column_type(q->stmt, at) == SQLITE_NULL)
        return (bytes){ NULL, 0 };
    const uint8_t *p = sqlite3_column_blob(q->stmt, at);
    size_t n = (size_t)sqlite3_column_bytes(q->stmt, at);
    if (p == NULL && n > 0)
        fail(q, ST_NO_MEMORY, "out of memory");
    return (bytes){ p != NULL ? p : (const uint8_t *)"", p != NULL ? n : 0 };
}

str query_str(query *q, arena *a)
{
    str s = { NULL, 0 };
    if (arena_copy(a, str_of(column(q)), &s) != ST_OK)
        fail(q, ST_NO_MEMORY, "the arena is full");
    return s;
}

bytes query_bytes(query *q, arena *a)
{
    return bytes_of(query_str(q, a));
}

void query_fixed(query *q, uint8_t *ret, size_t size, size_t *ret_n)
{
    bytes b = column(q);
    *ret_n = 0;
    if (b.n > size) {
        fail(q, ST_BUG, "a value is longer than its field");
        return;
    }
    if (b.n > 0)
        memcpy(ret, b.p, b.n);
    *ret_n = b.n;
}

void query_sealed(query *q, sealed *ret)
{
    size_t n = 0;
    query_fixed(q, ret->b, sizeof ret->b, &n);
    ret->n = (uint16_t)n;
}

status query_end(query *q, err *e)
{
    return q->failed == ST_OK ? ST_OK : say(q, e);
}

typedef struct {
    uint8_t *items;
    size_t n, size;
} list;

static void *list_next(list *l, arena *a, size_t item_size)
{
    if (l->n == l->size) {
        size_t size = l->size == 0 ? 4 : l->size * 2;
        uint8_t *items = arena_alloc_n(a, size, item_size);
        if (items == NULL)
            return NULL;
        if (l->n > 0)
            memcpy(items, l->items, l->n * item_size);
        l->items = items;
        l->size = size;
    }
    return l->items + item_size * l->n++;
}

status query_list(query *q, arena *a, size_t item_size, query_reader read, void **ret, size_t *ret_n, err *e)
{
    list l = { 0 };
    status s;
    err end = { 0 }; /* running out of rows is no failure of this call */
    while ((s = query_row(q, &end)) == ST_OK) {
        void *item = list_next(&l, a, item_size);
        if (item == NULL)
            return err_set(e, ST_NO_MEMORY, NULL, "store: %s: the arena is full", statements[q->id].name);
        read(q, a, item);
        TRY(query_end(q, e));
    }
    if (s != ST_NOT_FOUND) {
        *e = end;
        return s;
    }
    *ret = l.items;
    *ret_n = l.n;
    return ST_OK;
}
