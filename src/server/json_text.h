/* json_text.h - the little JSON that subcommands print: flat objects of texts and numbers. RFC 8259.
 *
 * Values may be secrets, so nothing is kept here and the buffer may be one that wipes. Pure.
 */
#ifndef ARGALI_SERVER_JSON_TEXT_H
#define ARGALI_SERVER_JSON_TEXT_H

#include "base/buf.h"

/* `"name":"value"`, with a comma before it unless the buffer ends with '{'. */
void json_add_text(buf *to, const char *name, str value); /* any bytes (catalogue/escape.h); absent: null */
void json_add_number(buf *to, const char *name, uint64_t value);

#endif
