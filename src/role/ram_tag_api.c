/* ram_tag_api.c - see ram_tag_api.h. Parameters and answers: RAM 2015-05-01, section "tags".
 *
 * A resource is named by its name, in any case, and shown by the name it has. A system policy carries no tags: under
 * ResourceType policy its name is unknown.
 */
#include "role/ram_tag_api.h"

#include "catalogue/catalogue.gen.h"
#include "policy/custom_policy.h"
#include "role/role.h"
#include "user/tag_actions.h"

static tagged_kind kind_of(str resource_type)
{
    return str_eq(resource_type, STR("role")) ? TAGGED_ROLE : TAGGED_POLICY; /* the decoder knows no third */
}

static status find(const call *c, tagged_kind kind, str name, uint64_t *ret, err *e)
{
    role_record role;
    policy_record record;
    if (kind == TAGGED_ROLE) {
        TRY(role_get(c->tx, c->arena, name, &role, e));
        *ret = role.id;
        return ST_OK;
    }
    TRY(custom_policy_get(c->tx, c->arena, name, &record, e));
    *ret = record.id;
    return ST_OK;
}

/* An unknown name refuses the whole request. */
static status resources_of(const call *c, tagged_kind kind, str_list names, tagged_ids *ret, err *e)
{
    TRY(tagged_ids_new(c->arena, names.n, ret));
    for (size_t i = 0; i < names.n; i++) {
        uint64_t id = 0;
        TRY(find(c, kind, names.v[i], &id, e));
        tagged_ids_add(ret, id);
    }
    return ST_OK;
}

static status some_resources_of(const call *c, tagged_kind kind, str_list names, tagged_ids *ret, err *e)
{
    if (names.n == 0)
        return err_set(e, ST_INVALID, "MissingResourceNames", "no resource is named");
    return resources_of(c, kind, names, ret, e);
}

status ram_tag_resources_apply(call *c, err *e)
{
    const ram_tag_resources_request *rq = c->request;
    const tagged_kind kind = kind_of(rq->resource_type);
    tagged_ids ids;
    TRY(tag_resources_check(kind, rq->tag, e));
    TRY(some_resources_of(c, kind, rq->resource_names, &ids, e));
    return tag_resources(c, kind, &ids, rq->tag, e);
}

status ram_untag_resources_apply(call *c, err *e)
{
    const ram_untag_resources_request *rq = c->request;
    const tagged_kind kind = kind_of(rq->resource_type);
    tagged_ids ids;
    TRY(some_resources_of(c, kind, rq->resource_names, &ids, e));
    return tag_resources_untag(c, kind, &ids, rq->tag_keys, rq->all, e);
}

static status reply_role(call *c, arena *scratch, uint64_t id, err *e)
{
    role_record role;
    TRY(store_role_get(c->tx, scratch, id, &role, e));
    reply_str(c->reply, "ResourceName", role.name);
    reply_str(c->reply, "ResourceType", STR("role"));
    return ST_OK;
}

static status reply_policy(call *c, arena *scratch, uint64_t id, err *e)
{
    policy_record record;
    TRY(store_policy_get(c->tx, scratch, id, &record, e));
    reply_str(c->reply, "ResourceName", record.name);
    reply_str(c->reply, "ResourceType", STR("policy"));
    return ST_OK;
}

status ram_list_tag_resources_read(call *c, err *e)
{
    const ram_list_tag_resources_request *rq = c->request;
    const tagged_kind kind = kind_of(rq->resource_type);
    tag_page page = {
        .kind = kind,
        .marker = kind == TAGGED_ROLE ? MARKER_ROLE_TAGS : MARKER_POLICY_TAGS,
        .member = "TagResources",
        .wanted = rq->tag,
        .page_size = rq->page_size,
        .next_token = rq->next_token,
        .reply_resource = kind == TAGGED_ROLE ? reply_role : reply_policy,
    };
    TRY(resources_of(c, kind, rq->resource_names, &page.ids, e));
    return tag_resources_list(c, &page, e);
}
