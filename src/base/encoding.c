/* encoding.c - see encoding.h. Base64 is libsodium's, which takes no branches or look-ups that depend on the text; one slip of
 * its decoder is mended here. */
#include "base/encoding.h"

#include <sodium.h>

/* The value of a hexadecimal digit plus one; 0 is no digit. */
static const uint8_t hex_value_plus_1[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/* RFC 3986 2.3, unreserved characters: what percent-encoding leaves as it is. */
static const bool is_unreserved[256] = {
    ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1, ['G'] = 1, ['H'] = 1, ['I'] = 1, ['J'] = 1, ['K'] = 1,
    ['L'] = 1, ['M'] = 1, ['N'] = 1, ['O'] = 1, ['P'] = 1, ['Q'] = 1, ['R'] = 1, ['S'] = 1, ['T'] = 1, ['U'] = 1, ['V'] = 1,
    ['W'] = 1, ['X'] = 1, ['Y'] = 1, ['Z'] = 1, ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1, ['g'] = 1,
    ['h'] = 1, ['i'] = 1, ['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1,
    ['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1, ['0'] = 1, ['1'] = 1, ['2'] = 1,
    ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1, ['-'] = 1, ['_'] = 1, ['.'] = 1, ['~'] = 1,
};

void hex_encode(bytes in, char *ret)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < in.n; i++) {
        ret[2 * i] = digits[in.p[i] >> 4];
        ret[2 * i + 1] = digits[in.p[i] & 15];
    }
}

/* The byte of two hexadecimal digits, -1 when they are not. */
static int hex_byte(const char *p)
{
    unsigned high = hex_value_plus_1[(uint8_t)p[0]], low = hex_value_plus_1[(uint8_t)p[1]];
    return high == 0 || low == 0 ? -1 : (int)(((high - 1) << 4) | (low - 1));
}

status hex_decode(str in, uint8_t *ret, size_t n)
{
    if (in.n % 2 != 0 || in.n / 2 != n)
        return ST_INVALID;
    for (size_t i = 0; i < in.n; i += 2) {
        if (hex_byte(in.p + i) < 0)
            return ST_INVALID;
    }
    for (size_t i = 0; i < n; i++)
        ret[i] = (uint8_t)hex_byte(in.p + 2 * i);
    return ST_OK;
}

void u64be_encode(uint64_t v, uint8_t ret[8])
{
    for (size_t i = 8; i-- > 0; v >>= 8)
        ret[i] = (uint8_t)v;
}

static void base64_add(bytes in, int variant, buf *to)
{
    if (in.n > to->cap) {
        to->failed = true;
        return;
    }
    size_t n = sodium_base64_encoded_len(in.n, variant) - 1; /* libsodium counts the NUL, for which a buf has room */
    if (in.n == 0 || !buf_reserve(to, n))
        return;
    (void)sodium_bin2base64((char *)to->p + to->n, n + 1, in.p, in.n, variant);
    to->n += n;
}

void base64_encode(bytes in, buf *to)
{
    base64_add(in, sodium_base64_VARIANT_ORIGINAL, to);
}

void base64url_encode(bytes in, buf *to)
{
    base64_add(in, sodium_base64_VARIANT_URLSAFE_NO_PADDING, to);
}

static bool is_ascii(char c)
{
    return (uint8_t)c < 0x80;
}

static status base64_read(str in, int variant, uint8_t *ret, size_t size, size_t *ret_n)
{
    size_t n = 0, digits = in.n;
    while (digits > 0 && in.n - digits < 2 && in.p[digits - 1] == '=')
        digits--;
    if (digits / 4 * 3 + digits % 4 * 3 / 4 > size) /* asked here, as libsodium's errno does not tell the two errors apart */
        return ST_LIMIT;
    if (!str_is_of(in, is_ascii)) /* libsodium 1.0.18 reads 80-FF as '/' where char is signed */
        return ST_INVALID;
    if (in.n > 0 && sodium_base642bin(ret, size, in.p, in.n, NULL, &n, NULL, variant) != 0)
        return ST_INVALID;
    *ret_n = n;
    return ST_OK;
}

status base64_decode(str in, uint8_t *ret, size_t size, size_t *ret_n)
{
    return base64_read(in, sodium_base64_VARIANT_ORIGINAL, ret, size, ret_n);
}

status base64url_decode(str in, uint8_t *ret, size_t size, size_t *ret_n)
{
    return base64_read(in, sodium_base64_VARIANT_URLSAFE_NO_PADDING, ret, size, ret_n);
}

size_t percent_encoded_size(str in)
{
    size_t n = in.n;
    for (size_t i = 0; i < in.n; i++)
        n += is_unreserved[(uint8_t)in.p[i]] ? 0 : 2;
    return n;
}

size_t percent_encode(str in, char *ret)
{
    static const char digits[] = "0123456789ABCDEF";
    char *p = ret;
    for (size_t i = 0; i < in.n; i++) {
        uint8_t c = (uint8_t)in.p[i];
        if (is_unreserved[c]) {
            *p++ = (char)c;
        } else {
            p[0] = '%';
            p[1] = digits[c >> 4];
            p[2] = digits[c & 15];
            p += 3;
        }
    }
    return (size_t)(p - ret);
}

void percent_encode_to(str in, buf *to)
{
    if (in.n > to->cap) {
        to->failed = true;
        return;
    }
    if (in.n == 0 || !buf_reserve(to, percent_encoded_size(in)))
        return;
    to->n += percent_encode(in, (char *)to->p + to->n);
}

static bool is_encoded(char c, bool plus_is_space)
{
    return c == '%' || (c == '+' && plus_is_space);
}

status percent_decode(arena *a, str in, bool plus_is_space, str *ret)
{
    size_t plain = 0;
    while (plain < in.n && !is_encoded(in.p[plain], plus_is_space))
        plain++;
    if (plain == in.n) {
        *ret = in;
        return ST_OK;
    }
    char *text = arena_alloc(a, in.n + 1); /* decoding only shortens; the NUL as in arena_copy */
    if (text == NULL)
        return ST_NO_MEMORY;
    size_t n = 0;
    for (size_t i = 0; i < in.n; i++) {
        char c = in.p[i];
        if (c == '%') {
            int byte = in.n - i > 2 ? hex_byte(in.p + i + 1) : -1;
            if (byte < 0)
                return ST_INVALID;
            text[n++] = (char)byte;
            i += 2;
        } else {
            text[n++] = c == '+' && plus_is_space ? ' ' : c;
        }
    }
    *ret = (str){ text, n };
    return ST_OK;
}
