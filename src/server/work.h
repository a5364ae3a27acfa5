/* work.h - what the subcommands of account, policy explain, those of verifier, and check do on an opened data folder.
 *
 * The same functions run in the subcommand's own process, when no server holds the folder, and on the server's control
 * thread, when one does. They wait for the store and for hashing. Each returns the exit code (0 ok, 1 failed) and leaves in
 * `out`, a buf_init_secret buffer, what goes to standard output, or on failure to standard error. Settings say format and
 * account, arguments (arguments.h) what else this run is about.
 */
#ifndef ARGALI_SERVER_WORK_H
#define ARGALI_SERVER_WORK_H

#include "server/arguments.h"
#include "server/instance.h"

enum { WORK_OUTPUT_MAX = 1 << 20 };

typedef int (*work_fn)(const instance *i, const settings *s, const arguments *a, buf *out);

int account_create_work(const instance *i, const settings *s, const arguments *a, buf *out);
int account_show_work(const instance *i, const settings *s, const arguments *a, buf *out);
int account_recover_work(const instance *i, const settings *s, const arguments *a, buf *out);
int check_work(const instance *i, const settings *s, const arguments *a, buf *out);
int rotate_key_work(const instance *i, const settings *s, const arguments *a, buf *out); /* or ROTATE_KEY_WAITS */
int policy_explain_work(const instance *i, const settings *s, const arguments *a, buf *out);
int verifier_create_work(const instance *i, const settings *s, const arguments *a, buf *out);
int verifier_list_work(const instance *i, const settings *s, const arguments *a, buf *out);
int verifier_delete_work(const instance *i, const settings *s, const arguments *a, buf *out);

typedef struct {
    const char *name;
    unsigned command; /* its COMMAND_ bit */
    work_fn run;
} work_row;

const work_row *work_find(str name); /* NULL: no such work */

/* The settings that a server that does the work has to be told: as `key = value` lines. */
void work_add_settings(const settings *s, unsigned command, buf *to);

/* The account that --account names by id or alias; without it the only one there is. ST_NOT_FOUND, ST_INVALID: several. */
MUST_USE status work_account(const instance *i, const settings *s, uint64_t *ret, err *e);

/* "argali: REASON" for a failure; the catalogue's code comes first where there is one. */
int work_failed(buf *out, status s, const err *e);

#endif
