/* rotate_work.h - `argali rotate-key`: a new master key, and everything under it.
 *
 * The subcommand changes the key file, as the server's sandbox may not, and the work (work.h) does the rest where the folder is
 * open: takes on the file's keys, reseals every value, says whether the old keys may go. Each step may be cut short and run
 * again: while a file holds two master keys both open, and another run goes on instead of adding a third.
 */
#ifndef ARGALI_SERVER_ROTATE_WORK_H
#define ARGALI_SERVER_ROTATE_WORK_H

#include "server/arguments.h"

enum { ROTATE_KEY_WAITS = 3 }; /* beside 0 and 1: everything is resealed, and the old keys have to stay for now */

extern const argument_row rotate_key_arguments[];

#endif
