/* action_pattern.h - which actions a statement is about: "ram:Get*", in any case.
 *
 * Most patterns of most policies are about something else, so the first eight bytes decide before anything is matched.
 */
#ifndef ARGALI_POLICY_ACTION_PATTERN_H
#define ARGALI_POLICY_ACTION_PATTERN_H

#include "policy/pattern.h"

typedef struct {
    const pattern *whole;
    uint64_t head, mask; /* its first eight bytes in lower case; what stands before the first wildcard */
} action_pattern;

/* What is asked about, folded once. */
typedef struct {
    str name;
    uint64_t head; /* its first eight bytes in lower case, zeros behind a shorter one */
} action_asked;

/* ST_INVALID, ST_NO_MEMORY: as pattern_compile. */
MUST_USE status action_pattern_compile(str text, arena *a, action_pattern *ret, const char **ret_why);

action_asked action_asked_of(str name); /* borrows it */
bool action_pattern_match(const action_pattern *p, const action_asked *asked);

#endif
