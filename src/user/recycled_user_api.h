/* recycled_user_api.h - the IMS actions on users in the recycle bin. Handlers: catalogue/call.h. */
#ifndef ARGALI_USER_RECYCLED_USER_API_H
#define ARGALI_USER_RECYCLED_USER_API_H

#include "catalogue/call.h"

MUST_USE status ims_list_users_in_recycle_bin_read(call *c, err *e);
MUST_USE status ims_get_user_in_recycle_bin_read(call *c, err *e);
MUST_USE status ims_restore_user_from_recycle_bin_apply(call *c, err *e);
MUST_USE status ims_delete_user_in_recycle_bin_apply(call *c, err *e);

#endif
