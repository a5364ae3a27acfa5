/* policy_version_api.h - the RAM actions on versions of policies. Handlers: catalogue/call.h. As policy_api.h. */
#ifndef ARGALI_POLICY_POLICY_VERSION_API_H
#define ARGALI_POLICY_POLICY_VERSION_API_H

#include "catalogue/call.h"

MUST_USE status ram_create_policy_version_apply(call *c, err *e);
MUST_USE status ram_get_policy_version_read(call *c, err *e);
MUST_USE status ram_list_policy_versions_read(call *c, err *e);
MUST_USE status ram_set_default_policy_version_apply(call *c, err *e);
MUST_USE status ram_delete_policy_version_apply(call *c, err *e);

#endif
