/* account.c - see account.h. */
#include "account/account.h"

#include <stdio.h>

#include "account/random_text.h"

status account_new_id(const world *w, uint64_t *ret)
{
    return random_digits(w, ACCOUNT_ID_DIGITS, 0, ret);
}

status account_create(store_tx *tx, int64_t now_s, const account_spec *spec, err *e)
{
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)store_tx_account(tx));
    const account_record r = {
        .id = store_tx_account(tx),
        .alias = spec->alias.n > 0 ? spec->alias : str_from_c(digits),
        .owner_email = spec->owner_email.n > 0 ? spec->owner_email : STR(""),
        .created_s = now_s,
    };
    status s = store_account_insert(tx, &r, e);
    if (s == ST_CONFLICT)
        return err_set(e, s, "EntityAlreadyExists.AccountAlias", "the alias or the account id stands");
    return s;
}
