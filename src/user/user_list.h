/* user_list.h - one page of users, for the three actions that list them: by name, filtered by Status and by tags, with a
 * marker. */
#ifndef ARGALI_USER_USER_LIST_H
#define ARGALI_USER_USER_LIST_H

#include "account/marker.h"
#include "catalogue/call.h"
#include "store/records.h"

typedef struct {
    const char *wrapper, *member; /* "Users", "User" */
    marker_kind kind;
    bool is_ims, has_tags; /* UserPrincipalName; Tags in the answer */
    str marker;
    uint32_t max_items;
    user_filter status;
    tag_list tags; /* a user has to carry all of them */
} user_page;

/* Writes the list, IsTruncated, and Marker where there is more. */
MUST_USE status user_list(call *c, const user_page *page, err *e);

#endif
