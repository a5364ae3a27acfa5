/* user_reply.c - see user_reply.h. */
#include "user/user_reply.h"

void reply_id(reply *r, const char *name, uint64_t id)
{
    char digits[U64_TEXT_MAX];
    reply_str(r, name, (str){ digits, u64_format(id, digits) });
}

void reply_filled(reply *r, const char *name, str value)
{
    if (value.n > 0)
        reply_str(r, name, value);
}

void user_reply(reply *r, const user_record *u, str upn)
{
    reply_id(r, "UserId", u->id);
    reply_str(r, "UserName", u->name);
    reply_str(r, "UserPrincipalName", upn);
    reply_filled(r, "DisplayName", u->display_name);
    reply_filled(r, "Comments", u->comments);
    reply_filled(r, "Email", u->email);
    reply_filled(r, "MobilePhone", u->mobile_phone);
    reply_time(r, "CreateDate", u->created_s);
    reply_time(r, "UpdateDate", u->updated_s);
    reply_time(r, "LastLoginDate", u->last_login_s);
    reply_str(r, "ProvisionType", STR("Manual"));
    reply_str(r, "Status", u->is_frozen ? STR("freeze") : STR("active"));
}

void user_reply_tags(reply *r, const tag_record *tags, size_t n)
{
    reply_open_list(r, "Tags", "Tag");
    for (size_t i = 0; i < n; i++) {
        reply_open_item(r);
        reply_str(r, "TagKey", tags[i].key);
        reply_str(r, "TagValue", tags[i].value);
        reply_close(r);
    }
    reply_close_list(r);
}
