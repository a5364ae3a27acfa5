/* request_id.c - see request_id.h.
 *
 * ChaCha20 in the form of a fast key erasure generator: one run under the thread's key makes the next key and the bytes of
 * the next ids, so that libsodium's own generator, which asks the kernel on every call, stays out of the way of a request.
 */
#include "base/request_id.h"

#include <sodium.h>
#include <string.h>

enum { UUID_BYTES = 16, IDS_AT_ONCE = 32, KEY_BYTES = randombytes_SEEDBYTES };

typedef struct {
    uint8_t key[KEY_BYTES];
    uint8_t ready[IDS_AT_ONCE][UUID_BYTES];
    unsigned left;
    bool is_seeded;
} generator;

static void seed(generator *g, const world *w)
{
    if (world_random(w, g->key, sizeof g->key) != ST_OK) {
        int64_t told_apart_by[] = { w->now_ms(w->self), w->monotonic_ms(w->self), (int64_t)(intptr_t)g };
        memcpy(g->key, told_apart_by, sizeof told_apart_by);
    }
    g->is_seeded = true;
}

static void refill(generator *g)
{
    uint8_t made[KEY_BYTES + sizeof g->ready];
    randombytes_buf_deterministic(made, sizeof made, g->key);
    memcpy(g->key, made, sizeof g->key);
    memcpy(g->ready, made + sizeof g->key, sizeof g->ready);
    g->left = IDS_AT_ONCE;
}

void request_id_new(const world *w, char ret[REQUEST_ID_SIZE])
{
    static _Thread_local generator of_thread;
    static const char digits[] = "0123456789ABCDEF";
    generator *g = &of_thread;
    if (!g->is_seeded)
        seed(g, w);
    if (g->left == 0)
        refill(g);
    uint8_t *b = g->ready[--g->left];
    b[6] = (uint8_t)((b[6] & 0x0f) | 0x40); /* RFC 9562 5.4: version 4 */
    b[8] = (uint8_t)((b[8] & 0x3f) | 0x80); /* RFC 9562 4.1: this variant */
    char *p = ret;
    for (size_t i = 0; i < UUID_BYTES; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *p++ = '-';
        *p++ = digits[b[i] >> 4];
        *p++ = digits[b[i] & 15];
    }
    *p = '\0';
}
