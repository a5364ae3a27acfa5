/* access_key_row.h - how an AccessKey pair is read from a row that begins with its columns. Inside src/store only. */
#ifndef ARGALI_STORE_ACCESS_KEY_ROW_H
#define ARGALI_STORE_ACCESS_KEY_ROW_H

#include "store/query.h"

void access_key_of_row(query *q, arena *a, void *ret_item); /* a query_reader of an access_key_record */

#endif
