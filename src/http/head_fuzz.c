/* The header rules on any head, cut in place the way libmicrohttpd does it. What is accepted has to be, byte for byte,
 * what a strict writer makes of its parts. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "http/head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEADERS_MAX = 64 };

typedef struct {
    char *at, *end; /* what was not cut yet */
    http_header headers[HEADERS_MAX];
    size_t header_n;
    char *joined; /* a folded line lies in memory of its own */
} cutter;

/* The next line, NUL-terminated in place: up to CR LF or LF. NULL: no line end is left. */
static char *next_line(cutter *c)
{
    char *line = c->at, *lf = memchr(line, '\n', (size_t)(c->end - line));
    if (lf == NULL)
        return NULL;
    *lf = '\0';
    if (lf > line && lf[-1] == '\r')
        lf[-1] = '\0';
    c->at = lf + 1;
    return line;
}

static bool cut_header(cutter *c, char *line)
{
    char *colon = strchr(line, ':');
    if (colon == NULL || c->header_n == HEADERS_MAX)
        return false;
    *colon++ = '\0';
    colon += strspn(colon, " \t");
    c->headers[c->header_n++] = (http_header){ str_from_c(line), str_from_c(colon) };
    return true;
}

/* A continuation is joined to the line before it, which moves for that. */
static bool join(cutter *c, const char *line)
{
    if (c->header_n == 0 || c->joined != NULL)
        return false;
    str *value = &c->headers[c->header_n - 1].value;
    size_t more = strlen(line);
    c->joined = malloc(value->n + more + 1);
    if (c->joined == NULL)
        return false;
    memcpy(c->joined, value->p, value->n);
    memcpy(c->joined + value->n, line, more + 1);
    *value = (str){ c->joined, value->n + more };
    return true;
}

static bool cut_headers(cutter *c)
{
    for (char *line = next_line(c); line != NULL; line = next_line(c)) {
        if (line[0] == '\0')
            return true;
        if (line[0] == ' ' || line[0] == '\t' ? !join(c, line + 1) : !cut_header(c, line))
            return false;
    }
    return false;
}

static bool cut_request_line(cutter *c, http_head *h)
{
    char *line = next_line(c);
    if (line == NULL)
        return false;
    size_t n = strnlen(line, (size_t)(c->at - line));
    char *target = memchr(line, ' ', n), *version = line + n;
    if (target == NULL)
        return false;
    *target++ = '\0';
    target += strspn(target, " ");
    while (version > target && version[-1] != ' ')
        version--;
    if (version == target)
        return false;
    version[-1] = '\0';
    if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)
        return false;
    h->method = line;
    h->target = target;
    h->raw_target = str_from_c(target);
    h->version = version;
    return true;
}

static const char *expect(const char *at, str text)
{
    assert(text.n == 0 || memcmp(at, text.p, text.n) == 0);
    return at + text.n;
}

/* CR LF, or what leaves the same trace: head.h says why. */
static const char *expect_line_end(const char *at)
{
    for (int i = 0; i < 2; i++)
        assert(at[i] == '\r' || at[i] == '\n' || at[i] == '\0');
    return at + 2;
}

static void check_accepted(const http_head *h, const char *at)
{
    const char *begin = at;
    at = expect(at, str_from_c(h->method));
    at = expect(at, STR(" "));
    at = expect(at, h->raw_target);
    at = expect(at, STR(" "));
    at = expect(at, str_from_c(h->version));
    at = expect_line_end(at);
    for (size_t i = 0; i < h->header_n; i++) {
        at = expect(at, h->headers[i].name);
        at = expect(at, STR(":"));
        at += strspn(at, " \t");
        at = expect(at, h->headers[i].value);
        at = expect_line_end(at);
    }
    at = expect_line_end(at);
    assert((size_t)(at - begin) == h->size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *cut = malloc(size + 1), *whole = malloc(size + 1);
    if (cut != NULL && whole != NULL && size > 0) {
        memcpy(cut, data, size);
        memcpy(whole, data, size);
        whole[size] = '\0';
        cutter c = { .at = cut, .end = cut + size };
        http_head h = { 0 };
        http_framing framing = { 0 };
        if (cut_request_line(&c, &h) && cut_headers(&c)) {
            h.headers = c.headers;
            h.header_n = c.header_n;
            h.size = (size_t)(c.at - h.method);
            if (http_head_check(&h, &framing) == NULL)
                check_accepted(&h, whole + (h.method - cut));
        }
        free(c.joined);
    }
    free(cut);
    free(whole);
    return 0;
}
