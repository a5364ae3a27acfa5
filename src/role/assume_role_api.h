/* assume_role_api.h - STS AssumeRole: a temporary AccessKey for a session of a role. Handlers: catalogue/call.h.
 *
 * Who may: a user or a session, never root; its own policies have to allow sts:AssumeRole on the role (authorize, before this),
 * and the role's trust policy has to trust it.
 * Another account's role that does not exist is refused as one that does not trust the caller: its names are not told.
 */
#ifndef ARGALI_ROLE_ASSUME_ROLE_API_H
#define ARGALI_ROLE_ASSUME_ROLE_API_H

#include "catalogue/call.h"

MUST_USE status sts_assume_role_apply(call *c, err *e);

#endif
