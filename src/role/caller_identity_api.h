/* caller_identity_api.h - STS GetCallerIdentity, from memory alone. Handlers: catalogue/call.h. */
#ifndef ARGALI_ROLE_CALLER_IDENTITY_API_H
#define ARGALI_ROLE_CALLER_IDENTITY_API_H

#include "catalogue/call.h"

MUST_USE status sts_get_caller_identity_answer(call *c, err *e);

#endif
