/* new_password.h - a password that a request sets, on its way from the request to the vault.
 *
 * The steps follow the functions of a row (catalogue/call.h): new_password_look in `look`, _prepare on the hash pool, then
 * login_profile_put with the digest in `apply`. What it says of the password names the parameter that carried it.
 * Errors: InvalidParameter.<parameter>.InvalidChars (no password at all), .Length, .TooWeak with a sentence on the rule.
 * Secrets: text and digest lie in locked memory; new_password_done wipes them.
 */
#ifndef ARGALI_PASSWORD_NEW_PASSWORD_H
#define ARGALI_PASSWORD_NEW_PASSWORD_H

#include "catalogue/call.h"
#include "password/password_history.h"
#include "password/password_policy.h"
#include "password/weak_password.h"

typedef struct {
    const char *parameter; /* "Password" */
    password text;
    secret digest; /* a password_digest, once prepared */
    password_policy_record policy;
    password_past past;
    str words[OWN_WORDS_MAX]; /* the account's own */
    size_t words_n;
} new_password;

/* Reads what the password is measured by, and measures it by the policy. `has_history`: earlier passwords will be asked for. */
MUST_USE status new_password_look(const call *c, const user_record *user, str sent, const char *parameter, bool has_history,
                                  new_password *ret, err *e);

/* The library of threatened passwords, where the policy asks for it on the API; then the hash. */
MUST_USE status new_password_prepare(const call *c, new_password *p, err *e);

const password_digest *new_password_digest(const new_password *p); /* NULL: not prepared */
void new_password_done(new_password *p);                           /* all zero and twice are fine */

#endif
