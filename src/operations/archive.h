/* archive.h - the file format of backups: entries in order, whole or not at all, under a passphrase where one is given.
 *
 *   file:    "argali-backup-1\n", kind[1] ('p' plain, 'e' encrypted), of 'e': memory_kib u32be, passes u32be, salt[16], header[24];
 *            then chunks: length u32be (of what follows), bytes
 *   plain:   a chunk is up to 64 KiB of content; one of length 0 ends it, and 32 bytes of BLAKE2b over all before it follow
 *   sealed:  a chunk is a message of libsodium's secretstream (XChaCha20-Poly1305) under the Argon2id key of the passphrase, bound
 *            to what stands before the chunks; the last one is marked final, so that a file cut short is no archive
 *   content: entries: type[1], length u64be, bytes
 * Nothing is believed before it is proved: a sealed chunk when it opens, a plain archive only at archive_finish.
 * Errors: ST_DENIED, the passphrase is wrong (or the file damaged in its first chunk); ST_INVALID, not an archive, damaged, or it
 * needs a passphrase; ST_LIMIT, it asks for more memory than any archive of ours; ST_UNAVAILABLE, the disk.
 * Threads: one at a time. Waits for the disk, and about a second for the passphrase.
 */
#ifndef ARGALI_OPERATIONS_ARCHIVE_H
#define ARGALI_OPERATIONS_ARCHIVE_H

#include "base/secret.h"
#include "base/world.h"

enum { ARCHIVE_CHUNK = 65536, ARCHIVE_PASSPHRASE_MAX = 1024 };

typedef struct archive archive;

/* Writes to an open, empty file, which stays the caller's to sync, name and close. passphrase: NULL or empty is plain. */
MUST_USE status archive_write_to(int fd, const secret *passphrase, const world *w, archive **ret, err *e);
MUST_USE status archive_begin_entry(archive *a, char type, uint64_t n, err *e);
MUST_USE status archive_put(archive *a, bytes content, err *e);
MUST_USE status archive_end(archive *a, err *e); /* the last chunk; then only archive_free */

/* Reads an open file from its start. */
MUST_USE status archive_read_from(int fd, const secret *passphrase, archive **ret, err *e);
bool archive_is_encrypted(const archive *a);
MUST_USE status archive_next_entry(archive *a, char *ret_type, uint64_t *ret_n, err *e); /* ST_NOT_FOUND: that was all */
MUST_USE status archive_get(archive *a, uint8_t *ret, size_t n, err *e);                 /* n bytes of the entry */
MUST_USE status archive_finish(archive *a, err *e); /* everything was read, and nothing of it was changed */

void archive_free(archive *a); /* NULL is fine; keys are wiped */
void archive_free_at(archive **a);

/* The first line of a private file (0600 or less), without its line feed; 8 to ARCHIVE_PASSPHRASE_MAX bytes. */
MUST_USE status archive_read_passphrase(const char *path, secret *ret, err *e);

#endif
