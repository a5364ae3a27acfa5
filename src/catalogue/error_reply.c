/* error_reply.c - the envelope of errors: one object, or one <Error> element, whose members come in the documented order. */
#include "catalogue/error_reply.h"

#include "catalogue/error_catalogue.h"
#include "catalogue/escape.h"

static void add_member(reply_format format, buf *to, str name, str value, bool is_first)
{
    if (format == REPLY_XML) {
        buf_add_char(to, '<');
        buf_add(to, name);
        buf_add_char(to, '>');
        escape_xml(to, value);
        buf_add(to, STR("</"));
        buf_add(to, name);
        buf_add_char(to, '>');
        return;
    }
    buf_add(to, is_first ? STR("\"") : STR(",\""));
    buf_add(to, name);
    buf_add(to, STR("\":\""));
    escape_json(to, value);
    buf_add_char(to, '"');
}

static void add_details(const error_body *e, reply_format format, buf *to)
{
    buf_add(to, format == REPLY_XML ? STR("<AccessDeniedDetail>") : STR(",\"AccessDeniedDetail\":{"));
    for (size_t i = 0; i < e->detail_n; i++)
        add_member(format, to, e->details[i].name, e->details[i].value, i == 0);
    buf_add(to, format == REPLY_XML ? STR("</AccessDeniedDetail>") : STR("}"));
}

static void add_message(const error_body *e, str code, reply_format format, buf *to)
{
    buf own;
    buf_init(&own, 1024);
    if (e->message.p == NULL)
        error_message(code, &own);
    add_member(format, to, STR("Message"), e->message.p != NULL ? e->message : buf_str(&own), false);
    buf_done(&own);
}

void error_reply_write(const error_body *e, reply_format format, buf *to)
{
    str code = e->code.n > 0 ? e->code : error_code_of(ST_BUG);
    buf_add(to, format == REPLY_XML ? STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>") : STR("{"));
    add_member(format, to, STR("RequestId"), e->request_id, true);
    add_member(format, to, STR("HostId"), e->host_id, false);
    add_member(format, to, STR("Code"), code, false);
    add_message(e, code, format, to);
    if (e->detail_n > 0)
        add_details(e, format, to);
    buf_add(to, format == REPLY_XML ? STR("</Error>") : STR("}"));
}
