/* alias.c - see alias.h. Rules: RAM SetAccountAlias (2026), IMS SetDefaultDomain. */
#include "logon_suffix/alias.h"

#include <stdio.h>

enum { ACCOUNT_ID_TEXT = 16 };

static bool is_alias_char(char c)
{
    return ascii_is_digit(c) || (c >= 'a' && c <= 'z') || c == '-';
}

static bool is_label_char(char c)
{
    return ascii_is_alnum(c) || c == '.' || c == '_' || c == '-';
}

static bool begins_or_ends_with(str s, char c)
{
    return s.n > 0 && (s.p[0] == c || s.p[s.n - 1] == c);
}

/* Could it, or a part of it between dots, be read as the account id, hence the default domain, of someone else? */
static bool imitates_an_account(str alias, uint64_t account)
{
    char own[24];
    (void)snprintf(own, sizeof own, "%llu", (unsigned long long)account);
    if (str_eq(alias, str_from_c(own)))
        return false;
    for (str rest = alias, part; str_next(&rest, '.', &part);) {
        if (part.n >= ACCOUNT_ID_TEXT && str_is_of(part, ascii_is_digit))
            return true;
    }
    return false;
}

status alias_check(str alias, uint64_t account, err *e)
{
    if (alias.n < ALIAS_MIN || alias.n > ALIAS_MAX)
        return err_set(e, ST_INVALID, "InvalidParameter.AccountAlias.Length", "an alias has %d to %d characters", ALIAS_MIN,
                       ALIAS_MAX);
    if (!str_is_of(alias, is_alias_char) || begins_or_ends_with(alias, '-') || str_contains(alias, STR("--")))
        return err_set(e, ST_INVALID, "InvalidParameter.AccountAlias.Format", "not an alias");
    if (imitates_an_account(alias, account))
        return err_set(e, ST_INVALID, "InvalidParameter.AccountAlias.Format", "an alias that reads like another account's id");
    return ST_OK;
}

static bool label_is_valid(str label)
{
    return label.n > 0 && str_is_of(label, is_label_char) && !begins_or_ends_with(label, '-') &&
           !begins_or_ends_with(label, '.') && !str_contains(label, STR("--")) && !str_contains(label, STR(".."));
}

/* s is "<head>.<suffix>", in any case. */
static bool cut_suffix(str s, str suffix, str *ret_head)
{
    if (s.n <= suffix.n + 1 || s.p[s.n - suffix.n - 1] != '.' || !str_eq_nocase(str_slice(s, s.n - suffix.n, s.n), suffix))
        return false;
    *ret_head = str_slice(s, 0, s.n - suffix.n - 1);
    return true;
}

status default_domain_check(str domain, str suffix, uint64_t account, str *ret_alias, err *e)
{
    if (domain.n == 0 || domain.n > DEFAULT_DOMAIN_MAX)
        return err_set(e, ST_INVALID, "InvalidParameter.DefaultDomainName.Length", "a default domain has up to %d characters",
                       DEFAULT_DOMAIN_MAX);
    str label, inner;
    if (!cut_suffix(domain, suffix, &label) || !label_is_valid(label) || str_eq_nocase(label, suffix) ||
        cut_suffix(label, suffix, &inner))
        return err_set(e, ST_INVALID, "InvalidParameter.DefaultDomainName.Format", "not a default domain");
    if (imitates_an_account(label, account))
        return err_set(e, ST_INVALID, "InvalidParameter.DefaultDomainName.Format",
                       "a domain that reads like another account's id");
    *ret_alias = label;
    return ST_OK;
}
