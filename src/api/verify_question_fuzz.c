/* verify_question_fuzz.c - the description of a request, in headers and in JSON: whatever comes in is refused with a code, or comes
 * out as a question and a request of which no part can be taken for another.
 */
#include <stdlib.h>
#include <string.h>

#include "api/verify_question.h"

enum { HEADERS_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static bool has_control(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (((uint8_t)s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 0x7f)
            return true;
    return false;
}

static void check_request(const verify_question *q, arena *a)
{
    api_request r = { 0 };
    err e = { 0 };
    status s = verify_request_parse(q, a, &r, &e);
    if (s != ST_OK) {
        expect(s == ST_NO_MEMORY || e.code[0] != '\0');
        return;
    }
    expect(r.scheme != SCHEME_V1 && r.covered.header_n == q->header_n && r.covered.body.n == 0 &&
           r.covered.body_hash.p != NULL);
    expect(r.covered.path.n > 0 && r.covered.path.p[0] == '/' && !str_contains(r.covered.path, STR("?")));
    expect(!has_control(r.covered.method) && !has_control(r.covered.path));
    for (size_t i = 0; i < r.covered.header_n; i++)
        expect(!has_control(r.covered.headers[i].name) && !has_control(r.covered.headers[i].value));
    for (size_t i = 1; i < r.covered.query_n; i++)
        expect(str_cmp(r.covered.query[i - 1].name, r.covered.query[i].name) < 0);
}

static void check(status s, const verify_question *q, const err *e, arena *a)
{
    if (s != ST_OK) {
        expect(s == ST_NO_MEMORY || e->code[0] != '\0');
        return;
    }
    expect(q->method.n > 0 && q->uri.n > 0 && q->host.n > 0 && (q->action.n > 0) == (q->resource.n > 0));
    expect(q->body_hash.p != NULL && (q->body_hash.n == 0 || q->body_hash.n == 64));
    check_request(q, a);
}

/* "name:value" lines, as the shell would hand them over: what it refuses is not tried. */
static size_t headers_of(str text, http_header *ret)
{
    size_t n = 0;
    for (str line; n < HEADERS_MAX && str_next(&text, '\n', &line);) {
        http_header h;
        if (str_split(line, ':', &h.name, &h.value) && h.name.n > 0 && !has_control(h.name) && !has_control(h.value))
            ret[n++] = h;
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    arena *a = arena_new(16384, 1 << 20);
    if (a == NULL)
        return 0;
    verify_question q = { 0 };
    err e = { 0 };
    if (size > 0 && data[0] == '{') {
        check(verify_question_of_json((bytes){ data, size }, a, &q, &e), &q, &e, a);
    } else {
        http_header headers[HEADERS_MAX];
        http_request rq = { .method = STR("POST"), .path = STR("/verify"), .headers = headers };
        rq.header_n = headers_of((str){ (const char *)data, size }, headers);
        check(verify_question_of_headers(&rq, a, &q, &e), &q, &e, a);
    }
    arena_free(a);
    return 0;
}
