/* logon_suffix_api.c - see logon_suffix_api.h. Parameters and answers: RAM 2015-05-01 and IMS 2019-08-15, section
 * "domain-alias". */
#include "logon_suffix/logon_suffix_api.h"

#include "audit/audit.h"
#include "catalogue/catalogue.gen.h"
#include "logon_suffix/alias.h"

static status set_alias(call *c, str alias, err *e)
{
    status s = store_account_set_alias(c->tx, alias, e);
    if (s == ST_CONFLICT)
        return err_set(e, s, "EntityAlreadyExists.AccountAlias", "another account has this alias");
    TRY(s);
    store_touch(c->tx, epoch_of_account(c->who->account));
    const audit_parameter p[] = { { STR("AccountAlias"), alias } };
    return audit_write(c, STR("ACS::RAM::Account"), alias, p, 1, e);
}

static status account_digits(const call *c, str *ret)
{
    return arena_printf(c->arena, ret, "%llu", (unsigned long long)c->who->account);
}

status ram_set_account_alias_apply(call *c, err *e)
{
    const ram_set_account_alias_request *rq = c->request;
    TRY(alias_check(rq->account_alias, c->who->account, e));
    return set_alias(c, rq->account_alias, e);
}

status ram_get_account_alias_read(call *c, err *e)
{
    account_record account;
    TRY(store_account_get(c->tx, c->arena, &account, e));
    reply_str(c->reply, "AccountAlias", account.alias);
    return ST_OK;
}

status ram_clear_account_alias_apply(call *c, err *e)
{
    str digits;
    TRY(account_digits(c, &digits));
    return set_alias(c, digits, e);
}

static status reply_domain(call *c, str alias)
{
    str domain;
    TRY(arena_printf(c->arena, &domain, STR_FMT "." STR_FMT, STR_ARG(alias), STR_ARG(c->domain_suffix)));
    reply_str(c->reply, "DefaultDomainName", domain);
    return ST_OK;
}

/* Domain names have no case, and aliases are lower-case: so it is kept. */
static status lower(arena *a, str s, str *ret)
{
    char *p = arena_alloc(a, s.n + 1);
    if (p == NULL)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < s.n; i++)
        p[i] = ascii_lower(s.p[i]);
    *ret = (str){ p, s.n };
    return ST_OK;
}

status ims_set_default_domain_apply(call *c, err *e)
{
    const ims_set_default_domain_request *rq = c->request;
    str alias;
    TRY(default_domain_check(rq->default_domain_name, c->domain_suffix, c->who->account, &alias, e));
    TRY(lower(c->arena, alias, &alias));
    TRY(set_alias(c, alias, e));
    return reply_domain(c, alias);
}

status ims_get_default_domain_read(call *c, err *e)
{
    account_record account;
    TRY(store_account_get(c->tx, c->arena, &account, e));
    return reply_domain(c, account.alias);
}
