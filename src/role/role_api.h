/* role_api.h - the RAM actions on roles, and Argali's own that ends their sessions. Handlers: catalogue/call.h. */
#ifndef ARGALI_ROLE_ROLE_API_H
#define ARGALI_ROLE_ROLE_API_H

#include "catalogue/call.h"

MUST_USE status ram_create_role_apply(call *c, err *e);
MUST_USE status ram_get_role_read(call *c, err *e);
MUST_USE status ram_list_roles_read(call *c, err *e);
MUST_USE status ram_update_role_apply(call *c, err *e);
MUST_USE status ram_delete_role_apply(call *c, err *e);

MUST_USE status argali_revoke_role_sessions_apply(call *c, err *e);

#endif
