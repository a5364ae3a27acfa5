/* arguments.h - what one run of a subcommand is told beside the settings: --user alice --context acs:SourceIp=10.0.0.1.
 *
 * An argument is a flag alone: no configuration key and no variable of the environment stands for it, and its name may be that
 * of a setting which the subcommand does not take. Values are texts without NUL, given as --NAME VALUE or --NAME=VALUE.
 * On the control socket an argument is its name and its value, each ended by a NUL.
 * Everything is borrowed: from the command line, or from the request.
 */
#ifndef ARGALI_SERVER_ARGUMENTS_H
#define ARGALI_SERVER_ARGUMENTS_H

#include "server/settings.h"

enum { ARGUMENTS_MAX = 64 };

typedef struct {
    const char *name; /* NULL ends a table */
    bool is_required, is_repeatable;
    const char *value; /* what stands for it in help: "NAME" */
    const char *help;  /* one sentence */
} argument_row;

typedef struct {
    str name, value;
} argument;

typedef struct {
    argument v[ARGUMENTS_MAX];
    size_t n;
} arguments;

/* Takes the flags of the table out of argv, in which the others stay in their order. rows may be NULL: none. ST_INVALID. */
MUST_USE status arguments_take(const argument_row *rows, const char *command_name, int *argc, const char **argv, arguments *ret,
                               settings_fault *ret_fault);

str arguments_get(const arguments *a, const char *name);              /* the first; absent: not given */
str arguments_next(const arguments *a, const char *name, size_t *at); /* of several: from *at = 0; absent: that was all */

void arguments_add(const arguments *a, buf *to);           /* for the control socket */
MUST_USE status arguments_parse(str text, arguments *ret); /* from it */
void arguments_add_help(const argument_row *rows, buf *to);

#endif
