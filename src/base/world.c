/* world.c - see world.h. The only file that asks the system for the time and for random bytes. */
#include "base/world.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

static int64_t clock_ms(clockid_t clock)
{
    struct timespec t = { 0 };
    (void)clock_gettime(clock, &t); /* cannot fail: both clocks exist, the address is good */
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t system_now_ms(void *self)
{
    (void)self;
    return clock_ms(CLOCK_REALTIME);
}

static int64_t system_monotonic_ms(void *self)
{
    (void)self;
    return clock_ms(CLOCK_MONOTONIC);
}

static status system_random(void *self, uint8_t *ret, size_t n)
{
    (void)self;
    for (size_t done = 0; done < n;) {
        ssize_t got = getrandom(ret + done, n - done, 0);
        if (got < 0 && errno != EINTR)
            return ST_UNAVAILABLE;
        done += got > 0 ? (size_t)got : 0;
    }
    return ST_OK;
}

static const world the_system = { system_now_ms, system_monotonic_ms, system_random, NULL };

const world *world_system(void)
{
    return &the_system;
}

int64_t world_now_s(const world *w)
{
    int64_t ms = w->now_ms(w->self);
    return ms / 1000 - (ms % 1000 < 0 ? 1 : 0); /* rounded down, also before 1970 */
}

status world_random(const world *w, uint8_t *ret, size_t n)
{
    return w->random(w->self, ret, n);
}

status world_random_below(const world *w, uint32_t bound, uint32_t *ret)
{
    enum { DRAWS_MAX = 256 }; /* each is refused with less than even chance: only a broken source gets there */
    if (bound == 0)
        return ST_INVALID;
    uint64_t fair = (UINT64_C(1) << 32) / bound * bound; /* draws at or past it would favour small results */
    for (int i = 0; i < DRAWS_MAX; i++) {
        uint8_t b[4];
        TRY(world_random(w, b, sizeof b));
        uint32_t draw = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
        if (draw < fair) {
            *ret = draw % bound;
            return ST_OK;
        }
    }
    return ST_UNAVAILABLE;
}
