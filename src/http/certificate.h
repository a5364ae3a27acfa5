/* certificate.h - a TLS server certificate with its key, as GnuTLS wants it.
 *
 * Errors go to the operator: nothing here depends on a client. Threads: read-only once loaded, so shared by all of them;
 * whoever holds it last frees it.
 */
#ifndef ARGALI_HTTP_CERTIFICATE_H
#define ARGALI_HTTP_CERTIFICATE_H

#include <gnutls/abstract.h>

#include "base/status.h"

enum { CERTIFICATE_CHAIN_MAX = 8 };

typedef struct {
    gnutls_pcert_st chain[CERTIFICATE_CHAIN_MAX]; /* the server's own first */
    unsigned chain_n;
    gnutls_privkey_t key;
    unsigned holders; /* the server, and every connection that began with it; guarded by the server's lock */
} certificate;

/* ST_INVALID: one of them is not PEM, the chain is longer than CERTIFICATE_CHAIN_MAX, or the key is not the certificate's. */
MUST_USE status certificate_load(const char *certificate_pem, const char *key_pem, certificate **ret, err *e);
void certificate_free(certificate *c); /* NULL and half-built are fine */

#endif
