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
MUST_USE status store_user_delete(store_tx *tx, uint64_t id, err *e); /* with its tags; counts in account */

typedef struct {
    bool active, frozen;
} user_filter; /* which to list; neither set is both */

/* By name (ASCII case folded), after `after` (absent: from the start), at most max. */
MUST_USE status store_user_list(store_tx *tx, arena *a, str after, uint32_t max, user_filter f, user_record **ret,
                                size_t *ret_n, err *e);

/* --- tags of users ------------------------------------------------------------------------------------------------ */

typedef struct {
    uint64_t user;
    str key, value;
} tag_record;

MUST_USE status store_tag_put(store_tx *tx, uint64_t user, str key, str value, err *e); /* inserts or replaces */
MUST_USE status store_tag_delete(store_tx *tx, uint64_t user, str key, err *e);         /* ST_NOT_FOUND: was not there */
MUST_USE status store_tag_list(store_tx *tx, arena *a, uint64_t user, tag_record **ret, size_t *ret_n, err *e); /* by key */
/* All tags of the account after (user, key), by user then key, at most max. */
MUST_USE status store_tag_list_all(store_tx *tx, arena *a, uint64_t after_user, str after_key, uint32_t max, tag_record **ret,
                                   size_t *ret_n, err *e);

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

/* --- system policies attached to users ---------------------------------------------------------------------------- */

typedef struct {
    uint64_t principal;
    str policy_type, policy_name;
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
MUST_USE status store_attachment_delete_all(store_tx *tx, uint64_t principal, err *e);

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
