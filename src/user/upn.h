/* upn.h - UserPrincipalName: <user name>@<alias>.<domain suffix>, composed when it is read, as the alias is the account's.
 *
 * On input <user name>@<alias> means the same. Both parts are compared without regard to ASCII case. Pure.
 */
#ifndef ARGALI_USER_UPN_H
#define ARGALI_USER_UPN_H

#include "base/arena.h"
#include "base/str.h"

typedef struct {
    str alias, suffix;
} default_domain; /* "example", "onaliyun.com" */

str upn_name(str upn);                     /* what stands before the first @; all of it where there is none */
bool upn_is_of(str upn, default_domain d); /* is there an @, and does the account's domain follow it? */
MUST_USE status upn_compose(arena *a, str name, default_domain d, str *ret);

bool user_name_is_valid(str name); /* 1 to 64 of A-Z a-z 0-9 . - _ */

#endif
