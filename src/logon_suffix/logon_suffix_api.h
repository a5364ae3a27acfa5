/* logon_suffix_api.h - the actions on account alias and default domain. Handlers: catalogue/call.h. */
#ifndef ARGALI_LOGON_SUFFIX_LOGON_SUFFIX_API_H
#define ARGALI_LOGON_SUFFIX_LOGON_SUFFIX_API_H

#include "catalogue/call.h"

MUST_USE status ram_set_account_alias_apply(call *c, err *e);
MUST_USE status ram_get_account_alias_read(call *c, err *e); /* the alias in force: the account id's digits when none was set */
MUST_USE status ram_clear_account_alias_apply(call *c, err *e);
MUST_USE status ims_set_default_domain_apply(call *c, err *e);
MUST_USE status ims_get_default_domain_read(call *c, err *e);

#endif
