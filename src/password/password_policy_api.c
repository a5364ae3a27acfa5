/* password_policy_api.c - see password_policy_api.h. Parameters, ranges and answers: IMS 2019-08-15 and RAM 2015-05-01, section
 * "password-policy". The wire spells MaxLoginAttemps so. */
#include "password/password_policy_api.h"

#include "audit/audit.h"
#include "catalogue/catalogue.gen.h"
#include "password/password_policy.h"

/* The shape of the action drops what its face does not list. */
static void reply_policy(reply *r, const password_policy_record *p)
{
    reply_open(r, "PasswordPolicy");
    reply_i64(r, "MinimumPasswordLength", p->minimum_password_length);
    reply_i64(r, "MinimumPasswordDifferentCharacter", p->minimum_password_different_character);
    reply_bool(r, "RequireLowercaseCharacters", p->require_lowercase_characters);
    reply_bool(r, "RequireUppercaseCharacters", p->require_uppercase_characters);
    reply_bool(r, "RequireNumbers", p->require_numbers);
    reply_bool(r, "RequireSymbols", p->require_symbols);
    reply_bool(r, "PasswordNotContainUserName", p->password_not_contain_user_name);
    reply_bool(r, "HardExpire", p->hard_expire);
    reply_bool(r, "HardExpiry", p->hard_expire);
    reply_bool(r, "InterceptRiskPasswordOnApi", p->intercept_risk_password_on_api);
    reply_i64(r, "MaxPasswordAge", p->max_password_age_days);
    reply_i64(r, "PasswordReusePrevention", p->password_reuse_prevention);
    reply_i64(r, "MaxLoginAttemps", p->max_login_attempts);
    reply_i64(r, "InitialPasswordAge", p->initial_password_age_days);
    reply_close(r);
}

/* What was sent, as the audit shows it. */
typedef struct {
    call *c;
    audit_parameter p[13];
    size_t n;
} changes;

static void change_switch(changes *to, str name, opt_bool sent, bool *field)
{
    if (!sent.is_set)
        return;
    *field = sent.v;
    to->p[to->n++] = (audit_parameter){ name, sent.v ? STR("true") : STR("false") };
}

static status change_number(changes *to, str name, opt_i32 sent, uint32_t *field)
{
    str text;
    if (!sent.is_set)
        return ST_OK;
    *field = (uint32_t)sent.v; /* the decoder holds every one to its range, none below 0 */
    TRY(arena_printf(to->c->arena, &text, "%u", *field));
    to->p[to->n++] = (audit_parameter){ name, text };
    return ST_OK;
}

static status keep(const changes *by, const password_policy_record *p, err *e)
{
    call *c = by->c;
    str account;
    TRY(arena_printf(c->arena, &account, "%llu", (unsigned long long)c->who->account));
    TRY(store_password_policy_put(c->tx, p, e));
    TRY(audit_write(c, STR("ACS::RAM::PasswordPolicy"), account, by->p, by->n, e));
    reply_policy(c->reply, p);
    return ST_OK;
}

status ims_set_password_policy_apply(call *c, err *e)
{
    const ims_set_password_policy_request *rq = c->request;
    changes by = { .c = c };
    password_policy_record p;
    TRY(password_policy_load(c->tx, &p, e));
    TRY(change_number(&by, STR("MinimumPasswordLength"), rq->minimum_password_length, &p.minimum_password_length));
    TRY(change_number(&by, STR("MinimumPasswordDifferentCharacter"), rq->minimum_password_different_character,
                      &p.minimum_password_different_character));
    change_switch(&by, STR("RequireLowercaseCharacters"), rq->require_lowercase_characters, &p.require_lowercase_characters);
    change_switch(&by, STR("RequireUppercaseCharacters"), rq->require_uppercase_characters, &p.require_uppercase_characters);
    change_switch(&by, STR("RequireNumbers"), rq->require_numbers, &p.require_numbers);
    change_switch(&by, STR("RequireSymbols"), rq->require_symbols, &p.require_symbols);
    change_switch(&by, STR("PasswordNotContainUserName"), rq->password_not_contain_user_name,
                  &p.password_not_contain_user_name);
    change_switch(&by, STR("HardExpire"), rq->hard_expire, &p.hard_expire);
    change_switch(&by, STR("InterceptRiskPasswordOnApi"), rq->intercept_risk_password_on_api,
                  &p.intercept_risk_password_on_api);
    TRY(change_number(&by, STR("MaxPasswordAge"), rq->max_password_age, &p.max_password_age_days));
    TRY(change_number(&by, STR("PasswordReusePrevention"), rq->password_reuse_prevention, &p.password_reuse_prevention));
    TRY(change_number(&by, STR("MaxLoginAttemps"), rq->max_login_attemps, &p.max_login_attempts));
    TRY(change_number(&by, STR("InitialPasswordAge"), rq->initial_password_age, &p.initial_password_age_days));
    return keep(&by, &p, e);
}

status ram_set_password_policy_apply(call *c, err *e)
{
    const ram_set_password_policy_request *rq = c->request;
    changes by = { .c = c };
    password_policy_record p;
    TRY(password_policy_load(c->tx, &p, e));
    TRY(change_number(&by, STR("MinimumPasswordLength"), rq->minimum_password_length, &p.minimum_password_length));
    change_switch(&by, STR("RequireLowercaseCharacters"), rq->require_lowercase_characters, &p.require_lowercase_characters);
    change_switch(&by, STR("RequireUppercaseCharacters"), rq->require_uppercase_characters, &p.require_uppercase_characters);
    change_switch(&by, STR("RequireNumbers"), rq->require_numbers, &p.require_numbers);
    change_switch(&by, STR("RequireSymbols"), rq->require_symbols, &p.require_symbols);
    change_switch(&by, STR("HardExpiry"), rq->hard_expiry, &p.hard_expire);
    TRY(change_number(&by, STR("MaxPasswordAge"), rq->max_password_age, &p.max_password_age_days));
    TRY(change_number(&by, STR("PasswordReusePrevention"), rq->password_reuse_prevention, &p.password_reuse_prevention));
    TRY(change_number(&by, STR("MaxLoginAttemps"), rq->max_login_attemps, &p.max_login_attempts));
    return keep(&by, &p, e);
}

static status get(call *c, err *e)
{
    password_policy_record p;
    TRY(password_policy_load(c->tx, &p, e));
    reply_policy(c->reply, &p);
    return ST_OK;
}

status ims_get_password_policy_read(call *c, err *e)
{
    return get(c, e);
}

status ram_get_password_policy_read(call *c, err *e)
{
    return get(c, e);
}
