/* calibrate.c - see calibrate.h. The time of a hash grows with memory times passes, nearly in proportion: measure, extrapolate,
 * measure what came out, and correct once more.
 */
#include "password/calibrate.h"

#include "password/password.h"

enum {
    FIRST_KIB = 16384, /* large enough not to lie in a cache */
    LEAST_KIB = 7168,  /* OWASP Password Storage Cheat Sheet: m=7168, t=5 is the smallest of equal strength */
    LEAST_PASSES = 5,
    PASSES_MAX = 64,
    ROUNDS = 3,
    SAMPLES = 3,
    STEP_KIB = 1024, /* whole MiB read better */
};

static uint32_t whole_mib(uint64_t kib, uint32_t max_kib)
{
    uint64_t v = kib / STEP_KIB * STEP_KIB;
    if (v < LEAST_KIB)
        v = LEAST_KIB;
    return (uint32_t)(v > max_kib ? max_kib : v);
}

/* The least passes that OWASP counts as strong with so much memory: m=47104 t=1, 19456 t=2, 12288 t=3, 9216 t=4, 7168 t=5. */
static uint32_t least_passes(uint32_t kib)
{
    static const uint32_t enough[] = { 47104, 19456, 12288, 9216 };
    uint32_t passes = 1;
    while (passes < LEAST_PASSES && kib < enough[passes - 1])
        passes++;
    return passes;
}

/* The best use of a budget of KiB times passes. */
static argon2_parameters spend(uint64_t kib_passes, uint32_t max_kib)
{
    argon2_parameters how = { 0, 0, 1 };
    for (uint32_t passes = 1; passes <= LEAST_PASSES; passes++) {
        how.memory_kib = whole_mib(kib_passes / passes, max_kib);
        if (least_passes(how.memory_kib) <= passes)
            break;
    }
    const uint64_t passes = kib_passes / how.memory_kib;
    const uint32_t least = least_passes(how.memory_kib);
    how.passes = passes > PASSES_MAX ? PASSES_MAX : passes < least ? least : (uint32_t)passes;
    return how;
}

static uint64_t kib_passes_of(const argon2_parameters *how)
{
    return (uint64_t)how->memory_kib * how->passes;
}

status calibrate_with(const calibration *want, calibrate_measure measure, void *self, calibrated *ret, err *e)
{
    if (want->target_ms < 1 || want->target_ms > 10000 || want->memory_max_kib < 8192 ||
        want->memory_max_kib > 4u * 1024 * 1024)
        return err_set(e, ST_INVALID, NULL, "calibrate: a target of 1 to 10,000 ms and a bound of 8 MiB to 4 GiB");
    const uint64_t target_us = (uint64_t)want->target_ms * 1000;
    argon2_parameters how = { FIRST_KIB < want->memory_max_kib ? FIRST_KIB : want->memory_max_kib, 1, 1 };
    uint64_t us = 0;
    for (unsigned i = 0; i < ROUNDS; i++) {
        TRY(measure(self, &how, &us, e));
        how = spend(kib_passes_of(&how) * target_us / (us > 0 ? us : 1), want->memory_max_kib);
    }
    TRY(measure(self, &how, &us, e));
    *ret = (calibrated){ how, (uint32_t)((us + 500) / 1000), us > target_us + target_us / 10 };
    return ST_OK;
}

/* The fastest of some, as whatever else the machine does only slows a hash down. */
static status measure_here(void *self, const argon2_parameters *how, uint64_t *ret_us, err *e)
{
    const world *w = self;
    static const uint8_t salt[PASSWORD_SALT_BYTES] = { 0 };
    uint8_t digest[PASSWORD_DIGEST_BYTES];
    CLEANUP(secret_done) secret text = { NULL, 0 };
    TRY(secret_copy(bytes_of(STR("calibration")), &text));
    uint64_t best = UINT64_MAX;
    for (unsigned i = 0; i < SAMPLES; i++) { /* the clock counts milliseconds: hash until 50 have passed */
        const int64_t from = w->monotonic_ms(w->self);
        int64_t took = 0;
        uint64_t n = 0;
        do {
            TRY(password_hash(&(password){ text }, how, (bytes){ salt, sizeof salt }, digest, e));
            n++;
            took = w->monotonic_ms(w->self) - from;
        } while (took < 50);
        const uint64_t each = (uint64_t)took * 1000 / n;
        best = each < best ? each : best;
    }
    *ret_us = best;
    return ST_OK;
}

status calibrate(const calibration *want, const world *w, calibrated *ret, err *e)
{
    world copy = *w;
    return calibrate_with(want, measure_here, &copy, ret, e);
}
