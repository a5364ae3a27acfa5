/* upn.c - see upn.h. */
#include "user/upn.h"

#include "catalogue/caller.h"

str upn_name(str upn)
{
    size_t at;
    return str_find(upn, '@', &at) ? str_slice(upn, 0, at) : upn;
}

bool upn_is_of(str upn, default_domain d)
{
    size_t at;
    if (!str_find(upn, '@', &at))
        return false;
    const str domain = str_slice(upn, at + 1, upn.n);
    if (str_eq_nocase(domain, d.alias))
        return true;
    return domain.n == d.alias.n + 1 + d.suffix.n && str_eq_nocase(str_slice(domain, 0, d.alias.n), d.alias) &&
           domain.p[d.alias.n] == '.' && str_eq_nocase(str_slice(domain, d.alias.n + 1, domain.n), d.suffix);
}

status upn_compose(arena *a, str name, default_domain d, str *ret)
{
    return arena_printf(a, ret, STR_FMT "@" STR_FMT "." STR_FMT, STR_ARG(name), STR_ARG(d.alias), STR_ARG(d.suffix));
}

static bool is_name_char(char c)
{
    return ascii_is_alnum(c) || c == '.' || c == '-' || c == '_';
}

bool user_name_is_valid(str name)
{
    return name.n >= 1 && name.n <= USER_NAME_MAX && str_is_of(name, is_name_char);
}
