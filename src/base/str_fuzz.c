/* UTF-8 and numbers, each against a slower reading of its rule. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* RFC 3629 section 3 by arithmetic: decode, then ask whether this many bytes are the fewest, and the value a character. */
static bool decode_one(const uint8_t *p, size_t left, uint32_t *ret_point, size_t *ret_n)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t n = p[0] < 0x80 ? 1 : (p[0] & 0xE0) == 0xC0 ? 2 : (p[0] & 0xF0) == 0xE0 ? 3 : (p[0] & 0xF8) == 0xF0 ? 4 : 0;
    if (n == 0 || n > left)
        return false;
    uint32_t point = n == 1 ? p[0] : p[0] & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return false;
        point = point << 6 | (p[i] & 0x3Fu);
    }
    *ret_point = point;
    *ret_n = n;
    return point >= least[n] && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
}

static void check_utf8(str s)
{
    size_t count = 0, n = 0;
    bool is_valid = true, has_control = false;
    for (size_t i = 0; i < s.n && is_valid; i += n) {
        uint32_t point = 0;
        is_valid = decode_one((const uint8_t *)s.p + i, s.n - i, &point, &n);
        has_control = has_control || point < 0x20 || (point >= 0x7F && point <= 0x9F);
        count++;
    }
    require(utf8_is_valid(s) == is_valid);
    if (is_valid)
        require(utf8_count(s) == count && utf8_has_control(s) == has_control);
}

static void check_numbers(str s)
{
    uint64_t u;
    int64_t i;
    uint32_t small;
    buf b;
    buf_init(&b, 64);
    if (str_to_u64(s, 0, UINT64_MAX, &u) == ST_OK) {
        buf_add_u64(&b, u);
        require(str_eq(buf_str(&b), s));
        require((str_to_u32(s, 0, UINT32_MAX, &small) == ST_OK) == (u <= UINT32_MAX));
    }
    buf_clear(&b);
    if (str_to_i64(s, INT64_MIN, INT64_MAX, &i) == ST_OK) {
        buf_addf(&b, "%" PRId64, i);
        require(str_eq(buf_str(&b), s));
    }
    buf_done(&b);
}

static void check_parts(str s)
{
    str head, tail;
    if (str_split(s, '=', &head, &tail)) {
        require(head.n + 1 + tail.n == s.n && str_starts(s, head) && str_ends(s, tail));
        require(str_contains(s, tail) && str_contains_nocase(s, head));
    }
    require(str_contains(s, str_trim(s)));
    require(str_cmp(s, s) == 0 && str_eq_nocase(s, s));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str s = { (const char *)data, size };
    check_utf8(s);
    check_numbers(s);
    check_parts(s);
    return 0;
}
