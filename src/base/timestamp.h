/* timestamp.h - the time format of the API: YYYY-MM-DDThh:mm:ssZ, UTC, Gregorian, years 1970 to 9999. Pure. */
#ifndef ARGALI_BASE_TIMESTAMP_H
#define ARGALI_BASE_TIMESTAMP_H

#include "base/str.h"

enum { TIMESTAMP_LEN = 20 };

void timestamp_format(int64_t unix_s, char ret[TIMESTAMP_LEN + 1]); /* NUL-terminated */

/* A fraction of a second (1 to 9 digits) is accepted and dropped, as older clients send milliseconds. Leap second 60 is
 * refused. */
MUST_USE status timestamp_parse(str s, int64_t *ret_unix_s);

#endif
