/* user_row.h - how a user is read from a row that begins with a user's columns. Inside src/store only. */
#ifndef ARGALI_STORE_USER_ROW_H
#define ARGALI_STORE_USER_ROW_H

#include "store/query.h"

void user_of_row(query *q, arena *a, void *ret_item); /* a query_reader of a user_record */

#endif
