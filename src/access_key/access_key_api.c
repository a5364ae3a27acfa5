/* access_key_api.c - see access_key_api.h. Parameters and answers: IMS 2019-08-15 and RAM 2015-05-01, section "AccessKey".
 *
 * Both faces differ in how they name the owner alone; absent or empty it is the caller, root included.
 */
#include "access_key/access_key_api.h"

#include "access_key/access_key.h"
#include "access_key/recycled_key.h"
#include "audit/audit.h"
#include "catalogue/catalogue.gen.h"
#include "user/user.h"

static status audit_access_key(call *c, const principal_ref *owner, str id, str key_status, err *e)
{
    const audit_parameter p[] = {
        { STR("UserName"), owner->is_root ? STR("root") : owner->name },
        { STR("Status"), key_status },
    };
    return audit_write(c, STR("ACS::RAM::AccessKey"), id, p, 2, e);
}

static str status_text(bool is_active)
{
    return is_active ? STR("Active") : STR("Inactive");
}

static status create(call *c, const principal_ref *owner, err *e)
{
    CLEANUP(access_key_shown_done) access_key_shown key = { 0 };
    const access_key_spec spec = {
        .owner = owner->id,
        .quota = owner->is_root ? c->quota->access_keys_per_root : c->quota->access_keys_per_user,
        .now_s = c->context.now_s,
    };
    TRY(access_key_generate(c->world, &key));
    TRY(access_key_insert(c->tx, c->vault, c->world, &spec, &key, e));
    TRY(audit_access_key(c, owner, str_from_c(key.id), STR("Active"), e));
    reply_open(c->reply, "AccessKey");
    reply_str(c->reply, "AccessKeyId", str_from_c(key.id));
    reply_secret(c->reply, "AccessKeySecret", &key.secret.s);
    reply_str(c->reply, "Status", STR("Active"));
    reply_time(c->reply, "CreateDate", spec.now_s);
    reply_close(c->reply);
    return ST_OK;
}

static status list(call *c, const principal_ref *owner, err *e)
{
    access_key_record *keys = NULL;
    size_t n = 0;
    TRY(store_access_key_list(c->tx, c->arena, owner->id, &keys, &n, e));
    reply_open_list(c->reply, "AccessKeys", "AccessKey");
    for (size_t i = 0; i < n; i++) {
        reply_open_item(c->reply);
        reply_str(c->reply, "AccessKeyId", keys[i].id);
        reply_str(c->reply, "Status", status_text(keys[i].is_active));
        reply_time(c->reply, "CreateDate", keys[i].created_s);
        reply_time(c->reply, "UpdateDate", keys[i].updated_s);
        reply_close(c->reply);
    }
    reply_close_list(c->reply);
    return ST_OK;
}

static status update(call *c, const principal_ref *owner, str id, str to, err *e)
{
    const bool is_active = str_eq(to, STR("Active"));
    if (!is_active && !str_eq(to, STR("Inactive")))
        return err_set(e, ST_INVALID, "InvalidParameter.Status", "neither Active nor Inactive");
    TRY(access_key_set_status(c->tx, c->arena, id, owner->id, is_active, c->context.now_s, e));
    return audit_access_key(c, owner, id, to, e);
}

static status delete_key(call *c, const principal_ref *owner, str id, err *e)
{
    str purged;
    TRY(access_key_recycle(c->tx, c->arena, c->quota, c->context.now_s, id, owner->id, &purged, e));
    const audit_parameter p[] = {
        { STR("UserName"), owner->is_root ? STR("root") : owner->name },
        { STR("PurgedAccessKey"), purged },
    };
    return audit_write(c, STR("ACS::RAM::AccessKey"), id, p, purged.n > 0 ? 2 : 1, e);
}

/* A key that was never used has an empty date, which every client takes for a text. */
static status last_used(call *c, const principal_ref *owner, str id, err *e)
{
    access_key_record key;
    TRY(access_key_get_owned(c->tx, c->arena, id, owner->id, &key, e));
    reply_open(c->reply, "AccessKeyLastUsed");
    if (key.last_used_s > 0)
        reply_time(c->reply, "LastUsedDate", key.last_used_s);
    else
        reply_str(c->reply, "LastUsedDate", STR(""));
    reply_str(c->reply, "ServiceName", key.last_used_s > 0 ? key.last_used_service : STR(""));
    reply_close(c->reply);
    return ST_OK;
}

status ims_create_access_key_apply(call *c, err *e)
{
    const ims_create_access_key_request *rq = c->request;
    principal_ref owner;
    TRY(principal_of_upn(c, rq->user_principal_name, &owner, e));
    return create(c, &owner, e);
}

status ims_list_access_keys_read(call *c, err *e)
{
    const ims_list_access_keys_request *rq = c->request;
    principal_ref owner;
    TRY(principal_of_upn(c, rq->user_principal_name, &owner, e));
    return list(c, &owner, e);
}

status ims_update_access_key_apply(call *c, err *e)
{
    const ims_update_access_key_request *rq = c->request;
    principal_ref owner;
    TRY(principal_of_upn(c, rq->user_principal_name, &owner, e));
    return update(c, &owner, rq->user_access_key_id, rq->status, e);
}

status ims_delete_access_key_apply(call *c, err *e)
{
    const ims_delete_access_key_request *rq = c->request;
    principal_ref owner;
    TRY(principal_of_upn(c, rq->user_principal_name, &owner, e));
    return delete_key(c, &owner, rq->user_access_key_id, e);
}

status ims_get_access_key_last_used_read(call *c, err *e)
{
    const ims_get_access_key_last_used_request *rq = c->request;
    principal_ref owner;
    TRY(principal_of_upn(c, rq->user_principal_name, &owner, e));
    return last_used(c, &owner, rq->user_access_key_id, e);
}

status ram_create_access_key_apply(call *c, err *e)
{
    const ram_create_access_key_request *rq = c->request;
    principal_ref owner;
    TRY(principal_of_name(c, rq->user_name, &owner, e));
    return create(c, &owner, e);
}

status ram_list_access_keys_read(call *c, err *e)
{
    const ram_list_access_keys_request *rq = c->request;
    principal_ref owner;
    TRY(principal_of_name(c, rq->user_name, &owner, e));
    return list(c, &owner, e);
}

status ram_update_access_key_apply(call *c, err *e)
{
    const ram_update_access_key_request *rq = c->request;
    principal_ref owner;
    TRY(principal_of_name(c, rq->user_name, &owner, e));
    return update(c, &owner, rq->user_access_key_id, rq->status, e);
}

status ram_delete_access_key_apply(call *c, err *e)
{
    const ram_delete_access_key_request *rq = c->request;
    principal_ref owner;
    TRY(principal_of_name(c, rq->user_name, &owner, e));
    return delete_key(c, &owner, rq->user_access_key_id, e);
}

status ram_get_access_key_last_used_read(call *c, err *e)
{
    const ram_get_access_key_last_used_request *rq = c->request;
    principal_ref owner;
    TRY(principal_of_name(c, rq->user_name, &owner, e));
    return last_used(c, &owner, rq->user_access_key_id, e);
}
