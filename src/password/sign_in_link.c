/* sign_in_link.c - see sign_in_link.h. */
#include "password/sign_in_link.h"

#include <string.h>

#include "base/digest.h"
#include "base/encoding.h"

enum { URL_MAX = 2048 };

bool sign_in_link_digest(str value, uint8_t ret[SIGN_IN_LINK_DIGEST_BYTES])
{
    static const char purpose[] = "argali sign-in link"; /* with its NUL: no other digest that we keep begins so */
    uint8_t text[sizeof purpose + SIGN_IN_LINK_LEN];
    if (value.n != SIGN_IN_LINK_LEN)
        return false;
    memcpy(text, purpose, sizeof purpose);
    memcpy(text + sizeof purpose, value.p, value.n);
    sha256((bytes){ text, sizeof text }, ret);
    secret_wipe(text, sizeof text);
    return true;
}

static status compose(const world *w, str public_url, buf *to)
{
    uint8_t content[SIGN_IN_LINK_BYTES];
    TRY(world_random(w, content, sizeof content));
    buf_add(to, public_url);
    buf_add(to, STR(SIGN_IN_LINK_PATH));
    base64url_encode((bytes){ content, sizeof content }, to);
    secret_wipe(content, sizeof content);
    return buf_ok(to) ? ST_OK : ST_NO_MEMORY;
}

status sign_in_link_create(store_tx *tx, const world *w, uint64_t user, str public_url, int64_t now_s, secret *ret_url,
                           int64_t *ret_expires_s, err *e)
{
    CLEANUP(buf_done) buf url;
    sign_in_link_record r = { .user = user, .created_s = now_s, .expires_s = now_s + SIGN_IN_LINK_S };
    buf_init_secret(&url, URL_MAX);
    TRY(compose(w, public_url, &url));
    const str text = buf_str(&url);
    (void)sign_in_link_digest(str_slice(text, text.n - SIGN_IN_LINK_LEN, text.n), r.digest);
    TRY(store_sign_in_link_put(tx, &r, e));
    TRY(secret_copy(buf_bytes(&url), ret_url));
    *ret_expires_s = r.expires_s;
    return ST_OK;
}

status sign_in_link_end(store_tx *tx, uint64_t user, err *e)
{
    const status s = store_sign_in_link_delete(tx, user, e);
    return s == ST_NOT_FOUND ? ST_OK : s;
}
