/* password_means.h - what the server hands to the actions on passwords. Plain data; borrowed by every call.
 */
#ifndef ARGALI_PASSWORD_PASSWORD_MEANS_H
#define ARGALI_PASSWORD_PASSWORD_MEANS_H

#include "password/hash_recipe.h"
#include "password/weak_password.h"

typedef struct password_means {
    argon2_parameters usual;            /* how new passwords are hashed */
    const breached_passwords *breached; /* NULL: no file is configured */
} password_means;

#endif
