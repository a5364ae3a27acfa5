/* verify.h - one question on its way: who asks, what is judged, what was found. Internal to src/api.
 *
 * Lives in the request's arena, belongs to one thread at a time, as a flight does: the event loop, then a reader where the verifier
 * or the caller has to be read, then the blocking pool where a nonce has to reach the disk.
 */
#ifndef ARGALI_API_VERIFY_H
#define ARGALI_API_VERIFY_H

#include "api/flight.h"
#include "api/verify_question.h"

typedef struct verification verification;

/* Who asks, as a call of its own: in the signed form, and where a question is refused. */
typedef struct {
    flight flight;
    verification *of;
} asker;

struct verification {
    const http_request *http; /* the question as it came */
    call_context context;     /* of it */
    flight judged;            /* the request that is described; answered by verify_answer alone */
    asker *asker;             /* NULL: not needed so far */
    verify_question question;
    http_request described; /* what judged.http is */
    account_id account;     /* of who asks: no other account's callers are judged */
    bool is_token;          /* the form in headers */
    bool may_judge;         /* the host is one of the verifier's */
    store_job job;
    uint8_t digest[VERIFIER_DIGEST_BYTES];
    verifier_entry verifier; /* where it had to be read */
    uint64_t mark;           /* before it was */
    decision decided;        /* where something was asked */
    status outcome;
    err why; /* of what is not ST_OK: one for the whole way, as it is large */
};

/* Each ends it. A verdict; or, where the outcome says that nothing could be judged, a refusal of the question. */
void verify_answer(verification *v);
void verify_refuse(verification *v, status s); /* for what v->why says */

#endif
