/* network_policy_api.h - the IMS actions on network policies of AccessKey pairs and of the account. Handlers: call.h. */
#ifndef ARGALI_ACCESS_KEY_NETWORK_POLICY_API_H
#define ARGALI_ACCESS_KEY_NETWORK_POLICY_API_H

#include "catalogue/call.h"

MUST_USE status ims_set_access_key_policy_apply(call *c, err *e);
MUST_USE status ims_get_access_key_policy_read(call *c, err *e);
MUST_USE status ims_set_access_key_policy_for_account_apply(call *c, err *e);
MUST_USE status ims_get_access_key_policy_for_account_read(call *c, err *e);

#endif
