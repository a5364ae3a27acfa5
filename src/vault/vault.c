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
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
    AUDIT_KEYS_MAX = 64,
    KEY_FILE_MAX = 8192, /* bytes: 72 lines of 89 and some, so that a ninth key is called that */
    TOKEN_CONTENT_MAX = 65536,
};
_Static_assert(SEALED_OVERHEAD == HEAD_BYTES + AEAD_TAG_BYTES, "the overhead that vault.h promises");
_Static_assert(VAULT_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "derived keys are AEAD keys");

#define KEY_LINE_START   "argali-master-key-1"
#define AUDIT_LINE_START "argali-audit-key-1"

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

typedef struct keyring {
    struct keyring *before; /* the keys until a reload; kept, as a call may be at work with them */
    size_t key_n;           /* the last one seals */
    key_set keys[KEYS_MAX];
    size_t audit_n;
    struct {
        uint8_t id, key[VAULT_KEY_BYTES];
    } audit[AUDIT_KEYS_MAX];
} keyring;

struct vault {
    const world *world;
    _Atomic(keyring *) keys; /* in locked memory, read-only */
};

static const keyring *keys_of(const vault *v)
{
    return atomic_load_explicit(&v->keys, memory_order_acquire);
}

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

/* `id` and `key` of a new line; `text` must have room in locked memory. */
static void add_line(buf *text, const char *start, unsigned id, const uint8_t key[VAULT_KEY_BYTES])
{
    buf_addf(text, "%s %u ", start, id);
    if (!buf_reserve(text, 2 * VAULT_KEY_BYTES))
        return;
    hex_encode((bytes){ key, VAULT_KEY_BYTES }, (char *)text->p + text->n);
    text->n += 2 * VAULT_KEY_BYTES;
    buf_add_char(text, '\n');
}

/* A buffer for the file's text in locked memory: its room is made before it is used, so it never moves. */
static status text_init(buf *text, err *e)
{
    buf_init_secret(text, KEY_FILE_MAX);
    if (!buf_reserve(text, KEY_FILE_MAX))
        return err_set(e, ST_NO_MEMORY, NULL, "no memory for the master key");
    (void)sodium_mlock(text->p, KEY_FILE_MAX);
    return ST_OK;
}

static void text_done(buf *text)
{
    if (text->p != NULL)
        (void)sodium_munlock(text->p, KEY_FILE_MAX); /* wipes it too */
    buf_done(text);
}

static status add_new_key(buf *text, unsigned id, const world *w, err *e)
{
    CLEANUP(secret_done) secret key = { 0 };
    if (secret_new(VAULT_KEY_BYTES, &key) != ST_OK)
        return err_set(e, ST_NO_MEMORY, NULL, "no locked memory for a master key");
    if (world_random(w, key.p, key.n) != ST_OK)
        return err_set(e, ST_UNAVAILABLE, NULL, "no random bytes for a master key");
    add_line(text, KEY_LINE_START, id, key.p);
    return buf_ok(text) ? ST_OK : err_set(e, ST_LIMIT, NULL, "the master key file has no room for another key");
}

status vault_create_key_file(const char *path, const world *w, err *e)
{
    CLEANUP(text_done) buf text = { 0 };
    TRY(text_init(&text, e));
    TRY(add_new_key(&text, 1, w, e));
    return file_create(path, buf_bytes(&text), 0400, e);
}

/* --- the keys in it ----------------------------------------------------------------------------------------------- */

static bool has_key(const keyring *k, uint32_t id)
{
    for (size_t i = 0; i < k->key_n; i++)
        if (k->keys[i].id == id)
            return true;
    for (size_t i = 0; i < k->audit_n; i++)
        if (k->audit[i].id == id)
            return true;
    return false;
}

/* RFC 5869 2.3: T(1) = HMAC(PRK, info | 0x01) */
static void derive(const uint8_t *master, seal_purpose p, uint8_t ret[VAULT_KEY_BYTES])
{
    uint8_t info[LABEL_BYTES + 1];
    memcpy(info, purposes[p].label, LABEL_BYTES);
    info[LABEL_BYTES] = 1;
    (void)hmac(HMAC_SHA256, (bytes){ master, VAULT_KEY_BYTES }, (bytes){ NULL, 0 }, (bytes){ info, sizeof info }, ret);
}

/* One line without its line feed; `master` is scratch of VAULT_KEY_BYTES in locked memory. */
static status add_key(keyring *k, str line, uint8_t *master)
{
    str start, id_text, hex;
    uint32_t id;
    if (!str_split(line, ' ', &start, &line) || !str_split(line, ' ', &id_text, &hex))
        return ST_INVALID;
    TRY(str_to_u32(id_text, 1, UINT8_MAX, &id));
    TRY(hex_decode(hex, master, VAULT_KEY_BYTES));
    if (has_key(k, id))
        return ST_INVALID;
    if (str_eq(start, STR(AUDIT_LINE_START)) && k->audit_n < AUDIT_KEYS_MAX) {
        k->audit[k->audit_n].id = (uint8_t)id;
        memcpy(k->audit[k->audit_n++].key, master, VAULT_KEY_BYTES);
        return ST_OK;
    }
    if (!str_eq(start, STR(KEY_LINE_START)) || k->key_n == KEYS_MAX)
        return ST_INVALID;
    key_set *set = &k->keys[k->key_n++];
    set->id = (uint8_t)id;
    for (size_t p = SEAL_NONE + 1; p < SEAL_PURPOSE_COUNT; p++)
        derive(master, (seal_purpose)p, set->of[p]);
    return ST_OK;
}

static status parse_keys(keyring *k, str text, uint8_t *master)
{
    while (text.n > 0) {
        str line;
        if (!str_split(text, '\n', &line, &text)) /* a line without its end was cut */
            return ST_INVALID;
        TRY(add_key(k, line, master));
    }
    return k->key_n > 0 ? ST_OK : ST_INVALID;
}

static void free_keys(keyring *k)
{
    while (k != NULL) {
        keyring *before = k->before;
        sodium_free(k); /* makes it writable, wipes it */
        k = before;
    }
}

static void free_keys_at(keyring **k)
{
    free_keys(*k);
}

static status keys_of_text(const char *path, str text, keyring **ret, err *e)
{
    CLEANUP(secret_done) secret master = { 0 };
    CLEANUP(free_keys_at) keyring *k = secret_new(VAULT_KEY_BYTES, &master) == ST_OK ? sodium_malloc(sizeof *k) : NULL;
    if (k == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "no locked memory for the vault");
    memset(k, 0, sizeof *k);
    if (parse_keys(k, text, master.p) != ST_OK)
        return err_set(e, ST_INVALID, NULL, "%s is no master key file: lines of \"" KEY_LINE_START " <id> <64 hex>\"", path);
    *ret = k;
    k = NULL;
    return ST_OK;
}

static status read_keys(const char *path, buf *text, keyring **ret, err *e)
{
    TRY(file_read_private(path, KEY_FILE_MAX, text, e));
    return keys_of_text(path, buf_str(text), ret, e);
}

/* --- changing it -------------------------------------------------------------------------------------------------- */

/* The owner stays too, as root may do this to the file of a service's user. A link stays a link. */
static status replace_file(const char *path, const buf *text, err *e)
{
    struct stat st;
    char *real = realpath(path, NULL);
    if (real == NULL || stat(real, &st) != 0) {
        free(real);
        return err_set(e, ST_NOT_FOUND, NULL, "%s: no such file", path);
    }
    status s = file_replace(real, buf_bytes(text), st.st_mode & 0777, e);
    if (s == ST_OK && geteuid() == 0 && chown(real, st.st_uid, st.st_gid) != 0)
        s = err_set(e, ST_UNAVAILABLE, NULL, "%s: its owner cannot be kept", path);
    free(real);
    return s;
}

static unsigned free_id(const keyring *k)
{
    unsigned id = k->keys[k->key_n - 1].id;
    do {
        id = id == UINT8_MAX ? 1 : id + 1;
    } while (has_key(k, id)); /* 72 of 255 at most are in use */
    return id;
}

status vault_key_file_add(const char *path, const world *w, err *e)
{
    CLEANUP(text_done) buf text = { 0 };
    CLEANUP(free_keys_at) keyring *k = NULL;
    TRY(text_init(&text, e));
    TRY(read_keys(path, &text, &k, e));
    if (k->key_n == KEYS_MAX)
        return err_set(e, ST_LIMIT, NULL, "%s holds %d master keys already", path, KEYS_MAX);
    TRY(add_new_key(&text, free_id(k), w, e));
    return replace_file(path, &text, e);
}

/* The line of the last master key is copied as it stands: the key itself is not in the keyring. */
static str last_line(str text)
{
    size_t at;
    const str all = str_slice(text, 0, text.n - 1);
    return str_find_last(all, '\n', &at) ? str_slice(text, at + 1, text.n) : text;
}

static bool is_last_line_sealing(str text)
{
    return str_starts(last_line(text), STR(KEY_LINE_START " "));
}

status vault_key_file_drop_old(const char *path, err *e)
{
    CLEANUP(text_done) buf text = { 0 };
    CLEANUP(text_done) buf kept = { 0 };
    CLEANUP(free_keys_at) keyring *k = NULL;
    TRY(text_init(&text, e));
    TRY(text_init(&kept, e));
    TRY(read_keys(path, &text, &k, e));
    if (!is_last_line_sealing(buf_str(&text)))
        return err_set(e, ST_INVALID, NULL, "%s: its last line is no master key", path);
    if (k->audit_n + k->key_n - 1 > AUDIT_KEYS_MAX)
        return err_set(e, ST_LIMIT, NULL, "%s holds %d audit keys already", path, AUDIT_KEYS_MAX);
    for (size_t i = 0; i < k->audit_n; i++)
        add_line(&kept, AUDIT_LINE_START, k->audit[i].id, k->audit[i].key);
    for (size_t i = 0; i + 1 < k->key_n; i++)
        add_line(&kept, AUDIT_LINE_START, k->keys[i].id, k->keys[i].of[TAG_AUDIT]);
    buf_add(&kept, last_line(buf_str(&text)));
    return buf_ok(&kept) ? replace_file(path, &kept, e) : err_set(e, ST_LIMIT, NULL, "%s: too many keys", path);
}

/* --- opening ------------------------------------------------------------------------------------------------------ */

static status load(const char *path, keyring **ret, err *e)
{
    CLEANUP(text_done) buf text = { 0 };
    TRY(text_init(&text, e));
    return read_keys(path, &text, ret, e);
}

status vault_open(const char *key_path, const world *w, vault **ret, err *e)
{
    keyring *k = NULL;
    TRY(load(key_path, &k, e));
    vault *v = calloc(1, sizeof *v);
    if (v == NULL) {
        free_keys(k);
        return err_set(e, ST_NO_MEMORY, NULL, "no memory for the vault");
    }
    (void)sodium_mprotect_readonly(k);
    v->world = w;
    atomic_init(&v->keys, k);
    *ret = v;
    return ST_OK;
}

void vault_free(vault *v)
{
    if (v == NULL)
        return;
    free_keys(atomic_load(&v->keys));
    free(v);
}

static bool is_same_key(const key_set *a, const key_set *b)
{
    return a->id == b->id && sodium_memcmp(a->of, b->of, sizeof a->of) == 0;
}

static bool is_of_same_store(const keyring *a, const keyring *b)
{
    for (size_t i = 0; i < a->key_n; i++)
        for (size_t k = 0; k < b->key_n; k++)
            if (is_same_key(&a->keys[i], &b->keys[k]))
                return true;
    return false;
}

status vault_reload(vault *v, const char *key_path, err *e)
{
    keyring *k = NULL, *now = atomic_load(&v->keys);
    TRY(load(key_path, &k, e));
    if (!is_of_same_store(k, now)) {
        free_keys(k);
        return err_set(e, ST_INVALID, NULL, "%s holds none of the master keys in use", key_path);
    }
    k->before = now;
    (void)sodium_mprotect_readonly(k);
    atomic_store_explicit(&v->keys, k, memory_order_release);
    return ST_OK;
}

size_t vault_key_count(const vault *v)
{
    return keys_of(v)->key_n;
}

static const key_set *sealing_key(const vault *v)
{
    const keyring *k = keys_of(v);
    return &k->keys[k->key_n - 1];
}

unsigned vault_sealing_key(const vault *v)
{
    return sealing_key(v)->id;
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
    const key_set *k = sealing_key(v);
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
    const keyring *all = keys_of(v);
    for (size_t i = all->key_n; i-- > 0;) {
        const key_set *k = &all->keys[i];
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

bool vault_is_newest(const vault *v, bytes sealed_value)
{
    return sealed_value.n > SEALED_OVERHEAD && sealed_value.p[0] == FORMAT && sealed_value.p[1] == vault_sealing_key(v);
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

static void compute_tag(const uint8_t key[VAULT_KEY_BYTES], bytes message, uint8_t ret[VAULT_TAG_BYTES])
{
    (void)hmac(HMAC_SHA256, (bytes){ key, VAULT_KEY_BYTES }, (bytes){ NULL, 0 }, message, ret);
}

static bool is_tag_of(const uint8_t key[VAULT_KEY_BYTES], bytes message, bytes given)
{
    uint8_t want[VAULT_TAG_BYTES];
    compute_tag(key, message, want);
    const bool is_right = bytes_eq_secret((bytes){ want, sizeof want }, given);
    secret_wipe(want, sizeof want);
    return is_right;
}

void vault_tag(vault *v, seal_purpose purpose, bytes message, uint8_t ret[VAULT_TAG_BYTES])
{
    assert(is_kind(purpose, KIND_TAG));
    compute_tag(sealing_key(v)->of[purpose], message, ret);
}

status vault_tag_check(vault *v, seal_purpose purpose, bytes message, bytes given)
{
    if (!is_kind(purpose, KIND_TAG))
        return ST_BUG;
    const keyring *all = keys_of(v);
    bool is_right = false;
    for (size_t i = 0; i < all->key_n; i++)
        is_right |= is_tag_of(all->keys[i].of[purpose], message, given);
    for (size_t i = 0; purpose == TAG_AUDIT && i < all->audit_n; i++)
        is_right |= is_tag_of(all->audit[i].key, message, given);
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
