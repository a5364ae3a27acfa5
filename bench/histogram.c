/* histogram.c - see histogram.h. */
#include "histogram.h"

#include <stddef.h>

enum { STEPS = 1 << HISTOGRAM_STEP_BITS };

/* Below STEPS a cell holds one value; above, the value's leading bit picks a group of cells and the bits behind it the cell. */
static size_t cell_of(uint64_t value)
{
    if (value < STEPS)
        return (size_t)value;
    unsigned shift = 63 - (unsigned)__builtin_clzll(value) - HISTOGRAM_STEP_BITS;
    return ((size_t)shift << HISTOGRAM_STEP_BITS) + (size_t)(value >> shift);
}

static uint64_t last_of(size_t cell)
{
    if (cell < STEPS)
        return cell;
    unsigned shift = (unsigned)(cell >> HISTOGRAM_STEP_BITS) - 1;
    return (((uint64_t)(cell & (STEPS - 1)) + STEPS + 1) << shift) - 1;
}

void histogram_add(histogram *h, uint64_t value)
{
    h->count++;
    h->max = value > h->max ? value : h->max;
    h->cell[cell_of(value)]++;
}

uint64_t histogram_percentile(const histogram *h, double share)
{
    uint64_t wanted = (uint64_t)(share * (double)h->count), seen = 0;
    if (h->count == 0)
        return 0;
    wanted = wanted < h->count ? wanted + 1 : h->count;
    for (size_t i = 0; i < HISTOGRAM_CELLS; i++) {
        seen += h->cell[i];
        if (seen >= wanted)
            return last_of(i) < h->max ? last_of(i) : h->max;
    }
    return h->max;
}
