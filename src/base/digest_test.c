#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/secret.h"

enum { TEXT_MAX = 4096 };

typedef struct {
    uint8_t b[TEXT_MAX];
    size_t n;
} decoded;

static decoded of_hex(str text)
{
    decoded d = { .n = text.n / 2 };
    assert_true(d.n <= TEXT_MAX);
    assert_int_equal(hex_decode(text, d.b, d.n), ST_OK);
    return d;
}

static decoded member(const json_t *o, const char *name)
{
    const char *text = json_string_value(json_object_get(o, name));
    assert_non_null(text);
    return of_hex(str_from_c(text));
}

static bytes of(const decoded *d)
{
    return (bytes){ d->b, d->n };
}

static void assert_digest(const uint8_t got[DIGEST_SIZE], const char *want_hex)
{
    decoded want = of_hex(str_from_c(want_hex));
    assert_int_equal(want.n, DIGEST_SIZE);
    assert_memory_equal(got, want.b, DIGEST_SIZE);
}

/* FIPS 180-4 examples: "abc", the empty text, and the text of two blocks; then a million of "a". */
static void sha256_examples(void **state)
{
    (void)state;
    uint8_t d[DIGEST_SIZE];
    sha256(bytes_of(STR("abc")), d);
    assert_digest(d, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256((bytes){ 0 }, d);
    assert_digest(d, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256(bytes_of(STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")), d);
    assert_digest(d, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    char *million = malloc(1000000);
    assert_non_null(million);
    memset(million, 'a', 1000000);
    sha256(bytes_of((str){ million, 1000000 }), d);
    free(million);
    assert_digest(d, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* GB/T 32905-2016 A.1 and A.2; the payload hash that the official clients send for an empty body. */
static void sm3_examples(void **state)
{
    (void)state;
    uint8_t d[DIGEST_SIZE];
    for (int again = 0; again < 2; again++) {
        sm3(bytes_of(STR("abc")), d);
        assert_digest(d, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
        sm3(bytes_of(STR("abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd")), d);
        assert_digest(d, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
        sm3((bytes){ 0 }, d);
        assert_digest(d, "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b");
    }
}

/* The key may be given in two parts; every way to cut it has to give the same MAC. */
static void assert_hmac(digest_hmac alg, bytes key, bytes message, bytes want)
{
    for (size_t cut = 0; cut <= key.n; cut++) {
        uint8_t got[DIGEST_SIZE];
        bytes head = { key.p, cut }, tail = { key.p + cut, key.n - cut };
        size_t n = hmac(alg, head, tail, message, got);
        assert_int_equal(n, alg == HMAC_SHA1 ? DIGEST_SHA1_SIZE : DIGEST_SIZE);
        assert_true(want.n <= n); /* RFC 2104 section 5: vectors of truncated MACs exist */
        assert_memory_equal(got, want.p, want.n);
        for (size_t i = n; i < DIGEST_SIZE; i++)
            assert_int_equal(got[i], 0);
    }
}

/* RFC 2202 and RFC 4231 */
static void hmac_vectors(void **state)
{
    (void)state;
    json_error_t e;
    json_t *root = json_load_file(ARGALI_SOURCE_ROOT "/tests/vectors/hmac-and-encodings.json", JSON_REJECT_DUPLICATES, &e);
    if (root == NULL)
        fail_msg("%s:%d: %s", e.source, e.line, e.text);
    const json_t *cases = json_object_get(json_object_get(root, "hmac"), "cases");
    assert_int_equal(json_array_size(cases), 9);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *c = json_array_get(cases, i);
        const char *name = json_string_value(json_object_get(c, "algorithm"));
        decoded key = member(c, "keyHex"), data = member(c, "dataHex"), mac = member(c, "macHex");
        assert_hmac(strcmp(name, "sha1") == 0 ? HMAC_SHA1 : HMAC_SHA256, of(&key), of(&data), of(&mac));
    }
    json_decref(root);
}

/* A request that an official client signed with ACS3-HMAC-SM3: its canonical request, string to sign and signature. */
static void a_recorded_sm3_signature(void **state)
{
    (void)state;
    static const str canonical = STR_INIT(
        "POST\n/\nUserId=123\nhost:127.0.0.1:18080\nx-acs-action:GetUser\n"
        "x-acs-content-sha256:1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b\n"
        "x-acs-credentials-provider:static_ak\nx-acs-date:2026-01-02T03:04:05Z\n"
        "x-acs-signature-nonce:3156853299f313e23d1673dc12e1703d\nx-acs-version:2019-08-15\n\n"
        "host;x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;x-acs-signature-nonce;x-acs-version\n"
        "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b");
    uint8_t d[DIGEST_SIZE];
    sm3(bytes_of(canonical), d);
    assert_digest(d, "68bc2764364b1f777af98ea785efd425b72af732d35a6c79eff1f6dfb4b92c2a");
    decoded mac = of_hex(STR("8780779605f5bf4f2f22faf14a4d301dbbb24a144c0801efaa43c896ad56dfae"));
    assert_hmac(HMAC_SM3, bytes_of(STR("testAccessKeySecret")),
                bytes_of(STR("ACS3-HMAC-SM3\n68bc2764364b1f777af98ea785efd425b72af732d35a6c79eff1f6dfb4b92c2a")), of(&mac));
}

/* RFC 2104 section 2: a key longer than a block stands for its own digest. */
static void long_keys_are_hashed(void **state)
{
    (void)state;
    uint8_t key[65], hashed[DIGEST_SIZE], a[DIGEST_SIZE], b[DIGEST_SIZE];
    memset(key, 0xaa, sizeof key);
    sm3((bytes){ key, sizeof key }, hashed);
    (void)hmac(HMAC_SM3, (bytes){ key, 60 }, (bytes){ key, 5 }, bytes_of(STR("m")), a);
    (void)hmac(HMAC_SM3, (bytes){ hashed, sizeof hashed }, (bytes){ 0 }, bytes_of(STR("m")), b);
    assert_memory_equal(a, b, DIGEST_SIZE);
    sha256((bytes){ key, sizeof key }, hashed);
    (void)hmac(HMAC_SHA256, (bytes){ key, 64 }, (bytes){ key, 1 }, bytes_of(STR("m")), a);
    (void)hmac(HMAC_SHA256, (bytes){ hashed, sizeof hashed }, (bytes){ 0 }, bytes_of(STR("m")), b);
    assert_memory_equal(a, b, DIGEST_SIZE);
    (void)hmac(HMAC_SHA256, (bytes){ key, 64 }, (bytes){ 0 }, bytes_of(STR("m")), b); /* of exactly one block: as it is */
    assert_memory_not_equal(a, b, DIGEST_SIZE);
}

static void *hash_in_a_thread(void *arg)
{
    uint8_t d[DIGEST_SIZE];
    for (int i = 0; i < 200; i++) {
        sm3(bytes_of(STR("abc")), d);
        (void)hmac(HMAC_SM3, bytes_of(STR("key")), (bytes){ 0 }, bytes_of(STR("m")), d);
    }
    sm3(bytes_of(STR("abc")), arg);
    return NULL;
}

static void threads_do_not_share_a_context(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    pthread_t id[THREADS];
    uint8_t d[THREADS][DIGEST_SIZE];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&id[i], NULL, hash_in_a_thread, d[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(id[i], NULL), 0);
        assert_digest(d[i], "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    }
}

static bool does_verify(digest_hmac alg, const json_t *test)
{
    decoded key = member(test, "key"), message = member(test, "msg"), tag = member(test, "tag");
    uint8_t got[DIGEST_SIZE];
    size_t n = hmac(alg, of(&key), (bytes){ 0 }, of(&message), got);
    return tag.n <= n && bytes_eq_secret((bytes){ got, tag.n }, of(&tag));
}

/* Project Wycheproof's files are not part of this tree; ARGALI_SHARED names a folder whose vectors/wycheproof/ holds them. */
static void run_wycheproof(digest_hmac alg, const char *name)
{
    char path[4096];
    json_error_t e;
    (void)snprintf(path, sizeof path, "%s/vectors/wycheproof/%s", getenv("ARGALI_SHARED"), name);
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &e);
    if (root == NULL)
        fail_msg("%s:%d: %s", path, e.line, e.text);
    int cases = 0;
    size_t g, t;
    json_t *group, *test;
    json_array_foreach (json_object_get(root, "testGroups"), g, group) {
        json_array_foreach (json_object_get(group, "tests"), t, test) {
            bool is_valid = strcmp(json_string_value(json_object_get(test, "result")), "valid") == 0;
            if (does_verify(alg, test) != is_valid)
                fail_msg("%s: tcId %d", name, (int)json_integer_value(json_object_get(test, "tcId")));
            cases++;
        }
    }
    assert_int_equal(cases, json_integer_value(json_object_get(root, "numberOfTests")));
    json_decref(root);
}

static void wycheproof_hmac(void **state)
{
    (void)state;
    run_wycheproof(HMAC_SHA1, "hmac_sha1.json");
    run_wycheproof(HMAC_SHA256, "hmac_sha256.json");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_examples),      cmocka_unit_test(sm3_examples),
        cmocka_unit_test(hmac_vectors),         cmocka_unit_test(a_recorded_sm3_signature),
        cmocka_unit_test(long_keys_are_hashed), cmocka_unit_test(threads_do_not_share_a_context),
    };
    const struct CMUnitTest tests_of_shared_vectors[] = { cmocka_unit_test(wycheproof_hmac) };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (getenv("ARGALI_SHARED") != NULL)
        failed += cmocka_run_group_tests(tests_of_shared_vectors, NULL, NULL);
    return failed;
}
