/* system_policy.h - the system policies: maintained by the platform, the same in every account, never edited through the API.
 *
 * They stand in src/policy/system_policies.json, which the build checks and compiles in; to add one is to add an entry there
 * (see docs/decisions.md for where the texts come from). Each is parsed once, when the process first needs it, and never freed.
 * Names are compared without regard to ASCII case. Threads: any.
 */
#ifndef ARGALI_POLICY_SYSTEM_POLICY_H
#define ARGALI_POLICY_SYSTEM_POLICY_H

#include "policy/document.h"

#define SYSTEM_POLICY_TYPE STR("System")
#define CUSTOM_POLICY_TYPE STR("Custom")

typedef struct {
    str name, description;
    uint32_t version;  /* of its text: 1 is "v1" */
    str document;      /* the JSON text */
    int64_t created_s; /* of the policy */
    int64_t updated_s; /* of this version */
} system_policy;

const system_policy *system_policy_find(str name); /* NULL: no such policy */
const system_policy *system_policy_at(size_t i);   /* by name; NULL past the last */

/* Borrowed, lives as long as the process. Never NULL: the build parsed each of them. */
policy_document *system_policy_document(const system_policy *p);

#endif
