/* str.c - see str.h. memcmp and friends are never handed a NULL pointer, even with length 0. */
#include "base/str.h"

#include <sodium.h>
#include <string.h>

str str_from_c(const char *z)
{
    return (str){ z, z != NULL ? strlen(z) : 0 };
}

bytes bytes_of(str s)
{
    return (bytes){ (const uint8_t *)s.p, s.n };
}

str str_of(bytes b)
{
    return (str){ (const char *)b.p, b.n };
}

char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool ascii_is_alpha(char c)
{
    char lower = ascii_lower(c);
    return lower >= 'a' && lower <= 'z';
}

bool ascii_is_alnum(char c)
{
    return ascii_is_alpha(c) || ascii_is_digit(c);
}

static bool is_same_nocase(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (ascii_lower(a[i]) != ascii_lower(b[i]))
            return false;
    }
    return true;
}

bool str_eq(str a, str b)
{
    if (a.n != b.n || (a.p == NULL) != (b.p == NULL))
        return false;
    return a.p == b.p || memcmp(a.p, b.p, a.n) == 0;
}

bool str_eq_nocase(str a, str b)
{
    if (a.n != b.n || (a.p == NULL) != (b.p == NULL))
        return false;
    return is_same_nocase(a.p, b.p, a.n);
}

static int order_of_lengths(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

int str_cmp(str a, str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n == 0 ? 0 : memcmp(a.p, b.p, n);
    return order != 0 ? order : order_of_lengths(a.n, b.n);
}

bool str_starts(str s, str prefix)
{
    return prefix.n <= s.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool str_ends(str s, str suffix)
{
    return suffix.n <= s.n && (suffix.n == 0 || memcmp(s.p + (s.n - suffix.n), suffix.p, suffix.n) == 0);
}

bool str_contains(str s, str part)
{
    if (part.n > s.n)
        return false;
    return part.n == 0 || memmem(s.p, s.n, part.p, part.n) != NULL;
}

bool str_contains_nocase(str s, str part)
{
    if (part.n > s.n)
        return false;
    for (size_t i = 0; i <= s.n - part.n; i++) {
        if (part.n == 0 || is_same_nocase(s.p + i, part.p, part.n))
            return true;
    }
    return false;
}

bool str_find(str s, char c, size_t *ret_at)
{
    const char *at = s.n > 0 ? memchr(s.p, c, s.n) : NULL;
    if (at == NULL)
        return false;
    *ret_at = (size_t)(at - s.p);
    return true;
}

bool str_find_last(str s, char c, size_t *ret_at)
{
    const char *at = s.n > 0 ? memrchr(s.p, c, s.n) : NULL;
    if (at == NULL)
        return false;
    *ret_at = (size_t)(at - s.p);
    return true;
}

str str_slice(str s, size_t from, size_t to)
{
    if (s.p == NULL)
        return s;
    if (to > s.n)
        to = s.n;
    if (from > to)
        from = to;
    return (str){ s.p + from, to - from };
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

str str_trim(str s)
{
    while (s.n > 0 && is_blank(s.p[s.n - 1]))
        s.n--;
    while (s.n > 0 && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    return s;
}

bool str_split(str s, char c, str *ret_head, str *ret_tail)
{
    size_t at;
    if (!str_find(s, c, &at))
        return false;
    *ret_head = str_slice(s, 0, at);
    *ret_tail = str_slice(s, at + 1, s.n);
    return true;
}

bool str_next(str *rest, char c, str *ret_part)
{
    if (rest->p == NULL)
        return false;
    str part = *rest, tail = { 0 };
    (void)str_split(*rest, c, &part, &tail);
    *ret_part = part;
    *rest = tail;
    return true;
}

status str_to_u64(str s, uint64_t min, uint64_t max, uint64_t *ret)
{
    if (s.n == 0 || (s.n > 1 && s.p[0] == '0'))
        return ST_INVALID;
    uint64_t v = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (!ascii_is_digit(s.p[i]) || __builtin_mul_overflow(v, 10u, &v) ||
            __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
            return ST_INVALID;
    }
    if (v < min || v > max)
        return ST_INVALID;
    *ret = v;
    return ST_OK;
}

status str_to_u32(str s, uint32_t min, uint32_t max, uint32_t *ret)
{
    uint64_t v;
    TRY(str_to_u64(s, min, max, &v));
    *ret = (uint32_t)v;
    return ST_OK;
}

status str_to_i64(str s, int64_t min, int64_t max, int64_t *ret)
{
    bool is_negative = s.n > 0 && s.p[0] == '-';
    uint64_t most = (uint64_t)INT64_MAX + (is_negative ? 1 : 0);
    uint64_t v;
    TRY(str_to_u64(is_negative ? str_slice(s, 1, s.n) : s, is_negative ? 1 : 0, most, &v)); /* "-0" is no number */
    int64_t number = is_negative ? -(int64_t)(v - 1) - 1 : (int64_t)v;
    if (number < min || number > max)
        return ST_INVALID;
    *ret = number;
    return ST_OK;
}

size_t u64_format(uint64_t v, char ret[U64_TEXT_MAX])
{
    size_t n = 1;
    for (uint64_t rest = v; rest >= 10; rest /= 10)
        n++;
    for (size_t at = n; at-- > 0; v /= 10)
        ret[at] = (char)('0' + v % 10);
    return n;
}

status str_to_bool(str s, bool *ret)
{
    bool is_true = str_eq_nocase(s, STR("true"));
    if (!is_true && !str_eq_nocase(s, STR("false")))
        return ST_INVALID;
    *ret = is_true;
    return ST_OK;
}

/* RFC 3629 section 4: the bytes of one character at p, 0 when it is malformed. For most lead bytes the second byte is 80-BF;
 * E0, ED, F0 and F4 narrow it, which keeps out overlong forms, surrogates and what lies past U+10FFFF. */
static size_t utf8_char_size(const uint8_t *p, size_t left)
{
    uint8_t lead = p[0];
    if (lead < 0x80)
        return 1;
    size_t size = lead >= 0xC2 && lead <= 0xDF ? 2 : lead >= 0xE0 && lead <= 0xEF ? 3 : lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
    if (size == 0 || size > left)
        return 0;
    uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < size; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    }
    return size;
}

bool utf8_is_valid(str s)
{
    const uint8_t *p = (const uint8_t *)s.p;
    size_t i = 0;
    while (i < s.n) {
        uint64_t eight;
        if (s.n - i >= sizeof eight) { /* most text is ASCII: eight bytes at a time */
            memcpy(&eight, p + i, sizeof eight);
            if ((eight & UINT64_C(0x8080808080808080)) == 0) {
                i += sizeof eight;
                continue;
            }
        }
        size_t size = utf8_char_size(p + i, s.n - i);
        if (size == 0)
            return false;
        i += size;
    }
    return true;
}

size_t utf8_count(str s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.n; i++)
        count += ((uint8_t)s.p[i] & 0xC0) != 0x80 ? 1 : 0;
    return count;
}

bool utf8_has_control(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = (uint8_t)s.p[i];
        if (c < 0x20 || c == 0x7F)
            return true;
        if (c == 0xC2 && i + 1 < s.n && (uint8_t)s.p[i + 1] <= 0x9F) /* U+0080 to U+009F are C2 80 to C2 9F */
            return true;
    }
    return false;
}

bool str_is_of(str s, bool (*is_allowed)(char c))
{
    for (size_t i = 0; i < s.n; i++) {
        if (!is_allowed(s.p[i]))
            return false;
    }
    return true;
}

uint64_t str_hash(str s, const uint8_t key[16])
{
    _Static_assert(crypto_shorthash_BYTES == 8 && crypto_shorthash_KEYBYTES == 16, "SipHash-2-4 as in the contract");
    uint8_t tag[crypto_shorthash_BYTES];
    (void)crypto_shorthash(tag, (const uint8_t *)s.p, s.n, key); /* cannot fail */
    uint64_t hash = 0;
    for (size_t i = 0; i < sizeof tag; i++) /* the number of the SipHash paper: little-endian */
        hash |= (uint64_t)tag[i] << (8 * i);
    return hash;
}
