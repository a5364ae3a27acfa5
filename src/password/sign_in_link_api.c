/* sign_in_link_api.c - see sign_in_link_api.h. */
#include "password/sign_in_link_api.h"

#include "audit/audit.h"
#include "catalogue/catalogue.gen.h"
#include "password/sign_in_link.h"
#include "user/user.h"

static status audit_link(call *c, const user_record *u, err *e)
{
    char id[U64_TEXT_MAX];
    const audit_parameter p[] = { { STR("UserId"), { id, u64_format(u->id, id) } } };
    return audit_write(c, STR("ACS::RAM::User"), u->name, p, 1, e);
}

status argali_create_sign_in_link_apply(call *c, err *e)
{
    const argali_create_sign_in_link_request *rq = c->request;
    CLEANUP(secret_done) secret url = { NULL, 0 };
    user_record u;
    login_profile_record profile;
    int64_t expires_s = 0;
    TRY(user_get_by_name(c->tx, c->arena, rq->user_name, &u, e));
    const status s = store_login_profile_get(c->tx, c->arena, u.id, &profile, e);
    if (s == ST_NOT_FOUND)
        return err_set(e, s, "EntityNotExist.User.LoginProfile", "the user has no login profile");
    TRY(s);
    TRY(sign_in_link_create(c->tx, c->world, u.id, c->public_url, c->context.now_s, &url, &expires_s, e));
    TRY(audit_link(c, &u, e));
    reply_secret(c->reply, "Url", &url);
    reply_time(c->reply, "ExpirationTime", expires_s);
    return ST_OK;
}
