/* preference_api.h - the actions on the security preference: one state behind both faces. Handlers: catalogue/call.h.
 *
 * Set changes what was sent and keeps the rest; the RAM face lists a part of the fields.
 */
#ifndef ARGALI_PREFERENCE_PREFERENCE_API_H
#define ARGALI_PREFERENCE_PREFERENCE_API_H

#include "catalogue/call.h"

MUST_USE status ims_set_security_preference_apply(call *c, err *e);
MUST_USE status ims_get_security_preference_read(call *c, err *e);
MUST_USE status ram_set_security_preference_apply(call *c, err *e);
MUST_USE status ram_get_security_preference_read(call *c, err *e);

#endif
