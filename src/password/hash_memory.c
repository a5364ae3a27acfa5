/* hash_memory.c - see hash_memory.h. Blocks begin and end at huge pages; where the system has none to give, small ones do. */
#include "password/hash_memory.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 2 * 1024 * 1024, PAGE = 4096 };

#ifndef MADV_POPULATE_WRITE /* Linux 5.14 */
#define MADV_POPULATE_WRITE 23
#endif

static _Thread_local hash_memory *of_thread;

static size_t rounded_up(size_t n, size_t to)
{
    return (n + to - 1) / to * to;
}

status hash_memory_map(size_t size, size_t keep, hash_memory *ret, err *e)
{
    const size_t inner = rounded_up(size, HUGE_PAGE), all = inner + HUGE_PAGE;
    uint8_t *p = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return err_set(e, ST_NO_MEMORY, NULL, "hash memory of %zu bytes: %s", all, strerrordesc_np(errno));
    const size_t before = (HUGE_PAGE - (uintptr_t)p % HUGE_PAGE) % HUGE_PAGE;
    if (before > 0)
        (void)munmap(p, before);
    p += before;
    (void)munmap(p + inner, all - before - inner);
    (void)madvise(p, inner, MADV_HUGEPAGE); /* refused: small pages */
    (void)madvise(p, inner, MADV_DONTDUMP);
    *ret = (hash_memory){ .p = p, .size = size, .mapped = inner, .keep = keep < size ? keep : size };
    return ST_OK;
}

void hash_memory_done(hash_memory *m)
{
    if (m != NULL && m->p != NULL)
        (void)munmap(m->p, m->mapped);
    if (m != NULL)
        *m = (hash_memory){ 0 };
}

void hash_memory_enter(hash_memory *m)
{
    of_thread = m;
}

hash_memory *hash_memory_of_thread(void)
{
    return of_thread;
}

static void release_from(hash_memory *m, size_t from)
{
    from = rounded_up(from, HUGE_PAGE);
    if (from < m->filled)
        (void)madvise(m->p + from, m->mapped - from, MADV_DONTNEED);
    if (m->filled > from)
        m->filled = from;
}

void hash_memory_fill(hash_memory *m)
{
    if (m->filled >= m->keep)
        return;
    if (madvise(m->p, rounded_up(m->keep, PAGE), MADV_POPULATE_WRITE) != 0) { /* an older system */
        for (size_t i = 0; i < m->keep; i += PAGE)
            *(volatile uint8_t *)(m->p + i) = 0;
    }
    m->filled = m->keep;
}

uint8_t *hash_memory_take(hash_memory *m, size_t n)
{
    if (m->is_taken || n > m->size)
        return NULL;
    m->is_taken = true;
    if (n > m->filled)
        m->filled = n;
    return m->p;
}

void hash_memory_give_back(hash_memory *m)
{
    m->is_taken = false;
    release_from(m, m->keep);
}

bool hash_memory_make_room(hash_memory *m, size_t n)
{
    if (n > m->size)
        return false;
    if (m->filled > m->size - n)
        release_from(m, 0);
    return true;
}
