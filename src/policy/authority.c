/* authority.c - see authority.h. One allocation: the record, its grants, its epochs, its session and its texts. */
#include "policy/authority.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

struct authority {
    _Atomic unsigned references;
    policy_document *session_policy; /* a reference; NULL: none */
    caller_session *session;         /* NULL: none */
    grant *grants;                   /* a reference to each document */
    epoch_key *epochs;
    uint32_t grant_n, epoch_n;
    bool needs_context, uses_resource_tags;
};

authority *authority_hold(authority *x)
{
    if (x != NULL)
        atomic_fetch_add_explicit(&x->references, 1, memory_order_relaxed);
    return x;
}

void authority_release(authority *x)
{
    if (x == NULL || atomic_fetch_sub_explicit(&x->references, 1, memory_order_acq_rel) != 1)
        return;
    for (uint32_t i = 0; i < x->grant_n; i++)
        if (!x->grants[i].is_system)
            policy_document_release(x->grants[i].document);
    policy_document_release(x->session_policy);
    free(x);
}

const grant *authority_grants(const authority *x, size_t *ret_n)
{
    *ret_n = x->grant_n;
    return x->grants;
}

const policy_document *authority_session_policy(const authority *x)
{
    return x->session_policy;
}

const caller_session *authority_session(const authority *x)
{
    return x->session;
}

bool authority_needs_context(const authority *x)
{
    return x->needs_context;
}

bool authority_uses_resource_tags(const authority *x)
{
    return x->uses_resource_tags;
}

const epoch_key *authority_epochs(const authority *x, size_t *ret_n)
{
    *ret_n = x->epoch_n;
    return x->epochs;
}

/* --- loading ------------------------------------------------------------------------------------------------------ */

typedef struct {
    attachment_record *attached;
    size_t n;
    str via_name;
} source; /* what is attached to one principal */

typedef struct {
    store_tx *tx;
    arena *a;
    policy_cache *cache;
    source *sources; /* the caller itself, then its groups */
    size_t source_n;
    grant *grants; /* room for all of the sources */
    epoch_key *epochs;
    size_t grant_n, epoch_n;
} loading;

static void loading_done(loading *l)
{
    for (size_t i = 0; i < l->grant_n; i++)
        if (!l->grants[i].is_system)
            policy_document_release(l->grants[i].document);
    l->grant_n = 0;
}

static void add_epoch(loading *l, epoch_key k)
{
    for (size_t i = 0; i < l->epoch_n; i++)
        if (l->epochs[i].slot == k.slot)
            return;
    l->epochs[l->epoch_n++] = k;
}

static status custom_document(loading *l, const policy_record *p, policy_document **ret, err *e)
{
    *ret = policy_cache_find(l->cache, p->id, p->default_version);
    if (*ret != NULL)
        return ST_OK;
    policy_version_record v;
    TRY(store_policy_version_get(l->tx, l->a, p->id, p->default_version, &v, e));
    status s = policy_document_parse(v.document, POLICY_IDENTITY, ret, e);
    if (s == ST_INVALID) {
        log_event(LOG_ERROR, "policy_unreadable", LOG_S("policy", p->name), LOG_Z("why", e->log));
        return err_set(e, ST_BUG, NULL, "a stored policy does not compile");
    }
    TRY(s);
    if (!store_tx_may_write(l->tx)) /* what a transaction may still undo is not remembered: its number could come again */
        policy_cache_put(l->cache, p->id, p->default_version, *ret);
    return ST_OK;
}

static status add_grant(loading *l, const attachment_record *at, str via_name, err *e)
{
    grant g = { .policy_name = at->policy_name, .via = at->kind, .via_name = via_name };
    g.is_system = str_eq(at->policy_type, SYSTEM_POLICY_TYPE);
    if (g.is_system) {
        const system_policy *p = system_policy_find(at->policy_name);
        if (p == NULL)
            return err_set(e, ST_BUG, NULL, "a system policy is attached that this program does not know");
        g.document = system_policy_document(p);
        g.version = p->version;
    } else {
        policy_record p;
        const status s = store_policy_get_by_name(l->tx, l->a, at->policy_name, &p, e);
        if (s == ST_NOT_FOUND) /* which would read as: no such AccessKey */
            return err_set(e, ST_BUG, NULL, "a custom policy is attached that is not there");
        TRY(s);
        add_epoch(l, epoch_of_principal(p.id));
        TRY(custom_document(l, &p, &g.document, e));
        g.version = p.default_version;
    }
    l->grants[l->grant_n++] = g;
    return ST_OK;
}

static status find_sources(loading *l, principal_kind kind, uint64_t principal, str name, err *e)
{
    user_group_record *groups = NULL;
    size_t n = 0;
    if (kind == PRINCIPAL_USER)
        TRY(store_user_group_list(l->tx, l->a, principal, &groups, &n, e));
    l->sources = arena_alloc_n(l->a, n + 1, sizeof(source));
    if (l->sources == NULL)
        return ST_NO_MEMORY;
    for (; l->source_n <= n; l->source_n++) {
        source *one = &l->sources[l->source_n];
        const bool is_own = l->source_n == 0;
        one->via_name = is_own ? name : groups[l->source_n - 1].group.name;
        TRY(store_attachment_list(l->tx, l->a, is_own ? principal : groups[l->source_n - 1].group.id, &one->attached, &one->n,
                                  e));
    }
    size_t grants = 0;
    for (size_t i = 0; i < l->source_n; i++)
        grants += l->sources[i].n;
    l->grants = arena_alloc_n(l->a, grants + 1, sizeof(grant));
    l->epochs = arena_alloc_n(l->a, grants + n + 3 + SESSION_CHAIN_MAX, sizeof(epoch_key));
    if (l->grants == NULL || l->epochs == NULL)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        add_epoch(l, epoch_of_principal(groups[i].group.id));
    return ST_OK;
}

static void add_chain(loading *l, const caller_session *s)
{
    add_epoch(l, epoch_of_account(s->user_account));
    add_epoch(l, epoch_of_principal(s->user));
    add_epoch(l, epoch_of_access_key(str_from_c(s->user_access_key_id)));
    for (unsigned i = 0; i < s->chain_n; i++)
        add_epoch(l, epoch_of_principal(s->chain[i].role));
}

/* --- into one allocation ------------------------------------------------------------------------------------------ */

static str pack_text(char **at, str s)
{
    const str ret = { *at, s.n };
    if (s.n > 0)
        memcpy(*at, s.p, s.n);
    *at += s.n;
    return ret;
}

static status pack(loading *l, const caller_session *session, policy_document *session_policy, authority **ret)
{
    size_t size = sizeof(authority) + (session != NULL ? sizeof *session : 0) + l->grant_n * sizeof(grant) +
                  l->epoch_n * sizeof(epoch_key);
    for (size_t i = 0; i < l->grant_n; i++)
        size += l->grants[i].policy_name.n + l->grants[i].via_name.n;
    authority *x = malloc(size);
    if (x == NULL)
        return ST_NO_MEMORY;
    *x = (authority){ .references = 1, .grant_n = (uint32_t)l->grant_n, .epoch_n = (uint32_t)l->epoch_n };
    char *at = (char *)(x + 1); /* the most aligned first: the session, the grants, the epochs, the texts */
    if (session != NULL) {
        x->session = (caller_session *)(void *)at;
        *x->session = *session;
        at += sizeof *session;
    }
    x->grants = (grant *)(void *)at;
    at += l->grant_n * sizeof(grant);
    x->epochs = (epoch_key *)(void *)at;
    if (l->epoch_n > 0)
        memcpy(x->epochs, l->epochs, l->epoch_n * sizeof(epoch_key));
    at += l->epoch_n * sizeof(epoch_key);
    x->session_policy = session_policy != NULL ? policy_document_hold(session_policy) : NULL;
    if (session_policy != NULL) {
        x->needs_context = policy_document_needs_context(session_policy);
        x->uses_resource_tags = policy_document_uses(session_policy, STR("acs:ResourceTag/"));
    }
    for (size_t i = 0; i < l->grant_n; i++) {
        x->grants[i] = l->grants[i]; /* with its reference */
        x->grants[i].policy_name = pack_text(&at, l->grants[i].policy_name);
        x->grants[i].via_name = pack_text(&at, l->grants[i].via_name);
        x->needs_context |= policy_document_needs_context(x->grants[i].document);
        x->uses_resource_tags |= policy_document_uses(x->grants[i].document, STR("acs:ResourceTag/"));
    }
    l->grant_n = 0;
    *ret = x;
    return ST_OK;
}

status authority_load(store_tx *tx, arena *a, policy_cache *cache, principal_kind kind, uint64_t principal, str name,
                      const caller_session *session, policy_document *session_policy, authority **ret, err *e)
{
    CLEANUP(loading_done) loading l = { .tx = tx, .a = a, .cache = cache };
    TRY(find_sources(&l, kind, principal, name, e));
    for (size_t i = 0; i < l.source_n; i++)
        for (size_t k = 0; k < l.sources[i].n; k++)
            TRY(add_grant(&l, &l.sources[i].attached[k], l.sources[i].via_name, e));
    if (session != NULL)
        add_chain(&l, session);
    return pack(&l, session, session_policy, ret);
}

authority *authority_of_session_policy(policy_document *session_policy)
{
    loading nothing = { .grant_n = 0 };
    authority *x = NULL;
    return pack(&nothing, NULL, session_policy, &x) == ST_OK ? x : NULL;
}
