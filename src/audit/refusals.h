/* refusals.h - what was refused, counted until it is written. Inside src/audit only.
 *
 * One entry per account, network, code and minute. The first refusal of an entry is due at once, so that an
 * administrator sees it within a second; what follows in the same minute is due when the minute is over. A flood
 * therefore costs two events per entry and minute.
 * Threads: any; one lock, held for as long as it takes to look at the table.
 */
#ifndef ARGALI_AUDIT_REFUSALS_H
#define ARGALI_AUDIT_REFUSALS_H

#include "audit/audit.h"

enum { REFUSAL_ACTION_MAX = 64 };

typedef struct {
    uint64_t account; /* 0: not known */
    ip_addr network;
    int64_t minute; /* Unix time / 60 */
    char code[ERR_CODE_MAX];
    char action[REFUSAL_ACTION_MAX + 1];       /* of the first; cut */
    char access_key_id[ACCESS_KEY_ID_MAX + 1]; /* of the first; cut, empty if there was none */
    int64_t first_s, last_s;
    uint64_t n, reported_n;
} refusal;

typedef struct refusals refusals;

MUST_USE refusals *refusals_new(const world *w); /* NULL: out of memory, or no random */
void refusals_free(refusals *r);
void refusals_add(refusals *r, uint64_t account, const ip_addr *source, str action, str code, str access_key_id, int64_t now_s);

/* Moves out what is due, or all of it, with n for what was not reported yet; *ret is the caller's to free. *ret_dropped
 * is how many found no room since the last time. ST_NO_MEMORY: nothing moved. */
MUST_USE status refusals_take(refusals *r, int64_t now_s, bool all, refusal **ret, size_t *ret_n, uint64_t *ret_dropped);

/* Writes one as an event of the transaction's account. */
MUST_USE status refusal_write(store_tx *tx, const world *w, const refusal *r, err *e);
MUST_USE status refusals_write_dropped(store_tx *tx, const world *w, uint64_t n, err *e);

#endif
