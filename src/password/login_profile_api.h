/* login_profile_api.h - the actions on console logon of a user, both faces: one state. Handlers: catalogue/call.h.
 *
 * An administrator's password is measured by the policy and never compared with one that was there: an answer to that would tell
 * who may not know it. It is an initial one until its user changes it; it ends a lock and an open sign-in link. On the IMS face a
 * profile may be created without a password, for a sign-in link to set one.
 * Errors: EntityNotExist.User, EntityNotExist.User.LoginProfile 404, EntityAlreadyExists.User.LoginProfile 409; of the password
 * those of new_password.h. Epochs: writes touch the user's.
 */
#ifndef ARGALI_PASSWORD_LOGIN_PROFILE_API_H
#define ARGALI_PASSWORD_LOGIN_PROFILE_API_H

#include "catalogue/call.h"

MUST_USE status ims_create_login_profile_look(call *c, err *e);
MUST_USE status ims_create_login_profile_apply(call *c, err *e);
MUST_USE status ims_update_login_profile_look(call *c, err *e);
MUST_USE status ims_update_login_profile_apply(call *c, err *e);
MUST_USE status ims_get_login_profile_read(call *c, err *e);
MUST_USE status ims_delete_login_profile_apply(call *c, err *e);

MUST_USE status ram_create_login_profile_look(call *c, err *e);
MUST_USE status ram_create_login_profile_apply(call *c, err *e);
MUST_USE status ram_update_login_profile_look(call *c, err *e);
MUST_USE status ram_update_login_profile_apply(call *c, err *e);
MUST_USE status ram_get_login_profile_read(call *c, err *e);
MUST_USE status ram_delete_login_profile_apply(call *c, err *e);

MUST_USE status login_profile_prepare(call *c, err *e); /* of create and update, on the hash pool */

#endif
