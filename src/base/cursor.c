/* cursor.c - see cursor.h. Everything reads through cur_take, the only function that moves. */
#include "base/cursor.h"

#include <string.h>

cursor cur_of(bytes b)
{
    return (cursor){ b.p, b.n, false };
}

const uint8_t *cur_take(cursor *c, size_t n)
{
    static const uint8_t nothing[1];
    if (c->bad || n > c->left) {
        c->bad = true;
        return NULL;
    }
    const uint8_t *at = c->p != NULL ? c->p : nothing; /* taking 0 bytes of an absent text succeeds */
    c->p = at + n;
    c->left -= n;
    return at;
}

static uint64_t big_endian(cursor *c, size_t n)
{
    const uint8_t *p = cur_take(c, n);
    uint64_t v = 0;
    for (size_t i = 0; p != NULL && i < n; i++)
        v = v << 8 | p[i];
    return v;
}

uint8_t cur_u8(cursor *c)
{
    return (uint8_t)big_endian(c, 1);
}

uint16_t cur_u16be(cursor *c)
{
    return (uint16_t)big_endian(c, 2);
}

uint32_t cur_u32be(cursor *c)
{
    return (uint32_t)big_endian(c, 4);
}

uint64_t cur_u64be(cursor *c)
{
    return big_endian(c, 8);
}

bytes cur_block(cursor *c)
{
    size_t n = cur_u16be(c);
    const uint8_t *p = cur_take(c, n);
    return p != NULL ? (bytes){ p, n } : (bytes){ 0 };
}

bool cur_peek(const cursor *c, uint8_t *ret)
{
    if (c->bad || c->left == 0)
        return false;
    *ret = c->p[0];
    return true;
}

bool cur_skip(cursor *c, uint8_t expected)
{
    uint8_t next;
    if (!cur_peek(c, &next) || next != expected)
        return false;
    (void)cur_take(c, 1);
    return true;
}

str cur_until(cursor *c, uint8_t stop)
{
    const uint8_t *at = c->bad || c->left == 0 ? NULL : memchr(c->p, stop, c->left);
    size_t n = at != NULL ? (size_t)(at - c->p) : c->left;
    const uint8_t *p = cur_take(c, n);
    return p != NULL ? str_of((bytes){ p, n }) : (str){ 0 };
}

bool cur_end(const cursor *c)
{
    return !c->bad && c->left == 0;
}
