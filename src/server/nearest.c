/* nearest.c - see nearest.h. Levenshtein's distance, row by row. */
#include "server/nearest.h"

enum { NAME_LENGTH_MAX = 48, UNFINISHED_MIN = 4 };

/* Edits that turn a into b: insert, delete, replace. */
static size_t distance(str a, str b)
{
    size_t row[NAME_LENGTH_MAX + 1];
    if (a.n > NAME_LENGTH_MAX || b.n > NAME_LENGTH_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t above = row[j];
            size_t replaced = diagonal + (a.p[i - 1] == b.p[j - 1] ? 0 : 1);
            size_t moved = (above < row[j - 1] ? above : row[j - 1]) + 1;
            row[j] = replaced < moved ? replaced : moved;
            diagonal = above;
        }
    }
    return row[b.n];
}

void nearest_try(nearest *n, const char *known)
{
    str name = str_from_c(known);
    const bool is_unfinished = n->given.n >= UNFINISHED_MIN && str_starts(name, n->given);
    const size_t d = is_unfinished ? 1 : distance(n->given, name);
    if (n->best != NULL && d >= n->distance)
        return;
    n->best = known;
    n->distance = d;
}

const char *nearest_get(const nearest *n)
{
    return n->best != NULL && n->distance <= n->given.n / 3 + 1 ? n->best : NULL;
}
