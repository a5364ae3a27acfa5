/* password_policy.h - the rules of an account on its users' passwords (RAM: SetPasswordPolicy).
 *
 * Pure but for password_policy_load. Times are Unix seconds. A tightened policy concerns the next change, not what is set.
 */
#ifndef ARGALI_PASSWORD_PASSWORD_POLICY_H
#define ARGALI_PASSWORD_PASSWORD_POLICY_H

#include "password/password_text.h"
#include "store/records.h"

/* RAM's defaults: 8 characters, initial passwords valid for 14 days, everything else off. */
#define PASSWORD_POLICY_DEFAULT ((password_policy_record){ .minimum_password_length = 8, .initial_password_age_days = 14 })

MUST_USE status password_policy_load(store_tx *tx, password_policy_record *ret, err *e); /* never set: the defaults */

typedef enum {
    PASSWORD_FITS = 0,
    PASSWORD_TOO_SHORT,
    PASSWORD_LACKS_LOWERCASE,
    PASSWORD_LACKS_UPPERCASE,
    PASSWORD_LACKS_NUMBER,
    PASSWORD_LACKS_SYMBOL,
    PASSWORD_LACKS_DIFFERENT,
    PASSWORD_HAS_USER_NAME,
} password_rule;

/* The first rule that is broken, in the order above. user_name: the part before the "@"; absent: the rule does not apply. */
password_rule password_policy_check(const password_policy_record *policy, const password *p, str user_name);

/* Says in err.message which rule was broken: "The password has to hold ...". code: "InvalidParameter.Password.TooWeak" or the
 * like. ST_INVALID. */
MUST_USE status password_rule_refuse(password_rule broken, const password_policy_record *policy, const char *code, err *e);

/* max(20, minimum) characters without look-alikes, uniform over the texts that hold letters of both cases, a digit and a symbol
 * and satisfy the policy. */
MUST_USE status password_generate_for(const world *w, const password_policy_record *policy, str user_name, password *ret);

/* --- how long a password lasts ------------------------------------------------------------------------------------ */

typedef enum { PASSWORD_NOT_INITIAL, PASSWORD_INITIAL_VALID, PASSWORD_INITIAL_EXPIRED } password_status;

password_status password_status_of(const login_profile_record *r, const password_policy_record *policy, int64_t now_s);
str password_status_name(password_status s); /* "NotInitial", "InitialValid", "InitialExpired" */

int64_t password_expires_s(const login_profile_record *r, const password_policy_record *policy); /* 0: never */

typedef enum {
    PASSWORD_USABLE,
    PASSWORD_MUST_CHANGE, /* reset required, or older than MaxPasswordAge: opens nothing but its own change */
    PASSWORD_NEEDS_RESET, /* hard-expired, or initial and expired: only an administrator helps */
} password_validity;

/* Of a profile that holds a password. */
password_validity password_validity_of(const login_profile_record *r, const password_policy_record *policy, int64_t now_s);

#endif
