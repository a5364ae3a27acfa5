/* access_key.h - AccessKey pairs: made and switched. They are deleted by recycled_key.h; their use is signature.h, nonce.h and
 * network_policy.h.
 *
 * The id is "LTAI" and 20 characters, the secret 30, both random letters and digits. The secret is shown once, in
 * access_key_shown, and stored only sealed.
 * Errors: EntityNotExist.User.AccessKey 404 (also for a key of another owner), LimitExceeded.User.AccessKey 409.
 * Epochs: status and existence touch the key's, so a key stops working before the call that stopped it is answered.
 */
#ifndef ARGALI_ACCESS_KEY_ACCESS_KEY_H
#define ARGALI_ACCESS_KEY_ACCESS_KEY_H

#include "account/quotas.h"
#include "base/secret.h"
#include "base/world.h"
#include "store/records.h"

enum { ACCESS_KEY_ID_LEN = 24, ACCESS_KEY_SECRET_LEN = 30 };

typedef struct {
    char id[ACCESS_KEY_ID_LEN + 1];
    access_key_secret secret;
} access_key_shown; /* the one time the secret is in the clear */

void access_key_shown_done(access_key_shown *k); /* wipes; NULL and twice are fine */

MUST_USE status access_key_generate(const world *w, access_key_shown *ret);

seal_place access_key_place(uint64_t account, uint64_t row);

typedef struct {
    uint64_t owner; /* user id; the account's own id for root */
    uint32_t quota; /* pairs that the owner may have */
    int64_t now_s;
} access_key_spec;

/* Stores a generated pair, active. The owner exists: the caller has read it in this transaction. */
MUST_USE status access_key_insert(store_tx *tx, vault *v, const world *w, const access_key_spec *spec,
                                  const access_key_shown *key, err *e);

MUST_USE status access_key_get_owned(store_tx *tx, arena *a, str id, uint64_t owner, access_key_record *ret, err *e);
MUST_USE status access_key_set_status(store_tx *tx, arena *a, str id, uint64_t owner, bool is_active, int64_t now_s, err *e);

#endif
