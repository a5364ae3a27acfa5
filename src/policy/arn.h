/* arn.h - names of resources: "acs:<service>:<region>:<account>:<relative id>". Pure. */
#ifndef ARGALI_POLICY_ARN_H
#define ARGALI_POLICY_ARN_H

#include "base/arena.h"

typedef struct {
    str partition;       /* "acs" */
    str service;         /* "ram"; never empty */
    str region, account; /* may be empty */
    str relative;        /* "user/alice"; never empty, may hold colons */
} arn;

MUST_USE status arn_split(str text, arn *ret); /* ST_INVALID: it is none. Borrows from the text */

/* Of a RAM role, whatever its region part: "acs:ram::1234567890123456:role/ops". The name is not checked beyond being one:
 * not empty, no slash; it borrows. ST_INVALID: another thing. */
MUST_USE status arn_role(str text, uint64_t *ret_account, str *ret_name);

/* "acs:ram::<account>:role/<name in lower case>" */
MUST_USE status arn_of_role(arena *a, uint64_t account, str name, str *ret);

#endif
