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
    uint32_t user_n; /* kept in step as users come, go, are recycled and restored */
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
    str network_policy;    /* the AccessKeyPolicy as stored (access_key/network_policy.h); empty: none */
} access_key_record;

/* ST_CONFLICT: the id stands, anywhere */
MUST_USE status store_access_key_insert(store_tx *tx, const access_key_record *r, err *e);
MUST_USE status store_access_key_get(store_tx *tx, arena *a, str id, access_key_record *ret, err *e);
MUST_USE status store_access_key_count(store_tx *tx, uint64_t owner, uint32_t *ret, err *e);
/* oldest first */
MUST_USE status store_access_key_list(store_tx *tx, arena *a, uint64_t owner, access_key_record **ret, size_t *ret_n, err *e);
MUST_USE status store_access_key_set_status(store_tx *tx, str id, bool is_active, int64_t now_s, err *e);
MUST_USE status store_access_key_delete(store_tx *tx, str id, err *e);
MUST_USE status store_access_key_set_network_policy(store_tx *tx, str id, str policy, int64_t now_s, err *e);
/* Active pairs of users (not root's) that were created before, and neither used nor switched on since, at_s; by id after `after`,
 * at most max. */
MUST_USE status store_access_key_list_idle(store_tx *tx, arena *a, int64_t at_s, str after, uint32_t max,
                                           access_key_record **ret, size_t *ret_n, err *e);
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

/* --- the recycle bin: users and AccessKey pairs on their way out ---------------------------------------------------- */

/* What lies in the bin is in no other list and no look-up finds it: its name is free, its AccessKeys open nothing. */
typedef struct {
    user_record user;
    int64_t recycled_s, purge_s; /* when it came here; when it goes for good */
} recycled_user_record;
typedef struct {
    access_key_record key; /* with its secret, still sealed at its row */
    bool with_user;        /* came here with its user, and goes with it */
    int64_t recycled_s, purge_s;
} recycled_key_record;

/* Moves the user's row here; its tags stay with its id, in no list of all; counts in account. ST_NOT_FOUND: no such user. */
MUST_USE status store_user_recycle(store_tx *tx, uint64_t id, int64_t recycled_s, int64_t purge_s, err *e);
MUST_USE status store_user_restore(store_tx *tx, uint64_t id, err *e); /* back; ST_CONFLICT: the name stands */
MUST_USE status store_recycled_user_get(store_tx *tx, arena *a, uint64_t id, recycled_user_record *ret, err *e);
MUST_USE status store_recycled_user_get_by_name(store_tx *tx, arena *a, str name, recycled_user_record *ret,
                                                err *e);                      /* the newest */
MUST_USE status store_recycled_user_purge(store_tx *tx, uint64_t id, err *e); /* with its tags */
MUST_USE status store_recycled_user_count(store_tx *tx, uint32_t *ret, err *e);
/* Newest first: recycled before `before_s`, or then with an id below `before_id`; at most max. before_s 0: from the start. */
MUST_USE status store_recycled_user_list(store_tx *tx, arena *a, int64_t before_s, uint64_t before_id, uint32_t max,
                                         recycled_user_record **ret, size_t *ret_n, err *e);
/* Oldest first: those whose time has come at now_s, at most max. */
MUST_USE status store_recycled_user_list_due(store_tx *tx, arena *a, int64_t now_s, uint32_t max, recycled_user_record **ret,
                                             size_t *ret_n, err *e);

MUST_USE status store_access_key_recycle(store_tx *tx, str id, bool with_user, int64_t recycled_s, int64_t purge_s, err *e);
MUST_USE status store_access_key_restore(store_tx *tx, str id, err *e); /* as it was, inactive */
MUST_USE status store_recycled_key_get(store_tx *tx, arena *a, str id, recycled_key_record *ret, err *e);
/* of an owner, oldest first */
MUST_USE status store_recycled_key_list(store_tx *tx, arena *a, uint64_t owner, recycled_key_record **ret, size_t *ret_n,
                                        err *e);
MUST_USE status store_recycled_key_purge(store_tx *tx, str id, err *e);
MUST_USE status store_recycled_key_list_due(store_tx *tx, arena *a, int64_t now_s, uint32_t max, recycled_key_record **ret,
                                            size_t *ret_n, err *e);

/* --- password of a user or of root (login profile) ---------------------------------------------------------------- */

typedef struct {
    uint64_t principal;
    uint64_t row;   /* the place the digest is sealed at */
    str scheme;     /* "argon2id", "bcrypt", "scrypt", "pbkdf2-sha256", "pbkdf2-sha512"; empty: a profile without a password */
    str parameters; /* "m=47104,t=1,p=1" */
    uint8_t salt[64];
    uint8_t salt_n;
    sealed digest;
    bool is_active;         /* Status: console logon is on */
    bool is_reset_required; /* at the next logon */
    bool mfa_bind_required;
    bool is_initial; /* set by an administrator and not yet changed by the user */
    int64_t created_s, updated_s;
    int64_t password_set_s; /* when the password was set last; 0: none */
} login_profile_record;

MUST_USE status store_login_profile_put(store_tx *tx, const login_profile_record *r, err *e);
MUST_USE status store_login_profile_get(store_tx *tx, arena *a, uint64_t principal, login_profile_record *ret, err *e);
MUST_USE status store_login_profile_delete(store_tx *tx, uint64_t principal, err *e); /* with its history */

/* Earlier passwords of a principal: one salt for all of them, so that one hash is compared with each. */
typedef struct {
    uint64_t principal;
    uint64_t row; /* the place the digest is sealed at */
    str scheme, parameters;
    uint8_t salt[64];
    uint8_t salt_n;
    sealed digest;
    int64_t set_s;
} password_history_record;

MUST_USE status store_password_history_insert(store_tx *tx, const password_history_record *r, err *e);
/* newest first, at most max */
MUST_USE status store_password_history_list(store_tx *tx, arena *a, uint64_t principal, uint32_t max,
                                            password_history_record **ret, size_t *ret_n, err *e);
MUST_USE status store_password_history_trim(store_tx *tx, uint64_t principal, uint32_t keep, err *e); /* the newest stay */

/* --- password policy ---------------------------------------------------------------------------------------------- */

typedef struct {
    uint32_t minimum_password_length, minimum_password_different_character;
    bool require_lowercase_characters, require_uppercase_characters, require_numbers, require_symbols;
    bool password_not_contain_user_name, hard_expire, intercept_risk_password_on_api;
    uint32_t max_password_age_days, password_reuse_prevention, max_login_attempts, initial_password_age_days;
} password_policy_record;

MUST_USE status store_password_policy_put(store_tx *tx, const password_policy_record *r, err *e);
MUST_USE status store_password_policy_get(store_tx *tx, password_policy_record *ret, err *e); /* ST_NOT_FOUND: never set */

/* --- security preference ------------------------------------------------------------------------------------------ */

typedef struct {
    bool allow_user_to_change_password, allow_user_to_manage_mfa_devices, allow_user_to_manage_access_keys;
    bool allow_user_to_login_with_passkey, allow_user_to_manage_personal_ding_talk, allow_user_to_manage_service_credentials;
    bool allow_user_to_manage_public_keys, enable_save_mfa_ticket;
    uint32_t login_session_duration_hours;
    uint32_t max_idle_days_for_users, max_idle_days_for_access_keys;
    str login_network_masks;       /* separated by ';'; empty: anywhere */
    str mfa_operation_for_login;   /* mandatory, independent, adaptive */
    str operation_for_risk_login;  /* autonomous, enforceVerify */
    str verification_types;        /* separated by ','; sms, email */
    str access_key_network_policy; /* SetAccessKeyPolicyForAccount; empty: none */
} preference_record;

MUST_USE status store_preference_put(store_tx *tx, const preference_record *r, err *e);
MUST_USE status store_preference_get(store_tx *tx, arena *a, preference_record *ret, err *e);

/* --- the attempt ledger ------------------------------------------------------------------------------------------- */

/* Guesses at the secrets of one principal, of one budget (src/attempt/attempt.h). */
typedef struct {
    uint64_t principal;
    uint32_t budget;         /* 0: everybody's; else a known browser's */
    uint32_t failures;       /* in a row */
    uint32_t in_flight;      /* reserved and not yet told */
    int64_t first_s, last_s; /* of this row of failures */
    int64_t locked_until_s;  /* 0: not locked */
} attempt_record;

MUST_USE status store_attempt_put(store_tx *tx, const attempt_record *r, err *e); /* inserts or replaces */
MUST_USE status store_attempt_get(store_tx *tx, uint64_t principal, uint32_t budget, attempt_record *ret, err *e);
MUST_USE status store_attempt_delete_all(store_tx *tx, uint64_t principal, err *e);
MUST_USE status store_attempt_settle_all(store_tx *tx, err *e); /* at start: what was in flight counts as failed. Account 0 */

/* --- sign-in links ------------------------------------------------------------------------------------------------ */

enum { SIGN_IN_LINK_DIGEST_BYTES = 32 };

typedef struct {
    uint8_t digest[SIGN_IN_LINK_DIGEST_BYTES]; /* of the link's value */
    uint64_t user;
    int64_t created_s, expires_s;
} sign_in_link_record;

MUST_USE status store_sign_in_link_put(store_tx *tx, const sign_in_link_record *r,
                                       err *e); /* one of a user: the old one goes */
MUST_USE status store_sign_in_link_get(store_tx *tx, const uint8_t digest[32], sign_in_link_record *ret, err *e);
MUST_USE status store_sign_in_link_consume(store_tx *tx, const uint8_t digest[32],
                                           err *e);                             /* ST_NOT_FOUND: used, or never there */
MUST_USE status store_sign_in_link_delete(store_tx *tx, uint64_t user, err *e); /* ST_NOT_FOUND: had none */

/* --- reports ------------------------------------------------------------------------------------------------------ */

typedef struct {
    uint32_t users, groups, roles, policies, access_keys, login_profiles;
} account_counts;
MUST_USE status store_account_counts(store_tx *tx, account_counts *ret, err *e);

/* A generated report, in pieces of at most REPORT_PIECE_BYTES. */
enum { REPORT_PIECE_BYTES = 65536 };
MUST_USE status store_report_begin(store_tx *tx, str kind, int64_t generated_s, err *e); /* drops an older one */
MUST_USE status store_report_add(store_tx *tx, str kind, uint32_t number, str piece, err *e);
MUST_USE status store_report_get(store_tx *tx, str kind, int64_t *ret_generated_s, uint32_t *ret_pieces,
                                 err *e); /* ST_NOT_FOUND */
MUST_USE status store_report_piece(store_tx *tx, arena *a, str kind, uint32_t number, str *ret, err *e);

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
