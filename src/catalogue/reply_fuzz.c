/* Any order of writes with any texts: an answer that reply_end() lets go is one JSON object, or balanced XML. */
#include <assert.h>
#include <jansson.h>
#include <stdint.h>
#include <string.h>

#include "base/cursor.h"
#include "catalogue/catalogue.gen.h"
#include "catalogue/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {
    "User",      "Users",       "UserName",    "Comments",  "CreateDate",   "IsTruncated", "Marker",       "Tags",
    "Tag",       "TagKey",      "Passkeys",    "PasskeyId", "AccessKey",    "AccessKeys",  "AccessKeyId",  "ColumnsValue",
    "ColumnRow", "ColumnValue", "MetricValue", "RequestId", "OIDCProvider", "GmtCreate",   "Applications", "Application"
};

static void write_one(reply *r, cursor *c)
{
    uint8_t what = cur_u8(c);
    const char *name = names[cur_u8(c) % (sizeof names / sizeof names[0])];
    switch (what % 9) {
    case 0:
        reply_str(r, name, cur_until(c, 0xfe));
        (void)cur_skip(c, 0xfe);
        break;
    case 1:
        reply_i64(r, name, (int64_t)cur_u64be(c));
        break;
    case 2:
        reply_bool(r, name, what & 1);
        break;
    case 3:
        reply_open(r, name);
        break;
    case 4:
        reply_close(r);
        break;
    case 5:
        reply_open_list(r, what & 1 ? name : NULL, names[cur_u8(c) % (sizeof names / sizeof names[0])]);
        break;
    case 6:
        reply_close_list(r);
        break;
    case 7:
        reply_open_item(r);
        break;
    case 8:
        reply_item_str(r, cur_until(c, 0xfe));
        (void)cur_skip(c, 0xfe);
        break;
    }
}

/* Every '<' opens a tag here, as contents are escaped: ends have to meet their beginnings. */
static void check_xml(str body)
{
    unsigned depth = 0;
    for (size_t i = 0; i + 1 < body.n; i++) {
        if (body.p[i] != '<' || body.p[i + 1] == '?')
            continue;
        assert(body.p[i + 1] != '/' || depth > 0);
        depth = body.p[i + 1] == '/' ? depth - 1 : depth + 1;
    }
    assert(depth == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cursor c = cur_of((bytes){ data, size });
    const action_shape *action = catalogue_get(1 + (unsigned)cur_u8(&c) % catalogue_count());
    reply_format format = cur_u8(&c) & 1 ? REPLY_XML : REPLY_JSON;
    reply r = { 0 };
    reply_begin(&r, action, format, STR("A-1"));
    while (c.left > 0 && !c.bad)
        write_one(&r, &c);
    if (reply_end(&r) == ST_OK) {
        str body = buf_str(&r.out);
        assert(utf8_is_valid(body));
        if (format == REPLY_XML) {
            check_xml(body);
        } else {
            json_t *root = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
            assert(json_is_object(root));
            json_decref(root);
        }
    }
    reply_done(&r);
    return 0;
}
