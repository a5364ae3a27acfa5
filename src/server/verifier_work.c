/* verifier_work.c - verifier create, list and delete. Contracts: verifier_work.h, work.h. */
#include "server/verifier_work.h"

#include "audit/audit.h"
#include "base/timestamp.h"
#include "server/json_text.h"
#include "server/settings_use.h"
#include "server/work.h"
#include "user/upn.h"
#include "verifier/verifier.h"

enum { WORK_MEMORY = 1 << 20 };

const argument_row verifier_create_arguments[] = {
    { "name", true, false, "NAME", "Name of the verifier, one in its account." },
    { "host", true, true, "HOST[:PORT]", "A Host that requests to the service are signed for; up to 16." },
    { NULL, false, false, NULL, NULL },
};
const argument_row verifier_delete_arguments[] = {
    { "name", true, false, "NAME", "Name of the verifier." },
    { NULL, false, false, NULL, NULL },
};

typedef struct {
    const instance *instance;
    const settings *settings;
    const arguments *arguments;
    arena *memory;
    buf *out;
    verifier_record verifier;
    verifier_token token; /* of a new one */
} job;

/* --- output ------------------------------------------------------------------------------------------------------- */

static void print(const job *j, const verifier_record *r, const secret *token)
{
    char id[U64_TEXT_MAX], created[TIMESTAMP_LEN + 1];
    const str id_text = { id, u64_format(r->id, id) },
              token_text = token != NULL ? (str){ (const char *)token->p, token->n } : STR("");
    timestamp_format(r->created_s, created);
    if (settings_wants_json(j->settings)) {
        buf_add_char(j->out, '{');
        json_add_text(j->out, "VerifierId", id_text);
        json_add_text(j->out, "VerifierName", r->name);
        json_add_text(j->out, "Hosts", r->hosts);
        json_add_text(j->out, "CreateDate", str_from_c(created));
        if (token != NULL)
            json_add_text(j->out, "VerifierToken", token_text);
        buf_add(j->out, STR("}\n"));
        return;
    }
    buf_addf(j->out,
             "Verifier         " STR_FMT "\n  id             " STR_FMT "\n  hosts          " STR_FMT "\n  created        %s\n",
             STR_ARG(r->name), STR_ARG(id_text), STR_ARG(r->hosts), created);
    if (token != NULL)
        buf_addf(j->out,
                 "  token          " STR_FMT "\n\nThe token is shown once. It goes into the header X-Argali-Verifier.\n",
                 STR_ARG(token_text));
}

/* --- work --------------------------------------------------------------------------------------------------------- */

static status audit(store_tx *tx, const job *j, const char *event, err *e)
{
    return audit_write_internal(tx, j->instance->world, event, STR("Argali::Verifier"), j->verifier.name, e);
}

static status create(store_tx *tx, void *self, err *e)
{
    job *j = self;
    str hosts[ARGUMENTS_MAX], name = arguments_get(j->arguments, "name"), host;
    size_t n = 0;
    for (size_t at = 0; n < ARGUMENTS_MAX && (host = arguments_next(j->arguments, "host", &at)).p != NULL;)
        hosts[n++] = host;
    if (!user_name_is_valid(name))
        return err_set(e, ST_INVALID, NULL, "a name has 1 to 64 of A-Z a-z 0-9 . - _");
    verifier_token_done(&j->token); /* of a first run */
    TRY(verifier_create(tx, j->memory, j->instance->world, world_now_s(j->instance->world), name, hosts, n, &j->verifier,
                        &j->token, e));
    return audit(tx, j, "VerifierCreated", e);
}

static status delete_it(store_tx *tx, void *self, err *e)
{
    job *j = self;
    TRY(verifier_delete(tx, j->memory, arguments_get(j->arguments, "name"), &j->verifier, e));
    return audit(tx, j, "VerifierDeleted", e);
}

static status list(store_tx *tx, void *self, err *e)
{
    job *j = self;
    verifier_record *all = NULL;
    size_t n = 0;
    TRY(store_verifier_list(tx, j->memory, &all, &n, e));
    for (size_t i = 0; i < n; i++)
        print(j, &all[i], NULL);
    return ST_OK;
}

typedef status (*store_now)(store *s, uint64_t account, status (*run)(store_tx *tx, void *self, err *e), void *self, err *e);

static int work(job *j, store_now now, status (*run)(store_tx *tx, void *self, err *e))
{
    err e = { 0 };
    uint64_t account = 0;
    status st = j->memory == NULL ? ST_NO_MEMORY : work_account(j->instance, j->settings, &account, &e);
    if (st == ST_OK)
        st = now(j->instance->store, account, run, j, &e);
    if (st == ST_OK && j->token.s.n > 0)
        print(j, &j->verifier, &j->token.s);
    if (st == ST_OK && !buf_ok(j->out))
        st = ST_NO_MEMORY;
    verifier_token_done(&j->token);
    arena_free(j->memory);
    return st == ST_OK ? 0 : work_failed(j->out, st, &e);
}

static job job_of(const instance *i, const settings *s, const arguments *a, buf *out)
{
    return (job){ .instance = i, .settings = s, .arguments = a, .memory = arena_new(16384, WORK_MEMORY), .out = out };
}

int verifier_create_work(const instance *i, const settings *s, const arguments *a, buf *out)
{
    job j = job_of(i, s, a, out);
    return work(&j, store_apply_now, create);
}

int verifier_list_work(const instance *i, const settings *s, const arguments *a, buf *out)
{
    job j = job_of(i, s, a, out);
    return work(&j, store_read_now, list);
}

int verifier_delete_work(const instance *i, const settings *s, const arguments *a, buf *out)
{
    job j = job_of(i, s, a, out);
    return work(&j, store_apply_now, delete_it);
}
