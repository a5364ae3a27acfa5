/* preference.h - the account's security preference (RAM's Settings page): what a new account begins with. Pure.
 */
#ifndef ARGALI_PREFERENCE_PREFERENCE_H
#define ARGALI_PREFERENCE_PREFERENCE_H

#include "catalogue/caller.h"
#include "store/records.h"

/* RAM's documented defaults: users may change their password and manage their MFA devices, not their AccessKey pairs. */
preference_record preference_default(str mfa_operation_for_login); /* absent: mandatory */

bool preference_is_mfa_operation(str s); /* mandatory, independent or adaptive */

uint32_t preference_switches(const preference_record *r); /* self_switch bits */

#endif
