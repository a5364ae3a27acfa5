/* nonce.h - a signed request works once.
 *
 * A table in a memory-mapped, fully allocated file (DIR/nonces), so kill -9 loses nothing. A slot is 8 bytes: 56 bits of
 * a SipHash-2-4 (under a key that lies in the file's header) of AccessKey id and nonce, and 8 bits of expiry time in
 * units of 16 s. A nonce has two buckets of 32 slots, is looked for in both and put into the emptier one: that bounds
 * the work, and buckets first fill up at nine tenths of the capacity [simulated]. At three quarters full that is 10.7
 * bytes a remembered nonce.
 *
 * Window: a request dated in [now - 900 s, now + 900 s] is judged; its nonce is kept until its date + 900 s has passed.
 * The lower edge never moves back, clock or not (it is kept in the header): what was forgotten is too old to be sent
 * again. An operator whose clock ran ahead and was set back waits it out, or removes the file while no old request can
 * be sent again.
 * Restart of the machine without a clean stop: pages may be lost that the kernel had not written. The header holds,
 * synced every few seconds by nonces_tick, a ceiling a little in the future: requests dated beyond it have their slot
 * synced before they are answered (NONCE_SYNC_FIRST: call nonces_sync on a thread that may wait). After such a start
 * requests dated at or before the ceiling are refused (NONCE_RESTARTING). A file whose header is damaged is put aside
 * (PATH.damaged), and what its window may hold is refused the same way.
 * Full: above three quarters, a key that holds more than a sixteenth of the capacity gets NONCE_KEY_FULL and the others
 * go on; NONCE_FULL when both buckets are full. What a key holds is counted since the start, in cells that two keys
 * hardly ever share.
 * A file of another capacity is rebuilt with its live nonces; where they do not fit into the smaller one, it stays as it
 * is until the next start.
 * Insert only after the signature was verified. Threads: one mutex, held for a bounded number of slots, never over a
 * system call.
 */
#ifndef ARGALI_ACCESS_KEY_NONCE_H
#define ARGALI_ACCESS_KEY_NONCE_H

#include "base/str.h"
#include "base/world.h"

enum { NONCE_WINDOW_S = 900, NONCE_TEXT_MAX = 256 };

typedef struct nonces nonces;

typedef struct {
    const char *path;
    uint32_t calls_per_second; /* capacity: this many, for the length of the window; 1 to 1,000,000 */
    const world *world;
    const char *boot_id; /* what names this boot of the machine; NULL: /proc/sys/kernel/random/boot_id; tests give their own */
} nonces_options;

typedef enum {
    NONCE_FRESH = 0,
    NONCE_SYNC_FIRST, /* fresh; nonces_sync before the answer */
    NONCE_USED,
    NONCE_EXPIRED,    /* dated outside the window */
    NONCE_RESTARTING, /* 503 with x-acs-retry-after: *ret_retry_ms, after which a request signed anew is judged */
    NONCE_KEY_FULL,   /* Throttling.User */
    NONCE_FULL,       /* Throttling */
} nonce_verdict;

/* Creates the file. ST_UNAVAILABLE: no room or not writable. ST_INVALID: calls_per_second. Reads the whole table once. */
MUST_USE status nonces_open(const nonces_options *o, nonces **ret, err *e);
void nonces_close(nonces *n); /* a clean stop: syncs and says so in the header; NULL is fine */

/* *ret_retry_ms is written with NONCE_RESTARTING only. */
MUST_USE nonce_verdict nonces_use(nonces *n, str access_key_id, str nonce, int64_t dated_s, int64_t now_s,
                                  int64_t *ret_retry_ms);
bool nonces_is_in_window(const nonces *n, int64_t dated_s, int64_t now_s); /* the cheap test before the signature */
MUST_USE status nonces_sync(nonces *n, err *e);                            /* waits for the disk; ST_UNAVAILABLE: not synced */

/* Writes the ceiling, clears some expired slots; waits. Every few seconds (at most 5: beyond the ceiling each call costs
 * a sync), not on the event loop. */
MUST_USE status nonces_tick(nonces *n, int64_t now_s, err *e);

typedef struct {
    uint64_t live, capacity, bytes, refused_full;
} nonces_counts;
nonces_counts nonces_count(const nonces *n, int64_t now_s);

#endif
