/* setting_value.c - see setting_value.h. */
#include "server/setting_value.h"

#include <string.h>

static bool is_host_char(char c)
{
    return ascii_is_alnum(c) || c == '-' || c == '.' || c == '_';
}

/* A DNS name of letters, digits and hyphens: RFC 1123 2.1. */
static bool is_domain(str s)
{
    if (s.n == 0 || s.n > 253)
        return false;
    for (str label, rest = s; str_next(&rest, '.', &label);) {
        bool is_long = label.n == 0 || label.n > 63;
        if (is_long || !str_is_of(label, is_host_char) || label.p[0] == '-' || label.p[label.n - 1] == '-')
            return false;
    }
    return true;
}

static bool parse_port(str s, uint16_t min, uint16_t *ret)
{
    uint32_t port;
    if (str_to_u32(s, min, 65535, &port) != ST_OK)
        return false;
    *ret = (uint16_t)port;
    return true;
}

/* "host", "host:port", "[v6]", "[v6]:port". */
static bool split_host(str s, str *ret_host, str *ret_port)
{
    size_t colon;
    *ret_port = (str){ 0 };
    if (str_starts(s, STR("["))) {
        size_t end;
        if (!str_find(s, ']', &end))
            return false;
        *ret_host = str_slice(s, 1, end);
        str rest = str_slice(s, end + 1, s.n);
        if (rest.n == 0)
            return true;
        *ret_port = str_slice(rest, 1, rest.n);
        return rest.p[0] == ':';
    }
    *ret_host = s;
    if (!str_find_last(s, ':', &colon))
        return true;
    *ret_host = str_slice(s, 0, colon);
    *ret_port = str_slice(s, colon + 1, s.n);
    return true;
}

static bool is_host(str s)
{
    str host, port;
    ip_addr ip;
    uint16_t number;
    if (!split_host(s, &host, &port) || (port.p != NULL && !parse_port(port, 1, &number)))
        return false;
    if (str_starts(s, STR("[")))
        return ip_parse(host, &ip) == ST_OK && ip.family == 6;
    return is_domain(host);
}

static bool parse_address(str s, listen_address *ret)
{
    str host, port;
    listen_address a = { 0 };
    if (!split_host(s, &host, &port) || port.p == NULL || !parse_port(port, 0, &a.port))
        return false;
    if (str_eq(host, STR("localhost")))
        host = STR("127.0.0.1");
    if (ip_parse(host, &a.ip) != ST_OK || (a.ip.family == 6) != str_starts(s, STR("[")) || host.n >= sizeof a.host)
        return false;
    memcpy(a.host, host.p, host.n);
    *ret = a;
    return true;
}

static bool is_url(str s)
{
    str rest = { 0 };
    if (str_starts(s, STR("http://")))
        rest = str_slice(s, 7, s.n);
    else if (str_starts(s, STR("https://")))
        rest = str_slice(s, 8, s.n);
    return is_host(rest);
}

static bool parse_choice(const char *allowed, str s, uint32_t *ret)
{
    str rest = str_from_c(allowed), one;
    for (uint32_t i = 0; str_next(&rest, '|', &one); i++) {
        if (str_eq(one, s)) {
            *ret = i;
            return true;
        }
    }
    return false;
}

static status parse_list(const setting_row *row, str s, arena *a, setting_value *ret)
{
    str *items = arena_alloc_n(a, SETTING_LIST_MAX, sizeof *items);
    cidr *networks = arena_alloc_n(a, SETTING_LIST_MAX, sizeof *networks);
    size_t n = 0;
    if (items == NULL || networks == NULL)
        return ST_NO_MEMORY;
    for (str item, rest = s; str_next(&rest, ',', &item); n++) {
        if (n == SETTING_LIST_MAX)
            return ST_INVALID;
        items[n] = str_trim(item);
        bool is_good = row->type == SETTING_HOSTS ? is_host(items[n]) : cidr_parse(items[n], &networks[n]) == ST_OK;
        if (!is_good)
            return ST_INVALID;
    }
    ret->items = items;
    ret->networks = networks;
    ret->n = n;
    return ST_OK;
}

static bool is_plain_text(str s)
{
    return s.n <= SETTING_TEXT_MAX && utf8_is_valid(s) && !utf8_has_control(s) && memchr(s.p, '\0', s.n) == NULL;
}

static status parse_typed(const setting_row *row, arena *a, setting_value *v)
{
    bool is_good = true;
    switch (row->type) {
    case SETTING_TEXT:
    case SETTING_PATH:
        break;
    case SETTING_ADDRESS_OR_OFF:
        v->address.is_off = str_eq(v->text, STR("off"));
        is_good = v->address.is_off || parse_address(v->text, &v->address);
        break;
    case SETTING_ADDRESS:
        is_good = parse_address(v->text, &v->address);
        break;
    case SETTING_URL:
        is_good = is_url(v->text);
        break;
    case SETTING_DOMAIN:
        is_good = is_domain(v->text);
        break;
    case SETTING_BOOL:
        is_good = parse_choice("off|on", v->text, &v->number);
        break;
    case SETTING_NUMBER:
        is_good = str_to_u32(v->text, row->min, row->max, &v->number) == ST_OK;
        break;
    case SETTING_CHOICE:
        is_good = parse_choice(row->allowed, v->text, &v->number);
        break;
    case SETTING_HOSTS:
    case SETTING_NETWORKS:
        return parse_list(row, v->text, a, v);
    }
    return is_good ? ST_OK : ST_INVALID;
}

/* An empty value means "none" where a setting may have none. */
static bool may_be_empty(const setting_row *row)
{
    return row->fallback == NULL;
}

status setting_value_parse(const setting_row *row, str text, arena *a, setting_value *ret)
{
    setting_value v = { 0 };
    if (text.p == NULL || !is_plain_text(text))
        return ST_INVALID;
    TRY(arena_copy(a, text, &v.text));
    if (text.n > 0)
        TRY(parse_typed(row, a, &v));
    else if (!may_be_empty(row))
        return ST_INVALID;
    *ret = v;
    return ST_OK;
}
