/* verifier.h - verifiers: services that may ask whether a request that they received was rightly signed (POST /verify).
 *
 * A verifier proves itself by a token, "argali-verifier-" and 32 random bytes in Base64url. It is shown once and stored as a
 * SHA-256 digest, which is enough for 256 bits of chance; it is good at POST /verify and nowhere else. A verifier judges requests
 * that were sent to one of its hosts alone, so that a signature made for another service proves nothing here (threat T43).
 * Hosts are "name", "name:port", "[v6]" or "[v6]:port", as a Host header has them; compared, and kept, in lower case.
 * Names are unique in the account without regard to ASCII case and kept as given; ids are 18 random digits that begin with 6.
 * Errors: InvalidParameter.Hosts.Format, .Length 400, EntityNotExist.Verifier 404, EntityAlreadyExists.Verifier,
 * LimitExceeded.Verifier 409. Epochs: writes touch the verifier's.
 */
#ifndef ARGALI_VERIFIER_VERIFIER_H
#define ARGALI_VERIFIER_VERIFIER_H

#include "base/secret.h"
#include "base/world.h"
#include "store/records.h"

#define VERIFIER_TOKEN_PREFIX "argali-verifier-"

enum {
    VERIFIERS_PER_ACCOUNT = 100,
    VERIFIER_HOSTS_MAX = 16,
    VERIFIER_HOSTS_BYTES = 2048, /* all of a verifier's, with the commas between them */
    VERIFIER_TOKEN_BYTES = 32,
    VERIFIER_TOKEN_LEN = sizeof VERIFIER_TOKEN_PREFIX - 1 + 43,
};

typedef struct {
    secret s; /* VERIFIER_TOKEN_LEN characters: the one time the token is in the clear */
} verifier_token;

void verifier_token_done(verifier_token *t); /* wipes; NULL and twice are fine */

/* A verifier in the account of the transaction. The name is valid: catalogue, or user_name_is_valid. */
MUST_USE status verifier_create(store_tx *tx, arena *a, const world *w, int64_t now_s, str name, const str *hosts,
                                size_t host_n, verifier_record *ret, verifier_token *ret_token, err *e);
MUST_USE status verifier_delete(store_tx *tx, arena *a, str name, verifier_record *ret, err *e); /* ret: what it was */

/* The stored form of a token; false: this is no token's form, and there is nothing to look for. */
bool verifier_digest(str token, uint8_t ret[VERIFIER_DIGEST_BYTES]);

bool verifier_host_is_valid(str host);
bool verifier_may_judge(str hosts, str host); /* hosts as in the record; host in any case */

#endif
