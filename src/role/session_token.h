/* session_token.h - the SecurityToken of a temporary AccessKey: everything about the session, sealed by the vault.
 *
 * Self-contained: nothing about a session is stored. The token holds the session's AccessKey secret sealed a second time, at a
 * place of its own, so that opening a token shows no secret: a signature is checked by the vault, as for a permanent pair. A
 * token without a signature under that secret is good for nothing (threat T46); one key, one purpose; a flipped bit is refused
 * (T48). Text: base64url of account[8, big-endian] and vault_token_seal(TOKEN_STS, account, content), the content as encoded in
 * the .c.
 * Pure but for the vault. Errors: ST_DENIED "InvalidSecurityToken.Malformed".
 */
#ifndef ARGALI_ROLE_SESSION_TOKEN_H
#define ARGALI_ROLE_SESSION_TOKEN_H

#include "base/arena.h"
#include "catalogue/caller.h"
#include "vault/vault.h"

enum { SESSION_TOKEN_MAX = 16384 }; /* characters that are looked at */

typedef struct {
    str access_key_id;  /* "STS." and 24 letters and digits */
    account_id account; /* of the role */
    principal_id role;
    caller_session session;
    uint64_t row; /* random: where the secret is sealed, {SEAL_SESSION_KEY, account, row} */
    sealed secret;
    str policy; /* the session policy as sent; absent: none */
} session_token;

MUST_USE status session_token_issue(vault *v, const session_token *t, arena *a, str *ret_text, err *e);
MUST_USE status session_token_open(vault *v, str text, arena *a, session_token *ret, err *e); /* borrows from the arena */

#endif
