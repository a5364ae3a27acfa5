/* nearest.h - which of the known names was meant by one that is not known? Pure.
 *
 *     nearest n = { .given = given };
 *     nearest_try(&n, "serve");
 *     ...
 *     nearest_get(&n)
 *
 * Close are a name with few letters more, less or other, and a name that the given one (4 letters or more) begins.
 */
#ifndef ARGALI_SERVER_NEAREST_H
#define ARGALI_SERVER_NEAREST_H

#include "base/str.h"

typedef struct {
    str given;
    const char *best; /* NULL: none yet */
    size_t distance;  /* of it */
} nearest;

void nearest_try(nearest *n, const char *known); /* known: of at most 48 characters, and lives as long as the nearest */
const char *nearest_get(const nearest *n);       /* NULL: none is close */

#endif
