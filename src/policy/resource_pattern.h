/* resource_pattern.h - which resources a statement is about; the rule stands in document.h, "Resources". */
#ifndef ARGALI_POLICY_RESOURCE_PATTERN_H
#define ARGALI_POLICY_RESOURCE_PATTERN_H

#include "policy/arn.h"
#include "policy/pattern.h"

typedef struct resource_pattern resource_pattern;

/* What is asked about, taken apart once. */
typedef struct {
    bool is_arn; /* else only "*" matches */
    arn arn;
    bool is_nocase; /* of its relative id */
    str all; /* of "every user" and the like, which only a star matches: another spelling, for '?' to fail at; absent: one thing */
} resource_asked;

/* Lives in the arena. ST_INVALID: *ret_why says it for the author. */
MUST_USE status resource_pattern_compile(str text, arena *a, const resource_pattern **ret, const char **ret_why);

resource_asked resource_asked_of(str resource); /* borrows it */
bool resource_pattern_match(const resource_pattern *p, const resource_asked *r, const context *c, arena *scratch,
                            bool *ret_failed);
bool resource_pattern_is_known(const resource_pattern *p, const context *c); /* pattern_is_known */
bool resource_pattern_has_variables(const resource_pattern *p);
bool resource_pattern_uses(const resource_pattern *p, str key); /* pattern_uses */

#endif
