/* error_catalogue.h - every error code that Argali sends: its HTTP status and its message.
 *
 * A code belongs to a family (`EntityNotExist.User` to EntityNotExist) and may carry a parameter's name
 * (`InvalidParameter.UserName.Length`, `MissingUserName`). Messages keep the words that clients branch on out of the way:
 * "NotFound" stands in no message, and no message quotes another code. Pure.
 */
#ifndef ARGALI_CATALOGUE_ERROR_CATALOGUE_H
#define ARGALI_CATALOGUE_ERROR_CATALOGUE_H

#include "base/buf.h"
#include "base/str.h"

/* 400 InvalidParameter, 403 NoPermission, ... A code of no family answers 500 and is a bug that a test finds. */
unsigned error_http_status(str code);
void error_message(str code, buf *to);

/* The code when err.code is empty: ST_UNAVAILABLE "ServiceUnavailable", ST_LIMIT "Throttling", ST_DENIED "NoPermission",
 * ST_INVALID "InvalidParameter", the rest "InternalError". */
str error_code_of(status s);

#endif
