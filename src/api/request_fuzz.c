/* request_fuzz.c - the one parse: whatever comes in, parameters come out sorted, unique, valid UTF-8 without NUL, or
 * the request is refused. */
#include <stdlib.h>
#include <string.h>

#include "api/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    arena *a = arena_new(4096, 1 << 20);
    if (a == NULL)
        return 0;
    size_t half = size / 2;
    http_header headers[] = { { STR("Host"), STR("localhost") },
                              { STR("Content-Type"), STR("application/x-www-form-urlencoded") } };
    http_request rq = { .method = STR("POST"),
                        .target = STR("/"),
                        .path = STR("/"),
                        .query = { (const char *)data, half },
                        .headers = headers,
                        .header_n = 2,
                        .body = { data + half, size - half } };
    api_request r;
    err e = { 0 };
    if (api_request_parse(&rq, a, &r, &e) == ST_OK) {
        for (size_t i = 0; i < r.covered.all_n; i++) {
            str name = r.covered.all[i].name, value = r.covered.all[i].value;
            expect(name.n > 0 && utf8_is_valid(name) && utf8_is_valid(value));
            expect(memchr(name.p, 0, name.n) == NULL && (value.n == 0 || memchr(value.p, 0, value.n) == NULL));
            expect(i == 0 || str_cmp(r.covered.all[i - 1].name, name) < 0);
        }
    } else {
        expect(e.code[0] != '\0' || r.format == REPLY_JSON || r.format == REPLY_XML);
    }
    arena_free(a);
    return 0;
}
