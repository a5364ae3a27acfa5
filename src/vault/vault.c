/* vault.c - see vault.h.
 *
 * Keys: one per purpose and master key, HKDF-Expand of RFC 5869 2.3 (one block, HMAC-SHA256) with the purpose's label as
 * info; extraction may be skipped as master keys are uniform (3.3). The master keys themselves are wiped before
 * vault_open returns. Labels are part of the stored format: they never change, wherever the enumeration moves.
 * What is unsealed lands in a page per thread (sodium_malloc: locked, guarded, kept out of core dumps) that is wiped after
 * every use: locking memory for each call would cost several times the call.
 */
#include "vault/vault.h"

#include <assert.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/file.h"

enum {
    FORMAT = 1,
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    AEAD_TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    HEAD_BYTES = 2 + NONCE_BYTES, /* format, key id, nonce */
    LABEL_BYTES = 16,
    KEYS_MAX = 8,
    KEY_FILE_MAX = 1024, /* bytes: eight lines of 89 and some, so that a ninth key is called that */
    TOKEN_CONTENT_MAX = 65536,
};
_Static_assert(SEALED_OVERHEAD == HEAD_BYTES + AEAD_TAG_BYTES, "the overhead that vault.h promises");
_Static_assert(VAULT_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "derived keys are AEAD keys");

#define KEY_LINE_START "argali-master-key-1"

typedef enum { KIND_NONE = 0, KIND_SEAL, KIND_TAG, KIND_TOKEN } purpose_kind;

static const struct {
    char label[LABEL_BYTES]; /* padded with NUL */
    purpose_kind kind;
} purposes[SEAL_PURPOSE_COUNT] = {
    [SEAL_ACCESS_KEY] = { "seal/access-key", KIND_SEAL },
    [SEAL_PASSWORD] = { "seal/password", KIND_SEAL },
    [SEAL_STORE_CHECK] = { "seal/store-chk", KIND_SEAL },
    [TAG_MARKER] = { "tag/marker", KIND_TAG },
    [TAG_AUDIT] = { "tag/audit", KIND_TAG },
    [TOKEN_STS] = { "token/sts", KIND_TOKEN },
    [TOKEN_DIAGNOSTIC] = { "token/diagnostic", KIND_TOKEN },
    [SEAL_SESSION_KEY] = { "seal/session-key", KIND_SEAL },
};

typedef struct {
    uint8_t id;
    uint8_t of[SEAL_PURPOSE_COUNT][VAULT_KEY_BYTES];
} key_set;

struct vault {
    const world *world;
    size_t key_n; /* the last one seals */
    key_set keys[KEYS_MAX];
};

/* --- the page in which this thread unseals ------------------------------------------------------------------------ */

static pthread_once_t scratch_once = PTHREAD_ONCE_INIT;
static pthread_key_t scratch_key;
static bool has_scratch_key;
static _Thread_local uint8_t *scratch;

static void make_scratch_key(void)
{
    has_scratch_key = sodium_init() >= 0 && pthread_key_create(&scratch_key, sodium_free) == 0;
}

/* SEALED_MAX bytes, freed when the thread ends; NULL when there is no memory. */
static uint8_t *scratch_get(void)
{
    if (scratch != NULL)
        return scratch;
    (void)pthread_once(&scratch_once, make_scratch_key);
    if (!has_scratch_key)
        return NULL;
    uint8_t *p = sodium_malloc(SEALED_MAX);
    if (p != NULL && pthread_setspecific(scratch_key, p) != 0) {
        sodium_free(p);
        p = NULL;
    }
    scratch = p;
    return p;
}

/* --- the key file ------------------------------------------------------------------------------------------------- */

status vault_create_key_file(const char *path, const world *w, err *e)
{
    static const char start[] = KEY_LINE_START " 1 ";
    enum { START_BYTES = sizeof start - 1, LINE_BYTES = START_BYTES + 2 * VAULT_KEY_BYTES + 1 };
    CLEANUP(secret_done) secret key = { 0 };
    CLEANUP(secret_done) secret line = { 0 };
    if (secret_new(VAULT_KEY_BYTES, &key) != ST_OK || secret_new(LINE_BYTES, &line) != ST_OK)
        return err_set(e, ST_NO_MEMORY, NULL, "no locked memory for a master key");
    if (world_random(w, key.p, key.n) != ST_OK)
        return err_set(e, ST_UNAVAILABLE, NULL, "no random bytes for a master key");
    char *text = (char *)line.p;
    memcpy(text, start, START_BYTES);
    hex_encode((bytes){ key.p, key.n }, text + START_BYTES);
    text[LINE_BYTES - 1] = '\n';
    return file_create(path, (bytes){ line.p, line.n }, 0400, e);
}

static bool has_key(const vault *v, uint32_t id)
{
    for (size_t i = 0; i < v->key_n; i++)
        if (v->keys[i].id == id)
            return true;
    return false;
}

/* One line without its line feed; `master` is scratch of VAULT_KEY_BYTES in locked memory. */
static status add_key(vault *v, str line, uint8_t *master)
{
    str start, id_text, hex;
    uint32_t id;
    if (!str_split(line, ' ', &start, &line) || !str_eq(start, STR(KEY_LINE_START)) || !str_split(line, ' ', &id_text, &hex))
        return ST_INVALID;
    TRY(str_to_u32(id_text, 1, UINT8_MAX, &id));
    TRY(hex_decode(hex, master, VAULT_KEY_BYTES));
    if (v->key_n == KEYS_MAX || has_key(v, id))
        return ST_INVALID;
    key_set *k = &v->keys[v->key_n++];
    k->id = (uint8_t)id;
    for (size_t p = SEAL_NONE + 1; p < SEAL_PURPOSE_COUNT; p++) {
        uint8_t info[LABEL_BYTES + 1];
        memcpy(info, purposes[p].label, LABEL_BYTES);
        info[LABEL_BYTES] = 1; /* RFC 5869 2.3: T(1) = HMAC(PRK, info | 0x01) */
        (void)hmac(HMAC_SHA256, (bytes){ master, VAULT_KEY_BYTES }, (bytes){ NULL, 0 }, (bytes){ info, sizeof info }, k->of[p]);
    }
    return ST_OK;
}

static status parse_keys(vault *v, str text, uint8_t *master)
{
    while (text.n > 0) {
        str line;
        if (!str_split(text, '\n', &line, &text)) /* a line without its end was cut */
            return ST_INVALID;
        TRY(add_key(v, line, master));
    }
    return v->key_n > 0 ? ST_OK : ST_INVALID;
}

/* The file's text in a locked buffer: its room is made before it is read, so it never moves. */
static status read_key_file(const char *path, buf *text, err *e)
{
    if (!buf_reserve(text, KEY_FILE_MAX))
        return err_set(e, ST_NO_MEMORY, NULL, "no memory for the master key");
    (void)sodium_mlock(text->p, KEY_FILE_MAX);
    return file_read_private(path, KEY_FILE_MAX, text, e);
}

static status open_with(const char *key_path, const world *w, buf *text, vault **ret, err *e)
{
    TRY(read_key_file(key_path, text, e));
    CLEANUP(secret_done) secret master = { 0 };
    vault *v = secret_new(VAULT_KEY_BYTES, &master) == ST_OK ? sodium_malloc(sizeof *v) : NULL;
    if (v == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "no locked memory for the vault");
    memset(v, 0, sizeof *v);
    v->world = w;
    if (parse_keys(v, buf_str(text), master.p) != ST_OK) {
        vault_free(v);
        return err_set(e, ST_INVALID, NULL, "%s is no master key file: lines of \"" KEY_LINE_START " <id> <64 hex>\"",
                       key_path);
    }
    (void)sodium_mprotect_readonly(v);
    *ret = v;
    return ST_OK;
}

status vault_open(const char *key_path, const world *w, vault **ret, err *e)
{
    buf text;
    buf_init_secret(&text, KEY_FILE_MAX);
    status st = open_with(key_path, w, &text, ret, e);
    if (text.p != NULL)
        (void)sodium_munlock(text.p, KEY_FILE_MAX); /* wipes it too */
    buf_done(&text);
    return st;
}

void vault_free(vault *v)
{
    sodium_free(v); /* makes it writable, wipes it; NULL is fine */
}

/* --- sealing ------------------------------------------------------------------------------------------------------ */

/* What a sealed value is bound to, in a fixed layout: label[16] format[1] key id[1] account[8] row[8]. */
enum { BOUND_BYTES = LABEL_BYTES + 2 + 8 + 8 };

static void bind_to(seal_place at, uint8_t key_id, uint8_t ret[BOUND_BYTES])
{
    memcpy(ret, purposes[at.purpose].label, LABEL_BYTES);
    ret[LABEL_BYTES] = FORMAT;
    ret[LABEL_BYTES + 1] = key_id;
    u64be_encode(at.account, ret + LABEL_BYTES + 2);
    u64be_encode(at.row, ret + LABEL_BYTES + 10);
}

static bool is_kind(seal_purpose purpose, purpose_kind kind)
{
    return (unsigned)purpose < SEAL_PURPOSE_COUNT && purposes[purpose].kind == kind;
}

/* The log text names a purpose by its label, whose field may be filled to the last byte. */
#define LABEL_ARG(purpose) LABEL_BYTES, purposes[(purpose)].label

/* ret has room for plain.n + SEALED_OVERHEAD. */
static status seal(const vault *v, seal_place at, bytes plain, uint8_t *ret, err *e)
{
    const key_set *k = &v->keys[v->key_n - 1];
    uint8_t bound[BOUND_BYTES];
    bind_to(at, k->id, bound);
    if (world_random(v->world, ret + 2, NONCE_BYTES) != ST_OK)
        return err_set(e, ST_UNAVAILABLE, NULL, "no random bytes to seal with");
    ret[0] = FORMAT;
    ret[1] = k->id;
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(ret + HEAD_BYTES, NULL, plain.p, plain.n, bound, sizeof bound, NULL,
                                                     ret + 2, k->of[at.purpose]);
    return ST_OK;
}

/* ret has room for in.n - SEALED_OVERHEAD; nothing but zeros is written there unless the tag proved right. */
static status unseal(const vault *v, seal_place at, bytes in, uint8_t *ret)
{
    if (in.n < SEALED_OVERHEAD || in.p[0] != FORMAT)
        return ST_INVALID;
    for (size_t i = v->key_n; i-- > 0;) {
        const key_set *k = &v->keys[i];
        if (k->id != in.p[1])
            continue;
        uint8_t bound[BOUND_BYTES];
        bind_to(at, k->id, bound);
        return crypto_aead_xchacha20poly1305_ietf_decrypt(ret, NULL, NULL, in.p + HEAD_BYTES, in.n - HEAD_BYTES, bound,
                                                          sizeof bound, in.p + 2, k->of[at.purpose]) == 0
                   ? ST_OK
                   : ST_INVALID;
    }
    return ST_INVALID;
}

/* A stored secret, unsealed in this thread's locked page: open_done wipes it. */
typedef struct {
    uint8_t *p;
    size_t n;
} opened;

static void open_done(opened *o)
{
    if (o->p != NULL)
        secret_wipe(o->p, o->n);
}

static status open_stored(const vault *v, seal_place at, bytes in, opened *ret, err *e)
{
    if (!is_kind(at.purpose, KIND_SEAL))
        return err_set(e, ST_BUG, NULL, "purpose %d does not seal", (int)at.purpose);
    uint8_t *p = scratch_get();
    if (p == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "no locked memory to unseal in");
    if (in.n <= SEALED_OVERHEAD || in.n > SEALED_MAX || unseal(v, at, in, p) != ST_OK)
        return err_set(e, ST_INVALID, "InternalError", "sealed %.*s of account %llu, row %llu, does not open",
                       LABEL_ARG(at.purpose), (unsigned long long)at.account, (unsigned long long)at.row);
    *ret = (opened){ p, in.n - SEALED_OVERHEAD };
    return ST_OK;
}

status vault_seal_new(vault *v, seal_place at, bytes plain, sealed *ret, err *e)
{
    if (!is_kind(at.purpose, KIND_SEAL))
        return err_set(e, ST_BUG, NULL, "purpose %d does not seal", (int)at.purpose);
    if (plain.n < 1 || plain.n > SEALED_MAX - SEALED_OVERHEAD)
        return err_set(e, ST_INVALID, "InternalError", "%zu bytes cannot be sealed as %.*s", plain.n, LABEL_ARG(at.purpose));
    sealed s;
    TRY(seal(v, at, plain, s.b, e));
    s.n = (uint16_t)(plain.n + SEALED_OVERHEAD);
    memcpy(ret->b, s.b, s.n);
    ret->n = s.n;
    return ST_OK;
}

status vault_reseal(vault *v, seal_place at, bytes old, sealed *ret, err *e)
{
    CLEANUP(open_done) opened plain = { 0 };
    TRY(open_stored(v, at, old, &plain, e));
    return vault_seal_new(v, at, (bytes){ plain.p, plain.n }, ret, e);
}

status vault_check(vault *v, seal_place at, bytes sealed_value, err *e)
{
    CLEANUP(open_done) opened plain = { 0 };
    return open_stored(v, at, sealed_value, &plain, e);
}

/* --- keyed operations --------------------------------------------------------------------------------------------- */

status vault_mac_check(vault *v, seal_place at, bytes sealed_secret, mac_algorithm alg, str key_suffix, bytes message,
                       bytes mac, err *e)
{
    static const digest_hmac algorithms[] = {
        [MAC_HMAC_SHA1] = HMAC_SHA1, [MAC_HMAC_SHA256] = HMAC_SHA256, [MAC_HMAC_SM3] = HMAC_SM3
    };
    CLEANUP(open_done) opened key = { 0 };
    TRY(open_stored(v, at, sealed_secret, &key, e));
    uint8_t want[MAC_MAX];
    size_t n = hmac(algorithms[alg], (bytes){ key.p, key.n }, bytes_of(key_suffix), message, want);
    bool is_right = bytes_eq_secret((bytes){ want, n }, mac);
    secret_wipe(want, sizeof want); /* the right MAC of a message that somebody else chose */
    return is_right ? ST_OK : err_set(e, ST_DENIED, NULL, "the MAC is wrong");
}

status vault_digest_check(vault *v, seal_place at, bytes sealed_digest, bytes digest, err *e)
{
    CLEANUP(open_done) opened want = { 0 };
    TRY(open_stored(v, at, sealed_digest, &want, e));
    return bytes_eq_secret((bytes){ want.p, want.n }, digest) ? ST_OK : err_set(e, ST_DENIED, NULL, "the digest is wrong");
}

/* --- tags and tokens ---------------------------------------------------------------------------------------------- */

static void compute_tag(const key_set *k, seal_purpose purpose, bytes message, uint8_t ret[VAULT_TAG_BYTES])
{
    (void)hmac(HMAC_SHA256, (bytes){ k->of[purpose], VAULT_KEY_BYTES }, (bytes){ NULL, 0 }, message, ret);
}

void vault_tag(vault *v, seal_purpose purpose, bytes message, uint8_t ret[VAULT_TAG_BYTES])
{
    assert(is_kind(purpose, KIND_TAG));
    compute_tag(&v->keys[v->key_n - 1], purpose, message, ret);
}

status vault_tag_check(vault *v, seal_purpose purpose, bytes message, bytes given)
{
    if (!is_kind(purpose, KIND_TAG))
        return ST_BUG;
    bool is_right = false;
    for (size_t i = 0; i < v->key_n; i++) {
        uint8_t want[VAULT_TAG_BYTES];
        compute_tag(&v->keys[i], purpose, message, want);
        is_right |= bytes_eq_secret((bytes){ want, sizeof want }, given);
        secret_wipe(want, sizeof want);
    }
    return is_right ? ST_OK : ST_DENIED;
}

status vault_token_seal(vault *v, seal_purpose purpose, uint64_t account, bytes content, buf *ret, err *e)
{
    if (!is_kind(purpose, KIND_TOKEN))
        return err_set(e, ST_BUG, NULL, "purpose %d makes no tokens", (int)purpose);
    if (content.n > TOKEN_CONTENT_MAX)
        return err_set(e, ST_LIMIT, "InternalError", "%zu bytes are too much for a token", content.n);
    if (!buf_reserve(ret, content.n + SEALED_OVERHEAD))
        return err_set(e, ST_NO_MEMORY, NULL, "no room for a token of %zu bytes", content.n);
    TRY(seal(v, (seal_place){ purpose, account, 0 }, content, ret->p + ret->n, e));
    ret->n += content.n + SEALED_OVERHEAD;
    return ST_OK;
}

status vault_token_open(vault *v, seal_purpose purpose, uint64_t account, bytes token, buf *ret, err *e)
{
    if (!is_kind(purpose, KIND_TOKEN))
        return err_set(e, ST_BUG, NULL, "purpose %d makes no tokens", (int)purpose);
    if (token.n < SEALED_OVERHEAD || token.n > TOKEN_CONTENT_MAX + SEALED_OVERHEAD)
        return err_set(e, ST_DENIED, NULL, "no token has %zu bytes", token.n);
    size_t n = token.n - SEALED_OVERHEAD;
    if (!buf_reserve(ret, n + 1)) /* so that ret->p is there for an empty content too */
        return err_set(e, ST_NO_MEMORY, NULL, "no room for the %zu bytes of a token", n);
    if (unseal(v, (seal_place){ purpose, account, 0 }, token, ret->p + ret->n) != ST_OK)
        return err_set(e, ST_DENIED, NULL, "a %.*s that is not ours, or of another account", LABEL_ARG(purpose));
    ret->n += n;
    return ST_OK;
}
