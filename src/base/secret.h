/* secret.h - bytes that are wiped when they go, compared in constant time, and never printed.
 *
 * A secret owns memory from a guarded, locked allocation (libsodium sodium_malloc) and is wiped before it is freed.
 * Nothing turns a secret into a str; what must be shown once (a new AccessKey secret, a generated password) is written by the
 * one function that may: secret_reveal(), whose callers a check of the tree counts.
 */
#ifndef ARGALI_BASE_SECRET_H
#define ARGALI_BASE_SECRET_H

#include "base/buf.h"
#include "base/str.h"

typedef struct {
    uint8_t *p;
    size_t n;
} secret; /* owned; secret_done() wipes, then frees */

typedef struct {
    secret s;
} password; /* two types, so that a password cannot be */
typedef struct {
    secret s;
} access_key_secret; /* handed in where a signing key is wanted */

MUST_USE status secret_new(size_t n, secret *ret);    /* n zero bytes in locked memory; 1 <= n <= 65536 */
MUST_USE status secret_copy(bytes from, secret *ret); /* the caller still has to wipe what it copied from */
void secret_done(secret *s);                          /* NULL, empty and twice are fine */
bool secret_eq(secret a, secret b);                   /* time depends on the lengths alone */
bool bytes_eq_secret(bytes a, bytes b);               /* the same for borrowed bytes: MACs and tags */
void secret_wipe(void *p, size_t n);                  /* not optimised away */

void secret_reveal(const secret *s, buf *to); /* `to` must be a buf_init_secret buffer, asserted */

#endif
