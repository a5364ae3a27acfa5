/* session_token.c - see session_token.h. Content, all numbers big-endian, a text or block with its length in two bytes:
 *   format[1] = 1
 *   access_key_id  role[8]  row[8]  sealed secret
 *   session name  source identity  issued_ms[8]  expires_s[8]
 *   user account[8]  user[8]  user's access_key_id
 *   chain_n[1]  chain_n times: account[8] role[8] issued_ms[8]
 *   has_policy[1]  policy, where there is one
 * The account stands before the seal, as the vault needs it to open it, and is bound by it.
 */
#include "role/session_token.h"

#include <assert.h>
#include <string.h>

#include "base/cursor.h"
#include "base/encoding.h"

enum { FORMAT = 1, ACCOUNT_BYTES = 8, RAW_MAX = SESSION_TOKEN_MAX / 4 * 3 };

/* --- encode ------------------------------------------------------------------------------------------------------- */

static void add_u64(buf *to, uint64_t v)
{
    uint8_t b[8];
    u64be_encode(v, b);
    buf_add_bytes(to, (bytes){ b, sizeof b });
}

static void add_block(buf *to, bytes b)
{
    assert(b.n <= UINT16_MAX);
    buf_add_char(to, (char)(uint8_t)(b.n >> 8));
    buf_add_char(to, (char)(uint8_t)b.n);
    buf_add_bytes(to, b);
}

static void add_text(buf *to, const char *z)
{
    add_block(to, bytes_of(str_from_c(z)));
}

static void encode(const session_token *t, buf *to)
{
    const caller_session *s = &t->session;
    buf_add_char(to, FORMAT);
    add_block(to, bytes_of(t->access_key_id));
    add_u64(to, t->role);
    add_u64(to, t->row);
    add_block(to, (bytes){ t->secret.b, t->secret.n });
    add_text(to, s->name);
    add_text(to, s->source_identity);
    add_u64(to, (uint64_t)s->issued_ms);
    add_u64(to, (uint64_t)s->expires_s);
    add_u64(to, s->user_account);
    add_u64(to, s->user);
    add_text(to, s->user_access_key_id);
    buf_add_char(to, (char)s->chain_n);
    for (unsigned i = 0; i < s->chain_n; i++) {
        add_u64(to, s->chain[i].account);
        add_u64(to, s->chain[i].role);
        add_u64(to, (uint64_t)s->chain[i].issued_ms);
    }
    buf_add_char(to, t->policy.p != NULL);
    if (t->policy.p != NULL)
        add_block(to, bytes_of(t->policy));
}

status session_token_issue(vault *v, const session_token *t, arena *a, str *ret_text, err *e)
{
    assert(t->session.chain_n >= 1 && t->session.chain_n <= SESSION_CHAIN_MAX);
    CLEANUP(buf_done) buf content, raw, text;
    uint8_t account[ACCOUNT_BYTES];
    buf_init(&content, RAW_MAX);
    buf_init(&raw, RAW_MAX);
    buf_init(&text, SESSION_TOKEN_MAX);
    encode(t, &content);
    if (!buf_ok(&content))
        return err_set(e, ST_NO_MEMORY, NULL, "no room for the content of a token");
    u64be_encode(t->account, account);
    buf_add_bytes(&raw, (bytes){ account, sizeof account });
    TRY(vault_token_seal(v, TOKEN_STS, t->account, buf_bytes(&content), &raw, e));
    base64url_encode(buf_bytes(&raw), &text);
    if (!buf_ok(&raw) || !buf_ok(&text))
        return err_set(e, ST_NO_MEMORY, NULL, "no room for a token");
    return arena_copy(a, buf_str(&text), ret_text);
}

/* --- decode ------------------------------------------------------------------------------------------------------- */

/* A text of at most size - 1 characters without a NUL, into a zeroed field. */
static void take_text(cursor *c, char *field, size_t size)
{
    const bytes b = cur_block(c);
    if (b.n >= size || (b.n > 0 && memchr(b.p, 0, b.n) != NULL))
        c->bad = true;
    else if (b.n > 0)
        memcpy(field, b.p, b.n);
}

static void take_secret(cursor *c, sealed *ret)
{
    const bytes b = cur_block(c);
    if (b.n > sizeof ret->b) {
        c->bad = true;
        return;
    }
    if (b.n > 0)
        memcpy(ret->b, b.p, b.n);
    ret->n = (uint16_t)b.n;
}

static void take_chain(cursor *c, caller_session *s)
{
    s->chain_n = cur_u8(c);
    if (s->chain_n < 1 || s->chain_n > SESSION_CHAIN_MAX) {
        c->bad = true;
        return;
    }
    for (unsigned i = 0; i < s->chain_n; i++) {
        s->chain[i].account = cur_u64be(c);
        s->chain[i].role = cur_u64be(c);
        s->chain[i].issued_ms = (int64_t)cur_u64be(c);
    }
}

static bool ends_with_itself(const session_token *t)
{
    const caller_session *s = &t->session;
    const unsigned last = s->chain_n - 1;
    return s->chain[last].account == t->account && s->chain[last].role == t->role && s->chain[last].issued_ms == s->issued_ms;
}

/* Only the vault's own content comes here, so what does not decode is of another version. */
static bool decode(bytes content, account_id account, session_token *ret)
{
    cursor c = cur_of(content);
    session_token t = { .account = account };
    if (cur_u8(&c) != FORMAT)
        return false;
    t.access_key_id = str_of(cur_block(&c));
    t.role = cur_u64be(&c);
    t.row = cur_u64be(&c);
    take_secret(&c, &t.secret);
    take_text(&c, t.session.name, sizeof t.session.name);
    take_text(&c, t.session.source_identity, sizeof t.session.source_identity);
    t.session.issued_ms = (int64_t)cur_u64be(&c);
    t.session.expires_s = (int64_t)cur_u64be(&c);
    t.session.user_account = cur_u64be(&c);
    t.session.user = cur_u64be(&c);
    take_text(&c, t.session.user_access_key_id, sizeof t.session.user_access_key_id);
    take_chain(&c, &t.session);
    const uint8_t has_policy = cur_u8(&c);
    if (has_policy == 1)
        t.policy = str_of(cur_block(&c));
    if (has_policy > 1 || !cur_end(&c) || t.access_key_id.n > ACCESS_KEY_ID_MAX || !ends_with_itself(&t))
        return false;
    *ret = t;
    return true;
}

static status malformed(err *e, const char *why)
{
    return err_set(e, ST_DENIED, "InvalidSecurityToken.Malformed", "%s", why);
}

status session_token_open(vault *v, str text, arena *a, session_token *ret, err *e)
{
    if (text.n > SESSION_TOKEN_MAX)
        return malformed(e, "a token that is too long");
    uint8_t *raw = arena_alloc(a, text.n + 1);
    size_t n = 0;
    if (raw == NULL)
        return ST_NO_MEMORY;
    if (base64url_decode(text, raw, text.n + 1, &n) != ST_OK || n < ACCOUNT_BYTES)
        return malformed(e, "a token that is no Base64url");
    cursor head = { raw, n, false };
    const account_id account = cur_u64be(&head);
    CLEANUP(buf_done) buf content;
    buf_init(&content, RAW_MAX);
    status s = vault_token_open(v, TOKEN_STS, account, (bytes){ head.p, head.left }, &content, e);
    if (s == ST_DENIED)
        return malformed(e, "a token that was not issued here");
    TRY(s);
    str kept;
    TRY(arena_copy(a, buf_str(&content), &kept));
    return decode(bytes_of(kept), account, ret) ? ST_OK : malformed(e, "a token whose content is of another version");
}
