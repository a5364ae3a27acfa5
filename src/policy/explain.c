/* explain.c - see explain.h. */
#include "policy/explain.h"

#include <string.h>

#include "policy/arn.h"
#include "policy/self_service.h"
#include "preference/preference.h"
#include "user/user.h"

enum { MEMORY_MAX = 16 << 20 };

const char *explain_entity_type(principal_kind k)
{
    switch (k) {
    case PRINCIPAL_USER:
        return "RamUser";
    case PRINCIPAL_GROUP:
        return "RamGroup";
    case PRINCIPAL_ROLE:
        return "RamRole";
    }
    return "";
}

const char *explain_decision_name(const explanation *x)
{
    if (x->by.is_allowed)
        return "Allowed";
    return x->by.effect == EFFECT_DENY ? "ExplicitDeny" : "ImplicitDeny";
}

const char *explain_layer_name(const explanation *x)
{
    return x->is_self_service ? "SelfService" : policy_layer_name(x->by.layer);
}

void explanation_done(explanation *x)
{
    authority_release(x->authority);
    arena_free(x->memory);
    *x = (explanation){ 0 };
}

/* --- the question ------------------------------------------------------------------------------------------------- */

static bool is_name_char(char c)
{
    return ascii_is_alnum(c) || c == '-' || c == '_' || c == '.';
}

static bool is_action(str s)
{
    str service, name;
    return str_split(s, ':', &service, &name) && service.n > 0 && name.n > 0 && str_is_of(service, is_name_char) &&
           str_is_of(name, is_name_char);
}

static status check_context(const explain_question *q, err *e)
{
    if (q->context_n > EXPLAIN_CONTEXT_MAX)
        return err_set_message(e, ST_INVALID, "InvalidParameter.Context", "The context has more than %d keys.",
                               EXPLAIN_CONTEXT_MAX);
    for (size_t i = 0; i < q->context_n; i++) {
        const context before = { q->context, i };
        if (q->context[i].key.n == 0 || q->context[i].n == 0)
            return err_set_message(e, ST_INVALID, "InvalidParameter.Context",
                                   "Every key of the context needs a name and a value.");
        if (context_find(&before, q->context[i].key) != NULL)
            return err_set_message(e, ST_INVALID, "InvalidParameter.Context",
                                   "A key of the context comes twice (keys have no case).");
    }
    return ST_OK;
}

static status check_texts(const explain_question *q, err *e)
{
    arn parts;
    if (!is_action(q->action))
        return err_set_message(e, ST_INVALID, "InvalidParameter.ActionName",
                               "The action has to be one action, such as ram:CreateUser, without wildcards.");
    if (arn_split(q->resource, &parts) != ST_OK)
        return err_set_message(e, ST_INVALID, "InvalidParameter.Resource",
                               "The resource has to be a resource name, such as acs:ram::1234567890123456:user/alice.");
    if (utf8_count(q->session_policy) > POLICY_SESSION_MAX)
        return err_set_message(e, ST_INVALID, "InvalidParameter.SessionPolicy.Length",
                               "A session policy has at most %d characters.", POLICY_SESSION_MAX);
    return check_context(q, e);
}

static status check_session(const explain_question *q, err *e)
{
    if (q->session_policy.n > 0 && q->role_name.n == 0)
        return err_set_message(e, ST_INVALID, "InvalidParameter.SessionPolicy",
                               "Sessions are of roles: a user has no session policy.");
    return ST_OK;
}

status explain_check(const explain_question *q, err *e)
{
    TRY(check_texts(q, e));
    return check_session(q, e);
}

/* --- who is asked about ------------------------------------------------------------------------------------------- */

typedef struct {
    caller who;
    bool is_frozen;
} subject;

static status find_user(store_tx *tx, arena *a, str name, subject *s, err *e)
{
    user_record u;
    preference_record preference;
    TRY(user_get_by_name(tx, a, name, &u, e));
    TRY(store_preference_get(tx, a, &preference, e));
    s->who.kind = CALLER_USER;
    s->who.id = u.id;
    s->who.switches = preference_switches(&preference);
    s->is_frozen = u.is_frozen;
    memcpy(s->who.name, u.name.p, u.name.n < USER_NAME_MAX ? u.name.n : USER_NAME_MAX);
    return ST_OK;
}

static status find_role(store_tx *tx, arena *a, str name, subject *s, err *e)
{
    role_record r;
    status st = store_role_get_by_name(tx, a, name, &r, e);
    if (st == ST_NOT_FOUND)
        return err_set(e, st, "EntityNotExist.Role", "no role of this name");
    TRY(st);
    s->who.kind = CALLER_ROLE;
    s->who.id = r.id;
    memcpy(s->who.name, r.name.p, r.name.n < USER_NAME_MAX ? r.name.n : USER_NAME_MAX);
    return ST_OK;
}

static status load(store_tx *tx, policy_cache *cache, const explain_question *q, subject *s, explanation *x, err *e)
{
    policy_document *session_policy = NULL;
    *s = (subject){ .who = { .proof = PROOF_ACS3, .account = store_tx_account(tx) } };
    if (q->role_name.n > 0)
        TRY(find_role(tx, x->memory, q->role_name, s, e));
    else
        TRY(find_user(tx, x->memory, q->user_name, s, e));
    TRY(check_session(q, e)); /* only now: a user who is not there is told first */
    if (q->session_policy.n > 0)
        TRY(policy_document_parse(q->session_policy, POLICY_IDENTITY, &session_policy, e));
    status st = authority_load(tx, x->memory, cache, s->who.kind == CALLER_ROLE ? PRINCIPAL_ROLE : PRINCIPAL_USER, s->who.id,
                               str_from_c(s->who.name), NULL, session_policy, &x->authority, e);
    policy_document_release(session_policy);
    s->who.authority = x->authority;
    return st;
}

/* --- the context -------------------------------------------------------------------------------------------------- */

/* What a call brings along of itself is not known here: it is left out unless it is given. */
static bool is_of_a_call(str key)
{
    return str_eq_nocase(key, STR("acs:SecureTransport")) || str_eq_nocase(key, STR("acs:UserAgent"));
}

static status make_context(const caller *who, const explain_question *q, arena *a, context *ret)
{
    const decide_circumstances now = { .now_s = q->now_s };
    const context *own = decide_context(who, &now, NULL, 0, a);
    const context given = { q->context, q->context_n };
    if (own == NULL)
        return ST_NO_MEMORY;
    context_entry *entries = arena_alloc_n(a, own->n + given.n + 1, sizeof *entries);
    if (entries == NULL)
        return ST_NO_MEMORY;
    size_t n = 0;
    for (size_t i = 0; i < own->n; i++)
        if (!is_of_a_call(own->entries[i].key) && context_find(&given, own->entries[i].key) == NULL)
            entries[n++] = own->entries[i];
    for (size_t i = 0; i < given.n; i++)
        entries[n++] = given.entries[i];
    *ret = (context){ entries, n };
    return ST_OK;
}

/* --- the statements ----------------------------------------------------------------------------------------------- */

typedef struct {
    const context *context;
    explanation *to;
    explained_statement *statements;              /* room for EXPLAIN_STATEMENTS_MAX */
    explained_statement closest[LAYER_TRUST + 1]; /* the allow of each layer that failed last; failed_at PART_NONE: none */
    size_t in_layer[LAYER_TRUST + 1];
    bool has_no_room;
} collector;

static str reason_of(collector *c, const statement_trace *t)
{
    str ret = { NULL, 0 };
    switch (t->failed_at) {
    case PART_NONE:
        return STR("Applies");
    case PART_PRINCIPAL:
        return STR("Principal does not match");
    case PART_ACTION:
        return STR("Action does not match");
    case PART_RESOURCE:
        return STR("Resource does not match");
    case PART_CONDITION:
        if (t->condition == NULL)
            return STR("Condition does not hold");
        const str operator_name = condition_operator(t->condition), key = condition_key(t->condition);
        if (arena_printf(c->to->memory, &ret, "Condition " STR_FMT " " STR_FMT " does not hold%s", STR_ARG(operator_name),
                         STR_ARG(key), context_find(c->context, key) == NULL ? ": the key is absent" : "") != ST_OK)
            c->has_no_room = true;
        return ret;
    }
    return ret;
}

static bool is_closer(const explained_statement *one, const explained_statement *than)
{
    return one->effect == EFFECT_ALLOW && one->failed_at >= PART_RESOURCE && one->failed_at > than->failed_at;
}

static void collect(void *self, const decide_trace *t)
{
    collector *c = self;
    explained_statement one = { .layer = t->layer,
                                .grant = t->grant,
                                .index = t->statement->index,
                                .sid = t->statement->sid,
                                .effect = t->statement->effect,
                                .failed_at = t->statement->failed_at };
    const bool is_listed = c->to->n < EXPLAIN_STATEMENTS_MAX, is_closest = is_closer(&one, &c->closest[t->layer]);
    if (is_listed || is_closest)
        one.reason = reason_of(c, t->statement);
    if (is_listed)
        c->statements[c->to->n++] = one;
    if (is_closest)
        c->closest[t->layer] = one;
    c->to->considered++;
    c->in_layer[t->layer]++;
}

/* --- in words ----------------------------------------------------------------------------------------------------- */

static const char *kind_name(principal_kind k)
{
    switch (k) {
    case PRINCIPAL_USER:
        return "user";
    case PRINCIPAL_GROUP:
        return "group";
    case PRINCIPAL_ROLE:
        return "role";
    }
    return "";
}

/* "Statement[0] of the custom policy Backup (v2), attached to the group ops" */
static status statement_in_words(arena *a, const grant *g, size_t index, str *ret)
{
    if (g == NULL)
        return arena_printf(a, ret, "Statement[%zu] of the session policy", index);
    return arena_printf(a, ret, "Statement[%zu] of the %s policy " STR_FMT " (v%u), attached to the %s " STR_FMT, index,
                        g->is_system ? "system" : "custom", STR_ARG(g->policy_name), (unsigned)g->version, kind_name(g->via),
                        STR_ARG(g->via_name));
}

static status closest_in_words(arena *a, const explained_statement *s, str *ret)
{
    str statement;
    *ret = STR("");
    if (s->failed_at == PART_NONE)
        return ST_OK;
    TRY(statement_in_words(a, s->grant, s->index, &statement));
    return arena_printf(a, ret, " Closest to it comes " STR_FMT ": " STR_FMT ".", STR_ARG(statement), STR_ARG(s->reason));
}

static status allowed_in_words(const collector *c, const explain_question *q, const char *what, str *ret)
{
    const explanation *x = c->to;
    str statement;
    if (x->is_self_service)
        return arena_printf(x->memory, ret,
                            "Allowed: no policy allows " STR_FMT
                            ", but the account's settings let its users do it to themselves.",
                            STR_ARG(q->action));
    TRY(statement_in_words(x->memory, x->by.grant, x->by.statement, &statement));
    return arena_printf(x->memory, ret, "Allowed: " STR_FMT ", allows %s%s, and no statement denies it.", STR_ARG(statement),
                        what, q->session_policy.n > 0 ? ", the session policy allows it too" : "");
}

static status refused_in_words(const collector *c, const subject *s, const char *what, str *ret)
{
    const explanation *x = c->to;
    const bool is_user = s->who.kind == CALLER_USER;
    str statement, closest;
    if (x->by.effect == EFFECT_DENY) {
        TRY(statement_in_words(x->memory, x->by.grant, x->by.statement, &statement));
        return arena_printf(x->memory, ret, "Refused: " STR_FMT "%s denies %s, and a deny stands above every allow.",
                            STR_ARG(statement), x->by.grant != NULL ? "," : "", what);
    }
    TRY(closest_in_words(x->memory, &c->closest[x->by.layer], &closest));
    if (x->by.layer == LAYER_SESSION)
        return arena_printf(
            x->memory, ret,
            "Refused: the session policy does not allow %s, and a session may only do what it and the policies of "
            "the role both allow." STR_FMT,
            what, STR_ARG(closest));
    if (c->in_layer[LAYER_IDENTITY] == 0)
        return arena_printf(x->memory, ret, "Refused: no policy is attached to the %s %s%s.", is_user ? "user" : "role",
                            s->who.name, is_user ? " or to a group that it is in" : "");
    return arena_printf(x->memory, ret, "Refused: no statement attached to the %s %s%s allows %s." STR_FMT,
                        is_user ? "user" : "role", s->who.name, is_user ? " or to its groups" : "", what, STR_ARG(closest));
}

static status in_words(const collector *c, const explain_question *q, const subject *s, str *ret)
{
    arena *a = c->to->memory;
    str what;
    TRY(arena_printf(a, &what, STR_FMT " on " STR_FMT, STR_ARG(q->action), STR_ARG(q->resource)));
    if (c->to->by.is_too_costly)
        return arena_printf(a, ret,
                            STR_FMT " is refused: the policies take too long to decide on. They hold too many wildcards.",
                            STR_ARG(what));
    TRY(c->to->by.is_allowed ? allowed_in_words(c, q, what.p, ret) : refused_in_words(c, s, what.p, ret));
    if (!s->is_frozen)
        return ST_OK;
    return arena_printf(a, ret, STR_FMT " The user is frozen: until it is thawed none of its AccessKeys works.", STR_ARG(*ret));
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

/* Self-service as authorize() grants it: to a user, on itself, where no policy denies. */
static status add_self_service(const subject *s, const explain_question *q, explanation *x)
{
    str own;
    if (x->by.is_allowed || x->by.effect == EFFECT_DENY || s->who.kind != CALLER_USER ||
        (s->who.switches & (uint32_t)self_service_of(q->action)) == 0)
        return ST_OK;
    TRY(principal_arn(&s->who, x->memory, &own));
    x->is_self_service = x->by.is_allowed = str_eq_nocase(q->resource, own);
    return ST_OK;
}

status explain(store_tx *tx, policy_cache *cache, const explain_question *q, explanation *ret, err *e)
{
    subject s;
    context asked;
    *ret = (explanation){ .memory = arena_new(64 * 1024, MEMORY_MAX) };
    if (ret->memory == NULL)
        return ST_NO_MEMORY;
    TRY(check_texts(q, e));
    TRY(load(tx, cache, q, &s, ret, e));
    TRY(make_context(&s.who, q, ret->memory, &asked));
    collector c = { .context = &asked, .to = ret };
    c.statements = arena_alloc_n(ret->memory, EXPLAIN_STATEMENTS_MAX, sizeof *c.statements);
    if (c.statements == NULL)
        return ST_NO_MEMORY;
    const decide_tracer tracer = { collect, &c };
    const decide_question question = {
        .action = q->action, .resource = q->resource, .context = &asked, .scratch = ret->memory
    };
    decide(&s.who, &question, &ret->by, &tracer);
    if (c.has_no_room)
        return ST_NO_MEMORY;
    ret->statements = c.statements;
    TRY(add_self_service(&s, q, ret));
    return in_words(&c, q, &s, &ret->summary);
}
