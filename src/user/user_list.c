/* user_list.c - one page of users, for the three actions that list them (user_api.h): by name, filtered by Status and by tags,
 * with a marker.
 *
 * Users are read in portions into an arena of their own, as a filter by tags may pass over many before a page is full. A page
 * ends early once it is large: 1,000 users with all their tags would not fit an answer.
 */
#include "user/user_api.h"

#include "catalogue/catalogue.gen.h"
#include "user/page.h"
#include "user/tag.h"
#include "user/upn.h"
#include "user/user.h"
#include "user/user_reply.h"

enum { PORTION = 200, SCRATCH_MAX = 8 * 1024 * 1024, PAGE_BYTES = 2 * 1024 * 1024 };

typedef struct {
    const char *wrapper, *member; /* "Users", "User" */
    marker_kind kind;
    bool is_ims, has_tags; /* UserPrincipalName; Tags in the answer */
    str marker;
    uint32_t max_items;
    user_filter status;
    tag_list tags; /* a user has to carry all of them */
} user_page;

typedef struct {
    call *c;
    const user_page *page;
    default_domain domain;
    arena *scratch; /* holds one portion */
    uint32_t written;
    bool is_truncated;
    char last[USER_NAME_MAX]; /* folded name of the last user written: where the next page begins */
    char seen[USER_NAME_MAX]; /* and of the last one looked at: where the next portion begins */
    size_t last_n, seen_n;
} walk;

/* Names fold to lower case, so that a marker stands for a place in the order whatever a name's case becomes. */
static size_t fold(str name, char ret[USER_NAME_MAX])
{
    size_t n = name.n < USER_NAME_MAX ? name.n : USER_NAME_MAX;
    for (size_t i = 0; i < n; i++)
        ret[i] = ascii_lower(name.p[i]);
    return n;
}

static status visit(walk *w, const user_record *u, err *e)
{
    tag_record *tags = NULL;
    size_t tag_n = 0;
    if (w->page->has_tags || w->page->tags.n > 0)
        TRY(store_tag_list(w->c->tx, w->scratch, TAGGED_USER, u->id, &tags, &tag_n, e));
    if (!tag_match(tags, tag_n, w->page->tags))
        return ST_OK;
    if (w->written == w->page->max_items || w->c->reply->out.n > PAGE_BYTES) {
        w->is_truncated = true;
        return ST_OK;
    }
    str upn = { NULL, 0 };
    if (w->page->is_ims)
        TRY(upn_compose(w->scratch, u->name, w->domain, &upn));
    reply *r = w->c->reply;
    reply_open_item(r);
    user_reply(r, u, upn);
    if (w->page->has_tags)
        user_reply_tags(r, tags, tag_n);
    reply_close(r);
    w->written++;
    w->last_n = fold(u->name, w->last);
    return ST_OK;
}

/* *ret_more: there may be users after these. */
static status visit_portion(walk *w, bool *ret_more, err *e)
{
    const uint32_t left = w->page->max_items - w->written + 1; /* one more tells whether the list goes on */
    const uint32_t max = left < PORTION ? left : PORTION;
    const str after = { w->seen_n > 0 ? w->seen : NULL, w->seen_n };
    arena_reset(w->scratch);
    user_record *users = NULL;
    size_t n = 0;
    TRY(store_user_list(w->c->tx, w->scratch, after, max, w->page->status, &users, &n, e));
    for (size_t i = 0; i < n && !w->is_truncated; i++) {
        TRY(visit(w, &users[i], e));
        w->seen_n = fold(users[i].name, w->seen);
    }
    *ret_more = n == max && !w->is_truncated;
    return ST_OK;
}

/* Writes the list, IsTruncated, and Marker where there is more. */
static status list_page(call *c, const user_page *page, err *e)
{
    CLEANUP(arena_free_at) arena *scratch = arena_new(64 * 1024, SCRATCH_MAX);
    if (scratch == NULL)
        return ST_NO_MEMORY;
    walk w = { .c = c, .page = page, .scratch = scratch };
    str from;
    TRY(marker_read(c->vault, c->who->account, page->kind, page->marker, "Marker", c->arena, &from, e));
    w.seen_n = fold(from, w.seen);
    TRY(user_domain(c->tx, c->arena, c->domain_suffix, &w.domain, e));

    reply_open_list(c->reply, page->wrapper, page->member);
    bool more = true;
    while (more)
        TRY(visit_portion(&w, &more, e));
    reply_close_list(c->reply);
    return page_end(c, page->kind, w.is_truncated, (str){ w.last, w.last_n });
}

/* active (the default), freeze, or both; with tags the Status is not looked at. */
static user_filter filter_of(str asked, tag_list tags)
{
    const bool both = tags.n > 0 || str_eq(asked, STR("active,freeze"));
    const bool is_freeze = str_eq(asked, STR("freeze"));
    return (user_filter){ .active = both || !is_freeze, .frozen = both || is_freeze };
}

status ims_list_users_read(call *c, err *e)
{
    const ims_list_users_request *rq = c->request;
    return list_page(c,
                     &(user_page){ "Users", "User", MARKER_USERS, true, true, rq->marker, page_size(rq->max_items, 1000),
                                   filter_of(rq->status, rq->tag), rq->tag },
                     e);
}

status ims_list_user_basic_infos_read(call *c, err *e)
{
    const ims_list_user_basic_infos_request *rq = c->request;
    return list_page(c,
                     &(user_page){ "UserBasicInfos", "UserBasicInfo", MARKER_USER_BASIC_INFOS, true, false, rq->marker,
                                   page_size(rq->max_items, 100), filter_of(rq->status, rq->tag), rq->tag },
                     e);
}

status ram_list_users_read(call *c, err *e)
{
    const ram_list_users_request *rq = c->request;
    return list_page(c,
                     &(user_page){ "Users",
                                   "User",
                                   MARKER_USERS,
                                   false,
                                   false,
                                   rq->marker,
                                   page_size(rq->max_items, 100),
                                   { .active = true, .frozen = true },
                                   { NULL, 0, false } },
                     e);
}
