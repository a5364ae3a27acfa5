/* certificate.c - see certificate.h. */
#include "http/certificate.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* GnuTLS takes lengths as unsigned, and promises in prose only that it does not write. */
static status datum_of(const char *pem, gnutls_datum_t *ret, err *e)
{
    size_t n = strlen(pem);
    if (n > 1u << 20)
        return err_set(e, ST_INVALID, NULL, "a PEM text of more than 1 MiB");
    *ret = (gnutls_datum_t){ .data = (unsigned char *)(uintptr_t)pem, .size = (unsigned)n };
    return ST_OK;
}

static int import(certificate *c, const gnutls_datum_t *chain, const gnutls_datum_t *key)
{
    unsigned n = CERTIFICATE_CHAIN_MAX;
    int result = gnutls_pcert_list_import_x509_raw(c->chain, &n, chain, GNUTLS_X509_FMT_PEM, 0);
    if (result < 0)
        return result;
    c->chain_n = n;
    result = gnutls_privkey_init(&c->key);
    return result < 0 ? result : gnutls_privkey_import_x509_raw(c->key, key, GNUTLS_X509_FMT_PEM, NULL, 0);
}

/* By the digests of both public keys, as GnuTLS compares them only while it stores both for itself. */
static int pair_check(const certificate *c)
{
    gnutls_pubkey_t public = NULL;
    unsigned char theirs[64], ours[64];
    size_t theirs_n = sizeof theirs, ours_n = sizeof ours;
    int result = gnutls_pubkey_init(&public);
    if (result < 0)
        return result;
    result = gnutls_pubkey_import_privkey(public, c->key, 0, 0);
    if (result >= 0)
        result = gnutls_pubkey_get_key_id(public, GNUTLS_KEYID_USE_SHA256, ours, &ours_n);
    if (result >= 0)
        result = gnutls_pubkey_get_key_id(c->chain[0].pubkey, GNUTLS_KEYID_USE_SHA256, theirs, &theirs_n);
    if (result >= 0 && (ours_n != theirs_n || memcmp(ours, theirs, ours_n) != 0))
        result = GNUTLS_E_CERTIFICATE_KEY_MISMATCH;
    gnutls_pubkey_deinit(public);
    return result;
}

status certificate_load(const char *certificate_pem, const char *key_pem, certificate **ret, err *e)
{
    gnutls_datum_t chain, key;
    TRY(datum_of(certificate_pem, &chain, e));
    TRY(datum_of(key_pem, &key, e));
    certificate *c = calloc(1, sizeof *c);
    if (c == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "no memory for a certificate");
    int result = import(c, &chain, &key);
    if (result >= 0)
        result = pair_check(c);
    if (result < 0) {
        certificate_free(c);
        return err_set(e, ST_INVALID, NULL, "certificate and key do not load: %s", gnutls_strerror(result));
    }
    c->holders = 1;
    *ret = c;
    return ST_OK;
}

void certificate_free(certificate *c)
{
    if (c == NULL)
        return;
    for (unsigned i = 0; i < c->chain_n; i++)
        gnutls_pcert_deinit(&c->chain[i]);
    if (c->key != NULL)
        gnutls_privkey_deinit(c->key);
    free(c);
}
