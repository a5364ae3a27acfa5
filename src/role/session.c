/* session.c - see session.h. */
#include "role/session.h"

#include "store/directory.h"

static status dead(status s, const char *why, err *e)
{
    return s == ST_NOT_FOUND ? err_set(e, ST_DENIED, "InvalidSecurityToken.Revoked", "%s", why) : s;
}

/* The user at the beginning, and the AccessKey that it asked with. */
static status check_beginning(store_tx *tx, arena *a, const caller_session *s, err *e)
{
    user_record user;
    access_key_record key;
    directory_enter(tx, s->user_account);
    TRY(dead(store_user_get(tx, a, s->user, &user, e), "the user that assumed the role is gone", e));
    if (user.is_frozen)
        return dead(ST_NOT_FOUND, "the user that assumed the role is frozen", e);
    TRY(dead(store_access_key_get(tx, a, str_from_c(s->user_access_key_id), &key, e),
             "the AccessKey that asked for the session is gone", e));
    if (key.owner != s->user || !key.is_active)
        return dead(ST_NOT_FOUND, "the AccessKey that asked for the session is disabled", e);
    return ST_OK;
}

/* Every role gone through; the last one, the session's own, stays in *ret, and the transaction in its account. */
static status check_chain(store_tx *tx, arena *a, const caller_session *s, role_record *ret, err *e)
{
    for (unsigned i = 0; i < s->chain_n; i++) {
        directory_enter(tx, s->chain[i].account);
        TRY(dead(store_role_get(tx, a, s->chain[i].role, ret, e), "a role that the session went through is gone", e));
        if (s->chain[i].issued_ms <= ret->sessions_revoked_ms)
            return dead(ST_NOT_FOUND, "a role that the session went through revoked its sessions", e);
    }
    return ST_OK;
}

static void release_document(policy_document **d)
{
    policy_document_release(*d);
}

/* Written by a version that knew more, or fewer, words: a session whose policy means nothing to this one may do nothing. */
static status compile(const session_token *t, policy_document **ret, err *e)
{
    if (t->policy.p == NULL)
        return ST_OK;
    status s = policy_document_parse(t->policy, POLICY_IDENTITY, ret, e);
    return s == ST_INVALID ? err_set(e, ST_DENIED, "InvalidSecurityToken.Malformed", "the session policy does not compile") : s;
}

static void copy_text(char *to, str from) /* which fits */
{
    for (size_t i = 0; i < from.n; i++)
        to[i] = from.p[i];
    to[from.n] = '\0';
}

status session_load(store_tx *tx, arena *a, policy_cache *cache, const session_token *t, caller *ret, authority **ret_authority,
                    err *e)
{
    caller who = *ret;
    role_record role = { 0 };
    authority *x = NULL;
    CLEANUP(release_document) policy_document *policy = NULL;
    TRY(check_beginning(tx, a, &t->session, e));
    TRY(check_chain(tx, a, &t->session, &role, e));
    if (t->access_key_id.n >= sizeof who.access_key_id || role.name.n >= sizeof who.name)
        return err_set(e, ST_BUG, NULL, "the name of a session or role is too long");
    TRY(compile(t, &policy, e));
    TRY(authority_load(tx, a, cache, PRINCIPAL_ROLE, role.id, role.name, &t->session, policy, &x, e));
    who.kind = CALLER_ROLE;
    who.account = t->account;
    who.id = role.id;
    copy_text(who.name, role.name);
    copy_text(who.access_key_id, t->access_key_id);
    who.is_key_active = true;
    who.switches = 0;
    who.authority = x;
    who.session = authority_session(x);
    *ret = who;
    *ret_authority = x;
    return ST_OK;
}
