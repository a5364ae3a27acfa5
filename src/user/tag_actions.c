/* tag_actions.c - see tag_actions.h. */
#include "user/tag_actions.h"

#include <string.h>

#include "audit/audit.h"

enum { PORTION = 200, SCRATCH_MAX = 4 * 1024 * 1024, AUDIT_KEYS_MAX = 2048 };

status tagged_ids_new(arena *a, size_t most, tagged_ids *ret)
{
    uint64_t *v = arena_alloc_n(a, most + 1, sizeof *v);
    if (v == NULL)
        return ST_NO_MEMORY;
    *ret = (tagged_ids){ v, 0 };
    return ST_OK;
}

void tagged_ids_add(tagged_ids *to, uint64_t id)
{
    size_t at = 0;
    while (at < to->n && to->v[at] < id)
        at++;
    if (at < to->n && to->v[at] == id)
        return;
    memmove(to->v + at + 1, to->v + at, (to->n - at) * sizeof *to->v);
    to->v[at] = id;
    to->n++;
}

/* --- writes ------------------------------------------------------------------------------------------------------- */

/* As many keys as fit whole: an event has a bounded size. */
static void join_key(buf *to, str key)
{
    if (to->n + key.n + 1 > AUDIT_KEYS_MAX)
        return;
    if (to->n > 0)
        buf_add_char(to, ',');
    buf_add(to, key);
}

static str resource_type(tagged_kind kind)
{
    switch (kind) {
    case TAGGED_USER:
        return STR("ACS::RAM::User");
    case TAGGED_ROLE:
        return STR("ACS::RAM::Role");
    case TAGGED_POLICY:
        return STR("ACS::RAM::Policy");
    }
    return STR("");
}

static status audit_tags(call *c, tagged_kind kind, const tagged_ids *of, const buf *keys, err *e)
{
    CLEANUP(buf_done) buf ids;
    buf_init(&ids, 4096);
    for (size_t i = 0; i < of->n; i++) {
        if (i > 0)
            buf_add_char(&ids, ',');
        buf_add_u64(&ids, of->v[i]);
    }
    const audit_parameter p[] = { { STR("TagKeys"), buf_str(keys) } };
    return buf_ok(&ids) && buf_ok(keys) ? audit_write(c, resource_type(kind), buf_str(&ids), p, 1, e) : ST_NO_MEMORY;
}

status tag_resources_check(tagged_kind kind, tag_list tags, err *e)
{
    return tags.n > 0 ? tag_list_check(kind, tags, e) : err_set(e, ST_INVALID, "MissingTag", "no tag is given");
}

status tag_resources(call *c, tagged_kind kind, const tagged_ids *ids, tag_list tags, err *e)
{
    for (size_t i = 0; i < ids->n; i++) {
        TRY(tag_put_all(c->tx, c->arena, c->quota, kind, ids->v[i], tags, e));
        store_touch(c->tx, epoch_of_principal(ids->v[i]));
    }
    CLEANUP(buf_done) buf keys;
    buf_init(&keys, 2 * AUDIT_KEYS_MAX);
    for (size_t i = 0; i < tags.n; i++)
        join_key(&keys, tags.v[i].key);
    return audit_tags(c, kind, ids, &keys, e);
}

static status untag(const call *c, tagged_kind kind, uint64_t id, str key, err *e)
{
    status s = store_tag_delete(c->tx, kind, id, key, e);
    return s == ST_NOT_FOUND ? ST_OK : s;
}

status tag_resources_untag(call *c, tagged_kind kind, const tagged_ids *ids, str_list keys, opt_bool all, err *e)
{
    const bool is_all = keys.n == 0 && all.is_set && all.v;
    if (keys.n == 0 && !is_all)
        return err_set(e, ST_INVALID, "MissingTagKey", "no tag is named");
    for (size_t i = 0; i < ids->n; i++) {
        if (is_all)
            TRY(store_tag_delete_all(c->tx, kind, ids->v[i], e));
        for (size_t k = 0; k < keys.n; k++)
            TRY(untag(c, kind, ids->v[i], keys.v[k], e));
        store_touch(c->tx, epoch_of_principal(ids->v[i]));
    }
    CLEANUP(buf_done) buf named;
    buf_init(&named, 2 * AUDIT_KEYS_MAX);
    if (is_all)
        join_key(&named, STR("*"));
    for (size_t k = 0; k < keys.n; k++)
        join_key(&named, keys.v[k]);
    return audit_tags(c, kind, ids, &named, e);
}

/* --- ListTagResources: ordered by resource id, then key ----------------------------------------------------------- */

typedef struct {
    call *c;
    const tag_page *page;
    arena *scratch;
    uint32_t page_size, written;
    bool is_truncated;
    uint64_t resource; /* of the last tag written or passed over */
    str key;           /* in the call's arena or in key_text */
    char key_text[TAG_TEXT_MAX * 4];
    uint64_t judged; /* the resource whose tags were last compared with the wanted ones */
    bool is_match;
} walk;

static void pass(walk *w, const tag_record *t)
{
    const size_t n = t->key.n < sizeof w->key_text ? t->key.n : sizeof w->key_text;
    memmove(w->key_text, t->key.p, n);
    w->resource = t->resource;
    w->key = (str){ w->key_text, n };
}

static status judge(walk *w, uint64_t resource, err *e)
{
    if (w->page->wanted.n == 0 || w->judged == resource)
        return ST_OK;
    tag_record *have = NULL;
    size_t n = 0;
    TRY(store_tag_list(w->c->tx, w->scratch, w->page->kind, resource, &have, &n, e));
    w->judged = resource;
    w->is_match = tag_match(have, n, w->page->wanted);
    return ST_OK;
}

static status visit(walk *w, const tag_record *t, err *e)
{
    TRY(judge(w, t->resource, e));
    if (w->is_match && w->written == w->page_size) {
        w->is_truncated = true;
        return ST_OK;
    }
    if (w->is_match) {
        reply *r = w->c->reply;
        reply_open_item(r);
        TRY(w->page->reply_resource(w->c, w->scratch, t->resource, e));
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
        TRY(store_tag_list_all(w->c->tx, w->scratch, w->page->kind, w->resource, w->key, PORTION, &tags, &n, e));
        for (size_t i = 0; i < n && !w->is_truncated; i++)
            TRY(visit(w, &tags[i], e));
    }
    return ST_OK;
}

static status visit_named(walk *w, err *e)
{
    const tagged_ids *ids = &w->page->ids;
    const uint64_t from = w->resource;
    str from_key;
    TRY(arena_copy(w->c->arena, w->key, &from_key));
    for (size_t i = 0; i < ids->n && !w->is_truncated; i++) {
        if (ids->v[i] < from)
            continue;
        tag_record *tags = NULL;
        size_t n = 0;
        arena_reset(w->scratch);
        TRY(store_tag_list(w->c->tx, w->scratch, w->page->kind, ids->v[i], &tags, &n, e));
        for (size_t k = 0; k < n && !w->is_truncated; k++) {
            if (ids->v[i] > from || str_cmp(tags[k].key, from_key) > 0)
                TRY(visit(w, &tags[k], e));
        }
    }
    return ST_OK;
}

/* A position is "<resource id>:<key>". */
static status start_at(walk *w, err *e)
{
    str position, id, key;
    TRY(marker_read(w->c->vault, w->c->who->account, w->page->marker, w->page->next_token, "NextToken", w->c->arena, &position,
                    e));
    if (position.p == NULL)
        return ST_OK;
    if (!str_split(position, ':', &id, &key) || str_to_u64(id, 0, INT64_MAX, &w->resource) != ST_OK)
        return err_set(e, ST_BUG, NULL, "a marker of our own has no position");
    w->key = key;
    return ST_OK;
}

static status reply_next(walk *w)
{
    reply_bool(w->c->reply, "IsTruncated", w->is_truncated);
    if (!w->is_truncated)
        return ST_OK;
    char id[U64_TEXT_MAX];
    const str digits = { id, u64_format(w->resource, id) };
    str position, token;
    TRY(arena_printf(w->c->arena, &position, STR_FMT ":" STR_FMT, STR_ARG(digits), STR_ARG(w->key)));
    TRY(marker_issue(w->c->vault, w->c->who->account, w->page->marker, position, w->c->arena, &token));
    reply_str(w->c->reply, "NextToken", token);
    return ST_OK;
}

status tag_resources_list(call *c, const tag_page *page, err *e)
{
    CLEANUP(arena_free_at) arena *scratch = arena_new(64 * 1024, SCRATCH_MAX);
    if (scratch == NULL)
        return ST_NO_MEMORY;
    walk w = {
        .c = c,
        .page = page,
        .scratch = scratch,
        .page_size = page->page_size.is_set && page->page_size.v > 0 ? (uint32_t)page->page_size.v : 100,
        .key = STR(""),
        .is_match = page->wanted.n == 0,
    };
    TRY(start_at(&w, e));
    reply_open_list(c->reply, page->wrapper, page->member);
    TRY(page->ids.n > 0 ? visit_named(&w, e) : visit_account(&w, e));
    reply_close_list(c->reply);
    return reply_next(&w);
}
