/* reply.h - an answer, written field by field into JSON or XML.
 *
 * The action's response shape is the allowlist: a field that it does not list is dropped, whatever the handler writes, so that
 * one function can write a user for every action of both faces. Fields must be written inside the object they belong to.
 * Lists are written in their documented wrapper and exist even when empty: a list of the shape that the handler never opened is
 * added, empty, when its parent closes. RequestId comes first and is written by reply_begin.
 * The buffer is wiped when it goes, as an answer may hold a new secret. A reply is all zero before its first reply_begin();
 * later ones reuse the buffer, so that a connection allocates once.
 * Errors stick: one test of reply_end() tells. A member written twice, of another type than the shape's, or in the wrong place
 * is such an error, and a bug. Threads: one at a time.
 */
#ifndef ARGALI_CATALOGUE_REPLY_H
#define ARGALI_CATALOGUE_REPLY_H

#include "base/buf.h"
#include "base/secret.h"
#include "catalogue/field.h"

typedef enum { REPLY_JSON, REPLY_XML } reply_format;

enum { REPLY_DEPTH_MAX = 8, REPLY_SIZE_MAX = 4 * 1024 * 1024 };

typedef struct {
    buf out;
    reply_format format;
    const action_shape *action;
    struct {
        const response_shape *at;
        uint64_t written; /* a bit per child of `at` */
        bool is_list, is_wrapped, is_dropped, has_members;
    } level[REPLY_DEPTH_MAX];
    unsigned depth;
    bool failed; /* nesting or order was wrong, or the buffer failed */
} reply;

const char *reply_content_type(reply_format format); /* in the exact spelling that the Node client compares */

void reply_begin(reply *r, const action_shape *action, reply_format format, str request_id);
void reply_done(reply *r);                    /* frees; after reply_end or instead of it */
MUST_USE status reply_end(reply *r);          /* closes the answer: r->out is the body. ST_BUG; ST_NO_MEMORY */
void reply_restart(reply *r, str request_id); /* for an apply that runs a second time */

void reply_str(reply *r, const char *name, str value); /* an absent str is left out; an empty one is written */
void reply_secret(reply *r, const char *name, const secret *value);
void reply_i64(reply *r, const char *name, int64_t value);   /* written as the shape says: a number or a string */
void reply_bool(reply *r, const char *name, bool value);     /* the same */
void reply_time(reply *r, const char *name, int64_t unix_s); /* 0 is left out */
void reply_open(reply *r, const char *name);                 /* an object */
void reply_close(reply *r);
void reply_open_list(reply *r, const char *wrapper, const char *member); /* {"Users":{"User":[ ; wrapper NULL: a bare list */
void reply_close_list(reply *r);
void reply_open_item(reply *r);           /* an object of the list */
void reply_item_str(reply *r, str value); /* or a text of it */

#endif
