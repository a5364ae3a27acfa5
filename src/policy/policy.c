/* policy.c - see policy.h. */
#include "policy/policy.h"

#include <stdio.h>

#include "policy/custom_policy.h"

policy policy_of_system(const system_policy *s)
{
    return (policy){
        .type = SYSTEM_POLICY_TYPE,
        .name = s->name,
        .description = s->description,
        .default_version = s->version,
        .created_s = s->created_s,
        .updated_s = s->updated_s,
        .system = s,
    };
}

policy policy_of_record(const policy_record *r)
{
    return (policy){
        .type = CUSTOM_POLICY_TYPE,
        .name = r->name,
        .description = r->description,
        .default_version = r->default_version,
        .created_s = r->created_s,
        .updated_s = r->updated_s,
        .id = r->id,
    };
}

static status no_such_version(err *e)
{
    return err_set(e, ST_NOT_FOUND, "EntityNotExist.Policy.Version", "no such version");
}

static status get_custom(store_tx *tx, arena *a, str name, policy *ret, err *e)
{
    policy_record r;
    TRY(custom_policy_get(tx, a, name, &r, e));
    *ret = policy_of_record(&r);
    return ST_OK;
}

status policy_get(store_tx *tx, arena *a, str type, str name, policy *ret, err *e)
{
    if (str_eq(type, CUSTOM_POLICY_TYPE))
        return get_custom(tx, a, name, ret, e);
    if (!str_eq(type, SYSTEM_POLICY_TYPE))
        return err_set(e, ST_INVALID, "InvalidParameter.PolicyType", "neither System nor Custom");
    const system_policy *s = system_policy_find(name);
    if (s == NULL)
        return err_set(e, ST_NOT_FOUND, "EntityNotExist.Policy", "no such system policy");
    *ret = policy_of_system(s);
    return ST_OK;
}

/* --- versions ----------------------------------------------------------------------------------------------------- */

static policy_version of_system(const system_policy *s)
{
    return (policy_version){ s->version, true, s->document, s->updated_s };
}

static policy_version of_record(const policy *p, const policy_version_record *r)
{
    return (policy_version){ r->number, r->number == p->default_version, r->document, r->created_s };
}

status policy_version_get(store_tx *tx, arena *a, const policy *p, uint32_t number, policy_version *ret, err *e)
{
    if (p->system != NULL) {
        if (number != p->system->version)
            return no_such_version(e);
        *ret = of_system(p->system);
        return ST_OK;
    }
    policy_version_record r;
    status s = store_policy_version_get(tx, a, p->id, number, &r, e);
    if (s == ST_NOT_FOUND)
        return no_such_version(e);
    TRY(s);
    *ret = of_record(p, &r);
    return ST_OK;
}

status policy_version_list(store_tx *tx, arena *a, const policy *p, policy_version **ret, size_t *ret_n, err *e)
{
    policy_version_record *records = NULL;
    size_t n = 1;
    if (p->system == NULL)
        TRY(store_policy_version_list(tx, a, p->id, &records, &n, e));
    policy_version *list = arena_alloc_n(a, n, sizeof *list);
    if (list == NULL)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        list[i] = p->system != NULL ? of_system(p->system) : of_record(p, &records[i]);
    *ret = list;
    *ret_n = n;
    return ST_OK;
}

status version_id_parse(str text, uint32_t *ret, err *e)
{
    if (!str_starts(text, STR("v")) || str_to_u32(str_slice(text, 1, text.n), 1, UINT32_MAX, ret) != ST_OK)
        return err_set(e, ST_INVALID, "InvalidParameter.VersionId.Format", "a version is v and a number");
    return ST_OK;
}

str version_id_format(uint32_t number, char ret[VERSION_ID_MAX])
{
    const int n = snprintf(ret, VERSION_ID_MAX, "v%u", number);
    return (str){ ret, (size_t)n };
}
