/* complaint.c - see complaint.h. */
#include "policy/complaint.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

static const char code[] = "MalformedPolicyDocument";

/* Words that the codes of the error catalogue are made of. */
static bool looks_like_a_code(str s)
{
    static const str words[] = {
        STR_INIT("NotFound"),      STR_INIT("NotExist"),   STR_INIT("AlreadyExist"), STR_INIT("Conflict"),
        STR_INIT("LimitExceeded"), STR_INIT("Throttling"), STR_INIT("Forbidden"),    STR_INIT("NoPermission"),
        STR_INIT("Malformed"),     STR_INIT("Invalid"),    STR_INIT("Denied"),
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (str_contains_nocase(s, words[i]))
            return true;
    }
    return false;
}

static void quote_up_to(buf *b, str s, size_t max)
{
    size_t characters = 0;
    for (size_t i = 0; i < s.n; characters++) {
        if (characters == max) {
            buf_add(b, STR("..."));
            return;
        }
        size_t size = 1;
        while (size < 4 && i + size < s.n && ((uint8_t)s.p[i + size] & 0xC0) == 0x80)
            size++;
        const str character = str_slice(s, i, i + size);
        if (!utf8_is_valid(character))
            buf_add_char(b, '?');
        else if (utf8_has_control(character))
            buf_addf(b, "\\x%02x", (unsigned)(uint8_t)character.p[size - 1]);
        else
            buf_add(b, character);
        i += size;
    }
}

static void copy_out(const buf *b, char *ret, size_t size)
{
    const size_t n = buf_ok(b) && b->n < size ? b->n : 0;
    if (n > 0)
        memcpy(ret, b->p, n);
    ret[n] = '\0';
}

void quote(str s, char ret[QUOTED_SIZE])
{
    buf b;
    buf_init(&b, QUOTED_SIZE);
    if (looks_like_a_code(s))
        buf_add(&b, STR("..."));
    else
        quote_up_to(&b, s, QUOTED_MAX);
    copy_out(&b, ret, QUOTED_SIZE);
    buf_done(&b);
}

static void add_path(buf *b, const path *at)
{
    if (at == NULL)
        return;
    add_path(b, at->parent); /* as deep as a document may be nested */
    if (at->member.p == NULL) {
        buf_addf(b, "[%zu]", at->index);
        return;
    }
    char name[QUOTED_SIZE];
    quote(at->member, name);
    buf_addf(b, "%s%s", at->parent != NULL ? "." : "", name);
}

static void path_text(const path *at, char *ret, size_t size)
{
    buf b;
    buf_init(&b, size);
    if (at == NULL)
        buf_add(&b, STR("the document"));
    add_path(&b, at);
    copy_out(&b, ret, size);
    buf_done(&b);
}

status complain(err *e, const path *at, const char *what)
{
    char place[ERR_MESSAGE_MAX];
    path_text(at, place, sizeof place);
    return err_set_message(e, ST_INVALID, code, "%s: %s", place, what);
}

/* "... near 'what stands there'", without the last part where it had better not be shown. */
static str without_codes(str what)
{
    for (size_t i = 0; i < what.n; i++) {
        const str rest = str_slice(what, i, what.n);
        if (str_starts(rest, STR(" near ")))
            return looks_like_a_code(rest) ? str_slice(what, 0, i) : what;
    }
    return what;
}

status complain_of_line(err *e, size_t line, size_t column, str what)
{
    enum { WHAT_MAX = 150 };
    char shown[WHAT_MAX * 4 + 4];
    buf b;
    buf_init(&b, sizeof shown);
    quote_up_to(&b, without_codes(what), WHAT_MAX);
    copy_out(&b, shown, sizeof shown);
    buf_done(&b);
    return err_set_message(e, ST_INVALID, code, "line %zu, column %zu: %s", line, column, shown);
}
