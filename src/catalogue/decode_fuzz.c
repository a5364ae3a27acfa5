/* Any parameters for any action: the first byte pair picks the action, the rest is name=value lines that end in 0xff. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "catalogue/catalogue.gen.h"
#include "catalogue/decode.h"

enum { PARAMS_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int by_name(const void *a, const void *b)
{
    return str_cmp(((const param *)a)->name, ((const param *)b)->name);
}

/* Keeps what the one parse lets through: valid UTF-8 without NUL, no name twice, sorted. */
static size_t params_of(str rest, param *ret)
{
    size_t n = 0;
    while (rest.n > 0 && n < PARAMS_MAX) {
        str line = rest;
        str after = STR("");
        if (!str_split(rest, (char)0xff, &line, &after))
            after = STR("");
        rest = after;
        if (str_split(line, '=', &ret[n].name, &ret[n].value) && utf8_is_valid(line) && !str_contains(line, STR("\0")))
            n++;
    }
    qsort(ret, n, sizeof *ret, by_name);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || !str_eq(ret[i].name, ret[kept - 1].name))
            ret[kept++] = ret[i];
    return kept;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const action_shape *action = catalogue_get(1 + (unsigned)(data[0] | data[1] << 8) % catalogue_count());
    arena *a = arena_new(4096, 1024 * 1024);
    param params[PARAMS_MAX];
    size_t n = params_of(str_of((bytes){ data + 2, size - 2 }), params);
    const void *request = NULL;
    err e = { 0 };
    if (a == NULL)
        return 0;
    status s = decode_request(action, params, n, a, &request, &e);
    if (s == ST_OK)
        assert(request != NULL && e.code[0] == '\0');
    else
        assert(request == NULL && (s == ST_NO_MEMORY || (s == ST_INVALID && e.code[0] != '\0')));
    arena_free(a);
    return 0;
}
