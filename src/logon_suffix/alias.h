/* alias.h - the rules of account alias and default domain: one state, two spellings.
 *
 * The default domain is <alias>.<domain suffix>. RAM's SetAccountAlias and IMS's SetDefaultDomain set the same alias under
 * the rules of their own documents. An alias of 16 digits that is not the account's own id is refused, as it would imitate
 * another account's default domain; so is one that ends in the domain suffix, as user@<alias> would read like another
 * account's name. Pure.
 */
#ifndef ARGALI_LOGON_SUFFIX_ALIAS_H
#define ARGALI_LOGON_SUFFIX_ALIAS_H

#include "base/str.h"

enum { ALIAS_MIN = 3, ALIAS_MAX = 32, DEFAULT_DOMAIN_MAX = 64 };

/* 3-32 of a-z 0-9 -, no - at either end, no --. Codes: InvalidParameter.AccountAlias.Length, .Format. */
MUST_USE status alias_check(str alias, uint64_t account, err *e);

/* At most 64 characters, <label>.<suffix>; a label of letters, digits . _ -, with no - or . at either end, no -- and no ..
 * Codes: InvalidParameter.DefaultDomainName.Length, .Format. *ret_alias borrows from domain. */
MUST_USE status default_domain_check(str domain, str suffix, uint64_t account, str *ret_alias, err *e);

#endif
