/* query.h - how the record groups run a statement: bind in order, step, read in order. Inside src/store only.
 *
 *     CLEANUP(query_done) query q = query_begin(tx, Q_USER_GET);
 *     query_bind_u64(&q, id);
 *     TRY(query_row(&q, e));                  ST_NOT_FOUND: no (more) rows
 *     record.name = query_str(&q, arena);
 *     return query_end(&q, e);
 *
 * The transaction's account is bound as ?1 already unless the statement is global. Failures stick: what was bound or
 * read after one does nothing, and query_row, query_run or query_end tells.
 */
#ifndef ARGALI_STORE_QUERY_H
#define ARGALI_STORE_QUERY_H

#include "store/records.h"
#include "store/tx.h"

typedef struct {
    store_tx *tx;
    statement_id id;
    struct sqlite3_stmt *stmt; /* NULL: never began */
    int bound, read;
    status failed;
    const char *why;
} query;

query query_begin(store_tx *tx, statement_id id);
void query_done(query *q);

void query_bind_u64(query *q, uint64_t v);
void query_bind_i64(query *q, int64_t v);
void query_bind_bool(query *q, bool v);
void query_bind_str(query *q, str v);     /* borrowed until query_done; absent is bound as empty */
void query_bind_bytes(query *q, bytes v); /* the same */

MUST_USE status query_row(query *q, err *e);
MUST_USE status query_run(query *q, err *e);     /* a write of any number of rows */
MUST_USE status query_run_one(query *q, err *e); /* ST_NOT_FOUND: the write found no row */

uint64_t query_u64(query *q);
int64_t query_i64(query *q);
bool query_bool(query *q);
str query_str(query *q, arena *a);
bytes query_bytes(query *q, arena *a);                                /* .p is NULL where the column is */
void query_fixed(query *q, uint8_t *ret, size_t size, size_t *ret_n); /* a blob of at most size bytes */
void query_sealed(query *q, sealed *ret);
MUST_USE status query_end(query *q, err *e); /* of a row */

/* All rows that are left, each read by `read`, into an array of the arena. */
typedef void (*query_reader)(query *q, arena *a, void *ret_item);
MUST_USE status query_list(query *q, arena *a, size_t item_size, query_reader read, void **ret, size_t *ret_n, err *e);

#endif
