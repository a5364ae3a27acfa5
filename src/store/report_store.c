/* report_store.c - generated reports, in numbered pieces. See records.h. */
#include "store/query.h"

static query begin(store_tx *tx, statement_id id, str kind)
{
    query q = query_begin(tx, id);
    query_bind_str(&q, kind);
    return q;
}

static status drop_pieces(store_tx *tx, str kind, err *e)
{
    CLEANUP(query_done) query q = begin(tx, Q_REPORT_PIECE_DELETE_ALL, kind);
    return query_run(&q, e);
}

status store_report_begin(store_tx *tx, str kind, int64_t generated_s, err *e)
{
    TRY(drop_pieces(tx, kind, e));
    CLEANUP(query_done) query q = begin(tx, Q_REPORT_PUT, kind);
    query_bind_i64(&q, generated_s);
    return query_run(&q, e);
}

status store_report_add(store_tx *tx, str kind, uint32_t number, str piece, err *e)
{
    if (piece.n > REPORT_PIECE_BYTES)
        return err_set(e, ST_BUG, NULL, "store: a report's piece of %zu bytes", piece.n);
    CLEANUP(query_done) query q = begin(tx, Q_REPORT_PIECE_INSERT, kind);
    query_bind_u64(&q, number);
    query_bind_str(&q, piece);
    return query_run_one(&q, e);
}

status store_report_get(store_tx *tx, str kind, int64_t *ret_generated_s, uint32_t *ret_pieces, err *e)
{
    CLEANUP(query_done) query q = begin(tx, Q_REPORT_GET, kind);
    TRY(query_row(&q, e));
    *ret_generated_s = query_i64(&q);
    *ret_pieces = (uint32_t)query_u64(&q);
    return ST_OK;
}

status store_report_piece(store_tx *tx, arena *a, str kind, uint32_t number, str *ret, err *e)
{
    CLEANUP(query_done) query q = begin(tx, Q_REPORT_PIECE_GET, kind);
    query_bind_u64(&q, number);
    TRY(query_row(&q, e));
    str piece = query_str(&q, a);
    TRY(query_end(&q, e));
    *ret = piece;
    return ST_OK;
}
