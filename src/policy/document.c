/* document.c - see document.h.
 *
 * The JSON is compiled twice: once to learn how much memory it takes, then into an arena of that size, so that a document that
 * is kept holds nothing to spare.
 */
#include "policy/document.h"

#include <stdatomic.h>

#include "policy/statement.h"

enum { TEXT_MAX = 65536, NESTING_MAX = 16 };

struct policy_document {
    atomic_size_t references;
    arena *a; /* holds this struct too */
    size_t bytes;
    policy_kind kind;
    size_t n;
    const statement *statements;
};

static atomic_size_t live_bytes;

/* --- syntax -------------------------------------------------------------------------------------- */

/* Refuses deep nesting before the recursive parser sees it. Everything else that is wrong here is left to that parser. */
static status check_nesting(str text, err *e)
{
    size_t line = 1, column = 0, depth = 0;
    bool in_text = false;
    for (size_t i = 0; i < text.n; i++) {
        const char c = text.p[i];
        column += ((uint8_t)c & 0xC0) != 0x80 ? 1 : 0; /* in characters */
        if (c == '\n') {
            line++;
            column = 0;
        } else if (in_text && c == '\\') {
            i++;
            column++;
        } else if (c == '"') {
            in_text = !in_text;
        } else if (!in_text && (c == '{' || c == '[') && ++depth > NESTING_MAX) {
            return complain_of_line(e, line, column, STR("nested too deeply for a policy"));
        } else if (!in_text && (c == '}' || c == ']') && depth > 0) {
            depth--;
        }
    }
    return ST_OK;
}

static void json_done(json_t **root)
{
    json_decref(*root);
}

static status read_json(str text, json_t **ret, err *e)
{
    if (text.n > TEXT_MAX)
        return complain(e, NULL, "is longer than 65,536 bytes");
    TRY(check_nesting(text, e));
    json_error_t why;
    json_t *root = json_loadb(text.p != NULL ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &why);
    if (root == NULL && json_error_code(&why) == json_error_out_of_memory)
        return err_set(e, ST_NO_MEMORY, NULL, "no memory for a policy document");
    if (root == NULL)
        return complain_of_line(e, why.line > 0 ? (size_t)why.line : 1, why.column > 0 ? (size_t)why.column : 1,
                                str_from_c(why.text));
    *ret = root;
    return ST_OK;
}

/* --- meaning ------------------------------------------------------------------------------------- */

static status check_root(json_t *root, err *e)
{
    if (!json_is_object(root))
        return complain(e, NULL, "has to be an object with Version and Statement");
    for (void *i = json_object_iter(root); i != NULL; i = json_object_iter_next(root, i)) {
        const str name = { json_object_iter_key(i), json_object_iter_key_len(i) };
        if (!str_eq(name, STR("Version")) && !str_eq(name, STR("Statement")))
            return complain(e, PATH_MEMBER(NULL, name), "is not a member of a policy document");
    }
    const json_t *version = json_object_get(root, "Version"), *statements = json_object_get(root, "Statement");
    if (version == NULL)
        return complain(e, NULL, "has no Version");
    if (!json_is_string(version) || !str_eq(str_from_c(json_string_value(version)), STR("1")))
        return complain(e, PATH_MEMBER(NULL, STR("Version")), "has to be the text 1");
    if (statements == NULL)
        return complain(e, NULL, "has no Statement");
    if (!json_is_array(statements) || json_array_size(statements) == 0)
        return complain(e, PATH_MEMBER(NULL, STR("Statement")), "has to be a list of at least one statement");
    return ST_OK;
}

static status compile(json_t *root, policy_kind kind, arena *a, policy_document **ret, err *e)
{
    enum { SCRATCH_FIRST = 1024, SCRATCH_CAP = 4 * 1024 * 1024 };
    CLEANUP(arena_free_at) arena *scratch = arena_new(SCRATCH_FIRST, SCRATCH_CAP);
    json_t *list = json_object_get(root, "Statement");
    const size_t n = json_array_size(list);
    policy_document *d = arena_alloc(a, sizeof *d);
    statement *statements = arena_alloc_n(a, n, sizeof *statements);
    if (scratch == NULL || d == NULL || statements == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "no memory for a policy document");
    const path *at = PATH_MEMBER(NULL, STR("Statement"));
    for (size_t i = 0; i < n; i++)
        TRY(statement_compile(json_array_get(list, i), kind, PATH_INDEX(at, i), a, scratch, &statements[i], e));
    atomic_init(&d->references, 1);
    d->a = a;
    d->kind = kind;
    d->n = n;
    d->statements = statements;
    *ret = d;
    return ST_OK;
}

/* The bytes that compile() takes; what is wrong with the document is found here. */
static status measure(json_t *root, size_t text_n, policy_kind kind, size_t *ret, err *e)
{
    enum { FIRST = 8192, BYTES_PER_CHARACTER = 64, CAP = 64 * 1024 * 1024 }; /* one block, so that padding comes out the same */
    CLEANUP(arena_free_at) arena *a = arena_new(FIRST + text_n * BYTES_PER_CHARACTER, CAP);
    policy_document *d;
    if (a == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "no memory for a policy document");
    TRY(compile(root, kind, a, &d, e));
    *ret = arena_used(a);
    return ST_OK;
}

status policy_document_parse(str text, policy_kind kind, policy_document **ret, err *e)
{
    enum { SPARE = 1024, ARENA_BYTES = 128 }; /* ARENA_BYTES: of the arena itself and the allocator */
    CLEANUP(json_done) json_t *root = NULL;
    size_t n = 0;
    TRY(read_json(text, &root, e));
    TRY(check_root(root, e));
    TRY(measure(root, text.n, kind, &n, e));
    arena *a = arena_new(n, n + SPARE);
    policy_document *d = NULL;
    if (a == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "no memory for a policy document");
    const status s = compile(root, kind, a, &d, e);
    if (s != ST_OK) {
        arena_free(a);
        return s;
    }
    d->bytes = arena_used(a) + ARENA_BYTES;
    atomic_fetch_add_explicit(&live_bytes, d->bytes, memory_order_relaxed);
    *ret = d;
    return ST_OK;
}

/* --- lifetime ------------------------------------------------------------------------------------ */

policy_document *policy_document_hold(policy_document *d)
{
    atomic_fetch_add_explicit(&d->references, 1, memory_order_relaxed);
    return d;
}

void policy_document_release(policy_document *d)
{
    if (d == NULL || atomic_fetch_sub_explicit(&d->references, 1, memory_order_acq_rel) != 1)
        return;
    atomic_fetch_sub_explicit(&live_bytes, d->bytes, memory_order_relaxed);
    arena_free(d->a);
}

bool policy_document_is_shared(const policy_document *d)
{
    return atomic_load_explicit(&d->references, memory_order_acquire) > 1;
}

size_t policy_documents_bytes(void)
{
    return atomic_load_explicit(&live_bytes, memory_order_relaxed);
}

size_t policy_document_bytes(const policy_document *d)
{
    return d->bytes;
}

size_t policy_document_statement_count(const policy_document *d)
{
    return d->n;
}

bool policy_document_needs_context(const policy_document *d)
{
    for (size_t i = 0; i < d->n; i++) {
        if (statement_needs_context(&d->statements[i]))
            return true;
    }
    return false;
}

bool policy_document_uses(const policy_document *d, str key)
{
    for (size_t i = 0; i < d->n; i++) {
        if (statement_uses(&d->statements[i], key))
            return true;
    }
    return false;
}

/* --- evaluation ---------------------------------------------------------------------------------- */

static void show(const policy_tracer *tracer, const policy_document *d, size_t i, statement_part failed_at, const condition *k)
{
    if (tracer == NULL)
        return;
    const statement *s = &d->statements[i];
    const statement_trace t = { i, s->sid, s->effect, failed_at, failed_at == PART_CONDITION ? k : NULL };
    tracer->statement(tracer->self, &t);
}

policy_effect policy_document_evaluate(const policy_document *d, const policy_question *q, size_t *ret_statement,
                                       const policy_tracer *tracer)
{
    asked x = { .q = q, .action = action_asked_of(q->action) };
    policy_effect effect = EFFECT_NONE;
    for (size_t i = 0; i < d->n; i++) {
        const condition *k = NULL;
        bool failed = q->steps_end != 0 && pattern_steps() >= q->steps_end;
        const statement_part failed_at = statement_ask(&d->statements[i], d->kind, &x, &k, &failed);
        show(tracer, d, i, failed_at, k);
        const policy_effect said = failed ? EFFECT_DENY : failed_at == PART_NONE ? d->statements[i].effect : EFFECT_NONE;
        if (said > effect) { /* the first that allows, unless one denies */
            effect = said;
            *ret_statement = i;
        }
        if (effect == EFFECT_DENY && tracer == NULL)
            break; /* nothing can change it, and nobody looks on */
    }
    return effect;
}
