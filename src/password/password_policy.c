/* password_policy.c - see password_policy.h. */
#include "password/password_policy.h"

#include "account/random_text.h"

enum { DAY_S = 86400, GENERATED_MIN = 20, DRAWS_MAX = 10000 };

/* Four classes without look-alikes; the symbols need no quoting in shells and no escaping in JSON. */
#define LOWER  "abcdefghijkmnpqrstuvwxyz"
#define UPPER  "ABCDEFGHJKLMNPQRSTUVWXYZ"
#define DIGITS "23456789"
#define SYMBOL "#%+-=@_"

status password_policy_load(store_tx *tx, password_policy_record *ret, err *e)
{
    status s = store_password_policy_get(tx, ret, e);
    if (s != ST_NOT_FOUND)
        return s;
    *ret = PASSWORD_POLICY_DEFAULT;
    return ST_OK;
}

password_rule password_policy_check(const password_policy_record *policy, const password *p, str user_name)
{
    password_characters n;
    password_count_characters(p, &n);
    if (n.characters < policy->minimum_password_length)
        return PASSWORD_TOO_SHORT;
    if (policy->require_lowercase_characters && !n.has_lowercase)
        return PASSWORD_LACKS_LOWERCASE;
    if (policy->require_uppercase_characters && !n.has_uppercase)
        return PASSWORD_LACKS_UPPERCASE;
    if (policy->require_numbers && !n.has_number)
        return PASSWORD_LACKS_NUMBER;
    if (policy->require_symbols && !n.has_symbol)
        return PASSWORD_LACKS_SYMBOL;
    if (n.different < policy->minimum_password_different_character)
        return PASSWORD_LACKS_DIFFERENT;
    if (policy->password_not_contain_user_name && password_contains(p, user_name))
        return PASSWORD_HAS_USER_NAME;
    return PASSWORD_FITS;
}

status password_rule_refuse(password_rule broken, const password_policy_record *policy, const char *code, err *e)
{
    switch (broken) {
    case PASSWORD_TOO_SHORT:
        return err_set_message(e, ST_INVALID, code, "The password has to hold at least %u characters.",
                               policy->minimum_password_length);
    case PASSWORD_LACKS_LOWERCASE:
        return err_set_message(e, ST_INVALID, code, "The password has to hold a lowercase letter.");
    case PASSWORD_LACKS_UPPERCASE:
        return err_set_message(e, ST_INVALID, code, "The password has to hold an uppercase letter.");
    case PASSWORD_LACKS_NUMBER:
        return err_set_message(e, ST_INVALID, code, "The password has to hold a number.");
    case PASSWORD_LACKS_SYMBOL:
        return err_set_message(e, ST_INVALID, code, "The password has to hold a symbol.");
    case PASSWORD_LACKS_DIFFERENT:
        return err_set_message(e, ST_INVALID, code, "The password has to hold at least %u different characters.",
                               policy->minimum_password_different_character);
    case PASSWORD_HAS_USER_NAME:
        return err_set_message(e, ST_INVALID, code, "The password must not contain the user name.");
    case PASSWORD_FITS:
        break;
    }
    return ST_BUG;
}

static bool has_all_classes(const password *p)
{
    password_characters n;
    password_count_characters(p, &n);
    return n.has_lowercase && n.has_uppercase && n.has_number && n.has_symbol;
}

/* Drawing again until the text qualifies keeps those that do equally likely. Nine of ten draws do, unless the user name is a
 * single letter or two; a name that is hard to avoid ends in ST_UNAVAILABLE instead of never. */
status password_generate_for(const world *w, const password_policy_record *policy, str user_name, password *ret)
{
    password p = { { NULL, 0 } };
    const uint32_t n = policy->minimum_password_length > GENERATED_MIN ? policy->minimum_password_length : GENERATED_MIN;
    TRY(secret_new(n, &p.s));
    status s = ST_UNAVAILABLE;
    for (unsigned i = 0; i < DRAWS_MAX; i++) {
        s = random_text(w, STR(LOWER UPPER DIGITS SYMBOL), (char *)p.s.p, p.s.n);
        if (s != ST_OK || (has_all_classes(&p) && password_policy_check(policy, &p, user_name) == PASSWORD_FITS))
            break;
        s = ST_UNAVAILABLE;
    }
    if (s != ST_OK) {
        secret_done(&p.s);
        return s;
    }
    *ret = p;
    return ST_OK;
}

/* --- how long a password lasts ------------------------------------------------------------------------------------ */

static bool is_over(int64_t set_s, uint32_t days, int64_t now_s)
{
    return days > 0 && now_s >= set_s + (int64_t)days * DAY_S;
}

password_status password_status_of(const login_profile_record *r, const password_policy_record *policy, int64_t now_s)
{
    if (!r->is_initial)
        return PASSWORD_NOT_INITIAL;
    return is_over(r->password_set_s, policy->initial_password_age_days, now_s) ? PASSWORD_INITIAL_EXPIRED
                                                                                : PASSWORD_INITIAL_VALID;
}

str password_status_name(password_status s)
{
    switch (s) {
    case PASSWORD_NOT_INITIAL:
        return STR("NotInitial");
    case PASSWORD_INITIAL_VALID:
        return STR("InitialValid");
    case PASSWORD_INITIAL_EXPIRED:
        return STR("InitialExpired");
    }
    return STR("");
}

int64_t password_expires_s(const login_profile_record *r, const password_policy_record *policy)
{
    return policy->max_password_age_days > 0 ? r->password_set_s + (int64_t)policy->max_password_age_days * DAY_S : 0;
}

password_validity password_validity_of(const login_profile_record *r, const password_policy_record *policy, int64_t now_s)
{
    const bool is_too_old = is_over(r->password_set_s, policy->max_password_age_days, now_s);
    if ((is_too_old && policy->hard_expire) || password_status_of(r, policy, now_s) == PASSWORD_INITIAL_EXPIRED)
        return PASSWORD_NEEDS_RESET;
    return is_too_old || r->is_reset_required ? PASSWORD_MUST_CHANGE : PASSWORD_USABLE;
}
