/* credentials_text.h - what is shown once: the credentials of a new or recovered account, for people and for scripts.
 *
 * The JSON object holds AccountId, AccountAlias, SignInUrl, RootLogonName, RootPassword, AdminLogonName, AdminPassword,
 * AccessKeyId and AccessKeySecret; what was not issued is left out. `to` must be a buf_init_secret buffer.
 */
#ifndef ARGALI_SERVER_CREDENTIALS_TEXT_H
#define ARGALI_SERVER_CREDENTIALS_TEXT_H

#include "operations/bootstrap.h"

void credentials_add_json(const credentials *c, str sign_in_url, buf *to); /* one line with its end */
void credentials_add_text(const credentials *c, str sign_in_url, buf *to);

#endif
