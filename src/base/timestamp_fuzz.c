/* A time that is taken is written again as it was, but for a fraction; a number that is written is read back. */
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str s = { (const char *)data, size };
    char text[TIMESTAMP_LEN + 1];
    int64_t t = -1, back = -1;
    if (timestamp_parse(s, &t) == ST_OK) {
        require(t >= 0);
        timestamp_format(t, text);
        require(memcmp(text, s.p, TIMESTAMP_LEN - 1) == 0);
        require(size == TIMESTAMP_LEN || s.p[TIMESTAMP_LEN - 1] == '.');
    }
    if (size == sizeof t) {
        memcpy(&t, data, sizeof t);
        timestamp_format(t, text);
        require(timestamp_parse(str_from_c(text), &back) == ST_OK);
        require(back == t || t < 0 || t > INT64_C(253402300799));
    }
    return 0;
}
