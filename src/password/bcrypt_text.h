/* bcrypt_text.h - the text form of bcrypt hashes: "$2b$12$" and 22 characters of salt, 31 of digest, in a Base64 of their own.
 *
 * Pure. Strict: unused bits of the last character have to be zero, as every encoder writes them.
 */
#ifndef ARGALI_PASSWORD_BCRYPT_TEXT_H
#define ARGALI_PASSWORD_BCRYPT_TEXT_H

#include "password/hash_recipe.h"

enum {
    BCRYPT_SALT_BYTES = 16,
    BCRYPT_DIGEST_BYTES = 23,
    BCRYPT_SETTING_CHARS = 29,
    BCRYPT_DIGEST_CHARS = 31,
    BCRYPT_TEXT_CHARS = 60,
};

void bcrypt_format_setting(const hash_recipe *r, char ret[BCRYPT_SETTING_CHARS + 1]);
bool bcrypt_parse_setting(str text, hash_recipe *ret); /* scheme, variant, cost and salt; bounds are not tested */
bool bcrypt_parse_digest(str text, uint8_t ret[BCRYPT_DIGEST_BYTES]);

#endif
