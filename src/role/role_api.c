/* role_api.c - see role_api.h. Parameters and answers: RAM 2015-05-01, section "roles". */
#include "role/role_api.h"

#include "audit/audit.h"
#include "catalogue/catalogue.gen.h"
#include "policy/arn.h"
#include "role/role.h"
#include "user/page.h"
#include "user/user_reply.h"

enum { PORTION = 100, SCRATCH_MAX = 8 * 1024 * 1024, PAGE_DEFAULT = 100 };

/* `changed`: names of what was changed; absent: left out. */
static status audit_role(call *c, const role_record *r, str changed, err *e)
{
    char digits[U64_TEXT_MAX];
    const audit_parameter p[] = { { STR("RoleId"), { digits, u64_format(r->id, digits) } }, { STR("Changed"), changed } };
    return audit_write(c, STR("ACS::RAM::Role"), r->name, p, changed.n > 0 ? 2 : 1, e);
}

/* Into an object that is open; the action's shape drops what it does not list. */
static status role_members(const call *c, arena *a, const role_record *role)
{
    str role_arn;
    TRY(arn_of_role(a, store_tx_account(c->tx), role->name, &role_arn));
    reply *r = c->reply;
    reply_id(r, "RoleId", role->id);
    reply_str(r, "RoleName", role->name);
    reply_str(r, "Arn", role_arn);
    if (role->description.n > 0)
        reply_str(r, "Description", role->description);
    reply_str(r, "AssumeRolePolicyDocument", role->trust_policy);
    reply_i64(r, "MaxSessionDuration", role->max_session_s);
    reply_time(r, "CreateDate", role->created_s);
    reply_time(r, "UpdateDate", role->updated_s);
    return ST_OK;
}

static status reply_role(const call *c, const role_record *role)
{
    reply_open(c->reply, "Role");
    TRY(role_members(c, c->arena, role));
    reply_close(c->reply);
    return ST_OK;
}

static uint32_t seconds(opt_i64 asked)
{
    return asked.is_set ? (uint32_t)asked.v : 0; /* the decoder has seen to its range */
}

status ram_create_role_apply(call *c, err *e)
{
    const ram_create_role_request *rq = c->request;
    const role_spec spec = {
        .name = rq->role_name,
        .description = rq->description,
        .trust_policy = rq->assume_role_policy_document,
        .max_session_s = seconds(rq->max_session_duration),
        .tags = rq->tag,
    };
    role_record role;
    TRY(role_create(c->tx, c->arena, c->world, c->quota, c->context.now_s, &spec, &role, e));
    TRY(audit_role(c, &role, (str){ NULL, 0 }, e));
    return reply_role(c, &role);
}

status ram_get_role_read(call *c, err *e)
{
    const ram_get_role_request *rq = c->request;
    role_record role;
    TRY(role_get(c->tx, c->arena, rq->role_name, &role, e));
    return reply_role(c, &role);
}

status ram_update_role_apply(call *c, err *e)
{
    const ram_update_role_request *rq = c->request;
    const role_change by = {
        .description = rq->new_description,
        .trust_policy = rq->new_assume_role_policy_document,
        .max_session_s = seconds(rq->new_max_session_duration),
    };
    role_record old, role;
    str changed;
    TRY(role_get(c->tx, c->arena, rq->role_name, &old, e));
    TRY(role_update(c->tx, c->context.now_s, &old, &by, &role, e));
    TRY(arena_printf(c->arena, &changed, "%s%s%s", by.description.p != NULL ? "Description " : "",
                     by.trust_policy.p != NULL ? "AssumeRolePolicyDocument " : "",
                     by.max_session_s > 0 ? "MaxSessionDuration" : ""));
    TRY(audit_role(c, &role, str_trim(changed), e));
    return reply_role(c, &role);
}

status ram_delete_role_apply(call *c, err *e)
{
    const ram_delete_role_request *rq = c->request;
    role_record role;
    TRY(role_get(c->tx, c->arena, rq->role_name, &role, e));
    TRY(role_delete(c->tx, c->arena, &role, e));
    return audit_role(c, &role, (str){ NULL, 0 }, e);
}

status argali_revoke_role_sessions_apply(call *c, err *e)
{
    const argali_revoke_role_sessions_request *rq = c->request;
    role_record role;
    int64_t until_ms = 0;
    TRY(role_get(c->tx, c->arena, rq->role_name, &role, e));
    TRY(role_revoke_sessions(c->tx, c->world->now_ms(c->world->self), &role, &until_ms, e));
    TRY(audit_role(c, &role, (str){ NULL, 0 }, e));
    reply_time(c->reply, "RevokedBefore", (until_ms + 999) / 1000);
    return ST_OK;
}

/* --- ListRoles: by name; with Tag, those that carry every given one ----------------------------------------------- */

enum {
    PAGE_BYTES = 2 * 1024 * 1024
}; /* a page ends early: 1,000 long descriptions and all their tags would not fit an answer */

typedef struct {
    call *c;
    tag_list wanted;
    uint32_t max, written;
    bool is_truncated;
    arena *scratch; /* holds one portion */
    str last, seen; /* names of the last role written and of the last one looked at */
    char last_text[ROLE_NAME_MAX], seen_text[ROLE_NAME_MAX];
} walk;

static str keep(char text[ROLE_NAME_MAX], str name)
{
    const size_t n = name.n < ROLE_NAME_MAX ? name.n : ROLE_NAME_MAX;
    for (size_t i = 0; i < n; i++)
        text[i] = name.p[i];
    return (str){ text, n };
}

static status visit(walk *w, const role_record *role, err *e)
{
    tag_record *tags = NULL;
    size_t n = 0;
    TRY(store_tag_list(w->c->tx, w->scratch, TAGGED_ROLE, role->id, &tags, &n, e));
    w->seen = keep(w->seen_text, role->name);
    if (!tag_match(tags, n, w->wanted))
        return ST_OK;
    if (w->written == w->max || w->c->reply->out.n > PAGE_BYTES) {
        w->is_truncated = true;
        return ST_OK;
    }
    reply_open_item(w->c->reply);
    TRY(role_members(w->c, w->scratch, role));
    user_reply_tags(w->c->reply, tags, n);
    reply_close(w->c->reply);
    w->written++;
    w->last = keep(w->last_text, role->name);
    return ST_OK;
}

static status visit_all(walk *w, err *e)
{
    size_t n = PORTION;
    while (n == PORTION && !w->is_truncated) {
        role_record *roles = NULL;
        arena_reset(w->scratch);
        TRY(store_role_list(w->c->tx, w->scratch, w->seen, PORTION, &roles, &n, e));
        for (size_t i = 0; i < n && !w->is_truncated; i++)
            TRY(visit(w, &roles[i], e));
    }
    return ST_OK;
}

status ram_list_roles_read(call *c, err *e)
{
    const ram_list_roles_request *rq = c->request;
    CLEANUP(arena_free_at) arena *scratch = arena_new(64 * 1024, SCRATCH_MAX);
    if (scratch == NULL)
        return ST_NO_MEMORY;
    walk w = { .c = c, .wanted = rq->tag, .max = page_size(rq->max_items, PAGE_DEFAULT), .scratch = scratch };
    TRY(marker_read(c->vault, c->who->account, MARKER_ROLES, rq->marker, "Marker", c->arena, &w.seen, e));
    reply_open_list(c->reply, "Roles", "Role");
    TRY(visit_all(&w, e));
    reply_close_list(c->reply);
    return page_end(c, MARKER_ROLES, w.is_truncated, w.last);
}
