/* head.h - the header rules: what a request head must look like before anything else looks at it. Pure.
 *
 * libmicrohttpd forgives: it takes a bare LF for a line end, joins folded lines, cuts a value at a NUL, skips blanks in the
 * request line. Two parsers that forgive differently are how a request is smuggled past one of them. So each part has to lie
 * where a well-formed head has it: libmicrohttpd cuts the head in place (it writes NULs over separators and moves nothing),
 * and whatever it skipped or joined leaves a gap, or a part in another place. Should a later version copy instead, every
 * request is refused, not every request accepted. One thing cannot be told: a NUL next to a line end that lacks its CR, as
 * both leave two NULs.
 */
#ifndef ARGALI_HTTP_HEAD_H
#define ARGALI_HTTP_HEAD_H

#include "http/http.h"

typedef struct {
    const char *method;         /* NUL-terminated; where the head begins */
    const char *target;         /* where it lies; what lies there may have been cut further, so only its length counts */
    const char *version;        /* NUL-terminated: "HTTP/1.1" */
    str raw_target;             /* as it was received */
    const http_header *headers; /* where they lie, in the order received */
    size_t header_n;
    size_t size; /* bytes from the method to the end of the empty line */
} http_head;

typedef struct {
    bool is_chunked;
    uint64_t content_length; /* 0 where there is none; UINT64_MAX: that or more */
} http_framing;

/* NULL: well-formed, and *ret is written. Otherwise a literal that says which rule it broke. Reads h->size bytes at
 * h->method. */
const char *http_head_check(const http_head *h, http_framing *ret);

#endif
