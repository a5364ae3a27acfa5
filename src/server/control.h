/* control.h - DIR/control.sock: how a subcommand has the running server do its work on the folder.
 *
 * A stream socket of mode 0600 that answers only to the server's own user and to root (SO_PEERCRED), one request a
 * connection, one connection at a time, each with a deadline. Both messages are a 4-byte big-endian length and that many
 * bytes.
 *   request: the subcommand's name, a line feed, settings as `key = value` lines (config_file.h), a NUL, arguments (arguments.h)
 *   answer:  one byte, the exit code; then the text to print, which may hold the secrets that are shown once
 * The work runs on the control thread, never on an event loop.
 */
#ifndef ARGALI_SERVER_CONTROL_H
#define ARGALI_SERVER_CONTROL_H

#include "server/work.h"

typedef struct control control;

/* After store_open: that the folder is locked proves that no other server owns a socket that lies there. */
MUST_USE status control_start(const instance *i, const settings *s, control **ret, err *e);
void control_stop(control *c); /* lets the work under way end; removes the socket; NULL is fine */

/* ST_NOT_FOUND: no server listens there. `out` must be a buf_init_secret buffer. */
MUST_USE status control_call(const char *dir, const char *work, str settings_text, const arguments *a, buf *out,
                             int *ret_exit_code, err *e);

#endif
