/* authorize.c - see authorize.h. Actions and resources: RAM, "Authorization of RAM/IMS calls"; ARN form of the newer pages
 * (no region field). */
#include "policy/authorize.h"

#include "policy/arn.h"
#include "preference/preference.h"

/* --- what the request names --------------------------------------------------------------------------------------- */

typedef enum {
    NAMES_NONE = 0,
    NAMES_USER_BY_NAME,
    NAMES_USER_BY_UPN,
    NAMES_USER_BY_ID,
    NAMES_USER_BY_ACCESS_KEY, /* only where the action takes it for a user: GetUser */
    NAMES_NEW_USER,
    NAMES_NEW_UPN,
    NAMES_POLICY,
    NAMES_POLICY_TYPE,
    NAMES_GROUP,
    NAMES_NEW_GROUP,
    NAMES_ROLE,
    NAMES_ROLE_ARN,
    NAMES_MFA,
    NAMES_TAGGED, /* by names, of the type that ResourceType says */
    NAMES_TYPE,
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
    { STR_INIT("NewUserName"), NAMES_NEW_USER },
    { STR_INIT("NewUserPrincipalName"), NAMES_NEW_UPN },
    { STR_INIT("PolicyName"), NAMES_POLICY },
    { STR_INIT("PolicyType"), NAMES_POLICY_TYPE },
    { STR_INIT("GroupName"), NAMES_GROUP },
    { STR_INIT("NewGroupName"), NAMES_NEW_GROUP },
    { STR_INIT("RoleName"), NAMES_ROLE },
    { STR_INIT("RoleArn"), NAMES_ROLE_ARN },
    { STR_INIT("SerialNumber"), NAMES_MFA },
    { STR_INIT("ResourceNames"), NAMES_TAGGED },
    { STR_INIT("ResourceType"), NAMES_TYPE },
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

/* --- the survey: from the fields of the request to resources ------------------------------------------------------ */

typedef struct {
    str arn;
    tagged_kind kind; /* of what carries tags; 0: nothing that does */
    str name;         /* of it */
} resource;

typedef struct {
    const call *c;
    unsigned named, named_self; /* users in the request, and how many of them are the caller */
    bool wants_one, needs_store;
    str *users; /* their names; absent where only the store knows */
    str *tagged;
    size_t user_n, tagged_n, room; /* of each array */
    str new_user, new_group, policy_name, policy_type, group_name, role_name, role_arn, serial_number, type;
    resource *resources; /* room + 2 */
    size_t resource_n;
} survey;

/* As many names as the request can hold. */
static status survey_begin(survey *s, const call *c)
{
    *s = (survey){ .c = c };
    for (size_t i = 0; i < c->shape->field_n; i++) {
        const field_rule *f = &c->shape->fields[i];
        const char *at = (const char *)c->request + f->offset;
        s->room += f->type == FIELD_STR_LIST ? ((const str_list *)(const void *)at)->n : 1;
    }
    s->users = arena_alloc_n(c->arena, s->room, sizeof(str));
    s->tagged = arena_alloc_n(c->arena, s->room, sizeof(str));
    s->resources = arena_alloc_n(c->arena, s->room + 2, sizeof(resource));
    return s->users != NULL && s->tagged != NULL && s->resources != NULL ? ST_OK : ST_NO_MEMORY;
}

static str upn_user(str upn)
{
    size_t at;
    return str_find(upn, '@', &at) ? str_slice(upn, 0, at) : upn;
}

/* The name of a user that is named by its id or AccessKey; absent: there is none. */
static status name_of(survey *s, naming n, str value, str *ret, err *e)
{
    const call *c = s->c;
    uint64_t id = 0;
    *ret = (str){ NULL, 0 };
    if (c->tx == NULL) {
        s->needs_store = true;
        return ST_OK;
    }
    if (n == NAMES_USER_BY_ACCESS_KEY) {
        access_key_record key;
        status found = store_access_key_get(c->tx, c->arena, value, &key, e);
        if (found == ST_NOT_FOUND)
            return ST_OK;
        TRY(found);
        id = key.owner;
    } else if (str_to_u64(value, 1, INT64_MAX, &id) != ST_OK) {
        return ST_OK;
    }
    user_record u;
    status found = store_user_get(c->tx, c->arena, id, &u, e);
    if (found == ST_OK)
        *ret = u.name;
    return found == ST_NOT_FOUND ? ST_OK : found;
}

static status note_user(survey *s, naming n, str value, err *e)
{
    const caller *who = s->c->who;
    const bool is_user = who->kind == CALLER_USER;
    char own_id[U64_TEXT_MAX];
    const str own_name = str_from_c(who->name);
    bool is_self = false;
    str name = { NULL, 0 };
    if (n == NAMES_USER_BY_NAME || n == NAMES_USER_BY_UPN) {
        name = n == NAMES_USER_BY_UPN ? upn_user(value) : value;
        is_self = is_user && str_eq_nocase(name, own_name);
    } else if (n == NAMES_USER_BY_ID) {
        is_self = is_user && str_eq(value, (str){ own_id, u64_format(who->id, own_id) });
    } else {
        is_self = is_user && str_eq(value, str_from_c(who->access_key_id));
    }
    if (name.p == NULL && is_self)
        name = own_name;
    else if (name.p == NULL)
        TRY(name_of(s, n, value, &name, e));
    s->named++;
    s->named_self += is_self ? 1 : 0;
    s->users[s->user_n++] = name;
    return ST_OK;
}

static status note(survey *s, naming n, str value, err *e)
{
    if (value.n == 0)
        return ST_OK;
    switch (n) {
    case NAMES_NONE:
        break;
    case NAMES_USER_BY_NAME:
    case NAMES_USER_BY_UPN:
    case NAMES_USER_BY_ID:
    case NAMES_USER_BY_ACCESS_KEY:
        return note_user(s, n, value, e);
    case NAMES_NEW_USER:
    case NAMES_NEW_UPN:
        s->new_user = n == NAMES_NEW_UPN ? upn_user(value) : value;
        break;
    case NAMES_POLICY:
        s->policy_name = value;
        break;
    case NAMES_POLICY_TYPE:
        s->policy_type = value;
        break;
    case NAMES_GROUP:
        s->group_name = value;
        break;
    case NAMES_NEW_GROUP:
        s->new_group = value;
        break;
    case NAMES_ROLE:
        s->role_name = value;
        break;
    case NAMES_ROLE_ARN:
        s->role_arn = value;
        break;
    case NAMES_MFA:
        s->serial_number = value;
        break;
    case NAMES_TAGGED:
        s->tagged[s->tagged_n++] = value;
        break;
    case NAMES_TYPE:
        s->type = value;
        break;
    }
    return ST_OK;
}

static status note_field(survey *s, const field_rule *f, err *e)
{
    const naming n = naming_of(f->name);
    const bool may_be_many = is_one_of(s->c->shape, f->name);
    if (n == NAMES_NONE || (n == NAMES_USER_BY_ACCESS_KEY && !may_be_many))
        return ST_OK;
    s->wants_one |= names_a_user(n) && may_be_many;
    const char *at = (const char *)s->c->request + f->offset;
    if (f->type == FIELD_STR)
        return note(s, n, *(const str *)(const void *)at, e);
    if (f->type != FIELD_STR_LIST)
        return ST_OK;
    const str_list *list = (const str_list *)(const void *)at;
    for (size_t i = 0; i < list->n; i++)
        TRY(note(s, n, list->v[i], e));
    return ST_OK;
}

static bool is_self(const survey *s)
{
    return s->c->who->kind == CALLER_USER && (s->named > 0 ? s->named_self == s->named : !s->wants_one);
}

/* --- the resources ------------------------------------------------------------------------------------------------ */

static status add(survey *s, const char *account, const char *kind, str name, tagged_kind tagged)
{
    resource *r = &s->resources[s->resource_n];
    TRY(arena_printf(s->c->arena, &r->arn, "acs:ram::%s:%s" STR_FMT, account, kind, STR_ARG(name.n > 0 ? name : STR("*"))));
    r->kind = name.n > 0 ? tagged : (tagged_kind)0;
    r->name = name;
    s->resource_n++;
    return ST_OK;
}

static status add_own(survey *s, const char *kind, str name, tagged_kind tagged)
{
    char account[U64_TEXT_MAX + 1];
    account[u64_format(s->c->who->account, account)] = '\0';
    return add(s, account, kind, name, tagged);
}

/* Nobody named: the caller itself, unless the action wants one of several identities. */
static status add_users(survey *s)
{
    const caller *who = s->c->who;
    if (s->user_n == 0 && !s->wants_one && who->kind == CALLER_USER)
        return add_own(s, "user/", str_from_c(who->name), TAGGED_USER);
    if (s->user_n == 0)
        return add_own(s, "user/", (str){ NULL, 0 }, TAGGED_USER);
    for (size_t i = 0; i < s->user_n; i++)
        TRY(add_own(s, "user/", s->users[i], TAGGED_USER));
    return s->new_user.n > 0 ? add_own(s, "user/", s->new_user, (tagged_kind)0) : ST_OK;
}

/* A system policy belongs to no account. */
static status add_policy(survey *s)
{
    if (str_eq(s->policy_type, SYSTEM_POLICY_TYPE))
        return add(s, "system", "policy/", s->policy_name, (tagged_kind)0);
    return add_own(s, "policy/", s->policy_name, TAGGED_POLICY);
}

static status add_group(survey *s)
{
    TRY(add_own(s, "group/", s->group_name, (tagged_kind)0));
    return s->new_group.n > 0 ? add_own(s, "group/", s->new_group, (tagged_kind)0) : ST_OK;
}

static status lower(arena *a, str text, str *ret)
{
    char *p = arena_alloc(a, text.n + 1);
    if (p == NULL)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < text.n; i++)
        p[i] = ascii_lower(text.p[i]);
    *ret = (str){ p, text.n };
    return ST_OK;
}

static status add_role(survey *s, str name)
{
    str folded = { NULL, 0 };
    if (name.n > 0)
        TRY(lower(s->c->arena, name, &folded));
    return add_own(s, "role/", folded, TAGGED_ROLE);
}

/* Of any account. What is no role's ARN is nobody's role: the handler refuses it, and only `*` allows asking. */
static status add_role_arn(survey *s)
{
    uint64_t account = 0;
    str name = { NULL, 0 };
    char text[U64_TEXT_MAX + 1];
    if (arn_role(s->role_arn, &account, &name) != ST_OK)
        return add(s, "", "role/", (str){ NULL, 0 }, (tagged_kind)0);
    text[u64_format(account, text)] = '\0';
    str folded;
    TRY(lower(s->c->arena, name, &folded));
    return add(s, text, "role/", folded, account == s->c->who->account ? TAGGED_ROLE : (tagged_kind)0);
}

static status add_tagged(survey *s)
{
    const bool is_role = str_eq_nocase(s->type, STR("role")), is_policy = str_eq_nocase(s->type, STR("policy"));
    if (!is_role && !is_policy) {
        if (s->user_n == 0)
            return add_own(s, "user/", (str){ NULL, 0 }, TAGGED_USER);
        return add_users(s);
    }
    if (s->tagged_n == 0)
        return add_own(s, is_role ? "role/" : "policy/", (str){ NULL, 0 }, (tagged_kind)0);
    for (size_t i = 0; i < s->tagged_n; i++)
        TRY(is_role ? add_role(s, s->tagged[i]) : add_own(s, "policy/", s->tagged[i], TAGGED_POLICY));
    return ST_OK;
}

static status add_resources(survey *s)
{
    const str all = { NULL, 0 };
    switch (s->c->row->on) {
    case RES_NONE:
    case RES_NOTHING:
        return ST_OK;
    case RES_ACCOUNT:
        return add_own(s, "", all, (tagged_kind)0);
    case RES_USER_ALL:
        return add_own(s, "user/", all, (tagged_kind)0);
    case RES_USER:
        return add_users(s);
    case RES_USER_AND_POLICY:
        TRY(add_users(s));
        return add_policy(s);
    case RES_POLICY_ALL:
        return add_own(s, "policy/", all, (tagged_kind)0);
    case RES_POLICY:
        return add_policy(s);
    case RES_GROUP_ALL:
        return add_own(s, "group/", all, (tagged_kind)0);
    case RES_GROUP:
        return add_group(s);
    case RES_GROUP_AND_USER:
        TRY(add_users(s));
        return add_group(s);
    case RES_GROUP_AND_POLICY:
        TRY(add_group(s));
        return add_policy(s);
    case RES_ROLE_ALL:
        return add_own(s, "role/", all, (tagged_kind)0);
    case RES_ROLE:
        return add_role(s, s->role_name);
    case RES_ROLE_AND_POLICY:
        TRY(add_role(s, s->role_name));
        return add_policy(s);
    case RES_ROLE_ARN:
        return add_role_arn(s);
    case RES_TAGGED:
        return add_tagged(s);
    case RES_PRINCIPAL:
        return s->role_name.n > 0 ? add_role(s, s->role_name) : add_users(s);
    case RES_MFA_ALL:
        return add_own(s, "mfa/", all, (tagged_kind)0);
    case RES_MFA:
        if (s->serial_number.n == 0)
            return add_own(s, "mfa/", all, (tagged_kind)0);
        s->resources[s->resource_n++] = (resource){ .arn = s->serial_number }; /* a resource name itself */
        return ST_OK;
    }
    return ST_BUG;
}

/* --- conditions on tags ------------------------------------------------------------------------------------------- */

static status id_of(const call *c, const resource *r, uint64_t *ret, err *e)
{
    user_record u;
    role_record role;
    policy_record p;
    status s = ST_NOT_FOUND;
    switch (r->kind) {
    case TAGGED_USER:
        s = store_user_get_by_name(c->tx, c->arena, r->name, &u, e);
        *ret = s == ST_OK ? u.id : 0;
        break;
    case TAGGED_ROLE:
        s = store_role_get_by_name(c->tx, c->arena, r->name, &role, e);
        *ret = s == ST_OK ? role.id : 0;
        break;
    case TAGGED_POLICY:
        s = store_policy_get_by_name(c->tx, c->arena, r->name, &p, e);
        *ret = s == ST_OK ? p.id : 0;
        break;
    }
    return s;
}

typedef struct {
    context_entry *entries;
    str *values;
    size_t n;
} tag_entries;

static status add_tag(const call *c, tag_entries *to, const char *family, str key, str value)
{
    if (value.p == NULL)
        value = STR("");
    to->values[to->n] = value;
    TRY(arena_printf(c->arena, &to->entries[to->n].key, "%s" STR_FMT, family, STR_ARG(key)));
    to->entries[to->n].values = &to->values[to->n];
    to->entries[to->n].n = 1;
    to->n++;
    return ST_OK;
}

static tag_list tags_of_request(const call *c)
{
    for (size_t i = 0; i < c->shape->field_n; i++) {
        const field_rule *f = &c->shape->fields[i];
        if (f->type == FIELD_TAG_LIST)
            return *(const tag_list *)(const void *)((const char *)c->request + f->offset);
    }
    return (tag_list){ 0 };
}

/* The condition key of SetSecurityPreference: what the request asks for, in whichever spelling, so that none gets around it. */
static str mfa_operation_of_request(const call *c)
{
    str sent = { NULL, 0 };
    opt_bool enforce = { false, false };
    for (size_t i = 0; i < c->shape->field_n; i++) {
        const field_rule *f = &c->shape->fields[i];
        const char *at = (const char *)c->request + f->offset;
        if (str_eq(f->name, STR("MFAOperationForLogin")))
            sent = *(const str *)(const void *)at;
        else if (str_eq(f->name, STR("EnforceMFAForLogin")))
            enforce = *(const opt_bool *)(const void *)at;
    }
    return preference_mfa_operation_asked(sent, enforce);
}

/* Keys of conditions have no case, those of tags have: of two tags that differ in it alone a condition would see the first, and who
 * chooses the tags would choose which. */
static bool is_ambiguous(const tag_entries *t)
{
    for (size_t i = 0; i < t->n; i++) {
        const context before = { t->entries, i };
        if (context_find(&before, t->entries[i].key) != NULL)
            return true;
    }
    return false;
}

static status context_for(const call *c, const resource *r, const context **ret, err *e)
{
    const tag_list sent = tags_of_request(c);
    const str mfa_operation = mfa_operation_of_request(c);
    tag_record *have = NULL;
    size_t have_n = 0;
    if (r->kind != (tagged_kind)0 && authority_uses_resource_tags(c->who->authority)) {
        uint64_t id = 0;
        status s = id_of(c, r, &id, e);
        if (s == ST_OK)
            s = store_tag_list(c->tx, c->arena, r->kind, id, &have, &have_n, e);
        if (s != ST_NOT_FOUND)
            TRY(s);
    }
    tag_entries t = { .entries = arena_alloc_n(c->arena, sent.n + have_n + 1, sizeof(context_entry)),
                      .values = arena_alloc_n(c->arena, sent.n + have_n + 1, sizeof(str)) };
    if (t.entries == NULL || t.values == NULL)
        return ST_NO_MEMORY;
    if (mfa_operation.n > 0)
        TRY(add_tag(c, &t, "ram:MFAOperationForLogin", STR(""), mfa_operation));
    for (size_t i = 0; i < sent.n; i++)
        TRY(add_tag(c, &t, "acs:RequestTag/", sent.v[i].key, sent.v[i].value));
    for (size_t i = 0; i < have_n; i++)
        TRY(add_tag(c, &t, "acs:ResourceTag/", have[i].key, have[i].value));
    if (is_ambiguous(&t))
        return err_set_message(e, ST_DENIED, "NoPermission",
                               "The caller's policies have conditions, and two tags differ in the case of their keys alone.");
    const decide_circumstances x = { &c->context.source, c->context.user_agent, c->context.now_s, c->context.is_secure };
    *ret = decide_context(c->who, &x, t.entries, t.n, c->arena);
    return *ret != NULL ? ST_OK : ST_NO_MEMORY;
}

/* --- the decision ------------------------------------------------------------------------------------------------- */

static bool is_proven(const caller *who)
{
    return who->kind != CALLER_NONE && who->proof != PROOF_NONE;
}

static void allow(authorization *ret, str by)
{
    ret->by = (decision){ .is_allowed = true, .effect = EFFECT_ALLOW, .by = by, .resource = ret->by.resource };
}

/* Each resource, until one is refused. */
static status decide_each(survey *s, authorization *ret, err *e)
{
    const call *c = s->c;
    const bool needs_context = c->who->authority != NULL && authority_needs_context(c->who->authority);
    const uint64_t steps_end = pattern_steps() + DECIDE_STEPS_MAX; /* one budget, however many are named */
    for (size_t i = 0; i < s->resource_n; i++) {
        if (needs_context)
            TRY(context_for(c, &s->resources[i], &ret->context, e));
        const decide_question q = { ret->action, s->resources[i].arn, ret->context, c->arena, steps_end };
        decide(c->who, &q, &ret->by, NULL);
        if (!ret->by.is_allowed)
            return ST_OK;
    }
    return ST_OK;
}

status authorize(const call *c, authorization *ret, bool *ret_needs_store, err *e)
{
    const action_row *row = c->row;
    const caller *who = c->who;
    *ret = (authorization){ .action = row->authorized_as != NULL ? str_from_c(row->authorized_as) : STR("") };
    ret->by.by = STR("");
    *ret_needs_store = false;
    if (!is_proven(who) || row->authorized_as == NULL || row->on == RES_NONE || row->class == CLASS_NONE)
        return ST_OK;
    if (str_eq(ret->action, STR(NO_PERMISSION_NEEDED))) {
        allow(ret, STR("none needed"));
        return ST_OK;
    }
    if (who->kind == CALLER_ROOT) {
        allow(ret, STR("root"));
        return ST_OK;
    }
    survey whole, *s = &whole;
    TRY(survey_begin(s, c));
    for (size_t i = 0; i < c->shape->field_n; i++)
        TRY(note_field(s, &c->shape->fields[i], e));
    if (c->tx == NULL && who->authority != NULL && authority_uses_resource_tags(who->authority))
        s->needs_store = true;
    if (s->needs_store) {
        *ret_needs_store = true;
        return ST_OK;
    }
    TRY(add_resources(s));
    TRY(decide_each(s, ret, e));
    const bool is_opened = row->self != SELF_NONE && (who->switches & (uint32_t)row->self) != 0 && is_self(s);
    if (!ret->by.is_allowed && ret->by.effect != EFFECT_DENY && is_opened)
        allow(ret, STR("self-service"));
    return ST_OK;
}
