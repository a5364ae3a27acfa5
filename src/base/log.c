/* log.c - see log.h. A line is built on the stack and leaves in one write(2), whose outcome nobody could act on. */
#include "base/log.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/timestamp.h"
#include "base/world.h"

static const str line_end = STR_INIT("}\n");
static const str cut_end = STR_INIT(",\"cut\":true}\n");

static atomic_int level_most = LOG_INFO;
static atomic_int log_fd = STDERR_FILENO;

/* The line so far. `room` is what may still be written so that the closing fits as well. */
typedef struct {
    char text[LOG_LINE_MAX];
    size_t n, room;
    bool is_cut;
} line;

void log_set_level(log_level most)
{
    atomic_store(&level_most, (int)most);
}

void log_set_fd(int fd)
{
    atomic_store(&log_fd, fd);
}

bool log_is_on(log_level level)
{
    return (int)level <= atomic_load_explicit(&level_most, memory_order_relaxed);
}

static bool put(line *l, const char *p, size_t n)
{
    if (l->is_cut || n > l->room) {
        l->is_cut = true;
        return false;
    }
    memcpy(l->text + l->n, p, n);
    l->n += n;
    l->room -= n;
    return true;
}

/* Bytes of the character at the start of s when it may stand in a line as it is, else 0. */
static size_t plain_size(str s)
{
    uint8_t lead = (uint8_t)s.p[0];
    if (lead < 0x80)
        return lead >= 0x20 && lead != 0x7F && lead != '"' && lead != '\\' ? 1 : 0;
    for (size_t n = 2; n <= 4 && n <= s.n; n++) {
        str one = str_slice(s, 0, n);
        if (utf8_is_valid(one))
            return utf8_has_control(one) ? 0 : n;
    }
    return 0;
}

static bool is_continuation(char c)
{
    return ((uint8_t)c & 0xC0) == 0x80;
}

/* RFC 8259 section 7. Control characters become \u00XX, a byte that is no UTF-8 becomes \ufffd. Returns the
 * bytes of s that it read. */
static size_t escape(str s, char ret[6], size_t *ret_n)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t c = (uint8_t)s.p[0];
    *ret_n = 6;
    if (c == '"' || c == '\\') {
        ret[0] = '\\';
        ret[1] = (char)c;
        *ret_n = 2;
        return 1;
    }
    if (c == 0xC2 && s.n > 1 && is_continuation(s.p[1])) { /* only U+0080 to U+009F come here */
        uint8_t point = (uint8_t)s.p[1];
        memcpy(ret, (char[]){ '\\', 'u', '0', '0', digits[point >> 4], digits[point & 15] }, 6);
        return 2;
    }
    if (c >= 0x80)
        memcpy(ret, "\\ufffd", 6);
    else
        memcpy(ret, (char[]){ '\\', 'u', '0', '0', digits[c >> 4], digits[c & 15] }, 6);
    return 1;
}

/* A JSON string, cut between two characters when it does not fit. The closing quote always does. */
static void put_text(line *l, str s)
{
    if (s.p == NULL) {
        (void)put(l, "null", 4);
        return;
    }
    if (l->is_cut || l->room < 2) {
        l->is_cut = true;
        return;
    }
    l->room--; /* kept for the closing quote */
    (void)put(l, "\"", 1);
    while (s.n > 0) {
        char escaped[6];
        size_t n = plain_size(s), escaped_n = 0;
        size_t taken = n > 0 ? n : escape(s, escaped, &escaped_n);
        if (!put(l, n > 0 ? s.p : escaped, n > 0 ? n : escaped_n))
            break;
        s = str_slice(s, taken, s.n);
    }
    l->text[l->n++] = '"';
}

static void put_number(line *l, int64_t v)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left != 0);
    if (v < 0)
        digits[--at] = '-';
    (void)put(l, digits + at, sizeof digits - at);
}

static void put_value(line *l, const log_field *f)
{
    switch (f->kind) {
    case LOG_FIELD_STR:
        put_text(l, f->text);
        return;
    case LOG_FIELD_NUM:
        put_number(l, f->num);
        return;
    case LOG_FIELD_BOOL:
        (void)put(l, f->num != 0 ? "true" : "false", f->num != 0 ? 4 : 5);
        return;
    case LOG_FIELD_END:
        return;
    }
}

static void put_field(line *l, const log_field *f)
{
    size_t start = l->n, room = l->room;
    if (put(l, ",\"", 2) && put(l, f->name, strlen(f->name)) && put(l, "\":", 2)) {
        size_t value_at = l->n;
        put_value(l, f);
        if (l->n != value_at)
            return;
    }
    l->n = start; /* a name without a value is no JSON: the whole field goes */
    l->room = room;
}

static void put_time(line *l)
{
    int64_t now_ms = world_system()->now_ms(world_system()->self);
    char time[TIMESTAMP_LEN + 1];
    timestamp_format(now_ms / 1000, time);
    int64_t ms = now_ms % 1000;
    char fraction[] = { '.', (char)('0' + ms / 100), (char)('0' + ms / 10 % 10), (char)('0' + ms % 10), 'Z' };
    (void)put(l, "{\"time\":\"", 9);
    (void)put(l, time, TIMESTAMP_LEN - 1);
    (void)put(l, fraction, sizeof fraction);
    (void)put(l, "\"", 1);
}

void log_write(log_level level, const char *event, const log_field *fields)
{
    static const str names[] = { STR_INIT("error"), STR_INIT("warning"), STR_INIT("info"), STR_INIT("debug") };
    line l;
    l.n = 0;
    l.room = sizeof l.text - cut_end.n;
    l.is_cut = false;
    put_time(&l);
    log_field head[] = { { LOG_FIELD_STR, "level", names[level], 0 }, LOG_Z("event", event) };
    put_field(&l, &head[0]);
    put_field(&l, &head[1]);
    for (const log_field *f = fields; f->kind != LOG_FIELD_END; f++)
        put_field(&l, f);
    str end = l.is_cut ? cut_end : line_end;
    memcpy(l.text + l.n, end.p, end.n);
    l.n += end.n;
    ssize_t written = write(atomic_load_explicit(&log_fd, memory_order_relaxed), l.text, l.n);
    (void)written;
}
