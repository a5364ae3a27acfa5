/* hash_recipe.c - see hash_recipe.h. Argon2id: RFC 9106, through libargon2, one thread for all lanes (the digest does not
 * depend on it). bcrypt: crypt(3). scrypt: RFC 7914, libsodium. PBKDF2: RFC 8018, OpenSSL.
 */
#include "password/hash_recipe.h"

#include <string.h>
#include <argon2.h>
#include <crypt.h>
#include <errno.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdlib.h>

#include "password/bcrypt_text.h"
#include "password/hash_memory.h"

enum {
    BCRYPT_COST_MIN = 4,
    BCRYPT_COST_MAX = 15, /* two seconds */
    SCRYPT_LOG_N_MAX = 20,
    SCRYPT_R_MAX = 32,
    SCRYPT_P_MAX = 16,
    ITERATIONS_MAX = 4000000, /* two seconds */
    ARGON2_SALT_MIN = 8,
};

static const str names[] = {
    [HASH_NONE] = STR_INIT(""),
    [HASH_ARGON2ID] = STR_INIT("argon2id"),
    [HASH_BCRYPT] = STR_INIT("bcrypt"),
    [HASH_SCRYPT] = STR_INIT("scrypt"),
    [HASH_PBKDF2_SHA256] = STR_INIT("pbkdf2-sha256"),
    [HASH_PBKDF2_SHA512] = STR_INIT("pbkdf2-sha512"),
};

bool argon2_parameters_are_valid(const argon2_parameters *p)
{
    return p->lanes >= 1 && p->lanes <= 16 && p->passes >= 1 && p->passes <= 64 && p->memory_kib >= 8 * p->lanes &&
           p->memory_kib <= 4u * 1024 * 1024;
}

/* --- checking ----------------------------------------------------------------------------------------------------- */

static bool is_within(uint32_t v, uint32_t min, uint32_t max)
{
    return v >= min && v <= max;
}

static bool parameters_are_valid(const hash_recipe *r)
{
    switch (r->scheme) {
    case HASH_NONE:
        return false;
    case HASH_ARGON2ID:
        return argon2_parameters_are_valid(&r->u.argon2) && r->salt_n >= ARGON2_SALT_MIN;
    case HASH_BCRYPT:
        return is_within(r->u.bcrypt.cost, BCRYPT_COST_MIN, BCRYPT_COST_MAX) &&
               (r->u.bcrypt.variant == 'a' || r->u.bcrypt.variant == 'b' || r->u.bcrypt.variant == 'y') &&
               r->salt_n == BCRYPT_SALT_BYTES && r->digest_n == BCRYPT_DIGEST_BYTES;
    case HASH_SCRYPT:
        return is_within(r->u.scrypt.log_n, 1, SCRYPT_LOG_N_MAX) && is_within(r->u.scrypt.r, 1, SCRYPT_R_MAX) &&
               is_within(r->u.scrypt.p, 1, SCRYPT_P_MAX);
    case HASH_PBKDF2_SHA256:
    case HASH_PBKDF2_SHA512:
        return is_within(r->u.iterations, 1, ITERATIONS_MAX);
    }
    return false;
}

status hash_recipe_check(const hash_recipe *r, err *e)
{
    if (!parameters_are_valid(r) || r->salt_n < HASH_SALT_MIN || r->salt_n > HASH_SALT_MAX || r->digest_n < HASH_DIGEST_MIN ||
        r->digest_n > HASH_DIGEST_MAX)
        return err_set(e, ST_INVALID, NULL, "a password hash has parameters out of bounds");
    return ST_OK;
}

/* --- reading and writing ------------------------------------------------------------------------------------------ */

/* "m=47104" of "m=47104,t=1,p=1": the next part, which has to have this name. */
static bool next_number(str *rest, str name, uint32_t *ret)
{
    str part;
    return str_next(rest, ',', &part) && str_starts(part, name) &&
           str_to_u32(str_slice(part, name.n, part.n), 0, UINT32_MAX, ret) == ST_OK;
}

static bool parse_parameters(str text, hash_recipe *r)
{
    str rest = text, part;
    bool ok = false;
    switch (r->scheme) {
    case HASH_NONE:
        break;
    case HASH_ARGON2ID:
        ok = next_number(&rest, STR("m="), &r->u.argon2.memory_kib) && next_number(&rest, STR("t="), &r->u.argon2.passes) &&
             next_number(&rest, STR("p="), &r->u.argon2.lanes);
        break;
    case HASH_BCRYPT:
        ok = str_next(&rest, ',', &part) && part.n == 3 && str_starts(part, STR("v="));
        if (ok)
            r->u.bcrypt.variant = part.p[2];
        ok = ok && next_number(&rest, STR("c="), &r->u.bcrypt.cost);
        break;
    case HASH_SCRYPT:
        ok = next_number(&rest, STR("ln="), &r->u.scrypt.log_n) && next_number(&rest, STR("r="), &r->u.scrypt.r) &&
             next_number(&rest, STR("p="), &r->u.scrypt.p);
        break;
    case HASH_PBKDF2_SHA256:
    case HASH_PBKDF2_SHA512:
        ok = next_number(&rest, STR("i="), &r->u.iterations);
        break;
    }
    return ok && !str_next(&rest, ',', &part);
}

static hash_scheme scheme_of(str name)
{
    for (hash_scheme s = HASH_ARGON2ID; s <= HASH_PBKDF2_SHA512; s++) {
        if (str_eq(names[s], name))
            return s;
    }
    return HASH_NONE;
}

status hash_recipe_parse(str scheme, str parameters, bytes salt, size_t digest_n, hash_recipe *ret, err *e)
{
    hash_recipe r = { .scheme = scheme_of(scheme) };
    if (salt.n > sizeof r.salt || digest_n > HASH_DIGEST_MAX || !parse_parameters(parameters, &r))
        return err_set(e, ST_INVALID, NULL, "a password hash has an unknown scheme, or parameters that do not belong to it");
    if (salt.n > 0)
        memcpy(r.salt, salt.p, salt.n);
    r.salt_n = (uint8_t)salt.n;
    r.digest_n = (uint8_t)digest_n;
    TRY(hash_recipe_check(&r, e));
    *ret = r;
    return ST_OK;
}

str hash_scheme_name(hash_scheme s)
{
    return names[s];
}

status hash_recipe_format(const hash_recipe *r, arena *a, str *ret)
{
    switch (r->scheme) {
    case HASH_NONE:
        break;
    case HASH_ARGON2ID:
        return arena_printf(a, ret, "m=%u,t=%u,p=%u", r->u.argon2.memory_kib, r->u.argon2.passes, r->u.argon2.lanes);
    case HASH_BCRYPT:
        return arena_printf(a, ret, "v=%c,c=%u", r->u.bcrypt.variant, r->u.bcrypt.cost);
    case HASH_SCRYPT:
        return arena_printf(a, ret, "ln=%u,r=%u,p=%u", r->u.scrypt.log_n, r->u.scrypt.r, r->u.scrypt.p);
    case HASH_PBKDF2_SHA256:
    case HASH_PBKDF2_SHA512:
        return arena_printf(a, ret, "i=%u", r->u.iterations);
    }
    return ST_BUG;
}

bool hash_recipe_equal(const hash_recipe *a, const hash_recipe *b)
{
    if (a->scheme != b->scheme || a->digest_n != b->digest_n || a->salt_n != b->salt_n ||
        memcmp(a->salt, b->salt, a->salt_n) != 0)
        return false;
    switch (a->scheme) {
    case HASH_NONE:
        return true;
    case HASH_ARGON2ID:
        return a->u.argon2.memory_kib == b->u.argon2.memory_kib && a->u.argon2.passes == b->u.argon2.passes &&
               a->u.argon2.lanes == b->u.argon2.lanes;
    case HASH_BCRYPT:
        return a->u.bcrypt.variant == b->u.bcrypt.variant && a->u.bcrypt.cost == b->u.bcrypt.cost;
    case HASH_SCRYPT:
        return a->u.scrypt.log_n == b->u.scrypt.log_n && a->u.scrypt.r == b->u.scrypt.r && a->u.scrypt.p == b->u.scrypt.p;
    case HASH_PBKDF2_SHA256:
    case HASH_PBKDF2_SHA512:
        return a->u.iterations == b->u.iterations;
    }
    return false;
}

uint64_t hash_recipe_memory_kib(const hash_recipe *r)
{
    switch (r->scheme) {
    case HASH_ARGON2ID:
        return r->u.argon2.memory_kib;
    case HASH_SCRYPT: /* RFC 7914 section 6: B, V, and a block to work in */
        return (128ull * r->u.scrypt.r * ((1ull << r->u.scrypt.log_n) + r->u.scrypt.p + 2) + 64 + 1023) / 1024;
    case HASH_BCRYPT:
        return (sizeof(struct crypt_data) + 1023) / 1024;
    case HASH_PBKDF2_SHA256:
    case HASH_PBKDF2_SHA512:
    case HASH_NONE:
        break;
    }
    return 0;
}

/* --- computing ---------------------------------------------------------------------------------------------------- */

static int take_memory(uint8_t **ret, size_t n)
{
    *ret = hash_memory_take(hash_memory_of_thread(), n);
    return *ret != NULL ? ARGON2_OK : ARGON2_MEMORY_ALLOCATION_ERROR;
}

static void give_memory_back(uint8_t *p, size_t n)
{
    (void)p, (void)n;
    hash_memory_give_back(hash_memory_of_thread());
}

/* libargon2 wants pointers that it may write to, and writes only where it is asked to wipe. */
static uint8_t *writable(const uint8_t *p)
{
    return (uint8_t *)(uintptr_t)p;
}

static status compute_argon2id(const hash_recipe *r, const password *p, uint8_t *ret, err *e)
{
    const bool has_block = hash_memory_of_thread() != NULL;
    argon2_context c = {
        .out = ret,
        .outlen = r->digest_n,
        .pwd = p->s.p,
        .pwdlen = (uint32_t)p->s.n,
        .salt = writable(r->salt),
        .saltlen = r->salt_n,
        .t_cost = r->u.argon2.passes,
        .m_cost = r->u.argon2.memory_kib,
        .lanes = r->u.argon2.lanes,
        .threads = 1,
        .version = ARGON2_VERSION_13,
        .allocate_cbk = has_block ? take_memory : NULL,
        .free_cbk = has_block ? give_memory_back : NULL,
        .flags = ARGON2_DEFAULT_FLAGS,
    };
    const int failure = argon2id_ctx(&c);
    if (failure == ARGON2_OK)
        return ST_OK;
    return err_set(e, failure == ARGON2_MEMORY_ALLOCATION_ERROR ? ST_NO_MEMORY : ST_UNAVAILABLE, NULL, "Argon2id: %s",
                   argon2_error_message(failure));
}

/* crypt(3) reads a text that ends with a NUL. Behind 72 bytes bcrypt is blind, and a NUL would end it early: such a password is
 * worked on all the same, and denied. */
static status compute_bcrypt(const hash_recipe *r, const password *p, uint8_t *ret, err *e)
{
    const bool is_hopeless = p->s.n > BCRYPT_PASSWORD_MAX || (p->s.n > 0 && memchr(p->s.p, 0, p->s.n) != NULL);
    const size_t used = p->s.n > BCRYPT_PASSWORD_MAX ? BCRYPT_PASSWORD_MAX : p->s.n;
    char phrase[BCRYPT_PASSWORD_MAX + 1] = { 0 }, setting[BCRYPT_SETTING_CHARS + 1];
    struct crypt_data *data = calloc(1, sizeof *data);
    if (data == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "bcrypt");
    if (used > 0)
        memcpy(phrase, p->s.p, used);
    bcrypt_format_setting(r, setting);
    const char *out = crypt_rn(phrase, setting, data, (int)sizeof *data);
    status s = ST_OK;
    if (out == NULL || !bcrypt_parse_digest(str_slice(str_from_c(out), BCRYPT_SETTING_CHARS, SIZE_MAX), ret))
        s = err_set(e, ST_UNAVAILABLE, NULL, "bcrypt: crypt() refused a hash of variant %c", r->u.bcrypt.variant);
    else if (is_hopeless)
        s = err_set(e, ST_DENIED, NULL, "a password that bcrypt cannot tell from others");
    secret_wipe(phrase, sizeof phrase);
    secret_wipe(data, sizeof *data);
    free(data);
    return s;
}

static status compute_scrypt(const hash_recipe *r, const password *p, uint8_t *ret, err *e)
{
    if (crypto_pwhash_scryptsalsa208sha256_ll(p->s.p, p->s.n, r->salt, r->salt_n, 1ull << r->u.scrypt.log_n, r->u.scrypt.r,
                                              r->u.scrypt.p, ret, r->digest_n) == 0)
        return ST_OK;
    return err_set(e, errno == ENOMEM ? ST_NO_MEMORY : ST_UNAVAILABLE, NULL, "scrypt: %s", strerrordesc_np(errno));
}

static status compute_pbkdf2(const hash_recipe *r, const password *p, const EVP_MD *md, uint8_t *ret, err *e)
{
    const char *text = p->s.n > 0 ? (const char *)p->s.p : "";
    if (PKCS5_PBKDF2_HMAC(text, (int)p->s.n, r->salt, r->salt_n, (int)r->u.iterations, md, r->digest_n, ret) == 1)
        return ST_OK;
    return err_set(e, ST_UNAVAILABLE, NULL, "PBKDF2 failed");
}

static status compute(const hash_recipe *r, const password *p, uint8_t *ret, err *e)
{
    switch (r->scheme) {
    case HASH_ARGON2ID:
        return compute_argon2id(r, p, ret, e);
    case HASH_BCRYPT:
        return compute_bcrypt(r, p, ret, e);
    case HASH_SCRYPT:
        return compute_scrypt(r, p, ret, e);
    case HASH_PBKDF2_SHA256:
        return compute_pbkdf2(r, p, EVP_sha256(), ret, e);
    case HASH_PBKDF2_SHA512:
        return compute_pbkdf2(r, p, EVP_sha512(), ret, e);
    case HASH_NONE:
        break;
    }
    return ST_BUG;
}

static bool fits_memory(const hash_recipe *r)
{
    hash_memory *m = hash_memory_of_thread();
    const uint64_t need_kib = hash_recipe_memory_kib(r);
    if (m == NULL)
        return true;
    if (need_kib > m->size / 1024)
        return false;
    return r->scheme == HASH_ARGON2ID || hash_memory_make_room(m, (size_t)need_kib * 1024);
}

status hash_compute(const hash_recipe *r, const password *p, uint8_t ret[HASH_DIGEST_MAX], err *e)
{
    TRY(hash_recipe_check(r, e));
    if (!fits_memory(r))
        return err_set(e, ST_LIMIT, NULL, "a password hash asks for %llu KiB, more than a hash thread has",
                       (unsigned long long)hash_recipe_memory_kib(r));
    uint8_t digest[HASH_DIGEST_MAX] = { 0 };
    status s = compute(r, p, digest, e);
    if (s == ST_OK)
        memcpy(ret, digest, r->digest_n);
    secret_wipe(digest, sizeof digest);
    return s;
}
