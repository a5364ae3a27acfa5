/* histogram.h - counts of durations, for percentiles.
 *
 * Log-linear: 64 steps for each doubling, so a percentile is at most 1.6 % above the value that was measured, whatever its
 * size. Values are nanoseconds. Threads: one at a time.
 */
#ifndef ARGALI_BENCH_HISTOGRAM_H
#define ARGALI_BENCH_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_STEP_BITS = 6, HISTOGRAM_CELLS = (64 - HISTOGRAM_STEP_BITS + 1) << HISTOGRAM_STEP_BITS };

typedef struct {
    uint64_t count, max;
    uint64_t cell[HISTOGRAM_CELLS];
} histogram;

void histogram_add(histogram *h, uint64_t value);

/* What `share` (0 to 1) of the values do not exceed; 0 when there are none. */
uint64_t histogram_percentile(const histogram *h, double share);

#endif
