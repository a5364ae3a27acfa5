/* reply.c - the writer walks the response shape while the handler writes: level[depth - 1] is the object or list being written.
 *
 * A wrapped list takes two levels, its wrapper and itself. Members that the shape does not have are dropped with all that is in
 * them.
 */
#include "catalogue/reply.h"

#include <string.h>

#include "base/timestamp.h"
#include "catalogue/escape.h"

enum {
    REPLY_SIZE_FIRST = 1024,     /* holds most answers, so that a connection's buffer is allocated once */
    REPLY_SIZE_KEPT = 64 * 1024, /* a larger one is given back: every reuse wipes all of it */
};

const char *reply_content_type(reply_format format)
{
    return format == REPLY_XML ? "text/xml;charset=utf-8" : "application/json;charset=utf-8";
}

/* --- levels ------------------------------------------------------------------------------------------------------- */

static void push(reply *r, const response_shape *at, bool is_list, bool is_wrapped)
{
    if (r->depth == REPLY_DEPTH_MAX) {
        r->failed = true;
        return;
    }
    r->level[r->depth].at = at;
    r->level[r->depth].written = 0;
    r->level[r->depth].is_list = is_list;
    r->level[r->depth].is_wrapped = is_wrapped;
    r->level[r->depth].is_dropped = at == NULL;
    r->level[r->depth].has_members = false;
    r->depth++;
}

/* Is an object (or a list) being written, so that something may be put into it? */
static bool is_inside(reply *r, bool list)
{
    if (r->failed || r->depth == 0 || r->level[r->depth - 1].is_list != list) {
        r->failed = true;
        return false;
    }
    return true;
}

/* The shape of the member `name` of the object being written, from now on counted as written. NULL: dropped, or failed. */
static const response_shape *claim(reply *r, const char *name)
{
    if (!is_inside(r, false) || r->level[r->depth - 1].is_dropped)
        return NULL;
    const response_shape *at = r->level[r->depth - 1].at;
    size_t n = strlen(name);
    for (unsigned i = 0; i < at->child_n; i++) {
        if (at->children[i].name.n != n || memcmp(at->children[i].name.p, name, n) != 0)
            continue;
        uint64_t bit = (uint64_t)1 << i;
        if (r->level[r->depth - 1].written & bit) {
            r->failed = true;
            return NULL;
        }
        r->level[r->depth - 1].written |= bit;
        return &at->children[i];
    }
    return NULL;
}

static bool may_be(reply *r, const response_shape *s, unsigned kinds)
{
    if (s == NULL)
        return false;
    if ((kinds & 1u << s->kind) == 0)
        r->failed = true;
    return !r->failed;
}

/* --- names and values --------------------------------------------------------------------------------------------- */

static void add_tag(reply *r, const char *before, str name)
{
    buf_add(&r->out, str_from_c(before));
    buf_add(&r->out, name);
    buf_add_char(&r->out, '>');
}

static void add_comma(reply *r)
{
    if (r->level[r->depth - 1].has_members)
        buf_add_char(&r->out, ',');
    r->level[r->depth - 1].has_members = true;
}

static void add_name(reply *r, str name)
{
    if (r->format == REPLY_XML) {
        add_tag(r, "<", name);
        return;
    }
    add_comma(r);
    buf_add_char(&r->out, '"');
    buf_add(&r->out, name);
    buf_add(&r->out, STR("\":"));
}

static void add_text(reply *r, str value, bool is_quoted)
{
    if (r->format == REPLY_XML) {
        escape_xml(&r->out, value);
        return;
    }
    if (is_quoted)
        buf_add_char(&r->out, '"');
    escape_json(&r->out, value);
    if (is_quoted)
        buf_add_char(&r->out, '"');
}

static uint8_t *put(uint8_t *at, str s)
{
    if (s.n > 0)
        memcpy(at, s.p, s.n);
    return at + s.n;
}

/* What nearly every member is, a name and a plain text, written in one piece; false: not one of those, nothing was written. */
static bool add_plain_member(reply *r, str name, str value)
{
    if (r->format != REPLY_JSON || !r->level[r->depth - 1].has_members || escape_json_plain(value) < value.n ||
        !buf_reserve(&r->out, name.n + value.n + sizeof ",\"\":\"\""))
        return false;
    uint8_t *at = put(r->out.p + r->out.n, STR(",\""));
    at = put(put(at, name), STR("\":\""));
    at = put(put(at, value), STR("\""));
    r->out.n = (size_t)(at - r->out.p);
    return true;
}

static void add_member(reply *r, const response_shape *s, str value, bool is_quoted)
{
    if (is_quoted && add_plain_member(r, s->name, value))
        return;
    add_name(r, s->name);
    add_text(r, value, is_quoted);
    if (r->format == REPLY_XML)
        add_tag(r, "</", s->name);
}

enum { TEXTS = 1u << SHAPE_STRING | 1u << SHAPE_TIME_MS | 1u << SHAPE_TIME_S };

void reply_str(reply *r, const char *name, str value)
{
    if (value.p == NULL)
        return;
    const response_shape *s = claim(r, name);
    if (may_be(r, s, TEXTS | 1u << SHAPE_ANY))
        add_member(r, s, value, true);
}

void reply_secret(reply *r, const char *name, const secret *value)
{
    buf plain;
    buf_init_secret(&plain, value->n + 1);
    secret_reveal(value, &plain);
    if (!buf_ok(&plain))
        r->failed = true;
    else
        reply_str(r, name, buf_str(&plain));
    buf_done(&plain);
}

/* Decimal of a number; ret holds at least 21 bytes. */
static str decimal(int64_t value, char ret[static 21])
{
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    size_t at = 21;
    do {
        ret[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (value < 0)
        ret[--at] = '-';
    return (str){ ret + at, 21 - at };
}

void reply_i64(reply *r, const char *name, int64_t value)
{
    char digits[21];
    const response_shape *s = claim(r, name);
    if (may_be(r, s, TEXTS | 1u << SHAPE_ANY | 1u << SHAPE_NUMBER))
        add_member(r, s, decimal(value, digits), s->kind != SHAPE_NUMBER && s->kind != SHAPE_ANY);
}

void reply_bool(reply *r, const char *name, bool value)
{
    const response_shape *s = claim(r, name);
    if (may_be(r, s, 1u << SHAPE_STRING | 1u << SHAPE_ANY | 1u << SHAPE_BOOL))
        add_member(r, s, value ? STR("true") : STR("false"), s->kind == SHAPE_STRING);
}

void reply_time(reply *r, const char *name, int64_t unix_s)
{
    char text[TIMESTAMP_LEN + 1];
    char digits[21];
    if (unix_s == 0)
        return;
    const response_shape *s = claim(r, name);
    if (!may_be(r, s, TEXTS))
        return;
    if (s->kind == SHAPE_STRING) {
        timestamp_format(unix_s, text);
        add_member(r, s, (str){ text, TIMESTAMP_LEN }, true);
    } else {
        add_member(r, s, decimal(s->kind == SHAPE_TIME_MS ? unix_s * 1000 : unix_s, digits), true);
    }
}

/* --- objects and lists -------------------------------------------------------------------------------------------- */

static bool is_wrapper(const response_shape *s)
{
    return s->kind == SHAPE_OBJECT && s->child_n == 1 && s->children[0].kind == SHAPE_LIST;
}

/* Lists that nobody opened: clients take a missing one for an error. A bare list has no element of its own in XML. */
static void add_missing_lists(reply *r)
{
    const response_shape *at = r->level[r->depth - 1].at;
    for (unsigned i = 0; i < at->child_n; i++) {
        const response_shape *s = &at->children[i];
        if (r->level[r->depth - 1].written & (uint64_t)1 << i)
            continue;
        if (is_wrapper(s)) {
            add_name(r, s->name);
            if (r->format == REPLY_XML) {
                add_tag(r, "</", s->name);
                continue;
            }
            buf_add(&r->out, STR("{\""));
            buf_add(&r->out, s->children[0].name);
            buf_add(&r->out, STR("\":[]}"));
        } else if (s->kind == SHAPE_LIST && r->format == REPLY_JSON) {
            add_name(r, s->name);
            buf_add(&r->out, STR("[]"));
        }
    }
}

/* The element name of the innermost level in XML: an item is called as its list. */
static void add_end_tag(reply *r)
{
    if (r->depth == 1) {
        buf_add(&r->out, STR("</"));
        buf_add(&r->out, r->action->name);
        buf_add(&r->out, STR("Response>"));
    } else {
        bool is_item = r->level[r->depth - 2].is_list;
        add_tag(r, "</", is_item ? r->level[r->depth - 2].at->name : r->level[r->depth - 1].at->name);
    }
}

void reply_open(reply *r, const char *name)
{
    const response_shape *s = claim(r, name);
    if (s != NULL && may_be(r, s, 1u << SHAPE_OBJECT)) {
        add_name(r, s->name);
        if (r->format == REPLY_JSON)
            buf_add_char(&r->out, '{');
    }
    if (!r->failed)
        push(r, s, false, false);
}

static void close_object(reply *r)
{
    if (!r->level[r->depth - 1].is_dropped) {
        add_missing_lists(r);
        if (r->format == REPLY_XML)
            add_end_tag(r);
        else
            buf_add_char(&r->out, '}');
    }
    r->depth--;
}

void reply_close(reply *r)
{
    if (!is_inside(r, false))
        return;
    if (r->depth == 1) /* the answer itself is closed by reply_end */
        r->failed = true;
    else
        close_object(r);
}

void reply_open_list(reply *r, const char *wrapper, const char *member)
{
    if (wrapper != NULL)
        reply_open(r, wrapper);
    const response_shape *s = claim(r, member);
    if (s != NULL && may_be(r, s, 1u << SHAPE_LIST) && r->format == REPLY_JSON) {
        add_name(r, s->name);
        buf_add_char(&r->out, '[');
    }
    if (!r->failed)
        push(r, s, true, wrapper != NULL);
}

void reply_close_list(reply *r)
{
    if (!is_inside(r, true))
        return;
    bool is_wrapped = r->level[r->depth - 1].is_wrapped;
    if (!r->level[r->depth - 1].is_dropped && r->format == REPLY_JSON)
        buf_add_char(&r->out, ']');
    r->depth--;
    if (is_wrapped)
        close_object(r);
}

static void add_item_name(reply *r)
{
    if (r->format == REPLY_XML)
        add_tag(r, "<", r->level[r->depth - 1].at->name);
    else
        add_comma(r);
}

void reply_open_item(reply *r)
{
    if (!is_inside(r, true))
        return;
    const response_shape *element = r->level[r->depth - 1].is_dropped ? NULL : &r->level[r->depth - 1].at->children[0];
    if (element != NULL && may_be(r, element, 1u << SHAPE_OBJECT)) {
        add_item_name(r);
        if (r->format == REPLY_JSON)
            buf_add_char(&r->out, '{');
    }
    if (!r->failed)
        push(r, element, false, false);
}

void reply_item_str(reply *r, str value)
{
    if (!is_inside(r, true) || r->level[r->depth - 1].is_dropped)
        return;
    const response_shape *list = r->level[r->depth - 1].at;
    if (!may_be(r, &list->children[0], TEXTS | 1u << SHAPE_ANY))
        return;
    add_item_name(r);
    add_text(r, value, true);
    if (r->format == REPLY_XML)
        add_tag(r, "</", list->name);
}

/* --- begin and end ------------------------------------------------------------------------------------------------ */

static void prepare_buffer(reply *r)
{
    if (r->out.size > REPLY_SIZE_KEPT)
        buf_done(&r->out);
    if (r->out.cap == 0)
        buf_init_secret(&r->out, REPLY_SIZE_MAX);
    else
        buf_clear(&r->out);
    if (r->out.size == 0)
        (void)buf_reserve(&r->out, REPLY_SIZE_FIRST); /* what fails here fails the buffer, and reply_end tells */
}

void reply_begin(reply *r, const action_shape *action, reply_format format, str request_id)
{
    prepare_buffer(r);
    r->action = action;
    r->format = format;
    r->depth = 0;
    r->failed = false;
    push(r, action->response, false, false);
    if (format == REPLY_XML) {
        buf_add(&r->out, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<"));
        buf_add(&r->out, action->name);
        buf_add(&r->out, STR("Response>"));
    } else {
        buf_add_char(&r->out, '{');
    }
    reply_str(r, "RequestId", request_id);
}

void reply_restart(reply *r, str request_id)
{
    reply_begin(r, r->action, r->format, request_id);
}

status reply_end(reply *r)
{
    if (r->failed || r->depth != 1)
        return ST_BUG;
    close_object(r);
    return buf_ok(&r->out) ? ST_OK : ST_NO_MEMORY;
}

void reply_done(reply *r)
{
    if (r == NULL)
        return;
    buf_done(&r->out);
    *r = (reply){ 0 };
}
