/* policy_list.c - ListPolicies (policy_api.h): system and custom policies in one list, by name in lower case, then by type.
 *
 * Two ordered sources are merged: the table of system policies, and the store's custom ones, read in portions into an arena of
 * their own, as a filter by tags may pass over many before a page is full. A page ends early once it is large: 1,000
 * policies with long descriptions and all their tags would not fit an answer.
 */
#include "policy/policy_api.h"

#include "catalogue/catalogue.gen.h"
#include "policy/policy_reply.h"
#include "user/page.h"
#include "user/tag.h"
#include "user/user_reply.h"

enum {
    PORTION = 100,
    SCRATCH_MAX = 8 * 1024 * 1024,
    PAGE_ITEMS = 100, /* unless MaxItems says otherwise */
    PAGE_BYTES = 2 * 1024 * 1024,
    PLACE_MAX = POLICY_NAME_MAX + 8,
};

typedef struct {
    call *c;
    tag_list tags; /* a policy has to carry all of them */
    uint32_t max;
    size_t system;  /* the next system policy; SIZE_MAX: none are listed */
    arena *scratch; /* holds one portion of custom policies: */
    policy_record *custom;
    size_t custom_n, custom_at;
    bool has_more_custom;
    char seen[POLICY_NAME_MAX]; /* the folded name of the last custom policy of the portion: where the next one begins */
    size_t seen_n;
    uint32_t written;
    bool is_truncated;
    char last[PLACE_MAX]; /* folded name, colon, type of the last policy written: where the next page begins */
    size_t last_n;
} walk;

static size_t fold(str name, char ret[POLICY_NAME_MAX])
{
    const size_t n = name.n < POLICY_NAME_MAX ? name.n : POLICY_NAME_MAX;
    for (size_t i = 0; i < n; i++)
        ret[i] = ascii_lower(name.p[i]);
    return n;
}

/* By name in lower case. */
static int compare_names(str a, str b)
{
    char x[POLICY_NAME_MAX], y[POLICY_NAME_MAX];
    const size_t x_n = fold(a, x), y_n = fold(b, y);
    return str_cmp((str){ x, x_n }, (str){ y, y_n });
}

/* Where a page goes on after a place: of two policies of one name the custom one comes first. */
static void begin_after(walk *w, str place)
{
    str name = { NULL, 0 }, type = { NULL, 0 };
    if (!str_split(place, ':', &name, &type))
        return;
    w->seen_n = fold(name, w->seen);
    const bool is_past_both = str_eq(type, SYSTEM_POLICY_TYPE);
    const system_policy *s;
    while (w->system != SIZE_MAX && (s = system_policy_at(w->system)) != NULL) {
        const int order = compare_names(s->name, name);
        if (order > 0 || (order == 0 && !is_past_both))
            break;
        w->system++;
    }
}

static status next_portion(walk *w, err *e)
{
    const str after = { w->seen_n > 0 ? w->seen : NULL, w->seen_n };
    arena_reset(w->scratch);
    TRY(store_policy_list(w->c->tx, w->scratch, after, PORTION, &w->custom, &w->custom_n, e));
    w->custom_at = 0;
    w->has_more_custom = w->custom_n == PORTION;
    if (w->custom_n > 0)
        w->seen_n = fold(w->custom[w->custom_n - 1].name, w->seen);
    return ST_OK;
}

/* *ret_has: false at the end of both sources. */
static status next_policy(walk *w, policy *ret, bool *ret_has, err *e)
{
    if (w->custom_at == w->custom_n && w->has_more_custom)
        TRY(next_portion(w, e));
    const system_policy *s = w->system != SIZE_MAX ? system_policy_at(w->system) : NULL;
    const policy_record *r = w->custom_at < w->custom_n ? &w->custom[w->custom_at] : NULL;
    *ret_has = s != NULL || r != NULL;
    if (r != NULL && (s == NULL || compare_names(r->name, s->name) <= 0)) {
        *ret = policy_of_record(r);
        w->custom_at++;
    } else if (s != NULL) {
        *ret = policy_of_system(s);
        w->system++;
    }
    return ST_OK;
}

static void note_place(walk *w, const policy *p)
{
    w->last_n = fold(p->name, w->last);
    w->last[w->last_n++] = ':';
    for (size_t i = 0; i < p->type.n; i++)
        w->last[w->last_n++] = p->type.p[i];
}

static status visit(walk *w, const policy *p, err *e)
{
    tag_record *tags = NULL;
    size_t tag_n = 0;
    if (p->system == NULL)
        TRY(store_tag_list(w->c->tx, w->scratch, TAGGED_POLICY, p->id, &tags, &tag_n, e));
    if (!tag_match(tags, tag_n, w->tags))
        return ST_OK;
    reply *r = w->c->reply;
    if (w->written == w->max || r->out.n > PAGE_BYTES) {
        w->is_truncated = true;
        return ST_OK;
    }
    reply_open_item(r);
    policy_reply(r, p);
    TRY(policy_reply_attachment_count(r, w->c->tx, p, e));
    user_reply_tags(r, tags, tag_n);
    reply_close(r);
    w->written++;
    note_place(w, p);
    return ST_OK;
}

static status reply_page(walk *w, err *e)
{
    bool has = true;
    reply_open_list(w->c->reply, "Policies", "Policy");
    while (!w->is_truncated) {
        policy p;
        TRY(next_policy(w, &p, &has, e));
        if (!has)
            break;
        TRY(visit(w, &p, e));
    }
    reply_close_list(w->c->reply);
    return page_end(w->c, MARKER_POLICIES, w->is_truncated, (str){ w->last, w->last_n });
}

status ram_list_policies_read(call *c, err *e)
{
    const ram_list_policies_request *rq = c->request;
    CLEANUP(arena_free_at) arena *scratch = arena_new(64 * 1024, SCRATCH_MAX);
    if (scratch == NULL)
        return ST_NO_MEMORY;
    const bool has_system = !str_eq(rq->policy_type, CUSTOM_POLICY_TYPE) && rq->tag.n == 0; /* they carry no tags */
    walk w = {
        .c = c,
        .tags = rq->tag,
        .max = page_size(rq->max_items, PAGE_ITEMS),
        .system = has_system ? 0 : SIZE_MAX,
        .scratch = scratch,
        .has_more_custom = !str_eq(rq->policy_type, SYSTEM_POLICY_TYPE),
    };
    str from;
    TRY(marker_read(c->vault, c->who->account, MARKER_POLICIES, rq->marker, "Marker", c->arena, &from, e));
    begin_after(&w, from);
    return reply_page(&w, e);
}
