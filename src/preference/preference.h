/* preference.h - the account's security preference (RAM's Settings page): what a new account begins with, and what its
 * settings may be. Pure.
 */
#ifndef ARGALI_PREFERENCE_PREFERENCE_H
#define ARGALI_PREFERENCE_PREFERENCE_H

#include "catalogue/caller.h"
#include "catalogue/field.h"
#include "store/records.h"

enum { LOGIN_NETWORK_MASKS_MAX = 40 }; /* networks */

/* RAM's documented defaults: users may change their password and manage their MFA devices, not their AccessKey pairs. */
preference_record preference_default(str mfa_operation_for_login); /* absent: mandatory */

bool preference_is_mfa_operation(str s); /* mandatory, independent or adaptive */

/* Which MFAOperationForLogin a request asks for, when EnforceMFAForLogin is its older spelling: true is mandatory, false is
 * independent. Absent: neither was sent. Where both were, the newer one. */
str preference_mfa_operation_asked(str mfa_operation_for_login, opt_bool enforce_mfa_for_login);

/* May both stand in one request? true only beside mandatory, false beside anything else: what a reading shows may be sent
 * back. ST_INVALID: InvalidParameter.EnforceMFAForLogin. */
MUST_USE status preference_check_enforced(str mfa_operation_for_login, opt_bool enforce_mfa_for_login, err *e);

/* Addresses and networks of either family, separated by ';', without blanks; empty: anywhere. The decoder has seen to the 512
 * characters. ST_INVALID: InvalidParameter.LoginNetworkMasks.Format, or .Length beyond LOGIN_NETWORK_MASKS_MAX. */
MUST_USE status preference_check_masks(str login_network_masks, err *e);

uint32_t preference_switches(const preference_record *r); /* self_switch bits */

#endif
