/* marker.c - see marker.h. The tag covers account[8] kind[1] position. */
#include "account/marker.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/encoding.h"

enum { HEAD = 9, RAW_MAX = VAULT_TAG_BYTES + 1 + MARKER_POSITION_MAX };

static bytes message_of(uint64_t account, uint8_t kind, str position, uint8_t ret[HEAD + MARKER_POSITION_MAX])
{
    u64be_encode(account, ret);
    ret[8] = kind;
    memcpy(ret + HEAD, position.p, position.n);
    return (bytes){ ret, HEAD + position.n };
}

status marker_issue(vault *v, uint64_t account, marker_kind kind, str position, arena *a, str *ret)
{
    assert(position.p != NULL && position.n <= MARKER_POSITION_MAX);
    uint8_t message[HEAD + MARKER_POSITION_MAX];
    uint8_t raw[RAW_MAX];
    vault_tag(v, TAG_MARKER, message_of(account, (uint8_t)kind, position, message), raw);
    raw[VAULT_TAG_BYTES] = (uint8_t)kind;
    memcpy(raw + VAULT_TAG_BYTES + 1, position.p, position.n);

    buf text;
    buf_init(&text, 2 * RAW_MAX);
    base64url_encode((bytes){ raw, VAULT_TAG_BYTES + 1 + position.n }, &text);
    status s = buf_ok(&text) ? arena_copy(a, buf_str(&text), ret) : ST_NO_MEMORY;
    buf_done(&text);
    return s;
}

status marker_check(vault *v, uint64_t account, marker_kind kind, str marker, arena *a, str *ret_position)
{
    uint8_t raw[RAW_MAX];
    size_t n = 0;
    if (base64url_decode(marker, raw, sizeof raw, &n) != ST_OK || n < VAULT_TAG_BYTES + 1)
        return ST_INVALID;
    if (raw[VAULT_TAG_BYTES] != (uint8_t)kind)
        return ST_INVALID;
    const str position = { (const char *)raw + VAULT_TAG_BYTES + 1, n - VAULT_TAG_BYTES - 1 };
    uint8_t message[HEAD + MARKER_POSITION_MAX];
    if (vault_tag_check(v, TAG_MARKER, message_of(account, (uint8_t)kind, position, message),
                        (bytes){ raw, VAULT_TAG_BYTES }) != ST_OK)
        return ST_INVALID;
    return arena_copy(a, position, ret_position);
}

status marker_read(vault *v, uint64_t account, marker_kind kind, str marker, const char *parameter, arena *a, str *ret_position,
                   err *e)
{
    if (marker.n == 0) {
        *ret_position = (str){ NULL, 0 };
        return ST_OK;
    }
    status s = marker_check(v, account, kind, marker, a, ret_position);
    if (s != ST_INVALID)
        return s;
    s = err_set(e, s, NULL, "a marker that was not issued for this list");
    (void)snprintf(e->code, sizeof e->code, "InvalidParameter.%s", parameter);
    return s;
}
