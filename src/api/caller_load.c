/* caller_load.c - see caller_load.h. */
#include "api/caller_load.h"

#include <string.h>

#include "policy/system_policy.h"
#include "preference/preference.h"
#include "store/directory.h"
#include "store/records.h"

uint64_t caller_epoch_sum(const epochs *e, const caller *who)
{
    return epoch_read(e, epoch_of_access_key(str_from_c(who->access_key_id))) + epoch_read(e, epoch_of_principal(who->id)) +
           epoch_read(e, epoch_of_account(who->account));
}

bool caller_was_touched(const store_tx *tx, const caller *who)
{
    return store_was_touched(tx, epoch_of_access_key(str_from_c(who->access_key_id))) ||
           store_was_touched(tx, epoch_of_principal(who->id)) || store_was_touched(tx, epoch_of_account(who->account));
}

static status text_into(char *to, size_t size, str from, err *e)
{
    if (from.n >= size)
        return err_set(e, ST_BUG, NULL, "a stored name of %zu bytes is too long", from.n);
    memcpy(to, from.p, from.n);
    to[from.n] = '\0';
    return ST_OK;
}

static status load_user(store_tx *tx, arena *a, caller *who, err *e)
{
    user_record user;
    TRY(store_user_get(tx, a, who->id, &user, e));
    TRY(text_into(who->name, sizeof who->name, user.name, e));
    if (user.is_frozen)
        who->is_key_active = false;
    attachment_record *attached = NULL;
    size_t n = 0;
    TRY(store_attachment_list(tx, a, who->id, &attached, &n, e));
    for (size_t i = 0; i < n; i++) {
        const system_policy *p =
            str_eq(attached[i].policy_type, STR("System")) ? system_policy_find(attached[i].policy_name) : NULL;
        if (p != NULL)
            who->system_policies |= p->bit;
    }
    preference_record preference;
    TRY(store_preference_get(tx, a, &preference, e));
    who->switches = preference_switches(&preference);
    return ST_OK;
}

status caller_load(store_tx *tx, arena *a, str access_key_id, key_holder *ret, err *e)
{
    key_holder k = { 0 };
    TRY(directory_find_access_key(tx, access_key_id, &k.who.account, &k.who.id, e));
    TRY(text_into(k.who.access_key_id, sizeof k.who.access_key_id, access_key_id, e));
    k.who.epoch_sum = caller_epoch_sum(store_tx_epochs(tx), &k.who);
    directory_enter(tx, k.who.account);

    access_key_record key;
    TRY(store_access_key_get(tx, a, access_key_id, &key, e));
    k.who.kind = key.owner == k.who.account ? CALLER_ROOT : CALLER_USER;
    k.who.is_key_active = key.is_active;
    k.place = (seal_place){ SEAL_ACCESS_KEY, k.who.account, key.row };
    k.secret = key.secret;
    if (k.who.kind == CALLER_USER)
        TRY(load_user(tx, a, &k.who, e));
    *ret = k;
    return ST_OK;
}
