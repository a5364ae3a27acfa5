/* tag_api.c - see tag_api.h. Parameters and answers: IMS 2019-08-15, section "tags".
 *
 * Where documents are silent: UntagResources of a key that is not there succeeds; ListTagResources with Tag answers all tags
 * of the users that carry every given one.
 */
#include "user/tag_api.h"

#include "catalogue/catalogue.gen.h"
#include "user/tag_actions.h"
#include "user/user.h"
#include "user/user_reply.h"

/* The named users. An unknown one refuses the whole request. */
static status users_of(const call *c, str_list ids, str_list upns, tagged_ids *ret, err *e)
{
    if (ids.n > 0 && upns.n > 0)
        return err_set(e, ST_INVALID, "InvalidParameter.ResourceId", "ResourceId and ResourcePrincipalName exclude each other");
    const str_list named = ids.n > 0 ? ids : upns;
    TRY(tagged_ids_new(c->arena, named.n, ret));
    for (size_t i = 0; i < named.n; i++) {
        user_record u;
        if (ids.n > 0)
            TRY(user_get_by_id(c->tx, c->arena, named.v[i], &u, e));
        else
            TRY(user_get_by_upn(c->tx, c->arena, named.v[i], c->domain_suffix, &u, e));
        tagged_ids_add(ret, u.id);
    }
    return ST_OK;
}

static status some_users_of(const call *c, str_list ids, str_list upns, tagged_ids *ret, err *e)
{
    if (ids.n == 0 && upns.n == 0)
        return err_set(e, ST_INVALID, "MissingResourceId", "no user is named");
    return users_of(c, ids, upns, ret, e);
}

status ims_tag_resources_apply(call *c, err *e)
{
    const ims_tag_resources_request *rq = c->request;
    tagged_ids users;
    TRY(tag_resources_check(TAGGED_USER, rq->tag, e));
    TRY(some_users_of(c, rq->resource_id, rq->resource_principal_name, &users, e));
    return tag_resources(c, TAGGED_USER, &users, rq->tag, e);
}

status ims_untag_resources_apply(call *c, err *e)
{
    const ims_untag_resources_request *rq = c->request;
    tagged_ids users;
    TRY(some_users_of(c, rq->resource_id, rq->resource_principal_name, &users, e));
    return tag_resources_untag(c, TAGGED_USER, &users, rq->tag_key, rq->all, e);
}

static status reply_user(call *c, arena *scratch, uint64_t id, err *e)
{
    (void)scratch;
    (void)e;
    reply_id(c->reply, "ResourceId", id);
    reply_str(c->reply, "ResourceType", STR("user"));
    return ST_OK;
}

status ims_list_tag_resources_read(call *c, err *e)
{
    const ims_list_tag_resources_request *rq = c->request;
    tag_page page = {
        .kind = TAGGED_USER,
        .marker = MARKER_TAGS,
        .wrapper = "TagResources",
        .member = "TagResource",
        .wanted = rq->tag,
        .page_size = rq->page_size,
        .next_token = rq->next_token,
        .reply_resource = reply_user,
    };
    TRY(users_of(c, rq->resource_id, rq->resource_principal_name, &page.ids, e));
    return tag_resources_list(c, &page, e);
}
