/* authorize.h - the one place to enter for every decision on who may call what, on what.
 *
 * Deny by default. In this order: a caller that nothing proved and a row with an empty cell are refused;
 * NO_PERMISSION_NEEDED lets every proven caller in; root may everything; then the caller's system policies; then
 * self-service, where the account's switch opens the action for a user on itself.
 * Another account's objects need no rule: no transaction reaches them (store.h).
 * Pure: reads no store and no clock. What a handler later resolves has to be what was authorized: a request that names more
 * than one identity is self only when every one of them is the caller.
 */
#ifndef ARGALI_POLICY_AUTHORIZE_H
#define ARGALI_POLICY_AUTHORIZE_H

#include "catalogue/call.h"

enum { AUTHORIZE_RESOURCE_MAX = 512 };

typedef struct {
    str user_name; /* of the one user that is named; absent: the caller, several, or one that only the store could name */
    bool is_self;  /* the request concerns the caller itself and no one else */
    str policy_name, policy_type, group_name, role_name, serial_number; /* absent where the request names none */
} authorize_target;

typedef struct {
    bool is_allowed;
    const char *no_permission_type; /* "ImplicitDeny" when refused, NULL when allowed */
    str policy; /* what decided: "AdministratorAccess", "self-service", "root", "none needed"; empty: nothing allowed it */
    char resource[AUTHORIZE_RESOURCE_MAX]; /* acs:ram::<account>:user/<name>; two are joined by a comma */
} decision;

/* From the request, by the names of its fields. A name is compared in any case, a UserPrincipalName by its user part (a
 * handler refuses another domain), a UserId and UserAccessKeyId with the caller's own. Nothing given: the caller itself,
 * unless the action wants one of several identities. */
authorize_target authorize_target_of(const call *c);

void authorize(const caller *who, const action_row *row, const authorize_target *target, decision *ret);

#endif
