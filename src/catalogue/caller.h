/* caller.h - who calls: the identity that a signature proved. Plain data. */
#ifndef ARGALI_CATALOGUE_CALLER_H
#define ARGALI_CATALOGUE_CALLER_H

#include "base/ip.h"
#include "base/str.h"

typedef uint64_t account_id;   /* 16 digits */
typedef uint64_t principal_id; /* a user's or role's 18 digits; root's is the account's own id */

typedef enum { CALLER_NONE = 0, CALLER_ROOT, CALLER_USER, CALLER_ROLE } caller_kind; /* CALLER_ROLE: a session of a role */
typedef enum { PROOF_NONE = 0, PROOF_ACS3, PROOF_V1 } caller_proof;

/* Self-service switches of the account's security preference; a bit each in caller.switches. */
typedef enum {
    SELF_NONE = 0,                  /* no switch opens this action */
    SELF_CHANGE_PASSWORD = 1u << 0, /* AllowUserToChangePassword */
    SELF_MFA_DEVICES = 1u << 1,     /* AllowUserToManageMFADevices */
    SELF_ACCESS_KEYS = 1u << 2,     /* AllowUserToManageAccessKeys */
} self_switch;

enum { USER_NAME_MAX = 64, ACCESS_KEY_ID_MAX = 64, SESSION_NAME_MAX = 64, SESSION_CHAIN_MAX = 5 };

/* What a temporary AccessKey stands for: a session of a role. It lives while the role, everything that it was assumed through, and
 * the AccessKey that asked for it do. */
typedef struct {
    char name[SESSION_NAME_MAX + 1];            /* RoleSessionName */
    char source_identity[SESSION_NAME_MAX + 1]; /* empty: none; handed on to every session assumed from this one */
    int64_t issued_ms, expires_s;               /* Unix times */
    account_id user_account;                    /* of the user at the beginning of the chain */
    principal_id user;
    char user_access_key_id[ACCESS_KEY_ID_MAX + 1]; /* that asked for the first session */
    struct {
        account_id account;
        principal_id role;
        int64_t issued_ms;      /* of the session of that role */
    } chain[SESSION_CHAIN_MAX]; /* the roles gone through, the first one first; the last is this session's own */
    unsigned chain_n;           /* at least 1 */
    uint8_t token_digest[32];   /* SHA-256 of the token's text: what is remembered answers for this very token */
} caller_session;

struct authority; /* src/policy/authority.h */

typedef struct {
    caller_kind kind;
    caller_proof proof;
    account_id account;
    principal_id id;
    char name[USER_NAME_MAX + 1]; /* of the user or role; empty for root */
    char access_key_id[ACCESS_KEY_ID_MAX + 1];
    bool is_key_active;
    uint32_t switches;
    const struct authority *authority; /* policies and session; NULL for root. Borrowed from who holds the caller */
    const caller_session *session;     /* inside the authority; NULL unless CALLER_ROLE */
    uint64_t epoch_sum;                /* of all that the caller depends on, when this was read: store/epoch.h */
} caller;

#endif
