/* user_row.h - how a user is read from a row that begins with a user's columns, and counted. Inside src/store only. */
#ifndef ARGALI_STORE_USER_ROW_H
#define ARGALI_STORE_USER_ROW_H

#include "store/query.h"

void user_of_row(query *q, arena *a, void *ret_item); /* a query_reader of a user_record */

MUST_USE status user_count(store_tx *tx, statement_id up_or_down, err *e); /* user_n of the account */

#endif
