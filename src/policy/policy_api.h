/* policy_api.h - the RAM actions on policies: CreatePolicy to DeletePolicy. Handlers: catalogue/call.h.
 *
 * System policies are read like custom ones; the actions that write know custom policies only (EntityNotExist.Policy).
 */
#ifndef ARGALI_POLICY_POLICY_API_H
#define ARGALI_POLICY_POLICY_API_H

#include "catalogue/call.h"

MUST_USE status ram_create_policy_apply(call *c, err *e);
MUST_USE status ram_get_policy_read(call *c, err *e);
MUST_USE status ram_list_policies_read(call *c, err *e);
MUST_USE status ram_update_policy_description_apply(call *c, err *e);
MUST_USE status ram_delete_policy_apply(call *c, err *e);

#endif
