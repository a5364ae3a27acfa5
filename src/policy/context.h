/* context.h - the condition keys of one decision, and their values.
 *
 * Keys are compared without regard to ASCII case ("acs:SourceIp"). A key that is not in the context is absent, which is not the
 * same as empty. Values are borrowed texts; operators read them as numbers, times or addresses. Pure.
 */
#ifndef ARGALI_POLICY_CONTEXT_H
#define ARGALI_POLICY_CONTEXT_H

#include "base/str.h"

enum { CONTEXT_KEYS_MAX = 128 };

typedef struct {
    str key;
    const str *values;
    size_t n; /* at least 1 */
} context_entry;

typedef struct context {
    const context_entry *entries;
    size_t n;
} context;

const context_entry *context_find(const context *c, str key); /* NULL: absent; c may be NULL */

/* Is it this key, or with a trailing slash in what is asked a key of that family ("acs:ResourceTag/")? */
bool context_key_is_of(str key, str asked);

#endif
