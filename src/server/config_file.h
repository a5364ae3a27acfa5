/* config_file.h - the syntax of argali.conf and of requests on the control socket: one `key = value` a line.
 *
 * Blanks around key and value do not count; a line that begins with '#' is a comment; a '#' later in a line belongs to the
 * value. A value may be empty. Refused: a line without '=', a key with anything but a-z 0-9 '-', a key given twice, control
 * characters, invalid UTF-8, a text longer than CONFIG_TEXT_MAX. What the keys mean is settings.h's business. Pure; entries
 * borrow the text.
 */
#ifndef ARGALI_SERVER_CONFIG_FILE_H
#define ARGALI_SERVER_CONFIG_FILE_H

#include "base/str.h"

enum { CONFIG_TEXT_MAX = 65536, CONFIG_ENTRIES_MAX = 128 };

typedef struct {
    str key, value;
    uint32_t line; /* from 1 */
} config_entry;

typedef struct {
    uint32_t line;
    const char *why; /* a literal */
} config_fault;

/* ST_INVALID with *ret_fault written; what lies in `ret` counts only on ST_OK. */
MUST_USE status config_parse(str text, config_entry ret[CONFIG_ENTRIES_MAX], size_t *ret_n, config_fault *ret_fault);

#endif
