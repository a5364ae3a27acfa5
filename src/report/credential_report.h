/* credential_report.h - the credential report of an account: its rows, and where it lies in the store.
 *
 * CSV after "Get a credential report": a header, a row for root (`<root>`), then one per user by name. Values are TRUE, FALSE, a
 * time (YYYY-MM-DDThh:mm:ssZ), `-` (nothing there, never happened) and `N/A` (does not apply); none needs quoting. Lines end
 * with a line feed. The header is not stored: the first page of an answer begins with it.
 * Two slots take turns: a new report is written beside the last one, which is read until the new one is whole. A slot holds
 * pieces of whole rows; the record `credential` says which slot is in force. Which accounts wait for a report is a fact of the
 * store, so that a report which a crash interrupted is begun again.
 * A report of many pages is not one moment's: each page of users is read in a snapshot of its own.
 */
#ifndef ARGALI_REPORT_CREDENTIAL_REPORT_H
#define ARGALI_REPORT_CREDENTIAL_REPORT_H

#include "store/records.h"

enum {
    CREDENTIAL_REPORT_MAX_AGE_S = 4 * 3600, /* a younger one is not made anew */
    CREDENTIAL_REPORT_KEYS = 5,             /* AccessKey pairs of one row: 2, and 3 additional; the oldest */
    CREDENTIAL_REPORT_USERS_PER_PIECE = 80,
    CREDENTIAL_REPORT_ROW_MAX = 800, /* bytes: name and domain, 28 columns */
};

/* --- rows: pure --------------------------------------------------------------------------------------------------- */

extern const str credential_report_header; /* with its line feed */

typedef struct {
    str user; /* "<root>", or the UserPrincipalName */
    bool is_root;
    int64_t created_s, last_logon_s;     /* 0: never */
    const login_profile_record *profile; /* NULL: none */
    uint32_t max_password_age_days;      /* 0: passwords do not end; root's never do */
    const access_key_record *keys;       /* oldest first */
    size_t key_n;
} credential_report_row;

void credential_report_add_row(const credential_report_row *r, buf *to);

/* --- the state of an account's report ------------------------------------------------------------------------------ */

typedef struct {
    bool is_wanted; /* one is being made */
    bool is_there;  /* a whole one can be read; the rest says which */
    char slot;      /* 'a', 'b' */
    int64_t generated_s;
    uint32_t pieces;
} credential_report_state;

MUST_USE status credential_report_get_state(store_tx *tx, arena *a, credential_report_state *ret, err *e);
/* A slot that was generated then: the one in force, or the one before it. ST_NOT_FOUND: gone. */
MUST_USE status credential_report_find(store_tx *tx, arena *a, int64_t generated_s, credential_report_state *ret, err *e);
MUST_USE status credential_report_piece(store_tx *tx, arena *a, char slot, uint32_t number, str *ret, err *e);

/* --- making one ---------------------------------------------------------------------------------------------------- */

/* Puts the transaction's account among those that wait. ST_LIMIT "Throttling": too many wait. */
MUST_USE status credential_report_want(store_tx *tx, arena *a, err *e);
MUST_USE status credential_report_next_wanted(store_tx *tx, arena *a, uint64_t *ret_account, err *e); /* ST_NOT_FOUND: none */

/* The slot that is not in force, empty. */
MUST_USE status credential_report_begin(store_tx *tx, arena *a, int64_t now_s, char *ret_slot, err *e);
MUST_USE status credential_report_add(store_tx *tx, char slot, uint32_t number, str piece, err *e);
/* The slot is whole: it is in force, and the account no longer waits. */
MUST_USE status credential_report_finish(store_tx *tx, arena *a, char slot, int64_t generated_s, err *e);

/* Rows of root (when `after` is absent) and of the users after `after` (a name), at most CREDENTIAL_REPORT_USERS_PER_PIECE.
 * *ret_last is the name to go on after, absent when these were the last; it lies in the arena. */
MUST_USE status credential_report_read_rows(store_tx *tx, arena *a, str domain_suffix, str after, buf *to, str *ret_last,
                                            err *e);

#endif
