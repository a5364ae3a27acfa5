/* status.c - see status.h. Both texts are built beside the record, so that an argument may be the old text of the same err. */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

status err_set(err *e, status s, const char *code, const char *fmt, ...)
{
    err built;
    va_list args;
    va_start(args, fmt);
    if (vsnprintf(built.log, sizeof built.log, fmt, args) < 0)
        built.log[0] = '\0';
    va_end(args);
    size_t n = code != NULL ? strnlen(code, sizeof built.code - 1) : 0;
    if (n > 0)
        memcpy(built.code, code, n);
    built.code[n] = '\0';
    memcpy(e->log, built.log, strlen(built.log) + 1);
    memcpy(e->code, built.code, n + 1);
    e->message[0] = '\0';
    return s;
}

status err_set_message(err *e, status s, const char *code, const char *fmt, ...)
{
    char message[ERR_MESSAGE_MAX];
    va_list args;
    va_start(args, fmt);
    if (vsnprintf(message, sizeof message, fmt, args) < 0)
        message[0] = '\0';
    va_end(args);
    s = err_set(e, s, code, "%s", message);
    memcpy(e->message, message, strlen(message) + 1);
    return s;
}

const char *status_name(status s)
{
    switch (s) {
    case ST_OK:
        return "ST_OK";
    case ST_INVALID:
        return "ST_INVALID";
    case ST_DENIED:
        return "ST_DENIED";
    case ST_NOT_FOUND:
        return "ST_NOT_FOUND";
    case ST_CONFLICT:
        return "ST_CONFLICT";
    case ST_LIMIT:
        return "ST_LIMIT";
    case ST_UNAVAILABLE:
        return "ST_UNAVAILABLE";
    case ST_UNCERTAIN:
        return "ST_UNCERTAIN";
    case ST_NO_MEMORY:
        return "ST_NO_MEMORY";
    case ST_BUG:
        return "ST_BUG";
    }
    return "ST_?";
}
