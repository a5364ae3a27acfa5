/* buf.c - see buf.h. Sizes double. Each block is one byte longer than `size`: the spare one takes the NUL of the C library's
 * printers. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/secret.h"

enum { SIZE_FIRST = 64 };

static const size_t cap_most = SIZE_MAX / 4; /* no sum or doubling below overflows */

void buf_init(buf *b, size_t cap)
{
    *b = (buf){ .cap = cap < cap_most ? cap : cap_most };
}

void buf_init_secret(buf *b, size_t cap)
{
    buf_init(b, cap);
    b->wipes = true;
}

static void leave_block(const buf *b)
{
    if (b->wipes && b->p != NULL)
        secret_wipe(b->p, b->size + 1); /* all of it: text may have been written past n and then given up */
    free(b->p);
}

void buf_done(buf *b)
{
    if (b == NULL)
        return;
    leave_block(b);
    *b = (buf){ .cap = b->cap, .wipes = b->wipes };
}

void buf_clear(buf *b)
{
    if (b->wipes && b->p != NULL)
        secret_wipe(b->p, b->size + 1);
    b->n = 0;
    b->failed = false;
}

bool buf_ok(const buf *b)
{
    return !b->failed;
}

static bool grow(buf *b, size_t need)
{
    size_t size = b->size * 2 > SIZE_FIRST ? b->size * 2 : SIZE_FIRST;
    if (size < need)
        size = need;
    if (size > b->cap)
        size = b->cap;
    uint8_t *p;
    if (b->wipes) { /* realloc may move the bytes and leave the old ones behind */
        p = malloc(size + 1);
        if (p != NULL && b->n > 0)
            memcpy(p, b->p, b->n);
        if (p != NULL)
            leave_block(b);
    } else {
        p = realloc(b->p, size + 1);
    }
    if (p == NULL)
        return false;
    b->p = p;
    b->size = size;
    return true;
}

bool buf_reserve(buf *b, size_t more)
{
    if (b->failed)
        return false;
    if (more > b->cap - b->n || (more > b->size - b->n && !grow(b, b->n + more))) {
        b->failed = true;
        return false;
    }
    return true;
}

static void add(buf *b, const void *p, size_t n)
{
    if (n == 0 || !buf_reserve(b, n))
        return;
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

void buf_add(buf *b, str s)
{
    add(b, s.p, s.n);
}

void buf_add_bytes(buf *b, bytes s)
{
    add(b, s.p, s.n);
}

void buf_add_char(buf *b, char c)
{
    add(b, &c, 1);
}

void buf_add_u64(buf *b, uint64_t v)
{
    char digits[U64_TEXT_MAX];
    add(b, digits, u64_format(v, digits));
}

void buf_add_hex(buf *b, bytes s)
{
    if (s.n > b->cap) {
        b->failed = true;
        return;
    }
    if (!buf_reserve(b, 2 * s.n) || s.n == 0)
        return;
    hex_encode(s, (char *)b->p + b->n);
    b->n += 2 * s.n;
}

void buf_addf(buf *b, const char *fmt, ...)
{
    va_list args;
    if (!buf_reserve(b, 0))
        return;
    va_start(args, fmt);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0) {
        b->failed = true;
        return;
    }
    if (n == 0 || !buf_reserve(b, (size_t)n))
        return;
    va_start(args, fmt);
    (void)vsnprintf((char *)b->p + b->n, (size_t)n + 1, fmt, args);
    va_end(args);
    b->n += (size_t)n;
}

str buf_str(const buf *b)
{
    return (str){ b->p != NULL ? (const char *)b->p : "", b->n }; /* an empty buffer is an empty text, not an absent one */
}

bytes buf_bytes(const buf *b)
{
    return bytes_of(buf_str(b));
}
