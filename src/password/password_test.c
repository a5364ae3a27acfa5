/* password_test.c - vectors: tests/vectors/argon2.json (RFC 9106, the reference tool, and an independent implementation). */
#include "account/fixture_test.h"
#include "base/encoding.h"
#include "password/password.h"

#include <argon2.h>

static password password_of(str text)
{
    password p = { { NULL, 0 } };
    if (text.n > 0)
        assert_int_equal(secret_copy(bytes_of(text), &p.s), ST_OK);
    return p;
}

static json_t *load_vectors(void)
{
    json_t *v = json_load_file(ARGALI_SOURCE_ROOT "/tests/vectors/argon2.json", 0, NULL);
    assert_non_null(v);
    return v;
}

static uint32_t number_of(const json_t *object, const char *name)
{
    return (uint32_t)json_integer_value(json_object_get(object, name));
}

static size_t hex_of(const json_t *object, const char *name, uint8_t *ret, size_t size)
{
    const str text = str_from_c(json_string_value(json_object_get(object, name)));
    assert_true(text.n / 2 <= size);
    assert_int_equal(hex_decode(text, ret, text.n / 2), ST_OK);
    return text.n / 2;
}

static void published_digests(void **state)
{
    (void)state;
    json_t *vectors = load_vectors();
    const json_t *cases = json_object_get(json_object_get(vectors, "phcStrings"), "cases"), *item;
    size_t i, checked = 0;
    json_array_foreach (cases, i, item) {
        const str salt = str_from_c(json_string_value(json_object_get(item, "salt")));
        if (number_of(item, "tagLength") != PASSWORD_DIGEST_BYTES || salt.p == NULL)
            continue; /* digests here have one length */
        const json_t *text = json_object_get(item, "password");
        password p = password_of((str){ json_string_value(text), json_string_length(text) });
        const argon2_parameters how = { number_of(item, "memoryKiB"), number_of(item, "t"), number_of(item, "p") };
        uint8_t want[PASSWORD_DIGEST_BYTES], got[PASSWORD_DIGEST_BYTES];
        err e = { 0 };
        (void)hex_of(item, "tagHex", want, sizeof want);
        assert_int_equal(password_hash(&p, &how, bytes_of(salt), got, &e), ST_OK);
        assert_memory_equal(got, want, sizeof want);
        secret_done(&p.s);
        checked++;
    }
    assert_true(checked >= 7);
    json_decref(vectors);
}

/* Secret and associated data are out of password_hash's reach: this shows that the library linked is the RFC's algorithm. */
static void rfc_9106_section_5(void **state)
{
    (void)state;
    json_t *vectors = load_vectors();
    const json_t *v = json_object_get(vectors, "rfc9106");
    uint8_t pwd[32], salt[16], key[8], ad[12], out[32], want[32];
    argon2_context c = {
        .out = out,
        .outlen = sizeof out,
        .pwd = pwd,
        .pwdlen = (uint32_t)hex_of(v, "passwordHex", pwd, sizeof pwd),
        .salt = salt,
        .saltlen = (uint32_t)hex_of(v, "saltHex", salt, sizeof salt),
        .secret = key,
        .secretlen = (uint32_t)hex_of(v, "secretHex", key, sizeof key),
        .ad = ad,
        .adlen = (uint32_t)hex_of(v, "associatedDataHex", ad, sizeof ad),
        .t_cost = number_of(v, "t"),
        .m_cost = number_of(v, "memoryKiB"),
        .lanes = number_of(v, "p"),
        .threads = number_of(v, "p"),
        .version = ARGON2_VERSION_13,
    };
    (void)hex_of(v, "argon2id", want, sizeof want);
    assert_int_equal(argon2id_ctx(&c), ARGON2_OK);
    assert_memory_equal(out, want, sizeof want);
    json_decref(vectors);
}

static const struct {
    argon2_parameters how;
    bool want;
} parameter_cases[] = {
    { { 47104, 1, 1 }, true },   { { 8, 1, 1 }, true },        { { 7, 1, 1 }, false },      { { 32, 1, 4 }, true },
    { { 31, 1, 4 }, false },     { { 47104, 0, 1 }, false },   { { 47104, 65, 1 }, false }, { { 47104, 1, 0 }, false },
    { { 47104, 1, 17 }, false }, { { 4194305, 1, 1 }, false },
};

static void parameters(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof parameter_cases / sizeof parameter_cases[0]; i++)
        assert_true(argon2_parameters_are_valid(&parameter_cases[i].how) == parameter_cases[i].want);
    uint8_t digest[PASSWORD_DIGEST_BYTES] = { 9 };
    password p = password_of(STR("x"));
    err e = { 0 };
    assert_int_equal(password_hash(&p, &(argon2_parameters){ 7, 1, 1 }, bytes_of(STR("somesalt")), digest, &e), ST_INVALID);
    assert_int_equal(password_hash(&p, &(argon2_parameters){ 8, 1, 1 }, bytes_of(STR("short")), digest, &e), ST_INVALID);
    assert_int_equal(digest[0], 9); /* outputs change only on success */
    secret_done(&p.s);
}

static void generated_passwords(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 300; i++) {
        password p;
        assert_int_equal(password_generate(world_system(), &p), ST_OK);
        unsigned lower = 0, upper = 0, digit = 0, symbol = 0;
        assert_int_equal(p.s.n, 20);
        for (size_t k = 0; k < p.s.n; k++) {
            const char c = (char)p.s.p[k];
            assert_null(memchr("0Oo1lI\"'\\ `$", c, 12)); /* no look-alikes, nothing that needs quoting */
            lower += c >= 'a' && c <= 'z';
            upper += c >= 'A' && c <= 'Z';
            digit += ascii_is_digit(c);
            symbol += c > ' ' && c < 0x7f && !ascii_is_alnum(c);
        }
        assert_true(lower > 0 && upper > 0 && digit > 0 && symbol > 0);
        assert_int_equal(lower + upper + digit + symbol, 20);
        secret_done(&p.s);
    }
}

/* --- storing ------------------------------------------------------------------------------------------------------ */

static fixture f;

typedef struct {
    const password_digest *d;
    login_profile_record got;
    char parameters[64], scheme[16];
    bool is_reset_required;
} job;

static status put(store_tx *tx, void *self, err *e)
{
    job *j = self;
    CLEANUP(arena_free_at) arena *a = arena_new(4096, 65536);
    const login_profile_spec spec = { .principal = FIXTURE_ACCOUNT,
                                      .is_reset_required = j->is_reset_required,
                                      .now_s = f.now_s };
    TRY(login_profile_put(tx, a, f.vault, &f.world, &spec, j->d, e));
    TRY(store_login_profile_get(tx, a, FIXTURE_ACCOUNT, &j->got, e));
    (void)snprintf(j->parameters, sizeof j->parameters, STR_FMT, STR_ARG(j->got.parameters));
    (void)snprintf(j->scheme, sizeof j->scheme, STR_FMT, STR_ARG(j->got.scheme));
    return ST_OK;
}

static void a_digest_is_stored_sealed(void **state)
{
    (void)state;
    fixture_init(&f);
    err e = { 0 };
    password p = password_of(STR("correct horse"));
    password_digest d;
    assert_int_equal(password_digest_new(&p, &(argon2_parameters){ 64, 2, 1 }, &f.world, &d, &e), ST_OK);
    job j = { .d = &d, .is_reset_required = true };
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, put, &j, &e), ST_OK);
    assert_string_equal(j.scheme, "argon2id");
    assert_string_equal(j.parameters, "m=64,t=2,p=1");
    assert_int_equal(j.got.salt_n, PASSWORD_SALT_BYTES);
    assert_memory_equal(j.got.salt, d.salt, sizeof d.salt);
    assert_true(j.got.is_reset_required);
    assert_int_equal(j.got.digest.n, PASSWORD_DIGEST_BYTES + SEALED_OVERHEAD);
    const seal_place at = { SEAL_PASSWORD, FIXTURE_ACCOUNT, j.got.row };
    const bytes blob = { j.got.digest.b, j.got.digest.n };
    assert_int_equal(vault_digest_check(f.vault, at, blob, (bytes){ d.digest, sizeof d.digest }, &e), ST_OK);
    d.digest[31] ^= 1;
    assert_int_equal(vault_digest_check(f.vault, at, blob, (bytes){ d.digest, sizeof d.digest }, &e), ST_DENIED);

    const uint64_t old_row = j.got.row; /* a new password: a new row, the first date */
    f.now_s += 5;
    assert_int_equal(store_apply_now(f.store, FIXTURE_ACCOUNT, put, &j, &e), ST_OK);
    assert_true(j.got.row != old_row);
    assert_int_equal(j.got.created_s, FIXTURE_NOW_S);
    assert_int_equal(j.got.updated_s, FIXTURE_NOW_S + 5);
    secret_done(&p.s);
    password_digest_done(&d);
    for (size_t i = 0; i < sizeof d.digest; i++)
        assert_int_equal(d.digest[i], 0);
    password_digest_done(NULL);
    fixture_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_digests),   cmocka_unit_test(rfc_9106_section_5),        cmocka_unit_test(parameters),
        cmocka_unit_test(generated_passwords), cmocka_unit_test(a_digest_is_stored_sealed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
