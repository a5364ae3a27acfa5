/* access_key_api.h - the IMS and RAM actions on AccessKey pairs. Handlers: catalogue/call.h. */
#ifndef ARGALI_ACCESS_KEY_ACCESS_KEY_API_H
#define ARGALI_ACCESS_KEY_ACCESS_KEY_API_H

#include "catalogue/call.h"

MUST_USE status ims_create_access_key_apply(call *c, err *e);
MUST_USE status ims_list_access_keys_read(call *c, err *e);
MUST_USE status ims_update_access_key_apply(call *c, err *e);
MUST_USE status ims_delete_access_key_apply(call *c, err *e);
MUST_USE status ims_get_access_key_last_used_read(call *c, err *e);

MUST_USE status ram_create_access_key_apply(call *c, err *e);
MUST_USE status ram_list_access_keys_read(call *c, err *e);
MUST_USE status ram_update_access_key_apply(call *c, err *e);
MUST_USE status ram_delete_access_key_apply(call *c, err *e);
MUST_USE status ram_get_access_key_last_used_read(call *c, err *e);

#endif
