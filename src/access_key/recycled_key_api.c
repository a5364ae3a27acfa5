/* recycled_key_api.c - see recycled_key_api.h. Parameters and answers: IMS 2019-08-15, "recycle bin".
 *
 * A user that names no UserId means itself; root has to name one, its own (the account's id) for its own pairs, which are out
 * of everybody else's reach.
 */
#include "access_key/recycled_key_api.h"

#include "access_key/recycled_key.h"
#include "audit/audit.h"
#include "catalogue/catalogue.gen.h"
#include "user/recycled_user.h"
#include "user/user.h"
#include "user/user_reply.h"

typedef struct {
    uint64_t id;
    str name; /* empty for root */
    bool is_root, is_recycled;
} key_owner;

static status owner_of_record(key_owner *ret, const user_record *u, bool is_recycled)
{
    *ret = (key_owner){ .id = u->id, .name = u->name, .is_recycled = is_recycled };
    return ST_OK;
}

/* A user, or one in the recycle bin; root only to itself. ST_NOT_FOUND with no code. */
static status owner_get(const call *c, uint64_t id, key_owner *ret, err *e)
{
    user_record u;
    recycled_user_record gone;
    if (id == c->who->account) {
        if (c->who->kind != CALLER_ROOT)
            return ST_NOT_FOUND;
        *ret = (key_owner){ .id = id, .name = STR(""), .is_root = true };
        return ST_OK;
    }
    status s = store_user_get(c->tx, c->arena, id, &u, e);
    if (s == ST_OK)
        return owner_of_record(ret, &u, false);
    if (s == ST_NOT_FOUND)
        s = store_recycled_user_get(c->tx, c->arena, id, &gone, e);
    if (s == ST_OK && gone.purge_s <= c->context.now_s)
        s = ST_NOT_FOUND;
    return s == ST_OK ? owner_of_record(ret, &gone.user, true) : s;
}

/* Whom a request means by its UserId. */
static status owner_named(const call *c, str user_id, key_owner *ret, err *e)
{
    uint64_t id = c->who->id;
    if (user_id.n == 0 && c->who->kind != CALLER_USER)
        return err_set(e, ST_INVALID, "MissingUserId", "only a user means itself");
    if (user_id.n > 0 && str_to_u64(user_id, 1, INT64_MAX, &id) != ST_OK)
        return err_set(e, ST_NOT_FOUND, "EntityNotExist.User", "no user id");
    status s = owner_get(c, id, ret, e);
    return s == ST_NOT_FOUND ? err_set(e, s, "EntityNotExist.User", "no such user, in the recycle bin or out of it") : s;
}

static void reply_key(reply *r, const recycled_key_record *k)
{
    reply_str(r, "AccessKeyId", k->key.id);
    reply_time(r, "CreateDate", k->key.created_s);
    reply_time(r, "RecycleDate", k->recycled_s);
    reply_time(r, "DeleteDate", k->purge_s);
}

status ims_list_access_keys_in_recycle_bin_read(call *c, err *e)
{
    const ims_list_access_keys_in_recycle_bin_request *rq = c->request;
    key_owner owner;
    recycled_key_record *keys = NULL;
    size_t n = 0;
    TRY(owner_named(c, rq->user_id, &owner, e));
    TRY(store_recycled_key_list(c->tx, c->arena, owner.id, &keys, &n, e));
    reply_open_list(c->reply, "AccessKeys", "AccessKey");
    for (size_t i = 0; i < n; i++) {
        if (keys[i].purge_s <= c->context.now_s)
            continue;
        reply_open_item(c->reply);
        reply_key(c->reply, &keys[i]);
        reply_close(c->reply);
    }
    reply_close_list(c->reply);
    return ST_OK;
}

/* Root's pairs have no user: UserId is the account's, and there is no UserPrincipalName. */
static status reply_owner(call *c, const key_owner *owner, err *e)
{
    reply_id(c->reply, "UserId", owner->id);
    reply_bool(c->reply, "UserRecycled", owner->is_recycled);
    if (owner->is_root)
        return ST_OK;
    default_domain d;
    str upn;
    TRY(user_domain(c->tx, c->arena, c->domain_suffix, &d, e));
    TRY(upn_compose(c->arena, owner->name, d, &upn));
    reply_str(c->reply, "UserPrincipalName", upn);
    return ST_OK;
}

status ims_get_access_key_info_in_recycle_bin_read(call *c, err *e)
{
    const ims_get_access_key_info_in_recycle_bin_request *rq = c->request;
    recycled_key_record key;
    key_owner owner;
    TRY(recycled_key_get(c->tx, c->arena, c->context.now_s, rq->user_access_key_id, &key, e));
    status s = owner_get(c, key.key.owner, &owner, e);
    if (s == ST_NOT_FOUND)
        return err_set(e, s, "EntityNotExist.User.AccessKey", "a pair of root");
    TRY(s);
    reply_open(c->reply, "AccessKey");
    reply_key(c->reply, &key);
    TRY(reply_owner(c, &owner, e));
    reply_close(c->reply);
    return ST_OK;
}

static status audit_recycled(call *c, const key_owner *owner, str id, err *e)
{
    const audit_parameter p[] = { { STR("UserName"), owner->is_root ? STR("root") : owner->name } };
    return audit_write(c, STR("ACS::RAM::AccessKey"), id, p, 1, e);
}

status ims_restore_access_key_from_recycle_bin_apply(call *c, err *e)
{
    const ims_restore_access_key_from_recycle_bin_request *rq = c->request;
    recycled_key_record key;
    key_owner owner;
    TRY(owner_named(c, rq->user_id, &owner, e));
    TRY(recycled_key_get_owned(c->tx, c->arena, c->context.now_s, rq->user_access_key_id, owner.id, &key, e));
    if (owner.is_recycled)
        return err_set(e, ST_NOT_FOUND, "EntityNotExist.User", "the user is in the recycle bin itself");
    TRY(access_key_restore(c->tx, &key, owner.is_root ? c->quota->access_keys_per_root : c->quota->access_keys_per_user, e));
    return audit_recycled(c, &owner, key.key.id, e);
}

status ims_delete_access_key_in_recycle_bin_apply(call *c, err *e)
{
    const ims_delete_access_key_in_recycle_bin_request *rq = c->request;
    recycled_key_record key;
    key_owner owner;
    TRY(owner_named(c, rq->user_id, &owner, e));
    TRY(recycled_key_get_owned(c->tx, c->arena, c->context.now_s, rq->user_access_key_id, owner.id, &key, e));
    TRY(store_recycled_key_purge(c->tx, key.key.id, e));
    return audit_recycled(c, &owner, key.key.id, e);
}
