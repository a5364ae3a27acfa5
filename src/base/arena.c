/* arena.c - see arena.h.
 *
 * Blocks in a list, the newest first; the first one is allocated together with the arena and kept over resets. Later blocks
 * double, so a request of n bytes costs log n allocations. Under AddressSanitizer what is not handed out is poisoned: a use
 * after a reset is found like a use after free.
 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS 1
#endif

#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>

/* Not inlined: gcc would complain that the address of fresh memory is handed to a `const void *`. */
__attribute__((noinline)) static void poison(void *p, size_t n)
{
    __asan_poison_memory_region(p, n);
}

__attribute__((noinline)) static void unpoison(void *p, size_t n)
{
    __asan_unpoison_memory_region(p, n);
}
#else
static void poison(void *p, size_t n)
{
    (void)p;
    (void)n;
}

static void unpoison(void *p, size_t n)
{
    (void)p;
    (void)n;
}
#endif

enum { ALIGNMENT = _Alignof(max_align_t) };

typedef struct block {
    struct block *older;
    size_t size, used; /* bytes of data */
    _Alignas(max_align_t) uint8_t data[];
} block;

struct arena {
    block *newest;
    size_t cap, used;
    block first; /* last: its data follow the struct */
};

arena *arena_new(size_t first_block, size_t cap)
{
    size_t total;
    if (__builtin_add_overflow(sizeof(arena), first_block, &total))
        return NULL;
    arena *a = malloc(total);
    if (a == NULL)
        return NULL;
    a->newest = &a->first;
    a->cap = cap;
    a->used = 0;
    a->first.older = NULL;
    a->first.size = first_block;
    a->first.used = 0;
    poison(a->first.data, a->first.size);
    return a;
}

void arena_reset(arena *a)
{
    while (a->newest != &a->first) {
        block *gone = a->newest;
        a->newest = gone->older;
        unpoison(gone->data, gone->size);
        explicit_bzero(gone->data, gone->used);
        free(gone);
    }
    unpoison(a->first.data, a->first.used);
    explicit_bzero(a->first.data, a->first.used);
    a->used = 0;
    a->first.used = 0;
    poison(a->first.data, a->first.size);
}

void arena_free(arena *a)
{
    if (a == NULL)
        return;
    arena_reset(a);
    unpoison(a->first.data, a->first.size);
    free(a);
}

void arena_free_at(arena **a)
{
    arena_free(*a);
}

size_t arena_used(const arena *a)
{
    return a->used;
}

static block *add_block(arena *a, size_t at_least)
{
    size_t size = a->newest->size <= SIZE_MAX / 2 ? a->newest->size * 2 : SIZE_MAX;
    if (size > a->cap - a->used) /* more than the cap leaves would never be handed out */
        size = a->cap - a->used;
    if (size < at_least)
        size = at_least;
    size_t total;
    if (__builtin_add_overflow(sizeof(block), size, &total))
        return NULL;
    block *b = malloc(total);
    if (b == NULL)
        return NULL;
    *b = (block){ .older = a->newest, .size = size };
    poison(b->data, b->size);
    a->newest = b;
    return b;
}

/* n bytes, not zeroed; alignment is 1 or ALIGNMENT, a power of two. Padding counts against the cap like what was asked for. */
static void *take(arena *a, size_t n, size_t alignment)
{
    block *b = a->newest;
    size_t padding = (0 - b->used) & (alignment - 1);
    if (padding > b->size - b->used || n > b->size - b->used - padding) {
        if (n > a->cap - a->used || (b = add_block(a, n)) == NULL)
            return NULL;
        padding = 0;
    }
    if (padding > a->cap - a->used || n > a->cap - a->used - padding)
        return NULL;
    uint8_t *p = b->data + b->used + padding;
    b->used += padding + n;
    a->used += padding + n;
    unpoison(p, n);
    return p;
}

void *arena_alloc(arena *a, size_t n)
{
    void *p = take(a, n, ALIGNMENT);
    if (p != NULL)
        memset(p, 0, n);
    return p;
}

void *arena_alloc_n(arena *a, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        return NULL;
    return arena_alloc(a, total);
}

status arena_copy(arena *a, str s, str *ret)
{
    if (s.p == NULL) {
        *ret = s;
        return ST_OK;
    }
    size_t total;
    char *p = __builtin_add_overflow(s.n, (size_t)1, &total) ? NULL : take(a, total, 1);
    if (p == NULL)
        return ST_NO_MEMORY;
    memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    *ret = (str){ p, s.n };
    return ST_OK;
}

status arena_printf(arena *a, str *ret, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0)
        return ST_BUG;
    char *p = take(a, (size_t)n + 1, 1);
    if (p == NULL)
        return ST_NO_MEMORY;
    va_start(args, fmt);
    (void)vsnprintf(p, (size_t)n + 1, fmt, args);
    va_end(args);
    *ret = (str){ p, (size_t)n };
    return ST_OK;
}
