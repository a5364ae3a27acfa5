/* bootstrap.c - see bootstrap.h.
 *
 * Texts that the credentials point to lie in the bootstrap itself, so that an outcome needs no further allocation.
 */
#include "operations/bootstrap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attempt/attempt.h"
#include "audit/audit.h"
#include "logon_suffix/alias.h"
#include "password/sign_in_link.h"
#include "policy/attachment.h"
#include "preference/preference.h"
#include "user/user.h"

#define ADMIN_NAME "admin"

enum { SUFFIX_MAX = 128, ARENA_MAX = 1024 * 1024 };

struct bootstrap {
    credentials shown;
    vault *vault;
    const world *world;
    quotas quota;
    password_digest root_digest, admin_digest;
    bool has_admin, has_root_access_key;
    char alias[DEFAULT_DOMAIN_MAX + 1], owner_email[ACCOUNT_EMAIL_MAX + 1], mfa[16], suffix[SUFFIX_MAX + 1];
    char root_logon_name[ACCOUNT_EMAIL_MAX + 1];
    char admin_logon_name[sizeof ADMIN_NAME + DEFAULT_DOMAIN_MAX + SUFFIX_MAX + 2];
};

void bootstrap_free(bootstrap *b)
{
    if (b == NULL)
        return;
    secret_done(&b->shown.root_password.s);
    secret_done(&b->shown.admin_password.s);
    access_key_shown_done(&b->shown.access_key);
    secret_wipe(b, sizeof *b);
    free(b);
}

void bootstrap_free_at(bootstrap **b)
{
    bootstrap_free(*b);
}

uint64_t bootstrap_account(const bootstrap *b)
{
    return b->shown.account;
}

const credentials *bootstrap_credentials(const bootstrap *b)
{
    return &b->shown;
}

static status keep(char *to, size_t size, str text, const char *what, err *e)
{
    if (text.n >= size)
        return err_set(e, ST_INVALID, NULL, "%s is longer than %zu bytes", what, size - 1);
    if (text.n > 0)
        memcpy(to, text.p, text.n);
    to[text.n] = '\0';
    return ST_OK;
}

/* --- before the transaction --------------------------------------------------------------------------------------- */

static status new_password(const bootstrap *b, const argon2_parameters *hashing, password *ret, password_digest *ret_digest,
                           err *e)
{
    TRY(password_generate(b->world, ret));
    return password_digest_new(ret, hashing, b->world, ret_digest, e);
}

static status draw(bootstrap *b, const argon2_parameters *hashing, bool has_access_key, err *e)
{
    TRY(new_password(b, hashing, &b->shown.root_password, &b->root_digest, e));
    if (b->has_admin)
        TRY(new_password(b, hashing, &b->shown.admin_password, &b->admin_digest, e));
    return has_access_key ? access_key_generate(b->world, &b->shown.access_key) : ST_OK;
}

/* One @ with something on both sides, and nothing that a mail header could take for its end. */
static status check_email(str email, err *e)
{
    str local, domain, rest;
    if (email.n <= ACCOUNT_EMAIL_MAX && utf8_is_valid(email) && !utf8_has_control(email) && !str_contains(email, STR(" ")) &&
        str_split(email, '@', &local, &domain) && local.n > 0 && domain.n > 0 && !str_split(domain, '@', &local, &rest))
        return ST_OK;
    return err_set(e, ST_INVALID, "InvalidParameter.OwnerEmail.Format", "not an e-mail address");
}

static status check_options(const bootstrap_options *o, uint64_t account, err *e)
{
    if (o->alias.n > 0)
        TRY(alias_check(o->alias, account, e));
    if (o->owner_email.n > 0)
        TRY(check_email(o->owner_email, e));
    if (o->mfa_operation_for_login.n > 0 && !preference_is_mfa_operation(o->mfa_operation_for_login))
        return err_set(e, ST_INVALID, "InvalidParameter.MFAOperationForLogin", "not a value of MFAOperationForLogin");
    return ST_OK;
}

static status keep_options(bootstrap *b, const bootstrap_options *o, err *e)
{
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)b->shown.account);
    TRY(check_options(o, b->shown.account, e));
    TRY(keep(b->alias, sizeof b->alias, o->alias.n > 0 ? o->alias : str_from_c(digits), "the alias", e));
    TRY(keep(b->owner_email, sizeof b->owner_email, o->owner_email, "the owner's e-mail address", e));
    TRY(keep(b->mfa, sizeof b->mfa, o->mfa_operation_for_login, "MFAOperationForLogin", e));
    return keep(b->suffix, sizeof b->suffix, o->domain_suffix, "the domain suffix", e);
}

static void name_logons(bootstrap *b)
{
    if (b->owner_email[0] != '\0')
        (void)snprintf(b->root_logon_name, sizeof b->root_logon_name, "%s", b->owner_email);
    else
        (void)snprintf(b->root_logon_name, sizeof b->root_logon_name, "%llu", (unsigned long long)b->shown.account);
    (void)snprintf(b->admin_logon_name, sizeof b->admin_logon_name, "%s@%s.%s", ADMIN_NAME, b->alias, b->suffix);
    b->shown.alias = b->alias;
    b->shown.root_logon_name = b->root_logon_name;
    b->shown.admin_logon_name = b->has_admin ? b->admin_logon_name : NULL;
}

static bootstrap *bootstrap_alloc(vault *v, const world *w, quotas quota)
{
    bootstrap *b = calloc(1, sizeof *b);
    if (b != NULL) {
        b->vault = v;
        b->world = w;
        b->quota = quota;
    }
    return b;
}

status bootstrap_new(const bootstrap_options *o, vault *v, const world *w, bootstrap **ret, err *e)
{
    CLEANUP(bootstrap_free_at) bootstrap *b = bootstrap_alloc(v, w, o->quota);
    if (b == NULL)
        return ST_NO_MEMORY;
    b->has_admin = true;
    b->has_root_access_key = o->has_root_access_key;
    TRY(account_new_id(w, &b->shown.account));
    TRY(keep_options(b, o, e));
    TRY(draw(b, &o->hashing, true, e));
    name_logons(b);
    b->shown.access_key_owner = b->has_root_access_key ? "root" : ADMIN_NAME;
    *ret = b;
    b = NULL;
    return ST_OK;
}

status recovery_new(const recovery_options *o, vault *v, const world *w, bootstrap **ret, err *e)
{
    CLEANUP(bootstrap_free_at) bootstrap *b = bootstrap_alloc(v, w, o->quota);
    if (b == NULL)
        return ST_NO_MEMORY;
    b->has_admin = o->has_admin;
    b->shown.account = o->account;
    TRY(keep(b->suffix, sizeof b->suffix, o->domain_suffix, "the domain suffix", e));
    TRY(draw(b, &o->hashing, o->has_admin, e));
    *ret = b;
    b = NULL;
    return ST_OK;
}

/* --- in the transaction ------------------------------------------------------------------------------------------- */

static status audit_account(store_tx *tx, const bootstrap *b, const char *event, err *e)
{
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)b->shown.account);
    return audit_write_internal(tx, b->world, event, STR("ACS::RAM::Account"), str_from_c(digits), e);
}

static status put_password(store_tx *tx, arena *a, const bootstrap *b, uint64_t principal, const password_digest *d, err *e)
{
    const login_profile_spec spec = { .principal = principal, .now_s = world_now_s(b->world) };
    TRY(login_profile_put(tx, a, b->vault, b->world, &spec, d, e));
    TRY(attempt_forget(tx, principal, e)); /* a lock, and a link that somebody else asked for, end with the old password */
    TRY(sign_in_link_end(tx, principal, e));
    store_touch(tx, epoch_of_principal(principal));
    return ST_OK;
}

/* A network policy of the account could keep out the AccessKey that a recovery makes. */
static status end_network_policy(store_tx *tx, arena *a, const bootstrap *b, err *e)
{
    preference_record p;
    TRY(store_preference_get(tx, a, &p, e));
    if (p.access_key_network_policy.n == 0)
        return ST_OK;
    p.access_key_network_policy = STR("");
    TRY(store_preference_put(tx, &p, e));
    store_touch(tx, epoch_of_account(b->shown.account));
    return audit_account(tx, b, "AccessKeyPolicyForAccountEnded", e);
}

static status put_access_key(store_tx *tx, const bootstrap *b, uint64_t owner, uint32_t quota, err *e)
{
    const access_key_spec spec = { .owner = owner, .quota = quota, .now_s = world_now_s(b->world) };
    return access_key_insert(tx, b->vault, b->world, &spec, &b->shown.access_key, e);
}

static status create_admin(store_tx *tx, arena *a, const bootstrap *b, user_record *ret, err *e)
{
    const user_spec spec = { .name = STR(ADMIN_NAME), .display_name = STR(ADMIN_NAME) };
    return user_create(tx, a, b->world, &b->quota, world_now_s(b->world), &spec, ret, e);
}

static status attach_administrator_access(store_tx *tx, arena *a, const bootstrap *b, uint64_t user, err *e)
{
    const policy p = policy_of_system(system_policy_find(STR("AdministratorAccess")));
    const bearer admin = { PRINCIPAL_USER, user, STR(ADMIN_NAME) };
    return policy_attach(tx, a, &b->quota, &admin, &p, world_now_s(b->world), e);
}

status bootstrap_run(store_tx *tx, void *self, err *e)
{
    const bootstrap *b = self;
    CLEANUP(arena_free_at) arena *a = arena_new(16 * 1024, ARENA_MAX);
    if (a == NULL)
        return ST_NO_MEMORY;
    const account_spec account = { str_from_c(b->alias), str_from_c(b->owner_email) };
    TRY(account_create(tx, world_now_s(b->world), &account, e));
    const preference_record preference = preference_default(str_from_c(b->mfa));
    TRY(store_preference_put(tx, &preference, e));
    TRY(put_password(tx, a, b, b->shown.account, &b->root_digest, e));

    user_record admin;
    TRY(create_admin(tx, a, b, &admin, e));
    TRY(put_password(tx, a, b, admin.id, &b->admin_digest, e));
    TRY(attach_administrator_access(tx, a, b, admin.id, e));
    if (b->has_root_access_key)
        TRY(put_access_key(tx, b, b->shown.account, b->quota.access_keys_per_root, e));
    else
        TRY(put_access_key(tx, b, admin.id, b->quota.access_keys_per_user, e));
    return audit_account(tx, b, "AccountCreated", e);
}

/* The user admin as it has to be: there, thawed, and an administrator. */
static status restore_admin(store_tx *tx, arena *a, const bootstrap *b, user_record *ret, err *e)
{
    status s = store_user_get_by_name(tx, a, STR(ADMIN_NAME), ret, e);
    if (s == ST_NOT_FOUND)
        s = create_admin(tx, a, b, ret, e);
    TRY(s);
    if (ret->is_frozen) {
        ret->is_frozen = false;
        ret->updated_s = world_now_s(b->world);
        TRY(store_user_update(tx, ret, e));
    }
    s = attach_administrator_access(tx, a, b, ret->id, e);
    return s == ST_CONFLICT ? ST_OK : s; /* attached already */
}

static status recover_admin(store_tx *tx, arena *a, bootstrap *b, err *e)
{
    user_record admin;
    TRY(restore_admin(tx, a, b, &admin, e));
    TRY(put_password(tx, a, b, admin.id, &b->admin_digest, e));
    status s = put_access_key(tx, b, admin.id, b->quota.access_keys_per_user, e);
    b->shown.access_key_owner = s == ST_OK ? ADMIN_NAME : NULL;
    return s == ST_LIMIT ? ST_OK : s; /* no room for another: the password alone is the way back in */
}

status recovery_run(store_tx *tx, void *self, err *e)
{
    bootstrap *b = self;
    CLEANUP(arena_free_at) arena *a = arena_new(16 * 1024, ARENA_MAX);
    if (a == NULL)
        return ST_NO_MEMORY;
    account_record account;
    status s = store_account_get(tx, a, &account, e);
    if (s == ST_NOT_FOUND)
        return err_set(e, s, "EntityNotExist.Account", "no such account");
    TRY(s);
    TRY(keep(b->alias, sizeof b->alias, account.alias, "the alias", e));
    TRY(keep(b->owner_email, sizeof b->owner_email, account.owner_email, "the owner's e-mail address", e));
    TRY(put_password(tx, a, b, b->shown.account, &b->root_digest, e));
    TRY(end_network_policy(tx, a, b, e));
    if (b->has_admin)
        TRY(recover_admin(tx, a, b, e));
    name_logons(b);
    return audit_account(tx, b, "AccountRecovered", e);
}
