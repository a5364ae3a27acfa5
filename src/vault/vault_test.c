/* vault_test.c - sealing, moving, tampering, keyed operations, tags, tokens, and the key file. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encoding.h"
#include "vault/vault.h"

#define KEY_A         "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"
#define KEY_B         "b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2"
#define LINE(id, hex) "argali-master-key-1 " id " " hex "\n"

static char folder[64];
static char key_path[96];
static err e;

static int start(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/argali-vault-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(key_path, sizeof key_path, "%s/master.key", folder);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    (void)unlink(key_path);
    return rmdir(folder);
}

static void write_key_file(const char *text, mode_t mode)
{
    (void)unlink(key_path);
    int fd = open(key_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    assert_int_equal(close(fd), 0);
}

static vault *open_text(const char *text)
{
    vault *v = NULL;
    write_key_file(text, 0400);
    assert_int_equal(vault_open(key_path, world_system(), &v, &e), ST_OK);
    return v;
}

static bytes lit(const char *z)
{
    return bytes_of(str_from_c(z));
}

static bytes of(const sealed *s)
{
    return (bytes){ s->b, s->n };
}

static const seal_place place = { SEAL_ACCESS_KEY, 1000000000000001, 7 };

static sealed seal_secret(vault *v, const char *secret_text)
{
    sealed s = { 0 };
    assert_int_equal(vault_seal_new(v, place, lit(secret_text), &s, &e), ST_OK);
    return s;
}

/* --- the key file ------------------------------------------------------------------------------------------------- */

static void test_key_file_is_created_once(void **state)
{
    (void)state;
    struct stat s;
    vault *v = NULL;
    assert_int_equal(vault_create_key_file(key_path, world_system(), &e), ST_OK);
    assert_int_equal(stat(key_path, &s), 0);
    assert_int_equal(s.st_mode & 07777, 0400);
    assert_int_equal(vault_create_key_file(key_path, world_system(), &e), ST_CONFLICT);
    assert_int_equal(vault_open(key_path, world_system(), &v, &e), ST_OK);
    vault_free(v);
    assert_int_equal(unlink(key_path), 0);
    assert_int_equal(vault_open(key_path, world_system(), &v, &e), ST_NOT_FOUND);
}

static status no_dice(void *self, uint8_t *ret, size_t n)
{
    (void)self, (void)ret, (void)n;
    return ST_UNAVAILABLE;
}

static void test_without_random_bytes_nothing_is_made(void **state)
{
    (void)state;
    world w = *world_system();
    w.random = no_dice;
    assert_int_equal(vault_create_key_file(key_path, &w, &e), ST_UNAVAILABLE);
    assert_int_equal(access(key_path, F_OK), -1);
    vault *v = NULL;
    write_key_file(LINE("1", KEY_A), 0400);
    assert_int_equal(vault_open(key_path, &w, &v, &e), ST_OK);
    sealed s = { .n = 99 };
    assert_int_equal(vault_seal_new(v, place, lit("x"), &s, &e), ST_UNAVAILABLE);
    assert_int_equal(s.n, 99);
    vault_free(v);
}

static const struct {
    const char *what, *text;
    status want;
} key_file_cases[] = {
    { "one key", LINE("1", KEY_A), ST_OK },
    { "two keys", LINE("1", KEY_A) LINE("2", KEY_B), ST_OK },
    { "eight keys",
      LINE("1", KEY_A) LINE("2", KEY_A) LINE("3", KEY_A) LINE("4", KEY_A) LINE("5", KEY_A) LINE("6", KEY_A) LINE("7", KEY_A)
          LINE("255", KEY_B),
      ST_OK },
    { "empty", "", ST_INVALID },
    { "no line feed at the end", "argali-master-key-1 1 " KEY_A, ST_INVALID },
    { "another word", "argali-master-key-2 1 " KEY_A "\n", ST_INVALID },
    { "key id 0", LINE("0", KEY_A), ST_INVALID },
    { "key id 256", LINE("256", KEY_A), ST_INVALID },
    { "key id with a sign", LINE("+1", KEY_A), ST_INVALID },
    { "key id twice", LINE("1", KEY_A) LINE("1", KEY_B), ST_INVALID },
    { "a digit short", "argali-master-key-1 1 a1\n", ST_INVALID },
    { "a digit too many", LINE("1", KEY_A "a"), ST_INVALID },
    { "no digit", LINE("1", "g1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"), ST_INVALID },
    { "an empty line", LINE("1", KEY_A) "\n", ST_INVALID },
    { "nine keys",
      LINE("1", KEY_A) LINE("2", KEY_A) LINE("3", KEY_A) LINE("4", KEY_A) LINE("5", KEY_A) LINE("6", KEY_A) LINE("7", KEY_A)
          LINE("8", KEY_A) LINE("9", KEY_B),
      ST_INVALID },
};

static void test_key_file_is_read_strictly(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof key_file_cases / sizeof key_file_cases[0]; i++) {
        vault *v = NULL;
        write_key_file(key_file_cases[i].text, 0400);
        if (vault_open(key_path, world_system(), &v, &e) != key_file_cases[i].want)
            fail_msg("%s", key_file_cases[i].what);
        vault_free(v);
    }
    char longer[16384];
    vault *v = NULL;
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    write_key_file(longer, 0400);
    assert_int_equal(vault_open(key_path, world_system(), &v, &e), ST_LIMIT);
}

static void test_key_file_of_others_is_refused(void **state)
{
    (void)state;
    static const mode_t modes[] = { 0440, 0404, 0420, 0402, 0644 };
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        vault *v = NULL;
        write_key_file(LINE("1", KEY_A), modes[i]);
        assert_int_equal(vault_open(key_path, world_system(), &v, &e), ST_INVALID);
    }
    vault *v = NULL;
    write_key_file(LINE("1", KEY_A), 0600);
    assert_int_equal(vault_open(key_path, world_system(), &v, &e), ST_OK);
    vault_free(v);
}

static void test_errors_do_not_name_the_key(void **state)
{
    (void)state;
    vault *v = NULL;
    write_key_file("argali-master-key-1 1 " KEY_A, 0400);
    assert_int_equal(vault_open(key_path, world_system(), &v, &e), ST_INVALID);
    assert_null(strstr(e.log, "a1a1"));
}

/* --- sealing ------------------------------------------------------------------------------------------------------ */

static void test_sealed_value_opens_at_its_place_only(void **state)
{
    (void)state;
    vault *v = open_text(LINE("1", KEY_A));
    sealed s = seal_secret(v, "secret");
    assert_int_equal(s.n, SEALED_OVERHEAD + strlen("secret"));
    assert_int_equal(vault_check(v, place, of(&s), &e), ST_OK);

    seal_place wrong = place;
    wrong.account++;
    assert_int_equal(vault_check(v, wrong, of(&s), &e), ST_INVALID);
    assert_string_equal(e.code, "InternalError");
    wrong = place;
    wrong.row++;
    assert_int_equal(vault_check(v, wrong, of(&s), &e), ST_INVALID);
    wrong = (seal_place){ place.purpose, place.row, place.account };
    assert_int_equal(vault_check(v, wrong, of(&s), &e), ST_INVALID);
    wrong = place;
    wrong.purpose = SEAL_PASSWORD;
    assert_int_equal(vault_check(v, wrong, of(&s), &e), ST_INVALID);
    assert_non_null(strstr(e.log, "seal/password"));
    vault_free(v);
}

static void test_purposes_that_do_not_seal(void **state)
{
    (void)state;
    static const seal_purpose others[] = { SEAL_NONE, TAG_MARKER, TAG_AUDIT, TOKEN_STS, TOKEN_DIAGNOSTIC, SEAL_PURPOSE_COUNT };
    vault *v = open_text(LINE("1", KEY_A));
    sealed s = seal_secret(v, "secret"), ret = { 0 };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        seal_place at = { others[i], place.account, place.row };
        assert_int_equal(vault_seal_new(v, at, lit("x"), &ret, &e), ST_BUG);
        assert_int_equal(vault_check(v, at, of(&s), &e), ST_BUG);
    }
    vault_free(v);
}

static void test_each_flipped_bit_is_found(void **state)
{
    (void)state;
    vault *v = open_text(LINE("1", KEY_A));
    sealed s = seal_secret(v, "0123456789012345678901234567890");
    for (size_t i = 0; i < s.n; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            sealed bad = s;
            bad.b[i] ^= (uint8_t)(1u << bit);
            assert_int_equal(vault_check(v, place, of(&bad), &e), ST_INVALID);
        }
    for (uint16_t n = 0; n < s.n; n++)
        assert_int_equal(vault_check(v, place, (bytes){ s.b, n }, &e), ST_INVALID);
    vault_free(v);
}

static void test_sizes(void **state)
{
    (void)state;
    vault *v = open_text(LINE("1", KEY_A));
    uint8_t plain[SEALED_MAX - SEALED_OVERHEAD + 1] = { 0 };
    sealed s = { 0 };
    assert_int_equal(vault_seal_new(v, place, (bytes){ plain, 0 }, &s, &e), ST_INVALID);
    assert_int_equal(vault_seal_new(v, place, (bytes){ plain, sizeof plain }, &s, &e), ST_INVALID);
    assert_int_equal(s.n, 0);
    assert_int_equal(vault_seal_new(v, place, (bytes){ plain, sizeof plain - 1 }, &s, &e), ST_OK);
    assert_int_equal(s.n, SEALED_MAX);
    assert_int_equal(vault_check(v, place, of(&s), &e), ST_OK);
    uint8_t longer[SEALED_MAX + 1] = { 0 };
    memcpy(longer, s.b, s.n);
    assert_int_equal(vault_check(v, place, (bytes){ longer, sizeof longer }, &e), ST_INVALID);
    vault_free(v);
}

static void test_two_seals_of_one_value_differ(void **state)
{
    (void)state;
    vault *v = open_text(LINE("1", KEY_A));
    sealed a = seal_secret(v, "secret"), b = seal_secret(v, "secret");
    assert_memory_not_equal(a.b, b.b, a.n);
    assert_memory_not_equal(a.b + 26, b.b + 26, 6);
    vault_free(v);
}

static void test_keys_rotate_by_resealing(void **state)
{
    (void)state;
    vault *v = open_text(LINE("1", KEY_A));
    sealed old = seal_secret(v, "secret"), fresh = { 0 };
    vault_free(v);

    v = open_text(LINE("1", KEY_A) LINE("2", KEY_B));
    assert_int_equal(vault_check(v, place, of(&old), &e), ST_OK);
    seal_place wrong = place;
    wrong.row++;
    assert_int_equal(vault_reseal(v, wrong, of(&old), &fresh, &e), ST_INVALID);
    assert_int_equal(fresh.n, 0);
    assert_int_equal(vault_reseal(v, place, of(&old), &fresh, &e), ST_OK);
    assert_int_equal(fresh.b[1], 2);
    vault_free(v);

    v = open_text(LINE("2", KEY_B));
    assert_int_equal(vault_check(v, place, of(&fresh), &e), ST_OK);
    assert_int_equal(vault_digest_check(v, place, of(&fresh), lit("secret"), &e), ST_OK);
    assert_int_equal(vault_check(v, place, of(&old), &e), ST_INVALID);
    vault_free(v);

    v = open_text(LINE("1", KEY_B)); /* another key under a known id */
    assert_int_equal(vault_check(v, place, of(&old), &e), ST_INVALID);
    vault_free(v);
}

/* --- keyed operations --------------------------------------------------------------------------------------------- */

/* RFC 4231 4.3 and RFC 2202 3, case 2: key "Jefe". */
static const struct {
    mac_algorithm alg;
    const char *key, *suffix, *message, *mac;
} mac_cases[] = {
    { MAC_HMAC_SHA256, "Jefe", "", "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
    { MAC_HMAC_SHA1, "Jefe", "", "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
    { MAC_HMAC_SHA1, "Jef", "e", "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
    /* signature of vector A7 in tests/vectors/signing-vectors.json, made by the Node client */
    { MAC_HMAC_SM3, "testAccessKeySecret", "",
      "ACS3-HMAC-SM3\n68bc2764364b1f777af98ea785efd425b72af732d35a6c79eff1f6dfb4b92c2a",
      "8780779605f5bf4f2f22faf14a4d301dbbb24a144c0801efaa43c896ad56dfae" },
};

static void test_macs_of_published_vectors(void **state)
{
    (void)state;
    vault *v = open_text(LINE("1", KEY_A));
    for (size_t i = 0; i < sizeof mac_cases / sizeof mac_cases[0]; i++) {
        sealed s = seal_secret(v, mac_cases[i].key);
        uint8_t mac[MAC_MAX];
        size_t n = strlen(mac_cases[i].mac) / 2;
        str suffix = str_from_c(mac_cases[i].suffix);
        bytes message = lit(mac_cases[i].message);
        assert_int_equal(hex_decode(str_from_c(mac_cases[i].mac), mac, n), ST_OK);
        assert_int_equal(vault_mac_check(v, place, of(&s), mac_cases[i].alg, suffix, message, (bytes){ mac, n }, &e), ST_OK);
        for (size_t k = 0; k < n; k++) {
            mac[k] ^= 0x10;
            assert_int_equal(vault_mac_check(v, place, of(&s), mac_cases[i].alg, suffix, message, (bytes){ mac, n }, &e),
                             ST_DENIED);
            mac[k] ^= 0x10;
        }
        for (size_t k = 0; k < n; k++) /* a MAC cut short proves nothing */
            assert_int_equal(vault_mac_check(v, place, of(&s), mac_cases[i].alg, suffix, message, (bytes){ mac, k }, &e),
                             ST_DENIED);
        assert_int_equal(vault_mac_check(v, place, of(&s), mac_cases[i].alg, STR("&"), message, (bytes){ mac, n }, &e),
                         ST_DENIED);
        assert_int_equal(vault_mac_check(v, place, of(&s), mac_cases[i].alg, suffix, lit("another"), (bytes){ mac, n }, &e),
                         ST_DENIED);
        seal_place wrong = place;
        wrong.row++;
        assert_int_equal(vault_mac_check(v, wrong, of(&s), mac_cases[i].alg, suffix, message, (bytes){ mac, n }, &e),
                         ST_INVALID);
    }
    vault_free(v);
}

static void test_every_byte_of_a_digest_counts(void **state)
{
    (void)state;
    vault *v = open_text(LINE("1", KEY_A));
    seal_place at = { SEAL_PASSWORD, 1, 2 };
    for (size_t n = 1; n <= 128; n++) {
        uint8_t digest[129] = { 0 };
        sealed s = { 0 };
        assert_int_equal(vault_seal_new(v, at, (bytes){ digest, n }, &s, &e), ST_OK);
        assert_int_equal(vault_digest_check(v, at, of(&s), (bytes){ digest, n }, &e), ST_OK);
        assert_int_equal(vault_digest_check(v, at, of(&s), (bytes){ digest, n - 1 }, &e), ST_DENIED);
        assert_int_equal(vault_digest_check(v, at, of(&s), (bytes){ digest, n + 1 }, &e), ST_DENIED);
        for (size_t i = 0; i < n; i++) {
            digest[i] = 1;
            assert_int_equal(vault_digest_check(v, at, of(&s), (bytes){ digest, n }, &e), ST_DENIED);
            digest[i] = 0;
        }
    }
    vault_free(v);
}

/* --- tags and tokens ---------------------------------------------------------------------------------------------- */

static void test_tags(void **state)
{
    (void)state;
    uint8_t marker[VAULT_TAG_BYTES], audit[VAULT_TAG_BYTES];
    vault *v = open_text(LINE("1", KEY_A));
    vault_tag(v, TAG_MARKER, lit("message"), marker);
    vault_tag(v, TAG_AUDIT, lit("message"), audit);
    assert_memory_not_equal(marker, audit, sizeof marker);
    vault_free(v);

    v = open_text(LINE("1", KEY_A) LINE("2", KEY_B)); /* an old key's tag still holds */
    assert_int_equal(vault_tag_check(v, TAG_MARKER, lit("message"), (bytes){ marker, sizeof marker }), ST_OK);
    assert_int_equal(vault_tag_check(v, TAG_AUDIT, lit("message"), (bytes){ marker, sizeof marker }), ST_DENIED);
    assert_int_equal(vault_tag_check(v, TAG_MARKER, lit("messagf"), (bytes){ marker, sizeof marker }), ST_DENIED);
    assert_int_equal(vault_tag_check(v, TAG_MARKER, lit("message"), (bytes){ marker, sizeof marker - 1 }), ST_DENIED);
    assert_int_equal(vault_tag_check(v, TOKEN_STS, lit("message"), (bytes){ marker, sizeof marker }), ST_BUG);
    for (size_t i = 0; i < sizeof marker; i++) {
        marker[i] ^= 1;
        assert_int_equal(vault_tag_check(v, TAG_MARKER, lit("message"), (bytes){ marker, sizeof marker }), ST_DENIED);
        marker[i] ^= 1;
    }
    vault_free(v);

    v = open_text(LINE("2", KEY_B));
    assert_int_equal(vault_tag_check(v, TAG_MARKER, lit("message"), (bytes){ marker, sizeof marker }), ST_DENIED);
    vault_free(v);
}

static void test_tokens(void **state)
{
    (void)state;
    vault *v = open_text(LINE("1", KEY_A));
    buf token, content;
    buf_init(&token, 4096);
    buf_init_secret(&content, 4096);
    assert_int_equal(vault_token_seal(v, TOKEN_STS, 5, lit("content"), &token, &e), ST_OK);
    assert_int_equal(vault_token_open(v, TOKEN_STS, 5, buf_bytes(&token), &content, &e), ST_OK);
    assert_true(str_eq(buf_str(&content), STR("content")));
    buf_clear(&content);
    assert_int_equal(vault_token_open(v, TOKEN_STS, 6, buf_bytes(&token), &content, &e), ST_DENIED);
    assert_int_equal(vault_token_open(v, TOKEN_DIAGNOSTIC, 5, buf_bytes(&token), &content, &e), ST_DENIED);
    assert_int_equal(vault_token_open(v, SEAL_ACCESS_KEY, 5, buf_bytes(&token), &content, &e), ST_BUG);
    for (size_t i = 0; i < token.n; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            token.p[i] ^= (uint8_t)(1u << bit);
            assert_int_equal(vault_token_open(v, TOKEN_STS, 5, buf_bytes(&token), &content, &e), ST_DENIED);
            token.p[i] ^= (uint8_t)(1u << bit);
        }
        assert_int_equal(vault_token_open(v, TOKEN_STS, 5, (bytes){ token.p, i }, &content, &e), ST_DENIED);
    }
    assert_int_equal(content.n, 0);
    buf_done(&token);
    buf_done(&content);
    vault_free(v);
}

static void test_an_empty_token_and_a_full_buffer(void **state)
{
    (void)state;
    vault *v = open_text(LINE("1", KEY_A));
    buf token, tiny;
    buf_init(&token, 4096);
    buf_init(&tiny, SEALED_OVERHEAD);
    assert_int_equal(vault_token_seal(v, TOKEN_STS, 5, (bytes){ NULL, 0 }, &token, &e), ST_OK);
    assert_int_equal(token.n, SEALED_OVERHEAD);
    assert_int_equal(vault_token_open(v, TOKEN_STS, 5, buf_bytes(&token), &tiny, &e), ST_OK);
    assert_int_equal(tiny.n, 0);
    assert_int_equal(vault_token_seal(v, TOKEN_STS, 5, lit("x"), &tiny, &e), ST_NO_MEMORY);
    static const uint8_t much[65537];
    assert_int_equal(vault_token_seal(v, TOKEN_STS, 5, (bytes){ much, sizeof much }, &token, &e), ST_LIMIT);
    buf_done(&token);
    buf_done(&tiny);
    vault_free(v);
}

/* A sealed row is no token and a token no sealed row, though both are written alike. */
static void test_one_key_one_purpose(void **state)
{
    (void)state;
    vault *v = open_text(LINE("1", KEY_A));
    buf token;
    buf_init(&token, 4096);
    sealed s = { 0 };
    assert_int_equal(vault_seal_new(v, (seal_place){ SEAL_ACCESS_KEY, 5, 0 }, lit("content"), &s, &e), ST_OK);
    assert_int_equal(vault_token_open(v, TOKEN_STS, 5, of(&s), &token, &e), ST_DENIED);
    assert_int_equal(vault_token_seal(v, TOKEN_STS, 5, lit("content"), &token, &e), ST_OK);
    assert_int_equal(vault_check(v, (seal_place){ SEAL_ACCESS_KEY, 5, 0 }, buf_bytes(&token), &e), ST_INVALID);
    buf_done(&token);
    vault_free(v);
}

/* --- threads ------------------------------------------------------------------------------------------------------ */

typedef struct {
    vault *v;
    unsigned number;
    bool is_right;
} worker;

static void *work(void *arg)
{
    worker *w = arg;
    char text[32];
    err ours;
    sealed s = { 0 };
    seal_place at = { SEAL_ACCESS_KEY, 1, w->number };
    (void)snprintf(text, sizeof text, "secret of thread %u", w->number);
    w->is_right = vault_seal_new(w->v, at, lit(text), &s, &ours) == ST_OK;
    for (int i = 0; i < 500 && w->is_right; i++)
        w->is_right = vault_digest_check(w->v, at, of(&s), lit(text), &ours) == ST_OK &&
                      vault_digest_check(w->v, at, of(&s), lit("another"), &ours) == ST_DENIED;
    return NULL;
}

static void test_threads_do_not_see_each_other(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    worker workers[THREADS];
    vault *v = open_text(LINE("1", KEY_A));
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (worker){ v, i, false };
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(workers[i].is_right);
    }
    vault_free(v);
}

/* --- rotating the master key -------------------------------------------------------------------------------------- */

#define AUDIT_LINE(id, hex) "argali-audit-key-1 " id " " hex "\n"

static void test_a_key_is_added_and_the_old_one_dropped(void **state)
{
    (void)state;
    uint8_t audit[VAULT_TAG_BYTES], marker[VAULT_TAG_BYTES];
    struct stat st;
    vault *v = open_text(LINE("1", KEY_A));
    const sealed old = seal_secret(v, "secret");
    sealed fresh = { 0 };
    vault_tag(v, TAG_AUDIT, lit("message"), audit);
    vault_tag(v, TAG_MARKER, lit("message"), marker);
    assert_int_equal(vault_key_count(v), 1);
    assert_true(vault_is_newest(v, of(&old)));

    assert_int_equal(vault_key_file_add(key_path, world_system(), &e), ST_OK);
    assert_int_equal(stat(key_path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0400);
    assert_int_equal(vault_sealing_key(v), 1); /* until it is told */
    assert_int_equal(vault_reload(v, key_path, &e), ST_OK);
    assert_int_equal(vault_key_count(v), 2);
    assert_int_equal(vault_sealing_key(v), 2);
    assert_false(vault_is_newest(v, of(&old)));
    assert_int_equal(vault_check(v, place, of(&old), &e), ST_OK);
    assert_int_equal(vault_reseal(v, place, of(&old), &fresh, &e), ST_OK);
    assert_true(vault_is_newest(v, of(&fresh)));

    assert_int_equal(vault_key_file_drop_old(key_path, &e), ST_OK);
    assert_int_equal(vault_reload(v, key_path, &e), ST_OK);
    assert_int_equal(vault_key_count(v), 1);
    assert_int_equal(vault_sealing_key(v), 2);
    assert_int_equal(vault_check(v, place, of(&fresh), &e), ST_OK);
    assert_int_equal(vault_check(v, place, of(&old), &e), ST_INVALID);
    assert_int_equal(vault_tag_check(v, TAG_AUDIT, lit("message"), (bytes){ audit, sizeof audit }), ST_OK);
    assert_int_equal(vault_tag_check(v, TAG_AUDIT, lit("messagf"), (bytes){ audit, sizeof audit }), ST_DENIED);
    assert_int_equal(vault_tag_check(v, TAG_MARKER, lit("message"), (bytes){ marker, sizeof marker }), ST_DENIED);
    vault_free(v);

    v = NULL; /* the file says the same to a process that begins with it */
    assert_int_equal(vault_open(key_path, world_system(), &v, &e), ST_OK);
    assert_int_equal(vault_check(v, place, of(&fresh), &e), ST_OK);
    assert_int_equal(vault_tag_check(v, TAG_AUDIT, lit("message"), (bytes){ audit, sizeof audit }), ST_OK);
    assert_int_equal(vault_key_file_drop_old(key_path, &e), ST_OK); /* nothing to drop */
    assert_int_equal(vault_key_file_add(key_path, world_system(), &e), ST_OK);
    assert_int_equal(vault_reload(v, key_path, &e), ST_OK);
    assert_int_equal(vault_sealing_key(v), 3); /* an id is not used again while anything bears it */
    vault_free(v);
}

static void test_the_dropped_master_key_is_not_in_the_file(void **state)
{
    (void)state;
    char text[1024] = "";
    vault_free(open_text(LINE("1", KEY_A) LINE("2", KEY_B)));
    assert_int_equal(vault_key_file_drop_old(key_path, &e), ST_OK);
    int fd = open(key_path, O_RDONLY | O_CLOEXEC);
    assert_true(read(fd, text, sizeof text - 1) > 0);
    assert_int_equal(close(fd), 0);
    assert_null(strstr(text, KEY_A));
    assert_non_null(strstr(text, "argali-audit-key-1 1 "));
    assert_non_null(strstr(text, "\n" LINE("2", KEY_B)));
}

static void test_a_foreign_key_file_is_not_taken_on(void **state)
{
    (void)state;
    vault *v = open_text(LINE("1", KEY_A));
    write_key_file(LINE("1", KEY_B), 0400);
    assert_int_equal(vault_reload(v, key_path, &e), ST_INVALID);
    write_key_file("nothing\n", 0400);
    assert_int_equal(vault_reload(v, key_path, &e), ST_INVALID);
    const sealed s = seal_secret(v, "secret");
    assert_int_equal(vault_check(v, place, of(&s), &e), ST_OK);
    vault_free(v);
}

static void test_a_key_file_without_room_or_sense_stays_as_it_is(void **state)
{
    (void)state;
    vault_free(open_text(LINE("1", KEY_A) LINE("2", KEY_A) LINE("3", KEY_A) LINE("4", KEY_A) LINE("5", KEY_A) LINE("6", KEY_A)
                             LINE("7", KEY_A) LINE("8", KEY_A)));
    assert_int_equal(vault_key_file_add(key_path, world_system(), &e), ST_LIMIT);
    write_key_file(AUDIT_LINE("1", KEY_A), 0400); /* no key seals */
    assert_int_equal(vault_key_file_add(key_path, world_system(), &e), ST_INVALID);
    assert_int_equal(vault_key_file_drop_old(key_path, &e), ST_INVALID);
    write_key_file(LINE("2", KEY_B) AUDIT_LINE("1", KEY_A), 0400);
    assert_int_equal(vault_key_file_drop_old(key_path, &e), ST_INVALID);
    write_key_file(AUDIT_LINE("2", KEY_A) LINE("2", KEY_B), 0400); /* one id, two keys */
    assert_int_equal(vault_key_file_add(key_path, world_system(), &e), ST_INVALID);
    world w = *world_system();
    w.random = no_dice;
    write_key_file(LINE("1", KEY_A), 0400);
    assert_int_equal(vault_key_file_add(key_path, &w, &e), ST_UNAVAILABLE);
    vault *v = NULL;
    assert_int_equal(vault_open(key_path, world_system(), &v, &e), ST_OK);
    assert_int_equal(vault_key_count(v), 1);
    vault_free(v);
    assert_int_equal(unlink(key_path), 0);
    assert_int_equal(vault_key_file_add(key_path, world_system(), &e), ST_NOT_FOUND);
}

static void test_calls_go_on_while_keys_change(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    worker workers[THREADS];
    vault *v = open_text(LINE("1", KEY_A));
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (worker){ v, i, false };
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < 7; i++) {
        assert_int_equal(vault_key_file_add(key_path, world_system(), &e), ST_OK);
        assert_int_equal(vault_reload(v, key_path, &e), ST_OK);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(workers[i].is_right);
    }
    vault_free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key_file_is_created_once),
        cmocka_unit_test(test_without_random_bytes_nothing_is_made),
        cmocka_unit_test(test_key_file_is_read_strictly),
        cmocka_unit_test(test_key_file_of_others_is_refused),
        cmocka_unit_test(test_errors_do_not_name_the_key),
        cmocka_unit_test(test_sealed_value_opens_at_its_place_only),
        cmocka_unit_test(test_purposes_that_do_not_seal),
        cmocka_unit_test(test_each_flipped_bit_is_found),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_two_seals_of_one_value_differ),
        cmocka_unit_test(test_keys_rotate_by_resealing),
        cmocka_unit_test(test_macs_of_published_vectors),
        cmocka_unit_test(test_every_byte_of_a_digest_counts),
        cmocka_unit_test(test_tags),
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_an_empty_token_and_a_full_buffer),
        cmocka_unit_test(test_one_key_one_purpose),
        cmocka_unit_test(test_threads_do_not_see_each_other),
        cmocka_unit_test(test_a_key_is_added_and_the_old_one_dropped),
        cmocka_unit_test(test_the_dropped_master_key_is_not_in_the_file),
        cmocka_unit_test(test_a_foreign_key_file_is_not_taken_on),
        cmocka_unit_test(test_a_key_file_without_room_or_sense_stays_as_it_is),
        cmocka_unit_test(test_calls_go_on_while_keys_change),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
