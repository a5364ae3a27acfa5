/* system_policy.c - see system_policy.h. The table is generated from system_policies.json by generate.py. */
#include "policy/system_policy.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/log.h"
#include "policy/system_policies.gen.h"

static _Atomic(policy_document *) compiled[SYSTEM_POLICY_COUNT];

const system_policy *system_policy_at(size_t i)
{
    return i < SYSTEM_POLICY_COUNT ? &system_policies[i] : NULL;
}

static int compare_folded(str a, str b)
{
    for (size_t i = 0; i < a.n && i < b.n; i++) {
        const char x = ascii_lower(a.p[i]), y = ascii_lower(b.p[i]);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return a.n < b.n ? -1 : a.n > b.n;
}

const system_policy *system_policy_find(str name)
{
    size_t low = 0, high = SYSTEM_POLICY_COUNT;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = compare_folded(system_policies[middle].name, name);
        if (order == 0)
            return &system_policies[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* The text is known to be a policy, so what fails here is memory; an absent document would be a wrong decision. */
static policy_document *compile(const system_policy *p)
{
    policy_document *d = NULL;
    err e = { 0 };
    const status s = policy_document_parse(p->document, POLICY_IDENTITY, &d, &e);
    if (s != ST_OK) {
        log_event(LOG_ERROR, "system_policy_unreadable", LOG_S("policy", p->name), LOG_Z("why", e.log));
        abort();
    }
    return d;
}

policy_document *system_policy_document(const system_policy *p)
{
    _Atomic(policy_document *) *at = &compiled[p - system_policies];
    policy_document *d = atomic_load_explicit(at, memory_order_acquire);
    if (d != NULL)
        return d;
    policy_document *mine = compile(p);
    if (atomic_compare_exchange_strong_explicit(at, &d, mine, memory_order_acq_rel, memory_order_acquire))
        return mine;
    policy_document_release(mine); /* another thread was first */
    return d;
}
