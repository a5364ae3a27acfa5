/* new_password.c - see new_password.h. */
#include "password/new_password.h"

#include <stdio.h>

#include "password/password_means.h"

static status refuse(const new_password *p, const char *rule, const char *why, err *e)
{
    char code[ERR_CODE_MAX];
    (void)snprintf(code, sizeof code, "InvalidParameter.%s.%s", p->parameter, rule);
    return err_set(e, ST_INVALID, code, "%s", why);
}

/* Alias, domain and what the user is called: guessed first by whoever knows the account. */
static status load_words(const call *c, const user_record *user, new_password *p, err *e)
{
    account_record account;
    TRY(store_account_get(c->tx, c->arena, &account, e));
    const str words[] = { account.alias, c->domain_suffix, user->name, user->display_name, user->email };
    _Static_assert(sizeof words / sizeof words[0] <= OWN_WORDS_MAX, "all of them have room");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        p->words[p->words_n++] = words[i];
    return ST_OK;
}

static status measure(const new_password *p, str user_name, err *e)
{
    char code[ERR_CODE_MAX];
    (void)snprintf(code, sizeof code, "InvalidParameter.%s.TooWeak", p->parameter);
    const password_rule broken = password_policy_check(&p->policy, &p->text, user_name);
    return broken == PASSWORD_FITS ? ST_OK : password_rule_refuse(broken, &p->policy, code, e);
}

status new_password_look(const call *c, const user_record *user, str sent, const char *parameter, bool has_history,
                         new_password *ret, err *e)
{
    new_password *p = ret;
    *p = (new_password){ .parameter = parameter };
    TRY(password_policy_load(c->tx, &p->policy, e));
    TRY(password_past_load(c->tx, c->arena, user->id, has_history ? p->policy.password_reuse_prevention : 0, &p->past, e));
    TRY(load_words(c, user, p, e));
    const status s = password_from_text(sent, &p->text, e);
    if (s == ST_INVALID)
        return refuse(p, "InvalidChars", "not a password after RFC 8265 4.2", e);
    TRY(s);
    return measure(p, user->name, e);
}

status new_password_prepare(const call *c, new_password *p, err *e)
{
    char code[ERR_CODE_MAX];
    (void)snprintf(code, sizeof code, "InvalidParameter.%s.TooWeak", p->parameter);
    if (p->policy.intercept_risk_password_on_api)
        TRY(weak_password_check(c->passwords->breached, &p->text, p->words, p->words_n, code, e));
    TRY(secret_new(sizeof(password_digest), &p->digest));
    return password_digest_next(&p->text, &c->passwords->usual, &p->past, c->world, (password_digest *)(void *)p->digest.p, e);
}

const password_digest *new_password_digest(const new_password *p)
{
    return (const password_digest *)(const void *)p->digest.p;
}

void new_password_done(new_password *p)
{
    secret_done(&p->text.s);
    secret_done(&p->digest);
}
