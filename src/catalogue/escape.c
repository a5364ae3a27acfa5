/* escape.c - runs of plain characters are copied whole; only what needs a decision is looked at one by one. */
#include "catalogue/escape.h"

#include <stddef.h>
#include <string.h>

#define REPLACEMENT STR("\xef\xbf\xbd") /* U+FFFD */

/* Bytes of the UTF-8 character at p and its code point (RFC 3629); 0: not UTF-8. */
static size_t utf8_step(const uint8_t *p, size_t left, uint32_t *ret_point)
{
    size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    if (p[0] < 0xc2 || p[0] > 0xf4 || left < n)
        return 0;
    uint32_t point = p[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (p[i] & 0x3fu);
    }
    if (point < smallest[n] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
        return 0;
    *ret_point = point;
    return n;
}

static bool is_plain_json(uint8_t c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* Eight bytes at once: the top bit of a byte of the result is set where it is below `limit` (at most 0x80), or above 0x7f. */
static uint64_t bytes_below(uint64_t word, uint8_t limit)
{
    return (word - UINT64_C(0x0101010101010101) * limit) | word;
}

static uint64_t bytes_equal(uint64_t word, uint8_t c)
{
    return bytes_below(word ^ UINT64_C(0x0101010101010101) * c, 1);
}

/* A borrow can only make a byte look as if it needed a second look, never the other way: the slow loop decides. */
static bool are_plain_json(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return ((bytes_below(word, 0x20) | bytes_equal(word, '"') | bytes_equal(word, '\\')) & UINT64_C(0x8080808080808080)) == 0;
}

size_t escape_json_plain(str s)
{
    size_t n = 0;
    while (s.n - n >= 8 && are_plain_json(s.p + n))
        n += 8;
    while (n < s.n && is_plain_json((uint8_t)s.p[n]))
        n++;
    return n;
}

static bool is_plain_xml(uint8_t c)
{
    return (c >= 0x20 || c == '\t' || c == '\n') && c < 0x80 && c != '&' && c != '<' && c != '>' && c != '"' && c != '\'';
}

static void add_json_char(buf *to, uint8_t c)
{
    switch (c) {
    case '"':
        buf_add(to, STR("\\\""));
        return;
    case '\\':
        buf_add(to, STR("\\\\"));
        return;
    case '\n':
        buf_add(to, STR("\\n"));
        return;
    case '\r':
        buf_add(to, STR("\\r"));
        return;
    case '\t':
        buf_add(to, STR("\\t"));
        return;
    default:
        buf_add(to, STR("\\u00"));
        buf_add_hex(to, (bytes){ &c, 1 });
    }
}

static void add_xml_char(buf *to, uint8_t c)
{
    switch (c) {
    case '&':
        buf_add(to, STR("&amp;"));
        return;
    case '<':
        buf_add(to, STR("&lt;"));
        return;
    case '>':
        buf_add(to, STR("&gt;"));
        return;
    case '"':
        buf_add(to, STR("&quot;"));
        return;
    case '\'':
        buf_add(to, STR("&#39;"));
        return;
    case '\r':
        buf_add(to, STR("&#13;")); /* a parser would turn a bare one into a line feed */
        return;
    default:
        buf_add(to, REPLACEMENT);
    }
}

void escape_json(buf *to, str s)
{
    const uint8_t *p = (const uint8_t *)s.p;
    size_t from = 0;
    for (size_t i = escape_json_plain(s); i < s.n;) {
        uint32_t point = 0;
        size_t n = is_plain_json(p[i]) ? 1 : utf8_step(p + i, s.n - i, &point);
        if (n > 0) {
            i += n;
            continue;
        }
        buf_add(to, (str){ s.p + from, i - from });
        if (p[i] < 0x80)
            add_json_char(to, p[i]);
        else
            buf_add(to, REPLACEMENT);
        from = ++i;
    }
    if (s.n > from)
        buf_add(to, (str){ s.p + from, s.n - from });
}

void escape_xml(buf *to, str s)
{
    const uint8_t *p = (const uint8_t *)s.p;
    size_t from = 0;
    for (size_t i = 0; i < s.n;) {
        uint32_t point = 0;
        size_t n = is_plain_xml(p[i]) ? 1 : utf8_step(p + i, s.n - i, &point);
        if (n > 0 && point != 0xfffe && point != 0xffff) {
            i += n;
            continue;
        }
        buf_add(to, (str){ s.p + from, i - from });
        if (p[i] < 0x80)
            add_xml_char(to, p[i]);
        else
            buf_add(to, REPLACEMENT);
        i += n > 0 ? n : 1;
        from = i;
    }
    if (s.n > from)
        buf_add(to, (str){ s.p + from, s.n - from });
}
