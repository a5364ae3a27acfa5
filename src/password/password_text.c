/* password_text.c - see password_text.h. Unicode properties and normalisation: libunistring.
 *
 * The classes of RFC 8264 section 9 that FreeformClass takes are the general categories L, M, N, P, S and Zs without ignorable
 * characters and old Hangul jamo. The test comes after the normalisation, so that decomposed Hangul, which is how some systems
 * type it, is composed first.
 */
#include "password/password_text.h"

#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

enum { NFC_GROWTH = 3 /* UTF-8 of a text grows at most so many times (UAX 15) */ };

static bool is_printable_ascii(uint8_t c)
{
    return c >= 0x20 && c <= 0x7e;
}

static bool is_all_ascii(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!is_printable_ascii((uint8_t)s.p[i]))
            return false;
    }
    return true;
}

static bool is_old_jamo(ucs4_t c)
{
    return (c >= 0x1100 && c <= 0x11ff) || (c >= 0xa960 && c <= 0xa97c) || (c >= 0xd7b0 && c <= 0xd7fb);
}

static bool is_password_character(ucs4_t c)
{
    static const uint32_t categories = UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M | UC_CATEGORY_MASK_N | UC_CATEGORY_MASK_P |
                                       UC_CATEGORY_MASK_S | UC_CATEGORY_MASK_Zs;
    return uc_is_general_category_withtable(c, categories) && !is_old_jamo(c) &&
           !uc_is_property_default_ignorable_code_point(c);
}

/* RFC 8265 4.2.2, additional mapping rule: every space is U+0020. */
static void map_spaces(str s, buf *to)
{
    const uint8_t *p = (const uint8_t *)s.p, *end = p + s.n;
    while (p < end) {
        ucs4_t c;
        const int n = u8_mbtoucr(&c, p, (size_t)(end - p));
        if (c != 0x20 && uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Zs))
            buf_add_char(to, ' ');
        else
            buf_add_bytes(to, (bytes){ p, (size_t)n });
        p += n;
    }
}

static status normalise(const buf *from, buf *to, err *e)
{
    size_t n = from->n * NFC_GROWTH + 16;
    if (!buf_reserve(to, n))
        return err_set(e, ST_NO_MEMORY, NULL, "password");
    uint8_t *out = u8_normalize(UNINORM_NFC, from->p, from->n, to->p, &n);
    if (out == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "password");
    if (out != to->p) { /* it did not fit, against the bound above */
        secret_wipe(out, n);
        free(out);
        return err_set(e, ST_INVALID, NULL, "a password grew under normalisation");
    }
    to->n = n;
    return ST_OK;
}

static bool is_password(str s)
{
    const uint8_t *p = (const uint8_t *)s.p, *end = p + s.n;
    size_t count = 0;
    while (p < end) {
        ucs4_t c;
        p += u8_mbtoucr(&c, p, (size_t)(end - p));
        count++;
        if (!is_password_character(c))
            return false;
    }
    return count >= 1 && count <= PASSWORD_CHARACTERS_MAX;
}

static status refuse(err *e)
{
    return err_set(e, ST_INVALID, NULL, "not a password: empty, too long, or with characters that no password has");
}

static status from_unicode(str text, password *ret, err *e)
{
    CLEANUP(buf_done) buf spaced, composed;
    buf_init_secret(&spaced, PASSWORD_INPUT_MAX);
    buf_init_secret(&composed, PASSWORD_INPUT_MAX * NFC_GROWTH + 16);
    map_spaces(text, &spaced);
    if (!buf_ok(&spaced))
        return err_set(e, ST_NO_MEMORY, NULL, "password");
    TRY(normalise(&spaced, &composed, e));
    if (!is_password(buf_str(&composed)))
        return refuse(e);
    return secret_copy(buf_bytes(&composed), &ret->s);
}

status password_from_text(str text, password *ret, err *e)
{
    if (text.n == 0 || text.n > PASSWORD_INPUT_MAX)
        return refuse(e);
    if (is_all_ascii(text))
        return text.n <= PASSWORD_CHARACTERS_MAX ? secret_copy(bytes_of(text), &ret->s) : refuse(e);
    return utf8_is_valid(text) ? from_unicode(text, ret, e) : refuse(e);
}

void password_count_characters(const password *p, password_characters *ret)
{
    password_characters n = { 0 };
    ucs4_t seen[PASSWORD_CHARACTERS_MAX] = { 0 };
    const uint8_t *at = p->s.p, *end = p->s.p + p->s.n;
    while (at < end && n.characters < PASSWORD_CHARACTERS_MAX) {
        ucs4_t c;
        at += u8_mbtoucr(&c, at, (size_t)(end - at));
        n.characters++;
        uint32_t i = 0;
        while (i < n.different && seen[i] != c)
            i++;
        if (i == n.different)
            seen[n.different++] = c;
        n.has_lowercase |= uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Ll);
        n.has_uppercase |= uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Lu);
        n.has_number |= uc_is_general_category_withtable(c, UC_CATEGORY_MASK_N);
        n.has_symbol |= !uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M | UC_CATEGORY_MASK_N);
    }
    secret_wipe(seen, sizeof seen);
    *ret = n;
}

bool password_contains(const password *p, str part)
{
    return part.n > 0 && str_contains_nocase(str_of((bytes){ p->s.p, p->s.n }), part);
}
