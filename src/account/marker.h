/* marker.h - where a list goes on: Marker and NextToken.
 *
 * base64url(tag[32] || kind[1] || position): opaque to clients, authenticated by the vault (TAG_MARKER) over account, kind
 * and position, so that a marker of another account, of another list, or of anyone's making is refused (threat T55). A
 * position is only ever used as a bound parameter, and outlives the object it names.
 */
#ifndef ARGALI_ACCOUNT_MARKER_H
#define ARGALI_ACCOUNT_MARKER_H

#include "base/arena.h"
#include "vault/vault.h"

enum { MARKER_POSITION_MAX = 1024 };

typedef enum {
    MARKER_USERS = 1, /* position: folded user name; one list for both faces */
    MARKER_USER_BASIC_INFOS,
    MARKER_TAGS,              /* position: user id, colon, tag key */
    MARKER_POLICIES,          /* position: policy name */
    MARKER_GROUPS,            /* position: group name; one list for both faces */
    MARKER_MEMBERS,           /* position: group id, colon, user name; one list for both faces */
    MARKER_ROLES,             /* position: role name */
    MARKER_ROLE_TAGS,         /* position: role id, colon, tag key */
    MARKER_POLICY_TAGS,       /* position: policy id, colon, tag key */
    MARKER_RECYCLED_USERS,    /* position: when, colon, user id */
    MARKER_CREDENTIAL_REPORT, /* position: when it was generated, colon, piece, colon, row of the piece */
} marker_kind;

MUST_USE status marker_issue(vault *v, uint64_t account, marker_kind kind, str position, arena *a, str *ret);

/* ST_INVALID: not a marker of this list and account. */
MUST_USE status marker_check(vault *v, uint64_t account, marker_kind kind, str marker, arena *a, str *ret_position);

/* An absent or empty marker means the beginning: *ret_position is absent. ST_INVALID carries InvalidParameter.<parameter>. */
MUST_USE status marker_read(vault *v, uint64_t account, marker_kind kind, str marker, const char *parameter, arena *a,
                            str *ret_position, err *e);

#endif
