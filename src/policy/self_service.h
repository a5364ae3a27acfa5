/* self_service.h - which switch of the account's security preference opens an action for a user on itself.
 *
 * The action table (src/api/actions.c) says the same row by row, and a test compares: there the rule is applied to a call, here it
 * is told about one that is only asked about. Pure.
 */
#ifndef ARGALI_POLICY_SELF_SERVICE_H
#define ARGALI_POLICY_SELF_SERVICE_H

#include "catalogue/caller.h"

self_switch self_service_of(str action); /* "ram:CreateAccessKey", in any case; SELF_NONE: no switch opens it */

#endif
