/* network_policy_api.c - see network_policy_api.h. Parameters and answers: IMS 2019-08-15, SetAccessKeyPolicy.
 *
 * What was never set is answered as {}, which nobody can set: a policy is taken back by one that is not active.
 */
#include "access_key/network_policy_api.h"

#include "access_key/access_key.h"
#include "access_key/network_policy.h"
#include "audit/audit.h"
#include "catalogue/catalogue.gen.h"
#include "user/user.h"

static str or_none(str policy)
{
    return policy.n > 0 ? policy : STR("{}");
}

status ims_set_access_key_policy_apply(call *c, err *e)
{
    const ims_set_access_key_policy_request *rq = c->request;
    principal_ref owner;
    access_key_record key;
    str policy;
    TRY(network_policy_settle(rq->access_key_policy, c->arena, &policy, e));
    TRY(principal_of_upn(c, rq->user_principal_name, &owner, e));
    TRY(access_key_get_owned(c->tx, c->arena, rq->user_access_key_id, owner.id, &key, e));
    TRY(store_access_key_set_network_policy(c->tx, key.id, policy, c->context.now_s, e));
    store_touch(c->tx, epoch_of_access_key(key.id));
    const audit_parameter p[] = {
        { STR("UserName"), owner.is_root ? STR("root") : owner.name },
        { STR("AccessKeyPolicy"), policy },
    };
    TRY(audit_write(c, STR("ACS::RAM::AccessKey"), key.id, p, 2, e));
    reply_str(c->reply, "AccessKeyId", key.id);
    reply_str(c->reply, "AccessKeyPolicy", policy);
    return ST_OK;
}

status ims_get_access_key_policy_read(call *c, err *e)
{
    const ims_get_access_key_policy_request *rq = c->request;
    principal_ref owner;
    access_key_record key;
    TRY(principal_of_upn(c, rq->user_principal_name, &owner, e));
    TRY(access_key_get_owned(c->tx, c->arena, rq->user_access_key_id, owner.id, &key, e));
    reply_str(c->reply, "AccessKeyId", key.id);
    reply_str(c->reply, "AccessKeyPolicy", or_none(key.network_policy));
    return ST_OK;
}

status ims_set_access_key_policy_for_account_apply(call *c, err *e)
{
    const ims_set_access_key_policy_for_account_request *rq = c->request;
    preference_record preference;
    TRY(store_preference_get(c->tx, c->arena, &preference, e));
    TRY(network_policy_settle(rq->access_key_policy, c->arena, &preference.access_key_network_policy, e));
    TRY(store_preference_put(c->tx, &preference, e));
    store_touch(c->tx, epoch_of_account(store_tx_account(c->tx)));
    const audit_parameter p[] = { { STR("AccessKeyPolicy"), preference.access_key_network_policy } };
    TRY(audit_write(c, STR("ACS::RAM::Account"), STR("AccessKeyPolicy"), p, 1, e));
    reply_str(c->reply, "AccessKeyPolicy", preference.access_key_network_policy);
    return ST_OK;
}

status ims_get_access_key_policy_for_account_read(call *c, err *e)
{
    preference_record preference;
    TRY(store_preference_get(c->tx, c->arena, &preference, e));
    reply_str(c->reply, "AccessKeyPolicy", or_none(preference.access_key_network_policy));
    return ST_OK;
}
