/* login_profile_api.c - see login_profile_api.h. Parameters and answers: IMS 2019-08-15 and RAM 2015-05-01, section
 * "login-profile". */
#include "password/login_profile_api.h"

#include "attempt/attempt.h"
#include "audit/audit.h"
#include "catalogue/catalogue.gen.h"
#include "password/new_password.h"
#include "password/sign_in_link.h"
#include "user/user.h"
#include "user/user_reply.h"

/* A request of either face: what a face does not have, and what was not sent, is absent. */
typedef struct {
    str upn, name; /* one of both */
    str password;
    opt_bool is_reset_required, mfa_bind_required;
    str status;
} profile_request;

typedef struct {
    uint64_t user;
    new_password fresh; /* all zero: no password was sent */
} profile_work;

static void clean(call *c)
{
    profile_work *w = c->looked;
    if (w != NULL)
        new_password_done(&w->fresh);
}

static status find_user(const call *c, const profile_request *rq, user_record *ret, err *e)
{
    return rq->upn.p != NULL ? user_get_by_upn(c->tx, c->arena, rq->upn, c->domain_suffix, ret, e)
                             : user_get_by_name(c->tx, c->arena, rq->name, ret, e);
}

static status find_profile(const call *c, uint64_t user, login_profile_record *ret, err *e)
{
    const status s = store_login_profile_get(c->tx, c->arena, user, ret, e);
    return s == ST_NOT_FOUND ? err_set(e, s, "EntityNotExist.User.LoginProfile", "the user has no login profile") : s;
}

static status must_be_new(const call *c, uint64_t user, err *e)
{
    login_profile_record stands;
    const status s = store_login_profile_get(c->tx, c->arena, user, &stands, e);
    if (s == ST_OK)
        return err_set(e, ST_CONFLICT, "EntityAlreadyExists.User.LoginProfile", "the user has a login profile");
    return s == ST_NOT_FOUND ? ST_OK : s;
}

/* --- answers and events ------------------------------------------------------------------------------------------- */

/* For every action of both faces: the action's shape drops what it does not list. */
static status reply_profile(call *c, const user_record *u, const login_profile_record *r, err *e)
{
    default_domain d;
    password_policy_record policy;
    str upn;
    TRY(user_domain(c->tx, c->arena, c->domain_suffix, &d, e));
    TRY(upn_compose(c->arena, u->name, d, &upn));
    TRY(password_policy_load(c->tx, &policy, e));
    reply_open(c->reply, "LoginProfile");
    reply_str(c->reply, "UserPrincipalName", upn);
    reply_str(c->reply, "UserName", u->name);
    reply_str(c->reply, "Status", r->is_active ? STR("Active") : STR("Inactive"));
    reply_bool(c->reply, "PasswordResetRequired", r->is_reset_required);
    reply_bool(c->reply, "MFABindRequired", r->mfa_bind_required);
    if (r->scheme.n > 0)
        reply_str(c->reply, "PasswordStatus", password_status_name(password_status_of(r, &policy, c->context.now_s)));
    reply_time(c->reply, "CreateDate", r->created_s);
    reply_time(c->reply, "UpdateDate", r->updated_s);
    reply_time(c->reply, "LastLoginTime", u->last_login_s);
    reply_str(c->reply, "AutoDisableLoginStatus", STR("true")); /* documented: this value always */
    reply_close(c->reply);
    return ST_OK;
}

static status audit_profile(call *c, const user_record *u, const login_profile_record *r, bool is_password_set, err *e)
{
    char id[U64_TEXT_MAX];
    const audit_parameter p[] = {
        { STR("UserId"), { id, u64_format(u->id, id) } },
        { STR("Status"), r->is_active ? STR("Active") : STR("Inactive") },
        { STR("PasswordResetRequired"), r->is_reset_required ? STR("true") : STR("false") },
        { STR("MFABindRequired"), r->mfa_bind_required ? STR("true") : STR("false") },
        { STR("PasswordSet"), is_password_set ? STR("true") : STR("false") },
    };
    return audit_write(c, STR("ACS::RAM::User"), u->name, p, sizeof p / sizeof p[0], e);
}

/* --- create and update -------------------------------------------------------------------------------------------- */

static status look(call *c, const profile_request *rq, bool is_create, err *e)
{
    user_record u;
    login_profile_record stands;
    TRY(find_user(c, rq, &u, e));
    TRY(is_create ? must_be_new(c, u.id, e) : find_profile(c, u.id, &stands, e));
    profile_work *w = arena_alloc(c->arena, sizeof *w);
    if (w == NULL)
        return ST_NO_MEMORY;
    w->user = u.id;
    c->looked = w;
    c->clean = clean;
    return rq->password.n > 0 ? new_password_look(c, &u, rq->password, "Password", false, &w->fresh, e) : ST_OK;
}

status login_profile_prepare(call *c, err *e)
{
    profile_work *w = c->looked;
    return w->fresh.text.s.n > 0 ? new_password_prepare(c, &w->fresh, e) : ST_OK;
}

/* The name of the request may mean another user by now. */
static status find_looked(const call *c, const profile_request *rq, user_record *ret, err *e)
{
    const profile_work *w = c->looked;
    TRY(find_user(c, rq, ret, e));
    return ret->id == w->user ? ST_OK : err_set(e, ST_NOT_FOUND, "EntityNotExist.User", "the name changed hands");
}

static void change(login_profile_spec *spec, const profile_request *rq)
{
    if (rq->is_reset_required.is_set)
        spec->is_reset_required = rq->is_reset_required.v;
    if (rq->mfa_bind_required.is_set)
        spec->mfa_bind_required = rq->mfa_bind_required.v;
    if (rq->status.n > 0)
        spec->is_disabled = str_eq(rq->status, STR("Inactive"));
}

/* Whoever was locked out may try the new password, and no older link opens another way. */
static status after_new_password(call *c, uint64_t user, err *e)
{
    TRY(attempt_forget(c->tx, user, e));
    return sign_in_link_end(c->tx, user, e);
}

static status put(call *c, const user_record *u, login_profile_spec *spec, err *e)
{
    const profile_work *w = c->looked;
    const password_digest *digest = new_password_digest(&w->fresh);
    login_profile_record now;
    if (digest != NULL)
        spec->is_initial = true;
    spec->principal = u->id;
    spec->now_s = c->context.now_s;
    TRY(login_profile_put(c->tx, c->arena, c->vault, c->world, spec, digest, e));
    if (digest != NULL)
        TRY(after_new_password(c, u->id, e));
    store_touch(c->tx, epoch_of_principal(u->id));
    TRY(find_profile(c, u->id, &now, e));
    TRY(audit_profile(c, u, &now, digest != NULL, e));
    return reply_profile(c, u, &now, e);
}

static status create(call *c, const profile_request *rq, err *e)
{
    user_record u;
    login_profile_spec spec = { 0 };
    TRY(find_looked(c, rq, &u, e));
    TRY(must_be_new(c, u.id, e));
    change(&spec, rq);
    return put(c, &u, &spec, e);
}

static status update(call *c, const profile_request *rq, err *e)
{
    user_record u;
    login_profile_record old;
    TRY(find_looked(c, rq, &u, e));
    TRY(find_profile(c, u.id, &old, e));
    login_profile_spec spec = {
        .is_disabled = !old.is_active,
        .is_reset_required = old.is_reset_required,
        .mfa_bind_required = old.mfa_bind_required,
        .is_initial = old.is_initial,
    };
    change(&spec, rq);
    return put(c, &u, &spec, e);
}

static profile_request ims_create_request(const call *c)
{
    const ims_create_login_profile_request *rq = c->request;
    return (profile_request){
        .upn = rq->user_principal_name,
        .password = rq->password,
        .is_reset_required = rq->password_reset_required,
        .mfa_bind_required = rq->mfa_bind_required,
        .status = rq->status,
    };
}

static profile_request ims_update_request(const call *c)
{
    const ims_update_login_profile_request *rq = c->request;
    return (profile_request){
        .upn = rq->user_principal_name,
        .password = rq->password,
        .is_reset_required = rq->password_reset_required,
        .mfa_bind_required = rq->mfa_bind_required,
        .status = rq->status,
    };
}

static profile_request ram_create_request(const call *c)
{
    const ram_create_login_profile_request *rq = c->request;
    return (profile_request){
        .name = rq->user_name,
        .password = rq->password,
        .is_reset_required = rq->password_reset_required,
        .mfa_bind_required = rq->mfa_bind_required,
    };
}

static profile_request ram_update_request(const call *c)
{
    const ram_update_login_profile_request *rq = c->request;
    return (profile_request){
        .name = rq->user_name,
        .password = rq->password,
        .is_reset_required = rq->password_reset_required,
        .mfa_bind_required = rq->mfa_bind_required,
    };
}

status ims_create_login_profile_look(call *c, err *e)
{
    const profile_request rq = ims_create_request(c);
    return look(c, &rq, true, e);
}

status ims_create_login_profile_apply(call *c, err *e)
{
    const profile_request rq = ims_create_request(c);
    return create(c, &rq, e);
}

status ims_update_login_profile_look(call *c, err *e)
{
    const profile_request rq = ims_update_request(c);
    return look(c, &rq, false, e);
}

status ims_update_login_profile_apply(call *c, err *e)
{
    const profile_request rq = ims_update_request(c);
    return update(c, &rq, e);
}

status ram_create_login_profile_look(call *c, err *e)
{
    const profile_request rq = ram_create_request(c);
    return look(c, &rq, true, e);
}

status ram_create_login_profile_apply(call *c, err *e)
{
    const profile_request rq = ram_create_request(c);
    return create(c, &rq, e);
}

status ram_update_login_profile_look(call *c, err *e)
{
    const profile_request rq = ram_update_request(c);
    return look(c, &rq, false, e);
}

status ram_update_login_profile_apply(call *c, err *e)
{
    const profile_request rq = ram_update_request(c);
    return update(c, &rq, e);
}

/* --- get and delete ----------------------------------------------------------------------------------------------- */

static status get(call *c, const profile_request *rq, err *e)
{
    user_record u;
    login_profile_record r;
    TRY(find_user(c, rq, &u, e));
    TRY(find_profile(c, u.id, &r, e));
    return reply_profile(c, &u, &r, e);
}

static status delete_profile(call *c, const profile_request *rq, err *e)
{
    user_record u;
    login_profile_record old;
    char id[U64_TEXT_MAX];
    TRY(find_user(c, rq, &u, e));
    TRY(find_profile(c, u.id, &old, e));
    TRY(store_login_profile_delete(c->tx, u.id, e));
    TRY(after_new_password(c, u.id, e));
    store_touch(c->tx, epoch_of_principal(u.id));
    const audit_parameter p[] = { { STR("UserId"), { id, u64_format(u.id, id) } } };
    return audit_write(c, STR("ACS::RAM::User"), u.name, p, 1, e);
}

status ims_get_login_profile_read(call *c, err *e)
{
    const ims_get_login_profile_request *rq = c->request;
    return get(c, &(profile_request){ .upn = rq->user_principal_name }, e);
}

status ram_get_login_profile_read(call *c, err *e)
{
    const ram_get_login_profile_request *rq = c->request;
    return get(c, &(profile_request){ .name = rq->user_name }, e);
}

status ims_delete_login_profile_apply(call *c, err *e)
{
    const ims_delete_login_profile_request *rq = c->request;
    return delete_profile(c, &(profile_request){ .upn = rq->user_principal_name }, e);
}

status ram_delete_login_profile_apply(call *c, err *e)
{
    const ram_delete_login_profile_request *rq = c->request;
    return delete_profile(c, &(profile_request){ .name = rq->user_name }, e);
}
