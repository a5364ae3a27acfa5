/* records.h - the records of the store and the statements on them. Contract, threads and errors: store.h.
 *
 * get must find (ST_NOT_FOUND otherwise); list fills an array of the arena, in the order stated. Times are Unix
 * seconds, UTC, 0: never. Statements touch no epoch themselves but where it says so: the capability that knows what
 * depends on a row calls store_touch.
 */
#ifndef ARGALI_STORE_RECORDS_H
#define ARGALI_STORE_RECORDS_H

#include "store/store.h"
#include "vault/vault.h"

/* --- account ------------------------------------------------------------------------------------------------------ */

typedef struct {
    uint64_t id;     /* 16 digits */
    str alias;       /* the default domain's first label; the id's digits unless set */
    str owner_email; /* root's logon name; may be empty */
    int64_t created_s;
    uint32_t user_n; /* kept in step by insert and delete of users */
} account_record;

MUST_USE status store_account_insert(store_tx *tx, const account_record *r, err *e); /* ST_CONFLICT: id or alias stands */
MUST_USE status store_account_get(store_tx *tx, arena *a, account_record *ret, err *e);
/* ST_CONFLICT: another account has it (any case) */
MUST_USE status store_account_set_alias(store_tx *tx, str alias, err *e);

/* --- user --------------------------------------------------------------------------------------------------------- */

typedef struct {
    uint64_t id;                                     /* 18 digits, immutable */
    str name;                                        /* as given; unique in the account without regard to ASCII case */
    str display_name, comments, email, mobile_phone; /* empty: none */
    int64_t created_s, updated_s, last_login_s;
    bool is_frozen; /* Status freeze */
} user_record;

/* ST_CONFLICT: id or name stands; counts in account */
MUST_USE status store_user_insert(store_tx *tx, const user_record *r, err *e);
MUST_USE status store_user_get(store_tx *tx, arena *a, uint64_t id, user_record *ret, err *e);
MUST_USE status store_user_get_by_name(store_tx *tx, arena *a, str name, user_record *ret, err *e); /* any case */
/* every field but id and created_s; ST_CONFLICT: the name stands */
MUST_USE status store_user_update(store_tx *tx, const user_record *r, err *e);
/* with its tags, and not its memberships; counts in account */
MUST_USE status store_user_delete(store_tx *tx, uint64_t id, err *e);

typedef struct {
    bool active, frozen;
} user_filter; /* which to list; neither set is both */

/* By name (ASCII case folded), after `after` (absent: from the start), at most max. */
MUST_USE status store_user_list(store_tx *tx, arena *a, str after, uint32_t max, user_filter f, user_record **ret,
                                size_t *ret_n, err *e);

/* --- groups and their members ------------------------------------------------------------------------------------- */

typedef struct {
    uint64_t id; /* 18 digits that begin with 4, immutable */
    str name;    /* as given; unique in the account without regard to ASCII case */
    str display_name, comments;
    int64_t created_s, updated_s;
} group_record;

MUST_USE status store_group_insert(store_tx *tx, const group_record *r, err *e); /* ST_CONFLICT: id or name stands */
MUST_USE status store_group_get(store_tx *tx, arena *a, uint64_t id, group_record *ret, err *e);
MUST_USE status store_group_get_by_name(store_tx *tx, arena *a, str name, group_record *ret, err *e); /* any case */
/* every field but id and created_s; ST_CONFLICT: the name stands */
MUST_USE status store_group_update(store_tx *tx, const group_record *r, err *e);
MUST_USE status store_group_delete(store_tx *tx, uint64_t id, err *e);
MUST_USE status store_group_count(store_tx *tx, uint32_t *ret, err *e); /* of the account */
/* By name (folded), after `after` (absent: from the start), at most max. */
MUST_USE status store_group_list(store_tx *tx, arena *a, str after, uint32_t max, group_record **ret, size_t *ret_n, err *e);

typedef struct {
    group_record group;
    int64_t joined_s;
} user_group_record;
typedef struct {
    user_record user;
    int64_t joined_s;
} member_record;

/* ST_CONFLICT: is in it. ST_NOT_FOUND: no such user; that the group stands is the caller's to know */
MUST_USE status store_member_insert(store_tx *tx, uint64_t group, uint64_t user, int64_t joined_s, err *e);
MUST_USE status store_member_delete(store_tx *tx, uint64_t group, uint64_t user, err *e); /* ST_NOT_FOUND */
MUST_USE status store_member_count(store_tx *tx, uint64_t group, uint32_t *ret, err *e);
/* Groups of a user, by name. */
MUST_USE status store_user_group_list(store_tx *tx, arena *a, uint64_t user, user_group_record **ret, size_t *ret_n, err *e);
/* Members of a group by user name (folded), after `after`, at most max. */
MUST_USE status store_member_list(store_tx *tx, arena *a, uint64_t group, str after, uint32_t max, member_record **ret,
                                  size_t *ret_n, err *e);

/* --- tags of users, roles and custom policies --------------------------------------------------------------------- */

typedef enum { TAGGED_USER = 1, TAGGED_ROLE, TAGGED_POLICY } tagged_kind; /* stored: never renumber */

typedef struct {
    uint64_t resource; /* id of the user, role or policy */
    str key, value;
} tag_record;

/* inserts or replaces */
MUST_USE status store_tag_put(store_tx *tx, tagged_kind kind, uint64_t resource, str key, str value, err *e);
/* ST_NOT_FOUND: was not there */
MUST_USE status store_tag_delete(store_tx *tx, tagged_kind kind, uint64_t resource, str key, err *e);
MUST_USE status store_tag_delete_all(store_tx *tx, tagged_kind kind, uint64_t resource, err *e);
/* by key */
MUST_USE status store_tag_list(store_tx *tx, arena *a, tagged_kind kind, uint64_t resource, tag_record **ret, size_t *ret_n,
                               err *e);
/* All tags of a kind in the account after (resource, key), by resource then key, at most max. */
MUST_USE status store_tag_list_all(store_tx *tx, arena *a, tagged_kind kind, uint64_t after_resource, str after_key,
                                   uint32_t max, tag_record **ret, size_t *ret_n, err *e);

/* --- AccessKey pairs ---------------------------------------------------------------------------------------------- */

typedef struct {
    str id;         /* "LTAI..." */
    uint64_t owner; /* user id; the account's own id for root */
    uint64_t row;   /* immutable, random: the place the secret is sealed at */
    sealed secret;
    bool is_active;
    int64_t created_s, updated_s;
    int64_t last_used_s;   /* 0: never */
    str last_used_service; /* "Ram" */
} access_key_record;

/* ST_CONFLICT: the id stands, anywhere */
MUST_USE status store_access_key_insert(store_tx *tx, const access_key_record *r, err *e);
MUST_USE status store_access_key_get(store_tx *tx, arena *a, str id, access_key_record *ret, err *e);
MUST_USE status store_access_key_count(store_tx *tx, uint64_t owner, uint32_t *ret, err *e);
/* oldest first */
MUST_USE status store_access_key_list(store_tx *tx, arena *a, uint64_t owner, access_key_record **ret, size_t *ret_n, err *e);
MUST_USE status store_access_key_set_status(store_tx *tx, str id, bool is_active, int64_t now_s, err *e);
MUST_USE status store_access_key_delete(store_tx *tx, str id, err *e);
MUST_USE status store_access_key_set_last_used(store_tx *tx, str id, int64_t at_s, str service, err *e); /* only forward */

/* --- custom policies and their versions --------------------------------------------------------------------------- */

typedef struct {
    uint64_t id; /* 18 digits that begin with 5, immutable, never used again */
    str name;    /* as given, immutable; unique in the account without regard to ASCII case */
    str description;
    uint32_t default_version, last_version; /* numbers as in "v3"; a version's document never changes */
    int64_t created_s, updated_s;
} policy_record;

MUST_USE status store_policy_insert(store_tx *tx, const policy_record *r, err *e); /* ST_CONFLICT: id or name stands */
MUST_USE status store_policy_get(store_tx *tx, arena *a, uint64_t id, policy_record *ret, err *e);
MUST_USE status store_policy_get_by_name(store_tx *tx, arena *a, str name, policy_record *ret, err *e); /* any case */
/* description, default_version, last_version, updated_s */
MUST_USE status store_policy_update(store_tx *tx, const policy_record *r, err *e);
MUST_USE status store_policy_delete(store_tx *tx, uint64_t id, err *e); /* with its versions and tags */
MUST_USE status store_policy_count(store_tx *tx, uint32_t *ret, err *e);
/* By name (folded), after `after`, at most max. */
MUST_USE status store_policy_list(store_tx *tx, arena *a, str after, uint32_t max, policy_record **ret, size_t *ret_n, err *e);

typedef struct {
    uint64_t policy;
    uint32_t number;
    str document; /* the text as sent */
    int64_t created_s;
} policy_version_record;

MUST_USE status store_policy_version_insert(store_tx *tx, const policy_version_record *r, err *e); /* ST_CONFLICT */
MUST_USE status store_policy_version_get(store_tx *tx, arena *a, uint64_t policy, uint32_t number, policy_version_record *ret,
                                         err *e);
MUST_USE status store_policy_version_delete(store_tx *tx, uint64_t policy, uint32_t number, err *e); /* ST_NOT_FOUND */
/* by number */
MUST_USE status store_policy_version_list(store_tx *tx, arena *a, uint64_t policy, policy_version_record **ret, size_t *ret_n,
                                          err *e);

/* --- policies attached to users, groups and roles ----------------------------------------------------------------- */

typedef enum { PRINCIPAL_USER = 1, PRINCIPAL_GROUP, PRINCIPAL_ROLE } principal_kind; /* stored: never renumber */

typedef struct {
    principal_kind kind;
    uint64_t principal;
    str policy_type; /* "System" or "Custom" */
    str policy_name; /* as the policy itself spells it */
    int64_t attached_s;
} attachment_record;

/* ST_CONFLICT: attached already */
MUST_USE status store_attachment_insert(store_tx *tx, const attachment_record *r, err *e);
MUST_USE status store_attachment_delete(store_tx *tx, uint64_t principal, str type, str name, err *e); /* ST_NOT_FOUND */
/* oldest first */
MUST_USE status store_attachment_list(store_tx *tx, arena *a, uint64_t principal, attachment_record **ret, size_t *ret_n,
                                      err *e);
MUST_USE status store_attachment_list_of_policy(store_tx *tx, arena *a, str type, str name, attachment_record **ret,
                                                size_t *ret_n, err *e);
MUST_USE status store_attachment_count_of_policy(store_tx *tx, str type, str name, uint32_t *ret, err *e);
MUST_USE status store_attachment_delete_all(store_tx *tx, uint64_t principal, err *e);

/* --- roles -------------------------------------------------------------------------------------------------------- */

typedef struct {
    uint64_t id; /* 18 digits that begin with 3, immutable, never used again */
    str name;    /* as given, immutable; unique in the account without regard to ASCII case */
    str description;
    str trust_policy; /* AssumeRolePolicyDocument, the text as sent */
    uint32_t max_session_s;
    int64_t created_s, updated_s;
    int64_t sessions_revoked_ms; /* sessions issued at or before this Unix time in milliseconds are dead; 0: none */
} role_record;

MUST_USE status store_role_insert(store_tx *tx, const role_record *r, err *e); /* ST_CONFLICT: id or name stands */
MUST_USE status store_role_get(store_tx *tx, arena *a, uint64_t id, role_record *ret, err *e);
MUST_USE status store_role_get_by_name(store_tx *tx, arena *a, str name, role_record *ret, err *e); /* any case */
/* description, trust_policy, max_session_s, updated_s, sessions_revoked_ms */
MUST_USE status store_role_update(store_tx *tx, const role_record *r, err *e);
MUST_USE status store_role_delete(store_tx *tx, uint64_t id, err *e); /* with its tags */
MUST_USE status store_role_count(store_tx *tx, uint32_t *ret, err *e);
MUST_USE status store_role_list(store_tx *tx, arena *a, str after, uint32_t max, role_record **ret, size_t *ret_n, err *e);

/* --- verifiers: services that ask whether a signature is valid ---------------------------------------------------- */

enum { VERIFIER_DIGEST_BYTES = 32 };

typedef struct {
    uint64_t id;                           /* 18 digits that begin with 6 */
    str name;                              /* unique in the account without regard to ASCII case */
    str hosts;                             /* comma-separated: the Host values that it may judge for */
    uint8_t digest[VERIFIER_DIGEST_BYTES]; /* of its token */
    int64_t created_s;
} verifier_record;

MUST_USE status store_verifier_insert(store_tx *tx, const verifier_record *r, err *e); /* ST_CONFLICT: id, name or digest */
MUST_USE status store_verifier_get(store_tx *tx, arena *a, uint64_t id, verifier_record *ret, err *e);
MUST_USE status store_verifier_get_by_name(store_tx *tx, arena *a, str name, verifier_record *ret, err *e); /* any case */
MUST_USE status store_verifier_delete(store_tx *tx, uint64_t id, err *e);
MUST_USE status store_verifier_list(store_tx *tx, arena *a, verifier_record **ret, size_t *ret_n, err *e); /* by name */

/* --- password of a user or of root (login profile) ---------------------------------------------------------------- */

typedef struct {
    uint64_t principal;
    uint64_t row;   /* the place the digest is sealed at */
    str scheme;     /* "argon2id" */
    str parameters; /* "m=47104,t=1,p=1" */
    uint8_t salt[32];
    uint8_t salt_n;
    sealed digest;
    bool is_reset_required;
    int64_t created_s, updated_s;
} login_profile_record;

MUST_USE status store_login_profile_put(store_tx *tx, const login_profile_record *r, err *e);
MUST_USE status store_login_profile_get(store_tx *tx, arena *a, uint64_t principal, login_profile_record *ret, err *e);
MUST_USE status store_login_profile_delete(store_tx *tx, uint64_t principal, err *e);

/* --- security preference ------------------------------------------------------------------------------------------ */

typedef struct {
    bool allow_user_to_change_password, allow_user_to_manage_mfa_devices, allow_user_to_manage_access_keys;
    str mfa_operation_for_login; /* mandatory, independent, adaptive */
} preference_record;

MUST_USE status store_preference_put(store_tx *tx, const preference_record *r, err *e);
MUST_USE status store_preference_get(store_tx *tx, arena *a, preference_record *ret, err *e);

/* --- audit -------------------------------------------------------------------------------------------------------- */

typedef struct {
    uint64_t account;
    uint64_t number; /* 1, 2, 3, ... within the account, without gaps */
    int64_t at_s;
    str body;                     /* one JSON object */
    uint8_t mac[VAULT_TAG_BYTES]; /* of the previous mac and this event; all zero: not sealed yet */
    bool is_sealed;
} audit_record;

MUST_USE status store_audit_insert(store_tx *tx, int64_t at_s, str body, uint64_t *ret_number, err *e);
MUST_USE status store_audit_list(store_tx *tx, arena *a, uint64_t after_number, uint32_t max, audit_record **ret, size_t *ret_n,
                                 err *e);
MUST_USE status store_audit_last_sealed(store_tx *tx, arena *a, audit_record *ret, err *e); /* ST_NOT_FOUND: none yet */
MUST_USE status store_audit_set_mac(store_tx *tx, uint64_t number, const uint8_t mac[VAULT_TAG_BYTES], err *e);

/* --- facts about the store itself (account 0) --------------------------------------------------------------------- */

MUST_USE status store_fact_put(store_tx *tx, str name, bytes value, err *e);
MUST_USE status store_fact_get(store_tx *tx, arena *a, str name, bytes *ret, err *e);

#endif
