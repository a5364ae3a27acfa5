/* event.c - see event.h, and the events of calls and of the server itself (audit.h). Envelope: ActionTrail event
 * structure. */
#include "audit/event.h"

#include "base/request_id.h"
#include "base/timestamp.h"
#include "catalogue/escape.h"

/* --- the builder -------------------------------------------------------------------------------------------------- */

static void add_name(event *ev, const char *name)
{
    if (ev->wants_comma)
        buf_add_char(&ev->out, ',');
    ev->wants_comma = true;
    buf_add_char(&ev->out, '"');
    escape_json(&ev->out, str_from_c(name));
    buf_add(&ev->out, STR("\":"));
}

void event_str(event *ev, const char *name, str value)
{
    if (value.p == NULL)
        return;
    add_name(ev, name);
    buf_add_char(&ev->out, '"');
    escape_json(&ev->out, value);
    buf_add_char(&ev->out, '"');
}

void event_number(event *ev, const char *name, uint64_t value)
{
    add_name(ev, name);
    buf_add_u64(&ev->out, value);
}

void event_id(event *ev, const char *name, uint64_t id)
{
    add_name(ev, name);
    buf_add_char(&ev->out, '"');
    buf_add_u64(&ev->out, id);
    buf_add_char(&ev->out, '"');
}

void event_time(event *ev, const char *name, int64_t at_s)
{
    char text[TIMESTAMP_LEN + 1];
    timestamp_format(at_s, text);
    event_str(ev, name, (str){ text, TIMESTAMP_LEN });
}

void event_address(event *ev, const char *name, const ip_addr *value)
{
    char text[IP_TEXT_MAX];
    if (value->family == 0)
        return;
    size_t n = ip_format(value, text);
    event_str(ev, name, (str){ text, n });
}

void event_open(event *ev, const char *name)
{
    add_name(ev, name);
    buf_add_char(&ev->out, '{');
    ev->wants_comma = false;
}

void event_close(event *ev)
{
    buf_add_char(&ev->out, '}');
    ev->wants_comma = true;
}

void event_begin(event *ev, const world *w, str name, const char *type, int64_t at_s)
{
    char id[REQUEST_ID_SIZE];
    request_id_new(w, id);
    *ev = (event){ 0 };
    buf_init(&ev->out, AUDIT_BODY_MAX);
    buf_add_char(&ev->out, '{');
    event_str(ev, "eventId", str_from_c(id));
    event_str(ev, "eventVersion", STR("1"));
    event_str(ev, "eventName", name);
    event_str(ev, "eventType", str_from_c(type));
    event_str(ev, "eventCategory", STR("Management"));
    event_time(ev, "eventTime", at_s);
}

status event_end(event *ev, str *ret)
{
    buf_add_char(&ev->out, '}');
    if (!buf_ok(&ev->out))
        return ST_LIMIT;
    *ret = buf_str(&ev->out);
    return ST_OK;
}

void event_done(event *ev)
{
    buf_done(&ev->out);
}

/* --- what a call did ---------------------------------------------------------------------------------------------- */

static str identity_type(caller_kind kind)
{
    switch (kind) {
    case CALLER_NONE:
        break;
    case CALLER_ROOT:
        return STR("root-account");
    case CALLER_USER:
        return STR("ram-user");
    case CALLER_ROLE:
        return STR("assumed-role");
    }
    return STR("");
}

/* Of a session: which role, under which name, and who stands at the beginning of its chain. */
static void add_session(event *ev, const caller *who)
{
    const caller_session *s = who->session;
    event_str(ev, "roleName", str_from_c(who->name));
    if (s == NULL)
        return;
    event_str(ev, "roleSessionName", str_from_c(s->name));
    if (s->source_identity[0] != '\0')
        event_str(ev, "sourceIdentity", str_from_c(s->source_identity));
    event_open(ev, "sessionIssuer");
    event_id(ev, "accountId", s->user_account);
    event_id(ev, "principalId", s->user);
    event_str(ev, "accessKeyId", str_from_c(s->user_access_key_id));
    event_close(ev);
}

static void add_identity(event *ev, const caller *who)
{
    if (who == NULL || who->kind == CALLER_NONE)
        return;
    event_open(ev, "userIdentity");
    event_str(ev, "type", identity_type(who->kind));
    event_id(ev, "accountId", who->account);
    event_id(ev, "principalId", who->id);
    if (who->kind == CALLER_ROLE)
        add_session(ev, who);
    else
        event_str(ev, "userName", who->kind == CALLER_ROOT ? STR("root") : str_from_c(who->name));
    if (who->access_key_id[0] != '\0')
        event_str(ev, "accessKeyId", str_from_c(who->access_key_id));
    event_close(ev);
}

/* At most `most` bytes of s, not through the middle of a character. */
static str cut(str s, size_t most)
{
    if (s.p == NULL || s.n <= most)
        return s;
    while (most > 0 && ((uint8_t)s.p[most] & 0xc0) == 0x80)
        most--;
    return str_slice(s, 0, most);
}

static void add_call(event *ev, const call *c, str resource_type, str resource_name, const audit_parameter *parameters,
                     size_t n, size_t value_max)
{
    bool is_cut = false;
    event_begin(ev, c->world, c->shape->name, "ApiCall", c->context.now_s);
    event_str(ev, "eventRW", STR("Write"));
    event_str(ev, "serviceName", product_name((product)c->shape->product));
    event_str(ev, "apiVersion", product_version((product)c->shape->product));
    event_str(ev, "requestId", str_from_c(c->context.request_id));
    event_address(ev, "sourceIpAddress", &c->context.source);
    event_str(ev, "userAgent", cut(c->context.user_agent, 256));
    add_identity(ev, c->who);
    if (c->allowed_by.n > 0)
        event_str(ev, "allowedBy", c->allowed_by);
    event_id(ev, "recipientAccountId", store_tx_account(c->tx));
    event_str(ev, "resourceType", resource_type);
    event_str(ev, "resourceName", cut(resource_name, 512));
    event_open(ev, "requestParameters");
    for (size_t i = 0; i < n; i++) {
        char name[64];
        size_t name_n = parameters[i].name.n < sizeof name - 1 ? parameters[i].name.n : sizeof name - 1;
        for (size_t k = 0; k < name_n; k++)
            name[k] = parameters[i].name.p[k];
        name[name_n] = '\0';
        event_str(ev, name, cut(parameters[i].value, value_max));
        is_cut = is_cut || parameters[i].value.n > value_max;
    }
    event_close(ev);
    if (is_cut)
        event_str(ev, "requestParametersCut", STR("true"));
}

status audit_write(call *c, str resource_type, str resource_name, const audit_parameter *parameters, size_t n, err *e)
{
    static const size_t value_max[] = { SIZE_MAX, 256, 32 }; /* a long value is cut rather than its write refused */
    for (size_t i = 0; i < sizeof value_max / sizeof *value_max; i++) {
        CLEANUP(event_done) event ev;
        str body;
        uint64_t number;
        add_call(&ev, c, resource_type, resource_name, parameters, n, value_max[i]);
        if (event_end(&ev, &body) == ST_OK)
            return store_audit_insert(c->tx, c->context.now_s, body, &number, e);
    }
    return err_set(e, ST_BUG, NULL, "audit: an event of more than %d bytes", AUDIT_BODY_MAX);
}

status audit_write_internal(store_tx *tx, const world *w, const char *name, str resource_type, str resource_name, err *e)
{
    CLEANUP(event_done) event ev;
    str body;
    uint64_t number;
    int64_t now_s = world_now_s(w);
    event_begin(&ev, w, str_from_c(name), "AliyunServiceEvent", now_s);
    event_str(&ev, "eventRW", STR("Write"));
    event_str(&ev, "serviceName", product_name(PRODUCT_ARGALI));
    event_open(&ev, "userIdentity");
    event_str(&ev, "type", STR("system"));
    event_close(&ev);
    event_id(&ev, "recipientAccountId", store_tx_account(tx));
    event_str(&ev, "resourceType", resource_type);
    event_str(&ev, "resourceName", cut(resource_name, 512));
    if (event_end(&ev, &body) != ST_OK)
        return err_set(e, ST_BUG, NULL, "audit: an event of more than %d bytes", AUDIT_BODY_MAX);
    return store_audit_insert(tx, now_s, body, &number, e);
}
