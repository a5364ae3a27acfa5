/* sign_in_link.h - a link by which a user sets a password that nobody else knows.
 *
 * Single use, 24 hours; a user has one at most: a new one replaces the old, and a password that is set ends it. What is stored is a
 * digest that is bound to this purpose. The link is shown once, to who asked for it; its value stands behind the '#', which no
 * browser sends to a server or hands on as a referrer.
 */
#ifndef ARGALI_PASSWORD_SIGN_IN_LINK_H
#define ARGALI_PASSWORD_SIGN_IN_LINK_H

#include "base/secret.h"
#include "base/world.h"
#include "store/records.h"

enum { SIGN_IN_LINK_BYTES = 32, SIGN_IN_LINK_LEN = 43 /* characters of its value */, SIGN_IN_LINK_S = 24 * 3600 };

/* Where its page is, below the public URL. */
#define SIGN_IN_LINK_PATH "/signin/link#"

/* ret_url: the whole link. ret_expires_s: Unix time. */
MUST_USE status sign_in_link_create(store_tx *tx, const world *w, uint64_t user, str public_url, int64_t now_s, secret *ret_url,
                                    int64_t *ret_expires_s, err *e);

/* The stored form of a link's value; false: not the form of one, and there is nothing to look for. */
bool sign_in_link_digest(str value, uint8_t ret[SIGN_IN_LINK_DIGEST_BYTES]);

MUST_USE status sign_in_link_end(store_tx *tx, uint64_t user, err *e); /* also where there is none */

#endif
