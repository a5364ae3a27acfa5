/* ram_tag_api.h - the RAM actions on tags of roles and custom policies. Handlers: catalogue/call.h. */
#ifndef ARGALI_ROLE_RAM_TAG_API_H
#define ARGALI_ROLE_RAM_TAG_API_H

#include "catalogue/call.h"

MUST_USE status ram_tag_resources_apply(call *c, err *e);
MUST_USE status ram_untag_resources_apply(call *c, err *e);
MUST_USE status ram_list_tag_resources_read(call *c, err *e);

#endif
