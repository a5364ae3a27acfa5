/* document_fuzz.c - any text is a policy document or a complaint fit to be shown; whoever looks on changes no decision.
 *
 * The document, then after a line of "?" the question: action, resource, a principal, the value of a key, one a line. */
#include <stdlib.h>
#include <string.h>

#include "policy/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static arena *scratch;

static void require(bool holds)
{
    if (!holds)
        abort();
}

typedef struct {
    size_t n;
    bool denies, allows;
} trace;

static void note(void *self, const statement_trace *t)
{
    trace *x = self;
    require(t->index == x->n++);
    require(t->effect == EFFECT_ALLOW || t->effect == EFFECT_DENY);
    require((t->condition != NULL) == (t->failed_at == PART_CONDITION));
    x->denies = x->denies || (t->failed_at == PART_NONE && t->effect == EFFECT_DENY);
    x->allows = x->allows || (t->failed_at == PART_NONE && t->effect == EFFECT_ALLOW);
}

static void ask(const policy_document *d, const policy_question *q)
{
    trace x = { .n = 0 };
    const policy_tracer tracer = { note, &x };
    size_t by = SIZE_MAX, by_traced = SIZE_MAX;
    const policy_effect effect = policy_document_evaluate(d, q, &by, NULL);
    const policy_effect traced = policy_document_evaluate(d, q, &by_traced, &tracer);
    require(effect == traced && by == by_traced && x.n == policy_document_statement_count(d));
    require(effect == (x.denies ? EFFECT_DENY : x.allows ? EFFECT_ALLOW : EFFECT_NONE));
    require((effect == EFFECT_NONE) == (by == SIZE_MAX));
}

static void ask_all(const policy_document *d, const str lines[4])
{
    const str name = STR("alice"), address = STR("10.1.2.3"), time = STR("2026-11-24T00:00:00Z"), root = STR("acs:ram::1:root");
    const context_entry entries[] = {
        { STR("acs:PrincipalName"), &name, 1 }, { STR("acs:SourceIp"), &address, 1 }, { STR("acs:CurrentTime"), &time, 1 },
        { STR("v:v"), &lines[3], 1 },           { STR("v:several"), lines, 4 },
    };
    const context c = { entries, sizeof entries / sizeof entries[0] };
    policy_question q = { .action = STR("ram:GetUser"),
                          .resource = STR("acs:ram::1:user/alice"),
                          .principals = &root,
                          .principal_n = 1,
                          .context = &c,
                          .scratch = scratch };
    ask(d, &q);
    q.context = NULL;
    ask(d, &q);
    q = (policy_question){
        .action = lines[0], .resource = lines[1], .principals = &lines[2], .principal_n = 1, .context = &c, .scratch = scratch
    };
    for (size_t class = 0; class <= PRINCIPAL_CLASS_FEDERATED; class ++) {
        q.principal_class = (principal_class) class;
        ask(d, &q);
    }
    (void)policy_document_uses(d, lines[3]);
}

static void check_complaint(status s, const err *e)
{
    const str m = str_from_c(e->message);
    require(s == ST_INVALID);
    require(strcmp(e->code, "MalformedPolicyDocument") == 0);
    require(m.n > 0 && m.n < sizeof e->message - 1 && utf8_is_valid(m) && !utf8_has_control(m));
    require(!str_contains_nocase(m, STR("NotFound")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (scratch == NULL)
        scratch = arena_new(256 * 1024, 64 * 1024 * 1024);
    if (scratch == NULL)
        return 0;
    str text = { (const char *)data, size }, rest = { "", 0 }, lines[4] = { { "", 0 }, { "", 0 }, { "", 0 }, { "", 0 } };
    for (size_t i = 0; i + 3 <= size; i++) {
        if (memcmp(data + i, "\n?\n", 3) == 0) {
            rest = str_slice(text, i + 3, size);
            text = str_slice(text, 0, i);
            break;
        }
    }
    for (size_t i = 0; i < 4 && str_next(&rest, '\n', &lines[i]);)
        i++;
    for (int kind = POLICY_IDENTITY; kind <= POLICY_TRUST; kind++) {
        policy_document *d = NULL;
        err e = { .code = "" };
        arena_reset(scratch);
        const status s = policy_document_parse(text, (policy_kind)kind, &d, &e);
        require((s == ST_OK) == (d != NULL));
        if (s != ST_OK) {
            check_complaint(s, &e);
            continue;
        }
        require(policy_document_bytes(d) <= 8192 + 64 * text.n);
        ask_all(d, lines);
        policy_document_release(d);
    }
    return 0;
}
