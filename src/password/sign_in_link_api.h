/* sign_in_link_api.h - CreateSignInLink: an administrator hands a user the way to a first password, or to a new one. Handlers:
 * catalogue/call.h.
 *
 * The user has to have a login profile: EntityNotExist.User.LoginProfile.
 */
#ifndef ARGALI_PASSWORD_SIGN_IN_LINK_API_H
#define ARGALI_PASSWORD_SIGN_IN_LINK_API_H

#include "catalogue/call.h"

MUST_USE status argali_create_sign_in_link_apply(call *c, err *e);

#endif
