/* settings_use.h - settings in the form that other modules take them. Pure; what is returned borrows from the settings. */
#ifndef ARGALI_SERVER_SETTINGS_USE_H
#define ARGALI_SERVER_SETTINGS_USE_H

#include "account/quotas.h"
#include "base/log.h"
#include "operations/bootstrap.h"
#include "server/settings.h"

/* public-url, else http://localhost:PORT; port 0: the configured one. Without a '/' at its end. */
void settings_public_url(const settings *s, uint16_t port, buf *to);
void settings_sign_in_url(const settings *s, const char *public_url, buf *to); /* public_url NULL: as above with port 0 */
quotas settings_quotas(const settings *s);
log_level settings_log_level(const settings *s);
bool settings_wants_json(const settings *s);
argon2_parameters settings_hashing(const settings *s);
bootstrap_options settings_bootstrap(const settings *s);
recovery_options settings_recovery(const settings *s, uint64_t account);

#endif
