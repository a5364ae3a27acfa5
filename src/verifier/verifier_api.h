/* verifier_api.h - CreateVerifier, ListVerifiers and DeleteVerifier, of Argali's own extension. Handlers: catalogue/call.h. */
#ifndef ARGALI_VERIFIER_VERIFIER_API_H
#define ARGALI_VERIFIER_VERIFIER_API_H

#include "catalogue/call.h"

MUST_USE status argali_create_verifier_apply(call *c, err *e);
MUST_USE status argali_list_verifiers_read(call *c, err *e);
MUST_USE status argali_delete_verifier_apply(call *c, err *e);

#endif
