/* work.h - what the subcommands account create, account show, account recover and check do on an opened data folder.
 *
 * The same functions run in the subcommand's own process, when no server holds the folder, and on the server's control
 * thread, when one does. They wait for the store and for hashing. Each returns the exit code (0 ok, 1 failed) and leaves in
 * `out`, a buf_init_secret buffer, what goes to standard output, or on failure to standard error. Settings say format and
 * subject.
 */
#ifndef ARGALI_SERVER_WORK_H
#define ARGALI_SERVER_WORK_H

#include "server/instance.h"

enum { WORK_OUTPUT_MAX = 1 << 20 };

typedef int (*work_fn)(const instance *i, const settings *s, buf *out);

int account_create_work(const instance *i, const settings *s, buf *out);
int account_show_work(const instance *i, const settings *s, buf *out);
int account_recover_work(const instance *i, const settings *s, buf *out);
int check_work(const instance *i, const settings *s, buf *out);

typedef struct {
    const char *name;
    unsigned command; /* its COMMAND_ bit */
    work_fn run;
} work_row;

const work_row *work_find(str name); /* NULL: no such work */

/* The settings that a server that does the work has to be told: as `key = value` lines. */
void work_add_settings(const settings *s, unsigned command, buf *to);

/* "argali: REASON" for a failure; the catalogue's code comes first where there is one. */
int work_failed(buf *out, status s, const err *e);

#endif
