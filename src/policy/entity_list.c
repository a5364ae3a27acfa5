/* entity_list.c - ListEntitiesForPolicy (attachment_api.h): every user, group and role that a policy is attached to, oldest
 * attachment first.
 *
 * The list has no pages and an account may have thousands of users, so each record is read into an arena that the next one
 * reuses.
 */
#include "catalogue/catalogue.gen.h"
#include "policy/arn.h"
#include "policy/attachment_api.h"
#include "policy/policy.h"
#include "user/user_reply.h"

enum { LIST_MAX = 8 * 1024 * 1024, ENTITY_MAX = 64 * 1024 };

static status reply_user(call *c, arena *a, uint64_t id, err *e)
{
    user_record u;
    TRY(store_user_get(c->tx, a, id, &u, e));
    user_reply(c->reply, &u, (str){ NULL, 0 });
    return ST_OK;
}

static status reply_group(call *c, arena *a, uint64_t id, err *e)
{
    group_record g;
    TRY(store_group_get(c->tx, a, id, &g, e));
    reply_str(c->reply, "GroupName", g.name);
    reply_filled(c->reply, "Comments", g.comments);
    return ST_OK;
}

static status reply_role(call *c, arena *a, uint64_t id, err *e)
{
    role_record r;
    str role_arn;
    TRY(store_role_get(c->tx, a, id, &r, e));
    TRY(arn_of_role(a, store_tx_account(c->tx), r.name, &role_arn));
    reply_id(c->reply, "RoleId", r.id);
    reply_str(c->reply, "RoleName", r.name);
    reply_str(c->reply, "Arn", role_arn);
    reply_filled(c->reply, "Description", r.description);
    return ST_OK;
}

static const struct {
    principal_kind kind;
    const char *wrapper, *member;
    status (*reply)(call *c, arena *a, uint64_t id, err *e);
} kinds[] = {
    { PRINCIPAL_USER, "Users", "User", reply_user },
    { PRINCIPAL_GROUP, "Groups", "Group", reply_group },
    { PRINCIPAL_ROLE, "Roles", "Role", reply_role },
};

static status reply_kind(call *c, arena *scratch, size_t kind, const attachment_record *list, size_t n, err *e)
{
    reply_open_list(c->reply, kinds[kind].wrapper, kinds[kind].member);
    for (size_t i = 0; i < n; i++) {
        if (list[i].kind != kinds[kind].kind)
            continue;
        arena_reset(scratch);
        reply_open_item(c->reply);
        TRY(kinds[kind].reply(c, scratch, list[i].principal, e));
        reply_time(c->reply, "AttachDate", list[i].attached_s);
        reply_close(c->reply);
    }
    reply_close_list(c->reply);
    return ST_OK;
}

status ram_list_entities_for_policy_read(call *c, err *e)
{
    const ram_list_entities_for_policy_request *rq = c->request;
    CLEANUP(arena_free_at) arena *listed = arena_new(16 * 1024, LIST_MAX);
    CLEANUP(arena_free_at) arena *scratch = arena_new(16 * 1024, ENTITY_MAX);
    if (listed == NULL || scratch == NULL)
        return ST_NO_MEMORY;
    policy p;
    attachment_record *list = NULL;
    size_t n = 0;
    TRY(policy_get(c->tx, c->arena, rq->policy_type, rq->policy_name, &p, e));
    TRY(store_attachment_list_of_policy(c->tx, listed, p.type, p.name, &list, &n, e));
    for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++)
        TRY(reply_kind(c, scratch, kind, list, n, e));
    return ST_OK;
}
