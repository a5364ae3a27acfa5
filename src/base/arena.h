/* arena.h - memory that lives as long as one request.
 *
 * A bump allocator with a byte cap: everything is released at once, and wiped, as a request's parameters may hold what its
 * sender keeps secret. Stored secrets stay out of it (secret.h).
 * Threads: an arena belongs to one thread at a time. Errors: ST_NO_MEMORY at the cap or when the heap is exhausted.
 */
#ifndef ARGALI_BASE_ARENA_H
#define ARGALI_BASE_ARENA_H

#include "base/status.h"
#include "base/str.h"

typedef struct arena arena;

MUST_USE arena *arena_new(size_t first_block, size_t cap); /* bytes; NULL when out of memory; heap owned by the caller */
void arena_free(arena *a);                                 /* NULL is fine */
void arena_free_at(arena **a);                             /* for CLEANUP */
void arena_reset(arena *a);                                /* keeps the first block, frees the rest */
size_t arena_used(const arena *a);                         /* bytes handed out since the last reset; for tests */

MUST_USE void *arena_alloc(arena *a, size_t n);                    /* zeroed, aligned for any type; NULL at the cap */
MUST_USE void *arena_alloc_n(arena *a, size_t count, size_t size); /* checked multiplication */
MUST_USE status arena_copy(arena *a, str s, str *ret); /* with a NUL behind it that n does not count; absent stays absent */
MUST_USE status arena_printf(arena *a, str *ret, const char *fmt, ...) PRINTF(3, 4);

#endif
