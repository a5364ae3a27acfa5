/* caller_load.c - see caller_load.h. */
#include "api/caller_load.h"

#include <string.h>

#include "preference/preference.h"
#include "role/session.h"
#include "store/directory.h"
#include "store/records.h"

void key_holder_done(key_holder *k)
{
    authority_release(k->authority);
    network_policy_release(k->network);
    k->authority = NULL;
    k->network = NULL;
    k->who.authority = NULL;
    k->who.session = NULL;
}

uint64_t caller_epoch_sum(const epochs *e, const caller *who)
{
    uint64_t sum = epoch_read(e, epoch_of_access_key(str_from_c(who->access_key_id))) +
                   epoch_read(e, epoch_of_principal(who->id)) + epoch_read(e, epoch_of_account(who->account));
    size_t n = 0;
    const epoch_key *more = who->authority != NULL ? authority_epochs(who->authority, &n) : NULL;
    for (size_t i = 0; i < n; i++)
        sum += epoch_read(e, more[i]);
    return sum;
}

bool caller_was_touched(const store_tx *tx, const caller *who)
{
    bool was = store_was_touched(tx, epoch_of_access_key(str_from_c(who->access_key_id))) ||
               store_was_touched(tx, epoch_of_principal(who->id)) || store_was_touched(tx, epoch_of_account(who->account));
    size_t n = 0;
    const epoch_key *more = who->authority != NULL ? authority_epochs(who->authority, &n) : NULL;
    for (size_t i = 0; i < n && !was; i++)
        was = store_was_touched(tx, more[i]);
    return was;
}

static status text_into(char *to, size_t size, str from, err *e)
{
    if (from.n >= size)
        return err_set(e, ST_BUG, NULL, "a stored name of %zu bytes is too long", from.n);
    memcpy(to, from.p, from.n);
    to[from.n] = '\0';
    return ST_OK;
}

static status load_user(store_tx *tx, arena *a, policy_cache *policies, const preference_record *preference, key_holder *k,
                        err *e)
{
    user_record user;
    TRY(store_user_get(tx, a, k->who.id, &user, e));
    TRY(text_into(k->who.name, sizeof k->who.name, user.name, e));
    if (user.is_frozen)
        k->who.is_key_active = false;
    k->who.switches = preference_switches(preference);
    return authority_load(tx, a, policies, PRINCIPAL_USER, user.id, user.name, NULL, NULL, &k->authority, e);
}

static status load_permanent(store_tx *tx, arena *a, policy_cache *policies, str access_key_id, key_holder *k, err *e)
{
    TRY(directory_find_access_key(tx, access_key_id, &k->who.account, &k->who.id, e));
    TRY(text_into(k->who.access_key_id, sizeof k->who.access_key_id, access_key_id, e));
    directory_enter(tx, k->who.account);
    access_key_record key;
    preference_record preference;
    TRY(store_access_key_get(tx, a, access_key_id, &key, e));
    TRY(store_preference_get(tx, a, &preference, e));
    k->who.kind = key.owner == k->who.account ? CALLER_ROOT : CALLER_USER;
    k->who.is_key_active = key.is_active;
    k->place = (seal_place){ SEAL_ACCESS_KEY, k->who.account, key.row };
    k->secret = key.secret;
    TRY(network_policy_compile(key.network_policy, &k->network, e));
    if (k->network == NULL) /* it has none of its own that is active */
        TRY(network_policy_compile(preference.access_key_network_policy, &k->network, e));
    return k->who.kind == CALLER_USER ? load_user(tx, a, policies, &preference, k, e) : ST_OK;
}

static status load_session(store_tx *tx, arena *a, policy_cache *policies, const session_token *token, key_holder *k, err *e)
{
    k->place = (seal_place){ SEAL_SESSION_KEY, token->account, token->row };
    k->secret = token->secret;
    return session_load(tx, a, policies, token, &k->who, &k->authority, e);
}

status caller_load(store_tx *tx, arena *a, policy_cache *policies, str access_key_id, const session_token *token,
                   key_holder *ret, err *e)
{
    CLEANUP(key_holder_done) key_holder k = { 0 };
    TRY(token != NULL ? load_session(tx, a, policies, token, &k, e) : load_permanent(tx, a, policies, access_key_id, &k, e));
    k.who.authority = k.authority;
    k.who.session = k.authority != NULL ? authority_session(k.authority) : NULL;
    k.who.epoch_sum = caller_epoch_sum(store_tx_epochs(tx), &k.who);
    *ret = k;
    k = (key_holder){ 0 };
    return ST_OK;
}
