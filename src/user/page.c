/* page.c - see page.h. */
#include "user/page.h"

uint32_t page_size(opt_i32 max_items, uint32_t otherwise)
{
    return max_items.is_set && max_items.v > 0 ? (uint32_t)max_items.v : otherwise;
}

status page_end(call *c, marker_kind kind, bool is_truncated, str position)
{
    reply_bool(c->reply, "IsTruncated", is_truncated);
    if (!is_truncated)
        return ST_OK;
    str marker;
    TRY(marker_issue(c->vault, c->who->account, kind, position, c->arena, &marker));
    reply_str(c->reply, "Marker", marker);
    return ST_OK;
}
