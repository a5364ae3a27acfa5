/* policy_api.h - the RAM actions on system policies and their attachments to users. Handlers: catalogue/call.h.
 *
 * Custom policies, groups and roles do not exist yet: their lists are truthfully empty and their names unknown.
 */
#ifndef ARGALI_POLICY_POLICY_API_H
#define ARGALI_POLICY_POLICY_API_H

#include "catalogue/call.h"

MUST_USE status ram_attach_policy_to_user_apply(call *c, err *e);
MUST_USE status ram_detach_policy_from_user_apply(call *c, err *e);
MUST_USE status ram_list_policies_for_user_read(call *c, err *e);
MUST_USE status ram_list_entities_for_policy_read(call *c, err *e);
MUST_USE status ram_get_policy_read(call *c, err *e);
MUST_USE status ram_list_policies_read(call *c, err *e);

#endif
