/* escape.h - any bytes as the content of a JSON string or of an XML element.
 *
 * What comes out is always well-formed: bytes that are not UTF-8, and for XML the characters that XML 1.0 cannot carry at all,
 * become U+FFFD. Quotes, tags and brackets around it are the caller's. Pure.
 */
#ifndef ARGALI_CATALOGUE_ESCAPE_H
#define ARGALI_CATALOGUE_ESCAPE_H

#include "base/buf.h"
#include "base/str.h"

void escape_json(buf *to, str s); /* RFC 8259 7: '"', '\' and U+0000-001F; the rest as it is */
size_t escape_json_plain(str s);  /* how many bytes at its beginning are ASCII that needs no escape */
void escape_xml(buf *to, str s);  /* XML 1.0 2.2 and 2.11: & < > " ' and CR as references */

#endif
