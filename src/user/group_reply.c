/* group_reply.c - see group_reply.h. */
#include "user/group_reply.h"

#include "user/user_reply.h"

size_t group_id_format(uint64_t id, char ret[GROUP_ID_TEXT_MAX])
{
    ret[0] = 'g';
    ret[1] = '-';
    return 2 + u64_format(id, ret + 2);
}

void group_reply(reply *r, const group_record *g)
{
    char id[GROUP_ID_TEXT_MAX];
    reply_str(r, "GroupId", (str){ id, group_id_format(g->id, id) });
    reply_str(r, "GroupName", g->name);
    reply_filled(r, "DisplayName", g->display_name);
    reply_filled(r, "Comments", g->comments);
    reply_time(r, "CreateDate", g->created_s);
    reply_time(r, "UpdateDate", g->updated_s);
}
