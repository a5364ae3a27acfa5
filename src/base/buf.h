/* buf.h - a growable byte buffer with a cap.
 *
 * Appends never fail one by one: a buffer that met its cap or ran out of memory is `failed` from then on, and one test of
 * buf_ok() at the end tells. A buffer made with buf_init_secret wipes every block it leaves behind.
 * Behind the reserved bytes there is always one more, which no cap counts, for the NUL of a C function that writes there.
 * What is appended may not lie in the buffer itself, which may move.
 */
#ifndef ARGALI_BASE_BUF_H
#define ARGALI_BASE_BUF_H

#include "base/str.h"

typedef struct {
    uint8_t *p;          /* heap; owned by the buffer */
    size_t n, size, cap; /* used; allocated; may never be exceeded */
    bool failed, wipes;
} buf;

void buf_init(buf *b, size_t cap);
void buf_init_secret(buf *b, size_t cap);
void buf_done(buf *b);  /* wipes if asked to, frees; the buffer may be initialised again */
void buf_clear(buf *b); /* n = 0, failed = false; keeps the memory */
bool buf_ok(const buf *b);
bool buf_reserve(buf *b, size_t more); /* room for more bytes at b->p + b->n; false: failed */

void buf_add(buf *b, str s);
void buf_add_bytes(buf *b, bytes s);
void buf_add_char(buf *b, char c);
void buf_add_u64(buf *b, uint64_t v);
void buf_add_hex(buf *b, bytes s); /* lower case */
void buf_addf(buf *b, const char *fmt, ...) PRINTF(2, 3);

str buf_str(const buf *b); /* borrowed; dies with the next append */
bytes buf_bytes(const buf *b);

#endif
