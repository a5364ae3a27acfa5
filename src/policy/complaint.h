/* complaint.h - what is wrong with a policy document, said to its author: MalformedPolicyDocument with a place and a sentence.
 *
 * What is quoted from the document is cut, its control characters are escaped, and it is left out where it looks like an error
 * code, as clients look for codes in messages.
 */
#ifndef ARGALI_POLICY_COMPLAINT_H
#define ARGALI_POLICY_COMPLAINT_H

#include "base/str.h"

/* "Statement[0].Condition.IpAddress": a chain on the stack, from the last step to the first. */
typedef struct path {
    const struct path *parent; /* NULL: the document itself */
    str member;                /* absent: the step is an index */
    size_t index;
} path;

#define PATH_MEMBER(parent, name) (&(const path){ (parent), (name), 0 })
#define PATH_INDEX(parent, i)     (&(const path){ (parent), { NULL, 0 }, (i) })

enum { QUOTED_MAX = 48, QUOTED_SIZE = QUOTED_MAX * 4 + 4 }; /* characters; bytes with the NUL */

void quote(str s, char ret[QUOTED_SIZE]);

/* All return ST_INVALID. `what` begins in lower case and has no full stop. */
MUST_USE status complain(err *e, const path *at, const char *what);             /* at may be NULL: the document */
MUST_USE status complain_of_line(err *e, size_t line, size_t column, str what); /* both from 1; what may quote */

#endif
