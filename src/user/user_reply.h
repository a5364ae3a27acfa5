/* user_reply.h - a user in an answer, for every action of both faces: the action's shape drops what it does not list
 * (reply.h). */
#ifndef ARGALI_USER_USER_REPLY_H
#define ARGALI_USER_USER_REPLY_H

#include "catalogue/reply.h"
#include "store/records.h"
#include "user/upn.h"

/* Into an object that is open. Empty optional texts are left out. upn absent: a RAM answer. */
void user_reply(reply *r, const user_record *u, str upn);
void user_reply_tags(reply *r, const tag_record *tags, size_t n); /* Tags.Tag[] */

void reply_id(reply *r, const char *name, uint64_t id);   /* decimal digits, as a string */
void reply_filled(reply *r, const char *name, str value); /* an empty text is left out too */

#endif
