/* password_policy_api.h - the actions on the password policy: one state behind both faces. Handlers: catalogue/call.h.
 *
 * Set changes what was sent and keeps the rest. The RAM face has nine of the thirteen fields, and calls HardExpire HardExpiry.
 */
#ifndef ARGALI_PASSWORD_PASSWORD_POLICY_API_H
#define ARGALI_PASSWORD_PASSWORD_POLICY_API_H

#include "catalogue/call.h"

MUST_USE status ims_set_password_policy_apply(call *c, err *e);
MUST_USE status ims_get_password_policy_read(call *c, err *e);
MUST_USE status ram_set_password_policy_apply(call *c, err *e);
MUST_USE status ram_get_password_policy_read(call *c, err *e);

#endif
