/* certificate.h - the certificate and key of the https listener.
 *
 * Either the files of tls-certificate and tls-key, or DIR/tls.crt and DIR/tls.key, which are made when they are missing:
 * ECDSA P-256, signed by itself, good for CERTIFICATE_DAYS days, for localhost, 127.0.0.1, ::1, the machine's name, the host
 * of public-url and the address of listen-tls. It is a server certificate and no authority (CA:FALSE, keyUsage
 * digitalSignature, extendedKeyUsage serverAuth): who trusts it trusts this server alone. It is made anew when fewer than
 * renew_below_s seconds are left, when it does not read, or when key and certificate differ; clients then have to be told
 * again.
 * Errors: ST_INVALID, the operator's files do not hold a certificate and its key; ST_UNAVAILABLE. Waits for the disk.
 */
#ifndef ARGALI_SERVER_CERTIFICATE_H
#define ARGALI_SERVER_CERTIFICATE_H

#include "base/file.h"
#include "base/world.h"
#include "server/settings.h"

enum { CERTIFICATE_DAYS = 397, CERTIFICATE_RENEW_AT_START_S = 30 * 86400, CERTIFICATE_RENEW_RUNNING_S = 86400 };

typedef struct {
    buf chain_pem, key_pem; /* each with a NUL behind it; the key's buffer wipes */
    int64_t expires_at_s;
    bool is_self_signed;      /* made here */
    char path[FILE_PATH_MAX]; /* of the certificate */
} server_certificate;

MUST_USE status certificate_open(const settings *s, const world *w, int64_t renew_below_s, server_certificate *ret, err *e);
void certificate_done(server_certificate *c); /* NULL and zero are fine */
const char *certificate_chain(const server_certificate *c);
const char *certificate_key(const server_certificate *c);

#endif
