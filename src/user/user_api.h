/* user_api.h - the IMS and RAM actions on users. Handlers: catalogue/call.h. */
#ifndef ARGALI_USER_USER_API_H
#define ARGALI_USER_USER_API_H

#include "catalogue/call.h"

MUST_USE status ims_create_user_apply(call *c, err *e);
MUST_USE status ims_get_user_read(call *c, err *e);
MUST_USE status ims_update_user_apply(call *c, err *e);
MUST_USE status ims_delete_user_apply(call *c, err *e);
MUST_USE status ims_list_users_read(call *c, err *e);
MUST_USE status ims_list_user_basic_infos_read(call *c, err *e);

MUST_USE status ram_create_user_apply(call *c, err *e);
MUST_USE status ram_get_user_read(call *c, err *e);
MUST_USE status ram_update_user_apply(call *c, err *e);
MUST_USE status ram_delete_user_apply(call *c, err *e);
MUST_USE status ram_list_users_read(call *c, err *e);

#endif
