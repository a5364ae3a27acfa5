/* random_text.c - see random_text.h. */
#include "account/random_text.h"

#include <assert.h>

#include "base/secret.h"

status random_text(const world *w, str alphabet, char *ret, size_t n)
{
    assert(n >= 1 && n <= RANDOM_TEXT_MAX && alphabet.n >= 2 && alphabet.n <= 256);
    const unsigned fair = 256u - 256u % (unsigned)alphabet.n; /* bytes from here on would favour the first characters */
    uint8_t drawn[RANDOM_TEXT_MAX];
    size_t done = 0;
    status s = ST_OK;
    while (done < n && s == ST_OK) {
        s = world_random(w, drawn, sizeof drawn);
        for (size_t i = 0; s == ST_OK && i < sizeof drawn && done < n; i++) {
            if (drawn[i] < fair)
                ret[done++] = alphabet.p[drawn[i] % alphabet.n];
        }
    }
    secret_wipe(drawn, sizeof drawn);
    return s;
}

static status random_u64(const world *w, uint64_t *ret)
{
    uint8_t b[8];
    TRY(world_random(w, b, sizeof b));
    uint64_t v = 0;
    for (size_t i = 0; i < sizeof b; i++)
        v = v << 8 | b[i];
    *ret = v;
    return ST_OK;
}

status random_digits(const world *w, unsigned digits, unsigned first, uint64_t *ret)
{
    assert(digits >= 2 && digits <= 18 && first <= 9);
    uint64_t unit = 1; /* the place of the first digit */
    for (unsigned i = 1; i < digits; i++)
        unit *= 10;
    const uint64_t range = first == 0 ? 9 * unit : unit;
    const uint64_t fair = UINT64_MAX - UINT64_MAX % range;
    uint64_t v;
    do
        TRY(random_u64(w, &v));
    while (v >= fair);
    *ret = (first == 0 ? 1 : first) * unit + v % range;
    return ST_OK;
}

status random_row(const world *w, uint64_t *ret)
{
    uint64_t v;
    do {
        TRY(random_u64(w, &v));
        v >>= 1; /* the store keeps signed 64-bit numbers */
    } while (v == 0);
    *ret = v;
    return ST_OK;
}
