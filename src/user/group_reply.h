/* group_reply.h - a group in an answer, for every action of both faces: the action's shape drops what it does not list
 * (reply.h). */
#ifndef ARGALI_USER_GROUP_REPLY_H
#define ARGALI_USER_GROUP_REPLY_H

#include "catalogue/reply.h"
#include "store/records.h"

/* Into an object that is open. Empty optional texts are left out. */
void group_reply(reply *r, const group_record *g);

enum { GROUP_ID_TEXT_MAX = 2 + U64_TEXT_MAX };
size_t group_id_format(uint64_t id, char ret[GROUP_ID_TEXT_MAX]); /* "g-" and the digits, no NUL; the number of characters */

#endif
