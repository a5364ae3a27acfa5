/* head.c - see head.h. RFC 9112 2 to 6 for the syntax, RFC 9110 5.5 and 5.6.2 for values and tokens. */
#include "http/head.h"

#include <string.h>

enum { CR_LF = 2, VERSION_N = 8, SKELETON_MAX = 16 };

typedef enum { FRAME_HOST, FRAME_CONTENT_LENGTH, FRAME_TRANSFER_ENCODING, FRAME_OTHER } frame;

static const struct {
    str name, skeleton; /* the skeleton is the name's letters alone */
    const char *twice;
} framing_names[FRAME_OTHER] = {
    [FRAME_HOST] = { STR_INIT("Host"), STR_INIT("host"), "more than one Host" },
    [FRAME_CONTENT_LENGTH] = { STR_INIT("Content-Length"), STR_INIT("contentlength"), "more than one Content-Length" },
    [FRAME_TRANSFER_ENCODING] = { STR_INIT("Transfer-Encoding"), STR_INIT("transferencoding"),
                                  "more than one Transfer-Encoding" },
};

/* RFC 9110 5.6.2 tchar. A table, as every character of every name is looked up. */
enum { CHAR_REFUSED = 0, CHAR_MARK, CHAR_ALNUM };

static const uint8_t token_chars[256] = {
    ['0' ... '9'] = CHAR_ALNUM, ['A' ... 'Z'] = CHAR_ALNUM, ['a' ... 'z'] = CHAR_ALNUM, ['!'] = CHAR_MARK,  ['#'] = CHAR_MARK,
    ['$'] = CHAR_MARK,          ['%'] = CHAR_MARK,          ['&'] = CHAR_MARK,          ['\''] = CHAR_MARK, ['*'] = CHAR_MARK,
    ['+'] = CHAR_MARK,          ['-'] = CHAR_MARK,          ['.'] = CHAR_MARK,          ['^'] = CHAR_MARK,  ['_'] = CHAR_MARK,
    ['`'] = CHAR_MARK,          ['|'] = CHAR_MARK,          ['~'] = CHAR_MARK,
};

/* Whether one of eight bytes is below `least`, is DEL, or has one of the bits of `refused`. Exact, as a borrow begins only
 * at a byte that is below itself. */
static bool word_has_outside(const char *p, uint8_t least, uint8_t refused)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    uint64_t w;
    memcpy(&w, p, sizeof w);
    uint64_t x = w ^ (ones * 0x7f);
    uint64_t below = (w - ones * least) & ~w & tops, deleted = (x - ones) & ~x & tops;
    return (below | deleted | (w & (ones * refused))) != 0;
}

/* The same for a whole text (refused: 0 or 0x80). Eight at a time, as heads are long and every byte is looked at; the last
 * eight overlap those before. */
static bool has_outside(str s, uint8_t least, uint8_t refused)
{
    enum { WORD = 8 };
    if (s.n < WORD) {
        for (size_t i = 0; i < s.n; i++)
            if ((uint8_t)s.p[i] < least || s.p[i] == 0x7f || ((uint8_t)s.p[i] & refused) != 0)
                return true;
        return false;
    }
    for (size_t at = 0; at + WORD <= s.n; at += WORD)
        if (word_has_outside(s.p + at, least, refused))
            return true;
    return word_has_outside(s.p + s.n - WORD, least, refused);
}

static bool has_control(str value)
{
    if (!has_outside(value, ' ', 0))
        return false;
    for (size_t i = 0; i < value.n; i++)
        if (((uint8_t)value.p[i] < ' ' && value.p[i] != '\t') || value.p[i] == 0x7f)
            return true;
    return false; /* a tab, then */
}

/* Visible ASCII, and no fragment: a client never sends one (RFC 9112 3.2). */
static bool target_is_plain(str target)
{
    return !has_outside(target, '!', 0x80) && memchr(target.p, '#', target.n) == NULL;
}

static bool is_host_char(char c)
{
    return token_chars[(uint8_t)c] == CHAR_ALNUM || (c != '\0' && strchr("-.:_~%[]", c) != NULL);
}

static bool name_is_token(str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (token_chars[(uint8_t)name.p[i]] == CHAR_REFUSED)
            return false;
    return name.n > 0;
}

/* Which of the names it is, or looks like once everything but letters and digits is left out ("Content_Length"). The name
 * is a token. */
static frame frame_of(str name)
{
    char letters[SKELETON_MAX];
    size_t n = 0;
    for (size_t i = 0; i < name.n; i++) {
        char c = (char)(name.p[i] | 0x20); /* lower case for letters, and no change for digits */
        if (token_chars[(uint8_t)name.p[i]] != CHAR_ALNUM)
            continue;
        if (n == SKELETON_MAX || (n == 0 && c != 'h' && c != 'c' && c != 't'))
            return FRAME_OTHER; /* too long, or begins like none of them: most names end here */
        letters[n++] = c;
    }
    frame f = 0;
    while (f < FRAME_OTHER && !str_eq((str){ letters, n }, framing_names[f].skeleton))
        f++;
    return f;
}

/* Both ends of a line were cut to NULs. Two bytes are there. */
static bool is_cut(const char *at)
{
    return at[0] == '\0' && at[1] == '\0';
}

/* Where the line after this header has to begin; NULL: the header does not lie as it was sent. The name begins at `at`. */
static const char *line_end(const http_header *h, const char *at, const char *end)
{
    if (h->name.p != at || (size_t)(end - at) <= h->name.n)
        return NULL;
    at += h->name.n + 1; /* the colon */
    while (at != h->value.p) {
        if (at >= end || (*at != ' ' && *at != '\t'))
            return NULL;
        at++;
    }
    if ((size_t)(end - at) < h->value.n + CR_LF || !is_cut(at + h->value.n))
        return NULL;
    return at + h->value.n + CR_LF;
}

/* Where the first header line has to begin; NULL: the request line is not three parts with one blank between them. */
static const char *request_line_end(const http_head *h)
{
    size_t method_n = strnlen(h->method, h->size);
    size_t n = method_n + 1 + h->raw_target.n + 1 + VERSION_N + CR_LF;
    if (n > h->size || h->target != h->method + method_n + 1 || h->version != h->target + h->raw_target.n + 1 ||
        !is_cut(h->version + VERSION_N))
        return NULL;
    return h->method + n;
}

static const char *check_request_line(const http_head *h)
{
    if (strcmp(h->method, "GET") != 0 && strcmp(h->method, "POST") != 0 && strcmp(h->method, "HEAD") != 0)
        return "the method is none of GET, HEAD and POST";
    if (h->raw_target.n == 0 || h->raw_target.p[0] != '/')
        return "the target does not begin with /";
    if (!target_is_plain(h->raw_target))
        return "the target holds a character that has to be percent-encoded";
    return NULL;
}

static const char *check_headers(const http_head *h, const char *at, const str *ret_values[FRAME_OTHER])
{
    const char *end = h->method + h->size;
    for (size_t i = 0; i < h->header_n; i++) {
        const http_header *one = &h->headers[i];
        if (!name_is_token(one->name))
            return "a header name holds a character that is not allowed";
        at = line_end(one, at, end);
        if (at == NULL)
            return "a header is folded, holds a NUL or is not ended by CR LF";
        if (has_control(one->value))
            return "a header value holds a control character";
        frame f = frame_of(one->name);
        if (f == FRAME_OTHER)
            continue;
        if (!str_eq_nocase(one->name, framing_names[f].name))
            return "a header name looks like Host, Content-Length or Transfer-Encoding";
        if (ret_values[f] != NULL)
            return framing_names[f].twice;
        ret_values[f] = &one->value;
    }
    return at == end - CR_LF && is_cut(at) ? NULL : "the head is not ended by CR LF CR LF";
}

static bool parse_length(str digits, uint64_t *ret)
{
    uint64_t n = 0;
    if (digits.n == 0 || !str_is_of(digits, ascii_is_digit))
        return false;
    for (size_t i = 0; i < digits.n; i++)
        if (__builtin_mul_overflow(n, 10u, &n) || __builtin_add_overflow(n, (uint64_t)(digits.p[i] - '0'), &n))
            n = UINT64_MAX; /* and stays there: the next multiplication overflows as well */
    *ret = n;
    return true;
}

static const char *check_framing(const http_head *h, const str *values[FRAME_OTHER], http_framing *ret)
{
    const str *host = values[FRAME_HOST], *length = values[FRAME_CONTENT_LENGTH], *coding = values[FRAME_TRANSFER_ENCODING];
    uint64_t n = 0;
    if (host == NULL || host->n == 0)
        return "no Host";
    if (!str_is_of(str_trim(*host), is_host_char))
        return "Host is not a host name";
    if (length != NULL && coding != NULL)
        return "both Content-Length and Transfer-Encoding";
    if (coding != NULL && !str_eq(*coding, STR("chunked")))
        return "Transfer-Encoding is not chunked";
    if (coding != NULL && strcmp(h->version, "HTTP/1.0") == 0)
        return "Transfer-Encoding in HTTP/1.0";
    if (length != NULL && !parse_length(*length, &n))
        return "Content-Length is not a number";
    *ret = (http_framing){ .is_chunked = coding != NULL, .content_length = n };
    return NULL;
}

const char *http_head_check(const http_head *h, http_framing *ret)
{
    const str *values[FRAME_OTHER] = { NULL };
    const char *wrong = check_request_line(h);
    if (wrong != NULL)
        return wrong;
    const char *at = request_line_end(h);
    if (at == NULL)
        return "the request line is not ended by CR LF, or has more than single blanks in it";
    wrong = check_headers(h, at, values);
    return wrong != NULL ? wrong : check_framing(h, values, ret);
}
