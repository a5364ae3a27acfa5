/* digest.h - SHA-256, SM3 and HMAC of texts that lie in memory, as signature checks need them thousands of times a second.
 *
 * SHA-256 and SHA-1: FIPS 180-4. SM3: GB/T 32905-2016. HMAC: RFC 2104.
 * Secrets: whatever was derived from a key is wiped before hmac() returns; key and message stay the caller's. Nothing is
 * logged.
 * Time: depends on the lengths alone. Comparing the result is the caller's, with bytes_eq_secret().
 * Errors: none; a libcrypto without SM3, or without memory for its one context per thread, ends the process.
 * Threads: any.
 */
#ifndef ARGALI_BASE_DIGEST_H
#define ARGALI_BASE_DIGEST_H

#include "base/str.h"

enum { DIGEST_SIZE = 32, DIGEST_SHA1_SIZE = 20 };

typedef enum { HMAC_SHA1, HMAC_SHA256, HMAC_SM3 } digest_hmac;

void sha256(bytes in, uint8_t ret[DIGEST_SIZE]);
void sm3(bytes in, uint8_t ret[DIGEST_SIZE]);

/* The key is `key` followed by `key_suffix`, which may be empty (RPC v1 signs with secret + "&"). Returns the bytes of the MAC:
 * 20 with SHA-1, else 32; what lies past them in ret is zero. */
size_t hmac(digest_hmac alg, bytes key, bytes key_suffix, bytes message, uint8_t ret[DIGEST_SIZE]);

#endif
