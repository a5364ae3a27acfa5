/* json_text.c - see json_text.h. */
#include "server/json_text.h"

#include "catalogue/escape.h"

static void add_name(buf *to, const char *name)
{
    if (to->n > 0 && to->p[to->n - 1] != '{')
        buf_add_char(to, ',');
    buf_addf(to, "\"%s\":", name);
}

void json_add_text(buf *to, const char *name, str value)
{
    add_name(to, name);
    if (value.p == NULL) {
        buf_add(to, STR("null"));
        return;
    }
    buf_add_char(to, '"');
    escape_json(to, value);
    buf_add_char(to, '"');
}

void json_add_number(buf *to, const char *name, uint64_t value)
{
    add_name(to, name);
    buf_add_u64(to, value);
}
