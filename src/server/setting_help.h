/* setting_help.h - what is said about settings to people: what one may be, which one was meant, what there is. Pure. */
#ifndef ARGALI_SERVER_SETTING_HELP_H
#define ARGALI_SERVER_SETTING_HELP_H

#include "server/settings.h"

void setting_allowed(setting_id id, buf *to); /* "a whole number from 1 to 64" */
const char *setting_nearest(str given);       /* the name that a misspelt one is likely to mean; NULL: none */

bool setting_help_is_wanted(int argc, const char *const *argv); /* is --help or -h among the arguments? */
void setting_help_add_flags(unsigned command, buf *to);         /* of the subcommands whose COMMAND_ bits are given */
void setting_help_add_all(buf *to);                             /* `argali help settings` */

#endif
