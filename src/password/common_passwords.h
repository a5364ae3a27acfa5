/* common_passwords.h - is this one of the 3,000 passwords of 8 characters and more that are used most (ASVS 6.2.4)?
 *
 * ASCII letters without regard to case. Pure. Threads: reentrant.
 */
#ifndef ARGALI_PASSWORD_COMMON_PASSWORDS_H
#define ARGALI_PASSWORD_COMMON_PASSWORDS_H

#include "base/secret.h"

bool password_is_common(const password *p);

#endif
