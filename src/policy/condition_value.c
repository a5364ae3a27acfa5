/* condition_value.c - see condition_value.h. */
#include "policy/condition_value.h"

#include <stdio.h>
#include <string.h>

#include "base/timestamp.h"

static str without_leading_zeros(str s)
{
    size_t i = 0;
    while (i < s.n && s.p[i] == '0')
        i++;
    return str_slice(s, i, s.n);
}

static str without_trailing_zeros(str s)
{
    while (s.n > 0 && s.p[s.n - 1] == '0')
        s.n--;
    return s;
}

static bool is_digits(str s)
{
    return s.n > 0 && str_is_of(s, ascii_is_digit);
}

status decimal_parse(str s, decimal *ret)
{
    const bool is_negative = s.n > 0 && s.p[0] == '-';
    str whole = is_negative ? str_slice(s, 1, s.n) : s, fraction = STR(""), head, tail;
    const bool has_point = str_split(whole, '.', &head, &tail);
    if (has_point) {
        whole = head;
        fraction = tail;
    }
    if (!is_digits(whole) || (has_point && !is_digits(fraction)))
        return ST_INVALID;
    decimal d = { without_leading_zeros(whole), without_trailing_zeros(fraction), false };
    d.is_negative = is_negative && d.whole.n + d.fraction.n > 0;
    *ret = d;
    return ST_OK;
}

static int compare_magnitudes(const decimal *a, const decimal *b)
{
    if (a->whole.n != b->whole.n)
        return a->whole.n < b->whole.n ? -1 : 1;
    const int whole = str_cmp(a->whole, b->whole);
    return whole != 0 ? whole : str_cmp(a->fraction, b->fraction);
}

int decimal_compare(const decimal *a, const decimal *b)
{
    if (a->is_negative != b->is_negative)
        return a->is_negative ? -1 : 1;
    return a->is_negative ? compare_magnitudes(b, a) : compare_magnitudes(a, b);
}

/* Z, or +hh:mm and -hh:mm: seconds east of UTC. */
static status zone_parse(str s, int64_t *ret)
{
    uint32_t hours, minutes;
    if (str_eq(s, STR("Z"))) {
        *ret = 0;
        return ST_OK;
    }
    if (s.n != 6 || (s.p[0] != '+' && s.p[0] != '-') || s.p[3] != ':' || !is_digits(str_slice(s, 1, 3)) ||
        !is_digits(str_slice(s, 4, 6)))
        return ST_INVALID;
    hours = (uint32_t)(s.p[1] - '0') * 10 + (uint32_t)(s.p[2] - '0');
    minutes = (uint32_t)(s.p[4] - '0') * 10 + (uint32_t)(s.p[5] - '0');
    if (hours > 23 || minutes > 59)
        return ST_INVALID;
    const int64_t seconds = (int64_t)hours * 3600 + (int64_t)minutes * 60;
    *ret = s.p[0] == '-' ? -seconds : seconds;
    return ST_OK;
}

/* ".123" at the start of s, or nothing. */
static status fraction_parse(str *s, uint32_t *ret_ns)
{
    enum { DIGITS_MAX = 9 };
    *ret_ns = 0;
    if (s->n == 0 || s->p[0] != '.')
        return ST_OK;
    size_t n = 0;
    while (n + 1 < s->n && ascii_is_digit(s->p[n + 1]))
        n++;
    if (n == 0 || n > DIGITS_MAX)
        return ST_INVALID;
    for (size_t i = 0; i < DIGITS_MAX; i++)
        *ret_ns = *ret_ns * 10 + (i < n ? (uint32_t)(s->p[1 + i] - '0') : 0);
    *s = str_slice(*s, n + 1, s->n);
    return ST_OK;
}

/* "2026-11-24T08:00:00" completed to what timestamp_parse reads. */
static status local_parse(str date, str time_of_day, int64_t *ret)
{
    char text[TIMESTAMP_LEN + 1];
    const int n = snprintf(text, sizeof text, STR_FMT "T" STR_FMT "Z", STR_ARG(date), STR_ARG(time_of_day));
    return n == TIMESTAMP_LEN ? timestamp_parse((str){ text, TIMESTAMP_LEN }, ret) : ST_INVALID;
}

status instant_parse(str s, instant *ret)
{
    enum { DATE = 10, MINUTES = 16, SECONDS = 19, SECONDS_MAX_DIGITS = 12 };
    instant i = { 0, 0 };
    if (is_digits(s) && s.n <= SECONDS_MAX_DIGITS) {
        TRY(str_to_i64(s, 0, INT64_C(253402300799), &i.s)); /* 9999-12-31T23:59:59Z */
        *ret = i;
        return ST_OK;
    }
    if (s.n == DATE) {
        TRY(local_parse(s, STR("00:00:00"), &i.s));
        *ret = i;
        return ST_OK;
    }
    if (s.n <= MINUTES || s.p[DATE] != 'T')
        return ST_INVALID;
    char time_of_day[] = "00:00:00";
    const size_t end = s.p[MINUTES] == ':' ? SECONDS : MINUTES;
    if (s.n <= end)
        return ST_INVALID;
    memcpy(time_of_day, s.p + DATE + 1, end - DATE - 1);
    str rest = str_slice(s, end, s.n);
    int64_t east;
    TRY(local_parse(str_slice(s, 0, DATE), (str){ time_of_day, sizeof time_of_day - 1 }, &i.s));
    if (end == SECONDS)
        TRY(fraction_parse(&rest, &i.ns));
    TRY(zone_parse(rest, &east));
    i.s -= east;
    *ret = i;
    return ST_OK;
}

int instant_compare(const instant *a, const instant *b)
{
    if (a->s != b->s)
        return a->s < b->s ? -1 : 1;
    return (a->ns > b->ns) - (a->ns < b->ns);
}

static void clear_host_bits(cidr *c)
{
    for (size_t i = 0; i < sizeof c->net.b; i++) {
        const size_t first = i * 8; /* bit of the address */
        const size_t kept = c->prefix > first ? c->prefix - first : 0;
        if (kept < 8)
            c->net.b[i] = (uint8_t)(c->net.b[i] & ~(0xFFu >> kept));
    }
}

status network_parse(str s, cidr *ret)
{
    enum { MAPPED_BITS = 96 }; /* ::ffff:0.0.0.0/96 */
    str address = s, prefix = { NULL, 0 };
    const bool has_prefix = str_split(s, '/', &address, &prefix);
    cidr c = { .prefix = 0 };
    TRY(ip_parse(address, &c.net));
    const uint32_t bits = c.net.family == 4 ? 32 : 128;
    uint32_t n = bits;
    if (has_prefix && c.net.family == 4 && str_contains(address, STR(":"))) {
        TRY(str_to_u32(prefix, MAPPED_BITS, 128, &n));
        n -= MAPPED_BITS;
    } else if (has_prefix) {
        TRY(str_to_u32(prefix, 0, bits, &n));
    }
    c.prefix = (uint8_t)n;
    clear_host_bits(&c);
    *ret = c;
    return ST_OK;
}
