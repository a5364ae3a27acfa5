/* statements.h - every statement of the store, by name.
 *
 * ?1 is the transaction's account in every statement but the global ones: query.h binds it, so that no caller can name
 * another's. Each row holds the text for the engine; prepared once per connection, with bound parameters only.
 */
#ifndef ARGALI_STORE_STATEMENTS_H
#define ARGALI_STORE_STATEMENTS_H

#include <stdbool.h>

typedef enum {
    Q_ACCOUNT_INSERT,
    Q_ACCOUNT_GET,
    Q_ACCOUNT_SET_ALIAS,
    Q_ACCOUNT_COUNT_USER_UP,
    Q_ACCOUNT_COUNT_USER_DOWN,
    Q_USER_INSERT,
    Q_USER_GET,
    Q_USER_GET_BY_NAME,
    Q_USER_UPDATE,
    Q_USER_DELETE,
    Q_USER_LIST,
    Q_GROUP_INSERT,
    Q_GROUP_GET,
    Q_GROUP_GET_BY_NAME,
    Q_GROUP_UPDATE,
    Q_GROUP_DELETE,
    Q_GROUP_COUNT,
    Q_GROUP_LIST,
    Q_MEMBER_INSERT,
    Q_MEMBER_DELETE,
    Q_MEMBER_COUNT,
    Q_MEMBER_RENAME,
    Q_MEMBER_LIST,
    Q_USER_GROUP_LIST,
    Q_TAG_PUT,
    Q_TAG_DELETE,
    Q_TAG_DELETE_ALL,
    Q_TAG_LIST,
    Q_TAG_LIST_ALL,
    Q_ACCESS_KEY_INSERT,
    Q_ACCESS_KEY_GET,
    Q_ACCESS_KEY_COUNT,
    Q_ACCESS_KEY_LIST,
    Q_ACCESS_KEY_SET_STATUS,
    Q_ACCESS_KEY_DELETE,
    Q_ACCESS_KEY_SET_LAST_USED,
    Q_POLICY_INSERT,
    Q_POLICY_GET,
    Q_POLICY_GET_BY_NAME,
    Q_POLICY_UPDATE,
    Q_POLICY_DELETE,
    Q_POLICY_COUNT,
    Q_POLICY_LIST,
    Q_POLICY_VERSION_INSERT,
    Q_POLICY_VERSION_GET,
    Q_POLICY_VERSION_DELETE,
    Q_POLICY_VERSION_DELETE_ALL,
    Q_POLICY_VERSION_LIST,
    Q_ATTACHMENT_INSERT,
    Q_ATTACHMENT_DELETE,
    Q_ATTACHMENT_LIST,
    Q_ATTACHMENT_LIST_OF_POLICY,
    Q_ATTACHMENT_COUNT_OF_POLICY,
    Q_ATTACHMENT_DELETE_ALL,
    Q_ROLE_INSERT,
    Q_ROLE_GET,
    Q_ROLE_GET_BY_NAME,
    Q_ROLE_UPDATE,
    Q_ROLE_DELETE,
    Q_ROLE_COUNT,
    Q_ROLE_LIST,
    Q_VERIFIER_INSERT,
    Q_VERIFIER_GET,
    Q_VERIFIER_GET_BY_NAME,
    Q_VERIFIER_DELETE,
    Q_VERIFIER_LIST,
    Q_LOGIN_PROFILE_PUT,
    Q_LOGIN_PROFILE_GET,
    Q_LOGIN_PROFILE_DELETE,
    Q_PREFERENCE_PUT,
    Q_PREFERENCE_GET,
    Q_AUDIT_INSERT,
    Q_AUDIT_LIST,
    Q_AUDIT_LAST_SEALED,
    Q_AUDIT_SET_MAC,
    Q_FACT_PUT,
    Q_FACT_GET,
    Q_DIRECTORY_FIND_ACCESS_KEY,
    Q_DIRECTORY_FIND_ALIAS,
    Q_DIRECTORY_HAS_ACCOUNT,
    Q_DIRECTORY_FIND_VERIFIER,
    Q_DIRECTORY_LIST_ACCOUNTS,
    Q_DIRECTORY_LIST_UNSEALED,
    Q_BEGIN_WRITE,
    Q_BEGIN_READ,
    Q_COMMIT,
    Q_ROLLBACK,
    Q_SAVEPOINT,
    Q_SAVEPOINT_UNDO,
    Q_SAVEPOINT_RELEASE,
    STATEMENT_COUNT
} statement_id;

typedef enum {
    SCOPE_ACCOUNT = 0,       /* ?1 is an account; a transaction for none is refused */
    SCOPE_ACCOUNT_OR_SERVER, /* ?1 is an account, or 0 for the events of the server itself */
    SCOPE_GLOBAL,            /* crosses accounts: the directory, facts, and the transaction's own statements */
} statement_scope;

typedef struct {
    const char *name;
    const char *sqlite;
    statement_scope scope;
    bool writes; /* not prepared on a reader's connection */
} statement;

extern const statement statements[STATEMENT_COUNT];

#endif
