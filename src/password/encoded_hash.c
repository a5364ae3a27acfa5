/* encoded_hash.c - see encoded_hash.h. PHC string format (github.com/P-H-C/phc-string-format); the $7$ form after crypt(5); the
 * PBKDF2 form after passlib's documentation.
 */
#include "password/encoded_hash.h"

#include <string.h>

#include "base/encoding.h"
#include "password/bcrypt_text.h"

#define CRYPT64 "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

enum {
    BASE64_MAX = 128,      /* characters of a salt or a digest: 64 bytes take 86 */
    CRYPT_HEAD_CHARS = 11, /* of $7$: N, r and p */
    CRYPT_DIGEST_CHARS = 43,
    CRYPT_DIGEST_BYTES = 32,
};

void encoded_hash_done(encoded_hash *h)
{
    if (h != NULL)
        secret_wipe(h, sizeof *h);
}

/* Base64 without padding whose 62nd and 63rd characters are `plus` and '/'. */
static bool read_base64(str in, char plus, uint8_t *ret, uint8_t *ret_n)
{
    char text[BASE64_MAX];
    size_t n = 0;
    if (in.n == 0 || in.n > sizeof text)
        return false;
    for (size_t i = 0; i < in.n; i++) {
        const char c = in.p[i];
        if (!ascii_is_alnum(c) && c != plus && c != '/')
            return false;
        text[i] = c == plus ? '-' : c == '/' ? '_' : c;
    }
    const status s = base64url_decode((str){ text, in.n }, ret, HASH_DIGEST_MAX, &n);
    secret_wipe(text, sizeof text);
    *ret_n = (uint8_t)n;
    return s == ST_OK;
}

/* "SALT$DIGEST", and nothing behind it. */
static bool read_salt_and_digest(str rest, char plus, encoded_hash *h)
{
    str salt, digest;
    return str_split(rest, '$', &salt, &digest) && read_base64(salt, plus, h->recipe.salt, &h->recipe.salt_n) &&
           read_base64(digest, plus, h->digest, &h->recipe.digest_n);
}

/* "m=65536,t=2,p=1": the parameters are named as they are stored. */
static bool read_parameters(str scheme, str parameters, encoded_hash *h)
{
    err e;
    return hash_recipe_parse(scheme, parameters, (bytes){ h->recipe.salt, h->recipe.salt_n }, h->recipe.digest_n, &h->recipe,
                             &e) == ST_OK;
}

static bool parse_argon2id(str rest, encoded_hash *h)
{
    str version, parameters, values;
    return str_split(rest, '$', &version, &rest) && str_eq(version, STR("v=19")) &&
           str_split(rest, '$', &parameters, &values) && read_salt_and_digest(values, '+', h) &&
           read_parameters(STR("argon2id"), parameters, h);
}

static bool parse_scrypt(str rest, encoded_hash *h)
{
    str parameters, values;
    return str_split(rest, '$', &parameters, &values) && read_salt_and_digest(values, '+', h) &&
           read_parameters(STR("scrypt"), parameters, h);
}

static bool parse_pbkdf2(str scheme, str rest, encoded_hash *h)
{
    str iterations, values;
    char parameters[32] = "i=";
    if (!str_split(rest, '$', &iterations, &values) || iterations.n == 0 || iterations.n > 10 ||
        !read_salt_and_digest(values, '.', h))
        return false;
    memcpy(parameters + 2, iterations.p, iterations.n);
    return read_parameters(scheme, (str){ parameters, 2 + iterations.n }, h);
}

static bool parse_bcrypt(str text, encoded_hash *h)
{
    return text.n == BCRYPT_TEXT_CHARS && bcrypt_parse_setting(str_slice(text, 0, BCRYPT_SETTING_CHARS), &h->recipe) &&
           bcrypt_parse_digest(str_slice(text, BCRYPT_SETTING_CHARS, text.n), h->digest);
}

/* --- the $7$ form: six bits a character, the least significant first ------------------------------------------------ */

static bool read_crypt_number(str in, uint32_t *ret)
{
    uint32_t v = 0;
    for (size_t i = 0; i < in.n; i++) {
        size_t value;
        if (!str_find(STR(CRYPT64), in.p[i], &value))
            return false;
        v |= (uint32_t)value << (6 * i);
    }
    *ret = v;
    return true;
}

static bool read_crypt_digest(str in, uint8_t *ret)
{
    size_t done = 0;
    if (in.n != CRYPT_DIGEST_CHARS)
        return false;
    while (in.n > 0) { /* three bytes in four characters, the last two in three */
        const size_t chars = in.n < 4 ? in.n : 4, n = chars - 1;
        uint32_t v;
        if (!read_crypt_number(str_slice(in, 0, chars), &v) || v >> (8 * n) != 0)
            return false;
        for (size_t i = 0; i < n; i++)
            ret[done++] = (uint8_t)(v >> (8 * i));
        in = str_slice(in, chars, in.n);
    }
    return true;
}

/* The salt is used as it is written, without decoding. */
static bool parse_crypt_scrypt(str rest, encoded_hash *h)
{
    hash_recipe *r = &h->recipe;
    str salt;
    size_t at;
    *r = (hash_recipe){ .scheme = HASH_SCRYPT, .digest_n = CRYPT_DIGEST_BYTES };
    if (rest.n < CRYPT_HEAD_CHARS || !read_crypt_number(str_slice(rest, 0, 1), &r->u.scrypt.log_n) ||
        !read_crypt_number(str_slice(rest, 1, 6), &r->u.scrypt.r) || !read_crypt_number(str_slice(rest, 6, 11), &r->u.scrypt.p))
        return false;
    rest = str_slice(rest, CRYPT_HEAD_CHARS, rest.n);
    if (!str_find(rest, '$', &at) || at > HASH_SALT_MAX)
        return false;
    salt = str_slice(rest, 0, at);
    for (size_t i = 0; i < salt.n; i++) {
        size_t value;
        if (!str_find(STR(CRYPT64), salt.p[i], &value))
            return false;
    }
    if (salt.n > 0)
        memcpy(r->salt, salt.p, salt.n);
    r->salt_n = (uint8_t)salt.n;
    return read_crypt_digest(str_slice(rest, at + 1, rest.n), h->digest);
}

static bool parse(str text, encoded_hash *h)
{
    static const str argon2id = STR_INIT("$argon2id$"), scrypt = STR_INIT("$scrypt$"), crypt = STR_INIT("$7$"),
                     sha256 = STR_INIT("$pbkdf2-sha256$"), sha512 = STR_INIT("$pbkdf2-sha512$");
    if (str_starts(text, argon2id))
        return parse_argon2id(str_slice(text, argon2id.n, text.n), h);
    if (str_starts(text, scrypt))
        return parse_scrypt(str_slice(text, scrypt.n, text.n), h);
    if (str_starts(text, crypt))
        return parse_crypt_scrypt(str_slice(text, crypt.n, text.n), h);
    if (str_starts(text, sha256))
        return parse_pbkdf2(STR("pbkdf2-sha256"), str_slice(text, sha256.n, text.n), h);
    if (str_starts(text, sha512))
        return parse_pbkdf2(STR("pbkdf2-sha512"), str_slice(text, sha512.n, text.n), h);
    return parse_bcrypt(text, h);
}

status encoded_hash_parse(str text, encoded_hash *ret, err *e)
{
    CLEANUP(encoded_hash_done) encoded_hash h = { 0 };
    err ignored;
    if (text.n == 0 || text.n > ENCODED_HASH_MAX || !parse(text, &h) || hash_recipe_check(&h.recipe, &ignored) != ST_OK)
        return err_set_message(
            e, ST_INVALID, NULL,
            "The password hash is none of argon2id, bcrypt, scrypt and PBKDF2 in a form that is known, or out of "
            "bounds.");
    *ret = h;
    return ST_OK;
}
