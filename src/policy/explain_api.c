/* explain_api.c - see explain_api.h. The action is Argali's own: api/argali.json. */
#include "policy/explain_api.h"

#include <jansson.h>

#include "catalogue/catalogue.gen.h"
#include "policy/policy.h"

/* --- the context, a JSON object: key to a text, or to an array of texts ------------------------------------------- */

static status not_a_context(err *e)
{
    return err_set_message(e, ST_INVALID, "InvalidParameter.Context",
                           "The context has to be a JSON object of texts and arrays of texts, such as "
                           "{\"acs:SourceIp\":\"10.0.0.1\"}, in which no member comes twice.");
}

static status copy_text(const json_t *value, arena *a, str *ret, err *e)
{
    if (!json_is_string(value))
        return not_a_context(e);
    return arena_copy(a, (str){ json_string_value(value), json_string_length(value) }, ret);
}

static status copy_values(const json_t *value, arena *a, context_entry *ret, err *e)
{
    const bool is_list = json_is_array(value);
    ret->n = is_list ? json_array_size(value) : 1;
    str *values = arena_alloc_n(a, ret->n + 1, sizeof *values);
    if (values == NULL)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < ret->n; i++)
        TRY(copy_text(is_list ? json_array_get(value, i) : value, a, &values[i], e));
    ret->values = values;
    return ST_OK;
}

static status copy_context(json_t *object, arena *a, explain_question *q, err *e)
{
    if (!json_is_object(object))
        return not_a_context(e);
    context_entry *entries = arena_alloc_n(a, json_object_size(object) + 1, sizeof *entries);
    if (entries == NULL)
        return ST_NO_MEMORY;
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        context_entry *one = &entries[q->context_n++];
        TRY(arena_copy(a, str_from_c(json_object_iter_key(at)), &one->key));
        TRY(copy_values(json_object_iter_value(at), a, one, e));
    }
    q->context = entries;
    return ST_OK;
}

static status read_context(str text, arena *a, explain_question *q, err *e)
{
    if (text.n == 0)
        return ST_OK;
    json_t *object = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
    status s = object == NULL ? not_a_context(e) : copy_context(object, a, q, e);
    json_decref(object);
    return s;
}

/* --- the answer --------------------------------------------------------------------------------------------------- */

static void reply_policy_of(reply *r, policy_layer layer, const grant *g)
{
    char version[VERSION_ID_MAX];
    if (layer != LAYER_NONE)
        reply_str(r, "Layer", str_from_c(policy_layer_name(layer)));
    if (g == NULL)
        return;
    reply_str(r, "PolicyName", g->policy_name);
    reply_str(r, "PolicyType", g->is_system ? SYSTEM_POLICY_TYPE : CUSTOM_POLICY_TYPE);
    reply_str(r, "PolicyVersion", version_id_format(g->version, version));
    reply_str(r, "AttachedEntityType", str_from_c(explain_entity_type(g->via)));
    reply_str(r, "AttachedEntityName", g->via_name);
}

static void reply_statement(reply *r, const explained_statement *s)
{
    reply_open_item(r);
    reply_policy_of(r, s->layer, s->grant);
    reply_i64(r, "StatementIndex", (int64_t)s->index);
    reply_str(r, "Sid", s->sid);
    reply_str(r, "Effect", s->effect == EFFECT_DENY ? STR("Deny") : STR("Allow"));
    reply_bool(r, "Applies", s->failed_at == PART_NONE);
    reply_str(r, "Reason", s->reason);
    reply_close(r);
}

void explain_reply(reply *r, const explanation *x)
{
    reply_str(r, "Decision", str_from_c(explain_decision_name(x)));
    reply_str(r, "Summary", x->summary);
    reply_open(r, "DecidedBy");
    if (x->is_self_service) {
        reply_str(r, "Layer", str_from_c(explain_layer_name(x)));
    } else {
        reply_policy_of(r, x->by.layer, x->by.grant);
        if (x->by.effect != EFFECT_NONE)
            reply_i64(r, "StatementIndex", (int64_t)x->by.statement);
    }
    reply_close(r);
    reply_i64(r, "StatementCount", (int64_t)x->considered);
    reply_open_list(r, "Statements", "Statement");
    for (size_t i = 0; i < x->n; i++)
        reply_statement(r, &x->statements[i]);
    reply_close_list(r);
}

status argali_explain_decision_read(call *c, err *e)
{
    const argali_explain_decision_request *rq = c->request;
    CLEANUP(explanation_done) explanation x = { 0 };
    explain_question q = {
        .action = rq->action_name,
        .resource = rq->resource,
        .user_name = rq->user_name,
        .role_name = rq->role_name,
        .session_policy = rq->session_policy,
        .now_s = c->context.now_s,
    };
    TRY(read_context(rq->context, c->arena, &q, e));
    TRY(explain(c->tx, c->policies, &q, &x, e));
    explain_reply(c->reply, &x);
    return ST_OK;
}
