/* calibrate.h - which Argon2id parameters this machine can afford.
 *
 * Memory first (RFC 9106 section 4, OWASP): one pass over as much memory as the target time allows; more passes only where the
 * memory bound leaves time over. One lane: a hash thread computes alone.
 */
#ifndef ARGALI_PASSWORD_CALIBRATE_H
#define ARGALI_PASSWORD_CALIBRATE_H

#include "base/world.h"
#include "password/hash_recipe.h"

/* The least that is proposed: OWASP's smallest, m=7168,t=5 (7 MiB), is reached only where even that is over the target. */
typedef struct {
    uint32_t target_ms;      /* 1 to 10,000: of one hash on an idle core */
    uint32_t memory_max_kib; /* of one hash: at least 8192 */
} calibration;

typedef struct {
    argon2_parameters how;
    uint32_t took_ms;
    bool is_over_target; /* the least that is safe takes longer */
} calibrated;

/* How long one hash takes, in microseconds. */
typedef status (*calibrate_measure)(void *self, const argon2_parameters *how, uint64_t *ret_us, err *e);

MUST_USE status calibrate_with(const calibration *want, calibrate_measure measure, void *self, calibrated *ret, err *e);
MUST_USE status calibrate(const calibration *want, const world *w, calibrated *ret, err *e); /* takes seconds */

#endif
