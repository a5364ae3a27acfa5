/* change_password_api.c - see change_password_api.h. Parameters: IMS 2019-08-15 and RAM 2015-05-01, "ChangePassword". */
#include "password/change_password_api.h"

#include "attempt/attempt.h"
#include "attempt/attempt_waiters.h"
#include "audit/audit.h"
#include "catalogue/catalogue.gen.h"
#include "password/new_password.h"
#include "password/password_means.h"
#include "password/sign_in_link.h"
#include "user/user.h"

typedef struct {
    user_record user;
    login_profile_record profile; /* as it was looked up */
    password old;                 /* empty: what was sent can be no password */
    new_password fresh;
    status outcome; /* of prepare: what the answer will be, once the attempt is settled */
    err why;
} change_work;

static void clean(call *c)
{
    change_work *w = c->looked;
    if (w == NULL)
        return;
    secret_done(&w->old.s);
    new_password_done(&w->fresh);
}

static status incorrect(err *e, const char *why)
{
    return err_set(e, ST_INVALID, "InvalidParameter.OldPassword.Incorrect", "%s", why);
}

/* --- look --------------------------------------------------------------------------------------------------------- */

static status find_caller(const call *c, user_record *ret_user, login_profile_record *ret_profile, err *e)
{
    principal_ref who;
    if (c->who->kind == CALLER_ROOT)
        return err_set(e, ST_INVALID, "NotSupport.Account", "root's password is not changed here");
    TRY(principal_of_name(c, (str){ NULL, 0 }, &who, e));
    TRY(store_user_get(c->tx, c->arena, who.id, ret_user, e));
    const status s = store_login_profile_get(c->tx, c->arena, who.id, ret_profile, e);
    return s == ST_NOT_FOUND ? err_set(e, s, "EntityNotExist.User.LoginProfile", "the user has no login profile") : s;
}

static status look(call *c, str old, str fresh, err *e)
{
    change_work *w = arena_alloc(c->arena, sizeof *w);
    if (w == NULL)
        return ST_NO_MEMORY;
    c->looked = w;
    c->clean = clean;
    TRY(find_caller(c, &w->user, &w->profile, e));
    TRY(new_password_look(c, &w->user, fresh, "NewPassword", true, &w->fresh, e));
    const status s = password_from_text(old, &w->old, e);
    return s == ST_INVALID ? ST_OK : s;
}

status ims_change_password_look(call *c, err *e)
{
    const ims_change_password_request *rq = c->request;
    return look(c, rq->old_password, rq->new_password, e);
}

status ram_change_password_look(call *c, err *e)
{
    const ram_change_password_request *rq = c->request;
    return look(c, rq->old_password, rq->new_password, e);
}

/* --- the guess ---------------------------------------------------------------------------------------------------- */

status change_password_reserve(call *c, err *e)
{
    const change_work *w = c->looked;
    const attempt_request q = {
        .principal = w->user.id,
        .budget = ATTEMPT_SHARED,
        .limit = w->fresh.policy.max_login_attempts,
        .now_s = c->context.now_s,
    };
    c->attempt_principal = w->user.id;
    c->attempt_seen = attempt_waiters_seen(c->waiters, w->user.id);
    return attempt_reserve(c->tx, c->arena, &q, &c->attempt, &c->must_wait, e);
}

static status check_past(const password_checker *checker, const call *c, const change_work *w, err *e)
{
    const char *code = "InvalidParameter.NewPassword.ReusePrevention";
    if (secret_eq(w->old.s, w->fresh.text.s))
        return err_set(e, ST_INVALID, code, "the new password is the old one");
    const status s =
        password_past_check(checker, c->attempt, &w->fresh.past, w->fresh.policy.password_reuse_prevention, &w->fresh.text, e);
    return s == ST_CONFLICT ? err_set(e, ST_INVALID, code, "one of the last passwords") : s;
}

static status judge(call *c, change_work *w, err *e)
{
    const password_checker checker = { c->vault, c->who->account, c->passwords->usual };
    const status s = password_check(&checker, c->attempt, &w->profile, w->old.s.n > 0 ? &w->old : NULL, e);
    if (s == ST_DENIED)
        return incorrect(e, "the old password is wrong, or the user is locked");
    TRY(s);
    if (password_validity_of(&w->profile, &w->fresh.policy, c->context.now_s) == PASSWORD_NEEDS_RESET)
        return err_set_message(e, ST_INVALID, "InvalidParameter.OldPassword.Incorrect",
                               "The old password has expired, and only an administrator can set another.");
    TRY(check_past(&checker, c, w, e));
    return new_password_prepare(c, &w->fresh, e);
}

/* Whatever is found, the attempt has to be settled: so it is kept, and apply goes on. */
status change_password_prepare(call *c, err *e)
{
    (void)e;
    change_work *w = c->looked;
    w->outcome = judge(c, w, &w->why);
    return ST_OK;
}

/* --- the change --------------------------------------------------------------------------------------------------- */

static status audit_change(call *c, const user_record *u, err *e)
{
    char id[U64_TEXT_MAX];
    const audit_parameter p[] = { { STR("UserId"), { id, u64_format(u->id, id) } } };
    return audit_write(c, STR("ACS::RAM::User"), u->name, p, 1, e);
}

static status put(call *c, const change_work *w, const login_profile_record *now, err *e)
{
    const login_profile_spec spec = {
        .principal = w->user.id,
        .is_disabled = !now->is_active,
        .mfa_bind_required = now->mfa_bind_required,
        .now_s = c->context.now_s,
    };
    TRY(login_profile_put(c->tx, c->arena, c->vault, c->world, &spec, new_password_digest(&w->fresh), e));
    TRY(attempt_forget(c->tx, w->user.id, e));
    TRY(sign_in_link_end(c->tx, w->user.id, e));
    store_touch(c->tx, epoch_of_principal(w->user.id));
    return audit_change(c, &w->user, e);
}

/* What was proven right has to be the password still. */
static status change(call *c, const change_work *w, err *e)
{
    login_profile_record now;
    const status s = store_login_profile_get(c->tx, c->arena, w->user.id, &now, e);
    if (s == ST_NOT_FOUND || (s == ST_OK && now.row != w->profile.row)) {
        c->refusal = incorrect(&c->refusal_why, "the password was replaced in the meantime");
        return ST_OK;
    }
    TRY(s);
    return put(c, w, &now, e);
}

status change_password_apply(call *c, err *e)
{
    const change_work *w = c->looked;
    TRY(attempt_settle(c->tx, c->attempt, c->context.now_s, e));
    if (w->outcome == ST_OK)
        return change(c, w, e);
    c->refusal = w->outcome;
    c->refusal_why = w->why;
    return ST_OK;
}
