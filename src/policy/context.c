/* context.c - see context.h. A context has few keys, so they are looked through one by one. */
#include "policy/context.h"

const context_entry *context_find(const context *c, str key)
{
    for (size_t i = 0; c != NULL && i < c->n; i++) {
        if (str_eq_nocase(c->entries[i].key, key))
            return &c->entries[i];
    }
    return NULL;
}

bool context_key_is_of(str key, str asked)
{
    if (asked.n > 0 && asked.p[asked.n - 1] == '/')
        return key.n > asked.n && str_eq_nocase(str_slice(key, 0, asked.n), asked);
    return str_eq_nocase(key, asked);
}
