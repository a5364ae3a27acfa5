/* archive.c - see archive.h. libsodium's own documents: "Encrypted streams", "The pwhash API". */
#include "operations/archive.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/encoding.h"
#include "base/file.h"

#define MAGIC "argali-backup-1\n"

enum {
    MAGIC_BYTES = sizeof MAGIC - 1,
    SALT_BYTES = crypto_pwhash_argon2id_SALTBYTES,
    HEADER_BYTES = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    OVERHEAD = crypto_secretstream_xchacha20poly1305_ABYTES,
    KEY_BYTES = crypto_secretstream_xchacha20poly1305_KEYBYTES,
    DIGEST_BYTES = 32,
    HEAD_PLAIN = MAGIC_BYTES + 1,
    HEAD_MAX = HEAD_PLAIN + 8 + SALT_BYTES + HEADER_BYTES,
    ENTRY_HEAD = 9,
    MEMORY_KIB = 262144, /* Argon2id: 256 MiB, 3 passes, one lane */
    PASSES = 3,
    MEMORY_KIB_MAX = 1048576,
    PASSES_MAX = 16,
    PASSPHRASE_MIN = 8,
};
_Static_assert(SALT_BYTES == 16 && HEADER_BYTES == 24, "the format that archive.h promises");

struct archive {
    int fd;
    bool is_encrypted, is_over; /* the last chunk was read */
    crypto_secretstream_xchacha20poly1305_state stream;
    crypto_generichash_state digest; /* of a plain one */
    uint8_t head[HEAD_MAX];
    size_t head_n;
    bool is_first;                  /* chunk: the head is bound to it */
    uint64_t left;                  /* of the entry */
    size_t n, at;                   /* bytes in content, and read of them */
    uint8_t content[ARCHIVE_CHUNK]; /* of one chunk */
    uint8_t chunk[ARCHIVE_CHUNK + OVERHEAD];
};

static archive *archive_new(int fd)
{
    archive *a = sodium_init() >= 0 ? sodium_malloc(sizeof *a) : NULL; /* keys are in it, and another's master key may be */
    if (a == NULL)
        return NULL;
    memset(a, 0, sizeof *a);
    a->fd = fd;
    a->is_first = true;
    (void)crypto_generichash_init(&a->digest, NULL, 0, DIGEST_BYTES);
    return a;
}

void archive_free(archive *a)
{
    sodium_free(a); /* wipes it */
}

void archive_free_at(archive **a)
{
    archive_free(*a);
}

static status derive(const secret *passphrase, uint32_t memory_kib, uint32_t passes, const uint8_t *salt, secret *ret_key,
                     err *e)
{
    if (secret_new(KEY_BYTES, ret_key) != ST_OK)
        return err_set(e, ST_NO_MEMORY, NULL, "no locked memory for the key of a backup");
    if (crypto_pwhash_argon2id(ret_key->p, KEY_BYTES, (const char *)passphrase->p, passphrase->n, salt, passes,
                               (size_t)memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return err_set(e, ST_NO_MEMORY, NULL, "no memory to turn the passphrase into a key (%u MiB)", memory_kib / 1024);
    return ST_OK;
}

static void u32be_encode(uint32_t v, uint8_t ret[4])
{
    for (int i = 0; i < 4; i++)
        ret[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static status write_out(archive *a, const uint8_t *p, size_t n, err *e)
{
    if (!file_write_all(a->fd, (bytes){ p, n }))
        return err_set(e, ST_UNAVAILABLE, NULL, "the backup cannot be written: %s", strerrordesc_np(errno));
    (void)crypto_generichash_update(&a->digest, p, n);
    return ST_OK;
}

static status write_head(archive *a, const secret *passphrase, const world *w, err *e)
{
    memcpy(a->head, MAGIC, MAGIC_BYTES);
    a->head[MAGIC_BYTES] = a->is_encrypted ? 'e' : 'p';
    a->head_n = HEAD_PLAIN;
    if (a->is_encrypted) {
        CLEANUP(secret_done) secret key = { 0 };
        uint8_t *salt = a->head + HEAD_PLAIN + 8;
        u32be_encode(MEMORY_KIB, a->head + HEAD_PLAIN);
        u32be_encode(PASSES, a->head + HEAD_PLAIN + 4);
        if (world_random(w, salt, SALT_BYTES) != ST_OK)
            return err_set(e, ST_UNAVAILABLE, NULL, "no random bytes for a backup");
        TRY(derive(passphrase, MEMORY_KIB, PASSES, salt, &key, e));
        (void)crypto_secretstream_xchacha20poly1305_init_push(&a->stream, salt + SALT_BYTES, key.p);
        a->head_n = HEAD_MAX;
    }
    return write_out(a, a->head, a->head_n, e);
}

status archive_write_to(int fd, const secret *passphrase, const world *w, archive **ret, err *e)
{
    CLEANUP(archive_free_at) archive *a = archive_new(fd);
    if (a == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "no locked memory for a backup");
    a->is_encrypted = passphrase != NULL && passphrase->n > 0;
    TRY(write_head(a, passphrase, w, e));
    *ret = a;
    a = NULL;
    return ST_OK;
}

static status write_chunk(archive *a, bool is_last, err *e)
{
    uint8_t length[4];
    const uint8_t *p = a->content;
    size_t n = a->n;
    if (a->is_encrypted) {
        unsigned long long sealed_n = 0;
        const uint8_t tag = is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0;
        (void)crypto_secretstream_xchacha20poly1305_push(&a->stream, a->chunk, &sealed_n, a->content, a->n, a->head,
                                                         a->is_first ? a->head_n : 0, tag);
        a->is_first = false;
        p = a->chunk;
        n = (size_t)sealed_n;
    }
    a->n = 0;
    u32be_encode((uint32_t)n, length);
    TRY(write_out(a, length, sizeof length, e));
    return write_out(a, p, n, e);
}

status archive_put(archive *a, bytes content, err *e)
{
    if (content.n > a->left)
        return err_set(e, ST_BUG, NULL, "more bytes than the entry was announced with");
    a->left -= content.n;
    while (content.n > 0) {
        const size_t room = sizeof a->content - a->n, n = content.n < room ? content.n : room;
        memcpy(a->content + a->n, content.p, n);
        a->n += n;
        content = (bytes){ content.p + n, content.n - n };
        if (a->n == sizeof a->content)
            TRY(write_chunk(a, false, e));
    }
    return ST_OK;
}

status archive_begin_entry(archive *a, char type, uint64_t n, err *e)
{
    uint8_t head[ENTRY_HEAD] = { (uint8_t)type };
    if (a->left != 0)
        return err_set(e, ST_BUG, NULL, "an entry of a backup was not written to its end");
    u64be_encode(n, head + 1);
    a->left = ENTRY_HEAD;
    TRY(archive_put(a, (bytes){ head, sizeof head }, e));
    a->left = n;
    return ST_OK;
}

status archive_end(archive *a, err *e)
{
    uint8_t digest[DIGEST_BYTES];
    if (a->left != 0)
        return err_set(e, ST_BUG, NULL, "an entry of a backup was not written to its end");
    if (a->is_encrypted)
        return write_chunk(a, true, e);
    if (a->n > 0)
        TRY(write_chunk(a, false, e));
    TRY(write_chunk(a, true, e));
    (void)crypto_generichash_final(&a->digest, digest, sizeof digest);
    return write_out(a, digest, sizeof digest, e);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static status damaged(err *e)
{
    return err_set(e, ST_INVALID, NULL, "the backup is damaged or was cut short");
}

static status read_in(archive *a, uint8_t *ret, size_t n, err *e)
{
    for (size_t got = 0; got < n;) {
        const ssize_t r = read(a->fd, ret + got, n - got);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return err_set(e, ST_UNAVAILABLE, NULL, "the backup cannot be read: %s", strerrordesc_np(errno));
        if (r == 0)
            return damaged(e);
        got += (size_t)r;
    }
    (void)crypto_generichash_update(&a->digest, ret, n);
    return ST_OK;
}

static status read_encryption(archive *a, const secret *passphrase, err *e)
{
    CLEANUP(secret_done) secret key = { 0 };
    if (passphrase == NULL || passphrase->n == 0)
        return err_set(e, ST_INVALID, NULL, "the backup is encrypted: say where its passphrase is with --passphrase-file");
    TRY(read_in(a, a->head + HEAD_PLAIN, HEAD_MAX - HEAD_PLAIN, e));
    a->head_n = HEAD_MAX;
    cursor c = cur_of((bytes){ a->head + HEAD_PLAIN, HEAD_MAX - HEAD_PLAIN });
    const uint32_t memory_kib = cur_u32be(&c), passes = cur_u32be(&c);
    const uint8_t *salt = cur_take(&c, SALT_BYTES), *header = cur_take(&c, HEADER_BYTES);
    if (memory_kib > MEMORY_KIB_MAX || passes > PASSES_MAX)
        return err_set(e, ST_LIMIT, NULL, "the backup asks for %u MiB and %u passes", memory_kib / 1024, passes);
    if (memory_kib < 8 || passes < 1)
        return damaged(e);
    TRY(derive(passphrase, memory_kib, passes, salt, &key, e));
    return crypto_secretstream_xchacha20poly1305_init_pull(&a->stream, header, key.p) == 0 ? ST_OK : damaged(e);
}

static status read_head(archive *a, const secret *passphrase, err *e)
{
    err ignored;
    if (read_in(a, a->head, HEAD_PLAIN, &ignored) != ST_OK || memcmp(a->head, MAGIC, MAGIC_BYTES) != 0)
        return err_set(e, ST_INVALID, NULL, "this is no backup of Argali");
    a->head_n = HEAD_PLAIN;
    a->is_encrypted = a->head[MAGIC_BYTES] == 'e';
    if (a->is_encrypted)
        return read_encryption(a, passphrase, e);
    if (passphrase != NULL && passphrase->n > 0) /* whoever wrote it need not have known the passphrase */
        return err_set(e, ST_INVALID, NULL, "a passphrase was given, and this backup is not encrypted");
    return a->head[MAGIC_BYTES] == 'p' ? ST_OK : err_set(e, ST_INVALID, NULL, "a backup of a newer version");
}

status archive_read_from(int fd, const secret *passphrase, archive **ret, err *e)
{
    CLEANUP(archive_free_at) archive *a = archive_new(fd);
    if (a == NULL)
        return err_set(e, ST_NO_MEMORY, NULL, "no locked memory for a backup");
    TRY(read_head(a, passphrase, e));
    *ret = a;
    a = NULL;
    return ST_OK;
}

bool archive_is_encrypted(const archive *a)
{
    return a->is_encrypted;
}

static status read_sealed_chunk(archive *a, size_t n, err *e)
{
    unsigned long long content_n = 0;
    uint8_t tag = 0;
    if (n < OVERHEAD || n > sizeof a->chunk)
        return damaged(e);
    TRY(read_in(a, a->chunk, n, e));
    if (crypto_secretstream_xchacha20poly1305_pull(&a->stream, a->content, &content_n, &tag, a->chunk, n, a->head,
                                                   a->is_first ? a->head_n : 0) != 0)
        return a->is_first ? err_set(e, ST_DENIED, NULL, "the passphrase is wrong, or the backup is damaged") : damaged(e);
    a->is_first = false;
    a->n = (size_t)content_n;
    a->is_over = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    return ST_OK;
}

static status read_plain_chunk(archive *a, size_t n, err *e)
{
    uint8_t want[DIGEST_BYTES], digest[DIGEST_BYTES];
    if (n > sizeof a->content)
        return damaged(e);
    TRY(read_in(a, a->content, n, e));
    a->n = n;
    if (n > 0)
        return ST_OK;
    (void)crypto_generichash_final(&a->digest, want, sizeof want);
    (void)crypto_generichash_init(&a->digest, NULL, 0, DIGEST_BYTES); /* a finished one takes no more */
    TRY(read_in(a, digest, sizeof digest, e));
    if (memcmp(want, digest, sizeof digest) != 0)
        return damaged(e);
    a->is_over = true;
    return ST_OK;
}

/* A chunk with content, or the end. */
static status read_chunk(archive *a, err *e)
{
    do {
        uint8_t length[4];
        a->at = a->n = 0;
        TRY(read_in(a, length, sizeof length, e));
        cursor c = cur_of((bytes){ length, sizeof length });
        const size_t n = cur_u32be(&c);
        TRY(a->is_encrypted ? read_sealed_chunk(a, n, e) : read_plain_chunk(a, n, e));
    } while (a->n == 0 && !a->is_over);
    return ST_OK;
}

static status take(archive *a, uint8_t *ret, size_t n, err *e)
{
    while (n > 0) {
        if (a->at == a->n) {
            if (a->is_over)
                return damaged(e);
            TRY(read_chunk(a, e));
            continue;
        }
        const size_t there = a->n - a->at, part = n < there ? n : there;
        memcpy(ret, a->content + a->at, part);
        a->at += part;
        ret += part;
        n -= part;
    }
    return ST_OK;
}

status archive_get(archive *a, uint8_t *ret, size_t n, err *e)
{
    if (n > a->left)
        return err_set(e, ST_BUG, NULL, "more bytes are asked of an entry than it has");
    a->left -= n;
    return take(a, ret, n, e);
}

status archive_next_entry(archive *a, char *ret_type, uint64_t *ret_n, err *e)
{
    uint8_t head[ENTRY_HEAD];
    if (a->left != 0)
        return err_set(e, ST_BUG, NULL, "an entry of a backup was not read to its end");
    if (a->at == a->n && !a->is_over)
        TRY(read_chunk(a, e));
    if (a->at == a->n && a->is_over)
        return ST_NOT_FOUND;
    TRY(take(a, head, sizeof head, e));
    cursor c = cur_of((bytes){ head + 1, sizeof head - 1 });
    *ret_type = (char)head[0];
    *ret_n = a->left = cur_u64be(&c);
    return ST_OK;
}

status archive_finish(archive *a, err *e)
{
    uint8_t more;
    if (a->left != 0 || a->at != a->n || !a->is_over || read(a->fd, &more, 1) != 0)
        return damaged(e);
    return ST_OK;
}

/* --- the passphrase ----------------------------------------------------------------------------------------------- */

status archive_read_passphrase(const char *path, secret *ret, err *e)
{
    CLEANUP(buf_done) buf text;
    buf_init_secret(&text, ARCHIVE_PASSPHRASE_MAX + 2);
    TRY(file_read_private(path, ARCHIVE_PASSPHRASE_MAX + 2, &text, e));
    str line = buf_str(&text), rest;
    (void)str_split(line, '\n', &line, &rest);
    if (line.n < PASSPHRASE_MIN || line.n > ARCHIVE_PASSPHRASE_MAX)
        return err_set(e, ST_INVALID, NULL, "%.120s: a passphrase has %d to %d bytes in one line", path, PASSPHRASE_MIN,
                       ARCHIVE_PASSPHRASE_MAX);
    return secret_copy(bytes_of(line), ret);
}
