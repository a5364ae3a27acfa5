/* policy.h - a policy by its type and name, system or custom, and its versions.
 *
 * System policies (system_policy.h) are the same in every account, custom ones (custom_policy.h) are those of the transaction's
 * account; a custom policy may bear the name of a system one. Names are found in any case.
 * Errors: InvalidParameter.PolicyType and InvalidParameter.VersionId.Format 400, EntityNotExist.Policy and
 * EntityNotExist.Policy.Version 404. Records borrow from the arena.
 */
#ifndef ARGALI_POLICY_POLICY_H
#define ARGALI_POLICY_POLICY_H

#include "policy/system_policy.h"
#include "store/records.h"

enum { POLICY_NAME_MAX = 128 };

typedef struct {
    str type, name, description; /* the name as the policy itself spells it */
    uint32_t default_version;    /* 1 is "v1" */
    int64_t created_s, updated_s;
    const system_policy *system; /* NULL: a custom policy */
    uint64_t id;                 /* of a custom policy */
} policy;

policy policy_of_system(const system_policy *s);
policy policy_of_record(const policy_record *r);

MUST_USE status policy_get(store_tx *tx, arena *a, str type, str name, policy *ret, err *e);

typedef struct {
    uint32_t number;
    bool is_default;
    str document; /* the text, as it was sent */
    int64_t created_s;
} policy_version;

MUST_USE status policy_version_get(store_tx *tx, arena *a, const policy *p, uint32_t number, policy_version *ret, err *e);
/* By number. A system policy has one, its current one. */
MUST_USE status policy_version_list(store_tx *tx, arena *a, const policy *p, policy_version **ret, size_t *ret_n, err *e);

enum { VERSION_ID_MAX = 12 };
MUST_USE status version_id_parse(str text, uint32_t *ret, err *e); /* "v1" */
str version_id_format(uint32_t number, char ret[VERSION_ID_MAX]);

#endif
