/* group_api.h - the IMS and RAM actions on groups and their members. Handlers: catalogue/call.h. */
#ifndef ARGALI_USER_GROUP_API_H
#define ARGALI_USER_GROUP_API_H

#include "catalogue/call.h"

MUST_USE status ims_create_group_apply(call *c, err *e);
MUST_USE status ims_get_group_read(call *c, err *e);
MUST_USE status ims_update_group_apply(call *c, err *e);
MUST_USE status ims_delete_group_apply(call *c, err *e);
MUST_USE status ims_add_user_to_group_apply(call *c, err *e);
MUST_USE status ims_remove_user_from_group_apply(call *c, err *e);
MUST_USE status ims_list_groups_read(call *c, err *e);
MUST_USE status ims_list_groups_for_user_read(call *c, err *e);
MUST_USE status ims_list_users_for_group_read(call *c, err *e);

MUST_USE status ram_create_group_apply(call *c, err *e);
MUST_USE status ram_get_group_read(call *c, err *e);
MUST_USE status ram_update_group_apply(call *c, err *e);
MUST_USE status ram_delete_group_apply(call *c, err *e);
MUST_USE status ram_add_user_to_group_apply(call *c, err *e);
MUST_USE status ram_remove_user_from_group_apply(call *c, err *e);
MUST_USE status ram_list_groups_read(call *c, err *e);
MUST_USE status ram_list_groups_for_user_read(call *c, err *e);
MUST_USE status ram_list_users_for_group_read(call *c, err *e);

#endif
