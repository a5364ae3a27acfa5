/* signature.h - the two signature schemes of the RPC products: RPC v1 (HMAC-SHA1) and ACS3 (HMAC-SHA256, HMAC-SM3).
 *
 * Builds the canonical request and the string to sign from the one parse of the request, and has the vault compare.
 * Knows neither http nor the store. Pure but for the vault; threads: reentrant.
 *
 * ACS3: Authorization: ACS3-HMAC-SHA256 Credential=<id>,SignedHeaders=<a;b>,Signature=<hex>
 *   canonical request = METHOD LF / LF query LF (name:value LF)* LF signed-header-list LF hex(hash(body))
 *   string to sign    = algorithm LF hex(hash(canonical request));  signature = hex(HMAC(secret, string to sign))
 * v1: string to sign  = METHOD & %2F & encode(sorted, encoded name=value joined by &)
 *   signature         = base64(HMAC-SHA1(secret + "&", string to sign))
 */
#ifndef ARGALI_ACCESS_KEY_SIGNATURE_H
#define ARGALI_ACCESS_KEY_SIGNATURE_H

#include "base/arena.h"
#include "catalogue/decode.h"
#include "vault/vault.h"

enum { SIGNED_HEADERS_MAX = 64, STRING_TO_SIGN_SHOWN_MAX = 8192 };

typedef struct {
    str name, value;
} header; /* as received; name in any case */

/* What a signature covers. Everything is borrowed. */
typedef struct {
    str method;         /* upper case */
    str path;           /* raw, as received: "/" for all three products */
    const param *query; /* decoded parameters of the query alone, sorted by name bytewise, no name twice */
    size_t query_n;
    const param *all; /* query and form together, sorted, no name twice (v1) */
    size_t all_n;
    const header *headers;
    size_t header_n;
    bytes body; /* after transfer decoding, as sent */
    /* Of a request whose body somebody else holds (ACS3 only): its hash in lower-case hex as they computed it; empty: they did not,
     * and x-acs-content-sha256 is believed, which is signed. Absent: the hash of `body`. */
    str body_hash;
} signed_request;

typedef enum { ACS3_HMAC_SHA256, ACS3_HMAC_SM3 } acs3_algorithm;

typedef struct {
    acs3_algorithm algorithm;
    str access_key_id;
    str signed_headers; /* the list as sent, verified to be lower-case names without repetition */
    uint8_t signature[32];
} acs3_authorization;

/* The header value. ST_INVALID: "IncompleteSignature" (a part missing, repeated, malformed), "InvalidSignatureMethod"
 * (ACS3-<other>). */
MUST_USE status acs3_parse(str authorization, acs3_authorization *ret, err *e);

/* host, x-acs-action, x-acs-version, x-acs-date, x-acs-signature-nonce, x-acs-content-sha256 must be signed, and every
 * other x-acs-* header and content-type that is present. These, x-acs-security-token and x-acs-accesskey-id come once;
 * other repeated headers are joined: each value stripped, sorted, commas between. ST_INVALID "IncompleteSignature"
 * otherwise; ST_DENIED "SignatureDoesNotMatch": wrong signature, or x-acs-content-sha256 is not the body's hash.
 * *ret_canonical and *ret_string_to_sign (in the arena) are written on ST_OK and on "SignatureDoesNotMatch". */
MUST_USE status acs3_verify(vault *v, seal_place at, bytes sealed_secret, const acs3_authorization *auth,
                            const signed_request *rq, arena *a, str *ret_canonical, str *ret_string_to_sign, err *e);

typedef struct {
    str access_key_id, signature, nonce, timestamp, security_token; /* absent where not sent */
} v1_parameters;

/* From the parameters. ST_INVALID: Missing<Name>, InvalidSignatureMethod (not HMAC-SHA1), InvalidSignatureVersion (not 1.0). */
MUST_USE status v1_parse(const param *all, size_t n, v1_parameters *ret, err *e);
MUST_USE status v1_verify(vault *v, seal_place at, bytes sealed_secret, str signature_base64, const signed_request *rq,
                          arena *a, str *ret_string_to_sign, err *e);

/* For tests and the load generator: builds, without comparing. */
MUST_USE status acs3_string_to_sign(const acs3_authorization *auth, const signed_request *rq, arena *a, str *ret_canonical,
                                    str *ret_string_to_sign, err *e);
MUST_USE status v1_string_to_sign(const signed_request *rq, arena *a, str *ret, err *e);

#endif
