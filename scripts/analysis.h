/* analysis.h - what a static analyzer cannot see across files; given to clang-tidy and gcc -fanalyzer, never to a build.
 *
 * err_set() returns the status that it is given. Without knowing that, an analyzer follows the path on which a failure was reported
 * as success and no output was written.
 */
#include "base/status.h"

#define err_set(e, s, ...)                                                                                                       \
    ({                                                                                                                           \
        status unused_ = (err_set)((e), (s), __VA_ARGS__);                                                                       \
        (void)unused_;                                                                                                           \
        (status)(s);                                                                                                                 \
    })
