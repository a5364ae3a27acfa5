/* statement.c - see statement.h. Compiling stands in statement_compile.c. */
#include "policy/statement.h"

static bool principal_matches(const statement *s, const policy_question *q)
{
    const name_list *l = &s->principals[q->principal_class];
    for (size_t i = 0; i < l->n; i++) {
        for (size_t k = 0; k < q->principal_n; k++) {
            if (str_eq_nocase(l->names[i], q->principals[k]))
                return true;
        }
    }
    return false;
}

static bool action_matches(const statement *s, const action_asked *action)
{
    bool is_match = false;
    for (size_t i = 0; i < s->action_n && !is_match; i++)
        is_match = action_pattern_match(&s->actions[i], action);
    return is_match != s->is_not_action;
}

static bool resource_matches(const statement *s, asked *x, bool *ret_failed)
{
    bool is_match = false;
    if (!x->has_resource)
        x->resource = resource_asked_of(x->q->resource);
    x->has_resource = true;
    for (size_t i = 0; i < s->resource_n && !is_match; i++) {
        is_match = resource_pattern_match(s->resources[i], &x->resource, x->q->context, x->q->scratch, ret_failed);
        /* "all but the caller's own" must not become "all" where whose it is is unknown */
        is_match |=
            s->is_not_resource && s->effect == EFFECT_ALLOW && !resource_pattern_is_known(s->resources[i], x->q->context);
    }
    return is_match != s->is_not_resource;
}

statement_part statement_ask(const statement *s, policy_kind kind, asked *x, const condition **ret_condition, bool *ret_failed)
{
    if (kind == POLICY_TRUST && !principal_matches(s, x->q))
        return PART_PRINCIPAL;
    if (!action_matches(s, &x->action))
        return PART_ACTION;
    if (kind == POLICY_IDENTITY && !resource_matches(s, x, ret_failed))
        return PART_RESOURCE;
    for (size_t i = 0; i < s->condition_n; i++) {
        if (!condition_holds(s->conditions[i], x->q->context, x->q->scratch, ret_failed)) {
            *ret_condition = s->conditions[i];
            return PART_CONDITION;
        }
    }
    return PART_NONE;
}

bool statement_needs_context(const statement *s)
{
    bool needs = s->condition_n > 0;
    for (size_t i = 0; i < s->resource_n && !needs; i++)
        needs = resource_pattern_has_variables(s->resources[i]);
    return needs;
}

bool statement_uses(const statement *s, str key)
{
    for (size_t i = 0; i < s->resource_n; i++) {
        if (resource_pattern_uses(s->resources[i], key))
            return true;
    }
    for (size_t i = 0; i < s->condition_n; i++) {
        if (condition_uses(s->conditions[i], key))
            return true;
    }
    return false;
}
