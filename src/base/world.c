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
