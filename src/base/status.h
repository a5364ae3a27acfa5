/* status.h - the outcomes of a call, and the detail of a failure.
 *
 * A function returns a status; what a client or an operator needs beside it goes into the caller's `err`.
 * err.code is a code of the error catalogue (src/catalogue/error_catalogue.h), err.log is for the operator: it is never sent
 * to a client and never holds a secret. err.message, where set, is sent to the client in place of the catalogue's sentence:
 * what was wrong with the client's own input, and where. An `err *` parameter may not be NULL; it is written only on failure.
 */
#ifndef ARGALI_BASE_STATUS_H
#define ARGALI_BASE_STATUS_H

#define MUST_USE        __attribute__((warn_unused_result))
#define CLEANUP(fn)     __attribute__((cleanup(fn)))
#define PRINTF(fmt, at) __attribute__((format(printf, fmt, at)))

typedef enum {
    ST_OK = 0,
    ST_INVALID,     /* the input breaks a rule we may explain */
    ST_DENIED,      /* authentication or authorization said no; why goes to the log only */
    ST_NOT_FOUND,   /* absent */
    ST_CONFLICT,    /* exists already, or changed since it was read */
    ST_LIMIT,       /* quota, size or rate */
    ST_UNAVAILABLE, /* a dependency failed, nothing changed: a retry is safe */
    ST_UNCERTAIN,   /* a commit may or may not have happened: read back first */
    ST_NO_MEMORY,   /* out of memory */
    ST_BUG,         /* an invariant broke */
} status;

enum { ERR_CODE_MAX = 96, ERR_LOG_MAX = 192, ERR_MESSAGE_MAX = 256 };

typedef struct {
    char code[ERR_CODE_MAX];       /* "LimitExceeded.User.AccessKey"; empty: the status alone decides (error_catalogue.h) */
    char log[ERR_LOG_MAX];         /* for the operator */
    char message[ERR_MESSAGE_MAX]; /* for the client; empty: the error catalogue's. Holds no code and not the word NotFound */
} err;

/* Fills e with a code (NULL: none) and a formatted log text, both cut at their size, and returns s. */
MUST_USE status err_set(err *e, status s, const char *code, const char *fmt, ...) PRINTF(4, 5);

/* The same, with a message for the client, which goes to the log too. A call of err_set clears it. */
MUST_USE status err_set_message(err *e, status s, const char *code, const char *fmt, ...) PRINTF(4, 5);

const char *status_name(status s); /* "ST_OK", for logs and tests */

/* The only macro with control flow: leave with the failure of `call`. Its user keeps resources in CLEANUP variables. */
#define TRY(call)             \
    do {                      \
        status try_ = (call); \
        if (try_ != ST_OK)    \
            return try_;      \
    } while (0)

#endif
