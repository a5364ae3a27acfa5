/* page.h - what the lists of users, groups and members share: how much a page holds, and how it ends. */
#ifndef ARGALI_USER_PAGE_H
#define ARGALI_USER_PAGE_H

#include "account/marker.h"
#include "catalogue/call.h"

uint32_t page_size(opt_i32 max_items, uint32_t otherwise); /* MaxItems, or what the action documents for none */

/* IsTruncated, and where the list goes on a Marker to the position of the last item written. */
MUST_USE status page_end(call *c, marker_kind kind, bool is_truncated, str position);

#endif
