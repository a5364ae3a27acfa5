/* authorize.h - the one place to enter for every call: may the caller do what its row says, on what its request names?
 *
 * Deny by default. In this order: a caller that nothing proved and a row with an empty cell are refused; NO_PERMISSION_NEEDED lets
 * every proven caller in; root may everything in its account; then the policies (decide.h), for each resource that the request
 * names; then self-service, where the account's switch opens the action for a user on itself and no policy denies it. A session of a
 * role is nobody's self.
 * Another account's objects need no rule: no transaction reaches them (store.h).
 * What a handler later resolves has to be what was authorized. Names are compared in any case, as the store does; a user that is
 * named by an id or an AccessKey of another is looked up in the very transaction that the handler runs in, and so are the tags that
 * a condition asks for. A renaming is authorized on the old name and on the new one. Two tags whose keys differ in case alone are
 * refused to a caller whose policies have conditions: ST_DENIED "NoPermission".
 */
#ifndef ARGALI_POLICY_AUTHORIZE_H
#define ARGALI_POLICY_AUTHORIZE_H

#include "catalogue/call.h"
#include "policy/decide.h"

/* ST_OK: *ret is the decision. Without a transaction (c->tx NULL) it touches memory only, and where the store has to be asked it
 * sets *ret_needs_store and decides nothing. On a refusal ret->context holds what the decision saw. */
typedef struct {
    decision by;
    str action;
    const context *context; /* NULL where none was needed */
} authorization;
MUST_USE status authorize(const call *c, authorization *ret, bool *ret_needs_store, err *e);

#endif
