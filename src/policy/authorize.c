/* authorize.c - see authorize.h. Actions and resources: RAM, "Authorization of RAM/IMS calls"; ARN form of the newer pages
 * (no region field). */
#include "policy/authorize.h"

#include <stdio.h>

#include "policy/system_policy.h"

/* --- the target --------------------------------------------------------------------------------------------------- */

typedef enum {
    NAMES_NONE = 0,
    NAMES_USER_BY_NAME,
    NAMES_USER_BY_UPN,
    NAMES_USER_BY_ID,
    NAMES_USER_BY_ACCESS_KEY, /* only where the action takes it for a user: GetUser */
    NAMES_POLICY,
    NAMES_POLICY_TYPE,
    NAMES_GROUP,
    NAMES_ROLE,
    NAMES_MFA,
} naming;

static const struct {
    str field;
    naming names;
} namings[] = {
    { STR_INIT("UserName"), NAMES_USER_BY_NAME },
    { STR_INIT("UserPrincipalName"), NAMES_USER_BY_UPN },
    { STR_INIT("ResourcePrincipalName"), NAMES_USER_BY_UPN },
    { STR_INIT("UserId"), NAMES_USER_BY_ID },
    { STR_INIT("ResourceId"), NAMES_USER_BY_ID },
    { STR_INIT("UserAccessKeyId"), NAMES_USER_BY_ACCESS_KEY },
    { STR_INIT("PolicyName"), NAMES_POLICY },
    { STR_INIT("PolicyType"), NAMES_POLICY_TYPE },
    { STR_INIT("GroupName"), NAMES_GROUP },
    { STR_INIT("RoleName"), NAMES_ROLE },
    { STR_INIT("SerialNumber"), NAMES_MFA },
};

static naming naming_of(str field)
{
    for (size_t i = 0; i < sizeof namings / sizeof namings[0]; i++) {
        if (str_eq(namings[i].field, field))
            return namings[i].names;
    }
    return NAMES_NONE;
}

static bool names_a_user(naming n)
{
    return n >= NAMES_USER_BY_NAME && n <= NAMES_USER_BY_ACCESS_KEY;
}

/* Is the field one of several of which the action wants one? */
static bool is_one_of(const action_shape *shape, str field)
{
    for (const str *const *group = shape->one_of; group != NULL && *group != NULL; group++) {
        for (const str *member = *group; member->p != NULL; member++) {
            if (str_eq(*member, field))
                return true;
        }
    }
    return false;
}

typedef struct {
    const caller *who;
    unsigned named, named_self; /* identities in the request, and how many of them are the caller */
    bool wants_one;
    authorize_target t;
} survey;

static void note_user(survey *s, naming n, str value)
{
    char own_id[24];
    (void)snprintf(own_id, sizeof own_id, "%llu", (unsigned long long)s->who->id);
    const bool is_user = s->who->kind == CALLER_USER;
    size_t at;
    str name = { NULL, 0 };
    bool is_self = false;
    if (n == NAMES_USER_BY_NAME || n == NAMES_USER_BY_UPN) {
        name = n == NAMES_USER_BY_UPN && str_find(value, '@', &at) ? str_slice(value, 0, at) : value;
        is_self = is_user && str_eq_nocase(name, str_from_c(s->who->name));
    } else if (n == NAMES_USER_BY_ID) {
        is_self = is_user && str_eq(value, str_from_c(own_id));
    } else {
        is_self = is_user && str_eq(value, str_from_c(s->who->access_key_id));
    }
    s->named++;
    s->named_self += is_self ? 1 : 0;
    s->t.user_name = s->named == 1 && name.n > 0 ? name : (str){ NULL, 0 };
}

static void note(survey *s, naming n, str value)
{
    if (value.n == 0)
        return;
    switch (n) {
    case NAMES_NONE:
        break;
    case NAMES_USER_BY_NAME:
    case NAMES_USER_BY_UPN:
    case NAMES_USER_BY_ID:
    case NAMES_USER_BY_ACCESS_KEY:
        note_user(s, n, value);
        break;
    case NAMES_POLICY:
        s->t.policy_name = value;
        break;
    case NAMES_POLICY_TYPE:
        s->t.policy_type = value;
        break;
    case NAMES_GROUP:
        s->t.group_name = value;
        break;
    case NAMES_ROLE:
        s->t.role_name = value;
        break;
    case NAMES_MFA:
        s->t.serial_number = value;
        break;
    }
}

static void note_field(survey *s, const call *c, const field_rule *f)
{
    const naming n = naming_of(f->name);
    const bool may_be_many = is_one_of(c->shape, f->name);
    if (n == NAMES_NONE || (n == NAMES_USER_BY_ACCESS_KEY && !may_be_many))
        return;
    s->wants_one |= names_a_user(n) && may_be_many;
    const char *at = (const char *)c->request + f->offset;
    if (f->type == FIELD_STR) {
        note(s, n, *(const str *)(const void *)at);
    } else if (f->type == FIELD_STR_LIST) {
        const str_list *list = (const str_list *)(const void *)at;
        for (size_t i = 0; i < list->n; i++)
            note(s, n, list->v[i]);
    }
}

authorize_target authorize_target_of(const call *c)
{
    survey s = { .who = c->who };
    for (size_t i = 0; i < c->shape->field_n; i++)
        note_field(&s, c, &c->shape->fields[i]);
    s.t.is_self = s.named > 0 ? s.named_self == s.named : !s.wants_one;
    return s.t;
}

/* --- the resource ------------------------------------------------------------------------------------------------- */

static void arn(char *ret, size_t size, account_id account, const char *kind, str name)
{
    (void)snprintf(ret, size, "acs:ram::%llu:%s" STR_FMT, (unsigned long long)account, kind, STR_ARG(name));
}

static str or_all(str name)
{
    return name.n > 0 ? name : STR("*");
}

static void user_arn(char *ret, size_t size, const caller *who, const authorize_target *t)
{
    if (t->user_name.n == 0 && t->is_self && who->kind == CALLER_ROOT)
        arn(ret, size, who->account, "root", STR(""));
    else if (t->user_name.n == 0 && t->is_self)
        arn(ret, size, who->account, "user/", str_from_c(who->name));
    else
        arn(ret, size, who->account, "user/", or_all(t->user_name));
}

/* A system policy belongs to no account. */
static void policy_arn(char *ret, size_t size, const caller *who, const authorize_target *t)
{
    if (str_eq(t->policy_type, SYSTEM_POLICY_TYPE))
        (void)snprintf(ret, size, "acs:ram::system:policy/" STR_FMT, STR_ARG(or_all(t->policy_name)));
    else
        arn(ret, size, who->account, "policy/", or_all(t->policy_name));
}

static void resource_of(const caller *who, resource_kind on, const authorize_target *t, char ret[AUTHORIZE_RESOURCE_MAX])
{
    char first[AUTHORIZE_RESOURCE_MAX / 2 - 1], second[AUTHORIZE_RESOURCE_MAX / 2 - 1] = "";
    first[0] = '\0';
    switch (on) {
    case RES_NONE:
    case RES_NOTHING:
        break;
    case RES_ACCOUNT:
        arn(first, sizeof first, who->account, "*", STR(""));
        break;
    case RES_USER_ALL:
        arn(first, sizeof first, who->account, "user/*", STR(""));
        break;
    case RES_USER:
        user_arn(first, sizeof first, who, t);
        break;
    case RES_USER_AND_POLICY:
        user_arn(first, sizeof first, who, t);
        policy_arn(second, sizeof second, who, t);
        break;
    case RES_POLICY_ALL:
        arn(first, sizeof first, who->account, "policy/*", STR(""));
        break;
    case RES_POLICY:
        policy_arn(first, sizeof first, who, t);
        break;
    case RES_GROUP_ALL:
        arn(first, sizeof first, who->account, "group/*", STR(""));
        break;
    case RES_GROUP:
        arn(first, sizeof first, who->account, "group/", or_all(t->group_name));
        break;
    case RES_GROUP_AND_USER:
        user_arn(first, sizeof first, who, t);
        arn(second, sizeof second, who->account, "group/", or_all(t->group_name));
        break;
    case RES_ROLE_ALL:
        arn(first, sizeof first, who->account, "role/*", STR(""));
        break;
    case RES_ROLE:
        arn(first, sizeof first, who->account, "role/", or_all(t->role_name));
        break;
    case RES_MFA_ALL:
        arn(first, sizeof first, who->account, "mfa/*", STR(""));
        break;
    case RES_MFA:
        if (t->serial_number.n > 0)
            (void)snprintf(first, sizeof first, STR_FMT,
                           STR_ARG(t->serial_number)); /* a serial number is a resource name itself */
        else
            arn(first, sizeof first, who->account, "mfa/*", STR(""));
        break;
    }
    (void)snprintf(ret, AUTHORIZE_RESOURCE_MAX, "%s%s%s", first, second[0] != '\0' ? "," : "", second);
}

/* --- the decision ------------------------------------------------------------------------------------------------- */

static bool is_proven(const caller *who)
{
    return (who->kind == CALLER_ROOT || who->kind == CALLER_USER) && who->proof != PROOF_NONE;
}

/* What allows it; an absent str: nothing does. */
static str allowed_by(const caller *who, const action_row *row, const authorize_target *t)
{
    const str nothing = { NULL, 0 };
    if (!is_proven(who) || row->authorized_as == NULL || row->on == RES_NONE || row->class == CLASS_NONE)
        return nothing;
    const str action = str_from_c(row->authorized_as);
    if (str_eq(action, STR(NO_PERMISSION_NEEDED)))
        return STR("none needed");
    if (who->kind == CALLER_ROOT)
        return STR("root");
    const system_policy *p;
    for (size_t i = 0; (p = system_policy_at(i)) != NULL; i++) {
        if ((who->system_policies & (uint32_t)p->bit) != 0 && system_policy_allows(p, action))
            return p->name;
    }
    if (row->self != SELF_NONE && (who->switches & (uint32_t)row->self) != 0 && t->is_self)
        return STR("self-service");
    return nothing;
}

void authorize(const caller *who, const action_row *row, const authorize_target *target, decision *ret)
{
    const str by = allowed_by(who, row, target);
    ret->is_allowed = by.p != NULL;
    ret->policy = by.p != NULL ? by : STR("");
    ret->no_permission_type = by.p != NULL ? NULL : "ImplicitDeny";
    resource_of(who, row->on, target, ret->resource);
}
