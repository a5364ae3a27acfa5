/* group_list.c - the lists of group_api.h: the account's groups by name, a user's groups by name, a group's members by user
 * name. A page is read with one item more, which tells whether the list goes on.
 */
#include "user/group_api.h"

#include "catalogue/catalogue.gen.h"
#include "user/group.h"
#include "user/group_reply.h"
#include "user/page.h"
#include "user/user.h"
#include "user/user_reply.h"

enum { PAGE_DEFAULT = 100, MEMBERS_MEMORY_MAX = 8 * 1024 * 1024 }; /* MaxItems: up to 100, on the RAM face 1000 members */

static status list_groups(call *c, str marker, opt_i32 max_items, err *e)
{
    const uint32_t max = page_size(max_items, PAGE_DEFAULT);
    str after;
    group_record *groups = NULL;
    size_t n = 0;
    TRY(marker_read(c->vault, c->who->account, MARKER_GROUPS, marker, "Marker", c->arena, &after, e));
    TRY(store_group_list(c->tx, c->arena, after, max + 1, &groups, &n, e));
    const bool is_truncated = n > max;
    if (is_truncated)
        n = max;
    reply_open_list(c->reply, "Groups", "Group");
    for (size_t i = 0; i < n; i++) {
        reply_open_item(c->reply);
        group_reply(c->reply, &groups[i]);
        reply_close(c->reply);
    }
    reply_close_list(c->reply);
    return page_end(c, MARKER_GROUPS, is_truncated, n > 0 ? groups[n - 1].name : STR(""));
}

status ims_list_groups_read(call *c, err *e)
{
    const ims_list_groups_request *rq = c->request;
    return list_groups(c, rq->marker, rq->max_items, e);
}

status ram_list_groups_read(call *c, err *e)
{
    const ram_list_groups_request *rq = c->request;
    return list_groups(c, rq->marker, rq->max_items, e);
}

static status list_groups_of(call *c, const user_record *u, err *e)
{
    user_group_record *groups = NULL;
    size_t n = 0;
    TRY(store_user_group_list(c->tx, c->arena, u->id, &groups, &n, e));
    reply_open_list(c->reply, "Groups", "Group");
    for (size_t i = 0; i < n; i++) {
        reply_open_item(c->reply);
        group_reply(c->reply, &groups[i].group);
        reply_time(c->reply, "JoinDate", groups[i].joined_s);
        reply_close(c->reply);
    }
    reply_close_list(c->reply);
    return ST_OK;
}

status ims_list_groups_for_user_read(call *c, err *e)
{
    const ims_list_groups_for_user_request *rq = c->request;
    user_record u;
    TRY(user_get_by_upn(c->tx, c->arena, rq->user_principal_name, c->domain_suffix, &u, e));
    return list_groups_of(c, &u, e);
}

status ram_list_groups_for_user_read(call *c, err *e)
{
    const ram_list_groups_for_user_request *rq = c->request;
    user_record u;
    TRY(user_get_by_name(c->tx, c->arena, rq->user_name, &u, e));
    return list_groups_of(c, &u, e);
}

/* --- members ------------------------------------------------------------------------------------------------------ */

/* A position is "<group id>:<user name>": a marker belongs to the members of that group. */
static status members_after(const call *c, uint64_t group, str marker, str *ret_after, err *e)
{
    str position, id, name;
    uint64_t of = 0;
    TRY(marker_read(c->vault, c->who->account, MARKER_MEMBERS, marker, "Marker", c->arena, &position, e));
    if (position.p == NULL) {
        *ret_after = position;
        return ST_OK;
    }
    if (!str_split(position, ':', &id, &name) || str_to_u64(id, 0, INT64_MAX, &of) != ST_OK)
        return err_set(e, ST_BUG, NULL, "a marker of our own has no position");
    if (of != group)
        return err_set(e, ST_INVALID, "InvalidParameter.Marker", "a marker of another group's members");
    *ret_after = name;
    return ST_OK;
}

static status reply_member(call *c, arena *a, const default_domain *domain, const member_record *m)
{
    str upn;
    TRY(upn_compose(a, m->user.name, *domain, &upn));
    reply_open_item(c->reply);
    user_reply(c->reply, &m->user, upn);
    reply_time(c->reply, "JoinDate", m->joined_s);
    reply_close(c->reply);
    return ST_OK;
}

static status list_members(call *c, str group_name, str marker, opt_i32 max_items, err *e)
{
    const uint32_t max = page_size(max_items, PAGE_DEFAULT);
    CLEANUP(arena_free_at) arena *a = arena_new(64 * 1024, MEMBERS_MEMORY_MAX);
    if (a == NULL)
        return ST_NO_MEMORY;
    group_record g;
    str after = { NULL, 0 }, position = STR("");
    default_domain domain;
    member_record *members = NULL;
    size_t n = 0;
    TRY(group_get(c->tx, c->arena, group_name, &g, e));
    TRY(members_after(c, g.id, marker, &after, e));
    TRY(user_domain(c->tx, c->arena, c->domain_suffix, &domain, e));
    TRY(store_member_list(c->tx, a, g.id, after, max + 1, &members, &n, e));
    const bool is_truncated = n > max;
    if (is_truncated)
        n = max;
    reply_open_list(c->reply, "Users", "User");
    for (size_t i = 0; i < n; i++)
        TRY(reply_member(c, a, &domain, &members[i]));
    reply_close_list(c->reply);
    if (is_truncated)
        TRY(arena_printf(a, &position, "%llu:" STR_FMT, (unsigned long long)g.id, STR_ARG(members[n - 1].user.name)));
    return page_end(c, MARKER_MEMBERS, is_truncated, position);
}

status ims_list_users_for_group_read(call *c, err *e)
{
    const ims_list_users_for_group_request *rq = c->request;
    return list_members(c, rq->group_name, rq->marker, rq->max_items, e);
}

status ram_list_users_for_group_read(call *c, err *e)
{
    const ram_list_users_for_group_request *rq = c->request;
    return list_members(c, rq->group_name, rq->marker, rq->max_items, e);
}
