/* session.h - is a session still alive, and what may it do?
 *
 * A session is dead once its role, or any role it was assumed through, is gone or revoked its older sessions; once the user at
 * the beginning of the chain is gone or frozen; and once the AccessKey that asked for it is gone or disabled. All of it is read
 * in one snapshot and remembered under the epochs of each (authority.h).
 */
#ifndef ARGALI_ROLE_SESSION_H
#define ARGALI_ROLE_SESSION_H

#include "policy/authority.h"
#include "role/session_token.h"

/* Fills kind, account, id, name, access_key_id, is_key_active and the session's authority (a reference for the caller). The
 * transaction is left in the role's account. ST_DENIED "InvalidSecurityToken.Revoked": dead. Expiry is the caller's to check:
 * it depends on the time and not on the store. */
MUST_USE status session_load(store_tx *tx, arena *a, policy_cache *cache, const session_token *t, caller *ret,
                             authority **ret_authority, err *e);

#endif
