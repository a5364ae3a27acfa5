/* verifier_api.c - see verifier_api.h. */
#include "verifier/verifier_api.h"

#include "audit/audit.h"
#include "catalogue/catalogue.gen.h"
#include "verifier/verifier.h"

static status audit_verifier(call *c, const verifier_record *r, err *e)
{
    str id;
    TRY(arena_printf(c->arena, &id, "%llu", (unsigned long long)r->id));
    const audit_parameter p[] = { { STR("VerifierId"), id }, { STR("Hosts"), r->hosts } };
    return audit_write(c, STR("Argali::Verifier"), r->name, p, 2, e);
}

static void reply_verifier(reply *r, const verifier_record *v)
{
    char id[U64_TEXT_MAX];
    reply_str(r, "VerifierId", (str){ id, u64_format(v->id, id) });
    reply_str(r, "VerifierName", v->name);
    reply_open_list(r, "Hosts", "Host");
    for (str rest = v->hosts, host; str_next(&rest, ',', &host);)
        reply_item_str(r, host);
    reply_close_list(r);
    reply_time(r, "CreateDate", v->created_s);
}

status argali_create_verifier_apply(call *c, err *e)
{
    const argali_create_verifier_request *rq = c->request;
    CLEANUP(verifier_token_done) verifier_token token = { 0 };
    verifier_record v;
    TRY(verifier_create(c->tx, c->arena, c->world, c->context.now_s, rq->verifier_name, rq->hosts.v, rq->hosts.n, &v, &token,
                        e));
    TRY(audit_verifier(c, &v, e));
    reply_open(c->reply, "Verifier");
    reply_verifier(c->reply, &v);
    reply_close(c->reply);
    reply_secret(c->reply, "VerifierToken", &token.s);
    return ST_OK;
}

status argali_list_verifiers_read(call *c, err *e)
{
    verifier_record *all = NULL;
    size_t n = 0;
    TRY(store_verifier_list(c->tx, c->arena, &all, &n, e));
    reply_open_list(c->reply, "Verifiers", "Verifier");
    for (size_t i = 0; i < n; i++) {
        reply_open_item(c->reply);
        reply_verifier(c->reply, &all[i]);
        reply_close(c->reply);
    }
    reply_close_list(c->reply);
    return ST_OK;
}

status argali_delete_verifier_apply(call *c, err *e)
{
    const argali_delete_verifier_request *rq = c->request;
    verifier_record v;
    TRY(verifier_delete(c->tx, c->arena, rq->verifier_name, &v, e));
    return audit_verifier(c, &v, e);
}
