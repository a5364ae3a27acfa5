/* recycled_user_api.c - see recycled_user_api.h. Parameters and answers: IMS 2019-08-15, "recycle bin".
 *
 * The list goes from the newest to the oldest; a marker stands for the place (when, id) of the last one shown.
 */
#include "user/recycled_user_api.h"

#include "audit/audit.h"
#include "catalogue/catalogue.gen.h"
#include "user/page.h"
#include "user/recycled_user.h"
#include "user/user.h"
#include "user/user_reply.h"

enum { PORTION = 200, SCRATCH_MAX = 8 * 1024 * 1024 };

/* --- the answers -------------------------------------------------------------------------------------------------- */

static status reply_user(call *c, arena *a, const recycled_user_record *u, default_domain d)
{
    str upn;
    TRY(upn_compose(a, u->user.name, d, &upn));
    user_reply(c->reply, &u->user, upn);
    reply_time(c->reply, "RecycleDate", u->recycled_s);
    reply_time(c->reply, "DeleteDate", u->purge_s);
    return ST_OK;
}

/* --- the list ----------------------------------------------------------------------------------------------------- */

typedef struct {
    call *c;
    arena *scratch; /* holds one portion */
    default_domain domain;
    bool is_filtered;
    str name; /* of whom the filter asks for; absent: nobody of this account */
    uint32_t max_items, written;
    bool is_truncated;
    int64_t seen_s, last_s; /* where the next portion begins, and the next page */
    uint64_t seen_id, last_id;
} walk;

/* `UserPrincipalName eq <upn>`, the one documented form. */
static status read_filter(walk *w, str filter, err *e)
{
    const str begin = STR("UserPrincipalName eq ");
    w->is_filtered = filter.n > 0;
    if (filter.n == 0)
        return ST_OK;
    const str upn = str_starts(filter, begin) ? str_trim(str_slice(filter, begin.n, filter.n)) : (str){ NULL, 0 };
    if (upn.n == 0)
        return err_set_message(e, ST_INVALID, "InvalidParameter.Filter", "Filter has to be: UserPrincipalName eq NAME@DOMAIN.");
    if (upn_is_of(upn, w->domain))
        w->name = upn_name(upn);
    return ST_OK;
}

/* Digits, colon, digits: of our own making, as the marker is authenticated. */
static status read_position(walk *w, str from, err *e)
{
    str at, id;
    if (from.n == 0)
        return ST_OK;
    if (!str_split(from, ':', &at, &id) || str_to_i64(at, 0, INT64_MAX, &w->seen_s) != ST_OK ||
        str_to_u64(id, 1, UINT64_MAX, &w->seen_id) != ST_OK)
        return err_set(e, ST_BUG, NULL, "a marker of ours that holds no position");
    return ST_OK;
}

static status visit(walk *w, const recycled_user_record *u, err *e)
{
    (void)e;
    if (u->purge_s <= w->c->context.now_s || (w->is_filtered && !str_eq_nocase(u->user.name, w->name)))
        return ST_OK;
    if (w->written == w->max_items) {
        w->is_truncated = true;
        return ST_OK;
    }
    reply_open_item(w->c->reply);
    TRY(reply_user(w->c, w->scratch, u, w->domain));
    reply_close(w->c->reply);
    w->written++;
    w->last_s = u->recycled_s;
    w->last_id = u->user.id;
    return ST_OK;
}

/* *ret_more: there may be users after these. */
static status visit_portion(walk *w, bool *ret_more, err *e)
{
    recycled_user_record *users = NULL;
    size_t n = 0;
    arena_reset(w->scratch);
    TRY(store_recycled_user_list(w->c->tx, w->scratch, w->seen_s, w->seen_id, PORTION, &users, &n, e));
    for (size_t i = 0; i < n && !w->is_truncated; i++) {
        TRY(visit(w, &users[i], e));
        w->seen_s = users[i].recycled_s;
        w->seen_id = users[i].user.id;
    }
    *ret_more = n == PORTION && !w->is_truncated;
    return ST_OK;
}

status ims_list_users_in_recycle_bin_read(call *c, err *e)
{
    const ims_list_users_in_recycle_bin_request *rq = c->request;
    CLEANUP(arena_free_at) arena *scratch = arena_new(64 * 1024, SCRATCH_MAX);
    if (scratch == NULL)
        return ST_NO_MEMORY;
    walk w = { .c = c, .scratch = scratch, .max_items = page_size(rq->max_items, 100) };
    str from;
    TRY(marker_read(c->vault, c->who->account, MARKER_RECYCLED_USERS, rq->marker, "Marker", c->arena, &from, e));
    TRY(read_position(&w, from, e));
    TRY(user_domain(c->tx, c->arena, c->domain_suffix, &w.domain, e));
    TRY(read_filter(&w, rq->filter, e));

    reply_open_list(c->reply, "Users", "User");
    bool more = !w.is_filtered || w.name.n > 0;
    while (more)
        TRY(visit_portion(&w, &more, e));
    reply_close_list(c->reply);
    str position;
    TRY(arena_printf(c->arena, &position, "%lld:%llu", (long long)w.last_s, (unsigned long long)w.last_id));
    return page_end(c, MARKER_RECYCLED_USERS, w.is_truncated, position);
}

/* --- one user ----------------------------------------------------------------------------------------------------- */

/* By the id, or by an AccessKey that came here with its user or before it. */
static status find(const call *c, str id, str access_key_id, recycled_user_record *ret, err *e)
{
    if (id.n > 0)
        return recycled_user_get(c->tx, c->arena, c->context.now_s, id, ret, e);
    recycled_key_record key;
    status s = store_recycled_key_get(c->tx, c->arena, access_key_id, &key, e);
    if (s == ST_OK)
        s = store_recycled_user_get(c->tx, c->arena, key.key.owner, ret, e);
    if (s == ST_NOT_FOUND || (s == ST_OK && ret->purge_s <= c->context.now_s))
        return err_set(e, ST_NOT_FOUND, "EntityNotExist.User", "no user in the recycle bin has this AccessKey");
    return s;
}

status ims_get_user_in_recycle_bin_read(call *c, err *e)
{
    const ims_get_user_in_recycle_bin_request *rq = c->request;
    recycled_user_record u;
    default_domain d;
    TRY(find(c, rq->user_id, rq->user_access_key_id, &u, e));
    TRY(user_domain(c->tx, c->arena, c->domain_suffix, &d, e));
    reply_open(c->reply, "User");
    TRY(reply_user(c, c->arena, &u, d));
    reply_close(c->reply);
    return ST_OK;
}

static status audit_recycled(call *c, const recycled_user_record *u, err *e)
{
    char id[U64_TEXT_MAX];
    const audit_parameter p[] = { { STR("UserId"), { id, u64_format(u->user.id, id) } } };
    return audit_write(c, STR("ACS::RAM::User"), u->user.name, p, 1, e);
}

status ims_restore_user_from_recycle_bin_apply(call *c, err *e)
{
    const ims_restore_user_from_recycle_bin_request *rq = c->request;
    recycled_user_record u;
    TRY(recycled_user_get(c->tx, c->arena, c->context.now_s, rq->user_id, &u, e));
    TRY(user_restore(c->tx, c->arena, c->quota, &u, e));
    return audit_recycled(c, &u, e);
}

status ims_delete_user_in_recycle_bin_apply(call *c, err *e)
{
    const ims_delete_user_in_recycle_bin_request *rq = c->request;
    recycled_user_record u;
    TRY(recycled_user_get(c->tx, c->arena, c->context.now_s, rq->user_id, &u, e));
    TRY(recycled_user_purge(c->tx, c->arena, u.user.id, e));
    return audit_recycled(c, &u, e);
}
