/* attachment_api.h - the RAM actions that attach policies to users, groups and roles, and list what is attached where.
 * Handlers: catalogue/call.h.
 *
 * The policy is looked up first, then the principal. There are no resource groups: a ResourceGroupId that is not empty names
 * none (EntityNotExist.ResourceGroup), and is never taken for the whole account.
 */
#ifndef ARGALI_POLICY_ATTACHMENT_API_H
#define ARGALI_POLICY_ATTACHMENT_API_H

#include "catalogue/call.h"

MUST_USE status ram_attach_policy_to_user_apply(call *c, err *e);
MUST_USE status ram_attach_policy_to_group_apply(call *c, err *e);
MUST_USE status ram_attach_policy_to_role_apply(call *c, err *e);
MUST_USE status ram_detach_policy_from_user_apply(call *c, err *e);
MUST_USE status ram_detach_policy_from_group_apply(call *c, err *e);
MUST_USE status ram_detach_policy_from_role_apply(call *c, err *e);

MUST_USE status ram_list_policies_for_user_read(call *c, err *e);
MUST_USE status ram_list_policies_for_group_read(call *c, err *e);
MUST_USE status ram_list_policies_for_role_read(call *c, err *e);
MUST_USE status ram_list_entities_for_policy_read(call *c, err *e);

#endif
