/* tag_api.c - see tag_api.h. Parameters and answers: IMS 2019-08-15, section "tags".
 *
 * Where documents are silent: UntagResources of a key that is not there succeeds; ListTagResources with Tag answers all tags
 * of the users that carry every given one.
 */
#include "user/tag_api.h"

#include <string.h>

#include "account/marker.h"
#include "audit/audit.h"
#include "catalogue/catalogue.gen.h"
#include "user/tag.h"
#include "user/user.h"
#include "user/user_reply.h"

enum { PORTION = 200, SCRATCH_MAX = 4 * 1024 * 1024, AUDIT_KEYS_MAX = 2048 };

typedef struct {
    uint64_t *v;
    size_t n;
} id_list;

/* The named users, each once, in the order of their ids. An unknown one refuses the whole request. */
static status users_of(const call *c, str_list ids, str_list upns, id_list *ret, err *e)
{
    if (ids.n > 0 && upns.n > 0)
        return err_set(e, ST_INVALID, "InvalidParameter.ResourceId", "ResourceId and ResourcePrincipalName exclude each other");
    const str_list named = ids.n > 0 ? ids : upns;
    uint64_t *v = arena_alloc_n(c->arena, named.n + 1, sizeof *v);
    if (v == NULL)
        return ST_NO_MEMORY;
    size_t n = 0;
    for (size_t i = 0; i < named.n; i++) {
        user_record u;
        if (ids.n > 0)
            TRY(user_get_by_id(c->tx, c->arena, named.v[i], &u, e));
        else
            TRY(user_get_by_upn(c->tx, c->arena, named.v[i], c->domain_suffix, &u, e));
        size_t at = 0;
        while (at < n && v[at] < u.id)
            at++;
        if (at < n && v[at] == u.id)
            continue;
        memmove(v + at + 1, v + at, (n - at) * sizeof *v);
        v[at] = u.id;
        n++;
    }
    *ret = (id_list){ v, n };
    return ST_OK;
}

static status some_users_of(const call *c, str_list ids, str_list upns, id_list *ret, err *e)
{
    if (ids.n == 0 && upns.n == 0)
        return err_set(e, ST_INVALID, "MissingResourceId", "no user is named");
    return users_of(c, ids, upns, ret, e);
}

/* As many keys as fit whole: an event has a bounded size. */
static void join_key(buf *to, str key)
{
    if (to->n + key.n + 1 > AUDIT_KEYS_MAX)
        return;
    if (to->n > 0)
        buf_add_char(to, ',');
    buf_add(to, key);
}

static status audit_tags(call *c, const id_list *users, const buf *keys, err *e)
{
    buf ids;
    buf_init(&ids, 4096);
    for (size_t i = 0; i < users->n; i++)
        buf_addf(&ids, "%s%llu", i > 0 ? "," : "", (unsigned long long)users->v[i]);
    const audit_parameter p[] = { { STR("TagKeys"), buf_str(keys) } };
    status s = buf_ok(&ids) && buf_ok(keys) ? audit_write(c, STR("ACS::RAM::User"), buf_str(&ids), p, 1, e) : ST_NO_MEMORY;
    buf_done(&ids);
    return s;
}

status ims_tag_resources_apply(call *c, err *e)
{
    const ims_tag_resources_request *rq = c->request;
    id_list users;
    if (rq->tag.n == 0)
        return err_set(e, ST_INVALID, "MissingTag", "no tag is given");
    TRY(tag_list_check(rq->tag, e));
    TRY(some_users_of(c, rq->resource_id, rq->resource_principal_name, &users, e));
    for (size_t i = 0; i < users.n; i++) {
        TRY(tag_put_all(c->tx, c->arena, c->quota, users.v[i], rq->tag, e));
        store_touch(c->tx, epoch_of_principal(users.v[i]));
    }
    CLEANUP(buf_done) buf keys;
    buf_init(&keys, 2 * AUDIT_KEYS_MAX);
    for (size_t i = 0; i < rq->tag.n; i++)
        join_key(&keys, rq->tag.v[i].key);
    return audit_tags(c, &users, &keys, e);
}

static status untag(const call *c, uint64_t user, str key, err *e)
{
    status s = store_tag_delete(c->tx, user, key, e);
    return s == ST_NOT_FOUND ? ST_OK : s;
}

static status untag_all(const call *c, uint64_t user, err *e)
{
    tag_record *have = NULL;
    size_t n = 0;
    TRY(store_tag_list(c->tx, c->arena, user, &have, &n, e));
    for (size_t i = 0; i < n; i++)
        TRY(untag(c, user, have[i].key, e));
    return ST_OK;
}

status ims_untag_resources_apply(call *c, err *e)
{
    const ims_untag_resources_request *rq = c->request;
    id_list users;
    const bool is_all = rq->tag_key.n == 0 && rq->all.is_set && rq->all.v;
    if (rq->tag_key.n == 0 && !is_all)
        return err_set(e, ST_INVALID, "MissingTagKey", "no tag is named");
    TRY(some_users_of(c, rq->resource_id, rq->resource_principal_name, &users, e));
    for (size_t i = 0; i < users.n; i++) {
        if (is_all)
            TRY(untag_all(c, users.v[i], e));
        for (size_t k = 0; k < rq->tag_key.n; k++)
            TRY(untag(c, users.v[i], rq->tag_key.v[k], e));
        store_touch(c->tx, epoch_of_principal(users.v[i]));
    }
    CLEANUP(buf_done) buf keys;
    buf_init(&keys, 2 * AUDIT_KEYS_MAX);
    if (is_all)
        join_key(&keys, STR("*"));
    for (size_t k = 0; k < rq->tag_key.n; k++)
        join_key(&keys, rq->tag_key.v[k]);
    return audit_tags(c, &users, &keys, e);
}

/* --- ListTagResources: ordered by user id, then key --------------------------------------------------------------- */

typedef struct {
    call *c;
    arena *scratch;
    tag_list wanted;
    uint32_t page_size, written;
    bool is_truncated;
    uint64_t user; /* of the last tag written or passed over */
    str key;       /* in the call's arena or in key_text */
    char key_text[TAG_TEXT_MAX * 4];
    uint64_t judged; /* the user whose tags were last compared with `wanted` */
    bool is_match;
} walk;

static void pass(walk *w, const tag_record *t)
{
    const size_t n = t->key.n < sizeof w->key_text ? t->key.n : sizeof w->key_text;
    memmove(w->key_text, t->key.p, n);
    w->user = t->user;
    w->key = (str){ w->key_text, n };
}

static status judge(walk *w, uint64_t user, err *e)
{
    if (w->wanted.n == 0 || w->judged == user)
        return ST_OK;
    tag_record *have = NULL;
    size_t n = 0;
    TRY(store_tag_list(w->c->tx, w->scratch, user, &have, &n, e));
    w->judged = user;
    w->is_match = tag_match(have, n, w->wanted);
    return ST_OK;
}

static status visit(walk *w, const tag_record *t, err *e)
{
    TRY(judge(w, t->user, e));
    if (w->is_match && w->written == w->page_size) {
        w->is_truncated = true;
        return ST_OK;
    }
    if (w->is_match) {
        reply *r = w->c->reply;
        reply_open_item(r);
        reply_id(r, "ResourceId", t->user);
        reply_str(r, "ResourceType", STR("user"));
        reply_str(r, "TagKey", t->key);
        reply_str(r, "TagValue", t->value);
        reply_close(r);
        w->written++;
    }
    pass(w, t);
    return ST_OK;
}

static status visit_account(walk *w, err *e)
{
    size_t n = PORTION;
    while (n == PORTION && !w->is_truncated) {
        tag_record *tags = NULL;
        arena_reset(w->scratch);
        TRY(store_tag_list_all(w->c->tx, w->scratch, w->user, w->key, PORTION, &tags, &n, e));
        for (size_t i = 0; i < n && !w->is_truncated; i++)
            TRY(visit(w, &tags[i], e));
    }
    return ST_OK;
}

static status visit_users(walk *w, const id_list *users, err *e)
{
    const uint64_t from_user = w->user;
    str from_key;
    TRY(arena_copy(w->c->arena, w->key, &from_key));
    for (size_t i = 0; i < users->n && !w->is_truncated; i++) {
        if (users->v[i] < from_user)
            continue;
        tag_record *tags = NULL;
        size_t n = 0;
        arena_reset(w->scratch);
        TRY(store_tag_list(w->c->tx, w->scratch, users->v[i], &tags, &n, e));
        for (size_t k = 0; k < n && !w->is_truncated; k++) {
            if (users->v[i] > from_user || str_cmp(tags[k].key, from_key) > 0)
                TRY(visit(w, &tags[k], e));
        }
    }
    return ST_OK;
}

/* A position is "<user id>:<key>". */
static status start_at(walk *w, str token, err *e)
{
    str position, id, key;
    TRY(marker_read(w->c->vault, w->c->who->account, MARKER_TAGS, token, "NextToken", w->c->arena, &position, e));
    if (position.p == NULL)
        return ST_OK;
    if (!str_split(position, ':', &id, &key) || str_to_u64(id, 0, INT64_MAX, &w->user) != ST_OK)
        return err_set(e, ST_BUG, NULL, "a marker of our own has no position");
    w->key = key;
    return ST_OK;
}

static status reply_next(walk *w)
{
    reply_bool(w->c->reply, "IsTruncated", w->is_truncated);
    if (!w->is_truncated)
        return ST_OK;
    str position, token;
    TRY(arena_printf(w->c->arena, &position, "%llu:" STR_FMT, (unsigned long long)w->user, STR_ARG(w->key)));
    TRY(marker_issue(w->c->vault, w->c->who->account, MARKER_TAGS, position, w->c->arena, &token));
    reply_str(w->c->reply, "NextToken", token);
    return ST_OK;
}

status ims_list_tag_resources_read(call *c, err *e)
{
    const ims_list_tag_resources_request *rq = c->request;
    CLEANUP(arena_free_at) arena *scratch = arena_new(64 * 1024, SCRATCH_MAX);
    if (scratch == NULL)
        return ST_NO_MEMORY;
    walk w = {
        .c = c,
        .scratch = scratch,
        .wanted = rq->tag,
        .page_size = rq->page_size.is_set && rq->page_size.v > 0 ? (uint32_t)rq->page_size.v : 100,
        .key = STR(""),
        .is_match = rq->tag.n == 0,
    };
    id_list users;
    TRY(users_of(c, rq->resource_id, rq->resource_principal_name, &users, e));
    TRY(start_at(&w, rq->next_token, e));
    reply_open_list(c->reply, "TagResources", "TagResource");
    if (users.n > 0)
        TRY(visit_users(&w, &users, e));
    else
        TRY(visit_account(&w, e));
    reply_close_list(c->reply);
    return reply_next(&w);
}
