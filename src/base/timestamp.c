/* timestamp.c - see timestamp.h. Days and dates by counting 400-year cycles of the Gregorian calendar in years that begin in
 * March. */
#include "base/timestamp.h"

static const int64_t first_s = 0, last_s = INT64_C(253402300799); /* 1970-01-01T00:00:00Z to 9999-12-31T23:59:59Z */

enum { CYCLE_DAYS = 146097, EPOCH_DAY = 719468, DAY_S = 86400 }; /* EPOCH_DAY: 1970-01-01 counted from 0000-03-01 */

/* Days before month m, where March is 0: the lengths 31 30 31 30 31 repeat every five months. */
static int64_t days_before(int64_t m)
{
    return (153 * m + 2) / 5;
}

static int64_t day_of_date(int64_t year, int64_t month, int64_t day)
{
    int64_t m = (month + 9) % 12, y = month <= 2 ? year - 1 : year;
    return y * 365 + y / 4 - y / 100 + y / 400 + days_before(m) + day - 1 - EPOCH_DAY;
}

static void date_of_day(int64_t days, int64_t *ret_year, int64_t *ret_month, int64_t *ret_day)
{
    days += EPOCH_DAY;
    int64_t cycle = days / CYCLE_DAYS, d = days % CYCLE_DAYS;
    int64_t y = (d - d / 1460 + d / 36524 - d / 146096) / 365; /* leap days of 4, 100 and 400 years taken out */
    int64_t of_year = d - (365 * y + y / 4 - y / 100);
    int64_t m = (5 * of_year + 2) / 153;
    *ret_day = of_year - days_before(m) + 1;
    *ret_month = m < 10 ? m + 3 : m - 9;
    *ret_year = y + cycle * 400 + (*ret_month <= 2 ? 1 : 0);
}

static char *put(char *p, int64_t v, size_t digits)
{
    for (size_t i = digits; i-- > 0; v /= 10)
        p[i] = (char)('0' + v % 10);
    return p + digits;
}

void timestamp_format(int64_t unix_s, char ret[TIMESTAMP_LEN + 1])
{
    if (unix_s < first_s)
        unix_s = first_s;
    if (unix_s > last_s)
        unix_s = last_s;
    int64_t year, month, day, of_day = unix_s % DAY_S;
    date_of_day(unix_s / DAY_S, &year, &month, &day);
    char *p = put(ret, year, 4);
    *p++ = '-';
    p = put(p, month, 2);
    *p++ = '-';
    p = put(p, day, 2);
    *p++ = 'T';
    p = put(p, of_day / 3600, 2);
    *p++ = ':';
    p = put(p, of_day / 60 % 60, 2);
    *p++ = ':';
    p = put(p, of_day % 60, 2);
    *p++ = 'Z';
    *p = '\0';
}

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t days_in_month(int64_t year, int64_t month)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return days[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

/* Two or four digits at `at`; -1 when they are not. */
static int64_t number(str s, size_t at, size_t digits)
{
    int64_t v = 0;
    for (size_t i = at; i < at + digits; i++) {
        if (!ascii_is_digit(s.p[i]))
            return -1;
        v = v * 10 + (s.p[i] - '0');
    }
    return v;
}

/* What follows the seconds: an optional fraction, then Z. */
static bool is_tail(str tail)
{
    if (str_eq(tail, STR("Z")))
        return true;
    return tail.n >= 3 && tail.n <= 11 && tail.p[0] == '.' && tail.p[tail.n - 1] == 'Z' &&
           str_is_of(str_slice(tail, 1, tail.n - 1), ascii_is_digit);
}

status timestamp_parse(str s, int64_t *ret_unix_s)
{
    enum { SECONDS_END = 19 };
    if (s.n < TIMESTAMP_LEN || s.p[4] != '-' || s.p[7] != '-' || s.p[10] != 'T' || s.p[13] != ':' || s.p[16] != ':' ||
        !is_tail(str_slice(s, SECONDS_END, s.n)))
        return ST_INVALID;
    int64_t year = number(s, 0, 4), month = number(s, 5, 2), day = number(s, 8, 2);
    int64_t hour = number(s, 11, 2), minute = number(s, 14, 2), second = number(s, 17, 2);
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) || hour < 0 || hour > 23 ||
        minute < 0 || minute > 59 || second < 0 || second > 59)
        return ST_INVALID;
    *ret_unix_s = day_of_date(year, month, day) * DAY_S + hour * 3600 + minute * 60 + second;
    return ST_OK;
}
