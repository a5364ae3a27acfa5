/* action_pattern.c - see action_pattern.h. */
#include "policy/action_pattern.h"

#include <string.h>

enum { HEAD = 8 };

static bool is_wildcard(char c)
{
    return c == '*' || c == '?';
}

static uint64_t head_of(str text, size_t n)
{
    char bytes_of_head[HEAD] = { 0 };
    uint64_t ret;
    for (size_t i = 0; i < n; i++)
        bytes_of_head[i] = ascii_lower(text.p[i]);
    memcpy(&ret, bytes_of_head, sizeof ret);
    return ret;
}

status action_pattern_compile(str text, arena *a, action_pattern *ret, const char **ret_why)
{
    char mask[HEAD] = { 0 };
    size_t n = 0;
    while (n < HEAD && n < text.n && !is_wildcard(text.p[n]))
        mask[n++] = (char)0xff;
    TRY(pattern_compile(text, PATTERN_NOCASE, a, &ret->whole, ret_why));
    ret->head = head_of(text, n);
    memcpy(&ret->mask, mask, sizeof ret->mask);
    return ST_OK;
}

action_asked action_asked_of(str name)
{
    return (action_asked){ name, head_of(name, name.n < HEAD ? name.n : HEAD) };
}

bool action_pattern_match(const action_pattern *p, const action_asked *asked)
{
    bool failed = false; /* an action has no variables, so nothing can */
    return (asked->head & p->mask) == p->head && pattern_match(p->whole, asked->name, NULL, NULL, &failed) && !failed;
}
