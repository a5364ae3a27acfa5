/* explain_work.c - policy explain. Contracts: explain_work.h, work.h. */
#include "server/explain_work.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/request_id.h"
#include "catalogue/catalogue.gen.h"
#include "policy/explain_api.h"
#include "policy/policy.h"
#include "server/settings_use.h"
#include "server/work.h"

enum { CACHE_BYTES = 1 << 20, QUESTION_MEMORY = 1 << 20 };

const argument_row policy_explain_arguments[] = {
    { "user", false, false, "NAME", "The RAM user who would call; its groups count. Give this or --role." },
    { "role", false, false, "NAME", "The role in whose session the call would be made." },
    { "action", true, false, "ACTION", "What would be called, such as ram:CreateUser." },
    { "resource", true, false, "NAME", "On what, such as acs:ram::1234567890123456:user/alice." },
    { "context", false, true, "KEY=VALUE",
      "A condition key, such as acs:SourceIp=10.0.0.1 or acs:ResourceTag/team=blue; a key that is repeated has several values." },
    { "session-policy", false, false, "JSON", "The policy that the session was made with, as AssumeRole takes it." },
    { NULL, false, false, NULL, NULL },
};

/* --- the question ------------------------------------------------------------------------------------------------- */

static context_entry *entry_of(context_entry *entries, size_t *n, str key)
{
    for (size_t i = 0; i < *n; i++)
        if (str_eq_nocase(entries[i].key, key))
            return &entries[i];
    entries[*n] = (context_entry){ .key = key };
    return &entries[(*n)++];
}

/* A key given again has one value more. */
static status read_context(const arguments *a, arena *memory, explain_question *q, err *e)
{
    context_entry *entries = arena_alloc_n(memory, ARGUMENTS_MAX, sizeof *entries);
    str given, key, value;
    if (entries == NULL)
        return ST_NO_MEMORY;
    for (size_t at = 0; (given = arguments_next(a, "context", &at)).p != NULL;) {
        if (!str_split(given, '=', &key, &value) || key.n == 0)
            return err_set(e, ST_INVALID, NULL, "--context " STR_FMT ": it has to be KEY=VALUE",
                           STR_ARG(str_slice(given, 0, 64)));
        context_entry *one = entry_of(entries, &q->context_n, key);
        str *values = arena_alloc_n(memory, one->n + 1, sizeof *values);
        if (values == NULL)
            return ST_NO_MEMORY;
        for (size_t i = 0; i < one->n; i++)
            values[i] = one->values[i];
        values[one->n++] = value;
        one->values = values;
    }
    q->context = entries;
    return ST_OK;
}

static status read_question(const arguments *a, arena *memory, explain_question *q, err *e)
{
    *q = (explain_question){
        .action = arguments_get(a, "action"),
        .resource = arguments_get(a, "resource"),
        .user_name = arguments_get(a, "user"),
        .role_name = arguments_get(a, "role"),
        .session_policy = arguments_get(a, "session-policy"),
    };
    if ((q->user_name.n > 0) == (q->role_name.n > 0))
        return err_set(e, ST_INVALID, NULL, "say who would call, by --user or by --role");
    TRY(read_context(a, memory, q, e));
    return explain_check(q, e);
}

status policy_explain_check(const arguments *a, settings_fault *ret_fault)
{
    CLEANUP(arena_free_at) arena *memory = arena_new(16 * 1024, QUESTION_MEMORY);
    explain_question q;
    err e = { 0 };
    if (memory == NULL)
        return ST_NO_MEMORY;
    status s = read_question(a, memory, &q, &e);
    if (s != ST_OK)
        (void)snprintf(ret_fault->text, sizeof ret_fault->text, "%s", e.message[0] != '\0' ? e.message : e.log);
    return s;
}

/* --- the answer --------------------------------------------------------------------------------------------------- */

/* The same object as ExplainDecision answers. */
static status print_json(const explanation *x, const world *w, buf *out)
{
    char id[REQUEST_ID_SIZE];
    reply r = { 0 };
    request_id_new(w, id);
    reply_begin(&r, catalogue_get(ARGALI_EXPLAIN_DECISION), REPLY_JSON, str_from_c(id));
    explain_reply(&r, x);
    status s = reply_end(&r);
    if (s == ST_OK) {
        buf_add(out, buf_str(&r.out));
        buf_add_char(out, '\n');
    }
    reply_done(&r);
    return s;
}

enum { COLUMNS = 5 };

typedef struct {
    str cell[COLUMNS];
} table_row;

static const char *entity_word(principal_kind k)
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

static status fill_row(arena *a, const explanation *x, const explained_statement *s, table_row *ret)
{
    const bool is_decisive = !x->is_self_service && x->by.effect != EFFECT_NONE && s->layer == x->by.layer &&
                             s->grant == x->by.grant && s->index == x->by.statement;
    ret->cell[0] = is_decisive ? STR("decides") : s->failed_at == PART_NONE ? STR("applies") : STR("-");
    ret->cell[1] = s->effect == EFFECT_DENY ? STR("Deny") : STR("Allow");
    if (s->grant == NULL) {
        ret->cell[2] = STR("session policy");
        ret->cell[3] = STR("the session");
    } else {
        TRY(arena_printf(a, &ret->cell[2], STR_FMT " (%s v%u)", STR_ARG(s->grant->policy_name),
                         s->grant->is_system ? "System" : "Custom", (unsigned)s->grant->version));
        TRY(arena_printf(a, &ret->cell[3], "%s " STR_FMT, entity_word(s->grant->via), STR_ARG(s->grant->via_name)));
    }
    return arena_printf(a, &ret->cell[4], "[%zu]%s" STR_FMT, s->index, s->sid.n > 0 ? " " : "", STR_ARG(s->sid));
}

static void pad(str cell, size_t width, buf *out)
{
    buf_add(out, cell);
    for (size_t n = utf8_is_valid(cell) ? utf8_count(cell) : cell.n; n < width + 2; n++)
        buf_add_char(out, ' ');
}

static void print_rows(const explanation *x, const table_row *rows, buf *out)
{
    size_t width[COLUMNS] = { 0 };
    for (size_t i = 0; i <= x->n; i++)
        for (size_t k = 0; k < COLUMNS; k++) {
            const size_t n = utf8_is_valid(rows[i].cell[k]) ? utf8_count(rows[i].cell[k]) : rows[i].cell[k].n;
            width[k] = n > width[k] ? n : width[k];
        }
    for (size_t i = 0; i <= x->n; i++) {
        buf_add(out, STR("  "));
        for (size_t k = 0; k < COLUMNS; k++)
            pad(rows[i].cell[k], width[k], out);
        buf_add(out, i == 0 ? STR("why") : x->statements[i - 1].reason);
        buf_add_char(out, '\n');
    }
}

static status print_text(const explanation *x, buf *out)
{
    table_row *rows = arena_alloc_n(x->memory, x->n + 1, sizeof *rows);
    if (rows == NULL)
        return ST_NO_MEMORY;
    buf_addf(out, STR_FMT "\n", STR_ARG(x->summary));
    if (x->n == 0)
        return ST_OK;
    rows[0] = (table_row){ { STR(""), STR("effect"), STR("policy"), STR("attached to"), STR("statement") } };
    for (size_t i = 0; i < x->n; i++)
        TRY(fill_row(x->memory, x, &x->statements[i], &rows[i + 1]));
    buf_add_char(out, '\n');
    print_rows(x, rows, out);
    if (x->considered > x->n)
        buf_addf(out, "  ... and %zu statements more\n", x->considered - x->n);
    return ST_OK;
}

/* --- the work ----------------------------------------------------------------------------------------------------- */

typedef struct {
    const explain_question *question;
    policy_cache *cache;
    explanation *to;
} job;

static status run(store_tx *tx, void *self, err *e)
{
    job *j = self;
    return explain(tx, j->cache, j->question, j->to, e);
}

static status answer(const instance *i, const settings *s, const arguments *a, arena *memory, buf *out, err *e)
{
    CLEANUP(explanation_done) explanation x = { 0 };
    explain_question q;
    uint64_t account = 0;
    TRY(read_question(a, memory, &q, e));
    TRY(work_account(i, s, &account, e));
    q.now_s = world_now_s(i->world);
    policy_cache *cache = policy_cache_new(CACHE_BYTES, i->world);
    if (cache == NULL)
        return ST_NO_MEMORY;
    job j = { &q, cache, &x };
    status st = store_read_now(i->store, account, run, &j, e);
    policy_cache_free(cache);
    TRY(st);
    return settings_wants_json(s) ? print_json(&x, i->world, out) : print_text(&x, out);
}

int policy_explain_work(const instance *i, const settings *s, const arguments *a, buf *out)
{
    CLEANUP(arena_free_at) arena *memory = arena_new(16 * 1024, QUESTION_MEMORY);
    err e = { 0 };
    status st = memory == NULL ? ST_NO_MEMORY : answer(i, s, a, memory, out, &e);
    if (st == ST_OK && !buf_ok(out))
        st = err_set(&e, ST_LIMIT, NULL, "there is more to tell than fits");
    return st == ST_OK ? 0 : work_failed(out, st, &e);
}
