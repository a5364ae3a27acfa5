/* arn.c - see arn.h. */
#include "policy/arn.h"

status arn_split(str text, arn *ret)
{
    arn x;
    if (!str_split(text, ':', &x.partition, &text) || !str_split(text, ':', &x.service, &text) ||
        !str_split(text, ':', &x.region, &text) || !str_split(text, ':', &x.account, &text))
        return ST_INVALID;
    x.relative = text;
    if (!str_eq(x.partition, STR("acs")) || x.service.n == 0 || x.relative.n == 0)
        return ST_INVALID;
    *ret = x;
    return ST_OK;
}

status arn_role(str text, uint64_t *ret_account, str *ret_name)
{
    arn x;
    str kind, name;
    uint64_t account;
    TRY(arn_split(text, &x));
    TRY(str_to_u64(x.account, 1, UINT64_MAX, &account));
    size_t slash;
    if (!str_eq_nocase(x.service, STR("ram")) || !str_split(x.relative, '/', &kind, &name) || !str_eq(kind, STR("role")) ||
        name.n == 0 || str_find(name, '/', &slash))
        return ST_INVALID;
    *ret_account = account;
    *ret_name = name;
    return ST_OK;
}

status arn_of_role(arena *a, uint64_t account, str name, str *ret)
{
    char *lower = arena_alloc(a, name.n + 1);
    char digits[U64_TEXT_MAX];
    const str id = { digits, u64_format(account, digits) };
    if (lower == NULL)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < name.n; i++)
        lower[i] = ascii_lower(name.p[i]);
    return arena_printf(a, ret, "acs:ram::" STR_FMT ":role/%.*s", STR_ARG(id), (int)name.n, lower);
}
