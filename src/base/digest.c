/* digest.c - see digest.h.
 *
 * OpenSSL 3 looks an algorithm up by name on every EVP_MAC and one-shot call, under a lock, which costs more than the
 * hashing of a signed request itself. SHA-1 and SHA-256 therefore use its low-level functions: deprecated, but documented,
 * the same accelerated code, and free of allocation and failure. SM3 has no such functions: it is fetched once and keeps a
 * context per thread.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "base/digest.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"

enum { BLOCK = 64 }; /* of all three algorithms */

/* One running digest. SM3's lies in the thread's context, so that a thread can run one at a time. */
typedef union {
    SHA_CTX sha1;
    SHA256_CTX sha256;
    EVP_MD_CTX *sm3;
} running;

static pthread_once_t sm3_once = PTHREAD_ONCE_INIT;
static EVP_MD *sm3_algorithm;
static pthread_key_t sm3_context;

__attribute__((noreturn)) static void give_up(void)
{
    log_event(LOG_ERROR, "sm3_unavailable");
    abort(); /* a made-up digest would be worse */
}

static void free_context(void *context)
{
    EVP_MD_CTX_free(context);
}

static void start_sm3(void)
{
    sm3_algorithm = EVP_MD_fetch(NULL, "SM3", NULL);
    if (sm3_algorithm == NULL || pthread_key_create(&sm3_context, free_context) != 0)
        give_up();
}

static EVP_MD_CTX *sm3_of_thread(void)
{
    (void)pthread_once(&sm3_once, start_sm3);
    EVP_MD_CTX *context = pthread_getspecific(sm3_context);
    if (context == NULL) {
        context = EVP_MD_CTX_new();
        if (context == NULL || pthread_setspecific(sm3_context, context) != 0)
            give_up();
    }
    return context;
}

static void begin(digest_hmac alg, running *r)
{
    switch (alg) {
    case HMAC_SHA1:
        (void)SHA1_Init(&r->sha1);
        return;
    case HMAC_SHA256:
        (void)SHA256_Init(&r->sha256);
        return;
    case HMAC_SM3:
        r->sm3 = sm3_of_thread();
        if (EVP_DigestInit_ex2(r->sm3, sm3_algorithm, NULL) != 1)
            give_up();
        return;
    }
}

static void add(digest_hmac alg, running *r, bytes in)
{
    if (in.n == 0)
        return;
    switch (alg) {
    case HMAC_SHA1:
        (void)SHA1_Update(&r->sha1, in.p, in.n);
        return;
    case HMAC_SHA256:
        (void)SHA256_Update(&r->sha256, in.p, in.n);
        return;
    case HMAC_SM3:
        if (EVP_DigestUpdate(r->sm3, in.p, in.n) != 1)
            give_up();
        return;
    }
}

static void end(digest_hmac alg, running *r, uint8_t *ret)
{
    switch (alg) {
    case HMAC_SHA1:
        (void)SHA1_Final(ret, &r->sha1);
        return;
    case HMAC_SHA256:
        (void)SHA256_Final(ret, &r->sha256);
        return;
    case HMAC_SM3:
        if (EVP_DigestFinal_ex(r->sm3, ret, NULL) != 1)
            give_up();
        return;
    }
}

void sha256(bytes in, uint8_t ret[DIGEST_SIZE])
{
    running r;
    begin(HMAC_SHA256, &r);
    add(HMAC_SHA256, &r, in);
    end(HMAC_SHA256, &r, ret);
}

void sm3(bytes in, uint8_t ret[DIGEST_SIZE])
{
    running r;
    begin(HMAC_SM3, &r);
    add(HMAC_SM3, &r, in);
    end(HMAC_SM3, &r, ret);
}

/* RFC 2104 section 2: the key, hashed if it is longer than a block, then zeros up to the block. */
static void fill_key_block(digest_hmac alg, bytes key, bytes key_suffix, running *r, uint8_t block[BLOCK])
{
    memset(block, 0, BLOCK);
    if (key.n > BLOCK || key_suffix.n > BLOCK - key.n) {
        begin(alg, r);
        add(alg, r, key);
        add(alg, r, key_suffix);
        end(alg, r, block);
        return;
    }
    if (key.n > 0)
        memcpy(block, key.p, key.n);
    if (key_suffix.n > 0)
        memcpy(block + key.n, key_suffix.p, key_suffix.n);
}

static void flip(uint8_t block[BLOCK], uint8_t with)
{
    for (size_t i = 0; i < BLOCK; i++)
        block[i] ^= with;
}

size_t hmac(digest_hmac alg, bytes key, bytes key_suffix, bytes message, uint8_t ret[DIGEST_SIZE])
{
    enum { INNER_PAD = 0x36, OUTER_PAD = 0x5c };
    struct {
        running r;
        uint8_t block[BLOCK], inner[DIGEST_SIZE];
    } of_key; /* together, to be wiped together */
    size_t size = alg == HMAC_SHA1 ? DIGEST_SHA1_SIZE : DIGEST_SIZE;
    fill_key_block(alg, key, key_suffix, &of_key.r, of_key.block);
    flip(of_key.block, INNER_PAD);
    begin(alg, &of_key.r);
    add(alg, &of_key.r, (bytes){ of_key.block, BLOCK });
    add(alg, &of_key.r, message);
    end(alg, &of_key.r, of_key.inner);
    flip(of_key.block, INNER_PAD ^ OUTER_PAD);
    begin(alg, &of_key.r);
    add(alg, &of_key.r, (bytes){ of_key.block, BLOCK });
    add(alg, &of_key.r, (bytes){ of_key.inner, size });
    memset(ret, 0, DIGEST_SIZE);
    end(alg, &of_key.r, ret);
    if (alg == HMAC_SM3) /* the context lives on: leave no state of the key in it */
        begin(alg, &of_key.r);
    secret_wipe(&of_key, sizeof of_key);
    return size;
}
