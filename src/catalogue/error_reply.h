/* error_reply.h - the body of a refused call, in JSON or XML.
 *
 * Every value is a text: the legacy clients panic on anything else. Values may be any bytes; the body is well-formed. Pure.
 */
#ifndef ARGALI_CATALOGUE_ERROR_REPLY_H
#define ARGALI_CATALOGUE_ERROR_REPLY_H

#include "base/buf.h"
#include "catalogue/reply.h"

typedef struct {
    str name, value; /* one member of AccessDeniedDetail: "AuthAction", "ram:CreateUser" */
} error_detail;

typedef struct {
    str request_id;
    str host_id;                 /* the host that the request named */
    str code;                    /* never empty: clients would match it against any code they expect */
    str message;                 /* absent: the one of the error catalogue */
    const error_detail *details; /* AccessDeniedDetail; names are plain letters; none: left out */
    size_t detail_n;
} error_body;

void error_reply_write(const error_body *e, reply_format format, buf *to); /* appends; the caller tests buf_ok() */

#endif
