/* Encodings: what a decoder takes, the encoder writes again; what the encoder writes, the decoder takes. */
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

typedef void encoder(bytes in, buf *to);
typedef status decoder(str in, uint8_t *ret, size_t size, size_t *ret_n);

/* Both directions; base64 has one text for each value, so that decoding and encoding again gives the input. */
static void base64_both_ways(bytes in, encoder *encode, decoder *decode)
{
    buf b;
    size_t n = 0;
    uint8_t *out = malloc(in.n + 1);
    require(out != NULL);
    buf_init(&b, 2 * in.n + 8);
    encode(in, &b);
    require(buf_ok(&b));
    require(decode(buf_str(&b), out, in.n, &n) == ST_OK && n == in.n && memcmp(out, in.p, n) == 0);
    if (decode(str_of(in), out, in.n, &n) == ST_OK) {
        buf_clear(&b);
        encode((bytes){ out, n }, &b);
        require(str_eq(buf_str(&b), str_of(in)) || in.n == 0);
    }
    buf_done(&b);
    free(out);
}

static void hex_both_ways(bytes in)
{
    uint8_t *out = malloc(in.n + 1);
    char *text = malloc(2 * in.n + 1);
    require(out != NULL && text != NULL);
    hex_encode(in, text);
    require(hex_decode((str){ text, 2 * in.n }, out, in.n) == ST_OK && memcmp(out, in.p, in.n) == 0);
    if (hex_decode(str_of(in), out, in.n / 2) == ST_OK) {
        hex_encode((bytes){ out, in.n / 2 }, text);
        require(str_eq_nocase((str){ text, in.n }, str_of(in)) || in.n == 0);
    }
    free(text);
    free(out);
}

static void percent_both_ways(str in)
{
    arena *a = arena_new(256, 16 * in.n + 1024);
    char *text = malloc(3 * in.n + 1);
    str back;
    require(a != NULL && text != NULL);
    str encoded = { text, percent_encode(in, text) };
    require(encoded.n == percent_encoded_size(in));
    require(percent_decode(a, encoded, true, &back) == ST_OK && back.n == in.n && memcmp(back.p, in.p, in.n) == 0);
    status as_form = percent_decode(a, in, true, &back), as_path = percent_decode(a, in, false, &back);
    require(as_form == as_path && back.n <= in.n);
    free(text);
    arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    bytes in = { data, size };
    base64_both_ways(in, base64_encode, base64_decode);
    base64_both_ways(in, base64url_encode, base64url_decode);
    hex_both_ways(in);
    percent_both_ways(str_of(in));
    return 0;
}
