/* diagnostic_fuzz.c - any bytes in the seal of a diagnostic message: refused, or texts that lie within the arena. */
#include <stdlib.h>

#include "policy/diagnostic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t touch(str s)
{
    size_t sum = 0;
    for (size_t i = 0; i < s.n; i++)
        sum += (unsigned char)s.p[i];
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static arena *a;
    if (a == NULL)
        a = arena_new(8192, 4 * 1024 * 1024);
    arena_reset(a);
    diagnostic_opened d;
    if (diagnostic_decode((bytes){ data, size }, a, &d) != ST_OK)
        return 0;
    size_t sum = touch(d.action) + touch(d.resource) + touch(d.principal_type) + touch(d.principal_name) + touch(d.layer) +
                 touch(d.policy_name) + touch(d.policy_type) + touch(d.policy_version) + touch(d.entity_type);
    for (size_t i = 0; i < d.condition_n; i++)
        for (size_t k = 0; k < d.conditions[i].n; k++)
            sum += touch(d.conditions[i].key) + touch(d.conditions[i].values[k]);
    if (sum == SIZE_MAX) /* never: so that nothing is left out */
        abort();
    return 0;
}
