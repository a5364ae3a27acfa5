/* world.h - what the process gets from outside itself: the time and chance. No other module asks the system for them.
 *
 * Tests hand in a clock they can set and dice they can repeat. Threads: every function may be called from any thread.
 */
#ifndef ARGALI_BASE_WORLD_H
#define ARGALI_BASE_WORLD_H

#include "base/status.h"
#include "base/str.h"

typedef struct world {
    int64_t (*now_ms)(void *self);                        /* Unix time, milliseconds, UTC */
    int64_t (*monotonic_ms)(void *self);                  /* for durations; never goes back */
    status (*random)(void *self, uint8_t *ret, size_t n); /* all n bytes, or not ST_OK */
    void *self;
} world;

const world *world_system(void); /* the real one: clock_gettime, getrandom */

int64_t world_now_s(const world *w); /* Unix time, seconds, UTC */
MUST_USE status world_random(const world *w, uint8_t *ret, size_t n);

#endif
