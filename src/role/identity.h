/* identity.h - who a caller is, in the texts that GetCallerIdentity and POST /verify show. Nothing is formatted by printf here: it
 * is on the way of the one action that every client calls to try its key, and that is measured. Pure.
 */
#ifndef ARGALI_ROLE_IDENTITY_H
#define ARGALI_ROLE_IDENTITY_H

#include "catalogue/caller.h"

enum { IDENTITY_TEXT_MAX = 3 * U64_TEXT_MAX + 2 * USER_NAME_MAX + 2 * SESSION_NAME_MAX + 64 };

/* The texts lie in the identity itself: it may not be moved. */
typedef struct {
    str type;         /* "Account", "RAMUser", "AssumedRoleUser" */
    str account, id;  /* decimal; id: of the user or role, for root the account's */
    str principal_id; /* the id, of a session "<role id>:<session name>" */
    str arn;          /* acs:ram::<account>:root, :user/<name>, :role/<name in lower case>/<session name> */
    char text[IDENTITY_TEXT_MAX];
    size_t n; /* of text, used */
} identity;

/* ST_BUG: nobody, or a role without a session. */
MUST_USE status identity_of(const caller *who, identity *ret);

#endif
