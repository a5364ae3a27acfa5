/* cursor.h - reading bytes that cannot run past the end.
 *
 * A failed read makes the cursor bad; later reads give zeros, and one test of cur_end() catches both a short message and
 * left-over bytes. The cursor borrows what it reads.
 */
#ifndef ARGALI_BASE_CURSOR_H
#define ARGALI_BASE_CURSOR_H

#include "base/str.h"

typedef struct {
    const uint8_t *p;
    size_t left;
    bool bad;
} cursor;

cursor cur_of(bytes b);
const uint8_t *cur_take(cursor *c, size_t n); /* NULL, and bad from then on, when n are not there */
uint8_t cur_u8(cursor *c);
uint16_t cur_u16be(cursor *c);
uint32_t cur_u32be(cursor *c);
uint64_t cur_u64be(cursor *c);
bytes cur_block(cursor *c);                   /* u16be length, then that many bytes */
bool cur_peek(const cursor *c, uint8_t *ret); /* false at the end */
bool cur_skip(cursor *c, uint8_t expected);   /* consumes it if it is next */
str cur_until(cursor *c, uint8_t stop);       /* up to stop or the end; stop itself is not consumed */
bool cur_end(const cursor *c);                /* read to the last byte, and never bad */

#endif
