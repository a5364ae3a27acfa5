/* bcrypt_text.c - see bcrypt_text.h. Bits are taken most significant first, as in RFC 4648; the alphabet is "./A-Za-z0-9". */
#include "password/bcrypt_text.h"

#include <string.h>

#define ALPHABET "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

enum { SALT_CHARS = 22, SALT_AT = 7 };

static void encode(bytes in, char *ret)
{
    uint32_t bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < in.n; i++) {
        bits = (bits << 8 | in.p[i]) & 0xffff;
        for (have += 8; have >= 6; have -= 6)
            *ret++ = ALPHABET[bits >> (have - 6) & 63];
    }
    if (have > 0)
        *ret = ALPHABET[bits << (6 - have) & 63];
}

/* n bytes of exactly as many characters as they take. */
static bool decode(str in, uint8_t *ret, size_t n)
{
    uint32_t bits = 0;
    unsigned have = 0;
    size_t done = 0;
    if (in.n != (n * 8 + 5) / 6)
        return false;
    for (size_t i = 0; i < in.n; i++) {
        size_t value;
        if (!str_find(STR(ALPHABET), in.p[i], &value))
            return false;
        bits = (bits << 6 | (uint32_t)value) & 0xfff;
        have += 6;
        if (have >= 8) {
            have -= 8;
            ret[done++] = (uint8_t)(bits >> have);
        }
    }
    return (bits & ((1u << have) - 1)) == 0;
}

void bcrypt_format_setting(const hash_recipe *r, char ret[BCRYPT_SETTING_CHARS + 1])
{
    memset(ret, 0, BCRYPT_SETTING_CHARS + 1);
    const uint32_t cost = r->u.bcrypt.cost;
    const char head[] = { '$', '2', r->u.bcrypt.variant, '$', (char)('0' + cost / 10 % 10), (char)('0' + cost % 10), '$' };
    memcpy(ret, head, sizeof head);
    encode((bytes){ r->salt, BCRYPT_SALT_BYTES }, ret + SALT_AT);
}

bool bcrypt_parse_setting(str t, hash_recipe *ret)
{
    if (t.n != BCRYPT_SETTING_CHARS || !str_starts(t, STR("$2")) || t.p[3] != '$' || t.p[6] != '$' || !ascii_is_digit(t.p[4]) ||
        !ascii_is_digit(t.p[5]))
        return false;
    hash_recipe r = { .scheme = HASH_BCRYPT, .salt_n = BCRYPT_SALT_BYTES, .digest_n = BCRYPT_DIGEST_BYTES };
    r.u.bcrypt.variant = t.p[2];
    r.u.bcrypt.cost = (uint32_t)(t.p[4] - '0') * 10 + (uint32_t)(t.p[5] - '0');
    if (!decode(str_slice(t, SALT_AT, SALT_AT + SALT_CHARS), r.salt, BCRYPT_SALT_BYTES))
        return false;
    *ret = r;
    return true;
}

bool bcrypt_parse_digest(str text, uint8_t ret[BCRYPT_DIGEST_BYTES])
{
    return decode(text, ret, BCRYPT_DIGEST_BYTES);
}
