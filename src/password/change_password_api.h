/* change_password_api.h - ChangePassword, both faces: a user changes its own. Handlers: catalogue/call.h.
 *
 * The new password is measured by the policy before the old one is looked at, so that costs no attempt. Then the old one is a guess
 * (attempt.h): a wrong one counts, and whoever is locked gets the answer of a wrong one. Only who knew it learns of the rest: that it
 * has expired for good, that the new one is the old one or one of those before.
 * Errors: InvalidParameter.OldPassword.Incorrect, InvalidParameter.NewPassword.TooWeak, .ReusePrevention, NotSupport.Account 400,
 * EntityNotExist.User (the session of a role), EntityNotExist.User.LoginProfile 404, Throttling 429. Epochs: the user's.
 */
#ifndef ARGALI_PASSWORD_CHANGE_PASSWORD_API_H
#define ARGALI_PASSWORD_CHANGE_PASSWORD_API_H

#include "catalogue/call.h"

MUST_USE status ims_change_password_look(call *c, err *e);
MUST_USE status ram_change_password_look(call *c, err *e);
MUST_USE status change_password_reserve(call *c, err *e);
MUST_USE status change_password_prepare(call *c, err *e);
MUST_USE status change_password_apply(call *c, err *e);

#endif
