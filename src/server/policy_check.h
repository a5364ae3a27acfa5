/* policy_check.h - `argali policy check [--trust] FILE`: is this a policy document, and if not, where does it go wrong?
 *
 * Reads the file (- is standard input) and nothing else. Returns the exit code: 0, 1 refused or unreadable, 2 usage; what is to be
 * printed lies in `out`.
 */
#ifndef ARGALI_SERVER_POLICY_CHECK_H
#define ARGALI_SERVER_POLICY_CHECK_H

#include "base/buf.h"

int policy_check_run(int argc, const char *const *argv, buf *out);

#endif
