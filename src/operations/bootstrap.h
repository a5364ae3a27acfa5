/* bootstrap.h - a whole account from nothing, and the way back in when its credentials are lost.
 *
 * Two steps, because hashing takes long and a caller may want the credentials safe on disk before the account exists:
 *   1. bootstrap_new / recovery_new: draws ids, passwords and the AccessKey, hashes. No store, no transaction.
 *   2. bootstrap_run / recovery_run in a transaction of that account, for store_apply_now(store, bootstrap_account(b),
 *      bootstrap_run, b, e). May run twice. Only after the commit are the credentials good; before, nothing was written.
 * An account begins with: root with a password; the user admin with AdministratorAccess, a password and an AccessKey (which
 * is root's where has_root_access_key says so); the default security preference.
 * Secrets lie in `credentials` and are wiped by bootstrap_free. Threads: one at a time.
 */
#ifndef ARGALI_OPERATIONS_BOOTSTRAP_H
#define ARGALI_OPERATIONS_BOOTSTRAP_H

#include "access_key/access_key.h"
#include "account/account.h"
#include "password/password.h"

typedef struct {
    str alias;                   /* absent or empty: the id's digits. Else ST_INVALID with the codes of logon_suffix/alias.h */
    str owner_email;             /* absent or empty: none. Else ST_INVALID InvalidParameter.OwnerEmail.Format */
    str mfa_operation_for_login; /* absent: mandatory */
    bool has_root_access_key;    /* the AccessKey shown is root's, and admin has none */
    str domain_suffix;           /* "onaliyun.com" */
    argon2_parameters hashing;
    quotas quota;
} bootstrap_options;

typedef struct {
    uint64_t account;
    const char *alias;            /* all texts end with a NUL and live as long as the bootstrap */
    const char *root_logon_name;  /* owner's e-mail or the account id */
    const char *admin_logon_name; /* admin@<alias>.<suffix>; NULL: a recovery without admin */
    const char *access_key_owner; /* "root", "admin"; NULL: no AccessKey was issued */
    password root_password;
    password admin_password;     /* empty (s.p NULL) without admin */
    access_key_shown access_key; /* only where it has an owner */
} credentials;

typedef struct bootstrap bootstrap;

MUST_USE status bootstrap_new(const bootstrap_options *o, vault *v, const world *w, bootstrap **ret, err *e);
MUST_USE status bootstrap_run(store_tx *tx, void *self, err *e); /* self: the bootstrap. "EntityAlreadyExists.AccountAlias" */
void bootstrap_free(bootstrap *b);                               /* NULL is fine */
void bootstrap_free_at(bootstrap **b);                           /* for CLEANUP */
uint64_t bootstrap_account(const bootstrap *b);
const credentials *bootstrap_credentials(const bootstrap *b);

typedef struct {
    uint64_t account;
    bool has_admin; /* user admin too: there, thawed, AdministratorAccess, new password, AccessKey if it has room */
    str domain_suffix;
    argon2_parameters hashing;
    quotas quota;
} recovery_options;

/* The same shape. After recovery_run the credentials name what was issued. "EntityNotExist.Account": no such account. */
MUST_USE status recovery_new(const recovery_options *o, vault *v, const world *w, bootstrap **ret, err *e);
MUST_USE status recovery_run(store_tx *tx, void *self, err *e);

#endif
