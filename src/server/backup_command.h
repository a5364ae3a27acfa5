/* backup_command.h - `argali backup` and `argali restore`: data folders and files around operations/backup.h.
 *
 * Both work in the subcommand's own process: a backup reads the store beside whoever serves it, a restore makes a folder that
 * nobody serves yet. A restore stages everything in DIR/restore.part, proves it, and moves the store in last, so that a kill
 * leaves an empty folder to be restored again; it never replaces a store or another master key.
 * Text for standard output is left in `out`. Errors: of operations/backup.h and data_folder.h.
 */
#ifndef ARGALI_SERVER_BACKUP_COMMAND_H
#define ARGALI_SERVER_BACKUP_COMMAND_H

#include "base/world.h"
#include "server/arguments.h"

extern const argument_row backup_arguments[]; /* of both */

MUST_USE status backup_command(const settings *s, const arguments *a, const char *file, const world *w, buf *out, err *e);
MUST_USE status restore_command(const settings *s, const arguments *a, const char *file, const world *w, buf *out, err *e);

#endif
