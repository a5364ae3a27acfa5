/* caller.h - who calls: the identity that a signature proved. Plain data. */
#ifndef ARGALI_CATALOGUE_CALLER_H
#define ARGALI_CATALOGUE_CALLER_H

#include "base/ip.h"
#include "base/str.h"

typedef uint64_t account_id;   /* 16 digits */
typedef uint64_t principal_id; /* a user's 18 digits; root's is the account's own id */

typedef enum { CALLER_NONE = 0, CALLER_ROOT, CALLER_USER } caller_kind;
typedef enum { PROOF_NONE = 0, PROOF_ACS3, PROOF_V1 } caller_proof;

/* System policies known to the code; a bit each in caller.system_policies. */
typedef enum {
    SYSTEM_POLICY_ADMINISTRATOR_ACCESS = 1u << 0,
    SYSTEM_POLICY_RAM_FULL_ACCESS = 1u << 1,
    SYSTEM_POLICY_RAM_READ_ONLY_ACCESS = 1u << 2,
} system_policy_bit;

/* Self-service switches of the account's security preference; a bit each in caller.switches. */
typedef enum {
    SELF_NONE = 0,                  /* no switch opens this action */
    SELF_CHANGE_PASSWORD = 1u << 0, /* AllowUserToChangePassword */
    SELF_MFA_DEVICES = 1u << 1,     /* AllowUserToManageMFADevices */
    SELF_ACCESS_KEYS = 1u << 2,     /* AllowUserToManageAccessKeys */
} self_switch;

enum { USER_NAME_MAX = 64, ACCESS_KEY_ID_MAX = 64 };

typedef struct {
    caller_kind kind;
    caller_proof proof;
    account_id account;
    principal_id id;
    char name[USER_NAME_MAX + 1]; /* empty for root */
    char access_key_id[ACCESS_KEY_ID_MAX + 1];
    bool is_key_active;
    uint32_t system_policies, switches;
    uint64_t epoch_sum; /* of AccessKey, principal and account, when this was read: store/epoch.h */
} caller;

#endif
