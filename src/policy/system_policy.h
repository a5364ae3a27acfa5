/* system_policy.h - the system policies that the code knows: what they allow, and their text. Pure.
 *
 * Actions are patterns: a name, or a prefix that ends in '*'; compared without regard to ASCII case. Every resource is
 * meant.
 */
#ifndef ARGALI_POLICY_SYSTEM_POLICY_H
#define ARGALI_POLICY_SYSTEM_POLICY_H

#include "base/arena.h"
#include "catalogue/caller.h"

enum { SYSTEM_POLICY_ACTIONS_MAX = 4 };

#define SYSTEM_POLICY_TYPE    STR("System")
#define SYSTEM_POLICY_VERSION STR("v1")

typedef struct {
    system_policy_bit bit;
    str name, description;
    str actions[SYSTEM_POLICY_ACTIONS_MAX]; /* ended by an absent one where fewer */
    int64_t written_s;                      /* when this version of its text was written: CreateDate and UpdateDate */
} system_policy;

const system_policy *system_policy_find(str name); /* NULL: no such policy */
const system_policy *system_policy_at(size_t i);   /* by name; NULL past the last */

bool system_policy_allows(const system_policy *p, str action);
MUST_USE status system_policy_document(const system_policy *p, arena *a, str *ret); /* the JSON text */

#endif
