/* tag_actions.h - TagResources, UntagResources and ListTagResources, behind both faces: of users (IMS), of roles and custom
 * policies (RAM). The faces find out which resources a request means; what is done to them is here.
 *
 * Writes touch the epoch of every resource and leave one event. Codes: tag.h; MissingTag, MissingTagKey;
 * InvalidParameter.NextToken.
 */
#ifndef ARGALI_USER_TAG_ACTIONS_H
#define ARGALI_USER_TAG_ACTIONS_H

#include "account/marker.h"
#include "catalogue/call.h"
#include "user/tag.h"

typedef struct {
    uint64_t *v; /* ascending, each once */
    size_t n;
} tagged_ids;

MUST_USE status tagged_ids_new(arena *a, size_t most, tagged_ids *ret);
void tagged_ids_add(tagged_ids *to, uint64_t id); /* at most `most` of them */

/* First of all: are there tags, and do they keep the rules? */
MUST_USE status tag_resources_check(tagged_kind kind, tag_list tags, err *e);
MUST_USE status tag_resources(call *c, tagged_kind kind, const tagged_ids *ids, tag_list tags, err *e);

/* `all` counts only where no key is named. A key that is not there is no mistake. */
MUST_USE status tag_resources_untag(call *c, tagged_kind kind, const tagged_ids *ids, str_list keys, opt_bool all, err *e);

typedef struct {
    tagged_kind kind;
    marker_kind marker;
    const char *wrapper; /* of the list; NULL: a bare one */
    const char *member;
    tagged_ids ids;  /* of these alone; none: of every resource of the kind */
    tag_list wanted; /* all tags of the resources that carry each of these; none: of all */
    opt_i32 page_size;
    str next_token;
    /* Writes the members that name the resource. */
    status (*reply_resource)(call *c, arena *scratch, uint64_t id, err *e);
} tag_page;

/* One page, by resource id and key, then IsTruncated and NextToken. */
MUST_USE status tag_resources_list(call *c, const tag_page *page, err *e);

#endif
