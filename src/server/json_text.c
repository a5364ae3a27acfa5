/* json_text.c - see json_text.h. */
#include "server/json_text.h"

void json_add_string(buf *to, str value)
{
    if (value.p == NULL) {
        buf_add(to, STR("null"));
        return;
    }
    buf_add_char(to, '"');
    for (size_t i = 0; i < value.n; i++) {
        uint8_t c = (uint8_t)value.p[i];
        if (c == '"' || c == '\\')
            buf_add_char(to, '\\');
        if (c < 0x20)
            buf_addf(to, "\\u%04x", c);
        else
            buf_add_char(to, (char)c);
    }
    buf_add_char(to, '"');
}

static void add_name(buf *to, const char *name)
{
    if (to->n > 0 && to->p[to->n - 1] != '{')
        buf_add_char(to, ',');
    buf_addf(to, "\"%s\":", name);
}

void json_add_text(buf *to, const char *name, str value)
{
    add_name(to, name);
    json_add_string(to, value);
}

void json_add_number(buf *to, const char *name, uint64_t value)
{
    add_name(to, name);
    buf_add_u64(to, value);
}
