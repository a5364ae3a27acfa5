/* hash_recipe.h - everything but the password that a password hash depends on, and the hash itself.
 *
 * Stored as scheme, parameters and salt in clear (store/records.h):
 *   argon2id        m=47104,t=1,p=1   RFC 9106, version 19
 *   bcrypt          v=b,c=12          variants a, b and y; digest of 23 bytes. Only for passwords of at most 72 bytes (T50)
 *   scrypt          ln=15,r=8,p=1     RFC 7914, N = 2^ln
 *   pbkdf2-sha256   i=29000           RFC 8018
 *   pbkdf2-sha512   i=25000
 * New passwords are argon2id; the others come by import. Bounds are tested before anything is computed.
 * Memory:  on a thread of the hash pool the thread's own, and never more than the pool's bound: a recipe that asks for more is
 *          ST_LIMIT and nothing is computed. Elsewhere from the heap.
 * Time:    tens of milliseconds and more: never on an event loop, never in a transaction.
 */
#ifndef ARGALI_PASSWORD_HASH_RECIPE_H
#define ARGALI_PASSWORD_HASH_RECIPE_H

#include "base/arena.h"
#include "base/secret.h"

enum { HASH_SALT_MIN = 1, HASH_SALT_MAX = 64, HASH_DIGEST_MIN = 16, HASH_DIGEST_MAX = 64, BCRYPT_PASSWORD_MAX = 72 };

typedef enum {
    HASH_NONE = 0,
    HASH_ARGON2ID,
    HASH_BCRYPT,
    HASH_SCRYPT,
    HASH_PBKDF2_SHA256,
    HASH_PBKDF2_SHA512,
} hash_scheme;

typedef struct {
    uint32_t memory_kib; /* m: at least 8 for each lane */
    uint32_t passes;     /* t */
    uint32_t lanes;      /* p */
} argon2_parameters;

#define ARGON2_DEFAULT ((argon2_parameters){ 47104, 1, 1 }) /* 46 MiB, one pass, one lane */

/* m 8p..4194304, t 1..64, p 1..16: what a configuration may ask for. */
bool argon2_parameters_are_valid(const argon2_parameters *p);

typedef struct {
    hash_scheme scheme;
    union {
        argon2_parameters argon2;
        struct {
            char variant;  /* 'a', 'b' or 'y' */
            uint32_t cost; /* 4 to 15: 2^cost rounds */
        } bcrypt;
        struct {
            uint32_t log_n, r, p; /* 1 to 20, 1 to 32, 1 to 16 */
        } scrypt;
        uint32_t iterations; /* of PBKDF2: 1 to 4,000,000 */
    } u;
    uint8_t salt[HASH_SALT_MAX];
    uint8_t salt_n, digest_n;
} hash_recipe;

/* ST_INVALID: no such scheme, a parameter out of range, or a salt or digest of a size that the scheme does not have. */
MUST_USE status hash_recipe_check(const hash_recipe *r, err *e);
MUST_USE status hash_recipe_parse(str scheme, str parameters, bytes salt, size_t digest_n, hash_recipe *ret, err *e);
str hash_scheme_name(hash_scheme s);
MUST_USE status hash_recipe_format(const hash_recipe *r, arena *a, str *ret_parameters);

bool hash_recipe_equal(const hash_recipe *a, const hash_recipe *b); /* would give the same digest */
uint64_t hash_recipe_memory_kib(const hash_recipe *r);              /* what computing it takes, beside a few KiB */

/* ret holds r->digest_n bytes. ST_DENIED: a password that this scheme can never match (bcrypt over 72 bytes); it has taken as
 * long as any other. ST_LIMIT: more memory than the bound. ST_NO_MEMORY. */
MUST_USE status hash_compute(const hash_recipe *r, const password *p, uint8_t ret[HASH_DIGEST_MAX], err *e);

#endif
