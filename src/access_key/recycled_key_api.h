/* recycled_key_api.h - the IMS actions on AccessKey pairs in the recycle bin. Handlers: catalogue/call.h. */
#ifndef ARGALI_ACCESS_KEY_RECYCLED_KEY_API_H
#define ARGALI_ACCESS_KEY_RECYCLED_KEY_API_H

#include "catalogue/call.h"

MUST_USE status ims_list_access_keys_in_recycle_bin_read(call *c, err *e);
MUST_USE status ims_get_access_key_info_in_recycle_bin_read(call *c, err *e);
MUST_USE status ims_restore_access_key_from_recycle_bin_apply(call *c, err *e);
MUST_USE status ims_delete_access_key_in_recycle_bin_apply(call *c, err *e);

#endif
