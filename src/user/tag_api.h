/* tag_api.h - the IMS actions on tags of users. Handlers: catalogue/call.h. */
#ifndef ARGALI_USER_TAG_API_H
#define ARGALI_USER_TAG_API_H

#include "catalogue/call.h"

MUST_USE status ims_tag_resources_apply(call *c, err *e);
MUST_USE status ims_untag_resources_apply(call *c, err *e);
MUST_USE status ims_list_tag_resources_read(call *c, err *e);

#endif
