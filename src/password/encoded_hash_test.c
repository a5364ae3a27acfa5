/* encoded_hash_test.c - vectors: tests/vectors/argon2.json; the test vectors of crypt_blowfish; RFC 7914 sections 11 and 12;
 * passlib's documentation. The PBKDF2-SHA512 line was computed with Python's hashlib. */
#include "account/fixture_test.h"
#include "base/encoding.h"
#include "password/encoded_hash.h"

static password password_of(str text)
{
    password p = { { NULL, 0 } };
    if (text.n > 0)
        assert_int_equal(secret_copy(bytes_of(text), &p.s), ST_OK);
    return p;
}

static status matches(str encoded, str text)
{
    encoded_hash h;
    uint8_t got[HASH_DIGEST_MAX];
    err e = { 0 };
    password p = password_of(text);
    assert_int_equal(encoded_hash_parse(encoded, &h, &e), ST_OK);
    status s = hash_compute(&h.recipe, &p, got, &e);
    if (s == ST_OK && memcmp(got, h.digest, h.recipe.digest_n) != 0)
        s = ST_DENIED;
    secret_done(&p.s);
    return s;
}

static const struct {
    str text, encoded;
} right_cases[] = {
    { STR_INIT("U*U"), STR_INIT("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW") },
    { STR_INIT("U*U*"), STR_INIT("$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK") },
    { STR_INIT("U*U*U"), STR_INIT("$2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a") },
    { STR_INIT(""), STR_INIT("$2b$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy") },
    { STR_INIT("pleaseletmein"), STR_INIT("$7$C6..../....SodiumChloride$kBGj9fHznVYFQMEn/qDCfrDevf9YDtcDdKvEqHJLV8D") },
    { STR_INIT("password"),
      STR_INIT("$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E") },
    { STR_INIT("password"),
      STR_INIT("$pbkdf2-sha256$6400$.6UI/S.nXIk8jcbdHx3Fhg$98jZicV16ODfEsEZeYPGHU3kbrUrvUEXOPimVSQDD44") },
    { STR_INIT("password"), STR_INIT("$pbkdf2-sha256$8000$XAuBMIYQQogxRg$tRRlz8hYn63B9LYiCd6PRo6FMiunY9ozmMMI3srxeRE") },
    { STR_INIT("password"),
      STR_INIT("$pbkdf2-sha512$25000$MDEyMzQ1Njc4OWFiY2RlZg$uxdHU.JH8vyHyz/DeXpgS7H6Tjz9A.lBWgSoOvvbH2iwTOWkhoRi"
               "p9yMdB0AZCvZtIdBg46qUM3yPQkKDTKUSg") },
};

static void published_hashes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof right_cases / sizeof right_cases[0]; i++) {
        assert_int_equal(matches(right_cases[i].encoded, right_cases[i].text), ST_OK);
        assert_int_equal(matches(right_cases[i].encoded, STR("Password")), ST_DENIED);
    }
}

static void published_argon2_strings(void **state)
{
    (void)state;
    json_t *vectors = json_load_file(ARGALI_SOURCE_ROOT "/tests/vectors/argon2.json", 0, NULL);
    const json_t *item;
    size_t i;
    assert_non_null(vectors);
    json_array_foreach (json_object_get(json_object_get(vectors, "phcStrings"), "cases"), i, item) {
        const json_t *text = json_object_get(item, "password");
        assert_int_equal(matches(str_from_c(json_string_value(json_object_get(item, "phc"))),
                                 (str){ json_string_value(text), json_string_length(text) }),
                         ST_OK);
    }
    assert_int_equal(i, 9);
    json_array_foreach (json_object_get(json_object_get(vectors, "mustRefuse"), "cases"), i, item) {
        const str encoded = str_from_c(json_string_value(json_object_get(item, "phc")));
        encoded_hash h;
        err e = { 0 };
        if (encoded_hash_parse(encoded, &h, &e) == ST_OK) /* the two whose digest merely has another length */
            assert_int_equal(matches(encoded, STR("password")), ST_DENIED);
        else
            assert_string_not_equal(e.message, "");
    }
    assert_int_equal(i, 20);
    json_decref(vectors);
}

/* RFC 7914 sections 11 and 12: more memory, lanes and digest than the encoded ones have. */
static void rfc_7914(void **state)
{
    (void)state;
    static const struct {
        hash_recipe r;
        const char *text, *salt, *want;
    } cases[] = {
        { { .scheme = HASH_SCRYPT, .u.scrypt = { 10, 8, 16 }, .digest_n = 64 },
          "password",
          "NaCl",
          "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
          "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640" },
        { { .scheme = HASH_SCRYPT, .u.scrypt = { 14, 8, 1 }, .digest_n = 64 },
          "pleaseletmein",
          "SodiumChloride",
          "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
          "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887" },
        { { .scheme = HASH_PBKDF2_SHA256, .u.iterations = 80000, .digest_n = 64 },
          "Password",
          "NaCl",
          "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
          "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hash_recipe r = cases[i].r;
        uint8_t got[HASH_DIGEST_MAX], want[64];
        err e = { 0 };
        r.salt_n = (uint8_t)strlen(cases[i].salt);
        memcpy(r.salt, cases[i].salt, r.salt_n);
        password p = password_of(str_from_c(cases[i].text));
        assert_int_equal(hash_compute(&r, &p, got, &e), ST_OK);
        assert_int_equal(hex_decode(str_from_c(cases[i].want), want, sizeof want), ST_OK);
        assert_memory_equal(got, want, sizeof want);
        secret_done(&p.s);
    }
}

/* T50. This vector of crypt_blowfish ends in "chars after 72 are ignored", which is true of the algorithm, and not here. */
static void bcrypt_never_matches_more_than_72_bytes(void **state)
{
    (void)state;
    static const str encoded = STR_INIT("$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui"),
                     text = STR_INIT(
                         "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored");
    assert_int_equal(matches(encoded, text), ST_DENIED);
    assert_int_equal(matches(encoded, str_slice(text, 0, 73)), ST_DENIED);
    assert_int_equal(matches(encoded, str_slice(text, 0, 72)), ST_OK);
    assert_int_equal(matches(encoded, str_slice(text, 0, 71)), ST_DENIED);
    assert_int_equal(matches(STR("$2b$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"), STR("\0x")), ST_DENIED);
}

static const struct {
    const char *what;
    str in;
} refused_cases[] = {
    { "bcrypt: another variant", STR_INIT("$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW") },
    { "bcrypt: no variant", STR_INIT("$2$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW") },
    { "bcrypt: cost 3", STR_INIT("$2a$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW") },
    { "bcrypt: cost 16", STR_INIT("$2a$16$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW") },
    { "bcrypt: cost 31", STR_INIT("$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW") },
    { "bcrypt: short", STR_INIT("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe") },
    { "bcrypt: long", STR_INIT("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeWW") },
    { "bcrypt: unused bits of the salt", STR_INIT("$2a$05$CCCCCCCCCCCCCCCCCCCCC/E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW") },
    { "bcrypt: a character outside", STR_INIT("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe+") },
    { "scrypt: N too large",
      STR_INIT("$scrypt$ln=21,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E") },
    { "scrypt: r of 0", STR_INIT("$scrypt$ln=16,r=0,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E") },
    { "scrypt: one more parameter",
      STR_INIT("$scrypt$ln=16,r=8,p=1,x=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E") },
    { "scrypt: padding",
      STR_INIT("$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q==$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E") },
    { "$7$: N too large", STR_INIT("$7$J6..../....SodiumChloride$kBGj9fHznVYFQMEn/qDCfrDevf9YDtcDdKvEqHJLV8D") },
    { "$7$: r too large", STR_INIT("$7$Czzzzz/....SodiumChloride$kBGj9fHznVYFQMEn/qDCfrDevf9YDtcDdKvEqHJLV8D") },
    { "$7$: digest cut", STR_INIT("$7$C6..../....SodiumChloride$kBGj9fHznVYFQMEn/qDCfrDevf9YDtcDdKvEqHJLV8") },
    { "$7$: unused bits", STR_INIT("$7$C6..../....SodiumChloride$kBGj9fHznVYFQMEn/qDCfrDevf9YDtcDdKvEqHJLV8z") },
    { "$7$: no salt", STR_INIT("$7$C6..../....$kBGj9fHznVYFQMEn/qDCfrDevf9YDtcDdKvEqHJLV8D") },
    { "$7$: head cut", STR_INIT("$7$C6.") },
    { "pbkdf2: no iterations", STR_INIT("$pbkdf2-sha256$0$XAuBMIYQQogxRg$tRRlz8hYn63B9LYiCd6PRo6FMiunY9ozmMMI3srxeRE") },
    { "pbkdf2: too many", STR_INIT("$pbkdf2-sha256$4000001$XAuBMIYQQogxRg$tRRlz8hYn63B9LYiCd6PRo6FMiunY9ozmMMI3srxeRE") },
    { "pbkdf2: leading zero", STR_INIT("$pbkdf2-sha256$08000$XAuBMIYQQogxRg$tRRlz8hYn63B9LYiCd6PRo6FMiunY9ozmMMI3srxeRE") },
    { "pbkdf2: standard Base64",
      STR_INIT("$pbkdf2-sha256$6400$+6UI/S+nXIk8jcbdHx3Fhg$98jZicV16ODfEsEZeYPGHU3kbrUrvUEXOPimVSQDD44") },
    { "pbkdf2: SHA-1", STR_INIT("$pbkdf2$6400$.6UI/S.nXIk8jcbdHx3Fhg$98jZicV16ODfEsEZeYPGHU3kbrU") },
    { "argon2i", STR_INIT("$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4") },
    { "argon2id: salt of 4", STR_INIT("$argon2id$v=19$m=256,t=2,p=1$c29tZQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4") },
    { "argon2id: key id",
      STR_INIT("$argon2id$v=19$m=256,t=2,p=1,keyid=AA$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4") },
    { "a line feed behind",
      STR_INIT("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4\n") },
    { "MD5 crypt", STR_INIT("$1$deadbeef$Q7g0UO4hRC0mgQUQ/qkjZ0") },
    { "clear text", STR_INIT("password") },
};

static void malformed_and_hostile_hashes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused_cases / sizeof refused_cases[0]; i++) {
        encoded_hash h = { .recipe.salt_n = 99 };
        err e = { 0 };
        if (encoded_hash_parse(refused_cases[i].in, &h, &e) != ST_INVALID)
            fail_msg("%s", refused_cases[i].what);
        assert_int_equal(h.recipe.salt_n, 99);
    }
    char longer[ENCODED_HASH_MAX + 2];
    memset(longer, 'a', sizeof longer);
    memcpy(longer, "$argon2id$v=19$m=256,t=2,p=1$", 29);
    encoded_hash h;
    err e = { 0 };
    assert_int_equal(encoded_hash_parse((str){ longer, sizeof longer }, &h, &e), ST_INVALID);
}

static void what_is_stored_is_read_back(void **state)
{
    (void)state;
    CLEANUP(arena_free_at) arena *a = arena_new(4096, 65536);
    for (size_t i = 0; i < sizeof right_cases / sizeof right_cases[0]; i++) {
        encoded_hash h;
        hash_recipe again;
        str parameters;
        err e = { 0 };
        assert_int_equal(encoded_hash_parse(right_cases[i].encoded, &h, &e), ST_OK);
        assert_int_equal(hash_recipe_format(&h.recipe, a, &parameters), ST_OK);
        const str scheme = hash_scheme_name(h.recipe.scheme);
        const bytes salt = { h.recipe.salt, h.recipe.salt_n };
        assert_int_equal(hash_recipe_parse(scheme, parameters, salt, h.recipe.digest_n, &again, &e), ST_OK);
        assert_true(hash_recipe_equal(&h.recipe, &again));
        again.salt[0] ^= 1;
        assert_false(hash_recipe_equal(&h.recipe, &again));
    }
    hash_recipe r;
    err e = { 0 };
    const bytes salt = bytes_of(STR("0123456789abcdef"));
    assert_int_equal(hash_recipe_parse(STR("argon2id"), STR("m=64,t=1,p=1"), salt, 32, &r, &e), ST_OK);
    assert_int_equal(hash_recipe_parse(STR("argon2id"), STR("m=64,t=1"), salt, 32, &r, &e), ST_INVALID);
    assert_int_equal(hash_recipe_parse(STR("argon2id"), STR("t=1,m=64,p=1"), salt, 32, &r, &e), ST_INVALID);
    assert_int_equal(hash_recipe_parse(STR("argon2id"), STR("m=64,t=1,p=1,"), salt, 32, &r, &e), ST_INVALID);
    assert_int_equal(hash_recipe_parse(STR("argon2id"), STR("m=64,t=1,p=1"), salt, 65, &r, &e), ST_INVALID);
    assert_int_equal(hash_recipe_parse(STR("bcrypt"), STR("v=b,c=12"), salt, 23, &r, &e), ST_OK);
    assert_int_equal(hash_recipe_parse(STR("bcrypt"), STR("v=b,c=12"), salt, 24, &r, &e), ST_INVALID);
    assert_int_equal(hash_recipe_parse(STR("md5"), STR("i=1"), salt, 32, &r, &e), ST_INVALID);
    assert_int_equal(hash_recipe_parse(STR(""), STR(""), salt, 32, &r, &e), ST_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_hashes),
        cmocka_unit_test(published_argon2_strings),
        cmocka_unit_test(rfc_7914),
        cmocka_unit_test(bcrypt_never_matches_more_than_72_bytes),
        cmocka_unit_test(malformed_and_hostile_hashes),
        cmocka_unit_test(what_is_stored_is_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
