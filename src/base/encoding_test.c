#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "base/encoding.h"

static str member(const json_t *o, const char *name)
{
    const char *text = json_string_value(json_object_get(o, name));
    assert_non_null(text);
    return str_from_c(text);
}

static json_t *vectors(void)
{
    json_error_t e;
    json_t *root = json_load_file(ARGALI_SOURCE_ROOT "/tests/vectors/hmac-and-encodings.json", JSON_REJECT_DUPLICATES, &e);
    if (root == NULL)
        fail_msg("%s:%d: %s", e.source, e.line, e.text);
    return root;
}

typedef void encoder(bytes in, buf *to);
typedef status decoder(str in, uint8_t *ret, size_t size, size_t *ret_n);

static void check_both_ways(str plain, str encoded, encoder *encode, decoder *decode)
{
    CLEANUP(buf_done) buf b;
    buf_init(&b, encoded.n); /* the longest allowed is enough: no hidden byte counts */
    encode(bytes_of(plain), &b);
    assert_true(buf_ok(&b));
    assert_true(str_eq(buf_str(&b), encoded));
    uint8_t out[64];
    size_t n = 99;
    assert_int_equal(decode(encoded, out, plain.n, &n), ST_OK);
    assert_int_equal(n, plain.n);
    assert_memory_equal(out, plain.p, plain.n);
    if (plain.n > 0)
        assert_int_equal(decode(encoded, out, plain.n - 1, &n), ST_LIMIT);
}

/* RFC 4648 section 10 */
static void base64_vectors(void **state)
{
    (void)state;
    json_t *root = vectors();
    const json_t *cases = json_object_get(json_object_get(root, "base"), "cases");
    assert_int_equal(json_array_size(cases), 7);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *c = json_array_get(cases, i);
        check_both_ways(member(c, "text"), member(c, "base64"), base64_encode, base64_decode);
        check_both_ways(member(c, "text"), member(c, "base64url"), base64url_encode, base64url_decode);
    }
    const json_t *alphabet = json_object_get(root, "base64urlAlphabet");
    check_both_ways(STR("\xfb\xff\xfe"), member(alphabet, "base64"), base64_encode, base64_decode);
    check_both_ways(STR("\xfb\xff\xfe"), member(alphabet, "base64url"), base64url_encode, base64url_decode);
    json_decref(root);
}

static const struct {
    const char *what;
    str in;
} base64_refused[] = {
    { "padding missing", STR_INIT("Zg") },
    { "half the padding missing", STR_INIT("Zg=") },
    { "too much padding", STR_INIT("Zg===") },
    { "padding where none belongs", STR_INIT("Zm9v=") },
    { "only padding", STR_INIT("====") },
    { "one character left over", STR_INIT("Zm9vZ") },
    { "text after the padding", STR_INIT("Zg==Zg==") },
    { "RFC 4648 3.5: bits past the end are set", STR_INIT("Zh==") },
    { "the same with two bytes", STR_INIT("Zm9=") },
    { "line feed inside", STR_INIT("Zm\n9v") },
    { "line feed at the end", STR_INIT("Zm9v\n") },
    { "leading blank", STR_INIT(" Zm9v") },
    { "NUL", STR_INIT("Zm9v\0") },
    { "base64url alphabet", STR_INIT("-__-") },
    { "not ASCII", STR_INIT("Zm9\xC3") },
};

static void base64_is_strict(void **state)
{
    (void)state;
    uint8_t out[64];
    size_t n = 99;
    for (size_t i = 0; i < sizeof base64_refused / sizeof base64_refused[0]; i++) {
        if (base64_decode(base64_refused[i].in, out, sizeof out, &n) != ST_INVALID)
            fail_msg("%s", base64_refused[i].what);
    }
    assert_int_equal(base64url_decode(STR("Zg=="), out, sizeof out, &n), ST_INVALID);
    assert_int_equal(base64url_decode(STR("+//+"), out, sizeof out, &n), ST_INVALID);
    assert_int_equal(base64url_decode(STR("Zh"), out, sizeof out, &n), ST_INVALID);
    assert_int_equal(n, 99);
}

/* RFC 4648 tables 1 and 2: of 256 bytes, 64 are digits, each with its own value. */
static void base64_knows_every_byte(void **state)
{
    (void)state;
    static const char common[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    static const struct {
        decoder *decode;
        const char *last_two;
    } alphabets[] = { { base64_decode, "+/" }, { base64url_decode, "-_" } };
    for (size_t i = 0; i < 2; i++) {
        char digits[65];
        (void)snprintf(digits, sizeof digits, "%s%s", common, alphabets[i].last_two);
        for (int c = 0; c < 256; c++) {
            char text[4] = { 'A', 'A', 'A', (char)c };
            const char *digit = c != 0 ? strchr(digits, c) : NULL;
            uint8_t out[3] = { 0 };
            size_t n;
            if (alphabets[i].decode((str){ text, 4 }, out, 3, &n) == ST_OK && n == 3) {
                assert_non_null(digit);
                assert_int_equal(out[2], digit - digits);
            } else {
                assert_null(digit);
            }
        }
    }
}

static void base64_respects_the_cap(void **state)
{
    (void)state;
    CLEANUP(buf_done) buf b;
    buf_init(&b, 7);
    base64_encode(bytes_of(STR("foob")), &b);
    assert_false(buf_ok(&b));
    buf_clear(&b);
    base64_encode(bytes_of(STR("foobarfoobar")), &b);
    assert_false(buf_ok(&b));
}

static void hex(void **state)
{
    (void)state;
    char text[6];
    uint8_t out[3] = { 9, 9, 9 };
    hex_encode(bytes_of(STR("\x00\xAB\x7f")), text);
    assert_memory_equal(text, "00ab7f", 6);
    assert_int_equal(hex_decode(STR("00aB7F"), out, 3), ST_OK);
    assert_memory_equal(out, "\x00\xAB\x7f", 3);
    assert_int_equal(hex_decode(STR("666F6F"), out, 3), ST_OK); /* RFC 4648 section 10, BASE16("foo") */
    assert_memory_equal(out, "foo", 3);
    assert_int_equal(hex_decode(STR("0000"), out, 3), ST_INVALID);
    assert_int_equal(hex_decode(STR("00000"), out, 3), ST_INVALID);
    assert_int_equal(hex_decode(STR("00000000"), out, 3), ST_INVALID);
    assert_int_equal(hex_decode(STR("00000g"), out, 3), ST_INVALID);
    assert_int_equal(hex_decode(STR("0x0000"), out, 3), ST_INVALID);
    assert_int_equal(hex_decode(STR(" 00000"), out, 3), ST_INVALID);
    assert_memory_equal(out, "foo", 3);
    assert_int_equal(hex_decode(STR(""), out, 0), ST_OK);
}

/* From recorded requests of the official clients: the value on the wire and in the canonical request. */
static const struct {
    str plain, encoded;
} percent_cases[] = {
    { STR_INIT(""), STR_INIT("") },
    { STR_INIT("line1\nline2"), STR_INIT("line1%0Aline2") },
    { STR_INIT("A b+c*d~e'f(g)!h&i=j%k/l?\xE4\xB8\xAD"),
      STR_INIT("A%20b%2Bc%2Ad~e%27f%28g%29%21h%26i%3Dj%25k%2Fl%3F%E4%B8%AD") },
    { STR_INIT("alice@example.onaliyun.com"), STR_INIT("alice%40example.onaliyun.com") },
    { STR_INIT("[\"r1\",\"r2\"]"), STR_INIT("%5B%22r1%22%2C%22r2%22%5D") },
    { STR_INIT("/"), STR_INIT("%2F") },
};

static void percent_vectors(void **state)
{
    (void)state;
    arena *a = arena_new(64, 10000);
    for (size_t i = 0; i < sizeof percent_cases / sizeof percent_cases[0]; i++) {
        str plain = percent_cases[i].plain, encoded = percent_cases[i].encoded, back;
        CLEANUP(buf_done) buf b;
        buf_init(&b, encoded.n);
        percent_encode_to(plain, &b);
        assert_true(buf_ok(&b));
        assert_true(str_eq(buf_str(&b), encoded));
        assert_int_equal(percent_encoded_size(plain), encoded.n);
        assert_int_equal(percent_decode(a, encoded, true, &back), ST_OK);
        assert_true(str_eq(back, plain));
    }
    arena_free(a);
}

/* RFC 3986 2.3: these stay, all others do not. */
static void percent_covers_every_byte(void **state)
{
    (void)state;
    static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    static const char digits[] = "0123456789ABCDEF";
    for (int c = 0; c < 256; c++) {
        char in = (char)c, out[3], want[3] = { '%', digits[c >> 4], digits[c & 15] };
        if (c != 0 && strchr(unreserved, c) != NULL) {
            assert_int_equal(percent_encode((str){ &in, 1 }, out), 1);
            assert_int_equal(out[0], in);
        } else {
            assert_int_equal(percent_encode((str){ &in, 1 }, out), 3);
            assert_memory_equal(out, want, 3);
        }
    }
}

static void percent_decoding(void **state)
{
    (void)state;
    arena *a = arena_new(64, 10000);
    str s = STR("kept");
    static const str refused[] = { STR_INIT("%"),    STR_INIT("a%"),     STR_INIT("a%4"),  STR_INIT("%4g"), STR_INIT("%g4"),
                                   STR_INIT("%%41"), STR_INIT("%u0041"), STR_INIT("% 41"), STR_INIT("%+1") };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_int_equal(percent_decode(a, refused[i], true, &s), ST_INVALID);
    assert_true(str_eq(s, STR("kept")));
    assert_int_equal(percent_decode(a, STR("a+b%2bc%2B"), true, &s), ST_OK);
    assert_true(str_eq(s, STR("a b+c+")));
    assert_int_equal(percent_decode(a, STR("a+b%20"), false, &s), ST_OK);
    assert_true(str_eq(s, STR("a+b ")));
    assert_int_equal(percent_decode(a, STR("%00%ff"), true, &s), ST_OK); /* what they may be is the caller's question */
    assert_true(str_eq(s, STR("\x00\xff")));
    assert_int_equal(percent_decode(a, STR("%2541"), true, &s), ST_OK); /* once, not twice */
    assert_true(str_eq(s, STR("%41")));
    str plain = STR("a+b");
    size_t used = arena_used(a);
    assert_int_equal(percent_decode(a, plain, false, &s), ST_OK);
    assert_ptr_equal(s.p, plain.p);
    assert_int_equal(arena_used(a), used);
    assert_int_equal(percent_decode(a, (str){ 0 }, true, &s), ST_OK);
    assert_null(s.p);
    arena_free(a);
}

static void percent_respects_its_bounds(void **state)
{
    (void)state;
    str s = STR("kept");
    arena *a = arena_new(4, 4);
    assert_int_equal(percent_decode(a, STR("a%20bcdef"), true, &s), ST_NO_MEMORY);
    assert_true(str_eq(s, STR("kept")));
    arena_free(a);
    CLEANUP(buf_done) buf b;
    buf_init(&b, 5);
    percent_encode_to(STR("//"), &b);
    assert_false(buf_ok(&b));
    buf_clear(&b);
    percent_encode_to(STR("abcdef"), &b);
    assert_false(buf_ok(&b));
}

static void numbers_as_bytes(void **state)
{
    (void)state;
    static const uint8_t want[] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };
    uint8_t got[sizeof want];
    u64be_encode(UINT64_C(0x0123456789abcdef), got);
    assert_memory_equal(got, want, sizeof want);
    cursor c = cur_of((bytes){ got, sizeof got });
    assert_true(cur_u64be(&c) == UINT64_C(0x0123456789abcdef));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_as_bytes),        cmocka_unit_test(base64_vectors),
        cmocka_unit_test(base64_is_strict),        cmocka_unit_test(base64_knows_every_byte),
        cmocka_unit_test(base64_respects_the_cap), cmocka_unit_test(hex),
        cmocka_unit_test(percent_vectors),         cmocka_unit_test(percent_covers_every_byte),
        cmocka_unit_test(percent_decoding),        cmocka_unit_test(percent_respects_its_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
