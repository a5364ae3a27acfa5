/* session_token_fuzz.c - no text of anyone's making opens; content that the vault did seal is decoded whole or refused, and
 * what was decoded is issued again as the same content. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "role/session_token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ACCOUNT_BYTES = 8, RAW_MAX = 32 * 1024 };

static const account_id ACCOUNT = 0x0102030405060708;

static vault *open_vault(void)
{
    char dir[] = "/tmp/argali-fuzz-XXXXXX", path[64];
    err e = { 0 };
    vault *v = NULL;
    if (mkdtemp(dir) == NULL)
        abort();
    (void)snprintf(path, sizeof path, "%s/master.key", dir);
    if (vault_create_key_file(path, world_system(), &e) != ST_OK || vault_open(path, world_system(), &v, &e) != ST_OK)
        abort();
    (void)unlink(path);
    (void)rmdir(dir);
    return v;
}

/* The token of a content, as only the vault can make it. */
static str seal(vault *v, arena *a, bytes content)
{
    err e = { 0 };
    buf raw, text;
    str ret;
    uint8_t account[ACCOUNT_BYTES];
    buf_init(&raw, RAW_MAX);
    buf_init(&text, 2 * RAW_MAX);
    u64be_encode(ACCOUNT, account);
    buf_add_bytes(&raw, (bytes){ account, sizeof account });
    if (vault_token_seal(v, TOKEN_STS, ACCOUNT, content, &raw, &e) != ST_OK)
        abort();
    base64url_encode(buf_bytes(&raw), &text);
    if (arena_copy(a, buf_str(&text), &ret) != ST_OK)
        abort();
    buf_done(&raw);
    buf_done(&text);
    return ret;
}

static void check_round(vault *v, arena *a, bytes content, const session_token *t)
{
    err e = { 0 };
    str again;
    buf back;
    size_t n = 0;
    uint8_t *raw = arena_alloc(a, RAW_MAX);
    if (raw == NULL || session_token_issue(v, t, a, &again, &e) != ST_OK || base64url_decode(again, raw, RAW_MAX, &n) != ST_OK)
        abort();
    buf_init(&back, RAW_MAX);
    if (vault_token_open(v, TOKEN_STS, ACCOUNT, (bytes){ raw + ACCOUNT_BYTES, n - ACCOUNT_BYTES }, &back, &e) != ST_OK ||
        !str_eq(buf_str(&back), str_of(content)))
        abort();
    buf_done(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static vault *v;
    static arena *a;
    if (v == NULL) {
        v = open_vault();
        a = arena_new(256 * 1024, 1024 * 1024);
    }
    if (size > 12 * 1024) /* what a token of the longest text can hold */
        return 0;
    arena_reset(a);
    err e = { 0 };
    session_token t;
    if (session_token_open(v, (str){ (const char *)data, size }, a, &t, &e) == ST_OK)
        abort();
    const bytes content = { data, size };
    if (session_token_open(v, seal(v, a, content), a, &t, &e) == ST_OK)
        check_round(v, a, content, &t);
    return 0;
}
